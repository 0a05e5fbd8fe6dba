"""What may stand between a valid sign-in and a token: disabled accounts, assignment, Conditional Access.

Source: E:reference-error-codes, E:claims-challenge.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from liaison.tenant.entra.errors import EntraRefused
from liaison.tenant.estate import Estate
from liaison.tenant.estate.applications import Application, ServicePrincipal, find_service_principal
from liaison.tenant.estate.grants import list_app_role_assignments
from liaison.tenant.estate.people import User, find_user
from liaison.tenant.estate.switches import get_switch

_POLICY_ID = "c1c7d5a4-40a5-4b36-9d2c-0e6b8f3a9d11"
MFA = "mfa"


def require_principal(estate: Estate, client: Application) -> ServicePrincipal:
    """The client's service principal; raises EntraRefused when it is deleted or disabled."""
    principal = find_service_principal(estate, client.app_id)
    if principal is None:
        raise EntraRefused(700016, app_id=client.app_id)
    if not principal.account_enabled:
        raise EntraRefused(7000112, app_id=client.app_id, app=client.display_name)
    return principal


def require_user(estate: Estate, user_id: str) -> User:
    """An account that may sign in; raises EntraRefused when it is gone or disabled."""
    user = find_user(estate, user_id)
    if user is None:
        raise EntraRefused(50034, user=user_id)
    if not user.account_enabled:
        raise EntraRefused(50057)
    return user


def require_assignment(estate: Estate, client: Application, principal: ServicePrincipal, user: User) -> None:
    """Raise EntraRefused when the application is for assigned people only and this one is not assigned."""
    demanded = principal.assignment_required or get_switch(estate, "entra.assignment_required", False)
    if client.first_party or not demanded:
        return
    if not list_app_role_assignments(estate, user.id, principal.id):
        raise EntraRefused(50105, app=client.display_name, app_id=client.app_id, user=user.upn)


def require_fresh(user: User, issued: float) -> None:
    """Raise EntraRefused when a grant is older than the user's last forced sign-out."""
    if issued < user.sessions_valid_from:
        raise EntraRefused(50173, issued=_moment(issued), valid_from=_moment(user.sessions_valid_from))


def require_conditions(
    estate: Estate, methods: tuple[str, ...], claims: str | None, *, managed: bool, resource: str
) -> None:
    """Raise EntraRefused with a claims challenge when a Conditional Access policy is not met."""
    if needs_mfa(estate, methods, claims):
        raise EntraRefused(50076, claims=_challenge(), resource=resource)
    if get_switch(estate, "entra.device_not_compliant", False) and not managed:
        raise EntraRefused(53000, claims=_challenge())


def needs_mfa(estate: Estate, methods: tuple[str, ...], claims: str | None) -> bool:
    """Whether the person must prove themselves a second time, by the tenant's policy or by a claims request."""
    if MFA in methods:
        return False
    return bool(get_switch(estate, "entra.mfa_required", False)) or bool(requested_contexts(claims))


def requested_contexts(claims: str | None) -> list[str]:
    """The authentication contexts (`acrs`) a claims request asks for. Source: E:claims-challenge."""
    acrs = _access_token_claims(claims).get("acrs")
    if not isinstance(acrs, Mapping):
        return []
    values = acrs.get("values", [acrs.get("value")])
    return [value for value in values if isinstance(value, str)]


def handles_challenges(claims: str | None) -> bool:
    """Whether a claims request announces that the client handles challenges (`xms_cc` with CP1)."""
    capability = _access_token_claims(claims).get("xms_cc")
    if not isinstance(capability, Mapping):
        return False
    return "cp1" in {str(value).lower() for value in capability.get("values", [])}


def is_managed_device(estate: Estate, user: User, headers: Mapping[str, str]) -> bool:
    """Whether the person's device counts as managed: by account, by switch, or by the header that Windows sends."""
    listed = get_switch(estate, "entra.managed_devices", [""])
    return user.managed_device or user.upn in listed or user.id in listed or "x-ms-refreshtokencredential" in headers


def _access_token_claims(claims: str | None) -> Mapping[str, Any]:
    if not claims:
        return {}
    try:
        document = json.loads(claims)
    except ValueError as error:
        raise EntraRefused(90023, reason="The claims parameter is not valid JSON.") from error
    wanted = document.get("access_token") if isinstance(document, dict) else None
    return wanted if isinstance(wanted, dict) else {}


def _challenge() -> str:
    return json.dumps({"access_token": {"capolids": {"essential": True, "values": [_POLICY_ID]}}})


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
