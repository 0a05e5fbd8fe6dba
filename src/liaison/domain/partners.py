"""People of partner organizations, who can be let into a shared channel without being guests (B2B direct connect)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from liaison.domain.names import TeamId

MOST_PARTNERS = 20
MOST_TEAMS = 50
"""Teams that one channel can be shared with. Source: graph.md section 4.2."""
_LONGEST_ADDRESS = 254
_ADDRESS = re.compile(
    r"[A-Za-z0-9._%+'’\-]{1,64}@((?:[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63})"
)
_BETWEEN = re.compile(r"[\s,;]+")


@dataclass(frozen=True)
class Organization:
    """Another tenant, as its directory calls it."""

    tenant: str
    name: str


@dataclass(frozen=True)
class Partner:
    """Somebody to be let into a shared channel: the address that they sign in with, and where they work."""

    address: str
    organization: str = ""
    tenant: str = ""


@dataclass(frozen=True)
class PartnerMember:
    """Somebody of another organization who is in a channel; `membership` is the id of their place there."""

    membership: str
    name: str
    address: str
    tenant: str


@dataclass(frozen=True)
class SharedTeam:
    """A team that a shared channel is shared with; `is_host` is its own."""

    team: str
    name: str
    tenant: str
    is_host: bool


@dataclass(frozen=True)
class ShareTeam:
    """A team of one's own organization, whose people come into a new shared channel."""

    id: TeamId
    name: str = ""


class NotLetIn(StrEnum):
    """Why somebody was not let in; each is a reason in words."""

    BLOCKED = "partner_blocked"
    UNKNOWN = "partner_unknown"
    GUEST = "partner_guest"
    NOT_OWNER = "partner_not_owner"
    REFUSED = "partner_refused"


def split_addresses(text: str) -> tuple[str, ...]:
    """The addresses in what somebody typed: one a line, or with blanks, commas or semicolons between; each once."""
    found = {one.casefold(): one for one in _BETWEEN.split(text.strip()) if one}
    return tuple(found.values())


def domain_of(address: str) -> str:
    """The part that says the organization, in small letters; empty for what is no address."""
    found = _ADDRESS.fullmatch(address) if len(address) <= _LONGEST_ADDRESS else None
    return found.group(1).casefold() if found else ""
