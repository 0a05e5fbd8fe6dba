"""The control endpoint: faults, clock, switches, calls and reset, for tests and demonstrations on this machine."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import json
import os
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route, Router

from liaison.tenant.archive import adopt, judged_archive, write_archive
from liaison.tenant.estate import Estate
from liaison.tenant.estate.keys import rotate_keys
from liaison.tenant.estate.people import find_user, revoke_sessions
from liaison.tenant.estate.switches import all_switches, set_switches
from liaison.tenant.faces import all_operations
from liaison.tenant.faults import FaultPlan, PlanRefused
from liaison.tenant.known_switches import KNOWN
from liaison.tenant.ledger import Ledger
from liaison.tenant.plans import CLOCK_S, listed_plans, read_plan
from liaison.tenant.seeds.copies import restore_seed

Endpoint = Callable[[Request], Awaitable[Response]]


class _Refused(ValueError):
    """The order is not shaped as documented."""


def control_router(estate: Estate, plan: FaultPlan, ledger: Ledger) -> Router:
    """The routes under `/_control`."""
    control = _Control(estate, plan, ledger)
    return Router(
        [
            Route("/_control/faults", _guarded(control.read_faults), methods=["GET"]),
            Route("/_control/faults", _guarded(control.load_faults), methods=["POST"]),
            Route("/_control/faults", _guarded(control.clear_faults), methods=["DELETE"]),
            Route("/_control/faults/plans", _guarded(control.read_plans), methods=["GET"]),
            Route("/_control/status", _guarded(control.read_status), methods=["GET"]),
            Route("/_control/operations", _guarded(control.read_operations), methods=["GET"]),
            Route("/_control/workers", _guarded(control.register_workers), methods=["PUT"]),
            Route("/_control/clock", _guarded(control.move_clock), methods=["POST"]),
            Route("/_control/clock", _guarded(control.read_clock), methods=["GET"]),
            Route("/_control/switches", _guarded(control.set_switches), methods=["POST"]),
            Route("/_control/switches", _guarded(control.read_switches), methods=["GET"]),
            Route("/_control/calls", _guarded(control.read_calls), methods=["GET"]),
            Route("/_control/calls", _guarded(control.clear_calls), methods=["DELETE"]),
            Route("/_control/calls/tally", _guarded(control.take_tally), methods=["POST"]),
            Route("/_control/keys/rotate", _guarded(control.rotate_keys), methods=["POST"]),
            Route("/_control/sessions/revoke", _guarded(control.revoke_sessions), methods=["POST"]),
            Route("/_control/reset", _guarded(control.reset), methods=["POST"]),
            Route("/_control/estate", _guarded(control.read_estate), methods=["GET"]),
            Route("/_control/estate", _guarded(control.replace_estate), methods=["PUT"]),
        ],
        redirect_slashes=False,
    )


class _Control:
    """What the control endpoint works on."""

    def __init__(self, estate: Estate, plan: FaultPlan, ledger: Ledger) -> None:
        self._estate = estate
        self._plan = plan
        self._ledger = ledger

    async def read_faults(self, _: Request) -> Response:
        return JSONResponse(self._plan.report())

    async def load_faults(self, request: Request) -> Response:
        """A plan of rules, or a named plan; one that moves the clock does so now."""
        order = await _body(request)
        self._plan.load(read_plan(order))
        if order.get("plan") in CLOCK_S:
            self._estate.clock.advance(CLOCK_S[order["plan"]])
        return JSONResponse(self._plan.report())

    async def read_status(self, _: Request) -> Response:
        """The content of tenant.json, the clock, every known switch with its value, and how much has happened."""
        told = self._estate.folder / "tenant.json"
        switches = all_switches(self._estate)
        known = [{**asdict(one), "value": switches.get(one.name)} for one in KNOWN]
        named = {one.name for one in KNOWN}
        others = [{"name": name, "value": value} for name, value in switches.items() if name not in named]
        return JSONResponse(
            {
                "introduction": json.loads(told.read_text(encoding="utf-8")) if told.exists() else None,
                "now": self._estate.clock.stamp(),
                "switches": [*known, *others],
                "faults": self._plan.report(),
                "calls": self._ledger.last,
            }
        )

    async def read_plans(self, _: Request) -> Response:
        return JSONResponse({"value": listed_plans()})

    async def read_operations(self, _: Request) -> Response:
        """What every face answers, and what of its service's documentation it does not."""
        listed = [{"name": one.name, **asdict(one)} for one in all_operations(self._estate)]
        return JSONResponse({"value": listed})

    async def clear_faults(self, _: Request) -> Response:
        self._plan.clear()
        return Response(status_code=204)

    async def register_workers(self, request: Request) -> Response:
        pids = (await _body(request)).get("pids")
        if not isinstance(pids, list) or not all(isinstance(pid, int) and pid > 1 for pid in pids):
            raise _Refused("pids: a list of process ids above 1 is needed")
        self._plan.workers = list(pids)
        return JSONResponse({"pids": pids})

    async def move_clock(self, request: Request) -> Response:
        """`set` (ISO 8601 moment), `advance_s` (seconds, negative steps back) and `freeze`, in this order."""
        order = await _body(request)
        clock = self._estate.clock
        if "set" in order:
            clock.set(datetime.fromisoformat(str(order["set"])))
        if "advance_s" in order:
            clock.advance(float(order["advance_s"]))
        if order.get("freeze"):
            clock.freeze()
        return JSONResponse({"now": clock.stamp()})

    async def read_clock(self, _: Request) -> Response:
        return JSONResponse({"now": self._estate.clock.stamp()})

    async def set_switches(self, request: Request) -> Response:
        set_switches(self._estate, await _body(request))
        return JSONResponse(all_switches(self._estate))

    async def read_switches(self, _: Request) -> Response:
        return JSONResponse(all_switches(self._estate))

    async def read_calls(self, request: Request) -> Response:
        return JSONResponse(self._ledger.report(int(request.query_params.get("since", "0"))))

    async def clear_calls(self, _: Request) -> Response:
        self._ledger.clear()
        return Response(status_code=204)

    async def take_tally(self, _: Request) -> Response:
        """Calls by operation and client since the tally was last taken."""
        return JSONResponse({"value": self._ledger.take_tally()})

    async def rotate_keys(self, _: Request) -> Response:
        return JSONResponse({"signing": rotate_keys(self._estate)})

    async def revoke_sessions(self, request: Request) -> Response:
        """End the sessions of one user, named by id or UPN."""
        user = find_user(self._estate, str((await _body(request)).get("user", "")))
        if user is None:
            raise _Refused("user: no such id or UPN")
        revoke_sessions(self._estate, user.id)
        return Response(status_code=204)

    async def reset(self, _: Request) -> Response:
        """Back to the seed: rows, clock, faults, calls and switches; registered workers stay."""
        restore_seed(self._estate)
        self._plan.clear()
        self._ledger.clear()
        return Response(status_code=204)

    async def read_estate(self, _: Request) -> Response:
        """The whole tenant as one file, of one moment, while it goes on answering."""
        written = await asyncio.to_thread(self._spool_estate)
        return FileResponse(
            written, media_type="application/zip", filename="tenant.zip", background=BackgroundTask(written.unlink)
        )

    def _spool_estate(self) -> Path:
        descriptor, name = tempfile.mkstemp(suffix=".zip", dir=self._estate.folder)
        written = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as target:
                write_archive(self._estate, target)
        except BaseException:
            written.unlink()
            raise
        return written

    async def replace_estate(self, request: Request) -> Response:
        """Become the tenant of such a file; a damaged or foreign one is refused and changes nothing."""
        folder = self._estate.folder
        with tempfile.TemporaryFile(dir=folder) as source:
            async for piece in request.stream():
                source.write(piece)
            with contextlib.ExitStack() as kept:
                judged = await asyncio.to_thread(lambda: kept.enter_context(judged_archive(source, folder)))
                adopt(self._estate, judged)
        return Response(status_code=204)


def _guarded(endpoint: Endpoint) -> Endpoint:
    """Only this machine may ask, and no web page: a page that someone visits must not steer the tenant."""

    async def guarded(request: Request) -> Response:
        if not _from_this_machine(request) or "origin" in request.headers or "sec-fetch-site" in request.headers:
            return JSONResponse({"error": {"code": "Forbidden", "message": "Only local tools may ask."}}, 403)
        try:
            return await endpoint(request)
        except (_Refused, PlanRefused, ValueError) as error:
            return JSONResponse({"error": {"code": "BadRequest", "message": str(error)}}, 400)

    return guarded


def _from_this_machine(request: Request) -> bool:
    # In one process there is no socket and therefore no peer address.
    if request.client is None or request.client.host == "testclient":
        return True
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


async def _body(request: Request) -> dict[str, Any]:
    try:
        order = json.loads(await request.body() or b"{}")
    except ValueError as error:
        raise _Refused("the body must be JSON") from error
    if not isinstance(order, dict):
        raise _Refused("the body must be a JSON object")
    return order
