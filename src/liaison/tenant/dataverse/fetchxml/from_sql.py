"""The `sql` query option: a small SELECT, read as the FetchXML query it stands for.

Supported, as the service documents its preview: explicit columns, INNER and LEFT JOIN on equal columns, conditions of
a column and literals (comparisons, LIKE, IN, BETWEEN, IS NULL) joined by AND and OR, DISTINCT, ORDER BY columns,
GROUP BY with COUNT, SUM, AVG, MIN and MAX. Source: webapi/query/sql.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache

from liaison.tenant.dataverse.errors import DataverseError
from liaison.tenant.dataverse.fetchxml.query import (
    Attribute,
    Condition,
    Fetch,
    FetchFilter,
    FetchLink,
    FetchOrder,
    FetchTable,
)

_TOKEN = re.compile(
    r"\s*(?:(?P<text>N?'(?:[^']|'')*')|(?P<number>-?\d+(?:\.\d+)?)|(?P<word>[A-Za-z_]\w*|\[[^\]]+\]|\"[^\"]+\")"
    r"|(?P<mark><>|!=|<=|>=|[=<>(),.*]))",
    re.ASCII,
)
_OPERATORS = {"=": "eq", "<>": "ne", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
_FUNCTIONS = {"COUNT": "countcolumn", "SUM": "sum", "AVG": "avg", "MIN": "min", "MAX": "max"}
_ENDINGS = frozenset(
    {"FROM", "WHERE", "GROUP", "ORDER", "JOIN", "INNER", "LEFT", "ON", "AND", "OR", "AS", "ASC", "DESC", "BETWEEN",
     "IN", "IS", "LIKE", "NOT", "NULL", "OUTER", "BY"}
)  # fmt: skip
_DEEPEST = 50


@dataclass(frozen=True)
class _Name:
    """A column, with the alias of its table when the text gives one."""

    table: str | None
    column: str


@dataclass
class _Source:
    """One table of FROM while it is being read."""

    name: str
    alias: str
    near: str = ""
    far: str = ""
    kind: str = "inner"
    parent: str = ""
    attributes: list[Attribute] = field(default_factory=list)


def sql_error(message: str) -> DataverseError:
    return DataverseError(400, "0x80040203", f"The SQL statement is not supported: {message}")


@lru_cache(maxsize=256)
def read_sql(text: str) -> Fetch:
    """Read a SELECT. Raises 400 for everything beyond the subset."""
    return _Reader(text).fetch()


class _Reader:
    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._at = 0
        self._depth = 0
        self._sources: list[_Source] = []

    def fetch(self) -> Fetch:
        self._take("SELECT")
        distinct = self._skip("DISTINCT")
        items = self._items()
        self._take("FROM")
        self._from()
        filters = (self._either(),) if self._skip("WHERE") else ()
        groups = self._names_after("GROUP")
        orders = self._orders()
        if self._at < len(self._tokens):
            raise sql_error(f"unexpected '{self._tokens[self._at][1]}'.")
        aggregate = bool(groups) or any(item.aggregate for _, item in items)
        for name, item in items:
            grouped = replace(item, group=True) if aggregate and item.aggregate is None else item
            self._source(name).attributes.append(self._labelled(name, grouped, aggregate=aggregate))
        root = self._table(self._sources[0], filters, self._fetch_orders(orders, aggregate=aggregate))
        return Fetch(root, None, None, 1, None, distinct, aggregate, False)

    def _labelled(self, name: _Name, item: Attribute, *, aggregate: bool) -> Attribute:
        """Columns of joined tables come under their own name; aggregates need a name in any case."""
        joined = self._source(name) is not self._sources[0]
        if item.alias is None and (joined or aggregate):
            return replace(item, alias=item.aggregate or item.name)
        return item

    def _items(self) -> list[tuple[_Name, Attribute]]:
        found = [self._item()]
        while self._skip(","):
            found.append(self._item())
        return found

    def _item(self) -> tuple[_Name, Attribute]:
        if self._sees("*"):
            raise sql_error("SELECT * must name its columns.")
        word = self._peek().upper()
        if word in _FUNCTIONS and self._peek(1) == "(":
            return self._function(word)
        name = self._name()
        return name, Attribute(name.column, self._alias())

    def _function(self, word: str) -> tuple[_Name, Attribute]:
        self._at += 2
        if word == "COUNT" and self._skip("*"):
            self._take(")")
            # Every row has its key, whatever column is named here.
            return _Name(None, ""), Attribute("", self._alias(), "count")
        distinct = self._skip("DISTINCT")
        name = self._name()
        self._take(")")
        return name, Attribute(name.column, self._alias(), _FUNCTIONS[word], distinct=distinct)

    def _alias(self) -> str | None:
        if self._skip("AS") or (self._kind() == "word" and self._peek().upper() not in _ENDINGS):
            return self._word()
        return None

    def _from(self) -> None:
        self._sources.append(self._source_name())
        while self._peek().upper() in ("JOIN", "INNER", "LEFT"):
            kind = "outer" if self._skip("LEFT") else "inner"
            self._skip("OUTER")
            self._skip("INNER")
            self._take("JOIN")
            joined = self._source_name()
            joined.kind = kind
            self._take("ON")
            one = self._name()
            self._take("=")
            other = self._name()
            here, there = (one, other) if one.table == joined.alias else (other, one)
            if here.table != joined.alias or there.table is None:
                raise sql_error("a JOIN must compare one column of each table.")
            joined.far, joined.near, joined.parent = here.column, there.column, there.table
            self._sources.append(joined)

    def _source_name(self) -> _Source:
        name = self._word().lower()
        alias = self._alias()
        return _Source(name, (alias or name).lower())

    def _source(self, name: _Name) -> _Source:
        if name.table is None:
            return self._sources[0]
        for source in self._sources:
            if source.alias == name.table:
                return source
        raise sql_error(f"the table '{name.table}' is not in FROM.")

    def _table(
        self, source: _Source, filters: tuple[FetchFilter, ...] = (), orders: tuple[FetchOrder, ...] = ()
    ) -> FetchTable:
        links = tuple(
            FetchLink(self._table(below), below.far, below.near, below.alias, below.kind)
            for below in self._sources[1:]
            if below.parent == source.alias
        )
        return FetchTable(source.name, tuple(source.attributes), False, orders, filters, links)

    def _either(self) -> FetchFilter:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise sql_error("it is nested too deep.")
        parts = [self._both()]
        while self._skip("OR"):
            parts.append(self._both())
        self._depth -= 1
        return parts[0] if len(parts) == 1 else FetchFilter(True, (), tuple(parts))

    def _both(self) -> FetchFilter:
        parts = [self._term()]
        while self._skip("AND"):
            parts.append(self._term())
        return parts[0] if len(parts) == 1 else FetchFilter(False, (), tuple(parts))

    def _term(self) -> FetchFilter:
        if self._skip("("):
            inner = self._either()
            self._take(")")
            return inner
        return FetchFilter(False, (self._condition(),), ())

    def _condition(self) -> Condition:
        name = self._name()
        source = self._source(name)
        entity = None if source is self._sources[0] else source.alias
        operator, values = self._comparison()
        return Condition(name.column, operator, values, entity)

    def _comparison(self) -> tuple[str, tuple[str, ...]]:
        if self._skip("IS"):
            negative = self._skip("NOT")
            self._take("NULL")
            return ("not-null" if negative else "null"), ()
        negative = self._skip("NOT")
        if self._skip("LIKE"):
            return ("not-like" if negative else "like"), (self._literal(),)
        if self._skip("BETWEEN"):
            low = self._literal()
            self._take("AND")
            return ("not-between" if negative else "between"), (low, self._literal())
        if self._skip("IN"):
            self._take("(")
            values = [self._literal()]
            while self._skip(","):
                values.append(self._literal())
            self._take(")")
            return ("not-in" if negative else "in"), tuple(values)
        operator = _OPERATORS.get(self._peek())
        if operator is None or negative:
            raise sql_error(f"'{self._peek()}' is no comparison.")
        self._at += 1
        return operator, (self._literal(),)

    def _names_after(self, word: str) -> list[_Name]:
        if not self._skip(word):
            return []
        self._take("BY")
        found = [self._name()]
        while self._skip(","):
            found.append(self._name())
        return found

    def _orders(self) -> list[tuple[_Name, bool]]:
        if not self._skip("ORDER"):
            return []
        self._take("BY")
        found = [self._order()]
        while self._skip(","):
            found.append(self._order())
        return found

    def _order(self) -> tuple[_Name, bool]:
        name = self._name()
        descending = self._skip("DESC")
        if not descending:
            self._skip("ASC")
        return name, descending

    def _fetch_orders(self, orders: list[tuple[_Name, bool]], *, aggregate: bool) -> tuple[FetchOrder, ...]:
        found = []
        for name, descending in orders:
            source = self._source(name)
            entity = None if source is self._sources[0] else source.alias
            if aggregate:
                found.append(FetchOrder(None, name.column, descending))
            else:
                found.append(FetchOrder(name.column, None, descending, entity))
        return tuple(found)

    def _name(self) -> _Name:
        first = self._word().lower()
        if self._skip("."):
            return _Name(first, self._word().lower())
        return _Name(None, first)

    def _word(self) -> str:
        if self._kind() != "word":
            raise sql_error(f"a name is expected at '{self._peek()}'.")
        self._at += 1
        return self._tokens[self._at - 1][1].strip('[]"')

    def _literal(self) -> str:
        kind, text = self._kind(), self._peek()
        if kind not in ("text", "number"):
            raise sql_error(f"a literal is expected at '{text}'.")
        self._at += 1
        return text if kind == "number" else text.removeprefix("N")[1:-1].replace("''", "'")

    def _kind(self) -> str:
        return self._tokens[self._at][0] if self._at < len(self._tokens) else "end"

    def _peek(self, ahead: int = 0) -> str:
        return self._tokens[self._at + ahead][1] if self._at + ahead < len(self._tokens) else ""

    def _sees(self, word: str) -> bool:
        return self._kind() != "text" and self._peek().upper() == word

    def _skip(self, word: str) -> bool:
        if not self._sees(word):
            return False
        self._at += 1
        return True

    def _take(self, word: str) -> None:
        if not self._skip(word):
            raise sql_error(f"{word} is expected at '{self._peek()}'.")


def _tokens(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    position = 0
    stripped = text.strip().rstrip(";")
    while position < len(stripped):
        match = _TOKEN.match(stripped, position)
        if match is None or match.lastgroup is None:
            raise sql_error(f"it cannot be read at position {position}.")
        found.append((match.lastgroup, match[match.lastgroup]))
        position = match.end()
    return found
