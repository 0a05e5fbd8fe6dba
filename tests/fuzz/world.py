"""The local tenant as a process of its own, and what a caller may know of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from liaison.tenant.estate import open_estate
from liaison.tenant.estate.callers import TokenAsk, issue_access_token
from liaison.tenant.estate.crm.catalogue import TABLES
from liaison.tenant.seeds.company import APPLICATION_APP_ID, DELEGATED_APP_ID, person
from tests.fuzz.cases import World
from tests.observed_tenants import observed
from tests.tenant.graph_client import EVERYTHING, VENTES

_LISTS = {
    "team-id": "/v1.0/teams", "group-id": "/v1.0/groups", "user-id": "/v1.0/users",
    "app-id": "/v1.0/appCatalogs/teamsApps", "channel-id": f"/v1.0/teams/{VENTES}/channels",
    "member-id": f"/v1.0/teams/{VENTES}/members", "installation-id": f"/v1.0/teams/{VENTES}/installedApps",
    "drive-id": f"/v1.0/groups/{VENTES}/drives", "item-id": f"/v1.0/groups/{VENTES}/drive/root/children",
    "site-id": "/v1.0/sites?search=*", "principal-id": "/v1.0/servicePrincipals",
    "grant-id": "/v1.0/oauth2PermissionGrants", "role-id": "/v1.0/directoryRoles",
    "sku-id": "/v1.0/subscribedSkus", "list-id": f"/v1.0/groups/{VENTES}/sites/root/lists",
}  # fmt: skip
_CRM_SETS = ("accounts", "contacts", "systemusers", "sharepointdocumentlocations", "teams")


@dataclass(frozen=True)
class Target:
    """A running tenant, its process and what is known of it."""

    address: str
    process: subprocess.Popen[str]
    log: Path
    world: World

    @property
    def memory_mb(self) -> float:
        """Resident memory of the tenant's process."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024

    @property
    def worked_s(self) -> float:
        """Processor time that the tenant's process has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def running_target(folder: Path) -> Iterator[Target]:
    """A freshly seeded tenant on free ports."""
    log = folder / "tenant.log"
    data = folder / "data"
    command = [sys.executable, "-m", "liaison.tenant", "--port", "0", "--data", str(data), "--seed", "1"]
    with (
        log.open("w", encoding="utf-8") as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True) as process,
    ):
        try:
            line = process.stdout.readline() if process.stdout else ""
            if not line:
                raise RuntimeError(log.read_text("utf-8"))
            introduction = json.loads(line)
            address = introduction["tenant"]["http"]
            with observed(address):
                yield Target(address, process, log, _explore(address, introduction, data))
        finally:
            process.terminate()
            process.wait(10)


def _explore(address: str, introduction: dict[str, Any], data: Path) -> World:
    tokens = _tokens(address, data)
    with httpx2.Client(base_url=address, timeout=30) as client:
        operations = client.get("/_control/operations").json()["value"]
        graph = {"Authorization": f"Bearer {tokens['graph']}"}
        known = {place: _ids(client.get(path, headers=graph)) for place, path in _LISTS.items()}
        crm = {"Authorization": f"Bearer {tokens['dataverse']}"}
        keys: list[str] = []
        for name in _CRM_SETS:
            rows = client.get(f"/api/data/v9.2/{name}?$top=5", headers=crm).json().get("value", [])
            keys += [str(row[column]) for row in rows for column in row if column == f"{name[:-1]}id"]
        client.post("/_control/calls/tally")
    known["key"] = keys or [VENTES]
    known["tenant"] = ["common", "organizations", introduction["tenant"]["id"]]
    known["client_id"] = [DELEGATED_APP_ID, APPLICATION_APP_ID]
    known["any"] = [one for several in list(known.values()) for one in several[:6]] or [VENTES]
    tables = [table for table in TABLES if table.name in ("account", "contact", "opportunity", "systemuser")]
    names = sorted({column.wire for table in tables for column in table.columns})
    found = ["displayName", "id", "mail", "members", "primarycontactid", "contact_customer_accounts", "ownerid", *names]
    return World(operations, known, tokens, [table.set_name for table in TABLES], found)


def _ids(answer: httpx2.Response) -> list[str]:
    return [str(one["id"]) for one in answer.json().get("value", []) if "id" in one][:8] or [VENTES]


def _tokens(address: str, data: Path) -> dict[str, str]:
    """Good ones for each face, and some that are good elsewhere; signed with the tenant's own keys."""
    estate = open_estate(data)
    try:
        estate.origins.append(address)
        graph, nadia, claire = "https://graph.microsoft.com", person("Nadia").id, person("Claire").id
        scopes = frozenset(EVERYTHING.split())
        asks = {
            "graph": TokenAsk(DELEGATED_APP_ID, graph, nadia, scopes),
            "graph as Claire": TokenAsk(DELEGATED_APP_ID, graph, claire, scopes),
            "graph as the application": TokenAsk(APPLICATION_APP_ID, graph, roles=scopes),
            "graph without scopes": TokenAsk(DELEGATED_APP_ID, graph, claire, frozenset({"User.Read"})),
            "dataverse": TokenAsk(DELEGATED_APP_ID, address, nadia, frozenset({"user_impersonation"})),
            "dataverse as Claire": TokenAsk(DELEGATED_APP_ID, address, claire, frozenset({"user_impersonation"})),
            "expired": TokenAsk(DELEGATED_APP_ID, graph, nadia, scopes, lifetime_s=-4_000),
        }
        return {name: issue_access_token(estate, ask).text for name, ask in asks.items()}
    finally:
        estate.db.close()
