"""What a link's tab in Teams shows; the asker's own rights decide."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from liaison.api.asking import Asker
from liaison.api.render import render_link, render_record_detail
from liaison.api.routes.inputs import GUID, problems
from liaison.api.shapes import TabShape
from liaison.domain.names import LinkId
from liaison.errors import LinkUnknown

router = APIRouter(prefix="/tabs", tags=["tabs"])

_ENTITY = f"^lnk_{GUID[1:]}"


@router.get("/{entity}", summary="A tab’s content", responses=problems(403, 404))
async def read(
    asking: Asker,
    entity: Annotated[str, Path(pattern=_ENTITY, description="The tab’s entity id.")],
) -> TabShape:
    """The record as the asker may see it now, and how the link stands."""
    link = await asking.ports.links.get(LinkId(entity.removeprefix("lnk_").lower()))
    if link.by.tenant != asking.person.tenant or link.record is None:
        raise LinkUnknown(entity)
    record = await asking.ports.crm(asking.person, link.environment).read_record(link.record)
    return TabShape(record=render_record_detail(record), link=render_link(link, asking))
