"""The parts of the ports that choosing takes, in memory: a quiet organization without policy, where all goes well."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from liaison.domain.forerunners import Forerunner
from liaison.domain.joining import JoinRequest, JoinState
from liaison.domain.link import Link
from liaison.domain.members import CrmUser, DirectoryEntry, Member, Sharing, Source
from liaison.domain.names import (
    ChannelId,
    ChannelKind,
    Person,
    PersonId,
    RecordRef,
    Regarding,
    RowId,
    TeamId,
    TenantId,
)
from liaison.domain.naming import NameRefusal, NamingPolicy, Profile
from liaison.domain.teams import Label
from liaison.errors import JoinUnknown

SOFIA = DirectoryEntry(
    PersonId("5f1c7b52-0000-4000-8000-00000000000a"), "Sofia Rossi", "sofia.rossi@contoso.com", "", is_guest=False
)
SOFIA_USER = CrmUser(RowId("user-sofia"), SOFIA.person, SOFIA.name, SOFIA.upn, is_licensed=True)


class QuietPeople:
    by: Person

    async def list_device_policies(self) -> tuple[str, ...] | None:
        return None

    async def read_naming_policy(self) -> NamingPolicy | None:
        return NamingPolicy("GRP_")

    async def read_profile(self) -> Profile:
        return Profile()

    async def check_group_name(self, name: str) -> tuple[NameRefusal, ...] | None:
        return ()

    async def find_group_by_name(self, name: str) -> tuple[str, ...] | None:
        return ("GRP_Ventes Europe",)

    async def list_deleted_group_names(self, name: str) -> tuple[str, ...] | None:
        return None

    async def count_created_objects(self) -> int | None:
        return 3

    async def is_in_group(self, group: str) -> bool | None:
        return None

    async def find_people(self, asked: str) -> tuple[DirectoryEntry, ...]:
        return (SOFIA,) if asked.casefold() in SOFIA.name.casefold() else ()

    async def read_people(self, persons: Sequence[PersonId]) -> tuple[DirectoryEntry, ...]:
        return (SOFIA,) if SOFIA.person in persons else ()

    async def list_labels(self) -> tuple[Label, ...] | None:
        return (Label("label-1", "Confidential", "For the team only"),)


class QuietTeamwork:
    """One person owns every team that they are in."""

    owner: PersonId
    by: Person
    world: Any

    async def list_members(self, team: TeamId, channel: ChannelId = ChannelId("")) -> tuple[Member, ...]:
        await self.read_team(team)
        people = sorted(self.world.members[team])
        return tuple(Member(person, person, is_owner=person == self.owner) for person in people)

    async def is_owner(self, team: TeamId, person: PersonId) -> bool:
        return any(member.is_owner and member.person == person for member in await self.list_members(team))

    async def is_in_channel(self, team: TeamId, channel: ChannelId, kind: ChannelKind, person: PersonId) -> bool:
        return person in self.world.members[team]

    async def shows(self, team: TeamId, channel: ChannelId, regarding: Regarding) -> bool:
        return False

    async def add_member(self, team: TeamId, channel: ChannelId, person: PersonId) -> None:
        self.world.members[team] |= {person}

    async def read_team(self, team: TeamId) -> Any:
        raise NotImplementedError


class QuietCrm:
    world: Any

    async def list_forerunners(self, ref: RecordRef) -> tuple[Forerunner, ...]:
        return tuple(self.world.forerunners.get(ref, ()))

    async def list_sharers(self, ref: RecordRef) -> tuple[Sharing, ...]:
        return (Sharing(SOFIA_USER, Source.SHARED),)

    async def find_users(self, persons: Sequence[PersonId]) -> tuple[CrmUser, ...]:
        return (SOFIA_USER,) if SOFIA.person in persons else ()

    async def list_readers(self, users: Sequence[RowId], ref: RecordRef) -> tuple[RowId, ...] | None:
        return ()

    async def list_folders_below(self, location: RowId) -> tuple[str, ...]:
        return ()


class QuietLinks:
    async def in_channel(self, tenant: TenantId, channel: ChannelId) -> tuple[Link, ...]:
        return ()

    async def removed_channels(self, tenant: TenantId, team: TeamId, since: datetime) -> tuple[str, ...]:
        return ()


class FakeJoinRequests:
    """One request for each person and team."""

    def __init__(self) -> None:
        self.kept: dict[tuple[TeamId, PersonId], JoinRequest] = {}

    async def ask(self, request: JoinRequest) -> JoinRequest:
        held = self.kept.get((request.team, request.by.id))
        if held is not None and held.state is JoinState.WAITING:
            return held
        self.kept[request.team, request.by.id] = request
        return request

    async def get(self, tenant: TenantId, request: str) -> JoinRequest:
        found = next((one for one in self.kept.values() if one.id == request and one.by.tenant == tenant), None)
        if found is None:
            raise JoinUnknown(request)
        return found

    async def change(self, before: JoinRequest, after: JoinRequest) -> bool:
        if self.kept.get((before.team, before.by.id)) != before:
            return False
        self.kept[before.team, before.by.id] = after
        return True

    async def any_waiting(self, tenant: TenantId) -> bool:
        return any(one.state is JoinState.WAITING for one in self.kept.values())

    async def waiting_for(self, tenant: TenantId, teams: Sequence[TeamId]) -> tuple[JoinRequest, ...]:
        return tuple(one for one in self.kept.values() if one.team in teams and one.state is JoinState.WAITING)

    async def of_person(self, tenant: TenantId, person: PersonId) -> tuple[JoinRequest, ...]:
        return tuple(one for one in self.kept.values() if one.by.id == person)
