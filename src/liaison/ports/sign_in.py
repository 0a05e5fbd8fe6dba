"""Signing in, and what is remembered of people who have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from liaison.domain.consent import Consent, Rung
from liaison.domain.crm import (
    Environment,
)
from liaison.domain.names import (
    Person,
    PersonId,
    TenantId,
)


@dataclass(frozen=True)
class SignInStart:
    """Where to send the browser, and what to keep until it comes back."""

    address: str
    state: str
    kept: str


class SignIn(Protocol):
    """Sign-in and consent by browser redirect, device code, and bearer tokens sent to our own API."""

    async def start(
        self, environment: Environment, language: str, hint: str = "", also: Sequence[str] = ()
    ) -> SignInStart:
        """`also` are permissions of Graph to be asked for beside those of every sign-in."""
        ...

    async def finish(self, kept: str, answer: dict[str, str]) -> Person:
        """Redeem the answer; the person's refresh token is parked. Raises SignInRefused."""
        ...

    async def start_consent(
        self, person: Person, language: str, *, with_user_sync: bool = True, extras: tuple[Rung, ...] = ()
    ) -> SignInStart:
        """The administrator's consent for the organization, for every scope of the enhanced experience.

        Without user sync, nobody's membership can be changed. A grant replaces earlier ones: `extras` are all that
        shall be granted beyond, those granted before included.
        """
        ...

    async def read_consent_answer(self, kept: str, answer: dict[str, str]) -> None:
        """Raises ConsentRefused or SignInRefused; silence means: now probe the token."""
        ...

    async def carried_scopes(self, person: Person) -> frozenset[str]:
        """What this person's Graph token carries; the token at hand will do."""
        ...

    async def probe_scopes(self, person: Person, extras: tuple[Rung, ...] = ()) -> frozenset[str]:
        """The same of a token asked for now, with every scope of the enhanced experience and of `extras` requested."""
        ...

    async def accept_bearer(self, authorization: str) -> Person:
        """The person behind a token sent to our API, on whose behalf we may now act. Raises TokenRefused."""
        ...

    def sign_out_address(self, back_to: str) -> str: ...

    async def forget(self, person: Person) -> None:
        """Delete the person's parked tokens."""
        ...


@dataclass(frozen=True)
class Session:
    """A signed-in browser. `form_token` guards its writes."""

    id: str
    person: Person
    form_token: str
    language: str
    theme: str
    started_at: datetime


class Sessions(Protocol):
    async def open(self, person: Person, language: str) -> Session: ...

    async def find(self, session: str) -> Session | None:
        """None when unknown or past its idle or absolute time."""
        ...

    async def set_taste(self, session: str, language: str, theme: str) -> None: ...

    async def close(self, session: str) -> None: ...

    async def keep(self, state: str, kept: str, minutes: int = 10) -> None:
        """Remember what a sign-in needs until the browser comes back with `state`."""
        ...

    async def take(self, state: str) -> str | None:
        """What was kept under `state`, once."""
        ...


class ParkedTokens(Protocol):
    """Refresh tokens of people, encrypted at rest."""

    async def park(self, tenant: TenantId, person: PersonId, refresh_token: str) -> None: ...

    async def read(self, tenant: TenantId, person: PersonId) -> str | None: ...

    async def forget(self, tenant: TenantId, person: PersonId) -> None: ...


class Consents(Protocol):
    """What was last seen of the tenant's consent."""

    async def read(self, tenant: TenantId) -> Consent: ...

    async def save(self, tenant: TenantId, consent: Consent) -> None: ...
