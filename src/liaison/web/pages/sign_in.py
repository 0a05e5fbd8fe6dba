"""Sign-in and sign-out: to Microsoft and back, and the session that comes of it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import ClassVar

from starlette.background import BackgroundTask
from starlette.responses import RedirectResponse, Response

from liaison.domain.consent import PUBLISHING, SCOPES, Rung
from liaison.domain.crm import Environment
from liaison.errors import RequestForged, SignInExpired
from liaison.operations.runs import resume_parked
from liaison.ports import Session, SignInStart
from liaison.web import addresses
from liaison.web.pane_session import end_pane_session
from liaison.web.shell import Shell
from liaison.web.taste import is_remembered
from liaison.web.visit import Visit

_FLOW_S = 600
_ASKED_FOR = {"publish": PUBLISHING, "label": SCOPES[Rung.LABEL]}
"""What somebody allows for themselves alone, beside what every sign-in asks for."""


@dataclass(frozen=True)
class SignedOutPage:
    template: ClassVar[str] = "signed_out.html"
    shell: Shell
    leave: str
    """Where Microsoft ends its own session."""
    home: str


async def start(visit: Visit) -> Response:
    """`/auth/login`: to Microsoft, remembering where to come back to."""
    back = addresses.local_path(visit.asked("next"))
    also = _ASKED_FOR.get(visit.asked("for"), ())
    started = await visit.ports.sign_in.start(_environment(visit), visit.language, visit.asked("hint"), also)
    return await send_away(visit, started, {"next": back})


async def send_away(visit: Visit, started: SignInStart, remembered: dict[str, str]) -> Response:
    """Redirect to Microsoft; the state is tied to this browser, so that nobody else's answer is taken for it."""
    await visit.ports.sessions.keep(started.state, json.dumps({"kept": started.kept, **remembered}))
    response = RedirectResponse(started.address, 303)
    options = visit.door.options
    response.set_cookie(
        _flow_cookie(visit, started.state),
        "1",
        max_age=_FLOW_S,
        secure=options.secure_cookies,
        httponly=True,
        samesite="lax",
    )
    return response


async def take_back(visit: Visit) -> dict[str, str]:
    """What was remembered for the answer in this address, once. Raises RequestForged for an answer not asked for."""
    state = visit.request.query_params.get("state", "")
    if not state or _flow_cookie(visit, state) not in visit.request.cookies:
        raise RequestForged
    remembered = await visit.ports.sessions.take(state)
    if remembered is None:
        raise RequestForged
    values: dict[str, str] = json.loads(remembered)
    return values


def end_flow(visit: Visit, response: Response) -> Response:
    """Drop the cookie that tied the answer to this browser."""
    state = visit.request.query_params.get("state", "")
    options = visit.door.options
    name = _flow_cookie(visit, state)
    response.delete_cookie(name, secure=options.secure_cookies, httponly=True, samesite="lax")
    return response


async def finish(visit: Visit) -> Response:
    """`/auth/callback`: a session for whoever has signed in; work that waited for them goes on."""
    remembered = await take_back(visit)
    person = await visit.ports.sign_in.finish(remembered["kept"], dict(visit.request.query_params))
    if visit.session is not None:
        await visit.ports.sessions.close(visit.session.id)
    session = await visit.ports.sessions.open(person, visit.language)
    if is_remembered(visit.request, visit.door.options):
        await visit.ports.sessions.set_taste(session.id, visit.taste.language, visit.taste.theme)
    going_on = BackgroundTask(resume_parked, person, visit.ports)
    response = RedirectResponse(addresses.local_path(remembered["next"]), 303, background=going_on)
    _set_session(response, session, visit)
    return end_flow(visit, response)


async def sign_out(visit: Visit) -> Response:
    """`/auth/logout`: this session ends; what is under way for the person goes on."""
    if visit.session is None:
        raise SignInExpired
    await visit.ports.sessions.close(visit.session.id)
    if visit.in_pane:
        back = addresses.local_path(visit.given("back"))
        return end_pane_session(visit.go(addresses.address("pane", query={"next": back})), visit)
    response = visit.go("/auth/signed-out")
    options = visit.door.options
    response.delete_cookie(options.session_cookie, secure=options.secure_cookies, httponly=True, samesite="lax")
    return response


async def show_signed_out(visit: Visit) -> Response:
    if visit.session is not None:
        return visit.go(addresses.HOME)
    leave = visit.ports.sign_in.sign_out_address(visit.ports.public_address + addresses.HOME)
    return visit.answer(SignedOutPage(visit.shell(visit.say("web.signed_out.title")), leave, addresses.HOME))


def _set_session(response: Response, session: Session, visit: Visit) -> None:
    options = visit.door.options
    response.set_cookie(
        options.session_cookie, session.id, secure=options.secure_cookies, httponly=True, samesite="lax"
    )


def _environment(visit: Visit) -> Environment:
    wanted = visit.asked("environment")
    places = visit.ports.environments
    return next((environment for environment in places if environment.key == wanted), places[0])


def _flow_cookie(visit: Visit, state: str) -> str:
    mark = hashlib.sha256(state.encode()).hexdigest()[:16]
    return visit.door.options.own_cookie(f"liaison-flow-{mark}")
