"""Choosing on the command line against a running demo: names, people, a dry run, joining."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.contract.command_line import CommandLine
from tests.contract.demo_process import Demo

RECORD = ("opportunity", "Northwind renewal")


@pytest.fixture(scope="module")
def claire(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    return demo.command_line(tmp_path_factory.mktemp("claire"), "Claire")


@pytest.fixture
def policy(demo: Demo) -> Iterator[None]:
    demo.control("POST", "/switches", {"graph.name_prefix": "GRP_", "graph.blocked_words": "Payroll"})
    yield
    demo.control("POST", "/switches", {"graph.name_prefix": "", "graph.blocked_words": ""})


@pytest.mark.usefixtures("policy")
@pytest.mark.statement("F28", "F31", "F72")
def test_names_are_checked_before_anything_is_made(claire: CommandLine) -> None:
    good = claire("name-check", "Northwind deals")
    assert (good.code, "GRP_Northwind deals" in good.out) == (0, True), good.err
    bad = claire("--language", "fr", "name-check", "Payroll deals")
    assert bad.code == 2
    assert "Votre organisation n’autorise pas ce nom" in bad.out
    assert "deals" in bad.out
    taken = claire("name-check", "renewals", "--team", "Ventes Europe", "--json")
    assert (taken.code, json.loads(taken.out)["proposal"]) == (2, "renewals 2")


@pytest.mark.statement("F47", "F50", "F72")
def test_people_are_listed_with_what_they_will_not_see(claire: CommandLine) -> None:
    listed = claire("members", *RECORD, "--team", "Ventes Europe")
    assert listed.code == 0, listed.err
    assert "Sofia Rossi" in listed.out
    guest = claire("members", *RECORD, "--find", "lukas")
    assert "Guest: sees the channel and its files, but not the record" in guest.out


@pytest.mark.usefixtures("policy")
@pytest.mark.statement("F30", "F72")
def test_a_dry_run_shows_everything_and_makes_nothing(demo: Demo, claire: CommandLine) -> None:
    asked = ["connect", *RECORD, "--new-team", "Dry run", "--new-channel", "Deal", "--kind", "private", "--dry-run"]
    before = len(json.loads(claire("links", "--json").out)["items"])
    shown = claire(*asked)
    assert shown.code == 0, shown.err
    assert "GRP_Dry run" in shown.out
    assert "Only the people of the private channel see its files" in shown.err
    assert len(json.loads(claire("links", "--json").out)["items"]) == before
    refused = claire("connect", *RECORD, "--new-team", "Payroll", "--primary", "--dry-run")
    assert (refused.code, "input.name_blocked" in refused.err) == (2, True)
    twice = claire("connect", *RECORD, "--team", "Ventes Europe", "--new-team", "x", "--primary")
    assert twice.code == 2


@pytest.mark.statement("F23", "F72")
def test_somebody_asks_to_join_and_the_owner_lets_them_in(demo: Demo, claire: CommandLine, tmp_path: object) -> None:
    connected = claire("connect", *RECORD, "--team", "Northwind account", "--new-channel", "Joining")
    assert connected.code == 0, connected.err
    hugo = demo.command_line(tmp_path / "hugo", "Hugo")  # type: ignore[operator]
    for _ in range(2):
        asked = hugo("join", *RECORD, "--team", "Northwind account")
        assert (asked.code, "waits for an owner" in asked.err) == (0, True), asked.err
    waiting = json.loads(claire("requests", "--json").out)["items"]
    assert [(one["by"]["name"], one["team_name"]) for one in waiting] == [("Hugo Marchand", "Northwind account")]
    assert hugo("accept", waiting[0]["id"]).code == 4, "only an owner answers"
    accepted = claire("accept", waiting[0]["id"])
    assert (accepted.code, "Hugo Marchand, Northwind account: Accepted" in accepted.err) == (0, True), accepted.err
    assert "Accepted" in hugo("requests", "--mine").out
    assert claire("decline", waiting[0]["id"]).code == 6
    assert "Northwind account" in hugo("teams").out
