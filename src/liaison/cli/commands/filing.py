"""`liaison filing`: channel messages filed to the timeline by a reaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from liaison.cli import options
from liaison.cli.options import api
from liaison.cli.spoken import SpokenGroup
from liaison.cli.words import say

if TYPE_CHECKING:
    from liaison.cli.api import Document


@click.group(cls=SpokenGroup, help=say("filing.help"))
def filing() -> None:
    """Each command below is about one environment, or one link."""


@filing.command("show", help=say("filing.show"))
@options.environment
@options.as_json
def show(environment: str, *, as_json: bool) -> None:
    _tell(api().get(_path(environment)), as_json=as_json)


@filing.command("on", help=say("filing.on"))
@click.option("--reaction", default="", metavar="EMOJI", help=say("filing.reaction_option"))
@options.environment
@options.as_json
def on(reaction: str, environment: str, *, as_json: bool) -> None:
    _tell(api().ask("PUT", _path(environment), body={"reaction": reaction}), as_json=as_json)


@filing.command("off", help=say("filing.off"))
@options.environment
@options.as_json
def off(environment: str, *, as_json: bool) -> None:
    _tell(api().ask("DELETE", _path(environment)), as_json=as_json)


@filing.command("link", help=say("filing.link"))
@options.link_id
@click.option("--retry", is_flag=True, help=say("filing.retry"))
@options.as_json
def link(link_id: str, *, retry: bool, as_json: bool) -> None:
    from liaison.cli.api import path
    from liaison.cli.show import show_columns, show_json, show_pairs

    where = path("links", link_id, "filing")
    found = api().ask("POST", f"{where}/retry") if retry else api().get(where)
    if as_json:
        show_json(found)
        return
    listening = found["listening"]
    show_pairs(
        [
            (
                say("filing.state"),
                say("filing.by", reaction=found["reaction"]) if found["is_on"] else say("filing.is_off"),
            ),
            (say("filing.channel"), listening["text"] if listening else "–"),
            (say("filing.filed"), str(found["filed"])),
        ]
    )
    rows = [(one["reply"] or one["message"], one["since"], _title(one)) for one in found["failed"]]
    if rows:
        show_columns((say("filing.message"), say("filing.since"), say("filing.trouble")), rows)


def _path(environment: str) -> str:
    from liaison.cli.api import path
    from liaison.cli.find import find_environment

    return path("environments", find_environment(api(), environment), "filing")


def _tell(found: Document, *, as_json: bool) -> None:
    from liaison.cli.show import show_columns, show_json, show_note, show_pairs

    if as_json:
        show_json(found)
        return
    state = say("filing.by", reaction=found["reaction"]) if found["is_on"] else say("filing.is_off")
    show_pairs([(say("filing.state"), state), (say("filing.choice"), " ".join(found["reactions"]))])
    rows = [(one["channel"], one["text"], _title(one)) for one in found["channels"]]
    if rows:
        show_columns((say("filing.channel"), say("filing.listening"), say("filing.trouble")), rows)
    barrier = found["barrier"]
    if barrier and not found["is_on"]:
        show_note(f"{barrier['title']}: {barrier['remedy']}")
    if barrier and barrier["code"] == "consent.not_granted":
        place = f"/power-apps/environments/{found['environment']}/settings/teams-integration#allow-filing"
        show_note(say("consent.allow", address=f"{api().server}{place}"))


def _title(one: Document) -> str:
    return str(one["trouble"]["title"]) if one["trouble"] else ""
