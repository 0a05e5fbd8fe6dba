"""Names on the wire that more than one module uses. Source: dataverse.md sections 1 and 2."""

from __future__ import annotations

from liaison.domain.names import ViewKind

LINKS = "msdyn_teamscollaborations"
LINK_TABLE = "msdyn_teamscollaboration"
SITES = "sharepointsites"
LOCATIONS = "sharepointdocumentlocations"
LOCATION_TABLE = "sharepointdocumentlocation"
NOTES = "annotations"
TEAMS_SETTINGS = "msdyn_msteamssettingsv2"
SYSTEM_VIEWS = "savedqueries"
PERSONAL_VIEWS = "userqueries"

SERVICE_TYPE_SHAREPOINT = 0
SERVICE_TYPE_TEAMS = 3
SITE_VALID = 4

SYSTEM_ADMINISTRATOR_TEMPLATE = "627090ff-40a3-4053-8790-584edc5be201"
LINKING_SOLUTION = "msdynce_OfficeProductivity"

FORMATTED = "@OData.Community.Display.V1.FormattedValue"
LOOKUP_TABLE = "@Microsoft.Dynamics.CRM.lookuplogicalname"
ETAG = "@odata.etag"
NEXT_LINK = "@odata.nextLink"
PAGING_COOKIE = "@Microsoft.Dynamics.CRM.fetchxmlpagingcookie"
MORE_RECORDS = "@Microsoft.Dynamics.CRM.morerecords"
TOTAL_COUNT = "@Microsoft.Dynamics.CRM.totalrecordcount"
TOTAL_EXCEEDED = "@Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded"

LANGUAGE_CODES = {"en": 1033, "fr": 1036}

VIEW_CODES = {ViewKind.SYSTEM: 1039, ViewKind.PERSONAL: 4230}
"""The type codes by which views are known. Source: dataverse.md section 1.2."""
VIEW_KINDS = {code: kind for kind, code in VIEW_CODES.items()}

DEFAULT_TABLES = frozenset(
    {
        "account",
        "msdyn_agreement",
        "annotation",
        "appointment",
        "businessunit",
        "campaign",
        "incident",
        "category",
        "competitor",
        "contact",
        "email",
        "msdyn_expense",
        "msdyn_timegroup",
        "msdyn_inventoryadjustment",
        "msdyn_inventorytransfer",
        "invoice",
        "kbarticle",
        "knowledgearticle",
        "lead",
        "opportunity",
        "opportunityproduct",
        "salesorder",
        "product",
        "msdyn_project",
        "msdyn_purchaseorder",
        "msdyn_purchaseorderreceipt",
        "quote",
        "msdyn_resourcerequest",
        "msdyn_rma",
        "msdyn_rmareceipt",
        "msdyn_rtv",
        "salesliterature",
        "task",
        "team",
        "msdyn_workorder",
    }
)
"""The 35 record types that are on from the start. Source: dataverse.md section 3."""
