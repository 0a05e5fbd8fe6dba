"""Expressions of `$filter`, `$orderby` and `$apply`, as values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class LiteralKind(Enum):
    """What a literal is by its spelling; the column it meets decides how it is read."""

    NULL = "Edm.Null"
    BOOLEAN = "Edm.Boolean"
    INTEGER = "Edm.Int32"
    DECIMAL = "Edm.Decimal"
    TEXT = "Edm.String"
    GUID = "Edm.Guid"
    DAY = "Edm.Date"
    MOMENT = "Edm.DateTimeOffset"
    MEMBER = "enumeration"
    """A member of a named enumeration, as metadata filters use it."""


@dataclass(frozen=True)
class Literal:
    kind: LiteralKind
    value: object

    @property
    def text(self) -> str:
        return "" if self.value is None else str(self.value)


@dataclass(frozen=True)
class Listed:
    """A list of literals in brackets or parentheses."""

    items: tuple[Literal, ...]


@dataclass(frozen=True)
class Alias:
    """A parameter alias, such as `@p1`; one that nobody assigns is null."""

    name: str


@dataclass(frozen=True)
class Path:
    """A property, or a way to one through lookups."""

    segments: tuple[str, ...]

    @property
    def text(self) -> str:
        return "/".join(self.segments)


@dataclass(frozen=True)
class Compare:
    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Conjunction:
    """Terms joined by `and`."""

    terms: tuple[Expression, ...]


@dataclass(frozen=True)
class Disjunction:
    """Terms joined by `or`."""

    terms: tuple[Expression, ...]


@dataclass(frozen=True)
class Not:
    term: Expression


@dataclass(frozen=True)
class Call:
    """A function; standard ones have positional arguments, those of Dataverse have named ones."""

    name: str
    arguments: tuple[Expression, ...] = ()
    named: tuple[tuple[str, Expression], ...] = ()

    def argument(self, name: str) -> Expression | None:
        return next((value for key, value in self.named if key == name), None)


@dataclass(frozen=True)
class Lambda:
    """`collection/any(variable:condition)`; `any()` has neither variable nor condition."""

    quantifier: str
    collection: Path
    variable: str | None
    condition: Expression | None


Expression = Literal | Listed | Alias | Path | Compare | Conjunction | Disjunction | Not | Call | Lambda
