"""Every call that the product makes is one that a client nobody here wrote makes of the local tenant too.

The product's calls are read from its adapters' sources; what other clients asked for stands in the page of operations,
and in what runs of this checkout have seen since it was written.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from liaison.tenant.estate import open_estate
from liaison.tenant.estate.surface import Naming
from liaison.tenant.faces import naming_of
from tests.coverage_of_operations import read

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "local-tenant" / "coverage.md"
BASES = {"graph": "/v1.0", "dataverse": "/api/data/v9.2"}
MADE_BY = {"Call": 0, "read_call": None}
"""Functions that describe a call, and where the method stands; `read_call` reads."""
KEYS = {"set": "accounts", "row": "00000000-0000-0000-0000-000000000001"}


def product_calls(adapter: str) -> set[tuple[str, str]]:
    """Method and address pattern of every call in an adapter's sources."""
    files = sorted((ROOT / "src" / "liaison" / adapter).glob("*.py"))
    return {call for file in files for call in calls_in(ast.parse(file.read_text(encoding="utf-8")))}


def calls_in(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """The calls described in a module; texts may have names, in the module or in the function around."""
    outer = dict(_texts(tree.body, {}))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    for scope in (*functions, tree):
        known = outer if scope is tree else outer | dict(_texts(ast.walk(scope), outer))
        for node in ast.walk(scope) if scope is not tree else _outside_functions(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MADE_BY:
                texts = [_text(argument, known) for argument in node.args]
                method, path = ("GET", texts[0]) if MADE_BY[node.func.id] is None else (texts[0], texts[1])
                if method is not None and path is not None and path.startswith("/"):
                    yield method, path


def _outside_functions(tree: ast.Module) -> Iterator[ast.AST]:
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from ast.walk(node)


def _texts(nodes: Iterator[ast.AST] | list[ast.stmt], known: dict[str, str]) -> Iterator[tuple[str, str]]:
    known = dict(known)
    for node in nodes:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            text = _text(node.value, known)
            if text is not None:
                known[node.targets[0].id] = text
                yield node.targets[0].id, text


def _text(node: ast.expr, known: dict[str, str]) -> str | None:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Name(id=name):
            return known.get(name)
        case ast.JoinedStr(values=values):
            parts = [_text(value.value if isinstance(value, ast.FormattedValue) else value, known) for value in values]
            return None if None in parts else "".join(part for part in parts if part is not None)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            sides = _text(left, known), _text(right, known)
            return None if None in sides else f"{sides[0]}{sides[1]}"
        case _:
            return None


def asked_by_others() -> set[str]:
    """The operations that foreign clients exercise: by the page, and by what has run here."""
    rows = [line.split(" | ") for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    written = {row[0].removeprefix("| ").strip("`") for row in rows if row[-1].rstrip(" |") != "none"}
    seen = {name for clients in read().values() for name, names in clients.items() if any(names)}
    return written | seen


@pytest.fixture(scope="module")
def naming(tmp_path_factory: pytest.TempPathFactory) -> Naming:
    return naming_of(open_estate(tmp_path_factory.mktemp("names"), 1))


def name_of(naming: Naming, adapter: str, method: str, pattern: str) -> str | None:
    path = BASES[adapter] + re.sub(r"\{(\w+)\}", lambda found: KEYS.get(found[1], "k"), pattern)
    scope = {"type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": b"",
             "headers": [(b"if-match", b"*")] if method == "PATCH" else []}  # fmt: skip
    return naming(scope)


@pytest.mark.parametrize("adapter", ["graph", "dataverse"])
def test_every_call_of_the_product_is_found_and_named(naming: Naming, adapter: str) -> None:
    calls = product_calls(adapter)
    assert len(calls) >= 15
    assert [call for call in sorted(calls) if name_of(naming, adapter, *call) is None] == []


@pytest.mark.parametrize("adapter", ["graph", "dataverse"])
def test_every_call_of_the_product_is_made_by_another_client_too(naming: Naming, adapter: str) -> None:
    named = {str(name_of(naming, adapter, *call)) for call in product_calls(adapter)}
    assert named - asked_by_others() == set()


def test_a_call_is_read_through_constants_and_texts_with_holes() -> None:
    source = """
ROOT = "/a/{x}"
def ask(y):
    path = f"{ROOT}/b"
    return Call("POST", path), read_call(ROOT), Call(y, path)
"""
    assert set(calls_in(ast.parse(source))) == {("POST", "/a/{x}/b"), ("GET", "/a/{x}")}
