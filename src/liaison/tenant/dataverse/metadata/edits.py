"""Writing a table's definition: document management, Teams integration, change tracking, its texts.

A PUT replaces the whole definition, so the three switches fall back to their default where the body leaves them out.
Change tracking, once on, stays on.
Source: create-update-entity-definitions-using-web-api.md; enable-document-management-entities.md.
"""

from __future__ import annotations

from liaison.tenant.dataverse.errors import invalid_argument, wrong_literal
from liaison.tenant.dataverse.metadata.permission import require_customizable, require_special
from liaison.tenant.dataverse.metadata.table_changes import change_texts
from liaison.tenant.dataverse.requests import Exchange
from liaison.tenant.dataverse.responses import Reply, empty_reply
from liaison.tenant.dataverse.session import Session
from liaison.tenant.dataverse.solutions import components
from liaison.tenant.estate.crm.environments import set_flags
from liaison.tenant.estate.crm.model import Flags, TableModel


def replace_definition(session: Session, exchange: Exchange, table: TableModel) -> Reply:
    """204. Needs the rights of a System Administrator or System Customizer."""
    require_special(session, "prvWriteEntity")
    body = exchange.json()
    if str(body.get("LogicalName") or table.name) != table.name:
        raise invalid_argument("The LogicalName of the definition does not match its address.")
    require_customizable(table)
    flags = Flags(
        documents=_flag(body, "IsDocumentManagementEnabled"),
        teams=_flag(body, "IsMSTeamsIntegrationEnabled"),
        tracked=_flag(body, "ChangeTrackingEnabled") or table.flags.tracked,
    )
    merge = exchange.headers.get("mscrm.mergelabels", "false").lower() == "true"
    change_texts(session, table, body, merge=merge)
    components.add_component(
        session, components.solution_asked(session, exchange, body), components.TABLE, table.table.id
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
