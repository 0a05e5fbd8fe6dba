"""Links that Liaison made, as Microsoft's own clients see them: nothing in them is known to Liaison alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import httpx2
import pytest
from azure.core.credentials import AccessToken
from bench.actions import connect, disconnect, turn_on
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.models.channel_membership_type import ChannelMembershipType
from msgraph.generated.models.team_visibility_type import TeamVisibilityType
from msgraph_core import GraphClientFactory
from PowerPlatform.Dataverse.client import DataverseClient
from PowerPlatform.Dataverse.models.filters import col

from liaison.tenant.seeds import company
from tests.contract.demo_process import Demo, running_demo

pytestmark = pytest.mark.anyio

KEY, TABLE = "contoso-sales", "opportunity"
Link = dict[str, Any]


class Held:
    """A credential that has a token already."""

    def __init__(self, token: str) -> None:
        self._token = token

    def get_token(self, *_: str, **__: object) -> AccessToken:
        return AccessToken(self._token, 4_102_444_800)


class HeldAsync:
    """The same for clients that await it."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def get_token(self, *_: str, **__: object) -> AccessToken:
        return AccessToken(self._token, 4_102_444_800)

    async def close(self) -> None:
        return None


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with running_demo(tmp_path_factory.mktemp("demo")) as running:
        running.grant_consent()
        with running.api("Nadia") as nadia:
            turn_on(nadia, KEY)
        yield running


@pytest.fixture(scope="module")
def person(demo: Demo) -> Iterator[httpx2.Client]:
    with demo.api("Claire") as claire:
        yield claire


def a_record(person: httpx2.Client, name: str) -> Link:
    records = f"/environments/{KEY}/tables/{TABLE}/records"
    found: Link = person.get(records, params={"q": name}).raise_for_status().json()["items"][0]
    return found


@pytest.fixture(scope="module")
def linked(person: httpx2.Client) -> Link:
    """A record in a new channel of a new private team, with people."""
    members = [{"id": company.person(given).id, "name": given} for given in ("Sofia", "Oliver")]
    body = {
        "environment": KEY,
        "table": TABLE,
        "record": a_record(person, "Northwind renewal")["id"],
        "new_team": {"name": "Judged deals", "privacy": "private"},
        "channel": {"name": "Judged room", "kind": "standard"},
        "members": members,
    }
    return connect(person, body)


@pytest.fixture(scope="module")
def viewed(person: httpx2.Client) -> Link:
    """A view in a new channel of a team that was there."""
    views = person.get(f"/environments/{KEY}/tables/{TABLE}/views").raise_for_status().json()["items"]
    team = next(one for one in person.get("/teams").json()["items"] if one["name"] == "Ventes Europe")
    view = next(one for one in views if one["kind"] == "system")
    names = {"environment": KEY, "table": TABLE, "view": view["id"], "view_kind": "system"}
    return connect(person, {**names, "team": team["id"], "channel": {"name": "Judged view"}})


@pytest.fixture
async def graph(demo: Demo) -> Any:
    provider = AzureIdentityAuthenticationProvider(
        HeldAsync(demo.graph_token("Claire")),  # type: ignore[arg-type]
        scopes=["https://graph.microsoft.com/.default"],
        allowed_hosts=[],
    )
    async with httpx.AsyncClient(timeout=30) as plain:
        adapter = GraphRequestAdapter(provider, GraphClientFactory.create_with_default_middleware(client=plain))
        adapter.base_url = f"{demo.tenant}/v1.0"
        yield GraphServiceClient(request_adapter=adapter)


@pytest.fixture
def dataverse(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> Iterator[DataverseClient]:
    place = next(one for one in demo.told["environments"] if one["key"] == KEY)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(Path(demo.told["tenant"]["ca"]).absolute()))
    application = {**demo.told["apps"]["application"], "grant_type": "client_credentials"}
    form = {**application, "scope": f"{place['https']}/.default"}
    answer = httpx2.post(f"{demo.tenant}/{demo.told['tenant']['id']}/oauth2/v2.0/token", data=form)
    token = answer.raise_for_status().json()["access_token"]
    with DataverseClient(place["https"], Held(token)) as client:  # type: ignore[arg-type]
        yield client


@pytest.mark.statement("F22", "F34", "F50")
async def test_the_graph_client_lists_team_channel_tab_and_people(graph: GraphServiceClient, linked: Link) -> None:
    team = graph.teams.by_team_id(linked["team"]["id"])
    found = await team.get()
    assert found is not None
    assert (found.display_name, found.visibility) == ("Judged deals", TeamVisibilityType.Private)
    channels = await team.channels.get()
    assert channels is not None
    rooms = [one for one in channels.value or [] if one.display_name == "Judged room"]
    assert [(one.id, one.membership_type) for one in rooms] == [
        (linked["channel"]["id"], ChannelMembershipType.Standard)
    ]
    tabs = await team.channels.by_channel_id(linked["channel"]["id"]).tabs.get()
    assert tabs is not None
    ours = [one for one in tabs.value or [] if one.id == linked["evidence"]["tab"]]
    assert [one.configuration.entity_id for one in ours if one.configuration] == [f"lnk_{linked['id']}"]
    people = await team.members.get()
    assert people is not None
    named = {str(one.display_name) for one in people.value or []}
    assert named == {company.person(given).name for given in ("Claire", "Sofia", "Oliver")}


@pytest.mark.statement("F15", "F22")
def test_the_dataverse_client_reads_association_location_and_note(dataverse: DataverseClient, linked: Link) -> None:
    made, record = linked["evidence"], linked["record"]
    row = dataverse.records.retrieve("msdyn_teamscollaboration", made["association"])
    assert row is not None
    assert (row["regardingobjectid"], row["regardingobjecttypename"], row["regardingobjecttypecode"]) == (
        record["id"],
        TABLE,
        3,
    )
    assert (row["msdyn_groupid"], row["msdyn_channelid"], row["msdyn_channelname"], row["msdyn_teamname"]) == (
        linked["team"]["id"],
        linked["channel"]["id"],
        "Judged room",
        "Judged deals",
    )
    places = list(
        dataverse.records.list(
            "sharepointdocumentlocation",
            select=["name", "servicetype", "relativeurl"],
            filter=col("_regardingobjectid_value") == record["id"],
        )
    )
    assert [(one["name"], one["servicetype"]) for one in places if one["name"] == "Judged room"] == [("Judged room", 3)]
    note = dataverse.records.retrieve("annotation", made["note"], select=["subject", "notetext"])
    assert note is not None
    assert "Judged room" in note["notetext"]


@pytest.mark.statement("S30", "F19")
async def test_a_views_link_is_a_row_of_its_kind_and_a_tab(
    graph: GraphServiceClient, dataverse: DataverseClient, viewed: Link
) -> None:
    row = dataverse.records.retrieve("msdyn_teamscollaboration", viewed["evidence"]["association"])
    assert row is not None
    assert (row["regardingobjectid"], row["regardingobjecttypecode"]) == (viewed["record"]["id"], 1039)
    channel = graph.teams.by_team_id(viewed["team"]["id"]).channels.by_channel_id(viewed["channel"]["id"])
    tabs = await channel.tabs.get()
    assert tabs is not None
    assert viewed["evidence"]["tab"] in {one.id for one in tabs.value or []}


@pytest.mark.statement("F24")
async def test_after_disconnecting_no_row_and_no_tab_are_left(
    person: httpx2.Client, graph: GraphServiceClient, dataverse: DataverseClient, viewed: Link
) -> None:
    disconnect(person, viewed["id"])
    assert dataverse.records.retrieve("msdyn_teamscollaboration", viewed["evidence"]["association"]) is None
    channel = graph.teams.by_team_id(viewed["team"]["id"]).channels.by_channel_id(viewed["channel"]["id"])
    tabs = await channel.tabs.get()
    assert tabs is not None
    assert viewed["evidence"]["tab"] not in {one.id for one in tabs.value or []}
