"""Files and folders: reading, listing, making folders, renaming, moving, deleting.

Source: Graph v1.0, resources/driveitem.md; graph.md 6.2, 6.3
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

from liaison.tenant.estate import file_states, files, filing, personal_sites, sites
from liaison.tenant.estate.access import SiteAccess
from liaison.tenant.estate.applications import find_application
from liaison.tenant.estate.files import CHILD_ORDERS, Author, DriveItem
from liaison.tenant.estate.filing import Conflict, MoveRefused, NameRefused, NameTaken
from liaison.tenant.estate.people import find_user
from liaison.tenant.estate.seals import seal
from liaison.tenant.estate.sites import Drive, Site
from liaison.tenant.graph.errors import Backend, GraphError, bad_request, no_item
from liaison.tenant.graph.permissions import DRIVE_READ, DRIVE_WRITE
from liaison.tenant.graph.places import ITEMS, asked_item, may_load_content
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import NO_CONTENT, Answer, Json
from liaison.tenant.graph.schema import DRIVE_ITEM
from liaison.tenant.graph.shapes import (
    collection,
    entity,
    next_link,
    page_start,
    selected,
    split_expand,
    wanted_filter,
)
from liaison.tenant.graph.table import below, operations
from liaison.tenant.graph.wild import Wild

CONFLICT = "@microsoft.graph.conflictBehavior"
DOWNLOAD_LIFE_S = 3600.0
_CHILDREN_PAGE, _LARGEST_PAGE = 200, 999
_FILTERED = {"name", "folder", "file", "package"}
_VIEWED = (".docx", ".xlsx", ".pptx", ".doc", ".xls", ".ppt")
_NAME_TAKEN = "The specified item name already exists."


def second(stamp: str) -> str:
    """A moment as files write it: to the second, with Z."""
    return f"{stamp[:19]}Z"


def item_body(ask: Ask, item: DriveItem) -> Json:
    """An item with every property it has by default, and those that the request selects."""
    drive, site = _place_of(ask, item)
    body: Json = {
        "createdDateTime": second(item.created),
        "eTag": item.e_tag,
        "id": item.id,
        "lastModifiedDateTime": second(item.modified),
        "name": item.name,
        "webUrl": item_address(ask, item),
        "size": item.size,
        "createdBy": identity_set(ask, item.created_by),
        "lastModifiedBy": identity_set(ask, item.modified_by),
        "parentReference": _parent_reference(ask, item, site.collection_id),
        "fileSystemInfo": {
            "createdDateTime": second(item.file_created or item.created),
            "lastModifiedDateTime": second(item.file_modified or item.modified),
        },
    }
    if item.description is not None:
        body["description"] = item.description
    if not item.is_root:
        body["shared"] = {"scope": "users"}
    wanted = ask.words("select")
    if "webDavUrl" in wanted:
        body["webDavUrl"] = files.path_address(ask.estate, item)
    if "sharepointIds" in wanted:
        body["sharepointIds"] = {
            "listId": drive.list_id,
            "listItemUniqueId": item.guid,
            "siteId": site.collection_id,
            "siteUrl": sites.site_address(ask.estate, site),
            "webId": site.web_id,
        }
    return body | _kind_facets(ask, item)


def _kind_facets(ask: Ask, item: DriveItem) -> Json:
    """`file` or `folder`, exactly one; folders have no `cTag` in SharePoint."""
    if item.is_folder:
        facets: Json = {"folder": {"childCount": item.child_count}}
        return facets | ({"root": {}} if item.is_root else {})
    facets = {
        "cTag": item.c_tag,
        "file": {"mimeType": item.mime_type, "hashes": {"quickXorHash": item.quick_hash}},
    }
    if not may_load_content(ask):
        return facets
    address = download_address(ask, item)
    older_name = {"@content.downloadUrl": address} if "@content.downloadUrl" in ask.words("select") else {}
    return {"@microsoft.graph.downloadUrl": address, **older_name} | facets


def item_address(ask: Ask, item: DriveItem) -> str:
    """`webUrl`: the path for folders and plain files, SharePoint's viewer for Office files. Source: graph.md 6.2"""
    drive, site = _place_of(ask, item)
    if item.is_folder or not item.name.lower().endswith(_VIEWED):
        path = sites.library_path(site, drive) + _path_of(ask, item)
        return sites.absolute_address(ask.estate, path)
    query = urlencode(
        {"sourcedoc": f"{{{item.guid.upper()}}}", "file": item.name, "action": "default", "mobileredirect": "true"},
        quote_via=quote,
    )
    return f"{sites.site_address(ask.estate, site)}/_layouts/15/Doc.aspx?{query}"


def download_address(ask: Ask, item: DriveItem) -> str:
    """A pre-authenticated address for an hour, on the origin that was asked."""
    token = seal(ask.estate, "download", [item.blob, item.name], lives_s=DOWNLOAD_LIFE_S)
    return f"{ask.origin}/_layouts/15/download.aspx?UniqueId={item.guid}&Translate=false&tempauth={token}"


def identity_set(ask: Ask, author: Author) -> Json:
    """Who wrote: a user, an application, or both."""
    return ask.remember(author, lambda: _identities(ask, author))


def _identities(ask: Ask, author: Author) -> Json:
    found: Json = {}
    user = find_user(ask.estate, author.user_id) if author.user_id else None
    if user is not None:
        found["user"] = {
            "@odata.type": "#microsoft.graph.emailIdentity",
            "id": user.id,
            "displayName": user.display_name,
            "email": user.mail or user.upn,
        }
    application = find_application(ask.estate, author.app_id) if author.app_id else None
    if application is not None:
        found["application"] = {"id": application.app_id, "displayName": application.display_name}
    return found or {"user": {"displayName": "System Account"}}


def read_item(ask: Ask) -> Answer:
    """`GET …/items/{item}`; 304 when `If-None-Match` holds the present tag. Source: api/driveitem-get.md"""
    item = asked_item(ask)
    tags = ask.header("If-None-Match")
    if tags is not None and tags in (item.e_tag, item.c_tag):
        return Answer(304)
    return one_item(ask, item)


def one_item(ask: Ask, item: DriveItem, status: int = 200) -> Answer:
    """One item as the request selects and expands it."""
    body = item_body(ask, item)
    for part in split_expand(ask):
        _expand(ask, item, body, part.split("(")[0])
    context = ask.context(f"drives('{drive_key(item.drive_id)}')/items/$entity")
    return Answer(status, entity(context, selected(ask, body, DRIVE_ITEM, "driveItem")))


def drive_type(site: Site) -> str:
    """`business` for the library of a person, else `documentLibrary`."""
    return "business" if personal_sites.is_personal(site) else "documentLibrary"


def drive_key(drive_id: str) -> str:
    """A drive's id as it stands in contexts."""
    return quote(drive_id, safe="")


def list_children(ask: Ask) -> Answer:
    """`GET …/items/{item}/children`; clients filter them by name, and folders from files.

    A filter that is not for one name works page by page, so that a page may be empty and still have a next link.

    Source: Graph v1.0, api/driveitem-list-children.md
    """
    folder = asked_item(ask)
    wanted = wanted_filter(ask)
    if wanted is not None and not wanted.names <= _FILTERED:
        raise bad_request(Backend.FILES, "The $filter option is not supported for these properties of children.")
    order, descending = _read_order(ask)
    size, start = ask.number("top", _CHILDREN_PAGE, _LARGEST_PAGE), page_start(ask)
    name = next((text for key, text in wanted.equals if key == "name"), None) if wanted else None
    if name is not None:
        child = files.find_child(ask.estate, folder, name)
        found = [] if child is None or start else [child]
    else:
        found = files.list_children(
            ask.estate, folder, order=order, descending=descending, offset=start, limit=size + 1
        )
    bodies = [_with_expansions(ask, item) for item in found[:size]]
    kept = [body for body in bodies if wanted is None or wanted.matches(body)]
    values = [selected(ask, body, DRIVE_ITEM, "driveItem") for body in kept]
    following = next_link(ask, start + size) if len(found) > size else None
    context = ask.context(f"drives('{drive_key(folder.drive_id)}')/items('{folder.id}')/children")
    return Answer(body=collection(context, values, next_page=following))


def create_folder(ask: Ask) -> Answer:
    """`POST …/items/{item}/children` with a `folder`: 201. Source: Graph v1.0, api/driveitem-post-children.md"""
    parent = asked_item(ask, SiteAccess.WRITE)
    if not parent.is_folder:
        raise bad_request(Backend.FILES, "The item is not a folder.")
    body = ask.json()
    if not isinstance(body.value.get("folder"), dict):
        raise bad_request(Backend.FILES, "A folder facet is required; files are uploaded with PUT content.")
    with naming_errors():
        made = filing.create_folder(
            ask.estate, parent, body.text("name"), ask.author, read_conflict(body.value.get(CONFLICT), Conflict.FAIL)
        )
    return one_item(ask, made, 201)


def change_item(ask: Ask) -> Answer:
    """`PATCH …/items/{item}`: rename, move, describe. Source: api/driveitem-update.md, api/driveitem-move.md"""
    item = asked_item(ask, SiteAccess.WRITE)
    require_match(ask, item)
    require_unlocked(ask, item)
    body = ask.json()
    with ask.estate.db.change(), naming_errors():
        if body.has("description") or body.has("fileSystemInfo"):
            item = _describe(ask, item, body)
        if body.has("name") or body.has("parentReference"):
            parent = _asked_parent(ask, item, body.child("parentReference"))
            conflict = read_conflict(body.value.get(CONFLICT) or ask.options.get(CONFLICT), Conflict.FAIL)
            item = filing.move_item(
                ask.estate, item, body.text("name") if body.has("name") else item.name, parent, ask.author, conflict
            )
    return one_item(ask, item)


def delete_item(ask: Ask) -> Answer:
    """`DELETE …/items/{item}`: to the site's recycle bin. Source: Graph v1.0, api/driveitem-delete.md"""
    item = asked_item(ask, SiteAccess.WRITE)
    require_match(ask, item)
    require_unlocked(ask, item)
    with naming_errors():
        filing.delete_item(ask.estate, item)
    return NO_CONTENT


def require_match(ask: Ask, item: DriveItem) -> None:
    """Raise 412 when `If-Match` names another state of the item; both tags do, with their quotes."""
    tags = ask.header("If-Match")
    if tags is not None and tags.strip() != "*" and tags.strip() not in (item.e_tag, item.c_tag):
        raise GraphError(
            412, "resourceModified", "The resource has changed since the caller last read it; usually an eTag mismatch."
        )


def require_unlocked(ask: Ask, item: DriveItem) -> None:
    """Raise 423 for a file that somebody else has checked out."""
    holder = file_states.checkout_holder(ask.estate, item.id)
    if holder is not None and holder != ask.caller.object_id:
        raise GraphError(423, "resourceLocked", "The file is checked out by another user.")


def read_conflict(value: Any, default: Conflict) -> Conflict:
    """The conflict behaviour that a client names; raises 400 for another word."""
    if value is None:
        return default
    for conflict in Conflict:
        if conflict.value == str(value).lower():
            return conflict
    raise bad_request(Backend.FILES, f"Invalid conflictBehavior '{value}'.")


@contextmanager
def naming_errors() -> Iterator[None]:
    """Turns what the library refuses into the backend's answers."""
    try:
        yield
    except NameTaken as error:
        raise GraphError(409, "nameAlreadyExists", _NAME_TAKEN) from error
    except NameRefused as error:
        raise bad_request(Backend.FILES, str(error)) from error
    except MoveRefused as error:
        raise bad_request(Backend.FILES, "The item cannot be moved, renamed or deleted so.") from error


def _describe(ask: Ask, item: DriveItem, body: Wild) -> DriveItem:
    times = body.child("fileSystemInfo")
    return filing.describe_item(
        ask.estate,
        item,
        ask.author,
        description=body.optional_text("description") if body.has("description") else item.description,
        file_created=times.optional_text("createdDateTime") or item.file_created,
        file_modified=times.optional_text("lastModifiedDateTime") or item.file_modified,
    )


def _asked_parent(ask: Ask, item: DriveItem, reference: Wild) -> DriveItem:
    """The folder to move to, by id; another library is refused, and so is the word `root`. Source: graph.md 6.3"""
    drive_id = reference.optional_text("driveId") or item.drive_id
    if drive_id != item.drive_id:
        raise bad_request(Backend.FILES, "Items cannot be moved between drives.")
    parent_id = reference.optional_text("id") or item.parent_id
    if parent_id is None:
        raise MoveRefused(item.name)
    parent = files.find_item(ask.estate, drive_id, parent_id)
    if parent is None:
        raise no_item()
    return parent


def _parent_reference(ask: Ask, item: DriveItem, collection_id: str) -> Json:
    kind = drive_type(_place_of(ask, item)[1])
    reference: Json = {"driveType": kind, "driveId": item.drive_id}
    if item.parent_id is None:
        return reference | {"siteId": collection_id}
    name, path = _parent_of(ask, item, item.parent_id)
    located = f"/drives/{item.drive_id}/root:{path}"
    return reference | {"id": item.parent_id, "name": name, "path": located, "siteId": collection_id}


def _place_of(ask: Ask, item: DriveItem) -> tuple[Drive, Site]:
    return ask.remember(("place", item.drive_id), lambda: files.place_of(ask.estate, item))


def _path_of(ask: Ask, item: DriveItem) -> str:
    """The decoded path from the library's root; empty for the root."""
    return "" if item.parent_id is None else f"{_parent_of(ask, item, item.parent_id)[1]}/{item.name}"


def _parent_of(ask: Ask, item: DriveItem, parent_id: str) -> tuple[str, str]:
    """Name and path of the folder that an item is in; in a delta it may be deleted already."""

    def find() -> tuple[str, str]:
        path = files.path_below_root(ask.estate, parent_id)
        return path.rpartition("/")[2] or "root", path

    return ask.remember(("parent", parent_id), find)


def _with_expansions(ask: Ask, item: DriveItem) -> Json:
    body = item_body(ask, item)
    for part in split_expand(ask):
        _expand(ask, item, body, part.split("(")[0])
    return body


def _expand(ask: Ask, item: DriveItem, body: Json, name: str) -> None:
    """Put an expansion in the body; `permissions` cannot be expanded. Source: graph.md 6.9"""
    # Imported here because both are made of items themselves.
    from liaison.tenant.graph import list_items, thumbnails  # noqa: PLC0415

    if name == "children":
        found = files.list_children(ask.estate, item, limit=_CHILDREN_PAGE) if item.is_folder else []
        body["children"] = [item_body(ask, child) for child in found]
    elif name == "thumbnails":
        body["thumbnails"] = thumbnails.thumbnail_sets(ask, item)
    elif name == "listItem":
        inner = replace(ask, options={"expand": "fields"} if "fields" in ask.options["expand"] else {})
        body["listItem"] = None if item.is_root else list_items.list_item_body(inner, item)
    else:
        raise bad_request(Backend.FILES, f"The property '{name}' cannot be expanded.")


def _read_order(ask: Ask) -> tuple[str, bool]:
    name, _, direction = ask.options.get("orderby", "name").strip().partition(" ")
    if name.lower() not in CHILD_ORDERS:
        raise bad_request(Backend.FILES, f"Ordering by '{name}' is not supported.")
    return name, direction.strip().lower() == "desc"


OPERATIONS = operations(
    Backend.FILES,
    *below(
        ITEMS,
        ("GET", "", read_item, DRIVE_READ),
        ("PATCH", "", change_item, DRIVE_WRITE),
        ("DELETE", "", delete_item, DRIVE_WRITE),
        ("GET", "/children", list_children, DRIVE_READ),
        ("POST", "/children", create_folder, DRIVE_WRITE),
    ),
)
