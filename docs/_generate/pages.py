"""The generated pages by name. A page with parts written by hand keeps them between its marks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import api_page
import cli_page
import errors_page
import troubleshooting_page

DOCS = Path(__file__).resolve().parent.parent
BEGIN = "<!-- generated below: python docs/_generate -->"
END = "<!-- generated above -->"


def pages() -> dict[str, str]:
    """What each page should be now."""
    return {
        "errors.md": errors_page.render(),
        "troubleshooting.md": troubleshooting_page.render(),
        "cli.md": _between("cli.md", cli_page.render),
        "api.md": _between("api.md", api_page.render),
    }


def _between(name: str, render: Callable[[], str]) -> str:
    """The page as it is, its generated part replaced."""
    text = (DOCS / name).read_text(encoding="utf-8")
    before, rest = text.split(BEGIN, 1)
    _, after = rest.split(END, 1)
    return f"{before}{BEGIN}\n\n{render()}\n{END}{after}"
