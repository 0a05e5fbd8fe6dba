"""Tables and columns as metadata describes them, in the asker's language.

Source: dataverse.md section 2.1.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from liaison.dataverse.client import Call, DataverseClient
from liaison.dataverse.errors import Subject
from liaison.dataverse.names import LANGUAGE_CODES
from liaison.dataverse.query import equals, is_name
from liaison.domain.crm import Table
from liaison.domain.form import FieldKind, Option
from liaison.domain.names import TableName
from liaison.errors import RecordUnknown, TableUnknown
from liaison.wire.wild import Wild

_TABLE_COLUMNS = (
    "LogicalName,EntitySetName,ObjectTypeCode,PrimaryIdAttribute,PrimaryNameAttribute,DisplayName,"
    "DisplayCollectionName,IsDocumentManagementEnabled,IsMSTeamsIntegrationEnabled"
)
_LOOKUPS = frozenset({"Lookup", "Customer", "Owner"})


@dataclass(frozen=True)
class Attribute:
    """A column: its logical name, its kind, and its labels by language code."""

    name: str
    kind: str
    labels: tuple[tuple[int, str], ...]
    part_of: str = ""
    """The column whose name or shadow this one is; the service gives it no value of its own."""

    @property
    def is_lookup(self) -> bool:
        return self.kind in _LOOKUPS

    @property
    def selected(self) -> str:
        """The name by which a query selects it: a lookup is read as its foreign key."""
        return f"_{self.name}_value" if self.is_lookup else self.name

    def label(self, language: str) -> str:
        return pick_label(self.labels, language) or self.name


@dataclass(frozen=True)
class Limits:
    """What one column takes. `highest` and `lowest` None mean no limit, `longest` 0 too."""

    kind: FieldKind
    is_changeable: bool
    is_required: bool
    longest: int = 0
    lowest: float | None = None
    highest: float | None = None
    precision: int = 0
    options: tuple[Option, ...] = ()


@dataclass(frozen=True)
class _Kept:
    table: Table
    attributes: dict[str, Attribute]
    until: float


class MetadataShelf:
    """What tables are called and made of, and who is which user, kept a while for one environment: never a right.

    The switches of a table are kept with it and so may be as old; whoever decides by them asks the service.
    """

    def __init__(self, keep_s: float = 300.0) -> None:
        self._keep_s = keep_s
        self._kept: dict[tuple[TableName, str], _Kept] = {}
        self._layouts: dict[TableName, tuple[tuple[str, ...], float]] = {}
        self._users: dict[str, tuple[str, float]] = {}
        self._limits: dict[tuple[TableName, str, str], tuple[dict[str, Limits], float]] = {}

    def find(self, table: TableName, language: str) -> tuple[Table, dict[str, Attribute]] | None:
        kept = self._kept.get((table, language))
        return (kept.table, kept.attributes) if kept is not None and time.monotonic() < kept.until else None

    def put(self, table: Table, language: str, attributes: dict[str, Attribute]) -> None:
        self._kept[table.name, language] = _Kept(table, attributes, time.monotonic() + self._keep_s)

    def find_layout(self, table: TableName) -> tuple[str, ...] | None:
        """The columns of the table's default view."""
        columns, until = self._layouts.get(table, ((), 0.0))
        return columns if time.monotonic() < until else None

    def put_layout(self, table: TableName, columns: tuple[str, ...]) -> None:
        self._layouts[table] = (columns, time.monotonic() + self._keep_s)

    def find_user(self, who: str) -> str:
        """The id that a holder of tokens has as a user of the environment; empty when it is not kept."""
        user, until = self._users.get(who, ("", 0.0))
        return user if time.monotonic() < until else ""

    def put_user(self, who: str, user: str) -> None:
        self._users[who] = (user, time.monotonic() + self._keep_s)

    def find_limits(self, table: TableName, language: str, kind: str) -> dict[str, Limits] | None:
        """What the table's columns of one kind take, if that was read lately."""
        limits, until = self._limits.get((table, language, kind), (None, 0.0))
        return limits if time.monotonic() < until else None

    def put_limits(self, table: TableName, language: str, kind: str, limits: dict[str, Limits]) -> None:
        self._limits[table, language, kind] = (limits, time.monotonic() + self._keep_s)

    def clear(self) -> None:
        """Forget all: a switch was turned."""
        self._kept.clear()
        self._layouts.clear()
        self._limits.clear()


class DataverseMetadata:
    """Metadata as one person reads it."""

    def __init__(self, client: DataverseClient, language: str, shelf: MetadataShelf) -> None:
        self._client = client
        self._language = language
        self.shelf = shelf

    async def read_table(self, table: TableName) -> Table:
        """As it is now. Raises TableUnknown."""
        if not is_name(table):
            raise TableUnknown(table)
        path = "/EntityDefinitions(LogicalName='{table}')"
        query = {"$select": _TABLE_COLUMNS}
        call = Call("GET", path, Subject(table), {"table": table}, query, repeatable=True)
        try:
            return read_table(await self._client.read(call), self._language)
        except RecordUnknown:
            raise TableUnknown(table) from None

    async def list_tables(self, tables: Sequence[TableName]) -> tuple[Table, ...]:
        """Those that exist, in the order given."""
        asked = [name for name in dict.fromkeys(tables) if is_name(name)]
        if not asked:
            return ()
        query = {"$select": _TABLE_COLUMNS, "$filter": " or ".join(equals("LogicalName", name) for name in asked)}
        call = Call("GET", "/EntityDefinitions", Subject("entity"), query=query, repeatable=True)
        found = {
            table.name: table for table in [read_table(row, self._language) async for row in self._client.rows(call)]
        }
        return tuple(found[name] for name in asked if name in found)

    async def describe(self, table: TableName) -> tuple[Table, dict[str, Attribute]]:
        """The table and its columns by name, perhaps from the shelf. Raises TableUnknown."""
        kept = self.shelf.find(table, self._language)
        if kept is not None:
            return kept
        found, attributes = await asyncio.gather(self.read_table(table), self._attributes(table))
        by_name = {attribute.name: attribute for attribute in attributes}
        self.shelf.put(found, self._language, by_name)
        return found, by_name

    async def _attributes(self, table: TableName) -> list[Attribute]:
        if not is_name(table):
            return []
        path = "/EntityDefinitions(LogicalName='{table}')/Attributes"
        query = {"$select": "LogicalName,AttributeType,AttributeOf,DisplayName"}
        call = Call("GET", path, Subject(table), {"table": table}, query, repeatable=True)
        try:
            return [read_attribute(row) async for row in self._client.rows(call)]
        except RecordUnknown:
            raise TableUnknown(table) from None


def read_table(wild: Wild, language: str) -> Table:
    """A missing Teams flag is off: older environments do not have it."""
    name = TableName(wild.text("LogicalName"))
    return Table(
        name=name,
        set_name=wild.text("EntitySetName"),
        type_code=wild.number("ObjectTypeCode"),
        label=pick_label(read_labels(wild.opt_child("DisplayName")), language) or name,
        plural=pick_label(read_labels(wild.opt_child("DisplayCollectionName")), language) or name,
        id_column=wild.text("PrimaryIdAttribute"),
        name_column=wild.opt_text("PrimaryNameAttribute"),
        document_management=wild.opt_flag("IsDocumentManagementEnabled"),
        collaboration=wild.opt_flag("IsMSTeamsIntegrationEnabled"),
    )


def read_attribute(wild: Wild) -> Attribute:
    return Attribute(
        name=wild.text("LogicalName"),
        kind=wild.opt_text("AttributeType"),
        labels=read_labels(wild.opt_child("DisplayName")),
        part_of=wild.opt_text("AttributeOf"),
    )


def read_labels(wild: Wild) -> tuple[tuple[int, str], ...]:
    """Language codes and labels; the user's own comes last, for want of a better one."""
    found = [(label.number("LanguageCode"), label.text("Label")) for label in wild.opt_list("LocalizedLabels")]
    mine = wild.opt_child("UserLocalizedLabel")
    if mine.has("Label"):
        found.append((mine.opt_number("LanguageCode"), mine.text("Label")))
    return tuple(found)


def pick_label(labels: tuple[tuple[int, str], ...], language: str) -> str:
    """The label in the language, else the last one there is."""
    wanted = LANGUAGE_CODES.get(language, LANGUAGE_CODES["en"])
    exact = next((label for code, label in labels if code == wanted), "")
    return exact or (labels[-1][1] if labels else "")
