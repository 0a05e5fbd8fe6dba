"""Owners and members of groups, by reference. Changes here reach the team at once in this tenant.

Source: Graph v1.0, api/group-post-members.md, api/group-post-owners.md; graph.md 3.6
"""

from __future__ import annotations

from liaison.tenant.estate import groups
from liaison.tenant.estate.groups import Group
from liaison.tenant.estate.people import find_user
from liaison.tenant.graph.access import asked_group, is_guest, is_teams_administrator
from liaison.tenant.graph.errors import Backend, GraphError, forbidden
from liaison.tenant.graph.groups import bound_user
from liaison.tenant.graph.permissions import GROUP_MEMBERS_READ, GROUP_MEMBERS_WRITE, GROUP_OWNERS_WRITE
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import NO_CONTENT, Answer, Json
from liaison.tenant.graph.schema import USER
from liaison.tenant.graph.search import is_eventual, require_advanced, searched
from liaison.tenant.graph.shapes import collection, filtered, page, selected, wanted_filter
from liaison.tenant.graph.table import operations
from liaison.tenant.graph.users import shown_user, user_body

_LAST_OWNER = "The group must have at least one owner, hence this owner cannot be removed."


def list_members(ask: Ask) -> Answer:
    """`GET /groups/{group}/members`, `/transitiveMembers`. Source: Graph v1.0, api/group-list-members.md"""
    return _list(ask, "members")


def list_owners(ask: Ask) -> Answer:
    """`GET /groups/{group}/owners`. Source: Graph v1.0, api/group-list-owners.md"""
    return _list(ask, "owners")


def count_members(ask: Ask) -> Answer:
    """`GET /groups/{group}/members/$count`."""
    if not is_eventual(ask):
        raise GraphError(400, "Request_BadRequest", "$count is not currently supported.")
    return Answer(content=str(len(_bodies(ask, "members"))).encode(), media_type="text/plain")


def add_member(ask: Ask) -> Answer:
    """`POST /groups/{group}/members/$ref`: 204; 400 for somebody who is a member already."""
    return _add(ask, "members")


def add_owner(ask: Ask) -> Answer:
    """`POST /groups/{group}/owners/$ref`."""
    return _add(ask, "owners")


def remove_member(ask: Ask) -> Answer:
    """`DELETE /groups/{group}/members/{user}/$ref`. Source: Graph v1.0, api/group-delete-members.md"""
    group = _managed_group(ask)
    if not groups.remove_person(ask.estate, group.id, ask.params["member"].lower(), "members"):
        raise _absent(ask.params["member"], "members")
    return NO_CONTENT


def remove_owner(ask: Ask) -> Answer:
    """`DELETE /groups/{group}/owners/{user}/$ref`; the last owner stays. Source: api/group-delete-owners.md"""
    group = _managed_group(ask)
    user_id = ask.params["owner"].lower()
    if groups.list_people(ask.estate, group.id, "owners") == [user_id]:
        raise GraphError(400, "Request_BadRequest", _LAST_OWNER)
    if not groups.remove_person(ask.estate, group.id, user_id, "owners"):
        raise _absent(ask.params["owner"], "owners")
    return NO_CONTENT


def _bodies(ask: Ask, relation: str) -> list[Json]:
    group = asked_group(ask)
    hidden = group.visibility == "HiddenMembership" or is_guest(ask)
    if hidden and ask.is_delegated and not groups.is_member(ask.estate, group.id, ask.caller.object_id):
        raise forbidden(Backend.DIRECTORY)
    wanted = wanted_filter(ask)
    require_advanced(ask, wanted)
    people = (find_user(ask.estate, user_id) for user_id in groups.list_people(ask.estate, group.id, relation))
    return searched(ask, filtered(ask, [user_body(user) for user in people if user is not None]))


def _list(ask: Ask, relation: str) -> Answer:
    bodies = _bodies(ask, relation)
    part, following = page(ask, bodies, 100, 999)
    values: list[Json] = [
        {"@odata.type": "#microsoft.graph.user", **selected(ask, shown_user(ask, body), USER, "user")} for body in part
    ]
    count = len(bodies) if ask.options.get("count") == "true" and is_eventual(ask) else None
    return Answer(body=collection(ask.context("directoryObjects"), values, count=count, next_page=following))


def _add(ask: Ask, relation: str) -> Answer:
    user_id = bound_user(ask, ask.json().value.get("@odata.id"))
    group = asked_group(ask) if relation == "members" and _joins(ask, user_id) else _managed_group(ask)
    user = find_user(ask.estate, user_id)
    if relation == "owners" and user is not None and user.user_type == "Guest":
        raise GraphError(400, "Request_BadRequest", "Guests cannot be owners of the group.")
    if not groups.add_person(ask.estate, group.id, user_id, relation):
        raise GraphError(
            400,
            "Request_BadRequest",
            f"One or more added object references already exist for the following modified properties: '{relation}'.",
        )
    return NO_CONTENT


def _joins(ask: Ask, user_id: str) -> bool:
    """Whether somebody of the organisation adds themselves to a public group, which needs no owner.

    Source: Graph v1.0, resources/group.md, visibility
    """
    own = ask.is_delegated and user_id.lower() == ask.caller.object_id and not is_guest(ask)
    return own and asked_group(ask).visibility == "Public"


def _managed_group(ask: Ask) -> Group:
    group = asked_group(ask)
    may_all = not ask.is_delegated or is_teams_administrator(ask)
    if not may_all and not groups.is_owner(ask.estate, group.id, ask.caller.object_id):
        raise forbidden(Backend.DIRECTORY)
    return group


def _absent(user_id: str, relation: str) -> GraphError:
    return GraphError(
        404,
        "Request_ResourceNotFound",
        f"Resource '{user_id}' does not exist or one of its queried reference-property objects are not present. "
        f"One or more removed object references do not exist for the following modified properties: '{relation}'.",
    )


_GROUP = "groups/{group}"
OPERATIONS = operations(
    Backend.DIRECTORY,
    ("GET", f"{_GROUP}/members", list_members, GROUP_MEMBERS_READ),
    ("GET", f"{_GROUP}/members/graph.user", list_members, GROUP_MEMBERS_READ),
    ("GET", f"{_GROUP}/members/$count", count_members, GROUP_MEMBERS_READ),
    ("GET", f"{_GROUP}/transitiveMembers", list_members, GROUP_MEMBERS_READ),
    ("GET", f"{_GROUP}/transitiveMembers/graph.user", list_members, GROUP_MEMBERS_READ),
    ("GET", f"{_GROUP}/owners", list_owners, GROUP_MEMBERS_READ),
    ("GET", f"{_GROUP}/owners/graph.user", list_owners, GROUP_MEMBERS_READ),
    ("POST", f"{_GROUP}/members/$ref", add_member, GROUP_MEMBERS_WRITE),
    ("POST", f"{_GROUP}/owners/$ref", add_owner, GROUP_OWNERS_WRITE),
    ("DELETE", f"{_GROUP}/members/{{member}}/$ref", remove_member, GROUP_MEMBERS_WRITE),
    ("DELETE", f"{_GROUP}/owners/{{owner}}/$ref", remove_owner, GROUP_OWNERS_WRITE),
)
