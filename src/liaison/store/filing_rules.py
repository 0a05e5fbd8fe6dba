"""In which environments channel messages are filed, and by which reaction."""

from __future__ import annotations

import sqlalchemy as sa

from liaison.domain.filing import FilingRule
from liaison.domain.names import EnvironmentKey, Person, PersonId, TenantId
from liaison.store.database import Database, insert_new
from liaison.store.schema.tables import filing_rules


class StoredFilingRules:
    """Implements `ports.FilingRules`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, rule: FilingRule) -> None:
        values = {
            "tenant": rule.tenant,
            "environment": rule.environment,
            "reaction": rule.reaction,
            "at": rule.at,
            "by_person": rule.by.id,
            "by_name": rule.by.name,
            "by_upn": rule.by.upn,
        }

        def put(connection: sa.Connection) -> None:
            if not insert_new(connection, filing_rules, values):
                connection.execute(filing_rules.update().where(_is(rule.tenant, rule.environment)).values(values))

        await self._database.write(put)

    async def read(self, tenant: TenantId, environment: EnvironmentKey) -> FilingRule | None:
        """None where messages are not filed."""
        query = sa.select(filing_rules).where(_is(tenant, environment))
        row = await self._database.read(lambda connection: connection.execute(query).one_or_none())
        if row is None:
            return None
        by = Person(tenant, PersonId(row.by_person), row.by_name, row.by_upn)
        return FilingRule(environment, row.reaction, by, row.at)

    async def drop(self, tenant: TenantId, environment: EnvironmentKey) -> None:
        """Absent already is done."""
        delete = filing_rules.delete().where(_is(tenant, environment))
        await self._database.write(lambda connection: connection.execute(delete))


def _is(tenant: TenantId, environment: EnvironmentKey) -> sa.ColumnElement[bool]:
    return sa.and_(filing_rules.c.tenant == tenant, filing_rules.c.environment == environment)
