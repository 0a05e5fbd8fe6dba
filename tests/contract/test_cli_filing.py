"""`liaison filing`: shown, switched on and off, and how it stands for a link."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from liaison.domain.consent import SCOPES, Rung
from tests.contract.command_line import CommandLine
from tests.contract.test_cli_answers import Served
from tests.unit.api_client import ApiClient
from tests.unit.api_fakes import World
from tests.unit.test_api_filing import PIN, STAR, filed_link

NOT_ALLOWED = 4


@pytest.fixture
def served() -> Iterator[Served]:
    served = Served(World())
    served.start()
    yield served
    served.stop()


@pytest.fixture
def nadia(served: Served, tmp_path: Path) -> CommandLine:
    kept = {"authority": "http://127.0.0.1:9", "client_id": "x", "access_token": "nadia", "refresh_token": "r"}
    signed_in = {served.address: {**kept, "expires_at": time.time() + 3600}}
    (tmp_path / "sign-in.json").write_text(json.dumps(signed_in), encoding="utf-8")
    return CommandLine(served.address, tmp_path)


@pytest.mark.statement("F54", "F72")
def test_filing_is_shown_refused_switched_on_and_off(served: Served, nadia: CommandLine) -> None:
    shown = nadia("filing", "show")
    assert shown.code == 0
    assert "off" in shown.out
    assert "A tenant administrator can allow “File messages to the timeline”" in shown.err
    assert "#allow-filing" in shown.err
    refused = nadia("filing", "on")
    assert refused.code == NOT_ALLOWED
    assert "consent.not_granted" in refused.err
    served.world.scopes = served.world.scopes | set(SCOPES[Rung.FILING])
    assert f"by {PIN}" in nadia("filing", "on").out
    assert json.loads(nadia("filing", "on", "--reaction", STAR, "--json").out)["reaction"] == STAR
    assert "off" in nadia("filing", "off").out


@pytest.mark.statement("F54", "F72")
def test_a_link_says_what_could_not_be_filed_and_tries_again(served: Served, nadia: CommandLine) -> None:
    link = filed_link(ApiClient(served.world))
    shown = nadia("filing", "link", link.id)
    assert shown.code == 0
    assert "Does not work at present" in shown.out
    assert "1612289992105" in shown.out
    again = nadia("filing", "link", link.id, "--retry", "--json")
    assert json.loads(again.out)["failed"] == []
