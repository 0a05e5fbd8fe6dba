"""`python -m liaison.tenant`: the local tenant as a tool of its own."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

import uvloop

from liaison.tenant.serve import DEFAULT_PORTS, BindRefused, PortTaken, RunningTenant, serve_tenant


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until interrupted; prints one line of JSON (the content of tenant.json) when ready."""
    asked = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    ports = DEFAULT_PORTS if asked.port is None else _ports_from(asked.port)
    try:
        uvloop.run(
            serve_tenant(
                asked.data, host=asked.host, ports=ports, scale=asked.scale, seed=asked.seed, on_ready=_announce
            )
        )
    except (BindRefused, PortTaken) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="liaison tenant", description="The local tenant. Not for production.")
    parser.add_argument("--data", type=Path, default=Path(".liaison"), help="folder that keeps the tenant")
    parser.add_argument("--host", default="127.0.0.1", help="loopback address to bind")
    parser.add_argument("--port", type=int, help="first of four ports; 0 takes free ones")
    parser.add_argument("--scale", type=int, default=0, help="extra document locations in a new tenant")
    parser.add_argument("--seed", type=int, help="make ids repeatable")
    return parser


def _ports_from(first: int) -> tuple[int, ...]:
    return (0, 0, 0, 0) if first == 0 else tuple(range(first, first + 4))


def _announce(tenant: RunningTenant) -> None:
    sys.stdout.write(json.dumps(tenant.introduction) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
