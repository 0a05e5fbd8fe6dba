"""Messages filed by a reaction, against a real tenant that calls our address: once, whatever happens on the way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from liaison.domain.consent import GROUPS
from liaison.domain.filing import REACTIONS
from liaison.domain.link import Link
from liaison.domain.listening import Listening, ListeningState
from liaison.domain.names import EnvironmentKey, Person
from liaison.domain.readiness import Switches
from liaison.errors import AddressNotReachable, ConsentNotGranted, ListeningTaken
from liaison.operations.disconnect import disconnect
from liaison.operations.filing import read_link_filing, switch_filing_off, switch_filing_on
from tests.contract.filing_stage import FilingStage
from tests.contract.product import Product

pytestmark = pytest.mark.anyio

PIN = REACTIONS[0]
READS, SENDS = "ChannelMessage.Read.All", "ChannelMessage.Send"
SALES = EnvironmentKey("contoso-sales")


@dataclass
class Play:
    """Claire has connected a record; Nadia has switched filing on; Oliver writes and reacts."""

    stage: FilingStage
    nadia: Person
    claire: Person
    oliver: Person
    link: Link

    async def listening(self) -> Listening:
        found = await self.stage.ports.listenings.of_channel(self.claire.tenant, self.link.evidence.channel)
        assert found is not None
        return found

    async def notes(self) -> list[str]:
        return [note.text for note in await self.stage.filed_notes(self.claire, self.link)]


@pytest.fixture
async def play(product: Product, tmp_path: Path) -> AsyncIterator[Play]:
    nadia = await product.consented("Nadia", also=(READS, SENDS, GROUPS))
    crm = product.crm(nadia)
    version = (await crm.read_switches()).version
    await crm.save_switches(Switches(basic=True, enhanced=True, user_sync=True, version=version))
    stage = FilingStage(product, folder=tmp_path)
    claire, oliver = await product.person("Claire"), await product.person("Oliver")
    link = await stage.connected(claire, await stage.free_record(claire))
    await switch_filing_on(SALES, "", nadia, stage.ports)
    yield Play(stage, nadia, claire, oliver, link)
    stage.close()


@pytest.mark.statement("F54", "S36")
async def test_a_marked_message_is_filed_once_as_plain_text_with_its_address(play: Play) -> None:
    stage, link = play.stage, play.link
    async with stage.open():
        await stage.listen()
        listening = await play.listening()
        assert (listening.state, await stage.subscriptions(play.claire)) == (
            ListeningState.LIVE, [listening.subscription]
        )  # fmt: skip
        html = "<p>The customer <b>agrees</b> to &lt;img src=x&gt;</p><ul><li>12 months</li></ul>"
        message = await stage.post(play.oliver, link, html)
        other = await stage.post(play.oliver, link, "Nothing to keep")
        await stage.react(play.oliver, link, other, "👍")
        await stage.react(play.oliver, link, message, PIN)
        await stage.file(2)
        [text] = await play.notes()
        assert "The customer agrees to < img src=x>\n\n• 12 months" in text
        assert "Oliver" in text
        assert f"/{message}?groupId=" in text
        reply = await stage.post(play.claire, link, "And the discount", message)
        await stage.react(play.oliver, link, message, PIN, reply)
        await stage.edit(play.oliver, link, message, "Changed")
        await stage.react(play.oliver, link, message, PIN, act="unset")
        await stage.file(2)
        assert len(await play.notes()) == 2
        assert text in await play.notes()


@pytest.mark.statement("F54")
async def test_while_liaison_is_down_told_twice_and_its_answer_lost_it_is_filed_once(play: Play) -> None:
    stage, link = play.stage, play.link
    async with stage.open():
        await stage.listen()
    message = await stage.post(play.oliver, link, "Agreed")
    await stage.react(play.oliver, link, message)
    async with stage.open():
        stage.product.tenant.post("/clock", advance_s=8)
        await stage.told()
        listening = await play.listening()
        again = {
            "subscriptionId": listening.subscription,
            "clientState": listening.secret,
            "resource": path_of(link, message),
        }
        address = f"{stage.address}/notifications/graph/{listening.id}"
        async with httpx2.AsyncClient() as graph:
            for _ in range(3):
                assert (await graph.post(address, json={"value": [again, again]})).status_code == 202
            # The note is written and the answer never comes: what is tried again finds it there.
            stage.product.tenant.fail("PATCH", "/api/data/v9.2/annotations*", "after", {"reset": True}, times=2)
            assert await stage.file() == 1
            assert stage.filed == 0
            stage.product.tenant.fail_never()
            stage.later(0.1)
            assert await stage.file() == 1
            assert (await graph.post(address, json={"value": [again]})).status_code == 202
            reads = stage.reads()
            assert await stage.file() == 1
        assert stage.reads() == reads
        assert stage.filed == len(await play.notes()) == 1


@pytest.mark.statement("F54", "S36")
async def test_without_its_consent_nothing_is_read_and_what_was_told_waits(play: Play) -> None:
    stage, link = play.stage, play.link
    async with stage.open():
        await stage.listen()
        message = await stage.post(play.oliver, link, "Agreed")
        await stage.react(play.oliver, link, message)
        await stage.told()
        await withdraw(play)
        reads = stage.reads()
        await stage.file()
        assert stage.reads() == reads
        now = await read_link_filing(link, stage.ports)
        assert now is not None
        [failed] = now.failed
        assert failed.trouble is not None
        assert failed.trouble.code == ConsentNotGranted.code
        stage.later(48)
        await stage.listen()
        assert (await play.listening()).state is ListeningState.TROUBLED
        await stage.product.consented("Nadia", also=(READS, SENDS, GROUPS))
        stage.product.restart()
        stage.later(1)
        await stage.listen()
        assert (await play.listening()).state is ListeningState.LIVE
        await stage.file()
        assert len(await play.notes()) == 1


@pytest.mark.statement("F54")
async def test_a_listening_is_tried_again_renewed_and_made_again_when_it_was_forgotten(play: Play) -> None:
    stage = play.stage
    for one in stage.sockets:
        one.close()
    stage.sockets = []
    await stage.listen()
    unheard = (await play.listening()).trouble
    assert unheard is not None
    assert unheard.code == AddressNotReachable.code
    stage.later(1)
    async with stage.open():
        await stage.listen()
        made = await play.listening()
        stage.later(47.5)
        await stage.listen()
        renewed = await play.listening()
        assert renewed.subscription == made.subscription
        assert renewed.ends_at is not None
        assert made.ends_at is not None
        assert renewed.ends_at - made.ends_at > timedelta(hours=47)
        stage.later(80)
        await stage.listen()
        anew = await play.listening()
        assert anew.subscription != made.subscription
        assert (made.unheard_at, renewed.unheard_at, anew.unheard_at is None) == (None, None, False)
        # Asked for, and the answer lost: found by our own address, not made twice.
        await play.stage.ports.listenings.save(replace(anew, subscription="", due_at=stage.product.clock.now()))
        await stage.listen()
        assert (await play.listening()).subscription == anew.subscription
        assert await stage.subscriptions(play.claire) == [anew.subscription]
        # What a listening that we have forgotten left is ended; what goes to another address is not ours to end.
        await stage.ports.listenings.drop(await play.listening())
        await stage.listen()
        assert (await play.listening()).subscription not in {"", anew.subscription}
        mine = await play.listening()
        await stage.ports.listenings.save(replace(mine, subscription="", due_at=stage.product.clock.now()))
        stage.address = f"http://127.0.0.1:{stage.port}"
        await stage.listen()
        taken = (await play.listening()).trouble
        assert taken is not None
        assert taken.error() == ListeningTaken(
            f"http://localhost:{stage.port}/notifications/graph/{mine.id}", taken.facts["ends_at"]
        )
        assert await stage.subscriptions(play.claire) == [mine.subscription]


@pytest.mark.statement("F54", "S36")
async def test_switched_off_or_disconnected_nothing_listens_any_more(play: Play) -> None:
    stage, link = play.stage, play.link
    other = await stage.connected(play.claire, await stage.free_record(play.claire), "Other deal")
    async with stage.open():
        await stage.listen()
        assert len(await stage.subscriptions(play.claire)) == stage.heard == 2
        await stage.carry_on(await disconnect(other.id, play.claire, stage.ports))
        await stage.listen()
        assert await stage.subscriptions(play.claire) == [(await play.listening()).subscription]
        await switch_filing_off(SALES, play.nadia, stage.ports)
        message = await stage.post(play.oliver, link, "Agreed")
        await stage.react(play.oliver, link, message)
        await stage.listen()
        assert (await stage.subscriptions(play.claire), stage.heard) == ([], 0)
    assert not [path for method, path, _ in stage.product.tenant.calls() if method == "GET" and "/messages/" in path]


def path_of(link: Link, message: str) -> str:
    return f"teams('{link.team}')/channels('{link.evidence.channel}')/messages('{message}')"


async def withdraw(play: Play) -> None:
    """The administrator grants everything but reading messages: a grant replaces earlier ones."""
    await play.stage.product.consented("Nadia", also=(SENDS, GROUPS))
    play.stage.product.restart()
