"""The operations of the Entra face. Source: MicrosoftDocs/entra-docs, docs/identity-platform."""

from __future__ import annotations

from starlette.routing import BaseRoute

from liaison.tenant.entra.routes import routes
from liaison.tenant.entra.wrong_method import WrongMethod
from liaison.tenant.estate import Estate
from liaison.tenant.estate.surface import Naming, Operation, naming_of_routes, operations_of_routes

FACE = "entra"
_FLOW = "v2-oauth2-auth-code-flow.md"
_OWN = "page of the local tenant"
_SOURCES = {
    "": _OWN,
    "/{tenant}/v2.0/.well-known/openid-configuration": "v2-protocols-oidc.md",
    "/{tenant}/.well-known/openid-configuration": "v2-protocols-oidc.md",
    "/{tenant}/discovery/v2.0/keys": "access-tokens.md",
    "/{tenant}/discovery/keys": "access-tokens.md",
    "/{tenant}/discovery/instance": "authentication-national-cloud.md",
    "/common/userrealm/{upn}": "asked by MSAL for a password sign-in",
    "/{tenant}/oauth2/token": "azure-ad-endpoint-comparison.md",
    "/{tenant}/oauth2/devicecode": "azure-ad-endpoint-comparison.md",
    "/{tenant}/oauth2/authorize": "azure-ad-endpoint-comparison.md",
    "/{tenant}/oauth2/logout": "azure-ad-endpoint-comparison.md",
    "/oidc/userinfo": "userinfo.md",
    "/{tenant}/oauth2/v2.0/token": _FLOW,
    "/{tenant}/oauth2/v2.0/devicecode": "v2-oauth2-device-code.md",
    "/{tenant}/oauth2/v2.0/authorize": _FLOW,
    "/{tenant}/v2.0/adminconsent": "v2-admin-consent.md",
    "/{tenant}/adminconsent": "v2-admin-consent.md",
    "/{tenant}/oauth2/deviceauth": "v2-oauth2-device-code.md",
    "/devicelogin": "v2-oauth2-device-code.md",
    "/{tenant}/oauth2/v2.0/logout": "v2-protocols-oidc.md",
    "/error": "reference-error-codes.md",
}


def operations(estate: Estate) -> tuple[Operation, ...]:
    """Every address of this face."""
    return operations_of_routes(FACE, _answering(estate), _SOURCES)


def naming(estate: Estate) -> Naming:
    return naming_of_routes(_answering(estate))


def _answering(estate: Estate) -> list[BaseRoute]:
    """The routes without those that only refuse a method."""
    return [route for route in routes(estate) if not isinstance(route, WrongMethod)]
