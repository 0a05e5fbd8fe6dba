"""Text of an expression to tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from liaison.tenant.dataverse.errors import query_error

_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<text>'(?:[^']|'')*')
  | (?P<quoted>"(?:[^"\\]|\\.)*")
  | (?P<guid>[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}(?![\w.-]))
  | (?P<moment>\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[Zz]|[+-]\d\d:\d\d)?)
  | (?P<day>\d{4}-\d\d-\d\d)
  | (?P<decimal>-?\d+(?:\.\d+(?:[eE][+-]?\d+)?|[eE][+-]?\d+)(?![\w.]))
  | (?P<integer>-?\d+(?![\w.]))
  | (?P<alias>@[A-Za-z_]\w*)
  | (?P<word>\$?[A-Za-z_][\w.]*)
  | (?P<mark>[(),/:;=\[\]])
    """,
    re.VERBOSE | re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    text: str
    start: int


def tokens(text: str) -> Iterator[Token]:
    """All tokens but blanks, then one of kind `end`. Raises the service's syntax error at the first wrong character."""
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            if text[position] == "'":
                raise unterminated(text)
            raise syntax_error(text, position)
        if match.lastgroup != "space":
            yield Token(match.lastgroup, match.group(), position)
        position = match.end()
    yield Token("end", "", position)


def unterminated(text: str) -> Exception:
    """A text that never ends. Source: filter-rows.md, "Manage single quotes"."""
    return query_error(f"There is an unterminated literal at position {len(text)} in '{text}'.")


def syntax_error(text: str, position: int) -> Exception:
    return query_error(f"Syntax error at position {position} in '{text}'.")
