"""Consent as the tenant records it: delegated grants, application permissions, and requests to an administrator."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from liaison.tenant.estate import Estate
from liaison.tenant.estate.applications import find_permission_by_id
from liaison.tenant.estate.switches import get_switch

ALL_PRINCIPALS = "AllPrincipals"
PRINCIPAL = "Principal"
# An assignment without a role: the person or application may use the application, nothing more.
DEFAULT_ACCESS = "00000000-0000-0000-0000-000000000000"

_TABLES = """
CREATE TABLE IF NOT EXISTS permission_grants (
  id TEXT PRIMARY KEY, client_id TEXT NOT NULL, consent_type TEXT NOT NULL,
  principal_id TEXT, resource_id TEXT NOT NULL, scope TEXT NOT NULL,
  former_scope TEXT NOT NULL DEFAULT '', effective REAL NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX IF NOT EXISTS permission_grants_once
  ON permission_grants (client_id, resource_id, consent_type, coalesce(principal_id, ''));
CREATE INDEX IF NOT EXISTS permission_grants_by_principal ON permission_grants (principal_id);
CREATE INDEX IF NOT EXISTS permission_grants_by_resource ON permission_grants (resource_id);
CREATE TABLE IF NOT EXISTS app_role_assignments (
  id TEXT PRIMARY KEY, created TEXT NOT NULL, principal_id TEXT NOT NULL, principal_type TEXT NOT NULL,
  resource_id TEXT NOT NULL, app_role_id TEXT NOT NULL,
  UNIQUE (principal_id, resource_id, app_role_id)
);
CREATE INDEX IF NOT EXISTS app_role_assignments_by_resource ON app_role_assignments (resource_id);
CREATE TABLE IF NOT EXISTS consent_requests (
  id TEXT PRIMARY KEY, app_id TEXT NOT NULL, user_id TEXT NOT NULL, scopes TEXT NOT NULL,
  reason TEXT NOT NULL, created TEXT NOT NULL, status TEXT NOT NULL
);
"""


@dataclass(frozen=True)
class PermissionGrant:
    """A delegated grant. `client_id` and `resource_id` are object ids of service principals, not app ids.

    Source: Graph v1.0, api-reference/v1.0/resources/oauth2permissiongrant.md
    """

    id: str
    client_id: str
    consent_type: str
    principal_id: str | None
    resource_id: str
    scope: str

    @property
    def scopes(self) -> frozenset[str]:
        return frozenset(self.scope.split())


@dataclass(frozen=True)
class AppRoleAssignment:
    """A principal that holds an application role of a resource.

    Source: Graph v1.0, api-reference/v1.0/resources/approleassignment.md
    """

    id: str
    created: str
    principal_id: str
    principal_type: str
    resource_id: str
    app_role_id: str


@dataclass(frozen=True)
class ConsentRequest:
    """A person's request that an administrator grant these scopes to an application."""

    id: str
    app_id: str
    user_id: str
    scopes: str
    reason: str
    created: str
    status: str


def create_tables(estate: Estate) -> None:
    """Create the tables of consent; repeatable."""
    estate.db.run_script(_TABLES)


def create_grant(
    estate: Estate, client_id: str, resource_id: str, scopes: frozenset[str], principal_id: str | None = None
) -> PermissionGrant:
    """Record a delegated grant, for everybody when `principal_id` is None; adds to a grant that is already there."""
    found = _find_grant(estate, client_id, resource_id, principal_id)
    if found is not None:
        return change_grant(estate, found.id, _spelled(found.scopes | scopes)) or found
    kind = ALL_PRINCIPALS if principal_id is None else PRINCIPAL
    grant = PermissionGrant(estate.ids.token(32), client_id, kind, principal_id, resource_id, _spelled(scopes))
    with estate.db.change() as change:
        change.execute(
            "INSERT INTO permission_grants VALUES (?, ?, ?, ?, ?, ?, '', ?)",
            (grant.id, client_id, kind, principal_id, resource_id, grant.scope, _effective(estate)),
        )
    return grant


def replace_grant(
    estate: Estate, client_id: str, resource_id: str, scopes: frozenset[str], principal_id: str | None = None
) -> PermissionGrant:
    """Record a grant with exactly these scopes; what an earlier one held beyond them is gone.

    Tenant-wide admin consent works this way. Source: EE:grant-admin-consent.
    """
    found = _find_grant(estate, client_id, resource_id, principal_id)
    if found is None:
        return create_grant(estate, client_id, resource_id, scopes, principal_id)
    return change_grant(estate, found.id, _spelled(scopes)) or found


def change_grant(estate: Estate, grant_id: str, scope: str) -> PermissionGrant | None:
    """Set the scopes of a grant; None when there is none with this id."""
    with estate.db.change() as change:
        change.execute(
            "UPDATE permission_grants SET former_scope = scope, scope = ?, effective = ? WHERE id = ?",
            (scope, _effective(estate), grant_id),
        )
    return find_grant(estate, grant_id)


def find_grant(estate: Estate, grant_id: str) -> PermissionGrant | None:
    row = estate.db.row("SELECT * FROM permission_grants WHERE id = ?", (grant_id,))
    return None if row is None else _grant(row)


def delete_grant(estate: Estate, grant_id: str) -> bool:
    """Revoke a grant: the next refresh misses its scopes; False when there is none."""
    with estate.db.change() as change:
        done = change.execute("DELETE FROM permission_grants WHERE id = ?", (grant_id,))
    return done.rowcount == 1


def list_grants(
    estate: Estate,
    client_id: str | None = None,
    consent_type: str | None = None,
    principal_id: str | None = None,
    resource_id: str | None = None,
) -> list[PermissionGrant]:
    """Grants that match every condition given."""
    found = estate.db.rows(
        "SELECT * FROM permission_grants WHERE (:client_id IS NULL OR client_id = :client_id)"
        " AND (:consent_type IS NULL OR consent_type = :consent_type)"
        " AND (:principal_id IS NULL OR principal_id = :principal_id)"
        " AND (:resource_id IS NULL OR resource_id = :resource_id) ORDER BY id",
        {
            "client_id": client_id,
            "consent_type": consent_type,
            "principal_id": principal_id,
            "resource_id": resource_id,
        },
    )
    return [_grant(row) for row in found]


def granted_scopes(estate: Estate, client_id: str, resource_id: str, user_id: str) -> frozenset[str]:
    """What a client may do at a resource for a user now: tenant-wide and personal grants that have taken effect."""
    found = estate.db.rows(
        "SELECT CASE WHEN effective <= ? THEN scope ELSE former_scope END AS scope FROM permission_grants"
        " WHERE client_id = ? AND resource_id = ? AND (principal_id IS NULL OR principal_id = ?)",
        (estate.clock.seconds(), client_id, resource_id, user_id),
    )
    return frozenset(scope for row in found for scope in row["scope"].split())


def assign_app_role(
    estate: Estate, principal_id: str, resource_id: str, app_role_id: str, principal_type: str = "ServicePrincipal"
) -> AppRoleAssignment:
    """Give a principal an application role; giving it again changes nothing."""
    with estate.db.change() as change:
        change.execute(
            "INSERT OR IGNORE INTO app_role_assignments VALUES (?, ?, ?, ?, ?, ?)",
            (estate.ids.token(32), estate.clock.stamp(), principal_id, principal_type, resource_id, app_role_id),
        )
    return list_app_role_assignments(estate, principal_id, resource_id, app_role_id)[0]


def list_app_role_assignments(
    estate: Estate, principal_id: str | None = None, resource_id: str | None = None, app_role_id: str | None = None
) -> list[AppRoleAssignment]:
    """Assignments that match every condition given."""
    found = estate.db.rows(
        "SELECT * FROM app_role_assignments WHERE (:principal_id IS NULL OR principal_id = :principal_id)"
        " AND (:resource_id IS NULL OR resource_id = :resource_id)"
        " AND (:app_role_id IS NULL OR app_role_id = :app_role_id) ORDER BY created, id",
        {"principal_id": principal_id, "resource_id": resource_id, "app_role_id": app_role_id},
    )
    return [AppRoleAssignment(*row) for row in found]


def delete_app_role_assignment(estate: Estate, assignment_id: str) -> bool:
    with estate.db.change() as change:
        done = change.execute("DELETE FROM app_role_assignments WHERE id = ?", (assignment_id,))
    return done.rowcount == 1


def held_roles(estate: Estate, principal_id: str, resource_id: str, resource_app_id: str) -> frozenset[str]:
    """The values of the application roles that a principal holds at a resource."""
    found = estate.db.rows(
        "SELECT app_role_id FROM app_role_assignments WHERE principal_id = ? AND resource_id = ?",
        (principal_id, resource_id),
    )
    held = [find_permission_by_id(estate, resource_app_id, "role", row["app_role_id"]) for row in found]
    return frozenset(permission.value for permission in held if permission is not None)


def add_consent_request(estate: Estate, app_id: str, user_id: str, scopes: str, reason: str) -> ConsentRequest:
    """File a person's request for an administrator's approval."""
    asked = ConsentRequest(estate.ids.guid(), app_id, user_id, scopes, reason, estate.clock.stamp(), "InProgress")
    with estate.db.change() as change:
        change.execute(
            "INSERT INTO consent_requests VALUES (?, ?, ?, ?, ?, ?, ?)",
            (asked.id, app_id, user_id, scopes, reason, asked.created, asked.status),
        )
    return asked


def list_consent_requests(estate: Estate, app_id: str | None = None) -> list[ConsentRequest]:
    """Requests for approval, newest first; of one application when it is given."""
    found = estate.db.rows(
        "SELECT * FROM consent_requests WHERE :app_id IS NULL OR app_id = :app_id ORDER BY created DESC",
        {"app_id": app_id},
    )
    return [ConsentRequest(*row) for row in found]


def close_consent_requests(estate: Estate, app_id: str, status: str) -> None:
    """Settle every open request for an application, as "Completed" or "Denied"."""
    with estate.db.change() as change:
        change.execute(
            "UPDATE consent_requests SET status = ? WHERE app_id = ? AND status = 'InProgress'", (status, app_id)
        )


def _find_grant(estate: Estate, client_id: str, resource_id: str, principal_id: str | None) -> PermissionGrant | None:
    row = estate.db.row(
        "SELECT * FROM permission_grants WHERE client_id = ? AND resource_id = ? AND principal_id IS ?",
        (client_id, resource_id, principal_id),
    )
    return None if row is None else _grant(row)


def _effective(estate: Estate) -> float:
    """When a grant made now reaches the token service; at once unless the switch says later."""
    return estate.clock.seconds() + get_switch(estate, "entra.consent_delay_s", 0.0)


def _spelled(scopes: frozenset[str]) -> str:
    return " ".join(sorted(scopes))


def _grant(row: sqlite3.Row) -> PermissionGrant:
    return PermissionGrant(
        row["id"], row["client_id"], row["consent_type"], row["principal_id"], row["resource_id"], row["scope"]
    )
