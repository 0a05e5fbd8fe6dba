"""Every kind of call that Liaison makes of Graph, and what for. Source: mission S34 to S36."""

from __future__ import annotations

from liaison.domain.promise import Feature, Promise, promises
from liaison.graph.errors import SERVICE

PROMISES: tuple[Promise, ...] = (
    *promises(
        SERVICE,
        Feature.SIGN_IN,
        "GET /me",
        "GET /me/licenseDetails",
        "POST /me/checkMemberObjects",
    ),
    *promises(
        SERVICE,
        Feature.ENABLING,
        "GET /identity/conditionalAccess/policies",
        "GET /users/{person}/licenseDetails",
        "POST /appCatalogs/teamsApps",
        "POST /appCatalogs/teamsApps/{app}/appDefinitions",
    ),
    *promises(
        SERVICE,
        Feature.LINKING,
        "POST /$batch",
        "GET /me/joinedTeams",
        "GET /me/createdObjects",
        "GET /groupSettings",
        "POST /directoryObjects/validateProperties",
        "GET /groups",
        "GET /directory/deletedItems/microsoft.graph.group",
        "GET /security/dataSecurityAndGovernance/sensitivityLabels",
        "GET /teams/{team}",
        "GET /teams/{team}/primaryChannel",
        "GET /teams/{team}/members",
        "POST /teams/{team}/members",
        "GET /teams/{team}/channels/{channel}/members",
        "POST /teams/{team}/channels/{channel}/members",
        "GET /users",
        "GET /teams/{team}/channels",
        "POST /teams/{team}/channels",
        "GET /teams/{team}/channels/{channel}",
        "GET /teams/{team}/channels/{channel}/filesFolder",
        "GET /drives/{drive}",
        "GET /appCatalogs/teamsApps",
        "GET /teams/{team}/installedApps",
        "POST /teams/{team}/installedApps",
        "DELETE /teams/{team}/installedApps/{installation}",
        "GET /teams/{team}/channels/{channel}/tabs",
        "POST /teams/{team}/channels/{channel}/tabs",
        "DELETE /teams/{team}/channels/{channel}/tabs/{tab}",
    ),
    *promises(
        SERVICE,
        Feature.DOCUMENTS,
        "GET /shares/{share}/driveItem",
        "GET /drives/{drive}/items/{item}/children",
        "GET /drives/{drive}/items/{item}/content",
        "GET /drives/{drive}/items/{folder}:/{name}:",
        "PUT /drives/{drive}/items/{folder}:/{name}:/content",
        "POST /drives/{drive}/items/{folder}:/{name}:/createUploadSession",
        "PUT /{upload session}",
        "GET /{upload session}",
        "DELETE /{upload session}",
    ),
)
