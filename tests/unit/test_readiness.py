"""May linking be switched on: each prerequisite, and when it counts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from liaison.domain.readiness import (
    CheckState,
    Deployment,
    ReadinessFacts,
    judge_readiness,
    service_code,
    unmet,
)
from liaison.errors import Row

CONFIGURED = ReadinessFacts(Deployment.ONLINE, True, False, (), ())
UNCONFIGURED = replace(CONFIGURED, sharepoint_configured=False)
SITE = Row("site", "Default Site", "s1", "https://contoso.sharepoint.com")
LOCATION = Row("location", "Absolute", "l1", "https://contoso.sharepoint.com/x")


def states(facts: ReadinessFacts) -> dict[str, CheckState]:
    return {check.code.removeprefix("readiness."): check.state for check in judge_readiness(facts)}


def test_every_check_is_answered_in_one_order() -> None:
    assert list(states(CONFIGURED)) == [
        "solution",
        "sharepoint_on_premises",
        "onedrive_enabled",
        "active_site",
        "absolute_location",
    ]


def test_a_configured_environment_is_ready_whatever_rows_it_has() -> None:
    facts = replace(CONFIGURED, onedrive_enabled=True, sites=(SITE,), absolute_locations=(LOCATION,))
    assert unmet(judge_readiness(facts)) == ()
    assert states(facts)["onedrive_enabled"] is CheckState.NOT_APPLICABLE


def test_a_fresh_environment_without_any_cause_is_ready() -> None:
    assert set(states(UNCONFIGURED).values()) == {CheckState.MET}


@pytest.mark.parametrize(
    ("change", "code", "rows"),
    [
        ({"onedrive_enabled": True}, "readiness.onedrive_enabled", ("isonedriveenabled",)),
        ({"sites": (SITE,)}, "readiness.active_site", (SITE.detail,)),
        ({"absolute_locations": (LOCATION,)}, "readiness.absolute_location", (LOCATION.detail,)),
    ],
)
def test_each_cause_of_800503ca_is_found_with_its_rows(
    change: dict[str, object], code: str, rows: tuple[str, ...]
) -> None:
    checks = judge_readiness(replace(UNCONFIGURED, **change))
    assert [(check.code, tuple(row.detail for row in check.rows)) for check in unmet(checks)] == [(code, rows)]
    assert service_code(checks) == "800503ca"


def test_all_causes_are_named_not_the_first() -> None:
    facts = replace(UNCONFIGURED, onedrive_enabled=True, sites=(SITE,), absolute_locations=(LOCATION, LOCATION))
    checks = unmet(judge_readiness(facts))
    assert [len(check.rows) for check in checks] == [1, 1, 2]


def test_on_premises_is_refused_and_its_rows_are_not_looked_at() -> None:
    facts = replace(UNCONFIGURED, deployment=Deployment.ON_PREMISES, sites=(SITE,))
    checks = judge_readiness(facts)
    assert [check.code for check in unmet(checks)] == ["readiness.sharepoint_on_premises"]
    assert service_code(checks) == ""


def test_without_the_solution_nothing_can_be_linked() -> None:
    checks = unmet(judge_readiness(replace(CONFIGURED, solution_present=False)))
    assert [check.code for check in checks] == ["readiness.solution"]
