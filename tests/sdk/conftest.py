"""Microsoft's Graph client for Python in the hands of two people; imported only when a test asks for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

from tests.local_tenant import LocalTenant

if TYPE_CHECKING:
    from tests.sdk.graph_judge import Judge


@pytest.fixture
async def claire(tenant: LocalTenant) -> AsyncIterator[Judge]:
    """The judge as Claire uses it, who owns the team Ventes Europe."""
    from tests.sdk.graph_judge import as_person

    async with as_person(tenant, "Claire") as judge:
        yield judge


@pytest.fixture
async def nadia(tenant: LocalTenant) -> AsyncIterator[Judge]:
    """The judge as Nadia uses it, who is Global Administrator."""
    from tests.sdk.graph_judge import as_person

    async with as_person(tenant, "Nadia") as judge:
        yield judge
