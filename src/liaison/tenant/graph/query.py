"""The `$filter` language as Graph accepts it, written by hand: text to a predicate over JSON properties.

Source: Graph v1.0, concepts/filter-query-parameter.md
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')"
    r"|(?P<moment>\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?)"
    r"|(?P<guid>[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12})"
    r"|(?P<number>-?\d{1,25}(?:\.\d{1,25})?)(?!\d)"
    r"|(?P<name>[A-Za-z_$@][\w.$@]*(?:/[A-Za-z_$][\w.$]*)*)"
    r"|(?P<sign>[(),:]))"
)
_MOST_TOKENS = 2000
_DEEPEST = 40

Predicate = Callable[[Mapping[str, Any]], bool]
_Value = Callable[[Mapping[str, Any]], Any]


class FilterRefused(Exception):
    """The text is not a filter; the message says where it went wrong."""


@dataclass
class Filter:
    """A filter that can judge JSON objects, and what it says about single properties.

    `equals` and `starts` hold what every match must satisfy, so a table can be narrowed by an index first.
    `advanced` is set by operators that the directory answers only with advanced query capabilities.
    `alternatives` counts the longest row of clauses joined by `or`, or of values after `in`.
    """

    matches: Predicate
    names: set[str] = field(default_factory=set)
    equals: list[tuple[str, str]] = field(default_factory=list)
    starts: list[tuple[str, str]] = field(default_factory=list)
    advanced: bool = False
    alternatives: int = 1


def read_filter(text: str) -> Filter:
    """Parse a filter; raises FilterRefused."""
    reader = _Reader(_tokens(text))
    result = Filter(lambda _: True)
    reader.result = result
    result.matches = reader.either(0, required=True)
    reader.expect_end()
    return result


def _tokens(text: str) -> list[tuple[str, str]]:
    found, position = list[tuple[str, str]](), 0
    text = text.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or len(found) > _MOST_TOKENS:
            raise FilterRefused(f"Syntax error at position {position} in '{text}'.")
        found.append((str(match.lastgroup), match.group(str(match.lastgroup))))
        position = match.end()
    return found


class _Reader:
    """A recursive-descent reader; `required` says that what is read must hold for every match."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._next = 0
        self._variable: str | None = None
        self.result = Filter(lambda _: True)

    def either(self, depth: int, *, required: bool) -> Predicate:
        if depth > _DEEPEST:
            raise FilterRefused("The filter is nested too deeply.")
        start = self._next
        marks = len(self.result.equals), len(self.result.starts)
        parts = [self._all(depth, required=required)]
        while self._take_word("or"):
            # What one branch demands is not demanded by the whole: forget it and read on without collecting.
            del self.result.equals[marks[0] :], self.result.starts[marks[1] :]
            parts.append(self._all(depth, required=False))
        if start == self._next:
            raise FilterRefused("An expression was expected.")
        self.result.alternatives = max(self.result.alternatives, len(parts))
        return parts[0] if len(parts) == 1 else lambda item: any(part(item) for part in parts)

    def expect_end(self) -> None:
        if self._next != len(self._tokens):
            raise FilterRefused(f"Syntax error near '{self._tokens[self._next][1]}'.")

    def _all(self, depth: int, *, required: bool) -> Predicate:
        parts = [self._one(depth, required=required)]
        while self._take_word("and"):
            parts.append(self._one(depth, required=required))
        return parts[0] if len(parts) == 1 else lambda item: all(part(item) for part in parts)

    def _one(self, depth: int, *, required: bool) -> Predicate:
        if self._take_word("not"):
            self.result.advanced = True
            inner = self._one(depth + 1, required=False)
            return lambda item: not inner(item)
        if self._take_sign("("):
            whole = self.either(depth + 1, required=required)
            self._expect_sign(")")
            return whole
        return self._comparison(depth, required=required)

    def _comparison(self, depth: int, *, required: bool) -> Predicate:
        kind, text = self._take()
        if kind == "name" and self._take_sign("("):
            return self._function(text, depth, required=required)
        left, path = self._operand(kind, text)
        operator = self._word()
        if operator == "in":
            return self._membership(left)
        right, _ = self._operand(*self._take())
        if operator == "eq" and required and path and self._variable is None:
            value = right({})
            if isinstance(value, str):
                self.result.equals.append((path, value))
        return self._compare(operator, left, right)

    def _compare(self, operator: str, left: _Value, right: _Value) -> Predicate:
        if operator == "eq":
            return lambda item: _same(left(item), right(item))
        if operator == "ne":
            self.result.advanced = True
            return lambda item: not _same(left(item), right(item))
        orders: dict[str, Callable[[Any, Any], bool]] = {
            "gt": lambda a, b: a > b,
            "ge": lambda a, b: a >= b,
            "lt": lambda a, b: a < b,
            "le": lambda a, b: a <= b,
        }
        if operator not in orders:
            raise FilterRefused(f"Unknown operator '{operator}'.")
        order = orders[operator]
        return lambda item: _ordered(order, left(item), right(item))

    def _membership(self, left: _Value) -> Predicate:
        self._expect_sign("(")
        values = [self._operand(*self._take())[0]]
        while self._take_sign(","):
            values.append(self._operand(*self._take())[0])
        self._expect_sign(")")
        self.result.alternatives = max(self.result.alternatives, len(values))
        return lambda item: any(_same(left(item), value(item)) for value in values)

    def _function(self, name: str, depth: int, *, required: bool) -> Predicate:
        lowered = name.lower()
        if lowered.rpartition("/")[2] in ("any", "all"):
            return self._lambda(name, depth)
        tests: dict[str, Callable[[str, str], bool]] = {
            "startswith": lambda text, part: text.startswith(part),
            "endswith": lambda text, part: text.endswith(part),
            "contains": lambda text, part: part in text,
        }
        if lowered not in tests:
            raise FilterRefused(f"Unknown function '{name}'.")
        left, path = self._operand(*self._take())
        self._expect_sign(",")
        right, _ = self._operand(*self._take())
        self._expect_sign(")")
        if lowered == "startswith" and required and path and self._variable is None:
            self.result.starts.append((path, str(right({}))))
        self.result.advanced |= lowered != "startswith"
        test = tests[lowered]
        return lambda item: test(_folded(left(item)), _folded(right(item)))

    def _lambda(self, name: str, depth: int) -> Predicate:
        path, _, quantifier = name.rpartition("/")
        values, _ = self._operand("name", path)
        if self._take_sign(")"):
            return lambda item: bool(values(item))
        _, variable = self._take()
        self._expect_sign(":")
        outer, self._variable = self._variable, variable
        inner = self.either(depth + 1, required=False)
        self._variable = outer
        self._expect_sign(")")
        check = any if quantifier.lower() == "any" else all
        return lambda item: check(inner({**item, variable: one}) for one in values(item) or ())

    def _operand(self, kind: str, text: str) -> tuple[_Value, str | None]:
        """How to get a value, and the property path when it is one."""
        if kind == "name":
            literals: dict[str, Any] = {"true": True, "false": False, "null": None}
            if text.lower() in literals:
                literal = literals[text.lower()]
                return (lambda _: literal), None
            return self._property(text)
        if kind == "text":
            plain = text[1:-1].replace("''", "'")
            return (lambda _: plain), None
        if kind == "number":
            number = float(text) if "." in text else int(text)
            return (lambda _: number), None
        if kind in ("guid", "moment"):
            return (lambda _: text), None
        raise FilterRefused(f"Syntax error near '{text}'.")

    def _property(self, text: str) -> tuple[_Value, str]:
        # A cast segment says of which derived type the property is; our objects carry all of theirs.
        names = [name for name in text.split("/") if not name.lower().startswith(("microsoft.graph.", "graph."))]
        if names[0] != self._variable:
            self.result.names.add(names[0])

        def value(item: Mapping[str, Any]) -> Any:
            found: Any = item
            for name in names:
                found = found.get(name) if isinstance(found, Mapping) else None
            return found

        return value, "/".join(names)

    def _take(self) -> tuple[str, str]:
        if self._next == len(self._tokens):
            raise FilterRefused("The filter ends too early.")
        self._next += 1
        return self._tokens[self._next - 1]

    def _word(self) -> str:
        kind, text = self._take()
        if kind != "name":
            raise FilterRefused(f"An operator was expected near '{text}'.")
        return text.lower()

    def _take_word(self, word: str) -> bool:
        if self._next < len(self._tokens):
            kind, text = self._tokens[self._next]
            if kind == "name" and text.lower() == word:
                self._next += 1
                return True
        return False

    def _take_sign(self, sign: str) -> bool:
        if self._next < len(self._tokens) and self._tokens[self._next] == ("sign", sign):
            self._next += 1
            return True
        return False

    def _expect_sign(self, sign: str) -> None:
        if not self._take_sign(sign):
            raise FilterRefused(f"'{sign}' was expected.")


def _folded(value: Any) -> str:
    return "" if value is None else str(value).casefold()


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        # Thread ids are case-sensitive, names are not.
        return left == right if left.startswith("19:") else left.casefold() == right.casefold()
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return bool(left == right)


def _ordered(order: Callable[[Any, Any], bool], left: Any, right: Any) -> bool:
    if left is None or right is None:
        return False
    if isinstance(left, str) and isinstance(right, str):
        moments = _moment(left), _moment(right)
        if moments[0] is not None and moments[1] is not None:
            return order(*moments)
        return order(left.casefold(), right.casefold())
    if isinstance(left, str) or isinstance(right, str):
        return False
    return order(left, right)


def _moment(text: str) -> datetime | None:
    if len(text) < 10 or text[4] != "-":
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
