"""The local tenant as a process of its own, and what a test may ask of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

from tests.observed_tenants import observed


class Tenant:
    """A running tenant: addresses, applications, and its control endpoint."""

    def __init__(self, introduction: dict[str, Any]) -> None:
        self.introduction = introduction
        self.id: str = introduction["tenant"]["id"]
        self.http: str = introduction["tenant"]["http"]
        self.https: str = introduction["tenant"]["https"]
        self.ca: str = introduction["tenant"]["ca"]
        self.app: dict[str, str] = introduction["apps"]["delegated"]
        self.background: dict[str, str] = introduction["apps"]["application"]
        self.environments: list[dict[str, str]] = introduction["environments"]
        self._control = httpx2.Client(base_url=f"{self.http}/_control", timeout=30.0)

    def reset(self) -> None:
        self._control.post("/reset").raise_for_status()

    def fail(self, method: str, path: str, phase: str, action: Mapping[str, Any], nth: int = 1, times: int = 1) -> None:
        """Have calls go wrong; replaces what was asked before."""
        rule = {"method": method, "path": path, "nth": nth, "times": times, "phase": phase, "action": dict(action)}
        self._control.post("/faults", json={"rules": [rule]}).raise_for_status()

    def fail_never(self) -> None:
        self._control.delete("/faults").raise_for_status()

    def faults_met(self) -> int:
        return len(self._control.get("/faults").json()["hits"])

    def switch(self, **values: Any) -> None:
        """Scenario switches; `__` in a name stands for a dot."""
        named = {name.replace("__", "."): value for name, value in values.items()}
        self._control.post("/switches", json=named).raise_for_status()

    def post(self, path: str, **body: Any) -> None:
        self._control.post(path, json=body).raise_for_status()

    def calls(self) -> list[tuple[str, str, int]]:
        """Method, path and status of every call since the reset."""
        report = self._control.get("/calls").json()
        return [(call["method"], call["path"], call["status"]) for call in report["value"]]

    def close(self) -> None:
        self._control.close()


@contextmanager
def running_tenant(folder: Path) -> Iterator[Tenant]:
    """A freshly seeded tenant on free ports."""
    command = [sys.executable, "-m", "liaison.tenant", "--port", "0", "--data", str(folder), "--seed", "1"]
    with (
        (folder / "stderr").open("w", encoding="utf-8") as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True) as process,
    ):
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line:
                raise RuntimeError((folder / "stderr").read_text("utf-8"))
            tenant = Tenant(json.loads(line))
            with observed(tenant.http):
                yield tenant
            tenant.close()
        finally:
            process.terminate()
            process.wait(10)
