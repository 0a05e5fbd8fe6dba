"""The product's adapters against a tenant of its own process, over real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.contract.demo_process import Demo, running_demo
from tests.contract.product import Product
from tests.contract.tenant_process import Tenant, running_tenant


@pytest.fixture(scope="session")
def tenant_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tenant]:
    with running_tenant(tmp_path_factory.mktemp("tenant")) as tenant:
        yield tenant


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """One demo for the run, as an administrator leaves it: consent given, linking on in Contoso Sales."""
    with running_demo(tmp_path_factory.mktemp("demo")) as demo:
        demo.grant_consent()
        with demo.api("Nadia") as nadia:
            where = "/environments/contoso-sales/collaboration"
            version = nadia.get(where).raise_for_status().json()["switches"]["version"]
            wanted = {"basic": True, "enhanced": True, "version": version}
            nadia.put(where, json=wanted).raise_for_status()
        yield demo


@pytest.fixture
def tenant(tenant_process: Tenant) -> Tenant:
    """The tenant as it was seeded."""
    tenant_process.reset()
    return tenant_process


@pytest.fixture
async def product(tenant: Tenant) -> AsyncIterator[Product]:
    product = Product(tenant)
    yield product
    await product.transport.aclose()
