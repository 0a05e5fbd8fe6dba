"""The order of rows, and where a page ends: paging continues after the last row by its values, never by counting."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote
from xml.sax.saxutils import quoteattr

import orjson

from liaison.tenant.dataverse.errors import query_error
from liaison.tenant.estate.crm.rights import Clause

_AFTER = re.compile(r'after="([\w+/=-]*)"')
_PAGE_NUMBER = re.compile(r'pagenumber="(\d{1,9})"')
_INNER = re.compile(r'pagingcookie="([^"]*)"')


_ESCAPES = {code: quote(chr(code), safe="") for code in range(128)}


@dataclass(frozen=True)
class Sorting:
    """One expression to sort by."""

    expression: str
    descending: bool

    @property
    def sql(self) -> str:
        return f"{self.expression} {'DESC' if self.descending else 'ASC'}"


@dataclass(frozen=True)
class Cookie:
    """Where the next page begins: its number, and the sort values of the last row seen."""

    page: int
    after: tuple[Any, ...]


def order_by(sortings: Sequence[Sorting]) -> str:
    return "ORDER BY " + ", ".join(sorting.sql for sorting in sortings)


def rows_after(sortings: Sequence[Sorting], after: Sequence[Any]) -> Clause:
    """The rows that follow one with these sort values; rows without a value come first, as in the service.

    Raises 400 for a token that belongs to another query.
    """
    if len(after) != len(sortings):
        raise query_error("The paging token does not fit the query.")
    text, values = "", ()
    rest: tuple[str, tuple[Any, ...]] | None = None
    for sorting, value in zip(reversed(sortings), reversed(after), strict=True):
        text, values = _step(sorting, value, rest)
        rest = (text, values)
    return Clause(text, values)


def _step(sorting: Sorting, value: Any, rest: tuple[str, tuple[Any, ...]] | None) -> tuple[str, tuple[Any, ...]]:
    name = sorting.expression
    if value is None:
        beyond = "0" if sorting.descending else f"{name} IS NOT NULL"
        if rest is None:
            return beyond, ()
        return f"({beyond} OR ({name} IS NULL AND {rest[0]}))", rest[1]
    beyond = f"({name} < ? OR {name} IS NULL)" if sorting.descending else f"{name} > ?"
    if rest is None:
        return beyond, (value,)
    # The bound that both branches share lets an index find the beginning.
    bound = f"({name} <= ? OR {name} IS NULL)" if sorting.descending else f"{name} >= ?"
    return f"({bound} AND ({beyond} OR ({name} = ? AND {rest[0]})))", (value, value, value, *rest[1])


def write_cookie(page: int, key: str, first: str, last: str, after: Sequence[Any]) -> str:
    """A cookie in the service's shape for page `page`; `after` travels in it.

    Source: fetchxml/page-results.md: the inner cookie is URL-encoded twice.
    """
    mark = base64.urlsafe_b64encode(orjson.dumps(list(after))).decode()
    inner = (
        f'<cookie page="{page - 1}" after="{mark}"><{key} last="{{{last.upper()}}}" first="{{{first.upper()}}}" />'
        "</cookie>"
    )
    encoded = percent_encoded(percent_encoded(inner))
    return f'<cookie pagenumber="{page}" pagingcookie={quoteattr(encoded)} istracking="False" />'


def percent_encoded(text: str) -> str:
    """Like `quote` with nothing safe, but without its cost for each character: tokens are long and full of marks."""
    return text.translate(_ESCAPES) if text.isascii() else quote(text, safe="")


def _may_stand(value: object) -> bool:
    """Whether a value of a token may be one of a row: a number beyond 64 bits is not."""
    return value is None or isinstance(value, str | float) or (isinstance(value, int) and abs(value) < 2**63)


def read_cookie(text: str) -> Cookie:
    """A cookie or its inner part, however often it is still encoded. Raises 400 when it is none of ours."""
    page = _PAGE_NUMBER.search(text)
    inner = _INNER.search(text)
    plain = inner[1] if inner is not None else text
    for _ in range(3):
        if "%" not in plain:
            break
        plain = unquote(plain)
    mark = _AFTER.search(plain)
    if mark is None:
        raise query_error("The paging token cannot be read.")
    try:
        after = orjson.loads(base64.urlsafe_b64decode(mark[1]))
    except ValueError as error:
        raise query_error("The paging token cannot be read.") from error
    if not isinstance(after, list) or not all(map(_may_stand, after)):
        raise query_error("The paging token cannot be read.")
    return Cookie(int(page[1]) if page else 2, tuple(after))
