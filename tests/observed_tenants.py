"""Which tenants run for the tests of this process, and what has been asked of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2

_observed: dict[str, httpx2.Client] = {}


@contextmanager
def observed(address: str) -> Iterator[None]:
    """Count the calls that reach the tenant at this address, for the test that runs meanwhile."""
    _observed[address] = httpx2.Client(base_url=address, timeout=10.0)
    try:
        yield
    finally:
        _forget(address)


def take_counts() -> list[tuple[str, str]]:
    """Operation and user agent of all calls since the counts were last taken."""
    return [
        (str(one["operation"]), str(one["client"]))
        for address in sorted(_observed)
        for one in _taken(address)
    ]  # fmt: skip


def _taken(address: str) -> list[dict[str, Any]]:
    try:
        answer = _observed[address].post("/_control/calls/tally")
        value: list[dict[str, Any]] = answer.json()["value"] if answer.status_code == 200 else []
    except (httpx2.HTTPError, OSError):
        # The test has stopped this tenant; what it counted is gone with it.
        _forget(address)
        return []
    return value


def _forget(address: str) -> None:
    if client := _observed.pop(address, None):
        client.close()
