"""Runs that survive their process: killed, stopped, doubled."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from liaison.engine.launch import PlainNotes, RecordedFailure
from liaison.engine.liveness import LifeLock, Watch, is_locked, lock_path
from liaison.ports import Executor
from tests.unit.store.conftest import POSTGRES_VARIABLE, SetClock, a_schema

ROOT = Path(__file__).parents[3]
PATIENCE_S = 20.0


class Process:
    """A worker process of `process.py` and the notes it writes."""

    def __init__(self, folder: Path, address: str, *options: str) -> None:
        command = [sys.executable, "-m", "tests.unit.engine.process", str(folder), address, *options]
        self.started_at = time.time()
        self.process = subprocess.Popen(command, cwd=ROOT)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


class Stage:
    """A folder with the links to be worked on, and the processes that share it."""

    def __init__(self, folder: Path, address: str = "") -> None:
        self.folder = folder
        self.address = address or f"sqlite:///{folder / 'liaison.sqlite'}"
        self.processes: list[Process] = []
        (folder / "links").write_text("l1")

    def start(self, *options: str) -> Process:
        self.processes.append(Process(self.folder, self.address, *options))
        return self.processes[-1]

    def notes(self) -> list[str]:
        path = self.folder / "notes"
        return path.read_text().splitlines() if path.exists() else []

    def counted(self, words: str) -> int:
        return sum(line == words for line in self.notes())

    def wait_for(self, words: str, times: int = 1) -> None:
        self.wait_until(lambda: sum(line.startswith(words) for line in self.notes()) >= times, words)

    def wait_until(self, holds: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not holds():
            if time.monotonic() > deadline:
                pytest.fail(f"waited {PATIENCE_S} s for {what!r}; notes: {self.notes()}")
            time.sleep(0.02)

    def end(self) -> None:
        (self.folder / "stop").touch()
        for started in self.processes:
            try:
                started.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                started.kill()


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    made = Stage(tmp_path)
    yield made
    made.end()


def test_a_run_killed_in_a_step_is_resumed_once_where_it_stood(stage: Stage) -> None:
    killed = stage.start("wait")
    stage.wait_for("begin two")
    killed.kill()
    (stage.folder / "go").touch()
    second = stage.start()
    stage.wait_for("finished")
    time.sleep(1.5)  # a run that is resumed twice shows itself by now
    assert [stage.counted(words) for words in ("begin one", "begin two", "begin three", "finished")] == [1, 2, 1, 1]
    resumed_at = float(re.findall(r"run connect l1 1 at (\S+)", "\n".join(stage.notes()))[-1])
    assert resumed_at - second.started_at < 5.0


def test_a_living_worker_takes_over_from_a_killed_one(stage: Stage) -> None:
    killed = stage.start("wait")
    stage.wait_for("begin two")
    stage.start()
    stage.wait_for("ready", 2)
    time.sleep(1.0)
    assert stage.counted("begin two") == 1, "a living worker's run was taken from it"
    killed.kill()
    at = time.monotonic()
    stage.wait_for("finished")
    assert time.monotonic() - at < 5.0
    assert (stage.counted("begin one"), stage.counted("begin two")) == (1, 2)


def test_on_postgresql_a_worker_on_another_machine_takes_over(tmp_path: Path) -> None:
    """No lock is shared, so the beats decide."""
    server = os.environ.get(POSTGRES_VARIABLE)
    if not server:
        pytest.skip(f"{POSTGRES_VARIABLE} names no PostgreSQL server")
    with a_schema(server) as address:
        stage = Stage(tmp_path, address)
        killed = stage.start("wait", "apart")
        stage.wait_for("begin two")
        stage.start("apart")
        stage.wait_for("ready", 2)
        time.sleep(1.5)
        assert stage.counted("begin two") == 1, "a living worker's run was taken from it"
        killed.kill()
        at = time.monotonic()
        stage.wait_for("finished")
        assert time.monotonic() - at < 5.0
        assert (stage.counted("begin one"), stage.counted("begin two"), stage.counted("finished")) == (1, 2, 1)
        stage.end()


def test_a_worker_that_slept_through_its_replacement_begins_anew(tmp_path: Path) -> None:
    """Stopped for longer than others wait, it must not carry on what they have taken over."""
    server = os.environ.get(POSTGRES_VARIABLE)
    if not server:
        pytest.skip(f"{POSTGRES_VARIABLE} names no PostgreSQL server")
    with a_schema(server) as address:
        stage = Stage(tmp_path, address)
        sleeper = stage.start("wait", "apart")
        stage.wait_for("begin two")
        sleeper.process.send_signal(signal.SIGSTOP)
        second = stage.start("apart")
        stage.wait_for("finished")
        (tmp_path / "go").touch()
        sleeper.process.send_signal(signal.SIGCONT)
        stage.wait_for(f"ready {sleeper.process.pid}", 2)
        assert stage.counted("begin three") == 1
        second.kill()
        (tmp_path / "links").write_text("l1 l2")
        stage.wait_for("finished", 2)
        assert stage.counted("begin three") == 2
        stage.end()


def test_two_workers_given_the_same_work_do_it_once(stage: Stage) -> None:
    links = [f"link-{number}" for number in range(8)]
    (stage.folder / "links").write_text(" ".join(links))
    stage.start()
    stage.start()
    stage.wait_for("finished", len(links))
    stage.wait_for("ready", 2)
    time.sleep(1.0)
    assert stage.counted("begin two") == len(links)
    assert stage.counted("finished") == len(links)


def test_a_worker_that_is_stopped_in_a_pause_leaves_the_run_to_the_next(stage: Stage) -> None:
    stopped = stage.start("wait")
    stage.wait_for("begin two")
    (stage.folder / "stop").touch()
    (stage.folder / "go").touch()
    assert stopped.process.wait(timeout=15) == 0
    (stage.folder / "stop").unlink()
    stage.start()
    stage.wait_for("finished")
    assert stage.counted("begin one") == 1
    assert stage.counted("finished") == 1


def test_the_engine_keeps_json_and_nothing_pickled(stage: Stage) -> None:
    stage.start()
    stage.wait_for("finished")
    stage.end()
    database = sqlite3.connect(stage.folder / "engine.sqlite")
    assert database.execute("SELECT serialization FROM workflow_status").fetchall() == [("liaison_json",)]
    (inputs,) = database.execute("SELECT inputs FROM workflow_input").fetchone()
    assert json.loads(inputs) == {"args": ["connect", "l1", 1], "kwargs": {}}
    assert database.execute("SELECT output FROM workflow_output").fetchall() == [('"connected"',)]
    outputs = [json.loads(output) for (output,) in database.execute("SELECT output FROM operation_outputs") if output]
    assert outputs[:3] == ["one", "two", "three"]
    database.close()
    assert oct((stage.folder / "engine.sqlite").stat().st_mode)[-3:] == "600"


def test_failures_are_kept_as_class_and_words() -> None:
    notes = PlainNotes()
    read = notes.deserialize(notes.serialize(ValueError("no such team")))
    assert isinstance(read, RecordedFailure)
    assert str(read) == "ValueError: no such team"
    assert notes.deserialize(notes.serialize({"args": ("a", 1), "kwargs": {}})) == {"args": ["a", 1], "kwargs": {}}


def make_executor(name: str, beats: int) -> Executor:
    return Executor(name, "host", 1, beats, "", SetClock().now())


def test_an_executor_whose_lock_is_held_lives_however_its_beats_stand(tmp_path: Path) -> None:
    lock = LifeLock(tmp_path, "one")
    assert lock.hold()
    watch = Watch(tmp_path, 1.0, now_s=iter(range(0, 1000, 100)).__next__)
    assert [watch.is_gone(make_executor("one", 0)) for _ in range(3)] == [False, False, False]
    lock.release()
    assert watch.is_gone(make_executor("one", 0))


def test_an_executor_without_a_lock_is_gone_after_three_missed_beats(tmp_path: Path) -> None:
    now_s = [0.0]
    watch = Watch(tmp_path, 1.0, now_s=lambda: now_s[0])
    assert not watch.is_gone(make_executor("far", 5))
    now_s[0] = 2.9
    assert not watch.is_gone(make_executor("far", 5))
    now_s[0] = 3.1
    assert watch.is_gone(make_executor("far", 5))
    assert not watch.is_gone(make_executor("far", 6))


def test_a_lock_ends_with_its_process(tmp_path: Path) -> None:
    code = "from pathlib import Path; from liaison.engine.liveness import LifeLock; import sys, time; "
    code += f"lock = LifeLock(Path({str(tmp_path)!r}), 'one'); lock.hold(); print('held', flush=True); time.sleep(60)"
    holder = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    holder.stdout.readline()
    assert is_locked(lock_path(tmp_path, "one")) is True
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    holder.stdout.close()
    assert is_locked(lock_path(tmp_path, "one")) is False
    assert is_locked(lock_path(tmp_path, "two")) is None
