"""`liaison templates` against a running demo: an administrator keeps one, a seller connects with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.contract.demo_process import Demo

RECORD = ("opportunity", "Northwind renewal")
TEMPLATE = {
    "name": "Deal room",
    "tables": ["opportunity"],
    "channel_name": "Room {name}",
    "folders": ["Offers"],
    "tabs": [{"name": "Handbook", "address": "https://intranet.contoso.com/{name}"}],
}


@pytest.mark.statement("F29", "F35", "F72")
def test_an_administrator_keeps_a_template_and_a_seller_connects_with_it(
    demo: Demo, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    nadia = demo.command_line(tmp_path_factory.mktemp("nadia"), "Nadia")
    claire = demo.command_line(tmp_path_factory.mktemp("claire"), "Claire")
    file = tmp_path / "template.json"
    file.write_text(json.dumps({**TEMPLATE, "folders": ["a/b"]}), encoding="utf-8")
    refused = nadia("--language", "fr", "templates", "save", "--file", str(file))
    assert (refused.code, "folders.0: a/b" in refused.err) == (2, True), refused.err
    assert "Teams ou SharePoint n’accepte pas ce nom." in refused.err
    file.write_text(json.dumps(TEMPLATE), encoding="utf-8")
    saved = nadia("templates", "save", "--file", str(file), "--json")
    assert saved.code == 0, saved.err
    assert "Deal room" in nadia("templates", "list").out
    assert "{name}" in nadia("templates", "columns", "opportunity").out
    shown = claire("templates", "show", "Deal room", "--table", RECORD[0], "--record", RECORD[1])
    assert "Room Northwind renewal (standard)" in shown.out, shown.err
    link = claire("connect", *RECORD, "--template", "deal room", "--team", "Ventes Europe", "--json").document
    assert (link["state"], link["template"], link["findings"]) == ("connected", "Deal room", [])
    assert [(one["kind"], one["state"]) for one in link["extras"]] == [("folder", "made"), ("tab", "made")]
    assert claire("undo", link["id"], "--json").document["state"] == "undone"
    stale = tmp_path / "stale.json"
    stale.write_text(json.dumps({**saved.document, "version": 7}), encoding="utf-8")
    assert nadia("templates", "save", "--file", str(stale)).code == 6
    assert nadia("templates", "delete", "Deal room").code == 0
    assert "Deal room" not in nadia("templates", "list").out
