"""Write the generated pages: `python docs/_generate`; with `--check`, say which are not up to date."""

from __future__ import annotations

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
os.environ["LC_ALL"] = "C"  # the command line says its help in the language of the environment

from pages import pages  # noqa: E402 the folder is not a package, so that nothing imports it


def main() -> int:
    """0 when all is well; 1 when a page was to be checked and is not what would be written.

    The pages of statements and of the tenant's operations are written by a whole run of the tests, and only by it.
    """
    stale = [name for name, text in pages().items() if _read(name) != text]
    for name in stale:
        if "--check" in sys.argv:
            sys.stderr.write(f"docs/{name} is not up to date: run python docs/_generate\n")
        else:
            (HERE.parent / name).write_text(pages()[name], encoding="utf-8")
            sys.stderr.write(f"docs/{name} written\n")
    return 1 if stale and "--check" in sys.argv else 0


def _read(name: str) -> str:
    path = HERE.parent / name
    return path.read_text(encoding="utf-8") if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main())
