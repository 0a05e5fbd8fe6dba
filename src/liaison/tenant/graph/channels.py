"""Channels: listing, reading, creating in three kinds, changing, deleting, archiving.

Source: Graph v1.0, resources/channel.md; graph.md section 4
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from liaison.tenant.estate import access, channels, groups, partners, teamwork
from liaison.tenant.estate.channels import Channel, ChannelNameRefused, ChannelNameTaken, NewChannel
from liaison.tenant.estate.people import find_user
from liaison.tenant.estate.teamwork import Role, Team
from liaison.tenant.graph.access import (
    asked_channel,
    my_role,
    require_active,
    require_setting,
    team_as_member,
    team_as_owner,
    visible_channel,
)
from liaison.tenant.graph.errors import Backend, GraphError, bad_request, forbidden
from liaison.tenant.graph.members import AskedMember, read_asked_member
from liaison.tenant.graph.permissions import CHANNEL_CREATE, CHANNEL_DELETE, CHANNEL_WRITE, CHANNELS_READ
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import NO_CONTENT, Answer, Json
from liaison.tenant.graph.schema import CHANNEL
from liaison.tenant.graph.shapes import collection, entity, filtered, page, selected, selection_suffix
from liaison.tenant.graph.table import operations
from liaison.tenant.graph.teams import accepted
from liaison.tenant.graph.wild import Wild
from liaison.tenant.seeds.company import TENANT_ID

_PAGE = 1000
_MEMBERS_AT_CREATION = 200
_LATE_KIND = "shared"
_NAME_TAKEN = "Channel name already existed, please use other name"
_NAME_REFUSED = "Channel.DisplayName doesn't contain allowed characters, please use the valid values."
_UNKNOWN_KIND = "unknownFutureValue"


def channel_key(channel_id: str) -> str:
    """A channel's id as it stands in contexts and addresses."""
    return quote(channel_id, safe="")


def channel_body(ask: Ask, channel: Channel) -> Json:
    """A channel with every property that it has by default."""
    late = ask.prefers("include-unknown-enum-members")
    kind = channel.kind if channel.kind != _LATE_KIND or late else _UNKNOWN_KIND
    return {
        "id": channel.id,
        "createdDateTime": channel.created,
        "displayName": channel.display_name,
        "description": channel.description,
        "isFavoriteByDefault": channel.favourite,
        "email": "",
        "tenantId": TENANT_ID,
        "isArchived": channel.archived,
        "membershipType": kind,
        "webUrl": channel_address(ask, channel),
    }


def channel_address(ask: Ask, channel: Channel) -> str:
    """The deep link that opens a channel in Teams. Source: graph.md 4.1"""
    marks = {"standard": "", "private": "&ngc=true", "shared": "&ngc=true&allowXTenantAccess=true"}[channel.kind]
    return (
        f"{ask.estate.teams_root}/l/channel/{channel_key(channel.id)}/{quote(channel.display_name, safe='')}"
        f"?groupId={channel.team_id}&tenantId={TENANT_ID}{marks}"
    )


def list_channels(ask: Ask) -> Answer:
    """`GET /teams/{team}/channels`; private channels of others are left out. Source: api/channel-list.md"""
    team = team_as_member(ask)
    return _list(ask, team, "channels", channels.list_channels(ask.estate, team.id))


def list_all_channels(ask: Ask) -> Answer:
    """`GET /teams/{team}/allChannels`: hosted ones, and those shared with the team. Source: team-list-allchannels.md"""
    team = team_as_member(ask)
    hosted = channels.list_channels(ask.estate, team.id)
    return _list(ask, team, "allChannels", [*hosted, *channels.list_incoming_channels(ask.estate, team.id)])


def list_incoming_channels(ask: Ask) -> Answer:
    """`GET /teams/{team}/incomingChannels`. Source: Graph v1.0, api/team-list-incomingchannels.md"""
    team = team_as_member(ask)
    return _list(ask, team, "incomingChannels", channels.list_incoming_channels(ask.estate, team.id))


def read_channel(ask: Ask) -> Answer:
    """`GET /teams/{team}/channels/{channel}`; `summary` only when it is selected. Source: api/channel-get.md"""
    team = team_as_member(ask)
    return _one(ask, team, visible_channel(ask, team))


def read_primary_channel(ask: Ask) -> Answer:
    """`GET /teams/{team}/primaryChannel`. Source: Graph v1.0, api/team-get-primarychannel.md"""
    team = team_as_member(ask)
    return _one(ask, team, channels.primary_channel(ask.estate, team.id))


def create_channel(ask: Ask) -> Answer:
    """`POST /teams/{team}/channels`: 201, or 202 for a shared one. Source: Graph v1.0, api/channel-post.md"""
    team = team_as_member(ask)
    body = ask.json().only(CHANNEL, "microsoft.graph.channel")
    new = read_new_channel(body, team.id)
    is_open = new.kind == "standard"
    require_setting(
        ask,
        team,
        "allowCreateUpdateChannels" if is_open else "allowCreatePrivateChannels",
        "allowCreateUpdateChannels" if is_open else None,
    )
    require_active(team)
    people = [] if is_open else _read_people(ask, body, team, new.kind)
    with ask.estate.db.change():
        channel = make_channel(ask, new)
        for one in people:
            channels.put_in_channel(ask.estate, channel, one.user.id, owner=one.owner)
        for shared in body.children("sharedWithTeams") if new.kind == "shared" else []:
            channels.share_with_team(ask.estate, channel, _other_team(ask, shared.text("id")))
    if new.kind == "shared":
        return _accepted_shared(ask, team, channel)
    context = ask.context(f"teams('{team.id}')/channels/$entity")
    return Answer(201, entity(context, channel_body(ask, channel)))


def read_new_channel(body: Wild, team_id: str) -> NewChannel:
    """A channel to be made as a body describes it; raises 400."""
    kind = body.optional_text("membershipType") or "standard"
    if kind not in ("standard", "private", "shared"):
        raise bad_request(Backend.TEAMS, f"Invalid membershipType '{kind}'.")
    description = body.optional_text("description")
    if description is not None and len(description) > channels.DESCRIPTION_LIMIT:
        raise bad_request(Backend.TEAMS, f"The description is longer than {channels.DESCRIPTION_LIMIT} characters.")
    favourite = body.flag("isFavoriteByDefault", False) if body.value.get("isFavoriteByDefault") is not None else None
    return NewChannel(team_id, body.text("displayName"), description, kind, favourite=favourite)


def make_channel(ask: Ask, new: NewChannel) -> Channel:
    """Create a channel; raises 400 for its name and beyond the team's number of channels."""
    if channels.count_channels(ask.estate, new.team_id) >= channels.CHANNELS_PER_TEAM:
        raise bad_request(Backend.TEAMS, "The team has reached the maximum number of channels.")
    try:
        return channels.create_channel(ask.estate, new)
    except ChannelNameTaken as error:
        raise GraphError(400, "NameAlreadyExists", _NAME_TAKEN) from error
    except ChannelNameRefused as error:
        raise bad_request(Backend.TEAMS, _NAME_REFUSED) from error


def change_channel(ask: Ask) -> Answer:
    """`PATCH /teams/{team}/channels/{channel}`; the kind cannot change. Source: Graph v1.0, api/channel-patch.md"""
    team = team_as_member(ask)
    channel = visible_channel(ask, team)
    body = ask.json().only(CHANNEL, "microsoft.graph.channel")
    if body.value.get("membershipType") not in (None, channel.kind):
        raise bad_request(Backend.TEAMS, "The membershipType of a channel cannot be changed.")
    require_manager(ask, team, channel, "allowCreateUpdateChannels")
    require_active(team, channel)
    favourite = body.value.get("isFavoriteByDefault", channel.favourite)
    try:
        channels.change_channel(
            ask.estate,
            channel,
            display_name=body.text("displayName") if body.has("displayName") else channel.display_name,
            description=body.optional_text("description") if body.has("description") else channel.description,
            favourite=favourite if isinstance(favourite, bool) else None,
        )
    except ChannelNameTaken as error:
        raise GraphError(400, "NameAlreadyExists", _NAME_TAKEN) from error
    except ChannelNameRefused as error:
        raise bad_request(Backend.TEAMS, _NAME_REFUSED) from error
    return NO_CONTENT


def delete_channel(ask: Ask) -> Answer:
    """`DELETE /teams/{team}/channels/{channel}`: the name stays taken for 30 days. Source: api/channel-delete.md"""
    team = team_as_member(ask)
    channel = asked_channel(ask, team)
    if channel.kind == "private" and my_role(ask, team) is Role.OWNER:
        pass  # An owner of the team may delete a private channel without being in it.
    else:
        visible_channel(ask, team)
        require_manager(ask, team, channel, "allowDeleteChannels")
    if channel.is_primary:
        raise bad_request(Backend.TEAMS, "The primary channel of a team cannot be deleted.")
    require_active(team)
    channels.delete_channel(ask.estate, channel)
    return NO_CONTENT


def archive_channel(ask: Ask) -> Answer:
    """`POST …/channels/{channel}/archive`. Source: Graph v1.0, api/channel-archive.md"""
    read_only = ask.optional_json().flag("shouldSetSpoSiteReadOnlyForMembers", False)
    return _archive(ask, archived=True, read_only=read_only)


def unarchive_channel(ask: Ask) -> Answer:
    """`POST …/channels/{channel}/unarchive`. Source: Graph v1.0, api/channel-unarchive.md"""
    return _archive(ask, archived=False)


def judge_access(ask: Ask) -> Answer:
    """`GET …/doesUserHaveAccess(userId='…',tenantId='…',userPrincipalName='…')`.

    SDKs send the values as aliases in the query. Source: Graph v1.0, api/channel-doesuserhaveaccess.md
    """
    team = team_as_member(ask)
    channel = asked_channel(ask, team)
    key = _argument(ask, "userId") or _argument(ask, "userPrincipalName")
    if not key:
        raise bad_request(Backend.TEAMS, "Either userId or userPrincipalName must be given.")
    user = find_user(ask.estate, key)
    ours = _argument(ask, "tenantId") in ("", TENANT_ID)
    may = user is not None and ours and access.can_enter_channel(ask.estate, channel, user.id)
    return Answer(body=entity(ask.context("Edm.Boolean"), {"value": may}))


def require_manager(ask: Ask, team: Team, channel: Channel, member_setting: str) -> None:
    """Standard channels follow the team's settings; private and shared ones have owners of their own."""
    if channel.kind == "standard":
        require_setting(ask, team, member_setting, member_setting)
    elif ask.is_delegated and not channels.channel_people(ask.estate, channel.id).get(ask.caller.object_id, False):
        raise forbidden(Backend.TEAMS, "AclCheckFailed: the caller is not an owner of the channel.")


def _list(ask: Ask, team: Team, name: str, found: Iterable[Channel]) -> Answer:
    seen = [channel for channel in found if _is_seen(ask, team, channel)]
    rendered: list[Json] = []
    for channel in seen:
        odata_id = f"{ask.root}/tenants/{TENANT_ID}/teams/{channel.team_id}/channels/{channel_key(channel.id)}"
        rendered.append(({} if name == "channels" else {"@odata.id": odata_id}) | channel_body(ask, channel))
    part, following = page(ask, filtered(ask, rendered), _PAGE, _PAGE)
    values = [selected(ask, body, CHANNEL, "channel") for body in part]
    context = ask.context(f"teams('{team.id}')/{name}{selection_suffix(ask)}")
    return Answer(body=collection(context, values, count=len(values), next_page=following))


def _is_seen(ask: Ask, team: Team, channel: Channel) -> bool:
    if not ask.is_delegated or channel.kind == "standard":
        return True
    if channel.team_id != team.id:
        return access.can_enter_channel(ask.estate, channel, ask.caller.object_id)
    return access.can_see_channel(ask.estate, team, channel, ask.caller.object_id)


def _one(ask: Ask, team: Team, channel: Channel) -> Answer:
    body = channel_body(ask, channel)
    if "summary" in ask.words("select"):
        body["summary"] = _summary(ask, team, channel)
    context = ask.context(f"teams('{team.id}')/channels{selection_suffix(ask)}/$entity")
    return Answer(body=entity(context, selected(ask, body, CHANNEL, "channel")))


def _summary(ask: Ask, team: Team, channel: Channel) -> Json:
    if channel.kind == "standard":
        owners = set(groups.list_people(ask.estate, team.id, "owners"))
        people = dict.fromkeys(groups.list_people(ask.estate, team.id, "members"), False)
        people |= dict.fromkeys(owners & set(people), True)
    else:
        people = channels.channel_people(ask.estate, channel.id)
    users = {user_id: find_user(ask.estate, user_id) for user_id in people}
    guests = [user_id for user_id, user in users.items() if user is not None and user.user_type == "Guest"]
    owner_count = sum(people.values())
    return {
        "ownersCount": owner_count,
        "membersCount": len(people) - owner_count - len(guests),
        "guestsCount": len(guests),
        "hasMembersFromOtherTenants": bool(partners.list_partners(ask.estate, channel.id)),
    }


def _read_people(ask: Ask, body: Wild, team: Team, kind: str) -> list[AskedMember]:
    """The first people of a private or shared channel: the caller is an owner unless the body names owners."""
    asked = [read_asked_member(ask, one) for one in body.children("members")]
    if len(asked) > _MEMBERS_AT_CREATION:
        raise bad_request(Backend.TEAMS, f"At most {_MEMBERS_AT_CREATION} members can be added at creation.")
    if kind == "shared" and sum(one.owner for one in asked) > 1:
        raise bad_request(Backend.TEAMS, "Only one owner can be specified when creating a shared channel.")
    if not any(one.owner for one in asked):
        me = find_user(ask.estate, ask.caller.object_id) if ask.is_delegated else None
        if me is None:
            raise bad_request(Backend.TEAMS, "A channel owner must be specified in members.")
        asked = [AskedMember(me, owner=True), *(one for one in asked if one.user.id != me.id)]
    for one in asked:
        require_eligible(ask, team.id, kind, one)
    return asked


def require_eligible(ask: Ask, team_id: str, kind: str, asked: AskedMember) -> None:
    """People of a private channel must be in the team; guests cannot be in a shared one."""
    if kind == "private" and teamwork.role_in_team(ask.estate, team_id, asked.user.id) is None:
        raise bad_request(Backend.TEAMS, f"User '{asked.user.id}' is not a member of the team.")
    if kind == "shared" and asked.user.user_type == "Guest":
        raise bad_request(Backend.TEAMS, "Guests cannot be members of a shared channel.")


def _other_team(ask: Ask, team_id: str) -> str:
    found = teamwork.find_team(ask.estate, team_id)
    if found is None:
        raise GraphError(404, "NotFound", f"No team found with Group Id {team_id}")
    return found.id


def _accepted_shared(ask: Ask, team: Team, channel: Channel) -> Answer:
    """202 with only a Content-Location, in slash form. Source: Graph v1.0, api/channel-post.md (2026-04)"""
    operation = teamwork.start_operation(
        ask.estate,
        team.id,
        "createChannel",
        target_id=channel.id,
        target_location=f"/teams('{team.id}')/channels('{channel.id}')",
    )
    return Answer(202, headers={"Content-Location": f"/teams/{team.id}/operations/{operation.id}"})


def _archive(ask: Ask, *, archived: bool, read_only: bool = False) -> Answer:
    team = team_as_owner(ask)
    channel = visible_channel(ask, team)
    if team.archived:
        raise bad_request(
            Backend.TEAMS, f"Team has to be active, for channel to be archived or unarchived: {channel.id}"
        )
    if channel.is_primary:
        raise bad_request(Backend.TEAMS, "The primary channel of a team cannot be archived.")
    with ask.estate.db.change():
        channels.archive_channel(ask.estate, channel, archived, read_only_files=read_only)
        operation = teamwork.start_operation(
            ask.estate,
            team.id,
            "archiveChannel" if archived else "unarchiveChannel",
            target_id=channel.id,
            target_location=f"/teams('{team.id}')/channels('{channel.id}')",
        )
    return accepted(operation)


def _argument(ask: Ask, name: str) -> str:
    """An argument of a function, given in place or as an alias in the query."""
    value: Any = ask.params.get(name, "")
    if isinstance(value, str) and value.startswith("@"):
        value = ask.options.get(value) or ask.options.get(value[1:]) or ""
    return str(value).strip("'")


OPERATIONS = operations(
    Backend.TEAMS,
    ("GET", "teams/{team}/channels", list_channels, CHANNELS_READ),
    ("GET", "teams/{team}/allChannels", list_all_channels, CHANNELS_READ),
    ("GET", "teams/{team}/incomingChannels", list_incoming_channels, CHANNELS_READ),
    ("GET", "teams/{team}/primaryChannel", read_primary_channel, CHANNELS_READ),
    ("POST", "teams/{team}/channels", create_channel, CHANNEL_CREATE),
    ("GET", "teams/{team}/channels/{channel}", read_channel, CHANNELS_READ),
    ("PATCH", "teams/{team}/channels/{channel}", change_channel, CHANNEL_WRITE),
    ("DELETE", "teams/{team}/channels/{channel}", delete_channel, CHANNEL_DELETE),
    ("POST", "teams/{team}/channels/{channel}/archive", archive_channel, CHANNEL_WRITE),
    ("POST", "teams/{team}/channels/{channel}/unarchive", unarchive_channel, CHANNEL_WRITE),
    ("GET", "teams/{team}/channels/{channel}/doesUserHaveAccess()", judge_access, CHANNELS_READ),
)
