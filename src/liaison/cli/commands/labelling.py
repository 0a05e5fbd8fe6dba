"""`liaison labeller`: who sets sensitivity labels on behalf of those who make teams."""

from __future__ import annotations

import click

from liaison.cli import options
from liaison.cli.options import api
from liaison.cli.spoken import SpokenCommand
from liaison.cli.words import say


@click.command(cls=SpokenCommand, help=say("labeller.help"))
@click.option("--agree", "act", flag_value="PUT", help=say("labeller.agree"))
@click.option("--stop", "act", flag_value="DELETE", help=say("labeller.stop"))
@options.as_json
def labeller(act: str | None, *, as_json: bool) -> None:
    from liaison.cli.show import show_json, show_note

    found = api().ask(act, "/labeller") if act else api().get("/labeller")
    if as_json:
        show_json(found)
        return
    held = found["labeller"]
    print(say("labeller.is", name=held["name"]) if held else say("labeller.nobody"))
    if found["trouble"]:
        show_note(say("labeller.trouble", code=found["trouble"]))
    show_note(found["labelled_by_text"])
