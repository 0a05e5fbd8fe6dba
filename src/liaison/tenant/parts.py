"""A part of a batch on its own: what the fault plan has for it, and its line in the ledger.

For faces that open a batch themselves. One that sends each part through the pipeline (`request.state.inner`) has both
already.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.types import Scope

from liaison.tenant.faults import Fault, FaultPlan
from liaison.tenant.mishaps import kill_workers


@dataclass(frozen=True)
class Fate:
    """What one part meets; `note` writes its status to the ledger, 0 when no answer was sent."""

    fault: Fault | None
    note: Callable[[int], None]
    kill_workers: Callable[[], None]


Begin = Callable[[Scope], Fate]
"""Counts a part, given as a request of its own."""


def untroubled(_: Scope) -> Fate:
    """For a face that runs without the pipeline: nothing goes wrong and nobody counts."""
    return Fate(None, lambda _status: None, lambda: None)


def fate_of(plan: FaultPlan, fault: Fault | None, note: Callable[[int], None]) -> Fate:
    return Fate(fault, note, lambda: kill_workers(plan))
