"""FetchXML as typed values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Attribute:
    """A column asked for; in aggregates with its function or as a group. `count_children` asks how many rows are
    directly below, in tables with a hierarchy."""

    name: str
    alias: str | None = None
    aggregate: str | None = None
    group: bool = False
    date_grouping: str | None = None
    distinct: bool = False
    count_children: bool = False


@dataclass(frozen=True)
class FetchOrder:
    attribute: str | None
    alias: str | None
    descending: bool
    entity: str | None = None


@dataclass(frozen=True)
class Condition:
    """`entity` is the alias of a linked table; `value_of` names another column to compare with."""

    attribute: str
    operator: str
    values: tuple[str, ...]
    entity: str | None = None
    value_of: str | None = None


@dataclass(frozen=True)
class FetchFilter:
    """Conditions, filters and links inside a filter, joined by `and` or `or`."""

    either: bool
    conditions: tuple[Condition, ...]
    filters: tuple[FetchFilter, ...]
    links: tuple[FetchLink, ...] = ()


@dataclass(frozen=True)
class FetchTable:
    """What is asked of the root table or of a linked one."""

    name: str
    attributes: tuple[Attribute, ...]
    all_attributes: bool
    orders: tuple[FetchOrder, ...]
    filters: tuple[FetchFilter, ...]
    links: tuple[FetchLink, ...]
    no_attributes: bool = False


@dataclass(frozen=True)
class FetchLink:
    """A linked table: `near` is the column of the parent (`to`), `far` that of the linked table (`from`)."""

    table: FetchTable
    far: str
    near: str
    alias: str | None
    kind: str


@dataclass(frozen=True)
class Fetch:
    """A whole query; `cookie` is the decoded inner paging cookie."""

    root: FetchTable
    top: int | None
    count: int | None
    page: int
    cookie: str | None
    distinct: bool
    aggregate: bool
    total: bool
    aggregate_limit: int | None = None
