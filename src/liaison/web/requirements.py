"""A prerequisite as pages show it: its state in words, its rows, what to do, and where the help is."""

from __future__ import annotations

from dataclasses import dataclass

from liaison.domain.diagnosis import sentences_of
from liaison.domain.readiness import Check
from liaison.domain.remedy import ACTS
from liaison.errors import Row
from liaison.web import addresses
from liaison.web.visit import Visit

SHOWN_ROWS = 5
_TOPICS = {
    "readiness.unmanaged_devices": "unmanaged-devices",
    "readiness.licence_dynamics": "licences",
    "readiness.licence_teams": "licences",
    "readiness.role_system_administrator": "roles",
    "readiness.role_global_administrator": "roles",
}


@dataclass(frozen=True)
class Requirement:
    """One line of a checklist. `state` is a CheckState; `more` counts the rows that are not shown."""

    title: str
    state: str
    state_text: str
    text: str
    remedy: str
    help: str
    rows: tuple[Row, ...] = ()
    more: int = 0
    fix: str = ""
    """Where the remedy is shown; empty when there is none from here."""


def show_check(check: Check, visit: Visit, remedy: str = "") -> Requirement:
    """`remedy` is the address of the remedies of the environment."""
    words = sentences_of(check)
    facts = {**dict(check.facts), "problem": visit.say(f"error.{check.trouble}.title") if check.trouble else ""}
    rows = check.rows[:SHOWN_ROWS]
    return Requirement(
        title=visit.say(words.title),
        state=check.state.value,
        state_text=visit.say(words.state),
        text=visit.say(words.text, **facts),
        remedy=visit.say(words.remedy, **facts) if words.remedy else "",
        help=addresses.help_topic(_TOPICS.get(check.code, "prerequisites")),
        rows=rows,
        more=max(check.total, len(check.rows)) - len(rows),
        fix=f"{remedy}?code={check.code}" if remedy and words.remedy and check.code in ACTS else "",
    )
