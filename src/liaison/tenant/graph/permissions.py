"""Which permissions each operation accepts. Source: microsoft-graph-devx-content, permissions file; graph.md section 2.

`Group.Read.All` and `Group.ReadWrite.All` are higher permissions for teams, channels, tabs, apps and the files of
teams, but not for the members of teams. Source: identity.md section 12
"""

from __future__ import annotations

from dataclasses import dataclass

from liaison.tenant.estate.callers import Caller


@dataclass(frozen=True)
class Needs:
    """Any one of the names will do; `team` are resource-specific permissions that an installed app may hold.

    With `anyone`, a token is enough. With `never`, no permission of the kind exists.
    """

    delegated: tuple[str, ...] = ()
    application: tuple[str, ...] = ()
    team: tuple[str, ...] = ()
    anyone: bool = False

    def allows(self, caller: Caller) -> bool:
        if self.anyone:
            return True
        held, enough = (caller.roles, self.application) if caller.is_application else (caller.scopes, self.delegated)
        return any(name in held for name in enough)


def needs(delegated: str, application: str | None = None, team: str = "") -> Needs:
    """Names separated by blanks; application permissions are the delegated ones unless they are given."""
    return Needs(
        tuple(delegated.split()),
        tuple((delegated if application is None else application).split()),
        tuple(team.split()),
    )


ANYONE = Needs(anyone=True)

_GROUP_READ = "Group.Read.All Group.ReadWrite.All Directory.Read.All Directory.ReadWrite.All"
_GROUP_WRITE = "Group.ReadWrite.All Directory.ReadWrite.All"

TEAM_CREATE = needs(f"Team.Create {_GROUP_WRITE}", f"Team.Create {_GROUP_WRITE} Teamwork.Migrate.All")
TEAMS_LIST = needs(f"Team.ReadBasic.All TeamSettings.Read.All TeamSettings.ReadWrite.All {_GROUP_READ}")
TEAM_READ = needs(
    f"Team.ReadBasic.All TeamSettings.Read.All TeamSettings.ReadWrite.All {_GROUP_READ}",
    team="TeamSettings.Read.Group TeamSettings.ReadWrite.Group",
)
TEAM_WRITE = needs(f"TeamSettings.ReadWrite.All {_GROUP_WRITE}", team="TeamSettings.ReadWrite.Group")
TEAM_CLONE = needs(f"Team.Create {_GROUP_WRITE}")
TEAM_OF_GROUP_READ = needs(f"Team.ReadBasic.All TeamSettings.Read.All {_GROUP_READ}")
TEAM_OF_GROUP_CREATE = needs(_GROUP_WRITE)
OPERATION_READ = needs(
    f"Team.ReadBasic.All Team.Create Channel.Create TeamSettings.Read.All TeamSettings.ReadWrite.All"
    f" ChannelSettings.ReadWrite.All {_GROUP_READ}",
    team="TeamSettings.Read.Group TeamSettings.ReadWrite.Group Channel.Create.Group",
)

GROUP_LIST = needs(
    f"Group.ReadBasic.All Group.ManageProtection.All GroupMember.Read.All GroupMember.ReadWrite.All {_GROUP_READ}"
)
GROUP_READ = GROUP_LIST
GROUP_CREATE = needs(_GROUP_WRITE, f"Group.Create {_GROUP_WRITE}")
GROUP_WRITE = needs(_GROUP_WRITE)
TENANT_INFORMATION_READ = needs("CrossTenantInformation.ReadBasic.All")
GROUP_CHANGE = needs(f"{_GROUP_WRITE} Group.ManageProtection.All", _GROUP_WRITE)
BIN_READ = needs(f"Group.ReadBasic.All GroupMember.Read.All User.Read.All {_GROUP_READ}")
BIN_WRITE = needs(f"User.ReadWrite.All {_GROUP_WRITE}")
GROUP_MEMBERS_READ = needs(f"GroupMember.Read.All GroupMember.ReadWrite.All {_GROUP_READ}")
GROUP_MEMBERS_WRITE = needs(f"GroupMember.ReadWrite.All {_GROUP_WRITE}")
GROUP_OWNERS_WRITE = needs(_GROUP_WRITE)
GROUP_CHECK = needs(_GROUP_READ)
GROUP_SETTINGS_WRITE = needs("GroupSettings.ReadWrite.All Directory.ReadWrite.All")
GROUP_SETTINGS_READ = needs(
    "GroupSettings.Read.All GroupSettings.ReadWrite.All Directory.Read.All Directory.ReadWrite.All"
)

MEMBERS_READ = needs("TeamMember.Read.All TeamMember.ReadWrite.All", team="TeamMember.Read.Group")
MEMBERS_WRITE = needs("TeamMember.ReadWriteNonOwnerRole.All TeamMember.ReadWrite.All")
MEMBERS_WRITE_ANY = needs("TeamMember.ReadWrite.All")

CHANNELS_READ = needs(
    f"Channel.ReadBasic.All ChannelSettings.Read.All ChannelSettings.ReadWrite.All {_GROUP_READ}",
    team="ChannelSettings.Read.Group ChannelSettings.ReadWrite.Group",
)
CHANNEL_CREATE = needs(
    f"Channel.Create {_GROUP_WRITE}", f"Channel.Create {_GROUP_WRITE} Teamwork.Migrate.All", "Channel.Create.Group"
)
CHANNEL_WRITE = needs(f"ChannelSettings.ReadWrite.All {_GROUP_WRITE}", team="ChannelSettings.ReadWrite.Group")
CHANNEL_DELETE = needs(f"Channel.Delete.All {_GROUP_WRITE}", team="Channel.Delete.Group")
CHANNEL_MEMBERS_READ = needs("ChannelMember.Read.All ChannelMember.ReadWrite.All", team="ChannelMember.Read.Group")
CHANNEL_MEMBERS_WRITE = needs("ChannelMember.ReadWrite.All", team="ChannelMember.ReadWrite.Group")

_FILE_READ = (
    "Files.Read.All Files.ReadWrite.All Sites.Read.All Sites.ReadWrite.All Sites.Manage.All Sites.FullControl.All"
)
_FILE_WRITE = "Files.ReadWrite.All Sites.ReadWrite.All Sites.Manage.All Sites.FullControl.All"
FILES_FOLDER = needs(
    f"Files.Read Files.ReadWrite {_FILE_READ} Group.Read.All Group.ReadWrite.All",
    f"{_FILE_READ} Group.Read.All Group.ReadWrite.All",
    "File.Read.Group",
)
DRIVE_READ = needs(f"Files.Read Files.ReadWrite {_FILE_READ} Group.Read.All Group.ReadWrite.All", _FILE_READ)
DRIVE_WRITE = needs(f"Files.ReadWrite {_FILE_WRITE} Group.ReadWrite.All", _FILE_WRITE)
UPLOAD_SESSION = needs(
    f"Files.ReadWrite {_FILE_WRITE} Group.ReadWrite.All",
    "Sites.ReadWrite.All Sites.Manage.All Sites.FullControl.All",
)
SITES_READ = needs(
    "Sites.Read.All Sites.ReadWrite.All Sites.Manage.All Sites.FullControl.All Files.Read.All Files.ReadWrite.All",
    "Sites.Read.All Sites.ReadWrite.All Sites.Manage.All Sites.FullControl.All",
)
ALL_SITES_READ = needs("", "Sites.Read.All Sites.ReadWrite.All")
SITES_WRITE = needs("Sites.ReadWrite.All Sites.Manage.All Sites.FullControl.All")
SITES_MANAGE = needs("Sites.Manage.All Sites.FullControl.All", "Sites.Manage.All Sites.FullControl.All")
SITES_CONTROL = needs("Sites.FullControl.All")
# A token with this alone reaches the sites that were opened to its application.
SITES_SELECTED = "Sites.Selected"
GROUP_SITE_READ = needs(
    f"{_FILE_READ} Group.Read.All Group.ReadWrite.All",
)

_TABS_READ = "TeamsTab.Read.All TeamsTab.ReadWrite.All TeamsTab.ReadWriteSelfForTeam{0} TeamsTab.ReadWriteForTeam{0}"
_TABS_WRITE = "TeamsTab.ReadWriteSelfForTeam{0} TeamsTab.ReadWriteForTeam{0} TeamsTab.ReadWrite.All"
_TABS_TEAM = "TeamsTab.Read.Group TeamsTab.ReadWrite.Group"
TABS_READ = needs(f"{_TABS_READ.format('')} {_GROUP_READ}", f"{_TABS_READ.format('.All')} {_GROUP_READ}", _TABS_TEAM)
TAB_CREATE = needs(
    f"TeamsTab.Create {_TABS_WRITE.format('')} {_GROUP_WRITE}",
    f"TeamsTab.Create {_TABS_WRITE.format('.All')} {_GROUP_WRITE}",
    "TeamsTab.Create.Group TeamsTab.ReadWrite.Group",
)
TAB_WRITE = needs(
    f"{_TABS_WRITE.format('')} {_GROUP_WRITE}",
    f"{_TABS_WRITE.format('.All')} {_GROUP_WRITE}",
    "TeamsTab.ReadWrite.Group",
)
TAB_DELETE = needs(
    f"{_TABS_WRITE.format('')} {_GROUP_WRITE}",
    f"{_TABS_WRITE.format('.All')} {_GROUP_WRITE}",
    "TeamsTab.ReadWrite.Group TeamsTab.Delete.Group",
)

# A token with one of these may touch only the app that it belongs to.
SELF_ONLY = ("ReadWriteSelfForTeam", "ReadWriteAndConsentSelfForTeam")
_INSTALL = (
    "TeamsAppInstallation.ReadWriteSelfForTeam{0} TeamsAppInstallation.ReadWriteForTeam{0}"
    " TeamsAppInstallation.ReadWriteAndConsentSelfForTeam{0} TeamsAppInstallation.ReadWriteAndConsentForTeam{0}"
)
APPS_READ = needs(
    f"TeamsAppInstallation.ReadForTeam {_INSTALL.format('')} {_GROUP_READ}",
    f"TeamsAppInstallation.ReadForTeam.All {_INSTALL.format('.All')} {_GROUP_READ}",
    "TeamsAppInstallation.Read.Group",
)
APP_INSTALL = needs(f"{_INSTALL.format('')} {_GROUP_WRITE}", f"{_INSTALL.format('.All')} {_GROUP_WRITE}")
CATALOGUE_READ = needs(
    "AppCatalog.Submit AppCatalog.Read.All AppCatalog.ReadWrite.All", "AppCatalog.Read.All AppCatalog.ReadWrite.All"
)
CATALOGUE_WRITE = needs("AppCatalog.Submit AppCatalog.ReadWrite.All", "")

ME_READ = needs(
    "User.Read User.ReadWrite User.ReadBasic.All User.Read.All User.ReadWrite.All Directory.Read.All "
    "Directory.ReadWrite.All",
    "",
)
USERS_READ = needs("User.ReadBasic.All User.Read.All User.ReadWrite.All Directory.Read.All Directory.ReadWrite.All")
USER_READ = needs(
    "User.Read User.ReadWrite User.ReadBasic.All User.Read.All User.ReadWrite.All Directory.Read.All "
    "Directory.ReadWrite.All",
    "User.ReadBasic.All User.Read.All User.ReadWrite.All Directory.Read.All Directory.ReadWrite.All",
)
USERS_DELTA = needs("User.Read.All User.ReadWrite.All Directory.Read.All Directory.ReadWrite.All")
MY_LICENCES = needs(
    "User.Read User.ReadWrite LicenseAssignment.Read.All User.Read.All User.ReadWrite.All Directory.Read.All "
    "Directory.ReadWrite.All",
    "",
)
LICENCES_READ = needs(
    "LicenseAssignment.Read.All LicenseAssignment.ReadWrite.All User.Read.All User.ReadWrite.All Directory.Read.All "
    "Directory.ReadWrite.All"
)
SKUS_READ = needs(
    "LicenseAssignment.Read.All LicenseAssignment.ReadWrite.All Organization.Read.All "
    "Organization.ReadWrite.All Directory.Read.All Directory.ReadWrite.All"
)
PHOTO_READ = needs(
    "User.Read User.ReadBasic.All User.Read.All User.ReadWrite.All ProfilePhoto.Read.All ProfilePhoto.ReadWrite.All",
    "User.ReadBasic.All User.Read.All User.ReadWrite.All ProfilePhoto.Read.All ProfilePhoto.ReadWrite.All",
)
PRESENCE_READ = needs("Presence.Read Presence.Read.All", "Presence.Read.All Presence.ReadWrite.All")
PRESENCES_READ = needs("Presence.Read.All", "Presence.Read.All Presence.ReadWrite.All")
ROLES_READ = needs(
    "RoleManagement.Read.Directory RoleManagement.Read.All Directory.Read.All Directory.ReadWrite.All "
    "RoleManagement.ReadWrite.Directory"
)
ROLES_WRITE = needs("RoleManagement.ReadWrite.Directory")
MEMBER_OF_READ = needs(
    "User.Read User.ReadWrite User.Read.All GroupMember.Read.All Directory.Read.All Directory.ReadWrite.All",
    "Directory.Read.All Directory.ReadWrite.All User.Read.All GroupMember.Read.All",
)
MANAGER_READ = needs(
    "User.Read.All User.ReadWrite.All Directory.Read.All Directory.ReadWrite.All User.Read",
    "User.Read.All User.ReadWrite.All Directory.Read.All Directory.ReadWrite.All",
)
MANAGER_WRITE = needs("User.ReadWrite.All Directory.ReadWrite.All")
USERS_WRITE = needs(
    "User.ReadWrite User.ReadWrite.All Directory.ReadWrite.All", "User.ReadWrite.All Directory.ReadWrite.All"
)
SESSIONS_REVOKE = needs("User.RevokeSessions.All User.ReadWrite User.ReadWrite.All Directory.ReadWrite.All")
LICENCES_WRITE = needs("LicenseAssignment.ReadWrite.All User.ReadWrite.All Directory.ReadWrite.All")
OBJECTS_READ = needs("Directory.Read.All Directory.ReadWrite.All User.Read.All Group.Read.All GroupMember.Read.All")
PEOPLE_READ = needs("People.Read People.Read.All", "People.Read.All")
PEOPLE_OF_OTHERS_READ = needs("People.Read.All")
ORGANIZATION_READ = needs(
    "User.Read Organization.Read.All Directory.Read.All Directory.ReadWrite.All",
    "Organization.Read.All Directory.Read.All Directory.ReadWrite.All",
)

PRINCIPALS_READ = needs(
    "Application.Read.All Application.ReadWrite.All Directory.Read.All Directory.ReadWrite.All",
    "Application.Read.All Application.ReadWrite.All Application.ReadWrite.OwnedBy "
    "Directory.Read.All Directory.ReadWrite.All",
)
PRINCIPALS_WRITE = needs("Application.ReadWrite.All", "Application.ReadWrite.All Application.ReadWrite.OwnedBy")
GRANTS_READ = needs(
    "Directory.Read.All Directory.ReadWrite.All DelegatedPermissionGrant.Read.All "
    "DelegatedPermissionGrant.ReadWrite.All"
)
GRANTS_WRITE = needs("DelegatedPermissionGrant.ReadWrite.All")
ROLE_GRANTS_WRITE = needs("AppRoleAssignment.ReadWrite.All")
TEAM_GRANTS_READ = needs(
    "ResourceSpecificPermissionGrant.ReadForTeam",
    "ResourceSpecificPermissionGrant.ReadForTeam.All",
    "TeamsAppInstallation.Read.Group",
)

MESSAGE_SEND = needs("ChannelMessage.Send Group.ReadWrite.All", "Teamwork.Migrate.All")
MESSAGES_WATCH = needs("ChannelMessage.Read.All", "ChannelMessage.Read.All", "ChannelMessage.Read.Group")
"""Narrower than reading. Source: Graph v1.0, concepts/teams-changenotifications-chatmessage.md"""
MESSAGES_READ = needs(
    "ChannelMessage.Read.All Group.Read.All Group.ReadWrite.All",
    "ChannelMessage.Read.All Group.Read.All Group.ReadWrite.All",
    "ChannelMessage.Read.Group",
)
MESSAGE_CHANGE = needs(
    "ChannelMessage.ReadWrite Group.ReadWrite.All", "ChannelMessage.UpdatePolicyViolation.All Group.ReadWrite.All"
)
MESSAGE_DELETE = needs("ChannelMessage.ReadWrite Group.ReadWrite.All", "")
MESSAGE_REACT = needs("ChannelMessage.Send Group.ReadWrite.All", "")
ALL_MESSAGES_READ = needs("", "ChannelMessage.Read.All", "ChannelMessage.Read.Group")
ACTIVITY_SEND = needs("TeamsActivity.Send", team="TeamsActivity.Send.Group")
SHAREPOINT_SETTINGS_READ = needs("SharePointTenantSettings.Read.All SharePointTenantSettings.ReadWrite.All")
POLICIES_READ = needs("Policy.Read.All Policy.Read.ConditionalAccess Policy.ReadWrite.ConditionalAccess")
LABELS_READ = needs("SensitivityLabel.Read", "SensitivityLabel.Read SensitivityLabels.Read.All")
