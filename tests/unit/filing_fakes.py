"""The ports of filing in memory: rules, listenings, notices, and channels in which nobody writes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from liaison.domain.filing import ChannelMessage, FilingRule, MessageRef
from liaison.domain.listening import Listening, Notice, Told
from liaison.domain.names import ChannelId, EnvironmentKey, LinkId, Person, TeamId, TenantId
from liaison.ports import Subscription


class FakeFilingRules:
    def __init__(self) -> None:
        self.rules: dict[tuple[TenantId, EnvironmentKey], FilingRule] = {}

    async def save(self, rule: FilingRule) -> None:
        self.rules[rule.tenant, rule.environment] = rule

    async def read(self, tenant: TenantId, environment: EnvironmentKey) -> FilingRule | None:
        return self.rules.get((tenant, environment))

    async def drop(self, tenant: TenantId, environment: EnvironmentKey) -> None:
        self.rules.pop((tenant, environment), None)


class FakeListenings:
    def __init__(self) -> None:
        self.kept: dict[str, Listening] = {}
        self.woken: list[str] = []
        self.settled = 0

    async def settle(self, now: datetime) -> None:
        self.settled += 1

    async def find(self, listening: str) -> Listening | None:
        return self.kept.get(listening)

    async def of_channel(self, tenant: TenantId, channel: ChannelId) -> Listening | None:
        return next((one for one in self.kept.values() if (one.tenant, one.channel) == (tenant, channel)), None)

    async def of_environment(self, tenant: TenantId, environment: EnvironmentKey) -> tuple[Listening, ...]:
        return tuple(one for one in self.kept.values() if one.tenant == tenant)

    async def claim(self, now: datetime, until: datetime) -> Listening | None:
        return None

    async def save(self, listening: Listening) -> bool:
        self.kept[listening.id] = listening
        return True

    async def wake(self, listening: str, now: datetime) -> None:
        self.woken.append(listening)

    async def wake_parked(self, tenant: TenantId, now: datetime) -> None: ...

    async def drop(self, listening: Listening) -> None:
        self.kept.pop(listening.id, None)


class FakeNotices:
    def __init__(self) -> None:
        self.taken: list[Told] = []
        self.failed: dict[str, tuple[Notice, ...]] = {}
        self.on_timeline: dict[LinkId, int] = {}
        self.refuse: Exception | None = None

    async def take(self, listening: Listening, told: Sequence[Told], now: datetime) -> None:
        if self.refuse is not None:
            raise self.refuse
        self.taken.extend(told)

    async def claim(self, now: datetime, until: datetime) -> Notice | None:
        return None

    async def save(self, notice: Notice) -> None: ...

    async def finish(self, notice: Notice) -> None: ...

    async def of(self, listening: str) -> tuple[Notice, ...]:
        return self.failed.get(listening, ())

    async def wake(self, listening: str, now: datetime) -> int:
        return len(self.failed.pop(listening, ()))

    async def note_filed(self, link: LinkId, ref: MessageRef, at: datetime) -> None:
        self.on_timeline[link] = self.on_timeline.get(link, 0) + 1

    async def filed(self, ref: MessageRef) -> frozenset[LinkId]:
        return frozenset()

    async def count_filed(self, link: LinkId) -> int:
        return self.on_timeline.get(link, 0)


class QuietMessages:
    """Channels in which nobody writes, and a service that tells nothing."""

    async def read_message(self, ref: MessageRef) -> ChannelMessage | None:
        return None

    async def subscribe(
        self, team: TeamId, channel: ChannelId, address: str, secret: str, until: datetime
    ) -> Subscription | None:
        return Subscription("subscription-1", address, until, channel)

    async def list_subscriptions(self) -> tuple[Subscription, ...]:
        return ()

    async def renew(self, subscription: str, until: datetime) -> Subscription | None:
        return None

    async def unsubscribe(self, subscription: str) -> None: ...


class QuietNotifications:
    def read(self, body: bytes) -> tuple[Told, ...]:
        return ()


def filing_ports() -> dict[str, Any]:
    """The fields of `Ports` that filing takes."""

    def messages(_: Person) -> QuietMessages:
        return QuietMessages()

    return {
        "messages": messages,
        "notifications": QuietNotifications(),
        "filing_rules": FakeFilingRules(),
        "listenings": FakeListenings(),
        "notices": FakeNotices(),
    }
