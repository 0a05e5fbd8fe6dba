"""Directory queries: `$search`, ordering, and the rules about which queries need `ConsistencyLevel: eventual`.

Source: Graph v1.0, concepts/aad-advanced-queries.md; graph.md 7.2
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from liaison.tenant.graph.errors import GraphError
from liaison.tenant.graph.query import Filter
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import Json

_TERM = re.compile(r'\s*(?:(AND|OR)\b|"([^":]+):((?:[^"\\]|\\.)*)"|([()]))')
_MOST_ALTERNATIVES = 15
_WORDS = re.compile(r"\w+")


def is_eventual(ask: Ask) -> bool:
    """Whether the request opts in to advanced queries."""
    return (ask.header("ConsistencyLevel") or "").lower() == "eventual"


def require_advanced(ask: Ask, wanted: Filter | None) -> None:
    """Raise 400 for a query that needs the header, or the header and `$count=true`, without it."""
    if "search" in ask.options and not is_eventual(ask):
        raise GraphError(
            400,
            "Request_UnsupportedQuery",
            "Request with $search query parameter only works through MSGraph with a special request header: "
            "'ConsistencyLevel: eventual'",
        )
    if wanted is not None and wanted.alternatives > _MOST_ALTERNATIVES:
        raise GraphError(
            400,
            "Request_UnsupportedQuery",
            "Too many child clauses specified in search filter expression containing 'OR' operators: "
            f"{wanted.alternatives}. Max allowed: {_MOST_ALTERNATIVES}.",
        )
    ordered_filter = wanted is not None and "orderby" in ask.options
    advanced = (wanted is not None and wanted.advanced) or ordered_filter
    if advanced and not (is_eventual(ask) and ask.options.get("count") == "true"):
        raise GraphError(400, "Request_UnsupportedQuery", "Unsupported Query.")


def searched(ask: Ask, bodies: Iterable[Json]) -> list[Json]:
    """The objects that `$search` finds, in the order that `$orderby` asks for."""
    text = ask.options.get("search")
    found = list(bodies) if text is None else [body for body in bodies if _matches(body, _read_search(text))]
    for part in reversed(ask.words("orderby")):
        name, _, direction = part.partition(" ")
        found.sort(key=lambda body: _folded(body.get(name)), reverse=direction.strip().lower() == "desc")
    return found


def _read_search(text: str) -> list[list[tuple[str, str]]]:
    """A disjunction of conjunctions of (property, words); AND binds closer than OR."""
    alternatives: list[list[tuple[str, str]]] = [[]]
    position = 0
    while position < len(text.rstrip()):
        match = _TERM.match(text, position)
        if match is None:
            raise GraphError(
                400,
                "Request_BadRequest",
                f"Syntax error: character '{text[position]}' is not valid at position {position} in '{text}'.",
            )
        position = match.end()
        if match.group(1) == "OR":
            alternatives.append([])
        elif match.group(2):
            alternatives[-1].append((match.group(2), match.group(3).replace('\\"', '"')))
    return alternatives


def _matches(body: Json, alternatives: list[list[tuple[str, str]]]) -> bool:
    return any(terms and all(_has_words(body.get(name), words) for name, words in terms) for terms in alternatives)


def _has_words(value: Any, words: str) -> bool:
    """Every searched word begins a word of the value."""
    present = [word.casefold() for word in _WORDS.findall(str(value or ""))]
    return all(any(one.startswith(word.casefold()) for one in present) for word in _WORDS.findall(words))


def _folded(value: Any) -> str:
    return "" if value is None else str(value).casefold()
