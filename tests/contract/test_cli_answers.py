"""What the command line makes of the API's answers: names to ids, documents, problems to exit codes."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from liaison.api.app import build_api
from liaison.domain.link import Evidence, Link, LinkState, steps_to_connect
from liaison.domain.names import LinkId
from liaison.errors import ChannelNameTaken, Remembered, UpstreamUnavailable, concrete_errors
from liaison.text.lookup import load_texts
from tests.contract.command_line import CommandLine
from tests.house.test_errors import EXITS, example
from tests.unit.api_fakes import CLAIRE, CONTRACT, EUROPE, GENERAL, NOW, RENEWAL, World


class Served:
    """The API over an in-memory world, on a real port."""

    def __init__(self, world: World) -> None:
        self.world = world
        app = Starlette(routes=[Mount("/api/v1", build_api(world.ports(), load_texts()))])
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        asyncio.run(self._server.serve([self._socket]))

    def start(self) -> None:
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        self._socket.close()


@pytest.fixture
def served() -> Iterator[Served]:
    served = Served(World())
    served.start()
    yield served
    served.stop()


@pytest.fixture
def world(served: Served) -> World:
    return served.world


@pytest.fixture
def liaison(served: Served, tmp_path: Path) -> CommandLine:
    """Signed in as Claire."""
    kept = {"authority": "http://127.0.0.1:9", "client_id": "x", "access_token": "claire", "refresh_token": "r"}
    signed_in = {served.address: {**kept, "expires_at": time.time() + 3600}}
    (tmp_path / "sign-in.json").write_text(json.dumps(signed_in), encoding="utf-8")
    return CommandLine(served.address, tmp_path)


def given_link(world: World, state: LinkState) -> Link:
    made = Evidence(channel=GENERAL, channel_name="General", team_name="Ventes Europe", tab_address="http://teams/tab")
    link = Link(
        LinkId("55555555-5555-4555-8555-555555555555"),
        RENEWAL,
        "Northwind renewal",
        EUROPE,
        GENERAL,
        CLAIRE,
        CLAIRE,
        NOW,
        state=state,
        evidence=made,
        done=steps_to_connect(RENEWAL) if state is LinkState.CONNECTED else (),
    )
    world.links[link.id] = link
    return link


def test_whoami_says_who_is_signed_in(liaison: CommandLine) -> None:
    ended = liaison("whoami")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines()[0] == "Claire Fontaine       claire@contoso.com"


def test_lists_are_aligned_for_people_and_whole_for_scripts(liaison: CommandLine) -> None:
    shown = liaison("channels", "ventes europe")
    assert shown.out.splitlines() == [
        "Kind      Channel   Id",
        "standard  General   19:general@thread.tacv2",
        "standard  Contract  19:contract@thread.tacv2",
    ]
    assert [one["id"] for one in liaison("channels", EUROPE, "--json").document["items"]] == [GENERAL, CONTRACT]


def test_every_list_has_its_document(liaison: CommandLine) -> None:
    for arguments in (["teams"], ["environments"], ["links"], ["records", "opportunity", "north"]):
        assert isinstance(liaison(*arguments, "--json").document["items"], list)
    assert "switches" in liaison("collaboration", "show", "--json").document
    assert "places" in liaison("files", "opportunity", "Northwind renewal", "--json").document


def test_connecting_by_names_begins_the_work_and_shows_the_link(liaison: CommandLine, world: World) -> None:
    ended = liaison("connect", "opportunity", "northwind", "--team", "Ventes", "--channel", "General", "--no-wait")
    (link,) = world.links.values()
    assert ended.code == 0
    assert f"The work on the link {link.id} has begun." in ended.err
    assert "Northwind renewal (opportunity)" in ended.out
    assert (link.regarding, link.team, link.wanted) == (RENEWAL, EUROPE, GENERAL)


def test_the_same_key_twice_is_one_link(liaison: CommandLine, world: World) -> None:
    asked = ["connect", "opportunity", "northwind", "--team", "Ventes", "--channel", "General", "--no-wait"]
    first = liaison(*asked, "--key", "order-66", "--json").document
    second = liaison(*asked, "--key", "order-66", "--json").document
    assert first == second
    assert len(world.links) == 1


def test_waiting_tells_each_step_and_ends_with_the_link(liaison: CommandLine, world: World) -> None:
    link = given_link(world, LinkState.CONNECTING)

    def work() -> None:
        time.sleep(1.0)
        world.links[link.id] = replace(link, done=steps_to_connect(RENEWAL)[:3], version=1)
        time.sleep(1.0)
        world.links[link.id] = replace(link, state=LinkState.CONNECTED, done=steps_to_connect(RENEWAL), version=2)

    worker = threading.Thread(target=work)
    worker.start()
    ended = liaison("link", link.id, "--follow", "--json")
    worker.join()
    assert ended.document["state"] == "connected"
    told = ended.err.splitlines()
    assert told.index("✓ The tab is in the channel") < told.index("✓ The timeline shows the connection")
    assert len(told) == len(set(told))


def test_a_link_that_stopped_gives_its_troubles_exit_code(liaison: CommandLine, world: World) -> None:
    trouble = Remembered.of(ChannelNameTaken("General", "Ventes Europe", "General 2"))
    link = given_link(world, LinkState.NEEDS_PERSON)
    world.links[link.id] = replace(link, trouble=trouble)
    ended = liaison("connect", "opportunity", "northwind", "--team", "Ventes", "--channel", "General")
    assert ended.code == 6
    assert "[stopped] Finding or creating the channel" in ended.out
    assert "(channel.name_taken, " in ended.err


def test_ctrl_c_while_waiting_ends_with_130_and_leaves_the_work_going_on(liaison: CommandLine, world: World) -> None:
    link = given_link(world, LinkState.CONNECTING)
    with liaison.started("connect", "opportunity", "northwind", "--team", "Ventes", "--channel", "General") as process:
        assert process.stderr is not None
        assert process.stderr.readline() == f"The work on the link {link.id} has begun.\n"
        assert process.stderr.readline().startswith("… ")
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (130, f"The work goes on. Look at it with: liaison link {link.id}\n")


def test_disconnecting_by_record_and_channel_finds_the_link(liaison: CommandLine, world: World) -> None:
    link = given_link(world, LinkState.CONNECTED)
    world.associations[RENEWAL] = [replace(world.adopt(), channel=GENERAL, channel_name="General")]
    asked = ["disconnect", "opportunity", "northwind", "--channel", "general", "--keep-tab", "--no-wait"]
    assert liaison(*asked).code == 0
    assert world.links[link.id].state is LinkState.DISCONNECTING
    assert world.links[link.id].tab_choice == "keep"


def test_disconnecting_takes_over_what_microsofts_button_made(liaison: CommandLine, world: World) -> None:
    world.adopt()
    ended = liaison("disconnect", "opportunity", "northwind", "--channel", "Contract", "--no-wait", "--json")
    assert ended.document["state"] == "disconnecting"


def test_files_go_up_and_are_listed(liaison: CommandLine, world: World, tmp_path: Path) -> None:
    (tmp_path / "Offer.txt").write_bytes(b"the offer")
    sent = liaison("upload", "opportunity", "northwind", "Offer.txt", "--place", "General")
    assert (sent.code, sent.err.strip()) == (0, "Offer.txt (9 bytes) is in General.")
    listed = liaison("files", "opportunity", "northwind", "--place", "General")
    assert "Offer.txt  9 bytes" in listed.out
    again = liaison("upload", "opportunity", "northwind", "Offer.txt", "--place", "General")
    assert (again.code, "file.exists" in again.err) == (6, True)


def test_switches_are_shown_and_set(liaison: CommandLine, world: World) -> None:
    refused = liaison("collaboration", "set", "--enhanced", "off")
    assert (refused.code, "role.missing" in refused.err) == (4, True)
    shown = liaison("collaboration")
    assert re.search(r"^Turn on Enhanced Microsoft Teams Integration +on$", shown.out, re.MULTILINE)
    assert "Prerequisites:" in shown.out


@pytest.mark.parametrize("language", ["en_GB.UTF-8", "fr_FR.UTF-8"])
def test_an_error_is_one_line_with_title_message_and_remedy(liaison: CommandLine, language: str) -> None:
    ended = liaison("records", "unicorn", "x", LANG=language)
    told = load_texts().explain(language, "table.unknown", {"table": "unicorn"})
    assert (ended.code, ended.out) == (5, "")
    (line,) = ended.err.splitlines()
    assert line.startswith(f"{told.title} — {told.message} — {told.remedy} (table.unknown, ")


def test_the_language_option_wins_over_the_environment(liaison: CommandLine) -> None:
    assert "Utilisation" in liaison("--language", "fr", "teams", "--help").out
    assert liaison("--language", "fr", "records", "unicorn", "x").err.startswith("Table introuvable — ")


ONE_OF_EACH = (
    "input.invalid",
    "auth.sign_in_again",
    "role.missing",
    "consent.not_granted",
    "team.unknown",
    "link.busy",
    "readiness.not_ready",
    "upstream.refused",
    "upstream.throttled",
    "defect",
)


@pytest.mark.parametrize("code", ONE_OF_EACH)
def test_each_class_of_error_has_its_exit_code(liaison: CommandLine, world: World, code: str) -> None:
    error = example(concrete_errors()[code])
    world.refuse["teamwork.list_teams"] = error
    ended = liaison("teams")
    assert ended.code == next(EXITS[kind] for kind in type(error).__mro__ if kind in EXITS)
    assert f"({error.code}, " in ended.err


def test_an_ambiguous_name_lists_its_candidates(liaison: CommandLine) -> None:
    ended = liaison("connect", "opportunity", "northwind", "--team", "Ventes", "--channel", "n", "--no-wait")
    assert ended.code == 2
    first, *rows = ended.err.splitlines()
    assert "“n” fits several: General, Contract." in first
    assert rows == [f"  Channel: General {GENERAL}", f"  Channel: Contract {CONTRACT}"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["connect", "opportunity", "nobody knows it", "--team", "Ventes", "--channel", "General"], "record.unknown"),
        (["connect", "opportunity", "northwind", "--team", "Nowhere", "--channel", "General"], "team.unknown"),
        (["connect", "opportunity", "northwind", "--team", "Ventes", "--channel", "Nothing"], "channel.gone"),
        (["records", "opportunity", "x", "--environment", "Fabrikam"], "environment.unknown"),
        (["files", "opportunity", "northwind", "--place", "Elsewhere"], "file.unknown"),
        (["link", "55555555-5555-4555-8555-000000000000"], "link.unknown"),
    ],
)
def test_a_name_that_fits_nothing_is_said_with_exit_code_5(
    liaison: CommandLine, arguments: list[str], code: str
) -> None:
    ended = liaison(*arguments)
    assert (ended.code, f"({code}, " in ended.err) == (5, True)


@pytest.mark.parametrize(
    "arguments",
    [
        ["connect", "opportunity"],
        ["conect"],
        ["links", "--stat", "x"],
        ["connect", "opportunity", "northwind", "--team", "Ventes"],
        ["collaboration", "set"],
        ["collaboration", "set", "--basic", "maybe"],
        ["upload", "opportunity", "northwind", "no-such-file"],
        ["links", "--state", "lost"],
        [],
    ],
    ids=lambda arguments: " ".join(arguments) or "nothing",
)
def test_a_command_line_that_does_not_fit_ends_with_2(liaison: CommandLine, arguments: list[str]) -> None:
    ended = liaison(*arguments)
    assert ended.code == 2
    assert ended.err
    assert "Traceback" not in ended.err


def test_nobody_signed_in_and_no_server_have_their_exit_codes(liaison: CommandLine, tmp_path: Path) -> None:
    nobody = replace(liaison, server="http://127.0.0.1:9")
    assert (nobody("teams").code, "auth.sign_in" in nobody("teams").err) == (3, True)
    kept = json.loads((tmp_path / "sign-in.json").read_text(encoding="utf-8"))
    (tmp_path / "sign-in.json").write_text(json.dumps({nobody.server: kept[liaison.server]}), encoding="utf-8")
    assert (nobody("teams").code, "upstream.unavailable" in nobody("teams").err) == (7, True)


def test_signing_out_forgets_this_server_only(liaison: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "sign-in.json"
    kept = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**kept, "http://elsewhere": kept[liaison.server]}), encoding="utf-8")
    assert liaison("logout").code == 0
    assert list(json.loads(path.read_text(encoding="utf-8"))) == ["http://elsewhere"]
    assert liaison("teams").code == 3


def test_a_name_with_control_characters_does_not_move_the_cursor(liaison: CommandLine, world: World) -> None:
    title, readers = world.records[RENEWAL]
    world.records[RENEWAL] = (f"{title}\x1b[2J\r\n", readers)
    assert "\x1b" not in liaison("records", "opportunity", "north").out


def test_a_service_that_fails_is_said_with_exit_code_7(liaison: CommandLine, world: World) -> None:
    world.refuse["teamwork.list_teams"] = UpstreamUnavailable("graph")
    ended = liaison("teams")
    assert (ended.code, ended.err.startswith("A Microsoft service cannot be reached — Microsoft Graph")) == (7, True)
