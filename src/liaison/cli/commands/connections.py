"""What a record or view is tied to: list its channels, complete what Microsoft's button began, undo."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from liaison.cli import options
from liaison.cli.commands.links import end
from liaison.cli.options import api
from liaison.cli.spoken import SpokenCommand
from liaison.cli.words import say

if TYPE_CHECKING:
    from liaison.cli.api import Api

_view = click.option("--view", is_flag=True, help=say("connect.view"))


@click.command(cls=SpokenCommand, help=say("connections.help"))
@options.table
@options.record
@_view
@options.environment
@options.as_json
def connections(table: str, record: str, environment: str, *, view: bool, as_json: bool) -> None:
    from liaison.cli.show import show_columns, show_json

    asked = api()
    document = asked.get(connections_path(asked, table, record, environment, is_view=view))
    if as_json:
        show_json(document)
        return
    titles = (say("links.team"), say("links.channel"), say("links.state_title"), say("connections.by"), say("links.id"))
    rows = [
        (
            one["team_name"],
            one["channel_name"] + (f" ({one['origin']['title']})" if one["origin"] else ""),
            one["state_text"],
            say("connections.microsoft") if one["is_adopted"] else "Liaison",
            one["link"] or one["association"],
        )
        for one in document["items"]
    ]
    show_columns(titles, rows)


@click.command(cls=SpokenCommand, help=say("complete.help"))
@options.table
@options.record
@_view
@click.option("--channel", default="", metavar="NAME", help=say("disconnect.channel"))
@options.environment
@options.wait
@options.as_json
def complete(table: str, record: str, channel: str, environment: str, *, view: bool, wait: bool, as_json: bool) -> None:
    from liaison.cli.api import path
    from liaison.cli.find import choose

    asked = api()
    where = connections_path(asked, table, record, environment, is_view=view)
    tied = [one for one in asked.get(where)["items"] if one["association"]]
    chosen = choose(channel, tied, "channel", "channel", "channel_name")
    end(asked.ask("POST", where + path(chosen["association"], "complete")), wait=wait, as_json=as_json)


@click.command(cls=SpokenCommand, help=say("undo.help"))
@options.link_id
@options.wait
@options.as_json
def undo(link_id: str, *, wait: bool, as_json: bool) -> None:
    from liaison.cli.api import path

    end(api().ask("POST", path("links", link_id, "undo")), wait=wait, as_json=as_json)


def connections_path(asked: Api, table: str, named: str, environment: str, *, is_view: bool) -> str:
    """The address of the connections of a record or view."""
    from liaison.cli.api import path
    from liaison.cli.find import find_environment, find_record, find_view, record_path

    key = find_environment(asked, environment)
    if not is_view:
        return record_path(find_record(asked, key, table, named), "connections")
    view = find_view(asked, key, table, named)
    return path("environments", key, "tables", table, "views", view["kind"], view["id"], "connections")
