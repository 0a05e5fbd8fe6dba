"""People of partner organizations: whose they are, letting them into a link's shared channel, taking them out again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from liaison.domain.consent import Rung
from liaison.domain.link import Finding, Link, StepName
from liaison.domain.names import ChannelKind, Person
from liaison.domain.partners import (
    MOST_PARTNERS,
    MOST_TEAMS,
    NotLetIn,
    Organization,
    Partner,
    PartnerMember,
    SharedTeam,
    ShareTeam,
    domain_of,
)
from liaison.errors import (
    ChannelGone,
    ConsentMissing,
    ConsentNotGranted,
    NotAllowed,
    PartnerIsOurs,
    PartnerUnknown,
    TeamUnknown,
    TooManyPartners,
    Upstream,
)
from liaison.operations.consent import require_consent
from liaison.ports import Ports

NO_CONSENT = Finding("partner.no_consent")


async def read_partners(addresses: Sequence[str], by: Person, ports: Ports) -> tuple[Partner, ...]:
    """Who these addresses are, each with the organization that its domain belongs to.

    Raises ConsentNotGranted, PartnerUnknown, PartnerIsOurs, TooManyPartners.
    """
    if not addresses:
        return ()
    if len(addresses) > MOST_PARTNERS:
        raise TooManyPartners(MOST_PARTNERS)
    await require_consent(Rung.PARTNERS, by, ports)
    domains = sorted({domain_of(address) for address in addresses} - {""})
    found = await asyncio.gather(*(ports.partners(by).find_organization(domain) for domain in domains))
    known = dict(zip(domains, found, strict=True))
    return tuple(_partner(address, known.get(domain_of(address)), by) for address in addresses)


async def read_share_teams(wanted: Sequence[ShareTeam], host: str, by: Person, ports: Ports) -> tuple[ShareTeam, ...]:
    """The teams by their names, which must be the person's own and none the channel's. Raises TeamUnknown."""
    if not wanted:
        return ()
    mine = {team.id.casefold(): team for team in await ports.teamwork(by).list_teams() if team.id != host}
    found = []
    for one in wanted[:MOST_TEAMS]:
        team = mine.get(one.id.casefold())
        if team is None:
            raise TeamUnknown(one.id)
        found.append(ShareTeam(team.id, team.name))
    return tuple(found)


def _partner(address: str, organization: Organization | None, by: Person) -> Partner:
    if organization is None:
        raise PartnerUnknown(address[:254])
    if organization.tenant.casefold() == by.tenant.casefold():
        raise PartnerIsOurs(address)
    return Partner(address, organization.name, organization.tenant)


async def look_who_is_in(link: Link, ports: Ports) -> Link:
    """The link knowing whom it lets in: whoever is in the channel already is not its doing."""
    if link.partners_added is not None:
        return link
    try:
        there = await _inside(link, ports)
    except (ConsentMissing, NotAllowed):
        return link
    return replace(link, partners_added=tuple(one.address for one in link.partners if one.address not in there))


async def let_in_one(link: Link, ports: Ports) -> Link:
    """The link with one more of its partners settled: let in, or a finding says why not. Never stops the link."""
    left = [one for one in link.partners if one.address not in link.partners_settled]
    if not left:
        return link.with_evidence(StepName.PARTNERS)
    partner, added = left[0], link.partners_added
    try:
        why = None
        if partner.address not in await _inside(link, ports):
            why = await ports.partners(link.acting).let_in(link.team, link.evidence.channel, partner)
    except ConsentNotGranted:
        return replace(link, findings=(*link.findings, NO_CONSENT)).with_evidence(StepName.PARTNERS)
    except NotAllowed:
        why = NotLetIn.NOT_OWNER
    findings = link.findings
    if why is not None:
        facts = (("person", partner.address), ("organization", partner.organization), ("reason", why.value))
        findings = (*findings, Finding("partner.not_added", facts))
        added = tuple(one for one in added if one != partner.address) if added is not None else None
    settled = (*link.partners_settled, partner.address)
    going = replace(link, findings=findings, partners_settled=settled, partners_added=added)
    return going if len(left) > 1 else going.with_evidence(StepName.PARTNERS)


async def take_partners_back(link: Link, ports: Ports) -> Link:
    """Undo: whom this link let in goes; whoever was there before stays. A channel that is ours goes as a whole."""
    ours = {address.casefold() for address in link.partners_added or () if address in link.partners_settled}
    if not ours or link.evidence.channel_is_ours:
        return link.with_evidence(StepName.REMOVE_PARTNERS)
    partners, place = ports.partners(link.acting), (link.team, link.evidence.channel)
    try:
        for one in await partners.list_partners(*place, link.by.tenant):
            if one.address.casefold() in ours:
                await partners.take_out(*place, one.membership)
    except (TeamUnknown, ChannelGone):
        pass
    except (ConsentMissing, NotAllowed):
        facts = (("people", ", ".join(sorted(ours))), ("channel", link.channel_name))
        link = replace(link, findings=(*link.findings, Finding("partner.kept", facts)))
    return link.with_evidence(StepName.REMOVE_PARTNERS)


def with_word_of_partners(link: Link) -> Link:
    """Disconnecting: the people of partner organizations stay in the channel, and the link says so."""
    ours = [address for address in link.partners_added or () if address in link.partners_settled]
    if not ours:
        return link
    facts = (("people", ", ".join(ours)), ("channel", link.channel_name))
    return replace(link, findings=(*link.findings, Finding("partner.stay", facts)))


@dataclass(frozen=True)
class Sharing:
    """With which teams and people of other organizations a link's channel is shared; None when it cannot be read."""

    teams: tuple[SharedTeam, ...]
    people: tuple[PartnerMember, ...]


async def read_sharing(link: Link, by: Person, ports: Ports) -> Sharing | None:
    """Of a shared channel; None for any other, and where it cannot be read."""
    made = link.evidence
    if made.channel_kind is not ChannelKind.SHARED or not made.channel or link.state.is_over:
        return None
    partners = ports.partners(by)
    try:
        teams, people = await asyncio.gather(
            partners.list_shared_teams(link.team, made.channel),
            partners.list_partners(link.team, made.channel, by.tenant),
        )
    except (ConsentMissing, NotAllowed, ChannelGone, TeamUnknown, Upstream):
        return None
    return Sharing(teams, people)


async def _inside(link: Link, ports: Ports) -> frozenset[str]:
    """The link's addresses that are in its channel already."""
    found = await ports.partners(link.acting).list_partners(link.team, link.evidence.channel, link.by.tenant)
    inside = {one.address.casefold() for one in found}
    return frozenset(one.address for one in link.partners if one.address.casefold() in inside)
