"""Requests to join a team: one for each person and team, answered once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from liaison.domain.joining import JoinRequest, JoinState
from liaison.domain.names import ChannelId, Person, PersonId, TeamId, TenantId
from liaison.errors import JoinUnknown
from liaison.store.database import Database
from liaison.store.joining import StoredJoinRequests

pytestmark = pytest.mark.anyio

OLIVER = Person(TenantId("t1"), PersonId("oliver"), "Oliver Grant", "oliver.grant@contoso.com", "fr")
CLAIRE = Person(TenantId("t1"), PersonId("claire"), "Claire Fontaine", "claire.fontaine@contoso.com")
AT = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)


def request(number: int = 1, by: Person = OLIVER, team: str = "team-1") -> JoinRequest:
    return JoinRequest(f"r{number}", TeamId(team), "Ventes", "Renewals", by, AT + timedelta(minutes=number))


@pytest.mark.statement("F23")
async def test_a_request_is_kept_once_for_each_person_and_team(database: Database) -> None:
    kept = StoredJoinRequests(database)
    first = await kept.ask(request(1))
    asked = await asyncio.gather(*(kept.ask(request(number)) for number in range(2, 8)))
    assert {one.id for one in asked} == {first.id}
    await kept.ask(request(8, team="team-2"))
    await kept.ask(request(9, by=CLAIRE))
    assert [one.id for one in await kept.waiting_for(OLIVER.tenant, [TeamId("team-1")])] == ["r1", "r9"]
    assert [one.id for one in await kept.of_person(OLIVER.tenant, OLIVER.id)] == ["r8", "r1"]
    assert await kept.get(OLIVER.tenant, "r1") == request(1)


async def test_somebody_in_the_team_asks_for_each_channel_apart(database: Database) -> None:
    kept = StoredJoinRequests(database)
    board, room = (replace(request(number), channel=ChannelId(f"19:{number}"), in_team=True) for number in (1, 2))
    assert await kept.ask(board) == board
    assert await kept.ask(room) == room
    assert await kept.ask(replace(board, id="again")) == board
    assert await kept.ask(request(3)) == request(3)


async def test_an_answer_is_given_once_and_remembered(database: Database) -> None:
    kept = StoredJoinRequests(database)
    asked = await kept.ask(request(1))
    held = asked.held(CLAIRE, AT)
    assert await kept.change(asked, held)
    assert await kept.get(OLIVER.tenant, "r1") == held
    assert await kept.waiting_for(OLIVER.tenant, [TeamId("team-1")]) == (held,)
    assert not await kept.change(asked, asked.declined(CLAIRE, AT))
    assert await kept.change(held, held.accepted(AT))
    assert await kept.get(OLIVER.tenant, "r1") == held.accepted(AT)
    assert await kept.waiting_for(OLIVER.tenant, [TeamId("team-1")]) == ()


@pytest.mark.parametrize("_", range(5))
async def test_of_answers_at_the_same_moment_one_holds(database: Database, _: int) -> None:
    kept = StoredJoinRequests(database)
    asked = await kept.ask(request(1))
    answers = [
        asked.held(CLAIRE, AT),
        asked.declined(CLAIRE, AT),
        replace(asked.declined(CLAIRE, AT), answered_by="Priya"),
    ]
    done = await asyncio.gather(*(kept.change(asked, answer) for answer in answers))
    assert sum(done) == 1
    assert await kept.get(OLIVER.tenant, "r1") == answers[done.index(True)]


async def test_whoever_was_declined_may_ask_again(database: Database) -> None:
    kept = StoredJoinRequests(database)
    asked = await kept.ask(request(1))
    assert await kept.change(asked, asked.declined(CLAIRE, AT))
    again = await kept.ask(request(2))
    assert (again.id, again.state) == ("r2", JoinState.WAITING)
    assert [one.id for one in await kept.of_person(OLIVER.tenant, OLIVER.id)] == ["r2"]


async def test_another_tenants_request_is_not_there(database: Database) -> None:
    kept = StoredJoinRequests(database)
    await kept.ask(request(1))
    elsewhere = replace(OLIVER, tenant=TenantId("t2"))
    with pytest.raises(JoinUnknown):
        await kept.get(elsewhere.tenant, "r1")
    assert not await kept.change(request(5), request(5).declined(CLAIRE, AT))
    assert not await kept.change(request(1, by=elsewhere), request(1, by=elsewhere).declined(CLAIRE, AT))
    assert await kept.waiting_for(elsewhere.tenant, [TeamId("team-1")]) == ()
    assert await kept.of_person(elsewhere.tenant, OLIVER.id) == ()
