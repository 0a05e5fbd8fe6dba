"""The audit chain: in order, and any change to it found."""

from __future__ import annotations

from datetime import timedelta

import anyio
import pytest
import sqlalchemy as sa

from liaison.store.audit import StoredAudit
from liaison.store.database import Database
from liaison.store.schema.tables import audit as audit_table
from liaison.store.schema.tables import audit_head
from tests.unit.store.conftest import CLAIRE, OLIVER, SetClock

pytestmark = pytest.mark.anyio


@pytest.fixture
async def audit(database: Database, clock: SetClock) -> StoredAudit:
    """An audit with five lines."""
    written = StoredAudit(database, clock)
    for number in range(1, 6):
        clock.advance(timedelta(seconds=number))
        await written.write(CLAIRE if number % 2 else OLIVER, "switches.saved", "sales", f"change {number} – é")
    return written


async def change(database: Database, statement: sa.Executable) -> None:
    await database.write(lambda connection: connection.execute(statement))


async def test_an_empty_audit_holds(database: Database, clock: SetClock) -> None:
    assert await StoredAudit(database, clock).first_broken() is None
    assert await StoredAudit(database, clock).list() == ()


async def test_lines_come_newest_first_and_page_by_number(audit: StoredAudit) -> None:
    assert [line.number for line in await audit.list(size=2)] == [5, 4]
    assert [line.number for line in await audit.list(before=4)] == [3, 2, 1]
    newest = (await audit.list(size=1))[0]
    assert (newest.who, newest.act, newest.subject, newest.detail) == (
        "Claire Fontaine (claire.fontaine@contoso.com)",
        "switches.saved",
        "sales",
        "change 5 – é",
    )


async def test_an_untouched_chain_holds(audit: StoredAudit) -> None:
    assert await audit.first_broken() is None


@pytest.mark.parametrize("column", ["who", "act", "subject", "detail", "tenant", "person", "previous_hash", "hash"])
async def test_one_changed_word_is_found(audit: StoredAudit, database: Database, column: str) -> None:
    changed = audit_table.update().where(audit_table.c.number == 3).values({column: "another"})
    await change(database, changed)
    assert await audit.first_broken() == 3


async def test_a_changed_time_is_found(audit: StoredAudit, database: Database) -> None:
    later = sa.text("UPDATE audit SET at = at + 1 WHERE number = 2")
    await change(database, later)
    assert await audit.first_broken() == 2


async def test_a_missing_line_is_found(audit: StoredAudit, database: Database) -> None:
    await change(database, audit_table.delete().where(audit_table.c.number == 2))
    assert await audit.first_broken() == 2


async def test_a_cut_tail_is_found(audit: StoredAudit, database: Database) -> None:
    await change(database, audit_table.delete().where(audit_table.c.number > 3))
    assert await audit.first_broken() == 4


async def test_a_changed_head_is_found(audit: StoredAudit, database: Database) -> None:
    await change(database, audit_head.update().values(number=7))
    assert await audit.first_broken() == 6


async def test_lines_written_at_once_make_one_chain(database: Database, clock: SetClock) -> None:
    audit = StoredAudit(database, clock)
    async with anyio.create_task_group() as tasks:
        for number in range(30):
            tasks.start_soon(audit.write, CLAIRE, "consent.seen", "t1", str(number))
    assert [line.number for line in await audit.list()] == list(range(30, 0, -1))
    assert await audit.first_broken() is None
