"""Addresses from templates: each id one percent-encoded segment, each option one percent-encoded value."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlencode

_PLAIN_IN_QUERY = "$,()':@/*"


def fill_path(template: str, ids: Mapping[str, str], query: Mapping[str, str]) -> str:
    """Path and query. What an id or a value contains can end neither its segment nor its option."""
    path = template.format(**{name: quote(value, safe="") for name, value in ids.items()})
    return f"{path}?{urlencode(query, safe=_PLAIN_IN_QUERY, quote_via=quote)}" if query else path
