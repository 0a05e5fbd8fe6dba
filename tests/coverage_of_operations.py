"""A pytest plugin: which operations of the local tenant each test exercises, and with which client.

The tenants that a test uses count their calls; after each test the counts are taken and tied to it. What all runs of a
checkout have seen is kept in `build/operations.json`; `pytest --operations PATH` writes the page from it.
"""

from __future__ import annotations

import fcntl
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from liaison.tenant.estate.surface import Operation
from tests.observed_tenants import take_counts

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "build" / "operations.json"
_PROPERTY = "operation"
_SEEN = pytest.StashKey["Seen"]()

# Programs that nobody here wrote, by the module of tests that drives them.
FOREIGN = {
    "test_msgraph_sdk": "msgraph-sdk (Python)",
    "test_dataverse_client": "PowerPlatform-Dataverse-Client (Python)",
    "test_msal_node": "@azure/msal-node",
    "test_msal": "msal (Python)",
    "test_azure_identity": "azure-identity (Python)",
    "test_dynamics_web_api": "dynamics-web-api (npm)",
    "test_graph_client_js": "@microsoft/microsoft-graph-client (npm)",
    "test_odata_parsers": "odata-csdl, odata-v4-parser (npm)",
    "test_o365": "O365 (Python)",
}
# What our own code calls itself: tests use it to prepare and to look.
_OWN = ("python-httpx2", "Liaison", "liaison")

Test = str
Clients = dict[str, list[str]]
Seen = dict[Test, Clients]
"""For each test, by operation, the clients that asked for it; "" is our own code."""

_WRITTEN = (
    "Written by the test run (`pytest --operations docs/local-tenant/coverage.md`) from what the tenant's own ledger"
    " saw; do not edit. An operation is a kind of request, whatever form its address takes."
)


def foreign_client(nodeid: str, user_agent: str) -> str:
    """The program that asked, if nobody here wrote it; else an empty text."""
    if "tests/sdk/" not in nodeid or user_agent.startswith(_OWN):
        return ""
    module = Path(nodeid.partition("::")[0]).stem
    known = (name for name in sorted(FOREIGN, key=len, reverse=True) if module.startswith(name))
    return next((FOREIGN[name] for name in known), "")


def merge(old: Seen, new: Seen) -> Seen:
    """What was seen before and now; tests that ran again count anew, tests that are gone count no more."""
    kept = {test: seen for test, seen in old.items() if (ROOT / test.partition("::")[0]).exists()}
    return {**kept, **new}


def keep(new: Seen, path: Path = KEPT) -> Seen:
    """Add what a run has seen to what is kept; runs may end at the same moment."""
    path.parent.mkdir(exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        merged = merge(read(path), new)
        spool = path.with_suffix(".new")
        spool.write_text(json.dumps(merged, indent=0, sort_keys=True), encoding="utf-8")
        spool.replace(path)
    return merged


def read(path: Path = KEPT) -> Seen:
    """What is kept; nothing where no test has run."""
    if not path.exists():
        return {}
    found: Seen = json.loads(path.read_text(encoding="utf-8"))
    return found


# --- the page --------------------------------------------------------------------------------------------------------


def render(listed: tuple[Operation, ...], seen: Seen) -> str:
    """Totals, then a table of operations for each face."""
    tests, clients = _by_operation(seen)
    built = [one for one in listed if one.built]
    shown = [one for one in built if one.name in tests]
    foreign = [one for one in built if clients.get(one.name)]
    by_client: dict[str, int] = {}
    for one in built:
        for client in clients.get(one.name, ()):
            by_client[client] = by_client.get(client, 0) + 1
    lines = [
        "# What the local tenant answers, and what exercises it",
        "",
        _WRITTEN,
        "",
        "| | Operations |",
        "|---|---|",
        f"| documented and listed here | {len(listed)} |",
        f"| built | {len(built)} |",
        f"| forms of address of those | {sum(one.addresses for one in built)} |",
        f"| answered 501 | {len(listed) - len(built)} |",
        f"| built, exercised by a test | {len(shown)} |",
        f"| built, exercised by a client that nobody here wrote | {len(foreign)} |",
        *(f"| … by {client} | {count} |" for client, count in sorted(by_client.items())),
    ]
    for face in dict.fromkeys(one.face for one in listed):
        lines += [
            "",
            f"## {face}",
            "",
            "| Operation | Built | Forms | Source | Tests | Foreign clients |",
            "|---|---|---|---|---|---|",
        ]
        lines += [
            _row(one, tests.get(one.name, []), clients.get(one.name, set())) for one in listed if one.face == face
        ]
    return "\n".join([*lines, ""])


def _by_operation(seen: Seen) -> tuple[dict[str, list[str]], dict[str, set[str]]]:
    tests: dict[str, list[str]] = {}
    clients: dict[str, set[str]] = {}
    for test in sorted(seen):
        for operation, names in seen[test].items():
            tests.setdefault(operation, []).append(test)
            clients.setdefault(operation, set()).update(name for name in names if name)
    return tests, clients


def _row(one: Operation, tests: list[str], clients: set[str]) -> str:
    named = ", ".join(f"`{test.removeprefix('tests/')}`" for test in tests[:2])
    counted = f"{len(tests)}: {named}" if tests else "none"
    who = ", ".join(sorted(clients)) or "none"
    return f"| `{one.name}` | {'yes' if one.built else '501'} | {one.addresses} | {one.source} | {counted} | {who} |"


# --- hooks -----------------------------------------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--operations", metavar="PATH", default="", help="write the page of operations there")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_SEEN] = {}
    config.pluginmanager.register(Recorder(config.stash[_SEEN]), "operations-recorder")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """Take the counts while the tenants of the test still run."""
    counts = take_counts()
    # Fuzzing touches everything and shows nothing.
    for operation, client in () if item.nodeid.startswith("tests/fuzz/") else counts:
        item.user_properties.append((_PROPERTY, [operation, foreign_client(item.nodeid, client)]))
    return (yield)


class Recorder:
    """Listens in the process that sees all reports, also when tests run in several."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when != "teardown":
            return
        test = re.sub(r"\[.*\]$", "", report.nodeid, flags=re.DOTALL)
        for operation, client in (value for key, value in report.user_properties if key == _PROPERTY):
            clients = self._seen.setdefault(test, {}).setdefault(operation, [])
            if client not in clients:
                clients.append(client)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    seen = config.stash[_SEEN]
    if not seen:
        return
    merged = keep(seen)
    path = config.getoption("--operations")
    if path:
        from tests.listed_operations import listed_operations

        listed = listed_operations()
        target = Path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(render(listed, merged), encoding="utf-8")
        names = {operation for clients in merged.values() for operation in clients}
        built = [one for one in listed if one.built]
        shown = sum(one.name in names for one in built)
        terminalreporter.line(f"{path}: {shown} of {len(built)} operations of the local tenant are exercised by tests")
