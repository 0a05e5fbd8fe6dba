"""Small pictures of files: here a plain coloured sheet in each size, at addresses that need no token.

Source: Graph v1.0, api/driveitem-list-thumbnails.md
"""

from __future__ import annotations

import struct
import zlib

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from liaison.tenant.estate import Estate
from liaison.tenant.estate.files import DriveItem
from liaison.tenant.estate.seals import SealBroken, seal, unseal
from liaison.tenant.graph.drive_items import DOWNLOAD_LIFE_S, drive_key
from liaison.tenant.graph.errors import Backend, no_item
from liaison.tenant.graph.permissions import DRIVE_READ
from liaison.tenant.graph.places import ITEMS, asked_item, may_load_content
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import Answer, Json
from liaison.tenant.graph.shapes import collection, entity
from liaison.tenant.graph.table import below, operations

THUMBNAIL_PATH = "/_layouts/15/thumbnail.aspx"
_SIZES = {"large": (800, 600), "medium": (176, 132), "small": (96, 72)}
_SET = "0"


def thumbnail_sets(ask: Ask, item: DriveItem) -> list[Json]:
    """The one set of pictures of a file; folders have none, nor has what may not be loaded."""
    if item.is_folder or not may_load_content(ask):
        return []
    return [{"id": _SET, **{name: _picture(ask, item, name) for name in _SIZES}}]


def list_thumbnails(ask: Ask) -> Answer:
    """`GET …/thumbnails`."""
    item = asked_item(ask)
    context = ask.context(f"drives('{drive_key(item.drive_id)}')/items('{item.id}')/thumbnails")
    return Answer(body=collection(context, thumbnail_sets(ask, item)))


def read_thumbnails(ask: Ask) -> Answer:
    """`GET …/thumbnails/{set}`."""
    item, found = _asked_set(ask)
    context = ask.context(f"drives('{drive_key(item.drive_id)}')/items('{item.id}')/thumbnails/$entity")
    return Answer(body=entity(context, found))


def read_thumbnail(ask: Ask) -> Answer:
    """`GET …/thumbnails/{set}/{size}`."""
    return Answer(body=entity(ask.context("microsoft.graph.thumbnail"), _asked_size(ask)))


def read_thumbnail_content(ask: Ask) -> Answer:
    """`GET …/thumbnails/{set}/{size}/content`: 302."""
    return Answer(302, headers={"Location": str(_asked_size(ask)["url"])})


def thumbnail_routes(estate: Estate) -> list[BaseRoute]:
    """The address of the pictures themselves."""

    async def answer(request: Request) -> Response:
        try:
            guid, width, height = unseal(estate, "thumbnail", request.query_params.get("tempauth", ""))
        except SealBroken:
            return PlainTextResponse("401 UNAUTHORIZED", 401)
        return Response(sheet(guid, width, height), media_type="image/png")

    return [Route(THUMBNAIL_PATH, answer, methods=["GET"])]


def sheet(seed: str, width: int, height: int) -> bytes:
    """A PNG of one colour, the same for the same seed."""
    colour = zlib.crc32(seed.encode()).to_bytes(4, "big")[:3]
    rows = (b"\0" + colour * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    )


def _picture(ask: Ask, item: DriveItem, size: str) -> Json:
    width, height = _SIZES[size]
    token = seal(ask.estate, "thumbnail", [item.guid, width, height], lives_s=DOWNLOAD_LIFE_S)
    return {"height": height, "width": width, "url": f"{ask.origin}{THUMBNAIL_PATH}?tempauth={token}"}


def _asked_set(ask: Ask) -> tuple[DriveItem, Json]:
    item = asked_item(ask)
    for found in thumbnail_sets(ask, item):
        if found["id"] == ask.params["set"]:
            return item, found
    raise no_item()


def _asked_size(ask: Ask) -> Json:
    found = _asked_set(ask)[1].get(ask.params["size"].lower())
    if not isinstance(found, dict):
        raise no_item()
    return found


OPERATIONS = operations(
    Backend.FILES,
    *below(
        ITEMS,
        ("GET", "/thumbnails", list_thumbnails, DRIVE_READ),
        ("GET", "/thumbnails/{set}", read_thumbnails, DRIVE_READ),
        ("GET", "/thumbnails/{set}/{size}", read_thumbnail, DRIVE_READ),
        ("GET", "/thumbnails/{set}/{size}/content", read_thumbnail_content, DRIVE_READ),
    ),
)
