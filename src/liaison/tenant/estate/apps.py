"""Teams apps: the catalogue, what is installed in which team, and the tabs of channels."""

# ruff: noqa: S608 - the texts joined into statements are column names of this module; every value is bound.
from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from liaison.tenant.estate import Estate
from liaison.tenant.estate.subscriptions import record_change

_TABLES = """
CREATE TABLE IF NOT EXISTS catalogue_apps (
  id TEXT PRIMARY KEY, external_id TEXT UNIQUE, display_name TEXT NOT NULL COLLATE NOCASE,
  distribution TEXT NOT NULL, version TEXT NOT NULL, short_description TEXT, description TEXT,
  client_app_id TEXT, tabs TEXT NOT NULL, resource_specific TEXT NOT NULL DEFAULT '[]',
  state TEXT NOT NULL DEFAULT 'published', modified TEXT NOT NULL, built_in INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS installed_apps (
  id TEXT PRIMARY KEY, team_id TEXT NOT NULL, app_id TEXT NOT NULL REFERENCES catalogue_apps (id),
  installed_at REAL NOT NULL, consented TEXT NOT NULL DEFAULT '[]', UNIQUE (team_id, app_id)
);
CREATE TABLE IF NOT EXISTS channel_apps (
  channel_id TEXT NOT NULL, app_id TEXT NOT NULL, PRIMARY KEY (channel_id, app_id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tabs (
  id TEXT PRIMARY KEY, team_id TEXT NOT NULL, channel_id TEXT NOT NULL,
  app_id TEXT NOT NULL REFERENCES catalogue_apps (id),
  display_name TEXT NOT NULL, sort_order INTEGER NOT NULL, configuration TEXT, created TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS tabs_by_channel ON tabs (channel_id, sort_order);
CREATE INDEX IF NOT EXISTS tabs_by_team ON tabs (team_id, app_id);
"""


@dataclass(frozen=True)
class CatalogueApp:
    """An app of the organisation's catalogue.

    `external_id` is the id in its manifest, which differs from `id` for apps of the organisation. `tabs` is
    configurable, static or none; `resource_specific` are the permissions it asks for in a team.
    """

    id: str
    external_id: str | None
    display_name: str
    distribution: str
    version: str
    tabs: str
    short_description: str = ""
    description: str = ""
    client_app_id: str | None = None
    resource_specific: tuple[str, ...] = ()
    state: str = "published"
    modified: str = ""
    built_in: bool = False


@dataclass(frozen=True)
class Installation:
    """An app in a team; `consented` are the resource-specific permissions granted with it."""

    id: str
    team_id: str
    app: CatalogueApp
    installed_at: float
    consented: tuple[str, ...]


@dataclass(frozen=True)
class Tab:
    id: str
    team_id: str
    channel_id: str
    app: CatalogueApp
    display_name: str
    sort_order: int
    configuration: Mapping[str, Any] | None
    created: str


_APP_COLUMNS = tuple(CatalogueApp.__dataclass_fields__)
_APP_READ = ", ".join(f"app.{name} AS app_{name}" for name in _APP_COLUMNS)


def create_tables(estate: Estate) -> None:
    """Create the tables of apps and tabs; repeatable."""
    estate.db.run_script(_TABLES)


def publish_app(estate: Estate, app: CatalogueApp) -> CatalogueApp:
    """Put an app in the catalogue, or a new version of it."""
    values = {name: getattr(app, name) for name in _APP_COLUMNS}
    values["resource_specific"] = json.dumps(app.resource_specific)
    values["modified"] = app.modified or estate.clock.stamp()
    sets = ", ".join(f"{name} = excluded.{name}" for name in _APP_COLUMNS if name != "id")
    with estate.db.change() as change:
        change.execute(
            f"INSERT INTO catalogue_apps ({', '.join(_APP_COLUMNS)})"
            f" VALUES ({', '.join(f':{name}' for name in _APP_COLUMNS)})"
            f" ON CONFLICT (id) DO UPDATE SET {sets}",
            values,
        )
    return app


def find_app(estate: Estate, app_id: str) -> CatalogueApp | None:
    """An app by its catalogue id."""
    row = estate.db.row(f"SELECT {_APP_READ} FROM catalogue_apps app WHERE id = ?", (app_id,))
    return None if row is None else _app(row)


def find_app_by_external_id(estate: Estate, external_id: str) -> CatalogueApp | None:
    row = estate.db.row(f"SELECT {_APP_READ} FROM catalogue_apps app WHERE external_id = ?", (external_id,))
    return None if row is None else _app(row)


def list_apps(estate: Estate) -> list[CatalogueApp]:
    """The catalogue by name."""
    return [
        _app(row) for row in estate.db.rows(f"SELECT {_APP_READ} FROM catalogue_apps app ORDER BY display_name, id")
    ]


def delete_app(estate: Estate, app: CatalogueApp) -> None:
    """Take an app out of the catalogue, out of every team and out of every channel."""
    with estate.db.change() as change:
        change.execute("DELETE FROM tabs WHERE app_id = ?", (app.id,))
        change.execute("DELETE FROM channel_apps WHERE app_id = ?", (app.id,))
        change.execute("DELETE FROM installed_apps WHERE app_id = ?", (app.id,))
        change.execute("DELETE FROM catalogue_apps WHERE id = ?", (app.id,))


def install_app(
    estate: Estate, installation_id: str, team_id: str, app: CatalogueApp, consented: Sequence[str] = ()
) -> Installation:
    """Install an app in a team; raises `sqlite3.IntegrityError` when it is installed already."""
    now = estate.clock.seconds()
    with estate.db.change() as change:
        change.execute(
            "INSERT INTO installed_apps (id, team_id, app_id, installed_at, consented) VALUES (?, ?, ?, ?, ?)",
            (installation_id, team_id, app.id, now, json.dumps(list(consented))),
        )
    return Installation(installation_id, team_id, app, now, tuple(consented))


def find_installation(estate: Estate, team_id: str, installation_id: str) -> Installation | None:
    found = [one for one in list_installations(estate, team_id) if one.id == installation_id]
    return found[0] if found else None


def find_installation_of(estate: Estate, team_id: str, app_id: str) -> Installation | None:
    """How an app is installed in a team; None when it is not."""
    row = estate.db.row(
        f"SELECT installed.*, {_APP_READ} FROM installed_apps installed JOIN catalogue_apps app ON app.id = app_id"
        " WHERE team_id = ? AND app_id = ?",
        (team_id, app_id),
    )
    return None if row is None else _installation(row)


def list_installations(estate: Estate, team_id: str) -> list[Installation]:
    """What is installed in a team, the oldest first."""
    found = estate.db.rows(
        f"SELECT installed.*, {_APP_READ} FROM installed_apps installed JOIN catalogue_apps app ON app.id = app_id"
        " WHERE team_id = ? ORDER BY installed.rowid",
        (team_id,),
    )
    return [_installation(row) for row in found]


def uninstall_app(estate: Estate, installation: Installation) -> None:
    """Remove an app from a team; its tabs go with it."""
    with estate.db.change() as change:
        change.execute("DELETE FROM installed_apps WHERE id = ?", (installation.id,))
        change.execute("DELETE FROM tabs WHERE team_id = ? AND app_id = ?", (installation.team_id, installation.app.id))
        change.execute(
            "DELETE FROM channel_apps WHERE app_id = ? AND channel_id IN (SELECT id FROM channels WHERE team_id = ?)",
            (installation.app.id, installation.team_id),
        )


def resource_specific_grants(estate: Estate, team_id: str, client_app_id: str) -> frozenset[str]:
    """The permissions that a team's owner granted to an application by installing its Teams app there."""
    found = estate.db.rows(
        "SELECT consented FROM installed_apps JOIN catalogue_apps app ON app.id = app_id"
        " WHERE team_id = ? AND client_app_id = ?",
        (team_id, client_app_id),
    )
    return frozenset(name for row in found for name in json.loads(row["consented"]))


def enable_app_in_channel(estate: Estate, channel_id: str, app_id: str) -> None:
    """Add an app of the team to one private or shared channel."""
    with estate.db.change() as change:
        change.execute("INSERT OR IGNORE INTO channel_apps VALUES (?, ?)", (channel_id, app_id))


def disable_app_in_channel(estate: Estate, channel_id: str, app_id: str) -> bool:
    """Take an app out of one private or shared channel; False when it was not there."""
    with estate.db.change() as change:
        done = change.execute("DELETE FROM channel_apps WHERE channel_id = ? AND app_id = ?", (channel_id, app_id))
    return bool(done.rowcount)


def list_channel_apps(estate: Estate, channel_id: str) -> list[CatalogueApp]:
    """The apps added to one private or shared channel."""
    found = estate.db.rows(
        f"SELECT {_APP_READ} FROM channel_apps JOIN catalogue_apps app ON app.id = app_id"
        " WHERE channel_id = ? ORDER BY app.display_name",
        (channel_id,),
    )
    return [_app(row) for row in found]


def is_app_in_channel(estate: Estate, channel_id: str, app_id: str) -> bool:
    return (
        estate.db.value("SELECT 1 FROM channel_apps WHERE channel_id = ? AND app_id = ?", (channel_id, app_id))
        is not None
    )


def create_tab(
    estate: Estate,
    team_id: str,
    channel_id: str,
    app: CatalogueApp,
    display_name: str,
    configuration: Mapping[str, Any] | None,
) -> Tab:
    """Add a tab to a channel, after the others; equal tabs are not told apart."""
    tab_id = estate.ids.guid()
    with estate.db.change() as change:
        change.execute("UPDATE channels SET tabs_made = tabs_made + 1 WHERE id = ?", (channel_id,))
        order = _next_order(change, channel_id)
        change.execute(
            "INSERT INTO tabs (id, team_id, channel_id, app_id, display_name, sort_order, configuration, created)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(tab_id, team_id, channel_id, app.id, display_name, order),
                *(None if configuration is None else json.dumps(dict(configuration)), estate.clock.stamp()),
            ),
        )
        record_change(change, "tab", channel_id, tab_id, "created")
    return Tab(tab_id, team_id, channel_id, app, display_name, order, configuration, estate.clock.stamp())


def find_tab(estate: Estate, channel_id: str, tab_id: str) -> Tab | None:
    row = estate.db.row(
        f"SELECT tabs.*, {_APP_READ} FROM tabs JOIN catalogue_apps app ON app.id = app_id"
        " WHERE tabs.id = ? AND channel_id = ?",
        (tab_id.lower(), channel_id),
    )
    return None if row is None else _tab(row)


def list_tabs(estate: Estate, channel_id: str) -> list[Tab]:
    """The tabs of a channel from left to right."""
    found = estate.db.rows(
        f"SELECT tabs.*, {_APP_READ} FROM tabs JOIN catalogue_apps app ON app.id = app_id"
        " WHERE channel_id = ? ORDER BY sort_order, tabs.rowid",
        (channel_id,),
    )
    return [_tab(row) for row in found]


def change_tab(estate: Estate, tab: Tab, display_name: str, configuration: Mapping[str, Any] | None) -> Tab:
    """Give a tab another name and another configuration, the whole of it."""
    kept = None if configuration is None else json.dumps(dict(configuration))
    with estate.db.change() as change:
        change.execute("UPDATE tabs SET display_name = ?, configuration = ? WHERE id = ?", (display_name, kept, tab.id))
        record_change(change, "tab", tab.channel_id, tab.id, "updated")
    return Tab(tab.id, tab.team_id, tab.channel_id, tab.app, display_name, tab.sort_order, configuration, tab.created)


def delete_tab(estate: Estate, tab: Tab) -> None:
    with estate.db.change() as change:
        change.execute("DELETE FROM tabs WHERE id = ?", (tab.id,))
        record_change(change, "tab", tab.channel_id, tab.id, "deleted")


def _next_order(change: sqlite3.Connection, channel_id: str) -> int:
    found = change.execute("SELECT coalesce(max(sort_order), 0) FROM tabs WHERE channel_id = ?", (channel_id,))
    return int(found.fetchone()[0]) + 10


def _app(row: Any) -> CatalogueApp:
    values = {name: row[f"app_{name}"] for name in _APP_COLUMNS}
    values["resource_specific"] = tuple(json.loads(values["resource_specific"]))
    values["built_in"] = bool(values["built_in"])
    return CatalogueApp(**values)


def _installation(row: Any) -> Installation:
    return Installation(row["id"], row["team_id"], _app(row), row["installed_at"], tuple(json.loads(row["consented"])))


def _tab(row: Any) -> Tab:
    configuration = None if row["configuration"] is None else json.loads(row["configuration"])
    return Tab(
        row["id"],
        row["team_id"],
        row["channel_id"],
        _app(row),
        row["display_name"],
        row["sort_order"],
        configuration,
        row["created"],
    )
