"""Labels on the groups of teams, and who agreed to set them for others."""

from __future__ import annotations

from typing import Protocol

from liaison.domain.labelling import Labeller
from liaison.domain.link import TeamPrivacy
from liaison.domain.names import TeamId, TenantId


class GroupLabels(Protocol):
    """The sensitivity labels of teams as one administrator may set them."""

    async def has_label(self, team: TeamId, label: str) -> bool:
        """Raises StillPreparing while the group is too young."""
        ...

    async def ensure_label(self, team: TeamId, label: str) -> bool:
        """The label on the team; true when it was set by this call, false when it was there already.

        Raises StillPreparing while the group is too young, RoleMissing, ConsentNotGranted, LabelUnknown.
        """
        ...

    async def read_privacy(self, team: TeamId) -> TeamPrivacy:
        """Who may see the team, which its label may decide."""
        ...


class Labellers(Protocol):
    """Who agreed to set labels on behalf of others: one person in a tenant."""

    async def read(self, tenant: TenantId) -> Labeller | None: ...

    async def save(self, labeller: Labeller) -> None:
        """In place of whoever it was."""
        ...

    async def forget(self, tenant: TenantId) -> None: ...
