"""What was acknowledged is there after a kill at any sync: rows, objects, files and grants."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from liaison.tenant.estate import open_estate

STRACE = shutil.which("strace")
pytestmark = [
    pytest.mark.skipif(STRACE is None, reason="strace is not installed"),
    pytest.mark.skipif(sys.platform != "linux", reason="strace is of Linux"),
]

WRITER = Path(__file__).with_name("durable_writer.py")


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a seeded tenant, from which each run begins."""
    folder = tmp_path_factory.mktemp("seeded")
    subprocess.run([sys.executable, WRITER, folder, "0"], check=True, capture_output=True)
    return folder


def killed_at(sync: int, seeded: Path, folder: Path, writes: int) -> list[dict[str, Any]]:
    """Let a tenant write until its n-th sync, which it does not survive; what it acknowledged by then."""
    shutil.copytree(seeded, folder)
    run = subprocess.run(
        [str(STRACE), "-f", "-o", "/dev/null", "-e", "trace=fsync,fdatasync",
         "-e", f"inject=fdatasync,fsync:signal=SIGKILL:when={sync}", sys.executable, WRITER, folder, str(writes)],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert run.returncode in (0, -signal.SIGKILL, 128 + signal.SIGKILL), run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


def missing(folder: Path, acknowledged: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Acknowledgements that the folder cannot keep."""
    estate = open_estate(folder)
    assert estate.db.value("PRAGMA integrity_check") == "ok"
    for one in acknowledged:
        found = estate.db.value(one["sql"], (one["value"],))
        if not found or ("content" in one and estate.blobs.get(found) != one["content"].encode()):
            yield one
    estate.db.close()


def survives(syncs: range, seeded: Path, tmp_path: Path, writes: int) -> int:
    """Kill at each of these syncs; how many writes were acknowledged in all."""
    count = 0
    for sync in syncs:
        folder = tmp_path / str(sync)
        acknowledged = killed_at(sync, seeded, folder, writes)
        assert list(missing(folder, acknowledged)) == []
        count += len(acknowledged)
        shutil.rmtree(folder)
    return count


def test_an_acknowledged_write_survives_a_kill(seeded: Path, tmp_path: Path) -> None:
    assert survives(range(4, 40, 12), seeded, tmp_path, 2) >= 4


@pytest.mark.slow
def test_an_acknowledged_write_survives_a_kill_at_every_sync(seeded: Path, tmp_path: Path) -> None:
    assert survives(range(1, 60), seeded, tmp_path, 3) > 100


def test_the_acknowledgement_leaves_after_the_data_is_synced(seeded: Path, tmp_path: Path) -> None:
    """A loss of power takes what was not synced: nothing acknowledged may wait for a sync.

    Every file of the tenant that was written since its last sync is clean at the moment an answer leaves.
    """
    folder, trace = tmp_path / "data", tmp_path / "trace"
    shutil.copytree(seeded, folder)
    calls = "write,pwrite64,sendto,fsync,fdatasync,rename,openat"
    subprocess.run(
        [str(STRACE), "-f", "-y", "-o", trace, "-e", f"trace={calls}", sys.executable, WRITER, folder, "3"],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    dirty: set[str] = set()
    acknowledgements = 0
    for line in trace.read_text("utf-8", "replace").splitlines():
        call = re.match(r"\d+\s+(\w+)\((\d+)<([^>]*)>", line)
        if call is None:
            continue
        name, path = call[1], call[3]
        if name in ("fsync", "fdatasync"):
            dirty.discard(path)
        elif name in ("write", "pwrite64") and str(folder) in path and not path.endswith("-shm"):
            dirty.add(path)
        elif name == "write" and call[2] == "1":
            acknowledgements += 1
            assert not dirty, f"{sorted(dirty)} not synced before {line[:80]}"
    assert acknowledgements >= 12


def test_a_tenant_killed_while_it_serves_starts_again_with_what_it_acknowledged(seeded: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(seeded, folder)
    with subprocess.Popen([sys.executable, WRITER, folder, "100000"], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        lines = [writer.stdout.readline() for _ in range(20)]
        started = time.monotonic()
        writer.kill()
        lines += [line for line in writer.stdout.read().splitlines() if line.endswith("}")]
    assert list(missing(folder, [json.loads(line) for line in lines])) == []
    assert time.monotonic() - started < 20
