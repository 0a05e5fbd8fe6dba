"""The tables of one environment as they are now: flags applied, lookups resolved, navigation named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from liaison.tenant.estate.crm.catalogue import GLOBAL_CHOICES, MANY_TO_MANY, TABLES
from liaison.tenant.estate.crm.columns import LOOKUPS, Column, Kind, OnDelete, Target
from liaison.tenant.estate.crm.tables import Flag, GlobalChoice, ManyToMany, Table, stored_names

_DELETED_WITH_RECORD = frozenset(
    {"annotation", "sharepointdocumentlocation", "task", "appointment", "email", "opportunityclose", "quoteclose",
     "orderclose", "incidentresolution"}
)  # fmt: skip
_INVERSES = {
    "annotation": "{Schema}_Annotation",
    "sharepointdocumentlocation": "{name}_SharePointDocumentLocations",
    "sharepointdocument": "{name}_SharePointDocuments",
    "activitypointer": "{Schema}_ActivityPointers",
    "task": "{Schema}_Tasks",
    "appointment": "{Schema}_Appointments",
    "email": "{Schema}_Emails",
    "phonecall": "{Schema}_Phonecalls",
    "opportunityclose": "{Schema}_OpportunityCloses",
    "quoteclose": "{Schema}_QuoteCloses",
    "orderclose": "{Schema}_OrderCloses",
    "incidentresolution": "{Schema}_IncidentResolutions",
}


@dataclass(frozen=True)
class Flags:
    """What an administrator may switch for a table."""

    documents: bool
    teams: bool
    tracked: bool


@dataclass(frozen=True)
class Single:
    """A navigation property to one row."""

    name: str
    column: Column
    target: Target


@dataclass(frozen=True)
class ByLookup:
    """A navigation property to the rows of another table whose lookup points here."""

    name: str
    table: str
    column: Column
    partner: str


@dataclass(frozen=True)
class ByIntersect:
    """A navigation property through an intersect table: `near` is its column for this side, `far` for the other."""

    name: str
    table: str
    link: ManyToMany
    near: str
    far: str
    partner: str


Collection = ByLookup | ByIntersect


@dataclass(frozen=True, eq=False)
class TableModel:
    """One table in one environment. `sql` is its quoted name in the database."""

    environment: str
    table: Table
    flags: Flags
    columns: tuple[Column, ...]
    singles: Mapping[str, Single]
    collections: Mapping[str, Collection]

    @cached_property
    def name(self) -> str:
        return self.table.name

    @cached_property
    def sql(self) -> str:
        return sql_name(self.environment, self.table.name)

    @cached_property
    def by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    @cached_property
    def by_wire(self) -> dict[str, Column]:
        return {column.wire: column for column in self.columns}

    @cached_property
    def key(self) -> str:
        return self.table.key

    @cached_property
    def stored_names(self) -> frozenset[str]:
        return frozenset(stored_names(self.table))

    @cached_property
    def has_version(self) -> bool:
        return "versionnumber" in self.by_name

    @cached_property
    def row_order(self) -> str:
        """What rows are ordered by when nothing else decides; a view has no rowid."""
        return self.key if self.table.select else "rowid"


@dataclass(frozen=True, eq=False)
class Model:
    """All tables of one environment, by logical name and by set name."""

    environment: str
    tables: Mapping[str, TableModel]
    links: tuple[ManyToMany, ...] = MANY_TO_MANY
    choices: tuple[GlobalChoice, ...] = GLOBAL_CHOICES

    @cached_property
    def definitions(self) -> tuple[Table, ...]:
        return tuple(table.table for table in self.tables.values())

    @cached_property
    def sets(self) -> dict[str, TableModel]:
        return {table.table.set_name: table for table in self.tables.values()}

    @cached_property
    def by_code(self) -> dict[int, TableModel]:
        return {table.table.code: table for table in self.tables.values()}

    @cached_property
    def pointing_at(self) -> dict[str, tuple[tuple[TableModel, Column, OnDelete], ...]]:
        """For each table, the lookups of others that may hold its key."""
        found: dict[str, list[tuple[TableModel, Column, OnDelete]]] = {}
        for table in self.tables.values():
            if table.table.select or table.table.has(Flag.VIRTUAL):
                continue
            for column in table.columns:
                for target in column.targets:
                    if column.kind is not Kind.OWNER and column.indexed:
                        found.setdefault(target.table, []).append((table, column, target.on_delete))
        return {name: tuple(pairs) for name, pairs in found.items()}


def sql_name(environment: str, table: str) -> str:
    """The quoted name of a table's rows; both parts come from declarations, never from a request."""
    return f'"{environment}.{table}"'


def search_name(environment: str, table: str) -> str:
    """The quoted name of the index over parts of a table's searched text."""
    return f'"{environment}.{table}.search"'


def start_flags(table: Table) -> Flags:
    """The flags a new environment has."""
    return Flags(table.has(Flag.DOCUMENTS), table.has(Flag.TEAMS), table.has(Flag.TRACKED))


def build_model(
    environment: str,
    flags: Mapping[str, Flags],
    declared: tuple[Table, ...] = TABLES,
    links: tuple[ManyToMany, ...] = MANY_TO_MANY,
    choices: tuple[GlobalChoice, ...] = GLOBAL_CHOICES,
) -> Model:
    """Resolve every lookup with the flags as they are: an open lookup reaches the tables that carry its flag."""
    shown = {table.name: flags.get(table.name) or start_flags(table) for table in declared}
    bearers = {
        Flag.DOCUMENTS: [table for table in declared if shown[table.name].documents],
        Flag.NOTES: [table for table in declared if table.has(Flag.NOTES)],
        Flag.ACTIVITIES: [table for table in declared if table.has(Flag.ACTIVITIES)],
    }
    columns = {table.name: tuple(_resolve(table, column, bearers) for column in table.columns) for table in declared}
    collections = _collections(columns, links)
    tables = {
        table.name: TableModel(
            environment, table, shown[table.name], columns[table.name], _singles(columns[table.name]),
            collections.get(table.name, {}),
        )
        for table in declared
    }  # fmt: skip
    return Model(environment, tables, links, choices)


def _resolve(table: Table, column: Column, bearers: Mapping[Flag, Iterable[Table]]) -> Column:
    if not column.open_to:
        return column
    targets = tuple(_open_target(table, column, bearer) for bearer in bearers[Flag(column.open_to)])
    return replace(column, targets=column.targets + targets)


def _open_target(table: Table, column: Column, bearer: Table) -> Target:
    navigation = f"{column.name}_{bearer.name}"
    if column.open_to == Flag.ACTIVITIES and table.name != "activitypointer":
        navigation += f"_{table.name}"
    inverse = _INVERSES[table.name].format(Schema=bearer.schema, name=bearer.name)
    if (table.name, bearer.name) == ("sharepointdocumentlocation", "account"):
        inverse = "Account_SharepointDocumentLocation"
    rule = OnDelete.DELETE if table.name in _DELETED_WITH_RECORD else OnDelete.CLEAR
    return Target(bearer.name, navigation, inverse, rule)


def _singles(columns: Iterable[Column]) -> dict[str, Single]:
    return {
        target.navigation: Single(target.navigation, column, target)
        for column in columns
        if column.kind in LOOKUPS
        for target in column.targets
    }


def _collections(
    columns: Mapping[str, tuple[Column, ...]], links: tuple[ManyToMany, ...]
) -> dict[str, dict[str, Collection]]:
    found: dict[str, dict[str, Collection]] = {}
    for child, own in columns.items():
        for column in own:
            for target in column.targets:
                if column.kind is not Kind.OWNER:
                    named = ByLookup(target.inverse, child, column, target.navigation)
                    found.setdefault(target.table, {})[named.name] = named
    for link in links:
        for side in _sides(link):
            found.setdefault(link.first if side.table == link.second else link.second, {})[side.name] = side
    return found


def _sides(link: ManyToMany) -> tuple[ByIntersect, ByIntersect]:
    """A many-to-many relationship as either table sees it."""
    return (
        ByIntersect(
            link.first_navigation, link.second, link, link.first_column, link.second_column, link.second_navigation
        ),
        ByIntersect(
            link.second_navigation, link.first, link, link.second_column, link.first_column, link.first_navigation
        ),
    )
