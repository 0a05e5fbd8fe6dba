"""What may stand between a valid sign-in and a token: disabled accounts, assignment, Conditional Access.

Source: E:reference-error-codes, E:claims-challenge.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from liaison.tenant.entra.error_numbers import KNOWN
from liaison.tenant.entra.errors import EntraRefused
from liaison.tenant.estate import Estate
from liaison.tenant.estate.applications import Application, ServicePrincipal, find_service_principal
from liaison.tenant.estate.grants import list_app_role_assignments
from liaison.tenant.estate.people import User, find_user
from liaison.tenant.estate.switches import get_switch

_POLICY_ID = "c1c7d5a4-40a5-4b36-9d2c-0e6b8f3a9d11"
MFA = "mfa"
_DEVICE_STATES = {"entra.device_unknown": 50097, "entra.device_not_compliant": 53000, "entra.device_not_joined": 53001}


def require_principal(estate: Estate, client: Application) -> ServicePrincipal:
    """The client's service principal; raises EntraRefused when it is deleted or disabled."""
    principal = find_service_principal(estate, client.app_id)
    if principal is None:
        raise EntraRefused(700016, app_id=client.app_id)
    if not principal.account_enabled:
        raise EntraRefused(7000112, app_id=client.app_id, app=client.display_name)
    return principal


def refuse_on_order(estate: Estate, place: str, client: Application, person: str = "") -> None:
    """Raise EntraRefused when the switch `entra.refuse` names a number for a place: "authorize" or "token"."""
    ordered: dict[str, int] = get_switch(estate, "entra.refuse", {})
    number = ordered.get(place)
    if number not in KNOWN:
        return
    needs_person = KNOWN[number].error == "interaction_required"
    now = moment(estate.clock.seconds())
    facts = {"app": client.display_name, "app_id": client.app_id, "user": person, "resource": client.app_id}
    raise EntraRefused(number, claims=_challenge() if needs_person else None, issued=now, valid_from=now, **facts)


def require_user(estate: Estate, user_id: str) -> User:
    """An account that may sign in; raises EntraRefused when it is gone or disabled."""
    user = find_user(estate, user_id)
    if user is None:
        raise EntraRefused(50034, user=user_id[:100])
    if not user.account_enabled:
        raise EntraRefused(50057)
    number = account_trouble(estate, user)
    if number is not None:
        raise EntraRefused(number)
    return user


def account_trouble(estate: Estate, user: User) -> int | None:
    """The number of what keeps an enabled account out: a password that expired, or too many wrong ones."""
    if _is_listed(estate, "entra.password_expired", user):
        return 50055
    return 50053 if _is_listed(estate, "entra.locked_accounts", user) else None


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
        raise EntraRefused(50173, issued=moment(issued), valid_from=moment(user.sessions_valid_from))


def require_conditions(
    estate: Estate,
    user: User,
    methods: tuple[str, ...],
    claims: str | None,
    *,
    managed: bool,
    client: str,
    resource: str,
) -> None:
    """Raise EntraRefused when a Conditional Access policy is not met; mostly with claims to send back."""
    if {client, resource} & set(get_switch(estate, "entra.blocked_apps", [""])):
        raise EntraRefused(53003, claims=_challenge())
    if needs_mfa(estate, methods, claims):
        unready = _is_listed(estate, "entra.mfa_not_registered", user)
        raise EntraRefused(50079 if unready else 50076, claims=_challenge(), resource=resource)
    for switch, number in _DEVICE_STATES.items():
        if get_switch(estate, switch, False) and not managed:
            raise EntraRefused(number, claims=_challenge())


def require_recent_sign_in(estate: Estate, signed_in: float, issued: float) -> None:
    """Raise EntraRefused when a person proved themselves longer ago than the sign-in frequency allows."""
    longest_s = get_switch(estate, "entra.sign_in_frequency_s", 0.0)
    if longest_s and signed_in + longest_s < estate.clock.seconds():
        raise EntraRefused(70043, issued=moment(issued), seconds=f"{longest_s:.0f}")


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
    return [value for value in values if isinstance(value, str) and value.isascii()] if isinstance(values, list) else []


def handles_challenges(claims: str | None) -> bool:
    """Whether a claims request announces that the client handles challenges (`xms_cc` with CP1)."""
    capability = _access_token_claims(claims).get("xms_cc")
    if not isinstance(capability, Mapping):
        return False
    values = capability.get("values", [])
    return isinstance(values, list) and "cp1" in {str(value).lower() for value in values}


def is_managed_device(estate: Estate, user: User, headers: Mapping[str, str]) -> bool:
    """Whether the person's device counts as managed: by account, by switch, or by the header that Windows sends."""
    listed = get_switch(estate, "entra.managed_devices", [""])
    return user.managed_device or user.upn in listed or user.id in listed or "x-ms-refreshtokencredential" in headers


def _is_listed(estate: Estate, switch: str, user: User) -> bool:
    """Whether a switch that lists people, by id or UPN, names this one."""
    return bool({user.id, user.upn} & set(get_switch(estate, switch, [""])))


def _access_token_claims(claims: str | None) -> Mapping[str, Any]:
    if not claims:
        return {}
    try:
        document = json.loads(claims)
    except ValueError as error:
        raise EntraRefused(90023, reason="The claims parameter is not valid JSON.") from error
    except RecursionError as error:
        raise EntraRefused(90023, reason="The claims parameter is nested too deeply.") from error
    wanted = document.get("access_token") if isinstance(document, dict) else None
    return wanted if isinstance(wanted, dict) else {}


def _challenge() -> str:
    return json.dumps({"access_token": {"capolids": {"essential": True, "values": [_POLICY_ID]}}})


def moment(seconds: float) -> str:
    """A moment as the texts of errors write it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
