"""The command line against a running demo: sign in, connect, files, disconnect, as an operator types it."""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path

import pytest

from liaison.cli.device_pages import approve
from tests.contract.command_line import CommandLine
from tests.contract.demo_process import Demo

RECORD = ("opportunity", "Northwind renewal")


@pytest.fixture(scope="module")
def claire(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    return demo.command_line(tmp_path_factory.mktemp("claire"), "Claire")


@pytest.mark.statement("F72")
def test_signing_in_by_device_code_keeps_the_sign_in_for_its_owner_only(demo: Demo, tmp_path: Path) -> None:
    line = demo.command_line(tmp_path, "Priya")
    kept = tmp_path / "sign-in.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert line("whoami").out.startswith("Priya Raman")
    assert line("logout").code == 0
    assert (line("whoami").code, json.loads(kept.read_text(encoding="utf-8"))) == (3, {})


def test_signing_in_waits_for_the_person_who_enters_the_code_in_a_browser(demo: Demo, tmp_path: Path) -> None:
    line = demo.command_line(tmp_path)
    with line.started("login") as process:
        assert process.stderr is not None
        told = process.stderr.readline()
        found = re.fullmatch(r"Open (\S+) in a browser and enter the code (\S+)\.\n", told)
        assert found, told
        approve(found[1], found[2], "priya.raman@contoso.com")
        _, err = process.communicate(timeout=30)
    assert (process.returncode, "Signed in as Priya Raman" in err) == (0, True)
    assert line("whoami").code == 0


def test_a_token_that_has_run_out_is_renewed_by_itself(demo: Demo, tmp_path: Path) -> None:
    line = demo.command_line(tmp_path, "Priya")
    kept = tmp_path / "sign-in.json"
    before = json.loads(kept.read_text(encoding="utf-8"))
    before[demo.product]["expires_at"] = 0
    kept.write_text(json.dumps(before), encoding="utf-8")
    assert line("whoami").code == 0
    after = json.loads(kept.read_text(encoding="utf-8"))[demo.product]
    assert after["expires_at"] > 0
    assert after["access_token"] != before[demo.product]["access_token"]


def test_a_sign_in_that_was_revoked_is_said_with_exit_code_3(demo: Demo, tmp_path: Path) -> None:
    line = demo.command_line(tmp_path, "Priya")
    kept = tmp_path / "sign-in.json"
    spoiled = json.loads(kept.read_text(encoding="utf-8"))
    spoiled[demo.product] |= {"expires_at": 0, "refresh_token": "spoiled"}
    kept.write_text(json.dumps(spoiled), encoding="utf-8")
    ended = line("whoami")
    assert (ended.code, "auth.sign_in_again" in ended.err) == (3, True)


def test_signing_in_as_somebody_is_for_the_local_tenant_only(demo: Demo, tmp_path: Path) -> None:
    line = demo.command_line(tmp_path)
    nobody = line("login", "--as", "nobody@contoso.com")
    assert (nobody.code, "auth.refused" in nobody.err) == (3, True)
    assert not (tmp_path / "sign-in.json").exists()


@pytest.mark.statement("F17", "F21")
def test_connect_link_files_and_disconnect_by_name(claire: CommandLine, tmp_path: Path) -> None:
    asked = ["connect", *RECORD, "--team", "Ventes Europe", "--new-channel", "Command line"]
    connected = claire(*asked)
    assert connected.code == 0, connected.err
    assert "✓ The tab is in the channel" in connected.err
    assert "[done] The timeline shows the connection" in connected.out
    again = claire(*asked, "--json")
    assert (again.code, again.document["state"]) == (0, "connected")
    shown = claire("link", again.document["id"], "--json").document
    assert shown == again.document

    (tmp_path / "Offer.txt").write_bytes(b"the offer" * 1000)
    assert claire("upload", *RECORD, str(tmp_path / "Offer.txt"), "--place", "Command line").code == 0
    listed = claire("files", *RECORD, "--place", "Command line", "--json").document["items"]
    assert [one["name"] for one in listed] == ["Offer.txt"]
    back = tmp_path / "back.txt"
    asked_back = ["download", *RECORD, "Offer.txt", "--place", "Command line", "--to", str(back)]
    assert claire(*asked_back).code == 0
    assert back.read_bytes() == b"the offer" * 1000
    over = claire(*asked_back)
    assert (over.code, "file.exists" in over.err) == (6, True)

    gone = claire("disconnect", *RECORD, "--channel", "Command line", "--json")
    assert (gone.code, gone.document["state"]) == (0, "disconnected")
    assert shown["id"] in [
        link["id"] for link in claire("links", "--state", "disconnected", "--json").document["items"]
    ]


def test_work_that_needs_a_person_is_tried_again(demo: Demo, claire: CommandLine) -> None:
    refusal = {"status": 403, "code": "Forbidden"}
    rule = {"method": "POST", "path": "/v1.0/teams/*/channels/*/tabs", "nth": 1, "times": 1, "phase": "before"}
    demo.control("POST", "/faults", {"rules": [{**rule, "action": refusal}]})
    try:
        stopped = claire("connect", *RECORD, "--team", "Ventes Europe", "--new-channel", "Second try", "--json")
    finally:
        demo.control("DELETE", "/faults")
    link = stopped.document
    assert (link["state"], link["trouble"]["retry"]) == ("needs_person", link["trouble"]["retry"])
    assert stopped.code in {4, 7}
    assert f"({link['trouble']['code']}, " in stopped.err
    done = claire("retry", link["id"], "--json")
    assert (done.code, done.document["state"]) == (0, "connected")


def test_switches_need_the_role_and_are_shown_to_everybody(claire: CommandLine) -> None:
    shown = claire("collaboration", "show", "--json").document
    assert (shown["switches"]["basic"], shown["may_change_basic"]) == (True, False)
    refused = claire("collaboration", "set", "--basic", "off")
    assert (refused.code, "role.missing" in refused.err) == (4, True)


@pytest.mark.statement("F77")
def test_it_speaks_french(claire: CommandLine) -> None:
    ended = claire("connect", *RECORD, "--team", "Ventes Europe", "--new-channel", "a/b", LANG="fr_FR.UTF-8")
    assert ended.code == 2
    assert ended.err.startswith("Ce nom de canal ne peut pas être utilisé — Teams n’accepte pas «\u00a0a/b\u00a0»")
