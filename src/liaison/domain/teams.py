"""What a person sees of Teams and its files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from liaison.domain.names import (
    ChannelId,
    ChannelKind,
    DriveId,
    ItemId,
    PersonId,
    Regarding,
    TabId,
    TeamId,
)


@dataclass(frozen=True)
class Team:
    """`thread` (the team's internal id) and `address` are empty in lists; read one team to have them."""

    id: TeamId
    name: str
    description: str = ""
    thread: str = ""
    address: str = ""
    is_archived: bool = False


class TeamMaking(StrEnum):
    """How a new team is made; which way may be used depends on the permissions."""

    GROUP = "group"
    """Its group first, under a key of our own, then the team on it: as safe to repeat as a read."""
    TEMPLATE = "template"
    """In one call that must not be repeated; found again by our mark in its description."""


@dataclass(frozen=True)
class TeamOperation:
    """A team that the service has accepted to make: its id, and where the service says how far it is."""

    team: TeamId
    address: str


@dataclass(frozen=True)
class NotAdded:
    """Somebody whom the service did not add to a team, and why in one word of ours."""

    person: PersonId
    reason: str


@dataclass(frozen=True)
class Channel:
    id: ChannelId
    name: str
    kind: ChannelKind
    address: str
    description: str = ""
    is_archived: bool = False


@dataclass(frozen=True)
class Tab:
    """`entity` is the tab's own key for its content, `content_address` what it shows."""

    id: TabId
    name: str
    entity: str
    content_address: str
    address: str
    website_address: str = ""
    is_microsofts: bool = False
    """Made by Microsoft's own app."""


def shows(tab: Tab, regarding: Regarding) -> bool:
    """Does a tab of Microsoft's own app show this record or view? Told by its id in the tab's addresses.

    Source: graph.md section 5.4, rule for a native tab.
    """
    addresses = f"{tab.entity} {tab.content_address} {tab.website_address}".casefold().replace("%2d", "-")
    return bool(regarding.id) and regarding.id.strip("{}").casefold() in addresses


@dataclass(frozen=True)
class TabContent:
    """What a tab is to show. Addresses are absolute.

    A tab of Microsoft's own app that shows `regarding` is as good: ours would be a second one.
    """

    name: str
    entity: str
    content_address: str
    website_address: str
    remove_address: str
    regarding: Regarding | None = None


@dataclass(frozen=True)
class AppPlacement:
    """Our app in a team: the catalogue's app id, the installation's id, and whether it was there before.

    `app` is the built-in website tab when our own app is not in the catalogue; then there is no installation.
    """

    app: str
    installation: str
    was_there: bool


@dataclass(frozen=True)
class Folder:
    """A folder of a library. `site_address` is the site that holds it, `path` its server-relative path."""

    drive: DriveId
    item: ItemId
    name: str
    address: str
    site_address: str
    path: str


@dataclass(frozen=True)
class FileEntry:
    """A file or a folder in a list; `size_bytes` of a folder is what it holds."""

    drive: DriveId
    item: ItemId
    name: str
    is_folder: bool
    size_bytes: int
    modified_at: datetime
    modified_by: str
    address: str
    version: str
    children: int = 0


@dataclass(frozen=True)
class StoredFile:
    """A file or folder where it lies, and what tells its content from another's.

    `hash` is the service's own of the content, empty for folders and where it gives none; `version` changes with every
    change of the file.
    """

    drive: DriveId
    item: ItemId
    parent: ItemId
    name: str
    is_folder: bool
    size_bytes: int
    hash: str
    version: str
    children: int = 0

    def has_content_of(self, other: StoredFile) -> bool:
        """Surely the same content: size and hash agree, and there is a hash."""
        same = (self.size_bytes, self.hash) == (other.size_bytes, other.hash)
        return same and bool(self.hash) and not self.is_folder


@dataclass(frozen=True)
class FilePage:
    entries: tuple[FileEntry, ...]
    next_page: str


@dataclass(frozen=True)
class Label:
    """A sensitivity label that people may put on a team."""

    id: str
    name: str
    description: str


@dataclass(frozen=True)
class DirectoryPerson:
    """The person as the directory knows them."""

    id: PersonId
    name: str
    upn: str
    language: str
    directory_roles: tuple[str, ...]
    """Template ids of the directory roles."""
    service_plans: tuple[str, ...]
    """Names of the service plans that are provisioned, such as TEAMS1."""
