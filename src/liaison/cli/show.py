"""How documents are shown: as JSON, or as columns and lines for a person."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from liaison.cli.words import say


def show_json(document: Any) -> None:
    print(json.dumps(document, ensure_ascii=False, indent=2))


def show_columns(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Aligned columns; the last one is as long as it is."""
    if not rows:
        show_note(say("none"))
        return
    cells = [[_plain(cell) for cell in row] for row in rows]
    widths = [max(_width(row[number]) for row in [list(titles), *cells]) for number in range(len(titles))]
    for row in [list(titles), *cells]:
        padded = [cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)]
        print("  ".join(padded).rstrip())


def show_pairs(pairs: Sequence[tuple[str, str]]) -> None:
    """Names and values below each other; those without a value are left out."""
    given = [(name, _plain(value)) for name, value in pairs if value]
    width = max((_width(name) for name, _ in given), default=0)
    for name, value in given:
        print(f"{name}{' ' * (width - _width(name))}  {value}")


def show_checks(checks: Sequence[Mapping[str, Any]]) -> None:
    """Each check with its state; what is not met with its rows and what to do."""
    for check in checks:
        print(_plain(f"  [{check['state_text']}] {check['title']}: {check['text']}"))
        for row in check["rows"]:
            print(_plain(f"      - {row['name']} {row['detail'] or row['id']}").rstrip())
        more = check["total"] - len(check["rows"])
        if more > 0:
            print(f"      {say('doctor.more', count=str(more))}")
        if check["remedy"]:
            print(_plain(f"      > {check['remedy']}"))


def show_note(text: str) -> None:
    """Something beside the result: progress, or what comes next."""
    print(text, file=sys.stderr, flush=True)


def _plain(text: str) -> str:
    """Without control characters: what a record is called must not move the cursor."""
    return "".join(letter if unicodedata.category(letter)[0] != "C" else " " for letter in text)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
