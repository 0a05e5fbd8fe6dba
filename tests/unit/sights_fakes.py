"""Sights and proposals in dictionaries, with the store's own rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from liaison.domain.following import Sight
from liaison.domain.names import LinkId, PersonId, TeamId, TenantId
from liaison.domain.proposals import WAITING, Proposal, ProposalKind, ProposalState
from liaison.errors import ProposalUnknown


def following_ports() -> dict[str, Any]:
    """Empty ones, for worlds that are about something else."""
    return {"sights": FakeSights(), "proposals": FakeProposals()}


class FakeSights:
    def __init__(self) -> None:
        self.kept: dict[LinkId, Sight] = {}
        self.until: datetime | None = None
        self.saves = 0

    async def claim_round(self, now: datetime, until: datetime) -> bool:
        if self.until is not None and now < self.until:
            return False
        self.until = until
        return True

    async def all(self) -> dict[LinkId, Sight]:
        return dict(self.kept)

    async def of(self, link: LinkId) -> Sight | None:
        return self.kept.get(link)

    async def save(self, sight: Sight) -> None:
        self.saves += 1
        self.kept[sight.link] = sight


class FakeProposals:
    """The store's own rules, in a dictionary."""

    def __init__(self) -> None:
        self.kept: dict[tuple[LinkId, PersonId, ProposalKind], Proposal] = {}

    async def propose(self, proposal: Proposal) -> bool:
        key = (proposal.link, proposal.person, proposal.kind)
        held = self.kept.get(key)
        if held is not None and not held.gives_way_to(proposal):
            return False
        self.kept[key] = proposal
        return True

    async def withdraw(self, link: LinkId, kind: ProposalKind, people: Sequence[PersonId]) -> int:
        gone = [
            key
            for key, one in self.kept.items()
            if key[0] == link and key[2] is kind and key[1] in people
            if one.state in {ProposalState.OPEN, ProposalState.KEPT}
        ]
        for key in gone:
            self.kept[key] = replace(self.kept[key], state=ProposalState.WITHDRAWN)
        return len(gone)

    async def get(self, tenant: TenantId, proposal: str) -> Proposal:
        for one in self.kept.values():
            if one.id == proposal and one.tenant == tenant:
                return one
        raise ProposalUnknown(proposal)

    async def change(self, before: Proposal, after: Proposal) -> bool:
        key = (before.link, before.person, before.kind)
        if self.kept.get(key) != before:
            return False
        self.kept[key] = after
        return True

    async def any_waiting(self, tenant: TenantId) -> bool:
        return any(one.state in WAITING for one in self.kept.values())

    async def waiting_for(self, tenant: TenantId, teams: Sequence[TeamId]) -> tuple[Proposal, ...]:
        return tuple(one for one in self.kept.values() if one.state in WAITING and one.team in teams)
