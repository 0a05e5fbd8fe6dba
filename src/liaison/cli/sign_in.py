"""Signing in with a device code, and keeping the sign-in on this machine. Source: RFC 8628; E:v2-oauth2-device-code."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from liaison.cli.http import send_form
from liaison.cli.places import Tenant, data_folder

if TYPE_CHECKING:
    from liaison.errors import SignInRefused

FRESH_FOR_S = 120
"""A token with less life left is renewed before it is used."""


@dataclass(frozen=True)
class Kept:
    """A sign-in at one server."""

    authority: str
    client_id: str
    access_token: str
    expires_at: float
    refresh_token: str


@dataclass(frozen=True)
class DeviceCode:
    """What the person types where, and what we ask with meanwhile."""

    user_code: str
    address: str
    device_code: str
    interval_s: float
    expires_at: float


def scope_of(tenant: Tenant) -> str:
    return f"{tenant.client_id}/access_as_user openid profile offline_access"


def start_device_code(tenant: Tenant) -> DeviceCode:
    """The token will be for the scope that is named first, our own. Raises SignInRefused."""
    fields = {"client_id": tenant.client_id, "scope": " ".join([scope_of(tenant), *tenant.also])}
    answer = send_form(f"{tenant.authority}/oauth2/v2.0/devicecode", fields)
    told = answer.json()
    if answer.status != 200:
        raise _refused(told)
    return DeviceCode(
        told["user_code"],
        told["verification_uri"],
        told["device_code"],
        float(told.get("interval", 5)),
        time.time() + float(told["expires_in"]),
    )


def wait_for_token(tenant: Tenant, device: DeviceCode, sleep: Callable[[float], None] = time.sleep) -> Kept:
    """Ask until the person has signed in. Raises SignInRefused when they declined or took too long."""
    fields = {
        "client_id": tenant.client_id,
        "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
        "device_code": device.device_code,
    }
    interval_s = device.interval_s
    while True:
        answer = send_form(f"{tenant.authority}/oauth2/v2.0/token", fields)
        told = answer.json()
        if answer.status == 200:
            return _kept(tenant, told)
        if told.get("error") not in {"authorization_pending", "slow_down"} or time.time() > device.expires_at:
            raise _refused(told)
        if told["error"] == "slow_down":
            interval_s += 5
        sleep(interval_s)


def access_token(server: str) -> str:
    """A token that is good for a while, renewed when needed. Raises SessionMissing, SignInExpired."""
    kept = read_kept(server)
    if kept is None:
        from liaison.errors import SessionMissing

        raise SessionMissing
    if kept.expires_at - time.time() > FRESH_FOR_S:
        return kept.access_token
    return _renew(server, kept)


def _renew(server: str, kept: Kept) -> str:
    tenant = Tenant(kept.authority, kept.client_id)
    fields = {
        "client_id": kept.client_id,
        "grant_type": "refresh_token",
        "refresh_token": kept.refresh_token,
        "scope": scope_of(tenant),
    }
    answer = send_form(f"{kept.authority}/oauth2/v2.0/token", fields)
    if answer.status != 200:
        newer = read_kept(server)
        if newer is not None and newer.access_token != kept.access_token:  # another command was faster
            return newer.access_token
        from liaison.errors import SignInExpired

        raise SignInExpired(str(answer.json().get("error", "")))
    renewed = _kept(tenant, answer.json())
    keep(server, replace(renewed, refresh_token=renewed.refresh_token or kept.refresh_token))
    return renewed.access_token


def _kept(tenant: Tenant, told: dict[str, Any]) -> Kept:
    expires_at = time.time() + float(told.get("expires_in", 600))
    return Kept(tenant.authority, tenant.client_id, told["access_token"], expires_at, told.get("refresh_token", ""))


def _refused(told: dict[str, Any]) -> SignInRefused:
    from liaison.errors import SignInRefused

    code = str(told.get("error_description", "")).partition(":")[0]
    return SignInRefused(code if code.startswith("AADSTS") else str(told.get("error", "")), str(told.get("error", "")))


# --- the file --------------------------------------------------------------------------------------------------


def _file() -> Path:
    return data_folder() / "sign-in.json"


def _read_all() -> dict[str, dict[str, Any]]:
    try:
        found = json.loads(_file().read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return found if isinstance(found, dict) else {}


def read_kept(server: str) -> Kept | None:
    found = _read_all().get(server)
    return Kept(**found) if found else None


def keep(server: str, kept: Kept) -> None:
    _write({**_read_all(), server: asdict(kept)})


def forget(server: str) -> None:
    """Nothing kept already is done."""
    _write({name: value for name, value in _read_all().items() if name != server})


def _write(content: dict[str, Any]) -> None:
    """Whole or not at all, and readable by its owner only."""
    path = _file()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=1)
    draft.replace(path)
