"""A record's files: list, upload, download."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from liaison.cli import options
from liaison.cli.options import api
from liaison.cli.spoken import SpokenCommand
from liaison.cli.words import say, say_size

if TYPE_CHECKING:
    from liaison.cli.api import Document

_COLUMNS = ("name", "size", "modified", "by", "id")


@click.command(cls=SpokenCommand, help=say("files.help"))
@options.table
@options.record
@options.place
@click.option("--all", "everywhere", is_flag=True, help=say("files.all"))
@click.option("--folder", default="", metavar="ID", help=say("files.folder"))
@options.environment
@options.page
@options.as_json
def files(
    table: str, record: str, place: str, folder: str, environment: str, page: str, *, everywhere: bool, as_json: bool
) -> None:
    from liaison.cli.show import show_json

    where = _files_path(table, record, environment)
    document = api().get(where, place="all") if everywhere else _read(where, place, folder, page)
    if as_json:
        show_json(document)
    else:
        _show(document)


def _files_path(table: str, record: str, environment: str) -> str:
    from liaison.cli.find import find_environment, find_record, record_path

    found = find_record(api(), find_environment(api(), environment), table, record)
    return record_path(found, "files")


def _read(where: str, place: str, folder: str = "", page: str = "") -> Document:
    """The list of the place that is meant; a second question is asked when it is not the one shown first."""
    from liaison.cli.find import find_place

    if not place:
        return api().get(where, folder=folder, page=page)
    first = api().get(where)
    key = find_place(first["places"], place)["key"]
    if key == first["chosen"] and not folder and not page:
        return first
    return api().get(where, place=key, folder=folder, page=page)


def _show(document: Document) -> None:
    from liaison.cli.show import show_columns, show_note

    print(say("files.places"))
    for place in document["places"]:
        trouble = f": {place['problem']['detail']}" if place["problem"] else ""
        print(f"  {place['name']}{' – ' + place['detail'] if place['detail'] else ''}{trouble}")
    if document["chosen"] == "all":
        _show_all(document)
        return
    shown = next((place for place in document["places"] if place["key"] == document["chosen"]), None)
    if shown is None or not shown["is_open"]:
        return
    print(say("files.chosen", place=shown["name"]))
    rows = [_line(one) for one in document["items"]]
    show_columns([say(f"files.{name}") for name in _COLUMNS], rows)
    if document["next"]:
        show_note(say("more", page=document["next"]))


def _show_all(document: Document) -> None:
    from liaison.cli.show import show_columns, show_note

    names = {place["key"]: place["name"] for place in document["places"]}
    rows = [(*_line(one), names[one["place"]]) for one in document["items"]]
    show_columns([say(f"files.{name}") for name in (*_COLUMNS, "origin")], rows)
    if document["is_cut"]:
        show_note(say("files.cut"))


def _line(one: Document) -> tuple[str, ...]:
    name = one["name"] + ("/" if one["is_folder"] else "")
    return (name, say_size(one["size_bytes"]), one["modified_at"], one["modified_by"], one["item"])


@click.command(cls=SpokenCommand, help=say("upload.help"))
@options.table
@options.record
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help=say("upload.file"))
@options.place
@click.option("--name", default="", metavar="NAME", help=say("upload.name"))
@options.environment
@options.as_json
def upload(table: str, record: str, file: Path, place: str, name: str, environment: str, *, as_json: bool) -> None:
    from liaison.cli.meter import Meter
    from liaison.cli.show import show_json, show_note

    where = _files_path(table, record, environment)
    into = _place(where, place)
    size_bytes = file.stat().st_size
    with file.open("rb") as content:
        query = {"name": name or file.name, "place": into["key"]}
        made = api().upload(where, query, Meter(content, size_bytes), size_bytes)
    if as_json:
        show_json(made)
    else:
        size = say_size(made["size_bytes"])
        show_note(say("upload.done", name=made["name"], size=size, place=into["name"]))


def _place(where: str, asked: str) -> Document:
    """The place that is meant, else the first that opens."""
    from liaison.cli.find import find_place
    from liaison.cli.refusals import Refusal
    from liaison.errors import FileUnknown

    document = api().get(where)
    if asked:
        return find_place(document["places"], asked)
    for place in document["places"]:
        if place["is_open"]:
            return dict(place)
    if document["places"]:
        raise Refusal(document["places"][0]["problem"])
    raise FileUnknown(asked)


@click.command(cls=SpokenCommand, help=say("download.help"))
@options.table
@options.record
@click.argument("file", help=say("download.file"))
@options.place
@click.option("--to", type=click.Path(path_type=Path), metavar="PATH", help=say("download.to"))
@options.environment
@options.as_json
def download(
    table: str, record: str, file: str, place: str, to: Path | None, environment: str, *, as_json: bool
) -> None:
    from liaison.cli.fetching import fetch
    from liaison.cli.find import choose
    from liaison.cli.show import show_json, show_note

    where = _files_path(table, record, environment)
    document = _read(where, place)
    found = choose(file, document["items"], "file", id_key="item")
    address = api().redirect(f"{where}/{found['item']}/content", place=document["chosen"])
    target = to / found["name"] if to is not None and to.is_dir() else to or Path(Path(found["name"]).name)
    size_bytes = fetch(address, target)
    if as_json:
        show_json({"file": found, "path": str(target), "size_bytes": size_bytes})
    else:
        show_note(say("download.done", name=found["name"], size=say_size(size_bytes), path=str(target)))
