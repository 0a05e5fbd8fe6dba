"""Check prerequisites, mend them, switch tables; consent, reasons and the ledger of calls."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from liaison.cli import options
from liaison.cli.options import api
from liaison.cli.spoken import SpokenCommand
from liaison.cli.words import say

if TYPE_CHECKING:
    from liaison.cli.api import Document

NOT_READY = 6
_code = click.option("--code", "codes", multiple=True, metavar="CODE", help=say("mend.code"))


def _environment_path(environment: str, *below: str) -> str:
    from liaison.cli.api import path
    from liaison.cli.find import find_environment

    return path("environments", find_environment(api(), environment), *below)


@click.command(cls=SpokenCommand, help=say("doctor.help"))
@options.environment
@options.as_json
def doctor(environment: str, *, as_json: bool) -> int:
    from liaison.cli.show import show_checks, show_json, show_note

    found = api().get(_environment_path(environment, "readiness"))
    if as_json:
        show_json(found)
    else:
        show_checks(found["checks"])
        show_note(say("doctor.ready") if found["is_ready"] else say("doctor.not_ready"))
    return 0 if found["is_ready"] else NOT_READY


@click.command(cls=SpokenCommand, help=say("mend.help"))
@_code
@click.option("--apply", "is_applied", is_flag=True, help=say("mend.apply"))
@click.option("--undo", "undone", default="", metavar="ID", help=say("mend.undo"))
@click.option("--export", "exported", type=click.Path(path_type=Path, dir_okay=False), help=say("mend.export"))
@options.environment
@options.as_json
def mend(
    codes: tuple[str, ...], undone: str, exported: Path | None, environment: str, *, is_applied: bool, as_json: bool
) -> None:
    from liaison.cli.show import show_note

    if undone:
        where = _environment_path(environment, "remedies", undone, "undo")
        _show_changes(api().ask("POST", where), as_json=as_json)
        show_note(say("mend.undone"))
        return
    where = _environment_path(environment, "remedy")
    plan = api().get(where, code=codes, with_content="true" if exported else "")
    if exported:
        _export(plan, exported)
    if not plan["changes"] or not is_applied:
        _show_changes(plan, as_json=as_json)
        show_note(say("mend.dry") if plan["changes"] else say("mend.nothing"))
        return
    done = api().ask("POST", where, body={"mark": plan["mark"], "codes": list(codes)})
    _show_changes(done, as_json=as_json)
    show_note(say("mend.done", id=done["id"]))


def _export(plan: Document, target: Path) -> None:
    import json

    from liaison.cli.show import show_note

    rows = [{**change["row"], "content": change["content"]} for change in plan["changes"] if change["content"]]
    with target.open("x", encoding="utf-8") as file:  # never over an existing file
        json.dump(rows, file, ensure_ascii=False, indent=2)
    show_note(say("mend.exported", path=str(target)))


def _show_changes(document: Document, *, as_json: bool) -> None:
    from liaison.cli.show import show_columns, show_json

    if as_json:
        show_json(document)
        return
    titles = (say("mend.act"), say("mend.row"), say("mend.before"), say("mend.after"))
    rows = [(one["text"], one["row"]["name"], one["before"], one["after"]) for one in document["changes"]]
    if rows:
        show_columns(titles, rows)


@click.command(cls=SpokenCommand, help=say("tables.help"))
@click.argument("table", default="", help=say("tables.table"))
@click.option("--on", "wanted", flag_value="on", help=say("tables.on"))
@click.option("--off", "wanted", flag_value="off", help=say("tables.off"))
@click.option("--all", "everything", is_flag=True, help=say("tables.all"))
@options.environment
@options.as_json
def tables(table: str, wanted: str | None, environment: str, *, everything: bool, as_json: bool) -> int:
    if table or wanted:
        return _switch(table, wanted, environment, as_json=as_json)
    from liaison.cli.show import show_columns, show_json

    found = api().get(_environment_path(environment, "tables"))
    if as_json:
        show_json(found)
        return 0
    titles = (say("tables.name"), say("tables.label"), say("tables.teams"), say("tables.documents"), say("tables.kind"))
    shown = [one for one in found["items"] if everything or one["collaboration"]]
    show_columns(titles, [_table_cells(one) for one in shown])
    return 0


def _table_cells(table: Document) -> tuple[str, ...]:
    kind = say("tables.custom") if table["is_custom"] else say("tables.default") if table["is_default"] else ""
    teams, documents = _yes_no(table["collaboration"]), _yes_no(table["document_management"])
    return (table["name"], table["plural"], teams, documents, kind)


def _yes_no(value: bool) -> str:
    return say("yes") if value else say("no")


def _switch(table: str, wanted: str | None, environment: str, *, as_json: bool) -> int:
    from liaison.cli.show import show_json, show_note

    if not table or not wanted:
        from liaison.errors import InputMissing

        raise InputMissing("table" if wanted else "--on / --off")
    where = _environment_path(environment, "tables", table)
    found = api().ask("PUT", where, body={"collaboration": wanted == "on"})
    if as_json:
        show_json(found)
    elif found["is_settled"]:
        state = say("collaboration.on" if found["table"]["collaboration"] else "collaboration.off")
        print(say("tables.switched", table=found["table"]["plural"], state=state))
    else:
        key = "tables.waiting" if found["service_said_yes"] else "tables.refused"
        show_note(say(key, table=found["table"]["plural"]))
    return 0 if found["is_settled"] else NOT_READY


@click.command(cls=SpokenCommand, help=say("consent.help"))
@click.option("--check", is_flag=True, help=say("consent.check"))
@options.environment
@options.as_json
def consent(environment: str, *, check: bool, as_json: bool) -> None:
    from liaison.cli.show import show_json, show_note

    seen = api().ask("POST", "/consent/check") if check else api().get("/consent")
    ladder = api().get("/consent/ladder")
    if as_json:
        show_json({"consent": seen, "ladder": ladder["items"]})
        return
    print(seen["text"])
    extras = [one for one in ladder["items"] if one["is_extra"]]
    _show_rungs(say("consent.rung"), [one for one in ladder["items"] if not one["is_extra"]])
    print()
    _show_rungs(say("consent.more"), extras)
    address = f"{api().server}/power-apps/environments/{_environment_key(environment)}/settings/teams-integration"
    if seen["state"] != "granted":
        show_note(say("consent.give", address=address))
    elif not all(one["is_granted"] for one in extras):
        show_note(say("consent.allow", address=f"{address}#more-that-can-be-allowed"))


def _show_rungs(title: str, rungs: list[Document]) -> None:
    from liaison.cli.show import show_columns

    titles = (title, say("consent.state"), say("consent.missing"))
    show_columns(titles, [(one["text"], _yes_no(one["is_granted"]), " ".join(one["missing"])) for one in rungs])


def _environment_key(environment: str) -> str:
    from liaison.cli.find import find_environment

    return find_environment(api(), environment)


@click.command(cls=SpokenCommand, help=say("why.help"))
@options.table
@options.record
@click.option("--person", default="", metavar="NAME", help=say("why.person"))
@options.environment
@options.as_json
def why(table: str, record: str, person: str, environment: str, *, as_json: bool) -> int:
    from liaison.cli.find import find_environment, find_record, record_path
    from liaison.cli.show import show_checks, show_json, show_note

    asked = api()
    found_record = find_record(asked, find_environment(asked, environment), table, record)
    found = asked.get(record_path(found_record, "reasons"), person=person)
    unmet = [check for check in found["checks"] if check["state"] == "unmet"]
    if as_json:
        show_json(found)
    else:
        show_checks(found["checks"])
        key = "why.some" if unmet else "why.none"
        show_note(say(key, person=found["person"], count=str(len(unmet))))
    return NOT_READY if unmet else 0


@click.command(cls=SpokenCommand, help=say("calls.help"))
@click.option("--outside", is_flag=True, help=say("calls.outside"))
@options.page
@options.as_json
def calls(page: str, *, outside: bool, as_json: bool) -> int:
    from liaison.cli.show import show_columns, show_json, show_note

    found = api().get("/calls", page=page, outside="true" if outside else "", size=1000 if as_json else 1)
    if as_json:
        show_json(found)
    else:
        titles = (say("calls.feature"), say("calls.count"), say("calls.service"), say("calls.call"))
        rows = [
            (_feature(one["feature"]), str(one["count"]), one["service"], f"{one['method']} {one['path']}")
            for one in found["totals"]
            if not (outside and one["feature"])
        ]
        show_columns(titles, rows)
        kept = found["outside"] == 0
        show_note(say("calls.kept") if kept else say("calls.broken", count=str(found["outside"])))
    return 0 if found["outside"] == 0 else NOT_READY


def _feature(feature: str) -> str:
    from liaison.cli.words import say_feature

    return say_feature(feature or "outside")
