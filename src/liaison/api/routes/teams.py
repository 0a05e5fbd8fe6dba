"""Teams and channels, as the asker sees them."""

from __future__ import annotations

from fastapi import APIRouter

from liaison.api.asking import Asker
from liaison.api.render import render_channel, render_team
from liaison.api.routes.inputs import TeamPath, problems
from liaison.api.shapes import Channels, Teams
from liaison.domain.names import TeamId

router = APIRouter(prefix="/teams", tags=["teams"])


@router.get("", summary="Your teams", responses=problems(403))
async def mine(asking: Asker) -> Teams:
    """The teams that the asker belongs to, by name."""
    found = await asking.ports.teamwork(asking.person).list_teams()
    return Teams(items=tuple(render_team(team) for team in found))


@router.get("/{team}/channels", summary="A team’s channels", responses=problems(403, 404))
async def channels(asking: Asker, team: TeamPath) -> Channels:
    """The channels of a team that the asker may see."""
    found = await asking.ports.teamwork(asking.person).list_channels(TeamId(team))
    return Channels(items=tuple(render_channel(channel) for channel in found))
