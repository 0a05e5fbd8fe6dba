"""Operations of the whole environment, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from liaison.tenant.dataverse.errors import not_implemented, unknown_segment
from liaison.tenant.dataverse.metadata.changes import retrieve_metadata_changes
from liaison.tenant.dataverse.operations import bulk, collaboration, organization, sharing
from liaison.tenant.dataverse.paths import Segment
from liaison.tenant.dataverse.requests import Exchange
from liaison.tenant.dataverse.responses import Reply
from liaison.tenant.dataverse.session import Session

Function = Callable[[Session, Exchange, str | None], Reply]
Action = Callable[[Session, Exchange], Reply]


FUNCTIONS: Mapping[str, Function] = {
    "WhoAmI": organization.who_am_i,
    "RetrieveVersion": organization.retrieve_version,
    "RetrieveProvisionedLanguages": organization.retrieve_languages,
    "RetrieveTotalRecordCount": organization.retrieve_total_record_count,
    "RetrieveLocLabels": organization.retrieve_labels,
    "RetrieveSharedPrincipalsAndAccess": sharing.retrieve_shared_principals,
    "RetrieveMetadataChanges": retrieve_metadata_changes,
}
ACTIONS: Mapping[str, Action] = {
    "GrantAccess": sharing.grant_access,
    "ModifyAccess": sharing.modify_access,
    "RevokeAccess": sharing.revoke_access,
    "BulkDelete": bulk.bulk_delete,
    "PublishXml": organization.publish,
    "PublishAllXml": organization.publish,
    "msdyn_SetTeamsDocumentStatus": collaboration.set_teams_document_status,
}
KNOWN_ELSEWHERE = frozenset({
    "ImportSolution", "ImportSolutionAsync", "ExportSolution", "ExportSolutionAsync", "CreateEntities",
    "RetrieveAllEntities", "RetrieveEntity", "RetrieveAppComponents", "AddAppComponents", "InitializeFrom",
    "RetrieveDuplicates", "SendEmail", "WinOpportunity", "LoseOpportunity", "CloseIncident", "AssociateEntities",
    "msdyn_SetSharePointDocumentStatus", "msdyn_IsSharePointEnabled", "msdyn_ProvisionSharePointDocumentLibraries",
    "RetrieveCurrentOrganization", "RetrieveEntityChanges", "RetrieveAvailableLanguages", "CalculateRollupField",
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
