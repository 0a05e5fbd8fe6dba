"""The people of a channel, and the teams that a shared one is shared with.

Source: Graph v1.0, api/channel-list-members.md, api/channel-post-members.md
"""

from __future__ import annotations

from liaison.tenant.estate import channels, groups, partners
from liaison.tenant.estate.channels import Channel
from liaison.tenant.estate.people import User, find_user
from liaison.tenant.graph.access import channel_as_member
from liaison.tenant.graph.channels import channel_key, require_eligible
from liaison.tenant.graph.errors import Backend, GraphError, bad_request, forbidden
from liaison.tenant.graph.members import (
    answer_members,
    bulk_answer,
    member_bodies,
    member_body,
    no_member,
    read_asked_member,
    read_bulk,
    read_member_id,
    read_owner_role,
    team_member_bodies,
)
from liaison.tenant.graph.partners import is_of_partner, partner_bodies, partner_body, read_partner
from liaison.tenant.graph.permissions import CHANNEL_MEMBERS_READ, CHANNEL_MEMBERS_WRITE, CHANNELS_READ
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import NO_CONTENT, Answer, Json
from liaison.tenant.graph.shapes import collection, entity
from liaison.tenant.graph.table import operations
from liaison.tenant.graph.wild import Wild
from liaison.tenant.seeds.company import TENANT_ID
from liaison.tenant.seeds.partners import PartnerPerson

_AT_ONCE = 200


def list_members(ask: Ask) -> Answer:
    """`GET …/channels/{channel}/members`: the team's people for a standard channel, else those put in directly."""
    team, channel = channel_as_member(ask)
    if channel.kind == "standard":
        bodies = team_member_bodies(ask.estate, channel.team_id)
    else:
        bodies = _direct_bodies(ask, channel)
    return answer_members(ask, f"teams('{team.id}')/channels('{channel_key(channel.id)}')/members", bodies)


def list_all_members(ask: Ask) -> Answer:
    """`GET …/channels/{channel}/allMembers`: for a shared channel, the people of the teams it is shared with too.

    Source: Graph v1.0, api/channel-list-allmembers.md
    """
    team, channel = channel_as_member(ask)
    if channel.kind == "standard":
        return list_members(ask)
    bodies = {body["userId"]: body for body in _direct_bodies(ask, channel)}
    for team_id in channels.list_teams_sharing(ask.estate, channel.id):
        everybody = groups.list_people(ask.estate, team_id, "members")
        people = [(user_id, list[str]()) for user_id in everybody if not channels.is_guest(ask.estate, user_id)]
        for body in member_bodies(ask.estate, channel.id, people):
            bodies.setdefault(body["userId"], body)
    fragment = f"teams('{team.id}')/channels('{channel_key(channel.id)}')/allMembers"
    return answer_members(ask, fragment, list(bodies.values()))


def read_member(ask: Ask) -> Answer:
    """`GET …/channels/{channel}/members/{member}`."""
    _, channel = channel_as_member(ask)
    user, owner = _asked_member(ask, channel)
    return _one(ask, channel, user, owner)


def add_member(ask: Ask) -> Answer:
    """`POST …/channels/{channel}/members`: private and shared channels only."""
    channel = _managed_channel(ask)
    if is_of_partner(ask.json()):
        person = read_partner(ask, channel, ask.json())
        partners.put_partner(ask.estate, channel, person)
        return _shown(ask, channel, partner_body(channel.id, person), 201)
    asked = read_asked_member(ask, ask.json())
    require_eligible(ask, channel.team_id, channel.kind, asked)
    if len(channels.channel_people(ask.estate, channel.id)) >= channels.PEOPLE_PER_CHANNEL:
        raise bad_request(Backend.TEAMS, f"A channel may have {channels.PEOPLE_PER_CHANNEL} members.")
    channels.put_in_channel(ask.estate, channel, asked.user.id, owner=asked.owner)
    return _one(ask, channel, asked.user, asked.owner, 201)


def change_member(ask: Ask) -> Answer:
    """`PATCH …/channels/{channel}/members/{member}`: another role. Source: api/channel-update-members.md"""
    channel = _managed_channel(ask)
    user, _ = _asked_member(ask, channel)
    owner = read_owner_role(ask.json(), user)
    if not owner:
        _require_other_owner(ask, channel, user)
    channels.put_in_channel(ask.estate, channel, user.id, owner=owner)
    return _one(ask, channel, user, owner)


def remove_member(ask: Ask) -> Answer:
    """`DELETE …/channels/{channel}/members/{member}`. Source: Graph v1.0, api/channel-delete-members.md"""
    _, channel = channel_as_member(ask)
    _require_own_list(channel)
    partner = _asked_partner(ask, channel)
    if partner is not None:
        _require_owner(ask, channel)
        partners.take_partner_out(ask.estate, channel, partner)
        return NO_CONTENT
    user, _ = _asked_member(ask, channel)
    if not (ask.is_delegated and user.id == ask.caller.object_id):
        _require_owner(ask, channel)
    _require_other_owner(ask, channel, user)
    channels.take_out_of_channel(ask.estate, channel, user.id)
    return NO_CONTENT


def add_members(ask: Ask) -> Answer:
    """`POST …/channels/{channel}/members/add`: 200, or 207 when some failed. Source: conversationmembers-add.md"""
    channel = _managed_channel(ask)

    def add(one: Wild) -> None:
        asked = read_asked_member(ask, one)
        require_eligible(ask, channel.team_id, channel.kind, asked)
        channels.put_in_channel(ask.estate, channel, asked.user.id, owner=asked.owner)

    return bulk_answer(ask, read_bulk(ask, _AT_ONCE), add)


def remove_members(ask: Ask) -> Answer:
    """`POST …/channels/{channel}/members/remove`."""
    channel = _managed_channel(ask)

    def remove(one: Wild) -> None:
        user = read_asked_member(ask, one).user
        if user.id not in channels.channel_people(ask.estate, channel.id):
            raise GraphError(404, "NotFound", "")
        _require_other_owner(ask, channel, user)
        channels.take_out_of_channel(ask.estate, channel, user.id)

    return bulk_answer(ask, read_bulk(ask, _AT_ONCE), remove)


def list_shared_teams(ask: Ask) -> Answer:
    """`GET …/channels/{channel}/sharedWithTeams`. Source: Graph v1.0, api/sharedwithchannelteaminfo-list.md"""
    team, channel = channel_as_member(ask)
    shared = channels.list_teams_sharing(ask.estate, channel.id) if channel.kind == "shared" else []
    found = (groups.find_group(ask.estate, team_id) for team_id in [channel.team_id, *shared])
    values: list[Json] = [
        {
            "id": group.id,
            "displayName": group.display_name,
            "tenantId": TENANT_ID,
            "isHostTeam": group.id == channel.team_id,
        }
        for group in found
        if group is not None
    ]
    context = ask.context(f"teams('{team.id}')/channels('{channel_key(channel.id)}')/sharedWithTeams")
    return Answer(body=collection(context, values, count=len(values)))


def unshare(ask: Ask) -> Answer:
    """`DELETE …/channels/{channel}/sharedWithTeams/{shared}`: its people leave the channel unseen."""
    channel = _managed_channel(ask)
    channels.unshare_with_team(ask.estate, channel, ask.params["shared"])
    return NO_CONTENT


def _direct_bodies(ask: Ask, channel: Channel) -> list[Json]:
    people = channels.channel_people(ask.estate, channel.id)
    ours = member_bodies(
        ask.estate, channel.id, [(user_id, ["owner"] if owner else []) for user_id, owner in people.items()]
    )
    return ours + partner_bodies(ask, channel)


def _managed_channel(ask: Ask) -> Channel:
    """The private or shared channel for one of its owners."""
    _, channel = channel_as_member(ask)
    _require_own_list(channel)
    _require_owner(ask, channel)
    return channel


def _require_own_list(channel: Channel) -> None:
    if channel.kind == "standard":
        raise bad_request(Backend.TEAMS, "Members can be changed only in private and shared channels.")


def _require_owner(ask: Ask, channel: Channel) -> None:
    if ask.is_delegated and not channels.channel_people(ask.estate, channel.id).get(ask.caller.object_id, False):
        raise forbidden(
            Backend.TEAMS, "AclCheckFailed-Update Thread Roster: the caller is not an owner of the channel."
        )


def _require_other_owner(ask: Ask, channel: Channel, user: User) -> None:
    owners = [user_id for user_id, owner in channels.channel_people(ask.estate, channel.id).items() if owner]
    if owners == [user.id]:
        raise bad_request(Backend.TEAMS, "The last owner of a channel cannot be removed.")


def _asked_partner(ask: Ask, channel: Channel) -> PartnerPerson | None:
    """Somebody of another organization, by the id of the membership; None when it is nobody's or one of ours."""
    container, person_id = read_member_id(ask.params["member"])
    if container != channel.id:
        return None
    return next((one for one in partners.list_partners(ask.estate, channel.id) if one.id == person_id), None)


def _asked_member(ask: Ask, channel: Channel) -> tuple[User, bool]:
    container, user_id = read_member_id(ask.params["member"])
    user = find_user(ask.estate, user_id) if user_id else None
    if user is not None and channel.kind == "standard" and container == channel.team_id:
        if groups.is_member(ask.estate, channel.team_id, user.id):
            return user, groups.is_owner(ask.estate, channel.team_id, user.id)
    elif user is not None and container == channel.id:
        people = channels.channel_people(ask.estate, channel.id)
        if user.id in people:
            return user, people[user.id]
    raise no_member(ask.params["member"])


def _one(ask: Ask, channel: Channel, user: User, owner: bool, status: int = 200) -> Answer:
    container = channel.team_id if channel.kind == "standard" else channel.id
    return _shown(ask, channel, member_body(container, user, ["owner"] if owner else []), status)


def _shown(ask: Ask, channel: Channel, body: Json, status: int = 200) -> Answer:
    context = f"teams('{channel.team_id}')/channels('{channel_key(channel.id)}')/members/$entity"
    return Answer(status, entity(ask.context(context), body))


_CHANNEL = "teams/{team}/channels/{channel}"
OPERATIONS = operations(
    Backend.TEAMS,
    ("GET", f"{_CHANNEL}/members", list_members, CHANNEL_MEMBERS_READ),
    ("POST", f"{_CHANNEL}/members", add_member, CHANNEL_MEMBERS_WRITE),
    ("POST", f"{_CHANNEL}/members/add", add_members, CHANNEL_MEMBERS_WRITE),
    ("POST", f"{_CHANNEL}/members/remove", remove_members, CHANNEL_MEMBERS_WRITE),
    ("GET", f"{_CHANNEL}/allMembers", list_all_members, CHANNEL_MEMBERS_READ),
    ("GET", f"{_CHANNEL}/members/{{member}}", read_member, CHANNEL_MEMBERS_READ),
    ("PATCH", f"{_CHANNEL}/members/{{member}}", change_member, CHANNEL_MEMBERS_WRITE),
    ("DELETE", f"{_CHANNEL}/members/{{member}}", remove_member, CHANNEL_MEMBERS_WRITE),
    ("GET", f"{_CHANNEL}/sharedWithTeams", list_shared_teams, CHANNELS_READ),
    ("DELETE", f"{_CHANNEL}/sharedWithTeams/{{shared}}", unshare, CHANNEL_MEMBERS_WRITE),
)
