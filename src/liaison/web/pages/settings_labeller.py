"""Who sets sensitivity labels on behalf of others: the card on the settings page, to agree and to stop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from liaison.operations.enable import Collaboration
from liaison.operations.labelling import agree_to_label, stop_labelling
from liaison.web import addresses
from liaison.web.problems import Action
from liaison.web.visit import Visit


@dataclass(frozen=True)
class LabellerBox:
    """`name` is empty while nobody has agreed; `trouble` says why the labeller's permission does not do.

    `allow` leads to the permission that the asker lacks; `agree` and `stop` are where the buttons send the form. What
    the asker may not do is empty, and `lacks_role` says why.
    """

    name: str
    at: datetime | None
    trouble: str
    allow: str
    agree: Action | None
    stop: str
    lacks_role: bool


def show_labeller(now: Collaboration, visit: Visit) -> LabellerBox | None:
    """None where the environment knows no labels."""
    if now.labels is None:
        return None
    labeller = now.labeller
    is_mine = labeller is not None and labeller.person.id == visit.person.id
    can_agree = now.may_label and not (is_mine and labeller is not None and labeller.is_ready)
    here = f"{visit.request.url.path}#labeller"
    again = visit.say("web.settings.labeller.again" if is_mine else "web.settings.labeller.agree")
    return LabellerBox(
        name=labeller.person.name if labeller else "",
        at=labeller.agreed_at if labeller else None,
        trouble=visit.say("web.settings.labeller.trouble") if labeller and not labeller.is_ready else "",
        allow=addresses.allow_labels(here) if can_agree and not now.carries_labelling else "",
        agree=Action(again, addresses.LABELLER_AGREE) if can_agree and now.carries_labelling else None,
        stop=addresses.LABELLER_STOP if labeller and (is_mine or now.is_tenant_administrator) else "",
        lacks_role=not now.may_label,
    )


async def agree(visit: Visit) -> Response:
    """`/labeller/agree`. Raises RoleMissing, ConsentNotGranted."""
    await agree_to_label(visit.person, visit.ports)
    return _back(visit)


async def stop(visit: Visit) -> Response:
    """`/labeller/stop`. Raises RoleMissing."""
    await stop_labelling(visit.person, visit.ports)
    return _back(visit)


def _back(visit: Visit) -> Response:
    return visit.go(f"{addresses.local_path(visit.given('back'))}#labeller")
