"""Sessions, kept sign-in states, sealed tokens and consents."""

from __future__ import annotations

import stat
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from liaison.domain.consent import Consent, ConsentState
from liaison.store.consents import StoredConsents
from liaison.store.database import Database
from liaison.store.keys import Keys, KeysUnreadable, add_key, drop_old_keys, open_keys
from liaison.store.parked_tokens import StoredTokens, reseal_tokens
from liaison.store.schema.tables import parked_tokens
from liaison.store.sessions import StoredSessions
from tests.unit.store.conftest import CLAIRE, OLIVER, SetClock

pytestmark = pytest.mark.anyio


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "secret.key"


@pytest.fixture
def keys(key_file: Path) -> Keys:
    return open_keys(key_file)


@pytest.fixture
def sessions(database: Database, keys: Keys, clock: SetClock) -> StoredSessions:
    return StoredSessions(database, keys, clock)


@pytest.fixture
def tokens(database: Database, keys: Keys, clock: SetClock) -> StoredTokens:
    return StoredTokens(database, keys, clock)


async def everything_in(database: Database) -> str:
    """All rows of all tables as text."""

    def read(connection: sa.Connection) -> str:
        tables = sa.inspect(connection).get_table_names()
        return "\n".join(
            str(connection.execute(sa.select(sa.text("*")).select_from(sa.table(table))).all()) for table in tables
        )

    return await database.read(read)


async def test_an_opened_session_is_found_by_its_id(sessions: StoredSessions) -> None:
    opened = await sessions.open(CLAIRE, "fr")
    assert await sessions.find(opened.id) == opened
    assert opened.person == CLAIRE
    assert len(opened.id) >= 43
    assert await sessions.find("another") is None


async def test_two_sessions_share_neither_id_nor_form_token(sessions: StoredSessions) -> None:
    one, two = await sessions.open(CLAIRE, "fr"), await sessions.open(CLAIRE, "fr")
    assert one.id != two.id
    assert one.form_token != two.form_token


async def test_the_store_does_not_know_the_session_id(sessions: StoredSessions, database: Database) -> None:
    opened = await sessions.open(CLAIRE, "fr")
    stored = await everything_in(database)
    assert opened.id not in stored
    assert opened.form_token not in stored


async def test_a_session_ends_an_hour_after_its_last_use(sessions: StoredSessions, clock: SetClock) -> None:
    opened = await sessions.open(CLAIRE, "fr")
    clock.advance(timedelta(minutes=59))
    assert await sessions.find(opened.id) is not None
    clock.advance(timedelta(minutes=59))
    assert await sessions.find(opened.id) is not None
    clock.advance(timedelta(minutes=61))
    assert await sessions.find(opened.id) is None


async def test_a_session_ends_after_twelve_hours_however_much_it_is_used(
    sessions: StoredSessions, clock: SetClock
) -> None:
    opened = await sessions.open(CLAIRE, "fr")
    for _ in range(24):
        assert await sessions.find(opened.id) is not None
        clock.advance(timedelta(minutes=30))
    clock.advance(timedelta(seconds=1))
    assert await sessions.find(opened.id) is None


async def test_a_closed_session_is_gone(sessions: StoredSessions) -> None:
    opened = await sessions.open(CLAIRE, "fr")
    await sessions.close(opened.id)
    assert await sessions.find(opened.id) is None


async def test_language_and_theme_are_kept(sessions: StoredSessions) -> None:
    opened = await sessions.open(CLAIRE, "fr")
    await sessions.set_taste(opened.id, "en", "dark")
    found = await sessions.find(opened.id)
    assert found == replace(opened, language="en", theme="dark", person=replace(CLAIRE, language="en"))


async def test_what_is_kept_is_taken_once(sessions: StoredSessions) -> None:
    await sessions.keep("state-1", '{"verifier": "secret-verifier"}')
    assert await sessions.take("state-2") is None
    assert await sessions.take("state-1") == '{"verifier": "secret-verifier"}'
    assert await sessions.take("state-1") is None


async def test_what_is_kept_too_long_is_not_given(sessions: StoredSessions, clock: SetClock) -> None:
    await sessions.keep("state-1", "kept", minutes=10)
    clock.advance(timedelta(minutes=11))
    assert await sessions.take("state-1") is None


async def test_kept_states_are_sealed(sessions: StoredSessions, database: Database) -> None:
    await sessions.keep("state-1", "secret-verifier")
    stored = await everything_in(database)
    assert "secret-verifier" not in stored
    assert "state-1" not in stored


async def test_ended_sessions_and_states_are_swept_away(sessions: StoredSessions, clock: SetClock) -> None:
    await sessions.open(CLAIRE, "fr")
    await sessions.keep("state-1", "kept")
    clock.advance(timedelta(minutes=30))
    kept = await sessions.open(OLIVER, "en")
    clock.advance(timedelta(minutes=31))
    assert await sessions.forget_ended() == 2
    assert await sessions.find(kept.id) is not None


async def test_a_token_is_read_as_it_was_parked_and_the_last_one_counts(tokens: StoredTokens) -> None:
    assert await tokens.read(CLAIRE.tenant, CLAIRE.id) is None
    await tokens.park(CLAIRE.tenant, CLAIRE.id, "refresh-1")
    await tokens.park(CLAIRE.tenant, CLAIRE.id, "refresh-2")
    assert await tokens.read(CLAIRE.tenant, CLAIRE.id) == "refresh-2"
    assert await tokens.read(OLIVER.tenant, OLIVER.id) is None
    await tokens.forget(CLAIRE.tenant, CLAIRE.id)
    assert await tokens.read(CLAIRE.tenant, CLAIRE.id) is None


async def test_tokens_do_not_stand_in_the_database(tokens: StoredTokens, database: Database) -> None:
    await tokens.park(CLAIRE.tenant, CLAIRE.id, "refresh-canary")
    assert "refresh-canary" not in await everything_in(database)


async def test_a_token_moved_to_another_person_cannot_be_opened(tokens: StoredTokens, database: Database) -> None:
    await tokens.park(CLAIRE.tenant, CLAIRE.id, "refresh-1")
    moved = parked_tokens.update().values(person=OLIVER.id)
    await database.write(lambda connection: connection.execute(moved))
    with pytest.raises(KeysUnreadable):
        await tokens.read(OLIVER.tenant, OLIVER.id)


async def test_after_a_rotation_old_tokens_open_with_the_new_key_alone(
    tokens: StoredTokens, database: Database, key_file: Path, clock: SetClock
) -> None:
    await tokens.park(CLAIRE.tenant, CLAIRE.id, "refresh-1")
    assert reseal_tokens(database, add_key(key_file)) == 1
    fresh = drop_old_keys(key_file)
    assert len(fresh.by_id) == 1
    assert await StoredTokens(database, fresh, clock).read(CLAIRE.tenant, CLAIRE.id) == "refresh-1"
    with pytest.raises(KeysUnreadable):
        await tokens.read(CLAIRE.tenant, CLAIRE.id)
    assert reseal_tokens(database, fresh) == 0


def test_the_key_file_is_its_owners_alone_and_stays_the_same(key_file: Path) -> None:
    first = open_keys(key_file)
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert open_keys(key_file) == first
    assert list(key_file.parent.iterdir()) == [key_file]


def test_two_processes_that_start_together_make_one_key(key_file: Path) -> None:
    together, found = threading.Barrier(8), []

    def start() -> None:
        together.wait()
        found.append(open_keys(key_file).current)

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1


@pytest.mark.parametrize(
    "content", ["", "{}", '{"current": "a", "keys": {}}', '{"current": "a", "keys": {"a": "eA=="}}']
)
def test_a_file_that_holds_no_keys_is_refused(key_file: Path, content: str) -> None:
    key_file.parent.mkdir()
    key_file.write_text(content)
    with pytest.raises(KeysUnreadable):
        open_keys(key_file)


def test_keys_show_nothing_of_themselves(keys: Keys) -> None:
    assert keys.current not in repr(keys)


async def test_consent_never_seen_is_not_asked(database: Database) -> None:
    assert await StoredConsents(database).read(CLAIRE.tenant) == Consent(ConsentState.NOT_ASKED)


async def test_the_last_consent_seen_is_read_back(database: Database, clock: SetClock) -> None:
    consents = StoredConsents(database)
    await consents.save(CLAIRE.tenant, Consent(ConsentState.REFUSED, (), ("A", "B"), "Nadia Benali", clock.now()))
    granted = Consent(ConsentState.GRANTED, ("A", "B"), (), "Nadia Benali", clock.now())
    await consents.save(CLAIRE.tenant, granted)
    assert await consents.read(CLAIRE.tenant) == granted
