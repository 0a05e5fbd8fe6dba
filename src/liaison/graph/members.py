"""The people of a team or channel, and people of the directory.

Source: graph.md sections 3.6 and 7.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from liaison.domain.members import DirectoryEntry, Member, is_guest
from liaison.domain.names import ChannelId, ChannelKind, PersonId, TeamId
from liaison.errors import NotTeamMember
from liaison.graph.client import Call, GraphClient, read_call
from liaison.graph.errors import About, Subject
from liaison.graph.tabs import literal
from liaison.wire.wild import Wild

_WORD = re.compile(r"[\w@.'’-]*\w")
MOST_FOUND = 20
_IDS_AT_ONCE = 15
"""Source: concepts/filter-query-parameter.md, values after `in`."""
_TEAM = "/teams/{team}/members"
_CHANNEL = "/teams/{team}/channels/{channel}/members"
_USER = "microsoft.graph.aadUserConversationMember"
_MEMBER_TYPE = f"#{_USER}"
_ENTRY = "id,displayName,userPrincipalName,mail,userType"


class GraphMembers:
    """Members as one person may read and change them."""

    def __init__(self, client: GraphClient) -> None:
        self._client = client

    async def list_members(self, team: TeamId, channel: ChannelId = ChannelId("")) -> tuple[Member, ...]:
        """Everybody in the team, or in one of its channels. Raises ConsentNotGranted, NotTeamMember.

        Source: api/team-list-members.md, channel-list-members.md.
        """
        path, ids = place_of_members(team, channel)
        call = read_call(path, Subject(About.TEAM, team=team), ids)
        found = [read_member(item) async for item in self._client.pages(call)]
        return tuple(member for member in found if member.person)

    async def is_owner(self, team: TeamId, person: PersonId) -> bool:
        """Is somebody an owner of the team? Source: api/team-list-members.md, filter by user."""
        query = {"$filter": f"({_USER}/userId eq {literal(person)})"}
        call = read_call(_TEAM, Subject(About.TEAM, team=team), {"team": team}, query)
        return any([read_member(item).is_owner async for item in self._client.pages(call)])

    async def is_in_channel(self, team: TeamId, channel: ChannelId, kind: ChannelKind, person: PersonId) -> bool:
        """Is the asker, `person`, in a private or shared channel? Raises ConsentNotGranted, ChannelGone.

        Who is in it is told to its people only. A shared channel's people may come from teams that it is shared with,
        and are then not in its own list.
        Source: api/channel-list-members.md.
        """
        path, ids = place_of_members(team, channel)
        query = {"$filter": f"({_USER}/userId eq {literal(person)})"} if kind is ChannelKind.PRIVATE else {}
        try:
            page = await self._client.read(read_call(path, Subject(About.CHANNEL, channel, team), ids, query))
        except NotTeamMember:
            return False
        return kind is ChannelKind.SHARED or bool(page.list("value"))

    async def list_owners(self, team: TeamId) -> tuple[str, ...]:
        """Names of the team's owners. Its group shows them to people outside the team too.

        Source: api/group-list-owners.md.
        """
        query = {"$select": "id,displayName"}
        call = read_call("/groups/{team}/owners", Subject(About.TEAM, team=team), {"team": team}, query)
        names = [item.opt_text("displayName") async for item in self._client.pages(call)]
        return tuple(sorted(name for name in names if name))

    async def add_member(self, team: TeamId, channel: ChannelId, person: PersonId) -> None:
        """Add somebody to the team, or to a private or shared channel of it; a member already is done.

        Raises NotTeamOwner, PersonUnknown, ConsentNotGranted, UpstreamThrottled.
        Source: api/team-post-members.md, channel-post-members.md; replay table C4.
        """
        path, ids = place_of_members(team, channel)
        body = {
            "@odata.type": _MEMBER_TYPE,
            "roles": [],
            "user@odata.bind": f"{self._client.base}/users({literal(person)})",
        }
        subject = Subject(About.MEMBER, person, team)
        await self._client.send(Call("POST", path, subject, ids, body=body, repeatable=True))

    async def find_people(self, asked: str) -> tuple[DirectoryEntry, ...]:
        """People whose name or address has words that begin like those asked for, by name.

        Only letters and digits are searched: whatever could end a term of the query is taken out.
        Source: concepts/aad-advanced-queries.md.
        """
        words = " ".join(_WORD.findall(asked))
        if not words:
            return ()
        parts = [f'"{column}:{words}"' for column in ("displayName", "mail", "userPrincipalName")]
        query = {"$search": " OR ".join(parts), "$select": _ENTRY, "$top": str(MOST_FOUND), "$orderby": "displayName"}
        query |= {"$count": "true"}
        headers = {"consistencylevel": "eventual"}
        call = Call("GET", "/users", Subject(About.PERSON), query=query, headers=headers, repeatable=True)
        page = await self._client.read(call)
        return tuple(read_entry(item) for item in page.list("value"))

    async def read_people(self, persons: Sequence[PersonId]) -> tuple[DirectoryEntry, ...]:
        """Those of these people whom the directory has, in no order."""
        found: list[DirectoryEntry] = []
        for start in range(0, len(persons), _IDS_AT_ONCE):
            ids = ",".join(literal(person) for person in persons[start : start + _IDS_AT_ONCE])
            query = {"$filter": f"id in ({ids})", "$select": _ENTRY, "$top": str(_IDS_AT_ONCE)}
            call = read_call("/users", Subject(About.PERSON), {}, query)
            found += [read_entry(item) async for item in self._client.pages(call)]
        return tuple(found)


def place_of_members(team: TeamId, channel: ChannelId) -> tuple[str, dict[str, str]]:
    """The address of the people of a team or of one of its channels, and its ids."""
    return (_CHANNEL, {"team": team, "channel": channel}) if channel else (_TEAM, {"team": team})


def read_member(wild: Wild) -> Member:
    """The membership's own id is not the person's. Source: resources/aaduserconversationmember.md."""
    roles = {role.as_text() for role in wild.opt_list("roles")}
    return Member(
        person=PersonId(wild.opt_text("userId")),
        name=wild.opt_text("displayName"),
        email=wild.opt_text("email"),
        is_owner="owner" in roles,
        is_guest="guest" in roles,
    )


def read_entry(wild: Wild) -> DirectoryEntry:
    """The kind of user is not shown to every token; a guest's sign-in name tells it too."""
    upn = wild.opt_text("userPrincipalName")
    guest = wild.opt_text("userType") == "Guest" or is_guest(upn)
    return DirectoryEntry(PersonId(wild.text("id")), wild.opt_text("displayName"), upn, wild.opt_text("mail"), guest)
