"""What clients added to an environment's tables, changed in them or took away; kept as rows, in the order it came.

The catalogue is what every environment starts with; `customized` lays an environment's own definitions over it.
Source: create-update-entity-definitions-using-web-api.md.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import orjson

from liaison.tenant.estate import Estate
from liaison.tenant.estate.crm.catalogue import BY_NAME, GLOBAL_CHOICES, MANY_TO_MANY
from liaison.tenant.estate.crm.columns import Column, Kind, Label, OnDelete, Option, Required, Target
from liaison.tenant.estate.crm.tables import (
    ACTIVE_INACTIVE,
    AlternateKey,
    Flag,
    GlobalChoice,
    ManyToMany,
    Ownership,
    Table,
    intersect,
    standard_columns,
)

_TABLES = """
CREATE TABLE IF NOT EXISTS crm_definitions (
  sequence INTEGER PRIMARY KEY, environment TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
  content TEXT NOT NULL, UNIQUE (environment, kind, name)
);
"""

# Type codes of tables that clients make begin here.
_FIRST_CODE = 10_900

TABLE, COLUMN, KEY, LINK, CHOICE = "table", "column", "key", "link", "choice"
_GONE = "gone"


@dataclass(frozen=True)
class Customized:
    """The declarations of one environment."""

    tables: tuple[Table, ...]
    links: tuple[ManyToMany, ...]
    choices: tuple[GlobalChoice, ...]


@dataclass
class _Layers:
    """Definitions as they are read, by kind; `columns` and `keys` by table."""

    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    columns: dict[str, dict[str, Column]] = field(default_factory=dict)
    keys: dict[str, dict[str, AlternateKey]] = field(default_factory=dict)
    links: dict[str, ManyToMany] = field(default_factory=dict)
    choices: dict[str, GlobalChoice] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)


def create_tables(estate: Estate) -> None:
    """Create the table of definitions; repeatable."""
    estate.db.run_script(_TABLES)


def keep(change: sqlite3.Connection, environment: str, kind: str, name: str, content: Any) -> None:
    """Add a definition, or replace one in its place."""
    change.execute(
        "INSERT INTO crm_definitions (environment, kind, name, content) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (environment, kind, name) DO UPDATE SET content = excluded.content",
        (environment, kind, name, orjson.dumps(content).decode()),
    )
    change.execute(
        "DELETE FROM crm_definitions WHERE environment = ? AND kind = ? AND name = ?",
        (environment, _GONE, f"{kind}:{name}"),
    )


def take_away(change: sqlite3.Connection, environment: str, kind: str, name: str, *, declared: bool) -> None:
    """Forget a definition; one that the catalogue declares is hidden from now on."""
    change.execute(
        "DELETE FROM crm_definitions WHERE environment = ? AND kind = ? AND (name = ? OR name GLOB ?)",
        (environment, kind, name, f"{name}.*"),
    )
    if declared:
        change.execute(
            "INSERT OR IGNORE INTO crm_definitions (environment, kind, name, content) VALUES (?, ?, ?, 'null')",
            (environment, _GONE, f"{kind}:{name}"),
        )


def free_code(tables: Iterable[Table]) -> int:
    """An object type code that no table has."""
    return max([_FIRST_CODE, *(table.code + 1 for table in tables)])


def customized(estate: Estate, environment: str) -> Customized:
    """The catalogue with the environment's definitions laid over it."""
    layers = _read_layers(estate, environment)
    if layers is None:
        return Customized(tuple(BY_NAME.values()), MANY_TO_MANY, GLOBAL_CHOICES)
    choices = {found.name: found for found in GLOBAL_CHOICES} | layers.choices
    kept = {name: found for name, found in choices.items() if f"{CHOICE}:{name}" not in layers.gone}
    links = [*MANY_TO_MANY, *layers.links.values()]
    tables = dict(BY_NAME) | {
        name: _new_table(name, content, layers) for name, content in layers.tables.items() if name not in BY_NAME
    }
    tables |= {link.intersect: _link_table(link, tables) for link in layers.links.values()}
    return Customized(
        tuple(
            _laid_over(table, layers, kept) for name, table in tables.items() if f"{TABLE}:{name}" not in layers.gone
        ),
        tuple(link for link in links if f"{LINK}:{link.schema.lower()}" not in layers.gone),
        tuple(kept.values()),
    )


def _read_layers(estate: Estate, environment: str) -> _Layers | None:
    rows = estate.db.rows(
        "SELECT kind, name, content FROM crm_definitions WHERE environment = ? ORDER BY sequence", (environment,)
    )
    if not rows:
        return None
    layers = _Layers()
    for kind, name, text in rows:
        content = orjson.loads(text)
        table, _, part = name.partition(".")
        if kind == TABLE:
            layers.tables[name] = content
        elif kind == COLUMN:
            layers.columns.setdefault(table, {})[part] = read_column(content)
        elif kind == KEY:
            layers.keys.setdefault(table, {})[part] = _read_key(content)
        elif kind == LINK:
            layers.links[name] = ManyToMany(**content)
        elif kind == CHOICE:
            layers.choices[name] = _read_choice(content)
        else:
            layers.gone.add(name)
    return layers


def _new_table(name: str, content: Mapping[str, Any], layers: _Layers) -> Table:
    ownership = Ownership(content["ownership"])
    own = tuple(layers.columns.get(name, {}).values())
    taken = {column.name for column in own}
    added = (*ACTIVE_INACTIVE, *standard_columns(name, ownership))
    return Table(
        content["schema"], content["set_name"], content["code"], _label(content["label"]), _label(content["plural"]),
        content["key"], content["primary_name"], own + tuple(column for column in added if column.name not in taken),
        ownership, frozenset(Flag(flag) for flag in content["flags"]), description=_optional(content["description"]),
    )  # fmt: skip


def _link_table(link: ManyToMany, tables: Mapping[str, Table]) -> Table:
    """The intersect table of a many-to-many relationship that a client made."""
    codes = 20_000 + sum(link.intersect.encode()) % 10_000
    while any(table.code == codes for table in tables.values()):
        codes += 1
    made = intersect(
        link.intersect, f"{link.intersect}set", codes, f"{link.intersect}id", link.first_column, link.second_column
    )
    return replace(made, flags=made.flags | {Flag.CUSTOM})


def _laid_over(table: Table, layers: _Layers, choices: Mapping[str, GlobalChoice]) -> Table:
    """A table with its changed texts, its columns and its keys as they are now."""
    name = table.name
    columns = {column.name: column for column in table.columns} | layers.columns.get(name, {})
    kept = [column for column in columns.values() if f"{COLUMN}:{name}.{column.name}" not in layers.gone]
    keys = {key.name: key for key in table.keys} | layers.keys.get(name, {})
    changed = replace(
        table,
        columns=tuple(_with_options(column, choices) for column in kept),
        keys=tuple(key for key in keys.values() if f"{KEY}:{name}.{key.name}" not in layers.gone),
    )
    content = layers.tables.get(name)
    if content is None or name not in BY_NAME:
        return changed
    return replace(
        changed, label=_label(content["label"]), plural=_label(content["plural"]),
        description=_optional(content["description"]), flags=frozenset(Flag(flag) for flag in content["flags"]),
    )  # fmt: skip


def _with_options(column: Column, choices: Mapping[str, GlobalChoice]) -> Column:
    found = choices.get(column.choice_name)
    return column if found is None or found.options == column.options else replace(column, options=found.options)


def column_content(column: Column) -> dict[str, Any]:
    """A column as it is kept."""
    return asdict(column)


def table_content(table: Table) -> dict[str, Any]:
    """A table without its columns and keys, as it is kept."""
    return {
        "schema": table.schema, "set_name": table.set_name, "code": table.code, "label": asdict(table.label),
        "plural": asdict(table.plural), "key": table.key, "primary_name": table.primary_name,
        "ownership": table.ownership.value, "flags": sorted(flag.value for flag in table.flags),
        "description": None if table.description is None else asdict(table.description),
    }  # fmt: skip


def read_column(content: Mapping[str, Any]) -> Column:
    """A column from how it is kept."""
    return Column(
        **{
            **content,
            "kind": Kind(content["kind"]),
            "required": Required(content["required"]),
            "label": _label(content["label"]),
            "description": _optional(content["description"]),
            "options": _options(content["options"]),
            "targets": tuple(_target(target) for target in content["targets"]),
        }
    )


def _target(content: Mapping[str, Any]) -> Target:
    cascade = tuple((name, behavior) for name, behavior in content["cascade"])
    return Target(**{**content, "on_delete": OnDelete(content["on_delete"]), "cascade": cascade})


def _read_key(content: Mapping[str, Any]) -> AlternateKey:
    return AlternateKey(content["schema"], tuple(content["columns"]), _label(content["label"]), content["status"])


def _read_choice(content: Mapping[str, Any]) -> GlobalChoice:
    return GlobalChoice(
        content["name"], _label(content["label"]), _options(content["options"]), _optional(content["description"]),
        content["custom"],
    )  # fmt: skip


def _options(content: Iterable[Mapping[str, Any]]) -> tuple[Option, ...]:
    return tuple(Option(item["value"], _label(item["label"]), item["state"]) for item in content)


def _label(content: Mapping[str, str]) -> Label:
    return Label(content["en"], content["fr"])


def _optional(content: Mapping[str, str] | None) -> Label | None:
    return None if content is None else _label(content)
