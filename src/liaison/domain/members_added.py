"""Whom a link let into a team or a channel: only those does undoing it take out again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from liaison.domain.names import PersonId


@dataclass(frozen=True)
class MembersAdded:
    """Those chosen who were not there when the link looked, just before adding them."""

    to_team: tuple[PersonId, ...] = ()
    to_channel: tuple[PersonId, ...] = ()
    """A private or shared channel has people of its own."""

    def __bool__(self) -> bool:
        return bool(self.to_team or self.to_channel)

    def with_newcomers(self, to_team: Collection[PersonId], to_channel: Collection[PersonId]) -> MembersAdded:
        """With those who are not there either at another look; each once."""
        return MembersAdded(
            tuple(dict.fromkeys((*self.to_team, *to_team))), tuple(dict.fromkeys((*self.to_channel, *to_channel)))
        )

    def without(self, refused: Collection[PersonId]) -> MembersAdded:
        """Without those whom the service did not add."""
        return MembersAdded(
            tuple(one for one in self.to_team if one not in refused),
            tuple(one for one in self.to_channel if one not in refused),
        )
