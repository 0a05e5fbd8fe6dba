"""The resource path of an address: segments, keys and parameters.

Source: OData 4.0 URL conventions; update-delete-entities-using-web-api.md for alternate keys.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from liaison.tenant.dataverse.errors import query_error, unknown_segment
from liaison.tenant.dataverse.odata.nodes import Literal, LiteralKind
from liaison.tenant.dataverse.odata.options import split_outside
from liaison.tenant.dataverse.odata.parser import parse_condition
from liaison.tenant.dataverse.sql.values import from_literal, read_guid
from liaison.tenant.estate.crm.model import Model, TableModel

NAMESPACES = ("Microsoft.Dynamics.CRM.", "mscrm.")
_DEEPEST = 12


@dataclass(frozen=True)
class Segment:
    """One part of a path; `inside` is the text in its parentheses, None when it has none."""

    name: str
    inside: str | None = None

    @property
    def operation(self) -> str | None:
        """The name of a bound operation, without its namespace."""
        for namespace in NAMESPACES:
            if self.name.startswith(namespace):
                return self.name.removeprefix(namespace)
        return None

    @property
    def text(self) -> str:
        return self.name if self.inside is None else f"{self.name}({self.inside})"


@dataclass(frozen=True)
class RowKey:
    """How an address names a row: by its guid, or by the values of an alternate key."""

    row_id: str | None
    values: tuple[tuple[str, object], ...] = ()


@lru_cache(maxsize=1024)
def read_path(path: str) -> tuple[Segment, ...]:
    """Segments of a percent-encoded path below the service root."""
    decoded = unquote(path).strip("/")
    if not decoded:
        return ()
    segments = tuple(_segment(part) for part in split_outside(decoded, "/"))
    if len(segments) > _DEEPEST:
        raise query_error("The resource path has too many segments.")
    return segments


def _segment(text: str) -> Segment:
    name, parenthesis, rest = text.partition("(")
    if not parenthesis:
        return Segment(name)
    if not rest.endswith(")"):
        raise query_error(f"Bad Request - Error in query syntax: '{text}'.")
    return Segment(name, rest[:-1])


def read_key(table: TableModel, inside: str) -> RowKey:
    """The key in parentheses. Raises 400 for what is neither a guid nor an alternate key of the table."""
    stripped = inside.strip()
    guid = read_guid(stripped.strip("'"))
    if guid is not None:
        return RowKey(guid)
    values: list[tuple[str, object]] = []
    for part in split_outside(stripped, ","):
        name, equals, text = part.partition("=")
        name = name.strip()
        column = table.by_wire.get(name) or table.by_name.get(name)
        if not equals or column is None:
            raise _bad_key(inside)
        literal = parse_condition(text.strip())
        if not isinstance(literal, Literal) or literal.kind is LiteralKind.NULL:
            raise _bad_key(inside)
        values.append((column.name, from_literal(column, literal, "eq")))
    if len(values) == 1 and values[0][0] == table.key:
        return RowKey(str(values[0][1]))
    if frozenset(name for name, _ in values) not in {frozenset(key.columns) for key in table.table.keys}:
        raise query_error("The specified entity key is not a defined entity key for the given entity.")
    return RowKey(None, tuple(values))


def _bad_key(inside: str) -> Exception:
    return query_error(f"Bad Request - Error in query syntax: the key '{inside}' cannot be read.")


def read_reference(model: Model, root: str, address: str) -> tuple[TableModel, RowKey]:
    """The row an address names: absolute, from the root of the host, or relative to the service root.

    Raises 400 when it leads to no row.
    """
    text = address.strip()
    if "://" in text:
        text = urlsplit(text).path
    marker = text.find("/api/data/")
    if marker >= 0:
        text = text[marker + len("/api/data/") :].partition("/")[2]
    segments = read_path(text)
    if len(segments) != 1 or segments[0].inside is None:
        raise query_error(f"The address '{address}' does not lead to a row of {root}.")
    table = model.sets.get(segments[0].name)
    if table is None:
        raise unknown_segment(segments[0].name)
    return table, read_key(table, segments[0].inside)


def read_parameters(inside: str | None, options: dict[str, str]) -> dict[str, str]:
    """Parameters of a function as text, aliases replaced: `F(P='x',Q=@q)?@q=…`.

    Source: use-web-api-functions.md, "Pass parameters to a function".
    """
    found: dict[str, str] = {}
    for part in split_outside(inside or "", ","):
        name, equals, text = part.partition("=")
        if not part.strip():
            continue
        if not equals:
            raise query_error(f"The parameter '{part.strip()}' has no value.")
        value = text.strip()
        found[name.strip()] = options.get(value, "null") if value.startswith("@") else value
    return found
