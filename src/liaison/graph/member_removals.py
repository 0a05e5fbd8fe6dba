"""Taking people out of a team or a channel. Source: graph.md section 3.6; replay table C4."""

from __future__ import annotations

from collections.abc import Collection

from liaison.domain.names import ChannelId, PersonId, TeamId
from liaison.graph.client import Call, GraphClient, read_call
from liaison.graph.errors import About, Subject
from liaison.graph.members import place_of_members, read_member


class GraphMemberRemovals:
    """As one person, who must be an owner. Owners themselves are left: nobody here made them that."""

    def __init__(self, client: GraphClient) -> None:
        self._client = client

    async def remove_members(
        self, team: TeamId, people: Collection[PersonId], channel: ChannelId = ChannelId("")
    ) -> tuple[PersonId, ...]:
        """Out of the team, or of its private or shared channel; absent already is done. Owners come back.

        One by one: doing several at once asks for the permission to change owners.
        Source: api/team-delete-members.md, channel-delete-members.md.
        """
        if not people:
            return ()
        path, ids = place_of_members(team, channel)
        subject = Subject(About.OWNED, team=team)
        owners = []
        async for item in self._client.pages(read_call(path, subject, ids)):
            member = read_member(item)
            if member.person not in people:
                continue
            if member.is_owner:
                owners.append(member.person)
                continue
            gone = {**ids, "member": item.text("id")}
            await self._client.send(
                Call("DELETE", f"{path}/{{member}}", subject, gone, repeatable=True, expects=(404,))
            )
        return tuple(owners)
