"""`/notifications/graph/{listening}`: where Microsoft Graph tells of changes. No session, no cookie, no page.

Whoever calls learns nothing: right and wrong secrets, known and unknown places are answered alike, within three seconds
whatever else is slow. What is answered with 202 is kept. Source: threats T4, T9, T14; graph.md 9.2.
"""

from __future__ import annotations

import asyncio
import math
import re
import time

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from liaison.errors import StoreUnavailable
from liaison.operations.listen import INTAKE
from liaison.operations.take_notifications import Taken, take_notifications
from liaison.ports import Ports
from liaison.web.measures import NOTIFICATIONS

PATH = f"{INTAKE}/{{listening}}"
LIMIT_BYTES = 1_000_000
ANSWERED_WITHIN_S = 2.5
AT_ONCE = 16
"""Deliveries that may wait for the store at the same time; the others are asked to come again."""

LOGGED_EVERY_S = 60.0

_TOKEN_LIMIT = 2_000
_ODD = re.compile("[\x00-\x1f\x7f-\x9f]")
_AGAIN_AFTER_S = "5"

log = structlog.get_logger("liaison.notifications")


class Intake:
    """Takes deliveries for as long as the process lives."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._under_way: set[asyncio.Task[Taken]] = set()
        self._dropped = 0
        self._logged_s = -math.inf

    def route(self) -> Route:
        return Route(PATH, self.take, methods=["POST"])

    async def take(self, request: Request) -> Response:
        """A handshake is answered with its token; anything else with 202, or 503 when it could not be kept."""
        request.state.route = PATH
        if "validationToken" in request.query_params:
            return _shake_hands(request.query_params["validationToken"])
        until_s = asyncio.get_running_loop().time() + ANSWERED_WITHIN_S
        try:
            async with asyncio.timeout_at(until_s):
                body = await _read(request)
        except (TimeoutError, ClientDisconnect):
            return _come_again("cut_off")
        if body is None:
            return Response(status_code=413)
        if len(self._under_way) >= AT_ONCE:
            return _come_again("busy")
        keeping = asyncio.create_task(take_notifications(request.path_params["listening"], body, self._ports))
        self._under_way.add(keeping)
        keeping.add_done_callback(self._forget)
        # What is kept after all is told again and then known already: a late answer costs nothing but that.
        await asyncio.wait({keeping}, timeout=max(0.0, until_s - asyncio.get_running_loop().time()))
        if not keeping.done() or keeping.exception() is not None:
            return _come_again("slow" if not keeping.done() else "not_kept")
        self._count(keeping.result())
        return Response(status_code=202)

    def _forget(self, keeping: asyncio.Task[Taken]) -> None:
        self._under_way.discard(keeping)
        error = None if keeping.cancelled() else keeping.exception()
        if error is not None and not isinstance(error, StoreUnavailable):
            log.error("notification.failed", error=type(error).__name__, exc_info=error)

    def _count(self, taken: Taken) -> None:
        """Whoever floods the address does not flood the log: what was dropped is said once a minute, as a number."""
        NOTIFICATIONS.labels("kept").inc(taken.kept)
        NOTIFICATIONS.labels("dropped").inc(taken.dropped)
        self._dropped += taken.dropped
        if self._dropped and time.monotonic() - self._logged_s >= LOGGED_EVERY_S:
            log.warning("notification.dropped", items=self._dropped)
            self._dropped, self._logged_s = 0, time.monotonic()


def _shake_hands(token: str) -> Response:
    """The token back as plain text, which no browser takes for a page. Source: threat T4."""
    if len(token) > _TOKEN_LIMIT or _ODD.search(token):
        return Response(status_code=400)
    return PlainTextResponse(token)


async def _read(request: Request) -> bytes | None:
    """The whole body; None when it is too long, however long it says that it is."""
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > LIMIT_BYTES:
            return None
    return bytes(content)


def _come_again(reason: str) -> Response:
    NOTIFICATIONS.labels(reason).inc()
    return Response(status_code=503, headers={"Retry-After": _AGAIN_AFTER_S})
