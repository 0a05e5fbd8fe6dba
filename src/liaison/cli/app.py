"""The command line, assembled."""

from __future__ import annotations

import sys

import click

from liaison.cli.spoken import SpokenGroup
from liaison.cli.words import say

PLACES = {
    "demo": "liaison.cli.run:demo",
    "serve": "liaison.cli.run:serve",
    "worker": "liaison.cli.run:worker",
    "tenant": "liaison.cli.run:tenant",
    "settings": "liaison.cli.run:settings",
    "rotate-keys": "liaison.cli.run:rotate_keys",
    "login": "liaison.cli.commands.people:login",
    "logout": "liaison.cli.commands.people:logout",
    "whoami": "liaison.cli.commands.people:whoami",
    "connect": "liaison.cli.commands.links:connect",
    "links": "liaison.cli.commands.links:links",
    "link": "liaison.cli.commands.links:link",
    "name-check": "liaison.cli.commands.choosing:name_check",
    "members": "liaison.cli.commands.choosing:members",
    "join": "liaison.cli.commands.choosing:join",
    "requests": "liaison.cli.commands.choosing:requests",
    "accept": "liaison.cli.commands.choosing:accept",
    "decline": "liaison.cli.commands.choosing:decline",
    "people": "liaison.cli.commands.following:people",
    "following": "liaison.cli.commands.following:following",
    "connections": "liaison.cli.commands.connections:connections",
    "complete": "liaison.cli.commands.connections:complete",
    "undo": "liaison.cli.commands.connections:undo",
    "archive": "liaison.cli.commands.closing:archive",
    "restore": "liaison.cli.commands.closing:restore",
    "retry": "liaison.cli.commands.links:retry",
    "shared-with": "liaison.cli.commands.sharing:shared_with",
    "disconnect": "liaison.cli.commands.links:disconnect",
    "files": "liaison.cli.commands.files:files",
    "upload": "liaison.cli.commands.files:upload",
    "download": "liaison.cli.commands.files:download",
    "teams": "liaison.cli.commands.teams:teams",
    "channels": "liaison.cli.commands.teams:channels",
    "records": "liaison.cli.commands.teams:records",
    "environments": "liaison.cli.commands.people:environments",
    "collaboration": "liaison.cli.commands.administration:collaboration",
    "doctor": "liaison.cli.commands.enabling:doctor",
    "mend": "liaison.cli.commands.enabling:mend",
    "enable": "liaison.cli.commands.administration:enable",
    "disable": "liaison.cli.commands.administration:disable",
    "tables": "liaison.cli.commands.enabling:tables",
    "templates": "liaison.cli.commands.templates:templates",
    "consent": "liaison.cli.commands.enabling:consent",
    "labeller": "liaison.cli.commands.labelling:labeller",
    "filing": "liaison.cli.commands.filing:filing",
    "why": "liaison.cli.commands.enabling:why",
    "calls": "liaison.cli.commands.enabling:calls",
    "audit": "liaison.cli.commands.administration:audit",
    "package": "liaison.cli.commands.packages:package",
}
"""Where each command is; only the one that is asked for is imported."""

USAGE, INTERRUPTED = 2, 130


def _show_version(context: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        print(f"liaison {version('liaison')}")
        context.exit()


@click.group(cls=SpokenGroup, places=PLACES, help=say("about"), name="liaison")
@click.option("--server", default="", metavar="ADDRESS", help=say("server"))
@click.option("--language", default="", metavar="LANGUAGE", help=say("language"))
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version, help=say("version"))
def app(server: str, language: str) -> None:
    """Both options are read where they are needed: `options.server` and `words.language`."""


def main() -> None:
    """Run the command line; every failure ends as one line and an exit code."""
    try:
        code = app(standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as wanted:
        wanted.show()
        code = USAGE
    except (click.Abort, KeyboardInterrupt):
        print(say("interrupted"), file=sys.stderr)
        code = INTERRUPTED
    except Exception as cause:  # noqa: BLE001 - the door is where a failure becomes a line for a person
        from liaison.cli.refusals import tell

        code = tell(cause)
    sys.exit(code if isinstance(code, int) else 0)
