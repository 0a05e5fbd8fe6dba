"""`…/$count` below any collection that has no counting of its own: how many things all its pages hold.

Source: Graph v1.0, concepts/query-parameters.md, "count"; graph.md 7.2
"""

from __future__ import annotations

import inspect
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

from liaison.tenant.graph.errors import Backend, GraphError
from liaison.tenant.graph.paths import Token, Word
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import Answer
from liaison.tenant.graph.search import is_eventual
from liaison.tenant.graph.table import Answering, Match, Table

# Beyond this the service's own answers are estimates as well.
_MOST_PAGES = 200
_OPTIONS = ("filter", "search")


def find_counted(table: Table, method: str, tokens: list[Token]) -> Match | None:
    """The listing whose length `…/$count` asks for; None for any other address."""
    if method != "GET" or len(tokens) < 2 or tokens[-1] != Word("$count"):
        return None
    listing = table.find("GET", tokens[:-1])
    if listing is None:
        return None
    operation = replace(listing.operation, answer=_counting(listing.operation.answer))
    return Match(operation, listing.params)


def _counting(answer: Answering) -> Answering:
    async def count(ask: Ask) -> Answer:
        if ask.backend is Backend.DIRECTORY and not is_eventual(ask):
            raise GraphError(400, "Request_BadRequest", "$count is not currently supported.")
        options = {name: value for name, value in ask.options.items() if name in _OPTIONS}
        total = 0
        for _ in range(_MOST_PAGES):
            # Counting is an advanced query by itself.
            given = answer(replace(ask, options={**options, "count": "true"}))
            page = await given if inspect.isawaitable(given) else given
            body = page.body or {}
            if not isinstance(body.get("value"), list):
                raise GraphError(400, "BadRequest", "$count is supported on collections only.")
            total += len(body["value"])
            following = parse_qs(urlsplit(body.get("@odata.nextLink", "")).query).get("$skiptoken")
            if not following:
                break
            options["skiptoken"] = following[0]
        return Answer(content=str(total).encode(), media_type="text/plain")

    return count
