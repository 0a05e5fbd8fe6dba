"""The lists of operations tell the truth: what is said to be built answers, what is not says 501."""

from __future__ import annotations

import re
from pathlib import Path

import httpx2
import pytest

from liaison.tenant.known_switches import KNOWN
from tests.listed_operations import listed_operations
from tests.local_tenant import LocalTenant
from tests.tenant.crm_client import NOBODY, crm
from tests.tenant.graph_client import EVERYTHING

UNBUILT = [one for one in listed_operations() if not one.built]
SOURCES = Path(__file__).resolve().parents[2] / "src" / "liaison" / "tenant"


def test_no_operation_is_listed_twice() -> None:
    names = [one.name for one in listed_operations()]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_every_operation_names_its_source() -> None:
    assert [one.name for one in listed_operations() if not one.source] == []


@pytest.mark.parametrize("face", ["dataverse", "graph"])
def test_what_is_not_built_answers_501_in_the_services_shape(tenant: LocalTenant, face: str) -> None:
    wrong: list[tuple[str, int]] = []
    graph = {"Authorization": f"Bearer {tenant.token('Nadia', EVERYTHING)}"}
    http = httpx2.Client(base_url=tenant.http, timeout=30, headers=graph if face == "graph" else crm(tenant).headers)
    for one in (one for one in UNBUILT if one.face == face):
        path = one.pattern.replace("{set}", "accounts").replace("({key})", f"({NOBODY})", 1)
        path = re.sub(
            r"\{[^}]+\}", NOBODY, path.replace("EntityDefinitions(" + NOBODY, "EntityDefinitions(LogicalName='account'")
        )
        body = {"json": {}} if one.method != "GET" else {}
        answer = http.request(one.method, path, **body)
        if answer.status_code != 501 or "message" not in answer.json()["error"]:
            wrong.append((one.name, answer.status_code))
    http.close()
    assert wrong == []


def test_the_ledger_names_what_is_listed(tenant: LocalTenant) -> None:
    names = {one.name for one in listed_operations()}
    client = crm(tenant)
    client.call("GET", "accounts?$top=1")
    client.call("GET", "accounts?fetchXml=<fetch/>")
    client.call("GET", "EntityDefinitions(LogicalName='account')/Attributes")
    httpx2.get(f"{tenant.http}/v1.0/me")
    httpx2.get(f"{tenant.http}/v1.0/groups/x/drive/root:/a/b:/children")
    httpx2.get(f"{tenant.http}/common/oauth2/v2.0/authorize")
    httpx2.get(f"{tenant.http}/teams")
    calls = tenant.control.get("/_control/calls").json()["value"]
    assert [call["operation"] for call in calls] == [
        "GET /api/data/v9.2/{set}",
        "GET /api/data/v9.2/{set}?fetchXml",
        "GET /api/data/v9.2/EntityDefinitions({key})/Attributes",
        "GET /v1.0/me",
        "GET /v1.0/drives/{drive-id}/items/{item-id}/children",
        "GET /{tenant}/oauth2/v2.0/authorize",
        "GET /teams",
    ]
    assert {call["operation"] for call in calls} <= names


def test_every_switch_that_is_asked_for_is_known() -> None:
    known = {one.name.partition(".<")[0] for one in KNOWN}
    asked: set[str] = set()
    for path in SOURCES.rglob("*.py"):
        if path.name != "known_switches.py":
            text = path.read_text(encoding="utf-8")
            asked |= set(re.findall(r'(?:get_switch|_is_listed)\([^,()]*,\s*f?"([a-z]+\.[a-z_]+)', text))
    assert len(asked) > 20
    assert sorted(asked - known) == []
