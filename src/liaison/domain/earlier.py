"""What becomes of the files that a record had before it was connected: shown beside, copied, or moved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from liaison.domain.names import DriveId, ItemId

MOST_FILES = 1_000
"""More than these are left where they are: SharePoint's own means of moving fit them better."""
MOST_FOLDERS = 100
"""Each is one call while a person waits for the review."""


class EarlierFiles(StrEnum):
    """What a person chooses for them."""

    SHOW_BOTH = "show_both"
    """Nothing moves: the record's Documents show every place."""
    COPY = "copy"
    MOVE = "move"


@dataclass(frozen=True)
class EarlierItem:
    """A file, or a folder after everything in it. `path` is the folder that holds it, below its place: `A/B`."""

    drive: DriveId
    item: ItemId
    name: str
    path: str
    is_folder: bool
    size_bytes: int


@dataclass(frozen=True)
class Copying:
    """A copy that was intended: its name was free in the folder at `asked_at`.

    `monitor` is where the service says how far it is; empty until the service has accepted.
    """

    folder: ItemId
    name: str
    asked_at: datetime
    monitor: str = ""


@dataclass(frozen=True)
class EarlierWork:
    """How far copying or moving has come: `files` in all, and what is left, the next one first."""

    files: int
    left: tuple[EarlierItem, ...]
    going: Copying | None = None
    """The copy under way of the first one left."""
    failed: int = 0

    @property
    def settled(self) -> int:
        """Files that are done, or of which a finding says why not."""
        return self.files - sum(not one.is_folder for one in self.left)

    def after_first(self, *, failed: bool = False) -> EarlierWork:
        """The work when its first item is settled."""
        return replace(self, left=self.left[1:], going=None, failed=self.failed + failed)


@dataclass(frozen=True)
class EarlierPlace:
    """One place of earlier files: how many, and how large they are together."""

    name: str
    files: int
    size_bytes: int


@dataclass(frozen=True)
class EarlierCount:
    """The record's earlier files by place. `shared` are places that are not this record's alone: their files stay.

    `is_cut` says that there are more than can be copied or moved.
    """

    places: tuple[EarlierPlace, ...] = ()
    shared: tuple[str, ...] = ()
    is_cut: bool = False

    @property
    def files(self) -> int:
        return sum(place.files for place in self.places)

    @property
    def size_bytes(self) -> int:
        return sum(place.size_bytes for place in self.places)


NO_FILES = EarlierCount()


def free_names(name: str) -> tuple[str, ...]:
    """The name, then `name 1.ending`, `name 2.ending` and so on, as SharePoint itself makes names free."""
    stem, dot, ending = name.rpartition(".")
    if not stem:
        stem, dot, ending = name, "", ""
    return (name, *(f"{stem} {number}{dot}{ending}" for number in range(1, 100)))
