"""What every Graph call has in common: addresses, headers, metadata, errors, tokens."""

from __future__ import annotations

import json
from urllib.parse import quote

import httpx2
import pytest

from liaison.tenant.estate.people import revoke_sessions
from liaison.tenant.graph.paths import Call, ColonPath, Token, Word, read_path
from liaison.tenant.seeds.company import TENANT_ID
from liaison.tenant.seeds.teamwork import channel_id
from tests.local_tenant import LocalTenant
from tests.tenant.graph_client import VENTES, Graph, person

RENEWALS = channel_id("ventes-europe", "Renewals")


def test_every_answer_carries_the_correlation_headers(tenant: LocalTenant) -> None:
    answer = person(tenant, "Claire").call("GET", "/me", headers={"client-request-id": "8c9b4c3e-1"})
    assert answer.headers["client-request-id"] == "8c9b4c3e-1"
    assert answer.headers["odata-version"] == "4.0"
    assert len(answer.headers["request-id"]) == 36
    assert json.loads(answer.headers["x-ms-ags-diagnostic"])["ServerInfo"]["RoleInstance"]
    assert answer.headers["date"].endswith("GMT")
    assert answer.headers["content-type"] == (
        "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
    )


def test_an_error_has_the_documented_body(tenant: LocalTenant) -> None:
    unknown = "3f0a6d3b-2c1e-4b87-9c55-7a1f7f0b9e21"
    answer = person(tenant, "Claire").call("GET", f"/teams/{unknown}", headers={"client-request-id": "abc"})
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("application/json;odata.metadata=minimal")
    error = answer.json()["error"]
    assert len(error["innerError"].pop("date")) == len("2026-03-04T09:12:31")
    assert error == {
        "code": "NotFound",
        "message": f"No team found with Group Id {unknown}",
        "innerError": {"request-id": answer.headers["request-id"], "client-request-id": "abc"},
    }


def test_no_metadata_leaves_only_links_and_counts(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    accept = {"Accept": "application/json;odata.metadata=none"}
    answer = graph.call("GET", f"/teams/{VENTES}/members?$top=2", headers=accept)
    assert answer.headers["content-type"].startswith("application/json;odata.metadata=none")
    body = answer.json()
    assert set(body) == {"@odata.count", "@odata.nextLink", "value"}
    assert "@odata.type" not in body["value"][0]


@pytest.mark.parametrize(
    "address",
    [
        f"/teams/{VENTES}/channels/{RENEWALS}",
        f"/teams('{VENTES}')/channels('{RENEWALS}')",
        f"/teams({VENTES})/channels/{quote(RENEWALS, safe='')}",
        f"/TEAMS/{VENTES}/Channels/{RENEWALS}",
        f"//teams//{VENTES}/channels/{RENEWALS}",
    ],
)
def test_an_address_may_be_written_in_several_ways(tenant: LocalTenant, address: str) -> None:
    found = person(tenant, "Claire").get(address)
    assert (found["id"], found["displayName"]) == (RENEWALS, "Renewals")


def test_ids_are_case_sensitive_where_the_service_is(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    assert graph.refused("GET", f"/teams/{VENTES}/channels/{RENEWALS.replace('@thread', '@THREAD')}")[0] == 400
    long_id = graph.get(f"/teams/{VENTES}/primaryChannel")["id"]
    assert graph.refused(
        "GET", f"/teams/{VENTES}/channels/{long_id.swapcase().replace('@THREAD.TACV2', '@thread.tacv2')}"
    )[:2] == (404, "NotFound")


def test_the_alias_that_sdks_send_means_me(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    assert graph.get("/users/me-token-to-replace")["id"] == graph.get("/me")["id"]


def test_what_is_not_built_answers_501_and_names_itself(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    assert graph.refused("GET", f"/teams/{VENTES}/schedule") == (
        501,
        "NotImplemented",
        f"GET /v1.0/teams/{VENTES}/schedule is not implemented by this tenant.",
    )
    assert graph.refused("POST", "/drives/x/items/y/follow", {})[:2] == (501, "notSupported")


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (None, "Access token is empty."),
        ("Bearer", "Access token is empty."),
        ("Bearer abc", "IDX14100: JWT is not well formed"),
        ("Bearer a.b.c", "IDX14100: JWT is not well formed"),
    ],
)
def test_a_token_that_is_none_is_refused(tenant: LocalTenant, header: str | None, message: str) -> None:
    answer = httpx2.get(f"{tenant.http}/v1.0/me", headers={} if header is None else {"Authorization": header})
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "InvalidAuthenticationToken"
    assert answer.json()["error"]["message"].startswith(message)
    assert answer.headers["www-authenticate"].startswith("Bearer ")


def test_a_token_for_another_audience_is_refused(tenant: LocalTenant) -> None:
    graph = Graph(tenant, tenant.token("Claire", "access_as_user", audience="https://example.org"))
    assert graph.refused("GET", "/me")[1:] == (
        "InvalidAuthenticationToken",
        "Access token validation failure. Invalid audience.",
    )


def test_an_expired_token_is_refused(tenant: LocalTenant) -> None:
    graph = Graph(tenant, tenant.token("Claire", "User.Read", lifetime_s=60))
    assert graph.get("/me")["givenName"] == "Claire"
    tenant.control.post("/_control/clock", json={"advance_s": 120}).raise_for_status()
    assert graph.refused("GET", "/me") == (
        401,
        "InvalidAuthenticationToken",
        "Lifetime validation failed, the token is expired.",
    )


def test_a_revoked_session_meets_a_claims_challenge(tenant: LocalTenant) -> None:
    graph = Graph(tenant, tenant.token("Claire", "User.Read", handles_challenges=True))
    assert graph.call("GET", "/me").status_code == 200
    tenant.ask(lambda estate: revoke_sessions(estate, tenant.person("Claire").id))
    answer = graph.call("GET", "/me")
    assert answer.status_code == 401
    assert 'error="insufficient_claims", claims="' in answer.headers["www-authenticate"]


def test_an_unavailable_service_says_when_to_come_back(tenant: LocalTenant) -> None:
    tenant.switch(graph__unavailable=True)
    answer = person(tenant, "Claire").call("GET", "/me")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.json()["error"]["code"] == "ServiceUnavailable"


def test_unknown_properties_are_refused_on_closed_types_and_taken_on_open_ones(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    assert graph.refused("POST", f"/teams/{VENTES}/channels", {"displayName": "A", "colour": "red"}) == (
        400,
        "BadRequest",
        (
            "The property 'colour' does not exist on type 'microsoft.graph.channel'. Make sure to only use property "
            "names that are defined by the type."
        ),
    )
    assert graph.patch(f"/teams/{VENTES}", {"colour": "red"}, status=204) is None


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'"text"'])
def test_a_body_that_is_no_json_object_is_refused(tenant: LocalTenant, content: bytes) -> None:
    assert person(tenant, "Claire").refused("POST", f"/teams/{VENTES}/channels", content=content)[:2] == (
        400,
        "BadRequest",
    )


def test_an_unknown_selected_property_is_refused(tenant: LocalTenant) -> None:
    status, code, message = person(tenant, "Claire").refused("GET", "/me?$select=id,shoeSize")
    assert (status, code) == (400, "Request_BadRequest")
    assert "Could not find a property named 'shoeSize' on type 'microsoft.graph.user'" in message


def test_links_are_built_on_the_origin_that_was_asked(tenant: LocalTenant) -> None:
    token = tenant.token("Claire", "TeamMember.Read.All")
    for origin in (tenant.http, tenant.https, tenant.service_http):
        answer = httpx2.get(
            f"{origin}/v1.0/teams/{VENTES}/members?$top=1",
            headers={"Authorization": f"Bearer {token}"},
            verify=tenant.tls,
        )
        assert answer.json()["@odata.nextLink"].startswith(f"{origin}/v1.0/teams/{VENTES}/members?")
        assert answer.json()["@odata.context"] == f"{origin}/v1.0/$metadata#teams('{VENTES}')/members"


def test_a_page_token_cannot_be_made_by_hand(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    assert graph.refused("GET", f"/teams/{VENTES}/members?$skiptoken=MQ")[0] == 400


@pytest.mark.parametrize(
    ("path", "tokens"),
    [
        ("/drives/b%21x/items/root%3A%2FGeneral%2Fa%20b.txt%3A/content",
         [Word("drives"), Word("b!x"), Word("items"), Word("root"), ColonPath("General/a b.txt"), Word("content")]),
        ("/drives/D/root:/General/Report (1).docx:/children",
         [Word("drives"), Word("D"), Word("root"), ColonPath("General/Report (1).docx"), Word("children")]),
        ("/drives/D/root:/", [Word("drives"), Word("D"), Word("root"), ColonPath("")]),
        ("/sites/localhost:8301:/sites/X:/lists",
         [Word("sites"), Word("localhost:8301"), ColonPath("sites/X"), Word("lists")]),
        ("/sites/getByPath(path='%2Fsites%2Fx')/drive",
         [Word("sites"), Call("getByPath", {"path": "/sites/x"}), Word("drive")]),
        ("/drives/D/root/search(q='a%27b%20c')",
         [Word("drives"), Word("D"), Word("root"), Call("search", {"q": "a'b c"})]),
        ("/drives/D/root/search(q='a''b')",
         [Word("drives"), Word("D"), Word("root"), Call("search", {"q": "a'b"})]),
        ("/drives/D/root/delta(token='latest')",
         [Word("drives"), Word("D"), Word("root"), Call("delta", {"token": "latest"})]),
        ("/groups(uniqueName='x')", [Call("groups", {"uniqueName": "x"})]),
        ("/users/lukas.weber_fabrikam.com%23EXT%23@contoso.com",
         [Word("users"), Word("lukas.weber_fabrikam.com#EXT#@contoso.com")]),
        ("/me/memberOf/microsoft.graph.group", [Word("me"), Word("memberOf"), Word("graph.group")]),
        ("/teams/T/channels/19%3Aab%40thread.tacv2/doesUserHaveAccess(userId='u',tenantId='t',userPrincipalName='p')",
         [Word("teams"), Word("T"), Word("channels"), Word("19:ab@thread.tacv2"),
          Call("doesUserHaveAccess", {"userId": "u", "tenantId": "t", "userPrincipalName": "p"})]),
    ],
)  # fmt: skip
def test_addresses_are_taken_apart(path: str, tokens: list[Token]) -> None:
    assert read_path(path) == tokens


def test_the_context_names_the_tenant_of_the_team(tenant: LocalTenant) -> None:
    team = person(tenant, "Claire").get(f"/teams/{VENTES}")
    assert (team["@odata.context"], team["tenantId"]) == (f"{tenant.http}/v1.0/$metadata#teams/$entity", TENANT_ID)
