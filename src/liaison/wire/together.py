"""Asks of one moment that go out as one request, where the service takes several in one.

Whoever asks does not see it: each ask has its own answer, or its own error. A part that came to nothing is asked for
again alone, once; a service that refuses the whole is asked one by one. Source: reliability-performance.md G12, D1.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol
from weakref import WeakKeyDictionary

from liaison.errors import LiaisonError
from liaison.wire.bearer import Bearer, send_with_bearer
from liaison.wire.messages import Answer, Ask
from liaison.wire.transport import Failure, Transport

TURNS = 4
"""How often the loop goes round before what has come by then goes out: time for whatever was asked side by side."""


class Envelope(Protocol):
    """How one service takes several asks in one request."""

    @property
    def most(self) -> int:
        """How many go into one."""
        ...

    def wrap(self, asks: Sequence[Ask]) -> Ask:
        """The one request."""
        ...

    def open(self, answer: Answer, asks: Sequence[Ask]) -> Sequence[Answer | None]:
        """The answer to each ask, None where there is none that can be trusted."""
        ...


@dataclass
class _Waiting:
    ask: Ask
    answer: asyncio.Future[Answer]


_Key = tuple[Bearer, str]


class Together:
    """One for each transport. Asks of one bearer at one address are joined."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._waiting: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[_Key, list[_Waiting]]] = WeakKeyDictionary()
        self._going: set[asyncio.Task[None]] = set()

    async def send(self, ask: Ask, bearer: Bearer, envelope: Envelope) -> Answer:
        """As `send_with_bearer`, joined with what else is asked just now. Only for asks that may be repeated."""
        loop = asyncio.get_running_loop()
        mine, key = self._waiting.setdefault(loop, {}), (bearer, ask.home)
        one = _Waiting(ask, loop.create_future())
        if key in mine:
            mine[key].append(one)
        else:
            mine[key] = [one]
            task = loop.create_task(self._go(mine, key, envelope))
            self._going.add(task)
            task.add_done_callback(self._going.discard)
        return await one.answer

    async def _go(self, mine: dict[_Key, list[_Waiting]], key: _Key, envelope: Envelope) -> None:
        for _ in range(TURNS):
            await asyncio.sleep(0)
        waiting, bearer = mine.pop(key), key[0]
        groups = [waiting[start : start + envelope.most] for start in range(0, len(waiting), envelope.most)]
        await asyncio.gather(*(self._send_group(group, bearer, envelope) for group in groups))

    async def _send_group(self, group: list[_Waiting], bearer: Bearer, envelope: Envelope) -> None:
        asked = [one for one in group if not one.answer.done()]
        try:
            if len(asked) > 1:
                asked = await self._send_whole(asked, bearer, envelope)
            await asyncio.gather(*(self._send_alone(one, bearer) for one in asked))
        except BaseException as error:  # whoever asked must hear of it, whatever it is
            _fail(asked, error)
            raise

    async def _send_whole(self, asked: list[_Waiting], bearer: Bearer, envelope: Envelope) -> list[_Waiting]:
        """What is left to be asked alone: everything when the service does not take the whole."""
        ready = [one for one in asked if await self._may_go(one)]
        if len(ready) < 2:
            return ready
        asks, began = [one.ask for one in ready], time.monotonic()
        try:
            answer = await send_with_bearer(self._transport, envelope.wrap(asks), bearer)
        except LiaisonError as error:
            _fail(ready, error)
            return []
        if not answer.is_success:
            return ready
        ms = (time.monotonic() - began) * 1000
        parts = envelope.open(answer, asks)
        return [one for one, part in zip(ready, parts, strict=True) if not self._settle(one, part, ms)]

    async def _may_go(self, one: _Waiting) -> bool:
        """Was it promised, and is it its turn? The service counts each part."""
        try:
            await self._transport.admit(one.ask)
        except LiaisonError as error:
            _fail([one], error)
            return False
        return True

    def _settle(self, one: _Waiting, part: Answer | None, ms: float) -> bool:
        """False when it has to be asked alone: no answer, a token refused, or a failure that may pass."""
        if part is None or part.status == 401:
            return False
        outcome = self._transport.judge_part(one.ask, part, ms)
        if isinstance(outcome, Failure):
            if outcome.may_repeat:
                one.ask = replace(one.ask, tries=1)
                return False
            _fail([one], outcome.error)
        elif not one.answer.done():
            one.answer.set_result(outcome)
        return True

    async def _send_alone(self, one: _Waiting, bearer: Bearer) -> None:
        try:
            answer = await send_with_bearer(self._transport, one.ask, bearer)
        except LiaisonError as error:
            _fail([one], error)
            return
        if not one.answer.done():
            one.answer.set_result(answer)


def _fail(waiting: Sequence[_Waiting], error: BaseException) -> None:
    for one in waiting:
        if one.answer.done():
            continue
        if isinstance(error, asyncio.CancelledError):
            one.answer.cancel()
        else:
            one.answer.set_exception(error)
