"""Links that follow their records: who is proposed to come and to go, what is archived, and what an outage leaves."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from liaison.domain.closing import Archive, OnClose
from liaison.domain.consent import enhanced_scopes
from liaison.domain.crm import Association
from liaison.domain.following import Standing
from liaison.domain.link import Invited, Link, LinkState, Operation
from liaison.domain.names import ChannelKind, LinkId, PersonId, RowId
from liaison.domain.proposals import ProposalState
from liaison.errors import (
    ConsentNotGranted,
    MemberRefused,
    NotTeamOwner,
    OwnerStays,
    PersonUnknown,
    ProposalAnswered,
    ProposalUnknown,
    SignInExpired,
    UpstreamThrottled,
    UpstreamUnavailable,
)
from liaison.operations.follow import follow
from liaison.operations.proposals import approve, keep, list_proposals
from tests.unit.fakes import CLAIRE, DEAL, OLIVER, RENEWALS, TEAM, Crash
from tests.unit.following_fakes import FollowingWorld

pytestmark = pytest.mark.anyio

SOFIA = PersonId("sofia")


async def seen(world: FollowingWorld, owner: str = "sofia") -> Link:
    """A link to a record of that owner, whose record has been looked at once."""
    link = world.connected()
    world.followed.own(owner)
    await world.round()
    return link


@pytest.mark.statement("F48", "F49", "F62")
async def test_a_new_owner_is_proposed_and_the_old_one_is_a_leaver() -> None:
    world = FollowingWorld()
    await seen(world)
    assert world.open_proposals() == []
    world.followed.own("oliver")
    await world.round()
    assert world.open_proposals() == [("add", "oliver", "new_owner"), ("remove", "sofia", "no_part")]
    assert [(act, detail) for _, act, detail in world.audit.written] == [
        ("people.proposed.add", "Oliver: new_owner"),
        ("people.proposed.remove", "Sofia: no_part"),
    ]
    added, removed = await list_proposals(CLAIRE, world.ports)
    assert (await approve(added.id, CLAIRE, world.ports)).state is ProposalState.APPROVED
    await approve(removed.id, CLAIRE, world.ports)
    assert world.people.people[TEAM, ""] == {"claire": True, "oliver": False}
    assert await list_proposals(CLAIRE, world.ports) == ()


async def test_nothing_of_teams_is_asked_and_nothing_is_written_while_nothing_changes() -> None:
    world = FollowingWorld()
    await seen(world)
    world.troubles.calls.clear()
    saves = world.sights.saves
    assert await world.round() == 1
    assert world.troubles.calls == ["read_standings"]
    assert world.sights.saves == saves


async def test_links_of_one_person_to_one_table_are_one_request() -> None:
    world = FollowingWorld()
    link = world.connected()
    other = replace(DEAL, id=RowId("deal-2"))
    world.links.links[LinkId("2")] = replace(link, id=LinkId("2"), regarding=other)
    world.links.links[LinkId("3")] = replace(link, id=LinkId("3"), by=OLIVER)
    world.followed.own("claire", other.id)
    await world.round()
    assert world.followed.asked == [(DEAL.id, other.id), (DEAL.id,)]


async def test_only_one_of_several_workers_looks() -> None:
    world = FollowingWorld()
    await seen(world)
    assert await world.round() == 1
    assert await follow(world.ports, 60.0) == 0


async def test_whoever_another_record_of_the_team_suggests_stays() -> None:
    world = FollowingWorld()
    link = world.connected()
    other = replace(DEAL, id=RowId("deal-2"))
    world.links.links[LinkId("2")] = replace(link, id=LinkId("2"), regarding=other)
    world.followed.own("sofia")
    world.followed.own("sofia", other.id)
    await world.round()
    world.followed.own("claire")
    await world.round()
    assert world.open_proposals() == []
    world.followed.own("claire", other.id)
    await world.round()
    assert world.open_proposals() == [("remove", "sofia", "no_part")]


async def test_records_that_change_hands_together_do_not_hold_each_other() -> None:
    world = FollowingWorld()
    link = world.connected()
    other = replace(DEAL, id=RowId("deal-2"))
    world.links.links[LinkId("2")] = replace(link, id=LinkId("2"), regarding=other)
    for record in (DEAL.id, other.id):
        world.followed.own("sofia", record)
    await world.round()
    for record in (DEAL.id, other.id):
        world.followed.own("claire", record)
    await world.round()
    assert world.open_proposals() == [("remove", "sofia", "no_part"), ("remove", "sofia", "no_part")]


async def test_shares_that_end_and_rights_that_are_lost_show_at_the_daily_look() -> None:
    world = FollowingWorld()
    world.followed.shared_with = {DEAL.id: ("sofia",)}
    world.people.people[TEAM, ""] |= {PersonId("priya"): False}
    link = await seen(world, "claire")
    world.links.links[link.id] = replace(link, members=(Invited(PersonId("priya"), "Priya"),))
    world.clock.moment += timedelta(days=1)
    await world.round()  # Priya, who was chosen by hand, is known from now on
    world.followed.shared_with, world.followed.readers = {}, {"claire", "sofia"}
    await world.round()
    assert world.open_proposals() == []
    world.clock.moment += timedelta(days=1)
    await world.round()
    assert sorted(world.open_proposals()) == [("remove", "priya", "no_rights"), ("remove", "sofia", "no_part")]


async def test_an_owner_of_the_team_and_whoever_was_never_concerned_are_not_proposed() -> None:
    world = FollowingWorld()
    world.followed.readers = {"claire"}
    link = await seen(world, "claire")
    guest = Invited(PersonId("lukas"), "Lukas")
    world.people.people[TEAM, ""] |= {guest.id: False}
    world.links.links[link.id] = replace(link, members=(guest,))
    world.followed.own("oliver")
    await world.round()
    assert world.open_proposals() == [("add", "oliver", "new_owner")]


async def test_what_is_no_longer_so_is_withdrawn_and_may_come_back() -> None:
    world = FollowingWorld()
    await seen(world)
    world.followed.own("oliver")
    await world.round()
    leaver = next(one for one in await list_proposals(CLAIRE, world.ports) if one.person == SOFIA)
    await keep(leaver.id, CLAIRE, world.ports)
    world.clock.moment += timedelta(days=1)
    await world.round()
    assert world.open_proposals() == [("add", "oliver", "new_owner")]  # kept stays kept
    world.followed.own("sofia")
    await world.round()
    assert world.open_proposals() == []
    world.followed.own("oliver")
    await world.round()
    assert len(world.open_proposals()) == 2


async def test_a_kept_leaver_who_then_loses_the_right_to_read_is_proposed_again() -> None:
    world = FollowingWorld()
    await seen(world)
    world.followed.own("claire")
    await world.round()
    (leaver,) = await list_proposals(CLAIRE, world.ports)
    await keep(leaver.id, CLAIRE, world.ports)
    world.followed.readers = {"claire"}
    world.clock.moment += timedelta(days=1)
    await world.round()
    assert world.open_proposals() == [("remove", "sofia", "no_rights")]


async def test_a_private_channel_has_people_and_owners_of_its_own() -> None:
    world = FollowingWorld()
    link = world.private(await seen(world))
    world.followed.own("oliver")
    await world.round()
    assert await list_proposals(OLIVER, world.ports) == ()
    for proposal in await list_proposals(CLAIRE, world.ports):
        await approve(proposal.id, CLAIRE, world.ports)
    assert world.people.people[TEAM, link.evidence.channel] == {"claire": True, "oliver": False}
    assert world.people.people[TEAM, ""] == {"claire": True, "sofia": False, "oliver": False}
    assert link.evidence.channel_kind is ChannelKind.PRIVATE


async def leaver_of(world: FollowingWorld) -> str:
    await seen(world)
    world.followed.own("claire")
    await world.round()
    return next(one.id for one in await list_proposals(CLAIRE, world.ports))


@pytest.mark.parametrize("refusal", [NotTeamOwner(TEAM), UpstreamThrottled("graph", "429", wait_s=15.0)])
async def test_what_teams_refuses_waits_on(refusal: Exception) -> None:
    world = FollowingWorld()
    leaver = await leaver_of(world)
    world.troubles.fail("remove_members", refusal)
    with pytest.raises(type(refusal)):
        await approve(leaver, CLAIRE, world.ports)
    assert world.open_proposals() == [("remove", "sofia", "no_part")]
    await approve(leaver, CLAIRE, world.ports)
    assert world.open_proposals() == []


async def test_approving_goes_on_where_a_process_ended() -> None:
    world = FollowingWorld()
    leaver = await leaver_of(world)
    world.troubles.fail("remove_members answered", Crash("killed"))  # type: ignore[arg-type]
    with pytest.raises(Crash):
        await approve(leaver, CLAIRE, world.ports)
    with pytest.raises(ProposalAnswered):
        await keep(leaver, CLAIRE, world.ports)
    assert (await approve(leaver, CLAIRE, world.ports)).state is ProposalState.APPROVED


async def test_only_an_owner_answers_and_only_once() -> None:
    world = FollowingWorld()
    leaver = await leaver_of(world)
    with pytest.raises(NotTeamOwner):
        await approve(leaver, OLIVER, world.ports)
    await keep(leaver, CLAIRE, world.ports)
    with pytest.raises(ProposalAnswered):
        await approve(leaver, CLAIRE, world.ports)
    with pytest.raises(ProposalUnknown):
        await keep("nobody", CLAIRE, world.ports)


async def test_without_user_sync_nobody_is_changed_and_an_owner_stays() -> None:
    world = FollowingWorld()
    leaver = await leaver_of(world)
    world.people.people[TEAM, ""][SOFIA] = True
    with pytest.raises(OwnerStays):
        await approve(leaver, CLAIRE, world.ports)
    world.sign_in.scopes = frozenset(enhanced_scopes(with_user_sync=False))
    with pytest.raises(ConsentNotGranted):
        await approve(leaver, CLAIRE, world.ports)


@pytest.mark.parametrize(("reason", "expected"), [("member_unknown", PersonUnknown), ("other", MemberRefused)])
async def test_whoever_teams_does_not_add_is_named(reason: str, expected: type[Exception]) -> None:
    world = FollowingWorld()
    await seen(world)
    world.followed.own("oliver")
    await world.round()
    (added, _) = await list_proposals(CLAIRE, world.ports)
    world.people.unknown, world.people.reason = {OLIVER.id}, reason
    with pytest.raises(expected):
        await approve(added.id, CLAIRE, world.ports)


@pytest.mark.statement("F60")
async def test_a_closed_record_archives_the_channel_and_a_reopened_one_restores_it() -> None:
    world = FollowingWorld()
    link = await seen(world, "claire")
    world.followed.turn(1)
    await world.round()
    assert world.steps.started[-1] == (Operation.ARCHIVE, link.id, 2)
    archived = await world.carried_out(await world.links.get(link.id))
    assert (archived.state, archived.archive.is_ours) == (LinkState.CONNECTED, True)
    await world.round()
    world.followed.turn(0)
    await world.round()
    restored = await world.carried_out(await world.links.get(link.id))
    assert (restored.operation, restored.archive) == (Operation.RESTORE, Archive())
    assert world.people.asked == ["archive", "restore"]


async def test_a_channel_that_was_there_before_is_left_alone() -> None:
    world = FollowingWorld()
    link = world.connected(is_ours=False)
    await world.round()
    world.followed.turn(1)
    await world.round()
    assert (await world.links.get(link.id)).operation is Operation.CONNECT


async def test_by_default_a_channel_is_kept() -> None:
    world = FollowingWorld()
    link = world.connected(on_close=OnClose.KEEP)
    await world.round()
    world.followed.turn(1)
    await world.round()
    assert (await world.links.get(link.id)).operation is Operation.CONNECT


async def test_a_channel_of_other_records_is_not_archived_and_the_link_says_why() -> None:
    world = FollowingWorld()
    link = await seen(world, "claire")
    other = replace(DEAL, id=RowId("deal-2"))
    world.followed.associations = (
        Association(RowId("1"), other, TEAM, "", "", RENEWALS.id, "Renewals", ChannelKind.STANDARD, "", "", "t1"),
    )
    world.followed.turn(1)
    await world.round()
    kept = await world.links.get(link.id)
    assert (kept.operation, dict(kept.findings[0].facts)["reason"]) == (Operation.CONNECT, "archive_others")


async def test_without_consent_the_link_says_so() -> None:
    world = FollowingWorld()
    link = await seen(world, "claire")
    world.sign_in.scopes = frozenset(enhanced_scopes())
    world.followed.turn(1)
    await world.round()
    assert dict((await world.links.get(link.id)).findings[0].facts)["reason"] == "archive_consent"


async def test_a_look_that_ends_midway_is_done_again_and_archives_once() -> None:
    world = FollowingWorld()
    link = await seen(world, "claire")
    world.followed.turn(1)
    before = dict(world.sights.kept)
    await world.round()
    world.sights.kept = before  # the process ended before the sight was kept
    await world.round()
    await world.carried_out(await world.links.get(link.id))
    await world.round()
    assert world.steps.started == [(Operation.ARCHIVE, link.id, 2)]


@pytest.mark.statement("F62")
async def test_a_merged_record_is_not_closed_and_the_kept_one_is_followed() -> None:
    world = FollowingWorld()
    link = await seen(world, "claire")
    master = RowId("deal-9")
    world.followed.standings[DEAL.id] = Standing(DEAL.id, RowId("user-claire"), 2, merged_into=master)
    world.followed.own("oliver", master)
    await world.round()
    await world.round()
    assert (await world.links.get(link.id)).operation is Operation.CONNECT
    assert world.open_proposals() == [("add", "oliver", "new_owner")]
    world.followed.turn(1, master)
    await world.round()
    assert (await world.links.get(link.id)).operation is Operation.ARCHIVE


@pytest.mark.parametrize("error", [SignInExpired(), UpstreamUnavailable("dataverse", wait_s=1.0)])
async def test_an_outage_is_remembered_with_its_time_and_forgotten_when_over(error: Exception) -> None:
    world = FollowingWorld()
    link = await seen(world, "claire")
    began = world.clock.moment
    world.troubles.fail("read_standings", error, error)
    await world.round()
    world.clock.moment += timedelta(minutes=1)
    await world.round()
    sight = world.sights.kept[link.id]
    assert sight.trouble is not None
    assert (sight.trouble.code, sight.since) == (error.code, began)  # type: ignore[attr-defined]
    await world.round()
    assert world.sights.kept[link.id].trouble is None


async def test_a_record_that_is_gone_is_not_taken_for_a_closed_one() -> None:
    world = FollowingWorld()
    link = await seen(world, "claire")
    world.followed.standings.clear()
    await world.round()
    sight = world.sights.kept[link.id]
    assert sight.trouble is not None
    assert sight.trouble.code == "record.unknown"
    assert (await world.links.get(link.id)).operation is Operation.CONNECT
