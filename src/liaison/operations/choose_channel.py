"""Choosing where a record or view is to be connected: the teams and their channels."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from liaison.domain.connection import missing_to_connect
from liaison.domain.consent import Rung
from liaison.domain.names import Person, Regarding, TeamId
from liaison.domain.teams import Channel, Team
from liaison.errors import ConsentNotGranted, EnhancedOff
from liaison.operations.collaborate import Panel, read_panel
from liaison.ports import Ports


@dataclass(frozen=True)
class Destination:
    """A team and its channels."""

    team: Team
    channels: tuple[Channel, ...]


async def open_choice(regarding: Regarding, by: Person, ports: Ports) -> Panel:
    """What Collaborate shows, when a connection may be begun from it.

    Raises EnhancedOff, ConsentNotGranted with every permission that connecting lacks, and what `read_panel` raises.
    """
    panel, carried = await asyncio.gather(read_panel(regarding, by, ports), ports.sign_in.carried_scopes(by))
    if not panel.switches.enhanced:
        environment = next(place for place in ports.environments if place.key == regarding.environment)
        raise EnhancedOff(environment.name)
    missing = missing_to_connect(carried)
    if missing:
        raise ConsentNotGranted(Rung.CONNECT.value, missing)
    return panel


async def read_destination(team: TeamId, by: Person, ports: Ports) -> Destination:
    """Raises TeamUnknown, NotTeamMember."""
    teamwork = ports.teamwork(by)
    return Destination(*await asyncio.gather(teamwork.read_team(team), teamwork.list_channels(team)))
