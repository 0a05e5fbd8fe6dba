"""What the operations take and give, as $metadata declares them.

Source: web-api-service-documents.md; the Web API reference of functions, actions and complex types.
"""

from __future__ import annotations

from collections.abc import Iterator

from liaison.tenant.dataverse.metadata.declared import (
    BIG,
    BYTES,
    FLAG,
    GUID,
    MOMENT,
    NUMBER,
    ROW,
    ROWS,
    TEXT,
    Parameters,
    action,
    function,
)
from liaison.tenant.dataverse.metadata.signatures_by_topic import DEFINITIONS, FILES, ORGANIZATION, SALES, SOLUTIONS

_PRIVILEGES = (("RolePrivileges", "Collection(mscrm.RolePrivilege)"),)


SIGNATURES = (
    function("WhoAmI", (), (("BusinessUnitId", GUID), ("UserId", GUID), ("OrganizationId", GUID))),
    function("RetrieveVersion", (), (("Version", TEXT),)),
    function("RetrieveProvisionedLanguages", (), (("RetrieveProvisionedLanguages", f"Collection({NUMBER})"),)),
    function("RetrieveTotalRecordCount", (("EntityNames", f"Collection({TEXT})"),),
              (("EntityRecordCountCollection", "mscrm.EntityRecordCountCollection"),)),
    function("RetrieveLocLabels", (("EntityMoniker", ROW), ("AttributeName", TEXT), ("IncludeUnpublished", FLAG)),
              (("Label", "mscrm.Label"),)),
    function("RetrieveMetadataChanges",
              (("Query", "mscrm.EntityQueryExpression"), ("ClientVersionStamp", TEXT),
               ("DeletedMetadataFilters", TEXT)),
              (("EntityMetadata", "Collection(mscrm.ComplexEntityMetadata)"), ("ServerVersionStamp", TEXT),
               ("DeletedMetadata", "mscrm.DeletedMetadataCollection"))),
    function("RetrieveSharedPrincipalsAndAccess", (("Target", ROW),),
              (("PrincipalAccesses", "Collection(mscrm.PrincipalAccess)"),)),
    function("RetrievePrincipalAccess", (("Target", ROW),), (("AccessRights", "mscrm.AccessRights"),),
              "mscrm.principal"),
    function("RetrieveUserPrivileges", (), _PRIVILEGES, "mscrm.systemuser"),
    function("RetrieveUserPrivilegeByPrivilegeName", (("PrivilegeName", TEXT),), _PRIVILEGES, "mscrm.systemuser"),
    function("RetrieveUserSetOfPrivilegesByNames", (("PrivilegeNames", f"Collection({TEXT})"),), _PRIVILEGES,
              "mscrm.systemuser"),
    function("RetrieveUserSetOfPrivilegesByIds", (("PrivilegeIds", f"Collection({GUID})"),), _PRIVILEGES,
              "mscrm.systemuser"),
    function("RetrieveAbsoluteAndSiteCollectionUrl", (), (("AbsoluteUrl", TEXT), ("SiteCollectionUrl", TEXT)),
              "mscrm.sharepointsite", "mscrm.sharepointdocumentlocation"),
    action("GrantAccess", (("Target", ROW), ("PrincipalAccess", "mscrm.PrincipalAccess"))),
    action("ModifyAccess", (("Target", ROW), ("PrincipalAccess", "mscrm.PrincipalAccess"))),
    action("RevokeAccess", (("Target", ROW), ("Revokee", "mscrm.principal"))),
    action("BulkDelete",
            (("QuerySet", "Collection(mscrm.QueryExpression)"), ("JobName", TEXT), ("SendEmailNotification", FLAG),
             ("ToRecipients", ROWS), ("CCRecipients", ROWS), ("RecurrencePattern", TEXT), ("StartDateTime", MOMENT)),
            (("JobId", GUID),)),
    action("PublishXml", (("ParameterXml", TEXT),)),
    action("PublishAllXml"),
    action("msdyn_SetTeamsDocumentStatus", (("Enable", FLAG), ("LogicalEntityNames", TEXT)),
            (("PassedLogicalEntityNames", TEXT), ("FailedLogicalEntityNames", TEXT), ("OperationResult", FLAG))),
    action("AddMembersTeam", (("Members", "Collection(mscrm.systemuser)"),), None, "mscrm.team"),
    action("RemoveMembersTeam", (("Members", "Collection(mscrm.systemuser)"),), None, "mscrm.team"),
    action("CreateMultiple", (("Targets", ROWS),), (("Ids", f"Collection({GUID})"),), ROWS),
    action("UpdateMultiple", (("Targets", ROWS),), None, ROWS),
    action("UpsertMultiple", (("Targets", ROWS),), None, ROWS),
    action("CreateEntities", (("Entities", "Collection(mscrm.ComplexEntityMetadata)"),)),
    action("ImportSolution",
            (("OverwriteUnmanagedCustomizations", FLAG), ("PublishWorkflows", FLAG),
             ("CustomizationFile", BYTES),
             ("ImportJobId", GUID))),
    action("ExportSolution", (("SolutionName", TEXT), ("Managed", FLAG)), (("ExportSolutionFile", BYTES),)),
    *DEFINITIONS,
    *ORGANIZATION,
    *SOLUTIONS,
    *FILES,
    *SALES,
)  # fmt: skip

COMPLEX: dict[str, Parameters] = {
    "RolePrivilege": (("Depth", "mscrm.PrivilegeDepth"), ("PrivilegeId", GUID), ("BusinessUnitId", GUID),
                      ("PrivilegeName", TEXT)),
    "PrincipalAccess": (("AccessMask", "mscrm.AccessRights"),),
    "EntityRecordCountCollection": (("Count", NUMBER), ("IsReadOnly", FLAG), ("Keys", f"Collection({TEXT})"),
                                    ("Values", f"Collection({BIG})")),
    "LocalizedLabel": (("Label", TEXT), ("LanguageCode", NUMBER), ("IsManaged", FLAG), ("MetadataId", GUID),
                       ("HasChanged", FLAG)),
    "Label": (("LocalizedLabels", "Collection(mscrm.LocalizedLabel)"), ("UserLocalizedLabel", "mscrm.LocalizedLabel")),
    "DeletedMetadataCollection": (("Keys", f"Collection({TEXT})"), ("Values", f"Collection({TEXT})")),
}  # fmt: skip
# Types whose properties depend on what is asked: they are open.
OPEN = (
    "ComplexEntityMetadata", "ComplexLookupAttributeMetadata", "ComplexOneToManyRelationshipMetadata",
    "EntityQueryExpression", "QueryExpression", "OrganizationDetail",
)  # fmt: skip
NAVIGATION = {"PrincipalAccess": ("Principal", "mscrm.principal")}
ENUMS: dict[str, tuple[bool, tuple[tuple[str, int], ...]]] = {
    "AccessRights": (True, (("None", 0), ("ReadAccess", 1), ("WriteAccess", 2), ("AppendAccess", 4),
                            ("AppendToAccess", 16), ("CreateAccess", 32), ("DeleteAccess", 65536),
                            ("ShareAccess", 262144), ("AssignAccess", 524288))),
    "PrivilegeDepth": (False, (("Basic", 0), ("Local", 1), ("Deep", 2), ("Global", 3))),
}  # fmt: skip

_NO_VALUE = (
    "EqualUserId NotEqualUserId EqualBusinessId NotEqualBusinessId EqualUserTeams EqualUserOrUserTeams"
    " EqualUserOrUserHierarchy EqualUserOrUserHierarchyAndTeams EqualUserLanguage Today Yesterday Tomorrow Last7Days"
    " Next7Days ThisWeek LastWeek NextWeek ThisMonth LastMonth NextMonth ThisYear LastYear NextYear ThisFiscalYear"
    " LastFiscalYear NextFiscalYear ThisFiscalPeriod LastFiscalPeriod NextFiscalPeriod"
)
_ONE_NUMBER = (
    "InFiscalYear InFiscalPeriod LastXHours LastXDays LastXWeeks LastXMonths LastXYears NextXHours NextXDays NextXWeeks"
    " NextXMonths NextXYears OlderThanXMinutes OlderThanXHours OlderThanXDays OlderThanXWeeks OlderThanXMonths"
    " OlderThanXYears LastXFiscalYears LastXFiscalPeriods NextXFiscalYears NextXFiscalPeriods"
)
_ONE_TEXT = "On NotOn OnOrAfter OnOrBefore Above AboveOrEqual Under UnderOrEqual NotUnder"
_MANY_TEXTS = "In NotIn Between NotBetween ContainValues DoesNotContainValues"
_TWO_NUMBERS = "InFiscalPeriodAndYear InOrAfterFiscalPeriodAndYear InOrBeforeFiscalPeriodAndYear"


def query_functions() -> Iterator[tuple[str, Parameters]]:
    """The functions for `$filter`, with their parameters. Source: QueryFunctionIndex of the Web API reference."""
    name = ("PropertyName", TEXT)
    for words, parameters in (
        (_NO_VALUE, ()),
        (_ONE_NUMBER, (("PropertyValue", BIG),)),
        (_ONE_TEXT, (("PropertyValue", TEXT),)),
        (_MANY_TEXTS, (("PropertyValues", f"Collection({TEXT})"),)),
        (_TWO_NUMBERS, (("PropertyValue1", BIG), ("PropertyValue2", BIG))),
    ):
        for word in words.split():
            yield word, (name, *parameters)
