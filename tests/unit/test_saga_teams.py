"""New teams, kinds of channels, members, views and tabs that Teams makes: once each, and never stopped by a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from liaison.domain.connection import ConnectionRequest
from liaison.domain.consent import GROUPS, SCOPES, Rung
from liaison.domain.link import (
    Finding,
    Invited,
    Link,
    LinkState,
    NewChannel,
    NewTeam,
    PinnedBy,
    PrimaryChannel,
    StepName,
    steps_to_connect,
)
from liaison.domain.names import ChannelKind, PersonId, TabId, TeamId
from liaison.domain.second_try import can_be_tried_again, unfinished_steps
from liaison.domain.teams import Tab
from liaison.errors import (
    AnswerLost,
    ConsentNotGranted,
    EnhancedOff,
    LinkBusy,
    NotTeamOwner,
    PrivilegeMissing,
    StillPreparing,
    TeamAmbiguous,
    TeamCreationNotAllowed,
    TeamNotMade,
    UpstreamThrottled,
    UpstreamUnavailable,
    ViewNotShared,
)
from liaison.operations.connect import connect, try_again
from liaison.operations.new_team import team_key
from liaison.operations.undo import undo
from tests.unit.fakes import CLAIRE, DEAL, GENERAL, MY_VIEW, OLIVER, RENEWALS, TEAM, Crash, World
from tests.unit.test_saga import carry_on

pytestmark = pytest.mark.anyio

SOFIA, MARC = Invited(PersonId("sofia"), "Sofia Rossi"), Invited(PersonId("marc"), "Marc Lenoir")
ROOM = NewTeam("Northwind")
NEW_TEAM = ConnectionRequest(DEAL, ROOM, PrimaryChannel())
IN_NEW_TEAM = ConnectionRequest(DEAL, ROOM, NewChannel("Deal"))
INVITING = ConnectionRequest(DEAL, TEAM, RENEWALS.id, members=(SOFIA, MARC))
SHARING = ConnectionRequest(MY_VIEW, TEAM, RENEWALS.id, share_view=True)
PINNED = ConnectionRequest(DEAL, TEAM, RENEWALS.id, pinned_by=PinnedBy.HOST)
BY_GROUP, BY_TEMPLATE = True, False


@pytest.fixture
def world() -> World:
    return World()


def carry_groups(world: World, *, carried: bool) -> None:
    scopes = frozenset(scope for scopes in SCOPES.values() for scope in scopes)
    world.sign_in.scopes = scopes | {GROUPS} if carried else scopes


async def connected(world: World, asked: ConnectionRequest) -> Link:
    return await carry_on(world, await connect(asked, CLAIRE, world.ports))


# --- a new team ------------------------------------------------------------------------------------------------


@pytest.mark.statement("F17", "S31", "S36")
@pytest.mark.parametrize("way", [BY_GROUP, BY_TEMPLATE])
async def test_a_record_is_connected_to_the_primary_channel_of_a_new_team(world: World, way: bool) -> None:
    carry_groups(world, carried=way)
    link = await connected(world, NEW_TEAM)
    assert (link.state, link.team, link.trouble) == (LinkState.CONNECTED, TeamId("team-2"), None)
    assert link.done == steps_to_connect(DEAL, new_team=True)
    assert (link.evidence.team_is_ours, link.evidence.channel_is_ours) == (True, False)
    assert (link.evidence.channel, link.evidence.team_name) == (GENERAL.id, "Northwind")
    assert world.teamwork.made == ["team", "app", "tab"]


@pytest.mark.parametrize("way", [BY_GROUP, BY_TEMPLATE])
@pytest.mark.parametrize("step", steps_to_connect(DEAL, new_team=True, members=True))
@pytest.mark.statement("F22")
async def test_killed_after_any_effect_the_new_team_is_one(world: World, step: StepName, way: bool) -> None:
    carry_groups(world, carried=way)
    planned = await connect(replace(IN_NEW_TEAM, members=(SOFIA,)), CLAIRE, world.ports)
    world.steps.run, world.steps.crash_in = f"{planned.id}:1", f"{step.value}#1"
    with pytest.raises(Crash):
        await carry_on(world, planned)
    world.restart()
    link = await carry_on(world, planned)
    assert link.state is LinkState.CONNECTED
    assert world.teamwork.made == ["team", "channel", "app", "tab"]
    assert world.crm.made == ["location", "association", "note"]


@pytest.mark.statement("F22")
@pytest.mark.parametrize("lost", ["ask_for_team", "ask_for_team answered"])
async def test_a_lost_answer_to_the_one_call_is_looked_for_before_it_is_made_again(world: World, lost: str) -> None:
    carry_groups(world, carried=False)
    world.troubles.fail(lost, AnswerLost("graph"))
    link = await connected(world, NEW_TEAM)
    assert link.state is LinkState.CONNECTED
    assert world.teamwork.made.count("team") == 1
    waited_s = sum(world.steps.pauses)
    assert (waited_s > 15 * 60) == (lost == "ask_for_team")


async def test_a_service_that_has_not_acted_is_asked_again_soon(world: World) -> None:
    carry_groups(world, carried=False)
    world.troubles.fail("ask_for_team", UpstreamUnavailable("graph"), UpstreamThrottled("graph", wait_s=3.0))
    link = await connected(world, NEW_TEAM)
    assert (link.state, world.teamwork.made.count("team")) == (LinkState.CONNECTED, 1)
    assert sum(world.steps.pauses) < 30


async def test_two_teams_that_could_be_ours_need_a_person(world: World) -> None:
    carry_groups(world, carried=False)
    world.troubles.fail("ask_for_team answered", AnswerLost("graph"))
    planned = await connect(NEW_TEAM, CLAIRE, world.ports)
    world.teamwork._make_team("twin", ROOM, f"somebody copied {team_key(planned)}")
    link = await carry_on(world, planned)
    assert link.trouble is not None
    assert (link.state, link.trouble.code) == (LinkState.NEEDS_PERSON, TeamAmbiguous.code)
    assert len(world.teamwork.teams) == 2


async def test_a_team_that_is_not_ready_is_waited_for_and_is_not_called_connected(world: World) -> None:
    carry_groups(world, carried=True)
    world.troubles.fail("ensure_team", *[StillPreparing("graph", what="Northwind")] * 6)
    seen: set[LinkState] = set()

    async def look() -> None:
        seen.update(link.state for link in world.links.links.values())

    world.steps.on_pause = look
    link = await connected(world, NEW_TEAM)
    assert (link.state, seen) == (LinkState.CONNECTED, {LinkState.CONNECTING})
    assert team_key(link) == f"lnk-{link.id}"


async def test_a_group_that_never_becomes_a_team_needs_a_person_and_can_be_undone(world: World) -> None:
    carry_groups(world, carried=True)
    world.troubles.fail("ensure_team", *[StillPreparing("graph", what="Northwind")] * 99)
    link = await connected(world, NEW_TEAM)
    assert link.trouble is not None
    assert (link.state, link.trouble.code) == (LinkState.NEEDS_PERSON, StillPreparing.code)
    assert timedelta(minutes=15) < timedelta(seconds=sum(world.steps.pauses)) < timedelta(minutes=40)
    world.clock.moment = link.planned_at
    undone = await carry_on(world, await undo(link.id, CLAIRE, world.ports))
    assert (undone.state, world.teamwork.teams) == (LinkState.UNDONE, {})


@pytest.mark.parametrize("error", [TeamCreationNotAllowed(), TeamNotMade("graph", reason="no room")])
async def test_a_team_that_cannot_be_made_leaves_nothing_behind(world: World, error: Exception) -> None:
    carry_groups(world, carried=False)
    world.troubles.fail("ask_for_team", error)
    link = await connected(world, NEW_TEAM)
    assert link.trouble is not None
    assert (link.state, link.trouble.code, world.crm.made) == (LinkState.UNDONE, error.code, [])


async def test_two_clicks_on_a_new_team_are_one_link(world: World) -> None:
    carry_groups(world, carried=True)
    first = await connect(IN_NEW_TEAM, CLAIRE, world.ports)
    assert await connect(IN_NEW_TEAM, OLIVER, world.ports) == first
    made = await carry_on(world, first)
    assert await connect(IN_NEW_TEAM, CLAIRE, world.ports) == made
    assert world.teamwork.made.count("team") == 1


async def test_without_permission_to_make_teams_nothing_begins(world: World) -> None:
    world.sign_in.scopes = frozenset(SCOPES[Rung.LIST_TEAMS] + SCOPES[Rung.CONNECT])
    with pytest.raises(ConsentNotGranted) as refused:
        await connect(NEW_TEAM, CLAIRE, world.ports)
    assert refused.value.scopes == ("Team.Create",)


# --- kinds of channels -----------------------------------------------------------------------------------------


@pytest.mark.statement("F32")
@pytest.mark.parametrize("kind", list(ChannelKind))
async def test_a_new_channel_is_of_the_kind_that_was_asked_for(world: World, kind: ChannelKind) -> None:
    link = await connected(world, ConnectionRequest(DEAL, TEAM, NewChannel("Board", kind)))
    assert (link.state, link.evidence.channel_kind) == (LinkState.CONNECTED, kind)
    assert world.teamwork.channels["Board"].kind is kind


# --- members ---------------------------------------------------------------------------------------------------


@pytest.mark.statement("F47", "S31")
async def test_the_people_chosen_are_added_and_each_failure_is_named(world: World) -> None:
    world.teamwork.unknown = {MARC.id}
    link = await connected(world, INVITING)
    assert (link.state, link.members_settled) == (LinkState.CONNECTED, (SOFIA.id, MARC.id))
    assert world.teamwork.members == {CLAIRE.id, SOFIA.id}
    assert link.findings == (Finding("member.not_added", (("person", "Marc Lenoir"), ("reason", "member_unknown"))),)


@pytest.mark.statement("S37", "S38")
async def test_without_consent_to_user_sync_nobody_is_added_and_the_link_is_made(world: World) -> None:
    world.sign_in.scopes -= set(SCOPES[Rung.MEMBERS])
    link = await connected(world, INVITING)
    assert (link.state, link.findings) == (LinkState.CONNECTED, (Finding("member.no_consent"),))
    assert world.teamwork.members == {CLAIRE.id}


@pytest.mark.statement("S37", "S38")
async def test_consent_withdrawn_midway_is_a_finding(world: World) -> None:
    world.troubles.fail("add_members", ConsentNotGranted("members", ("TeamMember.ReadWriteNonOwnerRole.All",)))
    link = await connected(world, INVITING)
    assert (link.state, link.findings) == (LinkState.CONNECTED, (Finding("member.no_consent"),))


@pytest.mark.statement("S39", "F11")
async def test_after_consent_was_granted_the_people_are_added_by_trying_again(world: World) -> None:
    all_scopes = world.sign_in.scopes
    world.sign_in.scopes = all_scopes - set(SCOPES[Rung.MEMBERS])
    link = await connected(world, INVITING)
    assert (unfinished_steps(link), can_be_tried_again(link)) == ((StepName.MEMBERS,), True)
    world.sign_in.scopes = all_scopes
    done = await carry_on(world, await try_again(link.id, CLAIRE, world.ports))
    assert (done.state, done.findings, can_be_tried_again(done)) == (LinkState.CONNECTED, (), False)
    assert world.teamwork.members == {CLAIRE.id, SOFIA.id, MARC.id}
    assert world.crm.made == ["location", "association", "note"]
    assert done.connected_at == link.connected_at


async def test_what_lacks_nothing_is_not_tried_again(world: World) -> None:
    link = await connected(world, replace(INVITING, members=()))
    with pytest.raises(LinkBusy):
        await try_again(link.id, CLAIRE, world.ports)


async def test_user_sync_that_is_switched_off_says_the_same(world: World) -> None:
    world.crm.switches = replace(world.crm.switches, user_sync=False)
    link = await connected(world, INVITING)
    assert (link.state, link.findings) == (LinkState.CONNECTED, (Finding("member.no_consent"),))


async def test_an_ownership_lost_midway_is_a_finding_for_each(world: World) -> None:
    world.troubles.fail("add_members", NotTeamOwner("Ventes Europe"))
    link = await connected(world, INVITING)
    reasons = [dict(finding.facts)["reason"] for finding in link.findings]
    assert (link.state, reasons) == (LinkState.CONNECTED, ["member_not_owner"] * 2)


async def test_adding_waits_when_the_service_says_so(world: World) -> None:
    world.troubles.fail("add_members", UpstreamThrottled("graph", wait_s=20.0))
    link = await connected(world, INVITING)
    assert (link.state, link.findings) == (LinkState.CONNECTED, ())
    assert max(world.steps.pauses) >= 20


async def test_many_people_are_added_in_calls_of_twenty_four_a_minute(world: World) -> None:
    crowd = tuple(Invited(PersonId(f"p{number}"), f"P {number}") for number in range(45))
    link = await connected(world, replace(INVITING, members=crowd))
    assert len(link.members_settled) == 45
    assert world.troubles.calls.count("add_members") == 3
    assert world.steps.pauses == [15.0, 15.0]


@pytest.mark.statement("F32")
async def test_people_of_a_private_channel_are_put_into_it_too(world: World) -> None:
    world.teamwork.unknown = {MARC.id}
    asked = ConnectionRequest(DEAL, TEAM, NewChannel("Board", ChannelKind.PRIVATE), members=(SOFIA, MARC))
    link = await connected(world, asked)
    assert (link.state, len(link.findings)) == (LinkState.CONNECTED, 1)
    assert world.teamwork.channel_members == {SOFIA.id}


@pytest.mark.statement("S31")
async def test_only_an_owner_may_choose_people(world: World) -> None:
    world.teamwork.owned = False
    with pytest.raises(NotTeamOwner):
        await connect(INVITING, CLAIRE, world.ports)
    assert world.links.links == {}


# --- views -----------------------------------------------------------------------------------------------------


@pytest.mark.statement("F24", "F25", "S30")
async def test_a_personal_view_is_shared_with_the_channels_people_and_connected(world: World) -> None:
    world.teamwork.members |= {SOFIA.id, MARC.id}
    world.crm.no_users = {MARC.id}
    link = await connected(world, SHARING)
    assert (link.state, link.title) == (LinkState.CONNECTED, "Mes affaires")
    assert world.crm.shared == {"user-sofia"}
    assert link.findings == (Finding("view.people_without_crm", (("people", "Name of marc"),)),)
    assert world.crm.made == ["association"]
    assert world.crm.notes == {}


@pytest.mark.statement("F25")
async def test_a_personal_view_that_may_not_be_shared_is_refused_before_anything_is_made(world: World) -> None:
    with pytest.raises(ViewNotShared) as refused:
        await connect(replace(SHARING, share_view=False), CLAIRE, world.ports)
    assert (refused.value.view, world.links.links) == ("Mes affaires", {})


@pytest.mark.statement("F24")
async def test_a_system_view_is_not_shared(world: World) -> None:
    system = replace(MY_VIEW, kind=type(MY_VIEW.kind).SYSTEM)
    link = await connected(world, ConnectionRequest(system, TEAM, RENEWALS.id))
    assert (link.state, StepName.SHARE_VIEW in link.done, world.crm.shared) == (LinkState.CONNECTED, False, set())


async def test_a_view_that_its_person_may_not_share_needs_a_person(world: World) -> None:
    world.teamwork.members |= {SOFIA.id}
    world.troubles.fail("share_view", PrivilegeMissing("prvShareUserQuery", "userquery"))
    link = await connected(world, SHARING)
    assert (link.state, link.trouble and link.trouble.code) == (LinkState.NEEDS_PERSON, "record.not_allowed")


async def test_people_who_may_not_be_read_are_a_finding(world: World) -> None:
    world.troubles.fail("list_members", ConsentNotGranted("members", ("TeamMember.Read.All",)))
    link = await connected(world, SHARING)
    assert (link.state, link.findings) == (LinkState.CONNECTED, (Finding("view.people_unread"),))


# --- tabs that are there ---------------------------------------------------------------------------------------


@pytest.mark.statement("S25", "S26", "S53")
async def test_what_teams_pins_needs_only_basic_and_is_found(world: World) -> None:
    world.crm.switches = replace(world.crm.switches, enhanced=False)
    with pytest.raises(EnhancedOff):
        await connect(replace(PINNED, pinned_by=PinnedBy.LIAISON), CLAIRE, world.ports)
    planned = await connect(PINNED, CLAIRE, world.ports)

    async def save_in_teams() -> None:
        tab = Tab(TabId("tab-9"), planned.title, planned.tab_entity, "", "https://t")
        world.teamwork.tabs[planned.tab_entity] = tab

    world.steps.on_pause = save_in_teams
    link = await carry_on(world, planned)
    assert (link.state, link.evidence.tab, link.findings) == (LinkState.CONNECTED, TabId("tab-9"), ())
    assert world.teamwork.made == []


@pytest.mark.statement("S53")
async def test_a_tab_that_teams_never_saves_is_a_finding_and_the_link_stays(world: World) -> None:
    link = await connected(world, PINNED)
    assert (link.state, link.findings) == (LinkState.CONNECTED, (Finding("tab.missing"),))
    assert sum(world.steps.pauses) > 15 * 60


@pytest.mark.statement("F65")
async def test_a_tab_of_microsofts_app_is_kept_and_not_doubled(world: World) -> None:
    theirs = Tab(TabId("theirs"), "D365", "", f"https://app/?id=%7B{DEAL.id.upper()}%7D", "https://t")
    other = replace(theirs, id=TabId("other"), content_address="https://app/?id=another")
    world.teamwork.microsoft_tabs = (other, theirs)
    link = await connected(world, ConnectionRequest(DEAL, TEAM, RENEWALS.id))
    assert (link.evidence.tab, link.evidence.tab_is_adopted) == (TabId("theirs"), True)
    assert world.teamwork.made == ["app"]
