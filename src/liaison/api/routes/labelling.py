"""Who sets sensitivity labels on behalf of those who make teams."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter

from liaison.api.asking import Asker, Asking
from liaison.api.choosing_render import say_labelling
from liaison.api.render import render_person
from liaison.api.routes.inputs import problems
from liaison.api.shapes import PersonShape, Shape
from liaison.domain.labelling import LabelledBy
from liaison.operations.labelling import agree_to_label, read_labelling, stop_labelling

router = APIRouter(tags=["collaboration"])


class LabellerShape(Shape):
    """The administrator who agreed, and who would label a team that the asker makes now."""

    labeller: PersonShape | None
    agreed_at: datetime | None
    trouble: str
    """The code of the error for which the labeller last failed; empty while all is well."""
    labelled_by: LabelledBy
    labelled_by_text: str


@router.get("/labeller", summary="Who labels new teams", responses=problems(403))
async def labeller(asking: Asker) -> LabellerShape:
    """Nobody, until an administrator of teams, groups or users agrees."""
    return await _shown(asking)


@router.put("/labeller", summary="Label new teams for others", responses=problems(403))
async def agree(asking: Asker) -> LabellerShape:
    """The asker sets labels from now on, in place of whoever did. Takes the role, and a permission of their own."""
    await agree_to_label(asking.person, asking.ports)
    return await _shown(asking)


@router.delete("/labeller", summary="Stop labelling for others", responses=problems(403))
async def stop(asking: Asker) -> LabellerShape:
    """By the labeller, or by a tenant administrator. Nobody there is done."""
    await stop_labelling(asking.person, asking.ports)
    return await _shown(asking)


async def _shown(asking: Asking) -> LabellerShape:
    held = await asking.ports.labellers.read(asking.person.tenant)
    labelling = await read_labelling(asking.person, asking.ports)
    return LabellerShape(
        labeller=render_person(held.person) if held else None,
        agreed_at=held.agreed_at if held else None,
        trouble=held.trouble if held else "",
        labelled_by=labelling.by,
        labelled_by_text=say_labelling(labelling, asking),
    )
