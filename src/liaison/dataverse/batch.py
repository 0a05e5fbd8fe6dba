"""Several calls of the Web API in one request: `multipart/mixed`, built and taken apart.

Written by hand, as parsers for mail are slow. Source: dataverse.md section 5.7.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import uuid4

from liaison.dataverse.errors import SERVICE
from liaison.wire.messages import Answer, Ask

BATCH = "/$batch"
MOST_READS = 100
"""The service takes a thousand; each part's answer is held in memory until the last has come."""

_BOUNDARY = re.compile(r'boundary=(?:"([^"]+)"|([^\s;,"]+))', re.IGNORECASE)
_BLANK = re.compile(rb"\r?\n\r?\n")
_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})\b[^\r\n]*\r?\n")
_CHANGES = "multipart/mixed"
_PART = b"Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n"


@dataclass(frozen=True)
class Part:
    """A part of a multipart body: its headers by lower-case name, and what follows them."""

    headers: Mapping[str, str]
    content: bytes


class DataverseEnvelope:
    """Reads of one moment in one batch; every part is answered whatever becomes of the others."""

    most = MOST_READS

    def __init__(self, base: str, headers: Mapping[str, str]) -> None:
        self._base = base
        self._headers = headers

    def wrap(self, asks: Sequence[Ask]) -> Ask:
        boundary = f"batch_{uuid4()}"
        body = write_body(boundary, [_PART + b"\r\n" + write_request(ask) for ask in asks])
        headers = {
            **self._headers,
            "content-type": f"multipart/mixed; boundary={boundary}",
            "accept": "multipart/mixed",
            "prefer": "odata.continue-on-error",
        }
        return batch_ask(self._base, asks[0], headers, body, repeatable=True)

    def open(self, answer: Answer, asks: Sequence[Ask]) -> Sequence[Answer | None]:
        return read_answers(answer, len(asks))


def batch_ask(base: str, like: Ask, headers: Mapping[str, str], body: bytes, *, repeatable: bool) -> Ask:
    """The request that carries the others; it counts as one against the person's limit."""
    return Ask(
        service=SERVICE,
        purpose=SERVICE,
        method="POST",
        address=f"{base}{BATCH}",
        path=BATCH,
        repeatable=repeatable,
        headers=headers,
        body=body,
        home=like.home,
        reads_json=False,
        pace=like.pace,
    )


def write_request(ask: Ask) -> bytes:
    """The request line by absolute path, the headers, and the body."""
    parts = urlsplit(ask.address)
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    headers = {"accept": "application/json", **ask.headers}
    lines = [f"{ask.method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + (ask.body or b"")


def write_body(boundary: str, parts: Sequence[bytes]) -> bytes:
    mark = f"--{boundary}".encode()
    return b"".join([*(mark + b"\r\n" + part + b"\r\n" for part in parts), mark, b"--\r\n"])


def write_changes(asks: Sequence[Ask]) -> tuple[dict[str, str], bytes]:
    """Headers and body of one change set: every change or none. Each member must have a Content-ID."""
    outer, inner = f"batch_{uuid4()}", f"changeset_{uuid4()}"
    members = [
        _PART + f"Content-ID: {number}\r\n\r\n".encode() + write_request(ask) for number, ask in enumerate(asks, 1)
    ]
    kind = f"Content-Type: multipart/mixed; boundary={inner}\r\n\r\n".encode()
    headers = {"content-type": f"multipart/mixed; boundary={outer}", "accept": "multipart/mixed"}
    return headers, write_body(outer, [kind + write_body(inner, members)])


def read_answers(answer: Answer, asked: int) -> list[Answer | None]:
    """The answers in the order of asking, None where there is none.

    Parts are told apart by nothing but their order: when a body that is whole has another number of them than was
    asked, none can be trusted; one that was cut short is good as far as it goes.
    """
    parts, is_whole = split_body(answer.body, answer.header("content-type"))
    answers = [read_part(part, answer) for part in parts]
    if (is_whole and len(answers) != asked) or len(answers) > asked:
        return [None] * asked
    if not is_whole and answers:
        answers[-1] = None  # where the body was cut
    return [*answers, *[None] * (asked - len(answers))]


def read_part(part: Part, whole: Answer) -> Answer | None:
    """The answer inside a part; None when there is none."""
    found = _STATUS.match(part.content)
    if found is None:
        return None
    headers, body = _divide(part.content[found.end() :])
    headers.setdefault("date", whole.header("date"))
    return Answer(SERVICE, int(found[1]), headers, body, request_id=whole.request_id)


def read_changes(answer: Answer, asked: int) -> list[Answer | None]:
    """The answers to a change set, or the one refusal that all of it met, for each."""
    parts, _ = split_body(answer.body, answer.header("content-type"))
    if not parts:
        return [None] * asked
    if not parts[0].headers.get("content-type", "").lower().startswith(_CHANGES):
        return [read_part(parts[0], answer)] * asked
    inner, is_whole = split_body(parts[0].content, parts[0].headers["content-type"])
    answers = [read_part(part, answer) for part in inner]
    return answers if is_whole and len(answers) == asked else [None] * asked


def split_body(body: bytes, content_type: str) -> tuple[list[Part], bool]:
    """The parts between boundaries, and whether the last boundary is there. What comes before the first is left out."""
    found = _BOUNDARY.search(content_type)
    if found is None or not content_type.lower().lstrip().startswith("multipart/mixed"):
        return [], False
    pieces = (b"\n" + body).split(b"\n--" + (found[1] or found[2]).encode())[1:]
    parts: list[Part] = []
    for piece in pieces:
        if piece.startswith(b"--"):
            return parts, True
        parts.append(Part(*_divide(piece.partition(b"\n")[2])))
    return parts, False


def _divide(text: bytes) -> tuple[dict[str, str], bytes]:
    """Header lines, and what follows the empty line."""
    if text.startswith((b"\r\n", b"\n")):
        return {}, text.removeprefix(b"\r").removeprefix(b"\n").removesuffix(b"\r")
    blank = _BLANK.search(text)
    head, rest = (text, b"") if blank is None else (text[: blank.start()], text[blank.end() :])
    headers: dict[str, str] = {}
    for line in head.split(b"\n"):
        name, colon, value = line.decode("latin-1").partition(":")
        if colon:
            headers[name.strip().lower()] = value.strip()
    return headers, rest.removesuffix(b"\r")
