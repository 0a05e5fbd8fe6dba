"""What a caller may reach: teams, channels and people, beyond what the token's permissions say.

Applications reach everything; a person reaches what membership and directory roles give.
"""

from __future__ import annotations

import re

from liaison.tenant.estate import access, channels, groups, teamwork
from liaison.tenant.estate.channels import Channel
from liaison.tenant.estate.groups import Group
from liaison.tenant.estate.people import User, find_user, has_directory_role, has_service_plan
from liaison.tenant.estate.teamwork import Role, Team
from liaison.tenant.graph.errors import Backend, GraphError, forbidden, no_resource, no_team
from liaison.tenant.graph.requests import Ask
from liaison.tenant.seeds.company import GLOBAL_ADMINISTRATOR, TEAMS_ADMINISTRATOR

_CHANNEL_ID = re.compile(r"19:[^/\s]+@thread\.(tacv2|skype|v2)")
_ARCHIVED = "The team is archived; this operation is not allowed on an archived team."


def is_teams_administrator(ask: Ask) -> bool:
    """Whether a person may act on teams without being in them. Source: Graph v1.0, api/team-get.md (admin support)"""
    return ask.is_delegated and has_directory_role(
        ask.estate, ask.caller.object_id, GLOBAL_ADMINISTRATOR, TEAMS_ADMINISTRATOR
    )


def is_global_administrator(ask: Ask) -> bool:
    return ask.is_delegated and has_directory_role(ask.estate, ask.caller.object_id, GLOBAL_ADMINISTRATOR)


def signed_in_user(ask: Ask) -> User:
    """The person who calls; raises 400 for an application token. Source: graph.md 7.1"""
    user = find_user(ask.estate, ask.caller.object_id) if ask.is_delegated else None
    if user is None:
        raise GraphError(400, "BadRequest", "/me request is only valid with delegated authentication flow.")
    return user


def asked_user(ask: Ask) -> User:
    """The person of `/me` or `/users/{user}`; raises 404 for an unknown one."""
    if "user" not in ask.params:
        return signed_in_user(ask)
    user = find_user(ask.estate, ask.params["user"])
    if user is None:
        raise no_resource(ask.params["user"])
    return user


def is_guest(ask: Ask) -> bool:
    """Whether the person who calls is a guest of the organisation."""
    user = find_user(ask.estate, ask.caller.object_id) if ask.is_delegated else None
    return user is not None and user.user_type == "Guest"


def require_teams_licence(ask: Ask) -> None:
    """Teams serves nobody without a licence for it; guests need none."""
    if not ask.is_delegated or is_guest(ask):
        return
    if not has_service_plan(ask.estate, ask.caller.object_id, "TEAMS1"):
        raise forbidden(
            Backend.TEAMS,
            "Failed to get license information for the user. Ensure user has a valid Office365 license assigned to "
            "them.",
        )


def asked_group(ask: Ask) -> Group:
    """The group of the address; raises 404."""
    group = groups.find_group(ask.estate, ask.params["group"])
    if group is None:
        raise no_resource(ask.params["group"])
    return group


def my_role(ask: Ask, team: Team) -> Role | None:
    """What the caller is in a team; applications and administrators of Teams count as owners."""
    if not ask.is_delegated or is_teams_administrator(ask):
        return Role.OWNER
    return teamwork.role_in_team(ask.estate, team.id, ask.caller.object_id)


def asked_team(ask: Ask, key: str = "team") -> Team:
    """The team of the address, whoever asks; raises 404."""
    team = teamwork.find_team(ask.estate, ask.params[key])
    if team is None:
        raise no_team(ask.params[key])
    require_teams_licence(ask)
    return team


def team_as_reader(ask: Ask, key: str = "team") -> Team:
    """The team for somebody who may know of it: its people, and everybody but guests when it is public."""
    team = asked_team(ask, key)
    if my_role(ask, team) is None and (team.group.visibility != "Public" or is_guest(ask)):
        raise forbidden(Backend.TEAMS)
    return team


def team_as_member(ask: Ask) -> Team:
    """The team for one of its people."""
    team = asked_team(ask)
    if my_role(ask, team) is None:
        raise forbidden(Backend.TEAMS, "AclCheckFailed: the caller is not a member of the team.")
    return team


def team_as_owner(ask: Ask) -> Team:
    """The team for one of its owners."""
    team = asked_team(ask)
    if my_role(ask, team) is not Role.OWNER:
        raise forbidden(Backend.TEAMS, "AclCheckFailed: the caller is not an owner of the team.")
    return team


def require_setting(ask: Ask, team: Team, member_setting: str, guest_setting: str | None = None) -> None:
    """Owners may always; members when the team's setting says so; guests when theirs does."""
    role = my_role(ask, team)
    if role is Role.OWNER:
        return
    allowed = role is Role.MEMBER and team.allows("memberSettings", member_setting)
    if role is Role.GUEST and guest_setting is not None:
        allowed = team.allows("guestSettings", guest_setting)
    if not allowed:
        raise forbidden(Backend.TEAMS, f"AclCheckFailed: the team's settings do not allow it ({member_setting}).")


def require_active(team: Team, channel: Channel | None = None) -> None:
    """Archived teams and channels take no changes. Source: graph.md 3.7 (status inferred)"""
    if team.archived or (channel is not None and channel.archived):
        raise forbidden(Backend.TEAMS, _ARCHIVED)


def asked_channel(ask: Ask, team: Team) -> Channel:
    """The channel of the address; raises 400 for a malformed id and 404 for an unknown one."""
    channel_id = ask.params["channel"]
    if _CHANNEL_ID.fullmatch(channel_id) is None:
        raise GraphError(400, "InvalidRequest", f"Channel id is not in a valid format: {channel_id}.")
    channel = channels.find_channel(ask.estate, team.id, channel_id)
    if channel is None:
        raise GraphError(404, "NotFound", f"No channel found with id {channel_id} in team {team.id}.")
    return channel


def visible_channel(ask: Ask, team: Team) -> Channel:
    """The channel for somebody who may know of it; raises 403 for private channels of others."""
    channel = asked_channel(ask, team)
    if ask.is_delegated and not access.can_see_channel(ask.estate, team, channel, ask.caller.object_id):
        _refuse_outsider(ask, channel)
    return channel


def channel_as_member(ask: Ask) -> tuple[Team, Channel]:
    """The team and the channel for somebody who may enter the channel."""
    team = asked_team(ask)
    channel = asked_channel(ask, team)
    if my_role(ask, team) is None and channel.kind != "shared":
        raise forbidden(Backend.TEAMS, "AclCheckFailed: the caller is not a member of the team.")
    if ask.is_delegated and not access.can_enter_channel(ask.estate, channel, ask.caller.object_id):
        _refuse_outsider(ask, channel)
    return team, channel


def _refuse_outsider(ask: Ask, channel: Channel) -> None:
    # Administrators may manage every channel of kind standard; private and shared ones stay closed to them.
    if channel.kind != "standard" or not is_teams_administrator(ask):
        raise forbidden(Backend.TEAMS, "AclCheckFailed: the caller is not a member of the channel.")
