"""Switches, prerequisites and consent of an environment; the audit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from liaison.cli import options
from liaison.cli.options import api
from liaison.cli.spoken import SpokenCommand, SpokenGroup
from liaison.cli.words import say

if TYPE_CHECKING:
    from liaison.cli.api import Document

ON_OFF = click.Choice(["on", "off"])


@click.group(cls=SpokenGroup, invoke_without_command=True, help=say("collaboration.help"))
@click.pass_context
def collaboration(context: click.Context) -> None:
    if context.invoked_subcommand is None:
        _tell(api().get(_path("")), as_json=False)


def _path(environment: str) -> str:
    from liaison.cli.api import path
    from liaison.cli.find import find_environment

    return path("environments", find_environment(api(), environment), "collaboration")


@collaboration.command("show", help=say("collaboration.show"))
@options.environment
@options.as_json
def show(environment: str, *, as_json: bool) -> None:
    _tell(api().get(_path(environment)), as_json=as_json)


@collaboration.command("set", help=say("collaboration.set"))
@click.option("--basic", type=ON_OFF, help=say("collaboration.basic_option"))
@click.option("--enhanced", type=ON_OFF, help=say("collaboration.enhanced_option"))
@options.environment
@options.as_json
def set_(basic: str | None, enhanced: str | None, environment: str, *, as_json: bool) -> None:
    if basic is None and enhanced is None:
        from liaison.errors import InputMissing

        raise InputMissing("--basic / --enhanced")
    switches = {name: value == "on" for name, value in (("basic", basic), ("enhanced", enhanced)) if value is not None}
    _save(switches, environment, as_json=as_json)


@click.command(cls=SpokenCommand, help=say("enable.help"))
@click.argument("experience", type=click.Choice(["basic", "enhanced"]), help=say("enable.experience"))
@options.environment
@options.as_json
def enable(experience: str, environment: str, *, as_json: bool) -> None:
    _save({"basic": True, experience: True}, environment, as_json=as_json)


@click.command(cls=SpokenCommand, help=say("disable.help"))
@click.argument("experience", type=click.Choice(["basic", "enhanced"]), default="basic", help=say("disable.experience"))
@options.environment
@options.as_json
def disable(experience: str, environment: str, *, as_json: bool) -> None:
    # Basic takes Enhanced with it; the links stay.
    _save({"enhanced": False, experience: False}, environment, as_json=as_json)


def _save(switches: dict[str, bool], environment: str, *, as_json: bool) -> None:
    """Change these switches and leave the others; nothing is overwritten that somebody saved meanwhile."""
    where = _path(environment)
    now = api().get(where)["switches"]
    wanted = {"basic": now["basic"], "enhanced": now["enhanced"], "version": now["version"], **switches}
    _tell(api().ask("PUT", where, body=wanted), as_json=as_json)


def _tell(document: Document, *, as_json: bool) -> None:
    from liaison.cli.show import show_checks, show_json, show_pairs

    if as_json:
        show_json(document)
        return
    switches = document["switches"]
    show_pairs(
        [
            (say("collaboration.basic"), say("collaboration.on" if switches["basic"] else "collaboration.off")),
            (say("collaboration.enhanced"), say("collaboration.on" if switches["enhanced"] else "collaboration.off")),
            (say("collaboration.consent"), document["consent"]["text"]),
            (say("collaboration.links"), str(document["links"])),
        ]
    )
    print(say("collaboration.checks"))
    show_checks(document["checks"])


@click.command(cls=SpokenCommand, help=say("audit.help"))
@options.page
@options.as_json
def audit(page: str, *, as_json: bool) -> None:
    from liaison.cli.show import show_columns, show_json, show_note

    document = api().get("/audit", page=page)
    if as_json:
        show_json(document)
        return
    titles = ("#", say("audit.when"), say("audit.who"), say("audit.act"), say("audit.subject"))
    rows = [(str(one["number"]), one["at"], one["who"], one["act"], one["subject"]) for one in document["items"]]
    show_columns(titles, rows)
    if document["next"]:
        show_note(say("more", page=document["next"]))
    if document["first_broken"] is not None:
        show_note(say("audit.broken", number=str(document["first_broken"])))
