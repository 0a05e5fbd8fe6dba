"""Tokens of people and of the application: kept in memory, renewed once however many ask at the same time.

Source: identity.md sections 5, 6, 10 and 16.
"""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, field, replace
from weakref import WeakKeyDictionary

from liaison.domain.names import Person, PersonId, TenantId
from liaison.entra.config import EntraConfig
from liaison.entra.endpoint import TokenEndpoint
from liaison.entra.payloads import Grant
from liaison.errors import SignInExpired
from liaison.ports import Clock, ParkedTokens
from liaison.wire.bearer import Bearer
from liaison.wire.transport import Transport

RENEW_BEFORE_S = 300.0
MOST_KEPT = 20_000
_CAPABLE = {"xms_cc": {"values": ["CP1"]}}
CAPABLE_CLAIMS = json.dumps({"access_token": _CAPABLE})
"""Says that we meet claims challenges, which makes Graph's tokens live longer. Source: identity.md section 10."""


@dataclass(frozen=True)
class AccessToken:
    """A token in hand, the scopes it carries, and until when on the monotonic clock it is good."""

    value: str = field(repr=False)
    scopes: frozenset[str]
    good_until: float

    @property
    def is_good(self) -> bool:
        return time.monotonic() < self.good_until


@dataclass(frozen=True)
class _Assertion:
    value: str = field(repr=False)
    good_until: float


_PersonKey = tuple[TenantId, PersonId]
_Locks = dict[_PersonKey, asyncio.Lock]
APPLICATION = PersonId("")


class TokenSource:
    """One for each process. A person is known by tenant and object id; a token by person and resource."""

    def __init__(self, transport: Transport, config: EntraConfig, parked: ParkedTokens, clock: Clock) -> None:
        self.endpoint = TokenEndpoint(transport, config)
        self._config = config
        self._parked = parked
        self._clock = clock
        self._kept: dict[tuple[_PersonKey, str], AccessToken] = {}
        self._assertions: dict[_PersonKey, _Assertion] = {}
        self._locks: WeakKeyDictionary[asyncio.AbstractEventLoop, _Locks] = WeakKeyDictionary()

    def bearer(self, person: Person, resource: str) -> Bearer:
        """Where calls to one resource as one person get their tokens."""
        return PersonBearer(self, person, resource)

    def app_bearer(self, resource: str) -> Bearer:
        """Where calls with application permissions get their tokens."""
        return ApplicationBearer(self, resource)

    async def access_token(self, person: Person, resource: str, refused: str = "", claims: str = "") -> AccessToken:
        """A token with everything granted to the person for that resource.

        `refused` is not given again; `claims` is a claims challenge's JSON. Raises SignInExpired when the person must
        sign in, ConsentNotGranted when nothing was ever granted.
        """
        key = (person.tenant, person.id)
        found = self._kept.get((key, resource))
        if found is not None and found.is_good and found.value != refused and not claims:
            return found
        async with self._lock(key):
            found = self._kept.get((key, resource))
            if found is not None and found.is_good and found.value != refused:
                return found
            grant = await self._renew(
                key, f"{resource.rstrip('/')}/.default offline_access", self._claims(resource, claims)
            )
            return self._keep(key, resource, grant)

    async def application_token(self, resource: str, refused: str = "") -> AccessToken:
        """A token that acts as the application itself."""
        key = (self._config.tenant, APPLICATION)
        async with self._lock(key):
            found = self._kept.get((key, resource))
            if found is not None and found.is_good and found.value != refused:
                return found
            return self._keep(key, resource, await self.endpoint.as_application(resource))

    async def probe(self, person: Person, scope: str) -> Grant:
        """A token asked for now with exactly these scopes; it is not kept."""
        key = (person.tenant, person.id)
        async with self._lock(key):
            return await self._renew(key, scope, "")

    async def adopt(self, person: Person, grant: Grant) -> None:
        """Keep what a sign-in gave: the refresh token parked, the Graph token in memory, older tokens dropped."""
        key = (person.tenant, person.id)
        self.drop(person)
        self._keep(key, self._config.graph_resource, grant)
        if grant.refresh_token:
            await self._parked.park(person.tenant, person.id, grant.refresh_token)

    def remember_assertion(self, person: Person, assertion: str, good_for_s: float) -> None:
        """What a person's client sent to us, from which other tokens can be had while it is good."""
        self._assertions[person.tenant, person.id] = _Assertion(assertion, time.monotonic() + good_for_s)

    def drop(self, person: Person) -> None:
        """Forget the access tokens in hand, so that the next ones show what is granted now."""
        key = (person.tenant, person.id)
        for kept in [one for one in self._kept if one[0] == key]:
            del self._kept[kept]

    async def forget(self, person: Person) -> None:
        """Forget everything that lets us act for the person."""
        self.drop(person)
        self._assertions.pop((person.tenant, person.id), None)
        await self._parked.forget(person.tenant, person.id)

    async def _renew(self, key: _PersonKey, scope: str, claims: str) -> Grant:
        refresh_token = await self._parked.read(*key)
        if refresh_token is not None:
            grant = await self.endpoint.refresh(refresh_token, scope, claims)
            if grant.refresh_token and grant.refresh_token != refresh_token:
                await self._parked.park(*key, grant.refresh_token)
            return grant
        assertion = self._assertions.get(key)
        if assertion is not None and time.monotonic() < assertion.good_until:
            return await self.endpoint.on_behalf_of(assertion.value, scope, claims)
        raise SignInExpired("no sign-in is kept")

    def _everything_at(self, resource: str) -> str:
        """The scope that brings all that is granted; at an environment there is only the one to ask for."""
        name = ".default" if resource == self._config.graph_resource else "user_impersonation"
        return f"{resource.rstrip('/')}/{name} offline_access"

    def _claims(self, resource: str, challenge: str) -> str:
        """The capability to meet challenges, told to Graph only, joined with what a challenge asks."""
        asked = _read_challenge(challenge)
        if resource == self._config.graph_resource:
            asked |= _CAPABLE
        return json.dumps({"access_token": asked}) if asked else ""

    def _keep(self, key: _PersonKey, resource: str, grant: Grant) -> AccessToken:
        if len(self._kept) >= MOST_KEPT:
            self._kept = {where: token for where, token in self._kept.items() if token.is_good}
        # A token that lives shorter than the margin is still used for half its life.
        good_for_s = max(grant.expires_in_s - RENEW_BEFORE_S, grant.expires_in_s / 2)
        token = AccessToken(grant.access_token, grant.scopes, time.monotonic() + good_for_s)
        self._kept[key, resource] = token
        return replace(token)

    def _lock(self, key: _PersonKey) -> asyncio.Lock:
        """One renewal at a time for each person: two would use the same refresh token, which strict tenants punish."""
        mine = self._locks.setdefault(asyncio.get_running_loop(), {})
        if len(mine) >= MOST_KEPT:
            for idle in [one for one, lock in mine.items() if not lock.locked()]:
                del mine[idle]
        return mine.setdefault(key, asyncio.Lock())


@dataclass(frozen=True)
class PersonBearer:
    """A `Bearer` that acts as one person."""

    tokens: TokenSource
    person: Person
    resource: str

    @property
    def who(self) -> str:
        return self.person.id

    async def __call__(self, refused: str = "", claims: str = "") -> str:
        return (await self.tokens.access_token(self.person, self.resource, refused, claims)).value


@dataclass(frozen=True)
class ApplicationBearer:
    """A `Bearer` that acts as the application itself."""

    tokens: TokenSource
    resource: str

    @property
    def who(self) -> str:
        return "application"

    async def __call__(self, refused: str = "", claims: str = "") -> str:
        return (await self.tokens.application_token(self.resource, refused)).value


def _read_challenge(challenge: str) -> dict[str, object]:
    """What a claims challenge asks of the access token; nothing when it cannot be read."""
    try:
        asked = json.loads(challenge) if challenge else {}
    except ValueError:
        return {}
    inner = asked.get("access_token") if isinstance(asked, dict) else None
    return dict(inner) if isinstance(inner, dict) else {}
