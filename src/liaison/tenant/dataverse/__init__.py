"""The Dataverse face: Web API v9.2 over the rows of `estate.crm`."""

from __future__ import annotations

from liaison.tenant.estate import Estate
from liaison.tenant.estate.crm import attachments, customizations
from liaison.tenant.estate.crm.storage import create_tables
from liaison.tenant.seeds.company import ENVIRONMENTS


def prepare(estate: Estate) -> None:
    """Create the tables of both environments; repeatable."""
    customizations.create_tables(estate)
    attachments.create_tables(estate)
    create_tables(estate, tuple(environment.key for environment in ENVIRONMENTS))
