"""The product's adapters against a tenant of its own process, over real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.contract.product import Product
from tests.contract.tenant_process import Tenant, running_tenant


@pytest.fixture(scope="session")
def tenant_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tenant]:
    with running_tenant(tmp_path_factory.mktemp("tenant")) as tenant:
        yield tenant


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
