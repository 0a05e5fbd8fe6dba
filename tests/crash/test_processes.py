"""The processes as a person starts and stops them: demo, serve, worker, tenant."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.crash.stage import TenantProcess, product_variables

pytestmark = pytest.mark.slow

LIAISON = [sys.executable, "-m", "liaison"]


def environment(**variables: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LIAISON_")}
    return {**kept, "LC_ALL": "C.UTF-8", **variables}


class Started:
    """A process and what it has said on standard output."""

    def __init__(self, *arguments: str, **variables: str) -> None:
        self.began_at = time.monotonic()
        self.process = subprocess.Popen(
            [*LIAISON, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(**variables),
        )

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().rstrip("\n")

    def stop(self, number: int = signal.SIGINT) -> tuple[int, str, str]:
        if self.process.poll() is None:
            self.process.send_signal(number)
        said, failed = self.process.communicate(timeout=20)
        return self.process.returncode, said, failed


@contextmanager
def started(*arguments: str, **variables: str) -> Iterator[Started]:
    process = Started(*arguments, **variables)
    try:
        yield process
    finally:
        process.stop()


def run(*arguments: str, **variables: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [*LIAISON, *arguments], capture_output=True, text=True, timeout=60, env=environment(**variables)
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture(scope="module")
def tenant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TenantProcess]:
    running = TenantProcess(tmp_path_factory.mktemp("processes") / "tenant")
    yield running
    running.close()


@pytest.fixture
def product(tenant: TenantProcess, tmp_path: Path) -> dict[str, str]:
    """The variables of a product against the tenant, on a free port."""
    return {**product_variables(tenant.introduction, tmp_path / "product"), "LIAISON_PORT": "0"}


def free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


def test_the_demo_answers_tells_who_may_sign_in_and_stops_on_ctrl_c(tmp_path: Path) -> None:
    with started("demo", "--port", "0", "--data", str(tmp_path)) as demo:
        first, second = demo.line(), demo.line()
        ready = json.loads((tmp_path / "demo.json").read_text("utf-8"))
        assert first == f"Liaison is at {ready['product']}"
        assert "Nadia Benali" in second
        assert "Claire Fontaine" in second
        health = httpx2.get(f"{ready['product']}/health", headers={"Accept": "application/json"})
        assert (health.status_code, health.json()["status"]) == (200, "ok")
        assert httpx2.get(f"{ready['product']}/api/v1/openapi.json").status_code == 200
        check_ready_file(ready, tmp_path)
        began = time.monotonic()
        code, said, failed = demo.stop()
    assert (code, said, failed) == (0, "", "")
    assert time.monotonic() - began < 10
    assert not (tmp_path / "demo.json").exists()
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(ready["tenant"]["http"])


def check_ready_file(ready: dict[str, Any], folder: Path) -> None:
    assert set(ready) >= {"product", "tenant", "apps", "environments", "people"}
    assert set(ready["tenant"]) >= {"id", "http", "https", "ca"}
    assert set(ready["apps"]) == {"delegated", "application"}
    assert all(set(app) == {"client_id", "client_secret"} for app in ready["apps"].values())
    assert all(set(place) >= {"name", "http", "https"} for place in ready["environments"])
    assert all(set(person) >= {"upn", "name", "roles", "licences"} for person in ready["people"])
    assert Path(ready["tenant"]["ca"]).is_file()
    secret = {"demo.json", "secret.key", "liaison.sqlite", "engine.sqlite", "tenant.sqlite"}
    deadline = time.monotonic() + 10
    while not (folder / "engine.sqlite").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert {stat.S_IMODE((folder / name).stat().st_mode) for name in secret} == {0o600}


def test_the_demo_ends_on_sigterm_and_takes_its_tenant_along_when_it_is_killed(tmp_path: Path) -> None:
    for number, code in ((signal.SIGTERM, 0), (signal.SIGKILL, -9)):
        with started("demo", "--port", "0", "--data", str(tmp_path)) as demo:
            demo.line()
            tenant = json.loads((tmp_path / "demo.json").read_text("utf-8"))["tenant"]["http"]
            assert demo.stop(number)[0] == code
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                httpx2.get(tenant)
            except httpx2.ConnectError:
                break
            time.sleep(0.1)
        else:
            pytest.fail(f"the tenant outlived its demo after signal {number}")


def test_a_second_demo_on_the_same_port_is_told_so_in_a_sentence(tmp_path: Path) -> None:
    port = free_port()
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", port))
        holder.listen()
        code, said, failed = run("demo", "--port", str(port), "--data", str(tmp_path))
    assert (code, said) == (2, "")
    assert failed == (
        f"Port {port} is taken, perhaps by another demo. Stop that one, or start this one with --port 0.\n"
    )


@pytest.mark.parametrize("command", ["demo", "tenant"])
@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com"])  # noqa: S104
def test_demo_and_tenant_listen_on_this_machine_only(tmp_path: Path, command: str, host: str) -> None:
    code, said, failed = run(command, "--port", "0", "--data", str(tmp_path / "none"), "--host", host)
    assert (code, said) == (2, "")
    assert host in failed
    assert not (tmp_path / "none").exists()


def test_serve_answers_and_its_worker_runs(product: dict[str, str], tmp_path: Path) -> None:
    port = free_port()
    with started("serve", "--port", str(port), **product) as serve:
        assert serve.line() == "Liaison is at http://localhost:8300"
        assert httpx2.get(f"http://127.0.0.1:{port}/health").status_code == 200
        wait_for((tmp_path / "product" / "engine.sqlite").exists)
        code, _, log = serve.stop(signal.SIGTERM)
    assert code == 0
    events = [json.loads(line)["event"] for line in log.splitlines()]
    assert "worker.ready" in events
    assert events[-1] == "worker.ended"


def test_serve_without_a_worker_starts_none(product: dict[str, str], tmp_path: Path) -> None:
    port = free_port()
    with started("serve", "--no-worker", "--port", str(port), **product) as serve:
        serve.line()
        assert httpx2.get(f"http://127.0.0.1:{port}/health").status_code == 200
        time.sleep(1.0)
        assert serve.stop(signal.SIGTERM)[0] == 0
    assert not (tmp_path / "product" / "engine.sqlite").exists()


def test_serve_without_a_tenant_says_which_setting_is_missing(tmp_path: Path) -> None:
    code, said, failed = run("serve", "--data", str(tmp_path))
    assert (code, said) == (2, "")
    assert failed == "The setting LIAISON_TENANT_ID must be the id of the Microsoft tenant.\n"


def test_a_database_of_a_newer_liaison_is_refused_with_a_sentence(product: dict[str, str], tmp_path: Path) -> None:
    import sqlite3

    with started("serve", "--no-worker", **product) as serve:
        serve.line()
    database = sqlite3.connect(tmp_path / "product" / "liaison.sqlite")
    database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.commit()
    database.close()
    code, _, failed = run("serve", "--no-worker", **product)
    assert code == 7
    assert "9999" in failed
    assert len(failed.splitlines()) == 1


def test_workers_start_and_stop_beside_each_other(product: dict[str, str]) -> None:
    with started("worker", **product) as one, started("worker", **product) as two:
        assert one.line() == two.line() == "The worker is ready."
        assert one.stop(signal.SIGTERM)[0] == 0
        assert two.stop(signal.SIGINT)[0] == 0


def test_the_tenant_alone_tells_its_addresses(tmp_path: Path) -> None:
    with started("tenant", "--port", "0", "--data", str(tmp_path)) as tenant:
        words = tenant.line().split()
        assert words[:5] == ["The", "local", "tenant", "is", "at"]
        assert httpx2.get(f"{words[5]}/_control/calls").status_code == 200
        assert tenant.stop()[0] == 0


def test_every_setting_is_listed_with_its_default() -> None:
    code, said, _ = run("settings", "--json")
    listed = {one["name"]: one for one in json.loads(said)}
    assert code == 0
    assert listed["LIAISON_PORT"]["default"] == "8300"
    assert all(one["help"] for one in listed.values())


def test_keys_are_rotated_by_a_command(product: dict[str, str], tmp_path: Path) -> None:
    with started("serve", "--no-worker", **product) as serve:
        serve.line()
    before = (tmp_path / "product" / "secret.key").read_text()
    code, said, failed = run("rotate-keys", **product)
    assert (code, said, failed) == (0, "Kept sign-ins sealed with the new key: 0.\n", "")
    assert (tmp_path / "product" / "secret.key").read_text() != before


def wait_for(holds: Any, patience_s: float = 10.0) -> None:
    deadline = time.monotonic() + patience_s
    while not holds():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


def test_help_names_every_process() -> None:
    code, said, _ = run("--help")
    assert code == 0
    assert {"demo", "serve", "worker", "tenant"} <= set(said.split())
