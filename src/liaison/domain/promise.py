"""The promise of linking: which calls Liaison makes of each service, and for what. Nothing else may leave.

Linking reads lists of teams and channels and creates channels and tabs; it never reads messages, mail or the content of
files. Documents, which a person opens and uploads, are a feature of their own and are marked as such.
Source: mission S34 to S36.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Feature(StrEnum):
    SIGN_IN = "sign_in"
    ENABLING = "enabling"
    LINKING = "linking"
    DOCUMENTS = "documents"


@dataclass(frozen=True)
class Promise:
    """One kind of call: its address is a template without ids."""

    service: str
    method: str
    path: str
    feature: Feature


def _calls(service: str, feature: Feature, *lines: str) -> tuple[Promise, ...]:
    pairs = (line.split(" ", 1) for line in lines)
    return tuple(Promise(service, method, path, feature) for method, path in pairs)


PROMISES: tuple[Promise, ...] = (
    *_calls(
        "graph",
        Feature.SIGN_IN,
        "GET /me",
        "GET /me/licenseDetails",
        "POST /me/checkMemberObjects",
    ),
    *_calls(
        "graph",
        Feature.ENABLING,
        "GET /identity/conditionalAccess/policies",
        "GET /users/{person}/licenseDetails",
    ),
    *_calls(
        "graph",
        Feature.LINKING,
        "GET /me/joinedTeams",
        "GET /teams/{team}",
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
    *_calls(
        "graph",
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
    *_calls(
        "dataverse",
        Feature.ENABLING,
        "GET /organizations",
        "PATCH /organizations({row})",
        "GET /solutions",
        "PATCH /sharepointsites({row})",
        "GET /sharepointdocumentlocations({row})",
        "PUT /EntityDefinitions({row})",
        "POST /PublishXml",
        "POST /msdyn_SetTeamsDocumentStatus",
        "GET /systemusers",
        "GET /systemusers({user})/Microsoft.Dynamics.CRM.RetrieveUserPrivileges()",
        "GET /systemusers({user})/Microsoft.Dynamics.CRM.RetrievePrincipalAccess(Target=@tid)",
    ),
    *_calls(
        "dataverse",
        Feature.LINKING,
        "GET /WhoAmI",
        "GET /systemusers({row})",
        "GET /systemusers({user})/systemuserroles_association",
        "GET /systemusers({user})/teammembership_association",
        "GET /appmodules",
        "GET /appmodulecomponents",
        "GET /sitemaps",
        "GET /EntityDefinitions",
        "GET /EntityDefinitions(LogicalName='{table}')",
        "GET /EntityDefinitions(LogicalName='{table}')/Attributes",
        "GET /savedqueries",
        "GET /userqueries",
        "GET /savedqueries({row})",
        "GET /userqueries({row})",
        "GET /systemforms",
        "GET /annotations",
        "PATCH /annotations({row})",
        "DELETE /annotations({row})",
        "GET /msdyn_teamscollaborations",
        "GET /msdyn_teamscollaborations({row})",
        "PATCH /msdyn_teamscollaborations({row})",
        "DELETE /msdyn_teamscollaborations({row})",
        "GET /sharepointsites",
        "GET /sharepointsites({row})",
        "GET /sharepointdocumentlocations",
        "PATCH /sharepointdocumentlocations({row})",
        "DELETE /sharepointdocumentlocations({row})",
        "GET /sharepointdocumentlocations({row})/Microsoft.Dynamics.CRM.RetrieveAbsoluteAndSiteCollectionUrl()",
    ),
)

_RECORDS = re.compile(r"/[a-z][a-z0-9_]*(\(\{row\}\))?\Z")
"""Rows of any table, or one of them: the record that is linked, and the view that lists it."""

_BY_CALL = {(one.service, one.method, one.path): one.feature for one in PROMISES}


@dataclass(frozen=True)
class KeptCall:
    """One outbound call as the ledger keeps it: no body, no token, no id of a record, a person or a file.

    `status` 0 means that no answer came. `feature` is empty for a call outside the promise.
    """

    number: int
    at: datetime
    service: str
    method: str
    host: str
    path: str
    status: int
    ms: float
    feature: str

    @property
    def is_promised(self) -> bool:
        return bool(self.feature)


def feature_of(service: str, method: str, path: str) -> Feature | None:
    """What a call is for; None when it is none of the promised ones."""
    if service == "entra":
        return Feature.SIGN_IN
    exact = _BY_CALL.get((service, method, path))
    if exact is None and service == "dataverse" and method == "GET" and _RECORDS.match(path):
        return Feature.LINKING
    return exact
