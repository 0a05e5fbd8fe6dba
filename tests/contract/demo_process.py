"""`liaison demo` as a process of its own, and people who use it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx2

from liaison.cli.device_pages import approve
from liaison.cli.places import Tenant
from liaison.cli.sign_in import DeviceCode, start_device_code, wait_for_token
from liaison.domain.consent import Rung, enhanced_scopes
from liaison.tenant.seeds import company
from tests.contract.command_line import CommandLine
from tests.observed_tenants import observed
from tests.tenant.browser import PersonsBrowser

READY_WITHIN_S = 60
STOPPED_WITHIN_S = 20


@dataclass(frozen=True)
class Demo:
    """A running demo: what it wrote when it was ready, and its folder."""

    told: dict[str, Any]
    data: Path

    @property
    def product(self) -> str:
        return str(self.told["product"])

    @property
    def tenant(self) -> str:
        return str(self.told["tenant"]["http"])

    @property
    def _sign_in(self) -> Tenant:
        places = tuple(f"{place['http']}/user_impersonation" for place in self.told["environments"])
        also = ("https://graph.microsoft.com/User.Read", *places)
        return Tenant(f"{self.tenant}/{self.told['tenant']['id']}", self.told["apps"]["delegated"]["client_id"], also)

    def token(self, given: str) -> str:
        """An access token for Liaison's API of somebody of the seed."""
        device = start_device_code(self._sign_in)
        approve(device.address, device.user_code, company.person(given).upn)
        return wait_for_token(self._sign_in, device).access_token

    def graph_token(self, given: str, scope: str = "https://graph.microsoft.com/User.Read") -> str:
        """An access token for Microsoft Graph, or for whatever the scope belongs to."""
        asked = self._sign_in
        fields = {"client_id": asked.client_id, "scope": scope}
        told = httpx2.post(f"{asked.authority}/oauth2/v2.0/devicecode", data=fields).json()
        approve(told["verification_uri"], told["user_code"], company.person(given).upn)
        device = DeviceCode(told["user_code"], told["verification_uri"], told["device_code"], 1.0, time.time() + 60)
        return wait_for_token(asked, device).access_token

    def api(self, given: str, language: str = "en") -> httpx2.Client:
        headers = {"Authorization": f"Bearer {self.token(given)}", "Accept-Language": language}
        return httpx2.Client(base_url=f"{self.product}/api/v1", headers=headers, timeout=60.0)

    def dataverse(self, given: str, environment: int = 0) -> httpx2.Client:
        """The Web API of an environment itself, for arranging what a test needs."""
        place = self.told["environments"][environment]["http"]
        headers = {"Authorization": f"Bearer {self.graph_token(given, f'{place}/user_impersonation')}"}
        return httpx2.Client(base_url=f"{place}/api/data/v9.2", headers=headers, timeout=60.0)

    def grant_consent(self, *extras: Rung) -> None:
        """The Global Administrator accepts Liaison's permissions for the organization, and these extras."""
        scopes = [f"https://graph.microsoft.com/{scope}" for scope in enhanced_scopes(extras=extras)]
        scopes += [f"{place['http']}/user_impersonation" for place in self.told["environments"]]
        query = {
            "client_id": self._sign_in.client_id,
            "redirect_uri": f"{self.product}/auth/consent-callback",
            "scope": " ".join(scopes),
            "state": "of-the-test",
        }
        with PersonsBrowser(self.tenant) as browser:
            page = browser.open(f"{self._sign_in.authority}/v2.0/adminconsent?{urlencode(query)}")
            while not page.headers.get("location", "").startswith(self.product):
                buttons = [button for form in page.forms for button in form.buttons]
                if "location" in page.headers:
                    page = browser.open(page.headers["location"])
                elif ("user", company.person("Nadia").id) in buttons:
                    page = browser.press(page, "user", company.person("Nadia").id)
                else:
                    page = browser.press(page, "decision", "accept")

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """The tenant's control endpoint: faults, switches, clock."""
        answer = httpx2.request(method, f"{self.tenant}/_control{path}", json=body, timeout=30.0)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def command_line(self, folder: Path, given: str = "") -> CommandLine:
        """A person's own machine: a data folder that knows the demo, and a sign-in if somebody is named."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "demo.json").write_text(json.dumps(self.told), encoding="utf-8")
        line = CommandLine("", folder)
        if given:
            ended = line("login", "--as", company.person(given).upn)
            assert ended.code == 0, ended.err
        return line


@contextmanager
def running_demo(
    folder: Path, *options: str, ready_within_s: float = READY_WITHIN_S, **variables: str
) -> Iterator[Demo]:
    """A demo on free ports, with these options and environment variables; it is stopped as Ctrl-C would."""
    with (
        (folder / "output").open("w", encoding="utf-8") as output,
        subprocess.Popen(
            [sys.executable, "-m", "liaison", "demo", "--port", "0", "--data", str(folder / "data"), *options],
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **variables},
        ) as process,
    ):
        try:
            told = _wait_until_ready(process, folder, ready_within_s)
            with observed(told["tenant"]["http"]):
                yield Demo(told, folder / "data")
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(STOPPED_WITHIN_S)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


def _wait_until_ready(process: subprocess.Popen[bytes], folder: Path, within_s: float) -> dict[str, Any]:
    until = time.monotonic() + within_s
    path = folder / "data" / "demo.json"
    while not path.exists():
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"the demo did not start:\n{(folder / 'output').read_text('utf-8')}")
        time.sleep(0.1)
    told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return told
