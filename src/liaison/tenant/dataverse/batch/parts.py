"""Trouble with single parts of a batch, as the fault plan orders it; change sets stay all or nothing.

A fault before a member of a change set keeps the whole set from happening; one after it lets the whole set happen and
takes its answer. A reset ends the connection of the whole batch; what earlier items did stays.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from starlette.types import Scope

from liaison.tenant.dataverse.errors import DataverseError
from liaison.tenant.dataverse.requests import Exchange
from liaison.tenant.dataverse.responses import JSON_TYPE, Reply
from liaison.tenant.faults import Action
from liaison.tenant.mishaps import PROXY_PAGE, drop_connection, first_half, in_charset
from liaison.tenant.parts import Begin, Fate
from liaison.tenant.service_errors import DATAVERSE_CODES

_INHERITED = (b"authorization", b"user-agent", b"host")


@dataclass(frozen=True)
class Watch:
    """Tells the ledger and the fault plan of every part; `scope` is the request of the whole batch."""

    scope: Scope
    begin: Begin

    def part(self, exchange: Exchange) -> Fate:
        """Count one part, seen as a request by itself."""
        path = exchange.root.removeprefix(exchange.origin) + "/" + exchange.path
        own = [(name.encode("latin-1", "replace"), value.encode("latin-1", "replace")) for name, value in
               exchange.headers.items() if name.encode("latin-1", "replace") not in _INHERITED]  # fmt: skip
        inherited = [(name, value) for name, value in self.scope["headers"] if name in _INHERITED]
        return self.begin(
            {
                **self.scope,
                "method": exchange.method,
                "path": unquote(path),
                "raw_path": path.encode("utf-8", "surrogateescape"),
                "query_string": exchange.query.encode("latin-1", "replace"),
                "headers": [*inherited, *own],
            }
        )

    def drop(self, fate: Fate, action: Action) -> None:
        """End the connection of the whole batch, with the workers if the plan says so. Raises ConnectionDropped."""
        fate.note(0)
        if action.kill is not None:
            fate.kill_workers()
        drop_connection(self.scope)


class AnswerLost(DataverseError):
    """The effect is kept, an error stands in the place of its answer."""

    def __init__(self, error: DataverseError) -> None:
        super().__init__(error.status, error.code, error.message, error.headers)


async def carry_out(watch: Watch, fate: Fate, act: Callable[[], Reply]) -> Reply:
    """One single part with what the plan has for it. Raises DataverseError for a refusal, by the plan or by us."""
    fault = fate.fault
    if fault is None:
        return act()
    if fault.action.delay_s:
        await asyncio.sleep(fault.action.delay_s)
    match fault.phase:
        case "delay":
            return act()
        case "duplicate":
            _try(act)
            return act()
        case "before":
            return disturbed(watch, fate, Reply(200, {"Content-Type": JSON_TYPE}))
        case "stale":
            return act() if fault.action.status is None else disturbed(watch, fate, Reply(200))
        case "mid-body":
            _try(act)
            watch.drop(fate, fault.action)
    return disturbed(watch, fate, _try(act))


def disturbed(watch: Watch, fate: Fate, reply: Reply) -> Reply:
    """What is left of an answer. Raises DataverseError where a refusal stands in its place."""
    fault = fate.fault
    if fault is None:
        return reply
    action = fault.action
    if action.kill is not None or action.reset:
        watch.drop(fate, action)
    if action.status is not None:
        raise refusal(action) if fault.phase in ("before", "stale") else AnswerLost(refusal(action))
    if action.html:
        return Reply(200, {"Content-Type": "text/html; charset=utf-8"}, PROXY_PAGE)
    if action.truncate:
        return Reply(reply.status, reply.headers, first_half(reply.body))
    if action.charset is not None:
        return Reply(reply.status, reply.headers, in_charset(reply.body, action.charset))
    if not action.delay_s and not action.drip_s:
        watch.drop(fate, action)
    return reply


def refusal(action: Action) -> DataverseError:
    """The plan's status in the service's shape."""
    status = action.status or 500
    code = action.code or DATAVERSE_CODES.get(status, "0x80040216")
    return DataverseError(status, code, action.message or "A fault that the plan asked for.", action.headers)


async def meet_before(watch: Watch, fates: Sequence[Fate]) -> None:
    """What happens to a change set before any of it; raises what keeps it from happening."""
    for fate in fates:
        fault = fate.fault
        if fault is None:
            continue
        if fault.action.delay_s:
            await asyncio.sleep(fault.action.delay_s)
        if fault.phase in ("before", "stale") and (fault.phase == "before" or fault.action.status is not None):
            disturbed(watch, fate, Reply(200))


def meet_after(watch: Watch, fates: Sequence[Fate]) -> None:
    """What happens to the answer of a change set that is kept; raises what takes its place."""
    for fate in fates:
        fault = fate.fault
        if fault is not None and fault.phase == "mid-body":
            watch.drop(fate, fault.action)
        if fault is not None and fault.phase == "after" and _takes_the_answer(fault.action):
            disturbed(watch, fate, Reply(200))


def _takes_the_answer(action: Action) -> bool:
    return not (action.html or action.truncate or action.charset is not None)


def _try(act: Callable[[], Reply]) -> Reply:
    """The effect of an operation whose own answer does not matter."""
    try:
        return act()
    except DataverseError as error:
        return Reply(error.status)
