"""Liaison in the side pane of Dynamics 365: which panel is shown there, and signing in where a frame has no cookies.

The frame cannot go to Microsoft, and our cookie does not reach it. So a window of our own signs in, learns from the
frame that opened it which attempt it is for, and says so to the server; the frame asks the server until its session is
there. Only a page of this very origin can tell the window its attempt. Source: docs/decisions/0012.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass
from typing import ClassVar
from urllib.parse import urlsplit

from starlette.background import BackgroundTask
from starlette.responses import Response

from liaison.domain.crm import Environment
from liaison.domain.names import (
    Person,
    PersonId,
    RecordRef,
    RowId,
    TableName,
    TenantId,
    ViewId,
    ViewKind,
    ViewRef,
)
from liaison.errors import EnvironmentUnknown, InputInvalid, InputMissing, RequestForged
from liaison.operations.runs import resume_parked
from liaison.web import addresses
from liaison.web.pane_session import set_pane_session
from liaison.web.place import app_that_shows
from liaison.web.shell import Shell
from liaison.web.visit import Visit

ATTEMPT_MINUTES = 10
KINDS = {"1039": ViewKind.SYSTEM, "4230": ViewKind.PERSONAL}
"""Type codes of savedquery and userquery. Source: contracts, dataverse 8.1."""
_OPEN, _READY = "pane-open", "pane-ready"


@dataclass(frozen=True)
class PanePage:
    """Shown in the frame while nobody is signed in there. `outside` is the same page in a tab of its own."""

    template: ClassVar[str] = "pane.html"
    shell: Shell
    attempt: str
    outside: str


@dataclass(frozen=True)
class PaneWindowPage:
    """The window that signs in. `who` is the signed-in person; `is_done` once the pane has been let in."""

    template: ClassVar[str] = "pane_window.html"
    shell: Shell
    who: str
    is_done: bool


async def show(visit: Visit) -> Response:
    """`/pane?environment=…&table=…&id=…`, or `&view=…&kind=…`: on to the panel, or the way to sign in."""
    if visit.session is not None:
        return visit.go(await _panel_address(visit))
    attempt = secrets.token_urlsafe(32)
    await visit.ports.sessions.keep(f"{_OPEN} {attempt}", "{}", ATTEMPT_MINUTES)
    shell = visit.shell(visit.say("web.pane.title"), in_pane=True)
    return visit.answer(PanePage(shell, attempt, visit.here))


async def show_window(visit: Visit) -> Response:
    """`/pane/sign-in`: whoever is not signed in is led to Microsoft first and comes back here."""
    shell = visit.shell(visit.say("web.pane.title"), in_pane=True)
    return visit.answer(PaneWindowPage(shell, visit.person.name, is_done=False))


async def let_in(visit: Visit) -> Response:
    """The window names its attempt: the pane that made it gets a session of this person. Each attempt counts once."""
    person, attempt = visit.person, visit.given("attempt")
    if not attempt or await visit.ports.sessions.take(f"{_OPEN} {attempt}") is None:
        raise RequestForged
    await visit.ports.sessions.keep(f"{_READY} {attempt}", json.dumps(asdict(person)), ATTEMPT_MINUTES)
    shell = visit.shell(visit.say("web.pane.title"), in_pane=True)
    return visit.answer(PaneWindowPage(shell, person.name, is_done=True))


async def claim(visit: Visit) -> Response:
    """`/pane/session`: 204 until the window has said who it is; then the pane's own session, once."""
    attempt = visit.given("attempt")
    kept = await visit.ports.sessions.take(f"{_READY} {attempt}") if attempt else None
    if kept is None:
        return Response(status_code=204)
    person = _read_person(kept)
    session = await visit.ports.sessions.open(person, visit.language)
    response = Response(status_code=201, background=BackgroundTask(resume_parked, person, visit.ports))
    return set_pane_session(response, session.id, visit)


def _read_person(kept: str) -> Person:
    read: dict[str, str] = json.loads(kept)
    return Person(TenantId(read["tenant"]), PersonId(read["id"]), read["name"], read["upn"], read["language"])


async def _panel_address(visit: Visit) -> str:
    """Where the panel of the record or view is; or the page that was open when the session ended."""
    if visit.asked("next"):
        return addresses.local_path(visit.asked("next"))
    environment = _find_environment(visit)
    table = TableName(visit.asked("table"))
    if not table:
        raise InputMissing("table")
    app = await app_that_shows(table, environment.key, visit)
    if visit.asked("id"):
        ref = RecordRef(environment.key, table, RowId(visit.asked("id")))
        return addresses.collaborate(app.unique_name, ref)
    view, kind = ViewId(visit.asked("view")), KINDS.get(visit.asked("kind"))
    if not view:
        raise InputMissing("id")
    if kind is None:
        raise InputInvalid("kind", visit.asked("kind"), "1039 / 4230")
    return addresses.collaborate(app.unique_name, ViewRef(environment.key, table, view, kind))


def _find_environment(visit: Visit) -> Environment:
    """By the address that Dynamics 365 has in the browser. Raises EnvironmentUnknown."""
    asked = _origin(visit.asked("environment"))
    for environment in visit.ports.environments:
        if asked and _origin(environment.address) == asked:
            return environment
    raise EnvironmentUnknown(visit.asked("environment"))


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}".lower() if parts.netloc else ""
