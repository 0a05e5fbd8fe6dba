"""People, records, teams, collaboration and audit over the API."""

from __future__ import annotations

import pytest

from liaison.domain.names import RowId
from liaison.domain.readiness import Deployment, ReadinessFacts
from liaison.errors import Row
from tests.unit.api_client import ApiClient
from tests.unit.api_fakes import ADOPTED_ROW, CLAIRE, CONTRACT, EUROPE, RENEWAL, SALES, SECRET_DEAL, World

pytestmark = pytest.mark.anyio

RECORDS = "/environments/contoso-sales/tables/opportunity/records"
COLLABORATION = "/environments/contoso-sales/collaboration"
UNREADY = ReadinessFacts(
    Deployment.ONLINE,
    sharepoint_configured=False,
    onedrive_enabled=True,
    sites=(Row("site", "Contoso Team Site", "5b7e", "https://contoso.sharepoint.com"),),
    absolute_locations=(),
)


@pytest.fixture
def client() -> ApiClient:
    return ApiClient(World())


async def test_me_says_who_asks_with_plans_and_scopes(client: ApiClient) -> None:
    me = (await client.get("/me", language="fr")).json()
    assert (me["name"], me["upn"], me["language"]) == ("Claire Fontaine", "claire@contoso.com", "fr")
    assert me["is_tenant_administrator"] is False
    assert "Channel.Create" in me["scopes"]
    assert (await client.get("/me", as_="nadia")).json()["is_tenant_administrator"] is True


async def test_environments_are_listed(client: ApiClient) -> None:
    items = (await client.get("/environments")).json()["items"]
    assert [one["key"] for one in items] == ["contoso-sales", "contoso-service"]


async def test_records_are_found_by_name_or_id_among_those_the_asker_may_read(client: ApiClient) -> None:
    by_part = (await client.get(RECORDS, params={"q": "north"})).json()["items"]
    by_id = (await client.get(RECORDS, params={"q": RENEWAL.id})).json()["items"]
    hidden = (await client.get(RECORDS, params={"q": "Secret deal"}, as_="oliver")).json()["items"]
    assert [one["title"] for one in by_part + by_id] == ["Northwind renewal", "Northwind renewal"]
    assert hidden == []


async def test_a_record_that_one_may_not_read_is_not_found(client: ApiClient) -> None:
    answer = await client.get(f"{RECORDS}/{SECRET_DEAL.id}", as_="oliver")
    assert (answer.status_code, answer.json()["code"]) == (404, "record.unknown")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/environments/nowhere/tables/opportunity/records?q=a", "environment.unknown"),
        ("/environments/contoso-sales/tables/unicorn/records?q=a", "table.unknown"),
        ("/environments/contoso-sales/tables/Bad-Name/records?q=a", "input.invalid"),
        ("/environments/contoso-sales/tables/opportunity/records", "input.missing"),
        ("/environments/contoso-sales/tables/opportunity/records/17", "input.invalid"),
        (f"/environments/nowhere/tables/opportunity/records/{RENEWAL.id}", "environment.unknown"),
        ("/environments/nowhere/collaboration", "environment.unknown"),
        ("/teams/17/channels", "input.invalid"),
        ("/teams/bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb/channels", "team.unknown"),
    ],
)
async def test_what_an_address_names_wrongly_is_said(client: ApiClient, path: str, code: str) -> None:
    answer = await client.get(path)
    assert answer.json()["code"] == code


async def test_a_records_channels_are_listed_with_those_of_microsofts_own_button(client: ApiClient) -> None:
    client.world.adopt()
    shown = (await client.get(f"{RECORDS}/{RENEWAL.id}/connections")).json()
    assert shown["record"]["title"] == "Northwind renewal"
    assert shown["items"] == [
        {
            "association": ADOPTED_ROW,
            "link": None,
            "state": "connected",
            "state_text": "Connected",
            "operation": None,
            "is_adopted": True,
            "team": EUROPE,
            "team_name": "Ventes Europe",
            "channel": CONTRACT,
            "channel_name": "Contract",
            "channel_kind": "standard",
            "channel_address": "",
            "is_archived": False,
            "access": "member",
            "origin": None,
            "lacks": ["location", "tab"],
        }
    ]


@pytest.mark.statement("F65")
async def test_a_channel_of_microsofts_own_button_is_taken_over_and_disconnected(client: ApiClient) -> None:
    client.world.adopt()
    answer = await client.ask("DELETE", f"{RECORDS}/{RENEWAL.id}/connections/{ADOPTED_ROW}")
    assert answer.status_code == 202
    assert answer.json()["state"] == "disconnecting"
    assert answer.headers["location"].endswith(answer.json()["id"])
    gone = await client.ask("DELETE", f"{RECORDS}/{RENEWAL.id}/connections/{RowId(RENEWAL.id)}")
    assert gone.json()["code"] == "link.unknown"


async def test_teams_and_channels_are_those_of_the_asker(client: ApiClient) -> None:
    assert [team["name"] for team in (await client.get("/teams")).json()["items"]] == ["Ventes Europe"]
    assert (await client.get("/teams", as_="nadia")).json() == {"items": []}
    channels = (await client.get(f"/teams/{EUROPE}/channels")).json()["items"]
    assert [channel["name"] for channel in channels] == ["General", "Contract"]
    assert (await client.get(f"/teams/{EUROPE}/channels", as_="nadia")).json()["code"] == "team.not_member"


async def test_collaboration_shows_switches_checks_consent_and_what_the_asker_may_change(client: ApiClient) -> None:
    seller = (await client.get(COLLABORATION)).json()
    administrator = (await client.get(COLLABORATION, as_="nadia")).json()
    assert seller["switches"]["basic"] is True
    assert (seller["may_change_basic"], seller["may_change_enhanced"]) == (False, False)
    assert (administrator["may_change_basic"], administrator["may_change_enhanced"]) == (True, True)
    assert seller["consent"]["text"] == "Consent granted"
    states = {check["code"]: check["state"] for check in seller["checks"]}
    assert states["readiness.active_site"] == "not_applicable"


@pytest.mark.statement("S13")
async def test_turning_linking_on_is_refused_with_every_unmet_prerequisite_and_its_rows(client: ApiClient) -> None:
    path = "/environments/contoso-service/collaboration"
    client.world.readiness = UNREADY
    body = {"basic": True, "enhanced": False, "version": "1"}
    answer = await client.ask("PUT", path, as_="marc", json=body)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "readiness.not_ready")
    assert problem["facts"]["findings"] == ["readiness.onedrive_enabled", "readiness.active_site"]
    assert problem["facts"]["service_code"] == "800503ca"
    assert [row["name"] for row in problem["rows"]] == ["OneDrive", "Contoso Team Site"]
    assert (await client.get(path, as_="marc")).json()["switches"]["basic"] is False


async def test_an_unmet_check_says_its_remedy_in_the_askers_language(client: ApiClient) -> None:
    client.world.readiness = UNREADY
    checks = (await client.get(COLLABORATION, language="fr")).json()["checks"]
    site = next(check for check in checks if check["code"] == "readiness.active_site")
    assert site["state"] == "unmet"
    assert site["remedy"].startswith("Désactivez les sites")
    assert site["rows"][0]["name"] == "Contoso Team Site"


@pytest.mark.statement("S09")
async def test_only_a_system_administrator_saves_switches(client: ApiClient) -> None:
    before = client.world.switches[SALES]
    answer = await client.ask("PUT", COLLABORATION, json={"basic": False, "enhanced": False, "version": "1"})
    assert (answer.status_code, answer.json()["code"]) == (403, "role.missing")
    assert "System Administrator" in answer.json()["detail"]
    assert client.world.switches[SALES] == before


async def test_saved_switches_come_back_and_a_second_save_of_the_old_version_is_refused(client: ApiClient) -> None:
    body = {"basic": False, "enhanced": False, "version": "1"}
    saved = (await client.ask("PUT", COLLABORATION, as_="marc", json=body)).json()
    assert (saved["switches"]["basic"], saved["switches"]["enhanced"]) == (False, False)
    late = await client.ask("PUT", COLLABORATION, as_="marc", json=body)
    assert (late.status_code, late.json()["code"]) == (409, "settings.changed")


@pytest.mark.statement("S29")
async def test_turning_enhanced_on_needs_the_tenant_administrator(client: ApiClient) -> None:
    client.world.switches[SALES] = client.world.switches[SALES].__class__(
        basic=True, enhanced=False, user_sync=False, version="1"
    )
    body = {"basic": True, "enhanced": True, "version": "1"}
    refused = await client.ask("PUT", COLLABORATION, as_="marc", json=body)
    granted = await client.ask("PUT", COLLABORATION, as_="nadia", json=body)
    assert (refused.status_code, refused.json()["facts"]["role"]) == (403, "Global Administrator")
    assert granted.json()["switches"]["enhanced"] is True


async def test_consent_is_checked_on_request(client: ApiClient) -> None:
    client.world.scopes = frozenset({"User.Read"})
    assert (await client.get("/consent")).json()["state"] == "granted"
    checked = (await client.post("/consent/check")).json()
    assert (checked["state"], checked["by"]) == ("revoked", "Claire Fontaine")
    assert "Channel.Create" in checked["missing"]
    assert (await client.get("/consent")).json() == checked


async def test_the_audit_is_for_administrators_and_comes_page_by_page(client: ApiClient) -> None:
    audit = client.world.ports().audit
    for number in range(3):
        await audit.write(CLAIRE, "link.planned", f"subject-{number}", "")
    assert (await client.get("/audit")).json()["code"] == "role.missing"
    first = (await client.get("/audit", params={"size": 2}, as_="marc")).json()
    second = (await client.get("/audit", params={"size": 2, "page": first["next"]}, as_="marc")).json()
    assert [line["number"] for line in first["items"] + second["items"]] == [3, 2, 1]
    assert (second["next"], second["first_broken"]) == (None, None)
