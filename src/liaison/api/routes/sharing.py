"""With whom a link's shared channel is shared."""

from __future__ import annotations

from fastapi import APIRouter

from liaison.api.asking import Asker
from liaison.api.routes.inputs import LinkPath, problems
from liaison.api.shapes import Shape
from liaison.domain.names import LinkId
from liaison.operations.partners import read_sharing
from liaison.operations.read_link import read_link

router = APIRouter(prefix="/links", tags=["links"])


class SharedTeamShape(Shape):
    """A team that the channel is shared with."""

    id: str
    name: str
    tenant: str
    is_host: bool


class PartnerShape(Shape):
    """Somebody of another organization who is in the channel."""

    name: str
    address: str
    tenant: str
    came_with_link: bool


class SharingShape(Shape):
    """`is_readable` is false for a channel that is not shared, and where the asker may not read it."""

    is_readable: bool
    teams: tuple[SharedTeamShape, ...]
    people: tuple[PartnerShape, ...]


@router.get("/{link}/sharing", summary="With whom a channel is shared", responses=problems(403, 404))
async def sharing(asking: Asker, link: LinkPath) -> SharingShape:
    """The teams that a shared channel is shared with, and people of partner organizations in it."""
    held = await read_link(LinkId(link), asking.person, asking.ports)
    found = await read_sharing(held, asking.person, asking.ports)
    if found is None:
        return SharingShape(is_readable=False, teams=(), people=())
    ours = {address.casefold() for address in held.partners_added or ()}
    return SharingShape(
        is_readable=True,
        teams=tuple(
            SharedTeamShape(id=one.team, name=one.name, tenant=one.tenant, is_host=one.is_host) for one in found.teams
        ),
        people=tuple(
            PartnerShape(
                name=one.name, address=one.address, tenant=one.tenant, came_with_link=one.address.casefold() in ours
            )
            for one in found.people
        ),
    )
