"""Our app in the organization's catalogue, in quiet and in trouble."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from liaison.domain.consent import PUBLISHING
from liaison.domain.crm import TEAMS_ADMINISTRATOR
from liaison.domain.names import Person
from liaison.domain.packages import Issuer, Package, PublishedApp
from liaison.errors import AnswerLost, ConsentNotGranted, RoleMissing, UpstreamRefused
from liaison.graph.catalogue import GraphCatalogue
from liaison.shipping.teams import build_teams_package
from liaison.tenant.seeds import company
from liaison.text.lookup import load_texts
from tests.contract.product import Product
from tests.contract.tenant_process import Tenant

pytestmark = [pytest.mark.anyio, pytest.mark.statement("F75")]

MANIFEST = "5b0e2f5c-0d4e-4a53-9b5e-9b8c7a7f1e21"
ADDRESS = "https://liaison.contoso.example"
ISSUER = Issuer(
    ADDRESS, company.DELEGATED_APP_ID, MANIFEST, "Contoso", f"{ADDRESS}/help/privacy", f"{ADDRESS}/help/terms"
)
APPS = "/v1.0/appCatalogs/teamsApps"


def package(newer_than: str = "", **parts: Any) -> Package:
    return build_teams_package(replace(ISSUER, **parts), load_texts(), newer_than)


async def publisher(product: Product, given: str = "Nadia") -> Person:
    """Somebody who allows publishing while signing in."""
    start = await product.sign_in.start(product.environments[0], "en", also=PUBLISHING)
    person = await product.sign_in.finish(start.kept, product.browse(start, given))
    product.tokens.drop(person)
    return person


def catalogue(product: Product, person: Person) -> GraphCatalogue:
    return GraphCatalogue(product.graph(person), MANIFEST)


async def test_an_app_is_published_found_and_updated(product: Product) -> None:
    of_nadia = catalogue(product, await publisher(product))
    assert await of_nadia.find_app() is None
    first = package()
    published = await of_nadia.publish_app(first)
    assert published == PublishedApp(published.id, first.version)
    assert await of_nadia.find_app() == published
    moved = package(first.version, address="https://other.contoso.example")
    assert await of_nadia.update_app(published, moved) == PublishedApp(published.id, moved.version)
    assert await of_nadia.find_app() == PublishedApp(published.id, moved.version)
    with pytest.raises(UpstreamRefused):
        await of_nadia.update_app(published, first)  # the service takes higher versions only


async def test_an_app_published_meanwhile_is_found_and_not_published_twice(product: Product) -> None:
    of_nadia = catalogue(product, await publisher(product))
    published = await of_nadia.publish_app(package())
    assert await of_nadia.publish_app(package()) == published


async def test_an_app_whose_answer_was_lost_is_there_the_next_time(product: Product, tenant: Tenant) -> None:
    of_nadia = catalogue(product, await publisher(product))
    tenant.fail("POST", APPS, "after", {"reset": True})
    with pytest.raises(AnswerLost):
        await of_nadia.publish_app(package())
    found = await of_nadia.find_app()
    assert found is not None
    assert found.version == package().version
    assert sum(call[0] == "POST" and call[1].endswith("/teamsApps") for call in tenant.calls()) == 1


async def test_the_one_permission_that_is_missing_is_named(product: Product) -> None:
    of_nadia = catalogue(product, await product.person("Nadia"))
    for asked in (of_nadia.find_app(), of_nadia.publish_app(package())):
        with pytest.raises(ConsentNotGranted) as raised:
            await asked
        assert (raised.value.rung, raised.value.scopes) == ("publish", PUBLISHING)


async def test_whoever_may_not_publish_is_told_the_role(product: Product, tenant: Tenant) -> None:
    nadia = await publisher(product)
    tenant.fail("POST", APPS, "before", {"status": 403, "code": "Forbidden"})
    with pytest.raises(RoleMissing) as raised:
        await catalogue(product, nadia).publish_app(package())
    assert raised.value.role == TEAMS_ADMINISTRATOR
