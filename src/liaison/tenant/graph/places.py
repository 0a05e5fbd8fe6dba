"""Where a file request points: site, library, item; and whether the caller may go there.

Source: Graph v1.0, concepts/onedrive-addressing-driveitems.md; graph.md 6.1
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from urllib.parse import urlsplit

from liaison.tenant.estate import files, filing, groups, personal_sites, sharing, site_grants, sites
from liaison.tenant.estate.access import SiteAccess, may_write_in_channels, shuts_devices_out, site_access
from liaison.tenant.estate.applications import find_application
from liaison.tenant.estate.files import DriveItem
from liaison.tenant.estate.sites import Drive, Site
from liaison.tenant.estate.switches import get_switch
from liaison.tenant.graph.access import asked_user
from liaison.tenant.graph.errors import Backend, GraphError, forbidden, no_item, no_resource
from liaison.tenant.graph.permissions import SITES_SELECTED
from liaison.tenant.graph.requests import Ask

SITES = (
    "sites/{site}",
    "sites/{site}/{sitepath:path}",
    "sites/getByPath()",
    "groups/{group}/sites/{site}",
)
PERSONAL_DRIVES = ("me/drive", "users/{user}/drive")
DRIVES = (
    "drives/{drive}",
    *PERSONAL_DRIVES,
    "groups/{group}/drive",
    *(f"{site}/drive" for site in SITES),
    *(f"{site}/lists/{{list}}/drive" for site in SITES),
)
ITEMS = (
    tuple(
        f"{drive}/{item}"
        for drive in DRIVES
        for item in ("root", "root/{itempath:path}", "items/{item}", "items/{item}/{itempath:path}")
    )
    + tuple(
        f"{drive}/special/{{special}}{path}"
        for drive in ("drives/{drive}", *PERSONAL_DRIVES)
        for path in ("", "/{itempath:path}")
    )
    + ("shares/{share}/driveItem", "shares/{share}/root")
)

SPECIAL_FOLDERS = {
    "approot": "Apps",
    "cameraroll": "Pictures/Camera Roll",
    "desktop": "Desktop",
    "documents": "Documents",
    "music": "Music",
    "photos": "Pictures",
}

# What makes `Sites.Selected` unnecessary.
_WIDER = frozenset(
    f"{name}.All" for name in ("Files.Read", "Files.ReadWrite", "Sites.Read", "Sites.ReadWrite", "Sites.Manage")
) | {"Sites.FullControl.All", "Files.Read", "Files.ReadWrite", "Group.Read.All", "Group.ReadWrite.All"}

UNTRUSTED = "Due to organizational policies, you can't access this resource from this untrusted device."


@dataclass(frozen=True)
class Target:
    """Where content shall go: an existing file, or a folder and the path below it."""

    folder: DriveItem
    path: str
    existing: DriveItem | None


def asked_site(ask: Ask) -> Site:
    """The site of the address for somebody who may read it; raises 400, 403 and 404."""
    site = find_site(ask)
    require_access(ask, site, SiteAccess.READ)
    return site


def asked_drive(ask: Ask, wanted: SiteAccess = SiteAccess.READ) -> Drive:
    """The library of the address for somebody with enough access."""
    drive, site = _find_drive(ask)
    require_access(ask, site, wanted)
    return drive


def asked_item(ask: Ask, wanted: SiteAccess = SiteAccess.READ) -> DriveItem:
    """The item of the address for somebody with enough access; raises 404 when nothing is there."""
    item = find_asked_item(ask, wanted)
    if item is None:
        raise no_item()
    return item


def find_asked_item(ask: Ask, wanted: SiteAccess = SiteAccess.READ) -> DriveItem | None:
    """The item of the address, or None; the right to look is checked first."""
    drive, site = _find_drive(ask)
    start = _start_item(ask, drive)
    found = (
        start
        if start is None or "itempath" not in ask.params
        else files.find_by_path(ask.estate, start, ask.params["itempath"])
    )
    require_access(ask, site, wanted, found)
    return found


def asked_target(ask: Ask) -> Target:
    """Where a request to write content points; folders along a path need not exist yet."""
    drive, site = _find_drive(ask)
    start = _start_item(ask, drive)
    if start is None:
        raise no_item()
    require_access(ask, site, SiteAccess.WRITE, start)
    if "itempath" not in ask.params:
        parent = start if start.is_folder else files.get_item(ask.estate, drive.id, start.parent_id or drive.root_id)
        return Target(parent, start.name, None if start.is_folder else start)
    existing = files.find_by_path(ask.estate, start, ask.params["itempath"])
    return Target(start, ask.params["itempath"], existing)


def require_access(ask: Ask, site: Site, wanted: SiteAccess, item: DriveItem | None = None) -> None:
    """Applications reach every site; a person needs to be among its people, or to be given the item.

    A policy for unmanaged devices closes sites to people on such devices. Source: identity.md section 11
    """
    _require_selected(ask, site, wanted)
    _require_unlocked(ask, site, wanted)
    if not ask.is_delegated:
        return
    if is_unmanaged(ask) and shuts_devices_out(ask.estate, site):
        raise forbidden(Backend.FILES, UNTRUSTED)
    if site_access(ask.estate, site, ask.caller.object_id) < wanted and _given_access(ask, item) < wanted:
        raise forbidden(Backend.FILES)
    if wanted is SiteAccess.WRITE and not may_write_in_channels(ask.estate, site, item, ask.caller.object_id):
        raise forbidden(Backend.FILES)


def _require_selected(ask: Ask, site: Site, wanted: SiteAccess) -> None:
    """A token that holds nothing wider than `Sites.Selected` reaches what was opened to its application.

    Source: Graph v1.0, concepts/permissions-selected-overview.md
    """
    held = ask.caller.scopes if ask.is_delegated else ask.caller.roles
    if SITES_SELECTED not in held or held & _WIDER:
        return
    roles = site_grants.roles_in_site(ask.estate, site.id, ask.caller.app_id)
    enough = roles if wanted is not SiteAccess.WRITE else roles - {"read"}
    if not enough:
        raise forbidden(Backend.FILES)


def _require_unlocked(ask: Ask, site: Site, wanted: SiteAccess) -> None:
    """Sites that a switch locks answer 423: `graph.locked_sites` for everything, `graph.read_only_sites` for writes."""
    locked = site.path in get_switch(ask.estate, "graph.locked_sites", list[str]())
    read_only = site.path in get_switch(ask.estate, "graph.read_only_sites", list[str]())
    if locked or (read_only and wanted is SiteAccess.WRITE):
        raise GraphError(423, "resourceLocked", "The site is locked." if locked else "The site is read-only.")


def require_content_access(ask: Ask) -> None:
    """Limited, web-only access lets people on unmanaged devices see names, but not load or store content."""
    if is_unmanaged(ask) and get_switch(ask.estate, "graph.unmanaged_devices", "none") != "none":
        raise forbidden(Backend.FILES, UNTRUSTED)


def is_unmanaged(ask: Ask) -> bool:
    return ask.is_delegated and not ask.caller.managed_device


def may_load_content(ask: Ask) -> bool:
    """Whether answers may carry download addresses."""
    return not is_unmanaged(ask) or get_switch(ask.estate, "graph.unmanaged_devices", "none") == "none"


def _given_access(ask: Ask, item: DriveItem | None) -> SiteAccess:
    if item is None:
        return SiteAccess.NONE
    roles = sharing.is_shared_with(ask.estate, files.ancestor_ids(ask.estate, item), ask.caller.object_id)
    return SiteAccess.WRITE if "write" in roles else SiteAccess.READ if roles else SiteAccess.NONE


def find_site(ask: Ask) -> Site:
    """The site of the address, whoever asks; raises 400 and 404."""
    params = ask.params
    if "group" in params:
        return _group_site(ask)
    if "sitepath" in params:
        if not sites.is_own_host(ask.estate, params["site"]):
            raise GraphError(400, "invalidRequest", "Invalid hostname for this tenancy")
        return _ready(ask, sites.find_site_by_path(ask.estate, f"/{params['sitepath']}".rstrip("/")))
    name = params.get("site", "root")
    if "path" in params and "site" not in params:
        return _ready(ask, sites.find_site_by_path(ask.estate, "/" + params["path"].strip("/")))
    if name == "root" or sites.is_own_host(ask.estate, name):
        return _ready(ask, sites.find_site_by_path(ask.estate, ""))
    if name.count(",") != 2 and len(name) != 36:
        raise GraphError(400, "invalidRequest", "Provided identifier is malformed - site collection id is not valid")
    return _ready(ask, sites.find_site(ask.estate, name))


def _ready(ask: Ask, site: Site | None) -> Site:
    if site is None or not sites.is_ready(ask.estate, site):
        raise no_item("Requested site could not be found")
    return site


def _group_site(ask: Ask) -> Site:
    group = groups.find_group(ask.estate, ask.params["group"])
    if group is None:
        raise no_resource(ask.params["group"])
    site = sites.find_group_site(ask.estate, group.id)
    if site is None or not sites.is_ready(ask.estate, site):
        raise GraphError(404, "ResourceNotFound", "Resource is not found. The site of the group is not provisioned.")
    return site


def _find_drive(ask: Ask) -> tuple[Drive, Site]:
    if "share" in ask.params:
        return files.place_of(ask.estate, find_shared(ask))
    if "drive" in ask.params:
        drive = sites.find_drive(ask.estate, ask.params["drive"])
        if drive is None:
            raise no_item()
        return drive, sites.site_of_drive(ask.estate, drive)
    if ask.params.keys().isdisjoint(("site", "sitepath", "path", "group")):
        return find_personal_drive(ask)
    site = find_site(ask)
    if "list" in ask.params:
        return find_list(ask, site, ask.params["list"]), site
    return sites.default_drive(ask.estate, site.id), site


def find_list(ask: Ask, site: Site, key: str) -> Drive:
    """The library whose list has this id or title; raises 404."""
    for drive in sites.list_drives(ask.estate, site.id):
        if key.lower() in (drive.list_id, drive.name.lower()):
            return drive
    raise no_item("The specified list was not found")


def find_personal_drive(ask: Ask) -> tuple[Drive, Site]:
    """The library of the person of `/me` or `/users/{user}`; raises 404 for people who have none."""
    drive = personal_sites.personal_drive(ask.estate, asked_user(ask))
    if drive is None:
        raise GraphError(404, "ResourceNotFound", "User's mysite not found.")
    return drive, sites.site_of_drive(ask.estate, drive)


def _special_folder(ask: Ask, drive: Drive, name: str) -> DriveItem:
    """A folder with a name of its own, such as the app's; it is made when first asked for.

    Source: Graph v1.0, api/drive-get-specialfolder.md
    """
    root = files.root_item(ask.estate, drive)
    if name.lower() == "documents" and drive.url_name == "Documents":
        return root
    if name.lower() not in SPECIAL_FOLDERS:
        raise GraphError(400, "invalidRequest", f"The special folder identifier '{name}' isn't valid")
    path = SPECIAL_FOLDERS[name.lower()]
    if name.lower() == "approot":
        application = find_application(ask.estate, ask.caller.app_id)
        path = f"Apps/{application.display_name if application else ask.caller.app_id}"
    return filing.ensure_folder(ask.estate, root, path, ask.author)


def find_shared(ask: Ask) -> DriveItem:
    """The item behind `u!` and an address in base64, or behind the id of a sharing link. Source: api/shares-get.md"""
    text = ask.params["share"]
    if text.startswith("s!"):
        found = sharing.find_shared_item(ask.estate, text[2:])
        item = None if found is None else files.find_item_anywhere(ask.estate, found)
    elif text.startswith("u!"):
        item = files.find_item_by_url(ask.estate, _decoded_address(text[2:]))
    else:
        raise GraphError(400, "invalidRequest", "Invalid shares key")
    if item is None:
        raise no_item("The sharing link no longer exists, or you do not have permission to access it.")
    return item


def _decoded_address(encoded: str) -> str:
    try:
        address = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode()
        urlsplit(address)
    except ValueError as error:
        raise GraphError(400, "invalidRequest", "Invalid shares key") from error
    return address


def _start_item(ask: Ask, drive: Drive) -> DriveItem | None:
    if "share" in ask.params:
        return find_shared(ask)
    if "special" in ask.params:
        return _special_folder(ask, drive, ask.params["special"])
    item_id = ask.params.get("item", "root")
    if item_id.lower() == "root":
        return files.root_item(ask.estate, drive)
    return files.find_item(ask.estate, drive.id, item_id)
