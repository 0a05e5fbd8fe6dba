"""What can be watched: resources of subscriptions in our words, with their limits and permissions.

Source: Graph v1.0, resources/subscription.md; graph.md 9.1
"""

from __future__ import annotations

from dataclasses import dataclass

from liaison.tenant.estate import Estate, groups, sites
from liaison.tenant.graph.paths import Token, Word, read_path
from liaison.tenant.graph.permissions import (
    CHANNEL_MEMBERS_READ,
    CHANNELS_READ,
    DRIVE_READ,
    GROUP_MEMBERS_READ,
    GROUP_READ,
    MEMBERS_READ,
    MESSAGES_WATCH,
    TEAM_READ,
    USERS_DELTA,
    Needs,
)

_TEAMS_LIFE_MIN = 4320
_DIRECTORY_LIFE_MIN = 41_760
_FILES_LIFE_MIN = 42_300
_EVERY = "*"
_ALL_CHANGES = frozenset({"created", "updated", "deleted"})


@dataclass(frozen=True)
class Watch:
    """A resource that can be watched: every change on `topic` in `container`, for at most `life_min` minutes."""

    topic: str
    container: str
    life_min: int
    changes: frozenset[str]
    needs: Needs
    is_teams: bool
    app_only: bool = False


@dataclass(frozen=True)
class _Row:
    """A shape of address: literal words, `*` for a key; `key` is the place of the key that names the container."""

    words: tuple[str, ...]
    topic: str
    key: int | None
    needs: Needs
    is_teams: bool = True
    app_only: bool = False


_ROWS = (
    _Row(("teams",), "team", None, TEAM_READ, app_only=True),
    _Row(("teams", "getallchannels"), "channel", None, CHANNELS_READ, app_only=True),
    _Row(("teams", "getallmessages"), "message", None, MESSAGES_WATCH, app_only=True),
    _Row(("teams", "*"), "team", 1, TEAM_READ),
    _Row(("teams", "*", "channels"), "channel", 1, CHANNELS_READ),
    _Row(("teams", "*", "members"), "member", 1, MEMBERS_READ),
    _Row(("teams", "*", "channels", "getallmembers"), "channelMember", 1, CHANNEL_MEMBERS_READ),
    _Row(("teams", "*", "channels", "*", "messages"), "message", 3, MESSAGES_WATCH),
    _Row(("groups",), "group", None, GROUP_READ, is_teams=False),
    _Row(("groups", "*"), "group", 1, GROUP_READ, is_teams=False),
    _Row(("groups", "*", "members"), "groupMember", 1, GROUP_MEMBERS_READ, is_teams=False),
    _Row(("users",), "user", None, USERS_DELTA, is_teams=False),
)


def read_watch(estate: Estate, resource: str) -> Watch | None:
    """What a subscription's `resource` names; None for anything that cannot be watched."""
    tokens = read_path(resource.partition("?")[0])
    if tokens and isinstance(tokens[0], Word) and tokens[0].text.lower() == "v1.0":
        tokens = tokens[1:]
    words = _words(tokens)
    for row in _ROWS:
        if len(row.words) == len(words) and all(a in ("*", b) for a, b in zip(row.words, words, strict=True)):
            return _watch(row, tokens)
    return _read_drive_watch(estate, tokens)


def _watch(row: _Row, tokens: list[Token]) -> Watch:
    # Ids of channels are case-sensitive, those of teams and groups are not.
    container = _EVERY if row.key is None else _key(tokens, row.key, fold=row.topic != "message")
    changes = _ALL_CHANGES if row.is_teams else frozenset({"updated", "deleted"})
    life_min = _TEAMS_LIFE_MIN if row.is_teams else _DIRECTORY_LIFE_MIN
    return Watch(row.topic, container, life_min, changes, row.needs, row.is_teams, row.app_only)


def _read_drive_watch(estate: Estate, tokens: list[Token]) -> Watch | None:
    drive: sites.Drive | None = None
    match _words(tokens):
        case ["drives", _, "root"]:
            drive = sites.find_drive(estate, _key(tokens, 1, fold=False))
        case ["sites", _, "lists", _]:
            site = sites.find_site(estate, _key(tokens, 1))
            found = sites.list_drives(estate, site.id) if site is not None else []
            drive = next((one for one in found if one.list_id == _key(tokens, 3)), None)
        case ["groups", _, "drive", "root"]:
            group = groups.find_group(estate, _key(tokens, 1))
            site = sites.find_group_site(estate, group.id) if group is not None else None
            drive = sites.default_drive(estate, site.id) if site is not None else None
    if drive is None:
        return None
    return Watch("drive", drive.id, _FILES_LIFE_MIN, frozenset({"updated"}), DRIVE_READ, is_teams=False)


def _words(tokens: list[Token]) -> list[str]:
    return [token.text.lower() if isinstance(token, Word) else "" for token in tokens]


def _key(tokens: list[Token], place: int, *, fold: bool = True) -> str:
    token = tokens[place]
    text = token.text if isinstance(token, Word) else ""
    return text.lower() if fold else text
