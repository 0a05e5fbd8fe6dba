"""The commands that run processes: demo, serve, worker, tenant; and what belongs to running them."""

from __future__ import annotations

import asyncio
import functools
import gc
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from liaison.cli.spoken import SpokenCommand, SpokenGroup
from liaison.cli.words import say

if TYPE_CHECKING:
    from liaison.compose import Settings

CANNOT_START = 2
FAILED = 7

_MOMENTS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ"]

_data = click.option("--data", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help=say("run.data"))


class _CannotStart(Exception):
    """Said to a person by the key below `cli.run.` with its facts; the command ends with that code."""

    def __init__(self, key: str, code: int = CANNOT_START, **facts: str) -> None:
        super().__init__(key, facts)
        self.key, self.code, self.facts = key, code, facts


def _said(command: Callable[..., None]) -> Callable[..., int]:
    """What keeps a process from starting is said in one line, without a traceback."""

    @functools.wraps(command)
    def run(*arguments: Any, **options: Any) -> int:
        try:
            command(*arguments, **options)
        except Exception as cause:
            said = _as_sentence(cause)
            if said is None:
                raise
            print(say(f"run.{said.key}", **said.facts), file=sys.stderr)
            return said.code
        return 0

    return run


def _as_sentence(cause: Exception) -> _CannotStart | None:
    """What is said of this; None when nobody foresaw it."""
    if isinstance(cause, _CannotStart):
        return cause
    from liaison.cli.demo import TenantFailed
    from liaison.cli.serving import PortTaken
    from liaison.compose import CannotOpen, NotSetUp, SettingInvalid

    if isinstance(cause, SettingInvalid):
        form = say(f"run.form.{cause.form}", detail=cause.detail)
        return _CannotStart("setting_invalid", name=cause.variable, form=form)
    if isinstance(cause, PortTaken):
        return _CannotStart("port_taken", host=cause.host, port=str(cause.port))
    if isinstance(cause, TenantFailed):
        return _CannotStart("tenant_failed", FAILED, words=cause.words)
    if isinstance(cause, NotSetUp):
        return _CannotStart("assets_missing", words=str(cause))
    if isinstance(cause, CannotOpen):
        return _CannotStart("cannot_open", FAILED, words=str(cause))
    return None


@click.command(cls=SpokenCommand, help=say("run.demo"))
@click.option("--port", type=click.IntRange(0, 65000), default=8300, show_default=True, help=say("run.demo_port"))
@_data
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help=say("run.loopback_host"))
@click.option("--scale", type=click.IntRange(0), default=0, help=say("run.scale"))
@_said
def demo(port: int, data: Path | None, host: str, scale: int) -> None:
    from liaison.cli.demo import run_demo
    from liaison.cli.logs import configure_logging
    from liaison.cli.serving import PortTaken, run_until_done
    from liaison.compose import is_loopback, local_settings

    if not is_loopback(host):
        raise _CannotStart("not_loopback", host=host)
    configure_logging("console", os.environ.get("LIAISON_LOG_LEVEL", "warning"))
    folder = (data or Path(os.environ.get("LIAISON_DATA_FOLDER", "") or ".liaison")).absolute()
    try:
        settings_for = functools.partial(local_settings, variables=os.environ)
        run_until_done(run_demo(folder, host, port, settings_for, _tell_address, scale))
    except PortTaken as taken:
        raise _CannotStart("demo_port_taken", port=str(taken.port)) from taken


def _tell_address(address: str) -> None:
    print(say("run.demo_ready", address=address), flush=True)


@click.command(cls=SpokenCommand, help=say("run.serve"))
@click.option("--host", metavar="ADDRESS", help=say("run.host"))
@click.option("--port", type=click.IntRange(0, 65535), help=say("run.port"))
@click.option("--worker/--no-worker", default=None, help=say("run.with_worker"))
@_data
@_said
def serve(host: str | None, port: int | None, *, worker: bool | None, data: Path | None) -> None:
    from liaison.cli.serving import run_until_done

    run_until_done(_serve(_settings(host=host, port=port, worker=worker, data_folder=data)))


async def _serve(settings: Settings) -> None:
    from liaison.cli.serving import listen, stopped_by_signals
    from liaison.cli.serving import serve as serve_pages
    from liaison.compose import Installation, build_application

    stop = asyncio.Event()
    with stopped_by_signals(stop):
        try:
            sockets = listen(settings.host, settings.port)
        except OSError as cause:
            raise _CannotStart("cannot_listen", host=settings.host, words=str(cause)) from cause
        installation = Installation(settings)
        try:
            await serve_pages(
                installation, build_application(installation), sockets, stop, lambda: _tell_served(settings)
            )
        finally:
            installation.close()


def _tell_served(settings: Settings) -> None:
    print(say("run.serve_ready", address=settings.public_address), flush=True)


@click.command(cls=SpokenCommand, help=say("run.worker"))
@_data
@_said
def worker(data: Path | None) -> None:
    from liaison.cli.serving import run_until_done

    run_until_done(_work(_settings(data_folder=data)))


async def _work(settings: Settings) -> None:
    from liaison.cli.serving import stopped_by_signals, work
    from liaison.compose import Installation

    stop = asyncio.Event()
    with stopped_by_signals(stop):
        installation = Installation(settings)
        try:
            await work(installation, stop, lambda: print(say("run.worker_ready"), flush=True))
        finally:
            installation.close()


@click.group(
    cls=SpokenGroup,
    places={
        "status": "liaison.cli.steering:status",
        "switches": "liaison.cli.steering:switches",
        "faults": "liaison.cli.steering:faults",
        "clock": "liaison.cli.steering:clock",
        "calls": "liaison.cli.steering:calls",
        "operations": "liaison.cli.steering:operations",
        "reset": "liaison.cli.steering:reset",
        "export": "liaison.cli.keeping:export",
        "import": "liaison.cli.keeping:import_file",
    },
    invoke_without_command=True,
    help=say("run.tenant"),
)
@click.option("--port", type=click.IntRange(0, 65000), default=8301, show_default=True, help=say("run.tenant_port"))
@_data
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help=say("run.loopback_host"))
@click.option("--scale", type=click.IntRange(0), default=0, help=say("run.scale"))
@click.option("--seed", type=int, help=say("run.seed"))
@click.option("--now", type=click.DateTime(_MOMENTS), metavar="MOMENT", help=say("run.now"))
@click.option("--json", "as_json", is_flag=True, help=say("json"))
@click.option("--liaison", metavar="ADDRESS", help=say("run.tenant_liaison"))
@click.option("--with-parent", is_flag=True, hidden=True)
@click.pass_context
@_said
def tenant(
    context: click.Context,
    port: int,
    data: Path | None,
    host: str,
    scale: int,
    seed: int | None,
    now: datetime | None,
    liaison: str | None,
    *,
    as_json: bool,
    with_parent: bool,
) -> None:
    if context.invoked_subcommand is not None:
        return
    from liaison.cli.serving import run_until_done
    from liaison.compose import is_loopback
    from liaison.compose import serve_local_tenant as serve_tenant

    if not is_loopback(host):
        raise _CannotStart("not_loopback", host=host)
    # What is made while starting stays: looking for garbage in it, then and later, would be time lost.
    gc.disable()
    folder = (data or Path(os.environ.get("LIAISON_DATA_FOLDER", "") or ".liaison")).absolute()
    ports = (0, 0, 0, 0) if port == 0 else tuple(range(port, port + 4))

    async def serve() -> None:
        from liaison.cli.serving import stopped_by_signals

        stop = asyncio.Event()
        if with_parent:
            _stop_with_parent(asyncio.get_running_loop(), stop)
        with stopped_by_signals(stop):
            ready = functools.partial(_tell_tenant, as_json=as_json)
            await serve_tenant(
                folder,
                host=host,
                ports=ports,
                scale=scale,
                seed=seed,
                now=None if now is None else now.replace(tzinfo=UTC),
                liaison=liaison,
                ready=ready,
                stop=stop,
            )

    try:
        run_until_done(serve())
    except OSError as taken:
        raise _CannotStart("tenant_port_taken", words=str(taken)) from taken


def _tell_tenant(introduction: dict[str, Any], *, as_json: bool) -> None:
    import json

    gc.freeze()
    gc.enable()
    if as_json:
        print(json.dumps(introduction), flush=True)
        return
    from liaison.cli.steering import introduce

    tenant = introduction["tenant"]
    print(say("run.tenant_ready", http=tenant["http"], https=tenant["https"]))
    introduce(introduction)
    print(say("tenant.more"), flush=True)


def _stop_with_parent(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Stop when the process at the other end of our standard input has ended, however it ended."""
    import threading

    def wait() -> None:
        while os.read(0, 1024):  # past Python's own buffer, whose lock would outlive a stop
            pass
        loop.call_soon_threadsafe(stop.set)

    threading.Thread(target=wait, daemon=True).start()


@click.command(cls=SpokenCommand, help=say("run.settings"))
@click.option("--json", "as_json", is_flag=True, help=say("json"))
@_said
def settings(*, as_json: bool) -> None:
    from liaison.cli.show import show_columns, show_json
    from liaison.compose import SETTINGS

    if as_json:
        show_json([{"name": it.variable, "type": it.type, "default": it.default, "help": it.help} for it in SETTINGS])
        return
    titles = (say("run.setting_name"), say("run.setting_default"), say("run.setting_help"))
    show_columns(titles, [(it.variable, it.default, it.help) for it in SETTINGS])


@click.command(cls=SpokenCommand, help=say("run.rotate_keys"))
@_data
@_said
def rotate_keys(data: Path | None) -> None:
    from liaison.compose import rotate_keys as rotate

    print(say("run.rotated", count=str(rotate(_settings(data_folder=data)))))


def _settings(**given: Any) -> Settings:
    """The settings, what the command line gives in place of what the environment says."""
    from liaison.cli.logs import configure_logging
    from liaison.compose import read_settings

    variables = {f"LIAISON_{name.upper()}": str(value) for name, value in given.items() if value is not None}
    settings = read_settings({**os.environ, **variables})
    configure_logging(settings.log_format, settings.log_level)
    return settings
