"""A tenant, a product and its worker, each as a process of its own or driven as a person would."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2

from liaison.compose import Installation, read_settings
from liaison.domain.consent import GROUPS, SCOPES, Rung
from liaison.domain.link import Link, LinkState
from liaison.domain.names import EnvironmentKey, LinkId, Person
from liaison.operations.enable import read_collaboration, save_switches
from liaison.operations.labelling import agree_to_label
from liaison.ports import Ports, SignInStart
from liaison.tenant.seeds import company
from tests.crash.nursery import Nursery
from tests.tenant.browser import Page, PersonsBrowser

PUBLIC = "http://localhost:8300"
GRAPH = "https%3A%2F%2Fgraph.microsoft.com%2F"
SALES = EnvironmentKey("contoso-sales")
START_PATIENCE_S = 60.0
FINAL_PATIENCE_S = 120.0
FINAL = {LinkState.CONNECTED, LinkState.DISCONNECTED, LinkState.UNDONE, LinkState.NEEDS_PERSON}


class TenantProcess:
    """The local tenant, and what its control endpoint offers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder.with_suffix(".log").open("w", encoding="utf-8")
        command = [sys.executable, "-m", "liaison", "tenant", "--port", "0", "--data", str(folder), "--seed", "1"]
        self.process = subprocess.Popen(
            [*command, "--json", "--with-parent"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the tenant did not start: {folder.with_suffix('.log').read_text('utf-8')}")
        self.introduction: dict[str, Any] = json.loads(line)
        self.http: str = self.introduction["tenant"]["http"]
        self._control = httpx2.Client(base_url=f"{self.http}/_control", timeout=30.0)

    @property
    def database(self) -> Path:
        return self.folder / "tenant.sqlite"

    def register(self, pid: int) -> None:
        self._control.put("/workers", json={"pids": [pid]}).raise_for_status()

    def kill_at(self, call: int, phase: str, method: str, path: str) -> None:
        """Kill the registered worker at the n-th call from now on that fits, before or after its effect."""
        rule = {"method": method, "path": path, "nth": call, "phase": phase, "action": {"kill": "worker"}}
        self._control.post("/faults", json={"rules": [rule]}).raise_for_status()
        self.forget_calls()

    def kill_nobody(self) -> None:
        self._control.delete("/faults").raise_for_status()

    def forget_calls(self) -> None:
        self._control.delete("/calls").raise_for_status()

    def calls(self) -> list[str]:
        """Method and path of each call since they were forgotten, without what was asked of the control endpoint."""
        listed = self._control.get("/calls").json()["value"]
        return [f"{call['method']} {call['path']}" for call in listed if not call["path"].startswith("/_control")]

    def hits(self) -> list[str]:
        return [f"{hit['method']} {hit['path']}" for hit in self._control.get("/faults").json()["hits"]]

    def close(self) -> None:
        self._control.close()
        self.process.terminate()
        self.process.wait(10)
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()
        self.log.close()


class WorkerProcess:
    """One `liaison worker`."""

    def __init__(self, nursery: Nursery, variables: Mapping[str, str]) -> None:
        self.pid, output = nursery.bear({**variables, "LC_ALL": "C.UTF-8"})
        self._output = os.fdopen(output, encoding="utf-8")

    async def ready(self) -> None:
        if not await asyncio.to_thread(self._output.readline):
            raise RuntimeError("the worker did not start; see worker.log")

    @property
    def has_ended(self) -> bool:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        return False

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        self._output.close()


class Stage:
    """Everything of one run. `people` have signed in; linking is switched on."""

    def __init__(self, folder: Path, database_url: str = "") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.tenant = TenantProcess(folder / "tenant")
        self.variables = product_variables(self.tenant.introduction, folder / "product", database_url)
        self.installation = Installation(read_settings(self.variables))
        self._nursery = Nursery(folder / "worker.log")
        self.worker: WorkerProcess | None = None
        self.people: dict[str, Person] = {}

    @property
    def ports(self) -> Ports:
        return self.installation.ports

    async def enable(self) -> None:
        """As the administrator: consent for the organization through the tenant's pages, then both switches.

        Consent goes beyond what Liaison asks, so that new teams are made by the way that is safe to repeat,
        messages may be posted and partners be let in. The administrator sets the labels of those who may not.
        """
        nadia = await self.sign_in("Nadia")
        start = await self.ports.sign_in.start_consent(nadia, "en", extras=(Rung.ARCHIVE, Rung.POSTS, Rung.PARTNERS))
        start = replace(start, address=start.address.replace("Team.Create", f"Team.Create%20{GRAPH}{GROUPS}", 1))
        await self.ports.sign_in.read_consent_answer(start.kept, await self._browse(start, "Nadia"))
        now = (await read_collaboration(SALES, nadia, self.ports)).switches
        now = await save_switches(replace(now, basic=True), SALES, nadia, self.ports)
        await save_switches(replace(now, enhanced=True), SALES, nadia, self.ports, labels=True)
        await agree_to_label(await self.sign_in("Nadia", also=SCOPES[Rung.LABEL]), self.ports)

    async def sign_in(self, given: str, also: Sequence[str] = ()) -> Person:
        start = await self.ports.sign_in.start(self.ports.environments[0], "en", also=also)
        self.people[given] = await self.ports.sign_in.finish(start.kept, await self._browse(start, given))
        return self.people[given]

    async def _browse(self, start: SignInStart, given: str) -> dict[str, str]:
        return await asyncio.to_thread(browse, self.tenant.http, start.address, given)

    async def start_worker(self) -> WorkerProcess:
        """A worker that has just started and knows nothing yet, in place of any other."""
        self.end_worker()
        self.worker = WorkerProcess(self._nursery, self.variables)
        await asyncio.wait_for(self.worker.ready(), START_PATIENCE_S)
        self.tenant.register(self.worker.pid)
        return self.worker

    def end_worker(self) -> None:
        if self.worker is not None:
            self.worker.kill()
            self.worker = None

    async def final(self, link: LinkId, patience_s: float = FINAL_PATIENCE_S) -> Link | None:
        """The link when its work has ended; None when it has not in time."""
        deadline = time.monotonic() + patience_s
        while time.monotonic() < deadline:
            found = await self.ports.links.get(link)
            if found.state in FINAL:
                return found
            await asyncio.sleep(0.05)
        return None

    async def close(self) -> None:
        self.end_worker()
        self._nursery.close()
        await self.installation.aclose()
        self.installation.close()
        self.tenant.close()


@asynccontextmanager
async def a_stage(folder: Path, database_url: str = "") -> AsyncIterator[Stage]:
    """A stage where Claire may connect records, closed afterwards."""
    stage = Stage(folder, database_url)
    try:
        await stage.enable()
        await stage.sign_in("Claire")
        yield stage
    finally:
        await stage.close()


def product_variables(introduction: Mapping[str, Any], data: Path, database_url: str = "") -> dict[str, str]:
    """The environment of a product against this tenant, without pacing: no limits are in force here."""
    tenant, delegated = introduction["tenant"], introduction["apps"]["delegated"]
    places = [
        {"key": place["key"], "name": place["name"], "address": place["http"]} for place in introduction["environments"]
    ]
    return {
        "LIAISON_PUBLIC_ADDRESS": PUBLIC,
        "LIAISON_DATA_FOLDER": str(data),
        "LIAISON_DATABASE_URL": database_url,
        "LIAISON_TENANT_ID": tenant["id"],
        "LIAISON_CLIENT_ID": delegated["client_id"],
        "LIAISON_CLIENT_SECRET": delegated["client_secret"],
        "LIAISON_LOGIN_BASE": tenant["http"],
        "LIAISON_GRAPH_BASE": f"{tenant['http']}/v1.0",
        "LIAISON_ENVIRONMENTS": json.dumps(places),
        "LIAISON_TEAMS_MANIFEST_ID": company.LIAISON_MANIFEST_ID,
        "LIAISON_LOCAL_TENANT": "true",
        "LIAISON_RATE_SHARE": "1000",
        "LIAISON_SWEEP_S": "0.2",
        "LIAISON_FOLLOW_S": "86400",
        "LIAISON_LOG_FORMAT": "json",
    }


def browse(base: str, address: str, given: str) -> dict[str, str]:
    """What the browser brings back to Liaison after this person has gone through the tenant's pages."""
    with PersonsBrowser(base) as browser:
        page = browser.open(address)
        while not page.headers.get("location", "").startswith(PUBLIC):
            page = _go_on(browser, page, given)
    query = urlsplit(page.headers["location"]).query
    return {name: values[0] for name, values in parse_qs(query, keep_blank_values=True).items()}


def _go_on(browser: PersonsBrowser, page: Page, given: str) -> Page:
    if "location" in page.headers:
        return browser.open(page.headers["location"])
    buttons = [button for form in page.forms for button in form.buttons]
    for wanted in (("user", company.person(given).id), ("decision", "accept")):
        if wanted in buttons:
            return browser.press(page, *wanted)
    raise AssertionError(f"nothing to press on {page.status} {page.title!r}: {page.text[:1000]}")
