"""What Liaison ships to Teams and to Dynamics 365: for which deployment, under which version, with which faults."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from uuid import NAMESPACE_URL, uuid5

VERSION = re.compile(r"(\d{1,9})\.(\d{1,9})\.(\d{1,9})\Z")
_MARKS = 1_000_000


class PackageForm(StrEnum):
    """May its parts be changed where it is imported?"""

    UNMANAGED = "unmanaged"
    MANAGED = "managed"


@dataclass(frozen=True)
class Issuer:
    """One installation of Liaison as its packages know it.

    `address` is its own address, `manifest` the id of its Teams app, which never changes; `is_local` says that it
    stands on plain http on one machine, for the local tenant alone.
    """

    address: str
    client_id: str
    manifest: str
    publisher: str
    privacy_address: str
    terms_address: str
    is_local: bool = False


@dataclass(frozen=True)
class Package:
    """A file to be handed on. The same settings give the same bytes."""

    file_name: str
    version: str
    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class PublishedApp:
    """Liaison's app in the organization's catalogue: its id there and its version."""

    id: str
    version: str


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a package; `code` names the sentence, `facts` what it speaks of."""

    code: str
    facts: tuple[tuple[str, str], ...] = ()


def manifest_id(client_id: str) -> str:
    """The id of the Teams app of an installation that was given none: always the same for its app registration."""
    return str(uuid5(NAMESPACE_URL, f"liaison:teams-app:{client_id.lower()}"))


def plan_version(content_mark: str, newer_than: str = "") -> str:
    """The version of a package: it follows the content, and is above `newer_than` unless that is of this content.

    The last number is made of the content alone. Where it would not be above what is published, the first is raised.
    Teams takes only higher versions. Source: contracts, teams-app 4.
    """
    last = int(hashlib.sha256(content_mark.encode()).hexdigest()[:12], 16) % _MARKS
    before = read_version(newer_than)
    if before is None:
        return f"1.0.{last}"
    first = max(before[0], 1)
    if (first, 0, last) < before:
        first += 1
    return f"{first}.0.{last}"


def read_version(text: str) -> tuple[int, int, int] | None:
    """The three numbers; None for a version of another form."""
    found = VERSION.match(text)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None
