"""Every table of an environment, declared once; storage, metadata, queries and validation all read it here."""

from __future__ import annotations

from liaison.tenant.estate.crm.catalogue import activities, customizing, platform, sales, security, service, sharepoint
from liaison.tenant.estate.crm.tables import GlobalChoice, ManyToMany, Table

TABLES: tuple[Table, ...] = (
    *security.TABLES,
    *sales.TABLES,
    *service.TABLES,
    *activities.TABLES,
    *sharepoint.TABLES,
    *platform.TABLES,
    *customizing.TABLES,
)

MANY_TO_MANY: tuple[ManyToMany, ...] = security.MANY_TO_MANY

GLOBAL_CHOICES: tuple[GlobalChoice, ...] = sales.GLOBAL_CHOICES

BY_NAME: dict[str, Table] = {table.name: table for table in TABLES}
