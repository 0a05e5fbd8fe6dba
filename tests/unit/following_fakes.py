"""A world in which links follow their records: the CRM's rows, sights and proposals in memory."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from liaison.domain.crm import Association
from liaison.domain.following import Standing
from liaison.domain.link import Evidence, Link, LinkState
from liaison.domain.members import CrmUser, Member, Sharing, Source
from liaison.domain.names import (
    ChannelId,
    ChannelKind,
    Person,
    PersonId,
    RecordRef,
    RowId,
    TableName,
    TeamId,
    TenantId,
)
from liaison.domain.proposals import WAITING
from liaison.domain.teams import NotAdded, Team
from liaison.operations.follow import follow
from liaison.ports import Ports
from tests.unit.closing_fakes import ArchivingTeamwork, ClosingWorld
from tests.unit.fakes import CLAIRE, DEAL, TEAM, FakeCrm, FakeLinks, Troubles
from tests.unit.sights_fakes import FakeProposals, FakeSights

EVERY_S = 60.0


def user(given: str, *, enabled: bool = True) -> CrmUser:
    return CrmUser(RowId(f"user-{given}"), PersonId(given), given.title(), is_enabled=enabled)


class FollowedLinks(FakeLinks):
    async def connected(self) -> tuple[Link, ...]:
        return tuple(link for link in self.links.values() if link.state is LinkState.CONNECTED)

    async def in_channel(self, tenant: TenantId, channel: ChannelId) -> tuple[Link, ...]:
        here = (link for link in self.links.values() if link.evidence.channel == channel)
        return tuple(link for link in here if not link.state.is_over)


class FollowedCrm(FakeCrm):
    """Records with an owner and a state; `shared` names those whom a record is shared with, `readers` who reads it."""

    def __init__(self, troubles: Troubles) -> None:
        super().__init__(troubles)
        self.standings: dict[RowId, Standing] = {DEAL.id: Standing(DEAL.id, RowId("user-claire"), 0)}
        self.shared_with: dict[RowId, tuple[str, ...]] = {}
        self.readers: set[str] | None = {"claire", "oliver", "sofia", "priya"}
        self.asked: list[tuple[RowId, ...]] = []

    def own(self, given: str, record: RowId = DEAL.id) -> None:
        before = self.standings.get(record, Standing(record, RowId(""), 0))
        self.standings[record] = replace(before, owner=RowId(f"user-{given}"))

    def turn(self, state: int, record: RowId = DEAL.id) -> None:
        self.standings[record] = replace(self.standings[record], state=state)

    async def read_standings(self, table: TableName, records: Sequence[RowId]) -> tuple[Standing, ...]:
        self._troubles.meet("read_standings")
        self.asked.append(tuple(records))
        return tuple(self.standings[record] for record in records if record in self.standings)

    async def list_sharers(self, ref: RecordRef) -> tuple[Sharing, ...]:
        self._troubles.meet("list_sharers")
        owner = self.standings[ref.id].owner.removeprefix("user-")
        shared = (Sharing(user(one), Source.SHARED) for one in self.shared_with.get(ref.id, ()))
        return (Sharing(user(owner), Source.OWNER), *shared)

    async def find_users(self, persons: Sequence[PersonId]) -> tuple[CrmUser, ...]:
        return tuple(user(person) for person in persons)

    async def list_readers(self, users: Sequence[RowId], ref: RecordRef) -> tuple[RowId, ...] | None:
        if self.readers is None:
            return None
        return tuple(one for one in users if one.removeprefix("user-") in self.readers)

    async def list_channel_associations(self, channel: ChannelId) -> tuple[Association, ...]:
        return self.associations


class FollowedTeamwork(ArchivingTeamwork):
    """The people of places, by team and channel; the value says who is an owner."""

    def __init__(self, troubles: Troubles) -> None:
        super().__init__(troubles)
        self.reason = "member_unknown"
        self.people: dict[tuple[TeamId, ChannelId], dict[PersonId, bool]] = {
            (TEAM, ChannelId("")): {CLAIRE.id: True, PersonId("sofia"): False}
        }

    async def list_teams(self) -> tuple[Team, ...]:
        return (Team(TEAM, "Ventes Europe"),)

    async def is_owner(self, team: TeamId, person: PersonId) -> bool:
        self._troubles.meet("is_owner")
        return self.people[team, ChannelId("")].get(person, False)

    async def list_members(self, team: TeamId, channel: ChannelId = ChannelId("")) -> tuple[Member, ...]:
        self._troubles.meet("list_members")
        people = self.people[team, channel]
        return tuple(Member(person, person.title(), is_owner=is_owner) for person, is_owner in people.items())

    async def add_members(self, team: TeamId, people: Sequence[PersonId]) -> tuple[NotAdded, ...]:
        self._troubles.meet("add_members")
        refused = tuple(NotAdded(person, self.reason) for person in people if person in self.unknown)
        for person in people:
            if person not in self.unknown:
                self.people[team, ChannelId("")].setdefault(person, False)
        return refused

    async def add_member(self, team: TeamId, channel: ChannelId, person: PersonId) -> None:
        self._troubles.meet("add_member")
        self.people[team, channel].setdefault(person, False)

    async def remove_members(
        self, team: TeamId, people: Collection[PersonId], channel: ChannelId = ChannelId("")
    ) -> tuple[PersonId, ...]:
        self._troubles.meet("remove_members")
        here = self.people[team, channel]
        owners = tuple(one for one in people if here.get(one))
        for one in set(people) - set(owners):
            here.pop(one, None)
        self._troubles.meet("remove_members answered")
        return owners


@dataclass
class FakeAudit:
    written: list[tuple[str, str, str]] = field(default_factory=list)

    async def write(self, who: Person, act: str, subject: str, detail: str) -> None:
        self.written.append((who.name, act, detail))


class FollowingWorld(ClosingWorld):
    """Claire's deal is connected to a channel of a team that she owns and Sofia is in."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.followed = FollowedCrm(self.troubles)
        self.crm = self.followed
        self.archiving = self.people = FollowedTeamwork(self.troubles)
        self.teamwork = self.people
        self.links = FollowedLinks()
        self.sights, self.proposals, self.audit = FakeSights(), FakeProposals(), FakeAudit()

    @property
    def ports(self) -> Ports:
        audit: Any = self.audit
        return replace(super().ports, sights=self.sights, proposals=self.proposals, audit=audit)

    async def round(self) -> int:
        """The next look at all records."""
        self.clock.moment = self.clock.moment.replace(microsecond=0)
        self.sights.until = None
        return await follow(self.ports, EVERY_S)

    def open_proposals(self) -> list[tuple[str, str, str]]:
        """Kind, person and cause of what waits."""
        waiting = (one for one in self.proposals.kept.values() if one.state in WAITING)
        return [(one.kind.value, one.person, one.cause.value) for one in waiting]

    def private(self, link: Link) -> Link:
        """The link in a private channel that Sofia is in and Claire owns."""
        made: Evidence = replace(link.evidence, channel_kind=ChannelKind.PRIVATE)
        self.people.people[TEAM, made.channel] = {CLAIRE.id: True, PersonId("sofia"): False}
        changed = replace(link, evidence=made)
        self.links.links[link.id] = changed
        return changed
