"""What an object of the directory belongs to, asked in bulk, and objects by their ids whatever their type.

Source: Graph v1.0, api/directoryobject-getmemberobjects.md, api/directoryobject-getbyids.md
"""

from __future__ import annotations

from collections.abc import Callable

from liaison.tenant.estate import applications, groups, people
from liaison.tenant.graph.access import asked_group, asked_user
from liaison.tenant.graph.errors import Backend, bad_request, no_resource
from liaison.tenant.graph.grants import principal_body
from liaison.tenant.graph.groups import shown_group
from liaison.tenant.graph.permissions import GROUP_MEMBERS_READ, ME_READ, MEMBER_OF_READ, OBJECTS_READ, USERS_DELTA
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import Answer, Json
from liaison.tenant.graph.shapes import collection, entity, page
from liaison.tenant.graph.table import Row, below, operations
from liaison.tenant.graph.users import shown_user, user_body

_IDS_AT_ONCE = 1000


def get_member_groups(ask: Ask) -> Answer:
    """`POST …/getMemberGroups`: the ids of every group the object is in."""
    only_security = ask.json().flag("securityEnabledOnly", False)
    return _ids(ask, _group_ids(ask, only_security=only_security))


def get_member_objects(ask: Ask) -> Answer:
    """`POST …/getMemberObjects`: the ids of groups and directory roles."""
    only_security = ask.json().flag("securityEnabledOnly", False)
    roles = [] if "group" in ask.params or "object" in ask.params else _role_ids(ask)
    return _ids(ask, [*_group_ids(ask, only_security=only_security), *roles])


def check_groups(ask: Ask) -> Answer:
    """`POST /groups/{group}/checkMemberGroups`: groups are in no other groups here."""
    asked_group(ask)
    ask.json().texts("groupIds")
    return _ids(ask, [])


def check_objects(ask: Ask) -> Answer:
    """`POST /groups/{group}/checkMemberObjects`."""
    asked_group(ask)
    ask.json().texts("ids")
    return _ids(ask, [])


def list_group_parents(ask: Ask) -> Answer:
    """`GET /groups/{group}/memberOf`, `/transitiveMemberOf`: groups are in no other groups here."""
    asked_group(ask)
    return Answer(body=collection(ask.context("directoryObjects"), []))


def list_created(ask: Ask) -> Answer:
    """`GET …/createdObjects`: what somebody without an administrator's role has made; of others nothing.

    Source: Graph v1.0, api/user-list-createdobjects.md
    """
    user = asked_user(ask)
    made = [] if _role_ids(ask) else groups.list_groups_made_by(ask.estate, user.id)
    part, following = page(ask, made, 100, 999)
    values: list[Json] = [{"@odata.type": "#microsoft.graph.group", **shown_group(ask, group)} for group in part]
    return Answer(body=collection(ask.context("directoryObjects"), values, next_page=following))


def list_owned(ask: Ask) -> Answer:
    """`GET …/ownedObjects`: the groups that somebody owns. Source: Graph v1.0, api/user-list-ownedobjects.md"""
    owned = groups.list_groups_of(ask.estate, asked_user(ask).id, "owners")
    part, following = page(ask, owned, 100, 999)
    values: list[Json] = [{"@odata.type": "#microsoft.graph.group", **shown_group(ask, group)} for group in part]
    return Answer(body=collection(ask.context("directoryObjects"), values, next_page=following))


def get_by_ids(ask: Ask) -> Answer:
    """`POST /directoryObjects/getByIds`: the objects there are; ids of nothing are passed over."""
    body = ask.json().only({"ids", "types"}, "getByIds")
    ids, types = body.texts("ids"), [one.lower() for one in body.texts("types")]
    if not 1 <= len(ids) <= _IDS_AT_ONCE:
        raise bad_request(Backend.DIRECTORY, f"Between 1 and {_IDS_AT_ONCE} ids are expected.")
    objects = (_object(ask, one) for one in dict.fromkeys(ids))
    found = [one for one in objects if one is not None and _is_wanted(one, types)]
    return Answer(body=collection(ask.context("directoryObjects"), found))


def read_object(ask: Ask) -> Answer:
    """`GET /directoryObjects/{id}`. Source: Graph v1.0, api/directoryobject-get.md"""
    found = _object(ask, ask.params["object"])
    if found is None:
        raise no_resource(ask.params["object"])
    return Answer(body=entity(ask.context("directoryObjects/$entity"), found))


def _object(ask: Ask, object_id: str) -> Json | None:
    """A user, group, application identity or directory role, with its type."""
    user = people.find_user(ask.estate, object_id) if "@" not in object_id else None
    if user is not None:
        return {"@odata.type": "#microsoft.graph.user", **shown_user(ask, user_body(user))}
    group = groups.find_group(ask.estate, object_id)
    if group is not None:
        return {"@odata.type": "#microsoft.graph.group", **shown_group(ask, group)}
    principal = applications.find_service_principal_by_id(ask.estate, object_id)
    if principal is not None:
        return {"@odata.type": "#microsoft.graph.servicePrincipal", **principal_body(ask, principal)}
    return None


def _is_wanted(body: Json, types: list[str]) -> bool:
    kind = str(body["@odata.type"]).rpartition(".")[2].lower()
    return not types or kind in types or "directoryobject" in types


def _group_ids(ask: Ask, *, only_security: bool) -> list[str]:
    if "group" in ask.params:
        asked_group(ask)
        return []
    if "object" in ask.params and _object(ask, ask.params["object"]) is None:
        raise no_resource(ask.params["object"])
    user_id = ask.params["object"] if "object" in ask.params else asked_user(ask).id
    found = groups.list_groups_of(ask.estate, user_id)
    return [group.id for group in found if group.security_enabled or not only_security]


def _role_ids(ask: Ask) -> list[str]:
    return [role.id for role in people.user_directory_roles(ask.estate, asked_user(ask).id)]


def _ids(ask: Ask, ids: list[str]) -> Answer:
    return Answer(body={"@odata.context": ask.context("Collection(Edm.String)"), "value": ids})


def _acts(name: str, act: Callable[[Ask], Answer]) -> tuple[Row, ...]:
    return ("POST", f"/{name}", act, MEMBER_OF_READ), ("POST", f"/graph.{name}", act, MEMBER_OF_READ)


OPERATIONS = operations(
    Backend.DIRECTORY,
    *below(
        ("me", "users/{user}", "groups/{group}", "directoryObjects/{object}"),
        *_acts("getMemberGroups", get_member_groups),
        *_acts("getMemberObjects", get_member_objects),
    ),
    ("GET", "me/createdObjects", list_created, ME_READ),
    ("GET", "users/{user}/createdObjects", list_created, USERS_DELTA),
    *below(
        ("me", "users/{user}"),
        ("GET", "/ownedObjects", list_owned, MEMBER_OF_READ),
        ("GET", "/ownedObjects/graph.group", list_owned, MEMBER_OF_READ),
    ),
    *below(
        ("groups/{group}",),
        *_acts("checkMemberGroups", check_groups),
        *_acts("checkMemberObjects", check_objects),
        ("GET", "/memberOf", list_group_parents, GROUP_MEMBERS_READ),
        ("GET", "/transitiveMemberOf", list_group_parents, GROUP_MEMBERS_READ),
    ),
    ("POST", "directoryObjects/getByIds", get_by_ids, OBJECTS_READ),
    ("POST", "directoryObjects/graph.getByIds", get_by_ids, OBJECTS_READ),
    ("GET", "directoryObjects/{object}", read_object, OBJECTS_READ),
)
