"""What Liaison itself remembers: links, the audit, remedies, requests, calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from liaison.domain.joining import JoinRequest
from liaison.domain.link import Link, LinkState
from liaison.domain.names import (
    ChannelId,
    EnvironmentKey,
    LinkId,
    Person,
    PersonId,
    Regarding,
    TableName,
    TeamId,
    TenantId,
)
from liaison.domain.promise import KeptCall
from liaison.domain.remedy import Mending
from liaison.domain.template import Template
from liaison.domain.watch import Watch


@dataclass(frozen=True)
class LinkFilter:
    """Which links a list shows; what is empty does not narrow it. `regarding` is the id of a record or view."""

    states: tuple[LinkState, ...] = ()
    environment: EnvironmentKey | str = ""
    table: TableName | str = ""
    regarding: str = ""
    team: TeamId | str = ""


ALL_LINKS = LinkFilter()


class Links(Protocol):
    """Our own memory of links. Each save is one transaction with its audit line."""

    async def plan(self, link: Link, key: str, fingerprint: str) -> Link:
        """Save an intent, unless one for the same record and channel, or the same idempotency key, is there.

        The link that holds from now on comes back: the given one or the earlier. An empty key means none.
        Raises IdempotencyKeyReused when the key came with another fingerprint.
        """
        ...

    async def get(self, link: LinkId) -> Link:
        """Raises LinkUnknown."""
        ...

    async def save(self, link: Link, act: str = "") -> Link:
        """Save if nobody saved since it was read; `act` names an audit line, empty for progress only.

        Raises LinkBusy when somebody did.
        """
        ...

    async def of(self, regarding: Regarding) -> tuple[Link, ...]:
        """Links of a record or view that are not over, oldest first."""
        ...

    async def in_team(self, tenant: TenantId, team: TeamId, besides: LinkId) -> int:
        """How many other links of a team there are that are not over."""
        ...

    async def invited_in_team(self, tenant: TenantId, team: TeamId, besides: LinkId) -> frozenset[PersonId]:
        """Whom other links of the team that are not over were to let in."""
        ...

    async def removed_channels(self, tenant: TenantId, team: TeamId, since: datetime) -> tuple[str, ...]:
        """Names of channels of a team that Liaison itself made and took away again since then: they are still held."""
        ...

    async def of_person(
        self,
        tenant: TenantId,
        person: PersonId | None = None,
        only: LinkFilter = ALL_LINKS,
        page: str = "",
        size: int = 50,
    ) -> tuple[tuple[Link, ...], str]:
        """Newest first, with an opaque mark for the next page; of everybody in the tenant when person is None."""
        ...

    async def in_channel(self, tenant: TenantId, channel: ChannelId) -> tuple[Link, ...]:
        """Links of a channel that are not over, oldest first."""
        ...

    async def connected(self) -> tuple[Link, ...]:
        """Every link that is connected and has nothing under way."""
        ...

    async def count(self, environment: EnvironmentKey) -> int:
        """Links of an environment that are not over."""
        ...

    async def at_work(self) -> tuple[Link, ...]:
        """Links whose work is not finished; a sweep hands them to the engine again."""
        ...

    async def parked_for(self, person: Person) -> tuple[Link, ...]:
        """Links that stopped because this person must sign in again."""
        ...


@dataclass(frozen=True)
class AuditLine:
    """Who did what to what, in order; each line's hash covers the one before."""

    number: int
    at: datetime
    who: str
    act: str
    subject: str
    detail: str
    hash: str


class Audit(Protocol):
    async def write(self, who: Person, act: str, subject: str, detail: str) -> None: ...

    async def list(self, before: int = 0, size: int = 50) -> tuple[AuditLine, ...]: ...

    async def first_broken(self) -> int | None:
        """The number of the first line whose hash does not fit, None when the chain holds."""
        ...


class Mendings(Protocol):
    """Remedies that were applied, with the rows as they were before."""

    async def save(self, mending: Mending) -> None: ...

    async def get(self, tenant: TenantId, environment: EnvironmentKey, mending: str) -> Mending:
        """Raises MendingUnknown."""
        ...

    async def list(self, tenant: TenantId, environment: EnvironmentKey, size: int = 20) -> tuple[Mending, ...]:
        """Newest first."""
        ...


class JoinRequests(Protocol):
    """Requests to be let into a team: one for each person and team."""

    async def ask(self, request: JoinRequest) -> JoinRequest:
        """Keep the request, unless that person waits for that team already: then the earlier one comes back."""
        ...

    async def get(self, tenant: TenantId, request: str) -> JoinRequest:
        """Raises JoinUnknown."""
        ...

    async def change(self, before: JoinRequest, after: JoinRequest) -> bool:
        """Keep `after` in place of `before`; false when it has become something else meanwhile."""
        ...

    async def any_waiting(self, tenant: TenantId) -> bool:
        """Does anybody wait for any team? Asked often, so that Teams need not be."""
        ...

    async def waiting_for(self, tenant: TenantId, teams: Sequence[TeamId]) -> tuple[JoinRequest, ...]:
        """Those that wait for an owner of one of these teams, the oldest first."""
        ...

    async def of_person(self, tenant: TenantId, person: PersonId) -> tuple[JoinRequest, ...]:
        """What somebody asked for, the newest first, answered or not."""
        ...


class Templates(Protocol):
    """Templates of an environment. Each change is one transaction with its audit lines."""

    async def list(self, tenant: TenantId, environment: EnvironmentKey) -> tuple[Template, ...]:
        """By name."""
        ...

    async def get(self, tenant: TenantId, environment: EnvironmentKey, template: str) -> Template:
        """Raises TemplateUnknown."""
        ...

    async def save(self, template: Template, by: Person) -> Template:
        """A new one when its version is 0, else in place of that very version. It alone is the default of its tables.

        Raises TemplateUnknown, TemplateChanged, TemplateNameTaken.
        """
        ...

    async def delete(self, template: Template, by: Person) -> None:
        """That very version. Raises TemplateUnknown, TemplateChanged."""
        ...


class Watches(Protocol):
    """What was last seen of each enabled environment."""

    async def save(self, watch: Watch) -> None: ...

    async def read(self, tenant: TenantId, environment: EnvironmentKey) -> Watch | None: ...

    async def due(self, before: datetime) -> tuple[Watch, ...]:
        """Those last looked at before this moment, or never."""
        ...

    async def drop(self, tenant: TenantId, environment: EnvironmentKey) -> None: ...


@dataclass(frozen=True)
class CallTotal:
    """How many calls of one kind there were; `feature` is empty for calls outside the promise."""

    feature: str
    service: str
    method: str
    path: str
    count: int


class Calls(Protocol):
    """The ledger of outbound calls."""

    async def list(self, before: int = 0, size: int = 50, *, outside_only: bool = False) -> tuple[KeptCall, ...]:
        """Newest first, those numbered below `before` when it is given."""
        ...

    async def totals(self, since: datetime | None = None) -> tuple[CallTotal, ...]:
        """The most frequent kind first."""
        ...
