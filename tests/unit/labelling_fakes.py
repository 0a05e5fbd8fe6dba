"""Labels of teams and who sets them, in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from liaison.domain.labelling import Labeller
from liaison.domain.link import TeamPrivacy
from liaison.domain.names import Person, TeamId, TenantId


class FakeLabellers:
    """One person in a tenant."""

    def __init__(self) -> None:
        self.kept: dict[TenantId, Labeller] = {}

    async def read(self, tenant: TenantId) -> Labeller | None:
        return self.kept.get(tenant)

    async def save(self, labeller: Labeller) -> None:
        self.kept[labeller.person.tenant] = labeller

    async def forget(self, tenant: TenantId) -> None:
        self.kept.pop(tenant, None)


@dataclass
class LabelledTeams:
    """What is on the teams, who put it there, and how it is refused."""

    labels: dict[TeamId, str] = field(default_factory=dict)
    set_by: list[str] = field(default_factory=list)
    privacy: TeamPrivacy = TeamPrivacy.PRIVATE
    refuse: list[Exception] = field(default_factory=list)
    """Raised one after the other."""

    def as_seen_by(self, person: Person) -> FakeGroupLabels:
        return FakeGroupLabels(self, person)


@dataclass
class FakeGroupLabels:
    teams: LabelledTeams
    by: Person

    async def has_label(self, team: TeamId, label: str) -> bool:
        return self.teams.labels.get(team) == label

    async def ensure_label(self, team: TeamId, label: str) -> bool:
        if self.teams.refuse:
            raise self.teams.refuse.pop(0)
        if await self.has_label(team, label):
            return False
        self.teams.labels[team] = label
        self.teams.set_by.append(self.by.name)
        return True

    async def read_privacy(self, team: TeamId) -> TeamPrivacy:
        return self.teams.privacy


@dataclass
class LabellingWorld:
    """Labelled teams and the labeller, and the ports to them."""

    setting: bool | None = None
    """That of the environment."""
    teams: LabelledTeams = field(default_factory=LabelledTeams)
    labellers: FakeLabellers = field(default_factory=FakeLabellers)

    @property
    def ports(self) -> dict[str, Any]:
        return {"group_labels": self.teams.as_seen_by, "labellers": self.labellers}
