"""What of a request may be written down: by allow-list, so that a new secret is hidden before anybody thinks of it.

Source: reliability-performance.md A5, T13.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

SHOWN_HEADERS = frozenset(
    {
        "accept",
        "content-length",
        "content-range",
        "content-type",
        "date",
        "if-match",
        "if-none-match",
        "odata-version",
        "prefer",
        "preference-applied",
        "ratelimit-limit",
        "ratelimit-remaining",
        "ratelimit-reset",
        "retry-after",
        "x-ms-throttle-scope",
        "x-ms-throttle-limit-percentage",
    }
)
SHOWN_QUERY = frozenset({"$count", "$expand", "$orderby", "$select", "$top", "savedQuery", "userQuery"})
HIDDEN = "…"


def show_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers that may be shown; the others leave not even their length."""
    return {name.lower(): value for name, value in headers.items() if name.lower() in SHOWN_HEADERS}


def show_query(address: str) -> dict[str, str]:
    """The address's query: harmless options with their values, the others without."""
    pairs = parse_qsl(urlsplit(address).query, keep_blank_values=True)
    return {name: value for name, value in pairs if name in SHOWN_QUERY} | {
        name if name.startswith("$") else HIDDEN: HIDDEN for name, _ in pairs if name not in SHOWN_QUERY
    }
