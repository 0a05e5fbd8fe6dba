"""The port `People` over Graph."""

from __future__ import annotations

import asyncio

from liaison.domain.teams import DirectoryPerson
from liaison.errors import ConsentNotGranted, UpstreamRefused
from liaison.graph.client import Call, GraphClient, read_call
from liaison.graph.errors import About, Subject
from liaison.graph.members import GraphMembers
from liaison.graph.naming import GraphNaming
from liaison.graph.payloads import limits_devices, read_directory_person, read_plans
from liaison.wire.wild import Wild

ROLE_TEMPLATES = (
    "62e90394-69f5-4237-9190-012177145e10",  # Global Administrator
    "e8611ab8-c189-46e8-94e1-60213ab1f814",  # Privileged Role Administrator
    "f2ef992c-3afb-46b9-b7cf-a126ee74c451",  # Global Reader
    "f28a1f50-f6e7-4571-818b-6a12f2af6b6c",  # SharePoint Administrator
    "69091246-20e8-4a56-aa4d-066075b2a7a8",  # Teams Administrator
    "fdd7a751-b60b-444a-984c-02652fe8fa1c",  # Groups Administrator
    "fe930be7-5e62-47db-91af-98c3a49a38b1",  # User Administrator
)
"""The directory roles that make a difference to Liaison. Source: identity.md section 6."""

_ME = Subject(About.PERSON)
_ROLES = Call("POST", "/me/checkMemberObjects", _ME, body={"ids": list(ROLE_TEMPLATES)}, repeatable=True)


class GraphPeople:
    """The directory as one person sees it."""

    def __init__(self, client: GraphClient) -> None:
        self._client = client
        naming = GraphNaming(client)

        self.read_naming_policy = naming.read_naming_policy
        self.read_profile = naming.read_profile
        self.check_group_name = naming.check_group_name
        self.find_group_by_name = naming.find_group_by_name
        self.list_deleted_group_names = naming.list_deleted_group_names
        self.count_created_objects = naming.count_created_objects
        self.is_in_group = naming.is_in_group
        self.list_labels = naming.list_labels
        members = GraphMembers(client)
        self.find_people = members.find_people
        self.read_people = members.read_people

    async def read_me(self) -> DirectoryPerson:
        """The person, their licences and their directory roles.

        Roles are asked for by template id: `memberOf` shows no more than ids to a token that has only User.Read.
        Source: api/user-get.md, user-list-licensedetails.md, directoryobject-checkmemberobjects.md.
        """
        query = {"$select": "id,displayName,userPrincipalName,preferredLanguage"}
        me, licences, roles = await asyncio.gather(
            self._client.read(read_call("/me", _ME, {}, query)),
            self._licences(),
            self._client.read(_ROLES),
        )
        return read_directory_person(me, licences, roles)

    async def list_plans_of(self, person: str) -> tuple[str, ...]:
        """Somebody's provisioned service plans. Raises ConsentNotGranted, PersonUnknown."""
        call = read_call("/users/{person}/licenseDetails", Subject(About.PERSON, person), {"person": person})
        return read_plans([item async for item in self._client.pages(call)])

    async def list_device_policies(self) -> tuple[str, ...] | None:
        """Policies that limit unmanaged devices in SharePoint, as they show in the directory.

        None when the person or the app may not read them. Source: graph.md section 12.
        """
        call = read_call("/identity/conditionalAccess/policies", _ME, {})
        try:
            policies = [item async for item in self._client.pages(call)]
        except (ConsentNotGranted, UpstreamRefused):
            return None
        return tuple(policy.opt_text("displayName") for policy in policies if limits_devices(policy))

    async def _licences(self) -> list[Wild]:
        return [item async for item in self._client.pages(read_call("/me/licenseDetails", _ME, {}))]
