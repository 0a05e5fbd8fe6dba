"""Managers and the people who report to them. Source: Graph v1.0, api/user-list-manager.md"""

from __future__ import annotations

from liaison.tenant.estate import managers
from liaison.tenant.estate.people import User
from liaison.tenant.graph.access import asked_user, is_global_administrator
from liaison.tenant.graph.errors import Backend, bad_request, forbidden, no_resource
from liaison.tenant.graph.groups import bound_user
from liaison.tenant.graph.permissions import MANAGER_READ, MANAGER_WRITE
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import NO_CONTENT, Answer, Json
from liaison.tenant.graph.schema import USER
from liaison.tenant.graph.search import is_eventual
from liaison.tenant.graph.shapes import collection, entity, filtered, page, selected
from liaison.tenant.graph.table import below, operations
from liaison.tenant.graph.users import shown_user, user_body


def read_manager(ask: Ask) -> Answer:
    """`GET …/manager`: 404 for people who report to nobody."""
    user = asked_user(ask)
    found = managers.manager_of(ask.estate, user.id)
    if found is None:
        raise no_resource("manager")
    return Answer(body=entity(ask.context("directoryObjects/$entity"), _typed(ask, found)))


def set_manager(ask: Ask) -> Answer:
    """`PUT …/manager/$ref`: 204. Source: Graph v1.0, api/user-post-manager.md"""
    user = _changed_user(ask)
    manager_id = bound_user(ask, ask.json().value.get("@odata.id"))
    if manager_id == user.id:
        raise bad_request(Backend.DIRECTORY, "Unable to assign a user as their own manager.")
    managers.set_manager(ask.estate, user.id, manager_id)
    return NO_CONTENT


def remove_manager(ask: Ask) -> Answer:
    """`DELETE …/manager/$ref`: 204. Source: Graph v1.0, api/user-delete-manager.md"""
    managers.set_manager(ask.estate, _changed_user(ask).id, None)
    return NO_CONTENT


def list_reports(ask: Ask) -> Answer:
    """`GET …/directReports`: by name."""
    found = managers.direct_reports(ask.estate, asked_user(ask).id)
    bodies = filtered(ask, [user_body(user) for user in found])
    part, following = page(ask, bodies, 100, 999)
    values: list[Json] = [
        {"@odata.type": "#microsoft.graph.user", **selected(ask, shown_user(ask, body), USER, "user")} for body in part
    ]
    count = len(bodies) if ask.options.get("count") == "true" and is_eventual(ask) else None
    return Answer(body=collection(ask.context("directoryObjects"), values, count=count, next_page=following))


def _changed_user(ask: Ask) -> User:
    if ask.is_delegated and not is_global_administrator(ask):
        raise forbidden(Backend.DIRECTORY)
    return asked_user(ask)


def _typed(ask: Ask, user: User) -> Json:
    return {"@odata.type": "#microsoft.graph.user", **selected(ask, shown_user(ask, user_body(user)), USER, "user")}


OPERATIONS = operations(
    Backend.DIRECTORY,
    *below(
        ("me", "users/{user}"),
        ("GET", "/manager", read_manager, MANAGER_READ),
        ("GET", "/directReports", list_reports, MANAGER_READ),
        ("GET", "/directReports/graph.user", list_reports, MANAGER_READ),
    ),
    ("PUT", "users/{user}/manager/$ref", set_manager, MANAGER_WRITE),
    ("DELETE", "users/{user}/manager/$ref", remove_manager, MANAGER_WRITE),
)
