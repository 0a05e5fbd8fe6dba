"""Making and changing app registrations, and the service principals that let people sign in to them.

Source: Graph v1.0, api/application-post-applications.md, api/application-update.md,
api/serviceprincipal-post-serviceprincipals.md
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from liaison.tenant.estate import applications, registrations
from liaison.tenant.estate.applications import Application, Permission, RequiredAccess
from liaison.tenant.estate.sign_in_settings import save_sign_in_settings, sign_in_settings
from liaison.tenant.graph.errors import Backend, GraphError, bad_request, no_resource
from liaison.tenant.graph.grants import principal_body
from liaison.tenant.graph.permissions import PRINCIPALS_WRITE
from liaison.tenant.graph.registrations import application_body, asked_application, require_administrator
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import NO_CONTENT, Answer
from liaison.tenant.graph.schema import APPLICATION, SERVICE_PRINCIPAL
from liaison.tenant.graph.shapes import entity
from liaison.tenant.graph.table import operations
from liaison.tenant.graph.wild import Wild

_KINDS = {"Scope": "scope", "Role": "role"}


def create_application(ask: Ask) -> Answer:
    """`POST /applications`: 201; a service principal is made apart."""
    require_administrator(ask)
    body = ask.json().only(APPLICATION, "microsoft.graph.application")
    new = Application(
        ask.estate.ids.guid(),
        ask.estate.ids.guid(),
        body.text("displayName"),
        token_version=2,
        created=ask.estate.clock.stamp(),
    )
    with _unique_addresses(), ask.estate.db.change():
        made = applications.add_application(ask.estate, new)
        made = _apply(ask, made, body)
    return Answer(201, entity(ask.context("applications/$entity"), application_body(ask, made)))


def change_application(ask: Ask) -> Answer:
    """`PATCH /applications/{id}`: 204."""
    require_administrator(ask)
    body = ask.json().only(APPLICATION, "microsoft.graph.application")
    with _unique_addresses(), ask.estate.db.change():
        _apply(ask, asked_application(ask), body)
    return NO_CONTENT


def delete_application(ask: Ask) -> Answer:
    """`DELETE /applications/{id}`: 204. Source: api/application-delete.md"""
    require_administrator(ask)
    registrations.delete_application(ask.estate, asked_application(ask).app_id)
    return NO_CONTENT


def create_principal(ask: Ask) -> Answer:
    """`POST /servicePrincipals`: 201; 409 for the second one of an application."""
    require_administrator(ask)
    app_id = ask.json().only(SERVICE_PRINCIPAL, "microsoft.graph.servicePrincipal").text("appId").lower()
    application = applications.find_application(ask.estate, app_id)
    if application is None:
        raise bad_request(
            Backend.DIRECTORY, f"The appId '{app_id}' of the service principal does not reference a valid application."
        )
    if registrations.has_service_principal(ask.estate, app_id):
        raise GraphError(
            409,
            "Request_MultipleObjectsWithSameKeyValue",
            "The service principal cannot be created, updated, or restored because the service principal name "
            f"{app_id} is already in use.",
        )
    made = registrations.ensure_service_principal(ask.estate, application)
    if made is None:
        raise no_resource(app_id)
    return Answer(201, entity(ask.context("servicePrincipals/$entity"), principal_body(ask, made)))


def _apply(ask: Ask, known: Application, body: Wild) -> Application:
    """The registration with what the body says of it."""
    settings = sign_in_settings(ask.estate, known.app_id)
    web, api = body.child("web"), body.child("api")
    grants = web.child("implicitGrantSettings")
    web_addresses = _redirects(body, "web", known.redirect_uris)
    native_addresses = _redirects(body, "publicClient", settings.native_redirect_uris)
    save_sign_in_settings(ask.estate, known.app_id, replace(
        settings,
        audience=body.optional_text("signInAudience") or settings.audience,
        spa_redirect_uris=_redirects(body, "spa", settings.spa_redirect_uris),
        native_redirect_uris=native_addresses,
        issues_id_tokens=grants.flag("enableIdTokenIssuance", settings.issues_id_tokens),
        issues_access_tokens=grants.flag("enableAccessTokenIssuance", settings.issues_access_tokens),
        group_claims=body.optional_text("groupMembershipClaims") or settings.group_claims,
    ))  # fmt: skip
    changed = replace(
        known,
        display_name=body.optional_text("displayName") or known.display_name,
        identifier_uris=tuple(body.texts("identifierUris")) if body.has("identifierUris") else known.identifier_uris,
        redirect_uris=web_addresses,
        logout_url=web.optional_text("logoutUrl") if web.has("logoutUrl") else known.logout_url,
        public_client=body.flag(
            "isFallbackPublicClient", known.public_client or bool(native_addresses and not web_addresses)
        ),
        token_version=api.whole("requestedAccessTokenVersion") or known.token_version,
        preauthorized=tuple(one.text("appId") for one in api.children("preAuthorizedApplications"))
        if api.has("preAuthorizedApplications")
        else known.preauthorized,
        required_access=tuple(_required(ask, one) for one in body.children("requiredResourceAccess"))
        if body.has("requiredResourceAccess")
        else known.required_access,
    )
    registrations.change_application(ask.estate, changed)
    if api.has("oauth2PermissionScopes"):
        scopes = [_scope(known.app_id, one) for one in api.children("oauth2PermissionScopes")]
        registrations.offer_permissions(ask.estate, known.app_id, "scope", scopes)
    if body.has("appRoles"):
        roles = [_role(known.app_id, one) for one in body.children("appRoles")]
        registrations.offer_permissions(ask.estate, known.app_id, "role", roles)
    return changed


def _redirects(body: Wild, platform: str, known: tuple[str, ...]) -> tuple[str, ...]:
    said = body.child(platform)
    return tuple(said.texts("redirectUris")) if said.has("redirectUris") else known


def _required(ask: Ask, body: Wild) -> RequiredAccess:
    """What a registration needs of one API, by the names of the ids that it gives; raises 400 for an unknown id."""
    resource = body.text("resourceAppId").lower()
    names: dict[str, list[str]] = {"scope": [], "role": []}
    for one in body.children("resourceAccess"):
        kind = _KINDS.get(one.text("type"), "")
        found = applications.find_permission_by_id(ask.estate, resource, kind, one.text("id").lower())
        if found is None:
            raise bad_request(Backend.DIRECTORY, f"Permission entitlement '{one.text('id')}' was not found.")
        names[kind].append(found.value)
    return RequiredAccess(resource, tuple(names["scope"]), tuple(names["role"]))


def _scope(app_id: str, body: Wild) -> Permission:
    name = body.optional_text("adminConsentDisplayName") or body.text("value")
    return Permission(
        app_id,
        "scope",
        body.text("value"),
        body.text("id").lower(),
        admin_only=body.optional_text("type") == "Admin",
        name=name,
        description=body.optional_text("adminConsentDescription") or name,
        consent_en=body.optional_text("userConsentDisplayName") or "",
    )


def _role(app_id: str, body: Wild) -> Permission:
    name = body.optional_text("displayName") or body.text("value")
    return Permission(
        app_id,
        "role",
        body.text("value"),
        body.text("id").lower(),
        admin_only=True,
        name=name,
        description=body.optional_text("description") or name,
        member_types=tuple(body.texts("allowedMemberTypes")) or ("Application",),
    )


@contextmanager
def _unique_addresses() -> Iterator[None]:
    try:
        yield
    except sqlite3.IntegrityError as taken:
        raise bad_request(
            Backend.DIRECTORY, "Another object with the same value for property identifierUris already exists."
        ) from taken


_ONE = "applications/{application}"
OPERATIONS = operations(
    Backend.DIRECTORY,
    ("POST", "applications", create_application, PRINCIPALS_WRITE),
    ("PATCH", _ONE, change_application, PRINCIPALS_WRITE),
    ("PATCH", "applications()", change_application, PRINCIPALS_WRITE),
    ("DELETE", _ONE, delete_application, PRINCIPALS_WRITE),
    ("DELETE", "applications()", delete_application, PRINCIPALS_WRITE),
    ("POST", "servicePrincipals", create_principal, PRINCIPALS_WRITE),
)
