"""Listening: the service tells us of changes of one channel's messages, for as long as somebody files them."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from liaison.domain.backoff import backoff_s
from liaison.domain.names import ChannelId, Person, PersonId, TeamId, TenantId
from liaison.errors import Remembered

LIFE = timedelta(minutes=4_260)
"""How long a listening is asked for: an hour less than the service grants. Source: graph.md 9.1."""
RENEWED_BEFORE_END = timedelta(hours=24)
FIRST_WAIT_S = 2.0
UNHEARD_SHOWN_FOR = timedelta(days=7)
"""How long people are told that something may have been missed."""
GIVEN_UP_AFTER = timedelta(hours=24)
"""A message that cannot be filed for so long waits for a person."""
_NOBODYS_SECRET = "-" * 43


class ListeningState(StrEnum):
    WANTED = "wanted"
    LIVE = "live"
    TROUBLED = "troubled"
    """It could not be made or kept; the next try is at `due_at`."""
    ENDING = "ending"
    """Nobody files messages of the channel any more: to be ended with the service, then forgotten."""


class LifeEvent(StrEnum):
    """What the service says of a listening itself. Source: Graph, concepts/change-notifications-lifecycle-events.md."""

    REAUTHORIZE = "reauthorizationRequired"
    REMOVED = "subscriptionRemoved"
    MISSED = "missed"


@dataclass(frozen=True)
class Listening:
    """One for each channel. `secret` comes back with every notification; `subscription` is the service's own id."""

    id: str
    tenant: TenantId
    team: TeamId
    channel: ChannelId
    secret: str = field(repr=False)
    due_at: datetime
    state: ListeningState = ListeningState.WANTED
    subscription: str = ""
    acting: Person | None = None
    """On whose behalf it was made; None before."""
    ends_at: datetime | None = None
    tries: int = 0
    trouble: Remembered | None = None
    version: int = 0
    unheard_at: datetime | None = None
    """When it was last learnt that something may not have been told."""

    def began_anew(self, now: datetime) -> Listening:
        """About to be made: once it has lived before, something may have happened meanwhile."""
        return self if self.ends_at is None else replace(self, unheard_at=now)

    def live(self, subscription: str, ends_at: datetime, acting: Person) -> Listening:
        """Made or renewed; it is due again well before its end."""
        return replace(
            self,
            state=ListeningState.LIVE,
            subscription=subscription,
            ends_at=ends_at,
            acting=acting,
            due_at=ends_at - RENEWED_BEFORE_END,
            tries=0,
            trouble=None,
        )

    def failed(self, trouble: Remembered, now: datetime, wait_s: float = 0.0) -> Listening:
        """Tried in vain; what is still to be ended stays so."""
        state = self.state if self.state is ListeningState.ENDING else ListeningState.TROUBLED
        due_at = now + timedelta(seconds=max(wait_s, backoff_s(self.tries + 1, self.id, FIRST_WAIT_S)))
        return replace(self, state=state, trouble=trouble, tries=self.tries + 1, due_at=due_at)

    def is_over(self, now: datetime) -> bool:
        """Has the service forgotten it by itself?"""
        return not self.subscription or (self.ends_at is not None and self.ends_at <= now)


@dataclass(frozen=True)
class Told:
    """One item of a notification, before anybody believes it. `message` is empty when it is about the listening."""

    subscription: str
    secret: str = field(repr=False)
    tenant: str = ""
    channel: str = ""
    message: str = ""
    reply: str = ""
    event: LifeEvent | None = None


@dataclass(frozen=True)
class Notice:
    """A message of a channel has changed: to be read, and filed if somebody has reacted. Ids only.

    `version` counts how often it was told; `stuck` says that it waits for a person.
    """

    listening: str
    message: str
    reply: str
    since: datetime
    due_at: datetime
    tries: int = 0
    version: int = 0
    trouble: Remembered | None = None
    is_stuck: bool = False

    def failed(self, trouble: Remembered, now: datetime, wait_s: float = 0.0) -> Notice:
        """Tried in vain: tried again later, or left to a person after a day."""
        due_at = now + timedelta(seconds=max(wait_s, backoff_s(self.tries + 1, self.message, FIRST_WAIT_S)))
        is_stuck = now - self.since > GIVEN_UP_AFTER
        return replace(self, tries=self.tries + 1, trouble=trouble, due_at=due_at, is_stuck=is_stuck)


def is_genuine(told: Told, listening: Listening | None) -> bool:
    """Does an item come from the service that we asked, about the channel that we asked of?

    Takes equally long whether the secret is right or wrong and whether there is such a listening.
    """
    secret = listening.secret if listening is not None else _NOBODYS_SECRET
    knows = hmac.compare_digest(told.secret.encode(), secret.encode())
    if listening is None or not knows:
        return False
    is_ours = told.subscription == listening.subscription or not listening.subscription
    return is_ours and told.tenant in {"", listening.tenant} and told.channel in {"", listening.channel}


def choose_acting(candidates: tuple[Person, ...], before: Person | None, tries: int) -> Person | None:
    """Who stands for a listening: whoever did before while they still may, after a failure the next one in turn."""
    if not candidates:
        return None
    ids: list[PersonId] = [one.id for one in candidates]
    first = ids.index(before.id) if before is not None and before.id in ids else 0
    return candidates[(first + tries) % len(candidates)]
