"""Section 5 of the Graph contract: apps in teams, and tabs."""

from __future__ import annotations

from liaison.tenant.seeds.company import DYNAMICS_TEAMS_APP_ID, LIAISON_MANIFEST_ID
from liaison.tenant.seeds.teamwork import LIAISON_CATALOGUE_ID, channel_id
from tests.local_tenant import LocalTenant
from tests.tenant.examples.graph_shapes import answered, error
from tests.tenant.graph_client import VENTES, person

CHANNEL = channel_id("ventes-europe", "Renewals")
TABS = f"/teams/{VENTES}/channels/{CHANNEL}/tabs"
APPS = f"/teams/{VENTES}/installedApps"
CATALOGUE = "https://graph.microsoft.com/v1.0/appCatalogs/teamsApps"
NAMES = {VENTES: "{T}", LIAISON_CATALOGUE_ID: "{A}"}
CONSENT = ["TeamSettings.Read.Group", "TeamsTab.ReadWrite.Group"]
CONFIGURATION = {
    "entityId": "liaison:opportunity:6c2f",
    "contentUrl": "https://liaison.contoso.com/t/opportunity/6c2f",
    "websiteUrl": "https://liaison.contoso.com/r/opportunity/6c2f",
    "removeUrl": "https://liaison.contoso.com/t/removed",
}
WEBSITE = {
    "displayName": "Plan",
    "teamsApp@odata.bind": f"{CATALOGUE}/com.microsoft.teamspace.tab.web",
    "configuration": {
        "entityId": None,
        "contentUrl": "https://x.example/",
        "removeUrl": None,
        "websiteUrl": "https://x.example/",
    },
}
DYNAMICS = {"teamsApp@odata.bind": f"{CATALOGUE}/{DYNAMICS_TEAMS_APP_ID}"}


def test_an_app_is_found_in_the_catalogue_by_its_manifest_id_5_1(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    path = f"/appCatalogs/teamsApps?$filter=externalId eq '{LIAISON_MANIFEST_ID}'"
    assert answered(claire.call("GET", path), tenant, NAMES | {LIAISON_MANIFEST_ID: "{M}"}) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#appCatalogs/teamsApps",
            "@odata.count": 1,
            "value": [
                {"id": "{A}", "externalId": "{M}", "displayName": "Liaison", "distributionMethod": "organization"}
            ],
        },
    )
    assert answered(
        claire.call("GET", f"{path}&$expand=appDefinitions"), tenant, NAMES | {LIAISON_MANIFEST_ID: "{M}"}
    ) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#appCatalogs/teamsApps(appDefinitions())",
            "@odata.count": 1,
            "value": [
                {
                    "id": "{A}",
                    "externalId": "{M}",
                    "displayName": "Liaison",
                    "distributionMethod": "organization",
                    "appDefinitions": [
                        {
                            "id": "ZmVmZTU2NWQtZDBkNS01YzAzLTk1NGEtNzY0MWQ2NTk1NTRkIyMxLjAuMA==",
                            "teamsAppId": "{A}",
                            "displayName": "Liaison",
                            "version": "1.0.0",
                            "publishingState": "published",
                            "shortDescription": "Records and channels together",
                            "description": "Links CRM records to channels and their files.",
                            "lastModifiedDateTime": "TIME",
                            "createdBy": None,
                            "azureADAppId": "GUID",
                            "authorization": {
                                "clientAppId": "GUID",
                                "requiredPermissionSet": {"resourceSpecificPermissions": []},
                            },
                        }
                    ],
                }
            ],
        },
    )


def test_a_store_app_is_installed_once_5_1(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    assert answered(claire.call("POST", APPS, DYNAMICS), tenant) == (201, None)
    assert answered(claire.call("POST", APPS, DYNAMICS), tenant, {DYNAMICS_TEAMS_APP_ID: "{D}"}) == error(
        409, "Conflict", "App is already installed in the team: {D}."
    )
    path = f"{APPS}?$expand=teamsApp,teamsAppDefinition&$filter=teamsApp/id eq '{DYNAMICS_TEAMS_APP_ID}'"
    found = claire.call("GET", path)
    assert answered(found, tenant, NAMES | {DYNAMICS_TEAMS_APP_ID: "{D}"}) == (
        200,
        {
            "@odata.context": ("ORIGIN/v1.0/$metadata#teams('{T}')/installedApps(teamsApp(),teamsAppDefinition())"),
            "@odata.count": 1,
            "value": [
                {
                    "id": "MEMBERSHIP",
                    "teamsApp": {
                        "id": "{D}",
                        "externalId": None,
                        "displayName": "Dynamics 365",
                        "distributionMethod": "store",
                    },
                    "teamsAppDefinition": {
                        "id": "Y2QyZDg2OTUtYmRjOS00ZDhlLTk2MjAtY2M5NjNlZDgxZjQxIyMxLjcuMA==",
                        "teamsAppId": "{D}",
                        "displayName": "Dynamics 365",
                        "version": "1.7.0",
                        "publishingState": "published",
                        "shortDescription": "Collaborate on Dynamics 365 records",
                        "description": "",
                        "lastModifiedDateTime": "TIME",
                        "createdBy": None,
                        "azureADAppId": "GUID",
                        "authorization": {
                            "clientAppId": "GUID",
                            "requiredPermissionSet": {"resourceSpecificPermissions": []},
                        },
                    },
                }
            ],
        },
    )
    installation = found.json()["value"][0]["id"]
    assert answered(claire.call("POST", f"{APPS}/{installation}/upgrade"), tenant) == (204, None)
    assert answered(claire.call("DELETE", f"{APPS}/{installation}"), tenant) == (204, None)
    assert answered(
        claire.call("GET", f"{APPS}?$expand=teamsApp&$filter=teamsApp/externalId eq 'x'"), tenant, NAMES
    ) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#teams('{T}')/installedApps(teamsApp())",
            "@odata.count": 0,
            "value": [],
        },
    )


def test_an_unknown_or_blocked_app_is_refused_5_1(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    nothing = {"teamsApp@odata.bind": f"{CATALOGUE}/0f7c2b5e-3d41-4b0a-9a3e-6c1d2e8f4a77"}
    assert answered(claire.call("POST", APPS, nothing), tenant) == error(
        404, "NotFound", ("User is trying to create a team entitlement for a non existent App definition: GUID.")
    )
    tenant.switch(graph__blocked_apps=[DYNAMICS_TEAMS_APP_ID])
    assert answered(claire.call("POST", APPS, DYNAMICS), tenant) == error(
        403, "Forbidden", "App GUID is blocked by an app permission policy."
    )


def test_a_tab_needs_its_app_in_the_team_5_2(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    body = {"displayName": "Opportunity 4711", **DYNAMICS, "configuration": CONFIGURATION}
    assert answered(claire.call("POST", TABS, body), tenant) == error(
        400,
        "BadRequest",
        (
            "App id GUID needs to be installed to the team GUID:CHANNEL and be in an "
            "unblocked state to install/update a tab"
        ),
    )
    assert answered(claire.call("POST", TABS, {**body, "teamsApp": "x", "teamsApp@odata.bind": None}), tenant) == error(
        400, "BadRequest", "Bind requests not supported for '': expected a member of teamsApps."
    )
    misspelt = {"displayName": "x", "app@odata.bind": "x"}
    assert answered(claire.call("POST", TABS, misspelt), tenant) == error(
        400, "BadRequest", "Invalid bind property name teamsApp in request."
    )


def test_a_tab_is_added_changed_and_removed_5_2(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    claire.call("POST", APPS, DYNAMICS)
    body = {"displayName": "Opportunity 4711", **DYNAMICS, "configuration": CONFIGURATION}
    made = claire.call("POST", TABS, body)
    told = answered(made, tenant, NAMES)
    link = told[1].pop("webUrl")
    assert told == (
        201,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#teams('{T}')/channels('CHANNEL')/tabs/$entity",
            "id": "GUID",
            "displayName": "Opportunity 4711",
            "sortOrderIndex": "10",
            "configuration": {
                "entityId": "liaison:opportunity:6c2f",
                "contentUrl": "https://liaison.contoso.com/t/opportunity/6c2f",
                "websiteUrl": "https://liaison.contoso.com/r/opportunity/6c2f",
                "removeUrl": "https://liaison.contoso.com/t/removed",
            },
        },
    )
    assert (
        link.startswith("ORIGIN/teams/l/entity/GUID/_djb2_msteams_prefix_"),
        "label=Opportunity%204711" in link,
    ) == (True, True)
    tab = f"{TABS}/{made.json()['id']}"
    changed = claire.call(
        "PATCH", tab, {"displayName": "Deal", "configuration": {**CONFIGURATION, "entityId": "x"}}
    ).json()
    assert (changed["displayName"], changed["configuration"]["entityId"]) == ("Deal", "x")
    assert answered(claire.call("PATCH", tab, DYNAMICS), tenant) == error(
        400, "BadRequest", "The app of a tab cannot be changed."
    )
    assert answered(claire.call("DELETE", tab), tenant) == (204, None)
    assert answered(claire.call("GET", tab), tenant) == error(404, "NotFound", "No tab found with id GUID.")


def test_tabs_are_listed_with_their_app_only_when_expanded_5_2(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    claire.post(TABS, WEBSITE)
    found = claire.get(f"{TABS}?$expand=teamsApp&$filter=teamsApp/id eq 'com.microsoft.teamspace.tab.web'")
    assert [one.pop("webUrl")[:4] for one in found["value"]] == ["http"]
    assert answered(claire.call("GET", f"{TABS}?$select=displayName,sortOrderIndex"), tenant, NAMES) == (
        200,
        {
            "@odata.context": (
                "ORIGIN/v1.0/$metadata#teams('{T}')/channels('CHANNEL')/tabs(displayName,sortOrderIndex)"
            ),
            "@odata.count": 1,
            "value": [{"displayName": "Plan", "sortOrderIndex": "10"}],
        },
    )
    assert [one["teamsApp"] for one in found["value"]] == [
        {
            "id": "com.microsoft.teamspace.tab.web",
            "externalId": None,
            "displayName": "Website",
            "distributionMethod": "store",
        }
    ]
    assert ["teamsApp" in one for one in claire.get(TABS)["value"]] == [False]


def test_equal_tabs_are_not_told_apart_5_2(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    before = len(claire.get(TABS)["value"])
    assert claire.post(TABS, WEBSITE)["id"] != claire.post(TABS, WEBSITE)["id"]
    assert len(claire.get(TABS)["value"]) - before == 2


def test_tab_addresses_are_https_5_3(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    plain_http = {**WEBSITE, "configuration": {"contentUrl": "http://x.example/"}}
    assert answered(claire.call("POST", TABS, plain_http), tenant) == error(
        400, "BadRequest", "The value of 'contentUrl' must be an https address."
    )
    assert answered(claire.call("POST", TABS, {**WEBSITE, "configuration": {"entityId": "x"}}), tenant) == error(
        400, "BadRequest", "A non-empty value for 'contentUrl' is required."
    )
    wiki = {**WEBSITE, "teamsApp@odata.bind": f"{CATALOGUE}/com.microsoft.teamspace.tab.wiki"}
    assert answered(claire.call("POST", TABS, wiki), tenant) == error(
        400, "BadRequest", "Configuration is not supported for this tab."
    )


def test_the_primary_channel_has_tabs_at_its_own_address_5_2(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    made = claire.post(f"/teams/{VENTES}/primaryChannel/tabs", WEBSITE)["id"]
    primary = claire.get(f"/teams/{VENTES}/primaryChannel")["id"]
    assert made in [one["id"] for one in claire.get(f"/teams/{VENTES}/channels/{primary}/tabs")["value"]]
