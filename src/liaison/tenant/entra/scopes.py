"""What a `scope` parameter asks for: which resources, which of their permissions, in which spelling.

Source: E:scopes-oidc; for this tenant's own addresses, the shared rule that Graph and Dataverse live on one host.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

from liaison.tenant.entra.errors import EntraRefused
from liaison.tenant.estate import Estate
from liaison.tenant.estate.applications import (
    DATAVERSE_APP_ID,
    GRAPH_APP_ID,
    GRAPH_RESOURCE,
    find_application,
    find_application_by_uri,
    find_permission,
)
from liaison.tenant.estate.origins import read_own_address

OIDC_SCOPES = frozenset({"openid", "profile", "email", "offline_access"})
DEFAULT = ".default"


@dataclass(frozen=True)
class ResourceAsk:
    """What is asked of one resource. `prefix` is the spelling before each permission name; `app_ids` are the APIs
    whose permissions go into the token, more than one only where an own address stands for Graph and Dataverse."""

    prefix: str
    audience: str
    app_ids: tuple[str, ...]
    token_version: int
    names: frozenset[str] = frozenset()
    default: bool = False

    def spelled(self, name: str) -> str:
        return f"{self.prefix}{name}"


@dataclass(frozen=True)
class ScopeAsk:
    """A whole `scope` parameter: OpenID words and the resources in the order they were named."""

    oidc: frozenset[str]
    resources: tuple[ResourceAsk, ...]

    @property
    def wants_default(self) -> bool:
        return any(resource.default for resource in self.resources)


def read_scope(estate: Estate, text: str, origin: str) -> ScopeAsk:
    """Read a `scope` parameter; raises EntraRefused for unknown resources and for `.default` beside names."""
    words = text.split()
    oidc = frozenset(word for word in words if word in OIDC_SCOPES)
    resources: dict[tuple[str, str], ResourceAsk] = {}
    for word in words:
        if word in OIDC_SCOPES:
            continue
        named = _read_word(estate, word, origin)
        known = resources.get((named.prefix, named.audience))
        resources[named.prefix, named.audience] = named if known is None else _joined(known, named)
    if any(item.default for item in resources.values()) and any(item.names for item in resources.values()):
        raise EntraRefused(70011, scope=text)
    return ScopeAsk(oidc, tuple(resources.values()))


def single_resource(ask: ScopeAsk, text: str) -> ResourceAsk:
    """The one resource a token is for: the one named, or Graph; raises EntraRefused when several are named."""
    if not ask.resources:
        return graph_ask()
    if len({resource.audience for resource in ask.resources}) > 1:
        raise EntraRefused(28000, scope=text)
    return functools.reduce(_joined, ask.resources)


def graph_ask() -> ResourceAsk:
    """Graph, asked for nothing in particular."""
    return ResourceAsk("", GRAPH_RESOURCE, (GRAPH_APP_ID,), 1)


def check_names(estate: Estate, ask: ScopeAsk, app_name: str) -> None:
    """Raise EntraRefused when a name is not a delegated permission of the resource it is asked of."""
    for resource in ask.resources:
        for name in resource.names:
            if resource_of(estate, resource, name) is None:
                raise EntraRefused(650053, app=app_name, scope=name, resource=resource.app_ids[0])


def resource_of(estate: Estate, resource: ResourceAsk, name: str) -> str | None:
    """The app id of the API that offers a delegated permission of this name."""
    for app_id in resource.app_ids:
        if find_permission(estate, app_id, "scope", name) is not None:
            return app_id
    return None


def _joined(known: ResourceAsk, named: ResourceAsk) -> ResourceAsk:
    return ResourceAsk(
        known.prefix,
        known.audience,
        known.app_ids,
        known.token_version,
        known.names | named.names,
        known.default or named.default,
    )


def _read_word(estate: Estate, word: str, origin: str) -> ResourceAsk:
    resource, slash, name = word.rpartition("/")
    if not slash:
        return ResourceAsk("", GRAPH_RESOURCE, (GRAPH_APP_ID,), 1, frozenset({word}))
    names = frozenset() if name == DEFAULT else frozenset({name})
    default = name == DEFAULT
    if resource.rstrip("/").lower() in (GRAPH_RESOURCE, GRAPH_APP_ID):
        return ResourceAsk(f"{resource}/", GRAPH_RESOURCE, (GRAPH_APP_ID,), 1, names, default)
    if read_own_address(estate, resource) is not None:
        return _own_address_ask(f"{resource}/", resource, names, default)
    if resource.lower() == DATAVERSE_APP_ID:
        return _own_address_ask(f"{resource}/", origin, names, default)
    application = find_application_by_uri(estate, resource) or find_application(estate, resource)
    if application is None:
        raise EntraRefused(500011, resource=resource)
    audience = application.app_id if application.token_version == 2 else resource
    return ResourceAsk(f"{resource}/", audience, (application.app_id,), application.token_version, names, default)


def _own_address_ask(prefix: str, audience: str, names: frozenset[str], default: bool) -> ResourceAsk:
    """`user_impersonation` means Dataverse alone; anything else at our own address may be Graph's too."""
    if names == {"user_impersonation"}:
        return ResourceAsk(prefix, audience, (DATAVERSE_APP_ID,), 1, names)
    return ResourceAsk(prefix, audience, (DATAVERSE_APP_ID, GRAPH_APP_ID), 1, names, default)
