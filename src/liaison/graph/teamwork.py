"""The port `Teamwork` over Graph: what it reads, and channels. Apps and tabs are in their own module."""

from __future__ import annotations

from liaison.domain.link import NewChannel
from liaison.domain.names import ChannelId, ChannelKind, PersonId, TeamId
from liaison.domain.naming import propose_free_name
from liaison.domain.teams import Channel, Folder, Team
from liaison.errors import (
    AnswerLost,
    ChannelAmbiguous,
    ChannelNameTaken,
    FileUnknown,
    Row,
    StillPreparing,
    UpstreamRefused,
)
from liaison.graph.archiving import GraphArchiving
from liaison.graph.client import Call, GraphClient, read_call
from liaison.graph.errors import SERVICE, About, Subject
from liaison.graph.horizon import Horizon
from liaison.graph.member_batches import GraphMemberBatches
from liaison.graph.member_removals import GraphMemberRemovals
from liaison.graph.members import GraphMembers
from liaison.graph.new_teams import GraphNewTeams
from liaison.graph.payloads import read_channel, read_folder, read_team
from liaison.graph.posts import GraphPosts
from liaison.graph.shelf import GraphShelf
from liaison.graph.tabs import GraphTabs, literal
from liaison.wire.wild import Wild

NAME_TAKEN = "NameAlreadyExists"
_TEAM_COLUMNS = {"$select": "id,displayName,description,internalId,webUrl,isArchived"}
_CHANNEL_COLUMNS = {"$select": "id,displayName,description,membershipType,webUrl,isArchived"}


class GraphTeamwork:
    """Teams, channels, apps and tabs as one person sees them.

    `app_manifest_id` is the manifest id of our Teams app, empty when there is none; `horizon` and `shelf` are shared by
    all.
    """

    def __init__(
        self, client: GraphClient, app_manifest_id: str, horizon: Horizon, shelf: GraphShelf | None = None
    ) -> None:
        self._client = client
        self._horizon = horizon
        self._shelf = shelf or GraphShelf()
        tabs = GraphTabs(client, app_manifest_id, horizon, self._shelf)
        members = GraphMembers(client)

        self.find_app = tabs.find_app
        self.list_members = members.list_members
        self.is_owner = members.is_owner
        self.list_owners = members.list_owners
        self.is_in_channel = members.is_in_channel
        self.add_member = members.add_member
        self.ensure_app = tabs.ensure_app
        self.remove_app = tabs.remove_app
        self.ensure_tab = tabs.ensure_tab
        self.ensure_website_tab = tabs.ensure_website_tab
        self.find_tab = tabs.find_tab
        self.shows = tabs.shows
        self.remove_tab = tabs.remove_tab
        new_teams = GraphNewTeams(client, horizon)
        self.ensure_group = new_teams.ensure_group
        self.ensure_team = new_teams.ensure_team
        self.ask_for_team = new_teams.ask_for_team
        self.find_team = new_teams.find_team
        self.read_new_team = new_teams.read_new_team
        self.remove_team = new_teams.remove_team
        self.post_message = GraphPosts(client).post_message
        self.add_members = GraphMemberBatches(client).add_members
        archiving = GraphArchiving(client, horizon, self.read_channel)
        self.archive_channel = archiving.archive_channel
        self.restore_channel = archiving.restore_channel
        self.remove_members = GraphMemberRemovals(client).remove_members

    async def list_teams(self) -> tuple[Team, ...]:
        """Source: api/user-list-joinedteams.md."""
        call = read_call("/me/joinedTeams", Subject(About.PERSON), {})
        teams = [read_team(item) async for item in self._client.pages(call)]
        return tuple(sorted(teams, key=lambda team: (team.name.casefold(), team.id)))

    async def read_team(self, team: TeamId) -> Team:
        """Source: api/team-get.md."""
        call = read_call("/teams/{team}", Subject(About.TEAM, team=team), {"team": team}, _TEAM_COLUMNS)
        return read_team(await self._client.read(call))

    async def list_channels(self, team: TeamId) -> tuple[Channel, ...]:
        """In the service's order. Columns are named, for `email` makes the service slow.

        Source: api/channel-list.md.
        """
        subject = Subject(About.TEAM, team=team)
        call = read_call("/teams/{team}/channels", subject, {"team": team}, _CHANNEL_COLUMNS)
        return tuple([read_channel(item) async for item in self._client.pages(call)])

    async def read_channel(self, team: TeamId, channel: ChannelId) -> Channel:
        """Source: api/channel-get.md."""
        subject = Subject(About.CHANNEL, channel, team)
        ids = {"team": team, "channel": channel}
        call = read_call("/teams/{team}/channels/{channel}", subject, ids, _CHANNEL_COLUMNS)
        return read_channel(await self._client.read(call))

    async def read_primary_channel(self, team: TeamId) -> Channel:
        """Source: api/team-get-primarychannel.md."""
        subject = Subject(About.TEAM, team=team)
        call = read_call("/teams/{team}/primaryChannel", subject, {"team": team}, _CHANNEL_COLUMNS)
        return read_channel(await self._client.read(call))

    async def ensure_channel(
        self, team: TeamId, new: NewChannel, marker: str, description: str, owner: PersonId
    ) -> tuple[Channel, bool]:
        """Ours by the marker in its description, and by nothing else; made when no channel has the name.

        A channel that was perhaps made is looked for until the horizon before another is made: meanwhile AnswerLost.
        Source: replay table C3; api/channel-post.md.
        """
        name = new.name
        found = await self._find_ours(team, name, marker)
        if found is not None:
            return found, True
        if self._horizon.is_open(marker):
            raise AnswerLost(SERVICE, "not_visible_yet")
        text = description if marker in description else f"{description} {marker}".strip()
        try:
            return await self._create_channel(team, new, text, owner), True
        except AnswerLost:
            self._horizon.note(marker)
            raise
        except UpstreamRefused as refused:
            if refused.service_code != NAME_TAKEN:
                raise
            return await self._after_name_taken(team, name, marker), True

    async def _find_ours(self, team: TeamId, name: str, marker: str) -> Channel | None:
        channels = await self.list_channels(team)
        ours = [channel for channel in channels if marker in channel.description]
        if len(ours) > 1:
            rows = tuple(Row("channel", channel.name, channel.id, channel.address) for channel in ours)
            raise ChannelAmbiguous(name, rows)
        if ours:
            self._horizon.close(marker)
            return ours[0]
        taken = {channel.name.casefold() for channel in channels}
        if name.casefold() in taken:
            raise ChannelNameTaken(name, team, propose_free_name(name, taken))
        return None

    async def _create_channel(self, team: TeamId, new: NewChannel, description: str, owner: PersonId) -> Channel:
        """A shared channel is only accepted, and made in the service's own time. Source: graph.md section 4.2."""
        body: dict[str, object] = {
            "displayName": new.name,
            "description": description,
            "membershipType": new.kind.value,
        }
        if new.kind is not ChannelKind.STANDARD:
            body["members"] = [owning_member(self._client.base, owner)]
        if new.share_with:
            body["sharedWithTeams"] = [{"id": one.id} for one in new.share_with]
        subject = Subject(About.TEAM, team=team)
        headers = {"prefer": "include-unknown-enum-members"}
        call = Call("POST", "/teams/{team}/channels", subject, {"team": team}, body=body, headers=headers)
        answer = await self._client.send(call)
        if answer.status == 202:
            raise AnswerLost(SERVICE, "accepted", answer.request_id)
        return read_channel(answer.wild())

    async def remove_channel(self, team: TeamId, channel: ChannelId) -> None:
        """Restorable for thirty days; its folder stays in the library. Source: api/channel-delete.md."""
        ids, subject = {"team": team, "channel": channel}, Subject(About.OWNED, channel, team)
        call = Call("DELETE", "/teams/{team}/channels/{channel}", subject, ids, repeatable=True, expects=(404,))
        await self._client.send(call)

    async def _after_name_taken(self, team: TeamId, name: str, marker: str) -> Channel:
        """The name is taken by a channel that the list did not show: ours not yet visible, or one deleted lately."""
        found = await self._find_ours(team, name, marker)
        if found is not None:
            return found
        if self._horizon.is_noted(marker) and not self._horizon.is_open(marker):
            self._horizon.close(marker)
            raise ChannelNameTaken(name, team, propose_free_name(name, {name.casefold()}))
        self._horizon.note(marker)
        raise AnswerLost(SERVICE, NAME_TAKEN)

    async def read_files_folder(self, team: TeamId, channel: ChannelId) -> Folder:
        """The channel's folder; the first call for a new channel starts its making.

        Not found means "not yet" as long as the channel itself is there.
        Source: api/channel-get-filesfolder.md; graph.md section 4.3.
        """
        found = await self.find_files_folder(team, channel)
        if found is None:
            waiting = await self.read_channel(team, channel)
            raise StillPreparing(SERVICE, "filesFolder", what=waiting.name)
        return found

    async def find_files_folder(self, team: TeamId, channel: ChannelId) -> Folder | None:
        """The same; None when it is not there yet, or the channel is not."""
        subject = Subject(About.FILE, channel, team)
        ids = {"team": team, "channel": channel}
        try:
            item = await self._client.read(read_call("/teams/{team}/channels/{channel}/filesFolder", subject, ids))
        except FileUnknown:
            return None
        return read_folder(item, await self._library_of(item, subject))

    async def _library_of(self, item: Wild, subject: Subject) -> Wild:
        """The library's id and address, perhaps from the shelf: libraries seldom move."""
        drive = item.child("parentReference").text("driveId")
        kept = self._shelf.find(f"library {drive}")
        if kept:
            return Wild({"id": drive, "webUrl": kept})
        call = read_call("/drives/{drive}", subject, {"drive": drive}, {"$select": "id,webUrl"})
        found = await self._client.read(call)
        self._shelf.put(f"library {drive}", found.text("webUrl"))
        return found


def owning_member(base: str, person: PersonId) -> dict[str, object]:
    """Somebody as the owner of a channel to be made. Source: api/channel-post.md."""
    return {
        "@odata.type": "#microsoft.graph.aadUserConversationMember",
        "roles": ["owner"],
        "user@odata.bind": f"{base}/users({literal(person)})",
    }
