"""With whom a link's shared channel is shared: teams, and people of partner organizations."""

from __future__ import annotations

from dataclasses import dataclass

from liaison.domain.link import Link
from liaison.domain.partners import PartnerMember, SharedTeam
from liaison.operations.partners import read_sharing
from liaison.web.visit import Visit


@dataclass(frozen=True)
class ShownSharer:
    """A team, or somebody of another organization; `detail` says which one, or that it is the channel's own."""

    name: str
    detail: str


@dataclass(frozen=True)
class SharingBox:
    teams: tuple[ShownSharer, ...]
    people: tuple[ShownSharer, ...]


async def show_sharing(link: Link, visit: Visit) -> SharingBox | None:
    """None for a channel that is not shared, and where it cannot be read."""
    found = await read_sharing(link, visit.person, visit.ports)
    if found is None:
        return None
    organizations = {one.tenant.casefold(): one.organization for one in link.partners}
    own, other = link.by.tenant.casefold(), visit.say("web.link.sharing.other")

    def team(one: SharedTeam) -> ShownSharer:
        if one.is_host:
            return ShownSharer(one.name, visit.say("web.link.sharing.host"))
        is_own = one.tenant.casefold() == own
        return ShownSharer(one.name, "" if is_own else organizations.get(one.tenant.casefold(), other))

    def person(one: PartnerMember) -> ShownSharer:
        organization = organizations.get(one.tenant.casefold(), other)
        return ShownSharer(one.name or one.address, f"{one.address} · {organization}")

    return SharingBox(tuple(map(team, found.teams)), tuple(map(person, found.people)))
