"""Pages that Teams frames: static shells without cookie or personal data; their scripts fetch what they show.

Source: contracts, teams-app sections 7, 10, 11, 12.3 and 13.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import ClassVar

from starlette.responses import HTMLResponse, Response

from liaison.domain.consent import SCOPES, Rung
from liaison.errors import InputInvalid
from liaison.text.lookup import LANGUAGES
from liaison.web import addresses
from liaison.web.pages.sign_in import send_away
from liaison.web.shell import Shell
from liaison.web.visit import Door, Visit

THEMES = {"default": "light", "dark": "dark", "contrast": "contrast"}
ATTEMPT_KEPT = "consent-attempt-{}"
"""Where the API looks for an attempt that has ended."""

_CACHED = "public, max-age=300"
_ATTEMPT = re.compile(r"[A-Za-z0-9-]{16,64}")


@dataclass(frozen=True)
class TabPage:
    """`hosts` are further origins that TeamsJS is to believe, in local mode only; `browser` is where the same is
    shown outside Teams, if anywhere, and `consent` where missing consent is given. `entity` is empty where there is
    no tab yet.
    """

    template: ClassVar[str] = "teams_tab.html"
    place: ClassVar[str] = "tab"
    shell: Shell
    hosts: str
    consent: str
    entity: str = ""
    browser: str = ""


@dataclass(frozen=True)
class ConfigPage(TabPage):
    template: ClassVar[str] = "teams_config.html"
    place: ClassVar[str] = "config"


@dataclass(frozen=True)
class TeamsHomePage(TabPage):
    template: ClassVar[str] = "teams_home.html"


@dataclass(frozen=True)
class RemovePage:
    template: ClassVar[str] = "teams_remove.html"
    shell: Shell
    hosts: str


@dataclass(frozen=True)
class ConsentedPage:
    template: ClassVar[str] = "teams_consented.html"
    shell: Shell
    hosts: str


FramedPage = TabPage | RemovePage


async def show_tab(visit: Visit) -> Response:
    entity = visit.named("entity")
    shell = _shell(visit, visit.say("web.tab.title"))
    page = TabPage(shell, _hosts(visit), _consent(shell.language), entity, addresses.address("l", entity))
    return _cached(visit.door, page)


async def show_config(visit: Visit) -> Response:
    shell = _shell(visit, visit.say("web.config.title"))
    return _cached(visit.door, ConfigPage(shell, _hosts(visit), _consent(shell.language)))


async def show_home(visit: Visit) -> Response:
    shell = _shell(visit, visit.say("web.teams_home.title"))
    page = TeamsHomePage(shell, _hosts(visit), _consent(shell.language), browser=addresses.address("links"))
    return _cached(visit.door, page)


async def show_remove(visit: Visit) -> Response:
    return _cached(visit.door, RemovePage(_shell(visit, visit.say("web.tab.remove.title")), _hosts(visit)))


async def start_consent(visit: Visit) -> Response:
    """In a window of its own, opened by a tab: signing in asks for what a tab needs and one may grant for oneself.

    Raises InputInvalid.
    """
    attempt, language = _attempt(visit), _language(visit)
    end = addresses.address("teams", "consent", "end", query={"attempt": attempt, "locale": language})
    also = SCOPES[Rung.LIST_TEAMS]  # files are an administrator's to grant. Source: identity.md section 11
    started = await visit.ports.sign_in.start(visit.ports.environments[0], language, also=also)
    return await send_away(visit, started, {"next": end})


async def end_consent(visit: Visit) -> Response:
    """The tab learns of it by asking: the window that it opened may be another browser's. Raises InputInvalid."""
    attempt, person = _attempt(visit), visit.person
    await visit.ports.sessions.keep(ATTEMPT_KEPT.format(attempt), json.dumps(person.id))
    page = ConsentedPage(_shell(visit, visit.say("web.tab.consent.done.title")), _hosts(visit))
    return HTMLResponse(visit.door.renderer.render(page), headers={"Cache-Control": "no-store"})


def _attempt(visit: Visit) -> str:
    attempt = visit.asked("attempt")
    if not _ATTEMPT.fullmatch(attempt):
        raise InputInvalid("attempt", attempt[:64], "described")
    return attempt


def _consent(language: str) -> str:
    return addresses.address("teams", "consent", "start", query={"locale": language})


def _hosts(visit: Visit) -> str:
    options = visit.door.options
    return " ".join(options.teams_origins) if options.tenant_banner else ""


def _shell(visit: Visit, title: str) -> Shell:
    """Language and theme are those that Teams put into the address; the script corrects them from the context."""
    language = _language(visit)
    theme = THEMES.get(visit.asked("theme"), "light")
    return Shell(title=title, language=language, theme=theme, nonce="", here="", product=visit.say("web.product"))


def _language(visit: Visit) -> str:
    locale = visit.asked("locale")[:2].lower()
    return locale if locale in LANGUAGES else LANGUAGES[0]


def _cached(door: Door, page: FramedPage) -> Response:
    return HTMLResponse(door.renderer.render(page), headers={"Cache-Control": _CACHED})
