"""People: oneself, one, many, with filter, search and count; and the changes among them.

Source: Graph v1.0, resources/user.md; graph.md 7.1
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from liaison.tenant.estate import managers, people
from liaison.tenant.estate.people import User
from liaison.tenant.graph.access import asked_user, is_guest
from liaison.tenant.graph.errors import Backend, GraphError, forbidden, no_resource
from liaison.tenant.graph.permissions import ME_READ, USER_READ, USERS_READ
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import Answer, Json
from liaison.tenant.graph.schema import USER
from liaison.tenant.graph.search import is_eventual, require_advanced, searched
from liaison.tenant.graph.shapes import (
    collection,
    entity,
    expands,
    filtered,
    page,
    selected,
    selection_suffix,
    wanted_filter,
)
from liaison.tenant.graph.table import operations

DEFAULT_PROPERTIES = (
    "businessPhones",
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
    "id",
)
# What the token's own user may read of others with the least permission. Source: permissions reference
_BASIC = frozenset({"displayName", "givenName", "id", "mail", "photo", "surname", "userPrincipalName"})
_BROAD = ("User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All")


def user_body(user: User) -> Json:
    """A user with every property that we keep."""
    guest = user.user_type == "Guest"
    return {
        "businessPhones": list(user.business_phones),
        "displayName": user.display_name,
        "givenName": user.given_name,
        "jobTitle": user.job_title,
        "mail": user.mail,
        "mobilePhone": user.mobile_phone,
        "officeLocation": user.office_location,
        "preferredLanguage": user.preferred_language,
        "surname": user.surname,
        "userPrincipalName": user.upn,
        "id": user.id,
        "accountEnabled": user.account_enabled,
        "companyName": None,
        "createdDateTime": user.created,
        "department": user.department,
        "externalUserState": "Accepted" if guest else None,
        "mailNickname": user.upn.partition("@")[0],
        "usageLocation": user.usage_location,
        "userType": user.user_type,
    }


def shown_user(ask: Ask, body: Json) -> Json:
    """The default properties when nothing is selected; little of others when the token may read only basics."""
    allowed = (
        body
        if _reads_all(ask, str(body["id"]))
        else {
            name: value if name in _BASIC else [] if name == "businessPhones" else None for name, value in body.items()
        }
    )
    if ask.words("select"):
        return allowed
    return {name: allowed[name] for name in DEFAULT_PROPERTIES}


def typed_user(ask: Ask, user_id: str) -> Json:
    """A user among other directory objects: with its type, and with the default properties."""
    user = people.find_user(ask.estate, user_id)
    if user is None:
        raise no_resource(user_id)
    shown = shown_user(replace(ask, options={}), user_body(user))
    return {"@odata.type": "#microsoft.graph.user", **shown}


def read_me(ask: Ask) -> Answer:
    """`GET /me` and `GET /users/{id or UPN}`. Source: Graph v1.0, api/user-get.md"""
    user = asked_user(ask)
    is_self = ask.is_delegated and user.id == ask.caller.object_id
    if not is_self and not USERS_READ.allows(ask.caller):
        raise forbidden(Backend.DIRECTORY)
    return _one(ask, user)


def read_user_by_key(ask: Ask) -> Answer:
    """`GET /users(userPrincipalName='…')`: by the alternate key."""
    key = ask.params.get("userPrincipalName", "")
    user = people.find_user(ask.estate, key) if "@" in key else None
    if user is None:
        raise no_resource(key)
    return _one(ask, user)


def _one(ask: Ask, user: User) -> Answer:
    body = selected(ask, _shown_with_manager(ask, _with_licences(ask, user)), USER, "user")
    return Answer(body=entity(ask.context(f"users{selection_suffix(ask, *_expanded(ask))}/$entity"), body))


def _expanded(ask: Ask) -> tuple[str, ...]:
    return ("manager",) if expands(ask, "manager") else ()


def _shown_with_manager(ask: Ask, body: Json) -> Json:
    """A user, with whom the user reports to when that is expanded."""
    shown = shown_user(ask, body)
    if not expands(ask, "manager"):
        return shown
    found = managers.manager_of(ask.estate, str(body["id"]))
    return {**shown, "manager": None if found is None else typed_user(ask, found.id)}


def list_users(ask: Ask) -> Answer:
    """`GET /users`. Source: Graph v1.0, api/user-list.md"""
    found = _found_users(ask)
    part, following = page(ask, found, 100, 999)
    values = [selected(ask, _shown_with_manager(ask, body), USER, "user") for body in part]
    count = len(found) if ask.options.get("count") == "true" and is_eventual(ask) else None
    context = ask.context(f"users{selection_suffix(ask, *_expanded(ask))}")
    return Answer(body=collection(context, values, count=count, next_page=following))


def count_users(ask: Ask) -> Answer:
    """`GET /users/$count`: a plain number, with the header for advanced queries."""
    if not is_eventual(ask):
        raise GraphError(400, "Request_BadRequest", "$count is not currently supported.")
    return Answer(content=str(len(_found_users(ask))).encode(), media_type="text/plain")


def _found_users(ask: Ask) -> Sequence[Json]:
    if is_guest(ask):
        raise forbidden(Backend.DIRECTORY)
    wanted = wanted_filter(ask)
    require_advanced(ask, wanted)
    candidates = _candidates(ask, dict(wanted.equals) if wanted else {})
    return searched(ask, filtered(ask, [_with_licences(ask, user) for user in candidates]))


def _candidates(ask: Ask, equals: dict[str, str]) -> list[User]:
    """The people who can match at all: one when the filter names an id or a UPN."""
    key = equals.get("id") or equals.get("userPrincipalName")
    if key is None:
        return people.list_users(ask.estate)
    found = people.find_user(ask.estate, key)
    return [] if found is None else [found]


def _with_licences(ask: Ask, user: User) -> Json:
    body = user_body(user)
    if "assignedLicenses" not in ask.words("select") and "assignedLicenses" not in ask.options.get("filter", ""):
        return body
    held = people.user_licences(ask.estate, user.id)
    return body | {
        "assignedLicenses": [{"disabledPlans": sorted(one.disabled_plans), "skuId": one.sku.id} for one in held]
    }


def _reads_all(ask: Ask, user_id: str) -> bool:
    held = ask.caller.scopes if ask.is_delegated else ask.caller.roles
    return user_id == ask.caller.object_id or any(name in held for name in _BROAD)


OPERATIONS = operations(
    Backend.DIRECTORY,
    ("GET", "me", read_me, ME_READ),
    ("GET", "users", list_users, USERS_READ),
    ("GET", "users/$count", count_users, USERS_READ),
    ("GET", "users()", read_user_by_key, USERS_READ),
    ("GET", "users/{user}", read_me, USER_READ),
)
