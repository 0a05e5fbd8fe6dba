"""Templates of an environment. Each change is one transaction with its audit lines."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from liaison.domain.closing import OnClose
from liaison.domain.link import TeamPrivacy
from liaison.domain.names import ChannelKind, EnvironmentKey, Person, TableName, TeamId, TenantId
from liaison.domain.template import TeamTarget, Template, TemplateTeam, without_default
from liaison.errors import TemplateChanged, TemplateNameTaken, TemplateUnknown
from liaison.ports import Clock
from liaison.store.audit import Entry, append
from liaison.store.database import Database
from liaison.store.extras import read_extras, write_extras
from liaison.store.parts import Parts
from liaison.store.schema.tables import templates

SAVED, DELETED = "template.saved", "template.deleted"


class StoredTemplates:
    """Implements `ports.Templates`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def list(self, tenant: TenantId, environment: EnvironmentKey) -> tuple[Template, ...]:
        """By name."""
        return await self._database.read(lambda connection: _list(connection, tenant, environment))

    async def get(self, tenant: TenantId, environment: EnvironmentKey, template: str) -> Template:
        """Raises TemplateUnknown."""
        return await self._database.read(lambda connection: _get(connection, tenant, environment, template))

    async def save(self, template: Template, by: Person) -> Template:
        """A new one when its version is 0, else in place of that very version. It alone is the default of its tables.

        Raises TemplateUnknown, TemplateChanged, TemplateNameTaken.
        """
        try:
            return await self._database.write(lambda connection: self._save(connection, template, by))
        except IntegrityError:
            raise TemplateNameTaken(template.name) from None

    def _save(self, connection: sa.Connection, template: Template, by: Person) -> Template:
        saved = replace(template, version=template.version + 1, changed_by=by.name, changed_at=self._clock.now())
        before = None
        if template.version:
            before = self._require_version(connection, template, by)
            connection.execute(templates.update().where(_is(by.tenant, template)).values(_row(saved, by)))
        else:
            connection.execute(templates.insert().values(_row(saved, by)))
        append(connection, Entry(self._clock.now(), by, SAVED, saved.id, _difference(before, saved)))
        for other in _list(connection, by.tenant, saved.environment):
            if other.id != saved.id and set(other.default_of) & set(saved.default_of):
                self._take_default(connection, other, saved, by)
        return saved

    def _take_default(self, connection: sa.Connection, other: Template, saved: Template, by: Person) -> None:
        left = replace(without_default(other, saved.default_of), version=other.version + 1)
        connection.execute(templates.update().where(_is(by.tenant, other)).values(_row(left, by)))
        append(connection, Entry(self._clock.now(), by, SAVED, left.id, _difference(other, left)))

    async def delete(self, template: Template, by: Person) -> None:
        """That very version. Raises TemplateUnknown, TemplateChanged."""

        def drop(connection: sa.Connection) -> None:
            before = self._require_version(connection, template, by)
            connection.execute(templates.delete().where(_is(by.tenant, template)))
            append(connection, Entry(self._clock.now(), by, DELETED, before.id, _difference(before, None)))

        await self._database.write(drop)

    def _require_version(self, connection: sa.Connection, template: Template, by: Person) -> Template:
        """The template as it is kept, locked until the transaction ends."""
        query = sa.select(templates).where(_is(by.tenant, template)).with_for_update()
        row = connection.execute(query).one_or_none()
        if row is None:
            raise TemplateUnknown(template.name or template.id)
        now = _read(row)
        if now.version != template.version:
            raise TemplateChanged(now.name, now.changed_by)
        return now


def _is(tenant: TenantId, template: Template) -> sa.ColumnElement[bool]:
    columns = templates.c
    return sa.and_(columns.tenant == tenant, columns.environment == template.environment, columns.id == template.id)


def _list(connection: sa.Connection, tenant: TenantId, environment: EnvironmentKey) -> tuple[Template, ...]:
    columns = templates.c
    query = sa.select(templates).where(columns.tenant == tenant, columns.environment == environment)
    return tuple(map(_read, connection.execute(query.order_by(columns.folded_name))))


def _get(connection: sa.Connection, tenant: TenantId, environment: EnvironmentKey, template: str) -> Template:
    columns = templates.c
    is_it = sa.and_(columns.tenant == tenant, columns.environment == environment, columns.id == template)
    row = connection.execute(sa.select(templates).where(is_it)).one_or_none()
    if row is None:
        raise TemplateUnknown(template)
    return _read(row)


def _row(template: Template, by: Person) -> dict[str, Any]:
    return {
        "id": template.id,
        "tenant": by.tenant,
        "environment": template.environment,
        "folded_name": template.name.casefold(),
        "version": template.version,
        "changed_at": template.changed_at,
        "document": orjson.dumps({**_values(template), "changed_by": template.changed_by}).decode(),
    }


def _values(template: Template) -> dict[str, Any]:
    team = template.team
    return {
        "name": template.name,
        "tables": list(template.tables),
        "default_of": list(template.default_of),
        "team": {
            "target": team.target,
            "id": team.id,
            "name": team.name,
            "privacy": team.privacy,
            "label": team.label,
        },
        "channel_name": template.channel_name,
        "channel_kind": template.channel_kind,
        "extras": write_extras(template.extras),
        "on_close": template.on_close,
    }


def _read(row: Any) -> Template:
    whole = Parts(orjson.loads(row.document), "")
    found = Template(
        id=row.id,
        environment=EnvironmentKey(row.environment),
        name=whole.text("name"),
        tables=tuple(TableName(table) for table in whole.texts("tables")),
        default_of=tuple(TableName(table) for table in whole.texts("default_of")),
        team=whole.part("team", _read_team),
        channel_name=whole.text("channel_name"),
        channel_kind=whole.word("channel_kind", ChannelKind),
        extras=whole.part("extras", read_extras),
        on_close=whole.word("on_close", OnClose),
        version=row.version,
        changed_by=whole.text("changed_by"),
        changed_at=row.changed_at,
    )
    whole.nothing_else()
    return found


def _read_team(part: Parts) -> TemplateTeam:
    target, privacy = part.word("target", TeamTarget), part.word("privacy", TeamPrivacy)
    return TemplateTeam(target, TeamId(part.text("id")), part.text("name"), privacy, part.text("label"))


def _difference(before: Template | None, after: Template | None) -> str:
    """What changed, for the audit: the name, then each value before and after."""
    old, new = _values(before) if before else {}, _values(after) if after else {}
    changed = {name: [old.get(name), new.get(name)] for name in {**old, **new} if old.get(name) != new.get(name)}
    name = (after or before or Template("", EnvironmentKey(""), "")).name
    return f"{name}: {orjson.dumps(changed).decode()}"
