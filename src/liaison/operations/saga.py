"""Carrying out a link's work step by step: each step is tried until it is done, waits for services, or stops."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from liaison.domain.backoff import backoff_s
from liaison.domain.link import Link, LinkState, Operation, StepName, Waiting
from liaison.domain.names import LinkId
from liaison.errors import (
    ChannelAmbiguous,
    LiaisonError,
    LinkBusy,
    Remembered,
    Retry,
    SignInExpired,
    StillPreparing,
    TeamAmbiguous,
)
from liaison.ports import Ports

FIRST_WAIT_S = 1.0
GIVE_WAY_S = 0.2
PREPARING_HORIZON = timedelta(hours=24)
"""How long a channel's library may take. Source: graph.md 4.3, replay table C7."""
GROUP_HORIZON = timedelta(minutes=15)
"""How long a new team, or a tab that Teams itself makes, may stay out of sight. Source: replay table C2a; fault F7."""

Effect = Callable[[Link], Awaitable[Link]]


_UNDECIDED = (SignInExpired, TeamAmbiguous, ChannelAmbiguous, StillPreparing)
"""Something may be there although no step says so, or the work goes on as soon as the person has done their part."""


class Stopped(Exception):
    """A step ended for good without being done; the link already says why."""


@dataclass(frozen=True)
class Step:
    """One external effect: reads the link, touches the world once, returns the link with its evidence.

    An effect that has come only part of the way returns the link without the step among those done; it is saved, and
    the effect goes on after `pace_s`. `undo` takes back what the effect has just made, when somebody disconnected the
    link meanwhile. What is still being prepared after `horizon` stops the link, or, with `without`, is done without.
    `look` comes before the effect, and what it saw is saved before anything is touched: afterwards it would not show.
    """

    name: StepName
    effect: Effect
    undo: Effect | None = None
    pace_s: float = 0.0
    horizon: timedelta = PREPARING_HORIZON
    without: Effect | None = None
    look: Effect | None = None


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
    attempt, tries = 0, 0
    while True:
        attempt, tries = attempt + 1, tries + 1

        async def once(number: int = tries) -> str:
            return json.dumps(await _attempt(task, step, number, ports))

        outcome = json.loads(await ports.steps.once(f"{step.name.value}#{attempt}", once))
        if outcome["is"] == "done":
            return
        if outcome["is"] == "stopped":
            raise Stopped(step.name.value)
        if outcome["is"] == "further":
            tries = 0
        await ports.steps.pause(outcome["wait_s"])


async def _attempt(task: Task, step: Step, number: int, ports: Ports) -> dict[str, object]:
    link = await ports.links.get(task.link)
    if not task.is_at_work_on(link):
        return {"is": "stopped"}
    if step.name in link.done:
        return {"is": "done"}
    try:
        looked = await _look(step, link, ports)
        if looked is None:
            return {"is": "waiting", "wait_s": GIVE_WAY_S}
        link = looked
        changed = await step.effect(link)
    except LiaisonError as error:
        is_past = _is_past_horizon(link, step, error, ports)
        if error.retry is Retry.LATER and not is_past:
            return await _wait(link, step, number, error, ports)
        if not is_past or step.without is None:
            return await _stop(link, error, ports)
        changed = await step.without(link)
    is_done = step.name in changed.done
    try:
        await ports.links.save(replace(changed, waiting=None), f"step.{step.name.value}" if is_done else "")
    except LinkBusy as busy:
        return await _give_way(task, step, changed, busy, ports)
    return {"is": "done"} if is_done else {"is": "further", "wait_s": step.pace_s}


async def _look(step: Step, link: Link, ports: Ports) -> Link | None:
    """The link with what the step's look saw, saved; None when somebody else saved first."""
    seen = await step.look(link) if step.look is not None else link
    if seen == link:
        return link
    try:
        return await ports.links.save(seen)
    except LinkBusy:
        return None


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
    return ports.clock.now() - link.waiting.since > step.horizon


async def _wait(link: Link, step: Step, number: int, error: LiaisonError, ports: Ports) -> dict[str, object]:
    now = ports.clock.now()
    wait_s = max(error.retry_after_s or 0.0, backoff_s(number, link.id, FIRST_WAIT_S))
    same = link.waiting is not None and link.waiting.step is step.name
    since = link.waiting.since if link.waiting is not None and same else now
    waiting = Waiting(step.name, Remembered.of(error), since, now + timedelta(seconds=wait_s))
    pending = step.name is StepName.FOLDER and link.state is LinkState.CONNECTING
    pending = pending and isinstance(error, StillPreparing)
    state = LinkState.FILES_PENDING if pending else link.state
    try:
        await ports.links.save(replace(link, waiting=waiting, state=state), "" if same else "waiting")
    except LinkBusy:
        return {"is": "waiting", "wait_s": GIVE_WAY_S}
    return {"is": "waiting", "wait_s": wait_s}


async def _stop(link: Link, error: LiaisonError, ports: Ports) -> dict[str, object]:
    """Nothing made yet: undone. Something is there, or may be: a person decides what comes next."""
    undone = link.state is not LinkState.DISCONNECTING and not link.has_effects()
    state = LinkState.UNDONE if undone and not isinstance(error, _UNDECIDED) else LinkState.NEEDS_PERSON
    stopped = replace(link, state=state, waiting=None, trouble=Remembered.of(error))
    try:
        await ports.links.save(stopped, f"link.{state.value}")
    except LinkBusy:
        return {"is": "waiting", "wait_s": GIVE_WAY_S}
    return {"is": "stopped"}
