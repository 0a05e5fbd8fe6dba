"""How fast Graph is asked: members of a team four a minute, and whoever comes too early is told when."""

from __future__ import annotations

import pytest

from liaison.domain.limits import MEMBERS_ADDED_PER_MINUTE
from liaison.errors import UpstreamThrottled
from liaison.graph.paces import pace_of
from liaison.wire.pacing import Pacing

pytestmark = pytest.mark.anyio


async def test_the_fifth_member_of_a_minute_is_not_waited_for() -> None:
    pacing, pace = Pacing(), pace_of("POST", "/teams/{team}/members", "team-1")
    for _ in range(MEMBERS_ADDED_PER_MINUTE.most):
        await pacing.enter("graph", pace)
    with pytest.raises(UpstreamThrottled) as raised:
        await pacing.enter("graph", pace)
    assert raised.value.retry_after_s == 15.0
    await pacing.enter("graph", pace_of("POST", "/teams/{team}/members", "team-2"))


@pytest.mark.parametrize(
    "path", ["/groups", "/users", "/groupSettings", "/me/createdObjects", "/directory/deletedItems"]
)
def test_the_directory_has_a_pace_of_its_own(path: str) -> None:
    assert pace_of("GET", path, "").name == "graph directory"
    assert pace_of("GET", "/me/joinedTeams", "").name != "graph directory"
