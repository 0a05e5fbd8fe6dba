"""Making teams: from a template, from a group that exists, and by putting a team on a group.

Source: Graph v1.0, api/team-post.md, api/team-put-teams.md; graph.md 3.1, 3.3, 3.9
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from liaison.tenant.estate import apps, channels, groups, teamwork
from liaison.tenant.estate.channels import ChannelNameRefused
from liaison.tenant.estate.groups import Group
from liaison.tenant.estate.people import find_user
from liaison.tenant.estate.switches import get_switch
from liaison.tenant.estate.teamwork import Team
from liaison.tenant.graph.access import (
    asked_group,
    is_guest,
    is_teams_administrator,
    require_teams_licence,
)
from liaison.tenant.graph.apps import installation_id, read_app_bind
from liaison.tenant.graph.channels import make_channel, read_new_channel
from liaison.tenant.graph.errors import Backend, GraphError, bad_request, forbidden, no_team
from liaison.tenant.graph.members import AskedMember, read_asked_member
from liaison.tenant.graph.naming import list_findings, require_may_create_group
from liaison.tenant.graph.permissions import TEAM_CREATE, TEAM_OF_GROUP_CREATE
from liaison.tenant.graph.requests import Ask, bound_id
from liaison.tenant.graph.responses import Answer
from liaison.tenant.graph.shapes import entity
from liaison.tenant.graph.table import operations
from liaison.tenant.graph.tabs import add_tab
from liaison.tenant.graph.teams import accepted, read_settings, read_visibility, team_body
from liaison.tenant.graph.wild import Wild
from liaison.tenant.seeds.company import DOMAIN

_NAME_LIMIT = 256
_TEMPLATES = re.compile(r"standard|education\w+|retail\w+|healthcare\w+|com\.microsoft\.teams\.template\.\w+")
_REFUSED_WITH_GROUP = ("displayName", "visibility", "specialization", "members")
_FAILURE = "Failed to execute Templates backend request CreateTeamFromTemplateRequest."


@dataclass(frozen=True)
class TeamPlan:
    """A team to be made from a template: its group's properties and its first people."""

    display_name: str
    description: str | None
    visibility: str
    people: tuple[AskedMember, ...]


def create_team(ask: Ask) -> Answer:
    """`POST /teams`: 202 with relative addresses and no body; the team appears when the operation succeeds."""
    _require_may_create(ask)
    body = ask.json()
    _require_template(body)
    if body.has("group@odata.bind"):
        return _create_from_group(ask, body)
    plan = _read_plan(ask, body)
    nickname = _nickname(ask, plan.display_name)
    delay_s, fails = _delay_s(ask), get_switch(ask.estate, "graph.team_provision_fails", False)
    with ask.estate.db.change():
        team_id = ask.estate.ids.guid()
        if not fails:
            _make(ask, body, plan, team_id, nickname, delay_s)
        operation = teamwork.start_operation(
            ask.estate,
            team_id,
            "createTeam",
            target_id=team_id,
            target_location=f"/teams('{team_id}')",
            takes_s=delay_s,
            failure="Failed to provision the team." if fails else None,
        )
    return accepted(operation)


def put_team(ask: Ask) -> Answer:
    """`PUT /groups/{group}/team`: 201 with the team; 404 for a group that is too young, 409 when it has a team."""
    group = asked_group(ask)
    _require_owner_of(ask, group)
    _require_old_enough(ask, group)
    _require_teamable(ask, group)
    team = teamwork.create_team(ask.estate, group, settings=read_settings(ask.optional_json()))
    return Answer(201, entity(ask.context("teams/$entity"), team_body(ask, team)))


def _create_from_group(ask: Ask, body: Wild) -> Answer:
    for name in _REFUSED_WITH_GROUP:
        if body.has(name):
            raise bad_request(Backend.TEAMS, f"The property '{name}' is not allowed when a team is made from a group.")
    group_id = bound_id(body.value["group@odata.bind"], "groups", Backend.TEAMS)
    group = groups.find_group(ask.estate, group_id)
    if group is None:
        raise no_team(group_id)
    _require_owner_of(ask, group)
    _require_old_enough(ask, group)
    _require_teamable(ask, group)
    delay_s = _delay_s(ask)
    with ask.estate.db.change():
        team = teamwork.create_team(
            ask.estate,
            group,
            settings=read_settings(body),
            ready_at=ask.estate.clock.seconds() + delay_s,
            first_channel=body.optional_text("firstChannelName") or "General",
        )
        _furnish(ask, body, team)
        operation = teamwork.start_operation(
            ask.estate,
            team.id,
            "teamifyGroup",
            target_id=team.id,
            target_location=f"/teams('{team.id}')",
            takes_s=delay_s,
        )
    return accepted(operation)


def _make(ask: Ask, body: Wild, plan: TeamPlan, team_id: str, nickname: str, delay_s: float) -> None:
    """The group with its site, the people, the team with its primary channel, and what else the body asks for."""
    now = ask.estate.clock.seconds()
    group = groups.create_group(
        ask.estate,
        Group(
            team_id,
            plan.display_name,
            plan.description,
            nickname,
            f"{nickname}@{DOMAIN}",
            None,
            plan.visibility,
            listed_at=now + delay_s + get_switch(ask.estate, "graph.directory_delay_s", 0.0),
        ),
        site_ready_at=now + delay_s + get_switch(ask.estate, "graph.site_delay_s", 0.0),
    )
    for one in plan.people:
        if one.owner:
            groups.add_person(ask.estate, group.id, one.user.id, "owners")
        groups.add_person(ask.estate, group.id, one.user.id, "members")
    try:
        team = teamwork.create_team(
            ask.estate,
            group,
            settings=read_settings(body),
            ready_at=now + delay_s,
            first_channel=body.optional_text("firstChannelName") or "General",
        )
    except ChannelNameRefused as error:
        raise bad_request(Backend.TEAMS, "The firstChannelName contains characters that are not allowed.") from error
    _furnish(ask, body, team)


def _furnish(ask: Ask, body: Wild, team: Team) -> None:
    """Install the apps and make the channels with tabs that a creation body lists."""
    for one in body.children("installedApps"):
        app = apps.find_app(ask.estate, read_app_bind(ask, one))
        if app is None:
            raise bad_request(Backend.TEAMS, "The app is not in the catalogue.")
        apps.install_app(ask.estate, installation_id(team.id, app.id), team.id, app)
    primary = channels.primary_channel(ask.estate, team.id)
    for one in body.children("channels"):
        same = one.text("displayName").casefold() == primary.display_name.casefold()
        channel = primary if same else make_channel(ask, read_new_channel(one, team.id))
        for tab in one.children("tabs"):
            add_tab(ask, team, channel, read_app_bind(ask, tab), tab)


def _read_plan(ask: Ask, body: Wild) -> TeamPlan:
    name = body.text("displayName")
    if len(name) > _NAME_LIMIT:
        raise bad_request(Backend.TEAMS, f"displayName has more than {_NAME_LIMIT} characters.")
    visibility = read_visibility(Backend.TEAMS, body.optional_text("visibility"), "Public")
    return TeamPlan(name, body.optional_text("description"), visibility, _read_people(ask, body))


def _read_people(ask: Ask, body: Wild) -> tuple[AskedMember, ...]:
    """The first people: an application names exactly one owner; a person becomes an owner by asking.

    Source: graph.md 3.1
    """
    asked = [read_asked_member(ask, one) for one in body.children("members")]
    me = find_user(ask.estate, ask.caller.object_id) if ask.is_delegated else None
    if me is None:
        if not any(one.owner for one in asked):
            raise bad_request(
                Backend.TEAMS, "A team owner must be provided when creating a team in application context."
            )
        if len(asked) != 1:
            raise bad_request(
                Backend.TEAMS,
                "Exactly one owner must be provided when creating a team in application "
                "context; add other members afterwards.",
            )
        return tuple(asked)
    return (AskedMember(me, owner=True), *(one for one in asked if one.user.id != me.id))


def _nickname(ask: Ask, display_name: str) -> str:
    """The mail nickname of a new team; raises the service's unreadable 400 when the naming policy has none for it.

    A taken one gets a number, unless the switch says that it fails. Source: graph.md 3.1, 3.9
    """
    nickname = groups.nickname_of(display_name)
    findings = list_findings(ask.estate, display_name, None)
    taken = groups.find_group_by_nickname(ask.estate, nickname) is not None
    if findings or (taken and get_switch(ask.estate, "graph.strict_alias", False)):
        raise _templates_failure("UnableToGenerateValidTeamAlias")
    if not nickname:
        nickname = f"msteams_{ask.estate.ids.guid()[:6]}"
    return groups.free_nickname(ask.estate, nickname)


def _templates_failure(code: str) -> GraphError:
    inner = (
        '{"errors":[{"message":"Error when calling Middle Tier. Message: \'\'. Error code: '
        f'\'{code}\'. Status code: BadRequest.","errorCode":"Unknown"}}],"operationId":""}}'
    )
    return GraphError(
        400,
        "BadRequest",
        f"{_FAILURE} Request Url: https://teams.microsoft.com/fabric/emea/templates/api/team, Request Method: PUT, "
        "Response Status Code: BadRequest, Response Headers: Strict-Transport-Security: max-age=2592000\r\n"
        f"x-operationid: {'0' * 32}\r\n, ErrorMessage : {inner}",
    )


def _require_template(body: Wild) -> None:
    if not body.has("template@odata.bind"):
        raise bad_request(Backend.TEAMS, "Invalid bind property name template in request.")
    template = bound_id(body.value["template@odata.bind"], "teamsTemplates", Backend.TEAMS)
    if _TEMPLATES.fullmatch(template) is None:
        raise bad_request(Backend.TEAMS, f"The template '{template}' does not exist.")


def _require_may_create(ask: Ask) -> None:
    if is_guest(ask):
        raise forbidden(Backend.TEAMS, "Guests cannot create teams.")
    require_teams_licence(ask)
    require_may_create_group(ask)


def _require_owner_of(ask: Ask, group: Group) -> None:
    if not ask.is_delegated or is_teams_administrator(ask):
        return
    if not groups.is_owner(ask.estate, group.id, ask.caller.object_id):
        raise forbidden(Backend.TEAMS, "The caller is not an owner of the group.")


def _require_old_enough(ask: Ask, group: Group) -> None:
    """A young group may not have reached Teams yet: 404 for as long as the switch says. Source: team-put-teams.md"""
    wait_s = get_switch(ask.estate, "graph.group_replication_s", 0.0)
    if ask.estate.clock.seconds() < group.created_at + wait_s:
        raise GraphError(
            404,
            "NotFound",
            f"Failed to execute MS Graph backend request GetGroupInternalApiRequest. "
            f"Resource '{group.id}' does not exist.",
        )


def _require_teamable(ask: Ask, group: Group) -> None:
    if not group.unified:
        raise bad_request(Backend.TEAMS, "Only Microsoft 365 groups can become teams.")
    if group.is_team:
        raise GraphError(409, "Conflict", "Team already exists")
    if not groups.list_people(ask.estate, group.id, "owners"):
        raise bad_request(Backend.TEAMS, "The group must have at least one owner.")


def _delay_s(ask: Ask) -> float:
    return get_switch(ask.estate, "graph.team_provision_delay_s", 0.0)


OPERATIONS = operations(
    Backend.TEAMS,
    ("POST", "teams", create_team, TEAM_CREATE),
    ("PUT", "groups/{group}/team", put_team, TEAM_OF_GROUP_CREATE),
)
