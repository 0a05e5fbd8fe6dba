"""Writing a table's definition: document management, Teams integration, change tracking.

A PUT replaces the whole definition, so what the body leaves out falls back to its default; only these three
properties change anything here. Change tracking, once on, stays on.
Source: create-update-entity-definitions-using-web-api.md; enable-document-management-entities.md.
"""

from __future__ import annotations

from liaison.tenant.dataverse.errors import DataverseError, invalid_argument, wrong_literal
from liaison.tenant.dataverse.requests import Exchange
from liaison.tenant.dataverse.responses import Reply, empty_reply
from liaison.tenant.dataverse.session import Session
from liaison.tenant.estate.crm.environments import set_flags
from liaison.tenant.estate.crm.model import Flags, TableModel
from liaison.tenant.estate.crm.tables import Flag


def replace_definition(session: Session, exchange: Exchange, table: TableModel) -> Reply:
    """204. Needs the rights of a System Administrator or System Customizer."""
    if not session.user.may("prvPublishCustomization"):
        raise DataverseError(
            403,
            "0x80040220",
            f"Principal user (Id={session.user.id}, type=8) is missing prvWriteEntity privilege.",
        )
    body = exchange.json()
    if str(body.get("LogicalName") or table.name) != table.name:
        raise invalid_argument("The LogicalName of the definition does not match its address.")
    if table.table.has(Flag.FIXED):
        raise DataverseError(400, "0x80047013", f"The table '{table.name}' cannot be customized.")
    flags = Flags(
        documents=_flag(body, "IsDocumentManagementEnabled"),
        teams=_flag(body, "IsMSTeamsIntegrationEnabled"),
        tracked=_flag(body, "ChangeTrackingEnabled") or table.flags.tracked,
    )
    if flags != table.flags:
        set_flags(session.estate, session.environment, table.name, flags)
    return empty_reply({"OData-EntityId": f"{session.root}/EntityDefinitions({table.table.id})"})


def _flag(body: dict[str, object], name: str) -> bool:
    value = body.get(name)
    if value is None:
        return False
    if not isinstance(value, bool):
        raise wrong_literal("EntityDefinitions", value, "Edm.Boolean")
    return value
