"""Sign-in, consent and tokens against the tenant's own pages."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from liaison.domain.consent import SCOPES, Rung, enhanced_scopes
from liaison.domain.names import Person
from liaison.errors import (
    ConsentNotGranted,
    ConsentRefused,
    SignInExpired,
    SignInRefused,
    TokenRefused,
    UpstreamRefused,
    UpstreamUnavailable,
)
from liaison.tenant.seeds import company
from tests.contract.product import Product
from tests.contract.tenant_process import Tenant

pytestmark = pytest.mark.anyio

TOKEN = "/*/oauth2/v2.0/token"


async def test_a_person_signs_in_and_is_named(product: Product) -> None:
    person = await product.person("Hugo")
    hugo = company.person("Hugo")
    assert person == Person(product.config.tenant, hugo.id, "Hugo Marchand", hugo.upn, "fr")
    assert product.parked.held.keys() == {(product.config.tenant, hugo.id)}


async def test_a_person_without_a_language_gets_the_pages_language(product: Product) -> None:
    english = await product.person("Oliver", language="fr")
    assert english.language == "en"  # Oliver's own, which the ID token names


async def test_the_authorize_address_has_every_guard(product: Product) -> None:
    start = await product.sign_in.start(product.environments[0], "fr", hint="claire@contoso.com")
    kept = json.loads(start.kept)
    assert start.address.startswith(f"{product.config.authority}/oauth2/v2.0/authorize?")
    for part in ("code_challenge_method=S256", "nonce=", "response_type=code", "login_hint=", "offline_access"):
        assert part in start.address
    assert kept["verifier"] not in start.address
    assert len(kept["verifier"]) >= 43
    assert start.state == kept["state"]


async def test_an_answer_to_another_sign_in_is_refused(product: Product) -> None:
    first = await product.sign_in.start(product.environments[0], "en")
    second = await product.sign_in.start(product.environments[0], "en")
    answer = product.browse(first, "Claire")
    for kept, given in ((second.kept, answer), (first.kept, {**answer, "state": ""}), (first.kept, {})):
        with pytest.raises(SignInRefused) as raised:
            await product.sign_in.finish(kept, given)
        assert raised.value.service_code == "state"
    assert (
        await product.sign_in.finish(first.kept, {**answer, "state": answer["state"] + "#"})
    ).name == "Claire Fontaine"


async def test_a_code_is_good_once(product: Product) -> None:
    start = await product.sign_in.start(product.environments[0], "en")
    answer = product.browse(start, "Claire")
    await product.sign_in.finish(start.kept, answer)
    with pytest.raises(SignInRefused):
        await product.sign_in.finish(start.kept, answer)


async def test_a_code_without_our_verifier_is_refused(product: Product) -> None:
    start = await product.sign_in.start(product.environments[0], "en")
    answer = product.browse(start, "Claire")
    kept = json.dumps({**json.loads(start.kept), "verifier": "x" * 43})
    with pytest.raises(SignInRefused):
        await product.sign_in.finish(kept, answer)


async def test_a_replayed_id_token_is_refused(product: Product) -> None:
    start = await product.sign_in.start(product.environments[0], "en")
    answer = product.browse(start, "Claire")
    kept = json.dumps({**json.loads(start.kept), "nonce": "another"})
    with pytest.raises(SignInRefused) as raised:
        await product.sign_in.finish(kept, answer)
    assert (raised.value.service_code, raised.value.reason) == ("id_token", "nonce")
    assert product.parked.held == {}


async def test_an_expired_id_token_is_refused(product: Product) -> None:
    start = await product.sign_in.start(product.environments[0], "en")
    answer = product.browse(start, "Claire")
    product.clock.ahead = timedelta(hours=26)
    with pytest.raises(SignInRefused) as raised:
        await product.sign_in.finish(start.kept, answer)
    assert raised.value.reason == "expired"


async def test_a_declined_sign_in_says_so(product: Product) -> None:
    start = await product.sign_in.start(product.environments[0], "en")
    with pytest.raises(SignInRefused) as raised:
        await product.sign_in.finish(start.kept, product.browse(start, "Claire", decision="cancel"))
    assert raised.value.service_code == "AADSTS65004"


async def test_a_token_carries_what_was_granted_and_no_more(product: Product) -> None:
    person = await product.person("Claire")
    carried = await product.sign_in.carried_scopes(person)
    assert "User.Read" in carried
    assert not carried & {"Channel.Create", "Files.ReadWrite.All"}
    assert (await product.sign_in.probe_scopes(person)) & set(enhanced_scopes()) == {"User.Read"}


@pytest.mark.statement("S33", "S34", "F09")
async def test_the_administrators_consent_reaches_everybody(product: Product) -> None:
    claire = await product.consented("Claire")
    for person in (claire, await product.person("Oliver")):
        assert set(enhanced_scopes()) <= await product.sign_in.probe_scopes(person)
        assert set(enhanced_scopes()) <= await product.sign_in.carried_scopes(person)


@pytest.mark.statement("F10")
async def test_an_extra_is_granted_beside_the_enhanced_experience(product: Product) -> None:
    nadia = await product.person("Nadia")
    start = await product.sign_in.start_consent(nadia, "en", extras=(Rung.POSTS, Rung.ARCHIVE, Rung.FILING))
    await product.sign_in.read_consent_answer(start.kept, product.browse(start, "Nadia"))
    carried = await product.sign_in.probe_scopes(await product.person("Claire"), (Rung.POSTS,))
    assert set(enhanced_scopes(extras=(Rung.POSTS, Rung.ARCHIVE, Rung.FILING))) <= carried
    assert not set(SCOPES[Rung.LABEL]) & carried


async def test_consent_for_one_environment_serves_the_other(product: Product) -> None:
    claire = await product.person("Claire")
    for place in product.environments:
        token = await product.tokens.access_token(claire, place.address)
        assert "user_impersonation" in token.scopes


@pytest.mark.statement("F12")
async def test_a_cancelled_consent_is_a_refusal_even_though_it_says_admin_consent(product: Product) -> None:
    nadia = await product.person("Nadia")
    start = await product.sign_in.start_consent(nadia, "en")
    answer = product.browse(start, "Nadia", decision="cancel")
    assert answer["admin_consent"] == "True"
    with pytest.raises(ConsentRefused) as raised:
        await product.sign_in.read_consent_answer(start.kept, answer)
    assert raised.value.by == "Nadia Benali"


async def test_a_forged_consent_answer_grants_nothing(product: Product) -> None:
    nadia = await product.person("Nadia")
    start = await product.sign_in.start_consent(nadia, "en")
    with pytest.raises(SignInRefused):
        await product.sign_in.read_consent_answer(start.kept, {"admin_consent": "True", "tenant": product.tenant.id})
    await product.sign_in.read_consent_answer(start.kept, {"admin_consent": "True", "state": start.state})
    assert "Channel.Create" not in await product.sign_in.carried_scopes(nadia)


async def test_a_sign_in_answer_does_not_pass_for_a_consent_answer(product: Product) -> None:
    start = await product.sign_in.start(product.environments[0], "en")
    answer = {**product.browse(start, "Nadia"), "admin_consent": "True"}
    with pytest.raises(SignInRefused):
        await product.sign_in.read_consent_answer(start.kept, answer)


async def test_tokens_come_back_after_a_restart(product: Product) -> None:
    claire = await product.person("Claire")
    product.restart()
    assert "User.Read" in await product.sign_in.carried_scopes(claire)


async def test_one_renewal_serves_everybody_who_waits(product: Product) -> None:
    import asyncio

    claire = await product.person("Claire")
    product.restart()
    before = sum(line.path.endswith("/token") for line in product.ledger)
    await asyncio.gather(*(product.sign_in.carried_scopes(claire) for _ in range(20)))
    assert sum(line.path.endswith("/token") for line in product.ledger) == before + 1


async def test_somebody_who_never_signed_in_must_sign_in(product: Product) -> None:
    stranger = replace(await product.person("Claire"), id=company.person("Oliver").id)
    with pytest.raises(SignInExpired):
        await product.sign_in.carried_scopes(stranger)


async def test_a_revoked_sign_in_must_be_renewed(product: Product, tenant: Tenant) -> None:
    claire = await product.person("Claire")
    tenant.post("/sessions/revoke", user=claire.upn)
    product.restart()
    with pytest.raises(SignInExpired):
        await product.sign_in.carried_scopes(claire)


async def test_forgetting_leaves_nothing_to_act_with(product: Product) -> None:
    claire = await product.person("Claire")
    await product.sign_in.forget(claire)
    assert product.parked.held == {}
    with pytest.raises(SignInExpired):
        await product.sign_in.carried_scopes(claire)


async def test_an_outage_of_the_token_service_is_no_refusal(product: Product, tenant: Tenant) -> None:
    claire = await product.person("Claire")
    product.restart()
    tenant.fail("POST", TOKEN, "before", {"status": 503}, times=2)
    with pytest.raises(UpstreamUnavailable) as raised:
        await product.sign_in.carried_scopes(claire)
    assert raised.value.service == "entra"
    assert "User.Read" in await product.sign_in.carried_scopes(claire)


async def test_a_lost_answer_of_the_token_service_is_asked_for_again(product: Product, tenant: Tenant) -> None:
    claire = await product.person("Claire")
    product.restart()
    tenant.fail("POST", TOKEN, "after", {"reset": True})
    assert "User.Read" in await product.sign_in.carried_scopes(claire)


async def test_a_wrong_secret_is_a_matter_for_the_administrator(product: Product) -> None:
    claire = await product.person("Claire")
    product.config = replace(product.config, client_secret="wrong")
    product.restart()
    with pytest.raises(UpstreamRefused) as raised:
        await product.sign_in.carried_scopes(claire)
    assert raised.value.service_code.startswith("AADSTS7000")


async def test_a_demand_for_more_proof_sends_the_person_to_sign_in(product: Product, tenant: Tenant) -> None:
    claire = await product.person("Claire")
    tenant.switch(entra__mfa_required=True)
    product.restart()
    with pytest.raises(SignInExpired) as raised:
        await product.sign_in.carried_scopes(claire)
    assert raised.value.reason == "AADSTS50076"


async def test_keys_may_be_rotated_while_people_sign_in(product: Product, tenant: Tenant) -> None:
    await product.person("Claire")
    tenant.post("/keys/rotate")
    assert (await product.person("Oliver")).name == "Oliver Grant"


async def test_nothing_granted_at_all_asks_for_consent(product: Product) -> None:
    claire = await product.person("Claire")
    with pytest.raises(ConsentNotGranted) as raised:
        await product.tokens.probe(claire, "https://graph.microsoft.com/Channel.Create")
    assert raised.value.scopes == ("Channel.Create",)


async def test_signing_out_ends_at_the_tenants_own_page(product: Product) -> None:
    address = product.sign_in.sign_out_address("http://localhost:8300/")
    assert address.startswith(f"{product.config.authority}/oauth2/v2.0/logout?post_logout_redirect_uri=http%3A%2F%2F")


async def test_a_bearer_that_is_no_token_is_refused(product: Product) -> None:
    for text in ("", "Bearer", "Bearer ", "Basic abc", "Bearer a.b", "Bearer a.b.c d", "Bearer " + "a" * 20_000):
        with pytest.raises(TokenRefused):
            await product.sign_in.accept_bearer(text)
