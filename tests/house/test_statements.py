"""The table of statements: every line of the list, its tests and what became of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.house.sources import ROOT
from tests.statements import Results, Statement, read_list, render

A_TEST = """
import pytest

@pytest.mark.statement("{number}")
@pytest.mark.parametrize("value", [1, 2])
def test_something(value):
    {body}
"""


def run(folder: Path, number: str, body: str, *options: str) -> subprocess.CompletedProcess[str]:
    """One made-up test under the plugin, in a process of its own."""
    (folder / "test_made_up.py").write_text(A_TEST.format(number=number, body=body), encoding="utf-8")
    marker = ["-o", "markers=statement(number): shows a statement"]
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "tests.statements",
        "-p",
        "no:cacheprovider",
        *marker,
        *options,
    ]
    return subprocess.run(
        [*command, "--rootdir", str(folder), str(folder)],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )


def line_of(page: Path, number: str) -> str:
    return next(line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith(f"| {number} "))


def test_the_list_has_every_statement_and_feature_once() -> None:
    numbers = [one.number for one in read_list()]
    assert len(numbers) == len(set(numbers))
    assert [number for number in numbers if number.startswith("F")] == [f"F{number:02}" for number in range(1, 88)]
    screenshots = {"S22", "S32", "S46"}
    assert {f"S{number:02}" for number in range(1, 55)} - set(numbers) == screenshots


def test_a_passing_test_shows_its_statement_once_for_all_its_cases(tmp_path: Path) -> None:
    page = tmp_path / "statements.md"
    ended = run(tmp_path, "S12", "assert value", "--statements", str(page))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert line_of(page, "S12").endswith("| `test_made_up.py::test_something` | passed |")
    assert line_of(page, "S13").endswith("| none yet | not shown |")


def test_one_failing_case_makes_the_statement_failed(tmp_path: Path) -> None:
    page = tmp_path / "statements.md"
    run(tmp_path, "S12", "assert value == 1", "--statements", str(page))
    assert line_of(page, "S12").endswith("| failed |")


def test_a_statement_that_is_not_there_is_refused(tmp_path: Path) -> None:
    ended = run(tmp_path, "S99", "assert value")
    assert ended.returncode == 4
    assert "there is no statement 'S99'" in ended.stdout + ended.stderr


def test_skipped_tests_are_listed_with_their_reasons(tmp_path: Path) -> None:
    ended = run(tmp_path, "S12", 'pytest.skip("no browser on this machine")')
    assert "test_made_up.py::test_something[1]: no browser on this machine" in ended.stdout


def test_the_table_escapes_nothing_but_keeps_every_line_whole() -> None:
    page = render([Statement("S01", "Text", "Must")], Results())
    assert page.splitlines()[-1] == "| S01 | Text | Must | none yet | not shown |"
