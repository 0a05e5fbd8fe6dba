"""Changes in a library since a token, and searching it.

Source: Graph v1.0, api/driveitem-delta.md, api/driveitem-search.md; graph.md 6.6
"""

from __future__ import annotations

from dataclasses import dataclass

from liaison.tenant.estate import files, sites
from liaison.tenant.estate.files import DriveItem
from liaison.tenant.estate.seals import SealBroken, seal, unseal
from liaison.tenant.estate.switches import get_switch
from liaison.tenant.graph.drive_items import item_body
from liaison.tenant.graph.errors import Backend, GraphError, bad_request
from liaison.tenant.graph.permissions import DRIVE_READ
from liaison.tenant.graph.places import DRIVES, ITEMS, asked_drive, asked_item
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import Answer, Json
from liaison.tenant.graph.schema import DRIVE_ITEM
from liaison.tenant.graph.shapes import collection, selected
from liaison.tenant.graph.table import below, operations

_PAGE, _LARGEST_PAGE = 200, 5000


@dataclass(frozen=True)
class Mark:
    """How far a client has read: changes after `after`. Deletions up to `from_start` are of no interest to it."""

    after: int
    from_start: int


def read_delta(ask: Ask) -> Answer:
    """`GET …/root/delta`: pages of changes, the last of which has the delta link; 410 for a token too old.

    SharePoint documents it for the root of a library only.
    """
    folder = asked_item(ask)
    if not folder.is_root:
        raise bad_request(Backend.FILES, "Delta is supported on the root of a drive only.")
    drive = sites.find_drive(ask.estate, folder.drive_id)
    newest = drive.sequence if drive is not None else 0
    token = ask.params.get("token") or ask.options.get("token")
    context = ask.context("Collection(driveItem)")
    if token == "latest":  # noqa: S105 - a word of the protocol, no secret
        return Answer(body={"@odata.context": context, "@odata.deltaLink": _link(ask, folder, newest), "value": []})
    mark = _read_mark(ask, folder, token, newest)
    size = ask.number("top", _PAGE, _LARGEST_PAGE)
    found = files.list_changed_items(ask.estate, folder.drive_id, mark.after, size + 1)
    part = found[:size]
    values = [
        selected(ask, _change_body(ask, item), DRIVE_ITEM, "driveItem")
        for item in part
        if item.deleted is None or item.seq > mark.from_start
    ]
    body: Json = {"@odata.context": context}
    if len(found) > size:
        body["@odata.nextLink"] = _link(ask, folder, part[-1].seq, mark.from_start)
    else:
        body["@odata.deltaLink"] = _link(ask, folder, part[-1].seq if part else mark.after)
    return Answer(body=body | {"value": values})


def search(ask: Ask) -> Answer:
    """`GET …/root/search(q='…')`: items of the folder whose name holds the text."""
    folder = asked_item(ask)
    return _found(ask, folder)


def search_drive(ask: Ask) -> Answer:
    """`GET /drives/{drive}/search(q='…')`."""
    return _found(ask, files.root_item(ask.estate, asked_drive(ask)))


def _found(ask: Ask, folder: DriveItem) -> Answer:
    text = ask.params.get("q", "")
    delay_s = get_switch(ask.estate, "graph.search_delay_s", 0.0)
    indexed_up_to = ask.estate.clock.seconds() - delay_s
    found = [
        item
        for item in files.search_items(ask.estate, folder.drive_id, text)
        if (folder.is_root or files.is_below(ask.estate, item, folder))
        and files.seconds_of(item.created) <= indexed_up_to
    ]
    values = [selected(ask, item_body(ask, item) | {"searchResult": {}}, DRIVE_ITEM, "driveItem") for item in found]
    return Answer(body=collection(ask.context("Collection(driveItem)"), values))


def _change_body(ask: Ask, item: DriveItem) -> Json:
    """An item as a delta tells it: never with a path, and deleted ones without their name. Source: graph.md 6.6"""
    body = item_body(ask, item)
    reference = {name: value for name, value in body["parentReference"].items() if name not in ("path", "name")}
    body["parentReference"] = reference
    for name in ("cTag", "lastModifiedBy", "@microsoft.graph.downloadUrl"):
        body.pop(name, None)
    if item.deleted is None:
        return body
    kept = ("id", "size", "createdDateTime", "lastModifiedDateTime", "fileSystemInfo", "folder", "parentReference")
    return {"deleted": {"state": "deleted"}} | {name: body[name] for name in kept if name in body}


def _read_mark(ask: Ask, folder: DriveItem, token: str | None, newest: int) -> Mark:
    if token is None:
        return Mark(0, newest)
    if get_switch(ask.estate, "graph.delta_expired", False):
        raise _too_old(ask, folder)
    try:
        drive_id, after, from_start = unseal(ask.estate, "drive delta", token)
    except SealBroken as broken:
        raise _too_old(ask, folder) from broken
    if drive_id != folder.drive_id:
        raise _too_old(ask, folder)
    return Mark(after, from_start)


def _link(ask: Ask, folder: DriveItem, after: int, from_start: int = 0) -> str:
    token = seal(ask.estate, "drive delta", [folder.drive_id, after, from_start])
    options = "&".join(f"${name}={ask.options[name]}" for name in ("select", "top") if name in ask.options)
    return f"{ask.root}/drives/{folder.drive_id}/root/delta?token={token}" + (f"&{options}" if options else "")


def _too_old(ask: Ask, folder: DriveItem) -> GraphError:
    """410 with the link that starts anew. Source: graph.md 6.6"""
    return GraphError(
        410,
        "resyncChangesApplyDifferences",
        "Resync required. Replace any local items with the server's version (including deletes) if you're sure that "
        "the service was up to date with your local changes when you last sync'd.",
        headers={"Location": f"{ask.root}/drives/{folder.drive_id}/root/delta"},
    )


OPERATIONS = operations(
    Backend.FILES,
    *below(
        ITEMS,
        ("GET", "/delta()", read_delta, DRIVE_READ),
        ("GET", "/graph.delta()", read_delta, DRIVE_READ),
        ("GET", "/search()", search, DRIVE_READ),
        ("GET", "/graph.search()", search, DRIVE_READ),
    ),
    *below(DRIVES, ("GET", "/search()", search_drive, DRIVE_READ)),
)
