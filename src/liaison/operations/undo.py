"""Undo a connection soon after it was made: what Liaison made goes, unless somebody has begun to use it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from liaison.domain.link import Finding, Link, LinkState, Operation, StepName
from liaison.domain.names import LinkId, Person, RowId, TabId
from liaison.errors import (
    LinkBusy,
    TeamUnknown,
    UndoClosed,
)
from liaison.operations.connecting import Act, bound
from liaison.operations.earlier_files import with_word_of_files
from liaison.operations.partners import take_partners_back
from liaison.operations.regarding import read_title
from liaison.operations.saga import Step, Task, carry_out
from liaison.operations.take_back import KEPT_FOR, holds_files, take_extras_back
from liaison.operations.take_people_back import take_members_back, take_shares_back
from liaison.ports import Ports

WINDOW = timedelta(minutes=15)
_MAY_BE_UNDONE = frozenset({LinkState.CONNECTED, LinkState.FILES_PENDING, LinkState.NEEDS_PERSON})


def undo_until(link: Link) -> datetime:
    """Until when the link may be undone: a quarter of an hour from when it was connected, or planned."""
    return (link.connected_at or link.planned_at) + WINDOW


def can_be_undone(link: Link, ports: Ports) -> bool:
    """Only what was connected here, lately, and is not at work on anything else than its library."""
    is_connection = link.operation is Operation.CONNECT and link.state in _MAY_BE_UNDONE
    # One that was only adopted was never connected here, and has nothing of ours.
    made_here = link.connected_at is not None or link.state is not LinkState.CONNECTED
    return is_connection and made_here and ports.clock.now() < undo_until(link)


async def undo(link_id: LinkId, by: Person, ports: Ports) -> Link:
    """Save the intent to undo and hand it to the engine. Repeating it is harmless.

    Raises LinkUnknown, LinkBusy, UndoClosed, and what Dataverse refuses the person.
    """
    link = await ports.links.get(link_id)
    if link.operation is Operation.UNDO and (link.state.at_work or link.state.is_over):
        return link
    if link.state.at_work and link.state is not LinkState.FILES_PENDING:
        raise LinkBusy(link.id, link.state_word)
    if not can_be_undone(link, ports):
        raise UndoClosed(int(WINDOW.total_seconds()) // 60)
    await read_title(link.regarding, by, ports)
    steps = link.steps_back
    going = replace(
        with_word_of_files(link),
        state=LinkState.DISCONNECTING,
        acting=by,
        operation=Operation.UNDO,
        trouble=None,
        waiting=None,
        done=tuple(step for step in link.done if step not in steps),
        run=link.run + 1,
    )
    saved = await ports.links.save(going, "link.undoing")
    await ports.steps.start(Operation.UNDO, saved)
    return saved


async def carry_out_undo(link_id: LinkId, ports: Ports, run: int | None = None) -> None:
    """Durable: rows, tab, shares, notes, app, what the template made, channel, team, people.

    What is gone already is done.

    Raises Stopped, LinkBusy.
    """
    task = Task(link_id, Operation.UNDO, run)
    link = await ports.links.get(link_id)
    await carry_out(task, tuple(Step(name, bound(_ACTS[name], ports)) for name in link.steps), ports)
    link = await ports.links.get(link_id)
    if task.is_at_work_on(link):
        await ports.links.save(replace(link, state=LinkState.UNDONE, trouble=None), "link.undone")


async def _remove_association(link: Link, ports: Ports) -> Link:
    """A row that was there before is somebody else's."""
    if link.evidence.association in {"", link.row_id("association")}:
        await ports.crm(link.acting, link.environment).remove_association(link.row_id("association"))
    return link.with_evidence(StepName.REMOVE_ASSOCIATION, association=RowId(""))


async def _remove_location(link: Link, ports: Ports) -> Link:
    if link.evidence.location in {"", link.row_id("location")}:
        await ports.crm(link.acting, link.environment).remove_location(link.row_id("location"))
    return link.with_evidence(StepName.REMOVE_LOCATION, location=RowId(""))


async def _remove_tab(link: Link, ports: Ports) -> Link:
    made = link.evidence
    if made.tab and not made.tab_is_adopted:
        await ports.teamwork(link.acting).remove_tab(link.team, made.channel, made.tab)
    return link.with_evidence(StepName.REMOVE_TAB, tab=TabId(""), tab_address="")


async def _remove_notes(link: Link, ports: Ports) -> Link:
    crm = ports.crm(link.acting, link.environment)
    if link.evidence.note:
        await crm.remove_note(link.evidence.note)
    return link.with_evidence(StepName.REMOVE_NOTES, note=RowId(""))


async def _remove_app(link: Link, ports: Ports) -> Link:
    """Only when it came with this link, and no other link of the team needs it: its tab would go with it."""
    made = link.evidence
    if not made.app_is_ours:
        return link.with_evidence(StepName.REMOVE_APP)
    if await ports.links.in_team(link.by.tenant, link.team, besides=link.id):
        return link.with_evidence(StepName.REMOVE_APP)
    try:
        await ports.teamwork(link.acting).remove_app(link.team, made.app_installation)
    except KEPT_FOR:
        return _kept(link, StepName.REMOVE_APP, "app.kept", "kept_rights")
    return link.with_evidence(StepName.REMOVE_APP, app_is_ours=False, app_installation="")


async def _remove_channel(link: Link, ports: Ports) -> Link:
    made = link.evidence
    if not made.channel_is_ours or not made.channel:
        return link.with_evidence(StepName.REMOVE_CHANNEL)
    if await holds_files(link, made.channel, ports):
        return _kept(link, StepName.REMOVE_CHANNEL, "channel.kept", "kept_files", channel=made.channel_name)
    try:
        await ports.teamwork(link.acting).remove_channel(link.team, made.channel)
    except KEPT_FOR:
        return _kept(link, StepName.REMOVE_CHANNEL, "channel.kept", "kept_rights", channel=made.channel_name)
    return link.with_evidence(StepName.REMOVE_CHANNEL, channel_is_ours=False)


async def _remove_team(link: Link, ports: Ports) -> Link:
    made = link.evidence
    if not made.team_is_ours or not link.team:
        return link.with_evidence(StepName.REMOVE_TEAM)
    why = await _why_team_stays(link, ports)
    if not why:
        try:
            await ports.teamwork(link.acting).remove_team(link.team)
        except KEPT_FOR:
            why = "kept_rights"
        except TeamUnknown:
            why = ""
    if why:
        return _kept(link, StepName.REMOVE_TEAM, "team.kept", why, team=made.team_name)
    return link.with_evidence(StepName.REMOVE_TEAM, team_is_ours=False)


async def _why_team_stays(link: Link, ports: Ports) -> str:
    """Another channel, or a file in what is left of it; empty when nobody has begun to use it."""
    teamwork = ports.teamwork(link.acting)
    try:
        primary = await teamwork.read_primary_channel(link.team)
        channels = await teamwork.list_channels(link.team)
    except TeamUnknown:
        return ""
    others = {channel.id for channel in channels} - {primary.id, link.evidence.channel}
    if others or link.evidence.channel_is_ours:
        return "kept_channels"
    return "kept_files" if await holds_files(link, primary.id, ports) else ""


def _kept(link: Link, step: StepName, code: str, reason: str, **facts: str) -> Link:
    finding = Finding(code, (*facts.items(), ("reason", reason)))
    return replace(link, findings=(*link.findings, finding)).with_evidence(step)


_ACTS: Mapping[StepName, Act] = {
    StepName.REMOVE_ASSOCIATION: _remove_association,
    StepName.REMOVE_LOCATION: _remove_location,
    StepName.REMOVE_TAB: _remove_tab,
    StepName.REMOVE_NOTES: _remove_notes,
    StepName.REMOVE_APP: _remove_app,
    StepName.REMOVE_EXTRAS: take_extras_back,
    StepName.REMOVE_PARTNERS: take_partners_back,
    StepName.REMOVE_CHANNEL: _remove_channel,
    StepName.REMOVE_TEAM: _remove_team,
    StepName.REMOVE_MEMBERS: take_members_back,
    StepName.UNSHARE_VIEW: take_shares_back,
}
