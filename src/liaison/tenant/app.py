"""The tenant as one ASGI application: what happens to every request, in the order in which it happens."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from email.utils import formatdate
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from liaison.tenant.bodies import BodyTooLong, CodingRefused, read_bodies
from liaison.tenant.control import control_router
from liaison.tenant.cross_origin import opened, read_preflight
from liaison.tenant.estate import Estate
from liaison.tenant.estate.origins import environment_of, is_loopback_name
from liaison.tenant.estate.surface import Naming
from liaison.tenant.faces import FACES, Face, naming_of
from liaison.tenant.faults import FaultPlan
from liaison.tenant.ledger import Asked, Ledger
from liaison.tenant.mishaps import ConnectionDropped, meet_fault, remember_answer
from liaison.tenant.parts import Fate, fate_of
from liaison.tenant.service_errors import service_error

_ANY = "{}"
_ROOT = re.compile(r"/+(?:v1\.0|beta|api/+data/+v\d+\.\d+)(?:/+(?:\$|%24)(?:batch|metadata))?(?=/|$)", re.IGNORECASE)
_log = logging.getLogger(__name__)


def build_app(estate: Estate, faces: Sequence[Face] = FACES) -> ASGIApp:
    """Assemble the tenant over an estate: create the tables of every face and connect the request pipeline."""
    for face in faces:
        face.prepare(estate)
    return _Tenant(estate, _with_guard(_dispatch(faces, estate)), naming_of(estate, faces))


class _Tenant:
    """The request pipeline around the faces."""

    def __init__(self, estate: Estate, faces: ASGIApp, name: Naming) -> None:
        self._estate = estate
        self._faces = faces
        self._name = name
        self._plan = FaultPlan(estate.clock.seconds)
        self._ledger = Ledger()
        self._control = control_router(estate, self._plan, self._ledger)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if not _asked_by_own_name(scope):
            await PlainTextResponse("This tenant answers on loopback names only.", 421)(scope, receive, send)
            return
        scope["path"] = _without_doubled_slashes(_with_plain_root(scope["path"]))
        if "raw_path" in scope:
            scope["raw_path"] = _with_plain_root(scope["raw_path"].decode("latin-1")).encode("latin-1")
        if scope["path"].startswith("/_control/"):
            await self._control(scope, receive, send)
            return
        preflight = read_preflight(scope)
        if preflight is not None:
            await preflight(scope, receive, send)
            return
        send = _correlated(self._estate, scope, opened(scope, send), inner=self.answer)
        scope["state"]["begin_part"] = self.begin_part
        try:
            await self.answer(scope, receive, send)
        except ConnectionDropped:
            await _wait_for_the_end(scope, receive)

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Note the call, let it go wrong if the fault plan says so, else hand it to its face.

        A face that unpacks a batch finds this as `request.state.inner` and sends each part through it, so that the
        ledger and the fault plan see the parts.
        """
        asked, status = self._asked(scope), 0
        scope["state"]["operation"] = asked.operation

        async def note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            fault = self._plan.match(asked)
            if fault is not None:
                await meet_fault(fault, self._plan, self._faces, scope, receive, note)
            elif self._plan.remembers(asked):
                await remember_answer(self._plan, self._faces, scope, receive, note)
            else:
                await self._faces(scope, receive, note)
        finally:
            self._ledger.record(self._estate.clock.stamp(), asked, status)

    def begin_part(self, scope: Scope) -> Fate:
        """Count a part of a batch that its face carries out itself; faces find this as `request.state.begin_part`."""
        asked = self._asked(scope)
        return fate_of(
            self._plan,
            self._plan.match(asked),
            lambda status: self._ledger.record(self._estate.clock.stamp(), asked, status),
        )

    def _asked(self, scope: Scope) -> Asked:
        headers = Headers(scope=scope)
        state: dict[str, Any] = scope["state"]
        host, _, port = headers.get("host", "localhost").rpartition(":")
        server = scope.get("server")
        return Asked(
            scope["method"],
            scope["path"],
            self._name(scope),
            headers.get("authorization"),
            headers.get("user-agent"),
            environment_of(
                self._estate, host or port, int(port) if port.isdecimal() else server[1] if server else None
            ),
            # The whole of a batch comes first; whatever else comes with the same state is a part of it.
            "operation" in state,
        )


def _dispatch(faces: Sequence[Face], estate: Estate) -> ASGIApp:
    """Send a request to the face that owns the first segment of its path; the rest belongs to Entra's tenants."""
    by_segment: dict[str, list[BaseRoute]] = {}
    for face in faces:
        for route in face.routes(estate):
            by_segment.setdefault(_first_segment(route), []).append(route)
    anywhere = by_segment.pop(_ANY, [])
    routers = {segment: _router([*own, *anywhere]) for segment, own in by_segment.items()}
    otherwise = _router(anywhere)

    async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
        segment = scope["path"].lstrip("/").partition("/")[0]
        await routers.get(segment, otherwise)(scope, receive, send)

    return dispatch


def _first_segment(route: BaseRoute) -> str:
    """The first segment of a route's path; one that begins with a parameter fits every segment."""
    path: str = getattr(route, "path", "/")
    segment = path.lstrip("/").partition("/")[0]
    return _ANY if segment.startswith("{") else segment


def _router(routes: list[BaseRoute]) -> Router:
    async def not_implemented(scope: Scope, receive: Receive, send: Send) -> None:
        message = f"{scope['method']} {scope['path']} is not implemented by the local tenant."
        await _service_error(scope, 501, message)(scope, receive, send)

    # A known path asked with another method ends here too, as not built; so does a path with a line break in it.
    unknown = Route("/{rest:path}", _Asgi(not_implemented))
    return Router([*routes, unknown], redirect_slashes=False, default=not_implemented)


class _Asgi:
    """Lets a plain ASGI function stand in a route for every method."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)


def _with_guard(app: ASGIApp) -> ASGIApp:
    """Turn a defect into the service's own 500, and log it."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def note(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await app(scope, read_bodies(scope, receive), note)
        except ConnectionDropped:
            raise
        except ClientDisconnect:
            _log.info("%s %s was left by its client", scope["method"], scope["path"])
        except BodyTooLong as refusal:
            await _service_error(scope, 413, str(refusal))(scope, receive, send)
        except CodingRefused as refusal:
            await _service_error(scope, refusal.status, str(refusal))(scope, receive, send)
        except Exception:
            _log.exception("%s %s failed", scope["method"], scope["path"])
            if started:
                raise
            await _service_error(scope, 500, "The local tenant failed; its log has the details.")(scope, receive, send)

    return guarded


def _service_error(scope: Scope, status: int, message: str) -> Response:
    state: dict[str, Any] = scope["state"]
    return service_error(scope["path"], status, message, request_id=state["request_id"], stamp=state["stamp"])


def _correlated(estate: Estate, scope: Scope, send: Send, inner: ASGIApp) -> Send:
    """Give the request an id, and return a `send` that writes it, the client's own id and the date on the answer.

    Source: Graph v1.0, concepts/best-practices-concept.md, "request-id" and "client-request-id".
    """
    headers = Headers(scope=scope)
    request_id = estate.ids.guid()
    client_request_id = headers.get("client-request-id", "")
    state = scope.setdefault("state", {})
    state.update(request_id=request_id, client_request_id=client_request_id, stamp=estate.clock.stamp(), inner=inner)

    async def correlated(message: Message) -> None:
        if message["type"] == "http.response.start":
            written = MutableHeaders(scope=message)
            written.setdefault("request-id", request_id)
            written.setdefault("date", formatdate(estate.clock.seconds(), usegmt=True))
            if client_request_id.isascii() and client_request_id.isprintable() and client_request_id:
                written.setdefault("client-request-id", client_request_id)
        await send(message)

    return correlated


def _asked_by_own_name(scope: Scope) -> bool:
    """A foreign Host name on a loopback socket is a web page that rebinds its own name to this machine."""
    host = Headers(scope=scope).get("host", "localhost")
    name = host[1:].split("]")[0] if host.startswith("[") else host.rpartition(":")[0] or host
    return is_loopback_name(name.lower()) or name == "testserver"


def _with_plain_root(path: str) -> str:
    """The words that every address begins with are understood in any case; what follows them is another matter."""
    found = _ROOT.match(path)
    return path if found is None else re.sub(r"/{2,}", "/", found[0].lower()) + path[found.end() :]


def _without_doubled_slashes(path: str) -> str:
    # Clients join base and path carelessly (`/v1.0//me`); a URL inside a quoted argument must stay whole.
    head, quote, rest = path.partition("'")
    return re.sub(r"/{2,}", "/", head) + quote + rest


async def _wait_for_the_end(scope: Scope, receive: Receive) -> None:
    """After an abort, wait until the server has noticed that the connection is gone."""
    if scope.get("extensions", {}).get("liaison.abort") is None:
        raise ConnectionDropped(scope["path"])
    while (await receive())["type"] != "http.disconnect":
        continue
