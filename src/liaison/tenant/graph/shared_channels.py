"""Shared channels seen from the teams they are shared with, and the people whom those bring in.

Source: Graph v1.0, resources/sharedwithchannelteaminfo.md, api/team-delete-incomingchannels.md
"""

from __future__ import annotations

from liaison.tenant.estate import channels, groups
from liaison.tenant.estate.channels import Channel
from liaison.tenant.estate.groups import Group
from liaison.tenant.graph.access import channel_as_member, team_as_owner
from liaison.tenant.graph.channels import channel_key
from liaison.tenant.graph.errors import Backend, GraphError
from liaison.tenant.graph.members import answer_members, member_bodies
from liaison.tenant.graph.permissions import CHANNEL_DELETE, CHANNEL_MEMBERS_READ, CHANNELS_READ
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import NO_CONTENT, Answer
from liaison.tenant.graph.shapes import entity
from liaison.tenant.graph.table import operations
from liaison.tenant.seeds.company import TENANT_ID


def read_shared_team(ask: Ask) -> Answer:
    """`GET …/sharedWithTeams/{shared}`."""
    channel, group = _asked(ask)
    key = channel_key(channel.id)
    context = ask.context(f"teams('{channel.team_id}')/channels('{key}')/sharedWithTeams/$entity")
    body = {
        "id": group.id,
        "displayName": group.display_name,
        "tenantId": TENANT_ID,
        "isHostTeam": group.id == channel.team_id,
    }
    return Answer(body=entity(context, body))


def list_allowed_members(ask: Ask) -> Answer:
    """`GET …/sharedWithTeams/{shared}/allowedMembers`: the people of that team who may enter the channel."""
    channel, group = _asked(ask)
    everybody = groups.list_people(ask.estate, group.id, "members")
    people = [(user_id, list[str]()) for user_id in everybody if not channels.is_guest(ask.estate, user_id)]
    fragment = f"teams('{channel.team_id}')/channels('{channel_key(channel.id)}')/sharedWithTeams('{group.id}')"
    return answer_members(ask, f"{fragment}/allowedMembers", member_bodies(ask.estate, channel.id, people))


def remove_incoming(ask: Ask) -> Answer:
    """`DELETE /teams/{team}/incomingChannels/{channel}/$ref`: the team leaves a channel of another: 204."""
    team = team_as_owner(ask)
    for channel in channels.list_incoming_channels(ask.estate, team.id):
        if channel.id == ask.params["channel"]:
            channels.unshare_with_team(ask.estate, channel, team.id)
            return NO_CONTENT
    raise GraphError(404, "NotFound", f"No incoming channel found with id {ask.params['channel']}.")


def _asked(ask: Ask) -> tuple[Channel, Group]:
    _, channel = channel_as_member(ask)
    wanted = ask.params["shared"].lower()
    shared = channels.list_teams_sharing(ask.estate, channel.id) if channel.kind == "shared" else []
    group = groups.find_group(ask.estate, wanted) if wanted in (channel.team_id, *shared) else None
    if group is None:
        raise GraphError(404, "NotFound", f"The channel is not shared with a team of id {ask.params['shared']}.")
    return channel, group


_SHARED = "teams/{team}/channels/{channel}/sharedWithTeams/{shared}"
OPERATIONS = operations(
    Backend.TEAMS,
    ("GET", _SHARED, read_shared_team, CHANNELS_READ),
    ("GET", f"{_SHARED}/allowedMembers", list_allowed_members, CHANNEL_MEMBERS_READ),
    ("DELETE", "teams/{team}/incomingChannels/{channel}/$ref", remove_incoming, CHANNEL_DELETE),
)
