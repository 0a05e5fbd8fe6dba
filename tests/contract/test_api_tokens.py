"""Tokens sent to our own API: the right one is accepted, and forty wrong ones are not."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from liaison.domain.names import Person
from liaison.errors import SignInExpired, TokenRefused
from liaison.tenant.seeds import company
from tests.contract.product import PUBLIC, Product, token_client
from tests.tenant.browser import VERIFIER, PersonsBrowser, authorize_address

pytestmark = pytest.mark.anyio

TEAMS = company.TEAMS_CLIENT_APP_ID
OURS = company.DELEGATED_APP_ID


@dataclass(frozen=True)
class Client:
    """Another application that asks for tokens to ours; a public one has no secret."""

    id: str
    redirect: str
    secret: str = ""


def teams_token(product: Product, given: str) -> dict[str, Any]:
    """What the Teams client gets for a person: the token endpoint's whole answer."""
    return client_token(product, given, Client(TEAMS, f"{product.tenant.http}/teams/auth"))


def client_token(product: Product, given: str, client: Client) -> dict[str, Any]:
    """What a client gets for a person who agrees to it."""
    scope = f"openid profile api://localhost/{OURS}/access_as_user"
    address = authorize_address(product.tenant.id, client.id, scope, redirect_uri=client.redirect)
    with PersonsBrowser(product.tenant.http) as browser:
        page = browser.press(browser.open(address), "user", company.person(given).id)
        while not page.headers.get("location", "").startswith(client.redirect):
            moved = page.headers.get("location")
            page = browser.open(moved) if moved else browser.press(page, "decision", "accept")
    form = {
        "client_id": client.id,
        "grant_type": "authorization_code",
        "code": page.returned["code"],
        "redirect_uri": client.redirect,
        "code_verifier": VERIFIER,
        "scope": scope,
        **({"client_secret": client.secret} if client.secret else {}),
    }
    # A page redeems its own code, and browsers say so; a client with a secret is a server.
    headers = {} if client.secret else {"Origin": product.tenant.http}
    with token_client(product.tenant.http) as http:
        answer = http.post(f"/{product.tenant.id}/oauth2/v2.0/token", data=form, headers=headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def application_token(product: Product, scope: str) -> str:
    """A token that an application got for itself."""
    with token_client(product.tenant.http) as client:
        answer = client.post(
            f"/{product.tenant.id}/oauth2/v2.0/token",
            data={
                "client_id": product.tenant.app["client_id"],
                "client_secret": product.tenant.app["client_secret"],
                "grant_type": "client_credentials",
                "scope": scope,
            },
        )
    answer.raise_for_status()
    return str(answer.json()["access_token"])


def _claims(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def _header(token: str) -> dict[str, Any]:
    part = token.split(".", maxsplit=1)[0]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def _part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def forged_tokens(good: str) -> dict[str, str]:
    """Variants of a good token that whoever has no key of the tenant can make."""
    claims, header = _claims(good), _header(good)
    head, body, signature = good.split(".")
    mine = RSAKey.generate_key(2048, {"kid": header["kid"]})
    secret = OctKey.import_key(b"0" * 64)

    def signed(changed_header: dict[str, Any], changed: dict[str, Any], key: Any = mine, alg: str = "RS256") -> str:
        return jwt.encode({**header, **changed_header, "alg": alg}, {**claims, **changed}, key, algorithms=[alg])

    tokens = {
        "signed with another key under the same id": signed({}, {}),
        "signed with an unknown key": signed({"kid": "nobody"}, {}),
        "without a key id": jwt.encode({"alg": "RS256"}, claims, mine),
        "with its own key inside": signed({"jwk": mine.as_dict(private=False)}, {}),
        "with an address for its key": signed({"jku": "http://127.0.0.1/keys"}, {}),
        "signed with a shared secret": signed({}, {}, secret, "HS256"),
        "unsigned": f"{_part({'alg': 'none', 'typ': 'JWT'})}.{body}.",
        "unsigned, spelled otherwise": f"{_part({'alg': 'nOnE', 'typ': 'JWT', 'kid': header['kid']})}.{body}.",
        "unsigned with the signature left": f"{_part({'alg': 'none', 'kid': header['kid']})}.{body}.{signature}",
        "with a critical extension": f"{_part({**header, 'crit': ['exp'], 'exp': 1})}.{body}.{signature}",
        "without a signature": f"{head}.{body}.",
        "with a cut signature": f"{head}.{body}.{signature[:-8]}",
        "with another's signature": f"{head}.{body}.{signed({}, {}).split('.')[2]}",
        "with a list as claims": f"{head}.{_part([1])}.{signature}",
        "with a text as claims": f"{head}.{_part('x')}.{signature}",
        "with a list as header": f"{_part([1])}.{body}.{signature}",
        "with no claims": f"{head}..{signature}",
        "with four parts": f"{good}.x",
        "with five parts": f"{good}.x.y",
        "not base64": f"{head}.%%%.{signature}",
        "deeply nested": f"{head}.{base64.urlsafe_b64encode(b'[' * 9000).decode()}.{signature}",
    }
    changes: dict[str, dict[str, Any]] = {
        "for another person": {"oid": company.person("Nadia").id},
        "of another tenant": {"tid": "00000000-0000-0000-0000-000000000001"},
        "issued elsewhere": {"iss": "https://login.evil.example/x/v2.0"},
        "issued for every tenant": {"iss": claims["iss"].replace(claims["tid"], "common")},
        "issued by the first version": {"iss": f"https://sts.windows.net/{claims['tid']}/"},
        "for another audience": {"aud": "00000003-0000-0000-c000-000000000000"},
        "for a list of audiences": {"aud": [claims["aud"]]},
        "of version 1": {"ver": "1.0"},
        "without end": {"exp": None},
        "with a text as end": {"exp": "tomorrow"},
        "longer alive": {"exp": claims["exp"] + 86_400},
    }
    for name, change in changes.items():
        tokens[f"changed: {name}"] = f"{head}.{_part({**claims, **change})}.{signature}"
        tokens[f"signed anew: {name}"] = signed({}, change)
    return tokens


async def why_refused(product: Product, token: str) -> str:
    """The reason for which our API refuses a token, empty when it accepts it."""
    try:
        await product.sign_in.accept_bearer(f"Bearer {token}")
    except TokenRefused as refused:
        return refused.reason
    return ""


async def test_the_right_token_is_accepted_and_lets_us_act_for_the_person(product: Product) -> None:
    await product.person("Claire")
    await product.sign_in.forget(await product.person("Claire"))
    product.restart()
    token = teams_token(product, "Claire")["access_token"]
    person = await product.sign_in.accept_bearer(f"Bearer {token}")
    claire = company.person("Claire")
    assert person == Person(product.config.tenant, claire.id, "Claire Fontaine", claire.upn, "en")
    assert "User.Read" in await product.sign_in.carried_scopes(person)
    assert "user_impersonation" in (await product.tokens.access_token(person, product.environments[0].address)).scopes


async def test_an_accepted_token_is_not_asked_about_again(product: Product) -> None:
    await product.person("Claire")
    token = teams_token(product, "Claire")["access_token"]
    await product.sign_in.accept_bearer(f"Bearer {token}")
    calls = len(product.ledger)
    await product.sign_in.accept_bearer(f"bearer {token}")
    assert len(product.ledger) == calls


async def test_a_forged_token_is_refused_and_nothing_is_asked_on_its_behalf(product: Product) -> None:
    await product.person("Claire")
    good = teams_token(product, "Claire")["access_token"]
    tokens = forged_tokens(good)
    assert len(tokens) >= 40
    accepted = [name for name, token in tokens.items() if not await why_refused(product, token)]
    assert accepted == []
    assert [line for line in product.ledger if line.path.endswith("/token")][1:] == []


async def test_a_good_token_meant_for_something_else_is_refused(product: Product) -> None:
    claire = await product.person("Claire")
    answer = teams_token(product, "Claire")
    graph = (await product.tokens.access_token(claire, product.config.graph_resource)).value
    crm = (await product.tokens.access_token(claire, product.environments[0].address)).value
    tokens = {
        "an ID token of Teams": answer["id_token"],
        "a token for Graph": graph,
        "a token for Dataverse": crm,
        "a token of an application for us": application_token(product, f"api://{OURS}/.default"),
        "a token of an application for Graph": application_token(product, "https://graph.microsoft.com/.default"),
    }
    accepted = [name for name, token in tokens.items() if not await why_refused(product, token)]
    assert accepted == []


async def test_our_own_id_token_is_no_api_token(product: Product) -> None:
    start = await product.sign_in.start(product.environments[0], "en")
    kept, answer = json.loads(start.kept), product.browse(start, "Claire")
    scope = "openid profile https://graph.microsoft.com/User.Read"
    grant = await product.tokens.endpoint.redeem_code(answer["code"], kept["verifier"], scope)
    assert await why_refused(product, grant.id_token) == "scope"


async def test_a_token_of_a_client_that_nobody_listed_is_refused(product: Product) -> None:
    await product.person("Claire")
    other = Client(
        company.APPLICATION_APP_ID, f"{PUBLIC}/auth/consent-callback", product.tenant.background["client_secret"]
    )
    token = client_token(product, "Claire", other)["access_token"]
    assert await why_refused(product, token) == "client"


async def test_an_expired_token_is_refused(product: Product) -> None:
    await product.person("Claire")
    token = teams_token(product, "Claire")["access_token"]
    product.clock.ahead = timedelta(hours=26)
    assert await why_refused(product, token) == "expired"


async def test_a_token_from_the_future_is_refused(product: Product) -> None:
    await product.person("Claire")
    token = teams_token(product, "Claire")["access_token"]
    product.clock.ahead = -timedelta(hours=1)
    assert await why_refused(product, token) == "not_yet"


async def test_nobody_is_let_in_by_somebody_elses_token(product: Product) -> None:
    await product.person("Claire")
    token = teams_token(product, "Claire")["access_token"]
    person = await product.sign_in.accept_bearer(f"Bearer {token}")
    stranger = Person(person.tenant, company.person("Oliver").id, "Oliver", "", "en")
    with pytest.raises(SignInExpired):
        await product.sign_in.carried_scopes(stranger)
