"""What the local tenant answers is shown by tests: no built operation without one."""

from __future__ import annotations

import re

from tests.coverage_of_operations import foreign_client, merge, render
from tests.house.sources import ROOT
from tests.listed_operations import listed_operations

PAGE = ROOT / "docs" / "local-tenant" / "coverage.md"
ROW = re.compile(r"^\| `(?P<name>[^`]+)` \| (?P<built>yes|501) \| \d+ \| [^|]* \| (?P<tests>none|\d+:.*?) \| [^|]* \|$")
WITHOUT_TEST: dict[str, str] = {}
"""Built operations that no test exercises, each with the reason."""


def rows() -> list[re.Match[str]]:
    found = [ROW.match(line) for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert all(found)
    return [row for row in found if row is not None]


def test_every_built_operation_is_exercised_by_a_test() -> None:
    bare = {row["name"] for row in rows() if row["built"] == "yes" and row["tests"] == "none"}
    still_listed = {one.name for one in listed_operations() if one.built}
    assert sorted((bare & still_listed) - set(WITHOUT_TEST)) == []


def test_the_exceptions_are_operations_that_still_have_no_test() -> None:
    bare = {row["name"] for row in rows() if row["tests"] == "none"}
    assert sorted(set(WITHOUT_TEST) - bare) == []


def test_a_foreign_client_is_known_by_the_tests_that_drive_it() -> None:
    assert foreign_client("tests/sdk/test_msgraph_sdk_teams.py::test_x", "python-httpx/0.28") == "msgraph-sdk (Python)"
    assert foreign_client("tests/sdk/test_msal_node.py::test_x", "node") == "@azure/msal-node"
    assert foreign_client("tests/sdk/test_msal.py::test_x", "python-httpx2/2.0") == ""
    assert foreign_client("tests/tenant/test_app.py::test_x", "curl") == ""


def test_a_test_that_runs_again_counts_anew_and_one_that_is_gone_no_more() -> None:
    name = "tests/house/test_operations.py::test_x"
    old = {name: {"GET /a": [""]}, "tests/gone.py::test_y": {"GET /b": [""]}}
    assert merge(old, {name: {"GET /c": [""]}}) == {name: {"GET /c": [""]}}
    assert merge(old, {}) == {name: {"GET /a": [""]}}


def test_the_page_counts_operations_tests_and_clients() -> None:
    listed = listed_operations()
    one = listed[0]
    page = render(listed, {"tests/sdk/test_msal.py::test_x": {one.name: ["", "msal (Python)"]}})
    assert f"| documented and listed here | {len(listed)} |" in page
    assert "| built, exercised by a test | 1 |" in page
    assert "| … by msal (Python) | 1 |" in page
    assert f"| `{one.name}` | yes | 1 | {one.source} | 1: `sdk/test_msal.py::test_x` | msal (Python) |" in page
