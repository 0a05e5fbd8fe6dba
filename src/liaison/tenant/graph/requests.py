"""Requests as Graph understands them: who asks, for what, with which options and which body."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode

import orjson

from liaison.tenant.estate import Estate
from liaison.tenant.estate.callers import Caller
from liaison.tenant.estate.files import Author
from liaison.tenant.graph.errors import Backend, GraphError, bad_request
from liaison.tenant.graph.paths import Word, read_path
from liaison.tenant.graph.wild import Wild

Found = TypeVar("Found")

# System options may be written without their dollar sign.
_SYSTEM = (
    "select",
    "expand",
    "filter",
    "top",
    "skip",
    "skiptoken",
    "orderby",
    "count",
    "search",
    "format",
    "deltatoken",
)


@dataclass(frozen=True)
class RawRequest:
    """A request before anything is believed: `path` is still percent-encoded and begins below the version."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    origin: str


@dataclass(frozen=True)
class Ask:
    """One request to one operation. `params` are keys and arguments of the address, `options` the query by name
    without dollar signs; header names are lower case."""

    estate: Estate
    caller: Caller
    backend: Backend
    raw: RawRequest
    params: Mapping[str, str]
    options: Mapping[str, str]
    _memory: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)

    def remember(self, key: Hashable, find: Callable[[], Found]) -> Found:
        """What `find` answers, asked once per request: the items of a list share library, folder and authors."""
        if key not in self._memory:
            self._memory[key] = find()
        kept: Found = self._memory[key]
        return kept

    @property
    def origin(self) -> str:
        return self.raw.origin

    @property
    def root(self) -> str:
        """The absolute address of this version, as the client asked for it."""
        return f"{self.raw.origin}/v1.0"

    @property
    def is_delegated(self) -> bool:
        return not self.caller.is_application

    @property
    def author(self) -> Author:
        """Who writes, for files."""
        return Author(self.caller.object_id if self.is_delegated else None, self.caller.app_id)

    def context(self, fragment: str) -> str:
        """The `@odata.context` for a fragment such as `teams/$entity`. Source: graph.md section 13"""
        return f"{self.root}/$metadata#{fragment}"

    def header(self, name: str) -> str | None:
        return self.raw.headers.get(name.lower())

    def prefers(self, preference: str) -> bool:
        """Whether the Prefer header holds a preference."""
        return preference in [part.strip().lower() for part in self.raw.headers.get("prefer", "").split(",")]

    def json(self) -> Wild:
        """The body as an untrusted JSON object; raises 400 when it is none."""
        try:
            value = orjson.loads(self.raw.body)
        except orjson.JSONDecodeError as error:
            raise bad_request(
                self.backend,
                "Unable to read JSON request payload. Please ensure Content-Type header "
                "is set and payload is of valid JSON format.",
            ) from error
        if not isinstance(value, dict):
            raise bad_request(self.backend, "The request body must be a JSON object.")
        return Wild(value, self.backend)

    def optional_json(self) -> Wild:
        """The body as an untrusted JSON object; an absent body is an empty one."""
        return self.json() if self.raw.body.strip() else Wild({}, self.backend)

    def number(self, option: str, default: int, largest: int) -> int:
        """A whole number among the options, such as `top`; raises 400 outside 1 to `largest`."""
        text = self.options.get(option)
        if text is None:
            return default
        if not text.isdigit() or not 1 <= int(text) <= largest:
            raise bad_request(
                self.backend, f"Invalid page size specified: '{text}'. Must be between 1 and {largest} inclusive."
            )
        return int(text)

    def words(self, option: str) -> tuple[str, ...]:
        """The names in a comma-separated option such as `select`."""
        return tuple(word.strip() for word in self.options.get(option, "").split(",") if word.strip())

    def has_dollar(self, option: str) -> bool:
        """Whether a system option was written with its dollar sign, which makes it part of the checked query."""
        return any(name.lower() == f"${option}" for name, _ in parse_qsl(self.raw.query, keep_blank_values=True))

    def link(self, **changed: str | None) -> str:
        """The absolute address of this request with options changed (None removes), for next and delta links."""
        names = {name.lstrip("$").lower() for name in changed}
        kept = [
            (name, value)
            for name, value in parse_qsl(self.raw.query, keep_blank_values=True)
            if name.lstrip("$").lower() not in names
        ]
        added = [
            (name if name == "token" else f"${name}", value) for name, value in changed.items() if value is not None
        ]
        query = urlencode(kept + added, safe="$")
        return f"{self.root}{self.raw.path}" + (f"?{query}" if query else "")


def read_options(query: str) -> dict[str, str]:
    """The query by lower-case name, system options without their dollar sign."""
    options: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        plain = name.lstrip("$").lower()
        options[plain if plain in _SYSTEM else name] = value
    return options


def bound_id(value: Any, collection: str, backend: Backend) -> str:
    """The key at the end of an `@odata.bind` or `@odata.id` address, whatever its root and whichever its form.

    Both `…/users/{id}` and `…/users('{id}')` are understood. Source: graph.md 5.2
    """
    text = value if isinstance(value, str) else ""
    path = text.split("://", 1)[-1]
    tokens = [token for token in read_path(path) if isinstance(token, Word)]
    if len(tokens) >= 2 and tokens[-2].text.lower() in (collection.lower(), "directoryobjects"):
        return tokens[-1].text
    raise GraphError(
        400,
        "BadRequest" if backend is Backend.TEAMS else "Request_BadRequest",
        f"Bind requests not supported for {text!r}: expected a member of {collection}.",
    )
