"""What an endpoint says to a method that it does not take. Source: E:reference-error-codes, AADSTS900561."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from liaison.tenant.entra.errors import EntraRefused
from liaison.tenant.entra.requests import read_asker
from liaison.tenant.entra.responses import error_answer

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


class WrongMethod(Route):
    """The methods of a path that are refused; `accepted` is the list that the refusal names."""

    def __init__(self, path: str, accepted: str) -> None:
        async def refuse(request: Request) -> Response:
            asker = read_asker(request)
            refused = EntraRefused(900561, accepted=accepted, method=request.method)
            return error_answer(refused, asker.trace, asker.origin)

        taken = accepted.split(", ")
        super().__init__(path, refuse, methods=[method for method in _METHODS if method not in taken])
