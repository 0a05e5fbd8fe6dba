"""The token endpoint: five grants, three ways for a client to prove itself, and what the tokens say."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import time
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from joserfc import jwt
from joserfc.jwk import RSAKey

from liaison.tenant.estate import Estate
from liaison.tenant.estate.applications import add_certificate
from liaison.tenant.estate.callers import BearerRefused, environment_audience, graph_audience, read_bearer
from liaison.tenant.estate.people import find_user, revoke_sessions, save_user
from liaison.tenant.seeds.applications import principal_id
from liaison.tenant.seeds.company import APPLICATION_APP_ID, DELEGATED_APP_ID, TEAMS_CLIENT_APP_ID
from tests.local_tenant import LocalTenant
from tests.tenant.browser import CALLBACK, VERIFIER, PersonsBrowser
from tests.tenant.entra_client import (
    SIGN_IN,
    claims_of,
    failure_of,
    post_token,
    redeem,
    refresh,
    sign_in,
    sign_in_page,
    tokens_for,
)

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ON_BEHALF_OF = "urn:ietf:params:oauth:grant-type:jwt-bearer"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
API = f"api://localhost/{DELEGATED_APP_ID}"
OPAQUE = {"iat", "nbf", "exp", "aio", "rh", "uti", "sub", "xms_ftd"}


def plain(token: str) -> dict[str, Any]:
    return {name: value for name, value in claims_of(token).items() if name not in OPAQUE}


def judged(tenant: LocalTenant, token: str, audience: Callable[[Estate], Callable[[str], bool]]) -> str:
    """How a face judges a token: "accepted" or the reason of its refusal."""

    def judge(estate: Estate) -> str:
        try:
            read_bearer(estate, f"Bearer {token}", audience(estate))
        except BearerRefused as refused:
            return refused.reason
        return "accepted"

    return tenant.ask(judge)


def code_form(page_code: str, **form: str) -> dict[str, str]:
    return {
        "grant_type": "authorization_code",
        "code": page_code,
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
        **form,
    }


@pytest.fixture
def code(tenant: LocalTenant) -> str:
    """A fresh authorization code of Claire's."""
    with PersonsBrowser(tenant.http) as browser:
        return sign_in(browser, tenant, "Claire").returned["code"]


def test_the_answer_has_entras_members_and_is_never_stored(tenant: LocalTenant, code: str) -> None:
    answer = post_token(tenant, **code_form(code, client_info="1"))
    document = answer.json()
    assert answer.headers["cache-control"] == "no-store, no-cache"
    assert set(document) == {
        "token_type", "scope", "expires_in", "ext_expires_in", "access_token", "refresh_token", "id_token"
    }  # fmt: skip
    assert document["token_type"] == "Bearer"
    assert 3600 <= document["expires_in"] <= 5400


def test_a_graph_token_looks_like_v1(tenant: LocalTenant) -> None:
    claire = tenant.person("Claire")
    assert plain(tokens_for(tenant, "Claire")["access_token"]) == {
        "aud": "https://graph.microsoft.com",
        "iss": f"https://sts.windows.net/{tenant.id}/",
        "tid": tenant.id,
        "ver": "1.0",
        "app_displayname": "Liaison",
        "appid": DELEGATED_APP_ID,
        "appidacr": "1",
        "idtyp": "user",
        "oid": claire.id,
        "name": "Claire Fontaine",
        "given_name": "Claire",
        "family_name": "Fontaine",
        "upn": claire.upn,
        "unique_name": claire.upn,
        "scp": "User.Read openid profile",
        "acct": 0,
        "acr": "1",
        "amr": ["pwd"],
        "wids": ["b79fbf4d-3ef9-4689-8143-76b194e85509"],
    }


def test_a_token_for_our_own_api_is_v2_with_the_client_id_as_audience(tenant: LocalTenant) -> None:
    tokens = tokens_for(tenant, "Claire", f"{SIGN_IN} {API}/access_as_user")
    answer = refresh(tenant, tokens, f"{API}/access_as_user").json()
    assert answer["scope"].split()[-1] == f"{API}/access_as_user"
    assert plain(answer["access_token"]) == {
        "aud": DELEGATED_APP_ID,
        "iss": f"{tenant.http}/{tenant.id}/v2.0",
        "tid": tenant.id,
        "ver": "2.0",
        "azp": DELEGATED_APP_ID,
        "azpacr": "1",
        "idtyp": "user",
        "oid": tenant.person("Claire").id,
        "name": "Claire Fontaine",
        "preferred_username": "claire.fontaine@contoso.com",
        "scp": "access_as_user",
    }


def test_a_dataverse_token_names_its_environment_and_serves_no_other(tenant: LocalTenant) -> None:
    scope = f"{tenant.service_https}/user_impersonation"
    tokens = redeem_for(tenant, "Claire", f"openid offline_access {scope}")
    claims = plain(tokens["access_token"])
    assert (claims["aud"], claims["scp"]) == (tenant.service_https, "user_impersonation")
    token = tokens["access_token"]
    assert judged(tenant, token, lambda estate: environment_audience(estate, "contoso-service")) == "accepted"
    assert judged(tenant, token, lambda estate: environment_audience(estate, "contoso-sales")) == "audience"


def redeem_for(tenant: LocalTenant, given: str, scope: str) -> dict[str, Any]:
    return tokens_for(tenant, given, scope)


def test_default_of_an_own_address_serves_graph_and_dataverse(tenant: LocalTenant) -> None:
    tokens = tokens_for(tenant, "Claire", f"{SIGN_IN} {tenant.https}/user_impersonation")
    without_port = "https://localhost/.default"
    answer = refresh(tenant, tokens, without_port).json()
    claims = plain(answer["access_token"])
    assert claims["aud"] == "https://localhost"
    assert set(claims["scp"].split()) == {"openid", "profile", "User.Read", "user_impersonation"}
    assert answer["scope"].split()[-1] == without_port
    token = answer["access_token"]
    assert judged(tenant, token, graph_audience) == "accepted"
    assert judged(tenant, token, lambda estate: environment_audience(estate, "contoso-sales")) == "accepted"


def test_one_request_is_for_one_resource(tenant: LocalTenant) -> None:
    tokens = tokens_for(tenant, "Claire")
    both = f"User.Read {tenant.https}/user_impersonation"
    assert failure_of(refresh(tenant, tokens, both))[:3] == (400, "invalid_grant", 28000)


def test_a_code_serves_once(tenant: LocalTenant, code: str) -> None:
    assert post_token(tenant, **code_form(code)).status_code == 200
    assert failure_of(post_token(tenant, **code_form(code)))[:3] == (400, "invalid_grant", 54005)


def test_a_code_lives_ten_minutes(tenant: LocalTenant, code: str) -> None:
    tenant.control.post("/_control/clock", json={"advance_s": 601})
    assert failure_of(post_token(tenant, **code_form(code))) == (400, "invalid_grant", 70008, "token_expired")


@pytest.mark.parametrize(
    ("form", "status", "error", "number"),
    [
        ({"code_verifier": "another-verifier-of-at-least-forty-three-characters"}, 400, "invalid_grant", 501481),
        ({"code_verifier": ""}, 400, "invalid_grant", 501481),
        ({"redirect_uri": "http://localhost:8301/auth/callback"}, 400, "invalid_client", 500112),
        ({"client_secret": "wrong"}, 401, "invalid_client", 7000215),
        ({"client_id": "11111111-1111-4111-8111-111111111111"}, 400, "unauthorized_client", 700016),
        ({"code": "1.invented"}, 400, "invalid_grant", 70000),
        ({"code": ""}, 400, "invalid_request", 90014),
        ({"grant_type": "password"}, 400, "unsupported_grant_type", 70003),
    ],
)
def test_a_wrong_redemption_is_refused(
    tenant: LocalTenant, code: str, form: dict[str, str], status: int, error: str, number: int
) -> None:
    assert failure_of(post_token(tenant, **code_form(code, **form)))[:3] == (status, error, number)


def test_a_code_of_a_web_application_needs_its_secret(tenant: LocalTenant, code: str) -> None:
    form = {"client_id": DELEGATED_APP_ID, **code_form(code)}
    answer = httpx2.post(f"{tenant.http}/{tenant.id}/oauth2/v2.0/token", data=form)
    assert failure_of(answer)[:3] == (401, "invalid_client", 7000218)


def test_a_code_without_a_challenge_is_redeemed_by_the_secret_alone(tenant: LocalTenant) -> None:
    with PersonsBrowser(tenant.http) as browser:
        page = sign_in(browser, tenant, "Claire", code_challenge=None, code_challenge_method=None)
    form = code_form(page.returned["code"])
    del form["code_verifier"]
    assert post_token(tenant, **form).status_code == 200


def test_a_public_client_redeems_with_its_verifier_from_the_browser(tenant: LocalTenant) -> None:
    address = f"{tenant.http}/teams/auth"
    with PersonsBrowser(tenant.http) as browser:
        page = sign_in_page(browser, tenant, "openid User.Read", client_id=TEAMS_CLIENT_APP_ID, redirect_uri=address)
        page = browser.press(page, "user", tenant.person("Claire").id)
    form = code_form(page.returned["code"], redirect_uri=address, client_id=TEAMS_CLIENT_APP_ID)
    answer = httpx2.post(f"{tenant.http}/{tenant.id}/oauth2/v2.0/token", data=form)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert claims_of(answer.json()["access_token"])["appidacr"] == "0"


def test_the_secret_may_come_as_basic_authentication(tenant: LocalTenant, code: str) -> None:
    app = tenant.app("delegated")
    answer = httpx2.post(
        f"{tenant.http}/{tenant.id}/oauth2/v2.0/token",
        data=code_form(code),
        auth=(app["client_id"], app["client_secret"]),
    )
    assert answer.status_code == 200


def test_the_error_document_has_entras_members(tenant: LocalTenant) -> None:
    correlation = "0f0e0d0c-0b0a-4908-8706-050403020100"
    answer = httpx2.post(
        f"{tenant.http}/{tenant.id}/oauth2/v2.0/token",
        data={**tenant.app("delegated"), **code_form("1.invented")},
        headers={"client-request-id": correlation},
    )
    document = answer.json()
    trace, stamp = document["trace_id"], document["timestamp"]
    assert answer.headers["x-ms-request-id"] == trace
    assert document == {
        "error": "invalid_grant",
        "error_description": "AADSTS70000: Provided grant is invalid or malformed. The grant was issued for another "
        f"client or was replaced.\r\nTrace ID: {trace}\r\nCorrelation ID: {correlation}\r\nTimestamp: {stamp}",
        "error_codes": [70000],
        "timestamp": stamp,
        "trace_id": trace,
        "correlation_id": correlation,
        "error_uri": f"{tenant.http}/error?code=70000",
        "suberror": "bad_token",
    }


def test_refreshing_brings_a_new_token_and_leaves_the_old_one_valid(tenant: LocalTenant) -> None:
    tokens = tokens_for(tenant, "Claire")
    first, second = refresh(tenant, tokens).json(), refresh(tenant, tokens).json()
    assert len({tokens["refresh_token"], first["refresh_token"], second["refresh_token"]}) == 3


def test_strict_refresh_lets_each_token_serve_once(tenant: LocalTenant) -> None:
    tenant.switch(entra__strict_refresh=True)
    tokens = tokens_for(tenant, "Claire")
    assert refresh(tenant, tokens).status_code == 200
    assert failure_of(refresh(tenant, tokens))[2] == 70000


def test_a_refresh_token_serves_any_resource_with_consent(tenant: LocalTenant) -> None:
    tokens = tokens_for(tenant, "Claire", f"{SIGN_IN} {tenant.https}/user_impersonation")
    answer = refresh(tenant, tokens, f"{tenant.https}/user_impersonation").json()
    assert claims_of(answer["access_token"])["aud"] == tenant.https
    assert failure_of(refresh(tenant, tokens, "Team.Create"))[2] == 65001


def test_a_refresh_token_is_bound_to_its_client_and_its_proof(tenant: LocalTenant) -> None:
    tokens = tokens_for(tenant, "Claire")
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], "scope": "User.Read"}
    foreign = post_token(tenant, "application", **form)
    bare = httpx2.post(f"{tenant.http}/{tenant.id}/oauth2/v2.0/token", data={**form, "client_id": DELEGATED_APP_ID})
    assert failure_of(foreign)[2] == 70000
    assert failure_of(bare)[:3] == (401, "invalid_client", 7000218)


def test_a_refresh_token_dies_after_ninety_days(tenant: LocalTenant) -> None:
    tokens = tokens_for(tenant, "Claire")
    tenant.control.post("/_control/clock", json={"advance_s": 90 * 86_400 + 1})
    assert failure_of(refresh(tenant, tokens))[:2] == (400, "invalid_grant")


def test_a_forced_sign_out_kills_refresh_tokens(tenant: LocalTenant) -> None:
    tokens = tokens_for(tenant, "Claire")
    tenant.control.post("/_control/sessions/revoke", json={"user": "claire.fontaine@contoso.com"})
    assert failure_of(refresh(tenant, tokens)) == (400, "invalid_grant", 50173, "bad_token")


def test_a_disabled_account_gets_no_more_tokens(tenant: LocalTenant) -> None:
    tokens = tokens_for(tenant, "Claire")

    def disable(estate: Estate) -> None:
        user = find_user(estate, tenant.person("Claire").id)
        assert user is not None
        save_user(estate, type(user)(**{**vars(user), "account_enabled": False}))

    tenant.ask(disable)
    assert failure_of(refresh(tenant, tokens))[:3] == (400, "invalid_grant", 50057)


def test_codes_and_refresh_tokens_are_not_kept_in_clear(tenant: LocalTenant) -> None:
    token = tokens_for(tenant, "Claire")["refresh_token"]
    stored = tenant.ask(lambda estate: estate.db.rows("SELECT * FROM refresh_tokens"))
    assert len(stored) == 1
    assert not any(token in str(value) for row in stored for value in row)


def test_an_applications_token_carries_its_roles(tenant: LocalTenant) -> None:
    form = {"grant_type": "client_credentials", "scope": "https://graph.microsoft.com/.default"}
    document = post_token(tenant, "application", **form).json()
    claims = plain(document["access_token"])
    roles = claims.pop("roles")
    assert set(document) == {"token_type", "expires_in", "ext_expires_in", "access_token"}
    assert {"Channel.Create", "Files.ReadWrite.All", "TeamsTab.ReadWriteSelfForTeam.All"} <= set(roles)
    assert claims == {
        "aud": "https://graph.microsoft.com",
        "iss": f"https://sts.windows.net/{tenant.id}/",
        "idp": f"https://sts.windows.net/{tenant.id}/",
        "tid": tenant.id,
        "ver": "1.0",
        "app_displayname": "Liaison background work",
        "appid": APPLICATION_APP_ID,
        "appidacr": "1",
        "idtyp": "app",
        "oid": principal_id(APPLICATION_APP_ID),
    }


def test_an_application_without_roles_still_gets_a_token(tenant: LocalTenant) -> None:
    form = {"grant_type": "client_credentials", "scope": "https://graph.microsoft.com/.default"}
    claims = claims_of(post_token(tenant, "delegated", **form).json()["access_token"])
    assert "roles" not in claims
    assert claims["idtyp"] == "app"


def test_an_applications_token_for_our_api_names_the_automation_role(tenant: LocalTenant) -> None:
    form = {"grant_type": "client_credentials", "scope": f"{API}/.default"}
    claims = claims_of(post_token(tenant, "application", **form).json()["access_token"])
    assert (claims["aud"], claims["ver"], claims["roles"]) == (DELEGATED_APP_ID, "2.0", ["Liaison.Automation"])


@pytest.mark.parametrize(
    ("authority", "form", "number"),
    [
        ("{id}", {"scope": "https://graph.microsoft.com/User.Read.All"}, 1002012),
        ("{id}", {"scope": ""}, 90014),
        ("common", {"scope": "https://graph.microsoft.com/.default"}, 50059),
        ("{id}", {"scope": "https://unknown.example/.default"}, 500011),
    ],
)
def test_wrong_client_credentials_requests_are_refused(
    tenant: LocalTenant, authority: str, form: dict[str, str], number: int
) -> None:
    answer = httpx2.post(
        f"{tenant.http}/{authority.format(id=tenant.id)}/oauth2/v2.0/token",
        data={**tenant.app("application"), "grant_type": "client_credentials", **form},
    )
    assert failure_of(answer)[2] == number


def own_api_token(tenant: LocalTenant, given: str, **more: Any) -> str:
    return tenant.token(
        given, "access_as_user", DELEGATED_APP_ID,
        app_id=TEAMS_CLIENT_APP_ID, version=2, origin=tenant.http, **more,
    )  # fmt: skip


def on_behalf(tenant: LocalTenant, assertion: str, scope: str = "User.Read", **form: str) -> httpx2.Response:
    return post_token(
        tenant, grant_type=ON_BEHALF_OF, assertion=assertion, requested_token_use="on_behalf_of", scope=scope, **form
    )


def test_on_behalf_of_needs_the_persons_consent(tenant: LocalTenant) -> None:
    assertion = own_api_token(tenant, "Claire")
    assert failure_of(on_behalf(tenant, assertion)) == (400, "invalid_grant", 65001, "consent_required")
    tokens_for(tenant, "Claire")
    answer = on_behalf(tenant, assertion, "User.Read offline_access").json()
    claims = claims_of(answer["access_token"])
    assert (claims["oid"], claims["appid"], claims["scp"]) == (
        tenant.person("Claire").id,
        DELEGATED_APP_ID,
        "User.Read openid profile",
    )
    assert refresh(tenant, answer, "User.Read").status_code == 200


@pytest.mark.parametrize(
    ("assertion", "number"),
    [
        (lambda tenant: tenant.token("Claire", "User.Read"), 50013),
        (lambda tenant: "not.a.token", 50013),
        (lambda tenant: tenant.app_token(f"{API}/.default"), 7000114),
        (lambda tenant: own_api_token(tenant, "Victor"), 50057),
        (lambda tenant: own_api_token(tenant, "Claire", lifetime_s=-1), 500133),
    ],
)
def test_on_behalf_of_refuses_other_assertions(
    tenant: LocalTenant, assertion: Callable[[LocalTenant], str], number: int
) -> None:
    assert failure_of(on_behalf(tenant, assertion(tenant)))[2] == number


def test_on_behalf_of_refuses_a_changed_assertion(tenant: LocalTenant) -> None:
    head, body, signature = own_api_token(tenant, "Claire").split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    forged = base64.urlsafe_b64encode(json.dumps({**claims, "oid": tenant.person("Nadia").id}).encode())
    assertion = f"{head}.{forged.rstrip(b'=').decode()}.{signature}"
    assert failure_of(on_behalf(tenant, assertion))[2] == 50013


def device_request(tenant: LocalTenant, **form: str) -> dict[str, Any]:
    answer = httpx2.post(
        f"{tenant.http}/{tenant.id}/oauth2/v2.0/devicecode",
        data={"client_id": DELEGATED_APP_ID, "scope": SIGN_IN, **form},
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def poll(tenant: LocalTenant, device_code: str) -> httpx2.Response:
    form = {"client_id": DELEGATED_APP_ID, "grant_type": DEVICE, "device_code": device_code}
    return httpx2.post(f"{tenant.http}/{tenant.id}/oauth2/v2.0/token", data=form)


def test_a_device_waits_until_its_person_has_signed_in(tenant: LocalTenant) -> None:
    asked = device_request(tenant)
    assert set(asked) == {"user_code", "device_code", "verification_uri", "expires_in", "interval", "message"}
    assert (asked["expires_in"], asked["verification_uri"]) == (900, f"{tenant.http}/common/oauth2/deviceauth")
    assert failure_of(poll(tenant, asked["device_code"]))[:2] == (400, "authorization_pending")
    with PersonsBrowser(tenant.http) as browser:
        page = browser.fill(browser.open("/common/oauth2/deviceauth"), "otc", asked["user_code"].lower())
        page = browser.press(page, "user", tenant.person("Claire").id)
        assert page.title == "Are you trying to sign in to Liaison?"
        page = browser.press(page, "decision", "continue")
        page = browser.press(page, "decision", "accept")
        assert "You may now close this window." in page.text
    document = poll(tenant, asked["device_code"]).json()
    assert claims_of(document["access_token"])["oid"] == tenant.person("Claire").id
    assert "refresh_token" in document
    assert failure_of(poll(tenant, asked["device_code"]))[2] == 54005


def test_a_device_is_declined_or_expires_or_is_unknown(tenant: LocalTenant) -> None:
    asked = device_request(tenant)
    with PersonsBrowser(tenant.http) as browser:
        wrong = browser.fill(browser.open("/common/oauth2/deviceauth"), "otc", "WRONG")
        page = browser.fill(wrong, "otc", asked["user_code"])
        page = browser.press(page, "user", tenant.person("Claire").id)
        browser.press(page, "decision", "cancel")
    assert "That code didn't work" in wrong.text.replace("&#39;", "'")
    assert failure_of(poll(tenant, asked["device_code"]))[:2] == (400, "authorization_declined")
    other = device_request(tenant)
    tenant.control.post("/_control/clock", json={"advance_s": 901})
    assert failure_of(poll(tenant, other["device_code"]))[:2] == (400, "expired_token")
    assert failure_of(poll(tenant, "invented"))[:2] == (400, "bad_verification_code")


def test_the_device_message_speaks_french(tenant: LocalTenant) -> None:
    assert device_request(tenant, mkt="fr-FR")["message"].startswith("Pour vous connecter, ouvrez la page")


@pytest.fixture(scope="module")
def certificate() -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "liaison")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + dt.timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    return key, made


def b64(content: bytes, *, padded: bool = False) -> str:
    text = base64.urlsafe_b64encode(content).decode()
    return text if padded else text.rstrip("=")


def assertion_of(
    tenant: LocalTenant, pair: tuple[rsa.RSAPrivateKey, x509.Certificate], spelling: str, **claims: Any
) -> str:
    """A client assertion as one of Microsoft's libraries writes it."""
    key, certificate = pair
    register = certificate.public_bytes(serialization.Encoding.PEM).decode()
    digest = hashlib.sha256(certificate.public_bytes(serialization.Encoding.DER)).hexdigest()
    tenant.ask(lambda estate: add_certificate(estate, APPLICATION_APP_ID, digest, register))
    now = time.time()
    body = {
        "aud": f"{tenant.http}/{tenant.id}/oauth2/v2.0/token",
        "iss": APPLICATION_APP_ID,
        "sub": APPLICATION_APP_ID,
        "jti": "1",
        "nbf": now,
        "exp": now + 300.5,
        **claims,
    }
    sha1, sha256 = certificate.fingerprint(hashes.SHA1()), certificate.fingerprint(hashes.SHA256())  # noqa: S303
    if spelling == "rs256":
        header: dict[str, Any] = {"alg": "RS256", "typ": "JWT", "x5t": b64(sha1)}
        return jwt.encode(header, body, RSAKey.import_key(key), algorithms=["RS256"])
    header = {"alg": "PS256", "typ": "JWT", "x5t#S256": b64(sha256)}
    signed = f"{b64(json.dumps(header).encode(), padded=True)}.{b64(json.dumps(body).encode(), padded=True)}"
    scheme = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)
    return f"{signed}.{b64(key.sign(signed.encode(), scheme, hashes.SHA256()), padded=True)}"


def with_assertion(tenant: LocalTenant, assertion: str) -> httpx2.Response:
    form = {
        "client_id": APPLICATION_APP_ID,
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion,
        "grant_type": "client_credentials",
        "scope": "https://graph.microsoft.com/.default",
    }
    return httpx2.post(f"{tenant.http}/{tenant.id}/oauth2/v2.0/token", data=form)


@pytest.mark.parametrize("spelling", ["rs256", "ps256-padded"])
def test_a_certificate_proves_a_client_in_every_spelling_sdks_use(
    tenant: LocalTenant, certificate: tuple[rsa.RSAPrivateKey, x509.Certificate], spelling: str
) -> None:
    answer = with_assertion(tenant, assertion_of(tenant, certificate, spelling))
    assert answer.status_code == 200, answer.text
    assert claims_of(answer.json()["access_token"])["appidacr"] == "2"


@pytest.mark.parametrize(
    "claims",
    [{"iss": DELEGATED_APP_ID}, {"aud": "https://login.example/token"}, {"exp": 1.0}, {"nbf": 4_000_000_000}],
)
def test_a_wrong_assertion_is_refused(
    tenant: LocalTenant, certificate: tuple[rsa.RSAPrivateKey, x509.Certificate], claims: dict[str, Any]
) -> None:
    answer = with_assertion(tenant, assertion_of(tenant, certificate, "rs256", **claims))
    assert failure_of(answer)[:3] == (401, "invalid_client", 700027)


def test_an_assertion_by_an_unregistered_key_is_refused(
    tenant: LocalTenant, certificate: tuple[rsa.RSAPrivateKey, x509.Certificate]
) -> None:
    other = (rsa.generate_private_key(public_exponent=65537, key_size=2048), certificate[1])
    assert failure_of(with_assertion(tenant, assertion_of(tenant, other, "rs256")))[2] == 700027


def test_a_face_refuses_tokens_for_the_reason_that_is_wrong(tenant: LocalTenant) -> None:
    good = tenant.token("Claire", "User.Read")
    head, body, signature = good.split(".")
    none_header = b64(json.dumps({"alg": "none", "typ": "JWT", "kid": "x"}).encode())
    assert judged(tenant, good, graph_audience) == "accepted"
    assert judged(tenant, "", graph_audience) == "missing"
    assert judged(tenant, "nonsense", graph_audience) == "malformed"
    assert judged(tenant, f"{head}.{body}.{signature[:-6]}AAAAAA", graph_audience) == "signature"
    assert judged(tenant, f"{none_header}.{body}.", graph_audience) == "signature"
    assert judged(tenant, own_api_token(tenant, "Claire"), graph_audience) == "audience"
    tenant.control.post("/_control/clock", json={"advance_s": 5400})
    assert judged(tenant, good, graph_audience) == "expired"


def test_userinfo_answers_for_a_graph_token_with_openid(tenant: LocalTenant) -> None:
    tokens = tokens_for(tenant, "Claire", f"{SIGN_IN} email")
    answer = httpx2.get(f"{tenant.http}/oidc/userinfo", headers={"Authorization": f"Bearer {tokens['access_token']}"})
    assert answer.json() == {
        "sub": claims_of(tokens["id_token"])["sub"],
        "name": "Claire Fontaine",
        "given_name": "Claire",
        "family_name": "Fontaine",
        "email": "claire.fontaine@contoso.com",
    }
    assert httpx2.get(f"{tenant.http}/oidc/userinfo").status_code == 401


def test_a_client_that_handles_challenges_gets_long_tokens_and_meets_the_challenge(tenant: LocalTenant) -> None:
    capability = json.dumps({"access_token": {"xms_cc": {"values": ["CP1"]}}})
    tokens = tokens_for(tenant, "Claire")
    answer = refresh(tenant, tokens, claims=capability).json()
    claire = tenant.person("Claire").id

    def challenge(estate: Estate) -> str | None:
        revoke_sessions(estate, claire)
        try:
            read_bearer(estate, f"Bearer {answer['access_token']}", graph_audience(estate))
        except BearerRefused as refused:
            return refused.claims
        return None

    assert 20 * 3600 <= answer["expires_in"] <= 28 * 3600
    assert claims_of(answer["access_token"])["xms_cc"] == ["cp1"]
    demanded = json.loads(tenant.ask(challenge) or "{}")["access_token"]["nbf"]
    assert demanded["essential"] is True
    assert judged(tenant, tokens["access_token"], graph_audience) == "accepted"


def test_a_second_factor_is_demanded_with_claims_and_given_on_a_page(tenant: LocalTenant) -> None:
    tokens = tokens_for(tenant, "Claire")
    tenant.switch(entra__mfa_required=True)
    refused = refresh(tenant, tokens)
    claims = refused.json()["claims"]
    assert failure_of(refused) == (400, "interaction_required", 50076, "basic_action")
    assert "capolids" in json.loads(claims)["access_token"]
    with PersonsBrowser(tenant.http) as browser:
        page = browser.press(sign_in_page(browser, tenant, claims=claims), "user", tenant.person("Claire").id)
        assert page.title == "Approve sign in request"
        page = browser.press(page, "decision", "approve")
        again = redeem(tenant, page)
    assert claims_of(again["access_token"])["amr"] == ["pwd", "mfa"]
    assert refresh(tenant, again).status_code == 200


def test_an_authentication_context_is_satisfied_and_named_in_the_token(tenant: LocalTenant) -> None:
    claims = json.dumps({"access_token": {"acrs": {"essential": True, "value": "c1"}}})
    tokens_for(tenant, "Claire")
    with PersonsBrowser(tenant.http) as browser:
        page = browser.press(sign_in_page(browser, tenant, claims=claims), "user", tenant.person("Claire").id)
        tokens = redeem(tenant, browser.press(page, "decision", "approve"))
    assert claims_of(tokens["access_token"])["acrs"] == ["c1"]


def test_a_device_that_does_not_comply_ends_on_a_page_and_at_the_token_endpoint(tenant: LocalTenant) -> None:
    tokens = tokens_for(tenant, "Claire")
    tenant.switch(entra__device_not_compliant=True)
    assert failure_of(refresh(tenant, tokens))[:3] == (400, "interaction_required", 53000)
    with PersonsBrowser(tenant.http) as browser:
        page = browser.press(sign_in_page(browser, tenant), "user", tenant.person("Claire").id)
    assert "You can&#39;t get there from here" in page.text
    assert "AADSTS53000" in page.text


def test_a_managed_device_shows_in_the_token(tenant: LocalTenant) -> None:
    tenant.switch(entra__managed_devices=["claire.fontaine@contoso.com"])
    managed, unmanaged = (tokens_for(tenant, given)["access_token"] for given in ("Claire", "Oliver"))

    def devices(estate: Estate) -> list[bool]:
        return [
            read_bearer(estate, f"Bearer {token}", graph_audience(estate)).managed_device
            for token in (managed, unmanaged)
        ]

    assert tenant.ask(devices) == [True, False]
