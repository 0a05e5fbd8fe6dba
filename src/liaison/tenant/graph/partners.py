"""Other organizations: finding their tenants, and letting their people into shared channels.

Source: Graph v1.0, api/tenantrelationship-findtenantinformationbydomainname.md, api/channel-post-members.md
(examples 5 and 6); resources/crosstenantaccesspolicy-overview.md
"""

from __future__ import annotations

from liaison.tenant.estate import partners
from liaison.tenant.estate.channels import Channel
from liaison.tenant.estate.switches import get_switch
from liaison.tenant.graph.errors import Backend, GraphError, bad_request
from liaison.tenant.graph.members import member_id
from liaison.tenant.graph.permissions import TENANT_INFORMATION_READ
from liaison.tenant.graph.requests import Ask, bound_id
from liaison.tenant.graph.responses import Answer, Json
from liaison.tenant.graph.shapes import entity
from liaison.tenant.graph.table import operations
from liaison.tenant.graph.wild import Wild
from liaison.tenant.seeds.company import DOMAIN, TENANT_ID, TENANT_NAME
from liaison.tenant.seeds.partners import PartnerPerson, find_organization, find_partner

_MEMBER_TYPE = "#microsoft.graph.aadUserConversationMember"


def find_by_domain(ask: Ask) -> Answer:
    """`GET /tenantRelationships/findTenantInformationByDomainName(domainName='…')`: 404 for a domain of nobody."""
    return _information(ask, "domainName")


def find_by_tenant(ask: Ask) -> Answer:
    """`GET /tenantRelationships/findTenantInformationByTenantId(tenantId='…')`."""
    return _information(ask, "tenantId")


def _information(ask: Ask, argument: str) -> Answer:
    wanted = str(ask.params.get(argument, "")).strip("'").casefold()
    found = find_organization(wanted)
    if wanted in (DOMAIN, TENANT_ID):
        name, domain, tenant = TENANT_NAME, DOMAIN, TENANT_ID
    elif found is not None:
        name, domain, tenant = found.name, found.domain, found.tenant_id
    else:
        raise GraphError(404, "Directory_ObjectNotFound", f"Unable to find the tenant {wanted}.")
    body = {"tenantId": tenant, "federationBrandName": None, "displayName": name, "defaultDomainName": domain}
    return Answer(body=entity(ask.context("microsoft.graph.tenantInformation"), body))


def is_of_partner(body: Wild) -> bool:
    """Does a member's body name another tenant?"""
    return body.has("tenantId") and (body.optional_text("tenantId") or "").casefold() not in ("", TENANT_ID)


def read_partner(ask: Ask, channel: Channel, body: Wild) -> PartnerPerson:
    """The person of another tenant that a body asks to let in.

    Raises 400 outside shared channels and for guests of theirs, 403 where a cross-tenant access policy blocks, 404 for
    nobody. Source: microsoft-graph-docs-contrib#3844 (the refusals' words)
    """
    if channel.kind != "shared":
        raise bad_request(Backend.TEAMS, "Users of other tenants can be members of shared channels only.")
    key = bound_id(body.value.get("user@odata.bind"), "users", Backend.TEAMS)
    person, organization = find_partner(key), find_organization(body.text("tenantId"))
    if organization is not None and organization.domain not in get_switch(
        ask.estate, "graph.direct_connect", ["fabrikam.com"]
    ):
        raise GraphError(403, "Forbidden", "CurrentInviteeForbidden: User is not allowed to be added due to xTap.")
    if person is None or organization is None or person.organization != organization:
        raise GraphError(404, "NotFound", f"Failed to find user with id '{key}' in the tenant")
    if not person.may_join:
        raise bad_request(
            Backend.TEAMS, "Externally authenticated users and guest users are not allowed in shared channels"
        )
    return person


def partner_body(channel_id: str, person: PartnerPerson) -> Json:
    return {
        "@odata.type": _MEMBER_TYPE,
        "id": member_id(channel_id, person.id),
        "roles": [],
        "displayName": person.name,
        "visibleHistoryStartDateTime": "0001-01-01T00:00:00Z",
        "userId": person.id,
        "email": person.upn,
        "tenantId": person.organization.tenant_id,
    }


def partner_bodies(ask: Ask, channel: Channel) -> list[Json]:
    """The people of other organizations in a channel, by name."""
    if channel.kind != "shared":
        return []
    return [partner_body(channel.id, person) for person in partners.list_partners(ask.estate, channel.id)]


_FIND = "tenantRelationships/findTenantInformationBy"
OPERATIONS = operations(
    Backend.DIRECTORY,
    ("GET", f"{_FIND}DomainName()", find_by_domain, TENANT_INFORMATION_READ),
    ("GET", f"{_FIND}TenantId()", find_by_tenant, TENANT_INFORMATION_READ),
)
