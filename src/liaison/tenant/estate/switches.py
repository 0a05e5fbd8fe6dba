"""Scenario switches: what a test or a demonstration turns on and off while the tenant runs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from liaison.tenant.estate import Estate

Value = TypeVar("Value")


def create_tables(estate: Estate) -> None:
    """Create the table of switches; repeatable."""
    estate.db.run_script(
        "CREATE TABLE IF NOT EXISTS switches (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
    )


def get_switch(estate: Estate, name: str, default: Value) -> Value:
    """The value of a switch, or `default` while nobody has set it; a value keeps the kind of its default.

    A switch set to a number answers as float where the default is a float, so `2` and `2.0` mean the same.
    """
    value: Any = estate.db.recall("switches", lambda: all_switches(estate)).get(name)
    if value is None:
        return default
    if isinstance(default, float) and isinstance(value, int):
        value = float(value)
    kept: Value = value
    return kept


def set_switch(estate: Estate, name: str, value: object) -> None:
    """Set a switch to any JSON value; None removes it, so that the default counts again."""
    set_switches(estate, {name: value})


def set_switches(estate: Estate, values: Mapping[str, object]) -> None:
    """Set several switches in one write."""
    with estate.db.change() as change:
        for name, value in values.items():
            if value is None:
                change.execute("DELETE FROM switches WHERE name = ?", (name,))
            else:
                change.execute(
                    "INSERT INTO switches (name, value) VALUES (?, ?)"
                    " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                    (name, json.dumps(value)),
                )


def all_switches(estate: Estate) -> dict[str, Any]:
    """Every switch that somebody has set."""
    return {row["name"]: json.loads(row["value"]) for row in estate.db.rows("SELECT name, value FROM switches")}
