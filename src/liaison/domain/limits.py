"""What Microsoft's services have room for: figures that change, each with the day it was read and where.

Our own checks read them here and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from liaison.domain.names import ChannelKind


@dataclass(frozen=True)
class Limit:
    """A published figure: how many, as of when, and who says so."""

    most: int
    as_of: date
    source: str


TEAMS_PAGE = "learn.microsoft.com, Limits and specifications for Microsoft Teams"
_ENTRA_PAGE = "learn.microsoft.com, Microsoft Entra service limits and restrictions"
_POLICY_PAGE = "learn.microsoft.com, Enforce a naming policy on Microsoft 365 groups"

CHANNELS_PER_TEAM = Limit(1000, date(2023, 9, 1), TEAMS_PAGE)
"""Of all kinds together; a channel that was deleted counts for thirty days more."""
PRIVATE_CHANNELS_PER_TEAM = Limit(30, date(2023, 9, 1), TEAMS_PAGE)
"""Message centre post MC1134737 announces 1,000 for tenants that were migrated late in 2025."""
SHARED_CHANNELS_PER_TEAM = Limit(200, date(2023, 9, 1), TEAMS_PAGE)
OBJECTS_PER_PERSON = Limit(250, date(2023, 6, 1), _ENTRA_PAGE)
"""Directory objects that somebody without an administrator's role may have created."""
TEAM_NAME = Limit(256, date(2023, 9, 1), "Graph v1.0, resources/group.md")
CHANNEL_NAME = Limit(50, date(2023, 9, 1), TEAMS_PAGE)
AFFIXES = Limit(53, date(2023, 6, 1), _POLICY_PAGE)
"""Characters of prefix and suffix together."""
DELETED_NAME_DAYS = Limit(30, date(2023, 9, 1), TEAMS_PAGE)
MEMBERS_ADDED_PER_MINUTE = Limit(4, date(2025, 6, 1), "Graph v1.0, concepts/throttling-limits.md")

CHANNELS_BY_KIND = {
    ChannelKind.STANDARD: CHANNELS_PER_TEAM,
    ChannelKind.PRIVATE: PRIVATE_CHANNELS_PER_TEAM,
    ChannelKind.SHARED: SHARED_CHANNELS_PER_TEAM,
}
