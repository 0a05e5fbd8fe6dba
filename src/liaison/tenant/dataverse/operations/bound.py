"""Operations bound to a row or to a set: by table and name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from liaison.tenant.dataverse.errors import not_implemented, unknown_segment, wrong_method
from liaison.tenant.dataverse.operations import (
    bulk,
    describing,
    documents,
    privileges,
    roles,
    selling,
    sharing,
    teams,
)
from liaison.tenant.dataverse.paths import Segment
from liaison.tenant.dataverse.requests import ContentReferences, Exchange
from liaison.tenant.dataverse.responses import Reply
from liaison.tenant.dataverse.session import Session
from liaison.tenant.estate.crm.model import TableModel

RowFunction = Callable[[Session, Exchange, TableModel, str, str | None], Reply]
RowAction = Callable[[Session, Exchange, TableModel, str], Reply]
SetAction = Callable[[Session, Exchange, TableModel, ContentReferences], Reply]

_USERS = ("systemuser",)
_PRINCIPALS = ("systemuser", "team")
_PLACES = ("sharepointsite", "sharepointdocumentlocation")

ROW_FUNCTIONS: Mapping[str, tuple[tuple[str, ...], RowFunction]] = {
    "RetrievePrincipalAccess": (_PRINCIPALS, sharing.retrieve_principal_access),
    "RetrieveUserPrivileges": (_USERS, privileges.retrieve_all),
    "RetrieveUserPrivilegeByPrivilegeName": (_USERS, privileges.retrieve_by_name),
    "RetrieveUserSetOfPrivilegesByNames": (_USERS, privileges.retrieve_by_names),
    "RetrieveUserSetOfPrivilegesByIds": (_USERS, privileges.retrieve_by_ids),
    "RetrieveUserLicenseInfo": (_USERS, describing.retrieve_license_info),
    "RetrieveRolePrivilegesRole": (("role",), roles.retrieve_role_privileges),
    "RetrieveAbsoluteAndSiteCollectionUrl": (_PLACES, documents.retrieve_absolute_url),
}
ROW_ACTIONS: Mapping[str, tuple[tuple[str, ...], RowAction]] = {
    "AddMembersTeam": (("team",), teams.add_members),
    "RemoveMembersTeam": (("team",), teams.remove_members),
    "QualifyLead": (("lead",), selling.qualify_lead),
    "SendEmail": (("email",), selling.send_email),
    "AddPrivilegesRole": (("role",), roles.add_privileges),
    "ReplacePrivilegesRole": (("role",), roles.replace_privileges),
    "RemovePrivilegeRole": (("role",), roles.remove_privilege),
    "AddUserToRecordTeam": (_USERS, roles.add_to_record_team),
    "RemoveUserFromRecordTeam": (_USERS, roles.remove_from_record_team),
}
SET_ACTIONS: Mapping[str, SetAction] = {
    "CreateMultiple": bulk.create_multiple,
    "UpdateMultiple": bulk.update_multiple,
    "UpsertMultiple": bulk.upsert_multiple,
    "DeleteMultiple": bulk.delete_multiple,
}
KNOWN_ELSEWHERE = frozenset({"AddToQueue", "RetrieveTeamPrivileges", "Reparent"})


def answer_row_operation(
    session: Session, exchange: Exchange, table: TableModel, row_id: str, segment: Segment
) -> Reply:
    """Answer `set(key)/Microsoft.Dynamics.CRM.X(…)`."""
    name = segment.operation or ""
    function = ROW_FUNCTIONS.get(name)
    if function is not None and table.name in function[0]:
        if exchange.method != "GET":
            raise wrong_method(exchange.method, exchange.path)
        return function[1](session, exchange, table, row_id, segment.inside)
    action = ROW_ACTIONS.get(name)
    if action is not None and table.name in action[0]:
        if exchange.method != "POST":
            raise wrong_method(exchange.method, exchange.path)
        return action[1](session, exchange, table, row_id)
    raise _unknown(exchange, segment, name)


def answer_collection_operation(
    session: Session, exchange: Exchange, table: TableModel, segment: Segment, references: ContentReferences
) -> Reply:
    """Answer `set/Microsoft.Dynamics.CRM.X`."""
    action = SET_ACTIONS.get(segment.operation or "")
    if action is None:
        raise _unknown(exchange, segment, segment.operation or "")
    if exchange.method != "POST":
        raise wrong_method(exchange.method, exchange.path)
    return action(session, exchange, table, references)


def _unknown(exchange: Exchange, segment: Segment, name: str) -> Exception:
    if name in KNOWN_ELSEWHERE:
        return not_implemented(exchange.method, name)
    return unknown_segment(segment.name)
