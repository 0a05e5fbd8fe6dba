"""Sites, their libraries and lists, by id, by path and by group.

Source: Graph v1.0, resources/site.md, resources/drive.md; graph.md 6.7
"""

from __future__ import annotations

from urllib.parse import urlsplit

from liaison.tenant.estate import files, groups, personal_sites, sites
from liaison.tenant.estate.access import SiteAccess, site_access
from liaison.tenant.estate.files import Author
from liaison.tenant.estate.sites import Drive, Site
from liaison.tenant.graph.drive_items import drive_key, drive_type, identity_set, second
from liaison.tenant.graph.errors import Backend
from liaison.tenant.graph.permissions import (
    ALL_SITES_READ,
    DRIVE_READ,
    GROUP_SITE_READ,
    SHAREPOINT_SETTINGS_READ,
    SITES_READ,
)
from liaison.tenant.graph.places import DRIVES, SITES, asked_drive, asked_site, find_list
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import Answer, Json
from liaison.tenant.graph.schema import DRIVE, LIST, SITE
from liaison.tenant.graph.shapes import collection, entity, page, selected
from liaison.tenant.graph.table import below, operations
from liaison.tenant.seeds.company import stable_guid


def site_body(ask: Ask, site: Site) -> Json:
    """A site; `webUrl` begins with this tenant's own address."""
    address = sites.site_address(ask.estate, site)
    body: Json = {
        "id": site.id,
        "createdDateTime": second(site.created),
        "lastModifiedDateTime": second(site.modified),
        "name": site.name,
        "displayName": site.display_name,
        "description": "",
        "webUrl": address,
        "root": {},
        "siteCollection": {"hostname": urlsplit(address).netloc},
    }
    if "sharepointIds" in ask.words("select"):
        body["sharepointIds"] = {"siteId": site.collection_id, "siteUrl": address, "webId": site.web_id}
    return body


def drive_body(ask: Ask, drive: Drive) -> Json:
    """A library as a drive."""
    site = sites.site_of_drive(ask.estate, drive)
    root = files.root_item(ask.estate, drive)
    body: Json = {
        "id": drive.id,
        "createdDateTime": second(drive.created),
        "lastModifiedDateTime": second(root.modified),
        "description": "",
        "name": drive.name,
        "webUrl": sites.absolute_address(ask.estate, sites.library_path(site, drive)),
        "driveType": drive_type(site),
        "createdBy": {"user": {"displayName": "System Account"}},
        "owner": _owner(ask, site),
        "quota": {
            "deleted": 0,
            "remaining": sites.QUOTA_BYTES - root.size,
            "state": "normal",
            "total": sites.QUOTA_BYTES,
            "used": root.size,
        },
    }
    if "sharePointIds" in ask.words("select"):
        body["sharePointIds"] = {
            "listId": drive.list_id,
            "siteId": site.collection_id,
            "webId": site.web_id,
            "siteUrl": sites.site_address(ask.estate, site),
        }
    return body


def list_body(ask: Ask, site: Site, drive: Drive) -> Json:
    """A library as a list."""
    return {
        "id": drive.list_id,
        "createdDateTime": second(drive.created),
        "lastModifiedDateTime": second(drive.created),
        "name": drive.url_name,
        "displayName": drive.name,
        "description": "",
        "webUrl": sites.absolute_address(ask.estate, sites.library_path(site, drive)),
        "parentReference": {"siteId": site.id},
        "list": {"contentTypesEnabled": False, "hidden": False, "template": "documentLibrary"},
    }


def read_site(ask: Ask) -> Answer:
    """`GET /sites/{site}`, `/sites/{host}:/{path}`, `/groups/{group}/sites/root`. Source: api/site-get.md"""
    body = selected(ask, site_body(ask, asked_site(ask)), SITE, "site")
    return Answer(body=entity(ask.context("sites/$entity"), body))


def search_sites(ask: Ask) -> Answer:
    """`GET /sites?search=…`: sites the caller may open. Source: Graph v1.0, api/site-search.md"""
    text = ask.options.get("search", "").strip('"')
    found = [site for site in sites.search_sites(ask.estate, "" if text == "*" else text) if _is_open(ask, site)]
    part, following = page(ask, found, 200, 999)
    values = [selected(ask, site_body(ask, site), SITE, "site") for site in part]
    return Answer(body=collection(ask.context("sites"), values, next_page=following))


def list_all_sites(ask: Ask) -> Answer:
    """`GET /sites/getAllSites`: every site, for applications only. Source: Graph v1.0, api/site-getallsites.md"""
    found = [site for site in sites.search_sites(ask.estate, "", -1) if _is_open(ask, site)]
    part, following = page(ask, found, 200, 999)
    values = [selected(ask, site_body(ask, site), SITE, "site") for site in part]
    return Answer(body=collection(ask.context("sites"), values, next_page=following))


def list_subsites(ask: Ask) -> Answer:
    """`GET /sites/{site}/sites`: there are none below another."""
    site = asked_site(ask)
    return Answer(body=collection(ask.context(f"sites('{site.id}')/sites"), []))


def read_drive(ask: Ask) -> Answer:
    """`GET /drives/{drive}`, `/groups/{group}/drive`, `/sites/{site}/drive`. Source: Graph v1.0, api/drive-get.md"""
    body = selected(ask, drive_body(ask, asked_drive(ask)), DRIVE, "drive")
    return Answer(body=entity(ask.context("drives/$entity"), body))


def list_drives(ask: Ask) -> Answer:
    """`GET /sites/{site}/drives`, `/groups/{group}/drives`. Source: Graph v1.0, api/drive-list.md"""
    site = asked_site(ask)
    values = [selected(ask, drive_body(ask, drive), DRIVE, "drive") for drive in sites.list_drives(ask.estate, site.id)]
    return Answer(body=collection(ask.context("drives"), values))


def read_drive_list(ask: Ask) -> Answer:
    """`GET /drives/{drive}/list`."""
    drive = asked_drive(ask)
    site = sites.site_of_drive(ask.estate, drive)
    body = selected(ask, list_body(ask, site, drive), LIST, "list")
    return Answer(body=entity(ask.context(f"drives('{drive_key(drive.id)}')/list/$entity"), body))


def list_lists(ask: Ask) -> Answer:
    """`GET /sites/{site}/lists`. Source: Graph v1.0, api/list-list.md"""
    site = asked_site(ask)
    values = [
        selected(ask, list_body(ask, site, drive), LIST, "list") for drive in sites.list_drives(ask.estate, site.id)
    ]
    return Answer(body=collection(ask.context(f"sites('{site.id}')/lists"), values))


def read_list(ask: Ask) -> Answer:
    """`GET /sites/{site}/lists/{list}`, by id or title. Source: Graph v1.0, api/list-get.md"""
    site = asked_site(ask)
    drive = find_list(ask, site, ask.params["list"])
    body = selected(ask, list_body(ask, site, drive), LIST, "list")
    return Answer(body=entity(ask.context(f"sites('{site.id}')/lists/$entity"), body))


def read_settings(ask: Ask) -> Answer:
    """`GET /admin/sharepoint/settings`; it says nothing about unmanaged devices. Source: graph.md section 12"""
    body: Json = {
        "id": stable_guid("sharepoint", "settings"),
        "allowedDomainGuidsForSyncApp": [],
        "availableManagedPathsForSiteCreation": ["/sites/", "/teams/"],
        "deletedUserPersonalSiteRetentionPeriodInDays": 30,
        "excludedFileExtensionsForSyncApp": [],
        "idleSessionSignOut": None,
        "imageTaggingOption": "basic",
        "isCommentingOnSitePagesEnabled": True,
        "isFileActivityNotificationEnabled": True,
        "isLegacyAuthProtocolsEnabled": False,
        "isLoopEnabled": True,
        "isMacSyncAppEnabled": True,
        "isRequireAcceptingUserToMatchInvitedUserEnabled": True,
        "isResharingByExternalUsersEnabled": False,
        "isSharePointMobileNotificationEnabled": True,
        "isSharePointNewsfeedEnabled": False,
        "isSiteCreationEnabled": True,
        "isSiteCreationUIEnabled": True,
        "isSitePagesCreationEnabled": True,
        "isSitesStorageLimitAutomatic": True,
        "isSyncButtonHiddenOnPersonalSite": False,
        "isUnmanagedSyncAppForTenantRestricted": False,
        "personalSiteDefaultStorageLimitInMB": 1048576,
        "sharingAllowedDomainList": [],
        "sharingBlockedDomainList": [],
        "sharingCapability": "externalUserSharingOnly",
        "sharingDomainRestrictionMode": "none",
        "siteCreationDefaultManagedPath": "/sites/",
        "siteCreationDefaultStorageLimitInMB": 26214400,
        "tenantDefaultTimezone": "(UTC+01:00) Brussels, Copenhagen, Madrid, Paris",
    }
    return Answer(body=entity(ask.context("admin/sharepoint/settings/$entity"), body))


def _owner(ask: Ask, site: Site) -> Json:
    """The person or the group that owns a site, in the identity set that has a place for groups."""
    person_id = personal_sites.owner_of(ask.estate, site)
    if person_id is not None:
        return identity_set(ask, Author(person_id))
    group = groups.find_group(ask.estate, site.group_id) if site.group_id else None
    if group is None:
        return {"user": {"displayName": "System Account"}}
    return {
        "@odata.type": "#microsoft.graph.sharePointIdentitySet",
        "group": {
            "@odata.type": "#microsoft.graph.emailIdentity",
            "id": group.id,
            "displayName": f"{group.display_name} Owners",
            "email": group.mail,
        },
    }


def _is_open(ask: Ask, site: Site) -> bool:
    if not sites.is_ready(ask.estate, site):
        return False
    return not ask.is_delegated or site_access(ask.estate, site, ask.caller.object_id) > SiteAccess.NONE


OPERATIONS = operations(
    Backend.FILES,
    ("GET", "sites", search_sites, SITES_READ),
    ("GET", "sites/getAllSites", list_all_sites, ALL_SITES_READ),
    *below(
        SITES[:-1],
        ("GET", "", read_site, SITES_READ),
        ("GET", "/sites", list_subsites, SITES_READ),
    ),
    ("GET", "groups/{group}/sites/{site}", read_site, GROUP_SITE_READ),
    ("GET", "groups/{group}/drives", list_drives, DRIVE_READ),
    *below(
        SITES,
        ("GET", "/drives", list_drives, DRIVE_READ),
        ("GET", "/lists", list_lists, SITES_READ),
        ("GET", "/lists/{list}", read_list, SITES_READ),
    ),
    *below(DRIVES, ("GET", "", read_drive, DRIVE_READ), ("GET", "/list", read_drive_list, DRIVE_READ)),
    ("GET", "admin/sharepoint/settings", read_settings, SHAREPOINT_SETTINGS_READ),
)
