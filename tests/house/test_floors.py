"""Who may import whom: the contracts hold, and each of them catches a planted breach."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.sources import PACKAGE, ROOT

CONTRACTS = ROOT / ".importlinter"

FLOORS = "Floors: errors, domain, ports, operations, doors"
COMPOSE = "Tenant and settings are reached through compose"
BREACHES = [
    ("domain/planted.py", "from liaison.ports import Ports", FLOORS),
    (
        "operations/planted.py",
        "from liaison.api.app import build_api",
        FLOORS,
    ),
    ("web/planted.py", "from liaison.api.app import build_api", FLOORS),
    ("api/planted.py", "from liaison.compose import build_ports", FLOORS),
    ("dataverse/planted.py", "import liaison.graph.client", "Adapters stand apart, on the wire"),
    ("store/planted.py", "import liaison.engine.steps", "Adapters stand apart, on the wire"),
    ("wire/planted.py", "import liaison.entra.tokens", "Adapters stand apart, on the wire"),
    ("graph/planted.py", "from liaison.operations.connect import connect", "Adapters know nothing above them"),
    ("engine/planted.py", "from liaison.text.lookup import load_texts", "Adapters know nothing above them"),
    ("wire/planted.py", "from liaison.domain.names import TeamId", "The wire has no word of the product"),
    ("tenant/planted.py", "from liaison.errors import LiaisonError", "The tenant is alone"),
    ("tenant/graph/planted.py", "import liaison.wire.transport", "The tenant is alone"),
    ("text/planted.py", "from liaison.errors import LiaisonError", "Texts and settings import nothing of ours"),
    (
        "operations/planted.py",
        "from liaison.settings import Settings",
        COMPOSE,
    ),
    (
        "web/planted.py",
        "from liaison.tenant.seeds.company import PEOPLE",
        COMPOSE,
    ),
    ("tenant/entra/planted.py", "import liaison.tenant.graph.routes", "The tenant's faces stand apart"),
    ("web/planted.py", "from liaison.graph.client import GraphClient", "Doors never open an adapter"),
    ("cli/planted.py", "import liaison.store.links", "Doors never open an adapter"),
    ("domain/planted.py", "import asyncio", "Domain and errors do no I/O"),
    ("domain/planted.py", "from time import time", "Domain and errors do no I/O"),
    ("operations/planted.py", "import httpx2", "Operations and ports use no HTTP or SQL library"),
    ("operations/planted.py", "from sqlalchemy import select", "Operations and ports use no HTTP or SQL library"),
]


def broken_contracts(source: Path) -> set[str]:
    """The names of the contracts that do not hold for the package below `source`."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    ended = subprocess.run(
        [*command, "--config", str(CONTRACTS), "--no-cache"],
        cwd=source,
        env={"PYTHONPATH": str(source), "PATH": "", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Contracts:" in ended.stdout, ended.stdout + ended.stderr
    lines = ended.stdout.splitlines()
    return {line.removesuffix(" BROKEN") for line in lines if line.endswith(" BROKEN")}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package's Python files, to plant breaches in."""
    source = tmp_path_factory.mktemp("floors")
    shutil.copytree(PACKAGE, source / "liaison", ignore=_only_python)
    return source


def _only_python(folder: str, names: list[str]) -> set[str]:
    kept = {name for name in names if name.endswith(".py") or Path(folder, name).is_dir()}
    return set(names) - kept | {"__pycache__", "packages"}


def test_every_contract_holds(copy: Path) -> None:
    assert broken_contracts(copy) == set()


@pytest.mark.parametrize(("place", "line", "contract"), BREACHES)
def test_a_planted_breach_is_caught(copy: Path, place: str, line: str, contract: str) -> None:
    planted = copy / "liaison" / place
    planted.write_text(f"{line}\n", encoding="utf-8")
    try:
        assert contract in broken_contracts(copy)
    finally:
        planted.unlink()


def test_every_contract_has_a_planted_breach() -> None:
    lines = CONTRACTS.read_text(encoding="utf-8").splitlines()
    names = {line.removeprefix("name = ") for line in lines if line.startswith("name = ")}
    assert names == {contract for _, _, contract in BREACHES}
