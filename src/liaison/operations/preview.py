"""What a connection will make, with final names, people and consequences: shown before Finish."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from liaison.domain.connection import (
    ConnectionFacts,
    ConnectionRequest,
    frozen_on_close,
    is_personal,
    members_of,
    plan_connection,
)
from liaison.domain.consent import USER_SYNC, Rung, missing_for
from liaison.domain.earlier import NO_FILES, EarlierCount
from liaison.domain.link import NewChannel, NewTeam, PrimaryChannel
from liaison.domain.members import Candidate
from liaison.domain.names import ChannelKind, Person, RecordRef
from liaison.domain.naming import PRIMARY_CHANNEL, ChannelNameFacts, NameCheck, judge_channel_name
from liaison.domain.preview import FILES_OF, Preview, notices_of, plan_things, why_they_stay
from liaison.domain.teams import Folder
from liaison.errors import ConsentMissing, NotAllowed, NotFound, Upstream
from liaison.operations.choose_team import require_label
from liaison.operations.connect import gather_connection_facts, with_partners
from liaison.operations.defaults import freeze
from liaison.operations.earlier_places import find_earlier_files
from liaison.operations.labelling import read_labelling
from liaison.operations.preflight import check_team_name, read_removed_channels
from liaison.operations.recommend_members import read_candidates
from liaison.ports import Ports


async def preview_connection(asked: ConnectionRequest, by: Person, ports: Ports) -> Preview:
    """Everything that will be made. Raises whatever connecting would refuse the request for, but that a personal view
    is to be shared first: a notice says so.
    """
    asked = replace(asked, share_view=is_personal(asked.regarding))
    facts = await gather_connection_facts(asked, by, ports)
    asked, unknown = await _with_final_team(await with_partners(asked, by, ports), by, ports)
    plan = plan_connection(asked, facts)
    await _require_free_channel(plan, facts, by, ports)
    members, earlier, (made_with, extras, on_close) = await asyncio.gather(
        _members(plan, facts, by, ports), _earlier_files(plan, by, ports), freeze(plan, by, ports)
    )
    can_copy = not missing_for(Rung.FILES, facts.carried_scopes)
    channel_name, kind = _channel(plan, facts)
    new = plan.team if isinstance(plan.team, NewTeam) else None
    team_name = new.name if new else facts.team_name
    return Preview(
        title=facts.title,
        team_name=team_name,
        team_is_new=new is not None,
        channel_name=channel_name,
        channel_kind=kind,
        channel_is_new=isinstance(plan.channel, NewChannel),
        things=plan_things(plan, facts.title, team_name, channel_name, members, extras),
        files=FILES_OF[kind],
        members=members,
        notices=notices_of(
            plan,
            members,
            unknown,
            earlier,
            can_add=not missing_for(USER_SYNC, facts.carried_scopes) and facts.switches.user_sync,
            can_post=not extras.welcome or not missing_for(Rung.POSTS, facts.carried_scopes),
            can_copy=can_copy,
            labelling=await read_labelling(by, ports) if new and new.label else None,
        ),
        earlier=earlier,
        earlier_stay=why_they_stay(earlier, can_copy=can_copy),
        privacy=new.privacy if new else None,
        label=new.label_name if new else "",
        template=new.template if new else "",
        made_with=made_with,
        extras=extras,
        on_close=frozen_on_close(plan, on_close),
    )


async def _with_final_team(
    asked: ConnectionRequest, by: Person, ports: Ports
) -> tuple[ConnectionRequest, tuple[NameCheck, ...]]:
    if not isinstance(asked.team, NewTeam):
        return asked, ()
    verdict = await check_team_name(asked.team.name, by, ports)
    label_name = await require_label(asked.team.label, asked.regarding.environment, by, ports)
    return replace(asked, team=replace(asked.team, name=verdict.accepted(), label_name=label_name)), verdict.unknown


async def _require_free_channel(plan: ConnectionRequest, facts: ConnectionFacts, by: Person, ports: Ports) -> None:
    """Raise what stands against the name of a new channel beside the channels that are there: room, deleted ones."""
    if not isinstance(plan.channel, NewChannel) or isinstance(plan.team, NewTeam):
        return
    removed = await read_removed_channels(plan.team, by, ports)
    seen = ChannelNameFacts(facts.team_name, facts.channels, removed)
    judge_channel_name(plan.channel.name, plan.channel.kind, seen).accepted()


async def _members(plan: ConnectionRequest, facts: ConnectionFacts, by: Person, ports: Ports) -> tuple[Candidate, ...]:
    if not plan.members or not isinstance(plan.regarding, RecordRef):
        return ()
    persons = tuple(one.id for one in plan.members)
    return await read_candidates(persons, plan.regarding, members_of(plan, facts.channels), by, ports)


async def _earlier_files(plan: ConnectionRequest, by: Person, ports: Ports) -> EarlierCount:
    """The files that the record has outside this channel; none when that cannot be told."""
    if not isinstance(plan.regarding, RecordRef):
        return NO_FILES
    try:
        folder = await _folder_of(plan, by, ports)
        return (await find_earlier_files(plan.regarding, by, ports, folder)).count()
    except (ConsentMissing, NotAllowed, NotFound, Upstream):
        return NO_FILES


async def _folder_of(plan: ConnectionRequest, by: Person, ports: Ports) -> Folder | None:
    """The folder of the channel when both are there already."""
    if isinstance(plan.team, NewTeam) or not isinstance(plan.channel, str):
        return None
    return await ports.teamwork(by).find_files_folder(plan.team, plan.channel)


def _channel(plan: ConnectionRequest, facts: ConnectionFacts) -> tuple[str, ChannelKind]:
    if isinstance(plan.channel, NewChannel):
        return plan.channel.name, plan.channel.kind
    if isinstance(plan.channel, PrimaryChannel):
        return PRIMARY_CHANNEL, ChannelKind.STANDARD
    return next((one.name, one.kind) for one in facts.channels if one.id == plan.channel)
