"""The items of a library as its list shows them, with the values of its columns.

Source: Graph v1.0, api/listitem-list.md, api/listitem-get.md, api/listitem-update.md
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from liaison.tenant.estate import file_states, files, filing, sites
from liaison.tenant.estate.access import SiteAccess
from liaison.tenant.estate.files import DriveItem
from liaison.tenant.estate.seals import SealBroken, seal, unseal
from liaison.tenant.estate.sites import Drive, Site
from liaison.tenant.graph.drive_items import (
    identity_set,
    item_address,
    naming_errors,
    one_item,
    require_match,
    require_unlocked,
    second,
)
from liaison.tenant.graph.errors import Backend, bad_request, no_item
from liaison.tenant.graph.list_columns import WRITABLE_FIELDS, content_type_of
from liaison.tenant.graph.permissions import SITES_READ, SITES_WRITE
from liaison.tenant.graph.places import (
    DRIVES,
    ITEMS,
    SITES,
    asked_drive,
    asked_item,
    asked_site,
    find_list,
    require_access,
)
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import NO_CONTENT, Answer, Json
from liaison.tenant.graph.schema import LIST_ITEM
from liaison.tenant.graph.shapes import collection, entity, expands, selected, split_expand, wanted_filter
from liaison.tenant.graph.table import below, operations

_PAGE, _LARGEST_PAGE = 200, 5000
# A filter looks at so many items for one answer; the rest is behind the next link.
_LOOKED_AT = 2000
_FIELDS_OF = re.compile(r"fields\s*\(\s*\$?select\s*=\s*([^)]*)\)", re.IGNORECASE)


def list_item_body(ask: Ask, item: DriveItem) -> Json:
    """An item with its number as id, and its fields when they are expanded."""
    drive, site = files.place_of(ask.estate, item)
    body: Json = {
        "@odata.etag": item.e_tag,
        "createdDateTime": second(item.created),
        "eTag": item.e_tag.strip('"').strip("{}").replace("}", ""),
        "id": str(file_states.item_number(ask.estate, item)),
        "lastModifiedDateTime": second(item.modified),
        "webUrl": item_address(ask, item),
        "createdBy": identity_set(ask, item.created_by),
        "lastModifiedBy": identity_set(ask, item.modified_by),
        "parentReference": {"id": drive.list_id, "siteId": site.id},
        "contentType": content_type_of(drive, folder=item.is_folder),
    }
    if expands(ask, "fields"):
        body["fields"] = _asked_fields(ask, fields_of(ask, item))
    return body


def fields_of(ask: Ask, item: DriveItem) -> Json:
    """The values of every column of an item."""
    number = str(file_states.item_number(ask.estate, item))
    return {
        "@odata.etag": item.e_tag,
        "id": number,
        "FileLeafRef": item.name,
        "LinkFilename": item.name,
        "LinkFilenameNoMenu": item.name,
        "DocIcon": None if item.is_folder else item.name.rpartition(".")[2].lower(),
        "FileSizeDisplay": None if item.is_folder else str(item.size),
        "ContentType": "Folder" if item.is_folder else "Document",
        "Created": second(item.created),
        "Modified": second(item.modified),
        "ItemChildCount": str(item.child_count),
        "FolderChildCount": "0",
        "_UIVersionString": f"{item.content_version}.0",
        "Edit": "",
        **file_states.item_fields(ask.estate, item.id),
    }


def read_list_item(ask: Ask) -> Answer:
    """`GET /drives/{drive}/items/{item}/listItem`; the library's root is in no list."""
    item = asked_item(ask)
    if item.is_root:
        raise no_item()
    return _one(ask, item)


def read_fields(ask: Ask) -> Answer:
    """`GET …/listItem/fields`, `…/lists/{list}/items/{number}/fields`."""
    item = _asked(ask)
    body = _selected_fields(fields_of(ask, item), ask.words("select"))
    return Answer(body=entity(f"{ask.root}/$metadata#fields", body))


def change_fields(ask: Ask) -> Answer:
    """`PATCH …/fields`: 200 with the fields; columns that nobody knows are refused."""
    item = _asked(ask, SiteAccess.WRITE)
    require_match(ask, item)
    require_unlocked(ask, item)
    changed = {name: value for name, value in ask.json().value.items() if not name.startswith("@odata.")}
    drive, _ = files.place_of(ask.estate, item)
    known = {one.name for one in file_states.list_columns(ask.estate, drive.id)} | WRITABLE_FIELDS
    for name, value in changed.items():
        if name.partition("@")[0] not in known and name != "FileLeafRef":
            raise bad_request(Backend.FILES, f"Field '{name}' is not recognized")
        if isinstance(value, dict):
            raise bad_request(Backend.FILES, f"The value of field '{name}' is not valid")
    with ask.estate.db.change(), naming_errors():
        name = changed.pop("FileLeafRef", item.name)
        if not isinstance(name, str):
            raise bad_request(Backend.FILES, "The value of field 'FileLeafRef' is not valid")
        parent = files.get_item(ask.estate, item.drive_id, item.parent_id or item.id)
        item = filing.move_item(ask.estate, item, name, parent, ask.author)
        file_states.set_item_fields(ask.estate, item.id, changed)
    return Answer(body=entity(f"{ask.root}/$metadata#fields", fields_of(ask, item)))


def list_list_items(ask: Ask) -> Answer:
    """`GET /sites/{site}/lists/{list}/items`: by number, folders and files at any depth."""
    drive, site = _asked_list(ask)
    size = ask.number("top", _PAGE, _LARGEST_PAGE)
    wanted = wanted_filter(ask)
    with_fields = replace(ask, options={**ask.options, "expand": "fields"})
    values: list[Json] = []
    after, looked_at, more = _read_after(ask), 0, True
    while more and len(values) < size and looked_at < _LOOKED_AT:
        found = file_states.list_numbered(ask.estate, drive, after, size - len(values))
        more = bool(found)
        looked_at += len(found)
        for number, item in found:
            after = number
            if wanted is None or wanted.matches(list_item_body(with_fields, item)):
                values.append(_shown(ask, item))
    more = more and bool(file_states.list_numbered(ask.estate, drive, after, 1))
    following = ask.link(skiptoken=seal(ask.estate, "list", after)) if more else None
    context = ask.context(f"sites('{site.id}')/lists('{drive.list_id}')/items")
    return Answer(body=collection(context, values, next_page=following))


def read_numbered(ask: Ask) -> Answer:
    """`GET …/lists/{list}/items/{number}`."""
    return _one(ask, _asked(ask))


def read_driveitem(ask: Ask) -> Answer:
    """`GET …/lists/{list}/items/{number}/driveItem`: the file or folder of a list's item."""
    return one_item(ask, _asked(ask))


def delete_numbered(ask: Ask) -> Answer:
    """`DELETE …/lists/{list}/items/{number}`: 204."""
    item = _asked(ask, SiteAccess.WRITE)
    require_match(ask, item)
    require_unlocked(ask, item)
    filing.delete_item(ask.estate, item)
    return NO_CONTENT


def create_numbered(ask: Ask) -> Answer:
    """`POST …/lists/{list}/items`: a library's items are made by uploading: 400."""
    _asked_list(ask)
    raise bad_request(Backend.FILES, "Items of a document library are created by uploading files.")


def _asked(ask: Ask, wanted: SiteAccess = SiteAccess.READ) -> DriveItem:
    """The item that the address names: as a file, or by its number in a list."""
    if "number" not in ask.params:
        item = asked_item(ask, wanted)
        if item.is_root:
            raise no_item()
        return item
    drive, site = _asked_list(ask)
    text = ask.params["number"]
    found = file_states.find_numbered(ask.estate, drive, int(text)) if text.isdecimal() and len(text) < 18 else None
    if found is None:
        raise no_item()
    require_access(ask, site, wanted, found)
    return found


def _asked_list(ask: Ask) -> tuple[Drive, Site]:
    """The library whose list the address names, as a list of its site or as the list of a drive."""
    if "list" not in ask.params:
        drive = asked_drive(ask)
        return drive, sites.site_of_drive(ask.estate, drive)
    site = asked_site(ask)
    return find_list(ask, site, ask.params["list"]), site


def _one(ask: Ask, item: DriveItem) -> Answer:
    drive, site = files.place_of(ask.estate, item)
    context = ask.context(f"sites('{site.id}')/lists('{drive.list_id}')/items/$entity")
    return Answer(body=entity(context, _shown(ask, item)))


def _shown(ask: Ask, item: DriveItem) -> Json:
    body = list_item_body(ask, item)
    for part in split_expand(ask):
        name = part.split("(")[0].lower()
        if name not in ("fields", "driveitem"):
            raise bad_request(Backend.FILES, f"The property '{part}' cannot be expanded.")
        if name == "driveitem":
            body["driveItem"] = one_item(replace(ask, options={}), item).body
    return selected(ask, body, LIST_ITEM, "listItem")


def _asked_fields(ask: Ask, fields: Json) -> Json:
    found = _FIELDS_OF.search(ask.options.get("expand", ""))
    return fields if found is None else _selected_fields(fields, tuple(found.group(1).replace(" ", "").split(",")))


def _selected_fields(fields: Json, names: tuple[str, ...]) -> Json:
    wanted = {name.lower() for name in names}
    return {name: value for name, value in fields.items() if not wanted or name.lower() in wanted or name[0] == "@"}


def _read_after(ask: Ask) -> int:
    token = ask.options.get("skiptoken")
    if token is None:
        return 0
    try:
        found: Any = unseal(ask.estate, "list", token)
    except SealBroken as broken:
        raise bad_request(Backend.FILES, "The skip token is not valid.") from broken
    return int(found)


OPERATIONS = operations(
    Backend.FILES,
    *below(
        ITEMS,
        ("GET", "/listItem", read_list_item, SITES_READ),
        ("GET", "/listItem/fields", read_fields, SITES_READ),
        ("PATCH", "/listItem/fields", change_fields, SITES_WRITE),
    ),
    *below(
        tuple(f"{site}/lists/{{list}}/items" for site in SITES),
        ("GET", "", list_list_items, SITES_READ),
        ("POST", "", create_numbered, SITES_WRITE),
        ("GET", "/{number}", read_numbered, SITES_READ),
        ("DELETE", "/{number}", delete_numbered, SITES_WRITE),
        ("GET", "/{number}/fields", read_fields, SITES_READ),
        ("PATCH", "/{number}/fields", change_fields, SITES_WRITE),
        ("GET", "/{number}/driveItem", read_driveitem, SITES_READ),
    ),
    *below(
        tuple(f"{drive}/list/items" for drive in DRIVES),
        ("GET", "", list_list_items, SITES_READ),
        ("GET", "/{number}", read_numbered, SITES_READ),
        ("GET", "/{number}/fields", read_fields, SITES_READ),
        ("PATCH", "/{number}/fields", change_fields, SITES_WRITE),
        ("GET", "/{number}/driveItem", read_driveitem, SITES_READ),
    ),
)
