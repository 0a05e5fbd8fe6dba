"""Archiving a channel and restoring it. Source: api/channel-archive.md, channel-unarchive.md."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from liaison.domain.names import ChannelId, TeamId
from liaison.domain.teams import Channel
from liaison.errors import StillPreparing
from liaison.graph.client import Call, GraphClient
from liaison.graph.errors import SERVICE, About, Subject
from liaison.graph.horizon import Horizon

_CHANNEL = "/teams/{team}/channels/{channel}"

ReadChannel = Callable[[TeamId, ChannelId], Awaitable[Channel]]


class GraphArchiving:
    """As one person, who must be an owner of the team. The service works in its own time: the channel says when."""

    def __init__(self, client: GraphClient, horizon: Horizon, read_channel: ReadChannel) -> None:
        self._client, self._horizon, self._read_channel = client, horizon, read_channel

    async def archive_channel(self, team: TeamId, channel: ChannelId) -> None:
        """Archived with files that members may only read; archived already is done.

        Raises StillPreparing until it is, ChannelGone, NotTeamOwner, ConsentNotGranted.
        """
        body = {"shouldSetSpoSiteReadOnlyForMembers": True}
        await self._ensure(team, channel, f"{_CHANNEL}/archive", body, archived=True)

    async def restore_channel(self, team: TeamId, channel: ChannelId) -> None:
        """In use again; in use already is done. Raises the same."""
        await self._ensure(team, channel, f"{_CHANNEL}/unarchive", None, archived=False)

    async def _ensure(self, team: TeamId, channel: ChannelId, path: str, body: object, *, archived: bool) -> None:
        """What was asked for lately is not asked for again: a second operation would be begun beside the first."""
        key = f"{path} {channel}"
        found = await self._read_channel(team, channel)
        if found.is_archived is not archived and not self._horizon.is_open(key):
            self._horizon.close(key)
            subject, ids = Subject(About.OWNED, channel, team), {"team": team, "channel": channel}
            await self._client.send(Call("POST", path, subject, ids, body=body))
            self._horizon.note(key)
            found = await self._read_channel(team, channel)
        if found.is_archived is not archived:
            raise StillPreparing(SERVICE, "isArchived", what=found.name)
        self._horizon.close(key)
