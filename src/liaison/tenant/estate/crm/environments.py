"""The environments of the company: their organization, their flags, their row versions, and what is cached of them."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace

from liaison.tenant.estate import Estate
from liaison.tenant.estate.crm.catalogue import TABLES
from liaison.tenant.estate.crm.customizations import customized
from liaison.tenant.estate.crm.model import Flags, Model, TableModel, build_model, start_flags

# The metadata of a table shows a changed Teams flag only after a while. Source: BLOG2 in dataverse.md section 12.
TEAMS_FLAG_DELAY_S = 2.0


@dataclass(frozen=True)
class EnvironmentState:
    """What changes rarely; the epochs tell caches when to forget."""

    key: str
    name: str
    organization_id: str
    model_epoch: str
    security_epoch: str


_models: dict[str, Model] = {}


def add_environment(change: sqlite3.Connection, key: str, name: str, organization_id: str) -> None:
    """Register an environment with the flags every table starts with."""
    change.execute(
        "INSERT INTO crm_environments (key, name, organization_id, version, model_epoch, security_epoch)"
        " VALUES (?, ?, ?, 1000000, ?, ?)",
        (key, name, organization_id, _epoch(f"model/{key}"), _epoch(f"security/{key}")),
    )
    rows = [(key, table.name, *_numbers(start_flags(table))) for table in TABLES]
    change.executemany("INSERT INTO crm_flags VALUES (?, ?, ?, ?, ?)", rows)


def find_environment(estate: Estate, key: str) -> EnvironmentState | None:
    def read() -> EnvironmentState | None:
        row = estate.db.row(
            "SELECT key, name, organization_id, model_epoch, security_epoch FROM crm_environments WHERE key = ?", (key,)
        )
        if row is None:
            return None
        life = estate.db.life
        return EnvironmentState(row[0], row[1], row[2], f"{row[3]}/{life}", f"{row[4]}/{life}")

    return estate.db.recall(("environment", key), read)


def read_model(estate: Estate, state: EnvironmentState) -> Model:
    """The tables of an environment as they are now; rebuilt only when a flag or a definition changed."""
    found = _models.get(state.model_epoch)
    if found is None:
        declared = customized(estate, state.key)
        flags = read_flags(estate, state.key)
        found = build_model(state.key, flags, declared.tables, declared.links, declared.choices)
        if len(_models) > 16:
            _models.clear()
        _models[state.model_epoch] = found
    return found


def read_flags(estate: Estate, environment: str) -> dict[str, Flags]:
    rows = estate.db.rows(
        "SELECT table_name, documents, teams, tracked FROM crm_flags WHERE environment = ?", (environment,)
    )
    return {row[0]: Flags(bool(row[1]), bool(row[2]), bool(row[3])) for row in rows}


def set_flags(estate: Estate, environment: str, table: str, flags: Flags) -> None:
    with estate.db.change() as change:
        change.execute(
            "INSERT OR REPLACE INTO crm_flags (documents, teams, tracked, environment, table_name)"
            " VALUES (?, ?, ?, ?, ?)",
            (*_numbers(flags), environment, table),
        )
        forget_model(change, environment)


def forget_model(change: sqlite3.Connection, environment: str) -> None:
    """Tables, columns or relationships changed: the model is built anew when next asked for."""
    epoch = _next_epoch(change, environment)
    change.execute("UPDATE crm_environments SET model_epoch = ? WHERE key = ?", (epoch, environment))


def ask_for_teams(estate: Estate, environment: str, tables: Mapping[str, bool], delay_s: float) -> None:
    """Let the Teams flag of tables change once `delay_s` has passed."""
    visible_at = estate.clock.seconds() + delay_s
    rows = [(environment, table, int(on), visible_at) for table, on in tables.items()]
    with estate.db.change() as change:
        change.executemany("INSERT OR REPLACE INTO crm_pending_teams VALUES (?, ?, ?, ?)", rows)


def settle_teams_flags(estate: Estate, environment: str) -> bool:
    """Apply the Teams flags whose time has come; tells whether any did."""
    pending = estate.db.recall(
        ("pending teams", environment),
        lambda: estate.db.rows(
            "SELECT table_name, teams, visible_at FROM crm_pending_teams WHERE environment = ?", (environment,)
        ),
    )
    due = [row for row in pending if row["visible_at"] <= estate.clock.seconds()] if pending else []
    if not due:
        return False
    flags = read_flags(estate, environment)
    with estate.db.change() as change:
        for table, teams, _ in due:
            set_flags(estate, environment, table, replace(flags[table], teams=bool(teams)))
            change.execute(
                "DELETE FROM crm_pending_teams WHERE environment = ? AND table_name = ?", (environment, table)
            )
    return True


def forget_rights(change: sqlite3.Connection, environment: str) -> None:
    """Roles, memberships or business units changed: nothing known about rights holds any more."""
    epoch = _next_epoch(change, environment)
    change.execute("UPDATE crm_environments SET security_epoch = ? WHERE key = ?", (epoch, environment))


def next_version(change: sqlite3.Connection, environment: str) -> int:
    """A row version greater than every earlier one of the environment."""
    row = change.execute(
        "UPDATE crm_environments SET version = version + 1 WHERE key = ? RETURNING version", (environment,)
    ).fetchone()
    return int(row[0])


def current_version(estate: Estate, environment: str) -> int:
    return int(estate.db.value("SELECT version FROM crm_environments WHERE key = ?", (environment,)))


def remember_deleted(change: sqlite3.Connection, table: TableModel, row_id: str, version: int, when_s: float) -> None:
    change.execute(
        "INSERT OR REPLACE INTO crm_deleted VALUES (?, ?, ?, ?, ?)",
        (table.environment, table.name, version, row_id, when_s),
    )


def _numbers(flags: Flags) -> tuple[int, int, int]:
    return int(flags.documents), int(flags.teams), int(flags.tracked)


def _next_epoch(change: sqlite3.Connection, environment: str) -> str:
    return _epoch(f"{environment}/{next_version(change, environment)}")


def _epoch(seen: str) -> str:
    """A mark of its own for each version, the same in every run with the same seed."""
    return hashlib.sha256(seen.encode()).hexdigest()[:16]
