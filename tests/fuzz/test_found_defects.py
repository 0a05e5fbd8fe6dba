"""Defects that fuzzing has found: each request once more, with the answer it must get."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from tests.local_tenant import LocalTenant
from tests.tenant.crm_client import crm
from tests.tenant.graph_client import EVERYTHING, VENTES


def graph(tenant: LocalTenant, method: str, path: str, **more: Any) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {tenant.token('Nadia', EVERYTHING)}"}
    return httpx2.request(method, f"{tenant.http}/v1.0{path}", headers=headers, timeout=30, **more)


@pytest.mark.parametrize("path", ["/v1.0/teams/%09%0D%0A/primaryChannel", "/api/data/v9.2/orga%0Anizations"])
def test_a_line_break_in_a_path_is_answered_in_the_services_own_shape(tenant: LocalTenant, path: str) -> None:
    answer = httpx2.get(f"{tenant.http}{path}")
    assert answer.status_code >= 400
    assert {"code", "message"} <= answer.json()["error"].keys()


@pytest.mark.parametrize("rest", ["", "/oauth2PermissionGrants", "/appRoleAssignments"])
def test_a_principal_without_a_key_is_not_found(tenant: LocalTenant, rest: str) -> None:
    answer = graph(tenant, "GET", f"/servicePrincipals(){rest}")
    assert answer.status_code in (200, 400, 404)


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_a_member_id_outside_ascii_is_not_found(tenant: LocalTenant, method: str) -> None:
    answer = graph(tenant, method, f"/teams/{VENTES}/members/%C3%89l%C3%A9onore", json={"roles": []})
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NotFound")


def test_a_batch_part_with_a_text_outside_ascii_is_answered(tenant: LocalTenant) -> None:
    part = {
        "id": "1",
        "method": "POST",
        "url": "/groups",
        "body": "é",
        "headers": {"Content-Type": "text/plain"},
    }
    answer = graph(tenant, "POST", "/$batch", json={"requests": [part]})
    assert [one["status"] for one in answer.json()["responses"]] == [400]


def test_a_json_batch_of_a_million_parts_is_refused_at_once(tenant: LocalTenant) -> None:
    body = b'{"requests":[' + b"{}," * 999_999 + b"{}]}"
    answer = graph(tenant, "POST", "/$batch", content=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "MaximumValueExceeded")


def test_a_multipart_batch_of_a_million_parts_is_refused_at_once(tenant: LocalTenant) -> None:
    answer = httpx2.post(
        f"{tenant.http}/api/data/v9.2/$batch",
        content=b"--b\r\n" * 1_000_000 + b"--b--",
        headers={**crm(tenant).headers, "Content-Type": "multipart/mixed; boundary=b"},
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "0x80060888")


def test_a_column_that_is_named_again_in_the_order_decides_nothing(tenant: LocalTenant) -> None:
    rows = [
        crm(tenant).call("GET", f"accounts?$select=name&$top=5&$orderby={order}").json()["value"]
        for order in ("name", ",".join(["name"] * 4_000))
    ]
    assert rows[0] == rows[1]


@pytest.mark.parametrize(
    ("path", "length"), [("/api/data/v9.2/accounts", 17_000_000), ("/v1.0/groups", 5_000_000), ("/x/y", 2_000_000)]
)
def test_a_body_that_is_too_long_is_refused(tenant: LocalTenant, path: str, length: int) -> None:
    answer = httpx2.post(f"{tenant.http}{path}", content=b" " * length, headers=crm(tenant).headers, timeout=30)
    assert answer.status_code in (413, 501)
    assert "message" in answer.json()["error"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/$count"),
        ("PATCH", "(e99143ee-34ac-5fb9-8f15-798b96be6a6a)"),
        ("GET", "(e99143ee-34ac-5fb9-8f15-798b96be6a6a)/versionnumber"),
        ("DELETE", "(e99143ee-34ac-5fb9-8f15-798b96be6a6a)"),
    ],
)
def test_rows_that_are_files_are_neither_counted_nor_changed(tenant: LocalTenant, method: str, path: str) -> None:
    answer = crm(tenant).call(method, f"sharepointdocuments{path}", {} if method == "PATCH" else None)
    assert answer.status_code in (400, 404, 405)
    assert {"code", "message"} <= answer.json()["error"].keys()
