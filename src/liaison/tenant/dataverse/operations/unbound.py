"""Operations of the whole environment, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from liaison.tenant.dataverse.errors import not_implemented, unknown_segment
from liaison.tenant.dataverse.metadata import choice_changes, key_changes, relationship_changes, table_changes
from liaison.tenant.dataverse.metadata.changes import retrieve_metadata_changes
from liaison.tenant.dataverse.operations import (
    blocks,
    bulk,
    collaboration,
    describing,
    merging,
    organization,
    selling,
    sharing,
)
from liaison.tenant.dataverse.paths import Segment
from liaison.tenant.dataverse.requests import Exchange
from liaison.tenant.dataverse.responses import Reply
from liaison.tenant.dataverse.session import Session
from liaison.tenant.dataverse.solutions import exporting, importing

Function = Callable[[Session, Exchange, str | None], Reply]
Action = Callable[[Session, Exchange], Reply]


FUNCTIONS: Mapping[str, Function] = {
    "WhoAmI": organization.who_am_i,
    "RetrieveVersion": organization.retrieve_version,
    "RetrieveProvisionedLanguages": organization.retrieve_languages,
    "RetrieveTotalRecordCount": organization.retrieve_total_record_count,
    "RetrieveLocLabels": organization.retrieve_labels,
    "RetrieveSharedPrincipalsAndAccess": sharing.retrieve_shared_principals,
    "RetrieveCurrentOrganization": describing.retrieve_current_organization,
    "RetrieveAvailableLanguages": describing.retrieve_available_languages,
    "RetrieveInstalledLanguagePacks": describing.retrieve_installed_languages,
    "RetrieveTimestamp": describing.retrieve_timestamp,
    "RetrieveEntity": describing.retrieve_entity,
    "RetrieveAllEntities": describing.retrieve_all_entities,
    "InitializeFrom": describing.initialize_from,
    "CalculateRollupField": describing.calculate_rollup_field,
    "RetrieveMetadataChanges": retrieve_metadata_changes,
}
ACTIONS: Mapping[str, Action] = {
    "GrantAccess": sharing.grant_access,
    "ModifyAccess": sharing.modify_access,
    "RevokeAccess": sharing.revoke_access,
    "WinOpportunity": selling.closing(selling.WIN_OPPORTUNITY),
    "LoseOpportunity": selling.closing(selling.LOSE_OPPORTUNITY),
    "CloseIncident": selling.closing(selling.CLOSE_INCIDENT),
    "WinQuote": selling.closing(selling.WIN_QUOTE),
    "CloseQuote": selling.closing(selling.CLOSE_QUOTE),
    "FulfillSalesOrder": selling.closing(selling.FULFILL_ORDER),
    "CancelSalesOrder": selling.closing(selling.CANCEL_ORDER),
    "Merge": merging.merge,
    "BulkDelete": bulk.bulk_delete,
    "InitializeFileBlocksUpload": blocks.initialize_upload,
    "UploadBlock": blocks.upload_block,
    "CommitFileBlocksUpload": blocks.commit_upload,
    "InitializeFileBlocksDownload": blocks.initialize_download,
    "DownloadBlock": blocks.download_block,
    "DeleteFile": blocks.delete_file,
    "ImportSolution": importing.import_solution,
    "ImportSolutionAsync": importing.import_solution_async,
    "ExportSolution": exporting.export_solution,
    "ExportSolutionAsync": exporting.export_solution_async,
    "DownloadSolutionExportData": exporting.download_export,
    "AddSolutionComponent": exporting.add_solution_component,
    "RemoveSolutionComponent": exporting.remove_solution_component,
    "CreateEntities": table_changes.create_entities,
    "CreatePolymorphicLookupAttribute": relationship_changes.create_polymorphic,
    "InsertOptionValue": choice_changes.insert_option,
    "InsertStatusValue": choice_changes.insert_status,
    "UpdateOptionValue": choice_changes.update_option,
    "DeleteOptionValue": choice_changes.delete_option,
    "OrderOption": choice_changes.order_options,
    "ReactivateEntityKey": key_changes.reactivate_key,
    "PublishXml": organization.publish,
    "PublishAllXml": organization.publish,
    "msdyn_SetTeamsDocumentStatus": collaboration.set_teams_document_status,
}
KNOWN_ELSEWHERE = frozenset({
    "RetrieveAppComponents", "AddAppComponents",
    "RetrieveDuplicates", "AssociateEntities",
    "msdyn_SetSharePointDocumentStatus", "msdyn_IsSharePointEnabled", "msdyn_ProvisionSharePointDocumentLibraries",
    "RetrieveEntityChanges",
})  # fmt: skip


def is_unbound(segment: Segment) -> bool:
    """Whether a name belongs to an operation of the real service, done here or not."""
    return segment.name in FUNCTIONS or segment.name in ACTIONS or segment.name in KNOWN_ELSEWHERE


def answer_unbound(session: Session, exchange: Exchange, segment: Segment) -> Reply:
    """Functions are asked with GET, actions with POST; the other way round they do not exist.

    Source: troubleshooting of Web API client errors: POST of a function is 404.
    """
    if segment.name in KNOWN_ELSEWHERE:
        raise not_implemented(exchange.method, segment.name)
    if exchange.method == "GET" and segment.name in FUNCTIONS:
        return FUNCTIONS[segment.name](session, exchange, segment.inside)
    if exchange.method == "POST" and segment.name in ACTIONS:
        return ACTIONS[segment.name](session, exchange)
    raise unknown_segment(segment.name)
