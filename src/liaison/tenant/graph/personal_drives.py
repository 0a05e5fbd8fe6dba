"""What is on a person's mind about files: the own libraries, what was changed last, what others shared.

Source: Graph v1.0, api/drive-list.md, api/drive-recent.md, api/drive-sharedwithme.md
"""

from __future__ import annotations

from liaison.tenant.estate import files, personal_sites
from liaison.tenant.estate.access import SiteAccess, site_access
from liaison.tenant.estate.files import DriveItem
from liaison.tenant.graph.drive_items import item_body
from liaison.tenant.graph.errors import Backend, forbidden
from liaison.tenant.graph.permissions import DRIVE_READ, SITES_READ
from liaison.tenant.graph.places import PERSONAL_DRIVES, find_personal_drive, require_access
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import Answer, Json
from liaison.tenant.graph.schema import DRIVE, DRIVE_ITEM
from liaison.tenant.graph.shapes import collection, page, selected
from liaison.tenant.graph.sites import drive_body
from liaison.tenant.graph.table import below, operations

_MOST = 100


def list_drives(ask: Ask) -> Answer:
    """`GET /me/drives`, `/users/{user}/drives`: the one library that a person has."""
    drive, site = find_personal_drive(ask)
    require_access(ask, site, SiteAccess.READ)
    return Answer(body=collection(ask.context("drives"), [selected(ask, drive_body(ask, drive), DRIVE, "drive")]))


def list_recent(ask: Ask) -> Answer:
    """`GET …/drive/recent()`: files that the person changed, those of other libraries as remote items."""
    owner = _asked_owner(ask)
    found = personal_sites.list_recent_items(ask.estate, owner, _MOST)
    return _items(ask, [item for item in found if _may_open(ask, item)])


def list_shared_with_me(ask: Ask) -> Answer:
    """`GET …/drive/sharedWithMe()`: items that others gave the person, each as a remote item."""
    return _items(ask, personal_sites.list_items_given(ask.estate, _asked_owner(ask), _MOST))


def list_followed_sites(ask: Ask) -> Answer:
    """`GET /me/followedSites`: nobody here follows a site."""
    return Answer(body=collection(ask.context("sites"), []))


def _asked_owner(ask: Ask) -> str:
    """The person of the address, who alone may ask."""
    _, site = find_personal_drive(ask)
    owner = personal_sites.owner_of(ask.estate, site) or ""
    if ask.is_delegated and owner != ask.caller.object_id:
        raise forbidden(Backend.FILES)
    return owner


def _may_open(ask: Ask, item: DriveItem) -> bool:
    _, site = files.place_of(ask.estate, item)
    return not ask.is_delegated or site_access(ask.estate, site, ask.caller.object_id) > SiteAccess.NONE


def _items(ask: Ask, found: list[DriveItem]) -> Answer:
    part, following = page(ask, found, _MOST, 999)
    values = [selected(ask, _remote(item_body(ask, item)), DRIVE_ITEM, "driveItem") for item in part]
    return Answer(body=collection(ask.context("Collection(driveItem)"), values, next_page=following))


def _remote(body: Json) -> Json:
    """An item with what it is where it lives."""
    names = (
        "id",
        "name",
        "size",
        "webUrl",
        "file",
        "folder",
        "parentReference",
        "fileSystemInfo",
        "lastModifiedDateTime",
    )
    return body | {"remoteItem": {name: body[name] for name in names if name in body}}


OPERATIONS = operations(
    Backend.FILES,
    *below(
        PERSONAL_DRIVES,
        ("GET", "/recent()", list_recent, DRIVE_READ),
        ("GET", "/sharedWithMe()", list_shared_with_me, DRIVE_READ),
    ),
    ("GET", "me/drives", list_drives, DRIVE_READ),
    ("GET", "users/{user}/drives", list_drives, DRIVE_READ),
    ("GET", "me/followedSites", list_followed_sites, SITES_READ),
)
