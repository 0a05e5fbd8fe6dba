"""`/health` and `/metrics`: is this installation well, and what has it counted."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import ClassVar

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import JSONResponse, Response

from liaison.web.place import plain_shell
from liaison.web.shell import Crumb, Shell
from liaison.web.visit import Visit


@dataclass(frozen=True)
class Probe:
    """One thing that was tried just now."""

    name: str
    is_well: bool
    took_ms: float
    detail: str


@dataclass(frozen=True)
class HealthPage:
    template: ClassVar[str] = "health.html"
    shell: Shell
    is_well: bool
    version: str
    probes: tuple[Probe, ...]


async def show(visit: Visit) -> Response:
    """JSON for programs that ask for it, a page for people; 503 when something does not work."""
    probes = (await _store(visit), await _audit(visit))
    is_well = all(probe.is_well for probe in probes)
    status, version = 200 if is_well else 503, visit.door.options.version
    if "text/html" not in visit.request.headers.get("Accept", ""):
        checks = [{"name": probe.name, "ok": probe.is_well, "ms": round(probe.took_ms, 1)} for probe in probes]
        return JSONResponse({"status": "ok" if is_well else "failing", "version": version, "checks": checks}, status)
    title = visit.say("web.health.title")
    shell = plain_shell(visit, title, (Crumb(title),)) if visit.session else visit.shell(title)
    return visit.answer(HealthPage(shell, is_well, version, probes), status)


async def measure(_: Visit) -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


async def _store(visit: Visit) -> Probe:
    began = time.perf_counter()
    try:
        waiting = len(await visit.ports.links.at_work())
    except Exception as cause:  # noqa: BLE001 - whatever the store fails with is what the probe reports
        return Probe("store", is_well=False, took_ms=_since(began), detail=type(cause).__name__)
    return Probe(
        "store", is_well=True, took_ms=_since(began), detail=visit.say("web.health.waiting", count=str(waiting))
    )


async def _audit(visit: Visit) -> Probe:
    began = time.perf_counter()
    try:
        lines = await visit.ports.audit.list(size=1)
    except Exception as cause:  # noqa: BLE001 - as above
        return Probe("audit", is_well=False, took_ms=_since(began), detail=type(cause).__name__)
    count = lines[0].number if lines else 0
    return Probe("audit", is_well=True, took_ms=_since(began), detail=visit.say("web.health.lines", count=str(count)))


def _since(began: float) -> float:
    return (time.perf_counter() - began) * 1000
