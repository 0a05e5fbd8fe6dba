"""Choosing before connecting: names, people, and requests to join a team."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from liaison.cli import options
from liaison.cli.options import api
from liaison.cli.spoken import SpokenCommand
from liaison.cli.words import say

if TYPE_CHECKING:
    from liaison.cli.api import Document

_REFUSED = 2
_KINDS = click.Choice(("standard", "private", "shared"))


@click.command(cls=SpokenCommand, help=say("name_check.help"))
@click.argument("name", help=say("name_check.name"))
@click.option("--team", default="", metavar="NAME", help=say("name_check.team"))
@click.option("--kind", default="standard", type=_KINDS, help=say("connect.kind"))
@options.as_json
def name_check(name: str, team: str, kind: str, *, as_json: bool) -> None:
    from liaison.cli.api import path
    from liaison.cli.find import find_team
    from liaison.cli.show import show_json, show_note, show_pairs

    if team:
        where = path("teams", find_team(api(), team)["id"], "channel-name-check")
        verdict = api().get(where, name=name, kind=kind)
    else:
        verdict = api().get("/team-name-check", name=name)
    if as_json:
        show_json(verdict)
    else:
        problem = verdict["problem"]
        show_pairs(
            [
                (say("name_check.final"), verdict["final_name"]),
                (say("name_check.state"), problem["title"] if problem else say("name_check.good")),
                (say("name_check.cause"), problem["detail"] if problem else ""),
                (say("name_check.proposal"), verdict["proposal"]),
            ]
        )
        for unknown in verdict["unknown"]:
            show_note(unknown["text"])
    if not verdict["is_good"]:
        raise click.exceptions.Exit(_REFUSED)


@click.command(cls=SpokenCommand, help=say("members.help"))
@options.table
@options.record
@click.option("--team", default="", metavar="NAME", help=say("members.team"))
@click.option("--find", default="", metavar="WORDS", help=say("members.find"))
@options.environment
@options.as_json
def members(table: str, record: str, team: str, find: str, environment: str, *, as_json: bool) -> None:
    from liaison.cli.find import find_environment, find_record, find_team, record_path
    from liaison.cli.show import show_columns, show_json, show_note

    found = find_record(api(), find_environment(api(), environment), table, record)
    asked = {"team": find_team(api(), team)["id"]} if team else {}
    if find:
        document = api().get(record_path(found, "member-search"), q=find, **asked)
    else:
        document = api().get(record_path(found, "recommended-members"), **asked)
    if as_json:
        show_json(document)
        return
    titles = (
        say("members.name"),
        say("members.why"),
        say("members.is_member"),
        say("members.unseen"),
        say("members.id"),
    )
    show_columns(titles, [_person(one) for one in document["items"]])
    if document.get("can_add_text"):
        show_note(document["can_add_text"])


def _person(one: Document) -> list[str]:
    is_member = {True: say("yes"), False: say("no"), None: "?"}[one["is_member"]]
    return [one["name"], "; ".join(why["text"] for why in one["sources"]), is_member, one["unseen_text"], one["id"]]


@click.command(cls=SpokenCommand, help=say("join.help"))
@options.table
@options.record
@click.option("--team", required=True, metavar="NAME", help=say("join.team"))
@click.option("--channel", default="", metavar="NAME", help=say("join.channel"))
@options.environment
@options.as_json
def join(table: str, record: str, team: str, channel: str, environment: str, *, as_json: bool) -> None:
    from liaison.cli.find import choose, find_environment, find_record, record_path
    from liaison.cli.show import show_json, show_note

    found = find_record(api(), find_environment(api(), environment), table, record)
    items = api().get(record_path(found, "connections"))["items"]
    teams = list({one["team"]: one for one in items}.values())
    into = choose(team, teams, "team", id_key="team", name_key="team_name")
    body = {key: found[key] for key in ("environment", "table")} | {"record": found["id"], "team": into["team"]}
    if channel:
        there = [one for one in items if one["team"] == into["team"]]
        body["channel"] = choose(channel, there, "channel", id_key="channel", name_key="channel_name")["channel"]
    request = api().ask("POST", "/join-requests", body=body)
    if as_json:
        show_json(request)
        return
    show_note(say("join.asked", team=request["team_name"]))


@click.command(cls=SpokenCommand, help=say("requests.help"))
@click.option("--mine", is_flag=True, help=say("requests.mine"))
@options.as_json
def requests(*, mine: bool, as_json: bool) -> None:
    from liaison.cli.show import show_columns, show_json

    document = api().get("/join-requests", of="mine" if mine else "to_answer")
    if as_json:
        show_json(document)
        return
    titles = (
        say("requests.id"),
        say("requests.by"),
        say("requests.team"),
        say("requests.channel"),
        say("requests.state"),
    )
    rows = [
        (one["id"], one["by"]["name"], one["team_name"], one["channel_name"], one["state_text"])
        for one in document["items"]
    ]
    show_columns(titles, rows)


@click.command(cls=SpokenCommand, help=say("accept.help"))
@click.argument("request", help=say("accept.request"))
@options.as_json
def accept(request: str, *, as_json: bool) -> None:
    _answer(request, "accept", as_json=as_json)


@click.command(cls=SpokenCommand, help=say("decline.help"))
@click.argument("request", help=say("accept.request"))
@options.as_json
def decline(request: str, *, as_json: bool) -> None:
    _answer(request, "decline", as_json=as_json)


def _answer(request: str, answer: str, *, as_json: bool) -> None:
    from liaison.cli.api import path
    from liaison.cli.show import show_json, show_note

    answered = api().ask("POST", path("join-requests", request, answer))
    if as_json:
        show_json(answered)
        return
    show_note(
        say("accept.done", person=answered["by"]["name"], team=answered["team_name"], state=answered["state_text"])
    )
