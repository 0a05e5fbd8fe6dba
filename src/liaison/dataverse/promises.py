"""Every kind of call that Liaison makes of Dataverse, and what for.

A batch is promised as such; what travels in it is asked of this list part by part. Source: mission S34 to S36.
"""

from __future__ import annotations

from liaison.dataverse.errors import SERVICE
from liaison.domain.promise import Feature, Promise, promises

ROWS = r"/[a-z][a-z0-9_]*(\(\{row\}\))?"
"""Rows of any table, or one of them: the record that is linked, and the view that lists it."""

A_ROW = r"/[a-z][a-z0-9_]*\(\{row\}\)"
"""One row of any table: the record that a person changes in its tab. Rows that have a promise of their own keep it."""

COLUMNS_OF_A_KIND = (
    r"/EntityDefinitions\(LogicalName='\{table\}'\)/Attributes/Microsoft\.Dynamics\.CRM\.[A-Za-z]+AttributeMetadata"
)

PROMISES: tuple[Promise, ...] = (
    *promises(
        SERVICE,
        Feature.ENABLING,
        "GET /organizations",
        "PATCH /organizations({row})",
        "GET /solutions",
        "GET /msdyn_msteamssettingsv2",
        "PATCH /msdyn_msteamssettingsv2({row})",
        "PATCH /sharepointsites({row})",
        "GET /sharepointdocumentlocations({row})",
        "PUT /EntityDefinitions({row})",
        "POST /PublishXml",
        "POST /msdyn_SetTeamsDocumentStatus",
        "GET /systemusers",
        "GET /systemusers({user})/Microsoft.Dynamics.CRM.RetrieveUserPrivileges()",
        "GET /systemusers({user})/Microsoft.Dynamics.CRM.RetrievePrincipalAccess(Target=@tid)",
    ),
    *promises(
        SERVICE,
        Feature.LINKING,
        "POST /$batch",
        "GET /WhoAmI",
        "GET /RetrieveSharedPrincipalsAndAccess(Target=@tid)",
        "GET /teams",
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
        "GET /userentityuisettingscollection",
        "GET /annotations",
        "PATCH /annotations({row})",
        "DELETE /annotations({row})",
        "POST /GrantAccess",
        "POST /RevokeAccess",
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
    Promise(SERVICE, "GET", ROWS, Feature.LINKING, is_pattern=True),
    Promise(SERVICE, "GET", COLUMNS_OF_A_KIND, Feature.EDITING, is_pattern=True),
    Promise(SERVICE, "PATCH", A_ROW, Feature.EDITING, is_pattern=True),
)
