"""A request as it came, tamed: address, options, headers, preferences, body."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import unquote, unquote_plus

import orjson

from liaison.tenant.dataverse.errors import (
    DataverseError,
    body_too_large,
    duplicate_property,
    query_error,
    unsupported_media_type,
)

MOST_VALUES = 250_000
MOST_OBJECTS = 25_000
LONGEST_URL = 32_768
LONGEST_URL_IN_BATCH = 65_536
LARGEST_PAGE = 5_000

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_PREFERENCE = re.compile(r'\s*([A-Za-z.\-]+)(?:\s*=\s*("(?:[^"\\]|\\.)*"|[^,;]*))?(?:;[^,]*)?\s*(?:,|$)')


@dataclass(frozen=True)
class Preferences:
    """What the Prefer header asks for; `annotations` are patterns with `*` as suffix wildcard."""

    representation: bool = False
    page_size: int | None = None
    annotations: tuple[str, ...] = ()
    track_changes: bool = False
    continue_on_error: bool = False

    def wants(self, annotation: str) -> bool:
        return any(
            pattern == annotation or (pattern.endswith("*") and annotation.startswith(pattern[:-1]))
            for pattern in self.annotations
        )

    @property
    def wants_everything(self) -> bool:
        return "*" in self.annotations


@dataclass(frozen=True)
class Exchange:
    """One operation, from the wire or from a part of a batch.

    `root` is the service root on the address the client used, without a trailing slash; `path` is what follows it,
    still percent-encoded; header names are in lower case.
    """

    method: str
    root: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes = b""
    in_batch: bool = False

    @cached_property
    def preferences(self) -> Preferences:
        return read_preferences(self.headers.get("prefer", ""))

    @cached_property
    def options(self) -> dict[str, str]:
        return read_options(self.query)

    @property
    def origin(self) -> str:
        return self.root.partition("/api/data/")[0]

    @property
    def url(self) -> str:
        return f"{self.root}/{self.path}" + (f"?{self.query}" if self.query else "")

    def json(self) -> dict[str, Any]:
        """The body as an object; an empty body is an empty object. Raises 415 for another content type, 413 for too
        many values, 400 for what is no object or names a property twice."""
        body = self.body.removeprefix(_BYTE_ORDER_MARK)
        if not body or body.isspace():
            return {}
        kind = self.headers.get("content-type", "")
        if kind and "json" not in kind.lower():
            raise unsupported_media_type(kind[:200])
        if body.count(b",") > MOST_VALUES or body.count(b"{") > MOST_OBJECTS:
            raise body_too_large(MOST_VALUES, MOST_OBJECTS)
        try:
            content = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise DataverseError(
                400,
                "0x80060888",
                f"An error occurred while validating input parameters: Microsoft.OData.ODataException: {error}",
            ) from error
        if not isinstance(content, dict):
            raise query_error("The request body must be a JSON object.")
        if body.count(b'":') != _count_names(content):
            json.loads(body, object_pairs_hook=_without_duplicates)
        return content

    def with_url(self, path: str, query: str) -> Exchange:
        return replace(self, path=path, query=query)


@lru_cache(maxsize=256)
def read_preferences(header: str) -> Preferences:
    """Read a Prefer header; what is not known is ignored, as the header is a wish.

    Source: compose-http-requests-handle-errors.md, "Preference headers".
    """
    found: dict[str, str] = {}
    for match in _PREFERENCE.finditer(header):
        found[match[1].lower()] = (match[2] or "").strip().strip('"')
    size = found.get("odata.maxpagesize", "")
    patterns = found.get("odata.include-annotations", "")
    return Preferences(
        representation=found.get("return") == "representation",
        page_size=min(int(size), LARGEST_PAGE) if size.isdecimal() and int(size) > 0 else None,
        annotations=tuple(part.strip() for part in patterns.split(",") if part.strip()),
        track_changes="odata.track-changes" in found,
        continue_on_error=found.get("odata.continue-on-error", "false").lower() != "false"
        or ("odata.continue-on-error" in found and not found["odata.continue-on-error"]),
    )


def read_options(query: str) -> dict[str, str]:
    """Query options by name, decoded: `+` is a space, `%24` a dollar sign. A repeated option is refused."""
    options: dict[str, str] = {}
    for pair in query.split("&"):
        if not pair:
            continue
        raw_name, _, raw_value = pair.partition("=")
        name = unquote_plus(raw_name)
        if name in options and name.startswith("$"):
            raise query_error(
                f"Query option '{name}' was specified more than once, but it must be specified at most once."
            )
        options[name] = unquote_plus(raw_value)
    return options


def _count_names(content: dict[str, Any]) -> int:
    """How many properties a body names; compared with its text, it tells whether one may have been named twice."""
    found = 0
    level: list[Any] = [content]
    while level:
        found += sum(len(part) for part in level if isinstance(part, dict))
        parts = (part.values() if isinstance(part, dict) else part for part in level)
        level = [value for part in parts for value in part if isinstance(value, dict | list)]
    return found


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise duplicate_property(name)
        found[name] = value
    return found


def decode_segment(segment: str) -> str:
    """A path segment as text; `+` stays a plus in a path."""
    return unquote(segment)


@dataclass(frozen=True)
class ContentReferences:
    """Addresses that earlier members of a change set made: `$1` is one of them."""

    addresses: dict[str, str] = field(default_factory=dict)

    def resolve(self, url: str) -> str:
        """Replace a leading `$id`; raises when the change set has no such member before."""
        if not url.startswith("$"):
            return url
        name, slash, rest = url[1:].partition("/")
        if not name.isdecimal():
            return url
        if name not in self.addresses:
            raise DataverseError(
                400, "0x80060888", f"Content-ID Reference: '${name}' does not exist in the batch context."
            )
        return self.addresses[name] + slash + rest

    def resolve_path(self, path: str, root: str) -> str:
        """As `resolve`, for a path below the service root: the address found is made relative to it."""
        if not path.startswith("$") or not path[1:2].isdecimal():
            return path
        return self.resolve(path).removeprefix(f"{root}/")
