"""Copying files and folders, watched over a monitor address that needs no token.

Source: Graph v1.0, api/driveitem-copy.md, concepts/long-running-actions-overview.md
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from liaison.tenant.estate import Estate, files, filing, sites
from liaison.tenant.estate.access import SiteAccess
from liaison.tenant.estate.filing import Conflict
from liaison.tenant.estate.seals import SealBroken, seal, unseal
from liaison.tenant.estate.switches import get_switch
from liaison.tenant.graph.drive_items import CONFLICT, naming_errors, read_conflict
from liaison.tenant.graph.errors import Backend, bad_request, no_item
from liaison.tenant.graph.permissions import DRIVE_WRITE
from liaison.tenant.graph.places import ITEMS, asked_item, require_access
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import Answer
from liaison.tenant.graph.table import below, operations

MONITOR_PATH = "/_api/v2.0/monitor"


def copy_item(ask: Ask) -> Answer:
    """`POST …/copy`: 202 with the monitor's address, to another library too.

    With `includeAllVersionHistory` earlier versions come along, unless a name is given as well: a known issue.
    """
    item = asked_item(ask)
    if item.is_root:
        raise bad_request(Backend.FILES, "The root folder cannot be copied.")
    body = ask.json()
    reference = body.child("parentReference")
    drive = sites.find_drive(ask.estate, reference.optional_text("driveId") or item.drive_id)
    parent_id = reference.optional_text("id") or (item.parent_id if drive and drive.id == item.drive_id else None)
    if drive is None or parent_id is None:
        raise no_item()
    parent = files.find_item(ask.estate, drive.id, drive.root_id if parent_id == "root" else parent_id)
    if parent is None or not parent.is_folder:
        raise no_item()
    require_access(ask, sites.site_of_drive(ask.estate, drive), SiteAccess.WRITE, parent)
    conflict, name = read_conflict(ask.options.get(CONFLICT), Conflict.FAIL), body.optional_text("name")
    with_versions = body.flag("includeAllVersionHistory", default=False) and not name
    with naming_errors():
        made = filing.copy_item(
            ask.estate, item, parent, name or item.name, ask.author, conflict, with_versions=with_versions
        )
    done_at = ask.estate.clock.seconds() + get_switch(ask.estate, "graph.copy_delay_s", 0.0)
    token = seal(ask.estate, "monitor", [made.id, done_at])
    return Answer(202, headers={"Location": f"{ask.origin}{MONITOR_PATH}?token={token}"})


def monitor_routes(estate: Estate) -> list[BaseRoute]:
    """The address where a copy is watched."""

    async def answer(request: Request) -> Response:
        try:
            item_id, done_at = unseal(estate, "monitor", request.query_params.get("token", ""))
        except SealBroken:
            return JSONResponse({"error": {"code": "itemNotFound", "message": "The monitor was not found."}}, 404)
        if estate.clock.seconds() < done_at:
            state = {"operation": "ItemCopy", "percentageComplete": 50.0, "status": "inProgress"}
            return JSONResponse(state, 202)
        done = {"operation": "ItemCopy", "percentageComplete": 100.0, "resourceId": item_id, "status": "completed"}
        return JSONResponse(done)

    return [Route(MONITOR_PATH, answer, methods=["GET"])]


OPERATIONS = operations(
    Backend.FILES,
    *below(
        ITEMS,
        ("POST", "/copy", copy_item, DRIVE_WRITE),
        ("POST", "/graph.copy", copy_item, DRIVE_WRITE),
    ),
)
