"""Documents of the API about links that follow their records, and about what is proposed to owners of teams."""

from __future__ import annotations

from datetime import datetime

from liaison.api.shapes import ProblemShape, Shape
from liaison.domain.proposals import Cause, ProposalKind, ProposalState


class ProposalShape(Shape):
    """Somebody whom an owner of a team may add or remove."""

    id: str
    kind: ProposalKind
    cause: Cause
    text: str
    """Why it is proposed, and what approving does."""
    link: str
    team: str
    team_name: str
    channel: str | None
    """The channel whose people are meant; null when it is about the whole team."""
    channel_name: str
    """The channel that the record is connected to."""
    person: str
    name: str
    at: datetime
    state: ProposalState
    state_text: str
    answered_by: str
    answered_at: datetime | None


class ProposalsShape(Shape):
    items: tuple[ProposalShape, ...]


class FollowingShape(Shape):
    """Whether a link follows its record."""

    is_followed: bool
    seen_at: datetime | None
    """When the people of the record were looked at last; null before the first look."""
    not_followed_since: datetime | None
    problem: ProblemShape | None
    """Why the link is not followed at present."""
