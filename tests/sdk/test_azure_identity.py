"""Microsoft's azure-identity, unmodified, against the local tenant over https."""

from __future__ import annotations

import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import AuthorizationCodeCredential, ClientSecretCredential, OnBehalfOfCredential
from azure.identity.aio import ClientSecretCredential as AsyncClientSecretCredential

from liaison.tenant.seeds.company import APPLICATION_APP_ID, DELEGATED_APP_ID, TEAMS_CLIENT_APP_ID
from tests.local_tenant import LocalTenant
from tests.tenant.browser import CALLBACK, PersonsBrowser
from tests.tenant.entra_client import claims_of, sign_in, tokens_for

pytestmark = pytest.mark.anyio
GRAPH = "https://graph.microsoft.com/.default"


@pytest.fixture(autouse=True)
def own_ca_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """These variables win over the `connection_verify` argument."""
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)


def test_client_secret_credential(tenant: LocalTenant) -> None:
    known = tenant.app("application")
    credential = ClientSecretCredential(
        tenant.id,
        known["client_id"],
        known["client_secret"],
        authority=tenant.https,
        disable_instance_discovery=True,
        connection_verify=str(tenant.ca),
    )
    token = credential.get_token(GRAPH)
    assert claims_of(token.token)["appid"] == APPLICATION_APP_ID


def test_a_wrong_secret_is_a_client_authentication_error(tenant: LocalTenant) -> None:
    credential = ClientSecretCredential(
        tenant.id,
        APPLICATION_APP_ID,
        "wrong",
        authority=tenant.https,
        disable_instance_discovery=True,
        connection_verify=str(tenant.ca),
    )
    with pytest.raises(ClientAuthenticationError, match="AADSTS7000215"):
        credential.get_token(GRAPH)


async def test_the_async_client_secret_credential_asks_for_an_own_address_without_port(tenant: LocalTenant) -> None:
    known = tenant.app("application")
    credential = AsyncClientSecretCredential(
        tenant.id,
        known["client_id"],
        known["client_secret"],
        authority=tenant.https,
        connection_verify=str(tenant.ca),
    )
    async with credential:
        token = await credential.get_token("https://localhost/.default", enable_cae=True)
    claims = claims_of(token.token)
    assert claims["aud"] == "https://localhost"
    assert "Channel.Create" in claims["roles"]


def test_on_behalf_of_credential(tenant: LocalTenant) -> None:
    tokens_for(tenant, "Claire")
    known = tenant.app("delegated")
    assertion = tenant.token(
        "Claire", "access_as_user", DELEGATED_APP_ID, app_id=TEAMS_CLIENT_APP_ID, version=2, origin=tenant.https
    )
    credential = OnBehalfOfCredential(
        tenant.id,
        known["client_id"],
        client_secret=known["client_secret"],
        user_assertion=assertion,
        authority=tenant.https,
        disable_instance_discovery=True,
        connection_verify=str(tenant.ca),
    )
    token = credential.get_token("https://graph.microsoft.com/User.Read")
    assert claims_of(token.token)["oid"] == tenant.person("Claire").id


def test_authorization_code_credential_without_pkce(tenant: LocalTenant) -> None:
    known = tenant.app("delegated")
    with PersonsBrowser(tenant.https, verify=tenant.tls) as browser:
        page = sign_in(browser, tenant, "Claire", code_challenge=None, code_challenge_method=None)
    credential = AuthorizationCodeCredential(
        tenant.id,
        known["client_id"],
        page.returned["code"],
        CALLBACK,
        client_secret=known["client_secret"],
        authority=tenant.https,
        connection_verify=str(tenant.ca),
    )
    token = credential.get_token("https://graph.microsoft.com/User.Read")
    assert claims_of(token.token)["oid"] == tenant.person("Claire").id
