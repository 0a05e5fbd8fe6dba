"""What somebody may do in the environment: for explaining why linking is not offered to them.

Source: dataverse.md sections 1.7 and 4.
"""

from __future__ import annotations

from liaison.dataverse.client import Call, DataverseClient, read_rows_call
from liaison.dataverse.crm_people import DataversePeople
from liaison.dataverse.errors import Subject
from liaison.dataverse.metadata import DataverseMetadata
from liaison.dataverse.query import equals, read_guid
from liaison.domain.crm import App, CrmPerson
from liaison.domain.names import RecordRef, RowId
from liaison.errors import NameAmbiguous, PersonUnknown, RecordUnknown, Row

_THINGS, _VERBS = ("SharePointSite", "SharePointDocumentLocation"), ("Create", "Read", "Write", "Append", "AppendTo")
LINKING_PRIVILEGES = (
    *(f"prv{verb}{thing}" for thing in _THINGS for verb in _VERBS),
    "prvCreatemsdyn_teamscollaboration",
    "prvReadmsdyn_teamscollaboration",
)
"""What connecting a record takes. Source: dataverse.md section 4, "Privileges for linking"."""

_USER = "/systemusers({user})"
_COLUMNS = "systemuserid,fullname,domainname,isdisabled"
_ACCESS = f"{_USER}/Microsoft.Dynamics.CRM.RetrievePrincipalAccess(Target=@tid)"
_PRIVILEGES = f"{_USER}/Microsoft.Dynamics.CRM.RetrieveUserPrivileges()"


class DataverseAccess:
    """Rights of people other than the asker; the service lets administrators ask."""

    def __init__(self, client: DataverseClient, metadata: DataverseMetadata, people: DataversePeople) -> None:
        self._client, self._metadata, self._people = client, metadata, people

    async def find_person(self, asked: str) -> CrmPerson:
        """By id, sign-in name or full name. Raises PersonUnknown, NameAmbiguous."""
        asked = asked.strip()
        guid = read_guid(asked)
        named = f"{equals('domainname', asked)} or {equals('fullname', asked)}"
        found_by = f"systemuserid eq {guid} or azureactivedirectoryobjectid eq {guid}" if guid else named
        query = {"$select": _COLUMNS, "$filter": found_by, "$top": "10"}
        rows = await self._client.list_rows(read_rows_call("systemusers", "systemuser", query))
        exact = [row for row in rows if row.opt_text("domainname").casefold() == asked.casefold()] or rows
        if not exact:
            raise PersonUnknown(asked)
        if len(exact) > 1:
            candidates = tuple(
                Row("person", row.opt_text("fullname"), row.text("systemuserid"), row.opt_text("domainname"))
                for row in exact
            )
            raise NameAmbiguous(asked, candidates)
        return await self._people.read_person_of(RowId(exact[0].text("systemuserid")))

    async def list_missing_privileges(self, person: RowId) -> tuple[str, ...]:
        """The privileges that connecting a record takes and that none of somebody's roles gives, at any depth."""
        call = Call("GET", _PRIVILEGES, Subject("systemuser", person), {"user": person}, repeatable=True)
        answer = await self._client.read(call)
        held = {row.opt_text("PrivilegeName").casefold() for row in answer.list("RolePrivileges")}
        return tuple(name for name in LINKING_PRIVILEGES if name.casefold() not in held)

    async def can_read(self, person: RowId, ref: RecordRef) -> bool:
        """May somebody read one record? Raises RecordUnknown."""
        record = read_guid(ref.id)
        if not record:
            raise RecordUnknown(ref.table, ref.id)
        table, _ = await self._metadata.describe(ref.table)
        target = f"{{'@odata.id':'{table.set_name}({record})'}}"
        call = Call("GET", _ACCESS, Subject(ref.table, record), {"user": person}, {"@tid": target}, repeatable=True)
        rights = (await self._client.read(call)).opt_text("AccessRights")
        return "ReadAccess" in {right.strip() for right in rights.split(",")}

    async def list_apps_of(self, person: RowId) -> tuple[App, ...]:
        """The apps that the service shows somebody else, asked in their name."""
        return await DataversePeople(self._client.in_the_name_of(person), self._metadata.shelf).list_apps()
