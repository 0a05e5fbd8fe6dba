"""Sharing rows, and asking what somebody may do with one.

Source: security-sharing-assigning.md; dataverse.md section 4.
"""

# ruff: noqa: S608 - names come from table definitions, never from a request; every value is bound.
from __future__ import annotations

from typing import Any

from liaison.tenant.dataverse.errors import invalid_argument, missing_row
from liaison.tenant.dataverse.operations.parameters import json_parameter, row_parameter
from liaison.tenant.dataverse.paths import read_parameters
from liaison.tenant.dataverse.requests import Exchange
from liaison.tenant.dataverse.responses import Reply, empty_reply, json_reply
from liaison.tenant.dataverse.rows.finding import access_denied, require_right, require_row
from liaison.tenant.dataverse.session import Session
from liaison.tenant.estate.crm.model import TableModel
from liaison.tenant.estate.crm.principals import read_principal, read_team_principal
from liaison.tenant.estate.crm.privileges import Right, mask_text, read_mask
from liaison.tenant.estate.crm.rights import rights_on
from liaison.tenant.estate.crm.tables import Ownership


def grant_access(session: Session, exchange: Exchange) -> Reply:
    """Add rights of a principal on a row."""
    table, row_id, principal, mask = _asked(session, exchange)
    _share(session, table, row_id, principal, _granted(session, row_id, principal[1]) | mask)
    return empty_reply()


def modify_access(session: Session, exchange: Exchange) -> Reply:
    """Replace the rights of a principal on a row."""
    table, row_id, principal, mask = _asked(session, exchange)
    _share(session, table, row_id, principal, mask)
    return empty_reply()


def revoke_access(session: Session, exchange: Exchange) -> Reply:
    """Take all shared rights on a row from a principal; repeating it changes nothing."""
    body = exchange.json()
    table, row_id = row_parameter(session, body.get("Target"), "Target")
    _, principal_id = row_parameter(session, body.get("Revokee"), "Revokee")
    require_right(session, table, require_row(session, table, row_id), Right.SHARE)
    shares = session.table("principalobjectaccess")
    with session.estate.db.change() as change:
        change.execute(f"DELETE FROM {shares.sql} WHERE objectid = ? AND principalid = ?", (row_id, principal_id))
    return empty_reply()


def retrieve_principal_access(
    session: Session, exchange: Exchange, table: TableModel, row_id: str, inside: str | None
) -> Reply:
    """The rights of a user or team on a row, as one text."""
    parameters = read_parameters(inside, exchange.options)
    target, target_id = row_parameter(session, json_parameter(parameters, "Target"), "Target")
    row = require_row(session, target, target_id)
    reader = read_team_principal if table.name == "team" else read_principal
    principal = reader(session.estate, session.state, row_id)
    if principal is None:
        raise missing_row(table.name, row_id)
    rights = rights_on(session.estate, target, principal, dict(zip(row.keys(), row, strict=True)))
    return json_reply(
        {
            "@odata.context": f"{session.metadata_root}#Microsoft.Dynamics.CRM.RetrievePrincipalAccessResponse",
            "AccessRights": mask_text(rights),
        }
    )


def retrieve_shared_principals(session: Session, exchange: Exchange, inside: str | None) -> Reply:
    """Who has a row through sharing, and with which rights."""
    parameters = read_parameters(inside, exchange.options)
    table, row_id = row_parameter(session, json_parameter(parameters, "Target"), "Target")
    require_right(session, table, require_row(session, table, row_id), Right.READ)
    rows = session.estate.db.rows(
        f"SELECT principalid, principaltypecode, accessrightsmask FROM {session.table('principalobjectaccess').sql}"
        " WHERE objectid = ? ORDER BY rowid",
        (row_id,),
    )
    response = "RetrieveSharedPrincipalsAndAccessResponse"
    return json_reply(
        {
            "@odata.context": f"{session.metadata_root}#Microsoft.Dynamics.CRM.{response}",
            "PrincipalAccesses": [
                {
                    "AccessMask": mask_text(row[2]),
                    "Principal": {"@odata.type": f"#Microsoft.Dynamics.CRM.{row[1]}", "ownerid": row[0]},
                }
                for row in rows
            ],
        }
    )


def _asked(session: Session, exchange: Exchange) -> tuple[TableModel, str, tuple[TableModel, str], Right]:
    """Row, principal and rights of a GrantAccess or ModifyAccess. The caller needs Share and the rights themselves."""
    body = exchange.json()
    table, row_id = row_parameter(session, body.get("Target"), "Target")
    access: Any = body.get("PrincipalAccess")
    if not isinstance(access, dict) or not isinstance(access.get("AccessMask"), str):
        raise invalid_argument("Required field 'PrincipalAccess' is missing.")
    principal = row_parameter(session, access.get("Principal"), "Principal")
    if principal[0].name not in ("systemuser", "team"):
        raise invalid_argument("A row can be shared with a user or a team.")
    require_row(session, *principal)
    try:
        mask = read_mask(access["AccessMask"])
    except KeyError as error:
        raise invalid_argument(f"The access right {error} does not exist.") from error
    if table.table.ownership is not Ownership.USER:
        raise invalid_argument(f"Rows of the table '{table.name}' cannot be shared.")
    row = require_row(session, table, row_id)
    require_right(session, table, row, Right.SHARE)
    held = rights_on(session.estate, table, session.user, dict(zip(row.keys(), row, strict=True)))
    for right in mask & ~Right.CREATE:
        if not held & right:
            raise access_denied(session, table, row, right)
    return table, row_id, principal, mask


def _granted(session: Session, row_id: str, principal_id: str) -> Right:
    found = session.estate.db.value(
        f"SELECT accessrightsmask FROM {session.table('principalobjectaccess').sql}"
        " WHERE objectid = ? AND principalid = ?",
        (row_id, principal_id),
    )
    return Right(found or 0)


def _share(session: Session, table: TableModel, row_id: str, principal: tuple[TableModel, str], mask: Right) -> None:
    """Write a share, replacing an earlier one of the same two."""
    kind, principal_id = principal[0].name, principal[1]
    shares = session.table("principalobjectaccess")
    with session.estate.db.change() as change:
        change.execute(f"DELETE FROM {shares.sql} WHERE objectid = ? AND principalid = ?", (row_id, principal_id))
        change.execute(
            f"INSERT INTO {shares.sql} (principalobjectaccessid, objectid, objecttypecode, principalid,"
            " principaltypecode, accessrightsmask, inheritedaccessrightsmask, changedon)"
            " VALUES (?, ?, ?, ?, ?, ?, 0, ?)",
            (session.estate.ids.guid(), row_id, table.name, principal_id, kind, int(mask), session.stamp),
        )
