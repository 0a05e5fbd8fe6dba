"""Which tenants run for the tests of this process, and what has been asked of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2

_observed: set[str] = set()


@contextmanager
def observed(address: str) -> Iterator[None]:
    """Count the calls that reach the tenant at this address, for the test that runs meanwhile."""
    _observed.add(address)
    try:
        yield
    finally:
        _observed.discard(address)


def take_counts() -> list[tuple[str, str]]:
    """Operation and user agent of all calls since the counts were last taken."""
    return [
        (str(one["operation"]), str(one["client"]))
        for address in sorted(_observed)
        for one in _taken(address)
    ]  # fmt: skip


def _taken(address: str) -> list[dict[str, Any]]:
    try:
        answer = httpx2.post(f"{address}/_control/calls/tally", timeout=10.0)
        value: list[dict[str, Any]] = answer.json()["value"] if answer.status_code == 200 else []
    except (httpx2.HTTPError, OSError):
        # The test has stopped this tenant; what it counted is gone with it.
        _observed.discard(address)
        return []
    return value
