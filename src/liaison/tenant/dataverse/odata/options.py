"""The query options of a request as typed values: `$select`, `$orderby`, `$expand` with its own options, the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from liaison.tenant.dataverse.errors import query_error
from liaison.tenant.dataverse.odata.nodes import Expression, Literal, LiteralKind, Path
from liaison.tenant.dataverse.odata.parser import LONGEST_REMEMBERED, parse_condition

MOST_EXPANSIONS = 15
LARGEST_TOP = 5_000
_DEEPEST_EXPANSION = 10

_KNOWN = frozenset(
    {"$select", "$filter", "$orderby", "$top", "$count", "$expand", "$apply", "$skiptoken", "$deltatoken", "$id"}
)
_REFUSED = frozenset({"$skip", "$search", "$format", "$levels", "$compute", "$index"})


@dataclass(frozen=True)
class Order:
    """One column of `$orderby`, possibly reached through lookups."""

    path: tuple[str, ...]
    descending: bool


@dataclass(frozen=True)
class Expansion:
    """One navigation property of `$expand` with its nested options; `reference` is `/$ref`."""

    navigation: str
    select: tuple[str, ...] = ()
    condition: Expression | None = None
    order: tuple[Order, ...] = ()
    top: int | None = None
    count: bool = False
    expand: tuple[Expansion, ...] = ()
    reference: bool = False
    options: str = ""


@dataclass(frozen=True)
class QueryOptions:
    """What a request asks of a table; `aliases` hold the values of `@name` parameters."""

    select: tuple[str, ...] = ()
    condition: Expression | None = None
    order: tuple[Order, ...] = ()
    top: int | None = None
    count: bool = False
    expand: tuple[Expansion, ...] = ()
    apply: str | None = None
    skip_token: str | None = None
    delta_token: str | None = None
    aliases: tuple[tuple[str, Expression], ...] = ()


def read_query(options: Mapping[str, str]) -> QueryOptions:
    """Read the system query options. Raises 400 for those the service refuses or doesn't know.

    Source: query/overview.md, "OData query options".
    """
    if sum(map(len, options.values())) > LONGEST_REMEMBERED:
        return _read(options)
    return _remembered(tuple(options.items()))


@lru_cache(maxsize=1024)
def _remembered(pairs: tuple[tuple[str, str], ...]) -> QueryOptions:
    return _read(dict(pairs))


def _read(options: Mapping[str, str]) -> QueryOptions:
    for name in options:
        if name in _REFUSED:
            raise query_error(f"The query parameter {name} is not supported")
        if name.startswith("$") and name not in _KNOWN:
            raise query_error(f"The query parameter {name} is not supported")
    condition = options.get("$filter")
    aliases = tuple((name, _alias(value)) for name, value in options.items() if name.startswith("@"))
    expansions = read_expand(options.get("$expand", ""), 0)
    if _count(expansions) > MOST_EXPANSIONS:
        raise query_error(f"The number of $expand options exceeds the limit of {MOST_EXPANSIONS}.")
    return QueryOptions(
        select=read_select(options.get("$select", "")),
        condition=None if condition is None else parse_condition(_filled(condition, "$filter")),
        order=_named(read_order(options.get("$orderby", "")), dict(aliases)),
        top=read_top(options.get("$top")),
        count=read_flag("$count", options.get("$count")),
        expand=expansions,
        apply=options.get("$apply"),
        skip_token=options.get("$skiptoken"),
        delta_token=options.get("$deltatoken"),
        aliases=aliases,
    )


def _named(orders: tuple[Order, ...], aliases: Mapping[str, Expression]) -> tuple[Order, ...]:
    """Orders with parameter aliases replaced by the properties they stand for; one that nobody assigns is null,
    which orders nothing. Source: query/overview.md, "Use parameter aliases with query options"."""
    found: list[Order] = []
    for order in orders:
        if not order.path[0].startswith("@"):
            found.append(order)
            continue
        value = aliases.get(order.path[0])
        if isinstance(value, Path):
            found.append(Order(value.segments, order.descending))
        elif value is not None:
            raise query_error(f"The parameter alias '{order.path[0]}' in $orderby does not name a property.")
    return tuple(found)


def read_select(text: str) -> tuple[str, ...]:
    """Names of columns; line breaks and tabs between them are blanks, as Microsoft's own scripts send them."""
    names = [name.strip() for name in text.split(",")]
    return tuple(dict.fromkeys(name for name in names if name))


def read_order(text: str) -> tuple[Order, ...]:
    # A column that is named again decides nothing.
    return tuple(dict.fromkeys(_order(part) for part in split_outside(text, ",") if part.strip()))


def read_top(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.strip().isdecimal():
        raise query_error(f"Invalid value '{text}' for $top query option found. The $top query option requires a"
                          " non-negative integer value.")  # fmt: skip
    # Rows beyond the largest page are never returned, so a greater number means the same.
    return min(int(text.strip()[:9]), LARGEST_TOP)


def read_flag(name: str, text: str | None) -> bool:
    if text is None:
        return False
    word = text.strip().lower()
    if word not in ("true", "false"):
        raise query_error(f"Invalid value '{text}' for {name} query option found. Valid values are 'true' or 'false'.")
    return word == "true"


def read_expand(text: str, depth: int) -> tuple[Expansion, ...]:
    """Navigation properties with the options in their parentheses."""
    if depth > _DEEPEST_EXPANSION:
        raise query_error("The $expand query option is nested too deep.")
    return tuple(_expansion(part.strip(), depth) for part in split_outside(text, ",") if part.strip())


def split_outside(text: str, separator: str) -> Iterator[str]:
    """Split at a character where it stands outside parentheses, brackets and quotes."""
    level = 0
    quoted = False
    start = 0
    for index, character in enumerate(text):
        if character == "'":
            quoted = not quoted
        elif quoted:
            continue
        elif character in "([{":
            level += 1
        elif character in ")]}":
            level -= 1
        elif character == separator and level == 0:
            yield text[start:index]
            start = index + 1
    if quoted or level != 0:
        raise query_error(f"There is an unterminated literal or parenthesis in '{text}'.")
    yield text[start:]


def _order(text: str) -> Order:
    words = text.split()
    if len(words) > 2 or (len(words) == 2 and words[1].lower() not in ("asc", "desc")):
        raise query_error(f"Syntax error at position {len(words[0])} in '{text.strip()}'.")
    return Order(tuple(words[0].split("/")), len(words) == 2 and words[1].lower() == "desc")


def _expansion(text: str, depth: int) -> Expansion:
    name, parenthesis, rest = text.partition("(")
    name = name.strip()
    if name.endswith("/$ref"):
        return Expansion(name.removesuffix("/$ref"), reference=True)
    if not parenthesis:
        return Expansion(name)
    if not rest.endswith(")"):
        raise query_error(f"Syntax error at position {len(text)} in '{text}'.")
    inside = rest[:-1]
    options: dict[str, str] = {}
    for part in split_outside(inside, ";"):
        option, _, value = part.strip().partition("=")
        if option:
            options[option.strip()] = value
    unknown = set(options) - {"$select", "$filter", "$orderby", "$top", "$expand", "$count"}
    if unknown:
        raise query_error(f"Term '{text}' is not valid in a $select or $expand expression.")
    condition = options.get("$filter")
    return Expansion(
        navigation=name,
        select=read_select(options.get("$select", "")),
        condition=None if condition is None else parse_condition(_filled(condition, "$filter")),
        order=read_order(options.get("$orderby", "")),
        top=read_top(options.get("$top")),
        count=read_flag("$count", options.get("$count")),
        expand=read_expand(options.get("$expand", ""), depth + 1),
        options=inside,
    )


def _count(expansions: tuple[Expansion, ...]) -> int:
    return sum(1 + _count(expansion.expand) for expansion in expansions)


def _filled(text: str, name: str) -> str:
    if not text.strip():
        raise query_error(f"The value for OData query '{name}' cannot be empty.")
    return text


def _alias(text: str) -> Expression:
    """The value of a parameter: a literal or a list; JSON objects stay text for the functions that take them."""
    stripped = text.strip()
    if stripped.startswith("{"):
        return Literal(LiteralKind.TEXT, stripped)
    return parse_condition(stripped) if stripped else Literal(LiteralKind.NULL, None)
