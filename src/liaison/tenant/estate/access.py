"""Who may open what: teams, channels and the sites that hold their files. Every face asks here."""

from __future__ import annotations

from enum import IntEnum

from liaison.tenant.estate import Estate, channels, groups, personal_sites
from liaison.tenant.estate.channels import Channel
from liaison.tenant.estate.files import DriveItem
from liaison.tenant.estate.people import find_user
from liaison.tenant.estate.sites import Site
from liaison.tenant.estate.switches import get_switch
from liaison.tenant.estate.teamwork import Role, Team, role_in_team


class SiteAccess(IntEnum):
    """What a person may do in a site, the lesser first."""

    NONE = 0
    READ = 1
    WRITE = 2


def site_access(estate: Estate, site: Site, user_id: str) -> SiteAccess:
    """What SharePoint lets a person do in a site: the people of the team or of the channel may write.

    A site of the organisation is open to everybody but guests. The sites of an archived team may be read-only for
    members. Directory roles give no right to files.
    """
    user = find_user(estate, user_id)
    if user is None or not user.account_enabled:
        return SiteAccess.NONE
    if personal_sites.is_personal(site):
        return SiteAccess.WRITE if personal_sites.owner_of(estate, site) == user.id else SiteAccess.NONE
    if site.group_id is None:
        return SiteAccess.NONE if user.user_type == "Guest" else SiteAccess.WRITE
    if not _is_among_people(estate, site, user_id):
        return SiteAccess.NONE
    read_only = site.read_only and not groups.is_owner(estate, site.group_id, user_id)
    return SiteAccess.READ if read_only else SiteAccess.WRITE


def shuts_devices_out(estate: Estate, site: Site) -> bool:
    """Does a policy keep devices that are not managed out of a site: the organisation's, or the site's own?

    A site's policy is never weaker than the organisation's.
    Source: SharePoint, control-access-from-unmanaged-devices, "Block or limit access to a specific site"
    """
    if get_switch(estate, "graph.unmanaged_devices", "none") == "block":
        return True
    return site.path in get_switch(estate, "graph.blocked_device_sites", list[str]())


def may_write_in_channels(estate: Estate, site: Site, item: DriveItem | None, user_id: str) -> bool:
    """Whether the archived channel that an item belongs to, if any, lets a person write: its owners still may.

    Source: Graph v1.0, api-reference/v1.0/api/channel-archive.md, shouldSetSpoSiteReadOnlyForMembers
    """
    channel = channels.find_read_only_channel(estate, site, item)
    if channel is None:
        return True
    if channel.kind == "standard":
        return groups.is_owner(estate, channel.team_id, user_id)
    return channels.channel_people(estate, channel.id).get(user_id, False)


def can_enter_channel(estate: Estate, channel: Channel, user_id: str) -> bool:
    """Whether a person may open a channel and see what is in it."""
    return channels.is_in_channel(estate, channel, user_id)


def can_see_channel(estate: Estate, team: Team, channel: Channel, user_id: str) -> bool:
    """Whether a channel appears in a person's list: owners of the team see the names of its private channels."""
    if channels.is_in_channel(estate, channel, user_id):
        return True
    return channel.kind == "private" and role_in_team(estate, team.id, user_id) is Role.OWNER


def _is_among_people(estate: Estate, site: Site, user_id: str) -> bool:
    if site.channel_id is None:
        group_id = site.group_id or ""
        return groups.is_member(estate, group_id, user_id) or groups.is_owner(estate, group_id, user_id)
    for channel in channels.list_channels(estate, site.group_id or ""):
        if channel.id == site.channel_id:
            return channels.is_in_channel(estate, channel, user_id)
    return False
