"""Serving the tenant: two addresses for each of two environments, on this machine only."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import struct
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from liaison.tenant.app import build_app
from liaison.tenant.certificates import Certificates, ensure_certificates
from liaison.tenant.estate import Estate, open_estate
from liaison.tenant.introduction import introduce
from liaison.tenant.mishaps import ABORT
from liaison.tenant.seeds import seed as plant
from liaison.tenant.seeds.company import ENVIRONMENTS
from liaison.tenant.seeds.copies import keep_seed

DEFAULT_PORTS = (8301, 8302, 8303, 8304)
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class BindRefused(ValueError):
    """The tenant answers on loopback only: it signs anybody in without a password."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"The local tenant binds to {', '.join(_LOOPBACK)} only, not to {host}: it lets anybody sign in as anyone."
        )


class PortTaken(OSError):
    """Another process listens on a port the tenant was told to use."""

    def __init__(self, port: int) -> None:
        super().__init__(f"Port {port} is taken on this machine; give other ports, or 0 for free ones.")


@dataclass(frozen=True)
class RunningTenant:
    """What a caller of `serve_tenant` learns when the tenant answers; `introduction` is the content of tenant.json."""

    estate: Estate
    introduction: dict[str, Any]


OnReady = Callable[[RunningTenant], None]


async def serve_tenant(
    data: Path,
    *,
    host: str = "127.0.0.1",
    ports: Sequence[int] = DEFAULT_PORTS,
    scale: int = 0,
    seed: int | None = None,
    now: datetime | None = None,
    liaison: str | None = None,
    on_ready: OnReady | None = None,
    stop: asyncio.Event | None = None,
) -> None:
    """Serve the tenant kept in `data` until SIGINT or SIGTERM, or until `stop` is set where one is given.

    `ports` are http and https of the first environment, then of the second; 0 takes a free one. `scale` is the
    number of extra accounts of a new tenant, each with a document location; `seed` makes its ids and keys repeatable,
    `now` is the moment at which its clock begins, `liaison` is the address of the Liaison whose app the catalogue has.
    Raises BindRefused for any host beyond loopback and PortTaken.
    """
    with contextlib.ExitStack() as kept:
        until = stop if stop is not None else kept.enter_context(_stop_signal())
        async with running_tenant(
            data, host=host, ports=ports, scale=scale, seed=seed, now=now, liaison=liaison
        ) as tenant:
            if on_ready is not None:
                on_ready(tenant)
            await until.wait()


@asynccontextmanager
async def running_tenant(
    data: Path,
    *,
    host: str = "127.0.0.1",
    ports: Sequence[int] = DEFAULT_PORTS,
    scale: int = 0,
    seed: int | None = None,
    now: datetime | None = None,
    liaison: str | None = None,
) -> AsyncIterator[RunningTenant]:
    """The tenant, answering inside the block and stopped after it."""
    if host not in _LOOPBACK:
        raise BindRefused(host)
    certificates = _prepare_folder(data)
    with contextlib.ExitStack() as kept:
        sockets = [kept.enter_context(_listening(host, port)) for port in ports]
        estate = open_estate(data, seed)
        estate.liaison_address = liaison or estate.liaison_address
        kept.callback(estate.db.close)
        if now is not None:
            # Time stands still while the tenant is made: what is made then is the same in every run.
            estate.clock.begin_at(now)
        _place(estate, [group[0].getsockname()[1] for group in sockets])
        app = build_app(estate)
        if plant(estate, scale):
            keep_seed(estate)
        else:
            # A sequence that began again would repeat the ids of the rows that are there.
            estate.ids.restart(f"opened at {estate.clock.stamp()}")
        estate.clock.thaw()
        (data / "tenant.sqlite").chmod(0o600)
        introduction = introduce(estate, certificates.ca)
        _write_introduction(data, introduction)
        async with _serving(app, sockets, certificates):
            yield RunningTenant(estate, introduction)


class _AbortableProtocol(HttpToolsProtocol):
    """Offers the application a way to drop the connection, which the fault plan needs."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        offered: Any = {ABORT: self._abort}
        self.scope["extensions"] = offered

    def shutdown(self) -> None:
        """Leave idle connections at once; a TLS peer may take long to say goodbye."""
        if self.cycle is None or self.cycle.response_complete:
            self.transport.abort()
        else:
            super().shutdown()

    def _abort(self, reset: bool) -> None:
        connection = self.transport.get_extra_info("socket")
        if reset and connection is not None:
            # Closing with a linger time of zero sends RST instead of FIN.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()


class _Listener(uvicorn.Server):
    """A server that leaves signals alone, since they concern the tenant as a whole, and says when it answers."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def _serving(
    app: ASGIApp, sockets: Sequence[list[socket.socket]], certificates: Certificates
) -> AsyncIterator[None]:
    listeners = [_listener(app, None if index % 2 == 0 else certificates) for index in range(len(sockets))]
    async with asyncio.TaskGroup() as tasks:
        for listener, group in zip(listeners, sockets, strict=True):
            tasks.create_task(listener.serve(sockets=group))
        for listener in listeners:
            await listener.ready.wait()
        try:
            yield
        finally:
            for listener in listeners:
                listener.should_exit = True


def _listener(app: ASGIApp, certificates: Certificates | None) -> _Listener:
    return _Listener(
        uvicorn.Config(
            app,
            http=_AbortableProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=2,
            ssl_certfile=None if certificates is None else certificates.server,
            ssl_keyfile=None if certificates is None else certificates.key,
        )
    )


@contextmanager
def _listening(host: str, port: int) -> Iterator[list[socket.socket]]:
    """Sockets on a port of every loopback address: browsers and Node ask `localhost` as ::1, others as 127.0.0.1."""
    addresses = ("::1",) if host == "::1" else ("127.0.0.1", "::1")
    first = _bound(addresses[0], port)
    group = [first]
    with contextlib.suppress(OSError):
        group += [_bound(address, first.getsockname()[1]) for address in addresses[1:]]
    try:
        yield group
    finally:
        for bound in group:
            bound.close()


def _bound(address: str, port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if bound.family == socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        bound.bind((address, port))
    except OSError as error:
        bound.close()
        raise PortTaken(port) from error
    return bound


def _prepare_folder(data: Path) -> Certificates:
    # The folder holds secrets and everybody's refresh tokens.
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    return ensure_certificates(data)


def _place(estate: Estate, ports: Sequence[int]) -> None:
    """Tell the estate its addresses: http and https of each environment in turn."""
    for index, port in enumerate(ports):
        scheme = "https" if index % 2 else "http"
        estate.origins.append(f"{scheme}://localhost:{port}")
        estate.environment_ports[port] = ENVIRONMENTS[min(index // 2, len(ENVIRONMENTS) - 1)].key


def _write_introduction(data: Path, introduction: dict[str, Any]) -> None:
    target = data / "tenant.json"
    spool = data / "tenant.json.new"
    descriptor = os.open(spool, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(introduction, file, indent=1, ensure_ascii=False)
    spool.replace(target)


@contextmanager
def _stop_signal() -> Iterator[asyncio.Event]:
    """An event that SIGINT and SIGTERM set."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    try:
        yield stopped
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
