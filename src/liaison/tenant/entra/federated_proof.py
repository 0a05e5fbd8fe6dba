"""A token of another issuer as an application's proof of itself.

Source: entra-docs, docs/workload-id/workload-identity-federation.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from liaison.tenant.entra.errors import EntraRefused
from liaison.tenant.estate import Estate
from liaison.tenant.estate.applications import Application
from liaison.tenant.estate.callers import BearerRefused, read_own_token
from liaison.tenant.estate.federation import FederatedCredential, list_federated_credentials
from liaison.tenant.seeds.company import TENANT_ID

_ALGORITHMS = ["RS256", "PS256", "ES256"]


def is_federated(application: Application, claims: Mapping[str, Any]) -> bool:
    """Whether an assertion is somebody else's: an application's own names the application as its issuer."""
    issuer = claims.get("iss")
    return isinstance(issuer, str) and issuer.startswith(("http://", "https://")) and issuer != application.app_id


def check_federated(estate: Estate, application: Application, claims: Mapping[str, Any], text: str) -> None:
    """Raise EntraRefused unless a registered issuer vouches for a registered subject, with the right audience."""
    credential = _matching(estate, application, claims)
    if _is_own(credential):
        _check_own(estate, text)
    else:
        _check_foreign(credential, text)
    now = estate.clock.seconds()
    until, since = _number(claims, "exp", 0.0), _number(claims, "nbf", 0.0)
    if until <= now or since > now + 300:
        raise EntraRefused(700024, now=f"{now:.0f}", from_time=f"{since:.0f}", to_time=f"{until:.0f}")


def _matching(estate: Estate, application: Application, claims: Mapping[str, Any]) -> FederatedCredential:
    issuer, subject = str(claims.get("iss", "")), str(claims.get("sub", ""))
    known = [item for item in list_federated_credentials(estate, application.app_id) if item.issuer == issuer]
    if not known:
        raise EntraRefused(700211, issuer=issuer[:200])
    found = next((item for item in known if item.subject == subject), None)
    if found is None:
        raise EntraRefused(700213, subject=subject[:200])
    audience = claims.get("aud")
    given = audience if isinstance(audience, list) else [audience]
    if not set(found.audiences) & {item for item in given if isinstance(item, str)}:
        raise EntraRefused(700212, audience=str(audience)[:200])
    return found


def _is_own(credential: FederatedCredential) -> bool:
    return f"/{TENANT_ID}/" in credential.issuer


def _check_own(estate: Estate, text: str) -> None:
    try:
        claims = read_own_token(estate, text)
    except BearerRefused as refused:
        raise EntraRefused(700027, reason="The key was not found or the signature is wrong") from refused
    if "scp" in claims:
        raise EntraRefused(700229)


def _check_foreign(credential: FederatedCredential, text: str) -> None:
    try:
        keys = KeySet.import_key_set({"keys": list(credential.keys)})
        jwt.decode(text, keys, algorithms=_ALGORITHMS)
    except (JoseError, ValueError) as error:
        raise EntraRefused(700027, reason="The key was not found or the signature is wrong") from error


def _number(claims: Mapping[str, Any], name: str, default: float) -> float:
    value = claims.get(name, default)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else default
