"""What the identity examples share: an application of one's own, and answers without what differs from run to run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from liaison.tenant.estate import Estate
from liaison.tenant.estate.applications import (
    Application,
    RequiredAccess,
    Secret,
    ServicePrincipal,
    add_application,
    add_secret,
    add_service_principal,
)
from liaison.tenant.estate.sign_in_settings import SignInSettings, save_sign_in_settings
from tests.local_tenant import LocalTenant
from tests.tenant.browser import CALLBACK
from tests.tenant.entra_client import OPAQUE, claims_of

APP_ID = "33333333-3333-4333-8333-333333333333"
SECRET = "a-secret-of-the-example"
_TIMES = {"expires_in", "ext_expires_in", "expires_on", "not_before"}
_TOKENS = {"access_token", "refresh_token", "id_token", "code", "client_info", "session_state"}


def register(
    tenant: LocalTenant,
    *,
    redirects: tuple[str, ...] = (CALLBACK,),
    secret: bool = False,
    required: tuple[RequiredAccess, ...] = (),
    **settings: Any,
) -> str:
    """Register the application of an example; its id."""

    def add(estate: Estate) -> None:
        application = Application(
            APP_ID, APP_ID, "Example", redirect_uris=redirects, public_client=True, required_access=required
        )
        add_application(estate, application)
        add_service_principal(estate, ServicePrincipal(f"{APP_ID[:-1]}4", APP_ID, "Example"))
        save_sign_in_settings(estate, APP_ID, SignInSettings(**settings))
        if secret:
            add_secret(estate, Secret("1", APP_ID, "example", SECRET, estate.clock.seconds() + 3600))

    tenant.ask(add)
    return APP_ID


def shape(answer: Mapping[str, Any]) -> dict[str, Any]:
    """An answer with its kinds in place of tokens and times."""
    return {name: _kind(name, value) for name, value in answer.items()}


def said(token: str) -> dict[str, Any]:
    """The claims of a token, those that differ from run to run by their kind."""
    return {name: type(value).__name__ if name in OPAQUE else value for name, value in claims_of(token).items()}


def refusal(document: Mapping[str, Any]) -> dict[str, Any]:
    """The error document of the token endpoint, with its identifiers checked and put aside."""
    trace, stamp = document["trace_id"], document["timestamp"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ", stamp)
    tail = f"\r\nTrace ID: {trace}\r\nCorrelation ID: {document['correlation_id']}\r\nTimestamp: {stamp}"
    assert document["error_description"].endswith(tail)
    aside = {"trace_id", "correlation_id", "timestamp"}
    rest = {name: value for name, value in document.items() if name not in aside}
    return {**rest, "error_description": document["error_description"].removesuffix(tail)}


def _kind(name: str, value: Any) -> Any:
    if name in _TIMES:
        return type(value).__name__
    return "..." if name in _TOKENS else value
