"""The table of operations: what a method and an address pattern lead to, and who may ask for it.

Patterns: `{name}` is a key, `{name:path}` a path between colons, `name()` a function with or without arguments.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from liaison.tenant.graph.errors import Backend
from liaison.tenant.graph.paths import Call, ColonPath, Token, Word
from liaison.tenant.graph.permissions import Needs
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import Answer

Answering = Callable[[Ask], Answer] | Callable[[Ask], Awaitable[Answer]]
Row = tuple[str, str, Answering, Needs]


@dataclass(frozen=True)
class Operation:
    method: str
    pattern: str
    answer: Answering
    needs: Needs
    backend: Backend


def operations(backend: Backend, *rows: Row) -> tuple[Operation, ...]:
    """Rows of method, pattern, function and permissions, all answered by one backend."""
    return tuple(Operation(method, pattern, answer, needs, backend) for method, pattern, answer, needs in rows)


def below(prefixes: Iterable[str], *rows: Row) -> tuple[Row, ...]:
    """Each row once below each prefix; a row's pattern is appended to the prefix as it stands."""
    return tuple(
        (method, prefix + pattern, answer, needs) for prefix in prefixes for method, pattern, answer, needs in rows
    )


@dataclass
class _Node:
    words: dict[str, _Node] = field(default_factory=dict)
    calls: dict[str, _Node] = field(default_factory=dict)
    key: tuple[str, _Node] | None = None
    path: tuple[str, _Node] | None = None
    operations: dict[str, Operation] = field(default_factory=dict)


@dataclass(frozen=True)
class Match:
    operation: Operation
    params: dict[str, str]


class Table:
    """Finds the operation for a request; names match in any case, keys as they are."""

    def __init__(self, entries: Iterable[Operation]) -> None:
        self._root = _Node()
        for operation in entries:
            node = self._root
            for segment in operation.pattern.split("/"):
                node = _step(node, segment)
            if operation.method in node.operations:
                raise ValueError(f"{operation.method} {operation.pattern} is in the table twice")
            node.operations[operation.method] = operation

    def find(self, method: str, tokens: list[Token]) -> Match | None:
        """The operation for a method and address, with the keys and arguments found in it."""
        return _find(self._root, method, tokens, 0, {})


def _step(node: _Node, segment: str) -> _Node:
    if segment.startswith("{"):
        name, _, kind = segment.strip("{}").partition(":")
        if kind == "path":
            node.path = node.path or (name, _Node())
            return _same(node.path, name)
        node.key = node.key or (name, _Node())
        return _same(node.key, name)
    if segment.endswith("()"):
        return node.calls.setdefault(segment[:-2].lower(), _Node())
    return node.words.setdefault(segment.lower(), _Node())


def _same(found: tuple[str, _Node], name: str) -> _Node:
    if found[0] != name:
        raise ValueError(f"one place has two names: {found[0]} and {name}")
    return found[1]


def _find(node: _Node, method: str, tokens: list[Token], index: int, params: dict[str, str]) -> Match | None:
    if index == len(tokens):
        operation = node.operations.get(method)
        return None if operation is None else Match(operation, params)
    for following, more in _ways(node, tokens[index]):
        found = _find(following, method, tokens, index + 1, params | more)
        if found is not None:
            return found
    return None


def _ways(node: _Node, token: Token) -> list[tuple[_Node, dict[str, str]]]:
    """The nodes that a token may lead to: names before keys."""
    ways: list[tuple[_Node, dict[str, str]]] = []
    if isinstance(token, ColonPath):
        return [(node.path[1], {node.path[0]: token.text})] if node.path else []
    if isinstance(token, Call):
        call = node.calls.get(token.name.lower())
        return [(call, token.arguments)] if call else []
    if isinstance(token, Word):
        name = token.text.lower()
        ways.extend((found, {}) for found in (node.words.get(name), node.calls.get(name)) if found)
        # `$count`, `$value` and `$ref` are words of the protocol, never keys.
        if node.key and not token.text.startswith("$"):
            ways.append((node.key[1], {node.key[0]: token.text}))
    return ways
