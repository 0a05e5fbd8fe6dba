"""Messages filed by a reaction, against a real tenant that calls our address: once, whatever happens on the way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from liaison.domain.consent import GROUPS
from liaison.domain.filing import REACTIONS
from liaison.domain.link import Link
from liaison.domain.listening import Listening, ListeningState
from liaison.domain.names import EnvironmentKey, Person
from liaison.domain.readiness import Switches
from liaison.operations.filing import switch_filing_on
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
