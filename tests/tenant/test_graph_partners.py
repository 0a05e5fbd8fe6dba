"""People of other organizations in shared channels: found by domain, let in or refused, listed and taken out."""

from __future__ import annotations

from liaison.tenant.seeds.partners import ADATUM, FABRIKAM, PEOPLE
from tests.local_tenant import LocalTenant
from tests.tenant.graph_client import VENTES, Graph, person

FIND = "/tenantRelationships/findTenantInformationByDomainName(domainName='{}')"
MIA = "mia.keller@fabrikam.com"


def member(tenant_id: str, upn: str) -> dict[str, object]:
    return {
        "@odata.type": "#microsoft.graph.aadUserConversationMember",
        "roles": [],
        "user@odata.bind": f"https://graph.microsoft.com/v1.0/users('{upn}')",
        "tenantId": tenant_id,
    }


def shared_channel(graph: Graph, name: str) -> str:
    graph.call("POST", f"/teams/{VENTES}/channels", {"displayName": name, "membershipType": "shared"})
    found = graph.get(f"/teams/{VENTES}/channels?$filter=displayName eq '{name}'")["value"]
    return f"/teams/{VENTES}/channels/{found[0]['id']}"


def test_an_organization_is_found_by_its_domain(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire", "CrossTenantInformation.ReadBasic.All")
    found = graph.get(FIND.format("Fabrikam.com"))
    assert (found["tenantId"], found["displayName"]) == (FABRIKAM.tenant_id, "Fabrikam, Inc.")
    assert graph.get(FIND.format("contoso.com"))["displayName"] == "Contoso"
    assert graph.refused("GET", FIND.format("nobody.example"))[0] == 404
    assert person(tenant, "Claire", "User.Read").refused("GET", FIND.format("fabrikam.com"))[0] == 403


def test_a_partner_is_let_into_a_shared_channel_listed_and_taken_out(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    channel = shared_channel(graph, "Partners")
    made = graph.post(f"{channel}/members", member(FABRIKAM.tenant_id, MIA))
    assert (made["displayName"], made["email"], made["tenantId"]) == ("Mia Keller", MIA, FABRIKAM.tenant_id)
    graph.post(f"{channel}/members", member(FABRIKAM.tenant_id, made["userId"]))
    for listed in (f"{channel}/members", f"{channel}/allMembers"):
        assert [one["displayName"] for one in graph.get(listed)["value"]] == ["Claire Fontaine", "Mia Keller"]
    assert graph.get(f"{channel}?$select=summary")["summary"]["hasMembersFromOtherTenants"]
    assert all(one["userPrincipalName"] != MIA for one in graph.get("/users?$select=userPrincipalName")["value"])
    assert graph.call("DELETE", f"{channel}/members/{made['id']}").status_code == 204
    assert len(graph.get(f"{channel}/members")["value"]) == 1


def test_policies_and_kinds_of_people_are_refused_in_the_services_words(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    channel = shared_channel(graph, "Refusals")

    def refused(tenant_id: str, upn: str) -> tuple[int, str]:
        status, _, message = graph.refused("POST", f"{channel}/members", member(tenant_id, upn))
        return status, message

    status, said = refused(ADATUM.tenant_id, PEOPLE[-1].upn)
    assert (status, "xTap" in said) == (403, True)
    assert refused(FABRIKAM.tenant_id, "nobody@fabrikam.com")[0] == 404
    status, said = refused(FABRIKAM.tenant_id, "guest.of@fabrikam.com")
    assert (status, said.startswith("Externally authenticated users")) == (400, True)
    tenant.switch(graph__direct_connect=["adatum.com"])
    assert refused(FABRIKAM.tenant_id, MIA)[0] == 403
    graph.post(f"{channel}/members", member(ADATUM.tenant_id, PEOPLE[-1].upn))
    standard = f"/teams/{VENTES}/channels/{graph.get(f'/teams/{VENTES}/primaryChannel')['id']}"
    assert graph.refused("POST", f"{standard}/members", member(ADATUM.tenant_id, PEOPLE[-1].upn))[0] == 400
