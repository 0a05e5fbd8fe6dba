"""Directory roles through role management: definitions, and who is assigned to them.

Source: Graph v1.0, resources/unifiedroledefinition.md, api/rbacapplication-list-roleassignments.md
"""

from __future__ import annotations

from liaison.tenant.estate import people
from liaison.tenant.estate.people import DirectoryRole
from liaison.tenant.graph.access import is_global_administrator
from liaison.tenant.graph.errors import Backend, GraphError, bad_request, forbidden, no_resource
from liaison.tenant.graph.permissions import ROLES_READ, ROLES_WRITE
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import NO_CONTENT, Answer, Json
from liaison.tenant.graph.schema import ROLE_ASSIGNMENT, ROLE_DEFINITION
from liaison.tenant.graph.shapes import collection, entity, expands, filtered, page, selected
from liaison.tenant.graph.table import operations
from liaison.tenant.graph.users import typed_user
from liaison.tenant.seeds.company import stable_guid


def list_definitions(ask: Ask) -> Answer:
    """`GET /roleManagement/directory/roleDefinitions`."""
    bodies = filtered(ask, [_definition(role) for role in people.list_directory_roles(ask.estate)])
    part, following = page(ask, bodies, 100, 999)
    values = [selected(ask, body, ROLE_DEFINITION, "unifiedRoleDefinition") for body in part]
    context = ask.context("roleManagement/directory/roleDefinitions")
    return Answer(body=collection(context, values, next_page=following))


def read_definition(ask: Ask) -> Answer:
    """`GET /roleManagement/directory/roleDefinitions/{id}`."""
    body = selected(
        ask, _definition(_asked_role(ask, ask.params["definition"])), ROLE_DEFINITION, "unifiedRoleDefinition"
    )
    return Answer(body=entity(ask.context("roleManagement/directory/roleDefinitions/$entity"), body))


def list_assignments(ask: Ask) -> Answer:
    """`GET /roleManagement/directory/roleAssignments`: the service wants a filter on principal or role."""
    bodies = filtered(ask, _assignments(ask))
    part, following = page(ask, bodies, 100, 999)
    values = [selected(ask, _expanded(ask, body), ROLE_ASSIGNMENT, "unifiedRoleAssignment") for body in part]
    context = ask.context("roleManagement/directory/roleAssignments")
    return Answer(body=collection(context, values, next_page=following))


def read_assignment(ask: Ask) -> Answer:
    """`GET /roleManagement/directory/roleAssignments/{id}`."""
    return _one(ask, _asked_assignment(ask))


def create_assignment(ask: Ask) -> Answer:
    """`POST /roleManagement/directory/roleAssignments`: 201; 400 when it is there already."""
    _require_administrator(ask)
    body = ask.json().only(ROLE_ASSIGNMENT, "microsoft.graph.unifiedRoleAssignment")
    role = _asked_role(ask, body.text("roleDefinitionId"))
    user = people.find_user(ask.estate, body.text("principalId"))
    if body.optional_text("directoryScopeId") not in ("/", None):
        raise bad_request(Backend.DIRECTORY, "Only the scope of the whole tenant ('/') is known here.")
    if user is None:
        raise no_resource(body.text("principalId"))
    if people.has_directory_role(ask.estate, user.id, role.template_id):
        raise GraphError(
            400,
            "Request_BadRequest",
            "A conflicting object with one or more of the specified property values is present in the directory.",
        )
    people.assign_directory_role(ask.estate, user.id, role.template_id)
    return _one(ask, _assignment(user.id, role), 201)


def delete_assignment(ask: Ask) -> Answer:
    """`DELETE /roleManagement/directory/roleAssignments/{id}`: 204."""
    _require_administrator(ask)
    found = _asked_assignment(ask)
    people.remove_directory_role(ask.estate, found["principalId"], found["roleDefinitionId"])
    return NO_CONTENT


def _definition(role: DirectoryRole) -> Json:
    return {
        "id": role.template_id,
        "description": role.description,
        "displayName": role.display_name,
        "isBuiltIn": True,
        "isEnabled": True,
        "resourceScopes": ["/"],
        "templateId": role.template_id,
        "version": "1",
        "rolePermissions": [{"allowedResourceActions": ["microsoft.directory/*"], "condition": None}],
    }


def _assignment(user_id: str, role: DirectoryRole) -> Json:
    return {
        "id": stable_guid("role assignment", user_id, role.template_id),
        "principalId": user_id,
        "directoryScopeId": "/",
        "roleDefinitionId": role.template_id,
    }


def _assignments(ask: Ask) -> list[Json]:
    return [
        _assignment(user.id, role)
        for role in people.list_directory_roles(ask.estate)
        for user in people.directory_role_members(ask.estate, role.template_id)
    ]


def _expanded(ask: Ask, body: Json) -> Json:
    if expands(ask, "principal"):
        body = {**body, "principal": typed_user(ask, body["principalId"])}
    if expands(ask, "roleDefinition"):
        body = {**body, "roleDefinition": _definition(_asked_role(ask, body["roleDefinitionId"]))}
    return body


def _one(ask: Ask, body: Json, status: int = 200) -> Answer:
    context = ask.context("roleManagement/directory/roleAssignments/$entity")
    return Answer(
        status, entity(context, selected(ask, _expanded(ask, body), ROLE_ASSIGNMENT, "unifiedRoleAssignment"))
    )


def _asked_assignment(ask: Ask) -> Json:
    for body in _assignments(ask):
        if body["id"] == ask.params["assignment"]:
            return body
    raise no_resource(ask.params["assignment"])


def _asked_role(ask: Ask, role_id: str) -> DirectoryRole:
    for role in people.list_directory_roles(ask.estate):
        if role_id.lower() in (role.template_id, role.id):
            return role
    raise no_resource(role_id)


def _require_administrator(ask: Ask) -> None:
    if ask.is_delegated and not is_global_administrator(ask):
        raise forbidden(Backend.DIRECTORY)


_ROLES = "roleManagement/directory"
OPERATIONS = operations(
    Backend.DIRECTORY,
    ("GET", f"{_ROLES}/roleDefinitions", list_definitions, ROLES_READ),
    ("GET", f"{_ROLES}/roleDefinitions/{{definition}}", read_definition, ROLES_READ),
    ("GET", f"{_ROLES}/roleAssignments", list_assignments, ROLES_READ),
    ("POST", f"{_ROLES}/roleAssignments", create_assignment, ROLES_WRITE),
    ("GET", f"{_ROLES}/roleAssignments/{{assignment}}", read_assignment, ROLES_READ),
    ("DELETE", f"{_ROLES}/roleAssignments/{{assignment}}", delete_assignment, ROLES_WRITE),
)
