"""What the tenant tells about itself when it is ready: addresses, applications with their secrets, people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from liaison.tenant.estate import Estate
from liaison.tenant.estate.applications import application_secrets
from liaison.tenant.estate.people import User, list_users, user_directory_roles, user_licences
from liaison.tenant.seeds.company import (
    APPLICATION_APP_ID,
    DELEGATED_APP_ID,
    ENVIRONMENTS,
    LIAISON_MANIFEST_ID,
    PEOPLE,
    TENANT_ID,
    TENANT_NAME,
)


def introduce(estate: Estate, ca: Path) -> dict[str, Any]:
    """The content of tenant.json."""
    return {
        "tenant": {
            "id": TENANT_ID,
            "name": TENANT_NAME,
            "http": estate.public_http,
            "https": estate.public_https,
            "ca": str(ca),
        },
        "apps": {
            "delegated": _application(estate, DELEGATED_APP_ID),
            "application": _application(estate, APPLICATION_APP_ID),
        },
        "environments": [
            {
                "key": environment.key,
                "name": environment.name,
                "http": estate.origins[index * 2],
                "https": estate.origins[index * 2 + 1],
                "organization_id": environment.organization_id,
            }
            for index, environment in enumerate(ENVIRONMENTS)
        ],
        "teams_manifest_id": LIAISON_MANIFEST_ID,
        "people": [_person(estate, user) for user in list_users(estate)],
    }


def _application(estate: Estate, app_id: str) -> dict[str, str]:
    return {"client_id": app_id, "client_secret": application_secrets(estate, app_id)[0].secret}


def _person(estate: Estate, user: User) -> dict[str, Any]:
    security_roles = next((person.crm_roles for person in PEOPLE if person.id == user.id), ())
    directory_roles = [role.display_name for role in user_directory_roles(estate, user.id)]
    return {
        "upn": user.upn,
        "name": user.display_name,
        "id": user.id,
        "roles": [*security_roles, *directory_roles],
        "licences": [licence.sku.part_number for licence in user_licences(estate, user.id)],
    }
