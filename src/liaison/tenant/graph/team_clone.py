"""Copying a team: its people, settings, apps, channels and tabs, as many of them as are asked for.

Source: Graph v1.0, api/team-clone.md
"""

from __future__ import annotations

from liaison.tenant.estate import apps, channels, groups, teamwork
from liaison.tenant.estate.channels import Channel, NewChannel
from liaison.tenant.estate.groups import Group
from liaison.tenant.estate.switches import get_switch
from liaison.tenant.estate.teamwork import Team
from liaison.tenant.graph.access import is_guest, require_teams_licence, team_as_owner
from liaison.tenant.graph.apps import installation_id
from liaison.tenant.graph.errors import Backend, bad_request, forbidden
from liaison.tenant.graph.naming import list_findings, require_good_nickname
from liaison.tenant.graph.permissions import TEAM_CLONE
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import Answer
from liaison.tenant.graph.table import operations
from liaison.tenant.graph.teams import accepted, read_visibility
from liaison.tenant.graph.wild import Wild
from liaison.tenant.seeds.company import DOMAIN

_PARTS = frozenset({"apps", "tabs", "settings", "channels", "members"})
_KNOWN = ("displayName", "description", "mailNickname", "classification", "partsToClone", "visibility")


def clone_team(ask: Ask) -> Answer:
    """`POST /teams/{team}/clone`: 202; the copy's tabs come without their configuration."""
    team = team_as_owner(ask)
    if is_guest(ask):
        raise forbidden(Backend.TEAMS, "Guests cannot create teams.")
    require_teams_licence(ask)
    body = ask.json().only(_KNOWN, "clone")
    parts = _read_parts(body)
    name, nickname = body.text("displayName"), body.text("mailNickname")
    if list_findings(ask.estate, name, None):
        raise bad_request(Backend.TEAMS, "The displayName breaks the organisation's naming policy.")
    require_good_nickname(ask, nickname)
    delay_s = get_switch(ask.estate, "graph.team_provision_delay_s", 0.0)
    with ask.estate.db.change():
        group = _group(ask, team, body, name, nickname, delay_s)
        _copy_people(ask, team, group, everybody="members" in parts)
        made = teamwork.create_team(
            ask.estate,
            group,
            settings=team.settings if "settings" in parts else None,
            first_channel=channels.primary_channel(ask.estate, team.id).display_name,
            ready_at=ask.estate.clock.seconds() + delay_s,
        )
        if "apps" in parts:
            _copy_apps(ask, team, made)
        _copy_channels(ask, team, made, parts)
        operation = teamwork.start_operation(
            ask.estate,
            team.id,
            "cloneTeam",
            target_id=made.id,
            target_location=f"/teams('{made.id}')",
            takes_s=delay_s,
        )
    return accepted(operation, quoted=False)


def _read_parts(body: Wild) -> set[str]:
    parts = {part.strip() for part in body.text("partsToClone").split(",") if part.strip()}
    if not parts <= _PARTS:
        raise bad_request(Backend.TEAMS, f"Invalid partsToClone '{','.join(sorted(parts - _PARTS))}'.")
    return parts


def _group(ask: Ask, team: Team, body: Wild, name: str, nickname: str, delay_s: float) -> Group:
    visibility = read_visibility(Backend.TEAMS, body.optional_text("visibility"), team.group.visibility)
    now = ask.estate.clock.seconds()
    return groups.create_group(
        ask.estate,
        Group(
            ask.estate.ids.guid(),
            name,
            body.optional_text("description"),
            nickname,
            f"{nickname}@{DOMAIN}",
            None,
            visibility,
            body.optional_text("classification"),
            listed_at=now + delay_s + get_switch(ask.estate, "graph.directory_delay_s", 0.0),
        ),
        site_ready_at=now + delay_s + get_switch(ask.estate, "graph.site_delay_s", 0.0),
    )


def _copy_people(ask: Ask, team: Team, group: Group, *, everybody: bool) -> None:
    """The owners always, so that somebody owns the copy; the others when they are asked for."""
    owners = set(groups.list_people(ask.estate, team.id, "owners"))
    if ask.is_delegated:
        owners.add(ask.caller.object_id)
    for user_id in owners:
        groups.add_person(ask.estate, group.id, user_id, "owners")
    people = set(groups.list_people(ask.estate, team.id, "members")) if everybody else set[str]()
    for user_id in sorted(people | owners):
        groups.add_person(ask.estate, group.id, user_id, "members")


def _copy_apps(ask: Ask, team: Team, made: Team) -> None:
    for one in apps.list_installations(ask.estate, team.id):
        new_id = installation_id(made.id, one.app.id)
        apps.install_app(ask.estate, new_id, made.id, one.app, list(one.consented))


def _copy_channels(ask: Ask, team: Team, made: Team, parts: set[str]) -> None:
    """Standard channels only: private and shared ones are never copied."""
    for one in channels.list_channels(ask.estate, team.id):
        if one.is_primary:
            copied = channels.primary_channel(ask.estate, made.id)
        elif one.kind == "standard" and "channels" in parts:
            new = NewChannel(made.id, one.display_name, one.description, favourite=one.favourite)
            copied = channels.create_channel(ask.estate, new)
        else:
            continue
        if "tabs" in parts:
            _copy_tabs(ask, one, copied)


def _copy_tabs(ask: Ask, source: Channel, copied: Channel) -> None:
    for tab in apps.list_tabs(ask.estate, source.id):
        usable = tab.app.built_in or apps.find_installation_of(ask.estate, copied.team_id, tab.app.id) is not None
        if usable:
            apps.create_tab(ask.estate, copied.team_id, copied.id, tab.app, tab.display_name, None)


OPERATIONS = operations(
    Backend.TEAMS,
    ("POST", "teams/{team}/clone", clone_team, TEAM_CLONE),
    ("POST", "teams/{team}/graph.clone", clone_team, TEAM_CLONE),
)
