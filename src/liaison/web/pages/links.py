"""`/links`: the links that I asked for, in every environment, newest first."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from starlette.responses import Response

from liaison.domain.link import Link, LinkState
from liaison.ports import LinkFilter
from liaison.web import addresses, pictures
from liaison.web.pages import proposals
from liaison.web.pages.proposals import ProposalBox
from liaison.web.pages.requests import ShownRequest, said, show_requests, waiting_for_me
from liaison.web.place import plain_shell
from liaison.web.shell import Crumb, Entry, Shell
from liaison.web.visit import Visit

FILTERS = {
    "all": (),
    "connected": (LinkState.CONNECTED, LinkState.FILES_PENDING),
    "at_work": tuple(state for state in LinkState if state.at_work),
    "needs_person": (LinkState.NEEDS_PERSON,),
    "over": (LinkState.UNDONE, LinkState.DISCONNECTED),
}


@dataclass(frozen=True)
class ShownLink:
    record: str
    address: str
    channel: str
    team: str
    environment: str
    state: str
    state_icon: str
    tone: str
    planned_at: datetime


@dataclass(frozen=True)
class LinksPage:
    template: ClassVar[str] = "links.html"
    shell: Shell
    filters: tuple[Entry, ...]
    requests: tuple[ShownRequest, ...]
    proposals: tuple[ProposalBox, ...]
    said: str
    links: tuple[ShownLink, ...]
    next: str
    is_first: bool


async def show(visit: Visit) -> Response:
    chosen = visit.asked("show") if visit.asked("show") in FILTERS else "all"
    person = visit.person
    (links, next_page), waiting, proposed = await asyncio.gather(
        visit.ports.links.of_person(person.tenant, person.id, LinkFilter(FILTERS[chosen]), visit.asked("page")),
        waiting_for_me(visit),
        proposals.waiting_for_owner(visit),
    )
    page = LinksPage(
        shell=plain_shell(visit, visit.say("web.links.title"), (Crumb(visit.say("web.links.title")),)),
        filters=tuple(_filter(name, chosen, visit) for name in FILTERS),
        requests=show_requests(waiting),
        proposals=proposals.show_proposals(proposed, visit),
        said=said(visit) or proposals.said(visit),
        links=tuple(_shown(link, visit) for link in links),
        next=addresses.address("links", query={"show": chosen, "page": next_page}) if next_page else "",
        is_first=not visit.asked("page"),
    )
    return visit.answer(page)


def _filter(name: str, chosen: str, visit: Visit) -> Entry:
    query = {} if name == "all" else {"show": name}
    return Entry(visit.say(f"web.links.filter.{name}"), "", addresses.address("links", query=query), name == chosen)


def _shown(link: Link, visit: Visit) -> ShownLink:
    icon, tone = pictures.STATES[link.state]
    return ShownLink(
        record=link.title,
        address=addresses.link(link.id),
        channel=link.channel_name,
        team=link.team_name,
        environment=environment_name(link, visit),
        state=visit.say(f"state.{link.state_word}"),
        state_icon=icon,
        tone=tone,
        planned_at=link.planned_at,
    )


def environment_name(link: Link, visit: Visit) -> str:
    """The environment's name; its key when this installation no longer has it."""
    places = (place.name for place in visit.ports.environments if place.key == link.environment)
    return next(places, link.environment)
