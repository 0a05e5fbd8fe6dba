"""A pytest plugin: which statements and features are shown by which tests, and why tests were skipped.

`@pytest.mark.statement("S12")` ties a test to a line of `statements.tsv`. `pytest --statements docs/statements.md`
writes the table of a whole run.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

LIST = Path(__file__).with_name("statements.tsv")
_PROPERTY = "statement"
_RECORD = pytest.StashKey["Results"]()


@dataclass(frozen=True)
class Statement:
    number: str
    text: str
    must: str


@dataclass
class Results:
    """What became of each test, and the statements each is about."""

    outcome: dict[str, str] = field(default_factory=dict)
    reason: dict[str, str] = field(default_factory=dict)
    shown_by: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def note(self, report: pytest.TestReport) -> None:
        name = _without_parameters(report.nodeid)
        for number in (str(value) for key, value in report.user_properties if key == _PROPERTY):
            if name not in self.shown_by[number]:
                self.shown_by[number].append(name)
        self.outcome[name] = _worse(self.outcome.get(name, ""), _outcome(report))
        if report.skipped and isinstance(report.longrepr, tuple):
            self.reason[report.nodeid] = report.longrepr[2].removeprefix("Skipped: ")


def read_list(path: Path = LIST) -> tuple[Statement, ...]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(Statement(*line.split("\t")) for line in lines if line and not line.startswith("#"))


def _without_parameters(nodeid: str) -> str:
    return re.sub(r"\[.*\]$", "", nodeid, flags=re.DOTALL)


def _outcome(report: pytest.TestReport) -> str:
    if report.failed:
        return "failed"
    if report.skipped:
        return "skipped"
    return "passed" if report.when == "call" else ""


def _worse(one: str, other: str) -> str:
    order = ("", "passed", "skipped", "failed")
    return max(one, other, key=order.index)


def render(statements: Iterable[Statement], results: Results) -> str:
    """The table: each statement, its tests, and whether they passed."""
    lines = [
        "# Statements and their tests",
        "",
        "Written by the test run (`pytest --statements docs/statements.md`); do not edit.",
        "",
        "| No. | Statement or feature | What the system must do | Tests | Result |",
        "|---|---|---|---|---|",
    ]
    for one in statements:
        tests = sorted(results.shown_by.get(one.number, ()))
        named = "<br>".join(f"`{test}`" for test in tests) or "none yet"
        lines.append(f"| {one.number} | {one.text} | {one.must} | {named} | {_result(tests, results.outcome)} |")
    return "\n".join([*lines, ""])


def _result(tests: list[str], outcome: Mapping[str, str]) -> str:
    found = {outcome.get(test, "") for test in tests}
    for word in ("failed", "skipped", "passed"):
        if word in found:
            return word
    return "not shown"


# --- hooks -----------------------------------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--statements", metavar="PATH", default="", help="write the table of statements there")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_RECORD] = Results()
    config.pluginmanager.register(Recorder(config.stash[_RECORD]), "statements-recorder")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    known = {one.number for one in read_list()}
    for item in items:
        for mark in item.iter_markers("statement"):
            for number in mark.args:
                if number not in known:
                    raise pytest.UsageError(f"{item.nodeid}: there is no statement {number!r} in {LIST.name}")
                item.user_properties.append((_PROPERTY, number))


class Recorder:
    """Listens in the process that sees all reports, also when tests run in several."""

    def __init__(self, results: Results) -> None:
        self._results = results

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._results.note(report)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    results = config.stash[_RECORD]
    if results.reason:
        terminalreporter.section("skipped, and why")
        for nodeid, reason in sorted(results.reason.items()):
            terminalreporter.line(f"{nodeid}: {reason}")
    path = config.getoption("--statements")
    if path:
        Path(path).write_text(render(read_list(), results), encoding="utf-8")
        shown = sum(1 for one in read_list() if results.shown_by.get(one.number))
        terminalreporter.line(f"{path}: {shown} of {len(read_list())} statements and features have tests")
