"""Directory roles, what a person is a member of, the organisation itself, and its conditional-access policies.

Source: Graph v1.0, resources/directoryrole.md, api/user-list-memberof.md; graph.md 7.1, section 12
"""

from __future__ import annotations

from liaison.tenant.estate import groups, people
from liaison.tenant.estate.people import DirectoryRole
from liaison.tenant.estate.switches import get_switch
from liaison.tenant.graph.access import asked_user
from liaison.tenant.graph.errors import Backend, forbidden, no_resource
from liaison.tenant.graph.groups import shown_group
from liaison.tenant.graph.permissions import (
    GROUP_MEMBERS_READ,
    MEMBER_OF_READ,
    ORGANIZATION_READ,
    POLICIES_READ,
    ROLES_READ,
)
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import Answer, Json
from liaison.tenant.graph.shapes import collection, entity, filtered, page
from liaison.tenant.graph.table import below, operations
from liaison.tenant.graph.users import user_body
from liaison.tenant.seeds.company import DOMAIN, TENANT_ID, TENANT_NAME, stable_guid

_SHAREPOINT_APP_ID = "00000003-0000-0ff1-ce00-000000000000"


def list_member_of(ask: Ask) -> Answer:
    """`GET …/memberOf`, `…/transitiveMemberOf`: directory roles and groups, each with its type."""
    return _member_of(ask, _role_bodies(ask) + _group_bodies(ask))


def list_member_of_roles(ask: Ask) -> Answer:
    """`GET …/memberOf/microsoft.graph.directoryRole`."""
    return _member_of(ask, _role_bodies(ask))


def list_member_of_groups(ask: Ask) -> Answer:
    """`GET …/memberOf/microsoft.graph.group`."""
    return _member_of(ask, _group_bodies(ask))


def check_member_groups(ask: Ask) -> Answer:
    """`POST …/checkMemberGroups`: which of the groups asked for the person is in."""
    user = asked_user(ask)
    wanted = [one.lower() for one in ask.json().texts("groupIds")]
    mine = {group.id for group in groups.list_groups_of(ask.estate, user.id)}
    body = {"@odata.context": ask.context("Collection(Edm.String)"), "value": [one for one in wanted if one in mine]}
    return Answer(body=body)


def check_member_objects(ask: Ask) -> Answer:
    """`POST …/checkMemberObjects`: the same for groups and directory roles, these also by their template ids.

    Source: Graph v1.0, api/directoryobject-checkmemberobjects.md
    """
    user = asked_user(ask)
    mine = {group.id for group in groups.list_groups_of(ask.estate, user.id)}
    for role in people.user_directory_roles(ask.estate, user.id):
        mine |= {role.id, role.template_id}
    found = [one for one in (text.lower() for text in ask.json().texts("ids")) if one in mine]
    return Answer(body={"@odata.context": ask.context("Collection(Edm.String)"), "value": found})


def list_roles(ask: Ask) -> Answer:
    """`GET /directoryRoles`. Source: Graph v1.0, api/directoryrole-list.md"""
    values = filtered(ask, [role_body(role) for role in people.list_directory_roles(ask.estate)])
    return Answer(body=collection(ask.context("directoryRoles"), values))


def read_role(ask: Ask) -> Answer:
    """`GET /directoryRoles/{role}`, `/directoryRoles(roleTemplateId='…')`."""
    return Answer(body=entity(ask.context("directoryRoles/$entity"), role_body(_asked_role(ask))))


def list_role_members(ask: Ask) -> Answer:
    """`GET /directoryRoles/{role}/members`. Source: Graph v1.0, api/directoryrole-list-members.md"""
    found = people.directory_role_members(ask.estate, _asked_role(ask).template_id)
    values: list[Json] = [{"@odata.type": "#microsoft.graph.user", **user_body(user)} for user in found]
    return Answer(body=collection(ask.context("directoryObjects"), values))


def list_role_templates(ask: Ask) -> Answer:
    """`GET /directoryRoleTemplates`. Source: Graph v1.0, api/directoryroletemplate-list.md"""
    values: list[Json] = [
        {
            "id": role.template_id,
            "deletedDateTime": None,
            "description": role.description,
            "displayName": role.display_name,
        }
        for role in people.list_directory_roles(ask.estate)
    ]
    return Answer(body=collection(ask.context("directoryRoleTemplates"), values))


def list_organizations(ask: Ask) -> Answer:
    """`GET /organization`. Source: Graph v1.0, api/organization-list.md"""
    body: Json = {
        "id": TENANT_ID,
        "deletedDateTime": None,
        "displayName": TENANT_NAME,
        "countryLetterCode": "FR",
        "preferredLanguage": "fr",
        "tenantType": "AAD",
        "verifiedDomains": [
            {
                "capabilities": "Email, OfficeCommunicationsOnline",
                "isDefault": True,
                "isInitial": True,
                "name": DOMAIN,
                "type": "Managed",
            }
        ],
    }
    return Answer(body=collection(ask.context("organization"), [body]))


def list_policies(ask: Ask) -> Answer:
    """`GET /identity/conditionalAccess/policies`: what limiting unmanaged devices in SharePoint leaves behind."""
    mode = get_switch(ask.estate, "graph.unmanaged_devices", "none")
    values = [] if mode == "none" else [_policy(mode)]
    return Answer(body=collection(ask.context("identity/conditionalAccess/policies"), values))


def role_body(role: DirectoryRole) -> Json:
    """A directory role; its id is not its template's."""
    return {
        "id": role.id,
        "deletedDateTime": None,
        "description": role.description,
        "displayName": role.display_name,
        "roleTemplateId": role.template_id,
    }


def _member_of(ask: Ask, bodies: list[Json]) -> Answer:
    part, following = page(ask, filtered(ask, bodies), 100, 999)
    return Answer(body=collection(ask.context("directoryObjects"), list(part), next_page=following))


def _role_bodies(ask: Ask) -> list[Json]:
    user = asked_user(ask)
    _require_about(ask, user.id)
    bodies = [role_body(role) for role in people.user_directory_roles(ask.estate, user.id)]
    return [_limited("directoryRole", body, full=ROLES_READ.allows(ask.caller)) for body in bodies]


def _group_bodies(ask: Ask) -> list[Json]:
    user = asked_user(ask)
    _require_about(ask, user.id)
    bodies = [shown_group(ask, group) for group in groups.list_groups_of(ask.estate, user.id)]
    return [_limited("group", body, full=GROUP_MEMBERS_READ.allows(ask.caller)) for body in bodies]


def _limited(type_name: str, body: Json, *, full: bool) -> Json:
    """An object with its type; a token without the right to read it gets the id alone, the rest as null.

    Source: Graph v1.0, permissions overview, "Limited information returned for inaccessible member objects"
    """
    shown = (
        body
        if full
        else {name: value if name == "id" else [] if isinstance(value, list) else None for name, value in body.items()}
    )
    return {"@odata.type": f"#microsoft.graph.{type_name}", **shown}


def _require_about(ask: Ask, user_id: str) -> None:
    is_self = ask.is_delegated and user_id == ask.caller.object_id
    held = ask.caller.scopes if ask.is_delegated else ask.caller.roles
    if not is_self and held.isdisjoint(
        {"User.Read.All", "GroupMember.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"}
    ):
        raise forbidden(Backend.DIRECTORY)


def _asked_role(ask: Ask) -> DirectoryRole:
    wanted = ask.params.get("roleTemplateId") or ask.params.get("role", "")
    for role in people.list_directory_roles(ask.estate):
        if wanted.lower() in (role.id, role.template_id if "roleTemplateId" in ask.params else role.id):
            return role
    raise no_resource(wanted)


def _policy(mode: str) -> Json:
    limited = mode == "limited"
    what = "Use app-enforced Restrictions for browser access" if limited else "Block access from apps and browsers"
    return {
        "id": stable_guid("conditionalAccess", mode),
        "displayName": f"[SharePoint admin center]{what} - 2026/01/12",
        "createdDateTime": "2026-01-12T09:00:00Z",
        "modifiedDateTime": None,
        "state": "enabled",
        "sessionControls": {"applicationEnforcedRestrictions": {"isEnabled": True}} if limited else None,
        "grantControls": None
        if limited
        else {
            "operator": "OR",
            "builtInControls": ["compliantDevice", "domainJoinedDevice"],
            "customAuthenticationFactors": [],
            "termsOfUse": [],
        },
        "conditions": {
            "clientAppTypes": ["browser"] if limited else ["mobileAppsAndDesktopClients"],
            "applications": {
                "includeApplications": [_SHAREPOINT_APP_ID],
                "excludeApplications": [],
                "includeUserActions": [],
            },
            "users": {
                "includeUsers": ["All"],
                "excludeUsers": [],
                "includeGroups": [],
                "excludeGroups": [],
                "includeRoles": [],
                "excludeRoles": [],
            },
        },
    }


_PEOPLE = ("me", "users/{user}")
OPERATIONS = operations(
    Backend.DIRECTORY,
    *below(
        _PEOPLE,
        ("GET", "/memberOf", list_member_of, MEMBER_OF_READ),
        ("GET", "/memberOf/graph.directoryRole", list_member_of_roles, MEMBER_OF_READ),
        ("GET", "/memberOf/graph.group", list_member_of_groups, MEMBER_OF_READ),
        ("GET", "/transitiveMemberOf", list_member_of, MEMBER_OF_READ),
        ("GET", "/transitiveMemberOf/graph.directoryRole", list_member_of_roles, MEMBER_OF_READ),
        ("GET", "/transitiveMemberOf/graph.group", list_member_of_groups, MEMBER_OF_READ),
        ("POST", "/checkMemberGroups", check_member_groups, MEMBER_OF_READ),
        ("POST", "/graph.checkMemberGroups", check_member_groups, MEMBER_OF_READ),
        ("POST", "/checkMemberObjects", check_member_objects, MEMBER_OF_READ),
        ("POST", "/graph.checkMemberObjects", check_member_objects, MEMBER_OF_READ),
    ),
    ("GET", "directoryRoles", list_roles, ROLES_READ),
    ("GET", "directoryRoles()", read_role, ROLES_READ),
    ("GET", "directoryRoles/{role}", read_role, ROLES_READ),
    ("GET", "directoryRoles/{role}/members", list_role_members, ROLES_READ),
    ("GET", "directoryRoleTemplates", list_role_templates, ROLES_READ),
    ("GET", "organization", list_organizations, ORGANIZATION_READ),
    ("GET", "identity/conditionalAccess/policies", list_policies, POLICIES_READ),
)
