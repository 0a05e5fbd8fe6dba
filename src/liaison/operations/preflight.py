"""What a new team or channel may be called: asked while it is typed, before anything is made."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from liaison.domain.limits import DELETED_NAME_DAYS
from liaison.domain.names import ChannelKind, Person, TeamId
from liaison.domain.naming import (
    NO_POLICY,
    ChannelNameFacts,
    NameVerdict,
    NamingPolicy,
    TeamNameFacts,
    final_team_name,
    judge_channel_name,
    judge_team_name,
    read_team_name,
)
from liaison.errors import InvalidRequest, Upstream
from liaison.ports import People, Ports

Found = TypeVar("Found")


async def check_team_name(text: str, by: Person, ports: Ports) -> NameVerdict:
    """What becomes of a team's name: policy, names in use, names deleted lately, and whether another team is possible.

    Nothing is raised for a name that cannot be used; the verdict says so. What could not be read, for want of consent
    or because the service did not answer, is unknown and blocks nothing.
    """
    people = ports.people(by)
    facts = await _gather_rules(people)
    try:
        final = read_team_name(text, facts.policy or NO_POLICY)
    except InvalidRequest:
        return judge_team_name(text, facts)
    refusals, taken, deleted = await asyncio.gather(
        _unless_down(people.check_group_name(final)),
        _unless_down(people.find_group_by_name(final)),
        _unless_down(people.list_deleted_group_names(final)),
    )
    facts = replace(facts, refusals=refusals, taken=taken, deleted=deleted)
    told = next((one for one in refusals or () if facts.policy is None and (one.prefix or one.suffix)), None)
    return judge_team_name(text, facts) if told is None else await _judge_as_told(text, facts, people)


async def _judge_as_told(text: str, facts: TeamNameFacts, people: People) -> NameVerdict:
    """The policy cannot be read, but the directory's refusal says what it wants: the same with that."""
    policy = next(NamingPolicy(one.prefix, one.suffix) for one in facts.refusals or () if one.prefix or one.suffix)
    final = final_team_name(text, policy)
    refusals, taken, deleted = await asyncio.gather(
        _unless_down(people.check_group_name(final)),
        _unless_down(people.find_group_by_name(final)),
        _unless_down(people.list_deleted_group_names(final)),
    )
    return judge_team_name(text, replace(facts, policy=policy, refusals=refusals, taken=taken, deleted=deleted))


async def _gather_rules(people: People) -> TeamNameFacts:
    """The policy for this person, and whether they can make another team."""
    policy, created = await asyncio.gather(
        _unless_down(people.read_naming_policy()), _unless_down(people.count_created_objects())
    )
    if policy is None:
        return TeamNameFacts(created_objects=created)
    if policy.attributes:
        profile = await _unless_down(people.read_profile())
        policy = None if profile is None else policy.resolved(profile)
    may_create: bool | None = True
    if policy is not None and policy.only_some_create:
        may_create = await _unless_down(people.is_in_group(policy.creators)) if policy.creators else False
    return TeamNameFacts(policy, created_objects=created, may_create=may_create)


async def _unless_down(reading: Awaitable[Found]) -> Found | None:
    """What was read; None when the service is throttled, away or answers in a form that is not documented."""
    try:
        return await reading
    except Upstream:
        return None


async def check_channel_name(
    text: str, team: TeamId, by: Person, ports: Ports, kind: ChannelKind = ChannelKind.STANDARD
) -> NameVerdict:
    """What becomes of a channel's name in a team; of a team still to be made when `team` is empty.

    Raises TeamUnknown, NotTeamMember.
    """
    if not team:
        return judge_channel_name(text, kind, ChannelNameFacts("", is_new_team=True))
    teamwork = ports.teamwork(by)
    found, channels, removed = await asyncio.gather(
        teamwork.read_team(team), teamwork.list_channels(team), read_removed_channels(team, by, ports)
    )
    return judge_channel_name(text, kind, ChannelNameFacts(found.name, channels, removed))


async def read_removed_channels(team: TeamId, by: Person, ports: Ports) -> tuple[str, ...]:
    """Names that are still held by channels which Liaison took away."""
    since = ports.clock.now() - timedelta(days=DELETED_NAME_DAYS.most)
    return await ports.links.removed_channels(by.tenant, team, since)
