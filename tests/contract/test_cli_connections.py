"""A view connected, listed and taken back on the command line; people by their sign-in names; links narrowed."""

from __future__ import annotations

import json

import pytest

from liaison.tenant.seeds import company
from tests.contract.command_line import CommandLine
from tests.contract.demo_process import Demo

VIEW = ("opportunity", "My Open Opportunities")


@pytest.fixture(scope="module")
def claire(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    return demo.command_line(tmp_path_factory.mktemp("claire"), "Claire")


def views_of(claire: CommandLine) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(claire("connections", *VIEW, "--view", "--json").out)["items"]
    return found


@pytest.mark.statement("S30", "F72")
def test_a_view_is_connected_listed_and_taken_back(claire: CommandLine) -> None:
    made = claire("connect", *VIEW, "--view", "--team", "Ventes Europe", "--new-channel", "Pipeline 2027", "--json")
    assert made.code == 0, made.err
    link = json.loads(made.out)
    assert (link["state"], link["record"]["view"], link["record"]["title"]) == ("connected", "system", VIEW[1])
    assert [one["link"] for one in views_of(claire)] == [link["id"]]
    listed = claire("connections", *VIEW, "--view")
    assert "Pipeline 2027" in listed.out
    narrowed = json.loads(claire("links", "--regarding", link["record"]["id"], "--team", "Ventes Europe", "--json").out)
    assert [one["id"] for one in narrowed["items"]] == [link["id"]]
    assert json.loads(claire("links", "--table", "account", "--json").out)["items"] == []
    undone = claire("undo", link["id"], "--json")
    assert undone.code == 0, undone.err
    assert (json.loads(undone.out)["state"], views_of(claire)) == ("undone", [])
    again = claire("--language", "fr", "undo", link["id"])
    assert again.code == 0, again.err


@pytest.mark.statement("F72")
def test_what_is_not_there_cannot_be_completed_or_undone(claire: CommandLine) -> None:
    assert claire("complete", "opportunity", "Northwind renewal", "--channel", "Nowhere").code == 5
    assert claire("undo", "3f2504e0-4f89-11d3-9a0c-0305e82c3301").code == 5


@pytest.mark.statement("F47", "F72")
def test_people_are_named_by_sign_in_name_for_a_dry_run(claire: CommandLine) -> None:
    upn = company.person("Sofia").upn
    place = ("--new-team", "People by name", "--primary")
    shown = claire("connect", "opportunity", "Northwind renewal", *place, "--member", upn, "--dry-run", "--json")
    assert shown.code == 0, shown.err
    assert [one["name"] for one in json.loads(shown.out)["members"]] == [company.person("Sofia").name]
    unknown = claire("connect", "opportunity", "Northwind renewal", *place, "--member", "nobody.at.all", "--dry-run")
    assert unknown.code == 5


@pytest.mark.statement("F43", "F72")
def test_earlier_files_are_counted_in_a_dry_run_and_copied_when_wished(claire: CommandLine) -> None:
    asked = ["connect", "opportunity", "Northwind renewal", "--new-team", "Earlier files", "--primary"]
    shown = claire(*asked, "--earlier-files", "move", "--dry-run")
    assert shown.code == 0, shown.err
    assert "Earlier files: Documents on Default Site 1, " in shown.out + shown.err
    assert "Files that will be moved into the channel" in shown.out + shown.err
    copied = claire(*asked, "--earlier-files", "copy", "--json")
    assert copied.code == 0, copied.err
    link = json.loads(copied.out)
    assert (link["earlier_files"], link["state"]) == ("copy", "connected")
    assert link["earlier"]["files"] == link["earlier"]["settled"] > 0
    assert link["steps"][-1]["text"].startswith("Earlier files copied into the channel: ")
