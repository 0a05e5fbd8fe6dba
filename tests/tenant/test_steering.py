"""`liaison tenant status|switches|faults|clock|calls|operations|reset`: a developer never needs curl."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from liaison.cli.app import app
from liaison.tenant.known_switches import KNOWN
from tests.local_tenant import LocalTenant


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str


Line = Callable[..., Ended]


@pytest.fixture
def line(
    tenant: LocalTenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Line:
    """The command line on a machine whose data folder knows the tenant."""
    (tmp_path / "tenant.json").write_text(json.dumps(tenant.introduction), encoding="utf-8")
    monkeypatch.setenv("LIAISON_DATA_FOLDER", str(tmp_path))
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Ended:
        code = app(list(arguments), standalone_mode=False)
        said = capsys.readouterr()
        return Ended(code if isinstance(code, int) else 0, said.out, said.err)

    return run


def done(ended: Ended) -> str:
    assert ended.code == 0, ended.err
    return ended.out + ended.err


def test_status_says_where_everything_is_and_who_there_is(tenant: LocalTenant, line: Line) -> None:
    tenant.switch(graph__throttle=True)
    said = done(line("tenant", "status"))
    for word in (tenant.id, tenant.http, tenant.https, tenant.service_http, "Nadia Benali", "graph.throttle", "Clock"):
        assert word in said
    assert "Nothing goes wrong." in said


def test_switches_are_listed_set_and_taken_back(tenant: LocalTenant, line: Line) -> None:
    assert "graph.files_folder_delay_s" in done(line("tenant", "switches", "--all"))
    said = done(line("tenant", "switches", "graph.files_folder_delay_s=2", "entra.consent_policy=open", "--json"))
    set_ones = {one["name"]: one["value"] for one in json.loads(said)}
    assert set_ones["graph.files_folder_delay_s"] == 2
    assert set_ones["entra.consent_policy"] == "open"
    done(line("tenant", "switches", "graph.files_folder_delay_s="))
    assert "graph.files_folder_delay_s" not in tenant.control.get("/_control/switches").json()
    everything = json.loads(done(line("tenant", "switches", "--all", "--json")))
    assert {one.name for one in KNOWN} <= {one["name"] for one in everything}


def test_a_plan_is_loaded_by_name_narrowed_and_ended(tenant: LocalTenant, line: Line) -> None:
    assert "dev-proxy" in done(line("tenant", "faults", "--list"))
    said = done(line("tenant", "faults", "F2", "--operation", "GET /v1.0/me", "--times", "3", "--seed", "4"))
    assert "GET /v1.0/me" in said
    with pytest.raises(httpx2.NetworkError):
        httpx2.get(f"{tenant.http}/v1.0/me")
    assert httpx2.get(f"{tenant.http}/v1.0/me").status_code == 500
    done(line("tenant", "faults", "--clear"))
    assert httpx2.get(f"{tenant.http}/v1.0/me").status_code == 401


def test_a_plan_is_loaded_from_a_file(tenant: LocalTenant, line: Line, tmp_path: Path) -> None:
    rules = {"rules": [{"operation": "GET /v1.0/me", "action": {"status": 418}}]}
    (tmp_path / "plan.json").write_text(json.dumps(rules), encoding="utf-8")
    done(line("tenant", "faults", "--rules", "plan.json"))
    assert httpx2.get(f"{tenant.http}/v1.0/me").status_code == 418


def test_the_clock_is_shown_set_and_moved(line: Line) -> None:
    assert done(line("tenant", "clock", "--set", "2030-01-01T00:00:00Z", "--advance", "90", "--freeze")).startswith(
        "2030-01-01T00:01:30"
    )
    assert done(line("tenant", "clock")).startswith("2030-01-01T00:01:30")


def test_the_calls_are_listed_with_their_operation_and_client(tenant: LocalTenant, line: Line) -> None:
    httpx2.get(f"{tenant.http}/v1.0/groups/x/drive", headers={"User-Agent": "somebody/1"})
    said = done(line("tenant", "calls"))
    assert "GET /v1.0/drives/{drive-id}" in said
    assert "somebody/1" in said
    done(line("tenant", "calls", "--clear"))
    assert json.loads(done(line("tenant", "calls", "--json"))) == []


def test_what_is_not_built_is_listed(line: Line) -> None:
    found = json.loads(done(line("tenant", "operations", "--unbuilt", "--json")))
    assert found
    assert not any(one["built"] for one in found)


def test_reset_brings_back_the_seed(tenant: LocalTenant, line: Line) -> None:
    tenant.switch(graph__throttle=True)
    assert "as after its seed" in done(line("tenant", "reset"))
    assert "graph.throttle" not in tenant.control.get("/_control/switches").json()


def test_without_a_tenant_the_way_to_start_one_is_said(line: Line) -> None:
    ended = line("tenant", "status", "--at", "http://localhost:1")
    assert (ended.code, "liaison tenant" in ended.err) == (7, True)


def test_a_refused_order_is_one_line(line: Line) -> None:
    ended = line("tenant", "faults", "F99")
    assert ended.code == 2
    assert "dev-proxy" in ended.err
    assert line("tenant", "switches", "x").code == 2
