"""Readiness, remedies, tables, reasons, consent and calls, over the API of a demo of its own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from liaison.domain.consent import EXTRAS, Rung
from liaison.tenant.seeds import company
from tests.contract.demo_process import Demo, running_demo

SERVICE, SALES = "/environments/contoso-service", "/environments/contoso-sales"
RENEWAL = "8c5ec5f2-ab66-5801-9aaa-000000000001"
CAUSES = ["readiness.onedrive_enabled", "readiness.active_site", "readiness.absolute_location"]


@pytest.fixture(scope="module")
def own_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo as it is on a fresh machine: nothing switched on, nothing consented."""
    with running_demo(tmp_path_factory.mktemp("enabling")) as demo:
        yield demo


@pytest.fixture(scope="module")
def nadia(own_demo: Demo) -> Iterator[httpx2.Client]:
    with own_demo.api("Nadia") as client:
        yield client


@pytest.fixture(scope="module")
def claire(own_demo: Demo) -> Iterator[httpx2.Client]:
    with own_demo.api("Claire", "fr") as client:
        yield client


def read(client: httpx2.Client, path: str, **query: Any) -> Any:
    return client.get(path, params=query).raise_for_status().json()


def check(readiness: Any, code: str) -> Any:
    return next(one for one in readiness["checks"] if one["code"] == code)


@pytest.mark.statement("S11", "F02", "F03")
def test_every_check_comes_in_one_pass_with_its_rows(nadia: httpx2.Client) -> None:
    found = read(nadia, f"{SERVICE}/readiness")
    assert not found["is_ready"]
    assert [one["code"] for one in found["checks"] if one["state"] == "unmet"] == CAUSES
    assert [row["kind"] for row in check(found, "readiness.active_site")["rows"]] == ["site"]
    assert all(one["title"] and one["text"] for one in found["checks"])
    assert check(found, "readiness.unmanaged_devices")["state"] == "unknown"
    assert check(found, "readiness.clock")["state"] == "met"


@pytest.mark.statement("S12", "S13", "S14")
def test_switching_on_is_refused_with_every_cause_and_changes_nothing(nadia: httpx2.Client) -> None:
    before = read(nadia, f"{SERVICE}/collaboration")["switches"]
    wanted = {"basic": True, "enhanced": False, "version": before["version"]}
    refused = nadia.put(f"{SERVICE}/collaboration", json=wanted)
    assert refused.status_code == 409
    assert refused.json()["facts"]["service_code"] == "800503ca"
    assert refused.json()["facts"]["findings"] == CAUSES
    assert read(nadia, f"{SERVICE}/collaboration")["switches"] == before


@pytest.mark.statement("S14", "F04", "F66")
def test_a_remedy_is_shown_applied_and_taken_back(own_demo: Demo, nadia: httpx2.Client) -> None:
    before = read(nadia, f"{SERVICE}/readiness")
    shown = read(nadia, f"{SERVICE}/remedy", code=CAUSES, with_content=True)
    assert [(change["act"], change["state"]) for change in shown["changes"]] == [
        ("turn_off_onedrive", "planned"),
        ("deactivate_site", "planned"),
        ("delete_location", "planned"),
        ("delete_location", "planned"),
    ]
    assert shown["changes"][2]["content"]["absoluteurl"].startswith("https://")
    assert read(nadia, f"{SERVICE}/readiness")["checks"] == before["checks"]

    stale = nadia.post(f"{SERVICE}/remedy", json={"mark": "0" * 32, "codes": CAUSES})
    assert (stale.status_code, stale.json()["code"]) == (409, "remedy.changed")

    mending = nadia.post(f"{SERVICE}/remedy", json={"mark": shown["mark"], "codes": CAUSES}).raise_for_status().json()
    assert {change["state"] for change in mending["changes"]} == {"done"}
    assert read(nadia, f"{SERVICE}/readiness")["is_ready"]
    acts = [line for line in read(nadia, "/audit")["items"] if line["act"].startswith("remedy.")]
    assert {line["act"] for line in acts} == {
        "remedy.turn_off_onedrive",
        "remedy.deactivate_site",
        "remedy.delete_location",
    }
    assert all("Nadia" in line["who"] and "->" in line["detail"] for line in acts)
    assert any("absoluteurl" in line["detail"] for line in acts)

    undone = nadia.post(f"{SERVICE}/remedies/{mending['id']}/undo").raise_for_status().json()
    assert {change["state"] for change in undone["changes"]} == {"undone"}
    again = read(nadia, f"{SERVICE}/readiness")
    assert [one["rows"] for one in again["checks"] if one["code"] in CAUSES] == [
        one["rows"] for one in before["checks"] if one["code"] in CAUSES
    ]
    assert read(nadia, f"{SERVICE}/remedies")["items"][0]["id"] == mending["id"]


def test_only_an_administrator_sees_and_applies_remedies(claire: httpx2.Client) -> None:
    for answer in (
        claire.get(f"{SALES}/remedy"),
        claire.get(f"{SALES}/remedies"),
        claire.post(f"{SALES}/remedy", json={"mark": "0" * 32}),
        claire.put(f"{SALES}/tables/account", json={"collaboration": False}),
        claire.get("/calls"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "role.missing")


@pytest.mark.statement("S04", "F06")
def test_tables_are_switched_and_the_metadata_has_the_word(own_demo: Demo, nadia: httpx2.Client) -> None:
    own_demo.control("POST", "/switches", {"dataverse.teams_flag_delay_s": 0})
    tables = {one["name"]: one for one in read(nadia, f"{SALES}/tables")["items"]}
    assert len([one for one in tables.values() if one["is_default"] and one["collaboration"]]) == 35
    visit = tables["contoso_visit"]
    assert (visit["is_custom"], visit["collaboration"], visit["can_be_switched"]) == (True, False, True)
    on = nadia.put(f"{SALES}/tables/contoso_visit", json={"collaboration": True})
    assert (on.status_code, on.json()["is_settled"], on.json()["table"]["is_ready"]) == (200, True, True)
    off = nadia.put(f"{SALES}/tables/contoso_visit", json={"collaboration": False})
    assert (off.status_code, off.json()["table"]["collaboration"]) == (200, False)
    refused = nadia.put(f"{SALES}/tables/activityparty", json={"collaboration": True})
    assert (refused.status_code, refused.json()["code"]) == (409, "table.not_switchable")
    assert nadia.put(f"{SALES}/tables/no_such_table", json={"collaboration": True}).status_code == 404


def test_a_flag_that_lags_is_waited_for_and_then_told(own_demo: Demo, nadia: httpx2.Client) -> None:
    own_demo.control("POST", "/switches", {"dataverse.teams_flag_delay_s": 3600})
    started = time.monotonic()
    answer = nadia.put(f"{SALES}/tables/contoso_visit", json={"collaboration": True})
    assert time.monotonic() - started < 8
    assert answer.status_code == 202
    assert (answer.json()["service_said_yes"], answer.json()["is_settled"]) == (True, False)
    own_demo.control("POST", "/switches", {"dataverse.teams_flag_delay_s": 0})


def test_reasons_for_oneself_and_for_others(nadia: httpx2.Client, claire: httpx2.Client) -> None:
    where = f"{SALES}/tables/opportunity/records/{RENEWAL}/reasons"
    own = read(claire, where)
    unmet = [one["code"] for one in own["checks"] if one["state"] == "unmet"]
    assert own["is_own"]
    assert unmet == ["why.basic", "why.enhanced", "why.consent"]
    about = read(nadia, where, person=company.person("Claire").upn)
    assert (about["is_own"], about["person"]) == (False, company.person("Claire").name)
    assert [one["code"] for one in about["checks"] if one["state"] == "unmet"] == ["why.basic", "why.enhanced"]
    refused = claire.get(where, params={"person": "Nadia Benali"})
    assert (refused.status_code, refused.json()["code"]) == (403, "role.missing")
    unknown = nadia.get(where, params={"person": "nobody@contoso.com"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "person.unknown")


def test_the_ladder_shows_each_rung(claire: httpx2.Client) -> None:
    rungs = {one["rung"]: one for one in read(claire, "/consent/ladder")["items"]}
    assert list(rungs) == [rung.value for rung in Rung]
    assert rungs["sign_in"]["is_granted"]
    assert rungs["files"]["missing"] == ["Files.ReadWrite.All"]
    assert [name for name, rung in rungs.items() if rung["is_extra"]] == [rung.value for rung in Rung if rung in EXTRAS]


@pytest.mark.statement("S35", "S36")
def test_every_call_of_the_journey_was_promised(nadia: httpx2.Client) -> None:
    read(nadia, f"{SERVICE}/readiness")
    ledger = read(nadia, "/calls", size=1000)
    assert ledger["outside"] == 0
    assert ledger["items"]
    assert {one["feature"] for one in ledger["items"]} <= {"sign_in", "enabling", "linking", "documents"}
    assert not any("message" in one["path"] or "mail" in one["path"] for one in ledger["items"])


@pytest.mark.statement("S11", "F02")
@pytest.mark.parametrize(("status", "trouble"), [(429, "upstream.throttled"), (503, "upstream.unavailable")])
def test_what_cannot_be_read_is_unknown_with_its_reason(
    own_demo: Demo, nadia: httpx2.Client, status: int, trouble: str
) -> None:
    rule = {
        "method": "GET",
        "path": "/api/data/v9.2/sharepointdocumentlocations",
        "phase": "before",
        "times": 10,
        "action": {"status": status, "headers": {"Retry-After": "1"}},
    }
    own_demo.control("POST", "/faults", {"rules": [rule]})
    try:
        found = read(nadia, f"{SERVICE}/readiness")
    finally:
        own_demo.control("DELETE", "/faults")
    site = check(found, "readiness.active_site")
    assert (site["state"], site["trouble"]) == ("unknown", trouble)
    assert check(found, "readiness.document_management")["state"] == "attention"
