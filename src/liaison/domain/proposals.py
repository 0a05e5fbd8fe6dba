"""Proposals to a team's owners: somebody to add, somebody to remove. Nothing of it happens by itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from liaison.domain.names import ChannelId, LinkId, Person, PersonId, TeamId, TenantId
from liaison.errors import ProposalAnswered


class ProposalKind(StrEnum):
    ADD = "add"
    REMOVE = "remove"


class Cause(StrEnum):
    """Why somebody is proposed."""

    NEW_OWNER = "new_owner"
    """The record belongs to them now, or to their team of the CRM."""
    NO_PART = "no_part"
    """They owned the record, or it was shared with them, and that is over."""
    NO_RIGHTS = "no_rights"
    """They can no longer read the record."""


class ProposalState(StrEnum):
    OPEN = "open"
    CARRYING_OUT = "carrying_out"
    """An owner has approved; Teams has not said yet that it is done."""
    APPROVED = "approved"
    KEPT = "kept"
    """An owner decided that everything stays as it is."""
    WITHDRAWN = "withdrawn"
    """What it was proposed for is no longer so."""


WAITING = (ProposalState.OPEN, ProposalState.CARRYING_OUT)


@dataclass(frozen=True)
class Proposal:
    """One person and one link: at most one proposal of each kind, however often it is made.

    `channel` is given where the channel has people of its own; otherwise it is about the team. Nothing is kept of the
    record: the team's owner may not be allowed to see it.
    """

    id: str
    kind: ProposalKind
    cause: Cause
    tenant: TenantId
    link: LinkId
    team: TeamId
    team_name: str
    channel: ChannelId
    channel_name: str
    person: PersonId
    name: str
    at: datetime
    state: ProposalState = ProposalState.OPEN
    answered_by: str = ""
    answered_at: datetime | None = None

    def approved(self, by: Person, at: datetime) -> Proposal:
        """Taken up by an owner. Going on with what was taken up before is no second answer. Raises ProposalAnswered."""
        if self.state not in WAITING:
            raise ProposalAnswered(self.name, self.team_name, self.state.value, self.answered_by)
        return replace(self, state=ProposalState.CARRYING_OUT, answered_by=by.name, answered_at=at)

    def gives_way_to(self, other: Proposal) -> bool:
        """Is `other`, for the same person, link and kind, something new? What was kept stays so for the same cause."""
        if self.state is ProposalState.KEPT:
            return self.cause is not other.cause
        return self.state not in WAITING

    def done(self) -> Proposal:
        return replace(self, state=ProposalState.APPROVED)

    def released(self) -> Proposal:
        """What Teams refused waits again."""
        return replace(self, state=ProposalState.OPEN, answered_by="", answered_at=None)

    def kept(self, by: Person, at: datetime) -> Proposal:
        """An owner wants no change. Raises ProposalAnswered."""
        if self.state is not ProposalState.OPEN:
            raise ProposalAnswered(self.name, self.team_name, self.state.value, self.answered_by)
        return replace(self, state=ProposalState.KEPT, answered_by=by.name, answered_at=at)


def effect_of(proposal: Proposal) -> str:
    """What approving does, in one word of ours."""
    return f"{proposal.kind.value}_{'channel' if proposal.channel else 'team'}"
