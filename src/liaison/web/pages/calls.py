"""`/calls`: what Liaison asked of Microsoft's services, against what linking promises; for administrators."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import ClassVar

from starlette.responses import Response

from liaison.domain.promise import KeptCall
from liaison.operations.read_calls import read_calls
from liaison.ports import CallTotal
from liaison.web import addresses
from liaison.web.place import plain_shell
from liaison.web.shell import Crumb, Shell
from liaison.web.visit import Visit

PAGE_SIZE = 50
EXPORTED = 10_000


@dataclass(frozen=True)
class CallsPage:
    template: ClassVar[str] = "calls.html"
    shell: Shell
    totals: tuple[CallTotal, ...]
    calls: tuple[KeptCall, ...]
    count: int
    outside: int
    next: str
    is_first: bool
    export: str


async def show(visit: Visit) -> Response:
    before = visit.asked("before")
    ledger = await read_calls(visit.person, visit.ports, int(before) if before.isdecimal() else 0, PAGE_SIZE)
    more = len(ledger.calls) == PAGE_SIZE
    title = visit.say("web.calls.title")
    page = CallsPage(
        shell=plain_shell(visit, title, (Crumb(title),)),
        totals=ledger.totals,
        calls=ledger.calls,
        count=sum(total.count for total in ledger.totals),
        outside=ledger.outside,
        next=addresses.address("calls", query={"before": str(ledger.calls[-1].number)}) if more else "",
        is_first=not before,
        export=addresses.address("calls", "calls.csv"),
    )
    return visit.answer(page)


async def export(visit: Visit) -> Response:
    """The latest calls as CSV."""
    ledger = await read_calls(visit.person, visit.ports, 0, EXPORTED)
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(("number", "at", "feature", "service", "method", "host", "path", "status", "ms"))
    for call in ledger.calls:
        feature = call.feature or "outside"
        at = call.at.isoformat()
        row = (call.number, at, feature, call.service, call.method, call.host, call.path, call.status, round(call.ms))
        lines.writerow(row)
    headers = {"Content-Disposition": 'attachment; filename="calls.csv"'}
    return Response(text.getvalue(), media_type="text/csv", headers=headers)
