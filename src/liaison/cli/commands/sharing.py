"""`liaison shared-with`: the teams and people that a link's shared channel is shared with."""

from __future__ import annotations

import click

from liaison.cli import options
from liaison.cli.options import api
from liaison.cli.spoken import SpokenCommand
from liaison.cli.words import say


@click.command("shared-with", cls=SpokenCommand, help=say("shared_with.help"))
@options.link_id
@options.as_json
def shared_with(link_id: str, *, as_json: bool) -> None:
    from liaison.cli.api import path
    from liaison.cli.show import show_columns, show_json, show_note

    found = api().get(path("links", link_id, "sharing"))
    if as_json:
        show_json(found)
    elif not found["is_readable"]:
        show_note(say("shared_with.unreadable"))
    else:
        teams = [(say("shared_with.team"), one["name"], one["tenant"]) for one in found["teams"]]
        kind = say("shared_with.person")
        people = [(kind, f"{one['name']} <{one['address']}>", one["tenant"]) for one in found["people"]]
        show_columns((say("shared_with.kind"), say("shared_with.name"), say("shared_with.tenant")), teams + people)
