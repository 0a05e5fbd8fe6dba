"""What becomes of a link's channel when its record is closed, and whether a record is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from liaison.domain.names import TableName


class OnClose(StrEnum):
    """Chosen when the link is made, and never changed by a later setting."""

    KEEP = "keep"
    ARCHIVE = "archive"
    """The channel is archived when the record is closed and restored when it is reopened."""


@dataclass(frozen=True)
class Archive:
    """Whether the link's channel is archived, as far as Liaison knows.

    `asked` says that archiving was intended while the channel was still in use: whatever archived it afterwards was
    our doing. `is_ours` is that it was; only then is it restored by itself.
    """

    at: datetime | None = None
    is_ours: bool = False
    asked: bool = False

    @property
    def is_archived(self) -> bool:
        return self.at is not None


NOT_ARCHIVED = Archive()

_OPEN_STATES: dict[str, frozenset[int]] = {
    "lead": frozenset({0, 1}),
    "quote": frozenset({0, 1}),
    "salesorder": frozenset({0, 1}),
    "knowledgearticle": frozenset({0, 1, 2, 3}),
    "kbarticle": frozenset({1, 2, 3}),
    "appointment": frozenset({0, 3}),
}
"""States in which a record is still worked on, where that is not state 0 alone. A qualified lead goes on as its
opportunity. Source: dataverse.md section 1.6."""
_OPEN = frozenset({0})
_NEVER_CLOSED = frozenset(
    {"annotation", "businessunit", "category", "competitor", "opportunityproduct", "salesliterature", "team"}
)
"""Tables whose records have no state."""


def can_be_closed(table: TableName) -> bool:
    """Do records of this table come to an end?"""
    return table not in _NEVER_CLOSED


def is_closed(table: TableName, state: int | None) -> bool:
    """Is a record in this state resolved, won, lost, cancelled or deactivated? None stands for a table without."""
    return state is not None and state not in _OPEN_STATES.get(table, _OPEN)
