"""Connecting and disconnecting, step by step: killed anywhere, waiting, stopped, overtaken."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from liaison.domain.connection import ConnectionRequest
from liaison.domain.link import Link, LinkState, NewChannel, Operation, StepName, TabChoice, steps_to_connect
from liaison.domain.names import ChannelId
from liaison.errors import (
    AnswerLost,
    ChannelGone,
    ChannelNameTaken,
    FilesRefused,
    LinkBusy,
    NotTeamMember,
    PrivilegeMissing,
    SignInExpired,
    StillPreparing,
    StoreUnavailable,
    UpstreamThrottled,
    UpstreamUnavailable,
)
from liaison.operations.connect import connect, try_again
from liaison.operations.disconnect import disconnect
from liaison.operations.runs import resume_all, resume_parked, run
from tests.unit.fakes import CLAIRE, DEAL, OLIVER, RENEWALS, TEAM, Crash, World

pytestmark = pytest.mark.anyio

CONNECT_STEPS = steps_to_connect(DEAL)
EXISTING = ConnectionRequest(DEAL, TEAM, RENEWALS.id)
MADE = ConnectionRequest(DEAL, TEAM, NewChannel("Northwind deal"))
BOTH = pytest.mark.parametrize("asked", [EXISTING, MADE], ids=["existing channel", "new channel"])


@pytest.fixture
def world() -> World:
    return World()


async def carry_on(world: World, link: Link) -> Link:
    """Carry out the link's present run to its end."""
    world.steps.run = f"{link.id}:{link.run}"
    await run(link.operation, link.id, world.ports, link.run)
    return await world.links.get(link.id)


async def connected(world: World, asked: ConnectionRequest = EXISTING) -> Link:
    return await carry_on(world, await connect(asked, CLAIRE, world.ports))


def made_once(world: World, asked: ConnectionRequest) -> bool:
    channel = ["channel"] if asked is MADE else []
    return world.teamwork.made == [*channel, "app", "tab"] and world.crm.made == ["location", "association", "note"]


@BOTH
async def test_a_record_is_connected_by_seven_steps_in_order(world: World, asked: ConnectionRequest) -> None:
    planned = await connect(asked, CLAIRE, world.ports)
    assert planned.state is LinkState.PLANNED
    assert world.steps.started == [(Operation.CONNECT, planned.id, 1)]
    link = await carry_on(world, planned)
    assert (link.state, link.done, link.trouble, link.waiting) == (LinkState.CONNECTED, CONNECT_STEPS, None, None)
    assert world.steps.carried_out == [f"{step.value}#1" for step in CONNECT_STEPS]
    assert world.links.acts == ["link.connecting", *(f"step.{step.value}" for step in CONNECT_STEPS), "link.connected"]
    assert made_once(world, asked)
    assert link.evidence.channel_is_ours is (asked is MADE)
    assert link.evidence.association == link.row_id("association")


@BOTH
@pytest.mark.parametrize("step", CONNECT_STEPS)
async def test_killed_after_any_effect_it_goes_on_and_makes_nothing_twice(
    world: World, asked: ConnectionRequest, step: StepName
) -> None:
    """Before the link is saved, and again after it is saved and before the engine has noted the step."""
    planned = await connect(asked, CLAIRE, world.ports)
    world.links.crash_before_save = f"step.{step.value}"
    world.steps.crash_in = f"{step.value}#1"
    for _ in range(2):
        with pytest.raises(Crash):
            await carry_on(world, planned)
        world.restart() if world.steps.crash_in == "" else None
    link = await carry_on(world, planned)
    assert link.state is LinkState.CONNECTED
    assert made_once(world, asked)


async def test_what_was_there_before_leaves_a_tab_and_one_set_of_rows_to_make(world: World) -> None:
    world.teamwork.is_seen_ahead = world.crm.takes_sets = True
    planned = await connect(EXISTING, CLAIRE, world.ports)
    assert planned.done == (StepName.APP, StepName.CHANNEL, StepName.FOLDER)
    link = await carry_on(world, planned)
    assert link.state is LinkState.CONNECTED
    calls = [call for call in world.troubles.calls if call.startswith(("ensure", "read_team", "read_channel"))]
    assert calls[1:] == ["ensure_tab", "ensure_rows", "ensure_location", "ensure_association", "ensure_note"]
    assert link.evidence.association == link.row_id("association")
    assert link.evidence.note
    gone = await carry_on(world, await disconnect(link.id, CLAIRE, world.ports))
    assert (gone.state, gone.evidence.association, gone.evidence.location) == (LinkState.DISCONNECTED, "", "")
    assert "remove_rows" in world.troubles.calls


@pytest.mark.parametrize("step", [StepName.TAB, StepName.LOCATION])
async def test_killed_on_the_short_way_it_makes_nothing_twice(world: World, step: StepName) -> None:
    world.teamwork.is_seen_ahead = world.crm.takes_sets = True
    planned = await connect(EXISTING, CLAIRE, world.ports)
    world.links.crash_before_save = f"step.{step.value}"
    world.steps.crash_in = f"{step.value}#1"
    for _ in range(2):
        with pytest.raises(Crash):
            await carry_on(world, planned)
        world.restart() if world.steps.crash_in == "" else None
    assert (await carry_on(world, planned)).state is LinkState.CONNECTED
    assert sorted(world.crm.made) == ["association", "location", "note"]


@pytest.mark.parametrize("act", ["link.connecting", "link.connected"])
async def test_killed_between_steps_it_goes_on(world: World, act: str) -> None:
    planned = await connect(EXISTING, CLAIRE, world.ports)
    world.links.crash_before_save = act
    with pytest.raises(Crash):
        await carry_on(world, planned)
    world.restart()
    assert (await carry_on(world, planned)).state is LinkState.CONNECTED


async def test_a_finished_run_that_is_carried_out_again_changes_nothing(world: World) -> None:
    link = await connected(world)
    world.steps.kept.clear()
    assert await carry_on(world, link) == link
    assert world.links.acts.count("link.connected") == 1


LATER = [UpstreamUnavailable("graph"), UpstreamThrottled("graph", wait_s=7.5), AnswerLost("graph")]


@pytest.mark.parametrize("error", LATER, ids=lambda error: error.code)
async def test_an_outage_delays_the_work_and_says_what_is_waited_for(world: World, error: UpstreamUnavailable) -> None:
    world.troubles.fail("ensure_tab", error)
    planned = await connect(EXISTING, CLAIRE, world.ports)
    seen: list[Link] = []

    async def look() -> None:
        seen.append(await world.links.get(planned.id))

    world.steps.on_pause = look
    link = await carry_on(world, planned)
    assert link.state is LinkState.CONNECTED
    waiting = seen[0].waiting
    assert waiting is not None
    assert (waiting.step, waiting.cause.error(), seen[0].state) == (StepName.TAB, error, LinkState.CONNECTING)
    assert (waiting.until - waiting.since).total_seconds() == pytest.approx(world.steps.pauses[0])
    assert world.steps.pauses[0] >= (error.retry_after_s or 1.0)


async def test_pauses_double_up_to_a_quarter_of_an_hour(world: World) -> None:
    world.troubles.fail("ensure_tab", *[UpstreamUnavailable("graph")] * 14)
    await connected(world)
    pauses = world.steps.pauses
    assert len(pauses) == 14
    assert all(later >= earlier for earlier, later in pairwise(pauses))
    assert 900.0 <= pauses[-1] <= 900.0 * 1.2
    assert sum(act == "waiting" for act in world.links.acts) == 1


async def test_a_library_that_is_being_made_leaves_the_link_with_files_pending(world: World) -> None:
    world.troubles.fail("read_files_folder", StillPreparing("graph"), StillPreparing("graph"))
    states: list[LinkState] = []
    planned = await connect(MADE, CLAIRE, world.ports)

    async def look() -> None:
        states.append((await world.links.get(planned.id)).state)

    world.steps.on_pause = look
    link = await carry_on(world, planned)
    assert states == [LinkState.FILES_PENDING] * 2
    assert link.state is LinkState.CONNECTED


async def test_a_library_that_takes_more_than_a_day_needs_a_person(world: World) -> None:
    world.troubles.fail("read_files_folder", *[StillPreparing("graph")] * 300)
    link = await connected(world, MADE)
    assert link.state is LinkState.NEEDS_PERSON
    assert link.trouble is not None
    assert link.trouble.code == StillPreparing.code
    assert timedelta(hours=24) < world.clock.now() - link.planned_at < timedelta(hours=25)


@pytest.mark.parametrize("error", [ChannelGone("19:renewals"), NotTeamMember("Ventes Europe")])
async def test_refused_before_anything_was_made_it_is_undone(world: World, error: ChannelGone) -> None:
    world.troubles.fail("read_channel", error)
    link = await connected(world)
    assert (link.state, link.trouble and link.trouble.error()) == (LinkState.UNDONE, error)
    assert world.teamwork.made == []


async def test_refused_after_something_was_made_it_needs_a_person_who_can_go_on(world: World) -> None:
    error = PrivilegeMissing("prvCreateSharePointDocumentLocation", "sharepointdocumentlocation")
    world.troubles.fail("ensure_location", error)
    stopped = await connected(world)
    assert (stopped.state, stopped.trouble and stopped.trouble.error()) == (LinkState.NEEDS_PERSON, error)
    resumed = await try_again(stopped.id, OLIVER, world.ports)
    assert (resumed.state, resumed.run, resumed.acting, resumed.by) == (LinkState.CONNECTING, 2, OLIVER, CLAIRE)
    assert (await carry_on(world, resumed)).state is LinkState.CONNECTED
    assert made_once(world, EXISTING)


async def test_an_ended_sign_in_parks_the_work_until_that_person_signs_in(world: World) -> None:
    world.troubles.fail("read_channel", SignInExpired("revoked"))
    parked = await connected(world)
    assert parked.state is LinkState.NEEDS_PERSON
    assert await resume_parked(CLAIRE, world.ports) == 1
    assert world.steps.started[-1] == (Operation.CONNECT, parked.id, 2)


async def test_what_nobody_expected_stops_the_link_with_an_incident(world: World) -> None:
    world.troubles.fail("ensure_tab", KeyError("displayName"))
    planned = await connect(EXISTING, CLAIRE, world.ports)
    with pytest.raises(RuntimeError, match="incident"):
        await carry_on(world, planned)
    link = await world.links.get(planned.id)
    assert link.state is LinkState.NEEDS_PERSON
    assert link.trouble is not None
    assert (link.trouble.code, len(link.trouble.facts["incident"])) == ("defect", 12)


async def test_a_taken_channel_name_comes_with_a_free_one(world: World) -> None:
    """Somebody made the channel between the look and the making."""
    planned = await connect(MADE, CLAIRE, world.ports)
    world.teamwork.channels["Northwind deal"] = replace(RENEWALS, name="Northwind deal", id=ChannelId("19:theirs"))
    link = await carry_on(world, planned)
    assert link.state is LinkState.UNDONE
    assert link.trouble is not None
    assert link.trouble.error() == ChannelNameTaken("Northwind deal", "Ventes Europe", "Northwind deal 2")


async def test_a_second_click_gets_the_link_of_the_first(world: World) -> None:
    first = await connect(EXISTING, CLAIRE, world.ports)
    assert await connect(EXISTING, OLIVER, world.ports) == first
    assert (await carry_on(world, first)).state is LinkState.CONNECTED
    again = await connect(EXISTING, OLIVER, world.ports)
    assert (again.id, again.state) == (first.id, LinkState.CONNECTED)
    assert len(world.steps.started) == 2, "only planned work is handed over"


@pytest.mark.parametrize("name", ["Northwind deal", " NORTHWIND DEAL "])
async def test_a_second_click_after_the_channel_was_made_gets_the_link_of_the_first(world: World, name: str) -> None:
    first = await connected(world, MADE)
    again = replace(MADE, channel=NewChannel(name))
    assert (await connect(again, OLIVER, world.ports)).id == first.id


async def test_another_persons_channel_of_that_name_is_not_taken_for_ours(world: World) -> None:
    world.teamwork.channels["Northwind deal"] = replace(RENEWALS, name="Northwind deal")
    with pytest.raises(ChannelNameTaken):
        await connect(MADE, CLAIRE, world.ports)


async def test_of_two_links_that_come_to_the_same_channel_the_later_gives_way(world: World) -> None:
    making = await connect(MADE, CLAIRE, world.ports)
    world.teamwork.channels["Northwind deal"] = replace(
        RENEWALS, name="Northwind deal", id=ChannelId("19:Northwind deal"), description=making.tab_entity
    )
    other = await connect(ConnectionRequest(DEAL, TEAM, ChannelId("19:Northwind deal")), OLIVER, world.ports)
    gave_way = await carry_on(world, making)
    assert (gave_way.state, gave_way.trouble and gave_way.trouble.error()) == (
        LinkState.UNDONE,
        LinkBusy(other.id, "planned"),
    )
    assert (await carry_on(world, other)).state is LinkState.CONNECTED


async def test_a_disconnect_overtakes_a_connect_that_waits_for_its_library(world: World) -> None:
    world.troubles.fail("read_files_folder", StillPreparing("graph"))
    planned = await connect(EXISTING, CLAIRE, world.ports)

    async def overtake() -> None:
        world.steps.on_pause = None
        await disconnect(planned.id, OLIVER, world.ports)

    world.steps.on_pause = overtake
    link = await carry_on(world, planned)
    assert link.state is LinkState.DISCONNECTING
    assert world.steps.started[-1] == (Operation.DISCONNECT, planned.id, 2)
    gone = await carry_on(world, link)
    assert gone.state is LinkState.DISCONNECTED
    assert (world.teamwork.tabs, world.crm.rows) == ({}, {})


async def test_a_run_that_was_overtaken_by_a_later_one_touches_nothing(world: World) -> None:
    world.troubles.fail("ensure_location", FilesRefused("Renewals"))
    stopped = await connected(world)
    await try_again(stopped.id, CLAIRE, world.ports)
    world.steps.kept.clear()
    world.troubles.calls.clear()
    assert await run(Operation.CONNECT, stopped.id, world.ports, 1) == "connecting"
    assert world.troubles.calls == []


async def test_a_save_that_came_second_is_looked_at_again(world: World) -> None:
    """Two workers carry out the same run; whoever saves second finds the step done."""
    planned = await connect(EXISTING, CLAIRE, world.ports)
    overtaken = world.teamwork.ensure_tab

    async def slow_tab(*arguments):
        made = await overtaken(*arguments)
        link = await world.links.get(planned.id)
        await world.links.save(link.with_evidence(StepName.TAB, tab=made.id))
        return made

    world.teamwork.ensure_tab = slow_tab  # type: ignore[method-assign]
    link = await carry_on(world, planned)
    assert link.state is LinkState.CONNECTED
    assert made_once(world, EXISTING)


async def test_an_outage_of_our_own_store_is_left_to_the_sweep(world: World) -> None:
    planned = await connect(EXISTING, CLAIRE, world.ports)
    get, asked = world.links.get, iter([False, False, True, False])

    async def sometimes(link):
        if next(asked, False):
            raise StoreUnavailable("liaison")
        return await get(link)

    world.links.get = sometimes  # type: ignore[method-assign]
    with pytest.raises(StoreUnavailable):
        await carry_on(world, planned)
    assert (await get(planned.id)).state.at_work
    assert await resume_all(world.ports) == 1
    assert (await carry_on(world, planned)).state is LinkState.CONNECTED


async def test_disconnecting_removes_rows_and_tab_and_keeps_the_channel(world: World) -> None:
    link = await connected(world, MADE)
    going = await disconnect(link.id, OLIVER, world.ports)
    assert (going.state, going.run, going.acting) == (LinkState.DISCONNECTING, 2, OLIVER)
    gone = await carry_on(world, going)
    assert gone.state is LinkState.DISCONNECTED
    assert (world.teamwork.tabs, world.crm.rows) == ({}, {})
    assert "Northwind deal" in world.teamwork.channels
    assert len(world.crm.notes) == 2
    assert await disconnect(link.id, OLIVER, world.ports) == gone


@pytest.mark.parametrize("step", ["remove_association", "remove_location", "remove_tab", "note_removed"])
async def test_a_disconnect_killed_after_any_step_is_finished(world: World, step: str) -> None:
    link = await connected(world)
    going = await disconnect(link.id, CLAIRE, world.ports)
    world.links.crash_before_save = f"step.{step}"
    with pytest.raises(Crash):
        await carry_on(world, going)
    world.restart()
    assert (await carry_on(world, going)).state is LinkState.DISCONNECTED
    assert (world.teamwork.tabs, world.crm.rows, len(world.crm.notes)) == ({}, {}, 2)


async def test_a_tab_may_be_kept(world: World) -> None:
    link = await connected(world)
    await carry_on(world, await disconnect(link.id, CLAIRE, world.ports, TabChoice.KEEP))
    assert list(world.teamwork.tabs) == [link.tab_entity]


async def test_a_link_that_is_being_connected_cannot_be_disconnected(world: World) -> None:
    planned = await connect(EXISTING, CLAIRE, world.ports)
    with pytest.raises(LinkBusy):
        await disconnect(planned.id, CLAIRE, world.ports)


async def test_after_a_disconnect_the_same_channel_may_be_connected_again(world: World) -> None:
    link = await connected(world)
    await carry_on(world, await disconnect(link.id, CLAIRE, world.ports))
    again = await connect(EXISTING, CLAIRE, world.ports)
    assert again.id != link.id
    assert (await carry_on(world, again)).state is LinkState.CONNECTED
