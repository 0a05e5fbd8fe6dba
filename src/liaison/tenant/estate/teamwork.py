"""Teams: a group with channels. Their settings, roster, archiving and the long-running operations on them."""

# ruff: noqa: S608 - the texts joined into statements are column names of this module; every value is bound.
from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from liaison.tenant.estate import Estate, channels, groups, sites
from liaison.tenant.estate.groups import Group
from liaison.tenant.estate.people import find_user
from liaison.tenant.estate.subscriptions import record_change

_TABLES = """
CREATE TABLE IF NOT EXISTS teams (
  id TEXT PRIMARY KEY REFERENCES groups (id),
  internal_id TEXT NOT NULL, created TEXT NOT NULL, ready_at REAL NOT NULL DEFAULT 0,
  archived INTEGER NOT NULL DEFAULT 0, specialization TEXT NOT NULL DEFAULT 'none',
  settings TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS team_operations (
  id TEXT PRIMARY KEY, team_id TEXT NOT NULL, kind TEXT NOT NULL,
  created TEXT NOT NULL, settles_at REAL NOT NULL,
  target_id TEXT NOT NULL, target_location TEXT NOT NULL, failure TEXT
);
"""

Settings = Mapping[str, Mapping[str, Any]]

DEFAULT_SETTINGS: Settings = {
    "memberSettings": {
        "allowCreateUpdateChannels": True,
        "allowCreatePrivateChannels": True,
        "allowDeleteChannels": True,
        "allowAddRemoveApps": True,
        "allowCreateUpdateRemoveTabs": True,
        "allowCreateUpdateRemoveConnectors": True,
    },
    "guestSettings": {"allowCreateUpdateChannels": False, "allowDeleteChannels": False},
    "messagingSettings": {
        "allowUserEditMessages": True,
        "allowUserDeleteMessages": True,
        "allowOwnerDeleteMessages": True,
        "allowTeamMentions": True,
        "allowChannelMentions": True,
    },
    "funSettings": {
        "allowGiphy": True,
        "giphyContentRating": "moderate",
        "allowStickersAndMemes": True,
        "allowCustomMemes": True,
    },
    "discoverySettings": {"showInTeamsSearchAndSuggestions": False},
}


class Role(Enum):
    """What a person is in a team or channel."""

    OWNER = "owner"
    MEMBER = "member"
    GUEST = "guest"


@dataclass(frozen=True)
class Team:
    """A team; names, description and visibility are its group's. Until `ready_at` nobody can see the team."""

    group: Group
    internal_id: str
    created: str
    ready_at: float
    archived: bool
    specialization: str
    settings: Settings

    @property
    def id(self) -> str:
        return self.group.id

    def allows(self, section: str, name: str) -> bool:
        """A yes-or-no setting, such as ("memberSettings", "allowDeleteChannels")."""
        return bool(self.settings[section].get(name, False))


@dataclass(frozen=True)
class Operation:
    """Work that takes a while; done, or failed with `failure`, once the clock passes `settles_at`."""

    id: str
    team_id: str
    kind: str
    created: str
    settles_at: float
    target_id: str
    target_location: str
    failure: str | None


def create_tables(estate: Estate) -> None:
    """Create the tables of teams; repeatable."""
    estate.db.run_script(_TABLES)


def create_team(
    estate: Estate,
    group: Group,
    *,
    settings: Settings | None = None,
    first_channel: str = "General",
    ready_at: float = 0.0,
    channel_id: str | None = None,
) -> Team:
    """Make a team of a group, with its primary channel; owners of the group become members of the team too."""
    stamp = estate.clock.stamp()
    merged = merge_settings(DEFAULT_SETTINGS, settings or {})
    primary = channel_id or f"19:{estate.ids.token(32)[:43]}1@thread.tacv2"
    with estate.db.change() as change:
        change.execute(
            "INSERT INTO teams (id, internal_id, created, ready_at, settings) VALUES (?, ?, ?, ?, ?)",
            (group.id, primary, stamp, ready_at, json.dumps(merged)),
        )
        saved = groups.save_group(estate, replace(group, is_team=True))
        for user_id in groups.list_people(estate, group.id, "owners"):
            groups.add_person(estate, group.id, user_id, "members")
        channels.create_channel(
            estate,
            channels.NewChannel(saved.id, first_channel, saved.description, is_primary=True),
            channel_id=primary,
        )
        record_change(change, "team", group.id, group.id, "created")
    return Team(saved, primary, stamp, ready_at, False, "none", merged)


def merge_settings(kept: Settings, changed: Settings) -> Settings:
    """The settings with the given ones laid over them, section by section."""
    return {section: {**values, **changed.get(section, {})} for section, values in kept.items()}


def find_team(estate: Estate, team_id: str) -> Team | None:
    """A team that people can see; None for a group without a team, and while the team is being made."""
    row = estate.db.row("SELECT * FROM teams WHERE id = ? AND ready_at <= ?", (team_id.lower(), estate.clock.seconds()))
    group = None if row is None else groups.find_group(estate, row["id"])
    return None if group is None else _team(row, group)


def list_teams(estate: Estate) -> list[Team]:
    """Every team that people can see, by name."""
    return [team for group in groups.list_groups(estate, only_teams=True) if (team := find_team(estate, group.id))]


def list_teams_of(estate: Estate, user_id: str) -> list[Team]:
    """The teams that a person is a member of, by name."""
    found = (find_team(estate, group.id) for group in groups.list_groups_of(estate, user_id) if group.is_team)
    return [team for team in found if team is not None]


def save_settings(estate: Estate, team: Team, settings: Settings) -> Team:
    """Lay settings over the team's own."""
    merged = merge_settings(team.settings, settings)
    with estate.db.change() as change:
        change.execute("UPDATE teams SET settings = ? WHERE id = ?", (json.dumps(merged), team.id))
        record_change(change, "team", team.id, team.id, "updated")
    return replace(team, settings=merged)


def archive_team(estate: Estate, team: Team, archived: bool, *, read_only_site: bool) -> None:
    """Archive a team or take it back; members may be limited to reading its files meanwhile."""
    with estate.db.change() as change:
        change.execute("UPDATE teams SET archived = ? WHERE id = ?", (archived, team.id))
        sites.set_site_read_only(estate, team.id, archived and read_only_site)
        record_change(change, "team", team.id, team.id, "updated")


def role_in_team(estate: Estate, team_id: str, user_id: str) -> Role | None:
    """What a person is in a team; None for people outside it. A guest account is always a guest."""
    if not groups.is_member(estate, team_id, user_id):
        return None
    user = find_user(estate, user_id)
    if user is not None and user.user_type == "Guest":
        return Role.GUEST
    return Role.OWNER if groups.is_owner(estate, team_id, user_id) else Role.MEMBER


def add_to_team(estate: Estate, team_id: str, user_id: str, *, owner: bool) -> None:
    """Put a person in a team, or change the person's role in it; repeatable."""
    user = find_user(estate, user_id)
    is_guest = user is not None and user.user_type == "Guest"
    with estate.db.change() as change:
        added = groups.add_person(estate, team_id, user_id, "members")
        if owner and not is_guest:
            groups.add_person(estate, team_id, user_id, "owners")
        else:
            groups.remove_person(estate, team_id, user_id, "owners")
        record_change(change, "member", team_id, user_id, "created" if added else "updated")


def remove_from_team(estate: Estate, team_id: str, user_id: str) -> None:
    """Take a person out of a team, and out of its private channels."""
    with estate.db.change() as change:
        groups.remove_person(estate, team_id, user_id, "owners")
        groups.remove_person(estate, team_id, user_id, "members")
        channels.forget_person(change, team_id, user_id)
        record_change(change, "member", team_id, user_id, "deleted")


def start_operation(
    estate: Estate,
    team_id: str,
    kind: str,
    *,
    target_id: str,
    target_location: str,
    takes_s: float = 0.0,
    failure: str | None = None,
) -> Operation:
    """Note a long-running operation that settles after `takes_s` seconds."""
    operation = Operation(
        estate.ids.guid(),
        team_id,
        kind,
        estate.clock.stamp(),
        estate.clock.seconds() + takes_s,
        target_id,
        target_location,
        failure,
    )
    with estate.db.change() as change:
        _insert_operation(change, operation)
    return operation


def find_operation(estate: Estate, team_id: str, operation_id: str) -> Operation | None:
    row = estate.db.row("SELECT * FROM team_operations WHERE id = ? AND team_id = ?", (operation_id, team_id))
    return None if row is None else Operation(**{name: row[name] for name in Operation.__dataclass_fields__})


def _insert_operation(change: sqlite3.Connection, operation: Operation) -> None:
    names = tuple(Operation.__dataclass_fields__)
    change.execute(
        f"INSERT INTO team_operations ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})",
        [getattr(operation, name) for name in names],
    )


def _team(row: Any, group: Group) -> Team:
    return Team(
        group,
        row["internal_id"],
        row["created"],
        row["ready_at"],
        bool(row["archived"]),
        row["specialization"],
        json.loads(row["settings"]),
    )
