"""Archiving a link's channel and restoring it: once, only what is ours, and never to the link's harm."""

from __future__ import annotations

from dataclasses import replace

import pytest

from liaison.domain.closing import Archive, OnClose, can_be_closed, is_closed
from liaison.domain.connection import ConnectionRequest, frozen_on_close
from liaison.domain.consent import enhanced_scopes
from liaison.domain.link import LinkState, NewChannel, Operation
from liaison.domain.names import TableName
from liaison.errors import (
    AnswerLost,
    ChannelGone,
    ChannelNotOurs,
    ConsentNotGranted,
    LinkBusy,
    NotTeamOwner,
    SignInExpired,
    UpstreamRefused,
)
from liaison.operations.closing import archive, restore
from liaison.operations.disconnect import disconnect
from tests.unit.closing_fakes import ClosingWorld
from tests.unit.fakes import CLAIRE, DEAL, MY_VIEW, OLIVER, RENEWALS, TEAM, Crash

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("table", "state", "closed"),
    [
        ("incident", 0, False),
        ("incident", 1, True),
        ("incident", 2, True),
        ("opportunity", 1, True),
        ("lead", 1, False),
        ("lead", 2, True),
        ("quote", 1, False),
        ("quote", 3, True),
        ("contoso_visit", 1, True),
    ],
)
def test_a_record_is_closed_by_its_state(table: str, state: int, closed: bool) -> None:
    assert is_closed(TableName(table), state) is closed


def test_only_a_new_channel_of_a_record_keeps_the_wish_to_be_archived() -> None:
    wish = OnClose.ARCHIVE
    new, existing = NewChannel("Deal"), RENEWALS.id
    assert frozen_on_close(ConnectionRequest(DEAL, TEAM, new, on_close=wish)) is wish
    assert frozen_on_close(ConnectionRequest(DEAL, TEAM, existing, on_close=wish)) is OnClose.KEEP
    assert frozen_on_close(ConnectionRequest(MY_VIEW, TEAM, new, on_close=wish)) is OnClose.KEEP
    team = replace(DEAL, table=TableName("team"))
    assert frozen_on_close(ConnectionRequest(team, TEAM, new, on_close=wish)) is OnClose.KEEP
    assert not can_be_closed(TableName("team"))


@pytest.mark.statement("F60")
async def test_archiving_says_so_in_the_timeline_and_keeps_the_link() -> None:
    world = ClosingWorld()
    begun = await archive(world.connected().id, CLAIRE, world.ports)
    assert (begun.state, begun.operation, begun.run) == (LinkState.ARCHIVING, Operation.ARCHIVE, 2)
    link = await world.carried_out(begun)
    assert link.state is LinkState.CONNECTED
    assert link.archive == Archive(world.clock.now(), is_ours=True)
    assert next(iter(world.crm.notes.values()))[0].startswith("fr note.archived.subject")
    assert await archive(link.id, OLIVER, world.ports) == link  # again is harmless
    back = await world.carried_out(await restore(link.id, OLIVER, world.ports))
    assert (back.state, back.archive, back.acting) == (LinkState.CONNECTED, Archive(), OLIVER)
    assert world.archiving.asked == ["archive", "restore"]
    assert len(world.crm.notes) == 2
    archived = ["link.archiving", "step.archive_channel", "step.note_archived", "link.archived"]
    assert world.links.acts == [
        *archived,
        "link.restoring",
        "step.restore_channel",
        "step.note_restored",
        "link.restored",
    ]


async def test_a_channel_that_somebody_else_had_archived_is_not_ours_to_restore() -> None:
    world = ClosingWorld()
    world.archiving.set_archived(RENEWALS, archived=True)
    link = await world.carried_out(await archive(world.connected().id, CLAIRE, world.ports))
    assert (link.archive.is_archived, link.archive.is_ours) == (True, False)
    assert world.archiving.asked == []


@pytest.mark.parametrize("lost", ["archive_channel answered", "crash"])
async def test_an_answer_that_is_lost_or_a_process_that_ends_archives_once(lost: str) -> None:
    world = ClosingWorld()
    begun = await archive(world.connected().id, CLAIRE, world.ports)
    if lost == "crash":
        world.steps.crash_in = "archive_channel#2"
        with pytest.raises(Crash):
            await world.carried_out(begun)
    else:
        world.troubles.fail(lost, AnswerLost("graph", "reset"))
    link = await world.carried_out(begun)
    assert (link.state, link.archive.is_ours) == (LinkState.CONNECTED, True)
    assert world.archiving.asked == ["archive"]


async def test_the_service_may_take_its_time() -> None:
    world = ClosingWorld()
    world.archiving.slow = 4
    link = await world.carried_out(await archive(world.connected().id, CLAIRE, world.ports))
    assert link.archive.is_ours
    assert world.archiving.asked == ["archive"]


@pytest.mark.parametrize(
    ("refusal", "reason"),
    [
        (NotTeamOwner("team-1"), "archive_owner"),
        (ConsentNotGranted("archive", ("ChannelSettings.ReadWrite.All",)), "archive_consent"),
        (ChannelGone("19:renewals"), "archive_refused"),
        (UpstreamRefused("graph", "BadRequest", reason="Team has to be active"), "archive_refused"),
    ],
)
async def test_what_is_refused_becomes_a_finding_and_the_link_stays_connected(refusal: Exception, reason: str) -> None:
    world = ClosingWorld()
    world.troubles.fail("archive_channel", refusal)
    link = await world.carried_out(await archive(world.connected().id, CLAIRE, world.ports))
    assert (link.state, link.archive) == (LinkState.CONNECTED, Archive())
    assert [(one.code, dict(one.facts)["reason"]) for one in link.findings] == [("archive.not_done", reason)]
    assert not world.crm.notes
    again = await world.carried_out(await archive(link.id, CLAIRE, world.ports))
    assert again.archive.is_ours
    assert again.findings == ()


async def test_a_service_that_does_not_get_on_with_it_is_given_up() -> None:
    world = ClosingWorld()
    world.archiving.slow = 500
    link = await world.carried_out(await archive(world.connected().id, CLAIRE, world.ports))
    assert link.state is LinkState.CONNECTED
    assert dict(link.findings[0].facts)["reason"] == "archive_late"


async def test_an_expired_sign_in_parks_the_work_until_the_person_is_back() -> None:
    world = ClosingWorld()
    world.troubles.fail("archive_channel", SignInExpired())
    link = await world.carried_out(await archive(world.connected().id, CLAIRE, world.ports))
    assert link.state is LinkState.NEEDS_PERSON
    resumed = await world.links.save(link.resumed(CLAIRE), "")
    assert resumed.state is LinkState.ARCHIVING
    assert (await world.carried_out(resumed)).archive.is_ours


async def test_what_may_not_be_archived_is_refused_before_anything_is_saved() -> None:
    world = ClosingWorld()
    with pytest.raises(ChannelNotOurs):
        await archive(world.connected(is_ours=False).id, CLAIRE, world.ports)
    link = world.connected()
    world.sign_in.scopes = frozenset(enhanced_scopes())
    with pytest.raises(ConsentNotGranted):
        await archive(link.id, CLAIRE, world.ports)
    world.links.links[link.id] = replace(link, state=LinkState.CONNECTING)
    with pytest.raises(LinkBusy):
        await archive(link.id, CLAIRE, world.ports)
    assert world.links.acts == []


async def test_disconnecting_an_archived_channel_leaves_its_tab() -> None:
    world = ClosingWorld()
    link = await world.carried_out(await archive(world.connected().id, CLAIRE, world.ports))
    gone = await world.carried_out(await disconnect(link.id, CLAIRE, world.ports))
    assert gone.state is LinkState.DISCONNECTED
    assert "remove_tab" not in world.troubles.calls
