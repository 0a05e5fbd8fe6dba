"""An ordinary command starts fast because it imports little; what it imports is counted, which no load can blur."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("pydantic", "httpx2", "sqlalchemy", "starlette", "fastapi", "jinja2", "structlog", "anyio", "asyncio")
ASKED = """
import sys
from liaison.cli import api, find, following, show
from liaison.cli.app import app
import click
context = click.Context(app)
for name in {names!r}:
    app.get_command(context, name)
print("\\n".join(sys.modules))
"""


@pytest.mark.statement("F72")
@pytest.mark.parametrize(
    "names", [["whoami"], ["connect", "links", "link", "disconnect"], ["files"], ["collaboration"]]
)
def test_a_command_imports_neither_servers_nor_stores_nor_the_tree_of_errors(names: list[str]) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", ASKED.format(names=names)], capture_output=True, text=True, check=True, timeout=60
    )
    imported = set(ended.stdout.split())
    assert "liaison.cli.http" in imported
    assert sorted(imported & {*HEAVY, "liaison.errors", "liaison.domain", "liaison.ports"}) == []
