"""Requests to join a team: those that I may answer, and the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from starlette.responses import Response

from liaison.domain.joining import JoinRequest
from liaison.domain.names import TeamId
from liaison.errors import ConsentMissing, NotAllowed, SignInRequired, Upstream
from liaison.operations.join import answer_join, list_join_requests
from liaison.web import addresses
from liaison.web.pages.proposals import waiting_for_owner
from liaison.web.shell import Shell
from liaison.web.visit import Visit

SAID = ("asked", "accepted", "declined")
"""What has just been done with a request, as an address may say it."""


@dataclass(frozen=True)
class ShownRequest:
    """Somebody who asked to be in a team, the channel they came from, and the address that takes the answer.

    With `in_team` they are in the team, and it is the channel that they asked for.
    """

    person: str
    channel: str
    team: str
    asked_at: datetime
    address: str
    in_team: bool


@dataclass(frozen=True)
class CountPage:
    """How many requests and proposals wait for me, for the site map."""

    template: ClassVar[str] = "requests_count.html"
    shell: Shell
    count: int


async def waiting_for_me(visit: Visit) -> tuple[JoinRequest, ...]:
    """Nobody while Teams cannot be asked: no page fails for want of a number."""
    try:
        return await list_join_requests(visit.person, visit.ports)
    except (ConsentMissing, NotAllowed, SignInRequired, Upstream):
        return ()


def show_requests(
    waiting: tuple[JoinRequest, ...], teams: Collection[TeamId] | None = None
) -> tuple[ShownRequest, ...]:
    """As the pages show them; only those for these teams when any are named."""
    return tuple(_shown(one) for one in waiting if teams is None or one.team in teams)


def _shown(one: JoinRequest) -> ShownRequest:
    return ShownRequest(
        one.by.name, one.channel_name, one.team_name, one.asked_at, addresses.address("requests", one.id), one.in_team
    )


def said(visit: Visit) -> str:
    """What was just done with a request; empty when nothing was."""
    asked = visit.asked("said")
    return visit.say(f"web.requests.said.{asked}") if asked in SAID else ""


async def answer(visit: Visit) -> Response:
    """`/requests/{request}`: let somebody in, or decline."""
    accept = visit.given("answer") == "accept"
    await answer_join(visit.named("request"), visit.person, visit.ports, accept=accept)
    back = addresses.local_path(visit.given("back"), "/links").partition("?")[0]
    return visit.go(f"{back}?{addresses.query_part('said', 'accepted' if accept else 'declined')}")


async def count(visit: Visit) -> Response:
    """`/requests/count`: asked by the site map once the page is there."""
    waiting, proposed = await asyncio.gather(waiting_for_me(visit), waiting_for_owner(visit))
    return visit.answer(CountPage(visit.shell(""), len(waiting) + len(proposed)))
