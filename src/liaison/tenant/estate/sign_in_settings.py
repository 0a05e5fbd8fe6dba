"""What a registration decides about signing in: who may, where answers go, which tokens and claims it asks for.

Source: Graph v1.0, api-reference/v1.0/resources/application.md; E:reference-microsoft-graph-app-manifest.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from liaison.tenant.estate import Estate

SINGLE_TENANT = "AzureADMyOrg"
MULTI_TENANT = "AzureADMultipleOrgs"
WEB, SPA, NATIVE = "web", "spa", "publicClient"

_TABLE = """
CREATE TABLE IF NOT EXISTS sign_in_settings (app_id TEXT PRIMARY KEY, document TEXT NOT NULL) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class SignInSettings:
    """The part of a registration that its sign-ins follow.

    Addresses of single-page applications and of native clients stand apart from those of web servers. The two
    `issues_` switches are the implicit and hybrid grants; `id_token_claims` and `access_token_claims` are optional
    claims by name; `group_claims` is "None", "SecurityGroup", "DirectoryRole", "ApplicationGroup" or "All".
    """

    audience: str = MULTI_TENANT
    spa_redirect_uris: tuple[str, ...] = ()
    native_redirect_uris: tuple[str, ...] = ()
    issues_id_tokens: bool = False
    issues_access_tokens: bool = False
    id_token_claims: tuple[str, ...] = ()
    access_token_claims: tuple[str, ...] = ()
    group_claims: str = "None"


DEFAULT_SETTINGS = SignInSettings()


def create_tables(estate: Estate) -> None:
    """Create the table of settings; repeatable."""
    estate.db.run_script(_TABLE)


def save_sign_in_settings(estate: Estate, app_id: str, settings: SignInSettings) -> None:
    """Set what a registration decides; it replaces what it decided before."""
    with estate.db.change() as change:
        change.execute("INSERT OR REPLACE INTO sign_in_settings VALUES (?, ?)", (app_id, json.dumps(asdict(settings))))


def sign_in_settings(estate: Estate, app_id: str) -> SignInSettings:
    """What a registration decides; the defaults of a new one where it says nothing."""
    text = estate.db.value("SELECT document FROM sign_in_settings WHERE app_id = ?", (app_id.lower(),))
    if text is None:
        return DEFAULT_SETTINGS
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in json.loads(text).items()
    }
    return SignInSettings(**values)


def all_redirect_uris(web: Iterable[str], settings: SignInSettings) -> list[tuple[str, str]]:
    """Every registered address with its kind: "web", "spa" or "publicClient"."""
    return [
        *((address, WEB) for address in web),
        *((address, SPA) for address in settings.spa_redirect_uris),
        *((address, NATIVE) for address in settings.native_redirect_uris),
    ]
