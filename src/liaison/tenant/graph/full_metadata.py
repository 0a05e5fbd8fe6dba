"""Answers with every control information that `odata.metadata=full` asks for: types, ids, edit links.

Source: OData JSON format 4.0, section 3.1.2; Graph v1.0, graph.md 1.1 (metadata levels)
"""

from __future__ import annotations

import re
from typing import Any

Json = dict[str, Any]

# The type of the members of a collection, by the collection's name in a context.
_TYPES = {
    "allchannels": "channel",
    "appdefinitions": "teamsAppDefinition",
    "approleassignedto": "appRoleAssignment",
    "approleassignments": "appRoleAssignment",
    "channels": "channel",
    "children": "driveItem",
    "columns": "columnDefinition",
    "contenttypes": "contentType",
    "directoryroles": "directoryRole",
    "drives": "drive",
    "filesfolder": "driveItem",
    "groups": "group",
    "groupsettings": "groupSetting",
    "hostedcontents": "chatMessageHostedContent",
    "incomingchannels": "channel",
    "installedapps": "teamsAppInstallation",
    "items": "driveItem",
    "licensedetails": "licenseDetails",
    "lists": "list",
    "messages": "chatMessage",
    "oauth2permissiongrants": "oAuth2PermissionGrant",
    "operations": "teamsAsyncOperation",
    "organization": "organization",
    "permissions": "permission",
    "replies": "chatMessage",
    "serviceprincipals": "servicePrincipal",
    "sharedwithteams": "sharedWithChannelTeamInfo",
    "sites": "site",
    "subscribedskus": "subscribedSku",
    "subscriptions": "subscription",
    "tabs": "teamsTab",
    "teams": "team",
    "teamsapps": "teamsApp",
    "thumbnails": "thumbnailSet",
    "users": "user",
    "versions": "driveItemVersion",
}
_SELECTION = re.compile(r"\(((?!')[^()]|\(\))*\)$")


def with_full_control(body: Json) -> Json:
    """The body with types, ids and edit links on what its context names, and the types of its moments."""
    context = str(body.get("@odata.context", ""))
    root, _, fragment = context.partition("$metadata#")
    path = _SELECTION.sub("", fragment.removesuffix("/$entity"))
    name = path.rpartition("/")[2].partition("(")[0]
    type_name = _TYPES.get(name.lower()) or re.sub(r".*\(|\)", "", path).rpartition(".")[2]
    is_known = bool(root) and type_name in _TYPES.values()
    values = body.get("value")
    if isinstance(values, list):
        members = [_told(one, path, type_name if is_known else None) for one in values]
        return {**body, "value": members}
    told: Json = _told(body, path, type_name if is_known else None)
    return told


def _told(body: Any, path: str, type_name: str | None) -> Any:
    if not isinstance(body, dict):
        return body
    told: Json = {}
    if type_name is not None and isinstance(body.get("id"), str):
        address = path if path.endswith("')") else f"{path}('{body['id']}')"
        told = {"@odata.type": f"#microsoft.graph.{type_name}", "@odata.id": address, "@odata.editLink": address}
    for name, value in body.items():
        if name.endswith("DateTime") and isinstance(value, str):
            told[f"{name}@odata.type"] = "#DateTimeOffset"
        told[name] = value
    return told
