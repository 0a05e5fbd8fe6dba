"""What can be connected: records, teams, channels."""

from __future__ import annotations

import click

from liaison.cli import options
from liaison.cli.options import api
from liaison.cli.spoken import SpokenCommand
from liaison.cli.words import say


@click.command(cls=SpokenCommand, help=say("teams.help"))
@options.as_json
def teams(*, as_json: bool) -> None:
    from liaison.cli.show import show_columns, show_json

    document = api().get("/teams")
    if as_json:
        show_json(document)
        return
    titles = (say("teams.id"), say("teams.name"), say("teams.description"))
    show_columns(titles, [(one["id"], one["name"], one["description"]) for one in document["items"]])


@click.command(cls=SpokenCommand, help=say("channels.help"))
@click.argument("team", help=say("connect.team"))
@options.as_json
def channels(team: str, *, as_json: bool) -> None:
    from liaison.cli.api import path
    from liaison.cli.find import find_team
    from liaison.cli.show import show_columns, show_json

    found = find_team(api(), team)
    document = api().get(path("teams", found["id"], "channels"))
    if as_json:
        show_json(document)
        return
    titles = (say("channels.kind"), say("channels.name"), say("channels.id"))
    show_columns(titles, [(one["kind"], one["name"], one["id"]) for one in document["items"]])


@click.command(cls=SpokenCommand, help=say("records.help"))
@options.table
@click.argument("text", help=say("records.text"))
@options.environment
@options.as_json
def records(table: str, text: str, environment: str, *, as_json: bool) -> None:
    from liaison.cli.find import find_environment, records_path
    from liaison.cli.show import show_columns, show_json

    document = api().get(records_path(find_environment(api(), environment), table), q=text)
    if as_json:
        show_json(document)
        return
    titles = (say("records.id"), say("records.title"), say("records.stage"), say("records.owner"))
    show_columns(titles, [(one["id"], one["title"], one["stage"], one["owner"]) for one in document["items"]])
