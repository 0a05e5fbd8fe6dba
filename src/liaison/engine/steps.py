"""The port `Steps`, as doors have it and as runs have it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from liaison.domain.link import Link, Operation
from liaison.domain.names import LinkId

Receive = Callable[[Operation, LinkId, int], None]
"""Takes a run over to a worker; may be called from any thread, and answers at once."""


def run_name(operation: Operation, link: LinkId, run: int) -> str:
    """The same for the same run, so that handing it over twice is one run."""
    return f"{operation.value}:{link}:{run}"


class OutsideRun(RuntimeError):
    """A durable step was asked for where nothing durable runs."""


class Handover:
    """Implements `ports.Steps` for doors: work is passed to this process's worker, or left for any worker's sweep."""

    def __init__(self) -> None:
        self._receive: Receive | None = None

    def attach(self, receive: Receive | None) -> None:
        """Pass work to this worker from now on; None: to nobody."""
        self._receive = receive

    async def start(self, operation: Operation, link: Link) -> None:
        """The saved link is what counts: a hand-over that gets lost is made good by the sweep."""
        if self._receive is not None:
            self._receive(operation, link.id, link.run)

    async def once(self, name: str, effect: Callable[[], Awaitable[str]]) -> str:
        raise OutsideRun(name)

    async def pause(self, seconds: float) -> None:
        raise OutsideRun(f"pause {seconds}")


class Durability(Protocol):
    """What the engine offers inside a run."""

    async def step(self, name: str, effect: Callable[[], Awaitable[str]]) -> str: ...

    async def sleep(self, seconds: float) -> None: ...


class DurableSteps:
    """Implements `ports.Steps` inside a worker. `at_once` is how many effects may be under way at the same time."""

    def __init__(self, at_once: int = 32) -> None:
        self._engine: Durability | None = None
        self._receive: Receive | None = None
        self._permit: Callable[[], Awaitable[None]] | None = None
        self._turns = asyncio.Semaphore(at_once)
        self._under_way = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def attach(self, engine: Durability, receive: Receive, permit: Callable[[], Awaitable[None]]) -> None:
        """`permit` is awaited before each effect: it returns while this worker may act, and not otherwise."""
        self._engine, self._receive, self._permit = engine, receive, permit

    async def start(self, operation: Operation, link: Link) -> None:
        if self._receive is None:
            raise OutsideRun(run_name(operation, link.id, link.run))
        self._receive(operation, link.id, link.run)

    async def once(self, name: str, effect: Callable[[], Awaitable[str]]) -> str:
        if self._engine is None:
            raise OutsideRun(name)

        async def in_turn() -> str:
            async with self._turns:
                if self._permit is not None:
                    await self._permit()
                with self._counted():
                    return await effect()

        return await self._engine.step(name, in_turn)

    async def pause(self, seconds: float) -> None:
        if self._engine is None:
            raise OutsideRun(f"pause {seconds}")
        await self._engine.sleep(seconds)

    async def idle(self) -> None:
        """Returns when no effect is under way."""
        await self._idle.wait()

    @contextmanager
    def _counted(self) -> Iterator[None]:
        self._under_way += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._idle.set()
