"""Making, changing and deleting accounts, their licences and their sessions.

Source: Graph v1.0, api/user-post-users.md, api/user-update.md, api/user-assignlicense.md
"""

from __future__ import annotations

import re
from dataclasses import replace

from liaison.tenant.estate import people
from liaison.tenant.estate.people import User
from liaison.tenant.graph.access import asked_user, is_global_administrator
from liaison.tenant.graph.errors import Backend, GraphError, bad_request, forbidden
from liaison.tenant.graph.permissions import LICENCES_WRITE, SESSIONS_REVOKE, USERS_WRITE
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import NO_CONTENT, Answer
from liaison.tenant.graph.schema import USER
from liaison.tenant.graph.shapes import entity
from liaison.tenant.graph.table import below, operations
from liaison.tenant.graph.users import shown_user, user_body
from liaison.tenant.graph.wild import Wild

_UPN = re.compile(r"[^@\s<>()\[\]\\,;:\"]{1,64}@[A-Za-z0-9.-]{3,48}")
_TEXTS = {
    "givenName": "given_name",
    "surname": "surname",
    "mail": "mail",
    "jobTitle": "job_title",
    "department": "department",
    "officeLocation": "office_location",
    "mobilePhone": "mobile_phone",
    "preferredLanguage": "preferred_language",
    "usageLocation": "usage_location",
}


def create_user(ask: Ask) -> Answer:
    """`POST /users`: 201; 400 when the name is taken."""
    _require_administrator(ask)
    body = ask.json().only(USER, "microsoft.graph.user")
    name, upn = body.text("displayName"), body.text("userPrincipalName")
    body.text("mailNickname")
    body.child("passwordProfile").text("password")
    if not body.has("accountEnabled"):
        raise bad_request(Backend.DIRECTORY, "A value is required for property 'accountEnabled' of resource 'User'.")
    _require_free(ask, upn)
    blank = User(ask.estate.ids.guid(), upn, name, account_enabled=body.flag("accountEnabled", True))
    made = people.add_user(ask.estate, _changed(blank, body))
    return Answer(201, entity(ask.context("users/$entity"), shown_user(ask, user_body(made))))


def change_user(ask: Ask) -> Answer:
    """`PATCH /users/{user}`: 204; people may change a little of their own."""
    user = asked_user(ask)
    if user.id != ask.caller.object_id:
        _require_administrator(ask)
    body = ask.json().only(USER, "microsoft.graph.user")
    upn = body.text("userPrincipalName") if body.has("userPrincipalName") else user.upn
    if upn.casefold() != user.upn.casefold():
        _require_free(ask, upn)
    name = body.text("displayName") if body.has("displayName") else user.display_name
    enabled = body.flag("accountEnabled", user.account_enabled)
    people.save_user(ask.estate, _changed(replace(user, upn=upn, display_name=name, account_enabled=enabled), body))
    return NO_CONTENT


def delete_user(ask: Ask) -> Answer:
    """`DELETE /users/{user}`: to the recycle bin for 30 days. Source: api/user-delete.md"""
    _require_administrator(ask)
    people.delete_user(ask.estate, asked_user(ask).id)
    return NO_CONTENT


def revoke_sessions(ask: Ask) -> Answer:
    """`POST …/revokeSignInSessions`: every refresh token dies. Source: api/user-revokesigninsessions.md"""
    user = asked_user(ask)
    if user.id != ask.caller.object_id:
        _require_administrator(ask)
    people.revoke_sessions(ask.estate, user.id)
    return Answer(body={"@odata.context": ask.context("Edm.Boolean"), "value": True})


def assign_licence(ask: Ask) -> Answer:
    """`POST …/assignLicense`: both lists must be there, even when they are empty: 200 with the user."""
    _require_administrator(ask)
    user = asked_user(ask)
    body = ask.json().only({"addLicenses", "removeLicenses"}, "assignLicense")
    if not body.has("addLicenses") or not body.has("removeLicenses"):
        raise bad_request(Backend.DIRECTORY, "One or more parameters of the operation 'assignLicense' are missing.")
    known = {sku.id for sku in people.list_skus(ask.estate)}
    added = [(one.text("skuId").lower(), one.texts("disabledPlans")) for one in body.children("addLicenses")]
    removed = [one.lower() for one in body.texts("removeLicenses")]
    for sku_id in [*(one for one, _ in added), *removed]:
        if sku_id not in known:
            raise bad_request(Backend.DIRECTORY, f"License {sku_id} does not correspond to a valid company License.")
    if added and user.usage_location is None:
        raise bad_request(Backend.DIRECTORY, "License assignment cannot be done for user with invalid usage location.")
    with ask.estate.db.change():
        for sku_id, disabled in added:
            people.assign_licence(ask.estate, user.id, sku_id, frozenset(disabled))
        for sku_id in removed:
            people.remove_licence(ask.estate, user.id, sku_id)
    return Answer(body=entity(ask.context("users/$entity"), shown_user(ask, user_body(user))))


def _changed(user: User, body: Wild) -> User:
    texts = {field: body.optional_text(name) for name, field in _TEXTS.items() if body.has(name)}
    phones = tuple(body.texts("businessPhones")) if body.has("businessPhones") else user.business_phones
    return replace(user, business_phones=phones, **texts)  # type: ignore[arg-type]


def _require_free(ask: Ask, upn: str) -> None:
    if _UPN.fullmatch(upn) is None:
        raise GraphError(
            400, "Request_BadRequest", "Property userPrincipalName is invalid.",
            details=[{"target": "userPrincipalName", "code": "InvalidValue", "message": "Invalid value."}],
        )  # fmt: skip
    if ask.estate.db.value("SELECT 1 FROM users WHERE upn = ?", (upn,)) is not None:
        text = "Another object with the same value for property userPrincipalName already exists."
        details = [{"target": "userPrincipalName", "code": "ObjectConflict", "message": text}]
        raise GraphError(400, "Request_BadRequest", text, details=details)


def _require_administrator(ask: Ask) -> None:
    if ask.is_delegated and not is_global_administrator(ask):
        raise forbidden(Backend.DIRECTORY)


OPERATIONS = operations(
    Backend.DIRECTORY,
    ("POST", "users", create_user, USERS_WRITE),
    *below(
        ("me", "users/{user}"),
        ("PATCH", "", change_user, USERS_WRITE),
        ("POST", "/revokeSignInSessions", revoke_sessions, SESSIONS_REVOKE),
        ("POST", "/graph.revokeSignInSessions", revoke_sessions, SESSIONS_REVOKE),
        ("POST", "/assignLicense", assign_licence, LICENCES_WRITE),
        ("POST", "/graph.assignLicense", assign_licence, LICENCES_WRITE),
    ),
    ("DELETE", "users/{user}", delete_user, USERS_WRITE),
)
