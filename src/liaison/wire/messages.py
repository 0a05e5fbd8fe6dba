"""What is asked of a service and what it answered, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from liaison.wire.wild import Wild

TRIES = 2
"""How often an ask is tried in all when it may be repeated. See `wire.retry`."""


@dataclass(frozen=True)
class Pace:
    """How many asks of one class may go within how many seconds, and how many a second about one `thing`, if any.

    Of a class that is not `waited_for`, an ask beyond the rate is refused at once with the time to wait.
    """

    name: str
    most: float
    within_s: float = 1.0
    thing: str = ""
    most_about_thing: float = 4.0
    waited_for: bool = True


@dataclass(frozen=True)
class Ask:
    """One request.

    `purpose` names the host rule that its address must satisfy. `path` is the address for logs: a template without ids.
    `repeatable` says that asking twice is as good as asking once, so that a lost answer may be asked for again.
    A `token` goes only to the origin `home`. `reads_json` says that a successful answer must be JSON or empty.
    """

    service: str
    purpose: str
    method: str
    address: str = field(repr=False)
    path: str
    repeatable: bool
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    token: str = field(default="", repr=False)
    home: str = ""
    reads_json: bool = True
    deadline_s: float = 30.0
    pace: Pace | None = None
    counted_apart: bool = False
    """Does the service count it against its limits even as a part of another ask?"""
    tries: int = TRIES


@dataclass(frozen=True)
class Answer:
    """One answer, read whole. Header names are lower case; `content` is its JSON, None when it has none."""

    service: str
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    content: object = field(default=None, repr=False)
    request_id: str = ""

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    def header(self, name: str) -> str:
        """The header's value, empty when absent."""
        return self.headers.get(name.lower(), "")

    def wild(self) -> Wild:
        """The answer's JSON, to be tamed; what is not there shows as a surprise where it is read."""
        return Wild(self.content, service=self.service)
