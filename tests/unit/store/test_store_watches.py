"""What was last seen of an enabled environment comes back as it was kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from liaison.domain.readiness import Check, CheckState
from liaison.domain.watch import Watch
from liaison.errors import EnvironmentUnknown, Remembered, Row, UpstreamThrottled
from liaison.store.database import Database
from liaison.store.watches import StoredWatches
from tests.unit.api_fakes import NADIA, NOW, SALES, SERVICE, TENANT

pytestmark = pytest.mark.anyio

CHECKS = (
    Check("readiness.active_site", CheckState.UNMET, (Row("site", "Old", "1", "https://x"),), 3),
    Check("readiness.clock", CheckState.UNKNOWN, trouble="upstream.throttled", facts=(("seconds", "4"),)),
)


@pytest.mark.parametrize(
    "trouble",
    [None, Remembered.of(EnvironmentUnknown(SALES)), Remembered.of(UpstreamThrottled("Dataverse", "429", "id", 2.0))],
    ids=["looked at", "gone", "throttled"],
)
async def test_a_watch_is_read_back_whole(database: Database, trouble: Remembered | None) -> None:
    watches = StoredWatches(database)
    kept = Watch(SALES, NADIA, NOW, CHECKS, ("readiness.active_site",), trouble)
    await watches.save(kept)
    found = await watches.read(TENANT, SALES)
    assert found == kept
    assert found.trouble is None or found.trouble.error() == trouble.error()  # type: ignore[union-attr]


async def test_the_last_one_counts_is_due_once_and_is_dropped(database: Database) -> None:
    watches = StoredWatches(database)
    for at in (NOW - timedelta(days=2), NOW):
        await watches.save(Watch(SALES, NADIA, at, CHECKS))
    await watches.save(Watch(SERVICE, NADIA, NOW - timedelta(days=2), CHECKS))
    assert [watch.environment for watch in await watches.due(NOW - timedelta(days=1))] == [SERVICE]
    await watches.drop(TENANT, SERVICE)
    assert await watches.read(TENANT, SERVICE) is None
    assert await watches.due(NOW - timedelta(days=1)) == ()
