"""What of the local tenant the tests exercise, from what the last runs of this checkout have seen."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.coverage_of_operations import KEPT, read, render  # found through the path above
from tests.listed_operations import listed_operations


def write_coverage(path: Path) -> None:
    """Write the page; nothing happens where no test has run."""
    if KEPT.exists():
        path.parent.mkdir(exist_ok=True)
        path.write_text(render(listed_operations(), read()), encoding="utf-8")
