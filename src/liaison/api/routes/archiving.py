"""Archiving the channel of a link, and restoring it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from liaison.api.asking import Asker
from liaison.api.routes.inputs import LinkPath, problems
from liaison.api.routes.links import answer_with
from liaison.api.shapes import LinkShape
from liaison.domain.names import LinkId
from liaison.operations.closing import archive, restore
from liaison.operations.read_link import read_link

router = APIRouter(prefix="/links", tags=["links"])

_BEGUN: dict[int | str, dict[str, Any]] = {
    **problems(403, 404, 409),
    200: {"model": LinkShape, "description": "It is so already."},
    202: {"description": "The work has begun or is under way; follow it at Location."},
}


@router.post("/{link}/archive", summary="Archive a link’s channel", status_code=202, responses=_BEGUN)
async def archive_channel(asking: Asker, link: LinkPath, response: Response) -> LinkShape:
    """For a channel that was made for the link: it is archived, its files for reading only. The link stays."""
    known = await read_link(LinkId(link.lower()), asking.person, asking.ports)
    return answer_with(await archive(known.id, asking.person, asking.ports), asking, response)


@router.post("/{link}/restore", summary="Restore a link’s channel", status_code=202, responses=_BEGUN)
async def restore_channel(asking: Asker, link: LinkPath, response: Response) -> LinkShape:
    """For an archived channel: it can be used again."""
    known = await read_link(LinkId(link.lower()), asking.person, asking.ports)
    return answer_with(await restore(known.id, asking.person, asking.ports), asking, response)
