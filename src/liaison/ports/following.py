"""What is remembered of records that links follow, and of what was proposed because of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from liaison.domain.following import Sight
from liaison.domain.names import LinkId, PersonId, TeamId, TenantId
from liaison.domain.proposals import Proposal, ProposalKind


class Sights(Protocol):
    """Links' records as they were last looked at."""

    async def claim_round(self, now: datetime, until: datetime) -> bool:
        """Is it this process's turn to look? Of several that ask, one is told so, and nobody again before `until`."""
        ...

    async def all(self) -> dict[LinkId, Sight]:
        """Of every link that holds; what was kept of others is forgotten."""
        ...

    async def of(self, link: LinkId) -> Sight | None: ...

    async def save(self, sight: Sight) -> None: ...


class Proposals(Protocol):
    """Proposals to owners of teams."""

    async def propose(self, proposal: Proposal) -> bool:
        """Keep it, unless one for this person, link and kind is open, or was answered with Keep for the same cause.

        False then.
        """
        ...

    async def withdraw(self, link: LinkId, kind: ProposalKind, people: Sequence[PersonId]) -> int:
        """What is open, or was kept, for these people of a link is so no longer; how many there were."""
        ...

    async def get(self, tenant: TenantId, proposal: str) -> Proposal:
        """Raises ProposalUnknown."""
        ...

    async def change(self, before: Proposal, after: Proposal) -> bool:
        """Keep `after` in place of `before`; false when it has become something else meanwhile."""
        ...

    async def any_waiting(self, tenant: TenantId) -> bool:
        """Does anything wait for any owner? Asked often, so that Teams need not be."""
        ...

    async def waiting_for(self, tenant: TenantId, teams: Sequence[TeamId]) -> tuple[Proposal, ...]:
        """Those that wait for an owner of one of these teams, the oldest first."""
        ...
