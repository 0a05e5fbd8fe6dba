"""Teams, channels, apps and tabs against the tenant, in quiet and in trouble."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Mapping
from typing import Any

import pytest

from liaison.domain.link import NewChannel
from liaison.domain.names import ChannelId, ChannelKind, Person, PersonId, TabId, TeamId
from liaison.domain.teams import AppPlacement, Channel, Tab, TabContent
from liaison.errors import (
    AnswerLost,
    ChannelAmbiguous,
    ChannelGone,
    ChannelNameTaken,
    ConsentNotGranted,
    NotTeamMember,
    SignInExpired,
    StillPreparing,
    TeamUnknown,
    UpstreamSurprise,
    UpstreamThrottled,
    UpstreamUnavailable,
)
from liaison.graph.client import Call
from liaison.graph.errors import About, Subject
from liaison.graph.tabs import WEBSITE_APP
from liaison.tenant.seeds import company
from tests.contract.product import Product
from tests.contract.tenant_process import Tenant

pytestmark = pytest.mark.anyio

VENTES = TeamId(company.TEAMS[0].id)
OWNER = PersonId(company.person("Claire").id)
DIRECTION = TeamId(company.TEAMS[4].id)
MARKER = "lnk_0d1c7c5e-6a52-4d0a-9f0c-0f8b7f2a1c11"
TEXT = f"Made by Liaison for the record Northwind ({MARKER})"
CHANNELS = "/v1.0/teams/*/channels"
TABS = "/v1.0/teams/*/channels/*/tabs"
CONTENT = TabContent(
    "Northwind",
    MARKER,
    f"http://localhost:8300/teams/tab/{MARKER}?theme={{theme}}&locale={{locale}}",
    f"http://localhost:8300/l/{MARKER}",
    "http://localhost:8300/teams/remove",
)


async def general(product: Product, person: Person) -> Channel:
    return next(one for one in await product.teamwork(person).list_channels(VENTES) if one.name == "General")


async def channels_named(product: Product, person: Person, name: str) -> int:
    return sum(one.name == name for one in await product.teamwork(person).list_channels(VENTES))


async def tabs_of(product: Product, person: Person, channel: ChannelId) -> list[tuple[str, str]]:
    """Name and entity of each tab, asked of the service itself."""
    call = Call(
        "GET",
        "/teams/{team}/channels/{channel}/tabs",
        Subject(About.CHANNEL),
        {"team": VENTES, "channel": channel},
        repeatable=True,
    )
    tabs = [tab async for tab in product.graph(person).pages(call)]
    return [(tab.text("displayName"), tab.opt_child("configuration").opt_text("entityId")) for tab in tabs]


async def test_a_person_sees_their_own_teams_by_name(product: Product) -> None:
    claire = await product.consented("Claire")
    teams = await product.teamwork(claire).list_teams()
    expected = sorted(team.name for team in company.TEAMS if "Claire" in (*team.owners, *team.members))
    assert [team.name for team in teams if team.name in {seed.name for seed in company.TEAMS}] == expected
    assert [team.name for team in teams] == sorted((team.name for team in teams), key=str.casefold)


async def test_a_team_is_read_with_its_thread_and_address(product: Product) -> None:
    team = await product.teamwork(await product.consented("Claire")).read_team(VENTES)
    assert (team.id, team.name, team.description) == (VENTES, "Ventes Europe", "Équipe commerciale Europe")
    assert team.thread.startswith("19:")
    assert team.address.startswith(f"{product.tenant.http}/teams/l/team/")
    assert not team.is_archived


async def test_a_team_of_others_is_refused_and_an_unknown_one_is_unknown(product: Product) -> None:
    teamwork = product.teamwork(await product.consented("Claire"))
    with pytest.raises(NotTeamMember):
        await teamwork.list_channels(DIRECTION)
    with pytest.raises(TeamUnknown):
        await teamwork.read_team(TeamId("00000000-0000-0000-0000-000000000009"))


async def test_channels_are_listed_with_their_kinds(product: Product) -> None:
    channels = await product.teamwork(await product.consented("Claire")).list_channels(VENTES)
    kinds = {channel.name: channel.kind for channel in channels}
    assert kinds == {
        "General": ChannelKind.STANDARD,
        "Grands comptes": ChannelKind.STANDARD,
        "Prévisions": ChannelKind.STANDARD,
        "Renewals": ChannelKind.STANDARD,
        "Négociations": ChannelKind.PRIVATE,
    }


async def test_a_channel_is_read_and_a_missing_one_is_gone(product: Product) -> None:
    claire = await product.consented("Claire")
    found = await general(product, claire)
    assert await product.teamwork(claire).read_channel(VENTES, found.id) == found
    for missing in ("19:00000000000000000000000000000000@thread.tacv2", "no channel id"):
        with pytest.raises(ChannelGone):
            await product.teamwork(claire).read_channel(VENTES, ChannelId(missing))


async def test_without_consent_the_missing_permission_is_named(product: Product) -> None:
    claire = await product.person("Claire")
    with pytest.raises(ConsentNotGranted) as raised:
        await product.teamwork(claire).list_teams()
    assert raised.value.scopes == ("Team.ReadBasic.All",)


async def test_a_channel_is_made_once_and_found_afterwards(product: Product) -> None:
    claire = await product.consented("Claire")
    teamwork = product.teamwork(claire)
    made, ours = await teamwork.ensure_channel(VENTES, NewChannel("Northwind"), MARKER, TEXT, OWNER)
    assert (made.name, made.kind, made.description, ours) == ("Northwind", ChannelKind.STANDARD, TEXT, True)
    assert await teamwork.ensure_channel(VENTES, NewChannel("Northwind"), MARKER, TEXT, OWNER) == (made, True)
    assert await channels_named(product, claire, "Northwind") == 1


async def test_the_marker_is_written_even_when_the_description_forgot_it(product: Product) -> None:
    teamwork = product.teamwork(await product.consented("Claire"))
    made, _ = await teamwork.ensure_channel(VENTES, NewChannel("Northwind"), MARKER, "Just words", OWNER)
    assert made.description == f"Just words {MARKER}"


@pytest.mark.parametrize("name", ["Renewals", "RENEWALS", "prévisions"])
async def test_a_channel_of_others_is_not_adopted(product: Product, name: str) -> None:
    teamwork = product.teamwork(await product.consented("Claire"))
    with pytest.raises(ChannelNameTaken) as raised:
        await teamwork.ensure_channel(VENTES, NewChannel(name), MARKER, TEXT, OWNER)
    assert raised.value.proposal == f"{name} 2"


async def test_two_channels_with_our_marker_are_a_persons_matter(product: Product) -> None:
    teamwork = product.teamwork(await product.consented("Claire"))
    await teamwork.ensure_channel(VENTES, NewChannel("One"), "lnk_1", f"lnk_1 {MARKER}", OWNER)
    await teamwork.ensure_channel(VENTES, NewChannel("Two"), "lnk_2", f"lnk_2 {MARKER}", OWNER)
    with pytest.raises(ChannelAmbiguous) as raised:
        await teamwork.ensure_channel(VENTES, NewChannel("One"), MARKER, TEXT, OWNER)
    assert {row.name for row in raised.value.rows} == {"One", "Two"}


LOST = [
    ("after", {"reset": True}),
    ("mid-body", {"reset": True}),
    ("after", {"status": 500}),
    ("after", {"status": 503}),
    ("after", {"status": 504}),
    ("after", {"html": True}),
    ("after", {"truncate": True}),
]


@pytest.mark.parametrize(("phase", "action"), LOST)
async def test_a_channel_whose_answer_was_lost_is_found_and_not_made_again(
    product: Product, tenant: Tenant, phase: str, action: Mapping[str, Any]
) -> None:
    claire = await product.consented("Claire")
    teamwork = product.teamwork(claire)
    tenant.fail("POST", CHANNELS, phase, action)
    with pytest.raises(AnswerLost):
        await teamwork.ensure_channel(VENTES, NewChannel("Northwind"), MARKER, TEXT, OWNER)
    made, ours = await teamwork.ensure_channel(VENTES, NewChannel("Northwind"), MARKER, TEXT, OWNER)
    assert ours
    assert made.name == "Northwind"
    assert await channels_named(product, claire, "Northwind") == 1
    assert [call for call in tenant.calls() if call[0] == "POST" and call[1].endswith("/channels")] != []
    assert sum(call[0] == "POST" and call[1].endswith("/channels") for call in tenant.calls()) == 1


async def test_a_channel_that_may_exist_is_waited_for_and_then_made(tenant: Tenant) -> None:
    product = Product(tenant, horizon_s=0.2)
    claire = await product.consented("Claire")
    teamwork = product.teamwork(claire)
    tenant.fail("POST", CHANNELS, "before", {"reset": True})
    for _ in range(2):  # lost, and not believed absent
        with pytest.raises(AnswerLost):
            await teamwork.ensure_channel(VENTES, NewChannel("Northwind"), MARKER, TEXT, OWNER)
    await asyncio.sleep(0.25)
    await teamwork.ensure_channel(VENTES, NewChannel("Northwind"), MARKER, TEXT, OWNER)
    assert await channels_named(product, claire, "Northwind") == 1
    await product.transport.aclose()


async def test_a_name_kept_by_a_deleted_channel_is_taken_once_the_horizon_is_past(tenant: Tenant) -> None:
    product = Product(tenant, horizon_s=0.0)
    claire = await product.consented("Claire")
    teamwork = product.teamwork(claire)
    tenant.fail("POST", CHANNELS, "before", {"status": 400, "code": "NameAlreadyExists"}, times=2)
    with pytest.raises(AnswerLost):
        await teamwork.ensure_channel(VENTES, NewChannel("Northwind"), MARKER, TEXT, OWNER)
    with pytest.raises(ChannelNameTaken):
        await teamwork.ensure_channel(VENTES, NewChannel("Northwind"), MARKER, TEXT, OWNER)
    await product.transport.aclose()


async def test_a_throttled_service_makes_us_wait_as_long_as_it_says(product: Product, tenant: Tenant) -> None:
    teamwork = product.teamwork(await product.consented("Claire"))
    tenant.fail("POST", CHANNELS, "before", {"status": 429, "headers": {"Retry-After": "3"}})
    with pytest.raises(UpstreamThrottled) as raised:
        await teamwork.ensure_channel(VENTES, NewChannel("Northwind"), MARKER, TEXT, OWNER)
    assert raised.value.retry_after_s == 3.0


async def test_an_outage_names_the_service(product: Product, tenant: Tenant) -> None:
    teamwork = product.teamwork(await product.consented("Claire"))
    tenant.switch(graph__unavailable=True)
    with pytest.raises(UpstreamUnavailable) as raised:
        await teamwork.list_channels(VENTES)
    assert (raised.value.service, raised.value.retry_after_s) == ("graph", 1.0)


async def test_the_app_is_installed_once(product: Product) -> None:
    teamwork = product.teamwork(await product.consented("Claire"))
    first = await teamwork.ensure_app(VENTES)
    assert first.app not in {"", WEBSITE_APP, company.LIAISON_MANIFEST_ID}
    assert first.installation
    assert not first.was_there
    assert await teamwork.ensure_app(VENTES) == AppPlacement(first.app, first.installation, was_there=True)
    await teamwork.remove_app(VENTES, first.installation)
    await teamwork.remove_app(VENTES, first.installation)
    await teamwork.remove_app(VENTES, "")
    assert not (await teamwork.ensure_app(VENTES)).was_there


async def test_an_app_installed_meanwhile_is_no_failure(product: Product, tenant: Tenant) -> None:
    teamwork = product.teamwork(await product.consented("Claire"))
    await teamwork.ensure_app(VENTES)
    tenant.fail("GET", "/v1.0/teams/*/installedApps", "before", {"status": 404, "code": "NotFound"})
    with pytest.raises(TeamUnknown):
        await teamwork.ensure_app(VENTES)


async def test_an_app_missing_from_the_catalogue_is_replaced_by_the_website_tab(tenant: Tenant) -> None:
    for manifest in ("", "00000000-0000-0000-0000-000000000001"):
        product = Product(tenant, manifest=manifest)
        claire = await product.consented("Claire")
        placed = await product.teamwork(claire).ensure_app(VENTES)
        assert placed == AppPlacement(WEBSITE_APP, "", was_there=True)
        await product.transport.aclose()


async def ready(product: Product) -> tuple[Person, ChannelId, AppPlacement]:
    claire = await product.consented("Claire")
    channel = (await general(product, claire)).id
    return claire, channel, await product.teamwork(claire).ensure_app(VENTES)


async def test_a_tab_is_made_once_and_found_afterwards(product: Product) -> None:
    claire, channel, placed = await ready(product)
    teamwork = product.teamwork(claire)
    made = await teamwork.ensure_tab(VENTES, channel, placed, CONTENT)
    assert made == Tab(made.id, "Northwind", MARKER, CONTENT.content_address, made.address, CONTENT.website_address)
    assert made.address.startswith(f"{product.tenant.http}/teams/l/")
    assert await teamwork.ensure_tab(VENTES, channel, placed, CONTENT) == made
    assert await teamwork.find_tab(VENTES, channel, MARKER, "") == made
    assert await teamwork.find_tab(VENTES, channel, "lnk_other", "") is None
    assert await tabs_of(product, claire, channel) == [("Northwind", MARKER)]


@pytest.mark.parametrize(("phase", "action"), LOST)
async def test_a_tab_whose_answer_was_lost_is_found_and_not_made_again(
    product: Product, tenant: Tenant, phase: str, action: Mapping[str, Any]
) -> None:
    claire, channel, placed = await ready(product)
    tenant.fail("POST", TABS, phase, action)
    with pytest.raises(AnswerLost):
        await product.teamwork(claire).ensure_tab(VENTES, channel, placed, CONTENT)
    made = await product.teamwork(claire).ensure_tab(VENTES, channel, placed, CONTENT)
    assert made.entity == MARKER
    assert await tabs_of(product, claire, channel) == [("Northwind", MARKER)]


async def test_of_several_tabs_of_ours_the_oldest_stays(product: Product) -> None:
    claire, channel, placed = await ready(product)
    body = {
        "teamsApp@odata.bind": f"{product.tenant.http}/v1.0/appCatalogs/teamsApps/{placed.app}",
        "configuration": {"entityId": MARKER, "contentUrl": "http://localhost:8300/x"},
    }
    path, ids = "/teams/{team}/channels/{channel}/tabs", {"team": VENTES, "channel": channel}
    for name in ("First", "Second", "Third"):
        call = Call("POST", path, Subject(About.CHANNEL), ids, body={**body, "displayName": name})
        await product.graph(claire).send(call)
    kept = await product.teamwork(claire).ensure_tab(VENTES, channel, placed, CONTENT)
    assert kept.name == "First"
    assert await tabs_of(product, claire, channel) == [("First", MARKER)]


async def test_a_website_tab_is_found_by_its_address(product: Product) -> None:
    claire, channel, _ = await ready(product)
    teamwork, placed = product.teamwork(claire), AppPlacement(WEBSITE_APP, "", was_there=True)
    made = await teamwork.ensure_tab(VENTES, channel, placed, CONTENT)
    assert (made.entity, made.content_address) == ("", CONTENT.website_address)
    assert await teamwork.ensure_tab(VENTES, channel, placed, CONTENT) == made
    assert await teamwork.find_tab(VENTES, channel, "", CONTENT.website_address) == made


async def test_a_tab_before_its_app_is_still_being_prepared(product: Product) -> None:
    claire, channel, placed = await ready(product)
    await product.teamwork(claire).remove_app(VENTES, placed.installation)
    with pytest.raises(StillPreparing) as raised:
        await product.teamwork(claire).ensure_tab(VENTES, channel, placed, CONTENT)
    assert raised.value.what == "Northwind"


async def test_removing_a_tab_twice_is_done(product: Product) -> None:
    claire, channel, placed = await ready(product)
    teamwork = product.teamwork(claire)
    made = await teamwork.ensure_tab(VENTES, channel, placed, CONTENT)
    await teamwork.remove_tab(VENTES, channel, made.id)
    await teamwork.remove_tab(VENTES, channel, made.id)
    await teamwork.remove_tab(VENTES, ChannelId("19:00000000000000000000000000000000@thread.tacv2"), TabId("x"))
    assert await teamwork.find_tab(VENTES, channel, MARKER, "") is None


async def test_a_tab_of_a_channel_that_is_gone_is_not_found(product: Product) -> None:
    claire = await product.consented("Claire")
    gone = ChannelId("19:00000000000000000000000000000000@thread.tacv2")
    assert await product.teamwork(claire).find_tab(VENTES, gone, MARKER, "") is None


async def test_a_channels_folder_knows_its_site_and_path(product: Product) -> None:
    claire = await product.consented("Claire")
    channels = {one.name: one.id for one in await product.teamwork(claire).list_channels(VENTES)}
    folder = await product.teamwork(claire).read_files_folder(VENTES, channels["Grands comptes"])
    assert folder.name == "Grands comptes"
    site_path = "/" + folder.site_address.split("://")[1].partition("/")[2]
    assert folder.path.startswith(f"{site_path}/")
    assert folder.path.endswith("/Grands comptes")
    assert "%20" not in folder.path
    files = await product.files(claire).list_folder(folder.drive, folder.item)
    assert "Liste des comptes.csv" in [entry.name for entry in files.entries]


async def test_a_private_channels_folder_is_in_a_site_of_its_own(product: Product) -> None:
    claire = await product.consented("Claire")
    teamwork = product.teamwork(claire)
    channels = {one.name: one.id for one in await teamwork.list_channels(VENTES)}
    private = await teamwork.read_files_folder(VENTES, channels["Négociations"])
    standard = await teamwork.read_files_folder(VENTES, channels["General"])
    assert private.site_address != standard.site_address
    assert private.drive != standard.drive


async def test_a_library_in_the_making_is_waited_for(product: Product, tenant: Tenant) -> None:
    teamwork = product.teamwork(await product.consented("Claire"))
    tenant.switch(graph__files_folder_delay_s=1.0)
    channel, _ = await teamwork.ensure_channel(VENTES, NewChannel("Northwind"), MARKER, TEXT, OWNER)
    with pytest.raises(StillPreparing) as raised:
        await teamwork.read_files_folder(VENTES, channel.id)
    assert (raised.value.service, raised.value.what) == ("graph", "Northwind")
    tenant.post("/clock", advance_s=2.0)
    assert (await teamwork.read_files_folder(VENTES, channel.id)).name == "Northwind"


async def test_a_folder_of_a_channel_that_is_gone_is_not_waited_for(product: Product) -> None:
    teamwork = product.teamwork(await product.consented("Claire"))
    with pytest.raises(ChannelGone):
        await teamwork.read_files_folder(VENTES, ChannelId("19:00000000000000000000000000000000@thread.tacv2"))


def challenge_with(tenant: Tenant, claims: Mapping[str, Any]) -> None:
    """Have Graph refuse one token and ask for these claims."""
    text = base64.b64encode(json.dumps({"access_token": claims}).encode()).decode()
    header = f'Bearer realm="", error="insufficient_claims", claims="{text}"'
    tenant.fail("GET", "/v1.0/me/joinedTeams", "before", {"status": 401, "headers": {"WWW-Authenticate": header}})


async def test_a_challenge_that_only_the_person_can_meet_needs_a_sign_in(product: Product, tenant: Tenant) -> None:
    claire = await product.consented("Claire")
    challenge_with(tenant, {"acrs": {"essential": True, "value": "c1"}})
    with pytest.raises(SignInExpired) as raised:
        await product.teamwork(claire).list_teams()
    assert raised.value.reason == "AADSTS50076"


async def test_a_challenge_for_more_claims_is_met_with_a_new_token(product: Product, tenant: Tenant) -> None:
    claire = await product.consented("Claire")
    await product.teamwork(claire).list_teams()
    challenge_with(tenant, {"nbf": {"essential": True, "value": "1"}})
    before = sum(line.path.endswith("/token") for line in product.ledger)
    assert await product.teamwork(claire).list_teams()
    assert sum(line.path.endswith("/token") for line in product.ledger) == before + 1


async def test_a_person_whose_sessions_were_ended_must_sign_in_again(product: Product, tenant: Tenant) -> None:
    claire = await product.consented("Claire")
    await product.teamwork(claire).list_teams()
    tenant.post("/sessions/revoke", user=claire.upn)
    with pytest.raises(SignInExpired):
        await product.teamwork(claire).list_teams()


FOREIGN_LINKS = [
    "http://127.0.0.1:{port}/v1.0/me/joinedTeams",
    "http://[::1]:{port}/v1.0/me/joinedTeams",
    "http://2130706433:{port}/v1.0/me/joinedTeams",
    "http://169.254.169.254/latest/meta-data",
    "https://graph.microsoft.com/v1.0/me/joinedTeams",
    "http://localhost:{port}@evil.example/v1.0/me/joinedTeams",
    "http://localhost:{port}/elsewhere",
    "http://localhost:{port}/v1.0x/me",
    "http://localhost:{port}/v1.0/../_control/calls",
    "//evil.example/v1.0/me",
    "/v1.0/me/joinedTeams",
    "gopher://localhost:{port}/v1.0/me",
    "not an address",
]


@pytest.mark.parametrize("link", FOREIGN_LINKS)
async def test_a_next_link_that_leads_elsewhere_is_not_followed(product: Product, tenant: Tenant, link: str) -> None:
    claire = await product.consented("Claire")
    port = tenant.http.rsplit(":", 1)[1]
    call = Call("GET", "/me/joinedTeams", Subject(About.PERSON), repeatable=True)
    before = len(product.ledger)
    with pytest.raises(UpstreamSurprise):
        await product.graph(claire).read_at(call, link.format(port=port))
    assert len(product.ledger) == before


@pytest.mark.statement("S35", "S36")
async def test_only_allowed_addresses_are_ever_called(product: Product) -> None:
    claire, channel, placed = await ready(product)
    teamwork = product.teamwork(claire)
    await teamwork.list_teams()
    await teamwork.ensure_tab(VENTES, channel, placed, CONTENT)
    await teamwork.read_files_folder(VENTES, channel)
    paths = {line.path for line in product.ledger if line.service == "graph"}
    assert paths == {
        "/$batch",
        "/me/joinedTeams",
        "/teams/{team}/channels",
        "/teams/{team}/channels/{channel}/tabs",
        "/teams/{team}/channels/{channel}/filesFolder",
        "/teams/{team}/installedApps",
        "/appCatalogs/teamsApps",
        "/drives/{drive}",
    }
