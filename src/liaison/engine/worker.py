"""A worker: carries out runs, takes over from workers that ended, and leaves no saved work behind."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import structlog

from liaison.domain.link import Operation
from liaison.domain.names import LinkId
from liaison.engine.liveness import MISSED_BEATS, LifeLock, Watch, lock_path
from liaison.engine.steps import DurableSteps, run_name
from liaison.ports import Executors

if TYPE_CHECKING:
    from liaison.engine.launch import Engine

log = structlog.get_logger("liaison.engine")

Run = Callable[[Operation, LinkId, int], Awaitable[str]]
Chore = Callable[[], Awaitable[object]]

_CHORES_EVERY_S = 3600.0
_LONGEST_RETRY_S = 300.0
_KNOWN_FOR_S = 30.0
_STRANGERS_EVERY = 30
_STOP_PATIENCE_S = 8.0
_SWEEP_SHARE = 20
"""A sweep that takes long comes less often: its pauses are this many times as long as it was."""


@dataclass(frozen=True)
class WorkerOptions:
    """`address` is the engine's database; `lock_folder` is shared by the workers of one machine."""

    address: str
    lock_folder: Path
    heartbeat_s: float = 1.0
    sweep_s: float = 1.0
    keep_runs_days: int = 7

    @property
    def is_on_one_machine(self) -> bool:
        return self.address.startswith("sqlite")


@dataclass(frozen=True)
class Round:
    """Work that a worker does again and again, `every_s` seconds after it was done; each on its own, so that one that
    waits for a service holds up no other. A thrifty one comes less often when it takes long, as sweeps do.
    """

    name: str
    every_s: float
    chore: Chore
    is_thrifty: bool = False


class Worker:
    """One process's part in the durable work. `run` carries out one run; `sweep` hands over all saved work."""

    def __init__(
        self,
        steps: DurableSteps,
        run: Run,
        sweep: Chore,
        chores: tuple[Chore, ...],
        executors: Executors,
        options: WorkerOptions,
        rounds: tuple[Round, ...] = (),
    ) -> None:
        self._rounds = rounds
        self._steps, self._run, self._sweep, self._chores = steps, run, sweep, chores
        self._executors, self._options = executors, options
        self._life: _Life | None = None

    async def work(self, stop: asyncio.Event, ready: Callable[[], None] = lambda: None) -> None:
        """Work on the running loop until `stop` is set; begins anew when another worker took over by mistake.

        `ready` is called each time when runs can begin.
        """
        # DBOS takes half a second to import: only a process that works pays for it.
        from liaison.engine.launch import Engine  # noqa: PLC0415

        while not stop.is_set():
            host = socket.gethostname()
            executor = f"{host}-{os.getpid()}-{secrets.token_hex(4)}"
            lock = LifeLock(self._options.lock_folder, executor)
            try:
                is_locked = lock.hold()
                await self._executors.join(executor, host, os.getpid())
                life = _Life(executor, Engine(self._options.address, executor, self._carry_out), self._executors)
                life.beat_s = None if is_locked and self._options.is_on_one_machine else self._options.heartbeat_s
                await self._live(life, stop, ready)
            finally:
                lock.release()

    def receive(self, operation: Operation, link: LinkId, run: int) -> None:
        """Begin a run soon, unless it is under way. May be called from any thread, before or after `work`."""
        life = self._life
        if life is not None:
            life.loop.call_soon_threadsafe(life.begin_soon, operation, link, run)

    async def _live(self, life: _Life, stop: asyncio.Event, ready: Callable[[], None]) -> None:
        self._steps.attach(life.engine, self.receive, life.permit)
        try:
            life.engine.launch()
        except BaseException:
            await life.engine.stop()  # else the next attempt would meet this one's remains
            raise
        life.may_act.set()
        self._life = life
        log.info("worker.ready", executor=life.executor)
        ready()
        kept = [
            asyncio.create_task(each)
            for each in (
                life.keep_beating(),
                self._keep_sweeping(life),
                self._keep_tidy(life),
                *(_keep_going_round(one, life) for one in self._rounds),
            )
        ]
        try:
            await _first_of(stop, life.replaced)
        finally:
            self._life = None
            for task in kept:
                task.cancel()
            await asyncio.gather(*kept, return_exceptions=True)
            await self._end(life)

    async def _end(self, life: _Life) -> None:
        """Begin nothing more, let effects under way finish, and leave the rest for whoever comes next."""
        life.may_act.clear()
        with anyio.move_on_after(_STOP_PATIENCE_S):
            await self._steps.idle()
        unfinished = await life.cancel_runs()
        await life.engine.stop()
        if not unfinished:
            await self._executors.leave(life.executor)
            lock_path(self._options.lock_folder, life.executor).unlink(missing_ok=True)
        log.info("worker.ended", executor=life.executor, unfinished=unfinished, replaced=life.replaced.is_set())

    async def _carry_out(self, operation: str, link: str, run: int) -> str:
        life, name = self._life, run_name(Operation(operation), LinkId(link), run)
        task = asyncio.current_task()
        if life is None or task is None:
            raise asyncio.CancelledError  # stopping: the run stays for whoever takes over
        life.runs[name] = task
        try:
            with structlog.contextvars.bound_contextvars(operation=operation, link=link, run=run):
                return await self._run(Operation(operation), LinkId(link), run)
        finally:
            life.runs.pop(name, None)

    async def _keep_sweeping(self, life: _Life) -> None:
        watch = Watch(self._options.lock_folder, self._options.heartbeat_s)
        for turn in count():
            began_s = time.monotonic()
            await _logged("take over", lambda: self._take_over(life, watch))
            if turn % _STRANGERS_EVERY == 0:
                await _logged("strangers", lambda: self._meet_strangers(life))
                life.forget_known()
            await _logged("sweep", self._sweep)
            await asyncio.sleep(max(self._options.sweep_s, _SWEEP_SHARE * (time.monotonic() - began_s)))

    async def _keep_tidy(self, life: _Life) -> None:
        async def forget_finished() -> None:
            await life.engine.forget_finished(self._options.keep_runs_days)

        while True:
            await asyncio.sleep(_CHORES_EVERY_S)
            for chore in (*self._chores, forget_finished):
                await _logged("chore", chore)

    async def _take_over(self, life: _Life, watch: Watch) -> None:
        """Go on with the work of executors that are gone. One survivor does it: the one whose claim holds."""
        known = {one.id: one for one in await self._executors.list() if one.id != life.executor}
        gone = {one.id: one for one in known.values() if watch.is_gone(one)}
        for one in gone.values():
            if one.successor in known and one.successor not in gone:
                continue  # a living successor is at it
            if await self._executors.take_over(one, life.executor):
                resumed = await life.engine.resume_runs_of(one.id)
                await self._executors.leave(one.id)
                watch.forget(one.id)
                log.info("worker.took_over", gone=one.id, runs=resumed)

    async def _meet_strangers(self, life: _Life) -> None:
        """Note executors that have work but no row, so that they too are watched."""
        known = {one.id for one in await self._executors.list()}
        for stranger in await life.engine.executors_at_work() - known:
            await self._executors.join(stranger, "", 0)


class _Life:
    """A worker under one executor id, from launch to end."""

    def __init__(self, executor: str, engine: Engine, executors: Executors) -> None:
        self.executor, self.engine, self._executors = executor, engine, executors
        self.loop = asyncio.get_running_loop()
        self.may_act, self.replaced = asyncio.Event(), asyncio.Event()
        self.runs: dict[str, asyncio.Task[object]] = {}
        self.beat_s: float | None = None
        """None: a lock says that this process lives, and nothing is written."""
        self._last_beat_s = time.monotonic()
        self._known: dict[str, float] = {}
        self._failed: dict[str, int] = {}
        self._beginning: set[asyncio.Task[None]] = set()

    def begin_soon(self, operation: Operation, link: LinkId, run: int) -> None:
        """Begin the run unless it is under way here, or was looked at a moment ago."""
        name = run_name(operation, link, run)
        if name in self.runs or time.monotonic() < self._known.get(name, 0.0) or not self.may_act.is_set():
            return
        self._known[name] = time.monotonic() + _KNOWN_FOR_S
        task = self.loop.create_task(_logged("begin", lambda: self._begin(name, operation, link, run)))
        self._beginning.add(task)
        task.add_done_callback(self._beginning.discard)

    async def _begin(self, name: str, operation: Operation, link: LinkId, run: int) -> None:
        """Begin the run; or the next try of it, when the engine noted an end and the work is still not finished."""
        tries = self._failed.get(name, 0)
        attempt = f"{name}~{tries}" if tries else name
        active = await self.engine.is_active(attempt)
        if active is None:
            await self.engine.begin(attempt, operation.value, link, run)
        elif not active:
            self._failed[name] = tries + 1
            self._known[name] = time.monotonic() + min(2.0**tries, _LONGEST_RETRY_S)

    def forget_known(self) -> None:
        """Drop what was noted of runs that nobody hands over any more."""
        now_s = time.monotonic()
        for name in [name for name, until_s in self._known.items() if until_s < now_s - _LONGEST_RETRY_S]:
            del self._known[name]
            self._failed.pop(name, None)

    async def keep_beating(self) -> None:
        """Say that this worker lives, as long as it does."""
        while self.beat_s is not None:
            await _logged("beat", self._beat)
            await asyncio.sleep(self.beat_s)

    async def _beat(self) -> None:
        began_s = time.monotonic()
        if await self._executors.beat(self.executor):
            self._last_beat_s = began_s
        else:
            self.replaced.set()

    async def permit(self) -> None:
        """Returns while this worker may act: it is not stopping, and no other can have taken its work over."""
        await self.may_act.wait()
        if self.beat_s is not None and time.monotonic() - self._last_beat_s > self.beat_s * (MISSED_BEATS - 1):
            await self._beat()
        if self.replaced.is_set():
            await asyncio.Event().wait()  # until this life's end cancels the run

    async def cancel_runs(self) -> int:
        """Stop the runs where they stand; how many there were."""
        left = [*self.runs.values(), *self._beginning]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        return len(left)


async def _keep_going_round(one: Round, life: _Life) -> None:
    while True:
        await life.permit()
        began_s = time.monotonic()
        await _logged(one.name, one.chore)
        longest_s = _SWEEP_SHARE * (time.monotonic() - began_s) if one.is_thrifty else 0.0
        await asyncio.sleep(max(one.every_s, longest_s))


async def _first_of(*events: asyncio.Event) -> None:
    waits = [asyncio.create_task(event.wait()) for event in events]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()


async def _logged(what: str, chore: Chore) -> None:
    """What fails here (the database is away) is logged and comes again with the next sweep; the worker goes on."""
    try:
        await chore()
    except Exception:
        log.exception("worker.failed", what=what)
