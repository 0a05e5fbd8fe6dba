"""A file or image column over HTTP: upload in one request or in chunks, download whole or in ranges, delete.

Source: file-column-data.md, "Upload files" and "Download files" with the Web API.
"""

from __future__ import annotations

import base64
import re
from urllib.parse import quote, unquote

from liaison.tenant.dataverse.errors import DataverseError, invalid_argument, query_error, wrong_method
from liaison.tenant.dataverse.requests import Exchange
from liaison.tenant.dataverse.responses import Reply, empty_reply, json_reply
from liaison.tenant.dataverse.rows.contents import (
    LARGEST_SINGLE,
    check_file,
    drop_content,
    find_content,
    put_content,
    require_writable,
)
from liaison.tenant.dataverse.session import Session
from liaison.tenant.estate.crm.attachments import Block, Transfer, begin, blocks, find_transfer, finish, keep_block
from liaison.tenant.estate.crm.columns import Column, Kind
from liaison.tenant.estate.crm.model import TableModel

CHUNK_BYTES = 4 * 1024 * 1024
_RANGE = re.compile(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15})\Z")
_WANTED = re.compile(r"bytes=(\d{0,15})-(\d{0,15})\Z")
_UPLOAD = "chunked"


def answer_content(
    session: Session, exchange: Exchange, table: TableModel, row_id: str, column: Column, *, raw: bool
) -> Reply:
    """PATCH and PUT upload, GET downloads, DELETE empties."""
    if exchange.method in ("PATCH", "PUT") and not raw:
        return _upload(session, exchange, table, row_id, column)
    if exchange.method == "DELETE" and not raw:
        drop_content(session, table, row_id, column)
        return empty_reply()
    if exchange.method == "GET":
        if raw:
            return _download(session, exchange, table, row_id, column)
        found = find_content(session, table, row_id, column)
        if found is None:
            return empty_reply()
        context = f"{session.metadata_root}#{table.table.set_name}({row_id})/{column.name}"
        return json_reply({"@odata.context": context, "value": _shown(session, column, found.id, found.blob)})
    raise wrong_method(exchange.method, exchange.path)


def _shown(session: Session, column: Column, file_id: str, blob: str) -> str:
    if column.kind is Kind.FILE:
        return file_id
    return base64.b64encode(session.estate.blobs.get(blob)).decode()


def _upload(session: Session, exchange: Exchange, table: TableModel, row_id: str, column: Column) -> Reply:
    token = exchange.options.get("sessiontoken")
    if token is not None:
        return _chunk(session, exchange, table, row_id, column, token)
    name = _file_name(exchange)
    if exchange.headers.get("x-ms-transfer-mode", "").lower() == "chunked":
        return _begin(session, exchange, table, row_id, column, name)
    if len(exchange.body) > LARGEST_SINGLE:
        raise DataverseError(413, "0x80044a02", "A file of this size must be uploaded in chunks.")
    check_file(session, column, name, len(exchange.body))
    require_writable(session, table, row_id)
    put_content(session, table, row_id, column, name, session.estate.blobs.put(exchange.body), _mime_type(exchange))
    return empty_reply()


def _begin(session: Session, exchange: Exchange, table: TableModel, row_id: str, column: Column, name: str) -> Reply:
    """200 with the address to send the chunks to."""
    if exchange.body:
        raise query_error("The request that begins a chunked upload has no body.")
    require_writable(session, table, row_id)
    check_file(session, column, name, 0)
    token = session.estate.ids.guid()
    begin(
        session.estate,
        Transfer(token, session.environment, session.user.id, _UPLOAD, table.name, row_id, column.name, name, "",
                 session.estate.clock.seconds()),
    )  # fmt: skip
    path = exchange.path.partition("?")[0]
    location = f"{exchange.root}/{path}?sessiontoken={token}"
    return Reply(200, {"Location": location, "x-ms-chunk-size": str(CHUNK_BYTES), "Accept-Ranges": "bytes"})


def _chunk(session: Session, exchange: Exchange, table: TableModel, row_id: str, column: Column, token: str) -> Reply:
    """206 for a chunk with others to come, 204 for the last one; chunks come in their order."""
    transfer = find_transfer(session.estate, session.environment, token, _UPLOAD)
    mine = transfer is not None and transfer.user == session.user.id
    if transfer is None or not mine or (transfer.row_id, transfer.column) != (row_id, column.name):
        raise DataverseError(404, "0x80044a01", "The upload session does not exist or has expired.")
    match = _RANGE.match(exchange.headers.get("content-range", ""))
    if match is None:
        raise invalid_argument("The header Content-Range must say which bytes of how many the chunk holds.")
    first, last, total = (int(part) for part in match.groups())
    known = blocks(session.estate, token)
    received = sum(block.size for block in known)
    repeated = any(block.start == first for block in known)
    if last - first + 1 != len(exchange.body) or last >= total or (first != received and not repeated):
        raise DataverseError(
            416, "0x80044a03", f"The chunk {first}-{last}/{total} does not follow the {received} bytes received."
        )
    check_file(session, column, transfer.file_name, total)
    blob = session.estate.blobs.put(exchange.body)
    keep_block(session.estate, token, Block(f"{first:015d}", first, len(exchange.body), blob))
    if last + 1 < total:
        return Reply(206, {"x-ms-chunk-size": str(CHUNK_BYTES), "Range": f"bytes=0-{last}"})
    whole = join_blocks(session, [block.blob for block in blocks(session.estate, token)])
    with session.estate.db.change():
        put_content(session, table, row_id, column, transfer.file_name, whole, _mime_type(exchange))
        finish(session.estate, token)
    return empty_reply()


def join_blocks(session: Session, keys: list[str]) -> str:
    """The key of the content that pieces make up, one after the other."""
    if len(keys) == 1:
        return keys[0]
    return session.estate.blobs.put(b"".join(session.estate.blobs.get(key) for key in keys))


def _download(session: Session, exchange: Exchange, table: TableModel, row_id: str, column: Column) -> Reply:
    found = find_content(session, table, row_id, column)
    if found is None:
        return empty_reply()
    headers = {
        "Content-Type": "application/octet-stream", "x-ms-file-name": quote(found.name, safe=" ()[]{}!$&'+,;=@~-_."),
        "x-ms-file-size": str(found.size), "mimetype": found.mime_type, "Accept-Ranges": "bytes",
        "Content-Disposition": _disposition(found.name),
    }  # fmt: skip
    wanted = _wanted(exchange.headers.get("range", ""), found.size)
    if wanted is None:
        return Reply(200, headers, session.estate.blobs.get(found.blob))
    first, last = wanted
    body = b"".join(session.estate.blobs.chunks(found.blob, first, last + 1))
    return Reply(206, {**headers, "Content-Range": f"bytes {first}-{last}/{found.size}"}, body)


def _wanted(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte of a Range header; None is the whole file. Raises 416 for what lies outside of it."""
    match = _WANTED.match(header.strip())
    if match is None or not (match[1] or match[2]):
        return None
    if not match[1]:
        return max(0, size - int(match[2])), size - 1
    first, last = int(match[1]), int(match[2] or size - 1)
    if first >= size or last < first:
        raise DataverseError(
            416,
            "0x80044a03",
            f"The range {header[:60]} lies outside of the file.",
            {"Content-Range": f"bytes */{size}"},
        )
    return first, min(last, size - 1)


def _file_name(exchange: Exchange) -> str:
    """The name in the header, or in the option of the same name, where it may hold any character."""
    given = exchange.options.get("x-ms-file-name")
    if given is not None:
        return given
    header = exchange.headers.get("x-ms-file-name", "")
    try:
        text = header.encode("latin-1").decode("utf-8")
    except UnicodeError:
        text = header
    return unquote(text)


def _mime_type(exchange: Exchange) -> str:
    kind = exchange.headers.get("content-type", "").partition(";")[0].strip()
    return kind if kind and kind != "application/json" else "application/octet-stream"


def _disposition(name: str) -> str:
    plain = "".join(mark if 32 <= ord(mark) < 127 and mark not in '"\\' else "_" for mark in name)
    encoded = f"; filename*=UTF-8''{quote(name, safe='')}" if plain != name else ""
    return f'attachment; filename="{plain}"{encoded}'
