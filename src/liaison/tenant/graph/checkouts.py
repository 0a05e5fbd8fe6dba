"""Checking files out and in, deleting them for good, and looking at them in a browser.

Source: Graph v1.0, api/driveitem-checkout.md, api/driveitem-checkin.md, api/driveitem-preview.md
"""

from __future__ import annotations

from collections.abc import Callable

from liaison.tenant.estate import file_states, filing
from liaison.tenant.estate.access import SiteAccess
from liaison.tenant.estate.files import DriveItem
from liaison.tenant.graph.drive_items import download_address, naming_errors, require_match, require_unlocked
from liaison.tenant.graph.errors import Backend, GraphError, bad_request
from liaison.tenant.graph.permissions import DRIVE_READ, DRIVE_WRITE, Needs
from liaison.tenant.graph.places import ITEMS, asked_item, require_content_access
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import NO_CONTENT, Answer
from liaison.tenant.graph.shapes import entity
from liaison.tenant.graph.table import Row, below, operations


def check_out(ask: Ask) -> Answer:
    """`POST …/checkout`: 204; 423 while somebody else has it."""
    item = _asked_file(ask)
    holder = file_states.check_out(ask.estate, item, _caller(ask))
    if holder != _caller(ask):
        raise GraphError(423, "resourceLocked", "The file is checked out by another user.")
    return NO_CONTENT


def check_in(ask: Ask) -> Answer:
    """`POST …/checkin`: 204; with a comment."""
    item = _asked_file(ask)
    ask.optional_json().optional_text("comment")
    _require_held(ask, item)
    file_states.check_in(ask.estate, item.id)
    return NO_CONTENT


def discard_checkout(ask: Ask) -> Answer:
    """`POST …/discardCheckout`: 204."""
    item = _asked_file(ask)
    _require_held(ask, item)
    file_states.check_in(ask.estate, item.id)
    return NO_CONTENT


def permanent_delete(ask: Ask) -> Answer:
    """`POST …/permanentDelete`: 204; nothing can bring it back. Source: api/driveitem-permanentdelete.md"""
    item = asked_item(ask, SiteAccess.WRITE)
    require_match(ask, item)
    require_unlocked(ask, item)
    with naming_errors():
        filing.delete_item(ask.estate, item)
    return NO_CONTENT


def preview(ask: Ask) -> Answer:
    """`POST …/preview`: an address for a while that needs no token."""
    item = asked_item(ask)
    require_content_access(ask)
    if item.is_folder:
        raise bad_request(Backend.FILES, "Folders cannot be previewed.")
    ask.optional_json()
    body = {"getUrl": download_address(ask, item), "postParameters": None, "postUrl": None}
    return Answer(body=entity(ask.context("microsoft.graph.itemPreviewInfo"), body))


def _asked_file(ask: Ask) -> DriveItem:
    item = asked_item(ask, SiteAccess.WRITE)
    if item.is_folder:
        raise bad_request(Backend.FILES, "Only files can be checked out and in.")
    return item


def _caller(ask: Ask) -> str:
    return ask.caller.object_id


def _require_held(ask: Ask, item: DriveItem) -> None:
    holder = file_states.checkout_holder(ask.estate, item.id)
    if holder is None:
        raise bad_request(Backend.FILES, "The file is not checked out.")
    if holder != _caller(ask):
        raise GraphError(423, "resourceLocked", "The file is checked out by another user.")


def _acts(name: str, act: Callable[[Ask], Answer], needs: Needs = DRIVE_WRITE) -> tuple[Row, ...]:
    return ("POST", f"/{name}", act, needs), ("POST", f"/graph.{name}", act, needs)


OPERATIONS = operations(
    Backend.FILES,
    *below(
        ITEMS,
        *_acts("checkout", check_out),
        *_acts("checkin", check_in),
        *_acts("discardCheckout", discard_checkout),
        *_acts("permanentDelete", permanent_delete),
        *_acts("preview", preview, DRIVE_READ),
    ),
)
