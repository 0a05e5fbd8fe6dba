"""The Documents grid: virtual rows of `sharepointdocument`, read from the folders that document locations name.

The grid asks with FetchXML: a link to the record, optionally one location (`locationid`, `locationname`,
`servicetype`), and inside a folder `relativelocation`. Files are read as the caller: without access to a site its
location adds nothing to all locations, and asked alone it is refused. OData may ask the same with
`_regardingobjectid_value eq <id>` or `locationid eq '<id>'`.
Source: dataverse.md section 1.5; columns of the environment read there.
"""

# ruff: noqa: S608 - names come from table definitions, never from a request; every value is bound.
from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from liaison.tenant.dataverse.errors import DataverseError, query_error
from liaison.tenant.dataverse.fetchxml.query import Condition, Fetch, FetchFilter, FetchTable
from liaison.tenant.dataverse.fetchxml.reader import all_links, fetch_error
from liaison.tenant.dataverse.odata.nodes import Compare, Conjunction, Expression, Literal, Path
from liaison.tenant.dataverse.odata.options import read_query
from liaison.tenant.dataverse.requests import LARGEST_PAGE, Exchange
from liaison.tenant.dataverse.responses import Reply, json_reply
from liaison.tenant.dataverse.rows.finding import require_privilege, require_right, require_row
from liaison.tenant.dataverse.rules.locations import absolute_address
from liaison.tenant.dataverse.session import Session
from liaison.tenant.dataverse.sql.formatted import FORMATTED, formatted
from liaison.tenant.dataverse.sql.shape import Wire
from liaison.tenant.dataverse.sql.values import moment_text, read_guid, read_moment
from liaison.tenant.estate import files, sites
from liaison.tenant.estate.access import SiteAccess, shuts_devices_out, site_access
from liaison.tenant.estate.crm.columns import CHOICES, Kind
from liaison.tenant.estate.crm.model import TableModel
from liaison.tenant.estate.crm.privileges import Right
from liaison.tenant.estate.people import find_user

NO_ACCESS = (
    "You don't have permissions to view files in this location. Contact your Microsoft Teams owner or SharePoint"
    " administrator for access."
)
_DEEPEST = 12
_ICONS = {"docx": "icdocx", "xlsx": "icxlsx", "pptx": "icpptx", "pdf": "icpdf", "png": "icpng", "txt": "ictxt"}


@dataclass(frozen=True)
class DocumentsAsked:
    """What the grid asks: files of a record, of one location, inside one folder, or all below."""

    record_id: str | None = None
    record_table: str | None = None
    location_id: str | None = None
    location_name: str | None = None
    service_type: int | None = None
    folder: str | None = None
    recursive: bool = False


def fetch_documents(session: Session, exchange: Exchange, table: TableModel, fetch: Fetch) -> Reply:
    """Answer the grid's FetchXML: a page of rows ordered as asked."""
    asked = _read_fetch(session, fetch.root)
    names = tuple(attribute.name for attribute in fetch.root.attributes) or tuple(table.by_name)
    for name in names:
        if name not in table.by_name:
            raise fetch_error(
                f"'{table.name}' entity doesn't contain attribute with Name = '{name}' and NameMapping = 'Logical'.",
                "0x80041103",
            )
    rows = list(document_rows(session, table, asked))
    for order in reversed(fetch.root.orders):
        key = order.attribute or "relativelocation"
        rows.sort(key=lambda row, key=key: str(row.get(key) or "").casefold(), reverse=order.descending)  # type: ignore[misc]
    limit = fetch.top or fetch.count or LARGEST_PAGE
    start = (fetch.page - 1) * limit
    page = rows[start : start + limit]
    answer: dict[str, Any] = {
        "@odata.context": f"{session.metadata_root}#{table.table.set_name}({','.join(names)})",
    }
    preferences = exchange.preferences
    if preferences.wants("Microsoft.Dynamics.CRM.totalrecordcount"):
        answer["@Microsoft.Dynamics.CRM.totalrecordcount"] = len(rows) if fetch.total else -1
    if preferences.wants("Microsoft.Dynamics.CRM.morerecords"):
        answer["@Microsoft.Dynamics.CRM.morerecords"] = start + limit < len(rows)
    answer["value"] = [_shown(session, table, row, names, exchange) for row in page]
    return json_reply(answer)


def list_documents(
    session: Session, exchange: Exchange, table: TableModel, record: tuple[str, str] | None = None
) -> Reply:
    """Answer OData on the virtual table: a filter by record or location is needed, unless the address names the
    record by its table and id."""
    options = read_query(exchange.options)
    asked = DocumentsAsked()
    if record is not None:
        asked = replace(asked, record_table=record[0], record_id=record[1])
    for name, value in _equalities(options.condition):
        asked = _with(session, asked, name.removeprefix("_").removesuffix("_value"), value)
    if asked.record_id is None and asked.location_id is None:
        raise query_error("sharepointdocuments must be filtered by _regardingobjectid_value or locationid.")
    names = options.select or tuple(table.by_name)
    rows = [_shown(session, table, row, (*names, table.key), exchange) for row in document_rows(session, table, asked)]
    top = options.top if options.top is not None else LARGEST_PAGE
    context = f"{session.metadata_root}#{table.table.set_name}({','.join(names)})"
    return json_reply({"@odata.context": context, "value": rows[:top]})


def document_rows(session: Session, table: TableModel, asked: DocumentsAsked) -> Iterator[Wire]:
    """The rows of a question, location by location."""
    require_privilege(session, table, Right.READ)
    _check_record(session, asked)
    for location in _locations(session, asked):
        address = absolute_address(session, "sharepointdocumentlocation", location)
        folder = files.find_folder_by_url(session.estate, address) if address else None
        if folder is None:
            continue
        if not _may_read(session, folder):
            if asked.location_id is not None:
                raise DataverseError(403, "0x8005032a", NO_ACCESS)
            continue
        yield from _walk(session, location, folder, "", asked)


def _check_record(session: Session, asked: DocumentsAsked) -> None:
    """Who may not read the record sees none of its files through it."""
    if asked.record_id is not None and asked.record_table is not None:
        table = session.table(asked.record_table)
        require_right(session, table, require_row(session, table, asked.record_id), Right.READ)


def _locations(session: Session, asked: DocumentsAsked) -> list[dict[str, Any]]:
    table = session.table("sharepointdocumentlocation")
    conditions, values = ["statecode = 0"], []
    for column, value in (
        ("regardingobjectid", asked.record_id),
        ("sharepointdocumentlocationid", asked.location_id),
        ("name", asked.location_name),
        ("servicetype", asked.service_type),
    ):
        if value is not None:
            conditions.append(f"{column} = ?")
            values.append(value)
    if len(conditions) == 1:
        return []
    rows = session.estate.db.rows(f"SELECT * FROM {table.sql} WHERE {' AND '.join(conditions)} ORDER BY rowid", values)
    return [dict(zip(row.keys(), row, strict=True)) for row in rows]


def _may_read(session: Session, folder: files.DriveItem) -> bool:
    """As SharePoint judges the caller; applications act with the rights of the connection.

    Source: set-up-dynamics-365-online-to-use-sharepoint-online.md: the policy "block" makes every such call fail.
    """
    _, site = files.place_of(session.estate, folder)
    if shuts_devices_out(session.estate, site) and not session.caller.managed_device:
        raise DataverseError(401, "0x8005032a", "SharePoint refused the call: the device is not managed.")
    if session.caller.is_application:
        return True
    if not sites.is_ready(session.estate, site):
        return False
    return site_access(session.estate, site, session.user.object_id or "") > SiteAccess.NONE


def _walk(
    session: Session,
    location: dict[str, Any],
    folder: files.DriveItem,
    path: str,
    asked: DocumentsAsked,
    depth: int = 0,
) -> Iterator[Wire]:
    if asked.folder and not path:
        inside = files.find_by_path(session.estate, folder, asked.folder)
        if inside is None or not inside.is_folder:
            return
        folder, path = inside, asked.folder.strip("/") + "/"
    for item in files.list_children(session.estate, folder):
        relative = f"{path}{item.name}"
        yield _document(session, location, item, relative)
        if asked.recursive and item.is_folder and depth < _DEEPEST:
            yield from _walk(session, location, item, f"{relative}/", replace(asked, folder=None), depth + 1)


def _document(session: Session, location: dict[str, Any], item: files.DriveItem, relative: str) -> Wire:
    address = files.path_address(session.estate, item)
    ending = item.name.rpartition(".")[2].lower() if not item.is_folder and "." in item.name else ""
    return {
        "sharepointdocumentid": str(uuid.uuid5(uuid.UUID(location["sharepointdocumentlocationid"]), item.id)),
        "fullname": item.name,
        "title": item.name.rpartition(".")[0] or item.name,
        "documentid": int(item.guid[:7], 16),
        "absoluteurl": address,
        "readurl": address,
        "editurl": address,
        "relativelocation": relative,
        "locationid": location["sharepointdocumentlocationid"],
        "locationname": location["name"],
        "servicetype": location["servicetype"],
        "documentlocationtype": 0 if item.is_folder else 1,
        "filetype": "folder" if item.is_folder else ending,
        "filesize": item.size,
        "isfolder": int(item.is_folder),
        "isrecursivefetch": 0,
        "ischeckedout": 0,
        "childitemcount": str(item.child_count) if item.is_folder else None,
        "contenttype": "Folder" if item.is_folder else "Document",
        "iconclassname": "icfolder" if item.is_folder else _ICONS.get(ending, "icgen"),
        "author": _author(session, item.created_by),
        "sharepointmodifiedby": _author(session, item.modified_by),
        "modified": _seconds(item.modified),
        "sharepointcreatedon": _seconds(item.created),
        "version": f"{item.content_version}.0",
        "regardingobjectid": location["regardingobjectid"],
        "businessunitid": location["owningbusinessunit"],
        "organizationid": session.state.organization_id,
    }


def _author(session: Session, author: files.Author) -> str | None:
    if author.user_id is None:
        return None
    user = find_user(session.estate, author.user_id)
    return None if user is None else user.display_name


def _seconds(stamp: str) -> str | None:
    moment = read_moment(stamp)
    return None if moment is None else moment_text(moment)


def _shown(session: Session, table: TableModel, row: Wire, names: Iterable[str], exchange: Exchange) -> Wire:
    shown: Wire = {}
    for name in dict.fromkeys(names):
        column = table.by_name.get(name) or table.by_wire.get(name)
        value = row.get(column.name) if column is not None else None
        if column is None or value is None:
            continue
        if exchange.preferences.wants(FORMATTED) and (column.kind in CHOICES or column.kind is Kind.MOMENT):
            text = formatted(column, value, session.user.language)
            if text is not None:
                shown[f"{column.wire}@{FORMATTED}"] = text
        shown[column.wire] = bool(value) if column.kind is Kind.BOOLEAN else value
    return shown


def _read_fetch(session: Session, root: FetchTable) -> DocumentsAsked:
    asked = DocumentsAsked()
    for condition in _conditions(root.filters):
        asked = _read_condition(session, asked, condition)
    for link in all_links(root.links):
        table = session.model.tables.get(link.table.name)
        for condition in _conditions(link.table.filters):
            if table is not None and condition.attribute == table.key and condition.operator == "eq":
                record_id = read_guid(condition.values[0]) if condition.values else None
                asked = replace(asked, record_id=record_id, record_table=table.name)
    if asked.record_id is None and asked.location_id is None:
        raise fetch_error("A query for sharepointdocument must name a record or a document location.")
    return asked


def _conditions(filters: Iterable[FetchFilter]) -> Iterator[Condition]:
    for part in filters:
        yield from part.conditions
        yield from _conditions(part.filters)


def _read_condition(session: Session, asked: DocumentsAsked, condition: Condition) -> DocumentsAsked:
    if condition.operator not in ("eq", "on", "like") or not condition.values:
        return asked
    return _with(session, asked, condition.attribute, condition.values[0])


def _with(session: Session, asked: DocumentsAsked, name: str, value: str) -> DocumentsAsked:
    if name == "locationid":
        return replace(asked, location_id=read_guid(value) or value)
    if name == "locationname":
        return replace(asked, location_name=value)
    if name == "servicetype":
        return replace(asked, service_type=int(value)) if value.strip().isdecimal() else asked
    if name == "relativelocation":
        return replace(asked, folder=value)
    if name == "isrecursivefetch":
        return replace(asked, recursive=value.lower() in ("1", "true"))
    if name == "regardingobjectid":
        record_id = read_guid(value)
        return replace(asked, record_id=record_id, record_table=_record_table(session, record_id))
    return asked


def _record_table(session: Session, record_id: str | None) -> str | None:
    """The table of a record, as its document locations know it."""
    found = session.estate.db.value(
        f"SELECT regardingobjectid__table FROM {session.table('sharepointdocumentlocation').sql}"
        " WHERE regardingobjectid = ?",
        (record_id,),
    )
    return None if found is None else str(found)


def _equalities(node: Expression | None) -> Iterator[tuple[str, str]]:
    if isinstance(node, Conjunction):
        for term in node.terms:
            yield from _equalities(term)
    elif isinstance(node, Compare) and node.operator == "eq" and isinstance(node.left, Path):
        if isinstance(node.right, Literal):
            yield node.left.text, node.right.text
    elif node is not None:
        raise query_error("Filters on sharepointdocuments may only compare for equality.")
