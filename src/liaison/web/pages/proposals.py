"""Proposals about a team's people, as pages show them to its owners, and the owner's answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from liaison.domain.link import Link
from liaison.domain.proposals import Proposal, ProposalKind, effect_of
from liaison.errors import ConsentMissing, NotAllowed, SignInRequired, Upstream
from liaison.operations.proposals import approve, keep, list_proposals
from liaison.web import addresses, problems
from liaison.web.visit import Visit

SAID = ("added", "removed", "kept")
_SAID_OF = {ProposalKind.ADD: "added", ProposalKind.REMOVE: "removed"}


@dataclass(frozen=True)
class ShownProposal:
    """Somebody to add or to remove: why, what approving does, and the address that takes the answer."""

    person: str
    why: str
    effect: str
    at: datetime
    address: str


@dataclass(frozen=True)
class ProposalBox:
    """The proposals of one kind, with the words of their buttons."""

    kind: str
    approve: str
    keep: str
    items: tuple[ShownProposal, ...]


@dataclass(frozen=True)
class Unfollowed:
    """Since when a link does not follow its record, and why."""

    since: datetime | None
    problem: problems.Problem
    next: str


async def waiting_for_owner(visit: Visit) -> tuple[Proposal, ...]:
    """Nothing while Teams cannot be asked: no page fails for want of a proposal."""
    try:
        return await list_proposals(visit.person, visit.ports)
    except (ConsentMissing, NotAllowed, SignInRequired, Upstream):
        return ()


def show_proposals(waiting: tuple[Proposal, ...], visit: Visit, link: Link | None = None) -> tuple[ProposalBox, ...]:
    """People to add, then leavers; only those of one link when it is given."""
    mine = tuple(one for one in waiting if link is None or one.link == link.id)
    boxes = (_box(kind, tuple(one for one in mine if one.kind is kind), visit) for kind in ProposalKind)
    return tuple(box for box in boxes if box.items)


def _box(kind: ProposalKind, proposals: tuple[Proposal, ...], visit: Visit) -> ProposalBox:
    is_add = kind is ProposalKind.ADD
    return ProposalBox(
        kind=kind.value,
        approve=visit.say("web.proposals.approve_add" if is_add else "web.proposals.approve_remove"),
        keep=visit.say("web.proposals.ignore" if is_add else "web.proposals.keep"),
        items=tuple(_shown(proposal, visit) for proposal in proposals),
    )


def _shown(proposal: Proposal, visit: Visit) -> ShownProposal:
    facts = {"team": proposal.team_name, "channel": proposal.channel_name}
    return ShownProposal(
        person=proposal.name,
        why=visit.say(f"proposal.cause.{proposal.cause.value}", **facts),
        effect=visit.say(f"proposal.effect.{effect_of(proposal)}", **facts),
        at=proposal.at,
        address=addresses.address("proposals", proposal.id),
    )


def said(visit: Visit) -> str:
    """What was just done with a proposal; empty when nothing was."""
    asked = visit.asked("people")
    return visit.say(f"web.proposals.said.{asked}") if asked in SAID else ""


async def answer(visit: Visit) -> Response:
    """`/proposals/{proposal}`: add or remove the person, or leave everything as it is."""
    proposal = visit.named("proposal")
    if visit.given("answer") == "approve":
        done = await approve(proposal, visit.person, visit.ports)
        word = _SAID_OF[done.kind]
    else:
        await keep(proposal, visit.person, visit.ports)
        word = "kept"
    back = addresses.local_path(visit.given("back"), "/links").partition("?")[0]
    return visit.go(f"{back}?{addresses.query_part('people', word)}")


async def unfollowed(link: Link, visit: Visit) -> Unfollowed | None:
    """None while the link follows its record, or has not been looked at yet."""
    sight = await visit.ports.sights.of(link.id)
    if sight is None or sight.trouble is None or link.state.is_over:
        return None
    problem = problems.explain(sight.trouble.error(), visit)
    return Unfollowed(sight.since, problem, visit.say("web.following.next", person=link.by.name))
