"""How an unmet prerequisite is mended: what would change, what it was before, and whether it can be taken back."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from liaison.domain.names import EnvironmentKey, Person
from liaison.domain.readiness import Check, CheckState
from liaison.errors import Row


class Act(StrEnum):
    """What is done to one row. Only the last cannot be taken back by Liaison."""

    TURN_OFF_ONEDRIVE = "turn_off_onedrive"
    DEACTIVATE_SITE = "deactivate_site"
    DELETE_LOCATION = "delete_location"
    TURN_ON_DOCUMENTS = "turn_on_documents"


ACTS: Mapping[str, Act] = {
    "readiness.onedrive_enabled": Act.TURN_OFF_ONEDRIVE,
    "readiness.active_site": Act.DEACTIVATE_SITE,
    "readiness.absolute_location": Act.DELETE_LOCATION,
    "readiness.document_management": Act.TURN_ON_DOCUMENTS,
}
"""What mends which check; the other checks need a person elsewhere."""

UNDOABLE = frozenset({Act.TURN_OFF_ONEDRIVE, Act.DEACTIVATE_SITE, Act.DELETE_LOCATION})


class ChangeState(StrEnum):
    PLANNED = "planned"
    DONE = "done"
    UNDONE = "undone"


@dataclass(frozen=True)
class Change:
    """One change to one row. `content` is the whole row as it was, kept so that a deleted one can be put back."""

    act: Act
    row: Row
    content: Mapping[str, Any] | None = None
    state: ChangeState = ChangeState.PLANNED

    @property
    def can_be_undone(self) -> bool:
        return self.act in UNDOABLE


@dataclass(frozen=True)
class RemedyPlan:
    """What mending these checks would change now. `mark` is the same as long as the changes are."""

    codes: tuple[str, ...]
    changes: tuple[Change, ...]

    @property
    def mark(self) -> str:
        parts = [f"{change.act.value} {change.row.id} {change.row.detail}" for change in self.changes]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Mending:
    """A remedy that was applied, with everything needed to take it back."""

    id: str
    environment: EnvironmentKey
    by: Person
    at: datetime
    changes: tuple[Change, ...]

    @property
    def is_finished(self) -> bool:
        return all(change.state is not ChangeState.PLANNED for change in self.changes)

    @property
    def can_be_undone(self) -> bool:
        return any(change.can_be_undone and change.state is ChangeState.DONE for change in self.changes)


def plan_remedy(checks: tuple[Check, ...], codes: tuple[str, ...] = ()) -> RemedyPlan:
    """The changes that would mend the checks of these codes; those of every unmet check when none is named.

    What only needs attention is mended when it is named.
    """
    wanted = [
        check
        for check in checks
        if check.code in ACTS
        and (
            check.state is CheckState.UNMET
            if not codes
            else check.code in codes and check.state in (CheckState.UNMET, CheckState.ATTENTION)
        )
    ]
    changes = tuple(Change(ACTS[check.code], row) for check in wanted for row in check.rows)
    return RemedyPlan(tuple(check.code for check in wanted), changes)
