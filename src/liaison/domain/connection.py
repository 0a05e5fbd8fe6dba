"""May this record be connected to that channel, by this person, now? Facts in; a plan or one error out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from liaison.domain.closing import OnClose, can_be_closed
from liaison.domain.consent import GROUPS, Rung, missing_for, require_rung
from liaison.domain.crm import Table
from liaison.domain.earlier import EarlierFiles
from liaison.domain.link import Invited, NewChannel, NewTeam, PinnedBy, PrimaryChannel, WantedChannel
from liaison.domain.members import MembersOf
from liaison.domain.names import (
    ChannelKind,
    Person,
    RecordRef,
    Regarding,
    TeamId,
    ViewKind,
    ViewRef,
    read_channel_name,
)
from liaison.domain.naming import PRIMARY_CHANNEL, propose_free_name
from liaison.domain.partners import Partner
from liaison.domain.readiness import Switches
from liaison.domain.teams import Channel, TeamMaking
from liaison.errors import (
    ChannelGone,
    ChannelNameTaken,
    ChannelNotShared,
    CollaborationOff,
    ConsentNotGranted,
    DocumentManagementOff,
    EnhancedOff,
    LicenceMissing,
    NotTeamOwner,
    TableNotEnabled,
    ViewNotShared,
)

TEAMS_PLAN = "TEAMS"
CRM_PLANS = ("DYN365", "CRM", "D365")


class Lack(StrEnum):
    """What a connection that was made elsewhere may be without."""

    LOCATION = "location"
    TAB = "tab"


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
    on_close: OnClose | None = None
    """For a new channel of a record; elsewhere it means nothing. None leaves it to the template."""
    template: str = ""
    """The id of the template that says what is made beside the channel; empty without one."""
    earlier_files: EarlierFiles = EarlierFiles.SHOW_BOTH
    partners: tuple[Partner, ...] = ()
    """People of partner organizations to be let into a shared channel."""


@dataclass(frozen=True)
class ConnectionFacts:
    """What was gathered before deciding. `is_owner` is None when it was not asked or could not be read."""

    environment_name: str
    switches: Switches
    table: Table
    service_plans: tuple[str, ...]
    carried_scopes: frozenset[str]
    team_name: str
    channels: tuple[Channel, ...]
    is_owner: bool | None = None
    title: str = ""
    team_thread: str = ""


def may_collaborate(switches: Switches, table: Table) -> bool:
    """Is Collaborate shown on this table's records?"""
    return switches.basic and table.collaboration


def plan_connection(asked: ConnectionRequest, facts: ConnectionFacts) -> ConnectionRequest:
    """The request, its channel name checked, when every rule allows it; raises the first rule that does not.

    Order: what `require_connecting` asks, then members, then the channel.
    """
    require_connecting(asked, facts)
    if asked.members and facts.is_owner is False:
        raise NotTeamOwner(facts.team_name)
    share_with = asked.channel.share_with if isinstance(asked.channel, NewChannel) else ()
    is_shared = kind_of_channel(asked.channel, facts.channels) is ChannelKind.SHARED
    if (asked.partners or share_with) and not is_shared:
        raise ChannelNotShared
    if isinstance(asked.channel, NewChannel):
        return _with_new_channel(asked, asked.channel, facts)
    if not isinstance(asked.channel, PrimaryChannel) and all(one.id != asked.channel for one in facts.channels):
        raise ChannelGone(asked.channel, facts.team_name)
    return asked


def kind_of_channel(channel: WantedChannel, channels: tuple[Channel, ...]) -> ChannelKind:
    """Of a new channel, of one of these, or of a team's first one."""
    if isinstance(channel, NewChannel):
        return channel.kind
    return next((one.kind for one in channels if one.id == channel), ChannelKind.STANDARD)


def members_of(asked: ConnectionRequest, channels: tuple[Channel, ...]) -> MembersOf:
    """Whose people those of the request will join; `channels` are the team's."""
    team = TeamId("") if isinstance(asked.team, NewTeam) else asked.team
    kind = kind_of_channel(asked.channel, channels)
    if kind is ChannelKind.STANDARD or isinstance(asked.channel, NewChannel | PrimaryChannel):
        return MembersOf(team, kind)
    return MembersOf(team, kind, asked.channel)


def require_connecting(asked: ConnectionRequest, facts: ConnectionFacts) -> None:
    """Raise the first rule by which this person cannot connect this, whatever the channel.

    Order: switches, table, licences, consent, sharing of a personal view. The team's facts are not looked at.
    """
    _require_switches(asked, facts)
    _require_table(asked.regarding, facts.table)
    _require_licences(facts.service_plans)
    missing = missing_to_connect(facts.carried_scopes, asked.pinned_by)
    if missing:
        raise ConsentNotGranted(Rung.CONNECT.value, missing)
    if isinstance(asked.team, NewTeam) and GROUPS not in facts.carried_scopes:
        require_rung(Rung.TEAM, facts.carried_scopes)
    if is_personal(asked.regarding) and not asked.share_view:
        raise ViewNotShared(facts.title)


def missing_to_connect(carried: frozenset[str], pinned_by: PinnedBy = PinnedBy.LIAISON) -> tuple[str, ...]:
    """The permissions that connecting needs and a token with these scopes lacks. What Teams pins needs less of us."""
    to_list = missing_for(Rung.LIST_TEAMS, carried)
    return to_list if pinned_by is PinnedBy.HOST else to_list + missing_for(Rung.CONNECT, carried)


def is_personal(regarding: Regarding) -> bool:
    """Is it a view that only its owner sees, until it is shared?"""
    return isinstance(regarding, ViewRef) and regarding.kind is ViewKind.PERSONAL


def frozen_on_close(plan: ConnectionRequest, of_template: OnClose = OnClose.KEEP) -> OnClose:
    """What the link keeps of the wish, or of its template's: only a channel that is made for a record is ever archived
    by itself.
    """
    is_ours = isinstance(plan.channel, NewChannel) and isinstance(plan.regarding, RecordRef)
    wished = of_template if plan.on_close is None else plan.on_close
    return wished if is_ours and can_be_closed(plan.regarding.table) else OnClose.KEEP


def choose_making(carried: frozenset[str]) -> TeamMaking:
    """The way to make a team that these permissions allow: the one that is safe to repeat where it may be used."""
    return TeamMaking.GROUP if GROUPS in carried else TeamMaking.TEMPLATE


def _require_switches(asked: ConnectionRequest, facts: ConnectionFacts) -> None:
    """Basic is enough for what is pinned from the channel."""
    if not facts.switches.basic:
        raise CollaborationOff(facts.environment_name)
    if not facts.switches.enhanced and asked.pinned_by is PinnedBy.LIAISON:
        raise EnhancedOff(facts.environment_name)


def _require_table(regarding: Regarding, table: Table) -> None:
    """A view has no files of its own, so that its table needs no document management."""
    if not table.collaboration:
        raise TableNotEnabled(table.plural)
    if isinstance(regarding, RecordRef) and not table.document_management:
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
    primary = {PRIMARY_CHANNEL.casefold()} if isinstance(asked.team, NewTeam) else set()
    taken = {existing.name.casefold() for existing in facts.channels} | primary
    if name.casefold() in taken:
        raise ChannelNameTaken(name, facts.team_name, propose_free_name(name, taken))
    return replace(asked, channel=replace(channel, name=name))


def same_person(one: Person, other: Person) -> bool:
    return one.tenant == other.tenant and one.id == other.id
