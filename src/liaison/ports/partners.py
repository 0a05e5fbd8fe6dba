"""Other organizations, and their people in shared channels, as one person may see and change them."""

from __future__ import annotations

from typing import Protocol

from liaison.domain.names import ChannelId, TeamId
from liaison.domain.partners import NotLetIn, Organization, Partner, PartnerMember, SharedTeam


class Partners(Protocol):
    async def find_organization(self, domain: str) -> Organization | None:
        """The tenant that a domain belongs to; None when it is nobody's. Raises ConsentNotGranted."""
        ...

    async def let_in(self, team: TeamId, channel: ChannelId, partner: Partner) -> NotLetIn | None:
        """Let somebody into a shared channel; why not, or None when they are in.

        Raises ConsentNotGranted, UpstreamThrottled.
        """
        ...

    async def list_partners(self, team: TeamId, channel: ChannelId, own: str) -> tuple[PartnerMember, ...]:
        """The people in a channel who are of another tenant than `own`. Raises NotTeamMember, ConsentNotGranted."""
        ...

    async def take_out(self, team: TeamId, channel: ChannelId, membership: str) -> None:
        """Absent already is done. Raises NotTeamOwner, ConsentNotGranted."""
        ...

    async def list_shared_teams(self, team: TeamId, channel: ChannelId) -> tuple[SharedTeam, ...]:
        """The teams that a shared channel is shared with, its own first. Raises NotTeamMember, ConsentNotGranted."""
        ...
