"""Asking to be let into a team, and what an owner answers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from liaison.domain.crm import Association
from liaison.domain.joining import Access, JoinState, access_by
from liaison.domain.names import ChannelId, ChannelKind, Person, PersonId, RowId, TeamId
from liaison.domain.teams import Team
from liaison.errors import (
    AlreadyMember,
    ConsentNotGranted,
    JoinAnswered,
    JoinUnknown,
    NotTeamOwner,
    RecordUnknown,
    TeamUnknown,
    UpstreamThrottled,
    UpstreamUnavailable,
)
from liaison.operations.collaborate import read_panel
from liaison.operations.join import answer_join, ask_to_join, list_join_requests, list_my_requests
from liaison.ports import Ports
from tests.unit.fakes import CLAIRE, DEAL, OLIVER, RENEWALS, TEAM, FakeCrm, FakeTeamwork, Troubles, World

pytestmark = pytest.mark.anyio

OTHER = TeamId("team-2")


class Teamwork(FakeTeamwork):
    """Who is in which team, and who owns it."""

    def __init__(self, troubles: Troubles, by: Person, people: dict[TeamId, list[PersonId]]) -> None:
        super().__init__(troubles)
        self.by, self.people = by, people
        self.added: list[tuple[ChannelId, PersonId]] = []

    async def list_teams(self) -> tuple[Team, ...]:
        self._troubles.meet("list_teams")
        return tuple(Team(team, "Ventes Europe") for team, people in self.people.items() if self.by.id in people)

    async def is_owner(self, team: TeamId, person: PersonId) -> bool:
        self._troubles.meet("is_owner")
        return self.people[team][:1] == [person]

    async def add_member(self, team: TeamId, channel: ChannelId, person: PersonId) -> None:
        self._troubles.meet("add_member")
        self.added.append((channel, person))
        if person not in self.people[team]:
            self.people[team].append(person)


class Crm(FakeCrm):
    kind = ChannelKind.STANDARD

    async def list_associations(self, regarding: Any) -> tuple[Association, ...]:
        return (
            Association(
                RowId("row-1"), DEAL, TEAM, "Ventes Europe", "19:t", RENEWALS.id, "Renewals",
                self.kind, "https://s", "/sites/x/Renewals", "t1",
            ),
        )  # fmt: skip


@dataclass
class Lines:
    written: list[tuple[str, str, str]] = field(default_factory=list)

    async def write(self, who: Person, act: str, subject: str, detail: str) -> None:
        self.written.append((who.name, act, detail))


class Joining(World):
    """A world of which Claire owns the first team."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.crm = Crm(self.troubles)
        self.people: dict[TeamId, list[PersonId]] = {TEAM: [CLAIRE.id], OTHER: [OLIVER.id]}
        self.lines = Lines()

    @property
    def ports(self) -> Ports:
        given = super().ports
        return Ports(
            **{
                **vars(given),
                "teamwork": lambda person: Teamwork(self.troubles, person, self.people),
                "audit": self.lines,
            }
        )


@pytest.fixture
def world() -> Joining:
    return Joining()


@pytest.mark.statement("F23", "S54")
async def test_a_request_reaches_the_owner_and_is_one_however_often_it_is_asked(world: Joining) -> None:
    first = await ask_to_join(DEAL, TEAM, OLIVER, world.ports)
    assert (first.team_name, first.channel_name, first.state) == ("Ventes Europe", "Renewals", JoinState.WAITING)
    assert await ask_to_join(DEAL, TEAM, OLIVER, world.ports) == first
    assert await list_join_requests(CLAIRE, world.ports) == (first,)
    assert await list_join_requests(OLIVER, world.ports) == ()
    assert world.lines.written == [("Oliver Grant", "join.asked", "Ventes Europe")]


@pytest.mark.statement("F23")
async def test_an_owner_lets_somebody_in(world: Joining) -> None:
    asked = await ask_to_join(DEAL, TEAM, OLIVER, world.ports)
    answered = await answer_join(asked.id, CLAIRE, world.ports, accept=True)
    assert (answered.state, answered.answered_by) == (JoinState.ACCEPTED, CLAIRE.name)
    assert world.people[TEAM] == [CLAIRE.id, OLIVER.id]
    assert await list_my_requests(OLIVER, world.ports) == (answered,)
    assert await list_join_requests(CLAIRE, world.ports) == ()
    with pytest.raises(JoinAnswered):
        await answer_join(asked.id, CLAIRE, world.ports, accept=False)
    with pytest.raises(AlreadyMember):
        await ask_to_join(DEAL, TEAM, OLIVER, world.ports)


@pytest.mark.statement("F23", "F32")
async def test_whoever_comes_from_a_private_channel_is_let_into_it_too(world: Joining) -> None:
    world.crm.kind = ChannelKind.PRIVATE
    asked = await ask_to_join(DEAL, TEAM, OLIVER, world.ports)
    assert asked.channel == RENEWALS.id
    teamwork = Teamwork(world.troubles, CLAIRE, world.people)
    ports = Ports(**{**vars(world.ports), "teamwork": lambda person: teamwork})
    await answer_join(asked.id, CLAIRE, ports, accept=True)
    assert teamwork.added == [("", OLIVER.id), (RENEWALS.id, OLIVER.id)]


@pytest.mark.statement("F23")
async def test_whoever_is_declined_is_told_and_may_ask_again(world: Joining) -> None:
    asked = await ask_to_join(DEAL, TEAM, OLIVER, world.ports)
    await answer_join(asked.id, CLAIRE, world.ports, accept=False)
    (told,) = await list_my_requests(OLIVER, world.ports)
    assert (told.state, told.answered_by) == (JoinState.DECLINED, CLAIRE.name)
    assert world.people[TEAM] == [CLAIRE.id]
    assert (await ask_to_join(DEAL, TEAM, OLIVER, world.ports)).id != asked.id


async def test_only_an_owner_answers(world: Joining) -> None:
    asked = await ask_to_join(DEAL, TEAM, OLIVER, world.ports)
    with pytest.raises(NotTeamOwner):
        await answer_join(asked.id, OLIVER, world.ports, accept=True)
    with pytest.raises(JoinUnknown):
        await answer_join("nothing", CLAIRE, world.ports, accept=True)
    assert world.people[TEAM] == [CLAIRE.id]


@pytest.mark.parametrize(
    "trouble", [UpstreamThrottled("graph", wait_s=15.0), ConsentNotGranted("members", ("TeamMember.ReadWrite.All",))]
)
async def test_when_adding_fails_the_request_goes_on_waiting(world: Joining, trouble: Exception) -> None:
    asked = await ask_to_join(DEAL, TEAM, OLIVER, world.ports)
    world.troubles.fail("add_member", trouble)
    with pytest.raises(type(trouble)):
        await answer_join(asked.id, CLAIRE, world.ports, accept=True)
    assert await list_join_requests(CLAIRE, world.ports) == (asked,)
    assert (await answer_join(asked.id, CLAIRE, world.ports, accept=True)).state is JoinState.ACCEPTED


class _Slow(Teamwork):
    """Adds people only when it is told to."""

    def __init__(self, world: Joining) -> None:
        super().__init__(world.troubles, CLAIRE, world.people)
        self.begun, self.go_on = asyncio.Event(), asyncio.Event()

    async def add_member(self, team: TeamId, channel: ChannelId, person: PersonId) -> None:
        self.begun.set()
        await self.go_on.wait()
        await super().add_member(team, channel, person)


@pytest.mark.statement("F23")
async def test_while_somebody_is_let_in_nobody_else_declines(world: Joining) -> None:
    asked, slow = await ask_to_join(DEAL, TEAM, OLIVER, world.ports), _Slow(world)
    ports = Ports(**{**vars(world.ports), "teamwork": lambda person: slow})
    accepting = asyncio.create_task(answer_join(asked.id, CLAIRE, ports, accept=True))
    await slow.begun.wait()
    with pytest.raises(JoinAnswered) as declined:
        await answer_join(asked.id, CLAIRE, world.ports, accept=False)
    assert (declined.value.answer, declined.value.by) == ("accepted", CLAIRE.name)
    slow.go_on.set()
    assert (await accepting).state is JoinState.ACCEPTED
    assert world.people[TEAM] == [CLAIRE.id, OLIVER.id]


async def test_nobody_is_added_who_was_declined_at_the_same_moment(world: Joining) -> None:
    """Declined between the look at the request and the answer: the answer that was kept first holds."""
    asked = await ask_to_join(DEAL, TEAM, OLIVER, world.ports)

    class Declining(Teamwork):
        async def is_owner(self, team: TeamId, person: PersonId) -> bool:
            assert await world.join_requests.change(asked, asked.declined(CLAIRE, world.clock.now()))
            return True

    ports = Ports(**{**vars(world.ports), "teamwork": lambda person: Declining(world.troubles, CLAIRE, world.people)})
    with pytest.raises(JoinAnswered):
        await answer_join(asked.id, CLAIRE, ports, accept=True)
    assert world.people[TEAM] == [CLAIRE.id]


async def test_an_owner_who_was_interrupted_goes_on_and_after_a_while_so_does_another(world: Joining) -> None:
    asked = await ask_to_join(DEAL, TEAM, OLIVER, world.ports)
    now, other = world.clock.now(), replace(CLAIRE, id=PersonId("priya"), name="Priya Raman")
    held = asked.held(CLAIRE, now)
    assert held.held(CLAIRE, now + timedelta(seconds=5)).held_by == CLAIRE.id
    with pytest.raises(JoinAnswered):
        held.held(other, now + timedelta(seconds=5))
    assert held.held(other, now + timedelta(minutes=2)).answered_by == "Priya Raman"
    with pytest.raises(JoinAnswered):
        held.declined(other, now + timedelta(minutes=2))


async def test_nobody_asks_for_a_team_that_the_record_has_nothing_to_do_with(world: Joining) -> None:
    with pytest.raises(TeamUnknown):
        await ask_to_join(DEAL, OTHER, CLAIRE, world.ports)
    world.troubles.fail("read_record", RecordUnknown("opportunity", DEAL.id))
    with pytest.raises(RecordUnknown):
        await ask_to_join(DEAL, TEAM, OLIVER, world.ports)
    assert world.join_requests.kept == {}


@pytest.mark.statement("S54")
async def test_the_panel_says_whether_one_may_open_a_channel(world: Joining) -> None:
    (mine,) = (await read_panel(DEAL, CLAIRE, world.ports)).connections
    (others,) = (await read_panel(DEAL, OLIVER, world.ports)).connections
    assert (mine.access, others.access) == (Access.MEMBER, Access.NOT_MEMBER)
    assert world.troubles.calls.count("list_teams") == 2


@pytest.mark.parametrize(
    "trouble", [UpstreamUnavailable("graph"), ConsentNotGranted("list_teams", ("Team.ReadBasic.All",))]
)
async def test_the_panel_does_not_fail_with_teams(world: Joining, trouble: Exception) -> None:
    world.troubles.fail("list_teams", trouble)
    (shown,) = (await read_panel(DEAL, CLAIRE, world.ports)).connections
    assert shown.access is Access.UNKNOWN


@pytest.mark.parametrize(
    ("kind", "mine", "access"),
    [
        (ChannelKind.STANDARD, {TEAM}, Access.MEMBER),
        (ChannelKind.STANDARD, set(), Access.NOT_MEMBER),
        (ChannelKind.PRIVATE, {TEAM}, Access.UNKNOWN),
        (ChannelKind.PRIVATE, set(), Access.NOT_MEMBER),
        (ChannelKind.SHARED, set(), Access.UNKNOWN),
        (ChannelKind.STANDARD, None, Access.UNKNOWN),
    ],
)
def test_access_follows_from_ones_teams(kind: ChannelKind, mine: set[TeamId] | None, access: Access) -> None:
    assert access_by(TEAM, kind, None if mine is None else frozenset(mine)) is access
