"""Privileges of roles, and teams that are made for one record.

Source: AddPrivilegesRole, ReplacePrivilegesRole, RemovePrivilegeRole, RetrieveRolePrivilegesRole, AddUserToRecordTeam
and RemoveUserFromRecordTeam reference.
"""

# ruff: noqa: S608 - names come from table definitions, never from a request; every value is bound.
from __future__ import annotations

import sqlite3
from typing import Any

from liaison.tenant.dataverse.errors import DataverseError, invalid_argument, missing_row
from liaison.tenant.dataverse.operations.parameters import read_list, row_parameter
from liaison.tenant.dataverse.requests import Exchange
from liaison.tenant.dataverse.responses import Reply, empty_reply, json_reply
from liaison.tenant.dataverse.rows.computed import stamps
from liaison.tenant.dataverse.rows.finding import require_right, require_row
from liaison.tenant.dataverse.session import Session, table_rows
from liaison.tenant.dataverse.sql.values import read_guid
from liaison.tenant.estate.crm.environments import forget_rights
from liaison.tenant.estate.crm.model import TableModel
from liaison.tenant.estate.crm.privileges import Depth, Right
from liaison.tenant.estate.crm.rows import add_pair, insert_row, remove_pair

_DEPTHS = {depth.wire: depth for depth in Depth} | {str(number): depth for number, depth in enumerate(Depth)}
_ACCESS_TEAM = 1


def add_privileges(session: Session, exchange: Exchange, table: TableModel, row_id: str) -> Reply:
    """Privileges are added, or change their depth."""
    root = _writable_root(session, table, row_id)
    _grant(session, root, _asked(session, exchange))
    return empty_reply()


def replace_privileges(session: Session, exchange: Exchange, table: TableModel, row_id: str) -> Reply:
    """The role has these privileges and no other."""
    root = _writable_root(session, table, row_id)
    asked = _asked(session, exchange)
    with session.estate.db.change() as change:
        change.execute(f"DELETE FROM {table_rows(session, 'roleprivileges')} WHERE roleid = ?", (root,))
        _grant(session, root, asked)
    return empty_reply()


def remove_privilege(session: Session, exchange: Exchange, table: TableModel, row_id: str) -> Reply:
    root = _writable_root(session, table, row_id)
    privilege = read_guid(str(exchange.json().get("PrivilegeId")))
    with session.estate.db.change() as change:
        gone = change.execute(
            f"DELETE FROM {table_rows(session, 'roleprivileges')} WHERE roleid = ? AND privilegeid = ?",
            (root, privilege),
        ).rowcount
        forget_rights(change, session.environment)
    if not gone:
        raise missing_row("privilege", str(privilege))
    return empty_reply()


def retrieve_role_privileges(
    session: Session, exchange: Exchange, table: TableModel, row_id: str, inside: str | None
) -> Reply:
    """All privileges of a role with their depths."""
    del exchange, inside
    role = require_row(session, table, row_id)
    require_right(session, table, role, Right.READ)
    granted, privilege = table_rows(session, "roleprivileges"), table_rows(session, "privilege")
    rows = session.estate.db.rows(
        f"SELECT g.privilegedepthmask, p.privilegeid, p.name FROM {granted} g JOIN {privilege} p"
        " ON p.privilegeid = g.privilegeid WHERE g.roleid = ? ORDER BY p.name",
        (role["parentrootroleid"] or row_id,),
    )
    return json_reply(
        {
            "@odata.context": f"{session.metadata_root}#Microsoft.Dynamics.CRM.RetrieveRolePrivilegesRoleResponse",
            "RolePrivileges": [
                {
                    "Depth": Depth(row[0]).wire, "PrivilegeId": row[1], "BusinessUnitId": role["businessunitid"],
                    "PrivilegeName": row[2], "RecordFilterId": "00000000-0000-0000-0000-000000000000",
                    "RecordFilterUniqueName": "",
                }
                for row in rows
            ],
        }
    )  # fmt: skip


def add_to_record_team(session: Session, exchange: Exchange, table: TableModel, row_id: str) -> Reply:
    """The user joins the record's access team, which is made when it is not there yet."""
    del table
    record, record_id, template = _record_team(session, exchange)
    row = require_row(session, record, record_id)
    require_right(session, record, row, Right.SHARE)
    require_row(session, session.table("systemuser"), row_id)
    with session.estate.db.change():
        team_id = _find_team(session, record_id, template["teamtemplateid"])
        if team_id is None:
            team_id = _make_team(session, record, record_id, template)
        _pair(session, team_id, row_id, join=True)
    return json_reply(
        {
            "@odata.context": f"{session.metadata_root}#Microsoft.Dynamics.CRM.AddUserToRecordTeamResponse",
            "AccessTeamId": team_id,
        }
    )


def remove_from_record_team(session: Session, exchange: Exchange, table: TableModel, row_id: str) -> Reply:
    """The user leaves the record's access team."""
    del table
    record, record_id, template = _record_team(session, exchange)
    require_right(session, record, require_row(session, record, record_id), Right.SHARE)
    team_id = _find_team(session, record_id, template["teamtemplateid"])
    if team_id is None or not _pair(session, team_id, row_id, join=False):
        raise DataverseError(404, "0x80040217", f"systemuser With Id = {row_id} Does Not Exist")
    return json_reply(
        {
            "@odata.context": f"{session.metadata_root}#Microsoft.Dynamics.CRM.RemoveUserFromRecordTeamResponse",
            "AccessTeamId": team_id,
        }
    )


def _writable_root(session: Session, table: TableModel, row_id: str) -> str:
    """The root of a role, whose privileges its copies share. Raises 403 for who may not write roles."""
    role = require_row(session, table, row_id)
    require_right(session, table, role, Right.WRITE)
    return str(role["parentrootroleid"] or row_id)


def _asked(session: Session, exchange: Exchange) -> list[tuple[str, Depth]]:
    found: list[tuple[str, Depth]] = []
    for item in read_list(exchange.json().get("Privileges"), "Privileges"):
        privilege = read_guid(str(item.get("PrivilegeId"))) if isinstance(item, dict) else None
        depth = _DEPTHS.get(str(item.get("Depth", "Basic"))) if isinstance(item, dict) else None
        if privilege is None or depth is None:
            raise invalid_argument("Each item of 'Privileges' needs a 'PrivilegeId' and a 'Depth'.")
        if (
            session.estate.db.value(
                f"SELECT 1 FROM {table_rows(session, 'privilege')} WHERE privilegeid = ?", (privilege,)
            )
            is None
        ):
            raise missing_row("privilege", privilege)
        found.append((privilege, depth))
    if not found:
        raise invalid_argument("Required field 'Privileges' is missing.")
    return found


def _grant(session: Session, root: str, asked: list[tuple[str, Depth]]) -> None:
    rows = table_rows(session, "roleprivileges")
    with session.estate.db.change() as change:
        for privilege, depth in asked:
            change.execute(f"DELETE FROM {rows} WHERE roleid = ? AND privilegeid = ?", (root, privilege))
            change.execute(
                f"INSERT INTO {rows} (roleprivilegeid, roleid, privilegeid, privilegedepthmask) VALUES (?, ?, ?, ?)",
                (session.estate.ids.guid(), root, privilege, int(depth)),
            )
        forget_rights(change, session.environment)


def _record_team(session: Session, exchange: Exchange) -> tuple[TableModel, str, sqlite3.Row]:
    body: dict[str, Any] = exchange.json()
    record, record_id = row_parameter(session, body.get("Record"), "Record")
    templates, template_id = row_parameter(session, body.get("TeamTemplate"), "TeamTemplate")
    template = require_row(session, templates, template_id)
    if templates.name != "teamtemplate" or template["objecttypecode"] != record.table.code:
        raise DataverseError(400, "0x80048334", "This entity is not enabled for auto created access teams.")
    return record, record_id, template


def _find_team(session: Session, record_id: str, template_id: str) -> str | None:
    found = session.estate.db.value(
        f"SELECT teamid FROM {table_rows(session, 'team')} WHERE regardingobjectid = ? AND teamtemplateid = ?",
        (record_id, template_id),
    )
    return None if found is None else str(found)


def _make_team(session: Session, record: TableModel, record_id: str, template: sqlite3.Row) -> str:
    team = session.table("team")
    team_id = session.estate.ids.guid()
    insert_row(session.estate, team, {
        "teamid": team_id, "ownerid": team_id, "name": f"{record_id}+{template['teamtemplateid']}",
        "teamtype": _ACCESS_TEAM, "isdefault": 0, "regardingobjectid": record_id,
        "teamtemplateid": template["teamtemplateid"], "businessunitid": session.user.business_unit,
        "administratorid": session.user.id, **stamps(session, team, new=True),
    })  # fmt: skip
    shares = session.table("principalobjectaccess")
    insert_row(session.estate, shares, {
        "principalobjectaccessid": session.estate.ids.guid(), "objectid": record_id, "objecttypecode": record.name,
        "principalid": team_id, "principaltypecode": "team",
        "accessrightsmask": template["defaultaccessrightsmask"], "inheritedaccessrightsmask": 0,
        "changedon": session.stamp,
    })  # fmt: skip
    return team_id


def _pair(session: Session, team_id: str, user_id: str, *, join: bool) -> bool:
    members = session.table("teammembership")
    pair = {"teamid": team_id, "systemuserid": user_id}
    if join:
        return add_pair(session.estate, members, {members.key: session.estate.ids.guid(), **pair})
    return remove_pair(session.estate, members, pair)
