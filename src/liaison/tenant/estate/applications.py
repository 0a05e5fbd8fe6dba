"""Applications: registrations with their secrets, service principals, and the permissions each API offers."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from liaison.tenant.estate import Estate

GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000"
DATAVERSE_APP_ID = "00000007-0000-0000-c000-000000000000"
GRAPH_RESOURCE = "https://graph.microsoft.com"

_RECYCLE_BIN_S = 30 * 86_400

_TABLES = """
CREATE TABLE IF NOT EXISTS applications (
  id TEXT PRIMARY KEY, app_id TEXT NOT NULL UNIQUE, display_name TEXT NOT NULL,
  publisher TEXT NOT NULL DEFAULT '', first_party INTEGER NOT NULL DEFAULT 0,
  identifier_uris TEXT NOT NULL DEFAULT '[]', redirect_uris TEXT NOT NULL DEFAULT '[]',
  logout_url TEXT, token_version INTEGER NOT NULL DEFAULT 1, public_client INTEGER NOT NULL DEFAULT 0,
  required_access TEXT NOT NULL DEFAULT '[]', preauthorized TEXT NOT NULL DEFAULT '[]', created TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS identifier_uris (
  uri TEXT PRIMARY KEY COLLATE NOCASE, app_id TEXT NOT NULL REFERENCES applications (app_id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS application_secrets (
  key_id TEXT PRIMARY KEY, app_id TEXT NOT NULL REFERENCES applications (app_id),
  display_name TEXT NOT NULL, secret TEXT NOT NULL, expires REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS application_secrets_by_app ON application_secrets (app_id);
CREATE TABLE IF NOT EXISTS application_certificates (
  thumbprint TEXT PRIMARY KEY, app_id TEXT NOT NULL REFERENCES applications (app_id), pem TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS application_certificates_by_app ON application_certificates (app_id);
CREATE TABLE IF NOT EXISTS service_principals (
  id TEXT PRIMARY KEY, app_id TEXT NOT NULL UNIQUE, display_name TEXT NOT NULL,
  account_enabled INTEGER NOT NULL DEFAULT 1, assignment_required INTEGER NOT NULL DEFAULT 0,
  names TEXT NOT NULL DEFAULT '[]', created TEXT NOT NULL, deleted REAL
);
CREATE TABLE IF NOT EXISTS permissions (
  resource_app_id TEXT NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('scope', 'role')),
  value TEXT NOT NULL COLLATE NOCASE, id TEXT NOT NULL, admin_only INTEGER NOT NULL,
  name TEXT NOT NULL, description TEXT NOT NULL,
  consent_en TEXT NOT NULL, consent_fr TEXT NOT NULL,
  member_types TEXT NOT NULL DEFAULT '["Application"]',
  PRIMARY KEY (resource_app_id, kind, value)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS permissions_by_id ON permissions (id);
"""


@dataclass(frozen=True)
class RequiredAccess:
    """What a registration declares that it needs of one API: delegated scopes and application roles, by value."""

    resource_app_id: str
    scopes: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Application:
    """An app registration. `token_version` is what its own API accepts (1 or 2); `preauthorized` are client ids
    that need no consent for its scopes; a first-party application never shows a consent page."""

    id: str
    app_id: str
    display_name: str
    publisher: str = ""
    first_party: bool = False
    identifier_uris: tuple[str, ...] = ()
    redirect_uris: tuple[str, ...] = ()
    logout_url: str | None = None
    token_version: int = 1
    public_client: bool = False
    required_access: tuple[RequiredAccess, ...] = ()
    preauthorized: tuple[str, ...] = ()
    created: str = ""


@dataclass(frozen=True)
class Secret:
    key_id: str
    app_id: str
    display_name: str
    secret: str
    expires: float


@dataclass(frozen=True)
class ServicePrincipal:
    """An application as this tenant knows it ("enterprise application"); `deleted` while in the recycle bin."""

    id: str
    app_id: str
    display_name: str
    account_enabled: bool = True
    assignment_required: bool = False
    names: tuple[str, ...] = ()
    created: str = ""
    deleted: float | None = None


@dataclass(frozen=True)
class Permission:
    """One permission that an API offers: a delegated scope or an application role.

    `consent_en` and `consent_fr` are the plain words of the consent page.
    """

    resource_app_id: str
    kind: str
    value: str
    id: str
    admin_only: bool
    name: str
    description: str
    consent_en: str = ""
    consent_fr: str = ""
    member_types: tuple[str, ...] = ("Application",)


def create_tables(estate: Estate) -> None:
    """Create the tables of applications; repeatable."""
    estate.db.run_script(_TABLES)


def add_application(estate: Estate, application: Application) -> Application:
    """Add a registration with its identifier URIs; raises `sqlite3.IntegrityError` when the app id is taken."""
    row = (
        application.id,
        application.app_id,
        application.display_name,
        application.publisher,
        application.first_party,
        json.dumps(application.identifier_uris),
        json.dumps(application.redirect_uris),
        application.logout_url,
        application.token_version,
        application.public_client,
        json.dumps([[item.resource_app_id, item.scopes, item.roles] for item in application.required_access]),
        json.dumps(application.preauthorized),
        application.created or estate.clock.stamp(),
    )
    with estate.db.change() as change:
        change.execute("INSERT INTO applications VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        change.executemany(
            "INSERT INTO identifier_uris VALUES (?, ?)",
            [(uri, application.app_id) for uri in application.identifier_uris],
        )
    return application


def set_redirect_uris(estate: Estate, app_id: str, redirect_uris: tuple[str, ...]) -> None:
    with estate.db.change() as change:
        change.execute(
            "UPDATE applications SET redirect_uris = ? WHERE app_id = ?", (json.dumps(redirect_uris), app_id)
        )


def find_application(estate: Estate, app_id: str) -> Application | None:
    row = estate.db.row("SELECT * FROM applications WHERE app_id = ?", (app_id.lower(),))
    return None if row is None else _application(row)


def find_application_by_uri(estate: Estate, identifier_uri: str) -> Application | None:
    """The application whose App ID URI this is."""
    row = estate.db.row(
        "SELECT applications.* FROM identifier_uris JOIN applications USING (app_id) WHERE uri = ?", (identifier_uri,)
    )
    return None if row is None else _application(row)


def list_applications(estate: Estate) -> list[Application]:
    return [_application(row) for row in estate.db.rows("SELECT * FROM applications ORDER BY display_name")]


def add_secret(estate: Estate, secret: Secret) -> None:
    with estate.db.change() as change:
        change.execute(
            "INSERT INTO application_secrets VALUES (?, ?, ?, ?, ?)",
            (secret.key_id, secret.app_id, secret.display_name, secret.secret, secret.expires),
        )


def remove_secret(estate: Estate, key_id: str) -> None:
    with estate.db.change() as change:
        change.execute("DELETE FROM application_secrets WHERE key_id = ?", (key_id,))


def application_secrets(estate: Estate, app_id: str) -> list[Secret]:
    """Every secret of a registration, expired ones too, the newest expiry first."""
    found = estate.db.rows("SELECT * FROM application_secrets WHERE app_id = ? ORDER BY expires DESC", (app_id,))
    return [Secret(row["key_id"], row["app_id"], row["display_name"], row["secret"], row["expires"]) for row in found]


def add_certificate(estate: Estate, app_id: str, thumbprint: str, pem: str) -> None:
    """Register a certificate (PEM) that may sign client assertions, under its SHA-256 thumbprint in hex."""
    with estate.db.change() as change:
        change.execute("INSERT OR REPLACE INTO application_certificates VALUES (?, ?, ?)", (thumbprint, app_id, pem))


def application_certificates(estate: Estate, app_id: str) -> list[str]:
    """The registered certificates of an application, as PEM."""
    return [
        row["pem"] for row in estate.db.rows("SELECT pem FROM application_certificates WHERE app_id = ?", (app_id,))
    ]


def add_service_principal(estate: Estate, principal: ServicePrincipal) -> ServicePrincipal:
    with estate.db.change() as change:
        change.execute(
            "INSERT INTO service_principals VALUES (?, ?, ?, ?, ?, ?, ?, NULL)",
            (
                principal.id,
                principal.app_id,
                principal.display_name,
                principal.account_enabled,
                principal.assignment_required,
                json.dumps(principal.names),
                principal.created or estate.clock.stamp(),
            ),
        )
    return principal


def find_service_principal(estate: Estate, app_id: str) -> ServicePrincipal | None:
    """The service principal of an application, unless it is in the recycle bin."""
    row = estate.db.row("SELECT * FROM service_principals WHERE app_id = ? AND deleted IS NULL", (app_id.lower(),))
    return None if row is None else _principal(row)


def find_service_principal_by_id(estate: Estate, object_id: str) -> ServicePrincipal | None:
    """The service principal with this object id, unless it is in the recycle bin."""
    row = estate.db.row("SELECT * FROM service_principals WHERE id = ? AND deleted IS NULL", (object_id.lower(),))
    return None if row is None else _principal(row)


def list_service_principals(estate: Estate) -> list[ServicePrincipal]:
    found = estate.db.rows("SELECT * FROM service_principals WHERE deleted IS NULL ORDER BY display_name")
    return [_principal(row) for row in found]


def list_deleted_service_principals(estate: Estate) -> list[ServicePrincipal]:
    oldest = estate.clock.seconds() - _RECYCLE_BIN_S
    found = estate.db.rows("SELECT * FROM service_principals WHERE deleted >= ? ORDER BY display_name", (oldest,))
    return [_principal(row) for row in found]


def change_service_principal(
    estate: Estate, object_id: str, *, account_enabled: bool | None = None, assignment_required: bool | None = None
) -> None:
    """Enable or disable sign-in to an application, or demand that people be assigned to it."""
    with estate.db.change() as change:
        change.execute(
            "UPDATE service_principals SET account_enabled = coalesce(?, account_enabled),"
            " assignment_required = coalesce(?, assignment_required) WHERE id = ?",
            (account_enabled, assignment_required, object_id),
        )


def delete_service_principal(estate: Estate, object_id: str) -> bool:
    """Put a service principal in the recycle bin; False when there is none. Source: EE:delete-application-portal."""
    with estate.db.change() as change:
        done = change.execute(
            "UPDATE service_principals SET deleted = ? WHERE id = ? AND deleted IS NULL",
            (estate.clock.seconds(), object_id),
        )
    return done.rowcount == 1


def restore_service_principal(estate: Estate, object_id: str) -> bool:
    """Take a service principal out of the recycle bin, where it stays for 30 days; False when it is not there."""
    oldest = estate.clock.seconds() - _RECYCLE_BIN_S
    with estate.db.change() as change:
        done = change.execute(
            "UPDATE service_principals SET deleted = NULL WHERE id = ? AND deleted >= ?", (object_id, oldest)
        )
    return done.rowcount == 1


def add_permissions(estate: Estate, permissions: list[Permission]) -> None:
    """Let an API offer these permissions; adding one again replaces it."""
    rows = [
        (
            item.resource_app_id,
            item.kind,
            item.value,
            item.id,
            item.admin_only,
            item.name,
            item.description,
            item.consent_en or item.name,
            item.consent_fr or item.consent_en or item.name,
            json.dumps(item.member_types),
        )
        for item in permissions
    ]
    with estate.db.change() as change:
        change.executemany("INSERT OR REPLACE INTO permissions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)


def find_permission(estate: Estate, resource_app_id: str, kind: str, value: str) -> Permission | None:
    """A permission of an API by its value (in any case); `kind` is "scope" or "role"."""
    row = estate.db.row(
        "SELECT * FROM permissions WHERE resource_app_id = ? AND kind = ? AND value = ?", (resource_app_id, kind, value)
    )
    return None if row is None else _permission(row)


def find_permission_by_id(estate: Estate, resource_app_id: str, kind: str, permission_id: str) -> Permission | None:
    row = estate.db.row(
        "SELECT * FROM permissions WHERE id = ? AND resource_app_id = ? AND kind = ?",
        (permission_id, resource_app_id, kind),
    )
    return None if row is None else _permission(row)


def list_permissions(estate: Estate, resource_app_id: str, kind: str) -> list[Permission]:
    """The scopes or roles an API offers; a service principal's `oauth2PermissionScopes` and `appRoles`."""
    found = estate.db.rows(
        "SELECT * FROM permissions WHERE resource_app_id = ? AND kind = ? ORDER BY value", (resource_app_id, kind)
    )
    return [_permission(row) for row in found]


def _application(row: sqlite3.Row) -> Application:
    return Application(
        row["id"],
        row["app_id"],
        row["display_name"],
        row["publisher"],
        bool(row["first_party"]),
        tuple(json.loads(row["identifier_uris"])),
        tuple(json.loads(row["redirect_uris"])),
        row["logout_url"],
        row["token_version"],
        bool(row["public_client"]),
        tuple(_required_access(item) for item in json.loads(row["required_access"])),
        tuple(json.loads(row["preauthorized"])),
        row["created"],
    )


def _required_access(item: list[Any]) -> RequiredAccess:
    resource, scopes, roles = item
    return RequiredAccess(resource, tuple(scopes), tuple(roles))


def _principal(row: sqlite3.Row) -> ServicePrincipal:
    return ServicePrincipal(
        row["id"],
        row["app_id"],
        row["display_name"],
        bool(row["account_enabled"]),
        bool(row["assignment_required"]),
        tuple(json.loads(row["names"])),
        row["created"],
        row["deleted"],
    )


def _permission(row: sqlite3.Row) -> Permission:
    return Permission(
        row["resource_app_id"],
        row["kind"],
        row["value"],
        row["id"],
        bool(row["admin_only"]),
        row["name"],
        row["description"],
        row["consent_en"],
        row["consent_fr"],
        tuple(json.loads(row["member_types"])),
    )
