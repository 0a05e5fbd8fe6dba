"""Errors as pages: title, message, what to do, the rows concerned, and the numbers by which help can find it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from http import HTTPStatus
from typing import ClassVar

from starlette.responses import Response

from liaison.domain.consent import EXTRAS
from liaison.domain.names import EnvironmentKey
from liaison.errors import ConsentNotGranted, LiaisonError, Retry, Row, SessionMissing
from liaison.web import addresses
from liaison.web.place import plain_shell
from liaison.web.shell import Shell
from liaison.web.visit import Visit

_SETTINGS_MEND = ("collaboration.", "consent.")


@dataclass(frozen=True)
class Permission:
    """A permission of Microsoft Graph: its own name, and what it allows in plain words."""

    name: str
    words: str


@dataclass(frozen=True)
class Action:
    """The next click."""

    label: str
    address: str


@dataclass(frozen=True)
class Problem:
    """An error in words. `service_code` and `request_id` are the service's own, `hand_over` an address for others."""

    code: str
    status: int
    title: str
    message: str
    remedy: str
    help: str
    rows: tuple[Row, ...] = ()
    service_code: str = ""
    request_id: str = ""
    correlation: str = ""
    permissions: tuple[Permission, ...] = ()
    hand_over: str = ""
    action: Action | None = None


@dataclass(frozen=True)
class ProblemPage:
    template: ClassVar[str] = "problem.html"
    shell: Shell
    problem: Problem
    back: str


def explain(error: LiaisonError, visit: Visit) -> Problem:
    """The error in the words of the visitor's language."""
    facts = error.facts()
    said = visit.door.texts.explain(visit.language, error.code, facts)
    scopes = error.scopes if isinstance(error, ConsentNotGranted) else ()
    return Problem(
        code=error.code,
        status=error.status,
        title=said.title,
        message=said.message,
        remedy=said.remedy,
        help=addresses.help_topic(said.help),
        rows=error.rows,
        service_code=str(facts.get("service_code", "")),
        request_id=str(facts.get("request_id", "")),
        correlation=visit.correlation,
        permissions=permissions(scopes, visit),
        hand_over=_hand_over(error, visit) if scopes else "",
        action=_action(error, visit),
    )


def permissions(scopes: tuple[str, ...], visit: Visit) -> tuple[Permission, ...]:
    texts = visit.door.texts
    keys = ((scope, f"consent.scope.{scope}") for scope in scopes)
    return tuple(Permission(scope, visit.say(key) if texts.has(key) else scope) for scope, key in keys)


def answer(error: LiaisonError, visit: Visit) -> Response:
    """A page for whoever opened one, a fragment for a script, and sign-in when nobody is signed in."""
    if isinstance(error, SessionMissing) and visit.request.method == "GET":
        if visit.in_pane:  # a frame cannot go to Microsoft
            return visit.leave(addresses.address("pane", query={"next": visit.whole_page()}))
        return visit.leave(addresses.sign_in(visit.whole_page()))
    problem = explain(error, visit)
    shell = plain_shell(visit, problem.title) if visit.session else visit.shell(problem.title)
    page = ProblemPage(shell, problem, visit.whole_page())
    response = visit.answer(page, error.status)
    if error.retry_after_s is not None:
        response.headers["Retry-After"] = str(math.ceil(error.retry_after_s))
    if error.status == HTTPStatus.UNAUTHORIZED:
        response.headers["Cache-Control"] = "no-store"
    return response


def _action(error: LiaisonError, visit: Visit) -> Action | None:
    if error.status == HTTPStatus.UNAUTHORIZED:
        return Action(visit.say("web.problem.sign_in"), addresses.sign_in(visit.whole_page()))
    environment = visit.request.path_params.get("environment", "")
    if error.code.startswith(_SETTINGS_MEND) and environment:
        settings = addresses.power_apps_settings(EnvironmentKey(environment)) + _place(error)
        return Action(visit.say("web.problem.open_settings"), settings)
    if error.retry is Retry.LATER and visit.request.method == "GET":
        return Action(visit.say("web.problem.try_again"), visit.here)
    return None


def _hand_over(error: LiaisonError, visit: Visit) -> str:
    """The page on which an administrator gives consent, as an address to send to them."""
    environment = visit.request.path_params.get("environment") or visit.ports.environments[0].key
    return visit.ports.public_address + addresses.power_apps_settings(EnvironmentKey(environment)) + _place(error)


def _place(error: LiaisonError) -> str:
    """Where on the settings page it is: an extra has a place of its own."""
    if isinstance(error, ConsentNotGranted) and error.rung in {rung.value for rung in EXTRAS}:
        return f"#{addresses.extra_anchor(error.rung)}"
    return ""
