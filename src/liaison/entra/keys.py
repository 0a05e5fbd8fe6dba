"""The tenant's signing keys, kept by the rules Microsoft publishes for key rollover.

Source: identity.md section 3; identity-platform/signing-key-rollover.md.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from liaison.entra.config import EntraConfig
from liaison.entra.errors import SERVICE
from liaison.entra.payloads import PublishedKey, read_keys
from liaison.errors import TokenRefused, Upstream, UpstreamRefused, UpstreamSurprise
from liaison.wire.messages import Ask
from liaison.wire.transport import Transport

KEEP_S = 86_400.0
REFRESH_S = 3_600.0
UNKNOWN_AGAIN_S = 300.0


@dataclass(frozen=True)
class _Kept:
    key: RSAKey
    issuer: str
    seen_at: float


class SigningKeys:
    """Keys by id: fetched at first use, hourly, and for an unknown id at most every five minutes."""

    def __init__(self, transport: Transport, config: EntraConfig) -> None:
        self._transport = transport
        self._config = config
        self._kept: dict[str, _Kept] = {}
        self._fetched_at = -REFRESH_S

    async def find(self, kid: str) -> RSAKey:
        """The key of that id, if it signs for this tenant. Raises TokenRefused when there is none."""
        now = time.monotonic()
        await self._refresh_when_due(kid, now)
        found = self._kept.get(kid)
        if found is None or now - found.seen_at > KEEP_S:
            raise TokenRefused("key")
        signs_for = found.issuer.replace("{tenantid}", self._config.tenant)
        if signs_for and signs_for not in self._config.issuers:
            raise TokenRefused("issuer")
        return found.key

    async def _refresh_when_due(self, kid: str, now: float) -> None:
        age = now - self._fetched_at
        if age < (REFRESH_S if kid in self._kept else UNKNOWN_AGAIN_S):
            return
        try:
            keys = await self._fetch()
        except Upstream:
            if not self._kept:
                raise
            return  # the last good set serves until the service is back
        self._fetched_at = now
        for key in keys:
            try:
                self._kept[key.kid] = _Kept(RSAKey.import_key(dict(key.jwk)), key.issuer, now)
            except (JoseError, ValueError) as cause:
                raise UpstreamSurprise(SERVICE, path="$.keys") from cause

    async def _fetch(self) -> tuple[PublishedKey, ...]:
        address = f"{self._config.authority}/discovery/v2.0/keys"
        answer = await self._transport.send(
            Ask(SERVICE, SERVICE, "GET", address, "/{tenant}/discovery/v2.0/keys", repeatable=True)
        )
        if not answer.is_success:
            raise UpstreamRefused(SERVICE, str(answer.status), answer.request_id, http_status=answer.status)
        return read_keys(answer.wild())
