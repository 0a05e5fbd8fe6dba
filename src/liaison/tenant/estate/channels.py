"""Channels of a team: names, kinds, people of private and shared ones, and the folder of each."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from typing import Any

from liaison.tenant.estate import Estate, files, filing, groups, sites
from liaison.tenant.estate.files import Author, DriveItem, name_key
from liaison.tenant.estate.people import find_user
from liaison.tenant.estate.subscriptions import record_change

NAME_LIMIT = 50
DESCRIPTION_LIMIT = 1024
CHANNELS_PER_TEAM = 1000
# Private and shared channels alike, since late 2025.
PEOPLE_PER_CHANNEL = 5000
# A deleted channel keeps its name for thirty days.
NAME_KEPT_S = 30 * 24 * 3600.0

_FORBIDDEN = re.compile(r"[~#%&*{}+/\\:<>?|'\",\x00-\x1f\x80-\x9f]|\.\.")
_RESERVED = re.compile(r"(forms|con|conin\$|conout\$|prn|aux|nul|com[1-9]|lpt[1-9]|desktop\.ini|_vti_)$", re.IGNORECASE)

_TABLES = """
CREATE TABLE IF NOT EXISTS channels (
  id TEXT PRIMARY KEY, team_id TEXT NOT NULL,
  display_name TEXT NOT NULL, name_key TEXT NOT NULL, description TEXT,
  kind TEXT NOT NULL, is_primary INTEGER NOT NULL DEFAULT 0, favourite INTEGER,
  created TEXT NOT NULL, archived INTEGER NOT NULL DEFAULT 0, tabs_made INTEGER NOT NULL DEFAULT 0,
  folder_name TEXT NOT NULL, folder_drive TEXT, folder_id TEXT, folder_asked_at REAL,
  deleted_at REAL
);
CREATE INDEX IF NOT EXISTS channels_by_team ON channels (team_id, name_key);
CREATE TABLE IF NOT EXISTS channel_people (
  channel_id TEXT NOT NULL REFERENCES channels (id), user_id TEXT NOT NULL, is_owner INTEGER NOT NULL,
  PRIMARY KEY (channel_id, user_id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS channel_people_by_user ON channel_people (user_id);
CREATE TABLE IF NOT EXISTS channel_teams (
  channel_id TEXT NOT NULL REFERENCES channels (id), team_id TEXT NOT NULL, PRIMARY KEY (channel_id, team_id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS channel_teams_by_team ON channel_teams (team_id);
CREATE TABLE IF NOT EXISTS read_only_channels (channel_id TEXT PRIMARY KEY REFERENCES channels (id)) WITHOUT ROWID;
"""


class ChannelNameTaken(Exception):
    """A channel of the team has the name, or one deleted in the last thirty days had it."""


class ChannelNameRefused(Exception):
    """Teams does not allow the name."""


@dataclass(frozen=True)
class NewChannel:
    """A channel to be made; `kind` is standard, private or shared."""

    team_id: str
    display_name: str
    description: str | None = None
    kind: str = "standard"
    is_primary: bool = False
    favourite: bool | None = None


@dataclass(frozen=True)
class Channel:
    """A channel. `folder_drive` and `folder_id` say where its folder is once it exists."""

    id: str
    team_id: str
    display_name: str
    description: str | None
    kind: str
    is_primary: bool
    favourite: bool | None
    created: str
    archived: bool
    folder_name: str
    folder_drive: str | None
    folder_id: str | None
    folder_asked_at: float | None


def create_tables(estate: Estate) -> None:
    """Create the tables of channels; repeatable."""
    estate.db.run_script(_TABLES)


def check_channel_name(name: str) -> None:
    """Raise ChannelNameRefused for a name that Teams forbids. Source: Teams limits, channel names."""
    refused = (
        not name.strip()
        or len(name) > NAME_LIMIT
        or _FORBIDDEN.search(name) is not None
        or _RESERVED.match(name.strip()) is not None
        or name[0] in "_."
        or name[-1] == "."
    )
    if refused:
        raise ChannelNameRefused(name)


def create_channel(estate: Estate, new: NewChannel, channel_id: str | None = None) -> Channel:
    """Create a channel; private and shared ones get a site of their own. Raises ChannelNameTaken or
    ChannelNameRefused."""
    check_channel_name(new.display_name)
    _check_free(estate, new.team_id, new.display_name, except_id=None)
    made_id = channel_id or estate.ids.thread()
    with estate.db.change() as change:
        change.execute(
            "INSERT INTO channels (id, team_id, display_name, name_key, description, kind, is_primary, favourite,"
            " created, folder_name) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(made_id, new.team_id, new.display_name, name_key(new.display_name), new.description, new.kind),
                *(new.is_primary, new.favourite, estate.clock.stamp(), new.display_name),
            ),
        )
        if new.kind != "standard":
            _create_channel_site(estate, made_id, new)
        record_change(change, "channel", new.team_id, made_id, "created")
    return get_channel(estate, new.team_id, made_id)


def find_channel(estate: Estate, team_id: str, channel_id: str) -> Channel | None:
    """A channel of a team, or one that another team shares with it; deleted ones are not found."""
    row = estate.db.row("SELECT * FROM channels WHERE id = ? AND deleted_at IS NULL", (channel_id,))
    if row is None or (row["team_id"] != team_id and team_id not in list_teams_sharing(estate, channel_id)):
        return None
    return _channel(row)


def get_channel(estate: Estate, team_id: str, channel_id: str) -> Channel:
    """A channel that must be there; raises LookupError when it is not."""
    found = find_channel(estate, team_id, channel_id)
    if found is None:
        raise LookupError(channel_id)
    return found


def list_channels(estate: Estate, team_id: str) -> list[Channel]:
    """The channels that a team hosts: the primary one first, then in the order of their making."""
    found = estate.db.rows(
        "SELECT * FROM channels WHERE team_id = ? AND deleted_at IS NULL ORDER BY is_primary DESC, rowid", (team_id,)
    )
    return [_channel(row) for row in found]


def list_incoming_channels(estate: Estate, team_id: str) -> list[Channel]:
    """Channels of other teams that are shared with this team."""
    found = estate.db.rows(
        "SELECT channels.* FROM channel_teams JOIN channels ON channels.id = channel_id"
        " WHERE channel_teams.team_id = ? AND deleted_at IS NULL ORDER BY channels.rowid",
        (team_id,),
    )
    return [_channel(row) for row in found]


def count_channels(estate: Estate, team_id: str) -> int:
    """Channels that count against the team's limit: those there, and those deleted in the last thirty days."""
    since = estate.clock.seconds() - NAME_KEPT_S
    return int(
        estate.db.value(
            "SELECT count(*) FROM channels WHERE team_id = ? AND (deleted_at IS NULL OR deleted_at > ?)",
            (team_id, since),
        )
    )


def primary_channel(estate: Estate, team_id: str) -> Channel:
    """The channel that every team has."""
    row = estate.db.row("SELECT * FROM channels WHERE team_id = ? AND is_primary = 1", (team_id,))
    if row is None:
        raise LookupError(team_id)
    return _channel(row)


def change_channel(
    estate: Estate, channel: Channel, *, display_name: str, description: str | None, favourite: bool | None
) -> None:
    """Rename or describe a channel; its folder keeps the name it was made with. Raises as `create_channel`."""
    if display_name != channel.display_name:
        check_channel_name(display_name)
        _check_free(estate, channel.team_id, display_name, except_id=channel.id)
    with estate.db.change() as change:
        change.execute(
            "UPDATE channels SET display_name = ?, name_key = ?, description = ?, favourite = ? WHERE id = ?",
            (display_name, name_key(display_name), description, favourite, channel.id),
        )
        record_change(change, "channel", channel.team_id, channel.id, "updated")


def archive_channel(estate: Estate, channel: Channel, archived: bool, *, read_only_files: bool = False) -> None:
    """Archive or restore a channel. With read-only files, members may only read them until it is restored."""
    with estate.db.change() as change:
        change.execute("UPDATE channels SET archived = ? WHERE id = ?", (archived, channel.id))
        change.execute("DELETE FROM read_only_channels WHERE channel_id = ?", (channel.id,))
        if archived and read_only_files:
            change.execute("INSERT INTO read_only_channels VALUES (?)", (channel.id,))
        record_change(change, "channel", channel.team_id, channel.id, "updated")


def delete_channel(estate: Estate, channel: Channel) -> None:
    """Delete a channel softly: the name stays taken for thirty days, the folder stays in the library."""
    with estate.db.change() as change:
        change.execute("UPDATE channels SET deleted_at = ? WHERE id = ?", (estate.clock.seconds(), channel.id))
        change.execute("DELETE FROM tabs WHERE channel_id = ?", (channel.id,))
        record_change(change, "channel", channel.team_id, channel.id, "deleted")


def put_in_channel(estate: Estate, channel: Channel, user_id: str, *, owner: bool) -> None:
    """Put a person in a private or shared channel, or change the person's role; repeatable."""
    with estate.db.change() as change:
        change.execute("INSERT OR REPLACE INTO channel_people VALUES (?, ?, ?)", (channel.id, user_id, owner))
        record_change(change, "channelMember", channel.team_id, user_id, "created")


def take_out_of_channel(estate: Estate, channel: Channel, user_id: str) -> None:
    with estate.db.change() as change:
        change.execute("DELETE FROM channel_people WHERE channel_id = ? AND user_id = ?", (channel.id, user_id))
        record_change(change, "channelMember", channel.team_id, user_id, "deleted")


def forget_person(change: sqlite3.Connection, team_id: str, user_id: str) -> None:
    """Take a person who leaves a team out of its private channels."""
    change.execute(
        "DELETE FROM channel_people WHERE user_id = ? AND channel_id IN"
        " (SELECT id FROM channels WHERE team_id = ? AND kind = 'private')",
        (user_id, team_id),
    )


def channel_people(estate: Estate, channel_id: str) -> dict[str, bool]:
    """The people put directly in a private or shared channel, by name; the value says who is an owner."""
    found = estate.db.rows(
        "SELECT user_id, is_owner FROM channel_people JOIN users ON users.id = user_id"
        " WHERE channel_id = ? AND users.deleted IS NULL ORDER BY display_name, user_id",
        (channel_id,),
    )
    return {row["user_id"]: bool(row["is_owner"]) for row in found}


def is_in_channel(estate: Estate, channel: Channel, user_id: str) -> bool:
    """Whether a person may enter a channel: the team's people for a standard one, its own list for the others."""
    if channel.kind == "standard":
        return groups.is_member(estate, channel.team_id, user_id)
    listed = estate.db.value("SELECT 1 FROM channel_people WHERE channel_id = ? AND user_id = ?", (channel.id, user_id))
    if listed is not None:
        return True
    if channel.kind != "shared" or is_guest(estate, user_id):
        return False
    shared_with = list_teams_sharing(estate, channel.id)
    return any(groups.is_member(estate, team_id, user_id) for team_id in shared_with)


def is_guest(estate: Estate, user_id: str) -> bool:
    """Whether somebody is a guest of the organisation: other teams' shared channels are closed to guests."""
    user = find_user(estate, user_id)
    return user is not None and user.user_type == "Guest"


def share_with_team(estate: Estate, channel: Channel, team_id: str) -> None:
    """Let the people of another team into a shared channel."""
    with estate.db.change() as change:
        change.execute("INSERT OR IGNORE INTO channel_teams VALUES (?, ?)", (channel.id, team_id))


def unshare_with_team(estate: Estate, channel: Channel, team_id: str) -> None:
    with estate.db.change() as change:
        change.execute("DELETE FROM channel_teams WHERE channel_id = ? AND team_id = ?", (channel.id, team_id))


def list_teams_sharing(estate: Estate, channel_id: str) -> list[str]:
    """The other teams that a shared channel is shared with."""
    found = estate.db.rows("SELECT team_id FROM channel_teams WHERE channel_id = ? ORDER BY team_id", (channel_id,))
    return [row["team_id"] for row in found]


def files_folder(estate: Estate, channel: Channel) -> DriveItem | None:
    """The folder of a channel, when it has been made and is still there."""
    if channel.folder_drive is None or channel.folder_id is None:
        return None
    return files.find_item(estate, channel.folder_drive, channel.folder_id)


def ask_for_files_folder(estate: Estate, channel: Channel, delay_s: float = 0.0) -> DriveItem | None:
    """Find a channel's folder, and make it when `delay_s` have passed since somebody first asked for it.

    A private channel's folder is the root of its own library; a standard one's lies below the root of the team's.
    Source: Graph v1.0, api-reference/v1.0/api/channel-get-filesfolder.md
    """
    found = files_folder(estate, channel)
    if found is not None:
        return found
    now = estate.clock.seconds()
    asked_at = now if channel.folder_asked_at is None else channel.folder_asked_at
    with estate.db.change() as change:
        change.execute("UPDATE channels SET folder_asked_at = ? WHERE id = ?", (asked_at, channel.id))
        site = site_of_channel(estate, channel)
        if now - asked_at < delay_s or site is None or not sites.is_ready(estate, site):
            return None
        root = files.root_item(estate, sites.default_drive(estate, site.id))
        folder = (
            root if channel.kind == "private" else filing.ensure_folder(estate, root, channel.folder_name, Author())
        )
        change.execute(
            "UPDATE channels SET folder_drive = ?, folder_id = ? WHERE id = ?", (folder.drive_id, folder.id, channel.id)
        )
    return folder


def site_of_channel(estate: Estate, channel: Channel) -> sites.Site | None:
    """The site that holds a channel's files: the team's, or the channel's own."""
    if channel.kind == "standard":
        return sites.find_group_site(estate, channel.team_id)
    return sites.find_channel_site(estate, channel.id)


def find_channel_of_folder(estate: Estate, item: DriveItem) -> Channel | None:
    """The channel whose folder an item is."""
    row = estate.db.row(
        "SELECT * FROM channels WHERE folder_drive = ? AND folder_id = ? AND deleted_at IS NULL",
        (item.drive_id, item.id),
    )
    return None if row is None else _channel(row)


def find_read_only_channel(estate: Estate, site: sites.Site, item: DriveItem | None) -> Channel | None:
    """The archived channel whose files an item, or a whole site, belongs to, when members may only read them."""
    row = estate.db.row(
        "SELECT * FROM channels WHERE id = ? AND id IN (SELECT channel_id FROM read_only_channels)", (site.channel_id,)
    )
    if row is None and item is not None:
        kept = estate.db.rows("SELECT * FROM channels WHERE id IN (SELECT channel_id FROM read_only_channels)")
        above = files.ancestor_ids(estate, item) if kept else set[str]()
        row = next((one for one in kept if one["folder_id"] in above), None)
    return None if row is None else _channel(row)


def _create_channel_site(estate: Estate, channel_id: str, new: NewChannel) -> None:
    team_site = sites.find_group_site(estate, new.team_id)
    base = team_site.path if team_site is not None else f"/sites/{new.team_id}"
    path = sites.free_site_path(estate, f"{base}-{groups.nickname_of(new.display_name) or 'channel'}")
    title = f"{team_site.display_name if team_site else new.team_id}-{new.display_name}"
    sites.create_site(estate, path, title, group_id=new.team_id, channel_id=channel_id)


def _check_free(estate: Estate, team_id: str, name: str, except_id: str | None) -> None:
    since = estate.clock.seconds() - NAME_KEPT_S
    taken = estate.db.value(
        "SELECT 1 FROM channels WHERE team_id = ? AND name_key = ? AND id IS NOT ?"
        " AND (deleted_at IS NULL OR deleted_at > ?)",
        (team_id, name_key(name), except_id, since),
    )
    if taken is not None:
        raise ChannelNameTaken(name)


def _channel(row: Any) -> Channel:
    return Channel(
        row["id"],
        row["team_id"],
        row["display_name"],
        row["description"],
        row["kind"],
        bool(row["is_primary"]),
        None if row["favourite"] is None else bool(row["favourite"]),
        row["created"],
        bool(row["archived"]),
        row["folder_name"],
        row["folder_drive"],
        row["folder_id"],
        row["folder_asked_at"],
    )
