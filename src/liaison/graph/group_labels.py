"""The port `GroupLabels` over Graph. Source: graph.md section 3.8; Graph v1.0, api/group-update.md."""

from __future__ import annotations

from liaison.domain.crm import TEAMS_ADMINISTRATOR
from liaison.domain.link import TeamPrivacy
from liaison.domain.names import TeamId
from liaison.errors import LabelUnknown, NotTeamOwner, RoleMissing, StillPreparing, TeamUnknown, UpstreamRefused
from liaison.graph.client import Call, GraphClient, read_call
from liaison.graph.errors import SERVICE, About, Subject
from liaison.wire.wild import Wild

_GROUP = "/groups/{team}"
_COLUMNS = {"$select": "id,visibility,assignedLabels"}


class GraphGroupLabels:
    """As one administrator, whose role Graph asks for beside the permission."""

    def __init__(self, client: GraphClient) -> None:
        self._client = client

    async def has_label(self, team: TeamId, label: str) -> bool:
        group = await self._read(team)
        return label.casefold() in {one.text("labelId").casefold() for one in group.opt_list("assignedLabels")}

    async def ensure_label(self, team: TeamId, label: str) -> bool:
        """Looked for before it is set; a group of the last minutes may not be known everywhere."""
        if await self.has_label(team, label):
            return False
        body = {"assignedLabels": [{"labelId": label}]}
        call = Call("PATCH", _GROUP, Subject(About.OWNED, team=team), {"team": team}, body=body, repeatable=True)
        try:
            await self._client.send(call)
        except NotTeamOwner:
            raise RoleMissing(TEAMS_ADMINISTRATOR) from None
        except TeamUnknown:
            raise StillPreparing(SERVICE, "group_too_young", what="team") from None
        except UpstreamRefused as refused:
            if refused.http_status == 400:
                raise LabelUnknown(label) from refused
            raise
        return True

    async def read_privacy(self, team: TeamId) -> TeamPrivacy:
        is_public = (await self._read(team)).opt_text("visibility").casefold() == TeamPrivacy.PUBLIC.value
        return TeamPrivacy.PUBLIC if is_public else TeamPrivacy.PRIVATE

    async def _read(self, team: TeamId) -> Wild:
        call = read_call(_GROUP, Subject(About.OWNED, team=team), {"team": team}, _COLUMNS)
        try:
            return await self._client.read(call)
        except TeamUnknown:
            raise StillPreparing(SERVICE, "group_too_young", what="team") from None
