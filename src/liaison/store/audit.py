"""The audit: who did what to what, in order, each line's hash covering the one before."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa

from liaison.domain.names import Person
from liaison.ports import AuditLine, Clock
from liaison.store.database import Database
from liaison.store.schema.tables import audit, audit_head

_AT_ONCE = 1000


@dataclass(frozen=True)
class Entry:
    """A line before it has its number and hash."""

    at: datetime
    by: Person
    act: str
    subject: str
    detail: str

    @property
    def who(self) -> str:
        return f"{self.by.name} ({self.by.upn})" if self.by.upn else self.by.name


class StoredAudit:
    """Implements `ports.Audit`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def write(self, who: Person, act: str, subject: str, detail: str) -> None:
        """Append one line."""
        entry = Entry(self._clock.now(), who, act, subject, detail)
        await self._database.write(lambda connection: append(connection, entry))

    async def list(self, before: int = 0, size: int = 50) -> tuple[AuditLine, ...]:
        """Lines newest first, those numbered below `before` when it is given."""
        query = sa.select(audit).order_by(audit.c.number.desc()).limit(size)
        if before:
            query = query.where(audit.c.number < before)
        return await self._database.read(lambda connection: tuple(map(_line, connection.execute(query))))

    async def first_broken(self) -> int | None:
        """The number of the first line that was altered or is missing, None when the chain holds."""
        return await self._database.read(find_broken)


def append(connection: sa.Connection, entry: Entry) -> None:
    """Add a line at the chain's end; part of the caller's transaction, so that act and line stand or fall together."""
    head = connection.execute(sa.select(audit_head).with_for_update()).one()
    values: dict[str, Any] = {
        "number": head.number + 1,
        "at": entry.at,
        "tenant": entry.by.tenant,
        "person": entry.by.id,
        "who": entry.who,
        "act": entry.act,
        "subject": entry.subject,
        "detail": entry.detail,
        "previous_hash": head.hash,
    }
    values["hash"] = _hash(values)
    connection.execute(audit.insert().values(values))
    connection.execute(audit_head.update().values(number=values["number"], hash=values["hash"]))


def find_broken(connection: sa.Connection) -> int | None:
    """The first line whose number, predecessor or hash does not fit, or that the head knows and the table lacks."""
    number, previous = 0, ""
    for row in _in_order(connection):
        number += 1
        values = dict(row)
        kept = values.pop("hash")
        if values["number"] != number or values["previous_hash"] != previous or kept != _hash(values):
            return number
        previous = kept
    head = connection.execute(sa.select(audit_head)).one()
    return None if (head.number, head.hash) == (number, previous) else number + 1


def _in_order(connection: sa.Connection) -> Iterator[sa.RowMapping]:
    last = 0
    while True:
        query = sa.select(audit).where(audit.c.number > last).order_by(audit.c.number).limit(_AT_ONCE)
        rows = connection.execute(query).mappings().all()
        yield from rows
        if len(rows) < _AT_ONCE:
            return
        last = rows[-1]["number"]


def _hash(values: dict[str, Any]) -> str:
    order = ("number", "at", "tenant", "person", "who", "act", "subject", "detail", "previous_hash")
    return hashlib.sha256(orjson.dumps([values[name] for name in order], option=orjson.OPT_UTC_Z)).hexdigest()


def _line(row: Any) -> AuditLine:
    return AuditLine(row.number, row.at, row.who, row.act, row.subject, row.detail, row.hash)
