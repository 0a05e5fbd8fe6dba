"""Links: connect, look, follow, try again, disconnect."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse

from liaison.api.asking import Asker, Asking
from liaison.api.render import render_link
from liaison.api.rights import environments_administered
from liaison.api.routes.inputs import (
    GUID,
    TABLE,
    IdempotencyKey,
    LinkPath,
    PageQuery,
    problems,
)
from liaison.api.routes.requests import read_request
from liaison.api.shapes import ConnectBody, LinkShape, LinksShape
from liaison.domain.link import Link, LinkState, TabChoice
from liaison.domain.names import LinkId
from liaison.operations.connect import connect as connect_link
from liaison.operations.connect import try_again
from liaison.operations.disconnect import disconnect
from liaison.operations.read_link import read_link
from liaison.ports import LinkFilter

router = APIRouter(prefix="/links", tags=["links"])

LOOK_EVERY_S = 0.5
FOLLOW_FOR_S = 15 * 60
BREATH_EVERY_S = 15


class WhoseLinks(StrEnum):
    MINE = "mine"
    EVERYONE = "everyone"


@router.post(
    "",
    summary="Connect a record or a view to a channel",
    status_code=202,
    responses={
        **problems(403, 404, 409),
        200: {"model": LinkShape, "description": "The link was there already, and nothing needs to be done."},
        202: {"description": "The work has begun or is under way; follow it at Location."},
    },
)
async def connect(
    asking: Asker, body: ConnectBody, response: Response, idempotency_key: IdempotencyKey = ""
) -> LinkShape:
    """Saves the intent and begins the work: team, channel, app, tab, library, rows, members, note, as they apply.

    Asking again, with or without a key, never makes a second link for the same record and channel.
    """
    link = await connect_link(await read_request(asking, body), asking.person, asking.ports, idempotency_key)
    return answer_with(link, asking, response)


def answer_with(link: Link, asking: Asking, response: Response) -> LinkShape:
    """The link's document: 202 and where to follow it while it is at work, else 200."""
    shown = render_link(link, asking)
    response.status_code = 202 if link.state.at_work else 200
    response.headers["Location"] = shown.address
    return shown


@router.get("", summary="Links", responses=problems(403, 404))
async def browse(
    asking: Asker,
    of: Annotated[
        WhoseLinks, Query(description="Everyone’s links need the role System Administrator.")
    ] = WhoseLinks.MINE,
    state: Annotated[list[LinkState] | None, Query(description="Only links in these states.")] = None,
    environment: Annotated[str, Query(max_length=100, description="Only links of this environment.")] = "",
    table: Annotated[str, Query(pattern=f"(?:{TABLE})|^$", description="Only links of this table.")] = "",
    regarding: Annotated[
        str, Query(pattern=f"(?:{GUID})|^$", description="Only links of the record or view with this id.")
    ] = "",
    team: Annotated[str, Query(pattern=f"(?:{GUID})|^$", description="Only links to channels of this team.")] = "",
    page: PageQuery = "",
    size: Annotated[int, Query(ge=1, le=200)] = 50,
) -> LinksShape:
    """Newest first. Of everyone: those in environments where the asker is System Administrator."""
    person = asking.person
    key = asking.environment_key(environment) if environment else ""
    only = LinkFilter(tuple(state or ()), key, table, regarding.lower(), team.lower())
    if of is WhoseLinks.MINE:
        found, after = await asking.ports.links.of_person(person.tenant, person.id, only, page, size)
        return LinksShape(items=tuple(render_link(link, asking) for link in found), next=after or None)
    administered = await environments_administered(asking)
    found, after = await asking.ports.links.of_person(person.tenant, None, only, page, size)
    shown = (link for link in found if link.environment in administered)
    return LinksShape(items=tuple(render_link(link, asking) for link in shown), next=after or None)


@router.get("/{link}", summary="One link", responses=problems(403, 404))
async def read(asking: Asker, link: LinkPath) -> LinkShape:
    """State, steps, what exists because of the link, and what stopped it."""
    return render_link(await read_link(LinkId(link.lower()), asking.person, asking.ports), asking)


@router.get(
    "/{link}/events",
    summary="Follow a link",
    response_class=StreamingResponse,
    responses={
        **problems(403, 404),
        200: {
            "description": "Server-sent events: `link` with the link’s document at each change, until it is final.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        },
    },
)
async def follow(asking: Asker, link: LinkPath) -> StreamingResponse:
    """The link’s document now and at each change. The stream ends when the link is final, or after a quarter of an
    hour; ask again to go on.
    """
    known = await read_link(LinkId(link.lower()), asking.person, asking.ports)
    return StreamingResponse(
        _events(known, asking), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
    )


async def _events(link: Link, asking: Asking) -> AsyncIterator[str]:
    began = asyncio.get_running_loop().time()
    breathed = began
    yield _event(link, asking)
    while link.state.at_work and (now := asyncio.get_running_loop().time()) - began < FOLLOW_FOR_S:
        await asyncio.sleep(LOOK_EVERY_S)
        newer = await asking.ports.links.get(link.id)
        if newer.version != link.version:
            link = newer
            yield _event(link, asking)
        elif now - breathed > BREATH_EVERY_S:
            breathed = now
            yield ": still at work\n\n"


def _event(link: Link, asking: Asking) -> str:
    return f"id: {link.version}\nevent: link\ndata: {render_link(link, asking).model_dump_json()}\n\n"


@router.post("/{link}/retry", summary="Try a link again", status_code=202, responses=problems(403, 404, 409))
async def retry(asking: Asker, link: LinkPath, response: Response) -> LinkShape:
    """Goes on with a link that needs a person, where it stopped, or adds what a connected link lacks, on the asker’s
    behalf.
    """
    known = await read_link(LinkId(link.lower()), asking.person, asking.ports)
    return answer_with(await try_again(known.id, asking.person, asking.ports), asking, response)


@router.delete(
    "/{link}",
    summary="Disconnect a link",
    status_code=202,
    responses={
        **problems(403, 404, 409),
        200: {"model": LinkShape, "description": "The link was over already."},
    },
)
async def remove(
    asking: Asker,
    link: LinkPath,
    response: Response,
    tab: Annotated[TabChoice, Query(description="What becomes of the tab in Teams.")] = TabChoice.REMOVE,
) -> LinkShape:
    """Takes away the association, the document location and, if wished, the tab. Channel and files stay."""
    known = await read_link(LinkId(link.lower()), asking.person, asking.ports)
    return answer_with(await disconnect(known.id, asking.person, asking.ports, tab), asking, response)
