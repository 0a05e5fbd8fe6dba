"""Why the files of a place do not open for somebody, and whom they can ask."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from liaison.domain.names import ChannelKind, Person, TeamId
from liaison.errors import (
    ConsentMissing,
    FilesClosed,
    FilesClosedToMember,
    FilesForMembers,
    FilesRefused,
    FilesShutByPolicy,
    LiaisonError,
    NotAllowed,
    NotFound,
    Upstream,
)
from liaison.operations.collaborate import read_my_teams
from liaison.ports import Ports


@dataclass(frozen=True)
class ChannelOfFiles:
    """The channel whose files are asked for."""

    team: TeamId
    team_name: str
    kind: ChannelKind


_UNREADABLE = (ConsentMissing, NotAllowed, NotFound, Upstream)


async def explain_closed(
    error: LiaisonError, place: str, by: Person, ports: Ports, channel: ChannelOfFiles | None = None
) -> LiaisonError:
    """The error by the name of the place that people know; with its team, whose owners can let people in.

    `channel` is given where the place is one's. Teams is asked only about a channel that is closed for a reason that
    SharePoint does not name. Somebody who is in the team and yet refused is no matter for its owners.
    """
    if isinstance(error, FilesShutByPolicy):
        return FilesShutByPolicy(place)
    if not _is_closed(error):
        return error
    reason = error.reason if isinstance(error, FilesRefused) else ""
    if channel is None:
        return FilesRefused(place, reason)
    team = channel.team
    mine, owners = await asyncio.gather(read_my_teams(by, ports), _read_owners(team, by, ports))
    if channel.kind is ChannelKind.STANDARD and mine is not None and team in mine:
        return FilesClosedToMember(place, channel.team_name, reason)
    return FilesForMembers(place, channel.team_name, ", ".join(owners)) if owners else FilesRefused(place, reason)


def _is_closed(error: LiaisonError) -> bool:
    return isinstance(error, FilesClosed) or (error.status == 403 and error.code.startswith("team."))


async def _read_owners(team: TeamId, by: Person, ports: Ports) -> tuple[str, ...]:
    try:
        return await ports.teamwork(by).list_owners(team)
    except _UNREADABLE:
        return ()
