"""Who has a record in the CRM, and which of some users may read it.

Everything is asked with the asker's own rights; what they may not ask is not told. What is asked side by side goes out
in one batch. Source: dataverse.md sections 1.7 and 4.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from liaison.dataverse.client import Call, DataverseClient, read_row_call, read_rows_call
from liaison.dataverse.errors import Subject
from liaison.dataverse.metadata import DataverseMetadata
from liaison.dataverse.names import LOOKUP_TABLE
from liaison.dataverse.query import read_guid
from liaison.domain.members import CrmUser, Sharing, Source
from liaison.domain.names import PersonId, RecordRef, RowId
from liaison.errors import NotAllowed, RecordUnknown, UpstreamRefused
from liaison.wire.wild import Wild

_USER_COLUMNS = "systemuserid,fullname,domainname,azureactivedirectoryobjectid,isdisabled,islicensed"
SHARED = "/RetrieveSharedPrincipalsAndAccess(Target=@tid)"
_ACCESS = "/systemusers({user})/Microsoft.Dynamics.CRM.RetrievePrincipalAccess(Target=@tid)"
_ACCESS_TEAM = 1
_IDS_AT_ONCE = 40
_READ = "ReadAccess"


class DataverseSharing:
    """One record's people, as the asker may see them."""

    def __init__(self, client: DataverseClient, metadata: DataverseMetadata) -> None:
        self._client, self._metadata = client, metadata

    async def list_sharers(self, ref: RecordRef) -> tuple[Sharing, ...]:
        """Owner, members of the owning team, the record's access team, and whom it is shared with for reading.

        Raises RecordUnknown, PrivilegeMissing.
        """
        record, target = await self._target(ref)
        table, _ = await self._metadata.describe(ref.table)
        row, shared = await asyncio.gather(
            self._client.read(read_row_call(table.set_name, record, table.name, "_ownerid_value")),
            self._shared(ref, record, target),
        )
        owner, owner_is_team = row.opt_text("_ownerid_value"), _is_team(row)
        teams, users = await asyncio.gather(
            self._teams([one for one, is_team in shared if is_team] + [owner] * owner_is_team),
            self._users([one for one, is_team in shared if not is_team] + [owner] * (not owner_is_team)),
        )
        found = [Sharing(user, Source.OWNER if user.row == owner else Source.SHARED) for user in users]
        for team in teams:
            source = _source_of(team, owner)
            name = "" if source is Source.RECORD_TEAM else team.opt_text("name")  # an access team is called by ids
            members = (read_user(member) for member in team.opt_list("teammembership_association"))
            found += [Sharing(user, source, name) for user in members]
        return tuple(found)

    async def _target(self, ref: RecordRef) -> tuple[str, dict[str, str]]:
        record = read_guid(ref.id)
        if not record:
            raise RecordUnknown(ref.table, ref.id)
        table, _ = await self._metadata.describe(ref.table)
        return record, {"@tid": f"{{'@odata.id':'{table.set_name}({record})'}}"}

    async def _shared(self, ref: RecordRef, record: str, target: dict[str, str]) -> list[tuple[str, bool]]:
        """Ids of users and teams that may read through a share; true for teams. Nobody when the asker may not ask."""
        call = Call("GET", SHARED, Subject(ref.table, record), query=target, repeatable=True)
        try:
            return read_shares(await self._client.read(call))
        except (NotAllowed, UpstreamRefused):
            return []

    async def _teams(self, ids: Sequence[str]) -> list[Wild]:
        """The teams of these ids, with their members. A record's access team has its record by a share as well."""
        wanted = tuple(dict.fromkeys(ids))
        if not wanted:
            return []
        query = {
            "$select": "teamid,name,teamtype",
            "$filter": " or ".join(f"teamid eq {one}" for one in wanted),
            "$expand": f"teammembership_association($select={_USER_COLUMNS})",
        }
        return await self._if_allowed(read_rows_call("teams", "team", query))

    async def _users(self, ids: Sequence[str]) -> list[CrmUser]:
        return await self._users_where("systemuserid", ids)

    async def find_users(self, persons: Sequence[PersonId]) -> tuple[CrmUser, ...]:
        """Those of these people of the directory who are users here, disabled ones too."""
        return tuple(await self._users_where("azureactivedirectoryobjectid", persons))

    async def _users_where(self, column: str, ids: Sequence[str]) -> list[CrmUser]:
        wanted = [one for one in (read_guid(given) for given in dict.fromkeys(ids)) if one]
        calls = []
        for start in range(0, len(wanted), _IDS_AT_ONCE):
            condition = " or ".join(f"{column} eq {one}" for one in wanted[start : start + _IDS_AT_ONCE])
            calls.append(read_rows_call("systemusers", "systemuser", {"$select": _USER_COLUMNS, "$filter": condition}))
        pages = await asyncio.gather(*(self._if_allowed(call) for call in calls))
        return [read_user(row) for page in pages for row in page]

    async def list_readers(self, users: Sequence[RowId], ref: RecordRef) -> tuple[RowId, ...] | None:
        """Those of these users who may read the record; None when the asker may not ask. Raises RecordUnknown."""
        record, target = await self._target(ref)
        wanted = tuple(dict.fromkeys(users))
        try:
            answers = await asyncio.gather(*(self._rights(user, ref, record, target) for user in wanted))
        except (NotAllowed, UpstreamRefused):
            return None
        return tuple(user for user, rights in zip(wanted, answers, strict=True) if _READ in rights)

    async def _rights(self, user: RowId, ref: RecordRef, record: str, target: dict[str, str]) -> set[str]:
        call = Call("GET", _ACCESS, Subject(ref.table, record), {"user": user}, target, repeatable=True)
        rights = (await self._client.read(call)).opt_text("AccessRights")
        return {right.strip() for right in rights.split(",")}

    async def _if_allowed(self, call: Call) -> list[Wild]:
        """The rows; none when the asker may not read the table."""
        try:
            return await self._client.list_rows(call)
        except NotAllowed:
            return []


def read_shares(answer: Wild) -> list[tuple[str, bool]]:
    """Ids of users and teams that may read through a share; true for teams."""
    found = []
    for access in answer.opt_list("PrincipalAccesses"):
        principal = access.child("Principal")
        if _READ in {right.strip() for right in access.opt_text("AccessMask").split(",")}:
            found.append((principal.text("ownerid"), principal.opt_text("@odata.type").endswith(".team")))
    return found


def _is_team(row: Wild) -> bool:
    return row.opt_text(f"_ownerid_value{LOOKUP_TABLE}") == "team"


def _source_of(team: Wild, owner: str) -> Source:
    if team.opt_text("teamid") == owner:
        return Source.OWNER_TEAM
    return Source.RECORD_TEAM if team.opt_number("teamtype") == _ACCESS_TEAM else Source.SHARED_TEAM


def read_user(row: Wild) -> CrmUser:
    """Source: dataverse.md section 1.7, systemuser."""
    return CrmUser(
        row=RowId(row.text("systemuserid")),
        person=PersonId(row.opt_text("azureactivedirectoryobjectid")),
        name=row.opt_text("fullname"),
        sign_in_name=row.opt_text("domainname"),
        is_enabled=not row.opt_flag("isdisabled"),
        is_licensed=row.flag("islicensed") if row.has("islicensed") else None,
    )
