"""HTTP manners under trouble that the tenant makes on request."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from liaison.errors import (
    AnswerLost,
    SignInExpired,
    UpstreamSurprise,
    UpstreamThrottled,
    UpstreamUnavailable,
)
from liaison.wire.bearer import send_with_bearer
from liaison.wire.hosts import AllowedHosts, origin_of
from liaison.wire.messages import Ask, Pace
from liaison.wire.pacing import Pacing
from liaison.wire.transport import Transport
from tests.contract.product import Product
from tests.contract.tenant_process import Tenant

pytestmark = pytest.mark.anyio

PATH = "/*/discovery/v2.0/keys"
CANARY = "canary-7f3a-secret"


def ask_keys(product: Product, **changes: Any) -> Ask:
    """A harmless GET; with `repeatable=False` it stands for a write."""
    address = f"{product.config.authority}/discovery/v2.0/keys"
    return replace(Ask("entra", "entra", "GET", address, "/keys", repeatable=True), **changes)


def calls_to_keys(tenant: Tenant) -> int:
    return sum(path.endswith("/keys") for _, path, _ in tenant.calls())


async def test_an_answer_comes_whole(product: Product) -> None:
    answer = await product.transport.send(ask_keys(product))
    assert answer.status == 200
    assert answer.wild().list("keys")
    assert answer.request_id
    assert answer.header("Content-Type").startswith("application/json")


@pytest.mark.parametrize(
    ("phase", "action"),
    [
        ("before", {"status": 503}),
        ("after", {"status": 500}),
        ("after", {"status": 502}),
        ("after", {"status": 504}),
        ("before", {"reset": True}),
        ("after", {"reset": True}),
        ("mid-body", {"reset": True}),
        ("after", {"html": True}),
        ("after", {"truncate": True}),
    ],
)
async def test_what_may_be_repeated_is_repeated_once_and_then_handed_up(
    product: Product, tenant: Tenant, phase: str, action: Mapping[str, Any]
) -> None:
    tenant.fail("GET", PATH, phase, action)
    assert (await product.transport.send(ask_keys(product))).status == 200
    assert calls_to_keys(tenant) == 2
    tenant.fail("GET", PATH, phase, action, times=9)
    with pytest.raises(UpstreamUnavailable) as raised:
        await product.transport.send(ask_keys(product))
    assert raised.value.service == "entra"
    assert calls_to_keys(tenant) == 4


@pytest.mark.parametrize(
    ("phase", "action"),
    [
        ("after", {"status": 500}),
        ("after", {"status": 503}),
        ("after", {"status": 507}),
        ("after", {"reset": True}),
        ("mid-body", {"reset": True}),
        ("after", {"html": True}),
        ("after", {"truncate": True}),
    ],
)
async def test_a_write_whose_answer_is_lost_is_not_repeated(
    product: Product, tenant: Tenant, phase: str, action: Mapping[str, Any]
) -> None:
    tenant.fail("GET", PATH, phase, action)
    with pytest.raises(AnswerLost) as raised:
        await product.transport.send(ask_keys(product, repeatable=False))
    assert raised.value.service == "entra"
    assert calls_to_keys(tenant) == 1


async def test_a_service_that_cannot_be_reached_has_not_acted(product: Product) -> None:
    transport = Transport({"entra": AllowedHosts(frozenset({"http://127.0.0.1:9"}))})
    ask = Ask("entra", "entra", "POST", "http://127.0.0.1:9/x", "/x", repeatable=False)
    with pytest.raises(UpstreamUnavailable) as raised:
        await transport.send(ask)
    assert raised.value.service_code == "ConnectError"
    await transport.aclose()


async def test_a_service_that_asks_to_wait_is_not_asked_again_at_once(product: Product, tenant: Tenant) -> None:
    tenant.fail("GET", PATH, "before", {"status": 503, "headers": {"Retry-After": "7"}})
    with pytest.raises(UpstreamUnavailable) as raised:
        await product.transport.send(ask_keys(product))
    assert raised.value.retry_after_s == 7.0
    assert calls_to_keys(tenant) == 1


@pytest.mark.parametrize(
    ("said", "wait_s"),
    [("2", 2.0), ("2.128", 2.128), ("86400", 86_400.0), ("9999999", 86_400.0), ("-4", 2.0), ("later", 2.0), ("", 2.0)],
)
async def test_a_throttled_ask_says_how_long_to_wait(
    product: Product, tenant: Tenant, said: str, wait_s: float
) -> None:
    tenant.fail("GET", PATH, "before", {"status": 429, "headers": {"Retry-After": said}})
    with pytest.raises(UpstreamThrottled) as raised:
        await product.transport.send(ask_keys(product))
    assert raised.value.wait_s == wait_s
    assert calls_to_keys(tenant) == 1


async def test_throttling_holds_its_whole_class_and_no_other(product: Product, tenant: Tenant) -> None:
    slow, other = Pace("slow", 100.0), Pace("other", 100.0)
    tenant.fail("GET", PATH, "before", {"status": 429, "headers": {"Retry-After": "30"}})
    with pytest.raises(UpstreamThrottled):
        await product.transport.send(ask_keys(product, pace=slow))
    with pytest.raises(UpstreamThrottled) as raised:
        await product.transport.send(ask_keys(product, pace=slow))
    assert 29.0 < raised.value.wait_s <= 30.0
    assert (await product.transport.send(ask_keys(product, pace=other))).status == 200
    assert calls_to_keys(tenant) == 2


async def test_a_class_goes_no_faster_than_its_pace(tenant: Tenant) -> None:
    product = Product(tenant, pacing=Pacing())
    team = Pace("fast", 1_000.0, thing="team t", most_about_thing=4.0)
    started = time.monotonic()
    for _ in range(8):
        await product.transport.send(ask_keys(product, pace=team))
    assert time.monotonic() - started > 0.9
    await product.transport.aclose()


async def test_a_slow_answer_ends_at_the_deadline(product: Product, tenant: Tenant) -> None:
    tenant.fail("GET", PATH, "delay", {"delay_s": 5.0}, times=2)
    started = time.monotonic()
    with pytest.raises(UpstreamUnavailable) as raised:
        await product.transport.send(ask_keys(product, deadline_s=1.0))
    assert raised.value.service_code == "TimeoutError"
    assert time.monotonic() - started < 3.0


async def test_redirects_are_not_followed(product: Product, tenant: Tenant) -> None:
    tenant.fail("GET", PATH, "before", {"status": 302, "headers": {"Location": f"{tenant.http}/elsewhere"}})
    answer = await product.transport.send(ask_keys(product, token="t", home=origin_of(tenant.http)))
    assert answer.status == 302
    assert [path for _, path, _ in tenant.calls() if path == "/elsewhere"] == []


async def test_a_token_goes_only_to_the_host_it_is_for(product: Product, tenant: Tenant) -> None:
    second = tenant.environments[1]["http"]
    with pytest.raises(UpstreamSurprise):
        await product.transport.send(ask_keys(product, token=CANARY, home=origin_of(second)))
    assert tenant.calls() == []


async def test_every_try_has_its_own_request_id(
    product: Product, tenant: Tenant, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    tenant.fail("GET", PATH, "before", {"status": 503})
    await product.transport.send(ask_keys(product))
    lines = [record.getMessage() for record in caplog.records if record.name == "liaison.wire"]
    ids = {line.split('"request_id":"')[1][:36] for line in lines}
    assert len(lines) == len(ids) == 2


async def test_neither_log_nor_ledger_shows_a_secret(
    product: Product, tenant: Tenant, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ask = ask_keys(
        product,
        address=f"{product.config.authority}/discovery/v2.0/keys?tempauth={CANARY}&$filter=name eq '{CANARY}'",
        token=CANARY,
        home=origin_of(tenant.http),
        headers={"x-anything": CANARY},
        body=CANARY.encode(),
    )
    await product.transport.send(ask)
    tenant.fail("GET", PATH, "after", {"reset": True}, times=2)
    with pytest.raises(UpstreamUnavailable) as raised:
        await product.transport.send(ask)
    log = "\n".join(record.getMessage() for record in caplog.records)
    assert '"path":"/keys"' in log
    assert CANARY not in log + repr(product.ledger) + repr(ask) + str(raised.value)


class FixedBearer:
    """Tokens that a test chose, in order."""

    who = "somebody"

    def __init__(self, *tokens: str) -> None:
        self.tokens = list(tokens)
        self.asked: list[tuple[str, str]] = []

    async def __call__(self, refused: str = "", claims: str = "") -> str:
        self.asked.append((refused, claims))
        return self.tokens[len(self.asked) - 1]


async def test_a_refused_token_is_replaced_once(product: Product, tenant: Tenant) -> None:
    challenge = 'Bearer realm="", error="insufficient_claims", claims="eyJhIjoxfQ=="'
    tenant.fail("GET", PATH, "before", {"status": 401, "headers": {"WWW-Authenticate": challenge}})
    bearer = FixedBearer("first", "second")
    answer = await send_with_bearer(product.transport, ask_keys(product, home=origin_of(tenant.http)), bearer)
    assert answer.status == 200
    assert bearer.asked == [("", ""), ("first", '{"a":1}')]


async def test_a_person_whose_fresh_token_is_refused_must_sign_in(product: Product, tenant: Tenant) -> None:
    tenant.fail("GET", PATH, "before", {"status": 401}, times=2)
    bearer = FixedBearer("first", "second")
    with pytest.raises(SignInExpired):
        await send_with_bearer(product.transport, ask_keys(product, home=origin_of(tenant.http)), bearer)
    assert calls_to_keys(tenant) == 2
