"""Documents of the API about filing channel messages to the timeline."""

from __future__ import annotations

from datetime import datetime

from pydantic import ConfigDict, Field

from liaison.api.shapes import PersonShape, ProblemShape, Shape
from liaison.domain.listening import ListeningState


class FilingBody(Shape):
    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [{"reaction": "📌"}]})

    reaction: str = Field(default="", max_length=20)
    """One of the reactions that may be chosen; the usual one when it is empty."""


class ListeningShape(Shape):
    """Whether Microsoft tells Liaison of changes in one channel."""

    team: str
    channel: str
    state: ListeningState
    text: str
    ends_at: datetime | None
    """Until when it is promised; it is renewed well before."""
    next_try_at: datetime | None
    """When it failed: when it is tried again."""
    trouble: ProblemShape | None
    unheard_at: datetime | None
    """When it was last learnt that Microsoft may not have told of every reaction."""


class FilingShape(Shape):
    """Filing in one environment."""

    environment: str
    is_on: bool
    reaction: str
    reactions: tuple[str, ...]
    """Those that may be chosen, the usual one first."""
    by: PersonShape | None
    at: datetime | None
    barrier: ProblemShape | None
    """Why the asker cannot switch it on."""
    channels: tuple[ListeningShape, ...]


class NotFiledShape(Shape):
    """A message that could not be looked at or filed, by its ids."""

    message: str
    reply: str
    since: datetime
    next_try_at: datetime | None
    """None when it waits for a person to try again."""
    trouble: ProblemShape | None


class LinkFilingShape(Shape):
    """Filing for one link."""

    is_on: bool
    reaction: str
    listening: ListeningShape | None
    filed: int
    """Messages that are on the record’s timeline because of this link."""
    failed: tuple[NotFiledShape, ...]
