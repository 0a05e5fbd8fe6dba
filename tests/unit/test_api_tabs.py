"""The API of the pages in Teams: what a tab shows, the channel, pinning from it, forms; and what nobody learns."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from liaison.domain.link import Link, NewChannel, PinnedBy
from liaison.domain.names import ChannelId, ChannelKind, LinkId, TableName, ViewKind, ViewRef
from liaison.domain.readiness import Switches
from liaison.domain.teams import Channel
from liaison.errors import LicenceMissing, PrivilegeMissing
from tests.unit.api_client import ApiClient
from tests.unit.api_fakes import (
    CLAIRE,
    CONTRACT,
    EUROPE,
    GENERAL,
    MARC,
    NOW,
    OLIVER,
    RENEWAL,
    SALES,
    SECRET_DEAL,
    World,
)
from tests.unit.tab_fakes import OPEN_DEALS

pytestmark = pytest.mark.anyio

LINK = LinkId("55555555-5555-4555-8555-555555555555")
ENTITY = f"lnk_{LINK}"
FORM = f"/environments/contoso-sales/tables/opportunity/records/{RENEWAL.id}/form"
VIEW = ViewRef(SALES, TableName("opportunity"), OPEN_DEALS, ViewKind.SYSTEM)
PIN: dict[str, Any] = {
    "environment": "contoso-sales",
    "table": "opportunity",
    "record": RENEWAL.id,
    "team": EUROPE,
    "channel": GENERAL,
}


@pytest.fixture
def client() -> ApiClient:
    return ApiClient(World())


def given_link(client: ApiClient, **changes: Any) -> Link:
    link = Link(LINK, RENEWAL, "Northwind renewal", EUROPE, NewChannel("Deal room"), CLAIRE, CLAIRE, NOW)
    client.world.links[LINK] = replace(link, **changes)
    return client.world.links[LINK]


# --- what a tab shows


async def test_a_tab_shows_the_form_of_its_record_and_how_the_link_stands(client: ApiClient) -> None:
    given_link(client)
    shown = (await client.get(f"/tabs/{ENTITY}")).json()
    assert (shown["form"]["title"], shown["link"]["id"], shown["view"]) == ("Northwind renewal", LINK, None)
    assert shown["documents"].endswith(f"/l/{ENTITY}?tab=documents")
    fields = {field["name"]: field for field in shown["form"]["fields"]}
    assert fields["key"]["options"] == [{"value": "false", "label": "No"}, {"value": "true", "label": "Yes"}]
    assert fields["value"]["kind"] == "decimal"
    assert shown["record"]["fields"][0] == {"label": "Topic", "text": "Northwind renewal"}


async def test_a_tab_shows_its_view_and_the_rows_in_the_order_asked(client: ApiClient) -> None:
    given_link(client, regarding=VIEW, title="Open deals")
    client.world.forms.view_readers = {CLAIRE.id}
    shown = (await client.get(f"/tabs/{ENTITY}")).json()
    assert (shown["view"]["name"], shown["form"], shown["documents"]) == ("Open deals", None, None)
    for order, first in (("name", "Northwind renewal"), ("-name", "Secret deal")):
        grid = (await client.get(f"/tabs/{ENTITY}/rows?order={order}")).json()
        assert (grid["rows"][0]["title"], grid["total"]) == (first, 2)
    assert grid["rows"][0]["address"].endswith(f"/e/contoso-sales/records/opportunity/{SECRET_DEAL.id}")


@pytest.mark.parametrize("path", [f"/tabs/{ENTITY}", f"/tabs/{ENTITY}/rows"])
@pytest.mark.parametrize("refusal", ["no rights", "not there"])
async def test_whoever_may_not_see_it_learns_nothing_of_it(client: ApiClient, path: str, refusal: str) -> None:
    given_link(client, regarding=VIEW if path.endswith("rows") else SECRET_DEAL, title="Secret deal")
    if refusal == "no rights":
        client.world.refuse = {name: PrivilegeMissing("prvRead", "x") for name in ("crm.read_record", "crm.read_grid")}
    else:
        client.world.refuse = {"crm.read_grid": PrivilegeMissing("prvRead", "x")}
    refused = await client.get(path, as_="oliver")
    assert (refused.status_code, refused.json()["code"]) == (403, "tab.not_open")
    for secret in ("Secret", SECRET_DEAL.id, OPEN_DEALS, "opportunity", "prvRead"):
        assert secret not in refused.text


async def test_somebody_without_a_licence_is_told_so(client: ApiClient) -> None:
    given_link(client)
    client.world.refuse = {"crm.read_record": LicenceMissing("Dynamics 365")}
    refused = await client.get(f"/tabs/{ENTITY}", as_="oliver")
    assert (refused.status_code, refused.json()["code"]) == (403, "licence.missing")
    assert "Northwind" not in refused.text


async def test_rows_are_those_of_a_view_only(client: ApiClient) -> None:
    given_link(client)
    assert (await client.get(f"/tabs/{ENTITY}/rows")).json()["code"] == "link.unknown"


async def test_another_tenants_tab_is_unknown(client: ApiClient) -> None:
    given_link(client)
    for path in (f"/tabs/{ENTITY}", f"/tabs/{ENTITY}/rows"):
        assert (await client.get(path, as_="stranger")).json()["code"] == "link.unknown"


# --- changing a record


async def change(client: ApiClient, changes: dict[str, str], version: str = 'W/"1"', as_: str = "claire") -> Any:
    return await client.ask("PATCH", FORM, as_, json={"changes": changes}, headers={"If-Match": version})


async def test_a_change_is_saved_and_the_form_comes_back_at_its_new_version(client: ApiClient) -> None:
    assert (await client.get(FORM)).json()["version"] == 'W/"1"'
    saved = await change(client, {"value": "99000.456"})
    assert (saved.status_code, saved.json()["version"]) == (200, 'W/"2"')
    assert {field["name"]: field["value"] for field in saved.json()["fields"]}["value"] == "99000.46"


async def test_a_change_from_an_older_version_is_refused_and_writes_nothing(client: ApiClient) -> None:
    await change(client, {"value": "1"})
    refused = await change(client, {"value": "2"})
    assert (refused.status_code, refused.json()["code"]) == (409, "record.changed")
    assert client.world.touched.count("crm.update_record") == 1


async def test_every_value_that_does_not_fit_is_named(client: ApiClient) -> None:
    refused = await change(client, {"name": "", "value": "-1", "rating": "9", "nosuch": "x"})
    assert (refused.status_code, refused.json()["code"]) == (400, "input.fields")
    assert [(row["id"], row["detail"]) for row in refused.json()["rows"]] == [
        ("name", "required"),
        ("value", "too_small"),
        ("rating", "not_an_option"),
        ("nosuch", "read_only"),
    ]
    assert "crm.update_record" not in client.world.touched


async def test_whoever_may_only_read_gets_no_inputs_and_no_change(client: ApiClient) -> None:
    client.world.forms.readers_only = {OLIVER.id}
    form = (await client.get(FORM, as_="oliver")).json()
    assert not form["may_write"]
    assert not any(field["is_editable"] for field in form["fields"])
    assert (await change(client, {"value": "1"}, as_="oliver")).json()["code"] == "input.fields"


async def test_a_change_without_a_version_is_refused(client: ApiClient) -> None:
    refused = await client.ask("PATCH", FORM, json={"changes": {}})
    assert (refused.status_code, refused.json()["code"]) == (400, "input.missing")


# --- the channel, and pinning from it


async def test_the_channel_is_what_teams_says_with_everything_tied_to_it(client: ApiClient) -> None:
    client.world.adopt()
    place = (await client.get(f"/tabs/place?environment=contoso-sales&team={EUROPE}&channel={CONTRACT}")).json()
    assert (place["team_name"], place["channel_name"]) == ("Ventes Europe", "Contract")
    assert [(thing["title"], thing["is_view"]) for thing in place["pinned"]] == [("Northwind renewal", False)]


async def test_a_private_channel_does_not_tell_its_team_and_is_found(client: ApiClient) -> None:
    hidden = Channel(ChannelId("19:private@thread.tacv2"), "Board", ChannelKind.PRIVATE, "http://teams/board")
    client.world.channels[EUROPE].append(hidden)
    place = (await client.get(f"/tabs/place?environment=contoso-sales&channel={hidden.id}")).json()
    assert (place["team"], place["channel_kind"]) == (EUROPE, "private")


async def test_a_channel_of_a_team_one_is_not_in_does_not_exist(client: ApiClient) -> None:
    for team in ("", f"&team={EUROPE}"):
        refused = await client.get(f"/tabs/place?environment=contoso-sales&channel={GENERAL}{team}", as_="marc")
        assert (refused.status_code, refused.json()["code"]) == (404, "channel.gone")
    refused = await client.post("/tabs", as_="marc", json=PIN)
    assert refused.json()["code"] == "channel.gone"
    assert MARC.id not in {link.by.id for link in client.world.links.values()}


@pytest.mark.statement("F16")
async def test_pinning_needs_the_basic_experience_only_and_says_what_the_tab_is(client: ApiClient) -> None:
    client.world.switches[SALES] = Switches(basic=True, enhanced=False, user_sync=False, version="1")
    made = await client.post("/tabs", json=PIN, headers={"Idempotency-Key": "k-1"})
    assert made.status_code == 202, made.text
    pin = made.json()
    (link,) = client.world.links.values()
    assert (link.pinned_by, link.team, link.wanted) == (PinnedBy.HOST, EUROPE, GENERAL)
    assert (pin["entity"], pin["name"]) == (f"lnk_{link.id}", "Northwind renewal")
    assert pin["content_address"].endswith(f"/teams/tab/lnk_{link.id}?theme={{theme}}&locale={{locale}}")
    assert pin["remove_address"].endswith("/teams/remove")
    again = await client.post("/tabs", json=PIN, headers={"Idempotency-Key": "k-1"})
    assert (again.json()["entity"], len(client.world.links)) == (pin["entity"], 1)


@pytest.mark.statement("F24")
async def test_a_view_is_pinned_as_a_record_is(client: ApiClient) -> None:
    client.world.forms.view_readers = {CLAIRE.id}
    body = {**PIN, "record": None, "view": {"id": OPEN_DEALS, "kind": "system"}}
    made = await client.post("/tabs", json=body)
    assert made.status_code == 202, made.text
    (link,) = client.world.links.values()
    assert (link.regarding, made.json()["name"]) == (VIEW, "Open deals")


@pytest.mark.parametrize("wrong", [{"view": {"id": OPEN_DEALS}}, {"record": None}, {"channel": "a b"}, {"team": "x"}])
async def test_a_choice_that_is_none_is_refused(client: ApiClient, wrong: dict[str, Any]) -> None:
    refused = await client.post("/tabs", json={**PIN, **wrong})
    assert (refused.status_code, refused.json()["code"]) == (400, "input.invalid")
    assert client.world.links == {}


# --- what there is to choose from


async def test_apps_show_the_tables_that_can_be_linked(client: ApiClient) -> None:
    apps = (await client.get("/environments/contoso-sales/apps")).json()
    assert apps["is_on"] is True
    assert [table["name"] for table in apps["items"][0]["tables"]] == ["opportunity", "account"]
    assert (await client.get("/environments/contoso-service/apps")).json()["is_on"] is False


async def test_recent_records_and_views_are_those_of_the_asker(client: ApiClient) -> None:
    client.world.forms.recent = [RENEWAL]
    recent = (await client.get("/environments/contoso-sales/recent?table=opportunity")).json()
    assert [record["title"] for record in recent["items"]] == ["Northwind renewal"]
    views = (await client.get("/environments/contoso-sales/tables/opportunity/views")).json()
    assert [view["name"] for view in views["items"]] == ["Open deals"]
    rows = await client.get(f"/environments/contoso-sales/tables/opportunity/views/system/{OPEN_DEALS}/rows")
    assert rows.json()["columns"] == [{"name": "name", "label": "Topic"}]


# --- signing in from a tab


async def test_an_attempt_is_done_once_and_only_for_the_person_who_made_it(client: ApiClient) -> None:
    path = "/tabs/attempts/0123456789abcdef"
    assert (await client.get(path)).json()["is_done"] is False
    sessions = client.sessions
    await sessions.keep("consent-attempt-0123456789abcdef", json.dumps(CLAIRE.id))
    assert (await client.get(path)).json()["is_done"] is True
    await sessions.keep("consent-attempt-0123456789abcdef", json.dumps(CLAIRE.id))
    assert (await client.get(path, as_="oliver")).json()["is_done"] is False
