"""`liaison templates`: an environment's defaults for connecting, and what is made beside a channel."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from liaison.cli import options
from liaison.cli.options import api
from liaison.cli.spoken import SpokenGroup
from liaison.cli.words import say

if TYPE_CHECKING:
    from liaison.cli.api import Api, Document

_OURS = frozenset({"id", "version", "changed_by", "changed_at"})
_template = click.argument("template", help=say("templates.template"))


@click.group(cls=SpokenGroup, help=say("templates.help"))
def templates() -> None:
    """Each command below is about the templates of one environment."""


@templates.command("list", help=say("templates.list"))
@options.environment
@options.as_json
def list_all(environment: str, *, as_json: bool) -> None:
    from liaison.cli.show import show_columns, show_json

    found = api().get(_path(api(), environment))
    if as_json:
        show_json(found)
        return
    titles = (
        say("templates.name"),
        say("templates.tables"),
        say("templates.default_of"),
        say("templates.team"),
        say("templates.channel"),
        say("templates.id"),
    )
    show_columns(titles, [_line(one) for one in found["items"]])


def _line(template: Document) -> tuple[str, ...]:
    return (
        template["name"],
        ", ".join(template["tables"]) or say("templates.every_table"),
        ", ".join(template["default_of"]),
        template["team"]["name"] or say("templates.asked"),
        template["channel_name"],
        template["id"],
    )


@templates.command("show", help=say("templates.show"))
@_template
@click.option("--table", default="", metavar="TABLE", help=say("templates.for_table"))
@click.option("--record", default="", metavar="NAME", help=say("templates.for_record"))
@options.environment
@options.as_json
def show(template: str, table: str, record: str, environment: str, *, as_json: bool) -> None:
    from liaison.cli.find import find_environment, find_record, find_template, record_path
    from liaison.cli.show import show_json, show_pairs

    asked, key = api(), find_environment(api(), environment)
    document = find_template(asked, key, template)
    if record:
        where = record_path(find_record(asked, key, table, record), "defaults")
        document = asked.get(where, template=document["id"])
    if as_json:
        show_json(document)
    else:
        show_pairs(_pairs(document))


def _pairs(document: Document) -> list[tuple[str, str]]:
    channels = [f"{one['name']} ({one['kind']})" for one in document["channels"]]
    tabs = [f"{one['name']} <{one['address']}>" for one in document["tabs"]]
    return [
        (say("templates.name"), document.get("name") or document.get("template_name") or ""),
        (say("templates.tables"), ", ".join(document.get("tables", ()))),
        (say("templates.default_of"), ", ".join(document.get("default_of", ()))),
        (say("templates.team"), document["team"]["name"] or say("templates.asked")),
        (say("templates.channel"), f"{document['channel_name']} ({document['channel_kind']})"),
        (say("templates.folders"), ", ".join(document["folders"])),
        (say("templates.channels"), ", ".join(channels)),
        (say("templates.tabs"), ", ".join(tabs)),
        (say("templates.welcome"), document["welcome"]),
        (say("templates.on_close"), document["on_close"]),
        (say("templates.changed_by"), document.get("changed_by", "")),
    ]


@templates.command("save", help=say("templates.save"))
@click.option("--file", "file", required=True, metavar="FILE", help=say("templates.file"))
@options.environment
@options.as_json
def save(file: str, environment: str, *, as_json: bool) -> None:
    from liaison.cli.show import show_json

    document, asked = _read(file), api()
    body = {name: value for name, value in document.items() if name not in _OURS}
    if document.get("id"):
        where = _path(asked, environment, str(document["id"]))
        saved = asked.ask("PUT", where, body=body, headers=_if_match(document))
    else:
        saved = asked.ask("POST", _path(asked, environment), body=body)
    if as_json:
        show_json(saved)
    else:
        print(say("templates.saved", name=saved["name"], id=saved["id"], version=str(saved["version"])))


def _read(file: str) -> Document:
    """A template as JSON, from a file or from standard input. Raises InputInvalid."""
    import json
    import sys

    from liaison.errors import InputInvalid

    text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    try:
        document = json.loads(text)
    except ValueError:
        raise InputInvalid("--file", file, "template_file") from None
    if not isinstance(document, dict):
        raise InputInvalid("--file", file, "template_file")
    return document


def _if_match(document: Document) -> dict[str, str]:
    return {"If-Match": f'"{document.get("version", 0)}"'}


@templates.command("delete", help=say("templates.delete"))
@_template
@options.environment
def delete(template: str, environment: str) -> None:
    from liaison.cli.find import find_environment, find_template

    asked, key = api(), find_environment(api(), environment)
    found = find_template(asked, key, template)
    asked.ask("DELETE", _path(asked, environment, found["id"]), headers=_if_match(found))
    print(say("templates.deleted", name=found["name"]))


@templates.command("columns", help=say("templates.columns"))
@click.argument("tables", nargs=-1, required=True, help=say("templates.of_tables"))
@options.environment
@options.as_json
def columns(tables: tuple[str, ...], environment: str, *, as_json: bool) -> None:
    from liaison.cli.api import path
    from liaison.cli.find import find_environment
    from liaison.cli.show import show_columns, show_json

    where = path("environments", find_environment(api(), environment), "name-columns")
    found = api().get(where, table=list(tables))
    if as_json:
        show_json(found)
        return
    titles = (say("templates.column"), say("templates.label"))
    show_columns(titles, [(f"{{{one['name']}}}", one["label"]) for one in found["items"]])


def _path(asked: Api, environment: str, *below: str) -> str:
    from liaison.cli.api import path
    from liaison.cli.find import find_environment

    return path("environments", find_environment(asked, environment), "templates", *below)
