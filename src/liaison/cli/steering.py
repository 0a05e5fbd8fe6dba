"""`liaison tenant status`, `switches`, `faults`, `clock`, `calls`, `operations`, `reset`: steering a running tenant."""

from __future__ import annotations

import functools
import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from liaison.cli import options, show
from liaison.cli.spoken import SpokenCommand
from liaison.cli.words import say

CANNOT, WRONG = 7, 2

_at = click.option("--at", "address", default="", metavar="ADDRESS", help=say("tenant.at"))
_data = click.option("--data", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help=say("run.data"))


class _Unable(Exception):
    """Said to a person by the key below `cli.tenant.` with its facts."""

    def __init__(self, key: str, code: int = CANNOT, **facts: str) -> None:
        super().__init__(key)
        self.key, self.code, self.facts = key, code, facts


class Steering:
    """Orders to the control endpoint of one running tenant."""

    def __init__(self, address: str) -> None:
        self.address = address

    def ask(self, method: str, path: str, order: object = None) -> Any:
        """The answer as JSON; None when it has no body."""
        from liaison.cli.http import send
        from liaison.errors import UpstreamUnavailable

        body = None if order is None else json.dumps(order).encode()
        try:
            answer = send(method, f"{self.address}/_control{path}", {"Content-Type": "application/json"}, body)
        except UpstreamUnavailable:
            raise _Unable("nobody", address=self.address) from None
        if answer.status >= 400:
            raise _Unable("refused", WRONG, words=_words(answer.body))
        return json.loads(answer.body) if answer.body else None


def _words(body: bytes) -> str:
    try:
        return str(json.loads(body)["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return body[:200].decode("utf-8", "replace")


def _address(address: str, data: Path | None) -> str:
    """The address that was given, else that of the data folder's tenant, else the usual one."""
    if address:
        return address.rstrip("/")
    told = (data or Path(os.environ.get("LIAISON_DATA_FOLDER", "") or ".liaison")) / "tenant.json"
    if told.exists():
        return str(json.loads(told.read_text(encoding="utf-8"))["tenant"]["http"])
    return "http://localhost:8301"


def _steers(command: Callable[..., None]) -> Callable[..., int]:
    """Gives a command the tenant it steers; what keeps it from doing so is said in one line."""

    @_at
    @_data
    @functools.wraps(command)
    def run(address: str, data: Path | None, **given: Any) -> int:
        try:
            command(Steering(_address(address, data)), **given)
        except _Unable as cause:
            print(say(f"tenant.{cause.key}", **cause.facts), file=sys.stderr)
            return cause.code
        return 0

    return run


@click.command(cls=SpokenCommand, help=say("tenant.status"))
@options.as_json
@_steers
def status(steering: Steering, *, as_json: bool) -> None:
    told = steering.ask("GET", "/status")
    if as_json:
        show.show_json(told)
        return
    if told["introduction"]:
        introduce(told["introduction"])
    show.show_pairs([(say("tenant.now"), told["now"])])
    _show_switches(told["switches"], everything=False)
    _show_faults(told["faults"])


def introduce(introduction: Mapping[str, Any]) -> None:
    """Addresses, applications and people of a tenant."""
    tenant = introduction["tenant"]
    show.show_pairs(
        [
            (say("tenant.tenant_number"), tenant["id"]),
            (say("tenant.certificate"), tenant["ca"]),
            (say("tenant.teams_pages"), f"{tenant['http']}/teams"),
        ]
    )
    print()
    rows = [(one["name"], one["http"], one["https"]) for one in introduction["environments"]]
    show.show_columns((say("tenant.environment"), "http", "https"), rows)
    print()
    apps = [(name, one["client_id"]) for name, one in introduction["apps"].items()]
    show.show_columns((say("tenant.application"), say("tenant.client_id")), apps)
    print()
    people = [
        (one["name"], one["upn"], ", ".join(one["roles"]), ", ".join(one["licences"])) for one in introduction["people"]
    ]
    titles = (say("tenant.person"), say("tenant.sign_in"), say("tenant.roles"), say("tenant.licences"))
    show.show_columns(titles, people)
    print()


@click.command(cls=SpokenCommand, help=say("tenant.switches"))
@click.argument("pairs", nargs=-1, metavar="[NAME=VALUE]...")
@click.option("--all", "everything", is_flag=True, help=say("tenant.all"))
@options.as_json
@_steers
def switches(steering: Steering, pairs: tuple[str, ...], *, everything: bool, as_json: bool) -> None:
    if pairs:
        steering.ask("POST", "/switches", dict(_pair(pair) for pair in pairs))
    found = steering.ask("GET", "/status")["switches"]
    if as_json:
        show.show_json(found if everything else [one for one in found if one.get("value") is not None])
    else:
        _show_switches(found, everything=everything)


def _pair(pair: str) -> tuple[str, Any]:
    name, equals, text = pair.partition("=")
    if not equals or not name:
        raise _Unable("pair", WRONG, pair=pair)
    if not text:
        return name, None
    try:
        return name, json.loads(text)
    except ValueError:
        return name, text


def _show_switches(found: list[dict[str, Any]], *, everything: bool) -> None:
    kept = [one for one in found if everything or one.get("value") is not None]
    if not kept:
        show.show_note(say("tenant.none_set"))
        return
    rows = [
        (one["name"], "" if one.get("value") is None else json.dumps(one["value"]), one.get("default", ""),
         one.get("text", ""))
        for one in kept
    ]  # fmt: skip
    titles = (say("tenant.switch"), say("tenant.value"), say("tenant.default"), say("tenant.what"))
    show.show_columns(titles, rows)


@click.command(cls=SpokenCommand, help=say("tenant.faults"))
@click.argument("plan", default="", metavar="[PLAN]")
@click.option("--list", "listed", is_flag=True, help=say("tenant.list_plans"))
@click.option("--clear", is_flag=True, help=say("tenant.clear_faults"))
@click.option("--rules", type=click.Path(path_type=Path, dir_okay=False, exists=True), help=say("tenant.rules"))
@click.option("--operation", metavar="PATTERN", help=say("tenant.only_operation"))
@click.option("--path", metavar="PATTERN", help=say("tenant.only_path"))
@click.option("--times", type=click.IntRange(0), help=say("tenant.times"))
@click.option("--probability", type=click.FloatRange(0, 1), help=say("tenant.probability"))
@click.option("--seed", type=int, help=say("tenant.draw"))
@options.as_json
@_steers
def faults(
    steering: Steering, plan: str, rules: Path | None, *, listed: bool, clear: bool, as_json: bool, **narrowing: Any
) -> None:
    if listed:
        _list_plans(steering, as_json=as_json)
        return
    if clear:
        steering.ask("DELETE", "/faults")
        show.show_note(say("tenant.cleared"))
        return
    if rules is not None:
        steering.ask("POST", "/faults", _read_json(rules))
    elif plan:
        steering.ask("POST", "/faults", {"plan": plan, **_narrowed(narrowing)})
    report = steering.ask("GET", "/faults")
    if as_json:
        show.show_json(report)
    else:
        _show_faults(report)


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as cause:
        raise _Unable("refused", WRONG, words=str(cause)) from cause


def _narrowed(narrowing: Mapping[str, Any]) -> dict[str, Any]:
    given = {name: value for name, value in narrowing.items() if value is not None}
    return {name: None if name == "times" and value == 0 else value for name, value in given.items()}


def _list_plans(steering: Steering, *, as_json: bool) -> None:
    found = steering.ask("GET", "/faults/plans")["value"]
    if as_json:
        show.show_json(found)
    else:
        rows = [(one["name"], one["text"]) for one in found]
        show.show_columns((say("tenant.plan_column"), say("tenant.what")), rows)


def _show_faults(report: Mapping[str, Any]) -> None:
    if not report["rules"]:
        show.show_note(say("tenant.calm"))
        return
    show.show_pairs([(say("tenant.plan_column"), report["plan"] or "")])
    rows = [
        (f"{one['method']} {one['operation'] or one['path']}", one["phase"], str(one["matches"]), str(one["hits"]))
        for one in report["rules"]
    ]
    show.show_columns((say("tenant.rule"), say("tenant.phase"), say("tenant.matched"), say("tenant.hit")), rows)


@click.command(cls=SpokenCommand, help=say("tenant.clock"))
@click.option("--set", "moment", metavar="MOMENT", help=say("tenant.set_clock"))
@click.option("--advance", type=float, metavar="SECONDS", help=say("tenant.advance"))
@click.option("--freeze", is_flag=True, help=say("tenant.freeze"))
@_steers
def clock(steering: Steering, moment: str | None, advance: float | None, *, freeze: bool) -> None:
    order: dict[str, Any] = {}
    if moment is not None:
        order["set"] = moment
    if advance is not None:
        order["advance_s"] = advance
    if freeze:
        order["freeze"] = True
    told = steering.ask("POST", "/clock", order) if order else steering.ask("GET", "/clock")
    print(told["now"])


@click.command(cls=SpokenCommand, help=say("tenant.calls"))
@click.option("--since", type=click.IntRange(0), default=0, help=say("tenant.since"))
@click.option("--last", type=click.IntRange(1), default=50, show_default=True, help=say("tenant.last"))
@click.option("--clear", is_flag=True, help=say("tenant.clear_calls"))
@options.as_json
@_steers
def calls(steering: Steering, since: int, last: int, *, clear: bool, as_json: bool) -> None:
    if clear:
        steering.ask("DELETE", "/calls")
        show.show_note(say("tenant.forgotten"))
        return
    found = steering.ask("GET", f"/calls?since={since}")["value"][-last:]
    if as_json:
        show.show_json(found)
        return
    rows = [
        (str(one["sequence"]), one["at"][11:19], str(one["status"]), _asked(one), one["client"] or "") for one in found
    ]
    titles = (say("tenant.number"), say("tenant.now"), say("tenant.answered"), say("tenant.operation"))
    show.show_columns((*titles, say("tenant.client")), rows)


def _asked(call: Mapping[str, Any]) -> str:
    return str(call["operation"] or f"{call['method']} {call['path']}")


@click.command(cls=SpokenCommand, help=say("tenant.operations"))
@click.option("--unbuilt", is_flag=True, help=say("tenant.unbuilt"))
@options.as_json
@_steers
def operations(steering: Steering, *, unbuilt: bool, as_json: bool) -> None:
    found = [one for one in steering.ask("GET", "/operations")["value"] if not (unbuilt and one["built"])]
    if as_json:
        show.show_json(found)
        return
    rows = [(say("tenant.yes") if one["built"] else say("tenant.no"), one["name"], one["source"]) for one in found]
    show.show_columns((say("tenant.built"), say("tenant.operation"), say("tenant.source")), rows)


@click.command(cls=SpokenCommand, help=say("tenant.reset"))
@_steers
def reset(steering: Steering) -> None:
    steering.ask("POST", "/reset")
    show.show_note(say("tenant.reset_done"))
