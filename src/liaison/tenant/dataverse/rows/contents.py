"""Contents of file and image columns: kept, replaced, read and dropped, with the rights of their row.

Source: file-column-data.md, image-column-data.md.
"""

# ruff: noqa: S608 - names come from table definitions, never from a request; every value is bound.
from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass

from liaison.tenant.dataverse.errors import DataverseError, query_error, unknown_property
from liaison.tenant.dataverse.odata.options import QueryOptions
from liaison.tenant.dataverse.rows.computed import computed_values, stamps
from liaison.tenant.dataverse.rows.finding import require_privilege, require_right, require_row
from liaison.tenant.dataverse.rows.reading import find_one
from liaison.tenant.dataverse.session import Happening, Session, table_rows
from liaison.tenant.estate.crm.attachments import drop_file, find_blob, keep_file
from liaison.tenant.estate.crm.columns import CONTENTS, Column, Kind
from liaison.tenant.estate.crm.model import TableModel
from liaison.tenant.estate.crm.privileges import Right
from liaison.tenant.estate.crm.rows import insert_row, update_row

LARGEST_SINGLE = 128 * 1024 * 1024
_LONGEST_NAME = 200


@dataclass(frozen=True)
class Content:
    """A file: its id, its name, its type, its size, and the key of its content."""

    id: str
    name: str
    mime_type: str
    size: int
    blob: str


def content_column(table: TableModel, name: str) -> Column:
    """A file or image column. Raises 400 for any other."""
    column = table.by_name.get(name)
    if column is None:
        raise unknown_property(name, table.name)
    if column.kind not in CONTENTS:
        raise query_error(f"The column '{name}' of '{table.name}' is neither a file nor an image column.")
    return column


def require_writable(session: Session, table: TableModel, row_id: str) -> None:
    """Raise 403 or 404 unless the caller may change the row."""
    require_privilege(session, table, Right.WRITE)
    require_right(session, table, require_row(session, table, row_id), Right.WRITE)


def check_file(session: Session, column: Column, name: str, size: int) -> None:
    """Refuse what the column or the organization does not take: too large, or of a blocked kind."""
    if size > column.most_kb * 1024:
        raise DataverseError(
            400, "0x80044a02", f"The file is too large. Its size of {size} bytes exceeds {column.most_kb} KB."
        )
    if not name or len(name) > _LONGEST_NAME or any(ord(mark) < 32 for mark in name):
        raise DataverseError(400, "0x80040203", "The file needs a name of at most 200 characters.")
    blocked = session.estate.db.value(f"SELECT blockedattachments FROM {table_rows(session, 'organization')}") or ""
    if name.rpartition(".")[2].lower() in {part.strip().lower() for part in blocked.split(";")}:
        raise DataverseError(400, "0x80043e09", "The attachment is either not a valid type or is too large.")


def put_content(
    session: Session, table: TableModel, row_id: str, column: Column, name: str, blob: str, mime_type: str = ""
) -> Content:
    """Give a row's column this content, in place of what it had."""
    require_writable(session, table, row_id)
    size = session.estate.blobs.size(blob)
    check_file(session, column, name, size)
    file_id = session.estate.ids.guid()
    content = Content(file_id, name, mime_type or "application/octet-stream", size, blob)
    with session.estate.db.change() as change:
        _drop_old(session, table, row_id, column)
        if column.kind is Kind.FILE:
            keep_file(change, session.environment, file_id, blob)
            attachments = session.table("fileattachment")
            values = {
                "fileattachmentid": file_id, "filename": name, "mimetype": content.mime_type, "filesizeinbytes": size,
                "objectid": row_id, "objecttypecode": table.name, "regardingfieldname": column.name,
                **stamps(session, attachments, new=True),
            }  # fmt: skip
            insert_row(session.estate, attachments, values)
            _store(session, table, row_id, {column.name: file_id, f"{column.name}_name": name})
        else:
            text = base64.b64encode(session.estate.blobs.get(blob)).decode()
            _store(session, table, row_id, {column.name: text})
    return content


def find_content(session: Session, table: TableModel, row_id: str, column: Column) -> Content | None:
    """What a row's file column holds, for who may read the row; None when it is empty."""
    row, shape = find_one(session, table, row_id, QueryOptions(select=(column.name,)))
    value = shape.stored(row, column.name)
    if value is None:
        return None
    if column.kind is Kind.IMAGE:
        blob = session.estate.blobs.put(base64.b64decode(value))
        size = session.estate.blobs.size(blob)
        return Content("", f"{column.name}.jpg", "application/octet-stream", size, blob)
    return content_of(session, str(value))


def content_of(session: Session, file_id: str) -> Content | None:
    """A file by its id; rights are not asked."""
    row = session.estate.db.row(
        "SELECT fileattachmentid, filename, mimetype, filesizeinbytes"
        f" FROM {table_rows(session, 'fileattachment')} WHERE fileattachmentid = ?",
        (file_id,),
    )
    blob = find_blob(session.estate, session.environment, file_id)
    return None if row is None or blob is None else Content(row[0], row[1], row[2], row[3], blob)


def drop_content(session: Session, table: TableModel, row_id: str, column: Column) -> None:
    """Empty a file or image column."""
    require_writable(session, table, row_id)
    with session.estate.db.change():
        _drop_old(session, table, row_id, column)
        values: dict[str, object] = {column.name: None}
        if column.kind is Kind.FILE:
            values[f"{column.name}_name"] = None
        _store(session, table, row_id, values)


def forget_contents(session: Session, gone: Iterable[tuple[TableModel, str]]) -> None:
    """Rows are deleted: their files go with them."""
    attachments = table_rows(session, "fileattachment")
    for table, row_id in gone:
        if any(column.kind is Kind.FILE for column in table.columns):
            with session.estate.db.change() as change:
                rows = change.execute(
                    f"DELETE FROM {attachments} WHERE objectid = ? RETURNING fileattachmentid", (row_id,)
                ).fetchall()
                for row in rows:
                    drop_file(change, session.environment, row[0])


def _drop_old(session: Session, table: TableModel, row_id: str, column: Column) -> None:
    if column.kind is not Kind.FILE:
        return
    old = session.estate.db.value(f"SELECT {column.name} FROM {table.sql} WHERE {table.key} = ?", (row_id,))
    if old is None:
        return
    with session.estate.db.change() as change:
        change.execute(f"DELETE FROM {table_rows(session, 'fileattachment')} WHERE fileattachmentid = ?", (old,))
        drop_file(change, session.environment, str(old))


def _store(session: Session, table: TableModel, row_id: str, values: dict[str, object]) -> None:
    everything = values | stamps(session, table, new=False)
    everything |= computed_values(session, table, {table.key: row_id}, everything)
    known = table.stored_names
    update_row(session.estate, table, row_id, {name: value for name, value in everything.items() if name in known})
    session.happened.append(Happening("Update", table, row_id, everything))
