"""`/audit`: who did what, for administrators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from starlette.responses import Response

from liaison.operations.read_audit import read_audit
from liaison.ports import AuditLine
from liaison.web import addresses
from liaison.web.place import plain_shell
from liaison.web.shell import Crumb, Shell
from liaison.web.visit import Visit

PAGE_SIZE = 50


@dataclass(frozen=True)
class AuditPage:
    template: ClassVar[str] = "audit.html"
    shell: Shell
    lines: tuple[AuditLine, ...]
    first_broken: int | None
    next: str
    is_first: bool


async def show(visit: Visit) -> Response:
    before = visit.asked("before")
    page = await read_audit(visit.person, visit.ports, int(before) if before.isdecimal() else 0, PAGE_SIZE)
    more = len(page.lines) == PAGE_SIZE
    title = visit.say("web.audit.title")
    answer = AuditPage(
        shell=plain_shell(visit, title, (Crumb(title),)),
        lines=page.lines,
        first_broken=page.first_broken,
        next=addresses.address("audit", query={"before": str(page.lines[-1].number)}) if more else "",
        is_first=not before,
    )
    return visit.answer(answer)
