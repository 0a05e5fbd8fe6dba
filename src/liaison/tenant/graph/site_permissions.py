"""Opening one site to one application, which then needs `Sites.Selected` alone.

Source: Graph v1.0, api/site-post-permissions.md, api/site-list-permissions.md
"""

from __future__ import annotations

import base64

from liaison.tenant.estate import applications, site_grants
from liaison.tenant.estate.site_grants import SiteGrant
from liaison.tenant.estate.sites import Site
from liaison.tenant.graph.access import is_global_administrator
from liaison.tenant.graph.errors import Backend, bad_request, forbidden, no_item
from liaison.tenant.graph.permissions import SITES_CONTROL
from liaison.tenant.graph.places import SITES, find_site
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import NO_CONTENT, Answer, Json
from liaison.tenant.graph.shapes import collection, entity
from liaison.tenant.graph.table import below, operations
from liaison.tenant.graph.wild import Wild

ROLES = ("read", "write", "manage", "fullcontrol", "owner")


def list_permissions(ask: Ask) -> Answer:
    """`GET /sites/{site}/permissions`: applications only; roles are told one by one."""
    site = _asked_site(ask)
    found = [_body(one, with_roles=False) for one in site_grants.list_grants(ask.estate, site.id)]
    return Answer(body=collection(ask.context(f"sites('{site.id}')/permissions"), found))


def read_permission(ask: Ask) -> Answer:
    """`GET /sites/{site}/permissions/{permission}`."""
    site = _asked_site(ask)
    return _one(ask, site, _asked_grant(ask, site))


def create_permission(ask: Ask) -> Answer:
    """`POST /sites/{site}/permissions`: 201."""
    site = _asked_site(ask)
    body = ask.json()
    roles = _read_roles(body)
    identities = body.children("grantedToIdentitiesV2") or body.children("grantedToIdentities")
    if len(identities) != 1:
        raise bad_request(Backend.FILES, "Exactly one application must be named in grantedToIdentities.")
    application = identities[0].child("application")
    app_id = application.text("id")
    known = applications.find_service_principal(ask.estate, app_id)
    if known is None:
        raise bad_request(Backend.FILES, f"The application '{app_id}' could not be found.")
    name = application.optional_text("displayName") or known.display_name
    key = base64.b64encode(f"i:0i.t|ms.sp.ext|{known.app_id}@{site.collection_id}".encode()).decode().rstrip("=")
    grant = SiteGrant(key, site.id, known.app_id, name, roles)
    site_grants.save_grant(ask.estate, grant)
    return _one(ask, site, grant, 201)


def change_permission(ask: Ask) -> Answer:
    """`PATCH /sites/{site}/permissions/{permission}`: other roles: 200."""
    site = _asked_site(ask)
    found = _asked_grant(ask, site)
    grant = SiteGrant(found.id, site.id, found.app_id, found.display_name, _read_roles(ask.json()))
    site_grants.save_grant(ask.estate, grant)
    return _one(ask, site, grant)


def delete_permission(ask: Ask) -> Answer:
    """`DELETE /sites/{site}/permissions/{permission}`: 204."""
    site = _asked_site(ask)
    if not site_grants.delete_grant(ask.estate, site.id, ask.params["permission"]):
        raise no_item()
    return NO_CONTENT


def _asked_site(ask: Ask) -> Site:
    if ask.is_delegated and not is_global_administrator(ask):
        raise forbidden(Backend.FILES)
    return find_site(ask)


def _asked_grant(ask: Ask, site: Site) -> SiteGrant:
    for found in site_grants.list_grants(ask.estate, site.id):
        if found.id == ask.params["permission"]:
            return found
    raise no_item()


def _read_roles(body: Wild) -> tuple[str, ...]:
    roles = tuple(role.lower() for role in body.texts("roles"))
    if not roles or any(role not in ROLES for role in roles):
        raise bad_request(Backend.FILES, f"The roles must be among {', '.join(ROLES)}.")
    return roles


def _one(ask: Ask, site: Site, grant: SiteGrant, status: int = 200) -> Answer:
    context = ask.context(f"sites('{site.id}')/permissions/$entity")
    return Answer(status, entity(context, _body(grant, with_roles=True)))


def _body(grant: SiteGrant, *, with_roles: bool) -> Json:
    identities = [{"application": {"displayName": grant.display_name, "id": grant.app_id}}]
    body: Json = {"id": grant.id}
    if with_roles:
        body["roles"] = list(grant.roles)
    return body | {"grantedToIdentitiesV2": identities, "grantedToIdentities": identities}


OPERATIONS = operations(
    Backend.FILES,
    *below(
        SITES,
        ("GET", "/permissions", list_permissions, SITES_CONTROL),
        ("POST", "/permissions", create_permission, SITES_CONTROL),
        ("GET", "/permissions/{permission}", read_permission, SITES_CONTROL),
        ("PATCH", "/permissions/{permission}", change_permission, SITES_CONTROL),
        ("DELETE", "/permissions/{permission}", delete_permission, SITES_CONTROL),
    ),
)
