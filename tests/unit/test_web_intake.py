"""The address that Microsoft Graph calls: no session, nothing learnt by asking, kept before it is answered."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

import httpx2
import orjson
import pytest

from liaison.domain.listening import Listening, Told
from liaison.errors import StoreUnavailable
from liaison.graph.notifications import GraphNotifications
from liaison.web.intake import LIMIT_BYTES
from tests.unit.filing_fakes import FakeListenings, FakeNotices
from tests.unit.test_filing import listening
from tests.unit.web_client import WebClient
from tests.unit.web_fakes import WebWorld

pytestmark = pytest.mark.anyio

HERE = "/notifications/graph/l1"
PATH = "teams('t')/channels('19:a@thread.tacv2')/messages('1612289992105')"
ITEM = {"subscriptionId": "sub-1", "clientState": "s" * 43, "tenantId": "t1", "resource": PATH, "changeType": "updated"}
SCRIPT = "<script>alert(1)</script>"


class SlowNotices(FakeNotices):
    """A database that somebody else holds."""

    async def take(self, listening: Listening, told: Sequence[Told], now: datetime) -> None:
        await asyncio.sleep(30)


class Door:
    def __init__(self, notices: FakeNotices | None = None) -> None:
        self.world = WebWorld()
        self.notices, self.listenings = notices or FakeNotices(), FakeListenings()
        self.listenings.kept["l1"] = listening()
        kept = {"notifications": GraphNotifications(), "notices": self.notices, "listenings": self.listenings}
        self.world.filing.update(kept)
        self.http = WebClient(self.world).http

    async def tell(self, *items: object, where: str = HERE, **headers: str) -> httpx2.Response:
        sent = {"Content-Type": "application/json", **headers}
        return await self.http.post(where, content=orjson.dumps({"value": items}), headers=sent)


@pytest.mark.statement("F54")
async def test_a_handshake_gets_its_token_back_as_text_that_no_browser_runs() -> None:
    door = Door()
    answer = await door.http.post(HERE, params={"validationToken": f"Validation: {SCRIPT} é"})
    assert (answer.status_code, answer.text) == (200, f"Validation: {SCRIPT} é")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "set-cookie" not in answer.headers
    for odd in ("x" * 2_001, "a\r\nSet-Cookie: b=c", "\x00"):
        assert (await door.http.post(HERE, params={"validationToken": odd})).status_code == 400
    assert (await door.http.get(HERE, params={"validationToken": SCRIPT})).status_code == 405


@pytest.mark.statement("F54")
async def test_what_is_genuine_is_kept_and_whatever_is_not_is_answered_alike() -> None:
    door = Door()
    assert (await door.tell(ITEM, {**ITEM, "clientState": "guess"})).status_code == 202
    assert [one.message for one in door.notices.taken] == ["1612289992105"]
    forged = [
        ({**ITEM, "clientState": ""}, HERE),
        ({**ITEM, "clientState": "s" * 42}, HERE),
        ({**ITEM, "subscriptionId": "sub-2"}, HERE),
        ({**ITEM, "tenantId": "t2"}, HERE),
        ({**ITEM, "resource": PATH.replace("19:a", "19:b")}, HERE),
        ({**ITEM, "resource": "users('x')/messages('1')"}, HERE),
        (ITEM, "/notifications/graph/l2"),
        ("text", HERE),
    ]
    answers = [await door.tell(item, where=where) for item, where in forged]
    answers.append(await door.http.post(HERE, content=b"not json"))
    assert {(one.status_code, one.content) for one in answers} == {(202, b"")}
    assert len(door.notices.taken) == 1


async def test_a_flood_of_forged_items_is_one_line_in_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    door = Door()
    for _ in range(50):
        await door.tell({**ITEM, "clientState": "guess"})
    assert capsys.readouterr().out.count("notification.dropped") == 1


async def test_neither_a_session_nor_an_origin_is_asked_for_or_used() -> None:
    door = Door()
    client = WebClient(door.world).sign_in("nadia")
    sent = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    answer = await client.http.post(HERE, content=orjson.dumps({"value": [ITEM]}), headers=sent)
    assert answer.status_code == 202
    assert "set-cookie" not in answer.headers


async def test_a_body_beyond_the_limit_is_refused_before_it_is_read() -> None:
    door = Door()
    assert (await door.http.post(HERE, content=b" " * (LIMIT_BYTES + 1))).status_code == 413
    assert (await door.http.post(HERE, content=b" " * LIMIT_BYTES)).status_code == 202


@pytest.mark.statement("F54")
async def test_what_could_not_be_kept_is_never_acknowledged() -> None:
    door = Door()
    door.notices.refuse = StoreUnavailable("liaison", "SQLITE_FULL")
    answer = await door.tell(ITEM)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    door.notices.refuse = None
    assert (await door.tell(ITEM)).status_code == 202


async def test_an_answer_comes_within_three_seconds_though_the_store_does_not() -> None:
    door = Door(SlowNotices())
    began = asyncio.get_running_loop().time()
    answers = await asyncio.gather(*(door.tell(ITEM) for _ in range(20)))
    assert asyncio.get_running_loop().time() - began < 3
    assert {one.status_code for one in answers} == {503}
