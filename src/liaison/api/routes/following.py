"""Links that follow their records: whether they do, and what is proposed to owners of teams because of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from liaison.api.asking import Asker, Asking
from liaison.api.following_shapes import FollowingShape, ProposalShape, ProposalsShape
from liaison.api.render import render_trouble
from liaison.api.routes.inputs import GUID, LinkPath, problems
from liaison.domain.names import LinkId
from liaison.domain.proposals import Proposal, effect_of
from liaison.operations.proposals import approve, keep, list_proposals
from liaison.operations.read_link import read_link

router = APIRouter()

ProposalPath = Annotated[str, Path(alias="proposal", pattern=GUID, description="Id of the proposal.")]


@router.get("/proposals", summary="Proposals about people", responses=problems(403), tags=["joining"])
async def proposals(asking: Asker) -> ProposalsShape:
    """What waits in the teams and channels that the asker owns, the oldest first."""
    found = await list_proposals(asking.person, asking.ports)
    return ProposalsShape(items=tuple(_render(proposal, asking) for proposal in found))


@router.post(
    "/proposals/{proposal}/approve",
    summary="Approve a proposal",
    responses=problems(403, 404, 409),
    tags=["joining"],
)
async def approve_proposal(asking: Asker, proposal: ProposalPath) -> ProposalShape:
    """Adds or removes the person on the asker’s behalf, who must be an owner of the team or channel."""
    return _render(await approve(proposal.lower(), asking.person, asking.ports), asking)


@router.post(
    "/proposals/{proposal}/keep",
    summary="Keep things as they are",
    responses=problems(403, 404, 409),
    tags=["joining"],
)
async def keep_proposal(asking: Asker, proposal: ProposalPath) -> ProposalShape:
    """The same is not proposed again while nothing changes."""
    return _render(await keep(proposal.lower(), asking.person, asking.ports), asking)


@router.get(
    "/links/{link}/following",
    summary="Does a link follow its record?",
    responses=problems(403, 404),
    tags=["links"],
)
async def following(asking: Asker, link: LinkPath) -> FollowingShape:
    """Since when it does not, and why, when it does not."""
    known = await read_link(LinkId(link.lower()), asking.person, asking.ports)
    sight = await asking.ports.sights.of(known.id)
    return FollowingShape(
        is_followed=sight is not None and sight.trouble is None,
        seen_at=sight.people_at if sight else None,
        not_followed_since=sight.since if sight else None,
        problem=render_trouble(sight.trouble, asking) if sight and sight.trouble else None,
    )


def _render(proposal: Proposal, asking: Asking) -> ProposalShape:
    facts = {"team": proposal.team_name, "channel": proposal.channel_name}
    why = asking.say(f"proposal.cause.{proposal.cause.value}", **facts)
    return ProposalShape(
        id=proposal.id,
        kind=proposal.kind,
        cause=proposal.cause,
        text=f"{why} {asking.say(f'proposal.effect.{effect_of(proposal)}', **facts)}",
        link=proposal.link,
        team=proposal.team,
        team_name=proposal.team_name,
        channel=proposal.channel or None,
        channel_name=proposal.channel_name,
        person=proposal.person,
        name=proposal.name,
        at=proposal.at,
        state=proposal.state,
        state_text=asking.say(f"proposal.state.{proposal.state.value}"),
        answered_by=proposal.answered_by,
        answered_at=proposal.answered_at,
    )
