"""Text as the database compares it: without case and without accents."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """Lower case without combining marks, so that `Lefèvre`, `LEFEVRE` and `lefevre` are one value.

    Source: default collation of an environment, Latin1_General_CI_AI.
    """
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(mark for mark in decomposed if not unicodedata.combining(mark))
