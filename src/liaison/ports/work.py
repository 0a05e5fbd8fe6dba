"""Durable work, the processes that carry it out, words and time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from liaison.domain.link import Link, Operation


class Steps(Protocol):
    """The durable engine. A run is named by its operation, its link and the link's run count."""

    async def start(self, operation: Operation, link: Link) -> None:
        """Hand saved work to the engine; handing the same run again is harmless."""
        ...

    async def once(self, name: str, effect: Callable[[], Awaitable[str]]) -> str:
        """Run an effect as a durable step and remember its answer.

        At least once: after a crash an effect whose answer was not yet kept runs again.
        """
        ...

    async def pause(self, seconds: float) -> None:
        """A durable wait: a restart does not begin it anew."""
        ...


@dataclass(frozen=True)
class Executor:
    """A process that carries out durable work. `beats` grows while it lives; `successor` is who took its work over."""

    id: str
    host: str
    pid: int
    beats: int
    successor: str
    seen_at: datetime


class Executors(Protocol):
    """The processes that carry out durable work, and who has taken over from whom."""

    async def join(self, executor: str, host: str, pid: int) -> None:
        """Known already is done."""
        ...

    async def beat(self, executor: str) -> bool:
        """Say that it lives; false when another has taken its work over or the row is gone."""
        ...

    async def list(self) -> tuple[Executor, ...]: ...

    async def take_over(self, gone: Executor, successor: str) -> bool:
        """Claim the work of one that is gone; false when another was faster."""
        ...

    async def leave(self, executor: str) -> None: ...


class Wording(Protocol):
    """Sentences for people, by key, in their language."""

    def say(self, language: str, key: str, facts: Mapping[str, str]) -> str: ...


class Clock(Protocol):
    def now(self) -> datetime:
        """Now in UTC."""
        ...
