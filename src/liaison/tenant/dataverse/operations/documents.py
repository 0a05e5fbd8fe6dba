"""Addresses of sites and document locations.

`SiteCollectionUrl` is blank unless the site has `isgridpresent`. Source: actions-on-sharepoint-location-records.md.
"""

from __future__ import annotations

from liaison.tenant.dataverse.requests import Exchange
from liaison.tenant.dataverse.responses import Reply, json_reply
from liaison.tenant.dataverse.rows.finding import require_right, require_row
from liaison.tenant.dataverse.rules.locations import absolute_address, site_of
from liaison.tenant.dataverse.session import Session
from liaison.tenant.estate.crm.model import TableModel
from liaison.tenant.estate.crm.privileges import Right


def retrieve_absolute_url(
    session: Session, exchange: Exchange, table: TableModel, row_id: str, inside: str | None
) -> Reply:
    """The address a site or location stands for, and that of its site collection."""
    del exchange, inside
    found = require_row(session, table, row_id)
    require_right(session, table, found, Right.READ)
    row = dict(zip(found.keys(), found, strict=True))
    site = site_of(session, table.name, row)
    collection = absolute_address(session, "sharepointsite", site) if site and site["isgridpresent"] else None
    operation = "RetrieveAbsoluteAndSiteCollectionUrlResponse"
    return json_reply(
        {
            "@odata.context": f"{session.metadata_root}#Microsoft.Dynamics.CRM.{operation}",
            "AbsoluteUrl": absolute_address(session, table.name, row) or "",
            "SiteCollectionUrl": collection or "",
        }
    )
