"""Who may open an item: permissions, links, invitations, and items behind shared addresses.

Source: Graph v1.0, resources/permission.md; graph.md 6.8, 6.9
"""

from __future__ import annotations

import base64

from liaison.tenant.estate import files, groups, sharing
from liaison.tenant.estate.access import SiteAccess
from liaison.tenant.estate.files import DriveItem
from liaison.tenant.estate.people import User, find_user
from liaison.tenant.estate.sharing import ItemPermission
from liaison.tenant.estate.sites import Site
from liaison.tenant.estate.switches import get_switch
from liaison.tenant.graph.drive_items import drive_key, identity_set
from liaison.tenant.graph.errors import Backend, GraphError, bad_request, forbidden, no_item
from liaison.tenant.graph.permissions import DRIVE_READ, DRIVE_WRITE
from liaison.tenant.graph.places import ITEMS, asked_item
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import NO_CONTENT, Answer, Json
from liaison.tenant.graph.shapes import collection, entity
from liaison.tenant.graph.table import below, operations
from liaison.tenant.graph.wild import Wild

_LINK_ROLES = {"view": "read", "edit": "write", "embed": "read"}
_SCOPES = ("anonymous", "organization", "users")
_SITE_GROUPS = (("3", "Owners", "owner"), ("5", "Members", "write"), ("4", "Visitors", "read"))


def list_permissions(ask: Ask) -> Answer:
    """`GET …/permissions`: what comes from the site, and what the item has of its own."""
    item = asked_item(ask)
    values = _permission_bodies(ask, item)
    context = ask.context(f"drives('{drive_key(item.drive_id)}')/items('{item.id}')/permissions")
    return Answer(body=collection(context, values))


def read_permission(ask: Ask) -> Answer:
    """`GET …/permissions/{permission}`."""
    item = asked_item(ask)
    for body in _permission_bodies(ask, item):
        if body["id"] == ask.params["permission"]:
            context = ask.context(f"drives('{drive_key(item.drive_id)}')/items('{item.id}')/permissions/$entity")
            return Answer(body=entity(context, body))
    raise no_item()


def delete_permission(ask: Ask) -> Answer:
    """`DELETE …/permissions/{permission}`: 204; inherited ones are not the item's to take back."""
    item = asked_item(ask, SiteAccess.WRITE)
    if not sharing.delete_permission(ask.estate, item.id, ask.params["permission"]):
        inherited = any(body["id"] == ask.params["permission"] for body in _permission_bodies(ask, item))
        if inherited:
            raise forbidden(Backend.FILES, "Inherited permissions cannot be removed here.")
        raise no_item()
    return NO_CONTENT


def create_link(ask: Ask) -> Answer:
    """`POST …/createLink`: 201, or 200 for an equal link that is there. Source: api/driveitem-createlink.md"""
    item = asked_item(ask, SiteAccess.WRITE)
    body = ask.json()
    kind, scope = body.text("type"), body.optional_text("scope") or "organization"
    if kind not in _LINK_ROLES or scope not in _SCOPES:
        raise bad_request(Backend.FILES, "Invalid type or scope of the link.")
    if kind == "embed":
        raise GraphError(400, "notSupported", "Embedding links are supported on personal drives only.")
    if scope == "anonymous" and not get_switch(ask.estate, "graph.anonymous_links", False):
        raise forbidden(Backend.FILES, "The organization's policy does not allow anonymous links.")
    for found in sharing.list_permissions(ask.estate, item.id):
        if (found.kind, found.scope) == (kind, scope):
            return _one(ask, item, found, 200)
    made = sharing.add_permission(
        ask.estate,
        ItemPermission(
            ask.estate.ids.guid(),
            item.id,
            kind,
            scope,
            (_LINK_ROLES[kind],),
            None,
            ask.estate.ids.token(16),
            body.optional_text("expirationDateTime"),
            body.optional_text("password") is not None,
        ),
    )
    return _one(ask, item, made, 201)


def invite(ask: Ask) -> Answer:
    """`POST …/invite`: 200 with a permission for each recipient. Source: Graph v1.0, api/driveitem-invite.md"""
    item = asked_item(ask, SiteAccess.WRITE)
    body = ask.json()
    roles = _read_roles(body)
    recipients = body.children("recipients")
    if not recipients:
        raise bad_request(Backend.FILES, "At least one recipient is required.")
    people = [_recipient(ask, one) for one in recipients]
    made = [
        sharing.add_permission(
            ask.estate,
            ItemPermission(ask.estate.ids.guid(), item.id, "grant", None, roles, user.id, None, None, False),
        )
        for user in people
    ]
    values = [_body(ask, item, one) for one in made]
    return Answer(body=collection(ask.context("Collection(permission)"), values))


def change_permission(ask: Ask) -> Answer:
    """`PATCH …/permissions/{permission}`: other roles: 200. Source: Graph v1.0, api/permission-update.md"""
    item = asked_item(ask, SiteAccess.WRITE)
    roles = _read_roles(ask.json())
    if not sharing.change_roles(ask.estate, item.id, ask.params["permission"], roles):
        if any(body["id"] == ask.params["permission"] for body in _permission_bodies(ask, item)):
            raise forbidden(Backend.FILES, "Inherited permissions cannot be changed here.")
        raise no_item()
    return read_permission(ask)


def read_share(ask: Ask) -> Answer:
    """`GET /shares/{share}`: what is shared, and by whom. Source: Graph v1.0, api/shares-get.md"""
    item = asked_item(ask)
    body = {"id": ask.params["share"], "name": item.name, "owner": identity_set(ask, item.created_by)}
    return Answer(body=entity(ask.context("shares/$entity"), body))


def _read_roles(body: Wild) -> tuple[str, ...]:
    roles = tuple(body.texts("roles"))
    if not roles or any(role not in ("read", "write", "owner") for role in roles):
        raise bad_request(Backend.FILES, "The roles must be read, write or owner.")
    return roles


def _recipient(ask: Ask, one: Wild) -> User:
    key = one.optional_text("objectId") or one.optional_text("email") or one.optional_text("alias") or ""
    user = find_user(ask.estate, key)
    if user is None:
        raise bad_request(Backend.FILES, f"The recipient '{key}' could not be found.")
    return user


def _permission_bodies(ask: Ask, item: DriveItem) -> list[Json]:
    _, site = files.place_of(ask.estate, item)
    own = sharing.list_permissions(ask.estate, item.id)
    if ask.is_delegated and site.group_id and not groups.is_owner(ask.estate, site.group_id, ask.caller.object_id):
        # Who does not own the item sees only what concerns them.
        own = [one for one in own if one.user_id in (None, ask.caller.object_id)]
    return [*_inherited_bodies(site, item), *(_body(ask, item, one) for one in own)]


def _inherited_bodies(site: Site, item: DriveItem) -> list[Json]:
    inherited = (
        {} if item.is_root else {"inheritedFrom": {"driveId": item.drive_id, "path": f"/drives/{item.drive_id}/root:"}}
    )
    return [
        {
            "id": base64.urlsafe_b64encode(f"{site.display_name} {name}".encode()).decode().rstrip("="),
            "roles": [role],
            "grantedToV2": {
                "siteGroup": {
                    "@odata.type": "#microsoft.graph.sharePointIdentity",
                    "id": number,
                    "displayName": f"{site.display_name} {name}",
                    "loginName": f"{site.display_name} {name}",
                }
            },
            **inherited,
        }
        for number, name, role in _SITE_GROUPS
    ]


def _one(ask: Ask, item: DriveItem, permission: ItemPermission, status: int) -> Answer:
    context = ask.context(f"drives('{drive_key(item.drive_id)}')/items('{item.id}')/permissions/$entity")
    return Answer(status, entity(context, _body(ask, item, permission)))


def _body(ask: Ask, item: DriveItem, permission: ItemPermission) -> Json:
    body: Json = {
        "id": permission.id,
        "roles": list(permission.roles),
        "hasPassword": permission.has_password,
        "expirationDateTime": permission.expires,
    }
    if permission.kind != "grant":
        share = permission.share_id or ""
        return body | {
            "shareId": f"s!{share}",
            "link": {
                "type": permission.kind,
                "scope": permission.scope,
                "webUrl": f"{files.path_address(ask.estate, item)}?csf=1&web=1&e={share[:6]}",
                "preventsDownload": False,
            },
        }
    user = find_user(ask.estate, permission.user_id or "")
    if user is None:
        return body
    return body | {
        "grantedToV2": {
            "user": {
                "@odata.type": "#microsoft.graph.sharePointIdentity",
                "id": user.id,
                "displayName": user.display_name,
                "loginName": f"i:0#.f|membership|{user.upn}",
            }
        }
    }


OPERATIONS = operations(
    Backend.FILES,
    *below(
        ITEMS,
        ("GET", "/permissions", list_permissions, DRIVE_READ),
        ("GET", "/permissions/{permission}", read_permission, DRIVE_READ),
        ("PATCH", "/permissions/{permission}", change_permission, DRIVE_WRITE),
        ("DELETE", "/permissions/{permission}", delete_permission, DRIVE_WRITE),
        ("POST", "/createLink", create_link, DRIVE_WRITE),
        ("POST", "/graph.createLink", create_link, DRIVE_WRITE),
        ("POST", "/invite", invite, DRIVE_WRITE),
        ("POST", "/graph.invite", invite, DRIVE_WRITE),
    ),
    ("GET", "shares/{share}", read_share, DRIVE_READ),
)
