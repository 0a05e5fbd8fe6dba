"""The ledger of outbound calls against the promise of linking, for administrators."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from liaison.domain.names import Person
from liaison.domain.promise import KeptCall
from liaison.operations.read_audit import require_administrator
from liaison.ports import CallTotal, Ports


@dataclass(frozen=True)
class Ledger:
    """Totals by kind of call, and single calls newest first."""

    totals: tuple[CallTotal, ...]
    calls: tuple[KeptCall, ...]

    @property
    def outside(self) -> int:
        """Calls that were never promised, each of them refused before it left."""
        return sum(total.count for total in self.totals if not total.feature)


async def read_calls(
    by: Person, ports: Ports, before: int = 0, size: int = 50, *, outside_only: bool = False
) -> Ledger:
    """Raises RoleMissing unless the person administers an environment or the tenant."""
    await require_administrator(by, ports)
    totals, calls = await asyncio.gather(
        ports.calls.totals(), ports.calls.list(before, size, outside_only=outside_only)
    )
    return Ledger(totals, calls)
