"""Section 7 of the Graph contract: people, licences, memberships and advanced queries."""

from __future__ import annotations

from tests.local_tenant import LocalTenant
from tests.tenant.examples.graph_shapes import answered, error, plain
from tests.tenant.graph_client import NORTHWIND, VENTES, person

EVENTUAL = {"ConsistencyLevel": "eventual"}
NAMES = {VENTES: "{T}", NORTHWIND: "{N}"}
PEOPLE = (
    "People.Read User.ReadWrite.All Directory.Read.All LicenseAssignment.ReadWrite.All RoleManagement.Read.Directory"
)


def test_me_has_the_default_properties_7_1(tenant: LocalTenant) -> None:
    assert answered(person(tenant, "Claire").call("GET", "/me"), tenant) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#users/$entity",
            "businessPhones": [],
            "displayName": "Claire Fontaine",
            "givenName": "Claire",
            "jobTitle": "Account manager",
            "mail": "claire.fontaine@contoso.com",
            "mobilePhone": None,
            "officeLocation": None,
            "preferredLanguage": "en-GB",
            "surname": "Fontaine",
            "userPrincipalName": "claire.fontaine@contoso.com",
            "id": "GUID",
        },
    )
    assert answered(
        person(tenant, "Claire").call("GET", "/users/claire.fontaine@contoso.com?$select=userType,department"), tenant
    ) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#users(userType,department)/$entity",
            "userType": "Member",
            "department": "Sales",
        },
    )


def test_people_are_filtered_and_selected_7_1(tenant: LocalTenant) -> None:
    path = "/users?$filter=startswith(displayName,'cla')&$select=id,displayName"
    assert answered(person(tenant, "Claire").call("GET", path), tenant) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#users(id,displayName)",
            "value": [{"id": "GUID", "displayName": "Claire Fontaine"}],
        },
    )


def test_an_unknown_object_is_told_in_the_directorys_words_7_1(tenant: LocalTenant) -> None:
    assert answered(person(tenant, "Claire").call("GET", "/users/nobody@contoso.com"), tenant) == error(
        404,
        "Request_ResourceNotFound",
        (
            "Resource 'nobody@contoso.com' does not exist or one of its queried "
            "reference-property objects are not present."
        ),
    )
    assert answered(person(tenant, "Claire", "User.Read").call("GET", "/users"), tenant) == error(
        403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."
    )


def test_licences_are_told_plan_by_plan_7_1(tenant: LocalTenant) -> None:
    found = person(tenant, "Tom").get("/me/licenseDetails")
    assert plain(found["@odata.context"], tenant) == "ORIGIN/v1.0/$metadata#users('GUID')/licenseDetails"
    assert plain(found["value"][1], tenant) == {
        "id": "GUID",
        "skuId": "GUID",
        "skuPartNumber": "O365_BUSINESS_ESSENTIALS_NO_TEAMS",
        "servicePlans": [
            {
                "servicePlanId": "GUID",
                "servicePlanName": "EXCHANGE_S_STANDARD",
                "provisioningStatus": "Success",
                "appliesTo": "User",
            },
            {
                "servicePlanId": "GUID",
                "servicePlanName": "SHAREPOINTSTANDARD",
                "provisioningStatus": "Success",
                "appliesTo": "User",
            },
        ],
    }
    sku = person(tenant, "Claire").get("/subscribedSkus")["value"][-1]
    assert sorted(sku) == [
        "accountId",
        "accountName",
        "appliesTo",
        "capabilityStatus",
        "consumedUnits",
        "id",
        "prepaidUnits",
        "servicePlans",
        "skuId",
        "skuPartNumber",
        "subscriptionIds",
    ]
    assert (sku["skuPartNumber"], sku["prepaidUnits"], sku["consumedUnits"]) == (
        "SPE_E5",
        {"enabled": 25, "suspended": 0, "warning": 0, "lockedOut": 0},
        11,
    )


def test_nobody_has_a_photo_and_presence_is_available_7_1(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    assert answered(claire.call("GET", "/me/photo/$value"), tenant) == error(
        404,
        "ImageNotFound",
        ("Exception of type 'Microsoft.Fast.Profile.Core.Exception.ImageNotFoundException' was thrown."),
    )
    assert answered(claire.call("GET", "/users/sofia.rossi@contoso.com/presence"), tenant) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#users('GUID')/presence/$entity",
            "id": "GUID",
            "availability": "Available",
            "activity": "Available",
            "statusMessage": None,
        },
    )
    ids = [tenant.person("Victor").id]
    assert answered(claire.call("POST", "/communications/getPresencesByUserId", {"ids": ids}), tenant) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#Collection(microsoft.graph.presence)",
            "value": [{"id": "GUID", "availability": "Offline", "activity": "Offline", "statusMessage": None}],
        },
    )


def test_roles_of_a_person_are_cast_and_counted_7_1(tenant: LocalTenant) -> None:
    nadia = person(tenant, "Nadia")
    assert answered(nadia.call("GET", "/me/memberOf/microsoft.graph.directoryRole"), tenant) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#directoryObjects",
            "value": [
                {
                    "@odata.type": "#microsoft.graph.directoryRole",
                    "id": "GUID",
                    "deletedDateTime": None,
                    "description": "Can manage all aspects of Microsoft Entra ID.",
                    "displayName": "Global Administrator",
                    "roleTemplateId": "GUID",
                }
            ],
        },
    )
    assert nadia.call("GET", "/me/memberOf/$count", headers=EVENTUAL).text == "4"
    assigned = nadia.get(
        f"/roleManagement/directory/roleAssignments?$filter=principalId eq '{tenant.person('Nadia').id}'"
    )
    assert plain(assigned, tenant) == {
        "@odata.context": "ORIGIN/v1.0/$metadata#roleManagement/directory/roleAssignments",
        "value": [{"id": "GUID", "principalId": "GUID", "directoryScopeId": "/", "roleDefinitionId": "GUID"}],
    }


def test_memberships_are_checked_and_listed_by_id_7_1(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    groups = {"groupIds": [VENTES, "0f7c2b5e-3d41-4b0a-9a3e-6c1d2e8f4a77"]}
    assert answered(claire.call("POST", "/me/checkMemberGroups", groups), tenant, NAMES) == (
        200,
        {"@odata.context": "ORIGIN/v1.0/$metadata#Collection(Edm.String)", "value": ["{T}"]},
    )
    found = claire.call("POST", "/me/getMemberGroups", {"securityEnabledOnly": False})
    assert (found.status_code, sorted(plain(found.json()["value"], tenant, NAMES))) == (200, ["{N}", "{T}"])
    assert answered(claire.call("POST", "/me/getMemberObjects", {"securityEnabledOnly": True}), tenant) == (
        200,
        {"@odata.context": "ORIGIN/v1.0/$metadata#Collection(Edm.String)", "value": []},
    )


def test_objects_are_found_by_their_ids_whatever_their_type_7_1(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    ids = {"ids": [VENTES, tenant.person("Claire").id, "0f7c2b5e-3d41-4b0a-9a3e-6c1d2e8f4a77"]}
    found = claire.post("/directoryObjects/getByIds", ids, 200)["value"]
    assert [(one["@odata.type"], one["displayName"]) for one in found] == [
        ("#microsoft.graph.group", "Ventes Europe"),
        ("#microsoft.graph.user", "Claire Fontaine"),
    ]
    found = claire.post("/directoryObjects/getByIds", {**ids, "types": ["user"]}, 200)["value"]
    assert [one["displayName"] for one in found] == ["Claire Fontaine"]
    assert answered(claire.call("GET", "/directoryObjects/none"), tenant) == error(
        404,
        "Request_ResourceNotFound",
        ("Resource 'none' does not exist or one of its queried reference-property objects are not present."),
    )


def test_managers_and_reports_are_told_both_ways_7_1(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    assert answered(claire.call("GET", "/me/manager?$select=displayName"), tenant) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#directoryObjects/$entity",
            "@odata.type": "#microsoft.graph.user",
            "displayName": "Priya Raman",
        },
    )
    assert answered(claire.call("GET", "/users/nadia.benali@contoso.com/manager"), tenant) == error(
        404,
        "Request_ResourceNotFound",
        ("Resource 'manager' does not exist or one of its queried reference-property objects are not present."),
    )
    reports = claire.get("/users/priya.raman@contoso.com/directReports?$select=displayName")["value"]
    assert [one["displayName"] for one in reports] == [
        "Claire Fontaine",
        "Emma Whitfield",
        "Hugo Marchand",
        "Oliver Grant",
        "Tom Becker",
    ]


def test_people_are_searched_by_the_beginning_of_their_names_7_1(tenant: LocalTenant) -> None:
    found = person(tenant, "Claire", PEOPLE).get(
        "/me/people?$search=pri&$select=displayName,userPrincipalName,personType"
    )
    assert plain(found, tenant) == {
        "@odata.context": "ORIGIN/v1.0/$metadata#users('GUID')/people",
        "value": [
            {
                "displayName": "Priya Raman",
                "userPrincipalName": "priya.raman@contoso.com",
                "personType": {"class": "Person", "subclass": "OrganizationUser"},
            }
        ],
    }


def test_an_account_is_made_licensed_and_deleted_7_1(tenant: LocalTenant) -> None:
    nadia = person(tenant, "Nadia", PEOPLE)
    body = {"accountEnabled": True, "displayName": "Zoé", "mailNickname": "zoe", "userPrincipalName": "zoe@contoso.com"}
    assert answered(nadia.call("POST", "/users", body), tenant) == error(
        400, "Request_BadRequest", "A non-empty value for 'password' is required."
    )
    whole = {**body, "passwordProfile": {"password": "Quatre4!"}, "usageLocation": "FR"}
    assert answered(nadia.call("POST", "/users", whole), tenant) == (
        201,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#users/$entity",
            "businessPhones": [],
            "displayName": "Zoé",
            "givenName": None,
            "jobTitle": None,
            "mail": None,
            "mobilePhone": None,
            "officeLocation": None,
            "preferredLanguage": None,
            "surname": None,
            "userPrincipalName": "zoe@contoso.com",
            "id": "GUID",
        },
    )
    assert answered(nadia.call("POST", "/users", whole), tenant) == error(
        400,
        "Request_BadRequest",
        ("Another object with the same value for property userPrincipalName already exists."),
        details=[
            {
                "target": "userPrincipalName",
                "code": "ObjectConflict",
                "message": ("Another object with the same value for property userPrincipalName already exists."),
            }
        ],
    )
    sku = nadia.get("/subscribedSkus")["value"][0]["skuId"]
    licence = {"addLicenses": [{"skuId": sku}], "removeLicenses": []}
    assert nadia.call("POST", "/users/zoe@contoso.com/assignLicense", licence).status_code == 200
    assert answered(nadia.call("DELETE", "/users/zoe@contoso.com"), tenant) == (204, None)
    assert answered(person(tenant, "Claire", PEOPLE).call("POST", "/users", whole), tenant) == error(
        403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."
    )


def test_consent_is_read_from_grants_7_1(tenant: LocalTenant) -> None:
    nadia = person(tenant, "Nadia")
    principal = nadia.get("/servicePrincipals(appId='7d0b6c1e-2f4a-4f9b-8c57-0a3d9e6b1f20')?$select=id,displayName")
    assert plain(principal, tenant) == {
        "@odata.context": "ORIGIN/v1.0/$metadata#servicePrincipals(id,displayName)/$entity",
        "id": "GUID",
        "displayName": "Liaison",
    }
    graph = nadia.get("/servicePrincipals(appId='00000003-0000-0000-c000-000000000000')?$select=id")["id"]
    grant = {
        "clientId": principal["id"],
        "consentType": "AllPrincipals",
        "resourceId": graph,
        "scope": "User.Read Team.Create",
    }
    nadia.call("POST", "/oauth2PermissionGrants", grant)
    path = f"/oauth2PermissionGrants?$filter=clientId eq '{principal['id']}' and consentType eq 'AllPrincipals'"
    found = nadia.call("GET", path)
    assert [sorted(one) for one in found.json()["value"]] == [
        ["clientId", "consentType", "id", "principalId", "resourceId", "scope"]
    ]
    assert answered(nadia.call("POST", "/oauth2PermissionGrants", grant), tenant) == error(
        409, "Request_MultipleObjectsWithSameKeyValue", "Permission entry already exists."
    )
    assert answered(nadia.call("DELETE", f"/oauth2PermissionGrants/{found.json()['value'][0]['id']}"), tenant) == (
        204,
        None,
    )


def test_counting_and_searching_need_the_header_7_2(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    assert answered(claire.call("GET", "/users/$count"), tenant) == error(
        400, "Request_BadRequest", "$count is not currently supported."
    )
    assert answered(claire.call("GET", '/users?$search="displayName:cla"'), tenant) == error(
        400,
        "Request_UnsupportedQuery",
        (
            "Request with $search query parameter only works through MSGraph with a "
            "special request header: 'ConsistencyLevel: eventual'"
        ),
    )
    assert answered(claire.call("GET", "/users?$filter=endsWith(mail,'contoso.com')"), tenant) == error(
        400, "Request_UnsupportedQuery", "Unsupported Query."
    )
    assert answered(claire.call("GET", "/users?$filter=userType ne 'Guest'&$count=true"), tenant) == error(
        400, "Request_UnsupportedQuery", "Unsupported Query."
    )
    count = claire.call("GET", "/users/$count", headers=EVENTUAL)
    assert (count.status_code, count.text, count.headers["content-type"]) == (200, "14", "text/plain; charset=utf-8")


def test_advanced_queries_are_answered_with_the_header_7_2(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    search = '$search="displayName:cla" OR "displayName:oliver"'
    path = f"/users?{search}&$select=displayName&$count=true&$orderby=displayName desc"
    assert answered(claire.call("GET", path, headers=EVENTUAL), tenant) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#users(displayName)",
            "@odata.count": 2,
            "value": [{"displayName": "Oliver Grant"}, {"displayName": "Claire Fontaine"}],
        },
    )
    path = "/users?$filter=endsWith(mail,'fabrikam.com')&$count=true&$select=displayName"
    assert answered(claire.call("GET", path, headers=EVENTUAL), tenant) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#users(displayName)",
            "@odata.count": 1,
            "value": [{"displayName": "Lukas Weber"}],
        },
    )
    assert "@odata.count" not in claire.get("/users?$count=true")


def test_a_filter_has_at_most_fifteen_alternatives_7_2(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    clauses = " or ".join(f"displayName eq '{number}'" for number in range(16))
    assert answered(claire.call("GET", f"/users?$filter={clauses}"), tenant) == error(
        400,
        "Request_UnsupportedQuery",
        (
            "Too many child clauses specified in search filter expression containing 'OR' "
            "operators: 16. Max allowed: 15."
        ),
    )
