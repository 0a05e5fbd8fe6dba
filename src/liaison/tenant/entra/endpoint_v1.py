"""The older endpoints in the words of the newer ones: a resource instead of scopes, numbers written as text.

Source: entra-docs, docs/identity-platform/v1.0 pages of the code and client credentials flows; as MSAL and ADAL clients
use them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from liaison.tenant.entra.authorize_requests import scope_of_resource
from liaison.tenant.entra.errors import EntraRefused
from liaison.tenant.entra.tokens import TokenAnswer
from liaison.tenant.estate import Estate

_NO_PERSON = ("client_credentials",)


def as_v2_form(form: Mapping[str, str]) -> dict[str, str]:
    """A token request of the older endpoint as the newer one takes it; raises EntraRefused without a resource."""
    rest = {name: value for name, value in form.items() if name not in ("resource", "scope")}
    resource = form.get("resource", "").strip()
    if form.get("grant_type") in _NO_PERSON:
        if not resource:
            raise EntraRefused(900144, parameter="resource")
        return {**rest, "scope": f"{resource}/.default"}
    return {**rest, "scope": scope_of_resource(resource)} if resource else rest


def v1_document(estate: Estate, answer: TokenAnswer) -> dict[str, Any]:
    """A success of the older token endpoint."""
    now = int(estate.clock.seconds())
    lasts = str(answer.expires_in_s)
    document = {
        "token_type": "Bearer",
        "scope": _bare_names(answer.scope),
        "expires_in": lasts,
        "ext_expires_in": lasts,
        "expires_on": str(now + answer.expires_in_s),
        "not_before": str(now),
        "resource": answer.resource,
        "access_token": answer.access_token,
        "refresh_token": answer.refresh_token,
        "id_token": answer.id_token,
        "client_info": answer.client_info,
    }
    return {name: value for name, value in document.items() if value is not None}


def v1_device_document(document: Mapping[str, Any]) -> dict[str, Any]:
    """A device code in the older spelling."""
    rest = {name: value for name, value in document.items() if name != "verification_uri"}
    numbers = {name: str(document[name]) for name in ("expires_in", "interval")}
    return {**rest, "verification_url": document["verification_uri"], **numbers}


def _bare_names(scope: str | None) -> str | None:
    if scope is None:
        return None
    names = [word.rpartition("/")[2] for word in scope.split()]
    return " ".join(name for name in names if name != ".default")
