"""Records that went into another one: merged into it, or qualified to it. Their channels go on with it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from liaison.domain.names import RecordRef


class Way(StrEnum):
    """How a record went into another."""

    MERGED = "merged"
    QUALIFIED = "qualified"
    """The lead that an opportunity comes from."""


@dataclass(frozen=True)
class Forerunner:
    """A record whose channels are shown with the one it went into."""

    ref: RecordRef
    title: str
    way: Way
