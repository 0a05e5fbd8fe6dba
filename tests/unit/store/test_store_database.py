"""Opening the database: schema, safety of what was acknowledged, and who may read the file."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from liaison.errors import StoreUnavailable
from liaison.store import schema
from liaison.store.database import Database, make_engine, open_database
from liaison.store.executors import StoredExecutors
from liaison.store.schema.tables import metadata
from tests.unit.store.conftest import POSTGRES_VARIABLE, SERVER, SetClock, a_schema

pytestmark = pytest.mark.anyio


def test_every_test_of_the_store_runs_on_postgresql_too() -> None:
    if not SERVER:
        pytest.skip(f"{POSTGRES_VARIABLE} names no PostgreSQL server (postgresql+psycopg://user@host:port/database)")
    with a_schema(SERVER) as address:
        open_database(address).close()


def test_the_migrations_make_exactly_the_declared_tables(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = compare_metadata(context, metadata)
        assert [change for change in found if "alembic_version" not in str(change)] == []
        assert schema.read_version(connection) == schema.HEAD


def test_the_declared_version_is_the_last_migration() -> None:
    scripts = ScriptDirectory(str(Path(schema.__file__).parent))
    assert scripts.get_heads() == [schema.HEAD]


def test_opening_again_changes_nothing(address: str, database: Database) -> None:
    open_database(address).close()
    with database.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM audit_head")).scalar() == 1


def test_processes_that_start_together_make_one_schema(address: str) -> None:
    together, failures = threading.Barrier(4), []

    def start() -> None:
        together.wait()
        try:
            open_database(address).close()
        except Exception as failure:  # noqa: BLE001 - whatever it is, the test shows it
            failures.append(failure)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_database_of_a_newer_liaison_is_refused_untouched(address: str, database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(schema.DatabaseNewer) as refused:
        open_database(address)
    assert refused.value.version == "9999"


def test_the_file_and_what_lies_beside_it_are_the_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    database = open_database(f"sqlite:///{folder / 'liaison.sqlite'}")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    database.close()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert set(modes.values()) == {0o600}
    assert "liaison.sqlite-wal" in modes


def test_sqlite_keeps_what_it_acknowledged_through_a_power_cut(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'liaison.sqlite'}")
    with engine.connect() as connection:
        asked = ("journal_mode", "synchronous", "foreign_keys")
        found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in asked]
    engine.dispose()
    assert found == ["wal", 2, 1]


async def test_a_database_that_stays_locked_is_said_to_be_unavailable(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'liaison.sqlite'}"
    database, other = open_database(address), make_engine(address)
    hasty = make_engine(address)
    sa.event.listen(hasty, "connect", lambda raw, _: raw.execute("PRAGMA busy_timeout=50"))
    with other.connect() as holder:
        holder.exec_driver_sql("CREATE TABLE held (a)")  # begins, and keeps the write lock
        with pytest.raises(StoreUnavailable) as unavailable:
            await Database(hasty).write(lambda connection: connection.exec_driver_sql("CREATE TABLE wanted (a)"))
    assert (unavailable.value.service, unavailable.value.service_code) == ("liaison", "SQLITE_BUSY")
    for engine in (hasty, other, database.engine):
        engine.dispose()


async def test_an_executor_beats_until_another_takes_over(database: Database, clock: SetClock) -> None:
    executors = StoredExecutors(database, clock)
    await executors.join("one", "host", 11)
    await executors.join("one", "host", 11)
    assert await executors.beat("one")
    seen = (await executors.list())[0]
    assert (seen.id, seen.host, seen.pid, seen.beats, seen.successor) == ("one", "host", 11, 1, "")
    assert await executors.take_over(seen, "two")
    assert not await executors.take_over(seen, "three")
    assert not await executors.beat("one")
    await executors.leave("one")
    assert await executors.list() == ()


async def test_an_executor_that_beat_meanwhile_cannot_be_taken_over(database: Database, clock: SetClock) -> None:
    executors = StoredExecutors(database, clock)
    await executors.join("one", "host", 11)
    seen = (await executors.list())[0]
    await executors.beat("one")
    assert not await executors.take_over(seen, "two")
    assert await executors.beat("one")
