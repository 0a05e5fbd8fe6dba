"""Taking `multipart/mixed` bodies apart and putting them together; written by hand, as parsers for mail are slow.

Source: execute-batch-operations-using-web-api.md; RFC 2046.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from liaison.tenant.dataverse.errors import query_error
from liaison.tenant.dataverse.responses import Reply

_BOUNDARY = re.compile(r'boundary=(?:"([^"]{1,200})"|([^\s;,"]{1,200}))', re.IGNORECASE)
_BLANK = re.compile(rb"\r?\n\r?\n")
_METHODS = frozenset({"GET", "POST", "PATCH", "PUT", "DELETE"})


@dataclass(frozen=True)
class Part:
    """One part of a body: its headers (names in lower case) and its content."""

    headers: Mapping[str, str]
    content: bytes

    @property
    def boundary(self) -> str | None:
        """The boundary of a nested body; None when the part is a single request."""
        kind = self.headers.get("content-type", "")
        return read_boundary(kind) if kind.lower().startswith("multipart/mixed") else None


@dataclass(frozen=True)
class PartRequest:
    """A request inside a part."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


def read_boundary(content_type: str) -> str:
    match = _BOUNDARY.search(content_type)
    if match is None or not content_type.lower().lstrip().startswith("multipart/mixed"):
        raise query_error("The message must have the content type multipart/mixed with a boundary.")
    return match[1] or match[2]


def count_parts(body: bytes, boundary: str) -> int:
    """How often the boundary stands in a body, the last one too; cheap however long the body is."""
    return body.count(b"\n--" + boundary.encode())


def split_parts(body: bytes, boundary: str) -> Iterator[Part]:
    """The parts between boundaries; what stands before the first one is ignored.

    Raises 400 when the last boundary is missing.
    """
    mark = b"--" + boundary.encode()
    pieces = (b"\n" + body).split(b"\n" + mark)
    if len(pieces) < 2:
        raise query_error("The batch has no part.")
    for piece in pieces[1:]:
        if piece.startswith(b"--"):
            return
        line_end = piece.find(b"\n")
        yield _part(piece[line_end + 1 :] if line_end >= 0 else b"")
    raise query_error("The batch does not end with its boundary.")


def _part(piece: bytes) -> Part:
    headers, content = _divide(piece)
    return Part(headers, content.removesuffix(b"\r"))


def _divide(text: bytes) -> tuple[dict[str, str], bytes]:
    if text.startswith((b"\r\n", b"\n")):
        return {}, text.lstrip(b"\r\n")
    blank = _BLANK.search(text)
    head, rest = (text, b"") if blank is None else (text[: blank.start()], text[blank.end() :])
    headers: dict[str, str] = {}
    for line in head.split(b"\n"):
        name, colon, value = line.decode("latin-1").partition(":")
        if colon:
            headers[name.strip().lower()] = value.strip()
    return headers, rest


def read_request(content: bytes) -> PartRequest:
    """The request line, headers and body of a part. The address may hold blanks, as some clients don't encode."""
    first, _, rest = content.lstrip(b"\r\n").partition(b"\n")
    line = first.decode("utf-8", "replace").strip()
    method, _, remainder = line.partition(" ")
    url, _, version = remainder.rpartition(" ")
    if method not in _METHODS or not version.startswith("HTTP/") or not url:
        raise query_error(f"The request line '{line[:200]}' of a batch part cannot be read.")
    headers, body = _divide(rest) if rest.strip() else ({}, b"")
    return PartRequest(method, url.strip(), headers, body.strip(b"\r\n"))


def write_parts(boundary: str, parts: list[bytes]) -> bytes:
    """A whole body; every part already has its headers."""
    mark = f"--{boundary}".encode()
    chunks = [mark + b"\r\n" + part + b"\r\n" for part in parts]
    return b"".join([*chunks, mark, b"--\r\n"])


def write_reply(reply: Reply, content_id: str | None = None) -> bytes:
    """An answer as a part."""
    lines = ["Content-Type: application/http", "Content-Transfer-Encoding: binary"]
    if content_id is not None:
        lines.append(f"Content-ID: {content_id}")
    lines += ["", f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in {**reply.headers, "OData-Version": "4.0"}.items()]
    return "\r\n".join([*lines, "", ""]).encode() + reply.body
