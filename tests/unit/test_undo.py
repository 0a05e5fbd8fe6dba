"""Undoing a connection soon after it was made, and completing one that Microsoft's button made."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from liaison.domain.connection import ConnectionRequest
from liaison.domain.consent import SCOPES
from liaison.domain.crm import Association
from liaison.domain.link import (
    Finding,
    Invited,
    Link,
    LinkState,
    NewChannel,
    NewTeam,
    Operation,
    PrimaryChannel,
    StepName,
    steps_to_undo,
)
from liaison.domain.members_added import MembersAdded
from liaison.domain.names import ChannelKind, DriveId, ItemId, PersonId, RowId, TabId
from liaison.domain.teams import FileEntry, Tab
from liaison.errors import (
    ConsentNotGranted,
    LinkBusy,
    LinkUnknown,
    NotTeamOwner,
    PrivilegeMissing,
    UndoClosed,
    UpstreamUnavailable,
)
from liaison.operations.complete import complete_connection
from liaison.operations.connect import connect
from liaison.operations.disconnect import adopt_association, disconnect
from liaison.operations.runs import run
from liaison.operations.undo import WINDOW, can_be_undone, undo, undo_until
from tests.unit.fakes import CLAIRE, DEAL, MY_VIEW, OLIVER, RENEWALS, TEAM, Crash, FakeClock, World
from tests.unit.test_saga import carry_on

pytestmark = [pytest.mark.anyio, pytest.mark.statement("F30")]

EXISTING = ConnectionRequest(DEAL, TEAM, RENEWALS.id)
NEW_CHANNEL = ConnectionRequest(DEAL, TEAM, NewChannel("Deal"))
NEW_TEAM = ConnectionRequest(DEAL, NewTeam("Northwind"), PrimaryChannel())
BOTH_NEW = ConnectionRequest(DEAL, NewTeam("Northwind"), NewChannel("Deal"))
A_FILE = FileEntry(
    DriveId("d"), ItemId("f"), "offer.docx", is_folder=False, size_bytes=1, modified_at=FakeClock().now(),
    modified_by="Sofia", address="", version="1",
)  # fmt: skip


@pytest.fixture
def world() -> World:
    made = World()
    made.sign_in.scopes = frozenset(scope for scopes in SCOPES.values() for scope in scopes)
    return made


async def connected(world: World, asked: ConnectionRequest) -> Link:
    return await carry_on(world, await connect(asked, CLAIRE, world.ports))


async def undone(world: World, link: Link) -> Link:
    return await carry_on(world, await undo(link.id, CLAIRE, world.ports))


@pytest.mark.parametrize("asked", [EXISTING, NEW_CHANNEL, NEW_TEAM, BOTH_NEW])
async def test_what_was_made_goes_and_what_was_there_stays(world: World, asked: ConnectionRequest) -> None:
    link = await undone(world, await connected(world, asked))
    assert (link.state, link.trouble, link.findings) == (LinkState.UNDONE, None, ())
    assert (world.crm.rows, world.crm.notes, world.teamwork.tabs, world.teamwork.teams) == ({}, {}, {}, {})
    assert world.teamwork.app_installed is False
    assert list(world.teamwork.channels) == [RENEWALS.name]


@pytest.mark.parametrize("asked", [NEW_CHANNEL, BOTH_NEW])
async def test_a_channel_with_a_file_stays_and_says_so(world: World, asked: ConnectionRequest) -> None:
    made = await connected(world, asked)
    world.files.entries = (A_FILE,)
    link = await undone(world, made)
    kept = Finding("channel.kept", (("channel", "Deal"), ("reason", "kept_files")))
    assert (link.state, link.findings[0]) == (LinkState.UNDONE, kept)
    assert "Deal" in world.teamwork.channels
    assert len(link.findings) == (2 if asked is BOTH_NEW else 1)
    assert len(world.teamwork.teams) == (1 if asked is BOTH_NEW else 0)


async def test_a_team_with_another_channel_stays_and_says_so(world: World) -> None:
    world.teamwork.channels["More"] = RENEWALS
    link = await undone(world, await connected(world, NEW_TEAM))
    assert link.findings == (Finding("team.kept", (("team", "Northwind"), ("reason", "kept_channels"))),)
    assert len(world.teamwork.teams) == 1


@pytest.mark.parametrize(
    ("asked", "call", "finding"),
    [
        (NEW_CHANNEL, "remove_channel", Finding("channel.kept", (("channel", "Deal"), ("reason", "kept_rights")))),
        (NEW_TEAM, "remove_team", Finding("team.kept", (("team", "Northwind"), ("reason", "kept_rights")))),
    ],
)
async def test_without_the_permission_it_stays(
    world: World, asked: ConnectionRequest, call: str, finding: Finding
) -> None:
    world.troubles.fail(call, ConsentNotGranted("undo", ("Channel.Delete.All",)))
    assert (await undone(world, await connected(world, asked))).findings == (finding,)


async def test_an_app_that_another_link_needs_stays(world: World) -> None:
    first = await connected(world, NEW_CHANNEL)
    await connected(world, EXISTING)
    assert (await undone(world, first)).state is LinkState.UNDONE
    assert world.teamwork.app_installed is True


async def test_a_tab_of_microsofts_app_stays(world: World) -> None:
    theirs = Tab(TabId("theirs"), "D365", "", f"https://app/?id={DEAL.id}", "https://t")
    world.teamwork.microsoft_tabs = (theirs,)
    await undone(world, await connected(world, EXISTING))
    assert "remove_tab" not in world.troubles.calls


async def test_a_view_is_undone_without_a_note(world: World) -> None:
    link = await undone(world, await connected(world, ConnectionRequest(MY_VIEW, TEAM, RENEWALS.id, share_view=True)))
    assert (link.state, world.crm.rows, StepName.REMOVE_NOTES in link.done) == (LinkState.UNDONE, {}, False)


SOFIA, MARC = Invited(PersonId("sofia"), "Sofia Rossi"), Invited(PersonId("marc"), "Marc Lefèvre")
WITH_PEOPLE = replace(EXISTING, members=(SOFIA, MARC))


async def test_people_whom_the_connection_let_in_leave_and_those_who_were_there_stay(world: World) -> None:
    world.teamwork.members |= {MARC.id}
    made = await connected(world, WITH_PEOPLE)
    assert made.members_added == MembersAdded(to_team=(SOFIA.id,))
    link = await undone(world, made)
    assert (link.state, link.findings, link.step_at_work) == (LinkState.UNDONE, (), None)
    assert world.teamwork.members == {CLAIRE.id, MARC.id}


async def test_people_let_into_a_private_channel_leave_it_and_stay_in_the_team(world: World) -> None:
    world.teamwork.channels[RENEWALS.name] = replace(RENEWALS, kind=ChannelKind.PRIVATE)
    world.teamwork.members |= {SOFIA.id}
    made = await connected(world, replace(EXISTING, members=(SOFIA,)))
    assert made.members_added == MembersAdded(to_channel=(SOFIA.id,))
    await undone(world, made)
    assert (world.teamwork.members, world.teamwork.channel_members) == ({CLAIRE.id, SOFIA.id}, set())


async def test_whoever_was_not_added_is_not_taken_out(world: World) -> None:
    world.teamwork.unknown = {SOFIA.id}
    made = await connected(world, WITH_PEOPLE)
    assert made.members_added == MembersAdded(to_team=(MARC.id,))
    world.teamwork.members |= {SOFIA.id}  # an owner did, in Teams
    await undone(world, made)
    assert world.teamwork.members == {CLAIRE.id, SOFIA.id}


@pytest.mark.parametrize(
    ("trouble", "reason"), [(NotTeamOwner("Ventes"), "kept_rights"), (None, "kept_owner")], ids=["rights", "owner"]
)
async def test_people_who_cannot_be_taken_out_are_named(world: World, trouble: Exception | None, reason: str) -> None:
    made = await connected(world, replace(EXISTING, members=(SOFIA,)))
    if trouble is None:
        world.teamwork.owners = {SOFIA.id}
    else:
        world.troubles.fail("remove_members", trouble)
    link = await undone(world, made)
    kept = Finding("member.kept", (("people", "Sofia Rossi"), ("reason", reason)))
    assert (link.state, link.findings) == (LinkState.UNDONE, (kept,))
    assert SOFIA.id in world.teamwork.members


async def test_people_whom_another_connection_of_the_team_wants_stay(world: World) -> None:
    made = await connected(world, replace(EXISTING, members=(SOFIA, MARC)))
    await connected(world, replace(NEW_CHANNEL, members=(SOFIA,)))
    link = await undone(world, made)
    assert link.findings == (Finding("member.kept", (("people", "Sofia Rossi"), ("reason", "kept_wanted"))),)
    assert world.teamwork.members == {CLAIRE.id, SOFIA.id}


@pytest.mark.parametrize("keeps", [False, True])
async def test_people_of_a_team_that_came_with_the_connection_go_with_it_or_leave_it(world: World, keeps: bool) -> None:
    if keeps:
        world.teamwork.channels["More"] = RENEWALS
    await undone(world, await connected(world, replace(NEW_TEAM, members=(SOFIA,))))
    assert ("remove_members" in world.troubles.calls) is keeps


MY_VIEW_SHARED = ConnectionRequest(MY_VIEW, TEAM, RENEWALS.id, share_view=True)


@pytest.mark.statement("F25")
async def test_a_view_is_shared_again_with_those_only_who_had_it(world: World) -> None:
    world.teamwork.members |= {SOFIA.id, MARC.id}
    world.crm.shared = {RowId("user-marc")}
    made = await connected(world, MY_VIEW_SHARED)
    assert (made.shared_view_with, world.crm.shared) == (("user-sofia",), {"user-marc", "user-sofia"})
    link = await undone(world, made)
    assert (link.findings, world.crm.shared) == ((), {"user-marc"})


async def test_a_view_that_another_channel_shows_stays_shared(world: World) -> None:
    world.teamwork.members |= {SOFIA.id}
    made = await connected(world, MY_VIEW_SHARED)
    await connected(world, replace(MY_VIEW_SHARED, channel=NewChannel("Deal")))
    link = await undone(world, made)
    assert link.findings == (Finding("view.share_kept", (("reason", "kept_connected"),)),)
    assert world.crm.shared == {"user-sofia"}


async def test_whoever_may_not_take_the_sharing_back_is_told(world: World) -> None:
    world.teamwork.members |= {SOFIA.id}
    made = await connected(world, MY_VIEW_SHARED)
    world.troubles.fail("unshare_view", PrivilegeMissing("prvShareUserQuery", "userquery"))
    link = await undone(world, made)
    assert link.findings == (Finding("view.share_kept", (("reason", "kept_rights"),)),)


@pytest.mark.parametrize("effect", ["add_members", "share_view"])
async def test_what_was_seen_before_is_remembered_when_the_worker_dies_in_the_effect(world: World, effect: str) -> None:
    """The look is saved before the effect: afterwards everybody would seem to have been there."""
    world.teamwork.members |= {MARC.id}
    asked = WITH_PEOPLE if effect == "add_members" else MY_VIEW_SHARED
    begun = await connect(asked, CLAIRE, world.ports)
    world.troubles.fail(effect, Crash())
    with pytest.raises(Crash):
        await carry_on(world, begun)
    # It was done, and nobody was told.
    world.teamwork.members |= {SOFIA.id} if effect == "add_members" else set()
    world.crm.shared |= {RowId("user-marc")}
    made = await carry_on(world, begun)
    assert made.members_added == (MembersAdded(to_team=(SOFIA.id,)) if effect == "add_members" else None)
    assert made.shared_view_with == (() if effect == "add_members" else ("user-marc",))


async def test_the_window_closes_after_a_quarter_of_an_hour(world: World) -> None:
    link = await connected(world, EXISTING)
    assert can_be_undone(link, world.ports)
    assert undo_until(link) == world.clock.moment + WINDOW
    world.clock.moment += timedelta(minutes=16)
    assert not can_be_undone(link, world.ports)
    with pytest.raises(UndoClosed):
        await undo(link.id, CLAIRE, world.ports)


async def test_undoing_twice_is_undoing_once(world: World) -> None:
    link = await connected(world, EXISTING)
    first = await undo(link.id, CLAIRE, world.ports)
    assert await undo(link.id, OLIVER, world.ports) == first
    done = await carry_on(world, first)
    assert await undo(link.id, CLAIRE, world.ports) == done
    assert [started[0] for started in world.steps.started] == [Operation.CONNECT, Operation.UNDO]


async def test_what_is_still_being_connected_or_was_disconnected_is_not_undone(world: World) -> None:
    planned = await connect(EXISTING, CLAIRE, world.ports)
    with pytest.raises(LinkBusy):
        await undo(planned.id, CLAIRE, world.ports)
    await carry_on(world, planned)
    await carry_on(world, await disconnect(planned.id, CLAIRE, world.ports))
    with pytest.raises(UndoClosed):
        await undo(planned.id, CLAIRE, world.ports)


@pytest.mark.parametrize("step", steps_to_undo(DEAL, new_team=True, members=True))
async def test_killed_after_any_effect_undoing_goes_on(world: World, step: StepName) -> None:
    going = await undo((await connected(world, replace(BOTH_NEW, members=(SOFIA,)))).id, CLAIRE, world.ports)
    world.steps.run, world.steps.crash_in = f"{going.id}:{going.run}", f"{step.value}#1"
    with pytest.raises(Crash):
        await run(Operation.UNDO, going.id, world.ports, going.run)
    world.restart()
    link = await carry_on(world, going)
    assert (link.state, world.crm.rows, world.teamwork.teams) == (LinkState.UNDONE, {}, {})


async def test_an_outage_delays_undoing(world: World) -> None:
    made = await connected(world, NEW_CHANNEL)
    world.troubles.fail("remove_channel", *[UpstreamUnavailable("graph")] * 3)
    assert (await undone(world, made)).state is LinkState.UNDONE
    assert len(world.steps.pauses) == 3


# --- completing ------------------------------------------------------------------------------------------------

NATIVE = Association(
    RowId("native-row"), DEAL, TEAM, "Ventes Europe", "19:thread", RENEWALS.id, "Renewals", ChannelKind.STANDARD,
    "https://s", "/sites/x/Documents/Renewals", "t1",
)  # fmt: skip


@pytest.mark.statement("F65")
async def test_a_native_connection_is_completed_and_nothing_is_made_twice(world: World) -> None:
    world.crm.associations = (NATIVE,)
    link = await carry_on(world, await complete_connection(DEAL, NATIVE.id, CLAIRE, world.ports))
    assert link.state is LinkState.CONNECTED
    assert world.teamwork.made == ["app", "tab"]
    assert await complete_connection(DEAL, NATIVE.id, OLIVER, world.ports) == link


@pytest.mark.statement("F65")
async def test_one_that_is_known_already_gets_what_it_lacks(world: World) -> None:
    world.crm.associations = (NATIVE,)
    adopted = await adopt_association(DEAL, NATIVE.id, CLAIRE, world.ports)
    assert adopted.step_at_work is StepName.APP
    going = await complete_connection(DEAL, NATIVE.id, CLAIRE, world.ports)
    link = await carry_on(world, going)
    assert (link.id, link.state, link.step_at_work) == (adopted.id, LinkState.CONNECTED, None)
    assert replace(link, findings=()).evidence.association


async def test_a_row_that_is_gone_is_said_to_be_unknown(world: World) -> None:
    with pytest.raises(LinkUnknown):
        await complete_connection(DEAL, RowId("nobody"), CLAIRE, world.ports)
