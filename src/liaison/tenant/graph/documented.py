"""Documented operations near those that this face answers: whichever of them it does not answer is listed, not built.

Clients that ask for one get 501 in Graph's own shape. Source: Graph v1.0, api-reference.
"""

from __future__ import annotations

_TEAM = "/v1.0/teams/{team-id}"
_CHANNEL = f"{_TEAM}/channels/{{channel-id}}"
_MESSAGE = f"{_CHANNEL}/messages/{{message-id}}"
_GROUP = "/v1.0/groups/{group-id}"
_USER = "/v1.0/users/{user-id}"
_ITEM = "/v1.0/drives/{drive-id}/items/{item-id}"
_SITE = "/v1.0/sites/{site-id}"

DOCUMENTED: tuple[tuple[str, str, str], ...] = (
    ("POST", f"{_TEAM}/clone", "api/team-clone.md"),
    ("POST", f"{_TEAM}/completeMigration", "api/team-completemigration.md"),
    ("GET", f"{_TEAM}/schedule", "api/schedule-get.md"),
    ("GET", f"{_TEAM}/tags", "api/teamworktag-list.md"),
    ("POST", f"{_TEAM}/tags", "api/teamworktag-post.md"),
    ("GET", f"{_TEAM}/tags/{{tag-id}}", "api/teamworktag-get.md"),
    ("PATCH", f"{_TEAM}/tags/{{tag-id}}", "api/teamworktag-update.md"),
    ("DELETE", f"{_TEAM}/tags/{{tag-id}}", "api/teamworktag-delete.md"),
    ("DELETE", f"{_TEAM}/incomingChannels/{{channel-id}}/$ref", "api/team-delete-incomingchannels.md"),
    ("GET", f"{_TEAM}/channels/getAllMessages", "api/channel-getallmessages.md"),
    ("POST", f"{_CHANNEL}/completeMigration", "api/channel-completemigration.md"),
    ("POST", f"{_CHANNEL}/provisionEmail", "api/channel-provisionemail.md"),
    ("POST", f"{_CHANNEL}/removeEmail", "api/channel-removeemail.md"),
    ("GET", f"{_CHANNEL}/sharedWithTeams/{{shared-id}}", "api/sharedwithchannelteaminfo-get.md"),
    (
        "GET",
        f"{_CHANNEL}/sharedWithTeams/{{shared-id}}/allowedMembers",
        "api/sharedwithchannelteaminfo-list-allowedmembers.md",
    ),
    ("GET", f"{_CHANNEL}/messages/delta()", "api/chatmessage-delta.md"),
    ("PATCH", _MESSAGE, "api/chatmessage-update.md"),
    ("POST", f"{_MESSAGE}/softDelete", "api/chatmessage-softdelete.md"),
    ("POST", f"{_MESSAGE}/undoSoftDelete", "api/chatmessage-undosoftdelete.md"),
    ("POST", f"{_MESSAGE}/setReaction", "api/chatmessage-setreaction.md"),
    ("POST", f"{_MESSAGE}/unsetReaction", "api/chatmessage-unsetreaction.md"),
    ("GET", f"{_MESSAGE}/hostedContents", "api/chatmessage-list-hostedcontents.md"),
    ("GET", f"{_MESSAGE}/hostedContents/{{content-id}}/$value", "api/chatmessagehostedcontent-get.md"),
    ("GET", "/v1.0/chats", "api/chat-list.md"),
    ("POST", "/v1.0/chats", "api/chat-post.md"),
    ("GET", f"{_GROUP}/memberOf", "api/group-list-memberof.md"),
    ("GET", f"{_GROUP}/transitiveMemberOf", "api/group-list-transitivememberof.md"),
    ("POST", f"{_GROUP}/checkMemberGroups", "api/directoryobject-checkmembergroups.md"),
    ("POST", f"{_GROUP}/checkGrantedPermissionsForApp", "api/group-checkgrantedpermissionsforapp.md"),
    ("POST", f"{_GROUP}/assignLicense", "api/group-assignlicense.md"),
    ("POST", f"{_GROUP}/renew", "api/group-renew.md"),
    ("POST", "/v1.0/groupSettings", "api/group-post-settings.md"),
    ("PATCH", "/v1.0/groupSettings/{setting-id}", "api/groupsetting-update.md"),
    ("DELETE", "/v1.0/groupSettings/{setting-id}", "api/groupsetting-delete.md"),
    ("GET", "/v1.0/groupSettingTemplates", "api/groupsettingtemplate-list.md"),
    ("GET", "/v1.0/groupLifecyclePolicies", "api/grouplifecyclepolicy-list.md"),
    ("GET", "/v1.0/directory/deletedItems/graph.user", "api/directory-deleteditems-list.md"),
    ("POST", "/v1.0/users", "api/user-post-users.md"),
    ("PATCH", _USER, "api/user-update.md"),
    ("DELETE", _USER, "api/user-delete.md"),
    ("GET", f"{_USER}/manager", "api/user-list-manager.md"),
    ("GET", f"{_USER}/directReports", "api/user-list-directreports.md"),
    ("POST", f"{_USER}/assignLicense", "api/user-assignlicense.md"),
    ("POST", f"{_USER}/revokeSignInSessions", "api/user-revokesigninsessions.md"),
    ("POST", f"{_USER}/teamwork/sendActivityNotification", "api/userteamwork-sendactivitynotification.md"),
    ("GET", f"{_USER}/teamwork/installedApps", "api/userteamwork-list-installedapps.md"),
    ("POST", f"{_USER}/teamwork/installedApps", "api/userteamwork-post-installedapps.md"),
    ("GET", "/v1.0/applications", "api/application-list.md"),
    ("POST", "/v1.0/applications", "api/application-post-applications.md"),
    ("GET", "/v1.0/applications/{application-id}", "api/application-get.md"),
    ("PATCH", "/v1.0/admin/sharepoint/settings", "api/sharepointsettings-update.md"),
    ("GET", "/v1.0/policies/authorizationPolicy", "api/authorizationpolicy-get.md"),
    ("GET", f"{_ITEM}/thumbnails", "api/driveitem-list-thumbnails.md"),
    ("POST", f"{_ITEM}/preview", "api/driveitem-preview.md"),
    ("POST", f"{_ITEM}/checkin", "api/driveitem-checkin.md"),
    ("POST", f"{_ITEM}/checkout", "api/driveitem-checkout.md"),
    ("GET", f"{_ITEM}/listItem", "api/listitem-get.md"),
    ("PATCH", f"{_ITEM}/permissions/{{permission-id}}", "api/permission-update.md"),
    ("POST", f"{_ITEM}/restore", "api/driveitem-restore.md"),
    ("POST", f"{_SITE}/lists", "api/list-create.md"),
    ("GET", f"{_SITE}/lists/{{list-id}}/items", "api/listitem-list.md"),
    ("POST", f"{_SITE}/lists/{{list-id}}/items", "api/listitem-create.md"),
    ("GET", f"{_SITE}/lists/{{list-id}}/columns", "api/list-list-columns.md"),
    ("GET", f"{_SITE}/permissions", "api/site-list-permissions.md"),
)
