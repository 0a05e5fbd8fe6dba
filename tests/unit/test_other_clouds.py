"""A tenant of a government's cloud, or of the one in China: sign-in, Graph, Dataverse and files stay within it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from liaison.compose import Installation, read_settings
from liaison.errors import UpstreamSurprise
from liaison.wire.hosts import check_address

pytestmark = pytest.mark.anyio

TENANT = "c0a7e5b1-5f3d-4c51-9a55-2d2f3a1b7c10"
CLOUDS = {
    "GCC High": ("login.microsoftonline.us", "graph.microsoft.us", "contoso.crm.microsoftdynamics.us"),
    "DoD": ("login.microsoftonline.us", "dod-graph.microsoft.us", "contoso.crm.appsplatform.us"),
    "China": ("login.chinacloudapi.cn", "microsoftgraph.chinacloudapi.cn", "contoso.crm.dynamics.cn"),
}
"""Source: Graph v1.0, concepts/deployments.md; Power Platform, government-regions."""


@pytest.mark.statement("F08")
@pytest.mark.parametrize("cloud", CLOUDS)
async def test_nothing_is_asked_outside_the_cloud_of_the_tenant(cloud: str, tmp_path: Path) -> None:
    login, graph, crm = CLOUDS[cloud]
    variables = {
        "LIAISON_DATA": str(tmp_path),
        "LIAISON_TENANT_ID": TENANT,
        "LIAISON_CLIENT_ID": "6f0c1b0a-5a0e-4c0f-9d3c-0d2f6c9d1a11",
        "LIAISON_CLIENT_SECRET": "of-the-test",
        "LIAISON_LOGIN_BASE": f"https://{login}",
        "LIAISON_GRAPH_BASE": f"https://{graph}/v1.0",
        "LIAISON_GRAPH_RESOURCE": f"https://{graph}",
        "LIAISON_ENVIRONMENTS": json.dumps([{"key": "sales", "name": "Sales", "address": f"https://{crm}"}]),
    }
    installation = Installation(read_settings(variables))
    try:
        ports, transport = installation.ports, installation._transport(1.0)
        start = await ports.sign_in.start(ports.environments[0], "en")
        asked = urlsplit(start.address)
        assert (asked.hostname, asked.path) == (login, f"/{TENANT}/oauth2/v2.0/authorize")
        scopes = parse_qs(asked.query)["scope"][0].split()
        hosts = {urlsplit(scope).hostname for scope in scopes if scope.startswith("https://")}
        assert hosts <= {graph, crm}
        for purpose, host in (("entra", login), ("graph", graph), ("dataverse", crm)):
            target = await check_address(purpose, purpose, f"https://{host}/x", transport._hosts)
            assert target.origin == f"https://{host}"
        for purpose, host in (
            ("entra", "login.microsoftonline.com"),
            ("graph", "graph.microsoft.com"),
            ("dataverse", "contoso.crm4.dynamics.com"),
        ):
            with pytest.raises(UpstreamSurprise):
                await check_address(purpose, purpose, f"https://{host}/x", transport._hosts)
    finally:
        await installation.aclose()
        await asyncio.to_thread(installation.close)
