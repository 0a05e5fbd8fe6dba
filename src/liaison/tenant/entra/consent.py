"""Consent: which permissions a request still lacks, who may grant them, and recording the grant.

Source: E:consent-types-developer, E:application-consent-experience, EE:manage-app-consent-policies,
EE:grant-admin-consent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from liaison.tenant.entra.errors import EntraRefused
from liaison.tenant.entra.scopes import ResourceAsk, ScopeAsk, resource_of
from liaison.tenant.estate import Estate
from liaison.tenant.estate.applications import (
    GRAPH_APP_ID,
    Application,
    Permission,
    ServicePrincipal,
    find_application,
    find_permission,
    find_service_principal,
    list_permissions,
)
from liaison.tenant.estate.grants import (
    assign_app_role,
    close_consent_requests,
    create_grant,
    granted_scopes,
    replace_grant,
)
from liaison.tenant.estate.people import User, has_directory_role
from liaison.tenant.estate.switches import get_switch
from liaison.tenant.seeds.company import GLOBAL_ADMINISTRATOR

_PRIVILEGED_ROLE_ADMINISTRATOR = "e8611ab8-c189-46e8-94e1-60213ab1f814"
_APPLICATION_ADMINISTRATOR = "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3"
_CLOUD_APPLICATION_ADMINISTRATOR = "158c047a-c907-4556-b7ef-446551a6b5f7"
_MAY_GRANT_ANYTHING = (GLOBAL_ADMINISTRATOR, _PRIVILEGED_ROLE_ADMINISTRATOR)
_MAY_GRANT_SCOPES = (*_MAY_GRANT_ANYTHING, _APPLICATION_ADMINISTRATOR, _CLOUD_APPLICATION_ADMINISTRATOR)

# What people may not grant for themselves under the policy that Microsoft manages. Source: identity.md 7.7.
_KEPT_FROM_PEOPLE = ("Files.Read.All", "Files.ReadWrite.All", "Sites.Read.All", "Sites.ReadWrite.All", "People.Read")
_KEPT_FROM_PEOPLE_BEGINNINGS = ("Chat.Read", "OnlineMeetings.")


@dataclass(frozen=True)
class AdminGrant:
    """What an administrator grants for everybody: delegated scopes and application roles."""

    scopes: tuple[Permission, ...]
    roles: tuple[Permission, ...]


def granted_names(estate: Estate, client: Application, resource_app_id: str, user_id: str) -> frozenset[str]:
    """The delegated permissions a client holds for a user at an API, by consent or because none is needed."""
    if _needs_no_consent(estate, client, resource_app_id):
        return frozenset(permission.value for permission in list_permissions(estate, resource_app_id, "scope"))
    principal, resource = _principals(estate, client, resource_app_id)
    return granted_scopes(estate, principal.id, resource.id, user_id)


def missing_permissions(
    estate: Estate, client: Application, user_id: str, ask: ScopeAsk, *, again: bool = False
) -> list[Permission]:
    """What the consent page has to ask for; with `again` (prompt=consent) also what is granted already."""
    if client.first_party:
        return []
    wanted = [*_named_permissions(estate, ask)]
    for resource in ask.resources:
        if resource.default and (again or not _holds_anything(estate, client, user_id, resource)):
            _require_listed(client, resource)
            wanted += static_scopes(estate, client)
    distinct = {(permission.resource_app_id, permission.value): permission for permission in wanted}
    return [permission for permission in distinct.values() if again or _is_missing(estate, client, user_id, permission)]


def _require_listed(client: Application, resource: ResourceAsk) -> None:
    """Raise EntraRefused when `.default` names an API of which the registration lists nothing."""
    if client.app_id in resource.app_ids or {item.resource_app_id for item in client.required_access} & set(
        resource.app_ids
    ):
        return
    if resource.app_ids == (GRAPH_APP_ID,):
        raise EntraRefused(650056, resource="Microsoft Graph", app_id=client.app_id)
    raise EntraRefused(650057, app_id=client.app_id)


def is_risky(estate: Estate, client: Application) -> bool:
    """Whether people may not consent to an application because nobody verified its publisher."""
    return client.app_id in get_switch(estate, "entra.risky_apps", [""])


def may_grant(estate: Estate, client: Application, user: User, permissions: Iterable[Permission]) -> bool:
    """Whether a person may grant an application these delegated permissions for themselves."""
    if may_grant_for_all(estate, user):
        return True
    if is_risky(estate, client):
        return False
    policy = get_switch(estate, "entra.consent_policy", "managed")
    if policy == "none":
        return False
    return all(_is_open_to_people(permission, policy) for permission in permissions)


def may_grant_for_all(estate: Estate, user: User) -> bool:
    """Whether a person may grant delegated permissions for the whole tenant."""
    return has_directory_role(estate, user.id, *_MAY_GRANT_SCOPES)


def sees_organization_box(estate: Estate, user: User) -> bool:
    """Only a Global Administrator finds "consent on behalf of your organization" on the ordinary consent page."""
    return has_directory_role(estate, user.id, GLOBAL_ADMINISTRATOR)


def grant(estate: Estate, client: Application, permissions: Iterable[Permission], user: User, *, for_all: bool) -> None:
    """Record what a person accepted, for themselves or for everybody."""
    with estate.db.change():
        for resource_app_id, names in _by_resource(permissions).items():
            principal, resource = _principals(estate, client, resource_app_id)
            create_grant(estate, principal.id, resource.id, names, None if for_all else user.id)
        if for_all:
            close_consent_requests(estate, client.app_id, "Completed")


def admin_grant(estate: Estate, client: Application, ask: ScopeAsk | None) -> AdminGrant:
    """What an admin consent address asks for: the registration's list, or the scopes that were named.

    `ask` is None for the v1 address. Application permissions come only with `.default`. Source: E:v2-admin-consent.
    """
    if ask is None or ask.wants_default:
        return AdminGrant(tuple(static_scopes(estate, client)), tuple(static_roles(estate, client)))
    return AdminGrant(tuple(_named_permissions(estate, ask)), ())


def may_grant_admin(estate: Estate, user: User, asked: AdminGrant) -> bool:
    """Whether a person may grant this for everybody; Graph's application permissions need more than the rest."""
    if any(role.resource_app_id == GRAPH_APP_ID for role in asked.roles):
        return has_directory_role(estate, user.id, *_MAY_GRANT_ANYTHING)
    return may_grant_for_all(estate, user)


def carry_out_admin_grant(estate: Estate, client: Application, asked: AdminGrant) -> None:
    """Grant for everybody. A tenant-wide grant replaces the one before. Source: EE:grant-admin-consent."""
    with estate.db.change():
        for resource_app_id, names in _by_resource(asked.scopes).items():
            principal, resource = _principals(estate, client, resource_app_id)
            replace_grant(estate, principal.id, resource.id, names)
        for role in asked.roles:
            principal, resource = _principals(estate, client, role.resource_app_id)
            assign_app_role(estate, principal.id, resource.id, role.id)
        close_consent_requests(estate, client.app_id, "Completed")


def static_scopes(estate: Estate, client: Application) -> list[Permission]:
    """The delegated permissions that a registration declares."""
    return _found(estate, "scope", [(item.resource_app_id, item.scopes) for item in client.required_access])


def static_roles(estate: Estate, client: Application) -> list[Permission]:
    """The application permissions that a registration declares."""
    return _found(estate, "role", [(item.resource_app_id, item.roles) for item in client.required_access])


def _found(estate: Estate, kind: str, declared: list[tuple[str, tuple[str, ...]]]) -> list[Permission]:
    found = [find_permission(estate, app_id, kind, value) for app_id, values in declared for value in values]
    return [permission for permission in found if permission is not None]


def _named_permissions(estate: Estate, ask: ScopeAsk) -> list[Permission]:
    named = [(GRAPH_APP_ID, name) for name in sorted(ask.oidc)]
    for resource in ask.resources:
        for name in sorted(resource.names):
            app_id = resource_of(estate, resource, name)
            if app_id is not None:
                named.append((app_id, name))
    found = [find_permission(estate, app_id, "scope", name) for app_id, name in named]
    return [permission for permission in found if permission is not None]


def _holds_anything(estate: Estate, client: Application, user_id: str, resource: ResourceAsk) -> bool:
    return any(granted_names(estate, client, app_id, user_id) for app_id in resource.app_ids)


def _is_missing(estate: Estate, client: Application, user_id: str, permission: Permission) -> bool:
    held = {name.lower() for name in granted_names(estate, client, permission.resource_app_id, user_id)}
    return permission.value.lower() not in held


def _is_open_to_people(permission: Permission, policy: str) -> bool:
    if permission.admin_only:
        return False
    kept = permission.value in _KEPT_FROM_PEOPLE or permission.value.startswith(_KEPT_FROM_PEOPLE_BEGINNINGS)
    return policy == "open" or not kept


def _needs_no_consent(estate: Estate, client: Application, resource_app_id: str) -> bool:
    if client.app_id == resource_app_id:
        return True
    resource = find_application(estate, resource_app_id)
    return resource is not None and client.app_id in resource.preauthorized


def _principals(estate: Estate, client: Application, resource_app_id: str) -> tuple[ServicePrincipal, ServicePrincipal]:
    principal = find_service_principal(estate, client.app_id)
    if principal is None:
        raise EntraRefused(700016, app_id=client.app_id)
    resource = find_service_principal(estate, resource_app_id)
    if resource is None:
        raise EntraRefused(500011, resource=resource_app_id)
    return principal, resource


def _by_resource(permissions: Iterable[Permission]) -> dict[str, frozenset[str]]:
    grouped: dict[str, set[str]] = {}
    for permission in permissions:
        grouped.setdefault(permission.resource_app_id, set()).add(permission.value)
    return {resource: frozenset(names) for resource, names in grouped.items()}
