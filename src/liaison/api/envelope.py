"""What every answer of the API carries, and what no request may exceed."""

from __future__ import annotations

import re
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from liaison.api.problems import BODY_LIMIT_BYTES, answer_defect, answer_problem
from liaison.errors import BodyTooLarge

_CORRELATION = re.compile(r"[A-Za-z0-9._-]{1,64}")
_POLICY = "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": _POLICY,
    "Vary": "Accept-Language, Authorization",
}


class Envelope:
    """Correlation id, security headers and body limit; an unexpected exception becomes a Defect."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        if not state.get("correlation_id"):
            state["correlation_id"] = _read_correlation(Headers(scope=scope))
        sender = _Sender(send, state["correlation_id"])
        request = Request(scope, receive)
        try:
            if _is_too_large(request):
                await answer_problem(request, BodyTooLarge(BODY_LIMIT_BYTES))(scope, receive, sender.send)
                return
            await self._app(scope, _counted(request, receive), sender.send)
        except Exception as cause:
            if sender.started:
                raise  # the answer is half-way out: only closing the connection tells the asker
            await answer_defect(request, cause)(scope, receive, sender.send)


class _Sender:
    def __init__(self, send: Send, correlation: str) -> None:
        self._send = send
        self._correlation = correlation
        self.started = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(scope=message)
            for name, value in _ALWAYS.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", "no-store")
            headers["X-Correlation-ID"] = self._correlation
        await self._send(message)


def _read_correlation(headers: Headers) -> str:
    """The asker's own id when it is a plain word, else a new one."""
    given = headers.get("x-correlation-id", "")
    return given if _CORRELATION.fullmatch(given) else uuid4().hex


def _is_upload(request: Request) -> bool:
    """Uploads have their own limit, checked by their route against what the file's place allows."""
    return request.method == "POST" and request.url.path.endswith("/files")


def _is_too_large(request: Request) -> bool:
    length = request.headers.get("content-length", "")
    return length.isdigit() and int(length) > BODY_LIMIT_BYTES and not _is_upload(request)


def _counted(request: Request, receive: Receive) -> Receive:
    """The body as it comes in, cut off with a 413 when it grows beyond the limit."""
    if _is_upload(request):
        return receive
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > BODY_LIMIT_BYTES:
            raise HTTPException(413)
        return message

    return counted
