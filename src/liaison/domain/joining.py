"""Asking to be let into a team, and what its owner answered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from liaison.domain.names import ChannelId, ChannelKind, Person, PersonId, TeamId
from liaison.errors import JoinAnswered

HOLD = timedelta(minutes=1)
"""How long an owner may take to let somebody in before another owner may take it over."""


class Access(StrEnum):
    """May somebody open a channel? By their teams; whether they are in a private channel, only the channel tells."""

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
    `channel` is given where the channel has people of its own, to whom they are to be added as well; `in_team` says
    that they are in the team already. `held_by` is the
    owner who is letting them in just now, `held_at` since when: until that is done nobody else answers.
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
    in_team: bool = False
    held_by: PersonId | None = None
    held_at: datetime | None = None

    def held(self, by: Person, at: datetime) -> JoinRequest:
        """The request in the hands of the owner who lets the person in.

        Whoever held it already goes on, and any owner when that was a while ago: adding somebody again does no harm.
        Raises JoinAnswered.
        """
        is_others = self.held_at is not None and self.held_by != by.id and at - self.held_at < HOLD
        if self.state is not JoinState.WAITING or is_others:
            raise self._refusal()
        return replace(self, answered_by=by.name, held_by=by.id, held_at=at)

    def released(self) -> JoinRequest:
        """The request as it was before somebody held it."""
        return replace(self, answered_by="", held_by=None, held_at=None)

    def accepted(self, at: datetime) -> JoinRequest:
        """The held request when the person has been let in."""
        return replace(self, state=JoinState.ACCEPTED, answered_at=at, held_by=None, held_at=None)

    def declined(self, by: Person, at: datetime) -> JoinRequest:
        """Raises JoinAnswered, also while somebody is letting the person in: they may be there by now."""
        if self.state is not JoinState.WAITING or self.held_at is not None:
            raise self._refusal()
        return replace(self, state=JoinState.DECLINED, answered_by=by.name, answered_at=at)

    def _refusal(self) -> JoinAnswered:
        state = JoinState.ACCEPTED if self.state is JoinState.WAITING else self.state
        return JoinAnswered(self.by.name, self.team_name, state.value, self.answered_by)


def access_by(team: TeamId, kind: ChannelKind, mine: frozenset[TeamId] | None) -> Access:
    """What somebody's teams say of a channel; `mine` is None when they could not be read."""
    if mine is None:
        return Access.UNKNOWN
    if team not in mine:
        # A channel may be shared with people who are not in its team.
        return Access.UNKNOWN if kind is ChannelKind.SHARED else Access.NOT_MEMBER
    return Access.MEMBER if kind is ChannelKind.STANDARD else Access.UNKNOWN
