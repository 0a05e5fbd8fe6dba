"""Documents of the API about enabling: readiness, remedies, tables, reasons, consent and calls."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import ConfigDict, Field

from liaison.api.shapes import CheckShape, PersonShape, RowShape, Shape
from liaison.domain.consent import Rung
from liaison.domain.remedy import Act, ChangeState


class ReadinessShape(Shape):
    """Every prerequisite of one environment, from live data."""

    environment: str
    at: datetime
    is_ready: bool
    """Can the basic switch be turned on, as far as could be read?"""
    checks: tuple[CheckShape, ...]


class WatchShape(Shape):
    """What the daily look at an enabled environment found."""

    checked_at: datetime | None
    broke: tuple[CheckShape, ...]
    """Prerequisites that were met and no longer are."""
    trouble: str
    """The code of the error for which the environment could not be looked at."""


class ChangeShape(Shape):
    """One change to one row: what would be done, or was."""

    act: Act
    text: str
    before: str
    after: str
    row: RowShape
    state: ChangeState
    can_be_undone: bool
    content: dict[str, Any] | None
    """The whole row as it is, where it would be deleted and the content was asked for."""


class RemedyShape(Shape):
    """What mending would change now. Nothing is changed by looking."""

    mark: str
    """Send it back to apply exactly these changes."""
    codes: tuple[str, ...]
    changes: tuple[ChangeShape, ...]


class RemedyBody(Shape):
    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"examples": [{"mark": "9f86d081884c7d659a2feaa0c55ad015", "codes": []}]},
    )

    mark: str = Field(min_length=1, max_length=100)
    codes: tuple[str, ...] = Field(default=(), max_length=20)


class MendingShape(Shape):
    """A remedy that was applied."""

    id: str
    at: datetime
    by: PersonShape
    changes: tuple[ChangeShape, ...]
    can_be_undone: bool


class MendingsShape(Shape):
    items: tuple[MendingShape, ...]


class TableShape(Shape):
    """A table as its metadata stands now."""

    name: str
    label: str
    plural: str
    is_custom: bool
    is_default: bool
    """One of the record types that are on from the start."""
    can_be_switched: bool
    collaboration: bool
    document_management: bool
    is_ready: bool
    """Can its records be linked?"""


class TablesShape(Shape):
    items: tuple[TableShape, ...]


class TableBody(Shape):
    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [{"collaboration": True}]})

    collaboration: bool


class TableSwitchShape(Shape):
    """What became of a switch."""

    table: TableShape
    wanted: bool
    is_settled: bool
    """Does the metadata already say what was asked for? It may take a minute."""
    service_said_yes: bool
    """The service's own answer, which it also gives for tables that it cannot switch."""


class ReasonsShape(Shape):
    """Everything between one person and linking one record."""

    record: str
    person: str
    is_own: bool
    checks: tuple[CheckShape, ...]


class RungShape(Shape):
    """One step of the ladder of consent. `is_extra` steps are allowed one by one, and linking goes on without them."""

    rung: Rung
    text: str
    scopes: tuple[str, ...]
    missing: tuple[str, ...]
    is_granted: bool
    is_extra: bool
    about: str
    """What an extra is for; empty for the others."""


class LadderShape(Shape):
    """The ladder as the asker's own token shows it."""

    items: tuple[RungShape, ...]


class CallShape(Shape):
    """One outbound call: its address is a template; no id, body or token is kept."""

    number: int
    at: datetime
    service: str
    method: str
    host: str
    path: str
    status: int
    """0 when no answer came."""
    ms: float
    feature: str
    """Empty for a call that was never promised; such a call is refused before it leaves."""


class CallTotalShape(Shape):
    feature: str
    service: str
    method: str
    path: str
    count: int


class CallsShape(Shape):
    totals: tuple[CallTotalShape, ...]
    outside: int
    """Calls that were never promised."""
    items: tuple[CallShape, ...]
    next: str | None
