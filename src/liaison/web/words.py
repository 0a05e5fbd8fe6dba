"""Times, counts and initials as people read them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import unquote

from babel.dates import format_datetime

TINTS = 6
ADDRESS_SHOWN = 60
_ADDRESS = re.compile(r"(https?://[^\s<>\"]+[^\s<>\".,;:!?)])")


def moment(language: str, at: datetime) -> str:
    """Day and time in UTC; the page's script shows the same in the reader's own zone."""
    return f"{format_datetime(at.astimezone(UTC), 'medium', locale=language, tzinfo=UTC)} UTC"


def is_one(language: str, count: int) -> bool:
    """Does the language use the singular for this count?"""
    return count < 2 if language == "fr" else count == 1


@dataclass(frozen=True)
class Piece:
    """A piece of plain text; `address` is set when it is an address that can be followed."""

    text: str
    address: str = ""


def pieces(text: str) -> tuple[Piece, ...]:
    """Plain text with its web addresses told apart, each shown no longer than a person would read it."""
    found = (part for part in _ADDRESS.split(text) if part)
    return tuple(Piece(_shortened(part), part) if _ADDRESS.fullmatch(part) else Piece(part) for part in found)


def _shortened(address: str) -> str:
    plain = unquote(address)
    return plain if len(plain) <= ADDRESS_SHOWN else f"{plain[:ADDRESS_SHOWN]}…"


def initials(name: str) -> str:
    """One or two letters for a picture of a person, a record or a team."""
    words = [word for word in re.split(r"[\s’'-]+", name) if word and unicodedata.category(word[0])[0] in "LN"]
    ends = words[:1] + words[1:][-1:]
    return "".join(word[0] for word in ends).upper()


def tint(name: str) -> int:
    """A colour number that stays the same for a name."""
    return sum(name.encode()) % TINTS
