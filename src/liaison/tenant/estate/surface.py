"""What a face answers, operation by operation: the list that coverage is counted on, and the names in the ledger.

An operation is a kind of request, whatever address form it takes: `GET /v1.0/drives/{drive-id}/items/{item-id}` stands
for every way to name an item. Operations of a service that its face does not answer are listed as well, not built.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from starlette.routing import BaseRoute, Match
from starlette.types import Scope

_KIND = re.compile(r":[a-z]+}")
_READS = ("GET", "HEAD")


@dataclass(frozen=True)
class Operation:
    """One kind of request. `addresses` counts the forms its address may take, `source` names the page that says it."""

    face: str
    method: str
    pattern: str
    source: str
    built: bool = True
    addresses: int = 1

    @property
    def name(self) -> str:
        """As the ledger and the fault plan write it: `POST /v1.0/teams/{team-id}/channels`."""
        return f"{self.method} {self.pattern}"


Naming = Callable[[Scope], str | None]
"""From a request, as ASGI has it, to the name of its operation; None for what the face does not know."""


def operations_of_routes(face: str, routes: Iterable[BaseRoute], sources: Mapping[str, str]) -> tuple[Operation, ...]:
    """One operation for each method of each route; `sources` gives the page by path."""
    return tuple(
        Operation(face, method, _shown(route), sources.get(_shown(route), sources.get("", "")))
        for route in routes
        for method in _methods(route)
    )


def naming_of_routes(routes: Sequence[BaseRoute]) -> Naming:
    """Names requests by the first route that fits."""

    def name(scope: Scope) -> str | None:
        for route in routes:
            if route.matches(scope)[0] is Match.FULL:
                method = "GET" if scope["method"] in _READS else scope["method"]
                return f"{method} {_shown(route)}"
        return None

    return name


def unbuilt(face: str, rows: Iterable[tuple[str, str, str]], built: Iterable[Operation]) -> tuple[Operation, ...]:
    """Those of a service's documented operations (method, pattern, page) that are not among the built ones."""
    known = {operation.name for operation in built}
    return tuple(
        Operation(face, method, pattern, source, built=False)
        for method, pattern, source in rows
        if f"{method} {pattern}" not in known
    )


def _methods(route: BaseRoute) -> list[str]:
    return sorted(set(getattr(route, "methods", None) or ("GET",)) - {"HEAD"})


def _shown(route: BaseRoute) -> str:
    path: str = getattr(route, "path", "/")
    return _KIND.sub("}", path)
