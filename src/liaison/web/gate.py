"""Every route passes here: session, taste, protection of writes, and errors turned into pages."""

from __future__ import annotations

import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from liaison.errors import BodyTooLarge, Defect, InputInvalid, InputMissing, LiaisonError, SessionMissing
from liaison.ports import Session
from liaison.web import forgery, problems
from liaison.web.taste import read_taste
from liaison.web.visit import Door, Visit

Handler = Callable[[Visit], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]

FORM_LIMIT_BYTES = 64 * 1024
_log = logging.getLogger("liaison.web")


class Gate:
    """Makes routes of handlers."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def read(self, path: str, handler: Handler) -> Route:
        """A page for GET; the handler says by `visit.person` whether somebody must be signed in."""
        return Route(path, self._endpoint(path, handler), methods=["GET"])

    def write(self, path: str, handler: Handler, limit_bytes: int = FORM_LIMIT_BYTES) -> Route:
        """A form for POST: from our own pages and with the session's token, or refused before anything happens."""

        async def guarded(visit: Visit) -> Response:
            forgery.require_own_origin(visit.request.headers, self._door.ports.public_address)
            if visit.session is None:
                raise SessionMissing
            async with _read_form(visit.request, limit_bytes) as form:
                forgery.require_form_token(visit.request.headers, form, visit.session)
                return await handler(replace(visit, form=form))

        return Route(path, self._endpoint(path, guarded), methods=["POST"])

    def write_unsigned(self, path: str, handler: Handler) -> Route:
        """A form for POST that people also send before they sign in; what it changes is theirs alone."""

        async def guarded(visit: Visit) -> Response:
            forgery.require_own_origin(visit.request.headers, self._door.ports.public_address)
            async with _read_form(visit.request, FORM_LIMIT_BYTES) as form:
                if visit.session is not None:
                    forgery.require_form_token(visit.request.headers, form, visit.session)
                return await handler(replace(visit, form=form))

        return Route(path, self._endpoint(path, guarded), methods=["POST"])

    async def answer_error(self, request: Request, error: LiaisonError) -> Response:
        return problems.answer(error, await self._visit(request))

    def _endpoint(self, path: str, handler: Handler) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            request.state.route = path
            visit = await self._visit(request)
            try:
                return await handler(visit)
            except LiaisonError as error:
                return problems.answer(error, visit)
            except Exception:  # noqa: BLE001 - the door is where a defect becomes an answer, with its incident in the log
                incident = secrets.token_hex(6)
                _log.exception("incident %s at %s, correlation %s", incident, path, visit.correlation)
                return problems.answer(Defect(incident), visit)

        return endpoint

    async def _visit(self, request: Request) -> Visit:
        session, in_pane = await self._session(request)
        taste = read_taste(request, session, self._door.options)
        state = request.state
        state.in_pane = in_pane
        return Visit(request, self._door, session, taste, state.nonce, state.correlation, in_pane)

    async def _session(self, request: Request) -> tuple[Session | None, bool]:
        """The browser's own session, else that of a side pane, whose cookie is there in its frame only."""
        options, sessions = self._door.options, self._door.ports.sessions
        # A browser that does not part cookies by site would bring the pane's to pages of their own as well.
        is_whole_window = request.headers.get("Sec-Fetch-Dest") == "document"
        names = (options.session_cookie,) if is_whole_window else (options.session_cookie, options.pane_cookie)
        for name in names:
            cookie = request.cookies.get(name)
            session = await sessions.find(cookie) if cookie else None
            if session is not None:
                return session, name == options.pane_cookie
        is_framed = options.pane_cookie in request.cookies and options.session_cookie not in request.cookies
        return None, is_framed and not is_whole_window


@asynccontextmanager
async def _read_form(request: Request, limit_bytes: int) -> AsyncIterator[FormData]:
    """The form, until it has been dealt with; an empty one when the token is in a header, for the body is a file then.

    Raises BodyTooLarge, InputMissing, InputInvalid.
    """
    length = request.headers.get("Content-Length", "")
    if not length.isdecimal():
        raise InputMissing("content_length")
    if int(length) > limit_bytes:
        raise BodyTooLarge(limit_bytes)
    if forgery.HEADER in request.headers:
        yield FormData()
        return
    try:
        form = await request.form(max_files=20, max_fields=100)
    except HTTPException as broken:
        raise InputInvalid("body", "", "form") from broken
    try:
        yield form
    finally:
        await form.close()
