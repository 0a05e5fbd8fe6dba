"""The durable work of connecting: channel, app, tab, folder, location, association, note."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from liaison.domain.connection import propose_free_name
from liaison.domain.link import Link, LinkState, NewChannel, Operation, PrimaryChannel, StepName
from liaison.domain.names import LinkId
from liaison.domain.teams import AppPlacement, Channel, TabContent
from liaison.errors import ChannelNameTaken
from liaison.operations.saga import Effect, Step, Task, carry_out
from liaison.ports import Ports

TAB_NAME_LIMIT = 128
CHANNEL_TEXT_LIMIT = 1000


async def carry_out_connection(link_id: LinkId, ports: Ports, run: int | None = None) -> None:
    """Durable: channel, app, tab, folder, location, association, note. Raises Stopped, LinkBusy."""
    link = await ports.links.get(link_id)
    if link.state is LinkState.PLANNED and link.operation is Operation.CONNECT:
        await ports.links.save(replace(link, state=LinkState.CONNECTING), "link.connecting")
    task = Task(link_id, Operation.CONNECT, run)
    await carry_out(task, _steps(link, ports), ports)
    link = await ports.links.get(link_id)
    if task.is_at_work_on(link):
        await ports.links.save(link.connected(ports.clock.now()), "link.connected")


def _steps(link: Link, ports: Ports) -> tuple[Step, ...]:
    async def channel(link: Link) -> Link:
        teamwork = ports.teamwork(link.acting)
        team = await teamwork.read_team(link.team)
        found, ours = await _channel(link, ports)
        return link.with_evidence(
            StepName.CHANNEL,
            channel=found.id,
            channel_name=found.name,
            channel_kind=found.kind,
            channel_address=found.address,
            channel_is_ours=ours,
            team_name=team.name,
            team_thread=team.thread,
        )

    async def app(link: Link) -> Link:
        placed = await ports.teamwork(link.acting).ensure_app(link.team)
        ours = link.evidence.app_is_ours or not placed.was_there
        return link.with_evidence(StepName.APP, app=placed.app, app_installation=placed.installation, app_is_ours=ours)

    async def tab(link: Link) -> Link:
        placed = AppPlacement(link.evidence.app, link.evidence.app_installation, was_there=True)
        content = tab_content(link, ports.public_address)
        made = await ports.teamwork(link.acting).ensure_tab(link.team, link.evidence.channel, placed, content)
        return link.with_evidence(StepName.TAB, tab=made.id, tab_address=made.address)

    async def folder(link: Link) -> Link:
        found = await ports.teamwork(link.acting).read_files_folder(link.team, link.evidence.channel)
        going = replace(link, state=LinkState.CONNECTING)
        return going.with_evidence(
            StepName.FOLDER,
            drive=found.drive,
            folder=found.item,
            folder_address=found.address,
            site_address=found.site_address,
            folder_path=found.path,
        )

    async def location(link: Link) -> Link:
        row = await ports.crm(link.acting, link.environment).ensure_location(link)
        return link.with_evidence(StepName.LOCATION, location=row)

    async def association(link: Link) -> Link:
        row = await ports.crm(link.acting, link.environment).ensure_association(link)
        return link.with_evidence(StepName.ASSOCIATION, association=row)

    async def note(link: Link) -> Link:
        subject, text = note_words(link, "connected", ports)
        crm = ports.crm(link.acting, link.environment)
        row = await crm.ensure_note(link, "connected", subject, text)
        return link.with_evidence(StepName.NOTE, note=row)

    effects: Mapping[StepName, Effect] = {
        StepName.CHANNEL: channel,
        StepName.APP: app,
        StepName.TAB: tab,
        StepName.FOLDER: folder,
        StepName.LOCATION: location,
        StepName.ASSOCIATION: association,
        StepName.NOTE: note,
    }
    undo = _undo(ports)
    return tuple(Step(name, effects[name], undo.get(name)) for name in link.steps)


def _undo(ports: Ports) -> dict[StepName, Effect]:
    """What takes back an effect that came too late, because the link was disconnected meanwhile."""

    async def without_tab(link: Link) -> Link:
        await ports.teamwork(link.acting).remove_tab(link.team, link.evidence.channel, link.evidence.tab)
        return link

    async def without_location(link: Link) -> Link:
        await ports.crm(link.acting, link.environment).remove_location(link.evidence.location)
        return link

    async def without_association(link: Link) -> Link:
        await ports.crm(link.acting, link.environment).remove_association(link.evidence.association)
        return link

    return {
        StepName.TAB: without_tab,
        StepName.LOCATION: without_location,
        StepName.ASSOCIATION: without_association,
    }


async def _channel(link: Link, ports: Ports) -> tuple[Channel, bool]:
    teamwork = ports.teamwork(link.acting)
    if isinstance(link.wanted, PrimaryChannel):
        return await teamwork.read_primary_channel(link.team), False
    if not isinstance(link.wanted, NewChannel):
        return await teamwork.read_channel(link.team, link.wanted), False
    facts = {"record": link.title, "mark": link.tab_entity}
    text = ports.wording.say(link.by.language, "channel.description", facts)
    try:
        return await teamwork.ensure_channel(link.team, link.wanted.name, link.tab_entity, text[:CHANNEL_TEXT_LIMIT])
    except ChannelNameTaken as taken:
        team = await teamwork.read_team(link.team)
        channels = await teamwork.list_channels(link.team)
        names = {channel.name.casefold() for channel in channels} | {link.wanted.name.casefold()}
        raise ChannelNameTaken(taken.name, team.name, propose_free_name(taken.name, names)) from taken


def tab_content(link: Link, public_address: str) -> TabContent:
    """What the link's tab shows: a page of ours, found again by the link's own key."""
    return TabContent(
        name=link.title[:TAB_NAME_LIMIT] or link.tab_entity,
        entity=link.tab_entity,
        content_address=f"{public_address}/teams/tab/{link.tab_entity}?theme={{theme}}&locale={{locale}}",
        website_address=f"{public_address}/l/{link.tab_entity}",
        remove_address=f"{public_address}/teams/remove",
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
