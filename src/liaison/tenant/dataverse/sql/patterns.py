"""Searching in text: the wildcards of T-SQL (`%`, `_`, `[ ]`, `[^ ]`) on folded and on plain columns.

Source: wildcard-characters.md.
"""

from __future__ import annotations

import re

from liaison.tenant.dataverse.errors import query_error
from liaison.tenant.estate.crm.fold import fold
from liaison.tenant.estate.crm.rights import Clause

_WILD = re.compile(r"[%_\[]")
_CLASS = re.compile(r"\[\^?\]?[^\]]*\]")
_LAST = "\U0010ffff"


def is_plain(text: str) -> bool:
    """Whether a text holds no wildcard."""
    return _WILD.search(text) is None


def like(expression: str, folded: bool, pattern: str) -> Clause:
    """The text matches the whole pattern, in which `%` stands for anything."""
    if "[" in pattern or folded:
        subject = expression if folded else f"lower({expression})"
        return Clause(f"{subject} GLOB ?", (_glob(fold(pattern) if folded else pattern.lower()),))
    return Clause(f"{expression} LIKE ?", (pattern,))


def contains(expression: str, folded: bool, text: str) -> Clause:
    if _WILD.search(text):
        return like(expression, folded, f"%{text}%")
    if folded:
        return Clause(f"instr({expression}, ?) > 0", (fold(text),))
    return Clause(f"{expression} LIKE ?", (f"%{text}%",))


def starts_with(expression: str, folded: bool, text: str) -> Clause:
    """Written as a range where no wildcard is used, so that an index answers it."""
    if text.startswith("%"):
        raise query_error("Trailing wildcards are not supported: a text that begins with % cannot be a beginning.")
    if _WILD.search(text):
        return like(expression, folded, f"{text}%")
    beginning = fold(text) if folded else text
    return Clause(f"({expression} >= ? AND {expression} < ?)", (beginning, beginning + _LAST))


def ends_with(expression: str, folded: bool, text: str) -> Clause:
    if text.endswith("%"):
        raise query_error("Trailing wildcards are not supported: a text that ends with % cannot be an ending.")
    return like(expression, folded, f"%{text}")


def _glob(pattern: str) -> str:
    """A T-SQL pattern as SQLite's GLOB; brackets mean the same in both, an unclosed one is a character."""
    parts: list[str] = []
    position = 0
    while position < len(pattern):
        character = pattern[position]
        found = _CLASS.match(pattern, position) if character == "[" else None
        if found is not None:
            parts.append(found[0])
            position = found.end()
            continue
        parts.append({"%": "*", "_": "?", "*": "[*]", "?": "[?]", "[": "[[]"}.get(character, character))
        position += 1
    return "".join(parts)
