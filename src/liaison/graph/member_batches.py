"""Adding many people to a team at once. Source: graph.md section 3.6; replay table C4."""

from __future__ import annotations

from collections.abc import Sequence

from liaison.domain.names import PersonId, TeamId
from liaison.domain.teams import NotAdded
from liaison.errors import UpstreamThrottled
from liaison.graph.client import Call, GraphClient
from liaison.graph.errors import SERVICE, About, Subject
from liaison.graph.tabs import literal
from liaison.wire.wild import Wild

_THROTTLED = frozenset({"TooManyRequests", "429", "activityLimitReached"})
_REASONS = {"NotFound": "member_unknown", "Forbidden": "member_not_owner", "Conflict": ""}


class GraphMemberBatches:
    """As one person, who must be an owner of the team."""

    def __init__(self, client: GraphClient) -> None:
        self._client = client

    async def add_members(self, team: TeamId, people: Sequence[PersonId]) -> tuple[NotAdded, ...]:
        """200 when all were added, 207 when some were not. Source: api/conversationmembers-add.md."""
        if not people:
            return ()
        values = [
            {
                "@odata.type": "#microsoft.graph.aadUserConversationMember",
                "roles": [],
                "user@odata.bind": f"{self._client.base}/users({literal(person)})",
            }
            for person in people
        ]
        subject = Subject(About.OWNED, team=team)
        ids, body = {"team": team}, {"values": values}
        call = Call("POST", "/teams/{team}/members/add", subject, ids, body=body, repeatable=True)
        answer = await self._client.read(call)
        return tuple(found for found in map(_read_refusal, answer.list("value")) if found is not None)


def _read_refusal(wild: Wild) -> NotAdded | None:
    """None for somebody who was added, or who was a member already."""
    error = wild.opt_child("error")
    code = error.opt_text("code")
    if not code or "already" in error.opt_text("message").lower():
        return None
    if code in _THROTTLED:
        raise UpstreamThrottled(SERVICE, code, wait_s=15.0)
    reason = _REASONS.get(code, "member_refused")
    return NotAdded(PersonId(wild.opt_text("userId")), reason) if reason else None
