"""May this record be connected to that channel, by this person, now? Facts in; a plan or one error out."""

from __future__ import annotations

from dataclasses import dataclass, replace

from liaison.domain.consent import Rung, missing_for
from liaison.domain.crm import Table
from liaison.domain.link import Invited, NewChannel, NewTeam, PinnedBy, PrimaryChannel, WantedChannel
from liaison.domain.names import Person, Regarding, TeamId, propose_channel_name, read_channel_name
from liaison.domain.readiness import Switches
from liaison.domain.teams import Channel
from liaison.errors import (
    ChannelGone,
    ChannelNameTaken,
    CollaborationOff,
    ConsentNotGranted,
    DocumentManagementOff,
    EnhancedOff,
    LicenceMissing,
    TableNotEnabled,
)

TEAMS_PLAN = "TEAMS"
CRM_PLANS = ("DYN365", "CRM", "D365")


@dataclass(frozen=True)
class ConnectionRequest:
    """What a person asks for: a record or view, an existing or new team, and an existing or new channel.

    `members` are to be added to the channel's people; `share_view` is the agreement to share a personal view with
    them.
    """

    regarding: Regarding
    team: TeamId | NewTeam
    channel: WantedChannel
    members: tuple[Invited, ...] = ()
    pinned_by: PinnedBy = PinnedBy.LIAISON
    share_view: bool = False


@dataclass(frozen=True)
class ConnectionFacts:
    """What was gathered before deciding."""

    environment_name: str
    switches: Switches
    table: Table
    service_plans: tuple[str, ...]
    carried_scopes: frozenset[str]
    team_name: str
    channels: tuple[Channel, ...]


def may_collaborate(switches: Switches, table: Table) -> bool:
    """Is Collaborate shown on this table's records?"""
    return switches.basic and table.collaboration


def plan_connection(asked: ConnectionRequest, facts: ConnectionFacts) -> ConnectionRequest:
    """The request, its channel name checked, when every rule allows it; raises the first rule that does not.

    Order: what `require_connecting` asks, then the channel.
    """
    require_connecting(facts)
    if isinstance(asked.channel, NewChannel):
        return _with_new_channel(asked, asked.channel, facts)
    if not isinstance(asked.channel, PrimaryChannel) and all(one.id != asked.channel for one in facts.channels):
        raise ChannelGone(asked.channel, facts.team_name)
    return asked


def require_connecting(facts: ConnectionFacts) -> None:
    """Raise the first rule by which this person cannot connect this table's records, whatever the channel.

    Order: switches, table, licences, consent. The team's facts are not looked at.
    """
    _require_switches(facts)
    _require_table(facts.table)
    _require_licences(facts.service_plans)
    missing = missing_to_connect(facts.carried_scopes)
    if missing:
        raise ConsentNotGranted(Rung.CONNECT.value, missing)


def missing_to_connect(carried: frozenset[str]) -> tuple[str, ...]:
    """The permissions that connecting needs and a token with these scopes lacks."""
    return missing_for(Rung.LIST_TEAMS, carried) + missing_for(Rung.CONNECT, carried)


def _require_switches(facts: ConnectionFacts) -> None:
    if not facts.switches.basic:
        raise CollaborationOff(facts.environment_name)
    if not facts.switches.enhanced:
        raise EnhancedOff(facts.environment_name)


def _require_table(table: Table) -> None:
    if not table.collaboration:
        raise TableNotEnabled(table.plural)
    if not table.document_management:
        raise DocumentManagementOff(table.plural)


def missing_licences(plans: tuple[str, ...]) -> tuple[str, ...]:
    """The plan families that connecting needs and a person with these service plans lacks."""
    needed = (("Microsoft Teams", (TEAMS_PLAN,)), ("Dynamics 365", CRM_PLANS))
    return tuple(family for family, starts in needed if not any(plan.startswith(starts) for plan in plans))


def _require_licences(plans: tuple[str, ...]) -> None:
    for licence in missing_licences(plans):
        raise LicenceMissing(licence)


def _with_new_channel(asked: ConnectionRequest, channel: NewChannel, facts: ConnectionFacts) -> ConnectionRequest:
    name = read_channel_name(channel.name)
    taken = {existing.name.casefold() for existing in facts.channels}
    if name.casefold() in taken:
        raise ChannelNameTaken(name, facts.team_name, propose_free_name(name, taken))
    return replace(asked, channel=NewChannel(name, channel.kind))


def propose_free_name(name: str, taken: set[str]) -> str:
    """The name with the smallest number behind it that no channel of the team has; `taken` is case-folded."""
    number = 2
    while True:
        proposal = propose_channel_name(f"{name[:44].rstrip()} {number}")
        if proposal.casefold() not in taken:
            return proposal
        number += 1


def same_person(one: Person, other: Person) -> bool:
    return one.tenant == other.tenant and one.id == other.id
