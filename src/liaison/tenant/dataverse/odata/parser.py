"""A Pratt parser for conditions: each operator has a binding power, each token says how an expression begins.

Precedence follows OData 4.0: `not` binds tighter than comparisons, these tighter than `and`, that tighter than `or`.
Source: filter-rows.md; OData URL conventions 5.1.1.14.
"""

from __future__ import annotations

from functools import lru_cache

import orjson

from liaison.tenant.dataverse.errors import query_error, too_many_conditions
from liaison.tenant.dataverse.odata.lexer import Token, syntax_error, tokens, unterminated
from liaison.tenant.dataverse.odata.nodes import (
    Alias,
    Call,
    Compare,
    Conjunction,
    Disjunction,
    Expression,
    Lambda,
    Listed,
    Literal,
    LiteralKind,
    Not,
    Path,
)

MOST_CONDITIONS = 500
DEEPEST = 100
# Longer filters are rare, seldom come twice, and would make the memory of known ones large.
LONGEST_REMEMBERED = 1_000

_COMPARISONS = frozenset({"eq", "ne", "gt", "ge", "lt", "le"})
_POWERS = {"or": 10, "and": 20} | dict.fromkeys(_COMPARISONS, 30)
_NOT_POWER = 40
_LONGEST_NUMBER = 60
_CONSTANTS = {
    "null": Literal(LiteralKind.NULL, None),
    "true": Literal(LiteralKind.BOOLEAN, True),
    "false": Literal(LiteralKind.BOOLEAN, False),
}
_ARITHMETIC = frozenset({"add", "sub", "mul", "div", "mod", "has", "in"})


def parse_condition(text: str) -> Expression:
    """The expression of a `$filter`. Raises the service's 400 for what cannot be read, is too deep or too long."""
    return _remembered(text) if len(text) <= LONGEST_REMEMBERED else _Parser(text).whole()


@lru_cache(maxsize=1024)
def _remembered(text: str) -> Expression:
    return _Parser(text).whole()


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        # Read as they are needed: most filters that must be refused are refused by their beginning.
        self._rest = tokens(text)
        self._tokens: list[Token] = []
        self._at = 0
        self._depth = 0
        self._conditions = 0

    def whole(self) -> Expression:
        found = self._expression(0)
        if self._now.kind != "end":
            raise self._unexpected()
        return found

    @property
    def _now(self) -> Token:
        return self._token(self._at)

    def _token(self, place: int) -> Token:
        """The token at a place; behind the end stands the end."""
        while len(self._tokens) <= place:
            found = next(self._rest, None)
            if found is None:
                return self._tokens[-1]
            self._tokens.append(found)
        return self._tokens[place]

    def _next(self) -> Token:
        token = self._now
        self._at += 1
        return token

    def _take(self, mark: str) -> None:
        if self._now.kind != "mark" or self._now.text != mark:
            raise self._unexpected()
        self._at += 1

    def _sees(self, mark: str) -> bool:
        return self._now.kind == "mark" and self._now.text == mark

    def _unexpected(self) -> Exception:
        if self._text.count("'") % 2:
            return unterminated(self._text)
        return syntax_error(self._text, self._now.start)

    def _expression(self, power: int) -> Expression:
        self._depth += 1
        if self._depth > DEEPEST:
            raise query_error("Recursion limit reached.")
        left = self._beginning()
        while self._now.kind == "word":
            operator = self._now.text
            if operator in _ARITHMETIC:
                raise query_error(f"The operator '{operator}' is not supported in a filter of this service.")
            its_power = _POWERS.get(operator)
            if its_power is None or its_power <= power:
                break
            self._at += 1
            left = self._joined(operator, left, self._expression(its_power))
        self._depth -= 1
        return left

    def _joined(self, operator: str, left: Expression, right: Expression) -> Expression:
        if operator == "and":
            return Conjunction(_flat(left, right, Conjunction))
        if operator == "or":
            return Disjunction(_flat(left, right, Disjunction))
        self._count()
        return Compare(operator, left, right)

    def _count(self) -> None:
        self._conditions += 1
        if self._conditions > MOST_CONDITIONS:
            raise too_many_conditions()

    def _beginning(self) -> Expression:
        token = self._next()
        if token.kind == "mark" and token.text == "(":
            return self._group()
        if token.kind == "mark" and token.text == "[":
            return self._list("]")
        if token.kind == "word":
            return self._word(token)
        if token.kind == "alias":
            return Alias(token.text)
        literal = _literal(token)
        if literal is None:
            self._at -= 1
            raise self._unexpected()
        return literal

    def _group(self) -> Expression:
        inner = self._expression(0)
        if isinstance(inner, Literal) and self._sees(","):
            self._at += 1
            rest = self._list(")")
            return Listed((inner, *rest.items))
        self._take(")")
        return inner

    def _list(self, closing: str) -> Listed:
        items: list[Literal] = []
        while not self._sees(closing):
            literal = _literal(self._now) or _CONSTANTS.get(self._now.text)
            if literal is None:
                raise self._unexpected()
            self._at += 1
            items.append(literal)
            if self._sees(","):
                self._at += 1
            elif not self._sees(closing):
                raise self._unexpected()
        self._at += 1
        return Listed(tuple(items))

    def _word(self, token: Token) -> Expression:
        if token.text in _CONSTANTS and not self._sees("/"):
            return _CONSTANTS[token.text]
        if token.text == "not":
            return Not(self._expression(_NOT_POWER))
        if self._now.kind == "text" and self._now.start == token.start + len(token.text):
            return Literal(LiteralKind.MEMBER, _unquoted(self._next().text))
        if self._sees("("):
            return self._call(token.text)
        return self._path(token.text)

    def _path(self, first: str) -> Expression:
        segments = [first]
        while self._sees("/"):
            self._at += 1
            token = self._next()
            if token.kind != "word":
                self._at -= 1
                raise self._unexpected()
            if token.text in ("any", "all") and self._sees("("):
                return self._lambda(token.text, Path(tuple(segments)))
            segments.append(token.text)
        return Path(tuple(segments))

    def _call(self, name: str) -> Call:
        self._count()
        self._take("(")
        arguments: list[Expression] = []
        named: list[tuple[str, Expression]] = []
        while not self._sees(")"):
            label = self._label()
            value = self._expression(0)
            if label is None:
                arguments.append(value)
            else:
                named.append((label, value))
            if self._sees(","):
                self._at += 1
            elif not self._sees(")"):
                raise self._unexpected()
        self._take(")")
        return Call(name, tuple(arguments), tuple(named))

    def _label(self) -> str | None:
        ahead = self._token(self._at + 1)
        if self._now.kind != "word" or ahead.kind != "mark" or ahead.text != "=":
            return None
        name = self._now.text
        self._at += 2
        return name

    def _lambda(self, quantifier: str, collection: Path) -> Lambda:
        self._take("(")
        if self._sees(")") and quantifier == "any":
            self._at += 1
            self._count()
            return Lambda(quantifier, collection, None, None)
        variable = self._next()
        if variable.kind != "word":
            self._at -= 1
            raise self._unexpected()
        self._take(":")
        condition = self._expression(0)
        self._take(")")
        return Lambda(quantifier, collection, variable.text, condition)


def _flat(left: Expression, right: Expression, kind: type[Conjunction] | type[Disjunction]) -> tuple[Expression, ...]:
    """A chain of one operator is one node, so that a long chain isn't a deep tree."""
    before = left.terms if isinstance(left, kind) else (left,)
    after = right.terms if isinstance(right, kind) else (right,)
    return (*before, *after)


def _literal(token: Token) -> Literal | None:
    if token.kind == "text":
        return Literal(LiteralKind.TEXT, _unquoted(token.text))
    if token.kind == "guid":
        return Literal(LiteralKind.GUID, token.text.lower())
    if token.kind == "integer" and len(token.text) > _LONGEST_NUMBER:
        raise query_error(f"The number '{token.text[:_LONGEST_NUMBER]}…' is too long.")
    if token.kind == "integer":
        return Literal(LiteralKind.INTEGER, int(token.text))
    if token.kind == "decimal":
        return Literal(LiteralKind.DECIMAL, float(token.text))
    if token.kind == "moment":
        return Literal(LiteralKind.MOMENT, token.text)
    if token.kind == "day":
        return Literal(LiteralKind.DAY, token.text)
    if token.kind == "quoted":
        return Literal(LiteralKind.TEXT, _json_text(token.text))
    return None


def _json_text(text: str) -> str:
    try:
        return str(orjson.loads(text))
    except orjson.JSONDecodeError as error:
        raise query_error(f"{text} is not a JSON string.") from error


def _unquoted(text: str) -> str:
    return text[1:-1].replace("''", "'")
