"""The port `People` over Graph."""

from __future__ import annotations

import asyncio

from liaison.domain.teams import DirectoryPerson
from liaison.graph.client import GraphClient, read_call
from liaison.graph.errors import About, Subject
from liaison.graph.payloads import read_directory_person
from liaison.wire.wild import Wild

_ME = Subject(About.PERSON)


class GraphPeople:
    """The directory as one person sees it."""

    def __init__(self, client: GraphClient) -> None:
        self._client = client

    async def read_me(self) -> DirectoryPerson:
        """The person, their licences and their directory roles.

        Source: api/user-get.md, user-list-licensedetails.md, user-list-memberof.md.
        """
        query = {"$select": "id,displayName,userPrincipalName,preferredLanguage"}
        me, licences, roles = await asyncio.gather(
            self._client.read(read_call("/me", _ME, {}, query)),
            self._all("/me/licenseDetails"),
            self._all("/me/memberOf/microsoft.graph.directoryRole"),
        )
        return read_directory_person(me, licences, roles)

    async def _all(self, path: str) -> list[Wild]:
        return [item async for item in self._client.pages(read_call(path, _ME, {}))]
