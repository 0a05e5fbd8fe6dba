"""Why can't I? What stands between a person and linking this record."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import ClassVar

from starlette.responses import Response

from liaison.errors import LiaisonError, Refused
from liaison.operations.why import Explanation, explain
from liaison.web import addresses, problems
from liaison.web.pages.record import open_record, record_shell, ref_of
from liaison.web.place import crm_of
from liaison.web.requirements import Requirement, show_check
from liaison.web.shell import Crumb, Shell
from liaison.web.visit import Visit


@dataclass(frozen=True)
class WhyPage:
    """`may_ask_others` shows the field for somebody else's name."""

    template: ClassVar[str] = "why.html"
    shell: Shell
    record: str
    back: str
    action: str
    person: str
    is_own: bool
    asked: str
    obstacles: tuple[Requirement, ...]
    others: tuple[Requirement, ...]
    may_ask_others: bool
    problem: problems.Problem | None


async def show(visit: Visit) -> Response:
    asked = visit.asked("person")
    opened, me = await asyncio.gather(open_record(visit), crm_of(visit).read_person())
    error: LiaisonError | None = None
    found: Explanation | None = None
    try:
        found = await explain(ref_of(visit), visit.person, visit.ports, asked)
    except Refused as refused:
        error = refused
    shell, title = record_shell(opened, visit), visit.say("web.why.title")
    address = addresses.record(visit.named("app"), opened.record.ref)
    crumbs = (*shell.crumbs[:-1], Crumb(opened.record.title, address), Crumb(title))
    checks = found.checks if found else ()
    obstacles = found.obstacles if found else ()
    page = WhyPage(
        shell=visit.shell(
            title,
            app=shell.app,
            app_address=shell.app_address,
            environment=shell.environment,
            site_map=shell.site_map,
            crumbs=crumbs,
            search=shell.search,
        ),
        record=opened.record.title,
        back=address,
        action=addresses.record(visit.named("app"), opened.record.ref, "why"),
        person=found.person_name if found else asked,
        is_own=found.is_own if found else False,
        asked=asked,
        obstacles=tuple(show_check(check, visit) for check in obstacles),
        others=tuple(replace(show_check(check, visit), help="") for check in checks if check not in obstacles),
        may_ask_others=me.is_system_administrator,
        problem=problems.explain(error, visit) if error else None,
    )
    return visit.answer(page, error.status if error else 200)
