"""Apps in the catalogue and in teams, and tabs in channels."""

from __future__ import annotations

import base64
import io
import json
import struct
import zipfile
import zlib
from typing import Any

import pytest

from liaison.tenant.seeds.company import DELEGATED_APP_ID, DYNAMICS_TEAMS_APP_ID, LIAISON_MANIFEST_ID, stable_guid
from liaison.tenant.seeds.teamwork import LIAISON_CATALOGUE_ID, channel_id
from tests.local_tenant import LocalTenant
from tests.tenant.graph_client import EVERYTHING, NORTHWIND, VENTES, Graph, application, person

RENEWALS = f"/teams/{VENTES}/channels/{channel_id('ventes-europe', 'Renewals')}"
WEBSITE = "com.microsoft.teamspace.tab.web"
CANTEEN = stable_guid("catalogue", "lunch")


def bound(app_id: str) -> dict[str, str]:
    return {"teamsApp@odata.bind": f"https://graph.microsoft.com/v1.0/appCatalogs/teamsApps/{app_id}"}


def tab(app_id: str, name: str = "Opportunity 4711", **configuration: Any) -> dict[str, Any]:
    return {
        "displayName": name,
        **bound(app_id),
        "configuration": {"contentUrl": "https://l.example/t", **configuration},
    }


def install(graph: Graph, team: str = VENTES, app_id: str = LIAISON_CATALOGUE_ID, **more: Any) -> None:
    assert graph.post(f"/teams/{team}/installedApps", bound(app_id) | more) is None


def test_the_catalogue_tells_manifest_ids_of_the_organisations_apps(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire", "AppCatalog.Read.All")
    found = graph.get(f"/appCatalogs/teamsApps?$filter=externalId eq '{LIAISON_MANIFEST_ID}'")
    assert found == {
        "@odata.context": f"{tenant.http}/v1.0/$metadata#appCatalogs/teamsApps",
        "@odata.count": 1,
        "value": [
            {"id": LIAISON_CATALOGUE_ID, "externalId": LIAISON_MANIFEST_ID, "displayName": "Liaison",
             "distributionMethod": "organization"}
        ],
    }  # fmt: skip
    store = graph.get(f"/appCatalogs/teamsApps?$filter=id eq '{DYNAMICS_TEAMS_APP_ID}'")["value"]
    assert (store[0]["displayName"], store[0]["distributionMethod"], store[0]["externalId"]) == (
        "Dynamics 365", "store", None,
    )  # fmt: skip
    organisations = graph.get("/appCatalogs/teamsApps?$filter=distributionMethod eq 'organization'")["value"]
    assert {app["displayName"] for app in organisations} == {"Liaison", "Menu de la cantine"}


def test_an_app_is_installed_once_and_listed_expanded(tenant: LocalTenant) -> None:
    graph = person(tenant, "Oliver")
    install(graph)
    assert graph.refused("POST", f"/teams/{VENTES}/installedApps", bound(LIAISON_CATALOGUE_ID))[:2] == (409, "Conflict")
    listed = graph.get(f"/teams/{VENTES}/installedApps?$expand=teamsApp,teamsAppDefinition")
    assert listed["@odata.context"].endswith(f"#teams('{VENTES}')/installedApps(teamsApp(),teamsAppDefinition())")
    one = listed["value"][0]
    assert base64.b64decode(one["id"]).decode() == f"{VENTES}##{LIAISON_CATALOGUE_ID}"
    assert one["teamsAppDefinition"]["teamsAppId"] == LIAISON_CATALOGUE_ID
    assert one["teamsAppDefinition"]["publishingState"] == "published"
    by_manifest = f"$expand=teamsApp&$filter=teamsApp/externalId eq '{LIAISON_MANIFEST_ID}'"
    assert len(graph.get(f"/teams/{VENTES}/installedApps?{by_manifest}")["value"]) == 1
    assert graph.get(f"/teams/{NORTHWIND}/installedApps?{by_manifest}")["value"] == []
    assert graph.get(f"/teams/{VENTES}/installedApps")["value"] == [{"id": one["id"]}]


def test_an_unknown_app_cannot_be_installed(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    status, code, message = graph.refused("POST", f"/teams/{VENTES}/installedApps", bound(LIAISON_MANIFEST_ID))
    assert (status, code) == (404, "NotFound")
    assert message.startswith("User is trying to create a team entitlement for a non existent App definition")
    assert graph.refused("POST", f"/teams/{VENTES}/installedApps", {"teamsApp": "x"})[2] == (
        "Invalid bind property name teamsApp in request."
    )


def test_removing_an_app_removes_its_tabs(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    install(graph)
    graph.post(f"{RENEWALS}/tabs", tab(LIAISON_CATALOGUE_ID))
    graph.post(f"{RENEWALS}/tabs", tab(WEBSITE))
    installation = graph.get(f"/teams/{VENTES}/installedApps")["value"][0]["id"]
    graph.delete(f"/teams/{VENTES}/installedApps/{installation}")
    assert graph.refused("DELETE", f"/teams/{VENTES}/installedApps/{installation}")[:2] == (404, "NotFound")
    kept = graph.get(f"{RENEWALS}/tabs?$expand=teamsApp")["value"]
    assert [one["teamsApp"]["id"] for one in kept] == [WEBSITE]


def test_a_blocked_app_is_neither_installed_nor_pinned(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    install(graph)
    tenant.switch(graph__blocked_apps=[LIAISON_CATALOGUE_ID])
    assert graph.refused("POST", f"/teams/{NORTHWIND}/installedApps", bound(LIAISON_CATALOGUE_ID))[:2] == (
        403,
        "Forbidden",
    )
    assert graph.refused("POST", f"{RENEWALS}/tabs", tab(LIAISON_CATALOGUE_ID))[:2] == (400, "BadRequest")


def test_the_self_permission_reaches_only_the_callers_own_app(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire", "TeamsAppInstallation.ReadWriteSelfForTeam TeamsTab.ReadWriteSelfForTeam")
    everything = person(tenant, "Claire")
    install(graph)
    assert graph.refused("POST", f"/teams/{VENTES}/installedApps", bound(DYNAMICS_TEAMS_APP_ID))[:2] == (
        403,
        "Forbidden",
    )
    install(everything, app_id=DYNAMICS_TEAMS_APP_ID)
    foreign = everything.post(f"{RENEWALS}/tabs", tab(DYNAMICS_TEAMS_APP_ID))
    mine = graph.post(f"{RENEWALS}/tabs", tab(LIAISON_CATALOGUE_ID))
    assert [one["id"] for one in graph.get(f"{RENEWALS}/tabs")["value"]] == [mine["id"]]
    assert len(everything.get(f"{RENEWALS}/tabs")["value"]) == 2
    assert graph.refused("DELETE", f"{RENEWALS}/tabs/{foreign['id']}")[:2] == (403, "Forbidden")
    other = person(tenant, "Claire", "TeamsTab.ReadWriteSelfForTeam", app_id="11111111-2222-3333-4444-555555555555")
    assert other.refused("DELETE", f"{RENEWALS}/tabs/{mine['id']}")[:2] == (403, "Forbidden")


def test_a_tab_is_made_and_told_whole(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    install(graph)
    body = tab(
        LIAISON_CATALOGUE_ID, entityId="lnk_1", websiteUrl="https://l.example/r", removeUrl="https://l.example/x"
    )
    made = graph.post(f"{RENEWALS}/tabs", body)
    address = made.pop("webUrl")
    assert address.startswith(f"{tenant.http}/teams/l/entity/{LIAISON_CATALOGUE_ID}/_djb2_msteams_prefix_")
    assert "&label=Opportunity%204711&context=%7B" in address
    encoded = channel_id("ventes-europe", "Renewals").replace(":", "%3A").replace("@", "%40")
    assert made == {
        "@odata.context": f"{tenant.http}/v1.0/$metadata#teams('{VENTES}')/channels('{encoded}')/tabs/$entity",
        "id": made["id"],
        "displayName": "Opportunity 4711",
        "sortOrderIndex": "10",
        "configuration": body["configuration"],
    }
    listed = graph.get(f"{RENEWALS}/tabs?$expand=teamsApp&$filter=teamsApp/id eq '{LIAISON_CATALOGUE_ID}'")
    assert listed["@odata.context"].endswith("/tabs(teamsApp())")
    assert listed["value"][0]["teamsApp"]["externalId"] == LIAISON_MANIFEST_ID
    assert "teamsApp" not in graph.get(f"{RENEWALS}/tabs/{made['id']}")


def test_equal_tabs_are_not_told_apart(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    install(graph)
    first = graph.post(f"{RENEWALS}/tabs", tab(LIAISON_CATALOGUE_ID, entityId="lnk_1"))
    second = graph.post(f"{RENEWALS}/tabs", tab(LIAISON_CATALOGUE_ID, entityId="lnk_1"))
    assert (first["id"] != second["id"], second["sortOrderIndex"]) == (True, "20")


def test_a_tab_needs_its_app_in_the_team_unless_it_is_built_in(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    renewals = channel_id("ventes-europe", "Renewals")
    assert graph.refused("POST", f"{RENEWALS}/tabs", tab(LIAISON_CATALOGUE_ID)) == (
        400,
        "BadRequest",
        (
            f"App id {LIAISON_CATALOGUE_ID} needs to be installed to the team {VENTES}:{renewals} and be in an "
            "unblocked state to install/update a tab"
        ),
    )
    website = {
        "entityId": None,
        "contentUrl": "https://x.example",
        "websiteUrl": "https://x.example",
        "removeUrl": None,
    }
    made = graph.post(f"{RENEWALS}/tabs", {"displayName": "Web", **bound(WEBSITE), "configuration": website})
    assert made["configuration"] == website


def test_a_fresh_installation_shows_later_when_the_switch_says_so(tenant: LocalTenant) -> None:
    tenant.switch(graph__install_delay_s=5)
    graph = person(tenant, "Claire")
    install(graph)
    assert graph.get(f"/teams/{VENTES}/installedApps")["value"] == []
    assert graph.refused("POST", f"{RENEWALS}/tabs", tab(LIAISON_CATALOGUE_ID))[0] == 400
    assert graph.refused("POST", f"/teams/{VENTES}/installedApps", bound(LIAISON_CATALOGUE_ID))[0] == 409
    tenant.control.post("/_control/clock", json={"advance_s": 6}).raise_for_status()
    assert graph.post(f"{RENEWALS}/tabs", tab(LIAISON_CATALOGUE_ID))["id"]


def test_static_tabs_take_no_name_and_no_configuration(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    install(graph, app_id=CANTEEN)
    assert graph.refused("POST", f"{RENEWALS}/tabs", tab(CANTEEN))[:2] == (400, "BadRequest")
    made = graph.post(f"{RENEWALS}/tabs", bound(CANTEEN))
    assert (made["displayName"], made["configuration"]) == ("Menu de la cantine", None)


@pytest.mark.parametrize(
    "change",
    [{"displayName": ""}, {"displayName": "x" * 129}, {"configuration": {"contentUrl": "http://example.org"}},
     {"configuration": {"websiteUrl": "https://a"}}, {"configuration": {"contentUrl": "javascript:alert(1)"}},
     {"configuration": []}, {"teamsApp@odata.bind": "https://x/other/1"}],
)  # fmt: skip
def test_a_malformed_tab_is_refused(tenant: LocalTenant, change: dict[str, Any]) -> None:
    assert person(tenant, "Claire").refused("POST", f"{RENEWALS}/tabs", tab(WEBSITE) | change)[:2] == (
        400,
        "BadRequest",
    )


def test_addresses_on_this_machine_need_no_https(tenant: LocalTenant) -> None:
    made = person(tenant, "Claire").post(f"{RENEWALS}/tabs", tab(WEBSITE, contentUrl="http://localhost:8300/t/1"))
    assert made["configuration"]["contentUrl"] == "http://localhost:8300/t/1"


def test_a_tab_is_renamed_and_reconfigured_whole_but_keeps_its_app(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    made = graph.post(f"{RENEWALS}/tabs", tab(WEBSITE, entityId="a", websiteUrl="https://a.example"))
    address = f"{RENEWALS}/tabs/{made['id']}"
    assert graph.patch(address, {"displayName": "New"})["configuration"] == made["configuration"]
    changed = graph.patch(address, {"configuration": {"contentUrl": "https://b.example"}})
    assert (changed["displayName"], changed["configuration"]) == (
        "New",
        {"entityId": None, "contentUrl": "https://b.example", "websiteUrl": None, "removeUrl": None},
    )
    assert graph.refused("PATCH", address, bound(WEBSITE))[:2] == (400, "BadRequest")
    graph.delete(address)
    assert graph.refused("GET", address)[:2] == (404, "NotFound")


def test_guests_manage_no_tabs_and_no_apps(tenant: LocalTenant) -> None:
    graph = person(tenant, "Lukas")
    contract = f"/teams/{NORTHWIND}/channels/{channel_id('northwind', 'Contract')}"
    assert graph.get(f"{contract}/tabs")["value"] == []
    assert graph.refused("POST", f"{contract}/tabs", tab(WEBSITE))[:2] == (403, "Forbidden")
    assert graph.refused("POST", f"/teams/{NORTHWIND}/installedApps", bound(LIAISON_CATALOGUE_ID))[0] == 403


def test_private_channels_may_demand_the_app_too(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    private = f"/teams/{VENTES}/channels/{channel_id('ventes-europe', 'Négociations')}"
    install(graph)
    tenant.switch(graph__channel_apps=True)
    assert graph.refused("POST", f"{private}/tabs", tab(LIAISON_CATALOGUE_ID)) == (
        403,
        "Forbidden",
        "Caller isn't enabled for requesting private channel.",
    )
    reference = {"@odata.id": f"https://graph.microsoft.com/v1.0/appCatalogs/teamsApps/{LIAISON_CATALOGUE_ID}"}
    assert graph.post(f"{private}/enabledApps/$ref", reference, status=204) is None
    assert [app["displayName"] for app in graph.get(f"{private}/enabledApps")["value"]] == ["Liaison"]
    assert graph.post(f"{private}/tabs", tab(LIAISON_CATALOGUE_ID))["id"]


def icon(side: int) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    rows = b"".join(b"\0" + b"\xff" * 4 * side for _ in range(side))
    header = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def package(version: str = "1.0.0", color: int = 192, **more: Any) -> bytes:
    manifest = {
        "manifestVersion": "1.25", "id": "5a0c1f2e-8f0d-4a56-9a42-0a3a0b1c2d3e", "version": version,
        "name": {"short": "Probe"}, "accentColor": "#5b5fc7",
        "developer": dict.fromkeys(("name", "websiteUrl", "privacyUrl", "termsOfUseUrl"), "https://l.example/"),
        "description": {"short": "s", "full": "f"}, "icons": {"color": "color.png", "outline": "outline.png"},
        "configurableTabs": [{"configurationUrl": "https://l.example/c", "scopes": ["team"]}],
        "webApplicationInfo": {"id": DELEGATED_APP_ID}, **more,
    }  # fmt: skip
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("manifest.json", json.dumps(manifest))
        archive.writestr("color.png", icon(color))
        archive.writestr("outline.png", icon(32))
    return packed.getvalue()


ZIP = {"Content-Type": "application/zip"}


def test_a_package_is_published_updated_and_removed_by_an_administrator(tenant: LocalTenant) -> None:
    graph = person(tenant, "Ingrid")
    made = graph.call("POST", "/appCatalogs/teamsApps", content=package(), headers=ZIP)
    assert made.status_code == 201
    app = made.json()
    assert (app["externalId"] != app["id"], app["distributionMethod"]) == (True, "organization")
    assert graph.refused("POST", "/appCatalogs/teamsApps", content=package(), headers=ZIP)[:2] == (409, "Conflict")
    definitions = f"/appCatalogs/teamsApps/{app['id']}/appDefinitions"
    assert graph.refused("POST", definitions, content=package(), headers=ZIP)[0] == 409
    assert graph.call("POST", definitions, content=package("1.1.0"), headers=ZIP).json()["version"] == "1.1.0"
    claire = person(tenant, "Claire")
    assert claire.refused("DELETE", f"/appCatalogs/teamsApps/{app['id']}")[:2] == (403, "Forbidden")
    graph.delete(f"/appCatalogs/teamsApps/{app['id']}")


@pytest.mark.parametrize("content", [b"no zip", package(color=96), package(id="x"), package(version="one")])
def test_a_package_that_is_not_valid_is_refused(tenant: LocalTenant, content: bytes) -> None:
    graph = person(tenant, "Ingrid")
    assert graph.refused("POST", "/appCatalogs/teamsApps", content=content, headers=ZIP)[:2] == (400, "BadRequest")


def test_others_may_only_submit_for_review(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    assert graph.refused("POST", "/appCatalogs/teamsApps", content=package(), headers=ZIP)[:2] == (403, "Forbidden")
    asked = graph.call("POST", "/appCatalogs/teamsApps?requiresReview=true", content=package(), headers=ZIP)
    assert asked.status_code == 201
    assert "Probe" not in {app["displayName"] for app in graph.get("/appCatalogs/teamsApps")["value"]}


def test_permissions_for_one_team_come_with_an_installed_app(tenant: LocalTenant) -> None:
    names = ("TeamsTab.Read.Group", "ChannelSettings.Read.Group")
    asked = {"permissions": {"resourceSpecific": [{"name": name, "type": "Application"} for name in names]}}
    ours = application(tenant, "").tenant.app("application")["client_id"]
    content = package(authorization=asked, webApplicationInfo={"id": ours})
    app_id = person(tenant, "Ingrid").call("POST", "/appCatalogs/teamsApps", content=content, headers=ZIP).json()["id"]
    granted = [{"permissionValue": name, "permissionType": "Application"} for name in names]
    consent = {"consentedPermissionSet": {"resourceSpecificPermissions": granted}}
    plain = EVERYTHING.replace("TeamsAppInstallation.ReadWriteAndConsentForTeam", "")
    assert person(tenant, "Claire", plain).refused("POST", f"/teams/{VENTES}/installedApps", bound(app_id) | consent)[
        :2
    ] == (403, "Forbidden")
    graph = person(tenant, "Claire")
    assert graph.refused("POST", f"/teams/{VENTES}/installedApps", bound(app_id))[:2] == (400, "BadRequest")
    install(graph, app_id=app_id, **consent)
    app = application(tenant, "")
    assert len(app.get(f"/teams/{VENTES}/channels")["value"]) == 5
    assert app.get(f"{RENEWALS}/tabs")["value"] == []
    assert app.refused("GET", f"/teams/{NORTHWIND}/channels")[:2] == (403, "Forbidden")
    assert app.refused("GET", f"/teams/{VENTES}/members")[:2] == (403, "Forbidden")
    told = person(tenant, "Claire", "ResourceSpecificPermissionGrant.ReadForTeam").get(
        f"/teams/{VENTES}/permissionGrants"
    )["value"]
    assert {one["permission"] for one in told} == set(names)
