"""Archive the channel of a link, and restore it."""

from __future__ import annotations

import click

from liaison.cli import options
from liaison.cli.commands.links import end
from liaison.cli.options import api
from liaison.cli.spoken import SpokenCommand
from liaison.cli.words import say


@click.command(cls=SpokenCommand, help=say("archive.help"))
@options.link_id
@options.wait
@options.as_json
def archive(link_id: str, *, wait: bool, as_json: bool) -> None:
    from liaison.cli.api import path

    end(api().ask("POST", path("links", link_id, "archive")), wait=wait, as_json=as_json)


@click.command(cls=SpokenCommand, help=say("restore.help"))
@options.link_id
@options.wait
@options.as_json
def restore(link_id: str, *, wait: bool, as_json: bool) -> None:
    from liaison.cli.api import path

    end(api().ask("POST", path("links", link_id, "restore")), wait=wait, as_json=as_json)
