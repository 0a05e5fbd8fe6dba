"""What the channels of a record tell of themselves: who is in them, and what Microsoft's own button left out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from liaison.domain.connection import Lack
from liaison.domain.crm import Association, Location, PlaceKind
from liaison.domain.joining import Access, JoinState
from liaison.domain.link import Link, LinkState, NewChannel, Operation
from liaison.domain.names import ChannelId, ChannelKind, LinkId, Person, RecordRef, RowId, TabId
from liaison.domain.teams import Tab
from liaison.errors import AlreadyMember, ConsentNotGranted, LiaisonError, UpstreamUnavailable
from liaison.operations.collaborate import Connection, read_panel
from liaison.operations.join import answer_join, ask_to_join
from liaison.operations.look_closer import look_closer
from liaison.ports import Ports
from tests.unit.fakes import CLAIRE, DEAL, OLIVER, RENEWALS, TEAM, FakeCrm, World
from tests.unit.test_joining import Lines

pytestmark = pytest.mark.anyio

ID = LinkId("7f0b7f43-3d2b-4f7c-9d49-0c3a8b9f1d10")
SITE, FOLDER = "https://contoso.sharepoint.com/sites/deal", "/sites/deal/Shared Documents/Renewals"
ROW = Association(
    RowId("row-1"),
    DEAL,
    TEAM,
    "Ventes Europe",
    "19:t",
    RENEWALS.id,
    "Renewals",
    ChannelKind.STANDARD,
    SITE,
    FOLDER,
    "t1",
)
PLACE = Location(RowId("loc"), "Renewals", PlaceKind.TEAMS, f"{SITE}/Shared%20Documents/Renewals")
THEIRS = Tab(TabId("theirs"), "D365", "", f"https://app/?id={DEAL.id}", "https://t", is_microsofts=True)


class Crm(FakeCrm):
    places: tuple[Location, ...] = ()

    async def list_locations(self, ref: RecordRef) -> tuple[Location, ...]:
        self._troubles.meet("list_locations")
        return self.places


@pytest.fixture
def world() -> World:
    made = World()
    made.crm = Crm(made.troubles)
    made.crm.associations = (ROW,)
    return made


async def seen(world: World, by: Person = CLAIRE) -> Connection:
    panel = await look_closer(await read_panel(DEAL, by, world.ports), by, world.ports)
    return panel.connections[0]


@pytest.mark.statement("F65")
@pytest.mark.parametrize(
    ("places", "tabs", "lacks"),
    [
        ((), (), (Lack.LOCATION, Lack.TAB)),
        ((PLACE,), (), (Lack.TAB,)),
        ((), (THEIRS,), (Lack.LOCATION,)),
        ((PLACE,), (THEIRS,), ()),
    ],
)
async def test_only_what_is_missing_is_offered_to_be_completed(
    world: World, places: tuple[Location, ...], tabs: tuple[Tab, ...], lacks: tuple[Lack, ...]
) -> None:
    world.crm.places, world.teamwork.microsoft_tabs = places, tabs
    one = await seen(world)
    assert (one.lacks, one.is_incomplete) == (lacks, bool(lacks))


@pytest.mark.parametrize("call", ["shows", "list_locations"])
async def test_what_cannot_be_told_is_unknown_and_may_be_completed(world: World, call: str) -> None:
    world.troubles.fail(call, UpstreamUnavailable("graph"))
    one = await seen(world)
    assert (one.lacks, one.is_incomplete) == (None, True)


async def test_nothing_is_asked_of_a_standard_channel_that_liaison_connected(world: World) -> None:
    link = Link(
        ID,
        DEAL,
        "Deal",
        TEAM,
        RENEWALS.id,
        CLAIRE,
        CLAIRE,
        world.clock.now(),
        state=LinkState.CONNECTED,
    )
    await world.links.plan(replace(link, evidence=replace(link.evidence, channel=RENEWALS.id)), "", "")
    one = await seen(world)
    assert (one.link is not None, one.lacks) == (True, None)
    assert {"shows", "list_locations", "is_in_channel"}.isdisjoint(world.troubles.calls)


@pytest.mark.statement("S54", "F32")
@pytest.mark.parametrize(
    ("is_in", "trouble", "access"),
    [
        (True, None, Access.MEMBER),
        (False, None, Access.NOT_MEMBER),
        (False, ConsentNotGranted("members", ("ChannelMember.Read.All",)), Access.UNKNOWN),
        (False, UpstreamUnavailable("graph"), Access.UNKNOWN),
    ],
)
async def test_a_private_channel_tells_itself_whether_one_is_in_it(
    world: World, is_in: bool, trouble: LiaisonError | None, access: Access
) -> None:
    world.crm.associations = (replace(ROW, channel_kind=ChannelKind.PRIVATE),)
    if is_in:
        world.teamwork.channel_members = {CLAIRE.id}
    if trouble is not None:
        world.troubles.fail("is_in_channel", trouble)
    assert (await seen(world)).access is access


@pytest.mark.statement("F23", "F32")
async def test_somebody_in_the_team_asks_to_be_let_into_its_private_channel(world: World) -> None:
    other = replace(ROW, id=RowId("row-2"), channel=ChannelId("19:open"), channel_name="Open")
    world.crm.associations = (replace(ROW, channel_kind=ChannelKind.PRIVATE), other)
    with pytest.raises(AlreadyMember):
        await ask_to_join(DEAL, TEAM, OLIVER, world.ports, ChannelId("19:open"))
    ports = Ports(**{**vars(world.ports), "audit": Lines()})
    asked = await ask_to_join(DEAL, TEAM, OLIVER, ports, RENEWALS.id)
    assert (asked.channel, asked.channel_name, asked.in_team) == (RENEWALS.id, "Renewals", True)
    answered = await answer_join(asked.id, CLAIRE, ports, accept=True)
    assert (answered.state, world.teamwork.channel_members) == (JoinState.ACCEPTED, {OLIVER.id})
    with pytest.raises(AlreadyMember):
        await ask_to_join(DEAL, TEAM, OLIVER, world.ports, RENEWALS.id)


def test_taking_back_has_a_word_of_its_own() -> None:
    link = Link(
        ID, DEAL, "Deal", TEAM, NewChannel("Deal"), CLAIRE, CLAIRE, World().clock.now(),
        state=LinkState.DISCONNECTING, operation=Operation.UNDO,
    )  # fmt: skip
    assert (link.state_word, replace(link, operation=Operation.DISCONNECT).state_word) == ("undo", "disconnecting")
    assert replace(link, state=LinkState.UNDONE).was_taken_back
    assert not replace(link, state=LinkState.UNDONE, operation=Operation.CONNECT).was_taken_back
