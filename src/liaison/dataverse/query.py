"""The one place where a text becomes part of a query. Source: dataverse.md sections 5.3 and 5.5."""

from __future__ import annotations

import re
from uuid import UUID

_COLUMN = re.compile(r"[a-z][a-z0-9_]*\Z")


def literal(text: str) -> str:
    """The text as an OData literal; the client percent-encodes it afterwards."""
    return "'" + text.replace("'", "''") + "'"


def containing(text: str) -> str:
    """The text as a LIKE pattern's inner part: its own wildcards stand for themselves."""
    return re.sub(r"[\[%_]", lambda found: f"[{found.group()}]", text)


def read_guid(text: str) -> str:
    """The guid in its wire form, with or without braces given; empty when it is none."""
    try:
        return str(UUID(text.strip()))
    except (ValueError, AttributeError):
        return ""


def is_name(text: str) -> bool:
    """Can this be the logical name of a table or column?"""
    return bool(_COLUMN.match(text)) and len(text) <= 128


def equals(column: str, text: str) -> str:
    return f"{column} eq {literal(text)}"


def contains(column: str, text: str) -> str:
    """Wildcards act in string functions too, so they are taken out of action."""
    return f"contains({column},{literal(containing(text))})"
