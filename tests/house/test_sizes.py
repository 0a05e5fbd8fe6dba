"""Files stay small enough to be about one thing, and say in their first line what it is."""

from __future__ import annotations

import ast

from tests.house.sources import ROOT, name_of, parsed, python_files

LONGEST_FILE_LINES = 600
LISTS = {"src/liaison/errors.py"}
"""Longer because it is one list that is read best in one piece: the tree of errors."""
FORBIDDEN_NAMES = {"manager", "helper", "helpers", "util", "utils", "common", "misc", "base"}


def test_no_file_is_over_the_longest() -> None:
    lengths = {
        name_of(path): len(path.read_text(encoding="utf-8").splitlines())
        for folder in (ROOT / "src", ROOT / "tests", ROOT / "bench")
        for path in python_files(folder)
    }
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE_LINES and name not in LISTS} == {}


def test_every_module_says_what_it_is_about() -> None:
    silent = [name_of(path) for path in python_files() if parsed(path).body and ast.get_docstring(parsed(path)) is None]
    assert silent == []


def test_no_module_is_named_for_nothing() -> None:
    assert [name_of(path) for path in python_files() if path.stem in FORBIDDEN_NAMES] == []
