"""Links that follow their records: proposals about people, and whether a link is followed."""

from __future__ import annotations

import click

from liaison.cli import options
from liaison.cli.options import api
from liaison.cli.spoken import SpokenCommand, SpokenGroup
from liaison.cli.words import say

_proposal = click.argument("proposal", help=say("people.proposal"))


@click.group(cls=SpokenGroup, help=say("people.help"))
def people() -> None:
    """Each command below is about proposals to owners of teams."""


@people.command("proposals", help=say("people.proposals"))
@options.as_json
def proposals(*, as_json: bool) -> None:
    from liaison.cli.show import show_columns, show_json

    document = api().get("/proposals")
    if as_json:
        show_json(document)
        return
    titles = tuple(say(f"people.{name}") for name in ("id", "kind", "person", "team", "channel", "cause"))
    rows = [
        (one["id"], say(f"people.{one['kind']}"), one["name"], one["team_name"], one["channel_name"], one["text"])
        for one in document["items"]
    ]
    show_columns(titles, rows)


@people.command("approve", help=say("people.approve"))
@_proposal
@options.as_json
def approve(proposal: str, *, as_json: bool) -> None:
    _answer(proposal, "approve", as_json=as_json)


@people.command("keep", help=say("people.keep"))
@_proposal
@options.as_json
def keep(proposal: str, *, as_json: bool) -> None:
    _answer(proposal, "keep", as_json=as_json)


def _answer(proposal: str, answer: str, *, as_json: bool) -> None:
    from liaison.cli.api import path
    from liaison.cli.show import show_json, show_note

    answered = api().ask("POST", path("proposals", proposal, answer))
    if as_json:
        show_json(answered)
        return
    show_note(say("people.done", person=answered["name"], team=answered["team_name"], state=answered["state_text"]))


@click.command(cls=SpokenCommand, help=say("following.help"))
@options.link_id
@options.as_json
def following(link_id: str, *, as_json: bool) -> None:
    from liaison.cli.api import path
    from liaison.cli.show import show_json, show_note

    document = api().get(path("links", link_id, "following"))
    if as_json:
        show_json(document)
        return
    if document["problem"]:
        show_note(say("following.no", since=document["not_followed_since"], problem=document["problem"]["detail"]))
        return
    show_note(say("following.yes" if document["is_followed"] else "following.none"))
