"""Switching Microsoft Teams integration on: what stands in the way.

Code 0x800503ca is raised while SharePoint integration is not configured and any of three things holds: OneDrive is
on, an active SharePoint site exists, a document location with an absolute URL exists. Its official name, status and
text are not published; status 400 and the text here are assumptions. Whether SharePoint is configured is an explicit
switch of the tenant, `dataverse.sharepoint_configured.<environment>`.
Source: sales/teams-integration/enable-record-linking.md; ce/teams-integration/teams-troubleshoot.md.
"""

# ruff: noqa: S608 - names come from table definitions, never from a request; every value is bound.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from liaison.tenant.dataverse.errors import DataverseError
from liaison.tenant.dataverse.rules.registry import TableRules, Values
from liaison.tenant.dataverse.session import Session, table_rows
from liaison.tenant.estate.crm.model import TableModel
from liaison.tenant.estate.switches import get_switch

ON_PREMISES = (
    "You cannot enable Microsoft Teams integration since the environment is integrated with SharePoint on-premises"
)
PREREQUISITES = (
    "You cannot enable Microsoft Teams integration. SharePoint integration isn't configured for this environment, and"
    " OneDrive for Business is enabled, an active SharePoint site exists, or a document location has an absolute URL."
)


def check_teams_switch(session: Session, table: TableModel, before: Mapping[str, Any], values: Values) -> None:
    """Refuse to switch Teams integration on while a prerequisite is missing."""
    del table
    if values.get("ismsteamsenabled") != 1 or before["ismsteamsenabled"] == 1:
        return
    if values.get("sharepointdeploymenttype", before["sharepointdeploymenttype"]) == 1:
        raise DataverseError(400, "0x80040265", ON_PREMISES)
    if not sharepoint_configured(session) and _obstacle_exists(session, before, values):
        raise DataverseError(400, "0x800503ca", PREREQUISITES)


def sharepoint_configured(session: Session) -> bool:
    return get_switch(session.estate, f"dataverse.sharepoint_configured.{session.environment}", True)


def _obstacle_exists(session: Session, before: Mapping[str, Any], values: Values) -> bool:
    if values.get("isonedriveenabled", before["isonedriveenabled"]) == 1:
        return True
    site, location = (table_rows(session, name) for name in ("sharepointsite", "sharepointdocumentlocation"))
    found = session.estate.db.value(
        f"SELECT EXISTS (SELECT 1 FROM {site} WHERE statecode = 0)"
        f" OR EXISTS (SELECT 1 FROM {location} WHERE absoluteurl IS NOT NULL)"
    )
    return bool(found)


ORGANIZATION_RULES = TableRules(before_update=check_teams_switch)
