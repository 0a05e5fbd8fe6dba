"""How far copying or moving earlier files has come, as a part of a link's document."""

from __future__ import annotations

from liaison.domain.earlier import Copying, EarlierItem, EarlierWork
from liaison.domain.names import DriveId, ItemId
from liaison.store.parts import Parts


def read_earlier(part: Parts) -> EarlierWork:
    """Raises DocumentUnreadable."""
    left, going = part.parts("left", _read_item), part.optional("going", _read_copying)
    return EarlierWork(part.number("files"), tuple(left), going, part.number("failed"))


def _read_item(part: Parts) -> EarlierItem:
    where = DriveId(part.text("drive")), ItemId(part.text("item"))
    return EarlierItem(*where, part.text("name"), part.text("path"), part.flag("is_folder"), part.number("size_bytes"))


def _read_copying(part: Parts) -> Copying:
    return Copying(ItemId(part.text("folder")), part.text("name"), part.time("asked_at"), part.text("monitor"))
