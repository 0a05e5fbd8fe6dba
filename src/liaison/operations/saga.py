"""Carrying out a link's work step by step: each step is tried until it is done, waits for services, or stops."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from liaison.domain.link import Link, LinkState, Operation, StepName, Waiting
from liaison.domain.names import LinkId
from liaison.errors import LiaisonError, LinkBusy, Remembered, Retry, SignInExpired, StillPreparing
from liaison.ports import Ports

FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 900.0
GIVE_WAY_S = 0.2
PREPARING_HORIZON = timedelta(hours=24)
"""How long a channel's library may take. Source: graph.md 4.3, replay table C7."""

Effect = Callable[[Link], Awaitable[Link]]


class Stopped(Exception):
    """A step ended for good without being done; the link already says why."""


@dataclass(frozen=True)
class Step:
    """One external effect: reads the link, touches the world once, returns the link with its evidence.

    `undo` takes back what the effect has just made, when somebody disconnected the link meanwhile.
    """

    name: StepName
    effect: Effect
    undo: Effect | None = None


@dataclass(frozen=True)
class Task:
    """One run's work: a link, what is done with it, and the number of the run; None fits any run."""

    link: LinkId
    operation: Operation
    run: int | None = None

    def is_at_work_on(self, link: Link) -> bool:
        """False when the work is over, another act has overtaken it, or a later run carries it on."""
        return link.operation is self.operation and link.state.at_work and self.run in {None, link.run}


async def carry_out(task: Task, steps: tuple[Step, ...], ports: Ports) -> None:
    """Run the steps in order.

    Raises Stopped when one of them needs a person or was undone, or when the link is no longer this run's.
    """
    for step in steps:
        await _finish(task, step, ports)


async def _finish(task: Task, step: Step, ports: Ports) -> None:
    attempt = 0
    while True:
        attempt += 1

        async def once(number: int = attempt) -> str:
            return json.dumps(await _attempt(task, step, number, ports))

        outcome = json.loads(await ports.steps.once(f"{step.name.value}#{attempt}", once))
        if outcome["is"] == "done":
            return
        if outcome["is"] == "stopped":
            raise Stopped(step.name.value)
        await ports.steps.pause(outcome["wait_s"])


async def _attempt(task: Task, step: Step, number: int, ports: Ports) -> dict[str, object]:
    link = await ports.links.get(task.link)
    if not task.is_at_work_on(link):
        return {"is": "stopped"}
    if step.name in link.done:
        return {"is": "done"}
    try:
        changed = await step.effect(link)
    except LiaisonError as error:
        if error.retry is Retry.LATER and not _is_past_horizon(link, step, error, ports):
            return await _wait(link, step, number, error, ports)
        return await _stop(link, error, ports)
    try:
        await ports.links.save(replace(changed, waiting=None), f"step.{step.name.value}")
    except LinkBusy as busy:
        return await _give_way(task, step, changed, busy, ports)
    return {"is": "done"}


async def _give_way(task: Task, step: Step, changed: Link, busy: LinkBusy, ports: Ports) -> dict[str, object]:
    """The effect could not be saved: another act overtook, somebody saved first, or another link has the channel."""
    now = await ports.links.get(task.link)
    if now.operation is not task.operation:
        if step.undo is not None:
            await step.undo(changed)
        return {"is": "stopped"}
    if now.version != changed.version:
        return {"is": "waiting", "wait_s": GIVE_WAY_S}
    return await _stop(now, busy, ports)


def _is_past_horizon(link: Link, step: Step, error: LiaisonError, ports: Ports) -> bool:
    if not isinstance(error, StillPreparing) or link.waiting is None or link.waiting.step is not step.name:
        return False
    return ports.clock.now() - link.waiting.since > PREPARING_HORIZON


async def _wait(link: Link, step: Step, number: int, error: LiaisonError, ports: Ports) -> dict[str, object]:
    now = ports.clock.now()
    wait_s = max(error.retry_after_s or 0.0, backoff_s(number, link.id))
    same = link.waiting is not None and link.waiting.step is step.name
    since = link.waiting.since if link.waiting is not None and same else now
    waiting = Waiting(step.name, Remembered.of(error), since, now + timedelta(seconds=wait_s))
    pending = isinstance(error, StillPreparing) and link.state is LinkState.CONNECTING
    state = LinkState.FILES_PENDING if pending else link.state
    try:
        await ports.links.save(replace(link, waiting=waiting, state=state), "" if same else "waiting")
    except LinkBusy:
        return {"is": "waiting", "wait_s": GIVE_WAY_S}
    return {"is": "waiting", "wait_s": wait_s}


async def _stop(link: Link, error: LiaisonError, ports: Ports) -> dict[str, object]:
    """Nothing made yet: undone. Something is there, or the person must sign in: a person decides what comes next."""
    undone = link.state is not LinkState.DISCONNECTING and not link.has_effects()
    state = LinkState.UNDONE if undone and not isinstance(error, SignInExpired) else LinkState.NEEDS_PERSON
    stopped = replace(link, state=state, waiting=None, trouble=Remembered.of(error))
    try:
        await ports.links.save(stopped, f"link.{state.value}")
    except LinkBusy:
        return {"is": "waiting", "wait_s": GIVE_WAY_S}
    return {"is": "stopped"}


def backoff_s(attempt: int, link: LinkId) -> float:
    """Seconds before the next try: doubling up to a quarter of an hour, spread by up to a fifth per link."""
    spread = 1.0 + (sum(link.encode()) % 100) / 500.0
    return min(FIRST_WAIT_S * 2.0 ** min(attempt - 1, 12), LONGEST_WAIT_S) * spread
