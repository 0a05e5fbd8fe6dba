"""`liaison package`: the Teams app and the Dynamics 365 solution of an installation, and checking a package."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from liaison.cli import options
from liaison.cli.options import api
from liaison.cli.spoken import SpokenGroup
from liaison.cli.words import say

if TYPE_CHECKING:
    from liaison.domain.packages import Package

FAULTY = 6
_output = click.option(
    "--output", "-o", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help=say("package.output")
)
_newer_than = click.option("--newer-than", default="", metavar="VERSION", help=say("package.newer_than"))


@click.group(cls=SpokenGroup, help=say("package.help"))
def package() -> None:
    """Each command below is about one package."""


@package.command("teams", help=say("package.teams"))
@_output
@click.option("--address", default="", metavar="ADDRESS", help=say("package.address"))
@click.option("--client-id", default="", metavar="ID", help=say("package.client_id"))
@_newer_than
@click.option("--publish", is_flag=True, help=say("package.publish"))
@options.as_json
def teams(output: Path | None, address: str, client_id: str, newer_than: str, *, publish: bool, as_json: bool) -> int:
    if publish:
        _publish(as_json=as_json)
        return 0
    if address or client_id:
        return _build_here(output, address, client_id, newer_than, as_json=as_json)
    _download("teams", output, {"newer_than": newer_than}, as_json=as_json)
    return 0


@package.command("dynamics", help=say("package.dynamics"))
@_output
@click.option("--managed", is_flag=True, help=say("package.managed"))
@_newer_than
@options.as_json
def dynamics(output: Path | None, newer_than: str, *, managed: bool, as_json: bool) -> None:
    query = {"form": "managed" if managed else "unmanaged", "newer_than": newer_than}
    _download("dynamics", output, query, as_json=as_json)


@package.command("check", help=say("package.check"))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True), help=say("package.file"))
@options.as_json
def check(file: Path, *, as_json: bool) -> int:
    from liaison.cli.show import show_json, show_note
    from liaison.cli.words import say_fault
    from liaison.compose import check_teams_package

    faults = [
        {"code": fault.code, "text": say_fault(fault.code, dict(fault.facts)), "facts": dict(fault.facts)}
        for fault in check_teams_package(file.read_bytes())
    ]
    if as_json:
        show_json({"file": str(file), "is_good": not faults, "faults": faults})
        return FAULTY if faults else 0
    for fault in faults:
        print(f"  - {fault['text']}")
    show_note(say("package.faulty", count=str(len(faults))) if faults else say("package.good", file=str(file)))
    return FAULTY if faults else 0


def _publish(*, as_json: bool) -> None:
    from liaison.cli.refusals import Refusal
    from liaison.cli.show import show_json, show_note

    try:
        done = api().ask("POST", "/packages/teams/publish")
    except Refusal as refused:
        if refused.problem.get("code") == "consent.not_granted":
            show_note(say("package.allow", address=f"{api().server}/packages"))
        raise
    if as_json:
        show_json(done)
    else:
        show_note(say(f"package.outcome.{done['outcome']}", version=done["package"]["version"], app=done["app"]))


def _download(kind: str, output: Path | None, query: dict[str, str], *, as_json: bool) -> None:
    answer = api().download(f"/packages/{kind}", query)
    name = answer.headers.get("content-disposition", "").partition('filename="')[2].rstrip('"')
    version = answer.headers.get("x-package-version", "")
    _write(output or Path(Path(name or f"liaison-{kind}.zip").name), answer.body, version, as_json=as_json)


def _build_here(output: Path | None, address: str, client_id: str, newer_than: str, *, as_json: bool) -> int:
    """Without a server: from what is given here and in the environment's settings."""
    from liaison.compose import SettingInvalid

    try:
        made = _built(address, client_id, newer_than)
    except SettingInvalid as cause:
        form = say(f"run.form.{cause.form}", detail=cause.detail)
        print(say("run.setting_invalid", name=cause.variable, form=form), file=sys.stderr)
        return 2
    _write(output or Path(made.file_name), made.content, made.version, as_json=as_json)
    return 0


def _built(address: str, client_id: str, newer_than: str) -> Package:
    import os

    from liaison.compose import build_teams_package, read_settings

    given = {"LIAISON_PUBLIC_ADDRESS": address, "LIAISON_CLIENT_ID": client_id}
    settings = read_settings({**os.environ, **{name: value for name, value in given.items() if value}})
    return build_teams_package(settings, newer_than)


def _write(target: Path, content: bytes, version: str, *, as_json: bool) -> None:
    """Over an older package of the same name, which is only an older package. Raises OSError."""
    from hashlib import sha256

    from liaison.cli.show import show_json, show_note

    mark = sha256(content).hexdigest()
    target.write_bytes(content)
    if as_json:
        show_json({"path": str(target), "version": version, "size_bytes": len(content), "sha256": mark})
    else:
        show_note(say("package.written", path=str(target), version=version, mark=mark))
