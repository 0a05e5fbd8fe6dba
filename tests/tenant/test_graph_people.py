"""People, licences, roles, consent, sites: what the directory tells and to whom."""

from __future__ import annotations

import base64
import uuid
from typing import Any

import pytest

from liaison.tenant.seeds.company import APPLICATION_APP_ID, DELEGATED_APP_ID, GLOBAL_ADMINISTRATOR, TENANT_ID
from tests.local_tenant import LocalTenant
from tests.tenant.graph_client import SUPPORT, VENTES, Graph, application, person

EVENTUAL = {"ConsistencyLevel": "eventual"}
GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000"


def test_oneself_is_told_with_the_default_properties(tenant: LocalTenant) -> None:
    claire = tenant.person("Claire")
    assert person(tenant, "Claire", "User.Read").get("/me") == {
        "@odata.context": f"{tenant.http}/v1.0/$metadata#users/$entity",
        "businessPhones": [],
        "displayName": "Claire Fontaine",
        "givenName": "Claire",
        "jobTitle": "Account manager",
        "mail": "claire.fontaine@contoso.com",
        "mobilePhone": None,
        "officeLocation": None,
        "preferredLanguage": claire.language,
        "surname": "Fontaine",
        "userPrincipalName": "claire.fontaine@contoso.com",
        "id": claire.id,
    }


def test_other_properties_must_be_selected(tenant: LocalTenant) -> None:
    graph = person(tenant, "Nadia")
    victor = graph.get("/users/victor.nilsson@contoso.com?$select=id,accountEnabled,userType,department,aboutMe")
    assert victor == {
        "@odata.context": f"{tenant.http}/v1.0/$metadata#users(id,accountEnabled,userType,department,aboutMe)/$entity",
        "id": tenant.person("Victor").id,
        "accountEnabled": False,
        "userType": "Member",
        "department": "Sales",
        "aboutMe": None,
    }
    guest = graph.get("/users('lukas.weber_fabrikam.com%23EXT%23@contoso.com')?$select=userType")
    assert guest["userType"] == "Guest"


def test_the_basic_permission_tells_little_of_others(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire", "User.ReadBasic.All")
    oliver = graph.get(f"/users/{tenant.person('Oliver').id}")
    assert (oliver["displayName"], oliver["jobTitle"]) == ("Oliver Grant", None)
    assert person(tenant, "Claire", "User.Read").refused("GET", "/users")[:2] == (403, "Authorization_RequestDenied")
    only_me = person(tenant, "Claire", "User.Read")
    assert only_me.refused("GET", f"/users/{tenant.person('Oliver').id}")[:2] == (403, "Authorization_RequestDenied")
    assert only_me.get(f"/users/{tenant.person('Claire').id}")["givenName"] == "Claire"


def test_nobody_is_not_found(tenant: LocalTenant) -> None:
    unknown = "47000000-0000-0000-0000-000000000001"
    assert person(tenant, "Claire").refused("GET", f"/users/{unknown}") == (
        404,
        "Request_ResourceNotFound",
        f"Resource '{unknown}' does not exist or one of its queried reference-property objects are not present.",
    )


def test_people_are_found_and_counted(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")

    def names(query: str, **headers: str) -> list[str]:
        return [user["displayName"] for user in graph.get(f"/users?{query}", headers=headers)["value"]]

    assert names("$filter=startswith(displayName,'cla')&$select=id,displayName") == ["Claire Fontaine"]
    assert names("$filter=userPrincipalName eq 'Oliver.Grant@contoso.com'") == ["Oliver Grant"]
    assert names("$filter=accountEnabled eq false&$select=displayName,accountEnabled") == ["Victor Nilsson"]
    assert names('$search="displayName:grant" OR "mail:anais"', **EVENTUAL) == ["Anaïs Girard", "Oliver Grant"]
    assert names("$filter=endswith(mail,'@contoso.com')&$count=true&$orderby=displayName desc&$top=1", **EVENTUAL) == [
        "Victor Nilsson"
    ]
    counted = graph.call("GET", "/users/$count", headers=EVENTUAL)
    assert (counted.text, counted.headers["content-type"].split(";")[0]) == ("14", "text/plain")
    page = graph.get("/users?$count=true&$top=5", headers=EVENTUAL)
    assert (page["@odata.count"], len(page["value"])) == (14, 5)
    assert "@odata.count" not in graph.get("/users?$count=true&$top=5")


@pytest.mark.parametrize(
    ("query", "headers", "code", "message"),
    [
        ("/users/$count", {}, "Request_BadRequest", "$count is not currently supported."),
        ("/users?$search=\"displayName:a\"", {}, "Request_UnsupportedQuery",
         ("Request with $search query parameter only works through MSGraph with a special request header: "
          "'ConsistencyLevel: eventual'")),
        ("/users?$filter=displayName ne 'a'", {}, "Request_UnsupportedQuery", "Unsupported Query."),
        ("/users?$filter=displayName ne 'a'", EVENTUAL, "Request_UnsupportedQuery", "Unsupported Query."),
        ("/users?$filter=startswith(mail,'a')&$orderby=displayName", {}, "Request_UnsupportedQuery",
         "Unsupported Query."),
        ("/users?$top=1000", {}, "Request_BadRequest",
         "Invalid page size specified: '1000'. Must be between 1 and 999 inclusive."),
    ],
)  # fmt: skip
def test_advanced_queries_need_their_header(
    tenant: LocalTenant, query: str, headers: dict[str, str], code: str, message: str
) -> None:
    assert person(tenant, "Claire").refused("GET", query, headers=headers) == (400, code, message)


def test_guests_do_not_browse_the_directory(tenant: LocalTenant) -> None:
    graph = Graph(tenant, tenant.token("Lukas", "User.Read User.Read.All"))
    assert graph.get("/me")["displayName"] == "Lukas Weber"
    assert graph.refused("GET", "/users")[:2] == (403, "Authorization_RequestDenied")


def test_licences_name_their_plans(tenant: LocalTenant) -> None:
    claire = tenant.person("Claire").id
    details = person(tenant, "Claire", "User.Read").get("/me/licenseDetails")
    assert details["@odata.context"] == f"{tenant.http}/v1.0/$metadata#users('{claire}')/licenseDetails"
    rows = {row["skuPartNumber"]: row for row in details["value"]}
    assert rows["SPE_E5"]["skuId"] == "06ebc4ee-1bb5-47dd-8120-11324bc54e06"
    teams = [plan for plan in rows["SPE_E5"]["servicePlans"] if plan["servicePlanName"] == "TEAMS1"]
    assert teams == [
        {"servicePlanId": "57ff2da0-773e-42df-b2af-ffb7a2317929", "servicePlanName": "TEAMS1",
         "provisioningStatus": "Success", "appliesTo": "User"}
    ]  # fmt: skip
    oliver = tenant.person("Oliver").id
    assert person(tenant, "Claire", "User.Read").refused("GET", f"/users/{oliver}/licenseDetails")[:2] == (
        403,
        "Authorization_RequestDenied",
    )
    app = application(tenant, "LicenseAssignment.Read.All")
    assert {row["skuPartNumber"] for row in app.get(f"/users/{oliver}/licenseDetails")["value"]} == {
        "SPE_E5",
        "DYN365_ENTERPRISE_SALES",
    }
    skus = {sku["skuPartNumber"]: sku for sku in app.get("/subscribedSkus")["value"]}
    assert skus["SPE_E5"]["consumedUnits"] == 11
    assert skus["SPE_E5"]["prepaidUnits"]["enabled"] >= 11


def test_nobody_has_a_picture(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    for path in ("/me/photo/$value", "/me/photos/48x48/$value", f"/users/{tenant.person('Oliver').id}/photo"):
        assert graph.refused("GET", path)[:2] == (404, "ImageNotFound")
    assert graph.refused("GET", "/me/photos/50x50/$value")[0] == 400


def test_presence_is_told_for_many_at_once(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    ids = [tenant.person("Oliver").id, tenant.person("Victor").id]
    found = graph.post("/communications/getPresencesByUserId", {"ids": ids}, status=200)["value"]
    assert [(one["id"], one["availability"]) for one in found] == [(ids[0], "Available"), (ids[1], "Offline")]


def test_directory_roles_of_the_caller_need_a_right_to_be_read(tenant: LocalTenant) -> None:
    roles = person(tenant, "Nadia").get("/me/memberOf/microsoft.graph.directoryRole")["value"]
    assert [(role["@odata.type"], role["roleTemplateId"]) for role in roles] == [
        ("#microsoft.graph.directoryRole", GLOBAL_ADMINISTRATOR)
    ]
    assert roles[0]["id"] != GLOBAL_ADMINISTRATOR
    limited = person(tenant, "Nadia", "User.Read").get("/me/memberOf")["value"]
    assert {one["displayName"] for one in limited} == {None}
    assert person(tenant, "Claire").get("/me/memberOf/graph.directoryRole")["value"] == []
    groups = person(tenant, "Claire").get("/me/memberOf/microsoft.graph.group?$select=id")["value"]
    assert len(groups) == 2


def test_roles_are_listed_with_their_members(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    found = graph.get(f"/directoryRoles?$filter=roleTemplateId eq '{GLOBAL_ADMINISTRATOR}'")["value"]
    by_template = graph.get(f"/directoryRoles(roleTemplateId='{GLOBAL_ADMINISTRATOR}')")
    assert by_template["id"] == found[0]["id"]
    members = graph.get(f"/directoryRoles/{found[0]['id']}/members")["value"]
    assert [member["displayName"] for member in members] == ["Nadia Benali"]
    assert graph.get("/organization")["value"][0]["id"] == TENANT_ID


def principal_id(graph: Graph, app_id: str) -> str:
    return str(graph.get(f"/servicePrincipals(appId='{app_id}')")["id"])


def test_a_service_principal_offers_scopes_and_roles(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    theirs = graph.get(f"/servicePrincipals?$filter=appId eq '{GRAPH_APP_ID}'")["value"][0]
    scopes = {scope["value"]: scope for scope in theirs["oauth2PermissionScopes"]}
    assert scopes["Channel.Create"]["id"] == "101147cf-4178-4455-9d58-02b5c164e759"
    assert scopes["Channel.Create"]["type"] == "Admin"
    assert graph.get(f"/servicePrincipals/{theirs['id']}")["appId"] == GRAPH_APP_ID
    assert graph.refused("GET", "/servicePrincipals(appId='11111111-1111-1111-1111-111111111111')")[:2] == (
        404,
        "Request_ResourceNotFound",
    )


def test_a_delegated_grant_is_made_changed_and_revoked_by_an_administrator(tenant: LocalTenant) -> None:
    graph = person(tenant, "Nadia")
    ours, theirs = principal_id(graph, DELEGATED_APP_ID), principal_id(graph, GRAPH_APP_ID)
    wanted = f"/oauth2PermissionGrants?$filter=clientId eq '{ours}' and consentType eq 'AllPrincipals'"
    for grant in graph.get(wanted)["value"]:
        graph.delete(f"/oauth2PermissionGrants/{grant['id']}")
    body = {"clientId": ours, "consentType": "AllPrincipals", "principalId": None, "resourceId": theirs,
            "scope": "User.Read Team.Create"}  # fmt: skip
    made = graph.post("/oauth2PermissionGrants", body)
    assert set(made["scope"].split()) == {"User.Read", "Team.Create"}
    assert graph.refused("POST", "/oauth2PermissionGrants", body)[0] == 409
    claire = person(tenant, "Claire")
    assert claire.refused("PATCH", f"/oauth2PermissionGrants/{made['id']}", {"scope": "x"})[:2] == (
        403,
        "Authorization_RequestDenied",
    )
    assert graph.patch(f"/oauth2PermissionGrants/{made['id']}", {"scope": "User.Read"}, status=204) is None
    assert [grant["scope"] for grant in claire.get(wanted)["value"]] == ["User.Read"]
    graph.delete(f"/oauth2PermissionGrants/{made['id']}")
    assert claire.get(wanted)["value"] == []


def test_application_roles_are_listed_given_and_taken(tenant: LocalTenant) -> None:
    graph = person(tenant, "Nadia")
    app, theirs = principal_id(graph, APPLICATION_APP_ID), graph.get(f"/servicePrincipals(appId='{GRAPH_APP_ID}')")
    address = f"/servicePrincipals/{app}/appRoleAssignments"
    before = graph.get(address)["value"]
    if before:
        assert before[0]["principalId"] == app
        graph.delete(f"{address}/{before[0]['id']}")
    held = {one["appRoleId"] for one in graph.get(address)["value"]}
    role = next(role["id"] for role in theirs["appRoles"] if role["id"] not in held)
    body = {"principalId": app, "resourceId": theirs["id"], "appRoleId": role}
    made = graph.post(address, body)
    assert (made["principalType"], made["resourceId"]) == ("ServicePrincipal", theirs["id"])
    assert graph.refused("POST", address, body)[:2] == (400, "Request_BadRequest")
    assert made["id"] in {
        one["id"] for one in graph.get(f"/servicePrincipals/{theirs['id']}/appRoleAssignedTo")["value"]
    }
    graph.delete(f"{address}/{made['id']}")


def test_a_deleted_service_principal_is_gone(tenant: LocalTenant) -> None:
    graph = Graph(tenant, tenant.token("Nadia", "Application.ReadWrite.All Application.Read.All"))
    address = f"/servicePrincipals/{principal_id(graph, APPLICATION_APP_ID)}"
    assert graph.patch(address, {"accountEnabled": False}, status=204) is None
    assert graph.get(address)["accountEnabled"] is False
    graph.delete(address)
    assert graph.refused("GET", address)[0] == 404


def test_sites_are_found_by_path_id_and_group(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    site = graph.get(f"/groups/{VENTES}/sites/root")
    created = site.pop("createdDateTime"), site.pop("lastModifiedDateTime")
    assert all(stamp.endswith("Z") for stamp in created)
    host, collection, web = site["id"].split(",")
    assert site == {
        "@odata.context": f"{tenant.http}/v1.0/$metadata#sites/$entity",
        "id": f"contoso.sharepoint.com,{collection},{web}",
        "name": "VentesEurope",
        "displayName": "Ventes Europe",
        "description": "",
        "webUrl": f"{tenant.http}/sites/VentesEurope",
        "root": {},
        "siteCollection": {"hostname": tenant.http.removeprefix("http://")},
    }
    own_host = tenant.http.removeprefix("http://")
    for address in (
        f"/sites/{host}:/sites/VentesEurope", f"/sites/{own_host}:/sites/ventesEurope:",
        "/sites/contoso.sharepoint.com%3A%2Fsites%2FVentesEurope%3A",
        "/sites/getByPath(path='%2Fsites%2FVentesEurope')",
        f"/sites/{site['id']}", f"/sites/{collection}",
    ):  # fmt: skip
        assert graph.get(address)["id"] == site["id"]
    assert graph.get("/sites/root")["webUrl"] == tenant.http
    libraries = graph.get(f"/sites/{site['id']}/drives")["value"]
    assert [drive["id"] for drive in libraries] == [graph.get(f"/groups/{VENTES}/drive")["id"]]
    lists = graph.get(f"/sites/{host}:/sites/VentesEurope:/lists")["value"]
    assert lists[0]["list"] == {"contentTypesEnabled": False, "hidden": False, "template": "documentLibrary"}
    by_title = graph.get(f"/sites/{site['id']}/lists/Documents/drive")
    assert by_title["id"] == libraries[0]["id"]
    found = graph.get("/sites?search=ventes")["value"]
    assert {one["name"] for one in found} == {"VentesEurope", "VentesEurope-Negociations"}


def test_a_drive_id_holds_the_guids_of_its_site_and_list(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    site = graph.get(f"/groups/{VENTES}/sites/root")["id"].split(",")
    drive = graph.get(f"/groups/{VENTES}/drive")["id"]
    raw = base64.urlsafe_b64decode(drive.removeprefix("b!"))
    listed = graph.get(f"/drives/{drive}/list")["id"]
    assert [str(uuid.UUID(bytes_le=raw[at : at + 16])) for at in (0, 16, 32)] == [*site[1:], listed]


@pytest.mark.parametrize(
    ("address", "answer"),
    [
        ("/sites/contoso.sharepoint.com:/sites/Nowhere", (404, "itemNotFound", "Requested site could not be found")),
        ("/sites/abc", (400, "invalidRequest",
                        "Provided identifier is malformed - site collection id is not valid")),
        (f"/groups/{SUPPORT}/sites/root", (403, "accessDenied", "Access denied")),
        ("/sites/example.org:/sites/X", (400, "invalidRequest", "Invalid hostname for this tenancy")),
    ],
)  # fmt: skip
def test_sites_that_cannot_be_read(tenant: LocalTenant, address: str, answer: tuple[Any, ...]) -> None:
    assert person(tenant, "Claire").refused("GET", address) == answer


def test_the_settings_of_sharepoint_say_nothing_of_devices(tenant: LocalTenant) -> None:
    graph = person(tenant, "Nadia", "SharePointTenantSettings.Read.All")
    settings = graph.get("/admin/sharepoint/settings")
    assert settings["sharingCapability"] == "externalUserSharingOnly"
    assert not any("conditionalAccess" in name for name in settings)
