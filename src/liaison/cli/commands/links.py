"""Connect, look, try again, disconnect."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from liaison.cli import options
from liaison.cli.options import api
from liaison.cli.spoken import SpokenCommand
from liaison.cli.words import say

if TYPE_CHECKING:
    from liaison.cli.api import Document

INTERRUPTED = 130


@click.command(cls=SpokenCommand, help=say("connect.help"))
@options.table
@options.record
@click.option("--team", required=True, metavar="NAME", help=say("connect.team"))
@click.option("--channel", default="", metavar="NAME", help=say("connect.channel"))
@click.option("--new-channel", default="", metavar="NAME", help=say("connect.new_channel"))
@options.environment
@click.option("--key", default="", metavar="TEXT", help=say("connect.key"))
@options.wait
@options.as_json
def connect(
    table: str,
    record: str,
    team: str,
    channel: str,
    new_channel: str,
    environment: str,
    key: str,
    *,
    wait: bool,
    as_json: bool,
) -> None:
    from liaison.cli.find import find_channel, find_environment, find_record, find_team

    if bool(channel) == bool(new_channel):
        from liaison.errors import InputMissing

        raise InputMissing("--channel / --new-channel")
    asked = api()
    found = find_record(asked, find_environment(asked, environment), table, record)
    into = find_team(asked, team)
    choice = {"name": new_channel} if new_channel else {"id": find_channel(asked, into, channel)["id"]}
    body = {
        "environment": found["environment"],
        "table": found["table"],
        "record": found["id"],
        "team": into["id"],
        "channel": choice,
    }
    link = asked.ask("POST", "/links", body=body, headers={"Idempotency-Key": key} if key else {})
    _end(link, wait=wait, as_json=as_json)


def _end(link: Document, *, wait: bool, as_json: bool) -> None:
    """Wait for the link if wished, show it, and leave with its exit code."""
    from liaison.cli.following import finish, follow
    from liaison.cli.show import show_note

    if not link["is_final"]:
        show_note(say("connect.begun", link=link["id"]))
    if wait:
        try:
            link = follow(api(), link)
        except KeyboardInterrupt:
            raise click.exceptions.Exit(INTERRUPTED) from None
        finally:
            if not link["is_final"]:
                show_note(say("connect.goes_on", link=link["id"]))
    raise click.exceptions.Exit(finish(link, as_json=as_json))


@click.command(cls=SpokenCommand, help=say("links.help"))
@click.option("--state", multiple=True, metavar="STATE", help=say("links.state"))
@click.option("--everyone", is_flag=True, help=say("links.everyone"))
@options.page
@options.as_json
def links(state: tuple[str, ...], page: str, *, everyone: bool, as_json: bool) -> None:
    from liaison.cli.show import show_columns, show_json, show_note

    document = api().get("/links", state=state, page=page, of="everyone" if everyone else "")
    if as_json:
        show_json(document)
        return
    titles = (say("links.id"), say("links.state_title"), say("links.record"), say("links.team"), say("links.channel"))
    rows = [
        (one["id"], one["state_text"], one["record"]["title"], one["team"]["name"], one["channel"]["name"])
        for one in document["items"]
    ]
    show_columns(titles, rows)
    if document["next"]:
        show_note(say("more", page=document["next"]))


@click.command(cls=SpokenCommand, help=say("link.help"))
@options.link_id
@click.option("--follow", is_flag=True, help=say("link.follow"))
@options.as_json
def link(link_id: str, *, follow: bool, as_json: bool) -> None:
    from liaison.cli import following
    from liaison.cli.api import path

    found = api().get(path("links", link_id))
    if follow:
        found = following.follow(api(), found)
    following.finish(found, as_json=as_json)


@click.command(cls=SpokenCommand, help=say("retry.help"))
@options.link_id
@options.wait
@options.as_json
def retry(link_id: str, *, wait: bool, as_json: bool) -> None:
    from liaison.cli.api import path

    _end(api().ask("POST", path("links", link_id, "retry")), wait=wait, as_json=as_json)


@click.command(cls=SpokenCommand, help=say("disconnect.help"))
@click.argument("first", metavar="LINK|TABLE", help=say("disconnect.first"))
@click.argument("record", default="", help=say("disconnect.record"))
@click.option("--channel", default="", metavar="NAME", help=say("disconnect.channel"))
@options.environment
@click.option("--keep-tab", is_flag=True, help=say("disconnect.keep_tab"))
@options.wait
@options.as_json
def disconnect(
    first: str, record: str, channel: str, environment: str, *, keep_tab: bool, wait: bool, as_json: bool
) -> None:
    from liaison.cli.api import path

    where = _connection_path(first, record, channel, environment) if record else path("links", first)
    removed = api().ask("DELETE", where, {"tab": "keep" if keep_tab else "remove"})
    _end(removed, wait=wait, as_json=as_json)


def _connection_path(table: str, record: str, channel: str, environment: str) -> str:
    """The address of the record's connection to a channel, whoever made it; of its only one when none is named."""
    from liaison.cli.api import path
    from liaison.cli.find import choose, find_environment, find_record, record_path

    asked = api()
    found = find_record(asked, find_environment(asked, environment), table, record)
    tied = asked.get(record_path(found, "connections"))["items"]
    chosen = choose(channel, tied, "channel", "channel", "channel_name")
    if chosen["link"]:
        return path("links", chosen["link"])
    return record_path(found, "connections", chosen["association"])
