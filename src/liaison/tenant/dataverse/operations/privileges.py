"""Which privileges a user has, by name or all of them.

Source: dataverse.md section 4; "Security roles and privileges" of the developer guide.
"""

from __future__ import annotations

from collections.abc import Iterable

from liaison.tenant.dataverse.errors import DataverseError, missing_row
from liaison.tenant.dataverse.operations.parameters import json_parameter, read_list, text_parameter
from liaison.tenant.dataverse.paths import read_parameters
from liaison.tenant.dataverse.requests import Exchange
from liaison.tenant.dataverse.responses import Reply, json_reply
from liaison.tenant.dataverse.rows.finding import require_privilege
from liaison.tenant.dataverse.session import Session
from liaison.tenant.estate.crm.model import TableModel
from liaison.tenant.estate.crm.principals import Principal, read_principal
from liaison.tenant.estate.crm.privileges import Right, privileges_among


def retrieve_by_name(session: Session, exchange: Exchange, table: TableModel, row_id: str, inside: str | None) -> Reply:
    """One privilege of a user: an empty list when it lacks it, 400 for a name that does not exist."""
    name = text_parameter(read_parameters(inside, exchange.options), "PrivilegeName")
    if name.lower() not in privileges_among(session.model.definitions):
        raise DataverseError(400, "0x80040203", f"The privilege name '{name}' does not exist.")
    return _answer(session, "RetrieveUserPrivilegeByPrivilegeName", _user(session, table, row_id), [name.lower()])


def retrieve_by_names(
    session: Session, exchange: Exchange, table: TableModel, row_id: str, inside: str | None
) -> Reply:
    """Those of a list of privileges that a user has."""
    names = read_list(json_parameter(read_parameters(inside, exchange.options), "PrivilegeNames"), "PrivilegeNames")
    wanted = [str(name).lower() for name in names]
    return _answer(session, "RetrieveUserSetOfPrivilegesByNames", _user(session, table, row_id), wanted)


def retrieve_by_ids(session: Session, exchange: Exchange, table: TableModel, row_id: str, inside: str | None) -> Reply:
    """Those of a list of privileges, given by id, that a user has."""
    ids = read_list(json_parameter(read_parameters(inside, exchange.options), "PrivilegeIds"), "PrivilegeIds")
    known = {privilege.id: name for name, privilege in privileges_among(session.model.definitions).items()}
    wanted = [known[str(found).lower()] for found in ids if str(found).lower() in known]
    return _answer(session, "RetrieveUserSetOfPrivilegesByIds", _user(session, table, row_id), wanted)


def retrieve_all(session: Session, exchange: Exchange, table: TableModel, row_id: str, inside: str | None) -> Reply:
    """Every privilege of a user."""
    del exchange, inside
    user = _user(session, table, row_id)
    return _answer(session, "RetrieveUserPrivileges", user, sorted(user.depths))


def _user(session: Session, table: TableModel, row_id: str) -> Principal:
    if row_id != session.user.id:
        require_privilege(session, session.table("systemuser"), Right.READ)
    found = read_principal(session.estate, session.state, row_id)
    if found is None:
        raise missing_row(table.name, row_id)
    return found


def _answer(session: Session, operation: str, user: Principal, names: Iterable[str]) -> Reply:
    known = privileges_among(session.model.definitions)
    held = [(known[name], user.depths[name]) for name in names if name in user.depths]
    return json_reply(
        {
            "@odata.context": f"{session.metadata_root}#Microsoft.Dynamics.CRM.{operation}Response",
            "RolePrivileges": [
                {
                    "Depth": depth.wire,
                    "PrivilegeId": privilege.id,
                    "BusinessUnitId": user.business_unit,
                    "PrivilegeName": privilege.name,
                    "RecordFilterId": "00000000-0000-0000-0000-000000000000",
                    "RecordFilterUniqueName": "",
                }
                for privilege, depth in held
            ],
        }
    )
