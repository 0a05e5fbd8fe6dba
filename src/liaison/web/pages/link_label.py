"""The label that a link's new team lacks: who can set it, and with which click."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from liaison.domain.diagnosis import may_label_groups
from liaison.domain.labelling import carries_labelling, lacks_label
from liaison.domain.link import Link
from liaison.domain.second_try import can_be_tried_again
from liaison.web import addresses
from liaison.web.visit import Visit


@dataclass(frozen=True)
class LabelBox:
    """`set_it` is where the button sends the form, `allow` leads to the permission first, `hand_over` is for others."""

    label: str
    set_it: str
    allow: str
    hand_over: str


async def show_label(link: Link, visit: Visit) -> LabelBox | None:
    """None when no label is lacking, or nothing can be done about it now."""
    new = link.new_team
    if new is None or not lacks_label(link) or not can_be_tried_again(link):
        return None
    ports, here = visit.ports, addresses.link(link.id)
    me, carried = await asyncio.gather(ports.people(visit.person).read_me(), ports.sign_in.carried_scopes(visit.person))
    can, may = may_label_groups(me), carries_labelling(carried)
    return LabelBox(
        label=new.label_name or new.label,
        set_it=addresses.link(link.id, "try-again") if can and may else "",
        allow=addresses.allow_labels(here) if can and not may else "",
        hand_over="" if can else ports.public_address + here,
    )
