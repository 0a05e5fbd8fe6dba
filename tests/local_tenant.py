"""A local tenant for tests: the real servers on free ports, in a thread of this process, with the seed."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx2
import uvloop

from liaison.tenant.estate import Estate
from liaison.tenant.estate.callers import TokenAsk, issue_access_token
from liaison.tenant.seeds.company import DELEGATED_APP_ID, Person, person
from liaison.tenant.serve import RunningTenant, serve_tenant
from tests.observed_tenants import observed

Answer = TypeVar("Answer")


@dataclass
class LocalTenant:
    """A running tenant. `control` is a client for `/_control/...`; `service_http` serves the second environment."""

    http: str
    https: str
    service_http: str
    service_https: str
    ca: Path
    introduction: dict[str, Any]
    control: httpx2.Client
    _estate: Estate
    _loop: asyncio.AbstractEventLoop

    @property
    def id(self) -> str:
        return str(self.introduction["tenant"]["id"])

    @property
    def authority(self) -> str:
        return f"{self.https}/{self.id}"

    @property
    def tls(self) -> ssl.SSLContext:
        """Trusts the tenant's own authority and nothing else."""
        return ssl.create_default_context(cafile=self.ca)

    def app(self, name: str) -> dict[str, str]:
        """Client id and secret of "delegated" or "application"."""
        return dict(self.introduction["apps"][name])

    def person(self, given: str) -> Person:
        return person(given)

    def ask(self, question: Callable[[Estate], Answer]) -> Answer:
        """Run a function over the estate in the tenant's own thread, which alone may touch it."""
        answer: Future[Answer] = Future()

        def run() -> None:
            try:
                answer.set_result(question(self._estate))
            except BaseException as error:  # noqa: BLE001 - it is raised again in the asking thread
                answer.set_exception(error)

        self._loop.call_soon_threadsafe(run)
        return answer.result(timeout=30)

    def token(
        self, given: str, scopes: str | list[str], audience: str = "https://graph.microsoft.com", **more: Any
    ) -> str:
        """A person's access token (by given name) for Liaison's delegated application, without signing in."""
        words = scopes.split() if isinstance(scopes, str) else scopes
        ask = TokenAsk(
            **{"app_id": DELEGATED_APP_ID, **more},
            audience=audience,
            user_id=person(given).id,
            scopes=frozenset(word.rpartition("/")[2] for word in words),
        )
        return self.ask(lambda estate: issue_access_token(estate, ask).text)

    def app_token(self, scope: str = "https://graph.microsoft.com/.default") -> str:
        """The application's own token, by client credentials over HTTP."""
        form = {**self.app("application"), "grant_type": "client_credentials", "scope": scope}
        answer = httpx2.post(f"{self.http}/{self.id}/oauth2/v2.0/token", data=form)
        return str(answer.raise_for_status().json()["access_token"])

    def switch(self, **values: Any) -> None:
        """Set scenario switches; `__` in a name stands for the dot."""
        named = {name.replace("__", "."): value for name, value in values.items()}
        self.control.post("/_control/switches", json=named).raise_for_status()

    def fault(self, *rules: dict[str, Any], seed: int = 0) -> None:
        """Load a fault plan."""
        self.control.post("/_control/faults", json={"rules": list(rules), "seed": seed}).raise_for_status()

    def reset(self) -> None:
        self.control.post("/_control/reset").raise_for_status()


@contextmanager
def started_tenant(folder: Path, seed: int | None = 7) -> Iterator[LocalTenant]:
    """Start a tenant in `folder` and stop it after the block."""
    ready: Future[tuple[RunningTenant, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def serve() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        await serve_tenant(
            folder, ports=(0, 0, 0, 0), seed=seed, stop=stop, on_ready=lambda it: ready.set_result((it, loop, stop))
        )

    def run() -> None:
        try:
            uvloop.run(serve())
        except BaseException as error:
            if not ready.done():
                ready.set_exception(error)
            raise

    thread = threading.Thread(target=run, name="local tenant", daemon=True)
    thread.start()
    running, loop, stop = ready.result(timeout=60)
    addresses = running.introduction["environments"]
    with httpx2.Client(base_url=addresses[0]["http"]) as control, observed(addresses[0]["http"]):
        yield LocalTenant(
            http=addresses[0]["http"],
            https=addresses[0]["https"],
            service_http=addresses[1]["http"],
            service_https=addresses[1]["https"],
            ca=folder / "ca.pem",
            introduction=running.introduction,
            control=control,
            _estate=running.estate,
            _loop=loop,
        )
    loop.call_soon_threadsafe(stop.set)
    thread.join(timeout=10)
