"""Other organizations and their people in shared channels, in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from liaison.domain.names import ChannelId, Person, TeamId
from liaison.domain.partners import NotLetIn, Organization, Partner, PartnerMember, SharedTeam

FABRIKAM = Organization("fabrikam-tenant", "Fabrikam, Inc.")
MIA, LUKAS = "mia@fabrikam.com", "lukas@fabrikam.com"


@dataclass
class PartnerWorld:
    """Who is in the channel; `refuse` says who is not let in, and why; `fail` is raised by the next call."""

    organizations: dict[str, Organization] = field(default_factory=lambda: {"fabrikam.com": FABRIKAM})
    inside: list[str] = field(default_factory=list)
    refuse: dict[str, NotLetIn] = field(default_factory=dict)
    fail: list[Exception] = field(default_factory=list)
    let_in: list[str] = field(default_factory=list)

    def as_seen_by(self, person: Person) -> FakePartners:
        return FakePartners(self)

    @property
    def ports(self) -> dict[str, Any]:
        return {"partners": self.as_seen_by}


@dataclass
class FakePartners:
    world: PartnerWorld

    async def find_organization(self, domain: str) -> Organization | None:
        return self.world.organizations.get(domain)

    async def let_in(self, team: TeamId, channel: ChannelId, partner: Partner) -> NotLetIn | None:
        if self.world.fail:
            raise self.world.fail.pop(0)
        if partner.address in self.world.refuse:
            return self.world.refuse[partner.address]
        self.world.let_in.append(partner.address)
        self.world.inside.append(partner.address)
        return None

    async def list_partners(self, team: TeamId, channel: ChannelId, own: str) -> tuple[PartnerMember, ...]:
        return tuple(PartnerMember(one, one.partition("@")[0], one, FABRIKAM.tenant) for one in self.world.inside)

    async def take_out(self, team: TeamId, channel: ChannelId, membership: str) -> None:
        if self.world.fail:
            raise self.world.fail.pop(0)
        self.world.inside.remove(membership)

    async def list_shared_teams(self, team: TeamId, channel: ChannelId) -> tuple[SharedTeam, ...]:
        return (SharedTeam(team, "Ventes Europe", "t1", is_host=True),)
