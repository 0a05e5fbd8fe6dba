"""Asking to be let into a team, and what its owner answered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from liaison.domain.names import ChannelId, ChannelKind, Person, TeamId
from liaison.errors import JoinAnswered


class Access(StrEnum):
    """May somebody open a channel? By their teams; whether they are in a private channel, only opening it shows."""

    MEMBER = "member"
    NOT_MEMBER = "not_member"
    UNKNOWN = "unknown"


class JoinState(StrEnum):
    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"


@dataclass(frozen=True)
class JoinRequest:
    """Somebody's wish to be in a team: one for each person and team, however often it is asked.

    `channel_name` is the channel they came from. Nothing is kept of the record: the owner may not be allowed to see it.
    `channel` is given where the channel has people of its own, to whom they are to be added as well.
    """

    id: str
    team: TeamId
    team_name: str
    channel_name: str
    by: Person
    asked_at: datetime
    state: JoinState = JoinState.WAITING
    answered_by: str = ""
    answered_at: datetime | None = None
    channel: ChannelId = ChannelId("")

    def answered(self, state: JoinState, by: Person, at: datetime) -> JoinRequest:
        """The request with an owner's answer. Raises JoinAnswered."""
        if self.state is not JoinState.WAITING:
            raise JoinAnswered(self.by.name, self.team_name, self.state.value, self.answered_by)
        return replace(self, state=state, answered_by=by.name, answered_at=at)


def access_by(team: TeamId, kind: ChannelKind, mine: frozenset[TeamId] | None) -> Access:
    """What somebody's teams say of a channel; `mine` is None when they could not be read."""
    if mine is None:
        return Access.UNKNOWN
    if team not in mine:
        # A channel may be shared with people who are not in its team.
        return Access.UNKNOWN if kind is ChannelKind.SHARED else Access.NOT_MEMBER
    return Access.MEMBER if kind is ChannelKind.STANDARD else Access.UNKNOWN
