"""What the API's fake world keeps: consent, what was last seen of environments, and work handed over."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from liaison.domain.consent import Consent
from liaison.domain.link import Link, Operation
from liaison.domain.names import EnvironmentKey, LinkId, TenantId
from liaison.domain.watch import Watch

if TYPE_CHECKING:
    from tests.unit.api_fakes import World


class FakeConsents:
    def __init__(self, world: World) -> None:
        self.world = world

    async def read(self, tenant: TenantId) -> Consent:
        return self.world.consent

    async def save(self, tenant: TenantId, consent: Consent) -> None:
        self.world.consent = consent


class FakeWatches:
    def __init__(self, world: World) -> None:
        self.world = world

    async def save(self, watch: Watch) -> None:
        self.world.watches[watch.environment] = watch

    async def read(self, tenant: TenantId, environment: EnvironmentKey) -> Watch | None:
        return self.world.watches.get(environment)

    async def due(self, before: datetime) -> tuple[Watch, ...]:
        return tuple(
            watch for watch in self.world.watches.values() if not watch.checked_at or watch.checked_at < before
        )

    async def drop(self, tenant: TenantId, environment: EnvironmentKey) -> None:
        self.world.watches.pop(environment, None)


class FakeSessions:
    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    async def keep(self, state: str, kept: str, minutes: int = 10) -> None:
        self.kept[state] = kept

    async def take(self, state: str) -> str | None:
        return self.kept.pop(state, None)


class FakeSteps:
    """Notes what is handed over; nothing is carried out."""

    def __init__(self, started: list[tuple[Operation, LinkId, int]]) -> None:
        self.started = started

    async def start(self, operation: Operation, link: Link) -> None:
        self.started.append((operation, link.id, link.run))

    async def once(self, name: str, effect: object) -> str:
        raise NotImplementedError

    async def pause(self, seconds: float) -> None: ...
