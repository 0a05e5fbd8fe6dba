"""Connect, look, try again, disconnect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from liaison.cli import options
from liaison.cli.options import api
from liaison.cli.spoken import SpokenCommand
from liaison.cli.words import say

if TYPE_CHECKING:
    from liaison.cli.api import Api, Document

INTERRUPTED = 130
_ON_CLOSE = click.Choice(("keep", "archive"))
_KINDS = click.Choice(("standard", "private", "shared"))
_EARLIER = click.Choice(("show", "copy", "move"))


@click.command(cls=SpokenCommand, help=say("connect.help"))
@options.table
@options.record
@click.option("--view", is_flag=True, help=say("connect.view"))
@click.option("--share-view", is_flag=True, help=say("connect.share_view"))
@click.option("--team", default="", metavar="NAME", help=say("connect.team"))
@click.option("--new-team", default="", metavar="NAME", help=say("connect.new_team"))
@click.option("--public", is_flag=True, help=say("connect.public"))
@click.option("--label", default="", metavar="ID", help=say("connect.label"))
@click.option("--team-template", default="standard", metavar="ID", help=say("connect.team_template"))
@click.option("--template", default="", metavar="NAME", help=say("connect.template"))
@click.option("--channel", default="", metavar="NAME", help=say("connect.channel"))
@click.option("--new-channel", default="", metavar="NAME", help=say("connect.new_channel"))
@click.option("--kind", default="standard", type=_KINDS, help=say("connect.kind"))
@click.option("--primary", is_flag=True, help=say("connect.primary"))
@click.option("--on-close", default=None, type=_ON_CLOSE, help=say("connect.on_close"))
@click.option("--member", multiple=True, metavar="ID", help=say("connect.member"))
@click.option("--share-with", multiple=True, metavar="NAME", help=say("connect.share_with"))
@click.option("--partner", multiple=True, metavar="ADDRESS", help=say("connect.partner"))
@click.option("--earlier-files", default="show", type=_EARLIER, help=say("connect.earlier_files"))
@options.environment
@click.option("--key", default="", metavar="TEXT", help=say("connect.key"))
@click.option("--dry-run", is_flag=True, help=say("connect.dry_run"))
@options.wait
@options.as_json
def connect(
    table: str,
    record: str,
    environment: str,
    key: str,
    *,
    dry_run: bool,
    wait: bool,
    as_json: bool,
    **chosen: Any,
) -> None:
    from liaison.cli.find import find_environment

    asked = api()
    _require_one(chosen, "team", "new_team")
    _require_one(chosen, "channel", "new_channel", "primary")
    names = _regarding(asked, find_environment(asked, environment), table, record, chosen)
    place = _place(asked, chosen)
    body = {
        **names,
        **place,
        **_template(asked, names, chosen),
        "on_close": chosen["on_close"],
        "earlier_files": "show_both" if chosen["earlier_files"] == "show" else chosen["earlier_files"],
        "partners": list(chosen["partner"]),
        "members": [_member(asked, names, place, one) for one in chosen["member"]],
    }
    if dry_run:
        _show_preview(asked.ask("POST", "/links/preview", body=body), as_json=as_json)
        return
    link = asked.ask("POST", "/links", body=body, headers={"Idempotency-Key": key} if key else {})
    end(link, wait=wait, as_json=as_json)


def _require_one(chosen: Mapping[str, Any], *names: str) -> None:
    """One of these options must be given, and no other; none will do with a template. Raises InputMissing."""
    given = sum(bool(chosen[name]) for name in names)
    if given > 1 or not (given or chosen["template"]):
        from liaison.errors import InputMissing

        raise InputMissing(" / ".join(f"--{name.replace('_', '-')}" for name in names))


def _regarding(asked: Api, environment: str, table: str, named: str, chosen: Mapping[str, Any]) -> Document:
    """The record, or the view, as the API takes it."""
    from liaison.cli.find import find_record, find_view

    names = {"environment": environment, "table": table}
    if not chosen["view"]:
        return {**names, "record": find_record(asked, environment, table, named)["id"]}
    view = find_view(asked, environment, table, named)
    return {**names, "view": view["id"], "view_kind": view["kind"], "share_view": chosen["share_view"]}


def _template(asked: Api, names: Document, chosen: Mapping[str, Any]) -> Document:
    """The template as the API takes it."""
    from liaison.cli.find import find_template

    if not chosen["template"]:
        return {}
    return {"template": find_template(asked, names["environment"], chosen["template"])["id"]}


def _place(asked: Api, chosen: Mapping[str, Any]) -> Document:
    """Team and channel as the API takes them; what is left to the template is left out."""
    from liaison.cli.find import find_channel, find_team

    channel: Document = {"primary": True} if chosen["primary"] else {}
    if chosen["new_channel"]:
        teams = [find_team(asked, one)["id"] for one in chosen["share_with"]]
        channel = {"name": chosen["new_channel"], "kind": chosen["kind"], "share_with": teams}
    into = find_team(asked, chosen["team"]) if chosen["team"] else None
    if chosen["channel"]:
        channel = {"id": find_channel(asked, _existing(into, chosen), chosen["channel"])["id"]}
    place: Document = {"channel": channel} if channel else {}
    if chosen["new_team"]:
        privacy = "public" if chosen["public"] else "private"
        team = {"name": chosen["new_team"], "privacy": privacy, "label": chosen["label"]}
        return {"new_team": {**team, "template": chosen["team_template"]}, **place}
    return {"team": into["id"], **place} if into else place


def _existing(team: Document | None, chosen: Mapping[str, Any]) -> Document:
    """The team of an existing channel. Raises ChannelGone for a new team, InputMissing without one."""
    from liaison.errors import ChannelGone, InputMissing

    if team is not None:
        return team
    if chosen["new_team"]:
        raise ChannelGone(chosen["channel"], chosen["new_team"])
    raise InputMissing("--team")


def _member(asked: Api, names: Document, place: Document, somebody: str) -> Document:
    """Somebody as the API takes them: an id as it is, otherwise looked for by sign-in name and name."""
    from liaison.cli.find import find_person, is_id, record_path

    if is_id(somebody) or "record" not in names:
        return {"id": somebody}
    record = {**names, "id": names["record"]}
    found = find_person(asked, record_path(record, "member-search"), somebody, place.get("team", ""))
    return {"id": found["id"], "name": found["name"]}


def _show_preview(preview: Document, *, as_json: bool) -> None:
    from liaison.cli.show import show_columns, show_json, show_note

    if as_json:
        show_json(preview)
        return
    titles = (say("connect.thing"), say("connect.name"), say("connect.is_new"))
    rows = [(one["text"], one["name"], say("yes") if one["is_new"] else say("no")) for one in preview["things"]]
    show_columns(titles, rows)
    show_note(preview["files_text"])
    for notice in preview["notices"]:
        show_note(notice["text"])
    for one in preview["earlier"]["places"]:
        facts = {"place": one["name"], "files": one["files"], "size_bytes": one["size_bytes"]}
        show_note(say("connect.earlier_place", **facts))


def end(link: Document, *, wait: bool, as_json: bool) -> None:
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
@click.option("--table", default="", metavar="TABLE", help=say("links.table"))
@click.option("--regarding", default="", metavar="ID", help=say("links.regarding"))
@click.option("--team", default="", metavar="NAME", help=say("links.in_team"))
@click.option("--environment", "-e", default="", metavar="NAME", help=say("links.environment"))
@options.page
@options.as_json
def links(
    state: tuple[str, ...],
    table: str,
    regarding: str,
    team: str,
    environment: str,
    page: str,
    *,
    everyone: bool,
    as_json: bool,
) -> None:
    from liaison.cli.find import find_environment, find_team
    from liaison.cli.show import show_columns, show_json, show_note

    asked = api()
    document = asked.get(
        "/links",
        state=state,
        table=table,
        regarding=regarding,
        team=find_team(asked, team)["id"] if team else "",
        environment=find_environment(asked, environment) if environment else "",
        page=page,
        of="everyone" if everyone else "",
    )
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

    end(api().ask("POST", path("links", link_id, "retry")), wait=wait, as_json=as_json)


@click.command(cls=SpokenCommand, help=say("disconnect.help"))
@click.argument("first", metavar="LINK|TABLE", help=say("disconnect.first"))
@click.argument("record", default="", help=say("disconnect.record"))
@click.option("--view", is_flag=True, help=say("connect.view"))
@click.option("--channel", default="", metavar="NAME", help=say("disconnect.channel"))
@options.environment
@click.option("--keep-tab", is_flag=True, help=say("disconnect.keep_tab"))
@options.wait
@options.as_json
def disconnect(
    first: str, record: str, channel: str, environment: str, *, view: bool, keep_tab: bool, wait: bool, as_json: bool
) -> None:
    from liaison.cli.api import path

    where = _connection_path(first, record, channel, environment, is_view=view) if record else path("links", first)
    removed = api().ask("DELETE", where, {"tab": "keep" if keep_tab else "remove"})
    end(removed, wait=wait, as_json=as_json)


def _connection_path(table: str, named: str, channel: str, environment: str, *, is_view: bool) -> str:
    """The address of a connection to a channel, whoever made it; of the only one when none is named."""
    from liaison.cli.api import path
    from liaison.cli.commands.connections import connections_path
    from liaison.cli.find import choose

    asked = api()
    where = connections_path(asked, table, named, environment, is_view=is_view)
    chosen = choose(channel, asked.get(where)["items"], "channel", "channel", "channel_name")
    return path("links", chosen["link"]) if chosen["link"] else where + path(chosen["association"])
