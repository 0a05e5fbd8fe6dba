"""The directory's recycle bin: groups and people for thirty days.

Source: Graph v1.0, api/directory-deleteditems-list.md, api/directory-deleteditems-restore.md; graph.md 3.7
"""

from __future__ import annotations

from liaison.tenant.estate import groups, people
from liaison.tenant.estate.groups import Group
from liaison.tenant.estate.people import User
from liaison.tenant.graph.access import is_global_administrator
from liaison.tenant.graph.errors import Backend, forbidden, no_resource
from liaison.tenant.graph.groups import group_body, shown_group
from liaison.tenant.graph.permissions import BIN_READ, BIN_WRITE, GROUP_READ, USERS_DELTA
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import NO_CONTENT, Answer, Json
from liaison.tenant.graph.schema import USER
from liaison.tenant.graph.search import require_advanced
from liaison.tenant.graph.shapes import collection, entity, page, selected, wanted_filter
from liaison.tenant.graph.table import operations
from liaison.tenant.graph.users import shown_user, user_body


def list_groups(ask: Ask) -> Answer:
    """`GET /directory/deletedItems/microsoft.graph.group`."""
    wanted = wanted_filter(ask)
    require_advanced(ask, wanted)
    deleted = groups.list_deleted_groups(ask.estate)
    found = [group for group in deleted if wanted is None or wanted.matches(group_body(group))]
    part, following = page(ask, found, 100, 999)
    values = [shown_group(ask, group) for group in part]
    return Answer(body=collection(ask.context("groups"), values, next_page=following))


def list_users(ask: Ask) -> Answer:
    """`GET /directory/deletedItems/microsoft.graph.user`."""
    part, following = page(ask, people.list_deleted_users(ask.estate), 100, 999)
    values = [_user_body(ask, user) for user in part]
    return Answer(body=collection(ask.context("users"), values, next_page=following))


def read_deleted(ask: Ask) -> Answer:
    """`GET /directory/deletedItems/{object}`."""
    return _one(ask, _asked(ask))


def restore(ask: Ask) -> Answer:
    """`POST /directory/deletedItems/{object}/restore`: 200 with the object as it is again."""
    found = _asked(ask)
    if isinstance(found, Group):
        return _one(ask, groups.restore_group(ask.estate, found))
    _require_administrator(ask)
    people.restore_user(ask.estate, found.id)
    restored = people.find_user(ask.estate, found.id)
    return _one(ask, restored or found)


def purge(ask: Ask) -> Answer:
    """`DELETE /directory/deletedItems/{object}`: for good."""
    found = _asked(ask)
    if isinstance(found, Group):
        groups.purge_group(ask.estate, found)
        return NO_CONTENT
    _require_administrator(ask)
    people.purge_user(ask.estate, found.id)
    return NO_CONTENT


def _asked(ask: Ask) -> Group | User:
    object_id = ask.params["object"].lower()
    group = groups.find_deleted_group(ask.estate, object_id)
    if group is not None:
        return group
    for user in people.list_deleted_users(ask.estate):
        if user.id == object_id:
            return user
    raise no_resource(ask.params["object"])


def _one(ask: Ask, found: Group | User) -> Answer:
    if isinstance(found, Group):
        body: Json = {"@odata.type": "#microsoft.graph.group", **shown_group(ask, found)}
    else:
        body = {"@odata.type": "#microsoft.graph.user", **_user_body(ask, found)}
    return Answer(body=entity(ask.context("directoryObjects/$entity"), body))


def _user_body(ask: Ask, user: User) -> Json:
    """A deleted account with the moment of its deletion."""
    body = user_body(user) | {"deletedDateTime": user.deleted}
    return selected(ask, {**shown_user(ask, body), "deletedDateTime": user.deleted}, USER, "user")


def _require_administrator(ask: Ask) -> None:
    if ask.is_delegated and not is_global_administrator(ask):
        raise forbidden(Backend.DIRECTORY)


_BIN = "directory/deletedItems"
OPERATIONS = operations(
    Backend.DIRECTORY,
    ("GET", f"{_BIN}/graph.group", list_groups, GROUP_READ),
    ("GET", f"{_BIN}/graph.user", list_users, USERS_DELTA),
    ("GET", f"{_BIN}/{{object}}", read_deleted, BIN_READ),
    ("DELETE", f"{_BIN}/{{object}}", purge, BIN_WRITE),
    ("POST", f"{_BIN}/{{object}}/restore", restore, BIN_WRITE),
    ("POST", f"{_BIN}/{{object}}/graph.restore", restore, BIN_WRITE),
)
