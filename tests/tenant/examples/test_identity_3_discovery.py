"""The documents of identity.md section 3, each compared whole."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from tests.local_tenant import LocalTenant

CLAIMS = ["sub", "iss", "cloud_instance_name", "cloud_instance_host_name", "cloud_graph_host_name", "msgraph_host",
          "aud", "exp", "iat", "auth_time", "acr", "nonce", "preferred_username", "name", "tid", "ver", "at_hash",
          "c_hash", "email"]  # fmt: skip
PERSONAL = "9188040d-6c67-4c5b-b112-36a304b66dad"


def document(tenant: LocalTenant, path: str) -> dict[str, Any]:
    answer = httpx2.get(f"{tenant.http}/{path}")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "max-age=86400, private"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    return dict(answer.json())


def expected(tenant: LocalTenant, segment: str, issuer: str, region: str | None) -> dict[str, Any]:
    base = f"{tenant.http}/{segment}"
    return {
        "token_endpoint": f"{base}/oauth2/v2.0/token",
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "jwks_uri": f"{base}/discovery/v2.0/keys",
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": f"{tenant.http}/{issuer}/v2.0",
        "request_uri_parameter_supported": False,
        "userinfo_endpoint": f"{tenant.http}/oidc/userinfo",
        "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
        "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
        "http_logout_supported": True,
        "frontchannel_logout_supported": True,
        "end_session_endpoint": f"{base}/oauth2/v2.0/logout",
        "claims_supported": CLAIMS,
        "tenant_region_scope": region,
        "cloud_instance_name": "microsoftonline.com",
        "cloud_graph_host_name": "graph.windows.net",
        "msgraph_host": "graph.microsoft.com",
        "rbac_url": "https://pas.windows.net",
    }


@pytest.mark.parametrize("name", ["{id}", "contoso.com", "contoso.onmicrosoft.com", "CONTOSO.COM"])
def test_3_the_document_of_the_tenant_names_its_guid_whatever_was_asked(tenant: LocalTenant, name: str) -> None:
    path = f"{name.format(id=tenant.id)}/v2.0/.well-known/openid-configuration"
    assert document(tenant, path) == expected(tenant, tenant.id, tenant.id, "EU")


@pytest.mark.parametrize(
    ("name", "issuer"), [("organizations", "{tenantid}"), ("common", "{tenantid}"), ("consumers", PERSONAL)]
)
def test_3_the_documents_of_all_tenants_carry_the_template_and_personal_accounts_their_own(
    tenant: LocalTenant, name: str, issuer: str
) -> None:
    found = document(tenant, f"{name}/v2.0/.well-known/openid-configuration")
    assert found == expected(tenant, name, issuer, None)
    assert "code_challenge_methods_supported" not in found


@pytest.mark.parametrize("name", ["{id}", "common"])
def test_3_the_v1_document_leads_to_the_older_endpoints(tenant: LocalTenant, name: str) -> None:
    segment = name.format(id=tenant.id)
    issuer = tenant.id if segment == tenant.id else "{tenantid}"
    base = f"{tenant.http}/{segment}"
    newer = expected(tenant, segment, issuer, "EU" if segment == tenant.id else None)
    assert document(tenant, f"{segment}/.well-known/openid-configuration") == {
        **newer,
        "issuer": f"https://sts.windows.net/{issuer}/",
        "jwks_uri": f"{base}/discovery/keys",
        "authorization_endpoint": f"{base}/oauth2/authorize",
        "token_endpoint": f"{base}/oauth2/token",
        "device_authorization_endpoint": f"{base}/oauth2/devicecode",
        "end_session_endpoint": f"{base}/oauth2/logout",
        "microsoft_multi_refresh_token": True,
    }


@pytest.mark.parametrize("path", ["{id}/discovery/v2.0/keys", "{id}/discovery/keys", "common/discovery/v2.0/keys"])
def test_3_each_key_carries_its_certificate_and_its_issuer(tenant: LocalTenant, path: str) -> None:
    segment = path.partition("/")[0]
    issuer = "{tenantid}" if segment == "common" else tenant.id
    keys = document(tenant, path.format(id=tenant.id))["keys"]
    assert len(keys) == 2
    for key in keys:
        assert {name: key[name] for name in ("kty", "use", "e", "issuer", "x5t")} == {
            "kty": "RSA", "use": "sig", "e": "AQAB", "issuer": f"{tenant.http}/{issuer}/v2.0", "x5t": key["kid"],
        }  # fmt: skip
        assert sorted(key) == ["e", "issuer", "kid", "kty", "n", "use", "x5c", "x5t"]


@pytest.mark.parametrize("segment", ["common", "organizations", "{id}"])
def test_3_instance_discovery_knows_this_host_and_no_other(tenant: LocalTenant, segment: str) -> None:
    address = f"{tenant.https}/{segment.format(id=tenant.id)}/discovery/instance"
    asked = {"api-version": "1.1", "authorization_endpoint": f"https://localhost/{tenant.id}/oauth2/v2.0/authorize"}
    assert httpx2.get(address, params=asked, verify=tenant.tls).json() == {
        "tenant_discovery_endpoint": f"{tenant.https}/{tenant.id}/v2.0/.well-known/openid-configuration",
        "api-version": "1.1",
        "metadata": [{"preferred_network": "localhost", "preferred_cache": "localhost", "aliases": ["localhost"]}],
    }
    asked["authorization_endpoint"] = "https://login.evil.example/common/oauth2/v2.0/authorize"
    refused = httpx2.get(address, params=asked, verify=tenant.tls)
    assert (refused.status_code, refused.json()["error"], refused.json()["error_codes"]) == (
        400, "invalid_instance", [50049],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("claire.fontaine@contoso.com", {
            "ver": "1.0", "account_type": "Managed", "domain_name": "contoso.com",
            "cloud_instance_name": "microsoftonline.com", "cloud_audience_urn": "urn:federation:MicrosoftOnline",
        }),
        ("somebody@elsewhere.example", {"ver": "1.0", "account_type": "Unknown"}),
    ],
)  # fmt: skip
def test_15_the_realm_of_a_name(tenant: LocalTenant, name: str, answer: dict[str, str]) -> None:
    assert httpx2.get(f"{tenant.http}/common/userrealm/{name}?api-version=1.0").json() == answer


def test_3_personal_accounts_have_documents_and_nothing_else(tenant: LocalTenant) -> None:
    answer = httpx2.post(f"{tenant.http}/consumers/oauth2/v2.0/token", data={"grant_type": "refresh_token"})
    assert (answer.status_code, answer.json()["error_codes"]) == (400, [9002332])
