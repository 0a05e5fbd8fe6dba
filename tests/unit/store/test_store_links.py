"""Links in the store: one per record and channel, saved only as read, each act with its audit line."""

from __future__ import annotations

import threading
from dataclasses import fields, replace
from datetime import timedelta
from uuid import uuid4

import anyio
import orjson
import pytest

from liaison.domain.closing import Archive, OnClose
from liaison.domain.earlier import Copying, EarlierFiles, EarlierItem, EarlierWork
from liaison.domain.link import (
    Evidence,
    Finding,
    Invited,
    LinkState,
    NewChannel,
    NewTeam,
    Operation,
    PinnedBy,
    PrimaryChannel,
    StepName,
    TabChoice,
    TeamPrivacy,
    Waiting,
    WantedChannel,
)
from liaison.domain.members_added import MembersAdded
from liaison.domain.names import (
    ChannelId,
    ChannelKind,
    DriveId,
    EnvironmentKey,
    ItemId,
    LinkId,
    PersonId,
    Regarding,
    RowId,
    TabId,
    TeamId,
    ViewId,
    ViewKind,
    ViewRef,
)
from liaison.errors import (
    ChannelNameTaken,
    IdempotencyKeyReused,
    InputInvalid,
    LinkBusy,
    LinkUnknown,
    Remembered,
    SignInExpired,
    StillPreparing,
    UpstreamUnavailable,
)
from liaison.ports import LinkFilter
from liaison.store.audit import StoredAudit
from liaison.store.database import Database
from liaison.store.documents import LATER, read_link, write_link
from liaison.store.links import StoredLinks
from liaison.store.parts import DocumentUnreadable
from tests.unit.store.conftest import CLAIRE, DEAL, OLIVER, SetClock, make_link

pytestmark = pytest.mark.anyio

VIEW = ViewRef(DEAL.environment, DEAL.table, ViewId("6a1b0c7e-0000-4000-8000-0000000000f1"), ViewKind.PERSONAL)


@pytest.fixture
def links(database: Database, clock: SetClock) -> StoredLinks:
    return StoredLinks(database, clock)


async def test_a_planned_link_is_found_as_it_was_planned(links: StoredLinks) -> None:
    link = make_link(NewChannel("Northwind"))
    assert await links.plan(link, "", "f") == link
    assert await links.get(link.id) == link
    assert await links.of(DEAL) == (link,)
    assert await links.at_work() == (link,)


async def test_an_unknown_link_is_said_to_be_unknown(links: StoredLinks) -> None:
    with pytest.raises(LinkUnknown):
        await links.get(LinkId("nobody"))
    with pytest.raises(LinkUnknown):
        await links.save(make_link())


async def test_the_same_record_and_channel_hold_one_link_whoever_asks(links: StoredLinks) -> None:
    first = await links.plan(make_link(), "", "f")
    assert await links.plan(make_link(by=OLIVER), "", "f") == first


async def test_a_channel_to_be_made_is_one_whatever_the_case_of_its_name(links: StoredLinks) -> None:
    first = await links.plan(make_link(NewChannel("Straße Ä")), "", "f")
    assert await links.plan(make_link(NewChannel("STRASSE ä"), by=OLIVER), "", "f") == first


async def test_another_channel_or_record_holds_its_own_link(links: StoredLinks) -> None:
    first = await links.plan(make_link(), "", "f")
    other_channel = await links.plan(make_link(ChannelId("19:b@thread.tacv2")), "", "f")
    other_record = await links.plan(make_link(record=replace(DEAL, id=RowId("r2"))), "", "f")
    assert len({first.id, other_channel.id, other_record.id}) == 3


async def test_a_team_to_be_made_is_one_while_it_is_made_and_afterwards(links: StoredLinks) -> None:
    asked = replace(make_link(NewChannel("Deal")), team=TeamId(""), new_team=NewTeam("Northwind"))
    first = await links.plan(asked, "", "f")
    again = replace(asked, id=LinkId(str(uuid4())), new_team=NewTeam("NORTHWIND"))
    assert await links.plan(again, "", "f") == first
    made = await links.save(replace(first, team=TeamId("team-9")))
    assert await links.plan(again, "", "f") == made


async def test_two_teams_to_be_made_with_channels_of_one_name_are_two_links(links: StoredLinks) -> None:
    asked = replace(make_link(NewChannel("Deal")), team=TeamId(""), new_team=NewTeam("Northwind"))
    other = replace(asked, id=LinkId(str(uuid4())), new_team=NewTeam("Southwind"))
    primary = replace(asked, id=LinkId(str(uuid4())), wanted=PrimaryChannel())
    assert len({(await links.plan(link, "", "f")).id for link in (asked, other, primary)}) == 3


async def test_a_view_and_a_channel_hold_one_link(links: StoredLinks) -> None:
    asked = replace(make_link(), regarding=VIEW)
    first = await links.plan(asked, "", "f")
    assert await links.plan(replace(asked, id=LinkId(str(uuid4())), by=OLIVER), "", "f") == first
    assert await links.of(VIEW) == (first,)
    assert await links.of(DEAL) == ()


@pytest.mark.parametrize("over", [LinkState.UNDONE, LinkState.DISCONNECTED])
async def test_after_a_link_is_over_a_new_one_may_be_planned(links: StoredLinks, over: LinkState) -> None:
    first = await links.plan(make_link(), "", "f")
    await links.save(replace(first, state=over))
    second = await links.plan(make_link(), "", "f")
    assert second.id != first.id
    assert await links.of(DEAL) == (second,)
    assert await links.count(EnvironmentKey("sales")) == 1


async def test_twenty_people_at_once_get_one_link(database: Database, clock: SetClock) -> None:
    """The race is real: every plan runs in a thread of its own, all released together."""
    links = StoredLinks(database, clock)
    asked = [make_link(NewChannel("Deal"), by=OLIVER if turn % 2 else CLAIRE) for turn in range(20)]
    together, held = threading.Barrier(len(asked)), []

    def plan(index: int) -> None:
        together.wait()
        held.append(anyio.run(links.plan, asked[index], f"key-{index}", "f"))

    threads = [threading.Thread(target=plan, args=(index,)) for index in range(len(asked))]
    for thread in threads:
        thread.start()
    for thread in threads:
        await anyio.to_thread.run_sync(thread.join)
    assert len({link.id for link in held}) == 1
    assert len(held) == 20
    assert len(await links.of(DEAL)) == 1


async def test_one_key_pressed_ten_times_at_once_is_one_link(database: Database, clock: SetClock) -> None:
    links = StoredLinks(database, clock)
    together, held = threading.Barrier(10), []

    def plan(index: int) -> None:
        together.wait()
        held.append(anyio.run(links.plan, make_link(ChannelId(f"19:{index}")), "same-key", "f"))

    threads = [threading.Thread(target=plan, args=(index,)) for index in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        await anyio.to_thread.run_sync(thread.join)
    assert len({link.id for link in held}) == 1
    assert len(await links.of(DEAL)) == 1


async def test_a_key_sent_again_gets_the_link_even_when_it_is_over(links: StoredLinks) -> None:
    first = await links.plan(make_link(), "key-1", "f")
    undone = await links.save(replace(first, state=LinkState.UNDONE))
    assert await links.plan(make_link(), "key-1", "f") == undone


async def test_a_key_is_remembered_for_the_earlier_link_it_found(links: StoredLinks) -> None:
    first = await links.plan(make_link(), "key-1", "f")
    await links.plan(make_link(by=OLIVER), "key-2", "f")
    over = await links.save(replace(first, state=LinkState.UNDONE))
    assert await links.plan(make_link(by=OLIVER), "key-2", "f") == over


async def test_a_key_with_another_request_is_refused(links: StoredLinks) -> None:
    await links.plan(make_link(), "key-1", "f")
    with pytest.raises(IdempotencyKeyReused):
        await links.plan(make_link(ChannelId("19:b")), "key-1", "g")
    assert len(await links.of(DEAL)) == 1


async def test_keys_belong_to_one_person(links: StoredLinks) -> None:
    first = await links.plan(make_link(), "key-1", "f")
    second = await links.plan(make_link(ChannelId("19:b"), by=OLIVER), "key-1", "g")
    assert first.id != second.id


async def test_old_keys_are_forgotten(links: StoredLinks, clock: SetClock) -> None:
    await links.plan(make_link(), "key-1", "f")
    assert await links.forget_keys(7) == 0
    clock.advance(timedelta(days=8))
    assert await links.forget_keys(7) == 1
    assert (await links.plan(make_link(ChannelId("19:b")), "key-1", "g")).wanted == "19:b"


async def test_a_save_counts_and_a_save_of_an_older_reading_is_refused(links: StoredLinks) -> None:
    planned = await links.plan(make_link(), "", "f")
    saved = await links.save(replace(planned, state=LinkState.CONNECTING), "link.connecting")
    assert (saved.version, saved.state) == (1, LinkState.CONNECTING)
    with pytest.raises(LinkBusy) as busy:
        await links.save(replace(planned, state=LinkState.UNDONE), "link.undone")
    assert busy.value == LinkBusy(planned.id, "connecting")
    assert await links.get(planned.id) == saved


async def test_of_two_saves_at_once_one_holds(database: Database, clock: SetClock) -> None:
    links = StoredLinks(database, clock)
    planned = await links.plan(make_link(), "", "f")
    together, outcomes = threading.Barrier(6), []

    def save(index: int) -> None:
        together.wait()
        try:
            outcomes.append(anyio.run(links.save, replace(planned, title=f"title {index}"), "act"))
        except LinkBusy as busy:
            outcomes.append(busy)

    threads = [threading.Thread(target=save, args=(index,)) for index in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        await anyio.to_thread.run_sync(thread.join)
    assert [type(outcome) for outcome in outcomes].count(LinkBusy) == 5


async def test_a_channel_that_another_link_took_meanwhile_cannot_be_taken_twice(links: StoredLinks) -> None:
    making = await links.plan(make_link(NewChannel("Deal")), "", "f")
    other = await links.plan(make_link(ChannelId("19:made"), by=OLIVER), "", "f")
    with pytest.raises(LinkBusy) as busy:
        await links.save(making.with_evidence(StepName.CHANNEL, channel=ChannelId("19:made")), "step.channel")
    assert busy.value.link == other.id
    assert await links.get(making.id) == making


async def test_the_channel_made_by_a_link_is_the_same_as_the_existing_one(links: StoredLinks) -> None:
    making = await links.plan(make_link(NewChannel("Deal")), "", "f")
    made = await links.save(making.with_evidence(StepName.CHANNEL, channel=ChannelId("19:made")))
    assert await links.plan(make_link(ChannelId("19:made"), by=OLIVER), "", "f") == made


async def test_lists_of_a_person_go_newest_first_page_by_page(links: StoredLinks, clock: SetClock) -> None:
    made = []
    for index in range(5):
        clock.advance(timedelta(seconds=1))
        made.append(await links.plan(make_link(ChannelId(f"19:{index}"), at=clock.now()), "", "f"))
    await links.plan(make_link(ChannelId("19:o"), by=OLIVER), "", "f")
    newest = list(reversed(made))
    first, mark = await links.of_person(CLAIRE.tenant, CLAIRE.id, size=2)
    second, next_mark = await links.of_person(CLAIRE.tenant, CLAIRE.id, page=mark, size=2)
    last, end = await links.of_person(CLAIRE.tenant, CLAIRE.id, page=next_mark, size=2)
    assert [*first, *second, *last] == newest
    assert end == ""
    assert len((await links.of_person(CLAIRE.tenant))[0]) == 6
    assert await links.of_person(CLAIRE.tenant, only=LinkFilter((LinkState.CONNECTED,))) == ((), "")
    deal = newest[0].regarding
    here = LinkFilter((), deal.environment, deal.table, deal.id, newest[0].team)
    assert len((await links.of_person(CLAIRE.tenant, only=here))[0]) == 6
    for elsewhere in (
        LinkFilter(environment="elsewhere"),
        LinkFilter(table="account"),
        LinkFilter(regarding="another"),
        LinkFilter(team="another"),
    ):
        assert await links.of_person(CLAIRE.tenant, only=elsewhere) == ((), "")


@pytest.mark.parametrize("mark", ["nonsense", "W10", "WyJ4IiwgMV0", "bnVsbA"])
async def test_a_page_mark_that_is_not_ours_is_refused(links: StoredLinks, mark: str) -> None:
    with pytest.raises(InputInvalid):
        await links.of_person(CLAIRE.tenant, page=mark)


async def test_links_of_another_tenant_are_not_listed(links: StoredLinks) -> None:
    await links.plan(make_link(), "", "f")
    stranger = replace(CLAIRE, tenant="t2")
    assert await links.of_person(stranger.tenant) == ((), "")
    assert (await links.plan(make_link(by=stranger), "", "f")).by == stranger


async def test_work_that_waits_for_a_persons_sign_in_is_found_for_that_person(links: StoredLinks) -> None:
    planned = await links.plan(make_link(), "", "f")
    trouble = Remembered.of(SignInExpired("revoked"))
    parked = await links.save(replace(planned, state=LinkState.NEEDS_PERSON, trouble=trouble))
    other = await links.plan(make_link(ChannelId("19:b")), "", "f")
    taken = Remembered.of(ChannelNameTaken("a", "b", "c"))
    await links.save(replace(other, state=LinkState.NEEDS_PERSON, trouble=taken))
    assert await links.parked_for(CLAIRE) == (parked,)
    assert await links.parked_for(OLIVER) == ()
    assert await links.at_work() == ()


async def test_each_act_stands_in_the_audit_and_progress_does_not(
    links: StoredLinks, database: Database, clock: SetClock
) -> None:
    planned = await links.plan(make_link(NewChannel("Deal")), "", "f")
    progress = await links.save(planned)
    await links.save(replace(progress, state=LinkState.CONNECTING), "link.connecting")
    lines = await StoredAudit(database, clock).list()
    assert [(line.act, line.subject, line.who) for line in lines] == [
        ("link.connecting", planned.id, "Claire Fontaine (claire.fontaine@contoso.com)"),
        ("link.planned", planned.id, "Claire Fontaine (claire.fontaine@contoso.com)"),
    ]
    assert lines[1].detail == f"Renouvellement Northwind (sales/opportunity/{DEAL.id}) – team-1 / Deal"


async def test_a_refused_save_leaves_no_audit_line(links: StoredLinks, database: Database, clock: SetClock) -> None:
    planned = await links.plan(make_link(), "", "f")
    await links.save(planned)
    with pytest.raises(LinkBusy):
        await links.save(planned, "link.connected")
    assert [line.act for line in await StoredAudit(database, clock).list()] == ["link.planned"]


def full_link():
    """A link with something in every part."""
    at = SetClock().now()
    evidence = Evidence(
        channel=ChannelId("19:x"),
        channel_kind=ChannelKind.PRIVATE,
        channel_is_ours=True,
        tab=TabId("tab"),
        folder_path="/sites/Ventes Europe/Documents partagés/Général",
    )
    preparing = Remembered.of(StillPreparing("graph", "", "req", what="folder"))
    return replace(
        make_link(NewChannel("Éàü 🚀")),
        acting=OLIVER,
        state=LinkState.FILES_PENDING,
        evidence=evidence,
        done=(StepName.CHANNEL, StepName.TAB),
        waiting=Waiting(StepName.FOLDER, preparing, at, at + timedelta(seconds=7.5)),
        trouble=Remembered.of(UpstreamUnavailable("graph", wait_s=2.5)),
        findings=(Finding("finding.members", (("count", "3"),)),),
        operation=Operation.DISCONNECT,
        tab_choice=TabChoice.KEEP,
        run=3,
        new_team=NewTeam("Équipe Northwind", TeamPrivacy.PUBLIC, "label-1", "standard", "Une affaire"),
        members=(Invited(PersonId("p-sofia"), "Sofia"), Invited(PersonId("p-marc"), "Marc")),
        members_settled=(PersonId("p-sofia"),),
        members_added=MembersAdded((PersonId("p-sofia"),), (PersonId("p-marc"),)),
        shared_view_with=(RowId("u-sofia"),),
        pinned_by=PinnedBy.HOST,
        earlier_files=EarlierFiles.MOVE,
        earlier=EarlierWork(
            files=3,
            left=(
                EarlierItem(DriveId("b!1"), ItemId("01"), "Prix.txt", "Lettres/2027", is_folder=False, size_bytes=7),
            ),
            going=Copying(ItemId("02"), "Prix 1.txt", at, "https://contoso.sharepoint.com/_api/v2.0/monitor/1"),
            failed=1,
        ),
        connected_at=at,
        on_close=OnClose.ARCHIVE,
        archive=Archive(at, is_ours=True, asked=True),
    )


def test_a_document_gives_the_whole_link_back() -> None:
    link = full_link()
    assert read_link(write_link(link), link.version) == link
    assert {part.name for part in fields(Evidence)} == set(orjson.loads(write_link(link))["evidence"])


@pytest.mark.parametrize(
    ("regarding", "wanted"),
    [(DEAL, PrimaryChannel()), (VIEW, ChannelId("19:x")), (DEAL, NewChannel("Board", ChannelKind.PRIVATE))],
)
def test_every_kind_of_place_and_thing_is_given_back(regarding: Regarding, wanted: WantedChannel) -> None:
    link = replace(full_link(), regarding=regarding, wanted=wanted, share_view=True)
    assert read_link(write_link(link), link.version) == link


def test_a_document_of_the_first_form_is_read_as_well() -> None:
    link = replace(make_link(NewChannel("Northwind")), evidence=Evidence(channel=ChannelId("19:x")))
    old = orjson.loads(write_link(link))
    for name in ("regarding", "title", "new_team", "members", "members_settled", "share_view", "pinned_by"):
        del old[name]
    for name in ("connected_at", *LATER):
        del old[name]
    for name in ("team_is_ours", "team_asked_at", "team_operation", "tab_is_adopted"):
        del old["evidence"][name]
    record = {"environment": "sales", "table": "opportunity", "id": DEAL.id}
    old |= {"form": 1, "record": record, "record_title": link.title, "wanted": {"new": "Northwind"}}
    assert read_link(orjson.dumps(old).decode(), link.version) == link


def test_a_document_with_any_part_missing_or_added_is_refused() -> None:
    whole = orjson.loads(write_link(full_link()))
    for name in set(whole) - set(LATER):
        lacking = {key: value for key, value in whole.items() if key != name}
        with pytest.raises(DocumentUnreadable):
            read_link(orjson.dumps(lacking).decode(), 0)
    for change in ({"new_part": 1}, {"form": 3}, {"run": "3"}, {"state": "happy"}, {"planned_at": "yesterday"}):
        with pytest.raises(DocumentUnreadable):
            read_link(orjson.dumps({**whole, **change}).decode(), 0)
    del whole["evidence"]["tab"]
    with pytest.raises(DocumentUnreadable) as unreadable:
        read_link(orjson.dumps(whole).decode(), 0)
    assert unreadable.value.path == "evidence/tab"


def test_a_document_of_before_links_followed_their_record_keeps_its_channel() -> None:
    whole = orjson.loads(write_link(full_link()))
    del whole["on_close"], whole["archive"]
    link = read_link(orjson.dumps(whole).decode(), 0)
    assert (link.on_close, link.archive) == (OnClose.KEEP, Archive())


@pytest.mark.statement("F28")
async def test_names_of_channels_that_were_taken_away_are_remembered(database: Database, clock: SetClock) -> None:
    links = StoredLinks(database, clock)
    before = clock.now()
    clock.advance(timedelta(minutes=1))
    gone = await links.plan(make_link(NewChannel("Deal")), "", "f")
    kept = await links.plan(make_link(NewChannel("Kept")), "", "f")
    for link, is_ours in ((gone, False), (kept, True)):
        made = replace(link.evidence, channel=ChannelId(f"19:{link.id}"), channel_is_ours=is_ours)
        await links.save(replace(link, state=LinkState.UNDONE, evidence=made))
    assert await links.removed_channels(gone.by.tenant, gone.team, before) == ("Deal",)
    assert await links.removed_channels(gone.by.tenant, TeamId("other"), before) == ()
    assert await links.removed_channels(gone.by.tenant, gone.team, clock.now()) == ()
