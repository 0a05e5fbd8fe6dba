"""`make fuzz`: requests that no client should send, judged; `python -m tests.fuzz.run --seconds 300 --seed 7`.

A canary asks for something small on a connection of its own all the while: it must never wait. Times count only as far
as the tenant was at work itself, and what fails is asked three times: the machine may be busy with something else.
"""

from __future__ import annotations

import argparse
import http.client
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from tests.fuzz.attacks import attacks
from tests.fuzz.cases import Case, make_case
from tests.fuzz.judge import LONGEST_WAIT_S, SLOWEST_S, Answered, complaint
from tests.fuzz.world import Target, running_target

MOST_GROWTH_MB = 250.0


@dataclass
class Report:
    """What was sent and what came of it."""

    totals: Counter[tuple[str, str]] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    slowest_s: float = 0.0
    longest_wait_s: float = 0.0
    growth_mb: float = 0.0

    def __str__(self) -> str:
        classes = sorted({status for _, status in self.totals})
        lines = ["face        " + "".join(f"{name:>8}" for name in classes)]
        faces = sorted({face for face, _ in self.totals})
        lines += [f"{face:<12}" + "".join(f"{self.totals[face, name]:>8}" for name in classes) for face in faces]
        lines.append(
            f"{sum(self.totals.values())} requests; slowest {self.slowest_s * 1000:.0f} ms; longest wait of the canary"
            f" {self.longest_wait_s * 1000:.0f} ms; memory {self.growth_mb:+.0f} MB; {len(self.problems)} problems"
        )
        return "\n".join([*lines, *self.problems])


class Canary(threading.Thread):
    """Asks for something small again and again; `longest` is how long it waited since it was last read."""

    def __init__(self, target: Target) -> None:
        super().__init__(name="canary", daemon=True)
        self._target = target
        self._stopped = threading.Event()
        self._longest = 0.0
        self._asked_at: float | None = None
        self._lock = threading.Lock()

    def run(self) -> None:
        parts = urlsplit(self._target.address)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        headers = {"Authorization": f"Bearer {self._target.world.tokens['graph as Claire']}"}
        while not self._stopped.wait(0.01):
            self._asked_at = time.perf_counter()
            connection.request("GET", "/v1.0/me?$select=id", headers=headers)
            connection.getresponse().read()
            with self._lock:
                self._longest = max(self._longest, time.perf_counter() - self._asked_at)
                self._asked_at = None
        connection.close()

    def take(self) -> float:
        """The longest wait since this was last asked, one that lasts still counted."""
        with self._lock:
            asked_at = self._asked_at
            waiting = time.perf_counter() - asked_at if asked_at is not None else 0.0
            longest, self._longest = max(self._longest, waiting), 0.0
        return longest

    def stop(self) -> None:
        self._stopped.set()
        self.join(10)


class Sender:
    """One connection, made again when it was closed."""

    def __init__(self, target: Target, canary: Canary) -> None:
        self._target = target
        self._parts = urlsplit(target.address)
        self._canary = canary
        self._connection: http.client.HTTPConnection | None = None

    def send(self, case: Case) -> Answered:
        """The answer to a case; status 0 when the connection was closed instead."""
        self._canary.take()
        before = self._target.worked_s
        for fresh in (False, True):
            if self._connection is None or fresh:
                self._connection = http.client.HTTPConnection(self._parts.hostname or "", self._parts.port, timeout=60)
            started = time.perf_counter()
            try:
                return replace(self._answer(case, started), worked=self._target.worked_s - before)
            except (http.client.HTTPException, OSError):
                self._connection.close()
        return Answered(0, {}, b"", time.perf_counter() - started, self._canary.take())

    def _answer(self, case: Case, started: float) -> Answered:
        assert self._connection is not None
        self._connection.putrequest(case.method, case.target, skip_accept_encoding=True)
        headers = {**case.headers, "Content-Length": str(len(case.body))} if case.body else case.headers
        for name, value in headers.items():
            self._connection.putheader(name, value.encode("latin-1", "replace"))
        self._connection.endheaders(case.body or None)
        answer = self._connection.getresponse()
        body = answer.read()
        kept = {name.lower(): value for name, value in answer.getheaders()}
        seconds = time.perf_counter() - started
        if answer.will_close:
            self._connection.close()
            self._connection = None
        return Answered(answer.status, kept, body, seconds, self._canary.take())

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()


def fuzz(target: Target, cases: Iterable[Case], report: Report) -> None:
    """Send every case and note what is wrong."""
    canary = Canary(target)
    canary.start()
    sender = Sender(target, canary)
    try:
        for case in cases:
            answered = sender.send(case)
            report.totals[case.face, _class_of(answered.status)] += 1
            wrong = _wrong(case, answered)
            # Told apart from a busy machine by asking again: the quickest of three counts.
            for _ in range(2):
                if wrong is None:
                    break
                time.sleep(0.05)
                answered = min(answered, sender.send(case), key=lambda one: one.took + one.held_up)
                wrong = _wrong(case, answered)
            report.slowest_s = max(report.slowest_s, answered.took)
            report.longest_wait_s = max(report.longest_wait_s, answered.held_up)
            if wrong is not None:
                report.problems.append(f"{wrong}\n    {case.shown()}")
            if target.process.poll() is not None:
                report.problems.append(f"the tenant ended\n    {case.shown()}")
                return
    finally:
        canary.stop()
        sender.close()


def _class_of(status: int) -> str:
    if status in (0, 501):
        return "501" if status else "closed"
    return f"{status // 100}xx"


def _wrong(case: Case, answered: Answered) -> str | None:
    found = complaint(case, answered)
    if found is None and answered.took - _upload_s(case) > SLOWEST_S:
        found = f"took {answered.took:.2f} s"
    if found is None and answered.held_up > LONGEST_WAIT_S:
        found = f"others waited {answered.held_up:.2f} s"
    return found


def _upload_s(case: Case) -> float:
    """What the wire takes for a long body; loopback carries more than 100 MB in a second."""
    return len(case.body) / 50e6


def generated(target: Target, seed: int, seconds: float, most: int) -> Iterator[Case]:
    """Cases until the time or their number is up."""
    until = time.monotonic() + seconds
    for number in range(most):
        if time.monotonic() > until:
            return
        yield make_case(target.world, seed, number)


def run(folder: Path, seed: int, seconds: float, most: int = sys.maxsize, only: int | None = None) -> Report:
    """Attacks first, then generated cases, against a tenant of their own."""
    report = Report()
    with running_target(folder) as target:
        if only is not None:
            fuzz(target, [make_case(target.world, seed, only)], report)
            return report
        fuzz(target, generated(target, seed + 1, 3.0, 200), Report())
        before = target.memory_mb
        fuzz(target, attacks(target.world), report)
        fuzz(target, generated(target, seed, seconds, most), report)
        report.growth_mb = target.memory_mb - before
        if report.growth_mb > MOST_GROWTH_MB:
            report.problems.append(f"memory grew by {report.growth_mb:.0f} MB")
    return report


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--log", type=Path, help="keep the tenant's log there")
    parser.add_argument("--only", type=int, help="the number of one case")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = run(Path(folder), asked.seed, asked.seconds, only=asked.only)
        if asked.log is not None:
            shutil.copy(Path(folder) / "tenant.log", asked.log)
    sys.stdout.write(f"seed {asked.seed}\n{report}\n")
    return 1 if report.problems else 0


if __name__ == "__main__":
    sys.exit(main())
