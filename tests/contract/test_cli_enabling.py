"""Enabling from the command line, as an administrator and as a seller do it, against a demo of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from liaison.tenant.seeds import company
from tests.contract.command_line import CommandLine
from tests.contract.demo_process import Demo, running_demo

NOT_READY, NOT_ALLOWED, CONFLICT = 6, 4, 6
SERVICE = ("-e", "contoso-service")
RENEWAL = "Northwind renewal"


@pytest.fixture(scope="module")
def own_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with running_demo(tmp_path_factory.mktemp("enabling")) as demo:
        demo.control("POST", "/switches", {"dataverse.teams_flag_delay_s": 0})
        yield demo


@pytest.fixture(scope="module")
def nadia(own_demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    return own_demo.command_line(tmp_path_factory.mktemp("nadia"), "Nadia")


@pytest.fixture(scope="module")
def claire(own_demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    return own_demo.command_line(tmp_path_factory.mktemp("claire"), "Claire")


@pytest.mark.statement("S11", "F03", "F72")
def test_the_doctor_names_the_rows_and_leaves_with_a_code_of_its_own(nadia: CommandLine) -> None:
    ended = nadia("doctor", *SERVICE)
    assert ended.code == NOT_READY
    assert "Active SharePoint sites" in ended.out
    assert "liaison mend" in ended.err
    assert nadia("doctor").code == 0


@pytest.mark.statement("S12", "S13", "S14", "F04")
def test_enabling_is_refused_mended_exported_applied_and_undone(nadia: CommandLine, tmp_path: Path) -> None:
    refused = nadia("enable", "basic", *SERVICE)
    assert refused.code == CONFLICT
    assert "readiness.not_ready" in refused.err
    assert len(re.findall(r"^  (?:SharePoint site|Document location|Setting): ", refused.err, re.MULTILINE)) == 4

    export = tmp_path / "locations.json"
    dry = nadia("mend", *SERVICE, "--code", "readiness.absolute_location", "--export", str(export))
    assert dry.code == 0
    assert "Nothing was changed" in dry.err
    rows = json.loads(export.read_text("utf-8"))
    assert len(rows) == 2
    assert all(row["content"]["absoluteurl"].startswith("https://") for row in rows)
    assert nadia("doctor", *SERVICE).code == NOT_READY

    codes = [
        part
        for name in ("onedrive_enabled", "active_site", "absolute_location")
        for part in ("--code", f"readiness.{name}")
    ]
    applied = nadia("mend", *SERVICE, *codes, "--apply", "--json")
    assert applied.code == 0
    assert nadia("enable", "basic", *SERVICE).code == 0
    assert nadia("disable", *SERVICE).code == 0
    undone = nadia("mend", *SERVICE, "--undo", json.loads(applied.out)["id"])
    assert undone.code == 0
    assert nadia("doctor", *SERVICE).code == NOT_READY


@pytest.mark.statement("S29")
def test_enhanced_without_the_tenants_consent_names_what_is_missing(nadia: CommandLine, claire: CommandLine) -> None:
    ended = nadia("enable", "enhanced")
    assert ended.code == NOT_ALLOWED
    assert "consent.not_granted" in ended.err
    seller = claire("enable", "basic")
    assert seller.code == NOT_ALLOWED
    assert "role.missing" in seller.err


@pytest.mark.statement("S04", "F06", "F72")
def test_tables_are_listed_and_switched(nadia: CommandLine) -> None:
    assert "opportunity" in nadia("tables").out
    assert "contoso_visit" not in nadia("tables").out
    assert "contoso_visit" in nadia("tables", "--all").out
    on = nadia("tables", "contoso_visit", "--on")
    assert (on.code, on.out.strip()) == (0, "Visits is on.")
    assert nadia("tables", "contoso_visit", "--off").code == 0
    refused = nadia("tables", "activityparty", "--on")
    assert refused.code == CONFLICT
    assert "table.not_switchable" in refused.err


def test_why_a_seller_cannot_link_a_record(nadia: CommandLine, claire: CommandLine) -> None:
    own = claire("why", "opportunity", RENEWAL)
    assert own.code == NOT_READY
    assert "Linking of records to Microsoft Teams channels is turned off in Contoso Sales." in own.out
    upn = company.person("Claire").upn
    about = nadia("--language", "fr", "why", "opportunity", RENEWAL, "--person", upn)
    assert "désactivée dans Contoso Sales" in about.out
    assert claire("why", "opportunity", RENEWAL, "--person", company.person("Nadia").upn).code == NOT_ALLOWED


@pytest.mark.statement("F10", "F11")
def test_the_ladder_of_consent_is_shown_with_where_to_climb_it(claire: CommandLine) -> None:
    ended = claire("consent")
    assert ended.code == 0
    assert "Add members (user sync)" in ended.out
    assert "Post in channels" in ended.out.partition("More that can be allowed")[2]
    assert "/power-apps/environments/contoso-sales/settings/teams-integration" in ended.err


@pytest.mark.statement("F34")
def test_who_labels_for_others_is_said_and_refused_without_role_or_permission(
    claire: CommandLine, nadia: CommandLine
) -> None:
    ended = claire("labeller")
    assert (ended.code, "Nobody sets labels on behalf of others." in ended.out) == (0, True)
    assert claire("labeller", "--agree").code == NOT_ALLOWED
    assert "Group.ManageProtection.All" in nadia("labeller", "--agree").err


@pytest.mark.statement("S35")
def test_the_ledger_says_that_the_promise_was_kept(nadia: CommandLine, claire: CommandLine) -> None:
    ended = nadia("calls")
    assert ended.code == 0
    assert "Every call was promised." in ended.err
    assert claire("calls").code == NOT_ALLOWED
