"""Serving: sockets, the web server on the main loop, the worker on a loop and thread of its own."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from signal import SIGINT, SIGTERM
from typing import TYPE_CHECKING, Any

import structlog
import uvicorn

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from liaison.compose import Installation

_WORKER_STARTS_AFTER_S = 0.25
_RETRY_S = 5.0
_JOIN_S = 12.0
_LOOPBACK = ("127.0.0.1", "::1")


class PortTaken(Exception):
    """Another process listens there."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port)
        self.host, self.port = host, port


def listen(host: str, port: int) -> list[socket.socket]:
    """Sockets for this host; for localhost on both of its addresses, since clients differ in which they try.

    Raises PortTaken; OSError for a host that is not this machine's.
    """
    if host not in {"localhost", "127.0.0.1"}:
        return [_bound(host, port)]
    first = _bound(_LOOPBACK[0], port)
    with suppress(OSError, PortTaken):  # a machine without IPv6
        return [first, _bound(_LOOPBACK[1], first.getsockname()[1])]
    return [first]


def _bound(host: str, port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if bound.family == socket.AF_INET6:
        bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    try:
        bound.bind((host, port))
        bound.listen(2048)
    except OSError as error:
        bound.close()
        if error.errno in {98, 48, 10048}:
            raise PortTaken(host, port) from error
        raise
    return bound


def run_until_done(main: Coroutine[Any, Any, None]) -> None:
    """Run on the fastest loop this machine has."""
    loop_factory: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop
    with suppress(ImportError):  # not made for Windows
        from uvloop import new_event_loop as loop_factory
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(main)


@contextmanager
def stopped_by_signals(stop: asyncio.Event) -> Iterator[None]:
    """Ctrl-C and SIGTERM set `stop` inside the block; a second one ends the process at once."""
    loop = asyncio.get_running_loop()

    def ask() -> None:
        stop.set()
        for number in (SIGINT, SIGTERM):
            loop.remove_signal_handler(number)

    for number in (SIGINT, SIGTERM):
        loop.add_signal_handler(number, ask)
    try:
        yield
    finally:
        for number in (SIGINT, SIGTERM):
            loop.remove_signal_handler(number)


class _Server(uvicorn.Server):
    """A web server that leaves signals to the process and says when it is up."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(
    installation: Installation,
    application: ASGIApp,
    sockets: list[socket.socket],
    stop: asyncio.Event,
    started: Callable[[], None] = lambda: None,
) -> None:
    """Serve until `stop`; `started` is called when the first page can be had, and only then does the worker start."""
    server = _Server(
        uvicorn.Config(
            application,
            http="httptools",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=3,
        )
    )
    serving = asyncio.create_task(server.serve(sockets=sockets))
    await server.up.wait()
    started()
    worker = WorkerThread(installation) if installation.settings.worker else None
    starting = asyncio.create_task(_start_later(installation, worker))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    starting.cancel()
    if worker is not None:
        worker.stop()
    installation.closing.set()
    server.should_exit = True
    await serving
    if worker is not None:
        await asyncio.to_thread(worker.join)
    await installation.aclose()


async def _start_later(installation: Installation, worker: WorkerThread | None) -> None:
    """The first page has the machine to itself; then the worker starts, and what doors need later is imported."""
    await asyncio.sleep(_WORKER_STARTS_AFTER_S)
    if worker is not None:
        worker.start()
    await asyncio.to_thread(installation.warm_up)


class WorkerThread:
    """The installation's worker on a thread of its own, so that long work never holds up a page."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._thread = threading.Thread(target=self._run, name="liaison worker", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._is_wanted = True

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._is_wanted = False
        if self._loop is not None and self._stop is not None:
            with suppress(RuntimeError):  # the loop has ended by itself
                self._loop.call_soon_threadsafe(self._stop.set)

    def join(self) -> None:
        if self._thread.ident is not None:
            self._thread.join(_JOIN_S)

    def _run(self) -> None:
        run_until_done(self._work())

    async def _work(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        if not self._is_wanted:
            self._stop.set()
        self._installation.handover.attach(self._installation.worker.receive)
        await work(self._installation, self._stop)


async def work(installation: Installation, stop: asyncio.Event, ready: Callable[[], None] = lambda: None) -> None:
    """Do durable work on this loop until `stop`. While the database is away, try again every few seconds."""
    log = structlog.stdlib.get_logger("liaison.worker")
    while not stop.is_set():
        try:
            await installation.worker.work(stop, ready)
        except Exception:
            log.exception("worker.ended_early", again_in_s=_RETRY_S)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _RETRY_S)
    await installation.aclose()
