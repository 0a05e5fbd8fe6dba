"""Microsoft 365 groups: listing, creating, upserting by unique name, changing, deleting, restoring.

Source: Graph v1.0, resources/group.md; graph.md 3.4 to 3.9
"""

from __future__ import annotations

import re
import uuid
from dataclasses import replace

from liaison.tenant.estate import groups
from liaison.tenant.estate.groups import Group
from liaison.tenant.estate.people import find_user
from liaison.tenant.estate.switches import get_switch
from liaison.tenant.graph.access import asked_group, is_global_administrator, is_guest, is_teams_administrator
from liaison.tenant.graph.errors import Backend, GraphError, bad_request, forbidden, no_resource
from liaison.tenant.graph.labels import assigned_labels, forced_visibility, read_labels
from liaison.tenant.graph.naming import require_good_name, require_good_nickname, require_may_create_group
from liaison.tenant.graph.permissions import GROUP_CHANGE, GROUP_CREATE, GROUP_LIST, GROUP_READ, GROUP_WRITE
from liaison.tenant.graph.requests import Ask, bound_id
from liaison.tenant.graph.responses import NO_CONTENT, Answer, Json
from liaison.tenant.graph.schema import GROUP
from liaison.tenant.graph.search import is_eventual, require_advanced, searched
from liaison.tenant.graph.shapes import (
    collection,
    entity,
    expands,
    filtered,
    page,
    selected,
    selection_suffix,
    wanted_filter,
)
from liaison.tenant.graph.table import operations
from liaison.tenant.graph.teams import read_visibility
from liaison.tenant.graph.users import typed_user
from liaison.tenant.graph.wild import Wild
from liaison.tenant.seeds.company import DOMAIN

_BINDS_AT_CREATION = 20
# An expansion in the directory is cut off here. Source: Graph v1.0, concepts/query-parameters.md
_EXPANDED_PEOPLE = 20
_UNIQUE_NAME = re.compile(r"[A-Za-z0-9._-]{1,128}")
# Returned only when they are selected.
_ON_REQUEST = frozenset({"assignedLabels", "uniqueName"})
_CHANGEABLE = (
    "displayName",
    "description",
    "visibility",
    "mailNickname",
    "classification",
    "assignedLabels",
    "uniqueName",
)


def group_body(group: Group) -> Json:
    """A group with its default properties and those that a request may select."""
    return {
        "id": group.id,
        "deletedDateTime": group.deleted,
        "classification": group.classification,
        "createdDateTime": group.created,
        "description": group.description,
        "displayName": group.display_name,
        "expirationDateTime": None,
        "groupTypes": ["Unified"] if group.unified else [],
        "isAssignableToRole": None,
        "mail": group.mail,
        "mailEnabled": group.mail_enabled,
        "mailNickname": group.mail_nickname,
        "membershipRule": None,
        "membershipRuleProcessingState": None,
        "onPremisesLastSyncDateTime": None,
        "onPremisesSecurityIdentifier": None,
        "onPremisesSyncEnabled": None,
        "preferredDataLocation": None,
        "preferredLanguage": None,
        "proxyAddresses": [f"SMTP:{group.mail}"] if group.mail else [],
        "renewedDateTime": group.renewed,
        "resourceBehaviorOptions": [],
        "resourceProvisioningOptions": ["Team"] if group.is_team else [],
        "securityEnabled": group.security_enabled,
        "securityIdentifier": _security_identifier(group.id),
        "theme": None,
        "uniqueName": group.unique_name,
        "visibility": group.visibility,
        "onPremisesProvisioningErrors": [],
        "serviceProvisioningErrors": [],
        "assignedLabels": assigned_labels(group.labels),
    }


def shown_group(ask: Ask, group: Group) -> Json:
    """A group as the request selects it."""
    body = group_body(group)
    for relation in ("owners", "members"):
        if expands(ask, relation):
            people = groups.list_people(ask.estate, group.id, relation)[:_EXPANDED_PEOPLE]
            body[relation] = [typed_user(ask, user_id) for user_id in people]
    if ask.words("select"):
        return selected(ask, body, GROUP, "group")
    return {name: value for name, value in body.items() if name not in _ON_REQUEST}


def list_groups(ask: Ask) -> Answer:
    """`GET /groups` with filter, search, count. Source: Graph v1.0, api/group-list.md"""
    found = _found_groups(ask)
    part, following = page(ask, found, 100, 999)
    count = len(found) if ask.options.get("count") == "true" and is_eventual(ask) else None
    context = ask.context(f"groups{selection_suffix(ask)}")
    values = [shown_group(ask, group) for group in part]
    return Answer(body=collection(context, values, count=count, next_page=following))


def count_groups(ask: Ask) -> Answer:
    """`GET /groups/$count`: a plain number, with the header for advanced queries."""
    if not is_eventual(ask):
        raise GraphError(400, "Request_BadRequest", "$count is not currently supported.")
    return Answer(content=str(len(_found_groups(ask))).encode(), media_type="text/plain")


def read_group(ask: Ask) -> Answer:
    """`GET /groups/{group}`. Source: Graph v1.0, api/group-get.md"""
    return _one(ask, asked_group(ask))


def read_group_by_unique_name(ask: Ask) -> Answer:
    """`GET /groups(uniqueName='…')`."""
    unique_name = _asked_unique_name(ask)
    group = groups.find_group_by_unique_name(ask.estate, unique_name)
    if group is None:
        raise no_resource(unique_name)
    return _one(ask, group)


def create_group(ask: Ask) -> Answer:
    """`POST /groups`: 201. Source: Graph v1.0, api/group-post-groups.md"""
    body = ask.json()
    group = _make_group(ask, body, body.optional_text("uniqueName"))
    return Answer(201, entity(ask.context("groups/$entity"), shown_group(ask, group)))


def upsert_group(ask: Ask) -> Answer:
    """`PATCH /groups(uniqueName='…')` with `Prefer: create-if-missing`: 201 when made, 204 when changed.

    Source: Graph v1.0, api/group-upsert.md
    """
    unique_name = _asked_unique_name(ask)
    group = groups.find_group_by_unique_name(ask.estate, unique_name)
    body = ask.json()
    if group is not None:
        return _change(ask, group, body)
    if not ask.prefers("create-if-missing"):
        raise no_resource(unique_name)
    if not GROUP_CREATE.allows(ask.caller):
        raise forbidden(Backend.DIRECTORY)
    made = _make_group(ask, body, unique_name)
    return Answer(201, entity(ask.context("groups/$entity"), shown_group(ask, made)))


def change_group(ask: Ask) -> Answer:
    """`PATCH /groups/{group}`: 204. Source: Graph v1.0, api/group-update.md

    Labels alone take a permission of their own, and a role in place of ownership.
    """
    group, body = asked_group(ask), ask.json()
    if set(body.value) <= {"assignedLabels"}:
        return _save(ask, group, body)
    if not GROUP_WRITE.allows(ask.caller):
        raise forbidden(Backend.DIRECTORY)
    return _change(ask, group, body)


def delete_group(ask: Ask) -> Answer:
    """`DELETE /groups/{group}`: team, mailbox and site go to the recycle bin. Source: api/group-delete.md"""
    group = asked_group(ask)
    _require_owner(ask, group)
    groups.delete_group(ask.estate, group)
    return NO_CONTENT


def delete_group_by_unique_name(ask: Ask) -> Answer:
    """`DELETE /groups(uniqueName='…')`."""
    unique_name = _asked_unique_name(ask)
    group = groups.find_group_by_unique_name(ask.estate, unique_name)
    if group is None:
        raise no_resource(unique_name)
    _require_owner(ask, group)
    groups.delete_group(ask.estate, group)
    return NO_CONTENT


def _found_groups(ask: Ask) -> list[Group]:
    """The groups that filter, search and visibility let through, in the asked order."""
    wanted = wanted_filter(ask)
    require_advanced(ask, wanted)
    equals = [
        (groups.INDEXED[name], value) for name, value in (wanted.equals if wanted else ()) if name in groups.INDEXED
    ]
    starts = [
        (groups.INDEXED[name], value) for name, value in (wanted.starts if wanted else ()) if name in groups.INDEXED
    ]
    found = {group.id: group for group in groups.list_groups(ask.estate, equals=equals, starts=starts)}
    if is_guest(ask):
        mine = {group.id for group in groups.list_groups_of(ask.estate, ask.caller.object_id)}
        found = {group_id: group for group_id, group in found.items() if group_id in mine}
    bodies = searched(ask, filtered(ask, [group_body(group) for group in found.values()]))
    return [found[body["id"]] for body in bodies]


def _one(ask: Ask, group: Group) -> Answer:
    context = ask.context(f"groups{selection_suffix(ask)}/$entity")
    return Answer(body=entity(context, shown_group(ask, group)))


def _make_group(ask: Ask, body: Wild, unique_name: str | None) -> Group:
    name, nickname = body.text("displayName"), body.text("mailNickname")
    kinds = body.texts("groupTypes")
    for required in ("mailEnabled", "securityEnabled"):
        if not body.has(required):
            raise bad_request(Backend.DIRECTORY, f"A value is required for property '{required}' of resource 'Group'.")
    if is_guest(ask):
        raise forbidden(Backend.DIRECTORY)
    require_may_create_group(ask)
    require_good_name(ask, name, nickname)
    require_good_nickname(ask, nickname)
    unified = "Unified" in kinds
    if unified is not body.flag("mailEnabled", False):
        raise bad_request(
            Backend.DIRECTORY,
            "The service does not currently support writes of mail-enabled groups. "
            "Please ensure that the mail-enablement property is unset and the security-enablement "
            "property is set.",
        )
    now = ask.estate.clock.seconds()
    labels = read_labels(ask, body)
    group = Group(
        ask.estate.ids.guid(),
        name,
        body.optional_text("description"),
        nickname,
        f"{nickname}@{DOMAIN}" if unified else None,
        _checked_unique_name(ask, unique_name),
        forced_visibility(labels) or read_visibility(Backend.DIRECTORY, body.optional_text("visibility"), "Public"),
        body.optional_text("classification"),
        mail_enabled=body.flag("mailEnabled", False),
        security_enabled=body.flag("securityEnabled", False),
        unified=unified,
        labels=labels,
        listed_at=now + get_switch(ask.estate, "graph.directory_delay_s", 0.0),
    )
    owners, members = _read_binds(ask, body, "owners@odata.bind"), _read_binds(ask, body, "members@odata.bind")
    with ask.estate.db.change():
        site_delay_s = get_switch(ask.estate, "graph.site_delay_s", 0.0)
        made = groups.create_group(ask.estate, group, site_ready_at=now + site_delay_s)
        for user_id in _first_owners(ask, owners):
            groups.add_person(ask.estate, made.id, user_id, "owners")
        for user_id in members:
            groups.add_person(ask.estate, made.id, user_id, "members")
    return made


def _first_owners(ask: Ask, owners: list[str]) -> list[str]:
    """The owners in the body; a person who names none, and is no administrator, becomes the owner."""
    return owners or ([ask.caller.object_id] if ask.is_delegated else [])


def _change(ask: Ask, group: Group, body: Wild) -> Answer:
    _require_owner(ask, group)
    for name in body.value:
        if name not in _CHANGEABLE and "@" not in name and name not in GROUP:
            raise bad_request(Backend.DIRECTORY, f"Property '{name}' does not exist as a declared property of 'Group'.")
    name = body.text("displayName") if body.has("displayName") else group.display_name
    nickname = body.text("mailNickname") if body.has("mailNickname") else group.mail_nickname
    changed_name = name if name != group.display_name else None
    changed_nickname = nickname if nickname != group.mail_nickname else None
    require_good_name(ask, changed_name, changed_nickname)
    if changed_nickname is not None:
        require_good_nickname(ask, changed_nickname)
    if body.has("uniqueName") and group.unique_name not in (None, body.optional_text("uniqueName")):
        raise bad_request(Backend.DIRECTORY, "The uniqueName of a group cannot be changed.")
    added = _read_binds(ask, body, "members@odata.bind")
    if any(groups.is_member(ask.estate, group.id, user_id) for user_id in added):
        raise bad_request(
            Backend.DIRECTORY,
            "One or more added object references already exist for the following modified properties: 'members'.",
        )
    for user_id in added:
        groups.add_person(ask.estate, group.id, user_id, "members")
    return _save(ask, replace(group, display_name=name, mail_nickname=nickname), body)


def _save(ask: Ask, group: Group, body: Wild) -> Answer:
    """What of the body needs no more checking; a label may decide who sees the group."""
    labels = read_labels(ask, body) if body.has("assignedLabels") else group.labels
    asked = read_visibility(Backend.DIRECTORY, body.optional_text("visibility"), group.visibility)
    groups.save_group(
        ask.estate,
        replace(
            group,
            mail=f"{group.mail_nickname}@{DOMAIN}" if group.mail else None,
            description=body.optional_text("description") if body.has("description") else group.description,
            classification=body.optional_text("classification") if body.has("classification") else group.classification,
            visibility=forced_visibility(labels) or asked,
            labels=labels,
            unique_name=group.unique_name or _checked_unique_name(ask, body.optional_text("uniqueName")),
        ),
    )
    return NO_CONTENT


def _read_binds(ask: Ask, body: Wild, name: str) -> list[str]:
    addresses = body.texts(name)
    if len(addresses) > _BINDS_AT_CREATION:
        raise bad_request(Backend.DIRECTORY, f"At most {_BINDS_AT_CREATION} relationships can be set at creation.")
    return [bound_user(ask, address) for address in addresses]


def bound_user(ask: Ask, address: object) -> str:
    """The id of the user that a bind address names; raises 404 for nobody."""
    key = bound_id(address, "users", Backend.DIRECTORY)
    user = find_user(ask.estate, key)
    if user is None:
        raise no_resource(key)
    return user.id


def _require_owner(ask: Ask, group: Group) -> None:
    if not ask.is_delegated or is_global_administrator(ask) or is_teams_administrator(ask):
        return
    if not groups.is_owner(ask.estate, group.id, ask.caller.object_id):
        raise forbidden(Backend.DIRECTORY)


def _asked_unique_name(ask: Ask) -> str:
    unique_name = ask.params.get("uniqueName", "")
    if not unique_name:
        raise bad_request(Backend.DIRECTORY, "The alternate key of a group is uniqueName.")
    return unique_name


def _checked_unique_name(ask: Ask, unique_name: str | None) -> str | None:
    if unique_name is None:
        return None
    if _UNIQUE_NAME.fullmatch(unique_name) is None:
        raise bad_request(Backend.DIRECTORY, "Invalid value specified for property 'uniqueName' of resource 'Group'.")
    taken = ask.estate.db.value("SELECT 1 FROM groups WHERE unique_name = ?", (unique_name,))
    if taken is not None:
        raise bad_request(
            Backend.DIRECTORY, "Another object with the same value for property uniqueName already exists."
        )
    return unique_name


def _security_identifier(group_id: str) -> str:
    """The SID that the directory derives from an object id."""
    raw = uuid.UUID(group_id).bytes_le
    parts = [str(int.from_bytes(raw[at : at + 4], "little")) for at in range(0, 16, 4)]
    return "S-1-12-1-" + "-".join(parts)


OPERATIONS = operations(
    Backend.DIRECTORY,
    ("GET", "groups", list_groups, GROUP_LIST),
    ("GET", "groups/$count", count_groups, GROUP_LIST),
    ("POST", "groups", create_group, GROUP_CREATE),
    ("GET", "groups()", read_group_by_unique_name, GROUP_READ),
    ("PATCH", "groups()", upsert_group, GROUP_WRITE),
    ("DELETE", "groups()", delete_group_by_unique_name, GROUP_WRITE),
    ("GET", "groups/{group}", read_group, GROUP_READ),
    ("PATCH", "groups/{group}", change_group, GROUP_CHANGE),
    ("DELETE", "groups/{group}", delete_group, GROUP_WRITE),
)
