"""Who did what, in order."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from liaison.api.asking import Asker
from liaison.api.routes.inputs import problems
from liaison.api.shapes import AuditPage, AuditShape
from liaison.operations.read_audit import read_audit

router = APIRouter(prefix="/audit", tags=["audit"])


@router.get("", summary="The audit", responses=problems(403))
async def browse(
    asking: Asker,
    page: Annotated[int, Query(ge=0, le=2**53, description="Mark from `next` of the page before.")] = 0,
    size: Annotated[int, Query(ge=1, le=200)] = 50,
) -> AuditPage:
    """Newest first, for administrators; says whether the chain of hashes holds."""
    shown = await read_audit(asking.person, asking.ports, page, size)
    items = tuple(
        AuditShape(
            number=line.number,
            at=line.at,
            who=line.who,
            act=line.act,
            subject=line.subject,
            detail=line.detail,
            hash=line.hash,
        )
        for line in shown.lines
    )
    more = len(items) == size and items[-1].number > 1
    return AuditPage(items=items, next=str(items[-1].number) if more else None, first_broken=shown.first_broken)
