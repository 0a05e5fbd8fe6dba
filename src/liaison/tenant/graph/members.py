"""The people of a team: listing, adding, changing roles, removing, one by one and in bulk.

Source: Graph v1.0, resources/aaduserconversationmember.md; graph.md 3.6
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from liaison.tenant.estate import Estate, groups, teamwork
from liaison.tenant.estate.people import User, find_user
from liaison.tenant.estate.teamwork import Role, Team
from liaison.tenant.graph.access import my_role, team_as_member
from liaison.tenant.graph.errors import Backend, GraphError, bad_request, forbidden
from liaison.tenant.graph.permissions import MEMBERS_READ, MEMBERS_WRITE, MEMBERS_WRITE_ANY
from liaison.tenant.graph.requests import Ask, bound_id
from liaison.tenant.graph.responses import NO_CONTENT, Answer, Json
from liaison.tenant.graph.schema import MEMBER
from liaison.tenant.graph.shapes import collection, entity, filtered, page, selected, wanted_filter
from liaison.tenant.graph.table import operations
from liaison.tenant.graph.wild import Wild
from liaison.tenant.seeds.company import TENANT_ID

_PAGE, _LARGEST_PAGE = 100, 999
_ADDED_AT_ONCE, _REMOVED_AT_ONCE = 200, 20
_OWNERS_LIMIT = 100
_MEMBERS_LIMIT = 25_000
_TEAMS_LIMIT = 1000
_LAST_OWNER = "The team must have at least one owner, hence this owner cannot be removed."
_MEMBER_TYPE = "#microsoft.graph.aadUserConversationMember"
_RESULT_TYPE = "#microsoft.graph.aadUserConversationMemberResult"


@dataclass(frozen=True)
class AskedMember:
    """A member as a body describes it."""

    user: User
    owner: bool


def member_id(container_id: str, user_id: str) -> str:
    """The id of a membership, which is not the user's: base64 of `container##user`."""
    return base64.b64encode(f"{container_id}##{user_id}".encode()).decode()


def member_body(container_id: str, user: User, roles: list[str]) -> Json:
    """A member of a team or channel, with the type that its abstract collection needs. Source: graph.md section 13"""
    return {
        "@odata.type": _MEMBER_TYPE,
        "id": member_id(container_id, user.id),
        "roles": roles,
        "displayName": user.display_name,
        "visibleHistoryStartDateTime": "0001-01-01T00:00:00Z",
        "userId": user.id,
        "email": user.mail or user.upn,
        "tenantId": TENANT_ID,
    }


def member_bodies(estate: Estate, container_id: str, roles: Iterable[tuple[str, list[str]]]) -> list[Json]:
    """Members from pairs of user id and roles."""
    found = ((find_user(estate, user_id), its) for user_id, its in roles)
    return [member_body(container_id, user, its) for user, its in found if user is not None]


def team_roles(estate: Estate, team_id: str, user: User) -> list[str]:
    """What Graph writes for a person's role in a team: owner, guest or nothing."""
    if user.user_type == "Guest":
        return ["guest"]
    return ["owner"] if groups.is_owner(estate, team_id, user.id) else []


def team_member_bodies(estate: Estate, team_id: str) -> list[Json]:
    """Everybody in a team, by name."""
    people = (find_user(estate, user_id) for user_id in groups.list_people(estate, team_id, "members"))
    return [member_body(team_id, user, team_roles(estate, team_id, user)) for user in people if user is not None]


def answer_members(ask: Ask, fragment: str, bodies: list[Json]) -> Answer:
    """A page of members; roles are filtered by themselves only, as in the service. Source: concepts/known-issues.md"""
    wanted = wanted_filter(ask)
    if wanted is not None and "roles" in wanted.names and len(wanted.names) > 1:
        raise bad_request(Backend.TEAMS, "Filtering on property 'roles' is not supported along with other filters.")
    part, following = page(ask, filtered(ask, bodies), _PAGE, _LARGEST_PAGE)
    values = [selected(ask, body, MEMBER, "conversationMember") for body in part]
    return Answer(body=collection(ask.context(fragment), values, count=len(values), next_page=following))


def list_members(ask: Ask) -> Answer:
    """`GET /teams/{team}/members`. Source: Graph v1.0, api/team-list-members.md"""
    team = team_as_member(ask)
    return answer_members(ask, f"teams('{team.id}')/members", team_member_bodies(ask.estate, team.id))


def read_member(ask: Ask) -> Answer:
    """`GET /teams/{team}/members/{member}`."""
    team = team_as_member(ask)
    return _one(ask, team, _asked_member(ask, team))


def add_member(ask: Ask) -> Answer:
    """`POST /teams/{team}/members`: adding somebody again succeeds; the role only rises.

    Source: Graph v1.0, api/team-post-members.md
    """
    team = team_as_member(ask)
    asked = read_asked_member(ask, ask.json())
    _require_may_add(ask, team, asked.owner)
    put_in_team(ask.estate, team, asked)
    return _one(ask, team, asked.user, 201)


def change_member(ask: Ask) -> Answer:
    """`PATCH /teams/{team}/members/{member}`: another role. Source: Graph v1.0, api/team-update-members.md"""
    team = team_as_member(ask)
    user = _asked_member(ask, team)
    owner = read_owner_role(ask.json(), user)
    _require_may_manage(ask, team, touches_owner=True)
    if not owner:
        _require_other_owner(ask.estate, team, user)
    teamwork.add_to_team(ask.estate, team.id, user.id, owner=owner)
    return _one(ask, team, user)


def remove_member(ask: Ask) -> Answer:
    """`DELETE /teams/{team}/members/{member}`; people may leave by themselves.

    Source: Graph v1.0, api/team-delete-members.md
    """
    team = team_as_member(ask)
    user = _asked_member(ask, team)
    if not (ask.is_delegated and user.id == ask.caller.object_id):
        _require_may_manage(ask, team, touches_owner=groups.is_owner(ask.estate, team.id, user.id))
    _require_other_owner(ask.estate, team, user)
    teamwork.remove_from_team(ask.estate, team.id, user.id)
    return NO_CONTENT


def add_members(ask: Ask) -> Answer:
    """`POST /teams/{team}/members/add`: 200, or 207 when some failed. Source: api/conversationmembers-add.md"""
    team = team_as_member(ask)
    wanted = read_bulk(ask, _ADDED_AT_ONCE)
    _require_may_add(ask, team, any("owner" in one.texts("roles") for one in wanted))

    def add(one: Wild) -> None:
        put_in_team(ask.estate, team, read_asked_member(ask, one))

    return bulk_answer(ask, wanted, add)


def remove_members(ask: Ask) -> Answer:
    """`POST /teams/{team}/members/remove`. Source: Graph v1.0, api/conversationmember-remove.md"""
    team = team_as_member(ask)
    wanted = read_bulk(ask, _REMOVED_AT_ONCE)
    _require_may_manage(ask, team, touches_owner=True)

    def remove(one: Wild) -> None:
        user = read_asked_member(ask, one).user
        if not groups.is_member(ask.estate, team.id, user.id):
            raise GraphError(404, "NotFound", "")
        _require_other_owner(ask.estate, team, user)
        teamwork.remove_from_team(ask.estate, team.id, user.id)

    return bulk_answer(ask, wanted, remove)


def read_asked_member(ask: Ask, body: Wild) -> AskedMember:
    """A member in a body: its type, roles and `user@odata.bind` (id or UPN); raises 400, or 404 for nobody."""
    kind = (body.optional_text("@odata.type") or _MEMBER_TYPE).lstrip("#")
    if kind.lower() != _MEMBER_TYPE.lstrip("#").lower():  # other people's clients write AadUserConversationMember
        raise bad_request(Backend.TEAMS, f"The type '{kind}' is not supported for members.")
    body.only(MEMBER, "microsoft.graph.aadUserConversationMember")
    if not body.has("user@odata.bind"):
        raise bad_request(Backend.TEAMS, "Invalid bind property name user in request.")
    key = bound_id(body.value["user@odata.bind"], "users", Backend.TEAMS)
    user = find_user(ask.estate, key)
    if user is None:
        raise GraphError(404, "NotFound", f"Failed to find user with id '{key}' in the tenant")
    return AskedMember(user, read_owner_role(body, user))


def read_owner_role(body: Wild, user: User) -> bool:
    """Whether `roles` says owner; raises 400 for other words, and for making an owner of a guest."""
    roles = [role.lower() for role in body.texts("roles")]
    is_guest = user.user_type == "Guest"
    if any(role not in ("owner", "guest") for role in roles) or ("guest" in roles and not is_guest):
        raise bad_request(Backend.TEAMS, "Invalid role specified for member.")
    if "owner" in roles and is_guest:
        raise bad_request(Backend.TEAMS, "A guest cannot be an owner.")
    return "owner" in roles


def put_in_team(estate: Estate, team: Team, asked: AskedMember) -> None:
    """Add somebody to a team, or raise the role; raises 400 beyond the number of owners a team may have."""
    already = groups.is_owner(estate, team.id, asked.user.id)
    if not groups.is_member(estate, team.id, asked.user.id):
        _require_room(estate, team, asked.user)
    if asked.owner and not already and groups.count_people(estate, team.id, "owners") >= _OWNERS_LIMIT:
        raise bad_request(Backend.TEAMS, f"A team may have {_OWNERS_LIMIT} owners.")
    teamwork.add_to_team(estate, team.id, asked.user.id, owner=asked.owner or already)


def _require_room(estate: Estate, team: Team, user: User) -> None:
    """A team has room for so many people, a person for so many teams. Source: Teams limits, teams and channels"""
    if groups.count_people(estate, team.id, "members") >= _MEMBERS_LIMIT:
        raise bad_request(Backend.TEAMS, f"A team may have {_MEMBERS_LIMIT} members.")
    if groups.count_groups_of(estate, user.id) >= _TEAMS_LIMIT:
        raise bad_request(Backend.TEAMS, f"A person may be in {_TEAMS_LIMIT} teams.")


def _asked_member(ask: Ask, team: Team) -> User:
    """The person of a membership id; raises 404."""
    container, user_id = read_member_id(ask.params["member"])
    user = find_user(ask.estate, user_id) if container == team.id else None
    if user is None or not groups.is_member(ask.estate, team.id, user.id):
        raise no_member(ask.params["member"])
    return user


def read_member_id(text: str) -> tuple[str, str]:
    """The container and the user of a membership id; two empty texts for anything else."""
    try:
        plain = base64.b64decode(text, validate=True).decode()
    except ValueError:
        return "", ""
    container, _, user_id = plain.partition("##")
    return container, user_id


def no_member(member: str) -> GraphError:
    return GraphError(404, "NotFound", f"No member found with id {member}.")


def _one(ask: Ask, team: Team, user: User, status: int = 200) -> Answer:
    body = member_body(team.id, user, team_roles(ask.estate, team.id, user))
    return Answer(status, entity(ask.context(f"teams('{team.id}')/members/$entity"), body))


def _require_may_add(ask: Ask, team: Team, owner: bool) -> None:
    """Owners add people; members of a public team may as well, but no owners."""
    if my_role(ask, team) is Role.MEMBER and team.group.visibility == "Public" and not owner:
        return
    _require_may_manage(ask, team, touches_owner=owner)


def _require_may_manage(ask: Ask, team: Team, *, touches_owner: bool) -> None:
    if my_role(ask, team) is not Role.OWNER:
        raise forbidden(Backend.TEAMS, "AclCheckFailed-Update Thread Roster: the caller is not an owner of the team.")
    held = ask.caller.scopes if ask.is_delegated else ask.caller.roles
    if touches_owner and "TeamMember.ReadWrite.All" not in held:
        raise forbidden(Backend.TEAMS, "TeamMember.ReadWriteNonOwnerRole.All does not allow changes of owners.")


def _require_other_owner(estate: Estate, team: Team, user: User) -> None:
    owners = groups.list_people(estate, team.id, "owners")
    if owners == [user.id]:
        raise bad_request(Backend.TEAMS, _LAST_OWNER)


def read_bulk(ask: Ask, most: int) -> list[Wild]:
    """The `values` of a bulk request; raises 400 for none or too many."""
    wanted = ask.json().children("values")
    if not 1 <= len(wanted) <= most:
        raise bad_request(Backend.TEAMS, f"The request must hold 1 to {most} members.")
    return wanted


def bulk_answer(ask: Ask, wanted: list[Wild], act: Callable[[Wild], None]) -> Answer:
    """Do it for each and tell what became of each; the whole never fails for one of them."""
    results = [_bulk_result(one, act) for one in wanted]
    context = ask.context("Collection(microsoft.graph.aadUserConversationMemberResult)")
    failed = any(result["error"] is not None for result in results)
    return Answer(207 if failed else 200, collection(context, results))


def _bulk_result(one: Wild, act: Callable[[Wild], None]) -> Json:
    error: Json | None = None
    try:
        act(one)
    except GraphError as refusal:
        # The documented sample has an empty message for a person who does not exist.
        error = {"code": refusal.code, "message": "" if refusal.status == 404 else refusal.message}
    return {"@odata.type": _RESULT_TYPE, "userId": _named_user(one), "error": error}


def _named_user(one: Wild) -> str | None:
    try:
        return bound_id(one.value.get("user@odata.bind"), "users", Backend.TEAMS)
    except GraphError:
        return None


OPERATIONS = operations(
    Backend.TEAMS,
    ("GET", "teams/{team}/members", list_members, MEMBERS_READ),
    ("POST", "teams/{team}/members", add_member, MEMBERS_WRITE),
    ("POST", "teams/{team}/members/add", add_members, MEMBERS_WRITE),
    ("POST", "teams/{team}/members/remove", remove_members, MEMBERS_WRITE_ANY),
    ("GET", "teams/{team}/members/{member}", read_member, MEMBERS_READ),
    ("PATCH", "teams/{team}/members/{member}", change_member, MEMBERS_WRITE),
    ("DELETE", "teams/{team}/members/{member}", remove_member, MEMBERS_WRITE),
)
