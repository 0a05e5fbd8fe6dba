"""Templates over the API: kept by administrators, version by version, and used when connecting."""

from __future__ import annotations

from typing import Any

import pytest

from liaison.domain.extras import ExtraChannel
from liaison.domain.link import LinkState, NewChannel
from tests.unit.api_client import ApiClient
from tests.unit.api_fakes import EUROPE, RENEWAL, World

pytestmark = [pytest.mark.anyio, pytest.mark.statement("F29", "F35", "F71")]

WHERE = "/environments/contoso-sales/templates"
BODY: dict[str, Any] = {
    "name": "Deal room",
    "tables": ["opportunity"],
    "default_of": ["opportunity"],
    "team": {"target": "existing", "id": EUROPE},
    "channel_name": "Deal {number}",
    "folders": ["Offers", "{city}"],
    "channels": [{"name": "Legal", "kind": "private"}],
    "tabs": [{"name": "Handbook", "address": "https://intranet.example/{number}"}],
    "welcome": "Welcome to {name}.",
    "on_close": "archive",
}
TIED = {"environment": "contoso-sales", "table": "opportunity", "record": RENEWAL.id}


@pytest.fixture
def client() -> ApiClient:
    return ApiClient(World())


async def made(client: ApiClient, **changes: Any) -> dict[str, Any]:
    answer = await client.post(WHERE, "nadia", json={**BODY, **changes})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_a_template_is_made_read_changed_and_deleted_by_its_version(client: ApiClient) -> None:
    template = await made(client)
    assert template["team"]["name"]
    where = f"{WHERE}/{template['id']}"
    read = await client.get(where)
    assert (read.json(), read.headers["ETag"]) == (template, '"1"')
    assert (await client.get(WHERE)).json()["items"] == [template]
    changed = await client.ask("PUT", where, "nadia", json={**BODY, "name": "Room"}, headers={"If-Match": '"1"'})
    assert (changed.json()["name"], changed.headers["ETag"]) == ("Room", '"2"')
    late = await client.ask("PUT", where, "marc", json=BODY, headers={"If-Match": '"1"'})
    assert (late.status_code, late.json()["code"], late.json()["facts"]["name"]) == (409, "template.changed", "Room")
    nothing = await client.ask("PUT", where, "nadia", json=BODY)
    assert (nothing.status_code, nothing.json()["code"]) == (400, "input.missing")
    odd = await client.ask("DELETE", where, "nadia", headers={"If-Match": "yesterday"}, language="fr")
    assert (odd.status_code, odd.json()["code"]) == (400, "input.invalid")
    assert (await client.ask("DELETE", where, "nadia", headers={"If-Match": '"2"'})).status_code == 204
    assert (await client.get(where)).json()["code"] == "template.unknown"


async def test_only_administrators_keep_templates(client: ApiClient) -> None:
    refused = await client.post(WHERE, json=BODY)
    assert (refused.status_code, refused.json()["code"]) == (403, "role.missing")


@pytest.mark.parametrize(("language", "said"), [("en", "Fill this in."), ("fr", "Remplissez ce champ.")])
async def test_everything_that_is_wrong_is_told_with_place_and_reason(
    client: ApiClient, language: str, said: str
) -> None:
    bad = {**BODY, "name": "", "folders": ["a/b"], "tabs": [{"name": "T", "address": "http://x.example"}]}
    refused = await client.post(WHERE, "nadia", json=bad, language=language)
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (400, "input.template")
    assert {row["id"]: row["detail"] for row in problem["rows"]}["name"] == said
    assert [row["id"] for row in problem["rows"]] == ["name", "folders.0", "tabs.0.address"]


async def test_columns_are_those_that_all_tables_have(client: ApiClient) -> None:
    found = await client.get(
        "/environments/contoso-sales/name-columns", "nadia", params={"table": ["opportunity", "account"]}
    )
    assert found.json()["items"] == [{"name": "city", "label": "City"}, {"name": "name", "label": "Topic"}]


async def test_a_record_gets_the_defaults_of_its_table(client: ApiClient) -> None:
    where = f"/environments/contoso-sales/tables/opportunity/records/{RENEWAL.id}/defaults"
    assert (await client.get(where)).json()["template"] == ""
    template = await made(client)
    found = (await client.get(where)).json()
    assert (found["template"], found["template_name"], found["team"]["id"]) == (template["id"], "Deal room", EUROPE)
    assert (found["channel_name"], found["folders"]) == ("Deal CAS-0042", ["Offers", "Lyon"])
    assert found["tabs"] == [{"name": "Handbook", "address": "https://intranet.example/CAS-0042"}]


async def test_connecting_takes_from_the_template_what_is_left_out(client: ApiClient) -> None:
    template = await made(client)
    preview = (await client.post("/links/preview", json={**TIED, "template": template["id"]})).json()
    assert (preview["made_with"], preview["channel_name"]) == ("Deal room", "Deal CAS-0042")
    assert {one["step"]: one["name"] for one in preview["things"]}["template_folders"] == "Offers, Lyon"
    answer = await client.post("/links", json={**TIED, "template": template["id"]})
    link = answer.json()
    assert (answer.status_code, link["template"], link["on_close"]) == (202, "Deal room", "archive")
    assert [(one["kind"], one["name"], one["state"]) for one in link["extras"]] == [
        ("folder", "Offers", None),
        ("folder", "Lyon", None),
        ("channel", "Legal", None),
        ("tab", "Handbook", None),
        ("welcome", "welcome", None),
    ]
    kept = client.world.links[link["id"]]
    assert (kept.state, kept.team, kept.wanted) == (LinkState.PLANNED, EUROPE, NewChannel("Deal CAS-0042"))
    assert [one.name for one in kept.extras.channels] == [ExtraChannel("Legal").name]


async def test_what_is_said_goes_before_the_template(client: ApiClient) -> None:
    template = await made(client)
    body = {**TIED, "template": template["id"], "team": EUROPE, "channel": {"name": "Legal"}}
    link = (await client.post("/links", json=body)).json()
    kept = client.world.links[link["id"]]
    assert (kept.wanted, kept.extras.channels) == (NewChannel("Legal"), ())
    missing = await client.post("/links", json={**TIED, "team": EUROPE})
    assert (missing.status_code, missing.json()["code"]) == (400, "input.missing")
    unknown = await client.post("/links", json={**body, "template": "0" * 32}, language="fr")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "template.unknown")
