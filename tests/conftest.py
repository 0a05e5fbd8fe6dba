"""What all tests share."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local_tenant import LocalTenant, started_tenant

# Tests reach nothing but this machine. Without a folder of authorities every HTTP client reads those of the machine,
# which takes longer than most requests; this folder holds none. `SSL_CERT_FILE`, where a test sets it, comes first.
os.environ["SSL_CERT_DIR"] = str(Path(__file__).parent)

# A shell has what it starts in the background ignore Ctrl-C, and so would the programs that tests start and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN and threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)

pytest_plugins = ["tests.statements", "tests.coverage_of_operations"]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Async tests run on asyncio, as the product does."""
    return "asyncio"


@pytest.fixture(scope="session")
def running_tenant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalTenant]:
    """One local tenant for the whole run, on free ports."""
    with started_tenant(tmp_path_factory.mktemp("tenant")) as tenant:
        yield tenant


@pytest.fixture
def tenant(running_tenant: LocalTenant) -> LocalTenant:
    """The local tenant as after its seed: no faults, no switches, machine time."""
    running_tenant.reset()
    return running_tenant
