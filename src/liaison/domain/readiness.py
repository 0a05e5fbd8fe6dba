"""May linking be switched on? Facts in, findings out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from liaison.errors import Row

SERVICE_CODE = "800503ca"


class Deployment(StrEnum):
    ONLINE = "online"
    ON_PREMISES = "on_premises"


@dataclass(frozen=True)
class Switches:
    """The environment's own switches. `version` is the row version they were read at.

    `changed_by` is the name of whoever changed the organization row last.
    """

    basic: bool
    enhanced: bool
    user_sync: bool
    version: str
    changed_by: str = ""


@dataclass(frozen=True)
class ReadinessFacts:
    """What the checks need to know of one environment.

    `sites` are active SharePoint site rows, `absolute_locations` document locations with an absolute address
    (each list is capped; the counts say how many there are in all).
    """

    deployment: Deployment
    sharepoint_configured: bool
    onedrive_enabled: bool
    sites: tuple[Row, ...]
    absolute_locations: tuple[Row, ...]
    solution_present: bool = True
    site_count: int = 0
    absolute_location_count: int = 0
    clock_skew_s: float | None = None
    """How far the service's clock is ahead of ours; None when it did not say."""


class CheckState(StrEnum):
    MET = "met"
    UNMET = "unmet"
    ATTENTION = "attention"
    """Linking can be switched on; something may get in the way of some people or records."""
    UNKNOWN = "unknown"
    """Could not be read; never shown as met."""
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True)
class Check:
    """One prerequisite: its code, its state and the rows that say so.

    `total` is how many rows there are in all when `rows` shows only the first; `trouble` is the code of the error for
    which it could not be read; `facts` are what its sentences may name.
    """

    code: str
    state: CheckState
    rows: tuple[Row, ...] = ()
    total: int = 0
    trouble: str = ""
    facts: tuple[tuple[str, str], ...] = ()


def judge_readiness(facts: ReadinessFacts) -> tuple[Check, ...]:
    """Every check with its state. The three causes of 800503ca count only while SharePoint is not configured.

    Source: enable record linking, prerequisites; mission S11 to S15.
    """
    bites = facts.deployment is Deployment.ONLINE and not facts.sharepoint_configured

    def cause(code: str, met: bool, rows: tuple[Row, ...], total: int = 0) -> Check:
        if not bites:
            return Check(code, CheckState.NOT_APPLICABLE)
        if met:
            return Check(code, CheckState.MET)
        return Check(code, CheckState.UNMET, rows, max(total, len(rows)))

    onedrive = (Row("setting", "OneDrive", detail="isonedriveenabled"),)
    return (
        _met("readiness.solution", facts.solution_present),
        _met("readiness.sharepoint_on_premises", facts.deployment is Deployment.ONLINE),
        cause("readiness.onedrive_enabled", not facts.onedrive_enabled, onedrive),
        cause("readiness.active_site", not facts.sites, facts.sites, facts.site_count),
        cause(
            "readiness.absolute_location",
            not facts.absolute_locations,
            facts.absolute_locations,
            facts.absolute_location_count,
        ),
    )


def _met(code: str, met: bool) -> Check:
    return Check(code, CheckState.MET if met else CheckState.UNMET)


def unmet(checks: tuple[Check, ...]) -> tuple[Check, ...]:
    return tuple(check for check in checks if check.state is CheckState.UNMET)


_ROW_KINDS = {
    "readiness.onedrive_enabled": "setting",
    "readiness.active_site": "site",
    "readiness.absolute_location": "location",
}


def rows_of(code: str, rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Those of a refusal's rows that are about this check."""
    return tuple(row for row in rows if row.kind == _ROW_KINDS.get(code))


def service_code(checks: tuple[Check, ...]) -> str:
    """What Dataverse answers for these checks: one code for three causes, and none for the others."""
    return SERVICE_CODE if any(check.code in _ROW_KINDS for check in unmet(checks)) else ""
