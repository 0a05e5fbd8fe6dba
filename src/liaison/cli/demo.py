"""The demonstration: the local tenant as a process of its own, product and worker in this one."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from pathlib import Path
from typing import Any

from liaison.cli.serving import listen, serve, stopped_by_signals

READY_FILE = "demo.json"
_TENANT_STOPS_S = 5.0


class TenantFailed(Exception):
    """The local tenant did not start, or ended; its own words."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


async def run_demo(
    data: Path, host: str, port: int, settings_for: Callable[..., Any], told: Callable[[str], None], scale: int = 0
) -> None:
    """Start tenant and product, write the ready file, and serve until Ctrl-C. Raises PortTaken, TenantFailed.

    `settings_for` makes the settings of the introduction, the product's address and the data folder; `told` receives
    the address when it answers. `scale` is the number of extra accounts of a new tenant.
    """
    sockets = listen(host, port)
    forget_ready_file(data)
    address = f"http://localhost:{sockets[0].getsockname()[1]}"
    tenant = await _start_tenant(data, port, address, scale)
    stop = asyncio.Event()
    try:
        with stopped_by_signals(stop):
            await asyncio.to_thread(_prepare_product, data)  # while the tenant starts
            introduction = await _read_introduction(tenant)
            watching = asyncio.create_task(_stop_with(tenant, stop))
            await _serve_product(settings_for(introduction, address, data), introduction, sockets, stop, told)
            watching.cancel()
        if tenant.returncode:
            raise TenantFailed(f"exit code {tenant.returncode}")
    finally:
        forget_ready_file(data)
        for bound in sockets:
            bound.close()
        await _end(tenant)


async def _start_tenant(data: Path, port: int, liaison: str, scale: int) -> Process:
    """The tenant on the ports behind the product's, or on free ones. It ends when we do, since it reads our pipe."""
    first = 0 if port == 0 else port + 1
    command = ["-m", "liaison", "tenant", "--data", str(data), "--port", str(first), "--liaison", liaison]
    command += ["--scale", str(scale), "--json", "--with-parent"]
    return await asyncio.create_subprocess_exec(
        sys.executable, *command, stdin=PIPE, stdout=PIPE, limit=4 * 1024 * 1024, start_new_session=True
    )


def _prepare_product(data: Path) -> None:
    from liaison.compose import prepare_product

    prepare_product(data)


async def _read_introduction(tenant: Process) -> dict[str, Any]:
    line = await tenant.stdout.readline() if tenant.stdout else b""
    if not line:
        await tenant.wait()
        raise TenantFailed(f"exit code {tenant.returncode}")
    introduction: dict[str, Any] = json.loads(line)
    return introduction


async def _serve_product(
    settings: Any, introduction: dict[str, Any], sockets: list[Any], stop: asyncio.Event, told: Callable[[str], None]
) -> None:
    from liaison.compose import Installation, build_application

    installation = Installation(settings)

    def started() -> None:
        write_ready_file(settings.data_folder / READY_FILE, settings.public_address, introduction)
        told(settings.public_address)

    try:
        await serve(installation, build_application(installation), sockets, stop, started)
    finally:
        installation.close()


def write_ready_file(path: Path, product: str, introduction: dict[str, Any]) -> None:
    """Written whole or not at all, for its owner only: it holds the applications' secrets."""
    content = {"product": product, **introduction, "teams": f"{introduction['tenant']['http']}/teams"}
    fresh = path.with_name(f"{path.name}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=1, ensure_ascii=False)
    fresh.replace(path)


def forget_ready_file(data: Path) -> None:
    """Nobody is ready in this folder, which is made for its owner only when it is not there."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    (data / READY_FILE).unlink(missing_ok=True)


async def _stop_with(tenant: Process, stop: asyncio.Event) -> None:
    await tenant.wait()
    stop.set()


async def _end(tenant: Process) -> None:
    if tenant.returncode is None:
        tenant.terminate()
        try:
            await asyncio.wait_for(tenant.wait(), _TENANT_STOPS_S)
        except TimeoutError:
            tenant.kill()
            await tenant.wait()
