"""The token endpoint: one form post for each grant."""

from __future__ import annotations

from urllib.parse import urlencode

from liaison.entra.config import EntraConfig
from liaison.entra.errors import SERVICE, token_error
from liaison.entra.payloads import Grant, bare_scope, read_grant
from liaison.wire.messages import Ask
from liaison.wire.transport import Transport

ON_BEHALF_OF = "urn:ietf:params:oauth:grant-type:jwt-bearer"


class TokenEndpoint:
    """Our registration at the tenant's token endpoint. Source: identity.md section 5."""

    def __init__(self, transport: Transport, config: EntraConfig) -> None:
        self._transport = transport
        self._config = config

    async def redeem_code(self, code: str, verifier: str, scope: str, claims: str = "") -> Grant:
        """A code has one use, so that a lost answer cannot be asked for again."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._config.redirect_address,
            "code_verifier": verifier,
        }
        return await self._post(form, scope, claims, repeatable=False)

    async def refresh(self, refresh_token: str, scope: str, claims: str = "") -> Grant:
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return await self._post(form, scope, claims)

    async def on_behalf_of(self, assertion: str, scope: str, claims: str = "") -> Grant:
        """A token for another service from one that a person's client sent to us."""
        form = {"grant_type": ON_BEHALF_OF, "assertion": assertion, "requested_token_use": "on_behalf_of"}
        return await self._post(form, scope, claims)

    async def as_application(self, resource: str) -> Grant:
        return await self._post({"grant_type": "client_credentials"}, f"{resource.rstrip('/')}/.default", "")

    async def _post(self, form: dict[str, str], scope: str, claims: str, repeatable: bool = True) -> Grant:
        fields = {
            "client_id": self._config.client_id,
            "client_secret": self._config.client_secret,
            "scope": scope,
            **form,
        }
        if claims:
            fields["claims"] = claims
        address = f"{self._config.authority}/oauth2/v2.0/token"
        answer = await self._transport.send(
            Ask(
                SERVICE,
                SERVICE,
                "POST",
                address,
                "/{tenant}/oauth2/v2.0/token",
                repeatable,
                {"content-type": "application/x-www-form-urlencoded"},
                urlencode(fields).encode(),
            )
        )
        if not answer.is_success:
            raise token_error(answer, wanted_scopes(scope))
        return read_grant(answer.wild())


def wanted_scopes(scope: str) -> tuple[str, ...]:
    """Bare names of the asked scopes without those that every sign-in asks."""
    oidc = {"openid", "profile", "email", "offline_access"}
    return tuple(bare_scope(one) for one in scope.split() if one not in oidc)
