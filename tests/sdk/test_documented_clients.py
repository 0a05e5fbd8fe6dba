"""The programs of docs/local-tenant/index.md, run as they stand there."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from liaison.cli.device_pages import approve
from tests.local_tenant import LocalTenant

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "local-tenant" / "index.md"
BLOCKS = re.findall(r"```(python|js)\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")


def title(block: tuple[str, str]) -> str:
    """A program is known by the client that it drives."""
    named = re.findall(
        r"msal\.\w+Application|GraphServiceClient|DataverseClient|DynamicsWebApi|microsoft-graph-client", block[1]
    )
    return str(named[0])


def started(tenant: LocalTenant, folder: Path, language: str, program: str) -> subprocess.Popen[str]:
    (folder / ".liaison").mkdir()
    (folder / ".liaison" / "tenant.json").write_text(json.dumps(tenant.introduction), encoding="utf-8")
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    path = folder / ("program.py" if language == "python" else "program.mjs")
    path.write_text(program, encoding="utf-8")
    known = {name: value for name, value in os.environ.items() if name not in CA_VARIABLES}
    return subprocess.Popen(
        [sys.executable, path] if language == "python" else ["node", path],
        cwd=folder,
        env={**known, "NODE_EXTRA_CA_CERTS": str(tenant.ca)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.statement("F76")
@pytest.mark.parametrize("block", BLOCKS, ids=title)
def test_a_program_of_the_page_runs_as_it_stands(tenant: LocalTenant, tmp_path: Path, block: tuple[str, str]) -> None:
    with started(tenant, tmp_path, *block) as process:
        if "initiate_device_flow" in block[1]:
            assert process.stdout is not None
            address, code = process.stdout.readline().split()
            assert address.startswith(tenant.https)
            # The pages are the same without TLS, which the walker of pages does not trust.
            approve(address.replace(tenant.https, tenant.http), code, tenant.person("Claire").upn)
        out, err = process.communicate(timeout=90)
    assert process.returncode == 0, err
    assert re.search(r"Bearer \d+|claire\.fontaine@|Ventes Europe|Northwind|\[ '", out), out


def test_every_client_that_the_page_names_is_shown() -> None:
    assert [title(block) for block in BLOCKS] == [
        "msal.ConfidentialClientApplication",
        "msal.PublicClientApplication",
        "GraphServiceClient",
        "DataverseClient",
        "microsoft-graph-client",
        "DynamicsWebApi",
    ]
