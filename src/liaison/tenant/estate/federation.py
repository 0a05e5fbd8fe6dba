"""Federated credentials: tokens of another issuer that stand for an application's secret.

Source: Graph v1.0, api-reference/v1.0/resources/federatedidentitycredential.md.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from liaison.tenant.estate import Estate

TOKEN_EXCHANGE = "api://AzureADTokenExchange"  # noqa: S105 - an audience

_TABLE = """
CREATE TABLE IF NOT EXISTS federated_credentials (
  id TEXT PRIMARY KEY, app_id TEXT NOT NULL, name TEXT NOT NULL, issuer TEXT NOT NULL, subject TEXT NOT NULL,
  audiences TEXT NOT NULL, keys TEXT NOT NULL, UNIQUE (app_id, issuer, subject)
);
"""


@dataclass(frozen=True)
class FederatedCredential:
    """Whose tokens an application may show. `keys` is the issuer's JSON web key set.

    Entra reads the keys at the issuer's address; this tenant never leaves the machine, so they are registered.
    """

    id: str
    app_id: str
    name: str
    issuer: str
    subject: str
    audiences: tuple[str, ...] = (TOKEN_EXCHANGE,)
    keys: tuple[dict[str, Any], ...] = ()


def create_tables(estate: Estate) -> None:
    """Create the table of federated credentials; repeatable."""
    estate.db.run_script(_TABLE)


def add_federated_credential(estate: Estate, credential: FederatedCredential) -> None:
    """Register an issuer and a subject; raises `sqlite3.IntegrityError` when the application has this pair already."""
    with estate.db.change() as change:
        change.execute(
            "INSERT INTO federated_credentials VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                credential.id,
                credential.app_id,
                credential.name,
                credential.issuer,
                credential.subject,
                json.dumps(credential.audiences),
                json.dumps(credential.keys),
            ),
        )


def list_federated_credentials(estate: Estate, app_id: str) -> list[FederatedCredential]:
    """The federated credentials of an application, by name."""
    found = estate.db.rows("SELECT * FROM federated_credentials WHERE app_id = ? ORDER BY name", (app_id,))
    return [_credential(row) for row in found]


def remove_federated_credential(estate: Estate, credential_id: str) -> bool:
    """Forget a federated credential; False when there is none."""
    with estate.db.change() as change:
        done = change.execute("DELETE FROM federated_credentials WHERE id = ?", (credential_id,))
    return done.rowcount == 1


def _credential(row: sqlite3.Row) -> FederatedCredential:
    return FederatedCredential(
        row["id"],
        row["app_id"],
        row["name"],
        row["issuer"],
        row["subject"],
        tuple(json.loads(row["audiences"])),
        tuple(json.loads(row["keys"])),
    )
