"""App registrations: reading them, and their secrets.

Source: Graph v1.0, resources/application.md, api/application-addpassword.md
"""

from __future__ import annotations

from datetime import UTC, datetime

from liaison.tenant.estate import applications
from liaison.tenant.estate.applications import Application, Secret
from liaison.tenant.estate.sign_in_settings import sign_in_settings
from liaison.tenant.graph.access import is_global_administrator
from liaison.tenant.graph.errors import Backend, forbidden, no_resource
from liaison.tenant.graph.permissions import PRINCIPALS_READ, PRINCIPALS_WRITE
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import NO_CONTENT, Answer, Json
from liaison.tenant.graph.schema import APPLICATION
from liaison.tenant.graph.shapes import collection, entity, filtered, page, selected, selection_suffix
from liaison.tenant.graph.table import operations

_SECRET_LIFE_S = 2 * 365 * 86_400


def application_body(ask: Ask, application: Application) -> Json:
    """A registration, its secrets without their texts."""
    scopes = applications.list_permissions(ask.estate, application.app_id, "scope")
    roles = applications.list_permissions(ask.estate, application.app_id, "role")
    settings = sign_in_settings(ask.estate, application.app_id)
    # Registrations of the seed keep the addresses of public clients where those of web servers stand.
    own = list(application.redirect_uris)
    web, native = ([], own) if application.public_client else (own, list[str]())
    return {
        "id": application.id,
        "deletedDateTime": None,
        "appId": application.app_id,
        "applicationTemplateId": None,
        "createdDateTime": application.created or None,
        "displayName": application.display_name,
        "description": None,
        "identifierUris": list(application.identifier_uris),
        "isFallbackPublicClient": application.public_client,
        "notes": None,
        "publisherDomain": "contoso.com",
        "signInAudience": settings.audience,
        "tags": [],
        "api": {
            "requestedAccessTokenVersion": application.token_version,
            "oauth2PermissionScopes": [{"id": one.id, "value": one.value, "isEnabled": True} for one in scopes],
            "preAuthorizedApplications": [{"appId": one} for one in application.preauthorized],
        },
        "appRoles": [{"id": one.id, "value": one.value, "displayName": one.name, "isEnabled": True} for one in roles],
        "keyCredentials": [],
        "passwordCredentials": [
            _secret_body(one) for one in applications.application_secrets(ask.estate, application.app_id)
        ],
        "groupMembershipClaims": None if settings.group_claims == "None" else settings.group_claims,
        "publicClient": {"redirectUris": [*native, *settings.native_redirect_uris]},
        "spa": {"redirectUris": list(settings.spa_redirect_uris)},
        "web": {
            "redirectUris": web,
            "logoutUrl": application.logout_url,
            "implicitGrantSettings": {
                "enableAccessTokenIssuance": settings.issues_access_tokens,
                "enableIdTokenIssuance": settings.issues_id_tokens,
            },
        },
        "requiredResourceAccess": [_required(ask, one) for one in application.required_access],
    }


def list_applications(ask: Ask) -> Answer:
    """`GET /applications`: those that are this organisation's own. Source: api/application-list.md"""
    own = [one for one in applications.list_applications(ask.estate) if not one.first_party]
    bodies = filtered(ask, [application_body(ask, one) for one in own])
    part, following = page(ask, bodies, 100, 999)
    values = [selected(ask, body, APPLICATION, "application") for body in part]
    return Answer(body=collection(ask.context(f"applications{selection_suffix(ask)}"), values, next_page=following))


def read_application(ask: Ask) -> Answer:
    """`GET /applications/{id}`, `/applications(appId='…')`. Source: api/application-get.md"""
    body = selected(ask, application_body(ask, asked_application(ask)), APPLICATION, "application")
    return Answer(body=entity(ask.context(f"applications{selection_suffix(ask)}/$entity"), body))


def add_password(ask: Ask) -> Answer:
    """`POST /applications/{id}/addPassword`: the one answer that tells the secret."""
    require_administrator(ask)
    application = asked_application(ask)
    name = ask.optional_json().child("passwordCredential").optional_text("displayName") or ""
    secret = Secret(
        ask.estate.ids.guid(),
        application.app_id,
        name,
        ask.estate.ids.token(30),
        ask.estate.clock.seconds() + _SECRET_LIFE_S,
    )
    applications.add_secret(ask.estate, secret)
    body = _secret_body(secret) | {"secretText": secret.secret}
    return Answer(body=entity(ask.context("microsoft.graph.passwordCredential"), body))


def remove_password(ask: Ask) -> Answer:
    """`POST /applications/{id}/removePassword`: 204."""
    require_administrator(ask)
    application = asked_application(ask)
    key_id = ask.json().text("keyId").lower()
    if key_id not in {one.key_id for one in applications.application_secrets(ask.estate, application.app_id)}:
        raise no_resource(key_id)
    applications.remove_secret(ask.estate, key_id)
    return NO_CONTENT


def asked_application(ask: Ask) -> Application:
    """The registration of the address; raises 404."""
    key = ask.params.get("appId") or ask.params.get("application", "")
    if "appId" in ask.params:
        found = applications.find_application(ask.estate, key)
    else:
        found = next((one for one in applications.list_applications(ask.estate) if one.id == key.lower()), None)
    if found is None:
        raise no_resource(key)
    return found


def _required(ask: Ask, access: applications.RequiredAccess) -> Json:
    listed = [("scope", "Scope", name) for name in access.scopes] + [("role", "Role", name) for name in access.roles]
    found = [
        {"id": permission.id, "type": shown}
        for kind, shown, name in listed
        if (permission := applications.find_permission(ask.estate, access.resource_app_id, kind, name))
    ]
    return {"resourceAppId": access.resource_app_id, "resourceAccess": found}


def _secret_body(secret: Secret) -> Json:
    ends = datetime.fromtimestamp(secret.expires, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return {
        "customKeyIdentifier": None,
        "displayName": secret.display_name,
        "endDateTime": ends,
        "hint": secret.secret[:3],
        "keyId": secret.key_id,
        "secretText": None,
        "startDateTime": None,
    }


def require_administrator(ask: Ask) -> None:
    """Raise 403 for a person who is no Global Administrator."""
    if ask.is_delegated and not is_global_administrator(ask):
        raise forbidden(Backend.DIRECTORY)


_ONE = "applications/{application}"
OPERATIONS = operations(
    Backend.DIRECTORY,
    ("GET", "applications", list_applications, PRINCIPALS_READ),
    ("GET", "applications()", read_application, PRINCIPALS_READ),
    ("GET", _ONE, read_application, PRINCIPALS_READ),
    ("POST", f"{_ONE}/addPassword", add_password, PRINCIPALS_WRITE),
    ("POST", f"{_ONE}/graph.addPassword", add_password, PRINCIPALS_WRITE),
    ("POST", f"{_ONE}/removePassword", remove_password, PRINCIPALS_WRITE),
    ("POST", f"{_ONE}/graph.removePassword", remove_password, PRINCIPALS_WRITE),
)
