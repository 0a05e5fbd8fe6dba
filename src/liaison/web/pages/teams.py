"""Pages that Teams frames: static shells without cookie or personal data; their script fetches what it shows.

Source: contracts, teams-app sections 7, 11 and 13.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from starlette.responses import HTMLResponse, Response

from liaison.text.lookup import LANGUAGES
from liaison.web import addresses
from liaison.web.shell import Shell
from liaison.web.visit import Door, Visit

THEMES = {"default": "light", "dark": "dark", "contrast": "contrast"}
_CACHED = "public, max-age=300"


@dataclass(frozen=True)
class TeamsPage:
    """`hosts` are further origins that TeamsJS is to believe, in local mode only; `data` is where the tab's API is."""

    template: ClassVar[str] = "teams_tab.html"
    shell: Shell
    hosts: str
    data: str
    browser: str


@dataclass(frozen=True)
class RemovePage:
    template: ClassVar[str] = "teams_remove.html"
    shell: Shell
    hosts: str


async def show_tab(visit: Visit) -> Response:
    entity = visit.named("entity")
    shell = _shell(visit, visit.say("web.tab.title"))
    data, browser = addresses.address("api", "v1", "tabs", entity), addresses.address("l", entity)
    return _cached(visit.door, TeamsPage(shell, _hosts(visit), data, browser))


async def show_remove(visit: Visit) -> Response:
    return _cached(visit.door, RemovePage(_shell(visit, visit.say("web.tab.remove.title")), _hosts(visit)))


def _hosts(visit: Visit) -> str:
    options = visit.door.options
    return " ".join(options.teams_origins) if options.tenant_banner else ""


def _shell(visit: Visit, title: str) -> Shell:
    """Language and theme are those that Teams put into the address; the script corrects them from the context."""
    locale = visit.asked("locale")[:2].lower()
    language = locale if locale in LANGUAGES else LANGUAGES[0]
    theme = THEMES.get(visit.asked("theme"), "light")
    return Shell(title=title, language=language, theme=theme, nonce="", here="", product=visit.say("web.product"))


def _cached(door: Door, page: TeamsPage | RemovePage) -> Response:
    return HTMLResponse(door.renderer.render(page), headers={"Cache-Control": _CACHED})
