"""What clients read before anybody signs in."""

from __future__ import annotations

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.local_tenant import LocalTenant


@pytest.mark.parametrize("name", ["{id}", "contoso.com", "contoso.onmicrosoft.com"])
def test_a_document_asked_by_any_name_of_the_tenant_gives_addresses_with_its_id(tenant: LocalTenant, name: str) -> None:
    path = f"/{name.format(id=tenant.id)}/v2.0/.well-known/openid-configuration"
    answer = httpx2.get(tenant.http + path)
    document = answer.json()
    base = f"{tenant.http}/{tenant.id}"
    assert answer.headers["cache-control"] == "max-age=86400, private"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert {key: document[key] for key in document if str(document[key]).startswith(tenant.http)} == {
        "issuer": f"{base}/v2.0",
        "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
        "token_endpoint": f"{base}/oauth2/v2.0/token",
        "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
        "end_session_endpoint": f"{base}/oauth2/v2.0/logout",
        "jwks_uri": f"{base}/discovery/v2.0/keys",
        "userinfo_endpoint": f"{tenant.http}/oidc/userinfo",
    }
    assert document["response_modes_supported"] == ["query", "fragment", "form_post"]
    assert "code_challenge_methods_supported" not in document


def test_every_origin_speaks_of_itself(tenant: LocalTenant) -> None:
    path = f"/{tenant.id}/v2.0/.well-known/openid-configuration"
    with httpx2.Client(verify=tenant.tls) as client:
        issuers = [client.get(origin + path).json()["issuer"] for origin in (tenant.https, tenant.service_https)]
    assert issuers == [f"{tenant.https}/{tenant.id}/v2.0", f"{tenant.service_https}/{tenant.id}/v2.0"]


@pytest.mark.parametrize("name", ["common", "organizations"])
def test_a_document_for_any_tenant_carries_the_issuer_template(tenant: LocalTenant, name: str) -> None:
    document = httpx2.get(f"{tenant.http}/{name}/v2.0/.well-known/openid-configuration").json()
    assert document["issuer"] == f"{tenant.http}/{{tenantid}}/v2.0"
    assert document["token_endpoint"] == f"{tenant.http}/{name}/oauth2/v2.0/token"


def test_the_v1_document_names_the_issuer_of_v1_tokens(tenant: LocalTenant) -> None:
    document = httpx2.get(f"{tenant.http}/{tenant.id}/.well-known/openid-configuration").json()
    assert document["issuer"] == f"https://sts.windows.net/{tenant.id}/"


def test_an_unknown_tenant_is_refused_with_90002(tenant: LocalTenant) -> None:
    answer = httpx2.get(f"{tenant.http}/fabrikam.com/v2.0/.well-known/openid-configuration")
    assert (answer.status_code, answer.json()["error"], answer.json()["error_codes"]) == (
        400,
        "invalid_request",
        [90002],
    )


def test_doubled_slashes_are_tolerated(tenant: LocalTenant) -> None:
    answer = httpx2.get(f"{tenant.http}//{tenant.id}//v2.0/.well-known/openid-configuration")
    assert answer.status_code == 200


def test_instance_discovery_answers_with_this_host(tenant: LocalTenant) -> None:
    document = httpx2.get(f"{tenant.http}/common/discovery/instance?api-version=1.1").json()
    assert document["tenant_discovery_endpoint"] == (f"{tenant.http}/{tenant.id}/v2.0/.well-known/openid-configuration")
    assert document["metadata"] == [
        {"preferred_network": "localhost", "preferred_cache": "localhost", "aliases": ["localhost"]}
    ]


def test_two_keys_are_published_with_their_issuer_and_one_of_them_signs(tenant: LocalTenant) -> None:
    document = httpx2.get(f"{tenant.http}/{tenant.id}/discovery/v2.0/keys").json()
    assert len(document["keys"]) == 2
    assert {key["issuer"] for key in document["keys"]} == {f"{tenant.http}/{tenant.id}/v2.0"}
    assert all(set(key) == {"kty", "use", "kid", "x5t", "n", "e", "x5c", "issuer"} for key in document["keys"])
    token = jwt.decode(tenant.token("Claire", "User.Read"), KeySet.import_key_set(document), algorithms=["RS256"])
    assert token.header["kid"] == document["keys"][0]["kid"]


def test_rotation_retires_the_signing_key_and_announces_a_fresh_one(tenant: LocalTenant) -> None:
    address = f"{tenant.http}/{tenant.id}/discovery/v2.0/keys"
    before = [key["kid"] for key in httpx2.get(address).json()["keys"]]
    signing = tenant.control.post("/_control/keys/rotate").json()["signing"]
    after = [key["kid"] for key in httpx2.get(address).json()["keys"]]
    assert (signing, after[0], len(set(after) - set(before))) == (before[1], before[1], 1)


def test_an_address_that_is_not_built_answers_501_and_names_itself(tenant: LocalTenant) -> None:
    answer = httpx2.post(f"{tenant.http}/{tenant.id}/oauth2/v2.0/par", data={})
    assert answer.status_code == 501
    assert f"POST /{tenant.id}/oauth2/v2.0/par is not implemented" in answer.json()["error_description"]
