"""Where the server is, and where this machine keeps what belongs to it."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DEFAULT_SERVER = "http://localhost:8300"
_FOLDER = ".liaison"


@dataclass(frozen=True)
class Tenant:
    """Where and for which application people sign in."""

    authority: str
    """Sign-in address of the tenant, such as `https://login.microsoftonline.com/{tenant id}`."""
    client_id: str
    also: tuple[str, ...] = ()
    """What else the person is asked to allow at the first sign-in, where nobody has allowed it for everybody."""


def data_folder() -> Path:
    """LIAISON_DATA_FOLDER, else `.liaison` here when there is one, else `.liaison` in the home folder."""
    named = os.environ.get("LIAISON_DATA_FOLDER", "")
    if named:
        return Path(named)
    return Path(_FOLDER) if Path(_FOLDER).is_dir() else Path.home() / _FOLDER


def read_demo() -> dict[str, Any]:
    """What the demo wrote when it was ready; empty without one."""
    try:
        found = json.loads((data_folder() / "demo.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return found if isinstance(found, dict) else {}


def server_address(asked: str) -> str:
    """The one asked for, else LIAISON_SERVER, else the demo's, else the usual local address."""
    found = asked or os.environ.get("LIAISON_SERVER", "") or read_demo().get("product", "") or DEFAULT_SERVER
    return str(found).rstrip("/")


def tenant_of(server: str, authority: str = "", tenant_id: str = "", client_id: str = "") -> Tenant | None:
    """From the options, else the environment (the server's own variables), else the demo; None when unknown."""
    login = authority or os.environ.get("LIAISON_LOGIN_BASE", "")
    tenant = tenant_id or os.environ.get("LIAISON_TENANT_ID", "")
    client = client_id or os.environ.get("LIAISON_CLIENT_ID", "")
    demo = read_demo()
    also: tuple[str, ...] = ()
    if demo.get("product", "").rstrip("/") == server:
        places = (f"{place['http']}/user_impersonation" for place in demo["environments"])
        also = ("https://graph.microsoft.com/User.Read", *places)
        login = login or demo["tenant"]["http"]
        tenant = tenant or demo["tenant"]["id"]
        client = client or demo["apps"]["delegated"]["client_id"]
    if not tenant or not client:
        return None
    return Tenant(f"{(login or 'https://login.microsoftonline.com').rstrip('/')}/{tenant}", client, also)
