"""A worker process for tests: one run of three steps, each noted in a file before it is done.

Usage: python -m tests.unit.engine.process FOLDER ADDRESS [wait] [apart]
With `wait`, the second step does not end before the file `go` exists. With `apart`, the process shares no folder of
locks with others, as on another machine.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from liaison.domain.link import Operation
from liaison.domain.names import LinkId
from liaison.engine.steps import DurableSteps
from liaison.engine.worker import Worker, WorkerOptions
from liaison.store.database import open_database
from liaison.store.executors import StoredExecutors


class RealClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


def note(folder: Path, words: str) -> None:
    with (folder / "notes").open("a") as file:
        file.write(f"{words}\n")
        file.flush()
        os.fsync(file.fileno())


async def main(folder: Path, address: str, waits: bool, apart: bool) -> None:
    steps = DurableSteps()
    stop = asyncio.Event()

    async def effect(name: str) -> str:
        note(folder, f"begin {name}")
        while waits and name == "two" and not (folder / "go").exists():  # noqa: ASYNC110 - another process makes the file
            await asyncio.sleep(0.01)
        note(folder, f"end {name}")
        return name

    async def run(operation: Operation, link: LinkId, number: int) -> str:
        note(folder, f"run {operation.value} {link} {number} at {time.time():.3f}")
        for name in ("one", "two", "three"):
            answer = await steps.once(name, lambda name=name: effect(name))
            note(folder, f"answer {answer}")
        await steps.pause(0.01)
        note(folder, "finished")
        return "connected"

    async def sweep() -> None:
        for link in (folder / "links").read_text().split():
            worker.receive(Operation.CONNECT, LinkId(link), 1)
        if (folder / "stop").exists():
            stop.set()

    database = open_database(address)
    locks = folder / (f"executors-{os.getpid()}" if apart else "executors")
    options = WorkerOptions(address.replace("liaison.sqlite", "engine.sqlite"), locks, 0.3, 0.1)
    worker = Worker(steps, run, sweep, (), StoredExecutors(database, RealClock()), options)
    await worker.work(stop, lambda: note(folder, f"ready {os.getpid()} at {time.time():.3f}"))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], "wait" in sys.argv[3:], "apart" in sys.argv[3:]))
