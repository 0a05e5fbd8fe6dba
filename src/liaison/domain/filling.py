"""Name templates: texts with a record's columns in braces, what is wrong with one, and what a record makes of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from liaison.domain.extras import ExtraChannel, Extras, WebsiteTab
from liaison.domain.limits import TEAM_NAME
from liaison.domain.link import NewTeam
from liaison.domain.names import (
    CHANNEL_NAME_LIMIT,
    TableName,
    TeamId,
    propose_channel_name,
    read_channel_name,
    read_file_name,
)
from liaison.domain.naming import PRIMARY_CHANNEL
from liaison.domain.template import Proposal, TeamTarget, Template
from liaison.errors import LiaisonError, Row, TemplateInvalid

NAME, NUMBER = "name", "number"
COMMON_COLUMNS = frozenset({NAME, NUMBER})
"""What a template for every table may name; a table without numbers leaves nothing in its place."""
TEMPLATE_NAME_LIMIT = 100
FOLDER_NAME_LIMIT = 128
TAB_NAME_LIMIT = 128
ADDRESS_LIMIT = 2000
WELCOME_LIMIT = 4000
MOST_OF_A_KIND = 10

_COLUMN = re.compile(r"\{([a-z][a-z0-9_]{0,127})\}")
_WEBSITE = re.compile(r"https://[^\W_]([\w.-]*[^\W_])?(:\d{1,5})?([/?#]\S*)?")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_SEPARATORS = " -–—_.,:;/|"
_EXAMPLE = "x"


class Fault(StrEnum):
    """What is wrong with one value of a template."""

    REQUIRED = "required"
    TOO_LONG = "too_long"
    TOO_MANY = "too_many"
    BRACES = "braces"
    """A brace without its partner, or with something in it that is no column's name."""
    UNKNOWN_COLUMN = "unknown_column"
    FORBIDDEN = "forbidden"
    TWICE = "twice"
    NOT_HTTPS = "not_https"
    UNKNOWN_TABLE = "unknown_table"
    NOT_ITS_TABLE = "not_its_table"
    UNKNOWN_TEAM = "unknown_team"


@dataclass(frozen=True)
class Surroundings:
    """What a template is checked against: columns of every table that may be linked, and whether its team is there."""

    columns: Mapping[TableName, frozenset[str]]
    team_is_known: bool = True


# --- checking --------------------------------------------------------------------------------------------------


def columns_in(text: str) -> tuple[str, ...]:
    """The columns that a text names, each once."""
    return tuple(dict.fromkeys(_COLUMN.findall(text)))


def columns_of(template: Template) -> tuple[str, ...]:
    return tuple(dict.fromkeys(column for text in template.name_templates for column in columns_in(text)))


def require_valid(template: Template, known: Surroundings) -> None:
    """Raises TemplateInvalid with everything that is wrong, not the first."""
    faults = tuple(
        Row("value", f"{place}: {value}" if value else place, place, fault.value)
        for place, value, fault in _faults(template, known)
    )
    if faults:
        raise TemplateInvalid(template.name, faults)


_Faults = Iterable[tuple[str, str, Fault]]


def _faults(template: Template, known: Surroundings) -> _Faults:
    """Place, value and fault; a place is `name`, `team`, or `channels.0.name`."""
    if not template.name.strip():
        yield "name", "", Fault.REQUIRED
    if len(template.name) > TEMPLATE_NAME_LIMIT:
        yield "name", template.name, Fault.TOO_LONG
    yield from _faults_of_tables(template, known)
    yield from _faults_of_team(template, known)
    columns = _allowed_columns(template, known)
    yield from _of_text("channel_name", template.channel_name, columns, _read_channel)
    yield from _faults_of_extras(template.extras, columns)


def _faults_of_tables(template: Template, known: Surroundings) -> _Faults:
    for table in template.tables:
        if table not in known.columns:
            yield "tables", table, Fault.UNKNOWN_TABLE
    for table in template.default_of:
        if table not in known.columns:
            yield "default_of", table, Fault.UNKNOWN_TABLE
        elif not template.fits(table):
            yield "default_of", table, Fault.NOT_ITS_TABLE


def _faults_of_team(template: Template, known: Surroundings) -> _Faults:
    team = template.team
    if team.target is TeamTarget.EXISTING and not team.id:
        yield "team.id", "", Fault.REQUIRED
    elif team.target is TeamTarget.EXISTING and not known.team_is_known:
        yield "team.id", team.name or team.id, Fault.UNKNOWN_TEAM
    if team.target is TeamTarget.NEW:
        yield from _of_text("team.name", team.name, _allowed_columns(template, known), _read_team)


def _allowed_columns(template: Template, known: Surroundings) -> frozenset[str]:
    """Those that every one of its tables has; of a template for all tables the common ones."""
    of_tables = [known.columns[table] for table in template.tables if table in known.columns]
    return COMMON_COLUMNS | (frozenset.intersection(*of_tables) if of_tables else frozenset())


def _faults_of_extras(extras: Extras, columns: frozenset[str]) -> _Faults:
    for kind, items in (("folders", extras.folders), ("channels", extras.channels), ("tabs", extras.tabs)):
        if len(items) > MOST_OF_A_KIND:
            yield kind, str(len(items)), Fault.TOO_MANY
    for number, folder in enumerate(extras.folders):
        yield from _of_text(f"folders.{number}", folder, columns, read_folder_name)
    yield from _twice("folders.{}", extras.folders)
    for number, channel in enumerate(extras.channels):
        yield from _of_text(f"channels.{number}.name", channel.name, columns, _read_channel)
    yield from _twice("channels.{}.name", [channel.name for channel in extras.channels])
    for number, tab in enumerate(extras.tabs):
        yield from _of_text(f"tabs.{number}.name", tab.name, columns, _read_tab_name)
        yield from _of_text(f"tabs.{number}.address", tab.address, columns, _read_address)
    yield from _twice("tabs.{}.address", [tab.address for tab in extras.tabs])
    yield from _twice("tabs.{}.name", [tab.name for tab in extras.tabs])
    if extras.welcome:
        yield from _of_text("welcome", extras.welcome, columns, _read_welcome)


class _Wrong(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def _of_text(place: str, text: str, columns: frozenset[str], read: Callable[[str], object]) -> _Faults:
    if not text.strip():
        yield place, "", Fault.REQUIRED
        return
    left = _COLUMN.sub("", text)
    if "{" in left or "}" in left:
        yield place, text, Fault.BRACES
        return
    unknown = [column for column in columns_in(text) if column not in columns]
    if unknown:
        yield place, ", ".join(f"{{{column}}}" for column in unknown), Fault.UNKNOWN_COLUMN
        return
    try:
        read(_COLUMN.sub(_EXAMPLE, text))
    except _Wrong as wrong:
        yield place, text, wrong.fault
    except LiaisonError:
        yield place, text, Fault.FORBIDDEN


def _read_channel(text: str) -> None:
    _within(text, CHANNEL_NAME_LIMIT)
    if read_channel_name(text).casefold() == PRIMARY_CHANNEL.casefold():
        raise _Wrong(Fault.FORBIDDEN)


def _read_team(text: str) -> None:
    _within(text, TEAM_NAME.most)


def read_folder_name(text: str) -> None:
    """Raises FileNameForbidden, and says when it is too long."""
    _within(text, FOLDER_NAME_LIMIT)
    if "/" in text or "\\" in text or text.strip().endswith(".") or text.strip().startswith("~"):
        raise _Wrong(Fault.FORBIDDEN)
    read_file_name(text)


def _read_tab_name(text: str) -> None:
    _within(text, TAB_NAME_LIMIT)


def _read_welcome(text: str) -> None:
    _within(text, WELCOME_LIMIT)


def _read_address(text: str) -> None:
    _within(text, ADDRESS_LIMIT)
    if not _WEBSITE.fullmatch(text):
        raise _Wrong(Fault.NOT_HTTPS)


def _within(text: str, most: int) -> None:
    if len(text) > most:
        raise _Wrong(Fault.TOO_LONG)


def _twice(place: str, values: Collection[str]) -> _Faults:
    seen: set[str] = set()
    for number, value in enumerate(values):
        folded = value.strip().casefold()
        if folded and folded in seen:
            yield place.format(number), value, Fault.TWICE
        seen.add(folded)


# --- filling ---------------------------------------------------------------------------------------------------


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with a record's values; a column without a value leaves nothing, nor a separator at the ends."""
    filled = _COLUMN.sub(lambda found: values.get(found.group(1), "").strip(), text)
    filled = re.sub(r"[^\S\n]+", " ", filled).strip()
    has_gaps = any(not values.get(column, "").strip() for column in columns_in(text))
    return filled.strip(_SEPARATORS) if has_gaps else filled


def fill_channel_name(text: str, values: Mapping[str, str]) -> str:
    """A name that Teams takes; the record's own when nothing else is left of it."""
    return propose_channel_name(fill(text, values) or values.get(NAME, ""))


def fill_template(template: Template, values: Mapping[str, str]) -> Proposal:
    """What connecting a record with these values will use."""
    team, channel = template.team, fill_channel_name(template.channel_name, values)
    new_name = " ".join((fill(team.name, values) or values.get(NAME, "")).split())[: TEAM_NAME.most].rstrip()
    wanted = {
        TeamTarget.ASKED: None,
        TeamTarget.EXISTING: TeamId(team.id),
        TeamTarget.NEW: NewTeam(new_name, team.privacy, team.label),
    }[team.target]
    name = {TeamTarget.ASKED: "", TeamTarget.EXISTING: team.name, TeamTarget.NEW: new_name}[team.target]
    extras = fill_extras(template.extras, values)
    return Proposal(template, wanted, name, channel, template.channel_kind, extras)


def fill_extras(extras: Extras, values: Mapping[str, str]) -> Extras:
    """Each kind without names that have become the same or empty."""
    folders = _distinct(_folder_name(fill(folder, values)) for folder in extras.folders)
    channels = {
        name.casefold(): ExtraChannel(name, channel.kind)
        for channel in extras.channels
        if (name := propose_channel_name(fill(channel.name, values)))
    }
    tabs = {
        address: WebsiteTab(fill(tab.name, values)[:TAB_NAME_LIMIT].strip() or address, address)
        for tab in extras.tabs
        if (address := _fill_address(tab.address, values))
    }
    return Extras(folders, tuple(channels.values()), tuple(tabs.values()), fill(extras.welcome, values)[:WELCOME_LIMIT])


def beside(extras: Extras, channel: str) -> Extras:
    """Without a channel of the name that the link's own channel has."""
    others = tuple(one for one in extras.channels if one.name.casefold() != channel.strip().casefold())
    return replace(extras, channels=others)


def _fill_address(text: str, values: Mapping[str, str]) -> str:
    return _COLUMN.sub(lambda found: _escaped(values.get(found.group(1), "").strip()), text).strip()


def _escaped(value: str) -> str:
    """As one segment of an address, whatever it holds. Source: RFC 3986, section 2.1."""
    return "".join(chr(one) if chr(one) in _UNRESERVED else f"%{one:02X}" for one in value.encode())


def _folder_name(text: str) -> str:
    """A name that SharePoint takes, of a record's value that may hold anything."""
    kept = "".join(" " if letter in '"*:<>?/\\|' or _is_control(letter) else letter for letter in text)
    kept = re.sub(r"\s+", " ", kept).strip().lstrip("~").rstrip(".").strip()[:FOLDER_NAME_LIMIT].rstrip(" .")
    try:
        return read_file_name(kept) if kept else ""
    except LiaisonError:
        return ""


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    return tuple({name.casefold(): name for name in names if name}.values())


def _is_control(letter: str) -> bool:
    return unicodedata.category(letter) in {"Cc", "Cf"}
