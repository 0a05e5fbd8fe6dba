"""Members of a team of users. Source: AddMembersTeam and RemoveMembersTeam action reference."""

from __future__ import annotations

from liaison.tenant.dataverse.errors import invalid_argument
from liaison.tenant.dataverse.operations.parameters import row_parameter
from liaison.tenant.dataverse.requests import Exchange
from liaison.tenant.dataverse.responses import Reply, empty_reply
from liaison.tenant.dataverse.rows.joining import add_to_collection, remove_from_collection
from liaison.tenant.dataverse.session import Session
from liaison.tenant.estate.crm.model import TableModel

_MEMBERS = "teammembership_association"


def add_members(session: Session, exchange: Exchange, table: TableModel, row_id: str) -> Reply:
    for user_id in _members(session, exchange):
        add_to_collection(session, table, row_id, table.collections[_MEMBERS], user_id)
    return empty_reply()


def remove_members(session: Session, exchange: Exchange, table: TableModel, row_id: str) -> Reply:
    for user_id in _members(session, exchange):
        remove_from_collection(session, table, row_id, table.collections[_MEMBERS], user_id)
    return empty_reply()


def _members(session: Session, exchange: Exchange) -> list[str]:
    members = exchange.json().get("Members")
    if not isinstance(members, list) or not members:
        raise invalid_argument("Required field 'Members' is missing.")
    return [row_parameter(session, member, "Members")[1] for member in members]
