"""The people, the rules of names and the labels that the wizard's pages show, in memory; every name is the world's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from liaison.domain.members import CrmUser, DirectoryEntry, Member, Sharing, Source
from liaison.domain.names import ChannelId, PersonId, RecordRef, RowId, TeamId
from liaison.domain.naming import NameRefusal, NamingPolicy
from liaison.domain.teams import Label
from tests.unit.api_fakes import CLAIRE, OLIVER, FakePeople

if TYPE_CHECKING:
    from tests.unit.web_fakes import WebWorld

GUEST = PersonId("00000000-0000-4000-8000-00000000000a")


class NamedPeople(FakePeople):
    """Oliver works in the CRM, and a guest does not."""

    world: WebWorld

    async def read_naming_policy(self) -> NamingPolicy | None:
        return NamingPolicy(prefix="GRP ", blocked_words=("Payroll",))

    async def check_group_name(self, name: str) -> tuple[NameRefusal, ...] | None:
        return ()

    async def find_group_by_name(self, name: str) -> tuple[str, ...] | None:
        return ()

    async def list_deleted_group_names(self, name: str) -> tuple[str, ...] | None:
        return ()

    async def count_created_objects(self) -> int | None:
        return 0

    async def list_labels(self) -> tuple[Label, ...] | None:
        return (Label("label-1", self.world.somebody, ""),)

    async def find_people(self, asked: str) -> tuple[DirectoryEntry, ...]:
        return tuple(one for one in self._directory() if asked.casefold() in one.name.casefold())

    async def read_people(self, persons: Sequence[PersonId]) -> tuple[DirectoryEntry, ...]:
        return tuple(one for one in self._directory() if one.person in persons)

    def _directory(self) -> tuple[DirectoryEntry, ...]:
        guest = DirectoryEntry(GUEST, f"{self.world.somebody} (guest)", "guest#EXT#@contoso.com", is_guest=True)
        return (DirectoryEntry(OLIVER.id, self.world.somebody, OLIVER.upn), guest)


class CrmPeople:
    """The users of the CRM and what they may read; a part of the world's Crm."""

    world: WebWorld

    def _oliver(self) -> CrmUser:
        return CrmUser(RowId("user-oliver"), OLIVER.id, self.world.somebody, OLIVER.upn, is_licensed=True)

    async def list_sharers(self, ref: RecordRef) -> tuple[Sharing, ...]:
        me = CrmUser(RowId("user-claire"), CLAIRE.id, CLAIRE.name, CLAIRE.upn)
        return (Sharing(me, Source.OWNER), Sharing(self._oliver(), Source.SHARED))

    async def find_users(self, persons: Sequence[PersonId]) -> tuple[CrmUser, ...]:
        return (self._oliver(),) if OLIVER.id in persons else ()

    async def list_readers(self, users: Sequence[RowId], ref: RecordRef) -> tuple[RowId, ...]:
        return ()


class TeamPeople:
    """The people of a team; a part of the world's Teamwork."""

    world: WebWorld

    async def is_owner(self, team: TeamId, person: PersonId) -> bool:
        return person in self.world.owners

    async def list_members(self, team: TeamId, channel: ChannelId = ChannelId("")) -> tuple[Member, ...]:
        members = self.world.members[team]
        return tuple(Member(one, self.world.somebody, is_owner=one in self.world.owners) for one in members)
