"""Starting and stopping: readiness, addresses, certificates, loopback only, and what a second start finds."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from liaison.tenant.serve import BindRefused, PortTaken, running_tenant
from tests.local_tenant import LocalTenant, started_tenant

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "contoso.example"])  # noqa: S104
async def test_a_host_beyond_loopback_is_refused(tmp_path: Path, host: str) -> None:
    with pytest.raises(BindRefused, match=r"binds to 127\.0\.0\.1, localhost, ::1 only"):
        async with running_tenant(tmp_path, host=host, ports=(0, 0, 0, 0)):
            pass
    assert not (tmp_path / "tenant.sqlite").exists()


async def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortTaken, match=str(port)):
            async with running_tenant(tmp_path, ports=(port, 0, 0, 0)):
                pass


def test_https_is_trusted_through_the_tenants_authority_on_every_name(tenant: LocalTenant) -> None:
    port = int(tenant.https.rpartition(":")[2])
    with httpx2.Client(verify=tenant.tls) as client:
        path = f"/{tenant.id}/v2.0/.well-known/openid-configuration"
        issuers = [client.get(f"https://{name}:{port}{path}").json()["issuer"] for name in ("localhost", "127.0.0.1")]
    assert issuers == [f"https://{name}:{port}/{tenant.id}/v2.0" for name in ("localhost", "127.0.0.1")]


def test_both_loopback_families_answer(tenant: LocalTenant) -> None:
    port = int(tenant.http.rpartition(":")[2])
    assert httpx2.get(f"http://[::1]:{port}/oidc/userinfo").status_code == 401


def test_secrets_are_readable_by_their_owner_alone(tenant: LocalTenant) -> None:
    modes = {
        name: stat.S_IMODE((tenant.ca.parent / name).stat().st_mode)
        for name in ("tenant.json", "tenant.sqlite", "seed.sqlite", "server.key")
    }
    assert modes == dict.fromkeys(modes, 0o600)


def test_the_introduction_says_all_a_client_needs(tenant: LocalTenant) -> None:
    told = json.loads((tenant.ca.parent / "tenant.json").read_text())
    assert told == tenant.introduction
    assert told["tenant"] == {
        "id": tenant.id,
        "name": "Contoso",
        "http": tenant.http,
        "https": tenant.https,
        "ca": str(tenant.ca),
    }
    assert [environment["key"] for environment in told["environments"]] == ["contoso-sales", "contoso-service"]
    assert told["people"][8] == {
        "upn": "nadia.benali@contoso.com",
        "name": "Nadia Benali",
        "id": tenant.person("Nadia").id,
        "roles": ["System Administrator", "Global Administrator"],
        "licences": ["DYN365_ENTERPRISE_SALES", "SPE_E5"],
    }


def test_a_second_start_finds_the_same_tenant(tmp_path: Path) -> None:
    seen = []
    for _ in range(2):
        with started_tenant(tmp_path) as tenant:
            keys = httpx2.get(f"{tenant.http}/{tenant.id}/discovery/v2.0/keys").json()["keys"]
            guid = tenant.ask(lambda estate: estate.ids.guid())
            seen.append((tenant.app("delegated"), keys[0]["kid"], tenant.ca.read_text(), guid))
            tenant.control.post("/_control/switches", json={"graph.throttle": True})
    assert seen[0][:3] == seen[1][:3]
    assert seen[0][3] != seen[1][3]
    with started_tenant(tmp_path) as tenant:
        assert tenant.control.get("/_control/switches").json()["graph.throttle"] is True
        tenant.reset()
        assert "graph.throttle" not in tenant.control.get("/_control/switches").json()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_tool_tells_when_it_is_ready_and_stops_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [sys.executable, "-m", "liaison.tenant", "--data", str(tmp_path / "kept"), "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    ) as tool:
        assert tool.stdout is not None
        told = json.loads(tool.stdout.readline())
        tool.send_signal(number)
        _, complaints = tool.communicate(timeout=10)
    assert (tool.returncode, complaints) == (0, "")
    assert set(told) == {"tenant", "apps", "environments", "teams_manifest_id", "people"}


def test_the_tool_refuses_a_foreign_host_with_a_sentence(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "liaison.tenant", "--data", str(tmp_path), "--host", "0.0.0.0", "--port", "0"],  # noqa: S104
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("The local tenant binds to")
