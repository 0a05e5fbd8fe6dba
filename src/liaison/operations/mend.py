"""Mend what stands in the way of linking: show what would change, do it, take it back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from uuid import uuid4

from liaison.domain.crm import require_system_administrator
from liaison.domain.diagnosis import judge_tables
from liaison.domain.names import EnvironmentKey, Person, RowId, TableName
from liaison.domain.readiness import judge_readiness
from liaison.domain.remedy import Act, Change, ChangeState, Mending, RemedyPlan, plan_remedy
from liaison.errors import RecordUnknown, RemedyChanged
from liaison.ports import Crm, Ports

MOST_ROWS = 100_000
_AT_ONCE = 8

_Doing = Callable[[Crm, Change], Awaitable[None]]


async def show_remedy(
    environment: EnvironmentKey, by: Person, ports: Ports, codes: Sequence[str] = (), *, with_content: bool = False
) -> RemedyPlan:
    """What mending would change now; nothing is changed. With content, rows that would be deleted come whole.

    Raises RoleMissing.
    """
    crm = ports.crm(by, environment)
    facts, states, person = await asyncio.gather(
        crm.gather_readiness(MOST_ROWS), crm.list_table_states(), crm.read_person()
    )
    require_system_administrator(person)
    checks = (*judge_readiness(facts), judge_tables(tuple(state.table for state in states)))
    plan = plan_remedy(checks, tuple(codes))
    return replace(plan, changes=await _with_content(plan.changes, crm)) if with_content else plan


async def apply_remedy(
    environment: EnvironmentKey, by: Person, ports: Ports, mark: str, codes: Sequence[str] = ()
) -> Mending:
    """Make the changes that were shown under this mark, each kept with its row as it was and written to the audit.

    Raises RemedyChanged when they are others by now, RoleMissing. Stopped midway, what was done is kept and can be
    taken back; applying again does the rest.
    """
    plan = await show_remedy(environment, by, ports, codes, with_content=True)
    if plan.mark != mark:
        raise RemedyChanged
    mending = Mending(uuid4().hex, environment, by, ports.clock.now(), plan.changes)
    await ports.mendings.save(mending)
    return await _carry_out(mending, by, ports, _DO, ChangeState.PLANNED, ChangeState.DONE)


async def undo_remedy(environment: EnvironmentKey, mending_id: str, by: Person, ports: Ports) -> Mending:
    """Take back what can be taken back. Raises MendingUnknown, RoleMissing."""
    mending = await ports.mendings.get(by.tenant, environment, mending_id)
    require_system_administrator(await ports.crm(by, environment).read_person())
    return await _carry_out(mending, by, ports, _UNDO, ChangeState.DONE, ChangeState.UNDONE)


async def list_mendings(environment: EnvironmentKey, by: Person, ports: Ports) -> tuple[Mending, ...]:
    """Newest first. Raises RoleMissing."""
    require_system_administrator(await ports.crm(by, environment).read_person())
    return await ports.mendings.list(by.tenant, environment)


async def _carry_out(
    mending: Mending, by: Person, ports: Ports, effects: dict[Act, _Doing], start: ChangeState, end: ChangeState
) -> Mending:
    crm = ports.crm(by, mending.environment)
    changes = list(mending.changes)
    turns = asyncio.Semaphore(_AT_ONCE)

    async def carry_out(index: int) -> None:
        change = changes[index]
        effect = effects.get(change.act)
        if change.state is not start or effect is None:
            return
        async with turns:
            await effect(crm, change)
        changes[index] = replace(change, state=end)
        act = f"remedy.{change.act.value}" if end is ChangeState.DONE else f"remedy.undone.{change.act.value}"
        await ports.audit.write(by, act, mending.environment, _audit_words(change, end))

    outcomes = await asyncio.gather(*(carry_out(index) for index in range(len(changes))), return_exceptions=True)
    finished = replace(mending, changes=tuple(changes))
    await ports.mendings.save(finished)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
    return finished


async def _with_content(changes: tuple[Change, ...], crm: Crm) -> tuple[Change, ...]:
    turns = asyncio.Semaphore(_AT_ONCE)

    async def read(change: Change) -> Change | None:
        if change.act is not Act.DELETE_LOCATION:
            return change
        async with turns:
            try:
                return replace(change, content=await crm.read_location_content(RowId(change.row.id)))
            except RecordUnknown:
                return None  # gone meanwhile: nothing to delete

    return tuple(change for change in await asyncio.gather(*map(read, changes)) if change is not None)


def _audit_words(change: Change, end: ChangeState) -> str:
    before, after = _STATES[change.act]
    if end is ChangeState.UNDONE:
        before, after = after, before
    words = f"{change.row.name}: {before} -> {after}"
    if change.content:
        words += f"; row {change.row.id} {sorted(change.content.items())}"
    return words


_STATES = {
    Act.TURN_OFF_ONEDRIVE: ("on", "off"),
    Act.DEACTIVATE_SITE: ("active", "inactive"),
    Act.DELETE_LOCATION: ("there", "deleted"),
    Act.TURN_ON_DOCUMENTS: ("off", "on"),
}


async def _turn_off_onedrive(crm: Crm, _: Change) -> None:
    await crm.set_onedrive(on=False)


async def _turn_on_onedrive(crm: Crm, _: Change) -> None:
    await crm.set_onedrive(on=True)


async def _deactivate_site(crm: Crm, change: Change) -> None:
    await crm.set_site_active(RowId(change.row.id), active=False)


async def _activate_site(crm: Crm, change: Change) -> None:
    await crm.set_site_active(RowId(change.row.id), active=True)


async def _delete_location(crm: Crm, change: Change) -> None:
    await crm.remove_location(RowId(change.row.id))


async def _restore_location(crm: Crm, change: Change) -> None:
    await crm.restore_location(RowId(change.row.id), change.content or {})


async def _turn_on_documents(crm: Crm, change: Change) -> None:
    await crm.turn_on_documents(TableName(change.row.id))


_DO: dict[Act, _Doing] = {
    Act.TURN_OFF_ONEDRIVE: _turn_off_onedrive,
    Act.DEACTIVATE_SITE: _deactivate_site,
    Act.DELETE_LOCATION: _delete_location,
    Act.TURN_ON_DOCUMENTS: _turn_on_documents,
}
_UNDO: dict[Act, _Doing] = {
    Act.TURN_OFF_ONEDRIVE: _turn_on_onedrive,
    Act.DEACTIVATE_SITE: _activate_site,
    Act.DELETE_LOCATION: _restore_location,
}
