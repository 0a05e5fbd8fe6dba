"""The account page: the people of the tenant, those signed in first."""

from __future__ import annotations

import zlib

from starlette.responses import Response

from liaison.tenant.entra.flow import Flow
from liaison.tenant.entra.optional_claims import read_login_hint
from liaison.tenant.entra.pages import PersonCard, SignInPage, render_page
from liaison.tenant.estate import Estate
from liaison.tenant.estate.applications import Application
from liaison.tenant.estate.people import User, find_user, list_users, search_users, user_directory_roles
from liaison.tenant.estate.sessions import list_sessions
from liaison.tenant.seeds.company import PEOPLE


def sign_in_page(
    estate: Estate, flow: Flow, client: Application, *, searched: str = "", typed: str = "", problem: str = ""
) -> Response:
    """The page where a person says who they are; `problem` is a word key."""
    signed_in = [session.user_id for session in list_sessions(estate, flow.browser)]
    users = search_users(estate, searched) if searched else list_users(estate)
    hinted = None if flow.login_hint is None else find_user(estate, read_login_hint(flow.login_hint))
    first = [hinted.id, *signed_in] if hinted is not None else signed_in
    users.sort(key=lambda user: first.index(user.id) if user.id in first else len(first))
    page = SignInPage(
        app=client.display_name,
        action=f"/{flow.tenant}/login",
        ctx=flow.id,
        people=tuple(_card(estate, user, user.id in signed_in) for user in users),
        searched=searched,
        typed=typed,
        problem=problem,
        again=flow.prompt == "login" or flow.max_age_s is not None,
    )
    return render_page(page, flow.language)


def _card(estate: Estate, user: User, signed_in: bool) -> PersonCard:
    roles = next((person.crm_roles for person in PEOPLE if person.id == user.id), ())
    directory_roles = tuple(role.display_name for role in user_directory_roles(estate, user.id))
    marks = [
        key
        for key, applies in (
            ("sign_in.signed_in", signed_in),
            ("sign_in.guest", user.user_type == "Guest"),
            ("sign_in.disabled", not user.account_enabled),
        )
        if applies
    ]
    return PersonCard(
        id=user.id,
        name=user.display_name,
        upn=user.upn,
        details=" · ".join(item for item in (user.job_title or "", *roles, *directory_roles) if item),
        initials="".join(part[0] for part in user.display_name.split()[:2]).upper(),
        hue=zlib.crc32(user.id.encode()) % 8,
        marks=tuple(marks),
    )
