"""Links over the API: a view's channels, undo, completing, and lists that are narrowed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from liaison.domain.link import (
    LinkState,
    Operation,
    StepName,
)
from liaison.domain.names import ViewKind, ViewRef
from tests.unit.api_client import ApiClient
from tests.unit.api_fakes import CLAIRE, EUROPE, OPPORTUNITY, RENEWAL, SALES, World
from tests.unit.tab_fakes import OPEN_DEALS
from tests.unit.test_api_links import BODY, LINK, given_link

pytestmark = pytest.mark.anyio


@pytest.fixture
def client() -> ApiClient:
    return ApiClient(World())


async def saved(client: ApiClient, **changes: Any) -> Any:
    """The link that a body with these changes made."""
    answer = await client.post("/links", json={**BODY, **changes})
    assert answer.status_code == 202, answer.text
    return client.world.links[answer.json()["id"]]


async def test_a_link_is_undone_while_the_time_for_it_lasts(client: ApiClient) -> None:
    link = given_link(client, state=LinkState.CONNECTED, done=(StepName.CHANNEL,))
    client.world.links[LINK] = replace(link, connected_at=link.planned_at)
    shown = (await client.get(f"/links/{LINK}")).json()
    assert shown["undo_until"] == (link.planned_at + timedelta(minutes=15)).isoformat().replace("+00:00", "Z")
    answer = await client.post(f"/links/{LINK}/undo")
    assert (answer.status_code, answer.json()["operation"], answer.json()["state"]) == (202, "undo", "disconnecting")
    assert client.world.started == [(Operation.UNDO, LINK, 2)]


async def test_after_the_time_for_it_undoing_is_refused(client: ApiClient) -> None:
    link = given_link(client, state=LinkState.CONNECTED, done=(StepName.CHANNEL,))
    client.world.links[LINK] = replace(link, connected_at=link.planned_at - timedelta(minutes=16))
    assert (await client.get(f"/links/{LINK}")).json()["undo_until"] is None
    answer = await client.post(f"/links/{LINK}/undo")
    assert (answer.status_code, answer.json()["code"]) == (409, "link.undo_closed")
    assert client.world.started == []


async def test_links_are_narrowed_by_environment_table_record_and_team(client: ApiClient) -> None:
    given_link(client)
    for fits in (
        {"environment": "contoso-sales"},
        {"table": "opportunity"},
        {"regarding": RENEWAL.id},
        {"team": EUROPE},
    ):
        assert len((await client.get("/links", params=fits)).json()["items"]) == 1, fits
    for not_fitting in ({"environment": "contoso-service"}, {"table": "account"}, {"regarding": LINK}, {"team": LINK}):
        assert (await client.get("/links", params=not_fitting)).json()["items"] == [], not_fitting
    assert (await client.get("/links", params={"environment": "nowhere"})).status_code == 404


VIEW = f"/environments/contoso-sales/tables/opportunity/views/system/{OPEN_DEALS}"


async def test_a_view_is_connected_and_its_channels_are_listed(client: ApiClient) -> None:
    client.world.forms.view_readers.add(CLAIRE.id)
    client.world.switches[SALES] = replace(client.world.switches[SALES], enhanced=True)
    link = await saved(client, record="", view=OPEN_DEALS, channel={"name": "Pipeline"})
    assert link.regarding == ViewRef(SALES, OPPORTUNITY, OPEN_DEALS, ViewKind.SYSTEM)
    assert StepName.LOCATION not in link.steps
    shown = (await client.get(f"/links/{link.id}")).json()["record"]
    assert (shown["id"], shown["title"], shown["view"]) == (OPEN_DEALS, "Open deals", "system")
    answer = await client.get(f"{VIEW}/connections")
    assert answer.status_code == 200, answer.text
    assert answer.json()["view"]["name"] == "Open deals"
    assert [(one["link"], one["channel_name"]) for one in answer.json()["items"]] == [(link.id, "Pipeline")]


async def test_a_view_that_somebody_may_not_see_shows_no_channels(client: ApiClient) -> None:
    answer = await client.get(f"{VIEW}/connections")
    assert (answer.status_code, answer.json()["code"]) == (404, "view.unknown")


async def test_completing_a_row_that_is_not_there_is_refused(client: ApiClient) -> None:
    record = f"/environments/contoso-sales/tables/opportunity/records/{RENEWAL.id}"
    for where in (record, VIEW):
        answer = await client.post(f"{where}/connections/{LINK}/complete")
        assert answer.status_code == 404, answer.text
