"""The pages in Teams: what a tab shows, pinning from the channel, signing in from a tab; the asker's rights decide."""

from __future__ import annotations

import json
import re
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from liaison.api.asking import Asker, Asking
from liaison.api.routes.inputs import (
    CHANNEL_ID,
    GUID,
    TABLE,
    IdempotencyKey,
    PageQuery,
    problems,
    read_guid,
    read_order,
    read_record_ref,
)
from liaison.api.routes.links import answer_with
from liaison.api.tab_render import render_grid, render_pin, render_place, render_tab
from liaison.api.tab_shapes import AttemptShape, ChannelPlaceShape, GridShape, PinBody, PinShape, TabShape
from liaison.domain.names import LinkId, Regarding, TableName, ViewId, ViewRef
from liaison.errors import InputInvalid
from liaison.operations.pin import find_channel, list_pinned, pin
from liaison.operations.tab import read_tab, read_tab_rows

router = APIRouter(prefix="/tabs", tags=["tabs"])

ATTEMPT_KEPT = "consent-attempt-{}"
"""Under which a finished attempt is kept until the tab that waits has seen it."""

_ENTITY = f"^lnk_{GUID[1:]}"
_ATTEMPT = r"^[A-Za-z0-9-]{16,64}$"

EntityPath = Annotated[str, Path(alias="entity", pattern=_ENTITY, description="The tab’s entity id.")]
ChannelQuery = Annotated[str, Query(pattern=f"^{CHANNEL_ID.pattern}$", description="Id of the channel.")]
OrderQuery = Annotated[str, Query(max_length=260, description="Name of a column; with `-` before it, descending.")]


@router.get("/place", summary="A channel and what it is tied to", responses=problems(403, 404))
async def place(
    asking: Asker,
    environment: Annotated[str, Query(max_length=100, description="Key of the environment.")],
    channel: ChannelQuery,
    team: Annotated[str, Query(max_length=36, description="Id of the team; empty when Teams does not say it.")] = "",
) -> ChannelPlaceShape:
    """Looked up with the asker’s own rights: what a frame claims about where it is proves nothing."""
    key = asking.environment_key(environment)
    found = await find_channel(_read_team(team), channel, asking.person, asking.ports)
    return render_place(found, await list_pinned(found, key, asking.person, asking.ports))


@router.get("/attempts/{attempt}", summary="Has a sign-in ended?", responses=problems())
async def attempt(
    asking: Asker, attempt: Annotated[str, Path(pattern=_ATTEMPT, description="A word that the tab made up.")]
) -> AttemptShape:
    """Asked again and again by a tab whose person signs in and consents in a window of its own."""
    done = await asking.ports.sessions.take(ATTEMPT_KEPT.format(attempt))
    return AttemptShape(id=attempt, is_done=done == json.dumps(asking.person.id))


@router.post(
    "",
    summary="Pin a record or view from its channel",
    status_code=202,
    responses={
        **problems(403, 404, 409),
        200: {"model": PinShape, "description": "The link was there already, and nothing needs to be done."},
        202: {"description": "The work has begun or is under way; Teams may make the tab."},
    },
)
async def pin_to_channel(
    asking: Asker, body: PinBody, response: Response, idempotency_key: IdempotencyKey = ""
) -> PinShape:
    """For the tab’s configuration in Teams: begins the link and says what the tab’s settings are to be.

    Only the basic experience is needed. Teams makes the tab itself; Liaison makes all the rest.
    """
    if not re.fullmatch(CHANNEL_ID, body.channel):
        raise InputInvalid("channel", body.channel, "channel_choice")
    regarding = _read_regarding(asking, body)
    found = await find_channel(_read_team(body.team), body.channel, asking.person, asking.ports)
    link = await pin(regarding, found, asking.person, asking.ports, share_view=body.share_view, key=idempotency_key)
    return render_pin(link, answer_with(link, asking, response), asking)


def _read_team(team: str) -> str:
    return read_guid("team", team) if team else ""


def _read_regarding(asking: Asking, body: PinBody) -> Regarding:
    if (body.record is None) == (body.view is None):
        raise InputInvalid("record", "", "record_or_view")
    if body.record is not None:
        return read_record_ref(asking, body.environment, body.table, body.record)
    assert body.view is not None  # noqa: S101 one of the two is there
    if not re.match(TABLE, body.table):
        raise InputInvalid("table", body.table, "table_name")
    view = ViewId(read_guid("view", body.view.id))
    return ViewRef(asking.environment_key(body.environment), TableName(body.table), view, body.view.kind)


@router.get("/{entity}", summary="A tab’s content", responses=problems(403, 404))
async def read(asking: Asker, entity: EntityPath) -> TabShape:
    """The record’s form or the view as the asker may see it now, and how the link stands.

    Whoever may not see it learns nothing of it, not even its name.
    """
    return render_tab(await read_tab(_link_id(entity), asking.person, asking.ports), asking)


@router.get("/{entity}/rows", summary="Rows of a tab’s view", responses=problems(403, 404))
async def rows(
    asking: Asker,
    entity: EntityPath,
    q: Annotated[str, Query(max_length=200, description="Only names that contain this.")] = "",
    order: OrderQuery = "",
    page: PageQuery = "",
) -> GridShape:
    """One page of the view, in the view’s own order or by one of its columns."""
    grid = await read_tab_rows(
        _link_id(entity), asking.person, asking.ports, search=q, page=page, order=read_order(order)
    )
    return render_grid(grid, asking)


def _link_id(entity: str) -> LinkId:
    return LinkId(entity.removeprefix("lnk_").lower())
