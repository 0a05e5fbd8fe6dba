"""Sights and proposals as they are kept: turns, what comes back, and what two owners answer at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from liaison.domain.following import Known, Sight
from liaison.domain.link import Link, LinkState
from liaison.domain.names import ChannelId, LinkId, PersonId, RowId, TeamId, TenantId
from liaison.domain.proposals import Cause, Proposal, ProposalKind, ProposalState
from liaison.errors import ProposalUnknown, Remembered, UpstreamUnavailable
from liaison.store.database import Database
from liaison.store.links import StoredLinks
from liaison.store.proposals import StoredProposals
from liaison.store.sights import StoredSights
from tests.unit.store.conftest import SetClock
from tests.unit.store.test_store_links import make_link

pytestmark = pytest.mark.anyio

TENANT, TEAM, SOFIA, OLIVER = TenantId("t1"), TeamId("team-1"), PersonId("sofia"), PersonId("oliver")


def sight_of(link: Link, clock: SetClock) -> Sight:
    """One with something in every part."""
    return Sight(
        link=link.id,
        tenant=link.by.tenant,
        follows=RowId("record"),
        owner=RowId("user"),
        is_closed=True,
        people=(Known(SOFIA, "Sofia Rossi", is_recommended=True, reads=None, is_owner=True),),
        people_at=clock.now(),
        trouble=Remembered.of(UpstreamUnavailable("dataverse", wait_s=2.0)),
        since=clock.now(),
    )


def proposal_of(person: PersonId = SOFIA, clock: SetClock | None = None) -> Proposal:
    return Proposal(
        id=f"p-{person}",
        kind=ProposalKind.REMOVE,
        cause=Cause.NO_PART,
        tenant=TENANT,
        link=LinkId("link"),
        team=TEAM,
        team_name="Support",
        channel=ChannelId("19:x"),
        channel_name="CASE-1",
        person=person,
        name="Sofia Rossi",
        at=(clock or SetClock()).now(),
    )


async def test_one_of_several_gets_the_turn_and_the_next_only_later(database: Database, clock: SetClock) -> None:
    sights, now = StoredSights(database), clock.now()
    assert await sights.claim_round(now, now + timedelta(seconds=60))
    assert not await sights.claim_round(now, now + timedelta(seconds=60))
    later = now + timedelta(seconds=60)
    assert await sights.claim_round(later, later + timedelta(seconds=60))
    assert not await sights.claim_round(later, later + timedelta(seconds=60))


async def test_a_sight_is_given_back_whole_and_forgotten_with_its_link(database: Database, clock: SetClock) -> None:
    sights, links = StoredSights(database), StoredLinks(database, clock)
    link = await links.plan(make_link(ChannelId("19:a")), "", "")
    sight = sight_of(link, clock)
    await sights.save(sight)
    assert await sights.of(link.id) == sight
    await sights.save(sight.fine())
    assert await sights.all() == {link.id: sight.fine()}
    await links.save(replace(link, state=LinkState.UNDONE))
    assert await sights.all() == {}
    assert await sights.of(link.id) is None


async def test_only_connected_links_are_followed(database: Database, clock: SetClock) -> None:
    links = StoredLinks(database, clock)
    link = await links.plan(make_link(ChannelId("19:a")), "", "")
    assert await links.connected() == ()
    connected = await links.save(replace(link, state=LinkState.CONNECTED))
    assert await links.connected() == (connected,)


async def test_the_same_is_proposed_once_and_again_only_when_it_is_new(database: Database) -> None:
    proposals, first = StoredProposals(database), proposal_of()
    assert await proposals.propose(first)
    assert not await proposals.propose(replace(first, id="another"))
    assert await proposals.get(TENANT, first.id) == first
    kept = replace(first, state=ProposalState.KEPT, answered_by="Daniel", answered_at=first.at)
    assert await proposals.change(first, kept)
    assert not await proposals.propose(replace(first, id="another"))
    blind = replace(first, id="blind", cause=Cause.NO_RIGHTS)
    assert await proposals.propose(blind)
    assert await proposals.withdraw(first.link, ProposalKind.REMOVE, [SOFIA, OLIVER]) == 1
    assert await proposals.withdraw(first.link, ProposalKind.REMOVE, []) == 0
    assert await proposals.propose(replace(first, id="again"))
    with pytest.raises(ProposalUnknown):
        await proposals.get(TenantId("another"), "again")


async def test_what_waits_is_listed_for_the_team_and_an_answer_counts_once(database: Database) -> None:
    proposals, first, other = StoredProposals(database), proposal_of(), proposal_of(OLIVER)
    assert not await proposals.any_waiting(TENANT)
    for one in (first, other):
        await proposals.propose(one)
    assert await proposals.any_waiting(TENANT)
    assert await proposals.waiting_for(TENANT, [TEAM]) == (other, first)
    assert await proposals.waiting_for(TENANT, [TeamId("another")]) == ()
    done = replace(first, state=ProposalState.APPROVED)
    assert await proposals.change(first, done)
    assert not await proposals.change(first, replace(first, state=ProposalState.KEPT))
    assert await proposals.waiting_for(TENANT, [TEAM]) == (other,)
