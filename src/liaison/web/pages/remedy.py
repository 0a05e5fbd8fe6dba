"""What would mend the prerequisites: a dry run, then the changes, then the way back."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from starlette.responses import Response

from liaison.domain.remedy import Change, Mending
from liaison.errors import NotAllowed, RemedyChanged
from liaison.operations.mend import apply_remedy, list_mendings, show_remedy, undo_remedy
from liaison.web import addresses, problems
from liaison.web.pages.settings_place import settings_address, settings_shell
from liaison.web.place import find_environment
from liaison.web.shell import Shell
from liaison.web.visit import Visit

SHOWN = 100


@dataclass(frozen=True)
class ShownChange:
    """One change in words: what, to which row, before and after."""

    text: str
    kind: str
    name: str
    detail: str
    before: str
    after: str
    state: str
    can_be_undone: bool


@dataclass(frozen=True)
class ShownMending:
    """A remedy that was applied; `undo` is empty when nothing of it can be taken back."""

    at: datetime
    by: str
    changes: tuple[ShownChange, ...]
    more: int
    undo: str


@dataclass(frozen=True)
class RemedyPage:
    """`total` counts all changes, those of other pages included; they are made all the same."""

    template: ClassVar[str] = "remedy.html"
    shell: Shell
    action: str
    code: str
    export: str
    back: str
    mark: str
    changes: tuple[ShownChange, ...]
    total: int
    previous: str
    next: str
    has_deletions: bool
    mendings: tuple[ShownMending, ...]
    problem: problems.Problem | None
    done: str


async def show(visit: Visit) -> Response:
    return await _show(visit)


async def apply(visit: Visit) -> Response:
    environment = find_environment(visit).key
    try:
        await apply_remedy(environment, visit.person, visit.ports, visit.given("mark"), _codes(visit.given("code")))
    except (NotAllowed, RemedyChanged) as error:
        return await _show(visit, problems.explain(error, visit))
    return visit.go(f"{settings_address(visit, 'remedy')}?done=applied")


async def undo(visit: Visit) -> Response:
    await undo_remedy(find_environment(visit).key, visit.named("mending"), visit.person, visit.ports)
    return visit.go(f"{settings_address(visit, 'remedy')}?done=undone")


async def export(visit: Visit) -> Response:
    """Every row that would be deleted, whole, as JSON."""
    environment = find_environment(visit).key
    plan = await show_remedy(environment, visit.person, visit.ports, with_content=True)
    rows = [
        {"kind": change.row.kind, "id": change.row.id, "name": change.row.name, "content": change.content}
        for change in plan.changes
        if change.content is not None
    ]
    headers = {"Content-Disposition": f'attachment; filename="{environment}-rows.json"'}
    return Response(json.dumps(rows, ensure_ascii=False, indent=2), media_type="application/json", headers=headers)


async def _show(visit: Visit, problem: problems.Problem | None = None) -> Response:
    environment, by = find_environment(visit), visit.person
    code = visit.asked("code") or visit.given("code")
    shell, plan, mendings = await asyncio.gather(
        settings_shell(visit, environment, visit.say("web.remedy.title")),
        show_remedy(environment.key, by, visit.ports, _codes(code)),
        list_mendings(environment.key, by, visit.ports),
    )
    start = _start(visit, len(plan.changes))
    page = RemedyPage(
        shell=shell,
        action=settings_address(visit, "remedy"),
        code=code,
        export=settings_address(visit, "remedy", "rows.json"),
        back=settings_address(visit),
        mark=plan.mark,
        changes=tuple(_change(change, visit) for change in plan.changes[start : start + SHOWN]),
        total=len(plan.changes),
        previous=_page(visit, code, start - SHOWN) if start else "",
        next=_page(visit, code, start + SHOWN) if start + SHOWN < len(plan.changes) else "",
        has_deletions=any(change.act.value == "delete_location" for change in plan.changes),
        mendings=tuple(_mending(mending, visit) for mending in mendings),
        problem=problem,
        done=visit.asked("done"),
    )
    return visit.answer(page, problem.status if problem else 200)


def _start(visit: Visit, total: int) -> int:
    """The first change that is shown; a number that leads nowhere leads to the first page."""
    asked = visit.asked("from")
    start = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 0
    return start if start < total else 0


def _page(visit: Visit, code: str, start: int) -> str:
    query = {"code": code, "from": str(max(0, start))}
    parts = (addresses.query_part(name, value) for name, value in query.items() if value)
    return f"{settings_address(visit, 'remedy')}?{'&'.join(parts)}"


def _codes(code: str) -> tuple[str, ...]:
    return (code,) if code else ()


def _change(change: Change, visit: Visit) -> ShownChange:
    act = change.act.value
    return ShownChange(
        text=visit.say(f"remedy.act.{act}"),
        kind=change.row.kind,
        name=change.row.name,
        detail=change.row.detail or change.row.id,
        before=visit.say(f"remedy.before.{act}"),
        after=visit.say(f"remedy.after.{act}"),
        state=visit.say(f"remedy.state.{change.state.value}"),
        can_be_undone=change.can_be_undone,
    )


def _mending(mending: Mending, visit: Visit) -> ShownMending:
    undo_address = settings_address(visit, "remedy", mending.id, "undo")
    return ShownMending(
        at=mending.at,
        by=mending.by.name,
        changes=tuple(_change(change, visit) for change in mending.changes[:SHOWN]),
        more=max(0, len(mending.changes) - SHOWN),
        undo=undo_address if mending.can_be_undone else "",
    )
