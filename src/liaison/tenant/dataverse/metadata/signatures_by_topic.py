"""Declarations of operations on definitions, solutions, files, sales and roles.

Source: the Web API reference of functions and actions.
"""

from __future__ import annotations

from liaison.tenant.dataverse.metadata.declared import (
    BYTES,
    FLAG,
    GUID,
    NUMBER,
    ROW,
    ROWS,
    TEXT,
    Parameters,
    action,
    function,
)

_CHOICE: Parameters = (("OptionSetName", TEXT), ("AttributeLogicalName", TEXT), ("EntityLogicalName", TEXT))
_SOLUTION = ("SolutionUniqueName", TEXT)
_TARGET = ("Target", ROW)
_CLOSING = ("Status", NUMBER)
_PRIVILEGES = (("Privileges", "Collection(mscrm.RolePrivilege)"),)
_DOWNLOAD: Parameters = (("FileContinuationToken", TEXT),)

DEFINITIONS = (
    action("InsertOptionValue", (*_CHOICE, ("Value", NUMBER), ("Label", "mscrm.Label"), _SOLUTION),
           (("NewOptionValue", NUMBER),)),
    action("InsertStatusValue",
           (*_CHOICE, ("Value", NUMBER), ("Label", "mscrm.Label"), ("StateCode", NUMBER), _SOLUTION),
           (("NewOptionValue", NUMBER),)),
    action("UpdateOptionValue",
           (*_CHOICE, ("Value", NUMBER), ("Label", "mscrm.Label"), ("MergeLabels", FLAG), _SOLUTION)),
    action("DeleteOptionValue", (*_CHOICE, ("Value", NUMBER), _SOLUTION)),
    action("OrderOption", (*_CHOICE, ("Values", f"Collection({NUMBER})"), _SOLUTION)),
    action("ReactivateEntityKey", (("EntityLogicalName", TEXT), ("EntityKeyLogicalName", TEXT))),
    action("CreatePolymorphicLookupAttribute",
           (("OneToManyRelationships", "Collection(mscrm.ComplexOneToManyRelationshipMetadata)"),
            ("Lookup", "mscrm.ComplexLookupAttributeMetadata"), _SOLUTION),
           (("RelationshipIds", f"Collection({GUID})"), ("AttributeId", GUID))),
    function("RetrieveEntity", (("EntityFilters", TEXT), ("LogicalName", TEXT), ("MetadataId", GUID),
                                ("RetrieveAsIfPublished", FLAG)), (("EntityMetadata", "mscrm.ComplexEntityMetadata"),)),
    function("RetrieveAllEntities", (("EntityFilters", TEXT), ("RetrieveAsIfPublished", FLAG)),
             (("EntityMetadata", "Collection(mscrm.ComplexEntityMetadata)"), ("Timestamp", TEXT))),
    function("RetrieveTimestamp", (), (("Timestamp", TEXT),)),
)  # fmt: skip
ORGANIZATION = (
    function("RetrieveCurrentOrganization", (("AccessType", TEXT),), (("Detail", "mscrm.OrganizationDetail"),)),
    function("RetrieveAvailableLanguages", (), (("LocaleIds", f"Collection({NUMBER})"),)),
    function("RetrieveInstalledLanguagePacks", (), (("RetrieveInstalledLanguagePacks", f"Collection({NUMBER})"),)),
    function("InitializeFrom", (("EntityMoniker", ROW), ("TargetEntityName", TEXT), ("TargetFieldType", TEXT)),
             (("Entity", ROW),)),
    function("CalculateRollupField", (_TARGET, ("FieldName", TEXT)), (("Entity", ROW),)),
    function("RetrieveUserLicenseInfo", (), (("licenseInfo", TEXT),), "mscrm.systemuser"),
    function("RetrieveRolePrivilegesRole", (), (("RolePrivileges", "Collection(mscrm.RolePrivilege)"),), "mscrm.role"),
    action("AddPrivilegesRole", _PRIVILEGES, None, "mscrm.role"),
    action("ReplacePrivilegesRole", _PRIVILEGES, None, "mscrm.role"),
    action("RemovePrivilegeRole", (("PrivilegeId", GUID),), None, "mscrm.role"),
    action("AddUserToRecordTeam", (("Record", ROW), ("TeamTemplate", ROW)), (("AccessTeamId", GUID),),
           "mscrm.systemuser"),
    action("RemoveUserFromRecordTeam", (("Record", ROW), ("TeamTemplate", ROW)), (("AccessTeamId", GUID),),
           "mscrm.systemuser"),
)  # fmt: skip
SOLUTIONS = (
    action("ImportSolutionAsync", (("OverwriteUnmanagedCustomizations", FLAG), ("PublishWorkflows", FLAG),
                                   ("CustomizationFile", BYTES)), (("ImportJobKey", TEXT), ("AsyncOperationId", GUID))),
    action("ExportSolutionAsync", (("SolutionName", TEXT), ("Managed", FLAG)),
           (("ExportJobId", GUID), ("AsyncOperationId", GUID))),
    action("DownloadSolutionExportData", (("ExportJobId", GUID),), (("ExportSolutionFile", BYTES),)),
    action("AddSolutionComponent", (("ComponentId", GUID), ("ComponentType", NUMBER), ("SolutionUniqueName", TEXT),
                                    ("AddRequiredComponents", FLAG)), (("id", GUID),)),
    action("RemoveSolutionComponent", (("SolutionComponent", ROW), ("ComponentType", NUMBER),
                                       ("SolutionUniqueName", TEXT)), (("id", GUID),)),
)  # fmt: skip
FILES = (
    action("InitializeFileBlocksUpload", (_TARGET, ("FileAttributeName", TEXT), ("FileName", TEXT)), _DOWNLOAD),
    action("UploadBlock", (("BlockId", TEXT), ("BlockData", BYTES), *_DOWNLOAD)),
    action("CommitFileBlocksUpload", (("BlockList", f"Collection({TEXT})"), ("FileName", TEXT), ("MimeType", TEXT),
                                      *_DOWNLOAD), (("FileId", GUID), ("FileSizeInBytes", "Edm.Int64"))),
    action("InitializeFileBlocksDownload", (_TARGET, ("FileAttributeName", TEXT)),
           (*_DOWNLOAD, ("FileName", TEXT), ("FileSizeInBytes", "Edm.Int64"), ("IsChunkingSupported", FLAG))),
    action("DownloadBlock", (("Offset", "Edm.Int64"), ("BlockLength", "Edm.Int64"), *_DOWNLOAD), (("Data", BYTES),)),
    action("DeleteFile", (("FileId", GUID),)),
)  # fmt: skip
SALES = (
    action("WinOpportunity", (("OpportunityClose", ROW), _CLOSING)),
    action("LoseOpportunity", (("OpportunityClose", ROW), _CLOSING)),
    action("CloseIncident", (("IncidentResolution", ROW), _CLOSING)),
    action("WinQuote", (("QuoteClose", ROW), _CLOSING)),
    action("CloseQuote", (("QuoteClose", ROW), _CLOSING)),
    action("FulfillSalesOrder", (("OrderClose", ROW), _CLOSING)),
    action("CancelSalesOrder", (("OrderClose", ROW), _CLOSING)),
    action("Merge", (_TARGET, ("Subordinate", ROW), ("UpdateContent", ROW), ("PerformParentingChecks", FLAG))),
    action("QualifyLead", (("CreateAccount", FLAG), ("CreateContact", FLAG), ("CreateOpportunity", FLAG), _CLOSING),
           (("value", ROWS),), "mscrm.lead"),
    action("SendEmail", (("IssueSend", FLAG), ("TrackingToken", TEXT)), (("Subject", TEXT),), "mscrm.email"),
    action("DeleteMultiple", (("Targets", ROWS),), None, ROWS),
)  # fmt: skip
