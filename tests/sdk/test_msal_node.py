"""Microsoft's @azure/msal-node, unmodified, against the local tenant over https."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from liaison.tenant.estate.applications import add_certificate
from liaison.tenant.seeds.company import APPLICATION_APP_ID, DELEGATED_APP_ID, TEAMS_CLIENT_APP_ID
from liaison.tenant.seeds.public_clients import GRAPH_CLI_APP_ID
from tests.local_tenant import LocalTenant
from tests.sdk.certificates import PAIR
from tests.tenant.browser import CALLBACK, CHALLENGE, VERIFIER, Page, PersonsBrowser
from tests.tenant.entra_client import claims_of

SCRIPT = Path(__file__).parent / "js" / "msal_node.mjs"
GRAPH = ["https://graph.microsoft.com/.default"]
SCOPES = ["User.Read", "Team.ReadBasic.All"]


class Library:
    """The library in its own process; orders and answers are lines of JSON."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def make(self, name: str, **auth: Any) -> None:
        assert self._ask({"make": {"name": name, **auth}}) == {"answer": {"made": True}}

    def call(self, app: str, method: str, **request: Any) -> dict[str, Any]:
        """What a method answered; a failure is an error of the test."""
        answer = self._ask({"app": app, "method": method, "request": request})
        assert "failure" not in answer, answer
        return dict(answer["answer"] or {})

    def failure(self, app: str, method: str, **request: Any) -> dict[str, Any]:
        """What a method threw."""
        return dict(self._ask({"app": app, "method": method, "request": request})["failure"])

    def begin(self, app: str, method: str, **request: Any) -> dict[str, Any]:
        """The first line of a method that says something before it ends; `end` waits for the rest."""
        return self._ask({"app": app, "method": method, "request": request})

    def end(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        return dict(json.loads(self._process.stdout.readline()))

    def _ask(self, order: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return self.end()


@contextmanager
def _process(tenant: LocalTenant) -> Iterator[Library]:
    environment = {
        **os.environ,
        "NODE_EXTRA_CA_CERTS": str(tenant.ca),
        "AUTHORITY": tenant.authority,
        "HOST": urlsplit(tenant.https).netloc,
    }
    process = subprocess.Popen(
        ["node", str(SCRIPT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    )
    try:
        yield Library(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(timeout=10)


@pytest.fixture(scope="module")
def process(running_tenant: LocalTenant) -> Iterator[Library]:
    with _process(running_tenant) as library:
        yield library


@pytest.fixture
def library(tenant: LocalTenant, process: Library) -> Library:
    """The library with fresh clients: a web application, a background application and a public client."""
    web, background = tenant.app("delegated"), tenant.app("application")
    process.make("web", clientId=web["client_id"], clientSecret=web["client_secret"])
    process.make("background", clientId=background["client_id"], clientSecret=background["client_secret"])
    process.make("public", kind="public", clientId=GRAPH_CLI_APP_ID)
    return process


def follow(tenant: LocalTenant, address: str, given: str) -> Page:
    with PersonsBrowser(tenant.https, verify=tenant.tls) as browser:
        page = browser.press(browser.open(address), "user", tenant.person(given).id)
        return browser.press(page, "decision", "accept") if page.title == "Permissions requested" else page


def sign_in(
    tenant: LocalTenant, library: Library, given: str, *, app: str = "web", uri: str = CALLBACK, **more: Any
) -> dict[str, Any]:
    pkce = {"codeChallenge": CHALLENGE, "codeChallengeMethod": "S256"}
    address = library.call(app, "getAuthCodeUrl", scopes=SCOPES, redirectUri=uri, **pkce, **more)["address"]
    code = follow(tenant, address, given).returned["code"]
    asked = {"scopes": SCOPES, "redirectUri": uri, "codeVerifier": VERIFIER, **more}
    return library.call(app, "acquireTokenByCode", code=code, **asked)


def test_the_code_flow_signs_a_person_in_and_serves_from_the_cache(tenant: LocalTenant, library: Library) -> None:
    result = sign_in(tenant, library, "Claire")
    claire = tenant.person("Claire")
    account = result["account"]
    assert (account["homeAccountId"], account["username"], account["tenantId"]) == (
        f"{claire.id}.{tenant.id}",
        claire.upn,
        tenant.id,
    )
    assert set(result["scopes"]) == {"openid", "profile", *SCOPES}
    cached = library.call("web", "acquireTokenSilent", account=account, scopes=["User.Read"])
    renewed = library.call("web", "acquireTokenSilent", account=account, scopes=["User.Read"], forceRefresh=True)
    assert (cached["fromCache"], cached["accessToken"]) == (True, result["accessToken"])
    assert (renewed["fromCache"], renewed["account"]["homeAccountId"]) == (False, account["homeAccountId"])
    assert [known["username"] for known in library.call("web", "getAllAccounts")["accounts"]] == [claire.upn]
    library.call("web", "removeAccount", **account)
    assert library.call("web", "getAllAccounts")["accounts"] == []


def test_a_public_client_needs_no_secret(tenant: LocalTenant, library: Library) -> None:
    result = sign_in(tenant, library, "Oliver", app="public", uri="http://localhost:51999")
    claims = claims_of(result["accessToken"])
    assert (claims["appid"], claims["appidacr"]) == (GRAPH_CLI_APP_ID, "0")


def test_missing_consent_is_an_interaction_required_error(tenant: LocalTenant, library: Library) -> None:
    account = sign_in(tenant, library, "Claire")["account"]
    failure = library.failure("web", "acquireTokenSilent", account=account, scopes=["Team.Create"], forceRefresh=True)
    assert (failure["name"], failure["errorCode"], failure["subError"], failure["errorNo"]) == (
        "InteractionRequiredAuthError",
        "invalid_grant",
        "consent_required",
        65001,
    )


def test_a_claims_challenge_travels_there_and_back(tenant: LocalTenant, library: Library) -> None:
    known = tenant.app("delegated")
    library.make("capable", clientId=known["client_id"], clientSecret=known["client_secret"],
                 clientCapabilities=["CP1"])  # fmt: skip
    result = sign_in(tenant, library, "Claire", app="capable")
    assert claims_of(result["accessToken"])["xms_cc"] == ["cp1"]
    tenant.switch(entra__mfa_required=True)
    asked = {"account": result["account"], "scopes": ["User.Read"], "forceRefresh": True}
    failure = library.failure("capable", "acquireTokenSilent", **asked)
    assert (failure["name"], failure["errorCode"]) == ("InteractionRequiredAuthError", "interaction_required")
    assert "capolids" in json.loads(failure["claims"])["access_token"]


def test_client_credentials_by_secret_certificate_and_assertion(tenant: LocalTenant, library: Library) -> None:
    result = library.call("background", "acquireTokenByClientCredential", scopes=GRAPH)
    again = library.call("background", "acquireTokenByClientCredential", scopes=GRAPH)
    assert (result["fromCache"], again["fromCache"]) == (False, True)
    thumbprint = hashlib.sha256(PAIR.der).hexdigest()
    tenant.ask(lambda estate: add_certificate(estate, APPLICATION_APP_ID, thumbprint, PAIR.certificate_pem))
    certificate = {"thumbprintSha256": thumbprint, "privateKey": PAIR.key_pem}
    library.make("certified", clientId=APPLICATION_APP_ID, clientCertificate=certificate)
    certified = library.call("certified", "acquireTokenByClientCredential", scopes=GRAPH)
    assert claims_of(certified["accessToken"])["appidacr"] == "2"
    assertion = PAIR.assertion(f"{tenant.authority}/oauth2/v2.0/token", APPLICATION_APP_ID)
    library.make("asserted", clientId=APPLICATION_APP_ID, clientAssertion=assertion)
    asserted = library.call("asserted", "acquireTokenByClientCredential", scopes=GRAPH)
    assert claims_of(asserted["accessToken"])["appid"] == APPLICATION_APP_ID
    library.make("wrong", clientId=APPLICATION_APP_ID, clientSecret="wrong")
    failure = library.failure("wrong", "acquireTokenByClientCredential", scopes=GRAPH)
    assert (failure["name"], failure["errorCode"], failure["errorNo"]) == ("ServerError", "invalid_client", 7000215)


def test_on_behalf_of_exchanges_a_tabs_token(tenant: LocalTenant, library: Library) -> None:
    sign_in(tenant, library, "Claire")
    assertion = tenant.token(
        "Claire", "access_as_user", DELEGATED_APP_ID, app_id=TEAMS_CLIENT_APP_ID, version=2, origin=tenant.https
    )
    result = library.call("web", "acquireTokenOnBehalfOf", oboAssertion=assertion, scopes=["User.Read"])
    assert claims_of(result["accessToken"])["oid"] == tenant.person("Claire").id


def test_the_device_code_flow(tenant: LocalTenant, library: Library) -> None:
    code = library.begin("public", "acquireTokenByDeviceCode", scopes=SCOPES)["deviceCode"]
    assert (code["interval"], code["expiresIn"]) == (5, 900)
    with PersonsBrowser(tenant.https, verify=tenant.tls) as browser:
        page = browser.fill(browser.open(code["verificationUri"]), "otc", code["userCode"])
        page = browser.press(page, "user", tenant.person("Oliver").id)
        page = browser.press(page, "decision", "continue")
        browser.press(page, "decision", "accept")
    result = library.end()["answer"]
    assert result["account"]["username"] == "oliver.grant@contoso.com"


def test_a_refresh_token_and_a_password(tenant: LocalTenant, library: Library) -> None:
    sign_in(tenant, library, "Claire", app="public", uri="http://localhost:51999")
    asked = {"scopes": SCOPES, "username": "claire.fontaine@contoso.com", "password": "correct horse"}
    refused = library.failure("public", "acquireTokenByUsernamePassword", **asked)
    assert (refused["errorCode"], refused["errorNo"]) == ("invalid_grant", 50126)
    tenant.switch(entra__password="correct horse")
    library.make("public", kind="public", clientId=GRAPH_CLI_APP_ID)
    result = library.call("public", "acquireTokenByUsernamePassword", **asked)
    assert result["account"]["username"] == "claire.fontaine@contoso.com"
    failure = library.failure("public", "acquireTokenByRefreshToken", scopes=SCOPES, refreshToken="1.invented")
    assert (failure["errorCode"], failure["errorNo"]) == ("invalid_grant", 70000)


@pytest.mark.parametrize("name", ["organizations", "common", "contoso.com"])
def test_every_name_of_the_tenant_is_an_authority(tenant: LocalTenant, library: Library, name: str) -> None:
    library.make("named", kind="public", clientId=GRAPH_CLI_APP_ID, authority=f"{tenant.https}/{name}")
    result = sign_in(tenant, library, "Claire", app="named", uri="http://localhost:51999")
    assert result["tenantId"] == tenant.id


def test_metadata_may_be_given_instead_of_asked(tenant: LocalTenant, library: Library) -> None:
    host = urlsplit(tenant.https).netloc
    cloud = {
        "tenant_discovery_endpoint": f"{tenant.authority}/v2.0/.well-known/openid-configuration",
        "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}],
    }
    known = tenant.app("application")
    library.make("given", clientId=known["client_id"], clientSecret=known["client_secret"],
                 knownAuthorities=[], cloudDiscoveryMetadata=json.dumps(cloud))  # fmt: skip
    result = library.call("given", "acquireTokenByClientCredential", scopes=GRAPH)
    assert claims_of(result["accessToken"])["appid"] == APPLICATION_APP_ID
