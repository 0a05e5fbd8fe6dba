"""Messages that Liaison posts in a channel, in a person's name; it reads none."""

from __future__ import annotations

from html import escape

from liaison.domain.names import ChannelId, TeamId
from liaison.graph.client import Call, GraphClient
from liaison.graph.errors import About, Subject


class GraphPosts:
    """Source: graph.md section 8."""

    def __init__(self, client: GraphClient) -> None:
        self._client = client

    async def post_message(self, team: TeamId, channel: ChannelId, text: str) -> None:
        """Plain text: lines stay lines, and nothing in it is markup. Source: api/channel-post-messages.md."""
        content = escape(text, quote=False).replace("\n", "<br>")
        body = {"body": {"contentType": "html", "content": content}}
        subject, ids = Subject(About.CHANNEL, channel, team), {"team": team, "channel": channel}
        await self._client.send(Call("POST", "/teams/{team}/channels/{channel}/messages", subject, ids, body=body))
