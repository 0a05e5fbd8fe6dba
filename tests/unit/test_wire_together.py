"""Asks of one moment go out as one; each has its own answer, and a part that came to nothing is asked again alone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import cast

import orjson
import pytest

from liaison.errors import LiaisonError, UpstreamSurprise, UpstreamThrottled, UpstreamUnavailable
from liaison.wire.messages import Answer, Ask
from liaison.wire.together import Together
from liaison.wire.transport import Failure, Transport

pytestmark = pytest.mark.anyio


async def bearer(refused: str = "", claims: str = "") -> str:
    return "token"


def ask(name: str) -> Ask:
    return Ask("graph", "graph", "GET", f"https://graph/{name}", f"/{name}", repeatable=True, home="https://graph")


def ok(name: str, status: int = 200) -> Answer:
    return Answer("graph", status, {}, orjson.dumps(name), name)


class Names:
    """An envelope whose body is the names of what is asked."""

    most = 3

    def wrap(self, asks: Sequence[Ask]) -> Ask:
        return replace(ask("$batch"), body=orjson.dumps([one.path[1:] for one in asks]), method="POST")

    def open(self, answer: Answer, asks: Sequence[Ask]) -> Sequence[Answer | None]:
        return [cast("list[Answer | None]", answer.content)[number] for number in range(len(asks))]


@dataclass
class Scripted:
    """A transport that answers by script and notes what was sent."""

    parts: dict[str, Answer | None] = field(default_factory=dict)
    failures: dict[int, Failure] = field(default_factory=dict)
    whole: Answer | LiaisonError | None = None
    forbidden: str = ""
    sent: list[str] = field(default_factory=list)
    tries: list[int] = field(default_factory=list)

    async def send(self, asked: Ask) -> Answer:
        if asked.body is None:
            self.sent.append(asked.path)
            self.tries.append(asked.tries)
            return ok(asked.path[1:])
        names = orjson.loads(asked.body)
        self.sent.append("+".join(names))
        if isinstance(self.whole, LiaisonError):
            raise self.whole
        return self.whole or Answer("graph", 200, {}, b"", [self.parts.get(name, ok(name)) for name in names])

    async def admit(self, asked: Ask) -> None:
        if asked.path == f"/{self.forbidden}":
            raise UpstreamSurprise("graph", "call_not_promised")

    def judge_part(self, asked: Ask, answer: Answer, ms: float) -> Answer | Failure:
        return self.failures.get(answer.status, answer)


async def asked_together(transport: Scripted, *names: str) -> list[object]:
    together = Together(cast("Transport", transport))
    asks = (together.send(ask(name), bearer, Names()) for name in names)
    found = await asyncio.gather(*asks, return_exceptions=True)
    return [one.content if isinstance(one, Answer) else one for one in found]


BUSY = Failure(UpstreamUnavailable("graph", "503"), was_sent=True)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_what_is_asked_side_by_side_goes_out_as_one() -> None:
    transport = Scripted()
    assert await asked_together(transport, "a", "b") == ["a", "b"]
    assert transport.sent == ["a+b"]


async def test_one_alone_goes_out_as_it_is() -> None:
    transport = Scripted()
    assert await asked_together(transport, "a") == ["a"]
    assert transport.sent == ["/a"]


async def test_more_than_fit_go_out_as_several() -> None:
    transport = Scripted()
    assert await asked_together(transport, "a", "b", "c", "d") == ["a", "b", "c", "d"]
    assert sorted(transport.sent) == ["/d", "a+b+c"]


async def test_only_a_part_that_failed_is_asked_again_alone_and_once() -> None:
    transport = Scripted({"b": ok("b", 503), "c": None}, {503: BUSY})
    assert await asked_together(transport, "a", "b", "c") == ["a", "b", "c"]
    assert transport.sent == ["a+b+c", "/b", "/c"]
    assert transport.tries == [1, 2]


async def test_a_throttled_part_is_its_own_askers_error() -> None:
    wait = UpstreamThrottled("graph", "429", wait_s=7.0)
    transport = Scripted({"b": ok("b", 429)}, {429: Failure(wait, was_sent=False, may_repeat=False)})
    assert await asked_together(transport, "a", "b") == ["a", wait]
    assert transport.sent == ["a+b"]


async def test_a_part_whose_token_was_refused_is_asked_alone() -> None:
    transport = Scripted({"a": ok("a", 401)})
    assert await asked_together(transport, "a", "b") == ["a", "b"]
    assert transport.sent == ["a+b", "/a"]


async def test_a_service_that_refuses_the_whole_is_asked_one_by_one() -> None:
    transport = Scripted(whole=Answer("graph", 400, {}, b""))
    assert await asked_together(transport, "a", "b") == ["a", "b"]
    assert transport.sent == ["a+b", "/a", "/b"]


async def test_when_the_whole_was_not_answered_everybody_hears_it() -> None:
    down = UpstreamUnavailable("graph", "ConnectError")
    assert await asked_together(Scripted(whole=down), "a", "b") == [down, down]


async def test_what_was_never_promised_stays_out_of_the_whole() -> None:
    transport = Scripted(forbidden="b")
    found = await asked_together(transport, "a", "b", "c")
    assert (found[0], found[2], transport.sent) == ("a", "c", ["a+c"])
    assert isinstance(found[1], UpstreamSurprise)
