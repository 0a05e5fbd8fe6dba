"""The people of teams."""

from __future__ import annotations

import base64

import pytest

from liaison.tenant.seeds.company import TENANT_ID
from tests.local_tenant import LocalTenant
from tests.tenant.graph_client import EVERYTHING, MARKETING, SUPPORT, VENTES, Graph, application, bind, person

TYPE = "#microsoft.graph.aadUserConversationMember"


def member_address(graph: Graph, tenant: LocalTenant, team: str, given: str) -> str:
    wanted = f"(microsoft.graph.aadUserConversationMember/userId eq '{tenant.person(given).id}')"
    found = graph.get(f"/teams/{team}/members?$filter={wanted}")["value"]
    assert len(found) == 1
    return f"/teams/{team}/members/{found[0]['id']}"


def test_members_are_listed_with_their_type(tenant: LocalTenant) -> None:
    listed = person(tenant, "Sofia").get(f"/teams/{SUPPORT}/members")
    daniel = tenant.person("Daniel")
    assert (listed["@odata.context"], listed["@odata.count"]) == (
        f"{tenant.http}/v1.0/$metadata#teams('{SUPPORT}')/members",
        3,
    )
    assert listed["value"][0] == {
        "@odata.type": TYPE,
        "id": base64.b64encode(f"{SUPPORT}##{daniel.id}".encode()).decode(),
        "roles": ["owner"],
        "displayName": "Daniel Okafor",
        "visibleHistoryStartDateTime": "0001-01-01T00:00:00Z",
        "userId": daniel.id,
        "email": "daniel.okafor@contoso.com",
        "tenantId": TENANT_ID,
    }
    one = person(tenant, "Sofia").get(f"/teams/{SUPPORT}/members/{listed['value'][0]['id']}")
    assert one == {"@odata.context": f"{listed['@odata.context']}/$entity", **listed["value"][0]}


def test_members_are_found_by_cast_properties_or_by_role_alone(tenant: LocalTenant) -> None:
    graph = person(tenant, "Sofia")
    by_mail = "microsoft.graph.aadUserConversationMember/email eq 'sofia.rossi@contoso.com'"
    assert len(graph.get(f"/teams/{SUPPORT}/members?$filter=({by_mail})")["value"]) == 1
    assert graph.get(f"/teams/{SUPPORT}/members?$filter=displayName eq 'Nobody'")["value"] == []
    by_role = "roles/any(r:r eq 'owner')"
    assert {
        tuple(one["roles"]) for one in graph.get(f"/teams/{SUPPORT}/members?$filter={by_role}&$top=5")["value"]
    } == {("owner",)}
    assert graph.refused("GET", f"/teams/{SUPPORT}/members?$filter={by_role} and {by_mail}")[:2] == (400, "BadRequest")


def test_guests_are_guests(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    added = graph.post(f"/teams/{VENTES}/members", bind(tenant, "Lukas"))
    assert added["roles"] == ["guest"]
    assert graph.refused("POST", f"/teams/{VENTES}/members", bind(tenant, "Lukas", "owner"))[:2] == (400, "BadRequest")


def test_adding_somebody_again_succeeds_and_the_role_only_rises(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    assert graph.post(f"/teams/{VENTES}/members", bind(tenant, "Sofia"))["roles"] == []
    assert graph.post(f"/teams/{VENTES}/members", bind(tenant, "Sofia", "owner"))["roles"] == ["owner"]
    assert graph.post(f"/teams/{VENTES}/members", bind(tenant, "Sofia"))["roles"] == ["owner"]
    assert graph.get(f"/teams/{VENTES}/members")["@odata.count"] == 7


def test_a_user_principal_name_may_stand_in_the_bind(tenant: LocalTenant) -> None:
    body = {"@odata.type": "microsoft.graph.aadUserConversationMember", "roles": [],
            "user@odata.bind": "https://graph.microsoft.com/v1.0/users/sofia.rossi@contoso.com"}  # fmt: skip
    assert person(tenant, "Claire").post(f"/teams/{VENTES}/members", body)["displayName"] == "Sofia Rossi"


def test_nobody_cannot_be_added(tenant: LocalTenant) -> None:
    nobody = "47000000-0000-0000-0000-000000000001"
    body = {"@odata.type": TYPE, "roles": [], "user@odata.bind": f"https://graph.microsoft.com/v1.0/users('{nobody}')"}
    assert person(tenant, "Claire").refused("POST", f"/teams/{VENTES}/members", body) == (
        404,
        "NotFound",
        f"Failed to find user with id '{nobody}' in the tenant",
    )
    assert person(tenant, "Claire").refused("POST", f"/teams/{VENTES}/members", {"roles": []})[0] == 400


def test_roles_are_changed(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    address = member_address(graph, tenant, VENTES, "Oliver")
    assert graph.patch(address, {"@odata.type": TYPE, "roles": ["owner"]})["roles"] == ["owner"]
    assert graph.patch(address, {"@odata.type": TYPE, "roles": []})["roles"] == []
    assert graph.refused("PATCH", address, {"@odata.type": TYPE, "roles": ["king"]})[0] == 400


def test_people_are_removed_and_may_leave(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    graph.delete(member_address(graph, tenant, VENTES, "Oliver"))
    hugo = person(tenant, "Hugo")
    assert hugo.refused("DELETE", member_address(hugo, tenant, VENTES, "Emma"))[:2] == (403, "Forbidden")
    hugo.delete(member_address(hugo, tenant, VENTES, "Hugo"))
    assert hugo.refused("GET", f"/teams/{VENTES}")[0] == 403


def test_the_last_owner_cannot_go(tenant: LocalTenant) -> None:
    graph = person(tenant, "Daniel")
    address = member_address(graph, tenant, SUPPORT, "Daniel")
    text = "The team must have at least one owner, hence this owner cannot be removed."
    assert graph.refused("DELETE", address) == (400, "BadRequest", text)
    assert graph.refused("PATCH", address, {"@odata.type": TYPE, "roles": []}) == (400, "BadRequest", text)


def test_members_of_public_teams_invite_but_make_no_owners(tenant: LocalTenant) -> None:
    emma = person(tenant, "Emma")
    assert emma.post(f"/teams/{MARKETING}/members", bind(tenant, "Sofia"))["roles"] == []
    assert emma.refused("POST", f"/teams/{MARKETING}/members", bind(tenant, "Daniel", "owner"))[:2] == (
        403,
        "Forbidden",
    )
    assert emma.refused("POST", f"/teams/{VENTES}/members", bind(tenant, "Sofia"))[:2] == (403, "Forbidden")


@pytest.mark.parametrize("given", ["Claire", None])
def test_the_lesser_permission_does_not_touch_owners(tenant: LocalTenant, given: str | None) -> None:
    scopes = "TeamMember.ReadWriteNonOwnerRole.All TeamMember.Read.All"
    graph = person(tenant, given, scopes) if given else application(tenant, scopes)
    assert graph.post(f"/teams/{VENTES}/members", bind(tenant, "Sofia"))["roles"] == []
    assert graph.refused("POST", f"/teams/{VENTES}/members", bind(tenant, "Daniel", "owner"))[:2] == (403, "Forbidden")
    assert graph.refused("DELETE", member_address(graph, tenant, VENTES, "Priya"))[:2] == (403, "Forbidden")
    graph.delete(member_address(graph, tenant, VENTES, "Sofia"))


def test_adding_in_bulk_tells_each_result(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    nobody = "47000000-0000-0000-0000-000000000001"
    unknown = bind(tenant, "Sofia") | {"user@odata.bind": f"https://graph.microsoft.com/v1.0/users('{nobody}')"}
    plain = bind(tenant, "Sofia") | {"@odata.type": "microsoft.graph.aadUserConversationMember"}
    answer = graph.call("POST", f"/teams/{VENTES}/members/add", {"values": [plain, unknown]})
    result = "#microsoft.graph.aadUserConversationMemberResult"
    assert answer.status_code == 207
    assert answer.json() == {
        "@odata.context": f"{tenant.http}/v1.0/$metadata#Collection(microsoft.graph.aadUserConversationMemberResult)",
        "value": [
            {"@odata.type": result, "userId": tenant.person("Sofia").id, "error": None},
            {"@odata.type": result, "userId": nobody, "error": {"code": "NotFound", "message": ""}},
        ],
    }
    assert graph.call("POST", f"/teams/{VENTES}/members/add", {"values": [plain]}).status_code == 200
    assert graph.refused("POST", f"/teams/{VENTES}/members/add", {"values": []})[0] == 400
    assert graph.refused("POST", f"/teams/{VENTES}/members/add", {"values": [plain] * 201})[0] == 400


def test_removing_in_bulk_keeps_the_last_owner(tenant: LocalTenant) -> None:
    graph = person(tenant, "Daniel")
    body = {"values": [bind(tenant, "Sofia"), bind(tenant, "Daniel"), bind(tenant, "Emma")]}
    answer = graph.call("POST", f"/teams/{SUPPORT}/members/remove", body)
    codes = [one["error"] and one["error"]["code"] for one in answer.json()["value"]]
    assert (answer.status_code, codes) == (207, [None, "BadRequest", "NotFound"])
    assert graph.refused("POST", f"/teams/{SUPPORT}/members/remove", {"values": [bind(tenant, "Sofia")] * 21})[0] == 400


def test_leaving_a_team_is_leaving_its_private_channels(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire", EVERYTHING)
    private = graph.channel(VENTES, "Négociations")
    assert len(graph.get(f"/teams/{VENTES}/channels/{private}/members")["value"]) == 2
    graph.delete(member_address(graph, tenant, VENTES, "Priya"))
    assert len(graph.get(f"/teams/{VENTES}/channels/{private}/members")["value"]) == 1
