"""Applications as the tenant knows them, and what they were granted: delegated scopes and application roles.

Source: Graph v1.0, resources/serviceprincipal.md, resources/oauth2permissiongrant.md, resources/approleassignment.md
"""

from __future__ import annotations

from datetime import UTC, datetime

from liaison.tenant.estate import applications, grants
from liaison.tenant.estate.applications import Permission, ServicePrincipal
from liaison.tenant.estate.grants import DEFAULT_ACCESS, AppRoleAssignment, PermissionGrant
from liaison.tenant.graph.access import is_global_administrator, signed_in_user
from liaison.tenant.graph.errors import Backend, GraphError, bad_request, forbidden, no_resource
from liaison.tenant.graph.permissions import (
    GRANTS_READ,
    GRANTS_WRITE,
    PRINCIPALS_READ,
    PRINCIPALS_WRITE,
    ROLE_GRANTS_WRITE,
)
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import NO_CONTENT, Answer, Json
from liaison.tenant.graph.schema import GRANT, SERVICE_PRINCIPAL
from liaison.tenant.graph.shapes import collection, entity, filtered, page, selected, selection_suffix, wanted_filter
from liaison.tenant.graph.table import operations
from liaison.tenant.seeds.company import TENANT_ID

_ASSIGNED = "Permission being assigned already exists on the object"


def principal_body(ask: Ask, principal: ServicePrincipal) -> Json:
    """A service principal with the scopes and roles that its API offers."""
    application = applications.find_application(ask.estate, principal.app_id)
    scopes = applications.list_permissions(ask.estate, principal.app_id, "scope")
    roles = applications.list_permissions(ask.estate, principal.app_id, "role")
    return {
        "id": principal.id,
        "deletedDateTime": None
        if principal.deleted is None
        else datetime.fromtimestamp(principal.deleted, UTC).isoformat().replace("+00:00", "Z"),
        "accountEnabled": principal.account_enabled,
        "appDisplayName": principal.display_name,
        "appId": principal.app_id,
        "appOwnerOrganizationId": TENANT_ID,
        "appRoleAssignmentRequired": principal.assignment_required,
        "displayName": principal.display_name,
        "homepage": None,
        "logoutUrl": None if application is None else application.logout_url,
        "replyUrls": [] if application is None else list(application.redirect_uris),
        "servicePrincipalNames": [principal.app_id, *principal.names],
        "servicePrincipalType": "Application",
        "signInAudience": "AzureADMyOrg",
        "tags": ["WindowsAzureActiveDirectoryIntegratedApp"],
        "appRoles": [_role_body(role) for role in roles],
        "oauth2PermissionScopes": [_scope_body(scope) for scope in scopes],
        "keyCredentials": [],
        "passwordCredentials": [],
    }


def list_principals(ask: Ask) -> Answer:
    """`GET /servicePrincipals`. Source: Graph v1.0, api/serviceprincipal-list.md"""
    wanted = wanted_filter(ask)
    named = dict(wanted.equals).get("appId") if wanted else None
    one = applications.find_service_principal(ask.estate, named) if named else None
    found = applications.list_service_principals(ask.estate) if named is None else [one] if one else []
    bodies = filtered(ask, [principal_body(ask, principal) for principal in found])
    part, following = page(ask, bodies, 100, 999)
    values = [selected(ask, body, SERVICE_PRINCIPAL, "servicePrincipal") for body in part]
    context = ask.context(f"servicePrincipals{selection_suffix(ask)}")
    return Answer(body=collection(context, values, next_page=following))


def read_principal(ask: Ask) -> Answer:
    """`GET /servicePrincipals/{id}`, `/servicePrincipals(appId='…')`. Source: api/serviceprincipal-get.md"""
    body = selected(ask, principal_body(ask, asked_principal(ask)), SERVICE_PRINCIPAL, "servicePrincipal")
    return Answer(body=entity(ask.context(f"servicePrincipals{selection_suffix(ask)}/$entity"), body))


def change_principal(ask: Ask) -> Answer:
    """`PATCH /servicePrincipals/{id}`: enabled or not, assignment required or not: 204."""
    principal = asked_principal(ask)
    _require_administrator(ask)
    body = ask.json()
    applications.change_service_principal(
        ask.estate,
        principal.id,
        account_enabled=body.flag("accountEnabled", principal.account_enabled),
        assignment_required=body.flag("appRoleAssignmentRequired", principal.assignment_required),
    )
    return NO_CONTENT


def delete_principal(ask: Ask) -> Answer:
    """`DELETE /servicePrincipals/{id}`: to the recycle bin for 30 days. Source: api/serviceprincipal-delete.md"""
    principal = asked_principal(ask)
    _require_administrator(ask)
    applications.delete_service_principal(ask.estate, principal.id)
    return NO_CONTENT


def list_grants(ask: Ask) -> Answer:
    """`GET /oauth2PermissionGrants`. Source: Graph v1.0, api/oauth2permissiongrant-list.md"""
    wanted = wanted_filter(ask)
    equals = dict(wanted.equals) if wanted else {}
    found = grants.list_grants(ask.estate, client_id=equals.get("clientId"), resource_id=equals.get("resourceId"))
    return _grants(ask, "oauth2PermissionGrants", found)


def list_principal_grants(ask: Ask) -> Answer:
    """`GET /servicePrincipals/{id}/oauth2PermissionGrants`."""
    principal = asked_principal(ask)
    return _grants(ask, "oauth2PermissionGrants", grants.list_grants(ask.estate, client_id=principal.id))


def list_my_grants(ask: Ask) -> Answer:
    """`GET /me/oauth2PermissionGrants`: what was granted in the person's own name."""
    found = grants.list_grants(ask.estate, principal_id=signed_in_user(ask).id)
    return _grants(ask, "oauth2PermissionGrants", found)


def read_grant(ask: Ask) -> Answer:
    """`GET /oauth2PermissionGrants/{id}`."""
    return Answer(body=entity(ask.context("oauth2PermissionGrants/$entity"), _grant_body(_asked_grant(ask))))


def create_grant(ask: Ask) -> Answer:
    """`POST /oauth2PermissionGrants`: 201; 409 when the client has one. Source: oauth2permissiongrant-post.md"""
    _require_administrator(ask)
    body = ask.json().only({*GRANT, "startTime", "expiryTime"}, "microsoft.graph.oAuth2PermissionGrant")
    client, resource = _named_principal(ask, body.text("clientId")), _named_principal(ask, body.text("resourceId"))
    everybody = body.text("consentType") == grants.ALL_PRINCIPALS
    principal_id = None if everybody else body.text("principalId")
    same = grants.list_grants(ask.estate, client_id=client.id, resource_id=resource.id)
    if any(one.principal_id == principal_id for one in same):
        raise GraphError(409, "Request_MultipleObjectsWithSameKeyValue", "Permission entry already exists.")
    made = grants.create_grant(
        ask.estate, client.id, resource.id, frozenset((body.optional_text("scope") or "").split()), principal_id
    )
    return Answer(201, entity(ask.context("oauth2PermissionGrants/$entity"), _grant_body(made)))


def change_grant(ask: Ask) -> Answer:
    """`PATCH /oauth2PermissionGrants/{id}`: other scopes: 204. Source: api/oauth2permissiongrant-update.md"""
    _require_administrator(ask)
    grants.change_grant(ask.estate, _asked_grant(ask).id, ask.json().optional_text("scope") or "")
    return NO_CONTENT


def delete_grant(ask: Ask) -> Answer:
    """`DELETE /oauth2PermissionGrants/{id}`: 204. Source: Graph v1.0, api/oauth2permissiongrant-delete.md"""
    found = _asked_grant(ask)
    if not (ask.is_delegated and found.principal_id == ask.caller.object_id):
        _require_administrator(ask)
    grants.delete_grant(ask.estate, found.id)
    return NO_CONTENT


def list_assignments(ask: Ask) -> Answer:
    """`GET /servicePrincipals/{id}/appRoleAssignments`: the roles it holds."""
    principal = asked_principal(ask)
    found = grants.list_app_role_assignments(ask.estate, principal_id=principal.id)
    return _assignments(ask, f"servicePrincipals('{principal.id}')/appRoleAssignments", found)


def list_assigned_to(ask: Ask) -> Answer:
    """`GET /servicePrincipals/{id}/appRoleAssignedTo`: who holds its roles."""
    principal = asked_principal(ask)
    found = grants.list_app_role_assignments(ask.estate, resource_id=principal.id)
    return _assignments(ask, f"servicePrincipals('{principal.id}')/appRoleAssignedTo", found)


def create_assignment(ask: Ask) -> Answer:
    """`POST …/appRoleAssignments` or `…/appRoleAssignedTo`: 201. Source: serviceprincipal-post-approleassignments.md"""
    _require_administrator(ask)
    asked_principal(ask)
    body = ask.json()
    holder, resource = _named_principal(ask, body.text("principalId")), _named_principal(ask, body.text("resourceId"))
    role_id = body.text("appRoleId").lower()
    known = applications.find_permission_by_id(ask.estate, resource.app_id, "role", role_id)
    if known is None and role_id != DEFAULT_ACCESS:
        raise bad_request(Backend.DIRECTORY, "Permission being assigned was not found on application.")
    if grants.list_app_role_assignments(ask.estate, holder.id, resource.id, role_id):
        raise bad_request(Backend.DIRECTORY, _ASSIGNED)
    made = grants.assign_app_role(ask.estate, holder.id, resource.id, role_id)
    return Answer(201, entity(ask.context("appRoleAssignments/$entity"), _assignment_body(ask, made)))


def delete_assignment(ask: Ask) -> Answer:
    """`DELETE …/appRoleAssignments/{assignment}`: 204."""
    _require_administrator(ask)
    asked_principal(ask)
    if not grants.delete_app_role_assignment(ask.estate, ask.params["assignment"]):
        raise no_resource(ask.params["assignment"])
    return NO_CONTENT


def asked_principal(ask: Ask) -> ServicePrincipal:
    """The service principal of the address, by object id or app id; raises 404."""
    app_id = ask.params.get("appId")
    if app_id is not None:
        found = applications.find_service_principal(ask.estate, app_id)
    else:
        found = applications.find_service_principal_by_id(ask.estate, ask.params.get("principal", ""))
    if found is None:
        raise no_resource(app_id or ask.params.get("principal", ""))
    return found


def _named_principal(ask: Ask, object_id: str) -> ServicePrincipal:
    found = applications.find_service_principal_by_id(ask.estate, object_id)
    if found is None:
        raise no_resource(object_id)
    return found


def _asked_grant(ask: Ask) -> PermissionGrant:
    found = grants.find_grant(ask.estate, ask.params["grant"])
    if found is None:
        raise no_resource(ask.params["grant"])
    return found


def _require_administrator(ask: Ask) -> None:
    """A person needs a directory role besides the scope. Source: EE:grant-admin-consent"""
    if ask.is_delegated and not is_global_administrator(ask):
        raise forbidden(Backend.DIRECTORY)


def _grants(ask: Ask, fragment: str, found: list[PermissionGrant]) -> Answer:
    part, following = page(ask, filtered(ask, [_grant_body(one) for one in found]), 100, 999)
    values = [selected(ask, body, GRANT, "oAuth2PermissionGrant") for body in part]
    return Answer(body=collection(ask.context(fragment), values, next_page=following))


def _grant_body(grant: PermissionGrant) -> Json:
    return {
        "clientId": grant.client_id,
        "consentType": grant.consent_type,
        "id": grant.id,
        "principalId": grant.principal_id,
        "resourceId": grant.resource_id,
        "scope": grant.scope,
    }


def _assignments(ask: Ask, fragment: str, found: list[AppRoleAssignment]) -> Answer:
    part, following = page(ask, filtered(ask, [_assignment_body(ask, one) for one in found]), 100, 999)
    return Answer(body=collection(ask.context(fragment), list(part), next_page=following))


def _assignment_body(ask: Ask, assignment: AppRoleAssignment) -> Json:
    holder = applications.find_service_principal_by_id(ask.estate, assignment.principal_id)
    resource = applications.find_service_principal_by_id(ask.estate, assignment.resource_id)
    return {
        "id": assignment.id,
        "deletedDateTime": None,
        "appRoleId": assignment.app_role_id,
        "createdDateTime": assignment.created,
        "principalDisplayName": None if holder is None else holder.display_name,
        "principalId": assignment.principal_id,
        "principalType": assignment.principal_type,
        "resourceDisplayName": None if resource is None else resource.display_name,
        "resourceId": assignment.resource_id,
    }


def _scope_body(scope: Permission) -> Json:
    return {
        "adminConsentDescription": scope.description,
        "adminConsentDisplayName": scope.name,
        "id": scope.id,
        "isEnabled": True,
        "type": "Admin" if scope.admin_only else "User",
        "userConsentDescription": scope.consent_en,
        "userConsentDisplayName": scope.name,
        "value": scope.value,
    }


def _role_body(role: Permission) -> Json:
    return {
        "allowedMemberTypes": list(role.member_types),
        "description": role.description,
        "displayName": role.name,
        "id": role.id,
        "isEnabled": True,
        "origin": "Application",
        "value": role.value,
    }


_PRINCIPAL = "servicePrincipals/{principal}"
OPERATIONS = operations(
    Backend.DIRECTORY,
    ("GET", "servicePrincipals", list_principals, PRINCIPALS_READ),
    ("GET", "servicePrincipals()", read_principal, PRINCIPALS_READ),
    ("PATCH", "servicePrincipals()", change_principal, PRINCIPALS_WRITE),
    ("DELETE", "servicePrincipals()", delete_principal, PRINCIPALS_WRITE),
    ("GET", "servicePrincipals()/oauth2PermissionGrants", list_principal_grants, GRANTS_READ),
    ("GET", "servicePrincipals()/appRoleAssignments", list_assignments, PRINCIPALS_READ),
    ("GET", _PRINCIPAL, read_principal, PRINCIPALS_READ),
    ("PATCH", _PRINCIPAL, change_principal, PRINCIPALS_WRITE),
    ("DELETE", _PRINCIPAL, delete_principal, PRINCIPALS_WRITE),
    ("GET", f"{_PRINCIPAL}/oauth2PermissionGrants", list_principal_grants, GRANTS_READ),
    ("GET", f"{_PRINCIPAL}/appRoleAssignments", list_assignments, PRINCIPALS_READ),
    ("POST", f"{_PRINCIPAL}/appRoleAssignments", create_assignment, ROLE_GRANTS_WRITE),
    ("DELETE", f"{_PRINCIPAL}/appRoleAssignments/{{assignment}}", delete_assignment, ROLE_GRANTS_WRITE),
    ("GET", f"{_PRINCIPAL}/appRoleAssignedTo", list_assigned_to, PRINCIPALS_READ),
    ("POST", f"{_PRINCIPAL}/appRoleAssignedTo", create_assignment, ROLE_GRANTS_WRITE),
    ("DELETE", f"{_PRINCIPAL}/appRoleAssignedTo/{{assignment}}", delete_assignment, ROLE_GRANTS_WRITE),
    ("GET", "oauth2PermissionGrants", list_grants, GRANTS_READ),
    ("POST", "oauth2PermissionGrants", create_grant, GRANTS_WRITE),
    ("GET", "oauth2PermissionGrants/{grant}", read_grant, GRANTS_READ),
    ("PATCH", "oauth2PermissionGrants/{grant}", change_grant, GRANTS_WRITE),
    ("DELETE", "oauth2PermissionGrants/{grant}", delete_grant, GRANTS_WRITE),
    ("GET", "me/oauth2PermissionGrants", list_my_grants, GRANTS_READ),
)
