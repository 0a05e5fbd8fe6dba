"""The applications of the demonstration: Microsoft's APIs, Liaison's two registrations, and the Teams client."""

from __future__ import annotations

from pathlib import Path

from liaison.tenant.estate import Estate
from liaison.tenant.estate.applications import (
    DATAVERSE_APP_ID,
    GRAPH_APP_ID,
    GRAPH_RESOURCE,
    Application,
    Permission,
    RequiredAccess,
    Secret,
    ServicePrincipal,
    add_application,
    add_permissions,
    add_secret,
    add_service_principal,
    find_permission,
)
from liaison.tenant.estate.grants import assign_app_role, create_grant
from liaison.tenant.estate.sign_in_settings import SignInSettings, save_sign_in_settings
from liaison.tenant.seeds.company import (
    APPLICATION_APP_ID,
    DELEGATED_APP_ID,
    TEAMS_CLIENT_APP_ID,
    stable_guid,
)

_SECRET_LIFE_S = 2 * 365 * 86_400

# Union of the consent profiles. Source: identity.md section 12.
_LIAISON_SCOPES = (
    "openid",
    "profile",
    "email",
    "offline_access",
    "User.Read",
    "User.ReadBasic.All",
    "User.Read.All",
    "LicenseAssignment.Read.All",
    "Team.ReadBasic.All",
    "Team.Create",
    "TeamMember.Read.All",
    "TeamMember.ReadWriteNonOwnerRole.All",
    "Channel.ReadBasic.All",
    "Channel.Create",
    "ChannelMember.ReadWrite.All",
    "ChannelMessage.Send",
    "TeamsTab.Create",
    "TeamsTab.ReadWriteSelfForTeam",
    "TeamsAppInstallation.ReadWriteSelfForTeam",
    "TeamsAppInstallation.ReadWriteAndConsentSelfForTeam",
    "AppCatalog.Read.All",
    "Files.Read.All",
    "Files.ReadWrite.All",
    "Group.ReadWrite.All",
    "Directory.Read.All",
)

# What background work calls. Source: graph.md section 2, column A.
_BACKGROUND_ROLES = (
    "AppCatalog.Read.All",
    "Application.Read.All",
    "Channel.Create",
    "Channel.Delete.All",
    "Channel.ReadBasic.All",
    "ChannelMember.Read.All",
    "ChannelMember.ReadWrite.All",
    "ChannelMessage.Read.All",
    "ChannelSettings.ReadWrite.All",
    "Directory.Read.All",
    "Files.ReadWrite.All",
    "Group.Create",
    "Group.ReadWrite.All",
    "GroupMember.Read.All",
    "GroupSettings.Read.All",
    "LicenseAssignment.Read.All",
    "Organization.Read.All",
    "Policy.Read.All",
    "SharePointTenantSettings.Read.All",
    "Sites.ReadWrite.All",
    "Team.Create",
    "Team.ReadBasic.All",
    "TeamMember.Read.All",
    "TeamMember.ReadWrite.All",
    "TeamSettings.ReadWrite.All",
    "TeamsAppInstallation.ReadForTeam.All",
    "TeamsAppInstallation.ReadWriteSelfForTeam.All",
    "TeamsAppInstallation.ReadWriteAndConsentSelfForTeam.All",
    "TeamsTab.Create",
    "TeamsTab.Read.All",
    "TeamsTab.ReadWrite.All",
    "TeamsTab.ReadWriteSelfForTeam.All",
    "User.Read.All",
)

_TEAMS_CLIENT_SCOPES = (
    "openid",
    "profile",
    "offline_access",
    "User.Read",
    "User.ReadBasic.All",
    "Team.ReadBasic.All",
    "Team.Create",
    "TeamSettings.ReadWrite.All",
    "TeamMember.ReadWrite.All",
    "Channel.ReadBasic.All",
    "Channel.Create",
    "Channel.Delete.All",
    "ChannelSettings.ReadWrite.All",
    "ChannelMember.ReadWrite.All",
    "ChannelMessage.Read.All",
    "ChannelMessage.Send",
    "TeamsTab.ReadWrite.All",
    "TeamsAppInstallation.ReadWriteForTeam",
    "AppCatalog.Read.All",
    "Files.ReadWrite.All",
    "Sites.ReadWrite.All",
    "Group.ReadWrite.All",
    "Presence.Read.All",
)

_LIAISON_PERMISSIONS = (
    Permission(
        DELEGATED_APP_ID, "scope", "access_as_user", stable_guid("scope", "access_as_user"), False,
        "Use Liaison as the signed-in person", "Lets an application call Liaison for the signed-in person.",
        "Use Liaison as you", "Utiliser Liaison en votre nom",
    ),
    Permission(
        DELEGATED_APP_ID, "role", "Liaison.Admin", stable_guid("role", "Liaison.Admin"), True,
        "Administrators of Liaison", "May change Liaison's settings.", member_types=("User",),
    ),
    Permission(
        DELEGATED_APP_ID, "role", "Liaison.Auditor", stable_guid("role", "Liaison.Auditor"), True,
        "Auditors of Liaison", "May read Liaison's audit trail.", member_types=("User",),
    ),
    Permission(
        DELEGATED_APP_ID, "role", "Liaison.Automation", stable_guid("role", "Liaison.Automation"), True,
        "Automation", "Lets an application call Liaison by itself.",
        "Use Liaison without a signed-in person", "Utiliser Liaison sans personne connectée",
    ),
)  # fmt: skip


def seed_applications(estate: Estate) -> None:
    """Register the applications with their secrets and the grants they start with."""
    _seed_microsoft_apis(estate)
    _seed_delegated_application(estate)
    _seed_application_application(estate)
    _seed_teams_client(estate)


def principal_id(app_id: str) -> str:
    """The object id of an application's service principal, the same in every seed."""
    return stable_guid("service-principal", app_id)


def graph_permissions() -> list[Permission]:
    """Graph's permissions with their published ids, from the table beside this module."""
    lines = (Path(__file__).parent / "graph_permissions.tsv").read_text("utf-8").splitlines()
    return [_graph_permission(line.split("\t")) for line in lines if not line.startswith("#")]


def _graph_permission(cells: list[str]) -> Permission:
    kind, value, permission_id, who, name, english, french = cells
    return Permission(GRAPH_APP_ID, kind, value, permission_id, who == "admin", name, f"{name}.", english, french)


def _seed_microsoft_apis(estate: Estate) -> None:
    _add(estate, Application(
        stable_guid("application", GRAPH_APP_ID), GRAPH_APP_ID, "Microsoft Graph", "Microsoft", True, (GRAPH_RESOURCE,)
    ))  # fmt: skip
    add_permissions(estate, graph_permissions())
    _add(estate, Application(
        stable_guid("application", DATAVERSE_APP_ID), DATAVERSE_APP_ID, "Dataverse", "Microsoft", True
    ))  # fmt: skip
    add_permissions(estate, [
        Permission(
            DATAVERSE_APP_ID, "scope", "user_impersonation", "78ce3f0f-a1ce-49c2-8cde-64b5c0896db4", False,
            "Access Dataverse as organization users", "Allows the app to access Dataverse as organization users.",
            "Access Dataverse as you", "Accéder à Dataverse en votre nom",
        )
    ])  # fmt: skip


def _seed_delegated_application(estate: Estate) -> None:
    _add(estate, Application(
        id=stable_guid("application", DELEGATED_APP_ID),
        app_id=DELEGATED_APP_ID,
        display_name="Liaison",
        publisher="Contoso",
        identifier_uris=(f"api://localhost/{DELEGATED_APP_ID}", f"api://{DELEGATED_APP_ID}"),
        redirect_uris=("http://localhost:8300/auth/callback", "http://localhost:8300/auth/consent-callback"),
        logout_url="http://localhost:8300/auth/frontchannel-logout",
        token_version=2,
        public_client=True,
        required_access=(
            RequiredAccess(GRAPH_APP_ID, _LIAISON_SCOPES),
            RequiredAccess(DATAVERSE_APP_ID, ("user_impersonation",)),
        ),
        preauthorized=(TEAMS_CLIENT_APP_ID,),
    ))  # fmt: skip
    add_permissions(estate, list(_LIAISON_PERMISSIONS))
    # What Liaison's manifest asks for. Source: identity.md section 6.
    save_sign_in_settings(estate, DELEGATED_APP_ID, SignInSettings(
        id_token_claims=("acct", "login_hint", "sid", "xms_pl"),
        access_token_claims=("idtyp", "xms_cc"),
        group_claims="DirectoryRole",
    ))  # fmt: skip
    _add_secret(estate, DELEGATED_APP_ID)


def _seed_application_application(estate: Estate) -> None:
    _add(estate, Application(
        id=stable_guid("application", APPLICATION_APP_ID),
        app_id=APPLICATION_APP_ID,
        display_name="Liaison background work",
        publisher="Contoso",
        redirect_uris=("http://localhost:8300/auth/consent-callback",),
        required_access=(
            RequiredAccess(GRAPH_APP_ID, (), _BACKGROUND_ROLES),
            RequiredAccess(DELEGATED_APP_ID, (), ("Liaison.Automation",)),
        ),
    ))  # fmt: skip
    _add_secret(estate, APPLICATION_APP_ID)
    _assign_roles(estate, APPLICATION_APP_ID, GRAPH_APP_ID, _BACKGROUND_ROLES)
    _assign_roles(estate, APPLICATION_APP_ID, DELEGATED_APP_ID, ("Liaison.Automation",))


def _seed_teams_client(estate: Estate) -> None:
    _add(estate, Application(
        id=stable_guid("application", TEAMS_CLIENT_APP_ID),
        app_id=TEAMS_CLIENT_APP_ID,
        display_name="Microsoft Teams",
        publisher="Microsoft",
        first_party=True,
        public_client=True,
        required_access=(RequiredAccess(GRAPH_APP_ID, _TEAMS_CLIENT_SCOPES),),
    ))  # fmt: skip
    addresses = ("http://localhost:8301/teams/auth", "https://localhost:8302/teams/auth")
    save_sign_in_settings(estate, TEAMS_CLIENT_APP_ID, SignInSettings(spa_redirect_uris=addresses))
    create_grant(estate, principal_id(TEAMS_CLIENT_APP_ID), principal_id(GRAPH_APP_ID), frozenset(_TEAMS_CLIENT_SCOPES))


def _add(estate: Estate, application: Application) -> None:
    add_application(estate, application)
    names = (application.app_id, *application.identifier_uris)
    add_service_principal(
        estate,
        ServicePrincipal(principal_id(application.app_id), application.app_id, application.display_name, names=names),
    )


def _add_secret(estate: Estate, app_id: str) -> None:
    expires = estate.clock.seconds() + _SECRET_LIFE_S
    add_secret(estate, Secret(estate.ids.guid(), app_id, "demonstration", estate.ids.token(30), expires))


def _assign_roles(estate: Estate, client_app_id: str, resource_app_id: str, roles: tuple[str, ...]) -> None:
    for value in roles:
        permission = find_permission(estate, resource_app_id, "role", value)
        if permission is None:
            raise LookupError(value)
        assign_app_role(estate, principal_id(client_app_id), principal_id(resource_app_id), permission.id)
