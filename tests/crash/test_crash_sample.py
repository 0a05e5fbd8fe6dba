"""A sample of the crash points; `make crash` carries out all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash.points import WORKS, Play, Point
from tests.crash.stage import a_stage

pytestmark = pytest.mark.anyio

(
    EXISTING, NEW, DISCONNECT, NEW_TEAM, PRIVATE, VIEW, UNDO, VIEW_GONE, COMPLETE, PINNED, PEOPLE_GONE, VIEW_UNDONE,
    EARLIER, ARCHIVE, RESTORE, TEMPLATE, TEMPLATE_UNDONE, LABEL, PARTNERS, PARTNERS_UNDONE,
) = WORKS  # fmt: skip
CHANNELS, TABS = "/v1.0/teams/*/channels", "/v1.0/teams/*/channels/*/tabs"
ROWS = "/api/data/v9.2/{}(*)"

# The calls with an effect, where something doubled or lost would show.
SAMPLE = (
    Point(NEW, 1, "after", "POST", CHANNELS),
    Point(EXISTING, 1, "after", "POST", TABS),
    Point(EXISTING, 1, "after", "PATCH", ROWS.format("sharepointdocumentlocations")),
    Point(NEW, 1, "after", "PATCH", ROWS.format("msdyn_teamscollaborations")),
    Point(NEW, 1, "after", "PATCH", ROWS.format("annotations")),
    Point(DISCONNECT, 1, "after", "DELETE", f"{TABS}/*"),
    Point(NEW_TEAM, 1, "after", "PATCH", "/v1.0/groups(*"),
    Point(NEW_TEAM, 1, "after", "PUT", "/v1.0/groups/*/team"),
    Point(NEW_TEAM, 1, "after", "POST", "/v1.0/teams/*/members/add"),
    Point(PRIVATE, 1, "after", "POST", CHANNELS),
    Point(VIEW, 1, "after", "PATCH", ROWS.format("msdyn_teamscollaborations")),
    Point(UNDO, 1, "after", "DELETE", f"{CHANNELS}/*"),
    Point(UNDO, 1, "after", "DELETE", "/v1.0/groups/*"),
    Point(VIEW_GONE, 1, "after", "DELETE", ROWS.format("msdyn_teamscollaborations")),
    Point(COMPLETE, 1, "after", "POST", TABS),
    Point(EARLIER, 2, "after", "POST", "/v1.0/drives/*/items/*/copy"),
    Point(EARLIER, 3, "after", "DELETE", "/v1.0/drives/*/items/*"),
    Point(TEMPLATE, 1, "after", "POST", "/v1.0/drives/*/items/*/children"),
    Point(TEMPLATE, 2, "after", "POST", CHANNELS),
    Point(TEMPLATE, 1, "after", "POST", f"{CHANNELS}/*/messages"),
    Point(PINNED, 1, "after", "PATCH", ROWS.format("sharepointdocumentlocations")),
    Point(PEOPLE_GONE, 1, "after", "DELETE", "/v1.0/teams/*/members/*"),
    Point(ARCHIVE, 1, "after", "POST", "/v1.0/teams/*/channels/*/archive"),
    Point(RESTORE, 1, "after", "POST", "/v1.0/teams/*/channels/*/unarchive"),
    Point(LABEL, 1, "after", "PATCH", "/v1.0/groups/*"),
    Point(PARTNERS, 1, "after", "POST", f"{CHANNELS}/*/members"),
    Point(PARTNERS_UNDONE, 1, "after", "DELETE", f"{CHANNELS}/*/members/*"),
    Point(VIEW_UNDONE, 1, "after", "POST", "/api/data/v9.2/RevokeAccess"),
)


async def test_a_worker_killed_at_a_call_leaves_one_of_each_and_no_work_undone(tmp_path: Path) -> None:
    async with a_stage(tmp_path) as stage:
        play = Play(stage)
        outcomes = [await play.carry_out(point) for point in SAMPLE]
        assert await stage.ports.audit.first_broken() is None
        acts = [line.act for line in await stage.ports.audit.list(size=1000)]
    told = "\n".join(f"{outcome.point}: {outcome.state} {outcome.found} {outcome.trouble}" for outcome in outcomes)
    assert all(outcome.found == outcome.expected for outcome in outcomes), told
    assert all(outcome.is_recovered for outcome in outcomes), told
    assert all(outcome.was_reached for outcome in outcomes), told
    assert acts.count("team.labelled") == 1
