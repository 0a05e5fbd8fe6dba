"""Columns and content types of libraries, and new libraries.

Source: Graph v1.0, resources/columndefinition.md, resources/contenttype.md, api/list-create.md
"""

from __future__ import annotations

import re
import sqlite3

from liaison.tenant.estate import file_states, sites
from liaison.tenant.estate.access import SiteAccess
from liaison.tenant.estate.file_states import Column
from liaison.tenant.estate.sites import Drive, Site
from liaison.tenant.graph.errors import Backend, GraphError, bad_request, no_item
from liaison.tenant.graph.permissions import SITES_MANAGE, SITES_READ
from liaison.tenant.graph.places import SITES, asked_site, find_list, require_access
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import NO_CONTENT, Answer, Json
from liaison.tenant.graph.shapes import collection, entity
from liaison.tenant.graph.sites import list_body
from liaison.tenant.graph.table import below, operations
from liaison.tenant.seeds.company import stable_guid

WRITABLE_FIELDS = frozenset({"Title", "_ExtendedDescription"})
# Name, title, kind and whether it is kept by the service.
_OWN = (
    ("FileLeafRef", "Name", "text", False),
    ("Title", "Title", "text", False),
    ("_ExtendedDescription", "Description", "text", False),
    ("ContentType", "Content Type", "choice", True),
    ("Created", "Created", "dateTime", True),
    ("Modified", "Modified", "dateTime", True),
    ("Author", "Created By", "personOrGroup", True),
    ("Editor", "Modified By", "personOrGroup", True),
    ("FileSizeDisplay", "File Size", "number", True),
    ("ItemChildCount", "Item Child Count", "lookup", True),
    ("_UIVersionString", "Version", "text", True),
)
_KINDS = (
    *("text", "choice", "boolean", "calculated", "currency", "dateTime", "hyperlinkOrPicture", "lookup", "number"),
    *("personOrGroup", "geolocation", "term", "thumbnail", "contentApprovalStatus"),
)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,31}")
_FOLDER, _DOCUMENT = "0x012000", "0x0101"


def content_type_of(drive: Drive, *, folder: bool) -> Json:
    """The content type of a folder or a file of a library."""
    stem = _FOLDER if folder else _DOCUMENT
    return {"id": f"{stem}00{drive.list_id.replace('-', '').upper()}", "name": "Folder" if folder else "Document"}


def list_columns(ask: Ask) -> Answer:
    """`GET …/lists/{list}/columns`, `/sites/{site}/columns`: those of every library, then the library's own."""
    site = asked_site(ask)
    fragment = f"sites('{site.id}')"
    bodies = _own_columns()
    if "list" in ask.params:
        drive = find_list(ask, site, ask.params["list"])
        fragment += f"/lists('{drive.list_id}')"
        bodies += [_column_body(one) for one in file_states.list_columns(ask.estate, drive.id)]
    return Answer(body=collection(ask.context(f"{fragment}/columns"), bodies))


def read_column(ask: Ask) -> Answer:
    """`GET …/lists/{list}/columns/{column}`, by id or name."""
    site, drive = _asked(ask, SiteAccess.READ)
    wanted = ask.params["column"].lower()
    for body in [*_own_columns(), *(_column_body(one) for one in file_states.list_columns(ask.estate, drive.id))]:
        if wanted in (body["id"], str(body["name"]).lower()):
            context = ask.context(f"sites('{site.id}')/lists('{drive.list_id}')/columns/$entity")
            return Answer(body=entity(context, body))
    raise no_item()


def create_column(ask: Ask) -> Answer:
    """`POST …/lists/{list}/columns`: 201; 409 for a name that is taken. Source: api/list-post-columns.md"""
    site, drive = _asked(ask, SiteAccess.WRITE)
    body = ask.json()
    name = body.text("name")
    kinds = [kind for kind in _KINDS if body.has(kind)]
    if _NAME.fullmatch(name) is None or len(kinds) != 1:
        raise bad_request(Backend.FILES, "A column needs a name of letters and digits, and exactly one type.")
    body.child(kinds[0])
    column = Column(ask.estate.ids.guid(), name, body.value)
    taken = any(own[0].lower() == name.lower() for own in _OWN)
    try:
        if not taken:
            file_states.add_column(ask.estate, drive.id, column)
    except sqlite3.IntegrityError:
        taken = True
    if taken:
        raise GraphError(409, "nameAlreadyExists", f"The specified name '{name}' already exists.")
    context = ask.context(f"sites('{site.id}')/lists('{drive.list_id}')/columns/$entity")
    return Answer(201, entity(context, _column_body(column)))


def delete_column(ask: Ask) -> Answer:
    """`DELETE …/lists/{list}/columns/{column}`: 204; only what was added can go."""
    _, drive = _asked(ask, SiteAccess.WRITE)
    if not file_states.delete_column(ask.estate, drive.id, ask.params["column"]):
        raise no_item()
    return NO_CONTENT


def list_content_types(ask: Ask) -> Answer:
    """`GET …/contentTypes`: documents and folders. Source: api/list-list-contenttypes.md"""
    site = asked_site(ask)
    drive = find_list(ask, site, ask.params["list"]) if "list" in ask.params else None
    fragment = f"sites('{site.id}')" + (f"/lists('{drive.list_id}')" if drive else "")
    values = []
    for folder in (False, True):
        name = "Folder" if folder else "Document"
        stem = _FOLDER if folder else _DOCUMENT
        values.append(
            {
                "id": stem if drive is None else content_type_of(drive, folder=folder)["id"],
                "name": name,
                "description": "Create a new folder." if folder else "Create a new document.",
                "group": "Folder Content Types" if folder else "Document Content Types",
                "hidden": False,
                "readOnly": False,
                "sealed": False,
                "parentId": stem,
            }
        )
    return Answer(body=collection(ask.context(f"{fragment}/contentTypes"), values))


def create_list(ask: Ask) -> Answer:
    """`POST /sites/{site}/lists`: a document library: 201; other templates are not kept here."""
    site = asked_site(ask)
    require_access(ask, site, SiteAccess.WRITE)
    body = ask.json()
    name = body.text("displayName")
    template = body.child("list").optional_text("template") or "genericList"
    if template != "documentLibrary":
        raise GraphError(501, "notSupported", f"Lists of template '{template}' are not kept by this tenant.")
    if len(name) > 255 or re.search(r'["#%*:<>?/\\|\x00-\x1f]', name):
        raise bad_request(Backend.FILES, "The name of the list is not valid.")
    try:
        drive = sites.create_library(ask.estate, site, name, name)
    except sqlite3.IntegrityError as error:
        raise GraphError(409, "nameAlreadyExists", "A list with this name already exists.") from error
    return Answer(201, entity(ask.context(f"sites('{site.id}')/lists/$entity"), list_body(ask, site, drive)))


def _asked(ask: Ask, wanted: SiteAccess) -> tuple[Site, Drive]:
    site = asked_site(ask)
    require_access(ask, site, wanted)
    return site, find_list(ask, site, ask.params["list"])


def _own_columns() -> list[Json]:
    return [
        {
            "columnGroup": "Custom Columns" if name == "Title" else "_Hidden",
            "description": "",
            "displayName": title,
            "enforceUniqueValues": False,
            "hidden": False,
            "id": stable_guid("column", name),
            "indexed": False,
            "name": name,
            "readOnly": kept,
            "required": name == "FileLeafRef",
            kind: {"allowMultipleLines": False, "maxLength": 255} if kind == "text" else {},
        }
        for name, title, kind, kept in _OWN
    ]


def _column_body(column: Column) -> Json:
    usual: Json = {
        "columnGroup": "Custom Columns",
        "description": "",
        "displayName": column.name,
        "enforceUniqueValues": False,
        "hidden": False,
        "indexed": False,
        "readOnly": False,
        "required": False,
    }
    given = {name: value for name, value in column.definition.items() if not name.startswith("@odata.")}
    return usual | given | {"id": column.id, "name": column.name}


OPERATIONS = operations(
    Backend.FILES,
    *below(
        SITES,
        ("GET", "/columns", list_columns, SITES_READ),
        ("GET", "/contentTypes", list_content_types, SITES_READ),
        ("POST", "/lists", create_list, SITES_MANAGE),
        ("GET", "/lists/{list}/columns", list_columns, SITES_READ),
        ("POST", "/lists/{list}/columns", create_column, SITES_MANAGE),
        ("GET", "/lists/{list}/columns/{column}", read_column, SITES_READ),
        ("DELETE", "/lists/{list}/columns/{column}", delete_column, SITES_MANAGE),
        ("GET", "/lists/{list}/contentTypes", list_content_types, SITES_READ),
    ),
)
