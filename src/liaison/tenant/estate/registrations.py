"""Registrations that are changed after they were made, and the service principal that stands for one.

Source: EE:app-objects-and-service-principals.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from liaison.tenant.estate import Estate
from liaison.tenant.estate.applications import (
    Application,
    Permission,
    ServicePrincipal,
    add_permissions,
    add_service_principal,
    find_service_principal,
)


def change_application(estate: Estate, changed: Application) -> None:
    """Save a registration as it is now, with its identifier URIs; raises `sqlite3.IntegrityError` for a taken one."""
    with estate.db.change() as change:
        change.execute(
            "UPDATE applications SET display_name = ?, identifier_uris = ?, redirect_uris = ?, logout_url = ?,"
            " token_version = ?, public_client = ?, required_access = ?, preauthorized = ? WHERE app_id = ?",
            (
                changed.display_name,
                json.dumps(changed.identifier_uris),
                json.dumps(changed.redirect_uris),
                changed.logout_url,
                changed.token_version,
                changed.public_client,
                json.dumps([[item.resource_app_id, item.scopes, item.roles] for item in changed.required_access]),
                json.dumps(changed.preauthorized),
                changed.app_id,
            ),
        )
        change.execute("DELETE FROM identifier_uris WHERE app_id = ?", (changed.app_id,))
        change.executemany(
            "INSERT INTO identifier_uris VALUES (?, ?)", [(uri, changed.app_id) for uri in changed.identifier_uris]
        )


def delete_application(estate: Estate, app_id: str) -> None:
    """Forget a registration with its secrets; its service principal goes too."""
    with estate.db.change() as change:
        for table in ("application_secrets", "application_certificates", "identifier_uris", "service_principals"):
            change.execute(f"DELETE FROM {table} WHERE app_id = ?", (app_id,))  # noqa: S608 - names from above
        change.execute("DELETE FROM permissions WHERE resource_app_id = ?", (app_id,))
        change.execute("DELETE FROM sign_in_settings WHERE app_id = ?", (app_id,))
        change.execute("DELETE FROM applications WHERE app_id = ?", (app_id,))


def offer_permissions(estate: Estate, app_id: str, kind: str, offered: Sequence[Permission]) -> None:
    """Let an API offer these scopes or roles and no others."""
    with estate.db.change() as change:
        change.execute("DELETE FROM permissions WHERE resource_app_id = ? AND kind = ?", (app_id, kind))
        add_permissions(estate, list(offered))


def ensure_service_principal(estate: Estate, application: Application) -> ServicePrincipal | None:
    """The service principal of an application of this tenant, made if there never was one.

    None while it is in the recycle bin.
    """
    found = find_service_principal(estate, application.app_id)
    if found is not None or has_service_principal(estate, application.app_id):
        return found
    return add_service_principal(
        estate,
        ServicePrincipal(
            estate.ids.guid(), application.app_id, application.display_name, names=application.identifier_uris
        ),
    )


def has_service_principal(estate: Estate, app_id: str) -> bool:
    """Whether an application has a service principal, in the recycle bin or not."""
    return estate.db.value("SELECT 1 FROM service_principals WHERE app_id = ?", (app_id,)) is not None
