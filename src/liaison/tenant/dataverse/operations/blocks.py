"""Files in blocks, by messages instead of HTTP ranges.

Source: InitializeFileBlocksUpload, UploadBlock, CommitFileBlocksUpload, InitializeFileBlocksDownload, DownloadBlock
and DeleteFile action reference.
"""

# ruff: noqa: S608 - names come from table definitions, never from a request; every value is bound.
from __future__ import annotations

import base64
import binascii
from typing import Any

from liaison.tenant.dataverse.errors import DataverseError, invalid_argument, missing_row
from liaison.tenant.dataverse.operations.parameters import row_parameter
from liaison.tenant.dataverse.requests import Exchange
from liaison.tenant.dataverse.responses import Reply, empty_reply, json_reply
from liaison.tenant.dataverse.rows.contents import (
    check_file,
    content_column,
    drop_content,
    find_content,
    put_content,
    require_writable,
)
from liaison.tenant.dataverse.rows.files import join_blocks
from liaison.tenant.dataverse.session import Session, table_rows
from liaison.tenant.dataverse.sql.values import read_guid
from liaison.tenant.estate.crm.attachments import Block, Transfer, begin, blocks, find_transfer, finish, keep_block

_UPLOAD, _DOWNLOAD = "blocks", "download"
_LARGEST_BLOCK = 16 * 1024 * 1024


def initialize_upload(session: Session, exchange: Exchange) -> Reply:
    body = exchange.json()
    table, row_id = row_parameter(session, body.get("Target"), "Target")
    column = content_column(table, _text(body, "FileAttributeName"))
    name = _text(body, "FileName")
    require_writable(session, table, row_id)
    check_file(session, column, name, 0)
    token = _begin(session, _UPLOAD, (table.name, row_id, column.name), name, "")
    return _answer(session, "InitializeFileBlocksUploadResponse", {"FileContinuationToken": token})


def upload_block(session: Session, exchange: Exchange) -> Reply:
    body = exchange.json()
    transfer = _transfer(session, body, _UPLOAD)
    name = _text(body, "BlockId")
    try:
        content = base64.b64decode(_text(body, "BlockData"), validate=True)
    except (ValueError, binascii.Error) as error:
        raise invalid_argument("The field 'BlockData' is not valid base64.") from error
    if len(content) > _LARGEST_BLOCK:
        raise invalid_argument(f"A block cannot be larger than {_LARGEST_BLOCK} bytes.")
    start = len(blocks(session.estate, transfer.token))
    keep_block(session.estate, transfer.token, Block(name, start, len(content), session.estate.blobs.put(content)))
    return empty_reply()


def commit_upload(session: Session, exchange: Exchange) -> Reply:
    """The blocks of the list, in its order, become the file."""
    body = exchange.json()
    transfer = _transfer(session, body, _UPLOAD)
    listed = body.get("BlockList")
    known = {block.name: block.blob for block in blocks(session.estate, transfer.token)}
    if not isinstance(listed, list) or not listed or any(name not in known for name in listed):
        raise invalid_argument("Required field 'BlockList' must name blocks that were uploaded.")
    table = session.table(transfer.table)
    column = content_column(table, transfer.column)
    whole = join_blocks(session, [known[name] for name in listed])
    kind = body.get("MimeType")
    with session.estate.db.change():
        content = put_content(
            session, table, transfer.row_id, column, str(body.get("FileName") or transfer.file_name), whole,
            kind if isinstance(kind, str) else "",
        )  # fmt: skip
        finish(session.estate, transfer.token)
    return _answer(session, "CommitFileBlocksUploadResponse", {"FileId": content.id, "FileSizeInBytes": content.size})


def initialize_download(session: Session, exchange: Exchange) -> Reply:
    body = exchange.json()
    table, row_id = row_parameter(session, body.get("Target"), "Target")
    column = content_column(table, _text(body, "FileAttributeName"))
    found = find_content(session, table, row_id, column)
    if found is None:
        raise DataverseError(
            404, "0x80040217", f"No file attachment found for attribute: {column.name} EntityId: {row_id}."
        )
    token = _begin(session, _DOWNLOAD, (table.name, row_id, column.name), found.name, found.blob)
    return _answer(
        session,
        "InitializeFileBlocksDownloadResponse",
        {
            "FileContinuationToken": token, "FileSizeInBytes": found.size, "FileName": found.name,
            "IsChunkingSupported": True,
        },
    )  # fmt: skip


def download_block(session: Session, exchange: Exchange) -> Reply:
    body = exchange.json()
    transfer = _transfer(session, body, _DOWNLOAD)
    offset, length = body.get("Offset", 0), body.get("BlockLength")
    size = session.estate.blobs.size(transfer.blob)
    if not isinstance(offset, int) or not isinstance(length, int):
        raise invalid_argument("Required fields 'Offset' and 'BlockLength' are missing.")
    if not 0 <= offset <= size or not 0 < length <= _LARGEST_BLOCK:
        raise invalid_argument("The fields 'Offset' and 'BlockLength' must lie within the file.")
    data = b"".join(session.estate.blobs.chunks(transfer.blob, offset, min(size, offset + length)))
    return _answer(session, "DownloadBlockResponse", {"Data": base64.b64encode(data).decode()})


def delete_file(session: Session, exchange: Exchange) -> Reply:
    """Empty the column that holds a file, given the file's id."""
    file_id = read_guid(_text(exchange.json(), "FileId")) or ""
    row = session.estate.db.row(
        f"SELECT objecttypecode, objectid, regardingfieldname FROM {table_rows(session, 'fileattachment')}"
        " WHERE fileattachmentid = ?",
        (file_id,),
    )
    if row is None:
        raise missing_row("fileattachment", file_id)
    table = session.table(row[0])
    drop_content(session, table, row[1], content_column(table, row[2]))
    return empty_reply()


def _begin(session: Session, direction: str, place: tuple[str, str, str], name: str, blob: str) -> str:
    token = session.estate.ids.guid()
    begin(
        session.estate,
        Transfer(token, session.environment, session.user.id, direction, *place, name, blob,
                 session.estate.clock.seconds()),
    )  # fmt: skip
    return token


def _transfer(session: Session, body: dict[str, Any], direction: str) -> Transfer:
    token = _text(body, "FileContinuationToken")
    found = find_transfer(session.estate, session.environment, token, direction)
    if found is None or found.user != session.user.id:
        raise invalid_argument("The file continuation token is not valid or has expired.")
    return found


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise invalid_argument(f"Required field '{name}' is missing.")
    return value


def _answer(session: Session, response: str, content: dict[str, Any]) -> Reply:
    return json_reply({"@odata.context": f"{session.metadata_root}#Microsoft.Dynamics.CRM.{response}", **content})
