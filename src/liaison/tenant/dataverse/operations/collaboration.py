"""Switching Teams collaboration for tables, with the manners of Microsoft's own action.

- `LogicalEntityNames` is one text that holds a JSON array; the answers are texts shaped like arrays without quotes;
- any existing table is reported as passed, even one whose flag never changes;
- the metadata shows the new flag only after a while (switch `dataverse.teams_flag_delay_s`);
- without the solution `msdynce_OfficeProductivity` the action does not exist.
Source: integration-dev/teams-integration-using-code.md; observations of a public article on custom tables.
"""

# ruff: noqa: S608 - names come from table definitions, never from a request; every value is bound.
from __future__ import annotations

import orjson

from liaison.tenant.dataverse.errors import DataverseError, invalid_argument, unknown_segment, wrong_literal
from liaison.tenant.dataverse.requests import Exchange
from liaison.tenant.dataverse.responses import Reply, json_reply
from liaison.tenant.dataverse.session import Session, table_rows
from liaison.tenant.estate.crm.environments import TEAMS_FLAG_DELAY_S, ask_for_teams
from liaison.tenant.estate.crm.tables import Flag
from liaison.tenant.estate.switches import get_switch

SOLUTION = "msdynce_OfficeProductivity"


def set_teams_document_status(session: Session, exchange: Exchange) -> Reply:
    if not _installed(session):
        raise unknown_segment("msdyn_SetTeamsDocumentStatus")
    if not session.user.may("prvPublishCustomization"):
        raise DataverseError(
            403,
            "0x80040220",
            f"Principal user (Id={session.user.id}, type=8) is missing prvPublishCustomization privilege.",
        )
    body = exchange.json()
    enable = body.get("Enable")
    if not isinstance(enable, bool):
        raise wrong_literal("msdyn_SetTeamsDocumentStatus", enable, "Edm.Boolean")
    names = _names(body.get("LogicalEntityNames"))
    passed = [name for name in names if name in session.model.tables]
    failed = [name for name in names if name not in session.model.tables]
    changing = {name: enable for name in passed if not session.table(name).table.has(Flag.FIXED)}
    delay_s = get_switch(session.estate, "dataverse.teams_flag_delay_s", TEAMS_FLAG_DELAY_S)
    ask_for_teams(session.estate, session.environment, changing, delay_s)
    return json_reply(
        {
            "@odata.context": f"{session.metadata_root}#Microsoft.Dynamics.CRM.msdyn_SetTeamsDocumentStatusResponse",
            "PassedLogicalEntityNames": f"[{','.join(passed)}]",
            "FailedLogicalEntityNames": f"[{','.join(failed)}]",
            "OperationResult": not failed,
        }
    )


def _installed(session: Session) -> bool:
    found = session.estate.db.value(
        f"SELECT 1 FROM {table_rows(session, 'solution')} WHERE uniquename = ?", (SOLUTION,)
    )
    return found is not None


def _names(text: object) -> list[str]:
    if not isinstance(text, str):
        raise wrong_literal("msdyn_SetTeamsDocumentStatus", text, "Edm.String")
    try:
        names = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise invalid_argument("LogicalEntityNames must hold a JSON array as text.") from error
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise invalid_argument("LogicalEntityNames must hold a JSON array of names.")
    return names
