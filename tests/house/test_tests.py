"""How we test: trouble is asked of the tenant or told to a fake, never patched into our own modules."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.house.sources import ROOT, name_of, parsed, python_files

MOCKS = {"mock", "unittest.mock", "pytest_mock", "respx"}
PATCHING = {"setattr", "delattr", "setitem", "delitem"}
THEIR_OWN = {"sys", "os"}
"""The process's own state may be set for a test; our modules may not."""


def patches(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names) if any(name.name in MOCKS for name in names):
                yield f"line {node.lineno}: imports a mocking library"
            case ast.ImportFrom(module=str(module)) if module in MOCKS or (
                module == "unittest" and any(name.name == "mock" for name in node.names)
            ):
                yield f"line {node.lineno}: imports a mocking library"
            case ast.Call(func=ast.Attribute(value=ast.Name(id="monkeypatch"), attr=attr), args=args):
                if attr in PATCHING and not _is_process_state(args):
                    yield f"line {node.lineno}: monkeypatch.{attr}"
            case ast.arg(arg="mocker"):
                yield f"line {node.lineno}: asks for mocker"
            case _:
                pass


GROUPING = {"serial", "xdist_group"}
"""Whole files run in one process each (docs/decisions/0011)."""


def groupings(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Attribute(attr="mark"), attr=attr) if attr in GROUPING:
                yield f"line {node.lineno}: mark {attr}"
            case _:
                pass


def _is_process_state(args: list[ast.expr]) -> bool:
    match args[0] if args else None:
        case ast.Name(id=name) | ast.Attribute(value=ast.Name(id=name)):
            return name in THEIR_OWN
        case _:
            return False


def test_no_test_patches_our_modules() -> None:
    found = [f"{name_of(path)} {patch}" for path in python_files(ROOT / "tests") for patch in patches(parsed(path))]
    assert found == []


def test_no_test_asks_for_a_group_of_its_own() -> None:
    found = [f"{name_of(path)} {mark}" for path in python_files(ROOT / "tests") for mark in groupings(parsed(path))]
    assert found == []
    assert list(groupings(ast.parse('pytestmark = pytest.mark.xdist_group("one")'))) == ["line 1: mark xdist_group"]


@pytest.mark.parametrize(
    "line",
    [
        "from unittest.mock import patch",
        "from unittest import mock",
        "import unittest.mock",
        'monkeypatch.setattr("liaison.graph.client.send", fake)',
        "monkeypatch.setattr(client, 'send', fake)",
        "def test_x(mocker): ...",
        "monkeypatch.setitem(registry, 'a', 1)",
    ],
)
def test_a_bad_line_is_found(line: str) -> None:
    assert list(patches(ast.parse(line)))


@pytest.mark.parametrize(
    "line",
    ["monkeypatch.setenv('LANG', 'fr')", "monkeypatch.setattr(sys, 'argv', [])", "monkeypatch.chdir(tmp_path)"],
)
def test_a_good_line_passes(line: str) -> None:
    assert list(patches(ast.parse(line))) == []
