"""Options and arguments that several commands share, and the API as they ask it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from liaison.cli.words import say

if TYPE_CHECKING:
    from liaison.cli.api import Api

as_json = click.option("--json", "as_json", is_flag=True, help=say("json"))
environment = click.option(
    "--environment", "-e", default="", envvar="LIAISON_ENVIRONMENT", metavar="NAME", help=say("environment")
)
page = click.option("--page", default="", metavar="MARK", help=say("page"))
place = click.option("--place", default="", metavar="NAME", help=say("files.place"))
table = click.argument("table", help=say("connect.table"))
record = click.argument("record", help=say("connect.record"))
link_id = click.argument("link_id", metavar="LINK", help=say("link.id"))
wait = click.option("--wait/--no-wait", default=True, help=say("connect.wait"))


def server() -> str:
    """The server that is talked to."""
    from liaison.cli.places import server_address

    return server_address(click.get_current_context().find_root().params.get("server") or "")


def api() -> Api:
    from liaison.cli.api import Api

    return Api(server())
