"""The rest of azure-identity's credentials, unmodified: certificates, assertions, windows, devices and chains."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import (
    AuthenticationRequiredError,
    CertificateCredential,
    ChainedTokenCredential,
    ClientAssertionCredential,
    ClientSecretCredential,
    DeviceCodeCredential,
    InteractiveBrowserCredential,
    OnBehalfOfCredential,
)

from liaison.tenant.estate.applications import add_certificate
from liaison.tenant.estate.federation import FederatedCredential, add_federated_credential
from liaison.tenant.seeds.company import APPLICATION_APP_ID, DELEGATED_APP_ID, TEAMS_CLIENT_APP_ID
from liaison.tenant.seeds.public_clients import AZURE_CLI_APP_ID
from tests.local_tenant import LocalTenant
from tests.sdk.certificates import PAIR
from tests.sdk.visiting import agree, opened_browsers
from tests.tenant.browser import PersonsBrowser
from tests.tenant.entra_client import claims_of, tokens_for

GRAPH = "https://graph.microsoft.com/.default"
OUTSIDE = "https://outside.example"


@pytest.fixture(autouse=True)
def own_ca_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """These variables win over the `connection_verify` argument."""
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)


def here(tenant: LocalTenant) -> dict[str, Any]:
    return {"authority": tenant.https, "disable_instance_discovery": True, "connection_verify": str(tenant.ca)}


def certify(tenant: LocalTenant, app_id: str) -> None:
    thumbprint = hashlib.sha256(PAIR.der).hexdigest()
    tenant.ask(lambda estate: add_certificate(estate, app_id, thumbprint, PAIR.certificate_pem))


def test_certificate_credential(tenant: LocalTenant) -> None:
    certify(tenant, APPLICATION_APP_ID)
    both = (PAIR.key_pem + PAIR.certificate_pem).encode()
    credential = CertificateCredential(tenant.id, APPLICATION_APP_ID, certificate_data=both, **here(tenant))
    claims = claims_of(credential.get_token(GRAPH).token)
    assert (claims["appid"], claims["appidacr"]) == (APPLICATION_APP_ID, "2")


def test_client_assertion_credential_with_a_federated_token(tenant: LocalTenant) -> None:
    known = FederatedCredential("1", APPLICATION_APP_ID, "outside", OUTSIDE, "job:7", keys=(PAIR.public_key,))
    tenant.ask(lambda estate: add_federated_credential(estate, known))

    def credential(**claims: str) -> ClientAssertionCredential:
        said = {"iss": OUTSIDE, "sub": "job:7", "aud": "api://AzureADTokenExchange", **claims}

        def shown() -> str:
            return PAIR.signed({"alg": "RS256", "kid": "outside", "typ": "JWT"}, said)

        return ClientAssertionCredential(tenant.id, APPLICATION_APP_ID, shown, **here(tenant))

    assert claims_of(credential().get_token(GRAPH).token)["appid"] == APPLICATION_APP_ID
    for claims, number in (
        ({"iss": "https://elsewhere.example"}, 700211),
        ({"sub": "job:8"}, 700213),
        ({"aud": "api://other"}, 700212),
    ):
        with pytest.raises(ClientAuthenticationError, match=f"AADSTS{number}:"):
            credential(**claims).get_token(GRAPH)


def test_interactive_browser_credential_of_the_azure_command_line(tenant: LocalTenant) -> None:
    with opened_browsers(tenant, agree(tenant, "Marc")):
        credential = InteractiveBrowserCredential(tenant_id=tenant.id, timeout=20, **here(tenant))
        token = credential.get_token(GRAPH)
    claims = claims_of(token.token)
    assert (claims["appid"], claims["upn"]) == (AZURE_CLI_APP_ID, "marc.lefevre@contoso.com")
    dataverse = credential.get_token(f"{tenant.https}/.default")
    assert "user_impersonation" in claims_of(dataverse.token)["scp"]


def test_device_code_credential_keeps_a_record_of_its_person(tenant: LocalTenant) -> None:
    def type_code(address: str, code: str, _: Any) -> None:
        with PersonsBrowser(tenant.https, verify=tenant.tls) as browser:
            page = browser.press(browser.fill(browser.open(address), "otc", code), "user", tenant.person("Claire").id)
            browser.press(page, "decision", "continue")

    credential = DeviceCodeCredential(
        tenant_id=tenant.id, prompt_callback=type_code, disable_automatic_authentication=True, **here(tenant)
    )
    with pytest.raises(AuthenticationRequiredError):
        credential.get_token(GRAPH)
    record = credential.authenticate(scopes=[GRAPH])
    assert (record.username, record.tenant_id) == ("claire.fontaine@contoso.com", tenant.id)
    assert claims_of(credential.get_token(GRAPH).token)["oid"] == tenant.person("Claire").id


def test_on_behalf_of_credential_with_a_certificate(tenant: LocalTenant) -> None:
    tokens_for(tenant, "Claire")
    certify(tenant, DELEGATED_APP_ID)
    assertion = tenant.token(
        "Claire", "access_as_user", DELEGATED_APP_ID, app_id=TEAMS_CLIENT_APP_ID, version=2, origin=tenant.https
    )
    both = (PAIR.key_pem + PAIR.certificate_pem).encode()
    credential = OnBehalfOfCredential(
        tenant.id, DELEGATED_APP_ID, client_certificate=both, user_assertion=assertion, **here(tenant)
    )
    claims = claims_of(credential.get_token("https://graph.microsoft.com/User.Read").token)
    assert (claims["oid"], claims["appidacr"]) == (tenant.person("Claire").id, "2")


def test_a_chain_goes_on_to_the_credential_that_works(tenant: LocalTenant) -> None:
    known = tenant.app("application")
    secret = ClientSecretCredential(tenant.id, known["client_id"], known["client_secret"], **here(tenant))
    device = DeviceCodeCredential(tenant_id=tenant.id, disable_automatic_authentication=True, **here(tenant))
    token = ChainedTokenCredential(device, secret).get_token(GRAPH)
    assert claims_of(token.token)["appid"] == APPLICATION_APP_ID
