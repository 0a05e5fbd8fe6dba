"""The consent page, the administrator's consent page, and "Need admin approval"."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.responses import Response

from liaison.tenant.entra.consent import AdminGrant, is_risky, sees_organization_box
from liaison.tenant.entra.errors import Trace
from liaison.tenant.entra.flow import DEVICE, Flow
from liaison.tenant.entra.pages import ApprovalPage, ConsentPage, PermissionLine, render_page
from liaison.tenant.estate import Estate
from liaison.tenant.estate.applications import Application, Permission
from liaison.tenant.estate.people import User
from liaison.tenant.estate.switches import get_switch


def consent_page(estate: Estate, flow: Flow, client: Application, user: User, missing: list[Permission]) -> Response:
    """The page that asks a person for permissions for themselves."""
    page = ConsentPage(
        action=f"/{flow.tenant}/consent",
        ctx=flow.id,
        upn=user.upn,
        app=client.display_name,
        publisher=client.publisher,
        permissions=_lines(missing, flow.language),
        roles=(),
        for_all=flow.prompt == "admin_consent",
        offers_organization=flow.prompt != "admin_consent" and offers_organization(estate, user),
    )
    return render_page(page, flow.language)


def admin_consent_page(flow: Flow, client: Application, user: User, asked: AdminGrant) -> Response:
    """The page that asks an administrator for permissions for everybody."""
    page = ConsentPage(
        action=f"/{flow.tenant}/consent",
        ctx=flow.id,
        upn=user.upn,
        app=client.display_name,
        publisher=client.publisher,
        permissions=_lines(asked.scopes, flow.language),
        roles=_lines(asked.roles, flow.language),
        for_all=True,
        offers_organization=False,
    )
    return render_page(page, flow.language)


def approval_page(
    estate: Estate, flow: Flow, client: Application, user: User, missing: list[Permission], trace: Trace
) -> Response:
    """The page that stops a person who may not grant; nothing goes back to the application unless they click."""
    takes_requests = get_switch(estate, "entra.admin_consent_requests", False)
    page = ApprovalPage(
        action=f"/{flow.tenant}/consent",
        ctx=flow.id,
        upn=user.upn,
        app=client.display_name,
        permissions=_lines(missing, flow.language),
        takes_requests=takes_requests,
        can_return=flow.kind != DEVICE,
        number=_refusal(estate, client, takes_requests=takes_requests),
        trace=trace,
    )
    return render_page(page, flow.language)


def _refusal(estate: Estate, client: Application, *, takes_requests: bool) -> int:
    """The number of the page: an administrator is asked, is needed, or guards people from a risky application."""
    if is_risky(estate, client):
        return 900941
    return 90095 if takes_requests else 90094


def offers_organization(estate: Estate, user: User) -> bool:
    """Whether the ordinary page shows the box for the whole organization."""
    return sees_organization_box(estate, user)


def _lines(permissions: Iterable[Permission], language: str) -> tuple[PermissionLine, ...]:
    return tuple(
        PermissionLine(permission.consent_fr if language == "fr" else permission.consent_en, permission.value)
        for permission in permissions
    )
