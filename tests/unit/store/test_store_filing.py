"""Filing as it is kept: one listening for each channel that is wanted, each message once, secrets sealed."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from liaison.domain.filing import FilingRule, MessageRef
from liaison.domain.link import Evidence, Link, LinkState, Operation
from liaison.domain.listening import LifeEvent, Listening, ListeningState, Told
from liaison.domain.names import ChannelId, EnvironmentKey, LinkId, RowId, TableName, TeamId, ViewId, ViewKind, ViewRef
from liaison.errors import Remembered, SignInExpired, UpstreamUnavailable
from liaison.store.database import Database
from liaison.store.filing_rules import StoredFilingRules
from liaison.store.keys import add_key, drop_old_keys, open_keys
from liaison.store.links import StoredLinks
from liaison.store.listenings import StoredListenings, reseal_listenings
from liaison.store.notices import StoredNotices
from liaison.store.schema.tables import listenings
from tests.unit.store.conftest import CLAIRE, DEAL, OLIVER, SetClock, make_link

pytestmark = pytest.mark.anyio

ONE, TWO, THREE = (ChannelId(f"19:{name}@thread.tacv2") for name in ("one", "two", "three"))
TROUBLE = Remembered.of(UpstreamUnavailable("graph", "503"))
REF = MessageRef(TeamId("team-1"), ONE, "1612289992105")


class Kept:
    def __init__(self, database: Database, clock: SetClock, folder: Path) -> None:
        self.database, self.clock, self.file = database, clock, folder / "keys.json"
        self.links, self.rules = StoredLinks(database, clock), StoredFilingRules(database)
        self.notices = StoredNotices(database)
        self.reopen()

    def reopen(self) -> None:
        self.listenings = StoredListenings(self.database, open_keys(self.file))

    async def link(self, channel: ChannelId, **changes: object) -> Link:
        made = make_link(
            channel, record=replace(DEAL, id=RowId(f"6a1b0c7e-0000-4000-8000-{hash(channel) % 10**12:012d}"))
        )
        state = {"state": LinkState.CONNECTED, "connected_at": self.clock.now(), "evidence": Evidence(channel=channel)}
        return await self.links.plan(replace(made, **{**state, **changes}), "", "")  # type: ignore[arg-type]

    async def settle(self) -> dict[str, ListeningState]:
        await self.listenings.settle(self.clock.now())
        found = await self.listenings.of_environment(CLAIRE.tenant, DEAL.environment)
        return {one.channel: one.state for one in found}

    async def switch_on(self) -> None:
        await self.rules.save(FilingRule(DEAL.environment, "📌", OLIVER, self.clock.now()))

    async def live(self) -> Listening:
        """One channel that is listened to."""
        await self.switch_on()
        await self.link(ONE)
        await self.settle()
        now = self.clock.now()
        claimed = await self.listenings.claim(now, now + timedelta(minutes=3))
        assert claimed is not None
        assert await self.listenings.save(claimed.live("sub-1", now + timedelta(days=3), CLAIRE))
        found = await self.listenings.find(claimed.id)
        assert found is not None
        return found


@pytest.fixture
def kept(database: Database, clock: SetClock, tmp_path: Path) -> Kept:
    return Kept(database, clock, tmp_path)


async def test_a_rule_is_kept_replaced_and_dropped(kept: Kept, clock: SetClock) -> None:
    rule = FilingRule(DEAL.environment, "📌", replace(OLIVER, language="en"), clock.now())
    await kept.rules.save(rule)
    assert await kept.rules.read(OLIVER.tenant, DEAL.environment) == rule
    await kept.rules.save(replace(rule, reaction="⭐"))
    assert (await kept.rules.read(OLIVER.tenant, DEAL.environment) or rule).reaction == "⭐"
    assert await kept.rules.read(OLIVER.tenant, EnvironmentKey("service")) is None
    await kept.rules.drop(OLIVER.tenant, DEAL.environment)
    assert await kept.rules.read(OLIVER.tenant, DEAL.environment) is None


@pytest.mark.statement("F54", "S36")
async def test_only_channels_of_connected_records_are_listened_to_and_only_while_it_is_on(kept: Kept) -> None:
    await kept.link(ONE)
    await kept.link(TWO, state=LinkState.CONNECTING, connected_at=None)
    view = ViewRef(DEAL.environment, TableName("opportunity"), ViewId("v1"), ViewKind.SYSTEM)
    await kept.link(THREE, regarding=view)
    assert await kept.settle() == {}
    await kept.switch_on()
    assert await kept.settle() == {ONE: ListeningState.WANTED}
    assert await kept.settle() == {ONE: ListeningState.WANTED}
    await kept.rules.drop(CLAIRE.tenant, DEAL.environment)
    assert await kept.settle() == {ONE: ListeningState.ENDING}
    await kept.switch_on()
    assert await kept.settle() == {ONE: ListeningState.WANTED}


@pytest.mark.statement("F54")
async def test_a_channel_is_listened_to_until_it_is_disconnected_whatever_else_is_done(kept: Kept) -> None:
    await kept.switch_on()
    link = await kept.link(ONE, title='A "view":"system" in its name')
    assert await kept.settle() == {ONE: ListeningState.WANTED}
    link = await kept.links.save(replace(link, state=LinkState.CONNECTING))
    assert await kept.settle() == {ONE: ListeningState.WANTED}
    await kept.links.save(replace(link, state=LinkState.DISCONNECTING, operation=Operation.DISCONNECT))
    assert await kept.settle() == {ONE: ListeningState.ENDING}


async def test_one_worker_has_a_listening_to_itself(kept: Kept, clock: SetClock) -> None:
    await kept.switch_on()
    await kept.link(ONE)
    await kept.settle()
    until = clock.now() + timedelta(minutes=3)
    claims = await asyncio.gather(*(kept.listenings.claim(clock.now(), until) for _ in range(6)))
    [claimed] = [one for one in claims if one is not None]
    failed = claimed.failed(TROUBLE, clock.now())
    assert await kept.listenings.save(failed)
    assert not await kept.listenings.save(failed)
    found = await kept.listenings.of_channel(CLAIRE.tenant, ONE)
    assert found == replace(failed, version=failed.version + 1)
    await kept.listenings.wake(claimed.id, clock.now())
    again = await kept.listenings.claim(clock.now(), until)
    assert again is not None
    await kept.listenings.wake_parked(CLAIRE.tenant, clock.now())
    assert await kept.listenings.claim(clock.now(), until) is None
    await kept.listenings.save(again.failed(Remembered.of(SignInExpired("gone")), clock.now()))
    await kept.listenings.wake_parked(CLAIRE.tenant, clock.now())
    assert await kept.listenings.claim(clock.now(), until) is not None


@pytest.mark.statement("F54")
async def test_the_secret_is_sealed_and_survives_a_change_of_keys(kept: Kept, database: Database) -> None:
    live = await kept.live()
    raw = database.read_now(lambda connection: str(connection.execute(sa.select(listenings)).all()))
    assert live.secret not in raw
    reseal_listenings(database, add_key(kept.file))
    drop_old_keys(kept.file)
    kept.reopen()
    assert await kept.listenings.find(live.id) == live


@pytest.mark.statement("F54")
async def test_what_is_told_again_is_one_notice_and_is_not_lost_while_it_is_looked_at(
    kept: Kept, clock: SetClock
) -> None:
    live, now = await kept.live(), clock.now()
    told = Told("sub-1", live.secret, "t1", ONE, "1612289992105")
    await kept.notices.take(live, (told, told, replace(told, reply="1612289992999")), now)
    first = await kept.notices.claim(now, now + timedelta(minutes=3))
    second = await kept.notices.claim(now, now + timedelta(minutes=3))
    assert first is not None
    assert second is not None
    assert {first.reply, second.reply} == {"", "1612289992999"}
    assert await kept.notices.claim(now, now + timedelta(minutes=3)) is None
    await kept.notices.take(live, (replace(told, reply=first.reply),), now)
    await kept.notices.finish(first)
    await kept.notices.finish(second)
    again = await kept.notices.claim(now, now + timedelta(minutes=3))
    assert again is not None
    assert (again.reply, again.version) == (first.reply, first.version + 1)
    await kept.notices.save(again.failed(TROUBLE, now))
    [failed] = await kept.notices.of(live.id)
    assert failed.trouble == TROUBLE
    clock.advance(timedelta(hours=30))
    await kept.notices.save(failed.failed(TROUBLE, clock.now()))
    assert [one.is_stuck for one in await kept.notices.of(live.id)] == [True]
    assert await kept.notices.claim(clock.now() + timedelta(days=1), clock.now()) is None
    assert await kept.notices.wake(live.id, clock.now()) == 1
    assert await kept.notices.claim(clock.now(), clock.now()) is not None
    await kept.listenings.drop(live)
    assert await kept.notices.of(live.id) == ()


async def test_what_is_told_of_a_listening_itself_makes_it_due(kept: Kept, clock: SetClock) -> None:
    live = await kept.live()
    await kept.notices.take(live, (Told("sub-1", live.secret, event=LifeEvent.REAUTHORIZE),), clock.now())
    due = await kept.listenings.find(live.id)
    assert due is not None
    assert (due.due_at, due.subscription) == (clock.now(), "sub-1")
    await kept.notices.take(due, (Told("sub-1", live.secret, event=LifeEvent.REMOVED),), clock.now())
    gone = await kept.listenings.find(live.id)
    assert gone is not None
    assert (gone.subscription, due.unheard_at, gone.unheard_at) == ("", None, clock.now())
    assert not await kept.listenings.save(due)


async def test_what_was_filed_is_noted_once_for_each_link(kept: Kept, clock: SetClock) -> None:
    one, other = LinkId("l1"), LinkId("l2")
    for _ in range(2):
        await kept.notices.note_filed(one, REF, clock.now())
    await kept.notices.note_filed(one, replace(REF, reply="7"), clock.now())
    assert await kept.notices.filed(REF) == {one}
    assert (await kept.notices.count_filed(one), await kept.notices.count_filed(other)) == (2, 0)
