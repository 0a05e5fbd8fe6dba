"""Filing of channel messages: what the service tells and shows, and what Liaison remembers of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from liaison.domain.filing import ChannelMessage, FilingRule, MessageRef
from liaison.domain.listening import Listening, Notice, Told
from liaison.domain.names import ChannelId, EnvironmentKey, LinkId, TeamId, TenantId


@dataclass(frozen=True)
class Subscription:
    """A promise of the service to tell an address about a channel's messages until a moment."""

    id: str
    address: str
    ends_at: datetime
    channel: str = ""


class Messages(Protocol):
    """Messages of channels as one person sees them."""

    async def read_message(self, ref: MessageRef) -> ChannelMessage | None:
        """None when there is no such message any more, or it is not one that a person wrote.

        Raises NotTeamMember, ConsentNotGranted.
        """
        ...

    async def subscribe(
        self, team: TeamId, channel: ChannelId, address: str, secret: str, until: datetime
    ) -> Subscription | None:
        """Ask to be told of changed messages; None when there is such a subscription already. Must not be repeated
        blindly. Raises NotTeamMember, ConsentNotGranted, AddressNotReachable when our own address did not answer.
        """
        ...

    async def list_subscriptions(self) -> tuple[Subscription, ...]:
        """Those of channel messages that Liaison has made."""
        ...

    async def renew(self, subscription: str, until: datetime) -> Subscription | None:
        """None when the service has forgotten it."""
        ...

    async def unsubscribe(self, subscription: str) -> None:
        """Absent already is done."""
        ...


class Notifications(Protocol):
    """What the service sends to our address, put into our words."""

    def read(self, body: bytes) -> tuple[Told, ...]:
        """Every item that can be read; nothing for what is no notification."""
        ...


class FilingRules(Protocol):
    """In which environments filing is on."""

    async def save(self, rule: FilingRule) -> None: ...

    async def read(self, tenant: TenantId, environment: EnvironmentKey) -> FilingRule | None: ...

    async def drop(self, tenant: TenantId, environment: EnvironmentKey) -> None: ...


class Listenings(Protocol):
    """One for each channel of which messages are filed."""

    async def settle(self, now: datetime) -> None:
        """A listening for each channel with a link in an environment where filing is on; the others are to end."""
        ...

    async def find(self, listening: str) -> Listening | None: ...

    async def of_channel(self, tenant: TenantId, channel: ChannelId) -> Listening | None: ...

    async def of_environment(self, tenant: TenantId, environment: EnvironmentKey) -> tuple[Listening, ...]:
        """Those of channels that have a link in the environment."""
        ...

    async def claim(self, now: datetime, until: datetime) -> Listening | None:
        """One that is due, for this worker alone until then."""
        ...

    async def save(self, listening: Listening) -> bool:
        """False when it has changed since it was read."""
        ...

    async def wake(self, listening: str, now: datetime) -> None:
        """Try again now, if it failed."""
        ...

    async def wake_parked(self, tenant: TenantId, now: datetime) -> None:
        """Try again now those that wait for somebody to sign in."""
        ...

    async def drop(self, listening: Listening) -> None:
        """With its notices."""
        ...


class Notices(Protocol):
    """Messages that were told to have changed, until they have been looked at; and those that were filed."""

    async def take(self, listening: Listening, told: Sequence[Told], now: datetime) -> None:
        """Keep what was told, each message once; durable when this returns."""
        ...

    async def claim(self, now: datetime, until: datetime) -> Notice | None:
        """One that is due, for this worker alone until then."""
        ...

    async def save(self, notice: Notice) -> None:
        """Unless it was told again meanwhile."""
        ...

    async def finish(self, notice: Notice) -> None:
        """Looked at; unless it was told again meanwhile."""
        ...

    async def of(self, listening: str) -> tuple[Notice, ...]:
        """Those that failed at least once, the oldest first."""
        ...

    async def wake(self, listening: str, now: datetime) -> int:
        """Try again now what failed; how many there were."""
        ...

    async def note_filed(self, link: LinkId, ref: MessageRef, at: datetime) -> None: ...

    async def filed(self, ref: MessageRef) -> frozenset[LinkId]:
        """Links on whose timelines a message was filed."""
        ...

    async def count_filed(self, link: LinkId) -> int: ...
