"""Teams: reading, listing, changing, archiving, and the operations that run meanwhile.

Source: Graph v1.0, resources/team.md; graph.md 3.2 to 3.7
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

from liaison.tenant.estate import Estate, groups, teamwork
from liaison.tenant.estate.teamwork import Operation, Team
from liaison.tenant.graph.access import (
    asked_user,
    is_guest,
    is_teams_administrator,
    require_teams_licence,
    team_as_owner,
    team_as_reader,
)
from liaison.tenant.graph.errors import Backend, GraphError, bad_request, forbidden
from liaison.tenant.graph.naming import require_good_name
from liaison.tenant.graph.permissions import (
    OPERATION_READ,
    TEAM_OF_GROUP_READ,
    TEAM_READ,
    TEAM_WRITE,
    TEAMS_LIST,
)
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import NO_CONTENT, Answer, Json
from liaison.tenant.graph.schema import TEAM
from liaison.tenant.graph.shapes import collection, entity, filtered, page, selected, wanted_filter
from liaison.tenant.graph.table import operations
from liaison.tenant.graph.wild import Wild
from liaison.tenant.seeds.company import TENANT_ID

_SECTIONS = ("memberSettings", "guestSettings", "messagingSettings", "funSettings", "discoverySettings")
# Members declared after `unknownFutureValue` reach only clients that ask for them.
_LATE_KINDS = frozenset({"teamifyGroup", "createChannel", "archiveChannel", "unarchiveChannel"})
_TEAMS_PAGE = 100


def team_body(ask: Ask, team: Team) -> Json:
    """A team with every property. `isMembershipLimitedToOwners` and `discoverySettings` are not in the schema."""
    return {
        "id": team.id,
        "createdDateTime": team.created,
        "displayName": team.group.display_name,
        "description": team.group.description,
        "internalId": team.internal_id,
        "classification": team.group.classification,
        "specialization": team.specialization,
        "visibility": team_visibility(team.group.visibility),
        "webUrl": f"{ask.estate.teams_root}/l/team/{quote(team.internal_id, safe='')}/conversations"
        f"?groupId={team.id}&tenantId={TENANT_ID}",
        "isArchived": team.archived,
        "isMembershipLimitedToOwners": False,
        "tenantId": TENANT_ID,
        **{section: dict(team.settings[section]) for section in _SECTIONS},
    }


def team_visibility(visibility: str) -> str:
    """A group's `Private` as a team says it: `private`."""
    return visibility[:1].lower() + visibility[1:]


def read_visibility(backend: Backend, text: str | None, default: str) -> str:
    """A visibility in any case as groups keep it; raises 400 for another word."""
    known = {name.lower(): name for name in ("Private", "Public", "HiddenMembership")}
    if text is None:
        return default
    if text.lower() not in known:
        raise bad_request(backend, f"Invalid visibility '{text}'.")
    return known[text.lower()]


def read_team(ask: Ask) -> Answer:
    """`GET /teams/{team}`. Source: Graph v1.0, api/team-get.md"""
    return _one(ask, team_as_reader(ask))


def read_team_of_group(ask: Ask) -> Answer:
    """`GET /groups/{group}/team`."""
    return _one(ask, team_as_reader(ask, "group"))


def list_teams(ask: Ask) -> Answer:
    """`GET /teams`: those the caller can see, with four properties filled. Source: Graph v1.0, api/teams-list.md"""
    wanted = wanted_filter(ask)
    narrowed = [
        (groups.INDEXED[name], value) for name, value in (wanted.equals if wanted else ()) if name in groups.INDEXED
    ]
    starts = [
        (groups.INDEXED[name], value) for name, value in (wanted.starts if wanted else ()) if name in groups.INDEXED
    ]
    found = groups.list_groups(ask.estate, equals=narrowed, starts=starts, only_teams=True)
    seen = [team for group in found if (team := teamwork.find_team(ask.estate, group.id)) and _may_list(ask, team)]
    bodies = filtered(ask, [_sparse(ask, team, "id", "displayName", "description", "visibility") for team in seen])
    part, following = page(ask, bodies, _TEAMS_PAGE, 999)
    values = [selected(ask, body, TEAM, "team") for body in part]
    count = len(bodies) if ask.options.get("count") == "true" else None
    return Answer(body=collection(ask.context("teams"), values, count=count, next_page=following))


def list_joined_teams(ask: Ask) -> Answer:
    """`GET /me/joinedTeams`, `/users/{user}/joinedTeams`: five properties filled; teams that only share a channel
    with the person are left out. Source: Graph v1.0, api/user-list-joinedteams.md"""
    user = asked_user(ask)
    if ask.is_delegated and user.id != ask.caller.object_id and not is_teams_administrator(ask):
        raise forbidden(Backend.TEAMS)
    require_teams_licence(ask)
    names = ("id", "displayName", "description", "isArchived", "tenantId")
    bodies = filtered(ask, [_sparse(ask, team, *names) for team in teamwork.list_teams_of(ask.estate, user.id)])
    values = [selected(ask, body, TEAM, "team") for body in bodies]
    return Answer(body=collection(ask.context("teams"), values, count=len(values)))


def list_associated_teams(ask: Ask) -> Answer:
    """`GET …/teamwork/associatedTeams`: joined teams, and teams that host a shared channel with the person.

    Source: Graph v1.0, api/associatedteaminfo-list.md
    """
    user = asked_user(ask)
    if ask.is_delegated and user.id != ask.caller.object_id:
        raise forbidden(Backend.TEAMS)
    found = {team.id: team for team in teamwork.list_teams_of(ask.estate, user.id)}
    for row in ask.estate.db.rows(
        "SELECT team_id FROM channel_people JOIN channels ON channels.id = channel_id"
        " WHERE user_id = ? AND kind = 'shared' AND deleted_at IS NULL",
        (user.id,),
    ):
        team = teamwork.find_team(ask.estate, row["team_id"])
        if team is not None:
            found.setdefault(team.id, team)
    values: list[Json] = [
        {"id": team.id, "displayName": team.group.display_name, "tenantId": TENANT_ID} for team in found.values()
    ]
    context = ask.context(f"users('{user.id}')/teamwork/associatedTeams")
    return Answer(body=collection(context, values, count=len(values)))


def change_team(ask: Ask) -> Answer:
    """`PATCH /teams/{team}`: settings, name, description, visibility. Source: Graph v1.0, api/team-update.md"""
    team = team_as_owner(ask)
    body = ask.json()
    if team.archived and not body.has("isArchived"):
        raise forbidden(Backend.TEAMS, "The team is archived.")
    group = team.group
    name = body.optional_text("displayName") or group.display_name
    if name != group.display_name:
        require_good_name(ask, name, None)
    changed = replace(
        group,
        display_name=name,
        description=body.optional_text("description") if body.has("description") else group.description,
        visibility=read_visibility(Backend.TEAMS, body.optional_text("visibility"), group.visibility),
    )
    with ask.estate.db.change():
        if changed != group:
            groups.save_group(ask.estate, changed)
        teamwork.save_settings(ask.estate, team, read_settings(body))
    return NO_CONTENT


def read_settings(body: Wild) -> dict[str, dict[str, object]]:
    """The settings in a body, section by section; raises 400 for a section that is not an object."""
    return {section: dict(body.child(section).value) for section in _SECTIONS if body.has(section)}


def archive_team(ask: Ask) -> Answer:
    """`POST /teams/{team}/archive`. Source: Graph v1.0, api/team-archive.md"""
    team = team_as_owner(ask)
    read_only = ask.optional_json().flag("shouldSetSpoSiteReadOnlyForMembers", False)
    if read_only and not ask.is_delegated:
        raise bad_request(
            Backend.TEAMS, "shouldSetSpoSiteReadOnlyForMembers is not supported with application permissions."
        )
    if not groups.list_people(ask.estate, team.id, "owners"):
        raise bad_request(Backend.TEAMS, "The team must have at least one owner.")
    return _archived(ask, team, archived=True, read_only=read_only)


def unarchive_team(ask: Ask) -> Answer:
    """`POST /teams/{team}/unarchive`. Source: Graph v1.0, api/team-unarchive.md"""
    return _archived(ask, team_as_owner(ask), archived=False, read_only=False)


def read_operation(ask: Ask) -> Answer:
    """`GET /teams/{team}/operations/{operation}`. Source: Graph v1.0, api/teamsasyncoperation-get.md"""
    team_id = ask.params["team"].lower()
    operation = teamwork.find_operation(ask.estate, team_id, ask.params["operation"])
    if operation is None:
        raise GraphError(404, "NotFound", f"No operation found with id {ask.params['operation']}.")
    late = ask.prefers("include-unknown-enum-members")
    context = ask.context(f"teams('{team_id}')/operations/$entity")
    return Answer(body=entity(context, operation_body(ask.estate, operation, late)))


def operation_body(estate: Estate, operation: Operation, late_members: bool) -> Json:
    """A long-running operation as the clock has it now."""
    settled = operation.settles_at <= estate.clock.seconds()
    failed = settled and operation.failure is not None
    kind = operation.kind if late_members or operation.kind not in _LATE_KINDS else "unknownFutureValue"
    return {
        "id": operation.id,
        "operationType": kind,
        "createdDateTime": operation.created,
        "status": "failed" if failed else "succeeded" if settled else "inProgress",
        "lastActionDateTime": estate.clock.stamp() if not settled else operation.created,
        "attemptsCount": 1,
        "targetResourceId": operation.target_id,
        "targetResourceLocation": operation.target_location,
        "error": {"code": "GeneralException", "message": operation.failure} if failed else None,
    }


def accepted(operation: Operation, *, quoted: bool = True) -> Answer:
    """202 with the relative address of the operation, without the version. Source: graph.md 3.1"""
    mark = "'" if quoted else ""
    location = f"/teams({mark}{operation.team_id}{mark})/operations({mark}{operation.id}{mark})"
    return Answer(202, headers={"Location": location, "Content-Location": operation.target_location})


def _archived(ask: Ask, team: Team, *, archived: bool, read_only: bool) -> Answer:
    with ask.estate.db.change():
        teamwork.archive_team(ask.estate, team, archived, read_only_site=read_only)
        operation = teamwork.start_operation(
            ask.estate,
            team.id,
            "archiveTeam" if archived else "unarchiveTeam",
            target_id=team.id,
            target_location=f"/teams('{team.id}')",
        )
    # The documentation's sample has no quotes here, unlike that of POST /teams.
    return accepted(operation, quoted=False)


def _one(ask: Ask, team: Team) -> Answer:
    return Answer(body=entity(ask.context("teams/$entity"), selected(ask, team_body(ask, team), TEAM, "team")))


def _sparse(ask: Ask, team: Team, *filled: str) -> Json:
    return {name: value if name in filled else None for name, value in team_body(ask, team).items()}


def _may_list(ask: Ask, team: Team) -> bool:
    if not ask.is_delegated or is_teams_administrator(ask):
        return True
    is_public = team.group.visibility == "Public" and not is_guest(ask)
    return is_public or teamwork.role_in_team(ask.estate, team.id, ask.caller.object_id) is not None


OPERATIONS = operations(
    Backend.TEAMS,
    ("GET", "teams", list_teams, TEAMS_LIST),
    ("GET", "teams/{team}", read_team, TEAM_READ),
    ("PATCH", "teams/{team}", change_team, TEAM_WRITE),
    ("GET", "groups/{group}/team", read_team_of_group, TEAM_OF_GROUP_READ),
    (
        "PATCH",
        "groups/{group}/team",
        lambda ask: change_team(replace(ask, params={"team": ask.params["group"]})),
        TEAM_WRITE,
    ),
    ("GET", "me/joinedTeams", list_joined_teams, TEAMS_LIST),
    ("GET", "users/{user}/joinedTeams", list_joined_teams, TEAMS_LIST),
    ("GET", "me/teamwork/associatedTeams", list_associated_teams, TEAMS_LIST),
    ("GET", "users/{user}/teamwork/associatedTeams", list_associated_teams, TEAMS_LIST),
    ("POST", "teams/{team}/archive", archive_team, TEAM_WRITE),
    ("POST", "teams/{team}/unarchive", unarchive_team, TEAM_WRITE),
    ("GET", "teams/{team}/operations/{operation}", read_operation, OPERATION_READ),
)
