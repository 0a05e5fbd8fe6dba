"""The rules of each table that has any."""

from __future__ import annotations

from liaison.tenant.dataverse.rules.collaboration import LINK_RULES
from liaison.tenant.dataverse.rules.organization import ORGANIZATION_RULES
from liaison.tenant.dataverse.rules.registry import TableRules
from liaison.tenant.dataverse.rules.sites import SITE_RULES
from liaison.tenant.dataverse.rules.solutions import PUBLISHER_RULES, SOLUTION_RULES

RULES: dict[str, TableRules] = {
    "organization": ORGANIZATION_RULES,
    "msdyn_teamscollaboration": LINK_RULES,
    "sharepointsite": SITE_RULES,
    "solution": SOLUTION_RULES,
    "publisher": PUBLISHER_RULES,
}
