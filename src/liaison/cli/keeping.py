"""`liaison tenant export` and `liaison tenant import`: the whole local tenant as one file."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from liaison.cli.spoken import SpokenCommand
from liaison.cli.words import say

CANNOT = 7

_data = click.option("--data", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help=say("run.data"))


@click.command("export", cls=SpokenCommand, help=say("run.tenant_export"))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@_data
def export(file: Path, data: Path | None) -> int:
    from liaison.compose import export_local_tenant

    try:
        export_local_tenant(_folder(data), file)
    except OSError as cause:
        return _refused("tenant_not_exported", cause)
    print(say("run.tenant_exported", file=str(file)))
    return 0


@click.command("import", cls=SpokenCommand, help=say("run.tenant_import"))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@_data
def import_file(file: Path, data: Path | None) -> int:
    from liaison.compose import import_local_tenant

    try:
        import_local_tenant(_folder(data), file)
    except (OSError, ValueError) as cause:
        return _refused("tenant_not_imported", cause)
    print(say("run.tenant_imported", file=str(file)))
    return 0


def _folder(data: Path | None) -> Path:
    return (data or Path(os.environ.get("LIAISON_DATA_FOLDER", "") or ".liaison")).absolute()


def _refused(key: str, cause: Exception) -> int:
    print(say(f"run.{key}", words=str(cause)), file=sys.stderr)
    return CANNOT
