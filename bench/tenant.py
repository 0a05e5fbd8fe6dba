"""The local tenant at scale: its queries beside Datasette on the same rows, loading, start, memory, reset, its file.

`--scale` is the number of accounts and of document locations. Datasette serves the same rows from a file laid out for
it: a key and an index in the order of its pages for each question. It is asked with counts, facets and suggestions
off, and a few times as it comes.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.measure import compare, table
from bench.questions import QUESTIONS, READINESS, Question
from bench.wire import Wire

ROWS = {
    "account": ("name__fold", "modifiedon"),
    "sharepointdocumentlocation": ("parentsiteorlocation", "regardingobjectid"),
}
STARTS = 5
PORTS = {"fair": 8411, "default": 8412}
FAIR = ("--setting", "suggest_facets", "off", "--setting", "allow_facet", "off")
SLOW = ("--setting", "sql_time_limit_ms", "60000")
DEFAULT_ASKED = 3
_STRIDE = 977
_PLAIN = "&_nocount=1&_nofacet=1&_nosuggest=1"


@dataclass(frozen=True)
class Served:
    """A running tenant and what it tells about itself."""

    process: subprocess.Popen[bytes]
    told: dict[str, Any]
    folder: Path
    ready_s: float

    @property
    def port(self) -> int:
        return int(self.told["tenant"]["http"].rpartition(":")[2])

    def memory_mb(self) -> float:
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024

    def control(self, method: str, place: str, body: bytes | None = None) -> bytes:
        address = f"http://127.0.0.1:{self.port}/_control/{place}"
        with urllib.request.urlopen(urllib.request.Request(address, body, method=method)) as answer:
            return bytes(answer.read())

    def dataverse(self) -> Wire:
        """A client with the application's token for the first environment."""
        address = f"http://localhost:{self.port}"
        form = {**self.told["apps"]["application"], "grant_type": "client_credentials", "scope": f"{address}/.default"}
        place = f"{address}/{self.told['tenant']['id']}/oauth2/v2.0/token"
        with urllib.request.urlopen(place, urllib.parse.urlencode(form).encode()) as answer:
            return Wire(self.port, {"Authorization": f"Bearer {json.load(answer)['access_token']}"})


@contextmanager
def served(folder: Path, scale: int = 0) -> Iterator[Served]:
    """A tenant of its own process, from the command to its end."""
    command = [sys.executable, "-m", "liaison", "tenant", "--data", str(folder), "--port", "0", "--json"]
    started = time.perf_counter()
    with subprocess.Popen([*command, "--scale", str(scale)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        try:
            yield Served(process, told, folder, time.perf_counter() - started)
        finally:
            process.terminate()
            process.wait()


@contextmanager
def datasette(command: Path, rows: Path, port: int, *settings: str) -> Iterator[Wire]:
    with subprocess.Popen(
        [str(command), "serve", str(rows), "-p", str(port), *SLOW, *settings],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            wire = Wire(port)
            _until_answered(lambda: wire.get("/rows.json"))
            yield wire
        finally:
            process.terminate()
            process.wait()


def _until_answered(ask: Callable[[], object]) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            ask()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return


def copy_rows(source: Path, target: Path) -> None:
    """The rows of the questions in tables of their own, with the indexes Datasette's pages want."""
    copy = sqlite3.connect(target)
    copy.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;")
    copy.execute("ATTACH ? AS tenant", (str(source),))
    for name, indexed in ROWS.items():
        stored = f"contoso-sales.{name}"
        declared = copy.execute("SELECT sql FROM tenant.sqlite_master WHERE name = ?", (stored,)).fetchone()[0]
        copy.execute(declared.replace(f'"{stored}"', name))
        copy.execute(f'INSERT INTO {name} SELECT * FROM tenant."{stored}"')
        for column in indexed:
            copy.execute(f"CREATE INDEX {name}_{column} ON {name} ({column}, {name}id)")
    copy.commit()
    copy.execute("ANALYZE")
    copy.close()


def measure_question(
    question: Question, ours: Wire, fair: Wire, default: Wire, scale: int, pairs: int
) -> tuple[str, ...]:
    """One question to both, another row each time where it asks for one row."""
    numbers = (number * _STRIDE % scale for number in itertools.count(1))

    def pair() -> tuple[Callable[[], None], Callable[[], None]]:
        return (
            lambda: _drop(ours.get(*question.ours(next(numbers)))),
            lambda: _drop(fair.get(question.theirs(next(numbers)) + _PLAIN)),
        )

    ours_asks, fair_asks = pair()
    ours_asks()
    fair_asks()
    ratio = compare(ours_asks, fair_asks, pairs)
    asked = sorted(_ms(lambda: _drop(default.get(question.theirs(next(numbers))))) for _ in range(DEFAULT_ASKED))
    as_it_comes = statistics.median(asked)
    spread = f"{ratio.median:.1f} x ({ratio.lower:.1f} to {ratio.upper:.1f})"
    return (
        question.name, f"{ratio.ours_ms:.2f} ms", f"{ratio.baseline_ms:.2f} ms", spread,
        f"{as_it_comes:.0f} ms ({as_it_comes / ratio.ours_ms:.0f} x)",
    )  # fmt: skip


def _drop(_: bytes) -> None:
    """Bodies are read and not looked at."""


def _ms(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1000


def measure_readiness(small: Wire, large: Wire, pairs: int) -> list[tuple[str, ...]]:
    """What the readiness check asks, of a thousand rows and of all: the ratio says whether it grows."""
    rows = []
    for name, path in READINESS.items():
        ratio = compare(lambda path=path: _drop(small.get(path)), lambda path=path: _drop(large.get(path)), pairs)
        spread = f"{ratio.median:.2f} x ({ratio.lower:.2f} to {ratio.upper:.2f})"
        rows.append((name, f"{ratio.ours_ms:.2f} ms", f"{ratio.baseline_ms:.2f} ms", spread))
    return rows


def measure_surface(wire: Wire) -> list[tuple[str, ...]]:
    """Paging through all rows, counting, and changes, at this scale."""
    root = "/api/data/v9.2"
    count = wire.get(f"{root}/accounts/$count").decode().lstrip("\ufeff")
    page, pages, rows = f"{root}/accounts?$select=name", 0, 0
    started = time.perf_counter()
    while page:
        found = json.loads(wire.get(page))
        pages, rows = pages + 1, rows + len(found["value"])
        page = _path(found.get("@odata.nextLink"))
    paged_s = time.perf_counter() - started
    tracked = {"Prefer": "odata.track-changes"}
    page, changes, started = f"{root}/sharepointdocumentlocations?$select=name", 0, time.perf_counter()
    while page:
        found = json.loads(wire.get(page, tracked))
        changes, delta = changes + len(found["value"]), found.get("@odata.deltaLink")
        page = _path(found.get("@odata.nextLink"))
    tracked_s = time.perf_counter() - started
    delta_ms = _ms(lambda: wire.get(_path(delta)))
    return [
        ("$count", f"says {count}"),
        ("paging through all accounts", f"{rows} rows in {pages} pages, {paged_s:.1f} s"),
        ("first round of change tracking", f"{changes} rows, {tracked_s:.1f} s"),
        ("the delta after it", f"{delta_ms:.1f} ms"),
    ]


def _path(link: str | None) -> str:
    return "" if link is None else "/" + link.split("/", 3)[3]


def measure_keeping(tenant: Served) -> list[tuple[str, ...]]:
    """Reset and the tenant's file."""
    reset_ms = _ms(lambda: tenant.control("POST", "reset"))
    started = time.perf_counter()
    file = tenant.control("GET", "estate")
    export_s = time.perf_counter() - started
    import_ms = _ms(lambda: tenant.control("PUT", "estate", file))
    return [
        ("reset", f"{reset_ms:.0f} ms"),
        ("export", f"{export_s:.2f} s, {len(file) / 1e6:.1f} MB"),
        ("import", f"{import_ms / 1000:.2f} s"),
    ]


def measure_starts() -> list[tuple[str, ...]]:
    """From the command in an empty folder to the line that says ready; memory a second later."""
    times, memory = [], []
    for _ in range(STARTS):
        with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as tenant:
            times.append(tenant.ready_s)
            time.sleep(1)
            memory.append(tenant.memory_mb())
    return [
        ("start from an empty folder", f"{statistics.median(times):.2f} s"),
        ("memory when idle", f"{statistics.median(memory):.0f} MB"),
    ]


def main() -> None:
    """Print the tables. Raises when anything that is measured does not succeed."""
    parser = argparse.ArgumentParser(prog="bench.tenant")
    parser.add_argument("--scale", type=int, default=1_000_000)
    parser.add_argument("--pairs", type=int, default=30)
    parser.add_argument("--datasette", type=Path, required=True)
    asked = parser.parse_args()
    load = Path("/proc/loadavg").read_text().split()[0]
    print(f"\nThe local tenant with {asked.scale} accounts and locations; load of the machine {load}")
    print(table(("alone", ""), measure_starts()))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with served(folder / "large", asked.scale) as large, served(folder / "small", 1000) as small:
            print(f"\nloaded in {large.ready_s:.1f} s, {large.memory_mb():.0f} MB after it")
            copy_rows(folder / "large" / "seed.sqlite", folder / "rows.db")
            wire = large.dataverse()
            with (
                datasette(asked.datasette, folder / "rows.db", PORTS["fair"], *FAIR) as fair,
                datasette(asked.datasette, folder / "rows.db", PORTS["default"]) as default,
            ):
                rows = [
                    measure_question(question, wire, fair, default, asked.scale, asked.pairs) for question in QUESTIONS
                ]
            titles = ("question", "ours", "Datasette", "ratio (quartiles)", "Datasette as it comes")
            print(table(titles, rows), end="\n\n")
            titles = ("readiness", "1000 rows", f"{asked.scale} rows", "ratio (quartiles)")
            print(table(titles, measure_readiness(small.dataverse(), wire, asked.pairs)), end="\n\n")
            print(table(("surface", ""), measure_surface(wire)), end="\n\n")
            print(table(("small seed", ""), measure_keeping(small)))


if __name__ == "__main__":
    main()
