"""Requests that are right and seldom sent: from pages of other origins, packed, in a row, spelled otherwise."""

from __future__ import annotations

import gzip
import json
import re
import socket
import zlib

import httpx2
import pytest

from tests.local_tenant import LocalTenant
from tests.tenant.graph_client import EVERYTHING

PAGE = "https://app.contoso.com"
ASKING = {
    "Origin": PAGE,
    "Access-Control-Request-Method": "PATCH",
    "Access-Control-Request-Headers": "authorization,consistencylevel",
}


def graph_headers(tenant: LocalTenant, **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {tenant.token('Claire', EVERYTHING)}", **more}


def crm_headers(tenant: LocalTenant, **more: str) -> dict[str, str]:
    token = tenant.token("Claire", "user_impersonation", tenant.http)
    return {"Authorization": f"Bearer {token}", "Content-Type": "application/json", **more}


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/v1.0/me", "GET, POST, PUT, PATCH, DELETE, OPTIONS"),
        ("/v1.0/$batch", "GET, POST, PUT, PATCH, DELETE, OPTIONS"),
        ("/_api/v2.0/uploadSession", "GET, POST, PUT, PATCH, DELETE, OPTIONS"),
        ("/_layouts/15/download.aspx", "GET, POST, PUT, PATCH, DELETE, OPTIONS"),
        ("/common/v2.0/.well-known/openid-configuration", "GET, OPTIONS"),
        ("/common/discovery/v2.0/keys", "GET, OPTIONS"),
        ("/common/discovery/instance", "GET, OPTIONS"),
    ],
)
def test_pages_of_any_origin_may_ask(tenant: LocalTenant, path: str, methods: str) -> None:
    answer = httpx2.options(tenant.http + path, headers=ASKING)
    assert answer.status_code == 200
    assert {name: value for name, value in answer.headers.items() if name.startswith("access-control-")} == {
        "access-control-allow-origin": "*",
        "access-control-allow-methods": methods,
        "access-control-allow-headers": "authorization,consistencylevel",
        "access-control-max-age": "3600",
    }


def test_no_page_may_steer(tenant: LocalTenant) -> None:
    answer = httpx2.options(f"{tenant.http}/_control/switches", headers=ASKING)
    assert answer.status_code >= 400
    assert "access-control-allow-origin" not in answer.headers


def test_pages_read_answers_refusals_and_faults(tenant: LocalTenant) -> None:
    tenant.fault({"path": "/v1.0/users", "action": {"status": 429, "headers": {"Retry-After": "1"}}})
    headers = graph_headers(tenant, Origin=PAGE)
    for path, status in (("/v1.0/me", 200), ("/v1.0/users", 429), ("/v1.0/users/nobody", 404), ("/beta/me", 501)):
        answer = httpx2.get(tenant.http + path, headers=headers)
        assert answer.status_code == status
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "Retry-After" in answer.headers["access-control-expose-headers"]
    tenant.fault({"path": "/api/data/**", "action": {"status": 429, "headers": {"Retry-After": "1"}}})
    late = httpx2.get(f"{tenant.http}/api/data/v9.2/WhoAmI", headers=crm_headers(tenant, Origin=PAGE))
    assert (late.status_code, late.headers["access-control-allow-origin"]) == (429, "*")
    rows = httpx2.get(f"{tenant.http}/api/data/v9.2/WhoAmI", headers=crm_headers(tenant, Origin=PAGE))
    assert "OData-EntityId" in rows.headers["access-control-expose-headers"]
    refused = httpx2.get(f"{tenant.http}/v1.0/me", headers={"Origin": PAGE})
    assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (401, "*")
    assert "access-control-allow-origin" not in httpx2.get(f"{tenant.http}/v1.0/me").headers


@pytest.mark.parametrize(
    ("coding", "pack"), [("gzip", gzip.compress), ("x-gzip", gzip.compress), ("deflate", zlib.compress)]
)
def test_packed_bodies_are_unpacked(tenant: LocalTenant, coding: str, pack: object) -> None:
    assert callable(pack)
    batch = json.dumps({"requests": [{"id": "1", "method": "GET", "url": "/me"}]}).encode()
    headers = graph_headers(tenant, **{"Content-Type": "application/json", "Content-Encoding": coding})
    answer = httpx2.post(f"{tenant.http}/v1.0/$batch", headers=headers, content=pack(batch))
    assert [part["status"] for part in answer.json()["responses"]] == [200]
    row = pack(json.dumps({"name": "Packed"}).encode())
    headers = crm_headers(tenant, Prefer="return=representation", **{"Content-Encoding": coding})
    made = httpx2.post(f"{tenant.http}/api/data/v9.2/accounts?$select=name", headers=headers, content=row)
    assert made.json()["name"] == "Packed"


@pytest.mark.parametrize(
    ("coding", "content", "status"),
    [
        ("br", b"whatever", 415),
        ("gzip", b"not packed", 400),
        ("gzip", gzip.compress(b'{"name": "cut off"}')[:-9], 400),
        ("gzip", gzip.compress(b" " * 70_000_000, 1), 413),
    ],
    ids=["unknown", "not packed", "cut off", "too much"],
)
def test_what_cannot_be_unpacked_is_refused(tenant: LocalTenant, coding: str, content: bytes, status: int) -> None:
    headers = crm_headers(tenant, **{"Content-Encoding": coding})
    answer = httpx2.post(f"{tenant.http}/api/data/v9.2/accounts", headers=headers, content=content)
    assert answer.status_code == status
    assert set(answer.json()["error"]) == {"code", "message"}


def test_entra_refuses_what_cannot_be_unpacked_in_its_own_words(tenant: LocalTenant) -> None:
    address = f"{tenant.http}/{tenant.id}/oauth2/v2.0/token"
    answer = httpx2.post(address, headers={"Content-Encoding": "gzip"}, content=b"grant_type=x")
    assert (answer.status_code, answer.json()["error"], answer.json()["error_codes"]) == (
        400,
        "invalid_request",
        [90013],
    )


@pytest.mark.parametrize("path", ["/V1.0/me", "/v1.0/Me/", "//V1.0//me"])
def test_graph_is_known_in_any_case(tenant: LocalTenant, path: str) -> None:
    assert httpx2.get(tenant.http + path, headers=graph_headers(tenant)).json()["displayName"] == "Claire Fontaine"


@pytest.mark.parametrize("path", ["/API/Data/V9.2/WhoAmI", "/api/data/v9.2/WhoAmI()/", "/api/data//v9.0//WhoAmI"])
def test_dataverse_is_known_in_any_case(tenant: LocalTenant, path: str) -> None:
    answer = httpx2.get(tenant.http + path, headers=crm_headers(tenant))
    assert set(answer.json()) >= {"UserId", "BusinessUnitId", "OrganizationId"}


def test_requests_in_a_row_are_answered_in_their_order(tenant: LocalTenant) -> None:
    host, _, port = tenant.http.removeprefix("http://").rpartition(":")
    headers = f"hOST: {host}:{port}\r\naUTHORIZATION: bearer {tenant.token('Claire', EVERYTHING)}\r\n\r\n"
    asked = "".join(f"GET /v1.0/users?$top={size}&$select=id HTTP/1.1\r\n{headers}" for size in range(1, 13))
    sizes = list[int]()
    with socket.create_connection(("127.0.0.1", int(port)), timeout=20) as connection:
        connection.sendall(asked.encode())
        received = b""
        while received.count(b'"value":[') < 12 or not received.endswith(b"]}"):
            received += connection.recv(65536)
    for body in re.findall(rb'"value":\[(.*?)\]', received):
        sizes.append(body.count(b'"id"'))
    assert sizes == list(range(1, 13))


def test_a_client_that_leaves_is_no_defect(tenant: LocalTenant, caplog: pytest.LogCaptureFixture) -> None:
    host, _, port = tenant.http.removeprefix("http://").rpartition(":")
    token = tenant.token("Claire", "user_impersonation", tenant.http)
    for path in ("/api/data/v9.2/accounts", f"/{tenant.id}/oauth2/v2.0/token", "/v1.0/$batch"):
        announced = f"POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {token}\r\n"
        with socket.create_connection(("127.0.0.1", int(port)), timeout=20) as connection:
            connection.sendall(f"{announced}Content-Type: application/json\r\nContent-Length: 500\r\n\r\n{{".encode())
    assert httpx2.get(f"{tenant.http}/api/data/v8.2/WhoAmI", headers=crm_headers(tenant)).status_code == 200
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
