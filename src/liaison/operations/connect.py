"""Connect a record to a channel: decide, save the intent, and carry it out until it is done."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace
from uuid import uuid4

from liaison.domain.connection import (
    ConnectionFacts,
    ConnectionRequest,
    plan_connection,
    propose_free_name,
    require_connecting,
)
from liaison.domain.crm import Record
from liaison.domain.link import CONNECT_STEPS, Evidence, Link, LinkState, NewChannel, Operation, StepName
from liaison.domain.names import LinkId, Person
from liaison.domain.teams import AppPlacement, Channel, TabContent
from liaison.errors import ChannelNameTaken, LinkBusy
from liaison.operations.environments import find_environment
from liaison.operations.saga import Effect, Step, Task, carry_out
from liaison.ports import Ports

TAB_NAME_LIMIT = 128
CHANNEL_TEXT_LIMIT = 1000


async def connect_record(asked: ConnectionRequest, by: Person, ports: Ports, key: str = "") -> Link:
    """Save the intent to connect and hand it to the engine; the link that holds from now on comes back.

    Two people, a double click, or the same idempotency key get the same link. Raises every refusal of
    `plan_connection`, RecordUnknown, NotTeamMember, IdempotencyKeyReused, and Upstream errors of the gathering.
    """
    record, facts = await gather_connection_facts(asked, by, ports)
    try:
        plan = plan_connection(asked, facts)
    except ChannelNameTaken:
        held = await _link_that_makes(asked, ports)
        if held is None:
            raise
        return held
    link = Link(
        id=LinkId(str(uuid4())),
        record=plan.record,
        record_title=record.title,
        team=plan.team,
        wanted=plan.channel,
        by=by,
        acting=by,
        planned_at=ports.clock.now(),
        evidence=Evidence(channel_name=_channel_name(plan, facts), team_name=facts.team_name),
    )
    held = await ports.links.plan(link, key, fingerprint(asked))
    if held.state is LinkState.PLANNED:
        await ports.steps.start(Operation.CONNECT, held)
    return held


async def _link_that_makes(asked: ConnectionRequest, ports: Ports) -> Link | None:
    """The record's link that has made, or is making, the very channel that is asked for: a second click."""
    name = asked.channel.name.strip().casefold() if isinstance(asked.channel, NewChannel) else ""
    for link in await ports.links.of_record(asked.record):
        if link.team == asked.team and isinstance(link.wanted, NewChannel) and link.wanted.name.casefold() == name:
            return link
    return None


def _channel_name(plan: ConnectionRequest, facts: ConnectionFacts) -> str:
    if isinstance(plan.channel, NewChannel):
        return plan.channel.name
    return next(channel.name for channel in facts.channels if channel.id == plan.channel)


def fingerprint(asked: ConnectionRequest) -> str:
    """The same for the same request; tells a repeated request from a reused key."""
    channel = asked.channel.name if isinstance(asked.channel, NewChannel) else asked.channel
    parts = (asked.record.environment, asked.record.table, asked.record.id, asked.team, channel)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


async def gather_connection_facts(asked: ConnectionRequest, by: Person, ports: Ports) -> tuple[Record, ConnectionFacts]:
    """Everything that deciding needs; the team is asked only when nothing else stands in the way.

    Raises what `require_connecting` refuses, RecordUnknown, TeamUnknown, NotTeamMember.
    """
    environment = find_environment(asked.record.environment, ports)
    crm, teamwork = ports.crm(by, asked.record.environment), ports.teamwork(by)
    record, switches, table, me, scopes = await asyncio.gather(
        crm.read_record(asked.record),
        crm.read_switches(),
        crm.read_table(asked.record.table),
        ports.people(by).read_me(),
        ports.sign_in.carried_scopes(by),
    )
    facts = ConnectionFacts(environment.name, switches, table, me.service_plans, scopes, "", ())
    require_connecting(facts)
    team, channels = await asyncio.gather(teamwork.read_team(asked.team), teamwork.list_channels(asked.team))
    return record, replace(facts, team_name=team.name, channels=channels)


async def try_again(link_id: LinkId, by: Person, ports: Ports) -> Link:
    """Go on with a link that waits for a person, where it stopped. Raises LinkUnknown, LinkBusy."""
    link = await ports.links.get(link_id)
    if link.state is not LinkState.NEEDS_PERSON:
        raise LinkBusy(link.id, link.state.value)
    saved = await ports.links.save(link.resumed(by), "link.tried_again")
    await ports.steps.start(saved.operation, saved)
    return saved


async def carry_out_connection(link_id: LinkId, ports: Ports, run: int | None = None) -> None:
    """Durable: channel, app, tab, folder, location, association, note. Raises Stopped, LinkBusy."""
    link = await ports.links.get(link_id)
    if link.state is LinkState.PLANNED and link.operation is Operation.CONNECT:
        await ports.links.save(replace(link, state=LinkState.CONNECTING), "link.connecting")
    task = Task(link_id, Operation.CONNECT, run)
    await carry_out(task, _steps(ports), ports)
    link = await ports.links.get(link_id)
    if task.is_at_work_on(link):
        await ports.links.save(replace(link, state=LinkState.CONNECTED, trouble=None), "link.connected")


def _steps(ports: Ports) -> tuple[Step, ...]:
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
        row = await ports.crm(link.acting, link.record.environment).ensure_location(link)
        return link.with_evidence(StepName.LOCATION, location=row)

    async def association(link: Link) -> Link:
        row = await ports.crm(link.acting, link.record.environment).ensure_association(link)
        return link.with_evidence(StepName.ASSOCIATION, association=row)

    async def note(link: Link) -> Link:
        subject, text = note_words(link, "connected", ports)
        crm = ports.crm(link.acting, link.record.environment)
        row = await crm.ensure_note(link, "connected", subject, text)
        return link.with_evidence(StepName.NOTE, note=row)

    effects = (channel, app, tab, folder, location, association, note)
    undo = _undo(ports)
    return tuple(Step(name, effect, undo.get(name)) for name, effect in zip(CONNECT_STEPS, effects, strict=True))


def _undo(ports: Ports) -> dict[StepName, Effect]:
    """What takes back an effect that came too late, because the link was disconnected meanwhile."""

    async def without_tab(link: Link) -> Link:
        await ports.teamwork(link.acting).remove_tab(link.team, link.evidence.channel, link.evidence.tab)
        return link

    async def without_location(link: Link) -> Link:
        await ports.crm(link.acting, link.record.environment).remove_location(link.evidence.location)
        return link

    async def without_association(link: Link) -> Link:
        await ports.crm(link.acting, link.record.environment).remove_association(link.evidence.association)
        return link

    return {
        StepName.TAB: without_tab,
        StepName.LOCATION: without_location,
        StepName.ASSOCIATION: without_association,
    }


async def _channel(link: Link, ports: Ports) -> tuple[Channel, bool]:
    teamwork = ports.teamwork(link.acting)
    if not isinstance(link.wanted, NewChannel):
        return await teamwork.read_channel(link.team, link.wanted), False
    facts = {"record": link.record_title, "mark": link.tab_entity}
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
        name=link.record_title[:TAB_NAME_LIMIT] or link.tab_entity,
        entity=link.tab_entity,
        content_address=f"{public_address}/teams/tab/{link.tab_entity}?theme={{theme}}&locale={{locale}}",
        website_address=f"{public_address}/l/{link.tab_entity}",
        remove_address=f"{public_address}/teams/remove",
    )


def note_words(link: Link, kind: str, ports: Ports) -> tuple[str, str]:
    """Subject and text of the timeline entry, in the language of whoever asked."""
    facts = {
        "record": link.record_title,
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
