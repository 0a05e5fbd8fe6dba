"""The documentation says what the code does: generated pages are up to date, and every code is in them."""

from __future__ import annotations

import os
import subprocess
import sys

import click
import pytest

from liaison.cli.app import app
from liaison.errors import concrete_errors
from liaison.text.lookup import load_texts
from tests.house.sources import ROOT

DOCS = ROOT / "docs"


@pytest.mark.parametrize("language", ["C", "fr_FR.UTF-8"])
def test_generated_pages_are_up_to_date(language: str) -> None:
    ended = subprocess.run(
        [sys.executable, str(DOCS / "_generate"), "--check"],
        env={**os.environ, "LANG": language, "LC_ALL": language},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")


def test_every_code_is_in_the_list_of_errors_and_has_its_help() -> None:
    errors = (DOCS / "errors.md").read_text(encoding="utf-8")
    troubles = (DOCS / "troubleshooting.md").read_text(encoding="utf-8")
    for code in concrete_errors():
        assert f"## {code}\n" in errors
        anchor = load_texts().pattern("en", f"error.{code}.help")
        assert f'<a id="{anchor}"></a>' in troubles


def test_every_command_is_documented_and_has_help() -> None:
    page = (DOCS / "cli.md").read_text(encoding="utf-8")
    context = click.Context(app)
    for name in app.list_commands(context):
        command = app.get_command(context, name)
        assert command is not None
        assert command.help
        assert f"## liaison {name}\n" in page
