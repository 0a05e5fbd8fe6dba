"""The tenant's one file: what is remembered between changes, and what becomes of a file that was never finished."""

from __future__ import annotations

from pathlib import Path

import pytest

from liaison.tenant.estate.database import Database


def opened(path: Path) -> Database:
    database = Database(path)
    database.run_script("CREATE TABLE IF NOT EXISTS notes (text TEXT);")
    return database


def count(database: Database) -> int:
    return database.recall("count", lambda: int(database.value("SELECT count(*) FROM notes")))


def fail_after_adding(database: Database) -> None:
    before = count(database)
    with database.change() as change:
        change.execute("INSERT INTO notes VALUES ('b')")
        assert count(database) == before + 1
        raise LookupError


def test_what_is_recalled_is_never_older_than_the_last_change(tmp_path: Path) -> None:
    database = opened(tmp_path / "one.sqlite")
    assert count(database) == 0
    with database.change() as change:
        change.execute("INSERT INTO notes VALUES ('a')")
        assert count(database) == 1
    assert count(database) == 1
    with pytest.raises(LookupError):
        fail_after_adding(database)
    assert count(database) == 1
    database.copy_to(tmp_path / "copy.sqlite")
    with database.change() as change:
        change.execute("DELETE FROM notes")
    assert count(database) == 0
    database.restore_from(tmp_path / "copy.sqlite")
    assert count(database) == 1
    database.close()


def test_what_comes_back_has_another_life(tmp_path: Path) -> None:
    database = opened(tmp_path / "one.sqlite")
    database.copy_to(tmp_path / "copy.sqlite")
    lives = [database.life]
    with database.change() as change:
        change.execute("INSERT INTO notes VALUES ('a')")
    assert database.life == lives[0]
    with pytest.raises(LookupError), database.change():
        raise LookupError
    lives.append(database.life)
    database.restore_from(tmp_path / "copy.sqlite")
    lives.append(database.life)
    assert len(set(lives)) == 3
    database.close()


def test_a_copy_comes_back_once_for_each_change(tmp_path: Path) -> None:
    database = opened(tmp_path / "one.sqlite")
    copies = [tmp_path / "none.sqlite", tmp_path / "one.sqlite-copy"]
    database.copy_to(copies[0])
    with database.change() as change:
        change.execute("INSERT INTO notes VALUES ('a')")
    database.copy_to(copies[1])
    found, lives = [], []
    for copy in (copies[0], copies[0], copies[1], copies[0]):
        database.restore_from(copy)
        found.append(count(database))
        lives.append(database.life)
    assert found == [0, 0, 1, 0]
    assert [lives[0] == lives[1], len(set(lives))] == [True, 3]
    with database.change() as change:
        change.execute("INSERT INTO notes VALUES ('b')")
    database.restore_from(copies[0])
    assert count(database) == 0
    with database.change() as change:
        change.execute("ALTER TABLE notes ADD COLUMN more TEXT")
    database.restore_from(copies[0])
    assert [column["name"] for column in database.rows("PRAGMA table_info(notes)")] == ["text"]
    database.close()


def test_a_file_whose_loading_ended_is_as_safe_as_any(tmp_path: Path) -> None:
    path = tmp_path / "one.sqlite"
    database = opened(path)
    with database.loading(), database.change() as change:
        change.execute("INSERT INTO notes VALUES ('a')")
    assert (database.value("PRAGMA journal_mode"), database.value("PRAGMA synchronous")) == ("wal", 2)
    database.close()
    again = opened(path)
    assert count(again) == 1
    again.close()


def test_a_file_whose_loading_was_cut_short_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "one.sqlite"
    database = opened(path)
    with pytest.raises(LookupError), database.loading():
        fail_after_adding(database)
    database.close()
    path.write_bytes(b"half of a page")
    again = opened(path)
    assert count(again) == 0
    assert sorted(entry.name for entry in tmp_path.iterdir() if "-" not in entry.name) == ["one.sqlite"]
    assert not (tmp_path / "one.sqlite-loading").exists()
    again.close()
