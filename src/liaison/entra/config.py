"""Where the tenant's sign-in lives and who we are there."""

from __future__ import annotations

from dataclasses import dataclass, field

from liaison.domain.crm import Environment
from liaison.domain.names import TenantId

TEAMS_CLIENTS = (
    "5e3ce6c0-2b1f-4285-8d4b-75ee78787346",  # Teams on the web
    "1fec8e78-bce4-4aaf-ab1b-5451cc387264",  # Teams on desktop and mobile
)


@dataclass(frozen=True, kw_only=True)
class EntraConfig:
    """One registration in one tenant. `tenant` is the directory's guid, never a domain name.

    `api_clients` are client ids, beside our own and Teams, whose tokens our API accepts; `also_issued_by` are further
    addresses under which the same tenant issues tokens. Source: identity.md sections 2, 3 and 14.
    """

    login_base: str
    tenant: TenantId
    client_id: str
    client_secret: str = field(repr=False)
    redirect_address: str
    consent_redirect_address: str
    environments: tuple[Environment, ...]
    graph_resource: str = "https://graph.microsoft.com"
    api_clients: tuple[str, ...] = ()
    also_issued_by: tuple[str, ...] = ()
    language: str = "en"

    @property
    def authority(self) -> str:
        return f"{self.login_base.rstrip('/')}/{self.tenant}"

    @property
    def issuers(self) -> tuple[str, ...]:
        """What `iss` of this tenant's tokens may say."""
        bases = (self.login_base, *self.also_issued_by)
        return tuple(f"{base.rstrip('/')}/{self.tenant}/v2.0" for base in bases)

    @property
    def accepted_clients(self) -> frozenset[str]:
        """Client ids that may ask for tokens to our API."""
        return frozenset({self.client_id, *TEAMS_CLIENTS, *self.api_clients})
