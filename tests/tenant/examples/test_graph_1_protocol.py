"""Section 1 of the Graph contract: addresses, metadata levels, errors, paging, the Prefer header."""

from __future__ import annotations

from tests.local_tenant import LocalTenant
from tests.tenant.examples.graph_shapes import answered, error, plain
from tests.tenant.graph_client import VENTES, Graph, application, person

LEVEL = "application/json;odata.metadata={};odata.streaming=true;IEEE754Compatible=false;charset=utf-8"


def test_an_unknown_team_is_told_in_the_whole_error_body_1_2(tenant: LocalTenant) -> None:
    assert answered(
        person(tenant, "Claire").call("GET", "/teams/3f0a6d3b-2c1e-4b87-9c55-7a1f7f0b9e21"), tenant
    ) == error(404, "NotFound", "No team found with Group Id GUID")


def test_an_error_body_keeps_the_content_type_and_repeats_the_clients_own_id_1_2(tenant: LocalTenant) -> None:
    mine = "b2f6c1a0-43c1-4d7e-8f0e-3f1f6b1f7f55"
    answer = person(tenant, "Claire").call("GET", "/groups/none", headers={"client-request-id": mine})
    assert answered(answer, tenant, {mine: "MINE"}, "content-type", "client-request-id", "odata-version") == (
        404,
        {
            "error": {
                "code": "Request_ResourceNotFound",
                "message": "Resource 'none' does not exist or one of its queried reference-property objects are not "
                "present.",
                "innerError": {"date": "DATE", "request-id": "GUID", "client-request-id": "MINE"},
            }
        },
        LEVEL.format("minimal"),
        "MINE",
        "4.0",
    )


def test_every_answer_carries_correlation_and_the_diagnostic_header_1_1(tenant: LocalTenant) -> None:
    answer = person(tenant, "Claire").call("GET", "/me?$select=id")
    assert sorted(name for name in answer.headers if name not in ("content-length", "server")) == [
        "cache-control",
        "client-request-id",
        "content-type",
        "date",
        "odata-version",
        "request-id",
        "x-ms-ags-diagnostic",
        "x-ms-resource-unit",
    ]
    assert (answer.headers["content-type"], plain(answer.headers["x-ms-ags-diagnostic"], tenant)) == (
        ("application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"),
        ('{"ServerInfo":{"DataCenter":"Local","Slice":"E","Ring":"1","ScaleUnit":"000","RoleInstance":"LOCAL000000"}}'),
    )


def test_keys_stand_in_parentheses_or_as_segments_1_1(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    assert claire.get(f"/teams('{VENTES}')") == claire.get(f"/teams/{VENTES}") == claire.get(f"//TEAMS/{VENTES}")


def test_a_token_is_missing_malformed_or_of_another_audience_1_2(tenant: LocalTenant) -> None:
    assert answered(Graph(tenant, None).call("GET", "/me"), tenant) == error(
        401, "InvalidAuthenticationToken", "Access token is empty."
    )
    assert answered(Graph(tenant, "x").call("GET", "/me"), tenant) == error(
        401,
        "InvalidAuthenticationToken",
        (
            "IDX14100: JWT is not well formed, there are no dots (.).\nThe token needs to "
            "be in JWS or JWE Compact Serialization Format."
        ),
    )
    foreign = tenant.token("Claire", "user_impersonation", "https://elsewhere.example")
    assert answered(Graph(tenant, foreign).call("GET", "/me"), tenant) == error(
        401, "InvalidAuthenticationToken", "Access token validation failure. Invalid audience."
    )


def test_a_missing_permission_is_refused_in_each_backends_words_1_2(tenant: LocalTenant) -> None:
    few = person(tenant, "Claire", "User.Read")
    assert answered(few.call("GET", f"/teams/{VENTES}"), tenant) == error(
        403,
        "Forbidden",
        (
            "Missing delegated scope permissions on the request. API requires one of "
            "'Team.ReadBasic.All, TeamSettings.Read.All, TeamSettings.ReadWrite.All, "
            "Group.Read.All, Group.ReadWrite.All, Directory.Read.All, "
            "Directory.ReadWrite.All'."
        ),
    )
    assert answered(few.call("GET", "/groups"), tenant) == error(
        403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."
    )
    assert answered(few.call("GET", f"/groups/{VENTES}/drive"), tenant) == error(403, "accessDenied", "Access denied")


def test_metadata_none_drops_control_information_but_links_and_counts_1_1(tenant: LocalTenant) -> None:
    accept = {"Accept": "application/json;odata.metadata=none"}
    answer = person(tenant, "Claire").call("GET", "/users?$top=1&$select=id", headers=accept)
    assert (*answered(answer, tenant), answer.headers["content-type"] == LEVEL.format("none")) == (
        200,
        {"@odata.nextLink": "ORIGIN/v1.0/users?$top=1&$select=id&$skiptoken=TOKEN", "value": [{"id": "GUID"}]},
        True,
    )


def test_metadata_full_adds_types_ids_and_edit_links_1_1(tenant: LocalTenant) -> None:
    accept = {"Accept": "application/json;odata.metadata=full"}
    answer = person(tenant, "Claire").call("GET", "/users?$top=1&$select=id,createdDateTime", headers=accept)
    assert (*answered(answer, tenant), answer.headers["content-type"] == LEVEL.format("full")) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#users(id,createdDateTime)",
            "@odata.nextLink": "ORIGIN/v1.0/users?$top=1&$select=id%2CcreatedDateTime&$skiptoken=TOKEN",
            "value": [
                {
                    "@odata.type": "#microsoft.graph.user",
                    "@odata.id": "users('GUID')",
                    "@odata.editLink": "users('GUID')",
                    "id": "GUID",
                    "createdDateTime@odata.type": "#DateTimeOffset",
                    "createdDateTime": "TIME",
                }
            ],
        },
        True,
    )


def test_a_next_link_is_absolute_and_keeps_the_options_1_3(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    first = claire.get("/users?$top=13&$select=displayName")
    assert plain(first["@odata.nextLink"], tenant) == "ORIGIN/v1.0/users?$top=13&$select=displayName&$skiptoken=TOKEN"
    assert plain(claire.get(first["@odata.nextLink"]), tenant) == {
        "@odata.context": "ORIGIN/v1.0/$metadata#users(displayName)",
        "value": [{"displayName": "Victor Nilsson"}],
    }


def test_late_enum_members_reach_only_clients_that_ask_1_4(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    claire.call("POST", f"/teams/{VENTES}/channels", {"displayName": "Partners", "membershipType": "shared"})
    path = f"/teams/{VENTES}/channels?$filter=displayName eq 'Partners'&$select=membershipType"
    assert answered(claire.call("GET", path), tenant) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#teams('GUID')/channels(membershipType)",
            "@odata.count": 1,
            "value": [{"membershipType": "unknownFutureValue"}],
        },
    )
    assert answered(claire.call("GET", path, headers={"Prefer": "include-unknown-enum-members"}), tenant) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#teams('GUID')/channels(membershipType)",
            "@odata.count": 1,
            "value": [{"membershipType": "shared"}],
        },
    )


def test_what_is_not_built_names_itself_and_there_is_no_beta_1_1(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    assert answered(claire.call("GET", f"/teams/{VENTES}/schedule"), tenant, {VENTES: "{T}"}) == error(
        501, "NotImplemented", "GET /v1.0/teams/{T}/schedule is not implemented by this tenant."
    )
    assert answered(claire.http.get("/beta/me"), tenant) == error(
        501, "NotImplemented", "GET /beta/me is not implemented by this tenant: it serves v1.0 only."
    )


def test_me_needs_a_person_7_1(tenant: LocalTenant) -> None:
    assert answered(application(tenant, "User.Read.All").call("GET", "/me"), tenant) == error(
        400, "BadRequest", "/me request is only valid with delegated authentication flow."
    )


def test_unknown_body_properties_are_refused_1_1(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    assert answered(
        claire.call("POST", f"/teams/{VENTES}/channels", {"displayName": "A", "colour": "red"}), tenant
    ) == error(
        400,
        "BadRequest",
        (
            "The property 'colour' does not exist on type 'microsoft.graph.channel'. Make "
            "sure to only use property names that are defined by the type."
        ),
    )
    assert answered(claire.call("PATCH", f"/groups/{VENTES}", {"colour": "red"}), tenant) == error(
        400, "Request_BadRequest", "Property 'colour' does not exist as a declared property of 'Group'."
    )


def test_the_service_document_lists_the_sets_of_the_schema_1_1(tenant: LocalTenant) -> None:
    found = person(tenant, "Claire").http.get("/v1.0/").json()
    assert [one["name"] for one in found["value"] if one["kind"] == "Singleton"] == [
        "appCatalogs",
        "directory",
        "me",
        "search",
    ]
    assert {"name": "users", "kind": "EntitySet", "url": "users"} in found["value"]
