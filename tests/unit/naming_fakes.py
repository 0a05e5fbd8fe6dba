"""A directory that knows nothing of names."""

from __future__ import annotations

from liaison.domain.names import PersonId
from liaison.domain.naming import NamingPolicy, Profile
from liaison.domain.teams import DirectoryPerson


class FakePeople:
    """Knows nothing of names: every check of a new team's is left open."""

    async def read_naming_policy(self) -> NamingPolicy | None:
        return None

    async def read_profile(self) -> Profile:
        return Profile()

    async def check_group_name(self, name: str, mail_nickname: str = "") -> None:
        return None

    async def find_group_by_name(self, name: str) -> None:
        return None

    async def list_deleted_group_names(self, name: str) -> None:
        return None

    async def count_created_objects(self) -> None:
        return None

    async def is_in_group(self, group: str) -> None:
        return None

    async def read_me(self) -> DirectoryPerson:
        plans = ("TEAMS1", "DYN365_ENTERPRISE_SALES")
        return DirectoryPerson(PersonId("claire"), "Claire Fontaine", "claire.fontaine@contoso.com", "fr", (), plans)
