"""`liaison people`, `following`, `archive` and `restore` against a running demo."""

from __future__ import annotations

import time
import uuid
from pathlib import Path
from typing import Any

import httpx2
import pytest

from liaison.domain.consent import Rung
from liaison.tenant.seeds import company
from tests.contract.command_line import CommandLine
from tests.contract.demo_process import Demo

SEEN_WITHIN_S = 60
NOT_FOUND = 5


@pytest.mark.statement("F48", "F49", "F60", "F72")
def test_a_new_owner_is_added_and_the_channel_is_archived_and_restored(demo: Demo, tmp_path: Path) -> None:
    demo.grant_consent(Rung.ARCHIVE)
    claire = demo.command_line(tmp_path / "claire", "Claire")
    name = f"Followed {uuid.uuid4().hex[:6]}"
    with demo.dataverse("Claire") as crm:
        place = crm.post("/opportunities", json={"name": name}).raise_for_status().headers["OData-EntityId"]
        link = _connect(claire, name)
        _until_followed(claire, link["id"])
        crm.patch(place, json={"ownerid@odata.bind": f"/systemusers({_user(crm, 'Oliver')})"}).raise_for_status()
    proposal = _wait_for_proposal(claire, link["id"])
    assert (proposal["kind"], proposal["name"]) == ("add", company.person("Oliver").name)
    listed = claire("people", "proposals")
    assert proposal["id"] in listed.out, listed.err
    done = claire("people", "approve", proposal["id"])
    assert (done.code, company.person("Oliver").name in done.err) == (0, True), done.err
    assert claire("people", "keep", str(uuid.uuid4())).code == NOT_FOUND
    archived = claire("archive", link["id"], "--json")
    assert archived.code == 0, archived.err
    assert (archived.document["state"], bool(archived.document["archived_at"])) == ("connected", True)
    restored = claire("restore", link["id"], "--json").document
    assert (restored["state"], restored["archived_at"]) == ("connected", None)


def _connect(claire: CommandLine, name: str) -> Any:
    where = ("--team", "Ventes Europe", "--new-channel", name, "--kind", "private", "--on-close", "archive")
    ended = claire("connect", "opportunity", name, *where, "--json")
    assert ended.code == 0, ended.err
    assert (ended.document["state"], ended.document["on_close"]) == ("connected", "archive")
    return ended.document


def _until_followed(claire: CommandLine, link: str) -> None:
    until = time.monotonic() + SEEN_WITHIN_S
    while not claire("following", link, "--json").document["is_followed"]:
        assert time.monotonic() < until, claire("following", link).err
    assert claire("following", link).code == 0


def _wait_for_proposal(claire: CommandLine, link: str) -> Any:
    until = time.monotonic() + SEEN_WITHIN_S
    while time.monotonic() < until:
        for one in claire("people", "proposals", "--json").document["items"]:
            if one["link"] == link:
                return one
    raise AssertionError(claire("following", link).err)


def _user(crm: httpx2.Client, given: str) -> str:
    where = f"azureactivedirectoryobjectid eq {company.person(given).id}"
    found = crm.get(f"/systemusers?$select=systemuserid&$filter={where}").raise_for_status().json()
    return str(found["value"][0]["systemuserid"])
