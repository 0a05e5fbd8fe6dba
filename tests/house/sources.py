"""The house's own files, parsed once."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "liaison"


@cache
def python_files(under: Path = PACKAGE) -> tuple[Path, ...]:
    return tuple(sorted(path for path in under.rglob("*.py") if "__pycache__" not in path.parts))


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def product_files() -> tuple[Path, ...]:
    """Without the tenant, which is a house of its own."""
    return tuple(path for path in python_files() if room_of(path) != "tenant")


def room_of(path: Path) -> str:
    """The first part below the package: `domain`, `web`, `errors.py`."""
    return path.relative_to(PACKAGE).parts[0]


def docstrings(tree: ast.Module) -> Iterator[ast.Constant]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.value


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
