"""Identifiers, and the names that people give to channels and files."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from liaison.errors import (
    ChannelNameForbidden,
    ChannelNameTooLong,
    FileNameForbidden,
    InputMissing,
)

TenantId = NewType("TenantId", str)
PersonId = NewType("PersonId", str)
"""The person's object id in the directory; with the tenant id it is the key of a person."""
EnvironmentKey = NewType("EnvironmentKey", str)
TableName = NewType("TableName", str)
"""A table's logical name, such as `opportunity`."""
RowId = NewType("RowId", str)
ViewId = NewType("ViewId", str)
TeamId = NewType("TeamId", str)
"""The team's group id."""
ChannelId = NewType("ChannelId", str)
TabId = NewType("TabId", str)
DriveId = NewType("DriveId", str)
ItemId = NewType("ItemId", str)
LinkId = NewType("LinkId", str)

CHANNEL_NAME_LIMIT = 50
_CHANNEL_FORBIDDEN = "~#%&*{}+/\\:<>?|'\","
_RESERVED = {
    "forms",
    "con",
    "conin$",
    "conout$",
    "prn",
    "aux",
    "nul",
    "desktop.ini",
    "_vti_",
}
_RESERVED |= {f"{word}{digit}" for word in ("com", "lpt") for digit in range(1, 10)}
_FILE_FORBIDDEN = '"*:<>?/\\|'


@dataclass(frozen=True)
class Person:
    """Who is asking: a person of one tenant. Name, address and language are for show, never for deciding."""

    tenant: TenantId
    id: PersonId
    name: str
    upn: str
    language: str = "en"


@dataclass(frozen=True)
class RecordRef:
    """One record: a row of a business table in one environment."""

    environment: EnvironmentKey
    table: TableName
    id: RowId


class ViewKind(StrEnum):
    SYSTEM = "system"
    PERSONAL = "personal"


@dataclass(frozen=True)
class ViewRef:
    """One saved view of a table in one environment."""

    environment: EnvironmentKey
    table: TableName
    """The table whose rows the view lists."""
    id: ViewId
    kind: ViewKind


Regarding = RecordRef | ViewRef
"""What a link ties to a channel."""


class ChannelKind(StrEnum):
    STANDARD = "standard"
    PRIVATE = "private"
    SHARED = "shared"


def read_channel_name(text: str) -> str:
    """The name, trimmed, when Teams will take it and can make a folder of it.

    Raises InputMissing, ChannelNameTooLong, ChannelNameForbidden (with a free proposal).
    Source: Teams limits and specifications, names of teams and channels.
    """
    name = text.strip()
    if not name:
        raise InputMissing("channel_name")
    if len(name) > CHANNEL_NAME_LIMIT:
        raise ChannelNameTooLong(name, CHANNEL_NAME_LIMIT)
    bad = _forbidden_in_channel(name)
    if bad:
        raise ChannelNameForbidden(name, bad, propose_channel_name(name))
    return name


def propose_channel_name(text: str) -> str:
    """A name close to the text that Teams takes; `Channel` when nothing of it can stay."""
    kept = "".join(" " if letter in _CHANNEL_FORBIDDEN or _is_control(letter) else letter for letter in text)
    kept = re.sub(r"\.{2,}", ".", kept)
    kept = re.sub(r"\s+", " ", kept).strip().lstrip("_.").rstrip(".").strip()
    if not kept or kept.lower() in _RESERVED:
        kept = f"Channel {kept}".strip()
    return kept[:CHANNEL_NAME_LIMIT].rstrip(" .")


def _forbidden_in_channel(name: str) -> str:
    bad = [letter for letter in dict.fromkeys(name) if letter in _CHANNEL_FORBIDDEN]
    bad += [f"U+{ord(letter):04X}" for letter in dict.fromkeys(name) if _is_control(letter)]
    if ".." in name:
        bad.append("..")
    if name[0] in "_.":
        bad.append(name[0])
    if name.endswith("."):
        bad.append(".")
    if name.lower() in _RESERVED:
        bad.append(name)
    return " ".join(dict.fromkeys(bad))


def _is_control(letter: str) -> bool:
    return unicodedata.category(letter) in {"Cc", "Cf"}


def read_file_name(text: str) -> str:
    """The name of a file to upload, without any path that the sender put before it.

    Raises InputMissing, FileNameForbidden.
    Source: SharePoint restrictions and limitations, invalid file names.
    """
    name = text.replace("\\", "/").rsplit("/", 1)[-1].strip()
    if not name or name in {".", ".."}:
        raise InputMissing("file_name")
    bad = [letter for letter in dict.fromkeys(name) if letter in _FILE_FORBIDDEN or _is_control(letter)]
    if name.startswith("~$") or "_vti_" in name or name.lower() in _RESERVED | {".lock"}:
        bad.append(name)
    if bad:
        raise FileNameForbidden(name, " ".join(bad))
    return name
