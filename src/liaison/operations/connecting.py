"""The durable work of connecting: one effect a step, each found before it is made."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from liaison.domain.link import Finding, Link, LinkState, NewChannel, Operation, PinnedBy, PrimaryChannel, StepName
from liaison.domain.names import LinkId
from liaison.domain.naming import propose_free_name
from liaison.domain.teams import AppPlacement, Channel, TabContent
from liaison.errors import ChannelNameTaken, FilesClosed, StillPreparing
from liaison.operations.add_members import PACE_S, add_some, look_who_is_there
from liaison.operations.ahead import or_none, with_folder
from liaison.operations.closed_files import ChannelOfFiles, explain_closed
from liaison.operations.earlier_files import bring_earlier_files, leave_the_rest
from liaison.operations.extras import Welcomer, make_channels, make_folders, make_tabs
from liaison.operations.label_team import label_later, label_team, look_who_labels
from liaison.operations.new_team import TeamMaker
from liaison.operations.partners import let_in_one, look_who_is_in
from liaison.operations.saga import GROUP_HORIZON, Effect, Step, Task, carry_out
from liaison.operations.share_view import look_who_sees_it, share_view
from liaison.ports import Ports

TAB_NAME_LIMIT = 128
CHANNEL_TEXT_LIMIT = 1000
TAB_MISSING = Finding("tab.missing")

Act = Callable[[Link, Ports], Awaitable[Link]]
"""An effect that is told by whom the world is reached."""


async def carry_out_connection(link_id: LinkId, ports: Ports, run: int | None = None) -> None:
    """Durable: the link's steps in their order. Raises Stopped, LinkBusy."""
    link = await ports.links.get(link_id)
    if link.state is LinkState.PLANNED and link.operation is Operation.CONNECT:
        await ports.links.save(replace(link, state=LinkState.CONNECTING), "link.connecting")
    task = Task(link_id, Operation.CONNECT, run)
    await carry_out(task, _steps(link, ports), ports)
    link = await ports.links.get(link_id)
    if task.is_at_work_on(link):
        await ports.links.save(link.connected(ports.clock.now()), "link.connected")


def _steps(link: Link, ports: Ports) -> tuple[Step, ...]:
    return tuple(_step(name, link, ports) for name in link.steps)


def _step(name: StepName, link: Link, ports: Ports) -> Step:
    if name is StepName.TEAM:
        return Step(name, TeamMaker(ports).make, horizon=GROUP_HORIZON)
    if name is StepName.EARLIER_FILES:
        return Step(name, bound(bring_earlier_files, ports), without=leave_the_rest)
    if name is StepName.LABEL:
        look = bound(look_who_labels, ports)
        return Step(name, bound(label_team, ports), horizon=GROUP_HORIZON, without=label_later, look=look)
    if name is StepName.MEMBERS:
        return Step(name, bound(add_some, ports), pace_s=PACE_S, look=bound(look_who_is_there, ports))
    if name is StepName.PARTNERS:
        return Step(name, bound(let_in_one, ports), look=bound(look_who_is_in, ports))
    if name is StepName.SHARE_VIEW:
        return Step(name, bound(share_view, ports), look=bound(look_who_sees_it, ports))
    if name is StepName.WELCOME:
        return Step(name, Welcomer(ports).post)
    if name is StepName.TAB and link.pinned_by is PinnedBy.HOST:
        return Step(name, bound(_find_hosts_tab, ports), horizon=GROUP_HORIZON, without=_without_hosts_tab)
    undo = _UNDO.get(name)
    return Step(name, bound(_ACTS[name], ports), bound(undo, ports) if undo else None)


def bound(act: Act, ports: Ports) -> Effect:
    """The act as an effect on these ports."""

    async def effect(link: Link) -> Link:
        return await act(link, ports)

    return effect


# --- in Teams --------------------------------------------------------------------------------------------------


async def _channel(link: Link, ports: Ports) -> Link:
    known = link.evidence
    if not known.team_thread:
        team = await ports.teamwork(link.acting).read_team(link.team)
        known = replace(known, team_name=team.name, team_thread=team.thread)
    found, ours = await _ensure_channel(link, ports)
    return link.with_evidence(
        StepName.CHANNEL,
        channel=found.id,
        channel_name=found.name,
        channel_kind=found.kind,
        channel_address=found.address,
        channel_is_ours=ours,
        team_name=known.team_name,
        team_thread=known.team_thread,
    )


async def _ensure_channel(link: Link, ports: Ports) -> tuple[Channel, bool]:
    teamwork = ports.teamwork(link.acting)
    if isinstance(link.wanted, PrimaryChannel):
        return await teamwork.read_primary_channel(link.team), False
    if not isinstance(link.wanted, NewChannel):
        return await teamwork.read_channel(link.team, link.wanted), False
    facts = {"record": link.title, "mark": link.tab_entity}
    text = ports.wording.say(link.by.language, "channel.description", facts)[:CHANNEL_TEXT_LIMIT]
    try:
        return await teamwork.ensure_channel(link.team, link.wanted, link.tab_entity, text, link.acting.id)
    except ChannelNameTaken as taken:
        team = await teamwork.read_team(link.team)
        channels = await teamwork.list_channels(link.team)
        names = {channel.name.casefold() for channel in channels} | {link.wanted.name.casefold()}
        raise ChannelNameTaken(taken.name, team.name, propose_free_name(taken.name, names)) from taken


async def _app(link: Link, ports: Ports) -> Link:
    placed = await ports.teamwork(link.acting).ensure_app(link.team)
    ours = link.evidence.app_is_ours or not placed.was_there
    return link.with_evidence(StepName.APP, app=placed.app, app_installation=placed.installation, app_is_ours=ours)


async def _tab(link: Link, ports: Ports) -> Link:
    placed = AppPlacement(link.evidence.app, link.evidence.app_installation, was_there=True)
    content = tab_content(link, ports.public_address)
    made = await ports.teamwork(link.acting).ensure_tab(link.team, link.evidence.channel, placed, content)
    return link.with_evidence(StepName.TAB, tab=made.id, tab_address=made.address, tab_is_adopted=made.is_microsofts)


async def _find_hosts_tab(link: Link, ports: Ports) -> Link:
    """The tab that Teams itself makes when a person pins our app. Raises StillPreparing until it is there."""
    content = tab_content(link, ports.public_address)
    teamwork = ports.teamwork(link.acting)
    found = await teamwork.find_tab(link.team, link.evidence.channel, link.tab_entity, content.content_address)
    if found is None:
        raise StillPreparing("graph", "tab_not_saved_yet", what=content.name)
    return link.with_evidence(StepName.TAB, tab=found.id, tab_address=found.address)


async def _without_hosts_tab(link: Link) -> Link:
    return replace(link, findings=(*link.findings, TAB_MISSING)).with_evidence(StepName.TAB)


async def _folder(link: Link, ports: Ports) -> Link:
    """The channel is read beside it, in the same request: it may have another name by now, and rows shall have that."""
    teamwork, channel = ports.teamwork(link.acting), link.evidence.channel
    place = ChannelOfFiles(link.team, link.team_name, link.evidence.channel_kind)
    try:
        found, now = await asyncio.gather(
            teamwork.read_files_folder(link.team, channel), or_none(teamwork.read_channel(link.team, channel))
        )
    except FilesClosed as closed:
        raise await explain_closed(closed, link.channel_name, link.acting, ports, place) from closed
    if now is not None:
        link = replace(link, evidence=replace(link.evidence, channel_name=now.name, channel_address=now.address))
    return with_folder(replace(link, state=LinkState.CONNECTING), found)


# --- in Dataverse ----------------------------------------------------------------------------------------------


async def _location(link: Link, ports: Ports) -> Link:
    """With the association and the note in one set; each by itself when the set was refused."""
    crm = ports.crm(link.acting, link.environment)
    rows = await crm.ensure_rows(link, "connected", *note_words(link, "connected", ports))
    if rows is None:
        return link.with_evidence(StepName.LOCATION, location=await crm.ensure_location(link))
    made = link.with_evidence(StepName.LOCATION, location=rows.location)
    made = made.with_evidence(StepName.ASSOCIATION, association=rows.association)
    return made.with_evidence(StepName.NOTE, note=rows.note)


async def _association(link: Link, ports: Ports) -> Link:
    row = await ports.crm(link.acting, link.environment).ensure_association(link)
    return link.with_evidence(StepName.ASSOCIATION, association=row)


async def _note(link: Link, ports: Ports) -> Link:
    subject, text = note_words(link, "connected", ports)
    row = await ports.crm(link.acting, link.environment).ensure_note(link, "connected", subject, text)
    return link.with_evidence(StepName.NOTE, note=row)


_ACTS: Mapping[StepName, Act] = {
    StepName.CHANNEL: _channel,
    StepName.APP: _app,
    StepName.TAB: _tab,
    StepName.FOLDER: _folder,
    StepName.LOCATION: _location,
    StepName.ASSOCIATION: _association,
    StepName.NOTE: _note,
    StepName.TEMPLATE_FOLDERS: make_folders,
    StepName.TEMPLATE_CHANNELS: make_channels,
    StepName.TEMPLATE_TABS: make_tabs,
}


# --- what came too late, because the link was disconnected meanwhile -------------------------------------------


async def _take_tab_back(link: Link, ports: Ports) -> Link:
    if not link.evidence.tab_is_adopted:
        await ports.teamwork(link.acting).remove_tab(link.team, link.evidence.channel, link.evidence.tab)
    return link


async def _take_location_back(link: Link, ports: Ports) -> Link:
    crm = ports.crm(link.acting, link.environment)
    await crm.remove_location(link.evidence.location)
    if StepName.ASSOCIATION in link.done:
        await crm.remove_association(link.evidence.association)
    return link


async def _take_association_back(link: Link, ports: Ports) -> Link:
    await ports.crm(link.acting, link.environment).remove_association(link.evidence.association)
    return link


_UNDO: Mapping[StepName, Act] = {
    StepName.TAB: _take_tab_back,
    StepName.LOCATION: _take_location_back,
    StepName.ASSOCIATION: _take_association_back,
}


# --- what is written -------------------------------------------------------------------------------------------


def tab_content(link: Link, public_address: str) -> TabContent:
    """What the link's tab shows: a page of ours, found again by the link's own key."""
    return TabContent(
        name=link.title[:TAB_NAME_LIMIT] or link.tab_entity,
        entity=link.tab_entity,
        content_address=f"{public_address}/teams/tab/{link.tab_entity}?theme={{theme}}&locale={{locale}}",
        website_address=f"{public_address}/l/{link.tab_entity}",
        remove_address=f"{public_address}/teams/remove",
        regarding=link.regarding,
    )


def note_words(link: Link, kind: str, ports: Ports) -> tuple[str, str]:
    """Subject and text of the timeline entry, in the language of whoever asked."""
    facts = {
        "record": link.title,
        "channel": link.channel_name,
        "team": link.evidence.team_name,
        "address": link.evidence.channel_address,
        "person": link.acting.name,
    }
    language = link.acting.language
    return (
        ports.wording.say(language, f"note.{kind}.subject", facts),
        ports.wording.say(language, f"note.{kind}.text", facts),
    )
