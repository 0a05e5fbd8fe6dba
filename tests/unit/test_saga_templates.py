"""A template's steps: each thing made once wherever it is killed; a refusal is a finding; the welcome at most once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from liaison.domain.closing import OnClose
from liaison.domain.connection import ConnectionRequest
from liaison.domain.consent import SCOPES, Rung, enhanced_scopes
from liaison.domain.extras import ExtraChannel, ExtraKind, Extras, ExtraState, WebsiteTab
from liaison.domain.link import Link, LinkState, NewChannel, StepName
from liaison.domain.second_try import can_be_tried_again
from liaison.domain.template import Template
from liaison.errors import (
    AnswerLost,
    ChannelNameTaken,
    FilesRefused,
    SignInExpired,
    TemplateUnknown,
    UpstreamRefused,
    UpstreamThrottled,
)
from liaison.operations.connect import connect, try_again
from liaison.operations.preview import preview_connection
from liaison.operations.runs import resume_parked, run
from liaison.operations.undo import undo
from tests.unit.fakes import CLAIRE, DEAL, MY_VIEW, RENEWALS, SALES, TEAM, Crash, World
from tests.unit.template_fakes import FakeTemplates

pytestmark = [pytest.mark.anyio, pytest.mark.statement("F35")]

ROOM = Template(
    id="room",
    environment=SALES.key,
    name="Deal room",
    channel_name="Deal {number}",
    on_close=OnClose.ARCHIVE,
    extras=Extras(
        folders=("Offers", "{city}"),
        channels=(ExtraChannel("Legal"),),
        tabs=(WebsiteTab("Handbook", "https://intranet.example/{number}"),),
        welcome="Welcome to {name}.",
    ),
)
ASKED = ConnectionRequest(DEAL, TEAM, NewChannel("Deal CAS-0042"), template="room")
INTO_OLD = replace(ASKED, channel=RENEWALS.id)
STEPS = (StepName.TEMPLATE_FOLDERS, StepName.TEMPLATE_CHANNELS, StepName.TEMPLATE_TABS, StepName.WELCOME)


@pytest.fixture
def world() -> World:
    made = World()
    made.templates = FakeTemplates(ROOM)
    made.sign_in.scopes = frozenset(enhanced_scopes(extras=(Rung.POSTS,)))
    return made


async def carry_on(world: World, link: Link) -> Link:
    world.steps.run = f"{link.id}:{link.run}"
    await run(link.operation, link.id, world.ports, link.run)
    return await world.links.get(link.id)


async def connected(world: World, asked: ConnectionRequest = ASKED) -> Link:
    return await carry_on(world, await connect(asked, CLAIRE, world.ports))


def states(link: Link) -> dict[tuple[str, str], str]:
    return {(one.kind.value, one.name): one.state.value for one in link.extras_made}


ALL_MADE = {
    ("folder", "Offers"): "made",
    ("folder", "Lyon"): "made",
    ("channel", "Legal"): "made",
    ("tab", "Handbook"): "made",
    ("welcome", "welcome"): "made",
}


def made_once(world: World) -> bool:
    made = sorted(world.teamwork.made)
    return (world.files.made, made, world.teamwork.posts) == (
        ["Offers", "Lyon"],
        ["app", "channel", "channel", "tab", "website Handbook"],
        ("Welcome to Northwind: renewal.",),
    )


async def test_a_template_is_frozen_on_the_link_and_everything_is_made_in_order(world: World) -> None:
    planned = await connect(ASKED, CLAIRE, world.ports)
    assert (planned.template, planned.on_close) == ("Deal room", OnClose.ARCHIVE)
    world.templates.kept.clear()
    link = await carry_on(world, planned)
    assert (link.state, link.findings, states(link)) == (LinkState.CONNECTED, (), ALL_MADE)
    assert link.done[-4:] == STEPS
    assert made_once(world)
    assert world.teamwork.tabs[f"web_{link.row_id('tab/https://intranet.example/CAS-0042')}"].name == "Handbook"


async def test_only_a_channel_of_ours_is_archived_and_a_view_has_no_template(world: World) -> None:
    assert (await connect(INTO_OLD, CLAIRE, world.ports)).on_close is OnClose.KEEP
    with pytest.raises(TemplateUnknown):
        await connect(replace(ASKED, regarding=MY_VIEW, share_view=True), CLAIRE, world.ports)
    with pytest.raises(TemplateUnknown):
        await connect(replace(ASKED, template="gone"), CLAIRE, world.ports)


@pytest.mark.parametrize("step", STEPS[:3])
async def test_killed_at_any_step_it_goes_on_and_makes_nothing_twice(world: World, step: StepName) -> None:
    planned = await connect(ASKED, CLAIRE, world.ports)
    world.links.crash_before_save = f"step.{step.value}"
    with pytest.raises(Crash):
        await carry_on(world, planned)
    world.restart()
    link = await carry_on(world, planned)
    assert (link.state, states(link)) == (LinkState.CONNECTED, ALL_MADE)
    assert made_once(world)


async def test_an_answer_that_is_lost_leaves_one_of_each_which_is_ours(world: World) -> None:
    for call in ("ensure_folder answered", "ensure_website_tab answered"):
        world.troubles.fail(call, AnswerLost("graph", "ReadError"))
    link = await connected(world)
    assert states(link) == ALL_MADE
    assert made_once(world)


@pytest.mark.parametrize("trouble", [AnswerLost("graph", "ReadError"), Crash()], ids=["lost", "killed"])
async def test_a_welcome_that_was_perhaps_posted_is_not_posted_again(world: World, trouble: BaseException) -> None:
    world.troubles.fail("post_message answered", trouble)  # type: ignore[arg-type]
    planned = await connect(ASKED, CLAIRE, world.ports)
    if isinstance(trouble, Crash):
        with pytest.raises(Crash):
            await carry_on(world, planned)
        world.restart()
    link = await carry_on(world, planned)
    assert [finding.code for finding in link.findings] == ["welcome.unknown"]
    assert len(world.teamwork.posts) == 1
    assert not can_be_tried_again(link)


async def test_a_welcome_waits_while_the_service_asks_to_and_is_posted_once(world: World) -> None:
    world.troubles.fail("post_message", UpstreamThrottled("graph", "429", wait_s=2.0))
    link = await connected(world)
    assert (states(link), len(world.teamwork.posts)) == (ALL_MADE, 1)


async def test_without_the_permission_the_welcome_is_a_finding_and_can_be_posted_later(world: World) -> None:
    world.sign_in.scopes -= set(SCOPES[Rung.POSTS])
    preview = await preview_connection(ASKED, CLAIRE, world.ports)
    assert "no_posts" in [notice.code.value for notice in preview.notices]
    link = await connected(world)
    assert (link.state, [one.code for one in link.findings]) == (LinkState.CONNECTED, ["welcome.no_consent"])
    world.sign_in.scopes |= set(SCOPES[Rung.POSTS])
    again = await carry_on(world, await try_again(link.id, CLAIRE, world.ports))
    assert (again.findings, states(again), len(world.teamwork.posts)) == ((), ALL_MADE, 1)


async def test_what_is_refused_is_a_finding_each_and_is_tried_anew(world: World) -> None:
    world.troubles.fail("ensure_folder", FilesRefused("Offers"))
    world.troubles.fail("ensure_website_tab", UpstreamRefused("graph", "BadRequest", "", "", 400))
    world.troubles.fail("post_message", UpstreamRefused("graph", "BadRequest", "", "", 400))
    link = await connected(world)
    assert link.state is LinkState.CONNECTED
    assert [(one.code, dict(one.facts).get("reason")) for one in link.findings] == [
        ("template_folder.refused", "extra_files_refused"),
        ("template_tab.refused", "extra_refused"),
        ("welcome.not_posted", "extra_refused"),
    ]
    again = await carry_on(world, await try_again(link.id, CLAIRE, world.ports))
    assert (again.findings, states(again)) == ((), ALL_MADE)


async def test_a_name_that_is_held_by_a_deleted_channel_is_a_finding(world: World) -> None:
    link = await connect(INTO_OLD, CLAIRE, world.ports)
    world.troubles.fail("ensure_channel", ChannelNameTaken("Legal", "Ventes Europe", "Legal 2"))
    link = await carry_on(world, link)
    assert [dict(one.facts) for one in link.findings] == [{"name": "Legal", "reason": "extra_name_held"}]


async def test_work_that_needs_a_sign_in_is_parked_and_goes_on(world: World) -> None:
    world.troubles.fail("ensure_folder", SignInExpired())
    link = await connected(world)
    assert link.state is LinkState.NEEDS_PERSON
    await resume_parked(CLAIRE, world.ports)
    link = await carry_on(world, await world.links.get(link.id))
    assert (link.state, states(link)) == (LinkState.CONNECTED, ALL_MADE)


async def test_what_was_there_is_used_and_undoing_leaves_it(world: World) -> None:
    before = await connected(world)
    other = replace(INTO_OLD, regarding=replace(DEAL, id="deal-2"))  # type: ignore[arg-type]
    link = await connected(world, other)
    found = {key: state for key, state in states(link).items() if key[0] in {"folder", "channel"}}
    assert set(found.values()) == {"found"}
    gone = await carry_on(world, await undo(link.id, CLAIRE, world.ports))
    assert gone.state is LinkState.UNDONE
    assert set(world.files.folders) == {"Offers", "Lyon"}
    assert "Legal" in world.teamwork.channels
    assert [one.code for one in gone.findings] == ["template_welcome.kept"]
    assert before.state is LinkState.CONNECTED


@pytest.mark.statement("F30")
async def test_undoing_takes_everything_of_ours_back(world: World) -> None:
    link = await connected(world)
    gone = await carry_on(world, await undo(link.id, CLAIRE, world.ports))
    assert (gone.state, gone.findings, world.files.folders) == (LinkState.UNDONE, (), {})
    assert set(world.teamwork.channels) == {RENEWALS.name}
    assert {one.state for one in gone.extras_made} == {ExtraState.TAKEN_BACK}
    assert {one.kind for one in gone.extras_made} == set(ExtraKind)


async def test_the_preview_lists_everything_under_its_final_name(world: World) -> None:
    preview = await preview_connection(ASKED, CLAIRE, world.ports)
    shown = {thing.step: thing.name for thing in preview.things}
    assert preview.made_with == "Deal room"
    assert [shown[step] for step in STEPS] == ["Offers, Lyon", "Legal", "Handbook", "Welcome to Northwind: renewal."]
