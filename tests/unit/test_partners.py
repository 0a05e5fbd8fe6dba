"""People of partner organizations: only in shared channels, once each, named when not let in, taken out on undo."""

from __future__ import annotations

from dataclasses import replace

import pytest

from liaison.domain.connection import ConnectionRequest
from liaison.domain.consent import SCOPES, Rung, enhanced_scopes
from liaison.domain.link import Finding, Link, LinkState, NewChannel, Operation, StepName
from liaison.domain.names import ChannelKind
from liaison.domain.partners import MOST_PARTNERS, NotLetIn, Organization, Partner, domain_of, split_addresses
from liaison.domain.second_try import unfinished_steps
from liaison.errors import (
    ChannelNotShared,
    ConsentNotGranted,
    NotTeamOwner,
    PartnerIsOurs,
    PartnerUnknown,
    TooManyPartners,
    UpstreamThrottled,
)
from liaison.operations.connect import connect, try_again
from liaison.operations.disconnect import disconnect
from liaison.operations.partners import read_partners, read_sharing
from liaison.operations.undo import undo
from tests.unit.fakes import CLAIRE, DEAL, RENEWALS, TEAM, Crash, World
from tests.unit.partner_fakes import FABRIKAM, LUKAS, MIA
from tests.unit.test_saga import carry_on

pytestmark = pytest.mark.anyio

SHARED = NewChannel("Partners", ChannelKind.SHARED)
ASKED = ConnectionRequest(DEAL, TEAM, SHARED, partners=(Partner(MIA), Partner(LUKAS)))


@pytest.fixture
def world() -> World:
    world = World()
    world.sign_in.scopes = frozenset(enhanced_scopes(extras=(Rung.PARTNERS,)))
    return world


async def connected(world: World, asked: ConnectionRequest = ASKED) -> Link:
    return await carry_on(world, await connect(asked, CLAIRE, world.ports))


@pytest.mark.statement("F33")
async def test_partners_are_let_into_the_shared_channel_with_their_organization_known(world: World) -> None:
    link = await connected(world)
    assert (link.state, link.findings, StepName.PARTNERS in link.done) == (LinkState.CONNECTED, (), True)
    assert link.partners == tuple(Partner(one, FABRIKAM.name, FABRIKAM.tenant) for one in (MIA, LUKAS))
    assert (world.partners.let_in, link.partners_added) == ([MIA, LUKAS], (MIA, LUKAS))
    sharing = await read_sharing(link, CLAIRE, world.ports)
    assert sharing is not None
    assert ([one.name for one in sharing.teams], [one.address for one in sharing.people]) == (
        ["Ventes Europe"],
        [MIA, LUKAS],
    )


@pytest.mark.parametrize("crash", ["partners#1", "partners#2"])
async def test_killed_in_between_each_is_let_in_once(world: World, crash: str) -> None:
    planned = await connect(ASKED, CLAIRE, world.ports)
    world.steps.run, world.steps.crash_in = f"{planned.id}:1", crash
    with pytest.raises(Crash):
        await carry_on(world, planned)
    world.restart()
    link = await carry_on(world, planned)
    assert (link.state, sorted(world.partners.let_in)) == (LinkState.CONNECTED, sorted([MIA, LUKAS]))
    assert set(link.partners_added or ()) == {MIA, LUKAS}


@pytest.mark.statement("F33")
@pytest.mark.parametrize("why", list(NotLetIn))
async def test_whoever_is_not_let_in_is_named_with_the_reason_and_the_rest_goes_on(world: World, why: NotLetIn) -> None:
    world.partners.refuse = {MIA: why}
    link = await connected(world)
    facts = (("person", MIA), ("organization", FABRIKAM.name), ("reason", why.value))
    assert (link.state, link.findings) == (LinkState.CONNECTED, (Finding("partner.not_added", facts),))
    assert (world.partners.let_in, link.partners_added) == ([LUKAS], (LUKAS,))
    world.partners.refuse = {}
    assert unfinished_steps(link) == (StepName.PARTNERS,)
    again = await carry_on(world, await try_again(link.id, CLAIRE, world.ports))
    assert (again.findings, world.partners.let_in) == ((), [LUKAS, MIA])


async def test_trouble_that_passes_is_waited_for_and_rights_are_findings(world: World) -> None:
    world.partners.fail = [UpstreamThrottled("graph", wait_s=20.0), NotTeamOwner("Ventes Europe")]
    link = await connected(world)
    assert (link.state, dict(link.findings[0].facts)["reason"]) == (LinkState.CONNECTED, "partner_not_owner")
    lacking = World()
    lacking.sign_in.scopes = world.sign_in.scopes
    lacking.partners.fail = [ConsentNotGranted("members", SCOPES[Rung.MEMBERS])]
    assert (await connected(lacking)).findings == (Finding("partner.no_consent"),)


@pytest.mark.statement("F33")
async def test_undo_takes_out_whom_the_link_let_in_and_leaves_who_was_there(world: World) -> None:
    world.partners.inside = [LUKAS]
    renewals = replace(RENEWALS, kind=ChannelKind.SHARED)
    world.teamwork.channels[RENEWALS.name] = renewals
    link = await connected(world, replace(ASKED, channel=RENEWALS.id))
    assert (world.partners.inside, link.partners_added) == ([LUKAS, MIA], (MIA,))
    undone = await carry_on(world, await undo(link.id, CLAIRE, world.ports))
    assert (undone.state, undone.operation, world.partners.inside) == (LinkState.UNDONE, Operation.UNDO, [LUKAS])


async def test_what_cannot_be_taken_out_is_said(world: World) -> None:
    world.teamwork.channels[RENEWALS.name] = replace(RENEWALS, kind=ChannelKind.SHARED)
    link = await connected(world, replace(ASKED, channel=RENEWALS.id))
    world.partners.fail = [NotTeamOwner("Ventes Europe")]
    undone = await carry_on(world, await undo(link.id, CLAIRE, world.ports))
    assert [finding.code for finding in undone.findings] == ["partner.kept"]


@pytest.mark.statement("F33")
async def test_disconnecting_leaves_them_in_the_channel_and_says_so(world: World) -> None:
    link = await connected(world)
    done = await carry_on(world, await disconnect(link.id, CLAIRE, world.ports))
    facts = (("people", f"{MIA}, {LUKAS}"), ("channel", "Partners"))
    assert (done.state, done.findings) == (LinkState.DISCONNECTED, (Finding("partner.stay", facts),))
    assert world.partners.inside == [MIA, LUKAS]


@pytest.mark.parametrize("kind", [ChannelKind.STANDARD, ChannelKind.PRIVATE])
async def test_other_channels_take_nobody_of_other_organizations(world: World, kind: ChannelKind) -> None:
    with pytest.raises(ChannelNotShared):
        await connect(replace(ASKED, channel=NewChannel("Partners", kind)), CLAIRE, world.ports)
    assert world.links.links == {}


async def test_addresses_are_refused_before_anything_is_made(world: World) -> None:
    world.partners.organizations["contoso.com"] = Organization(CLAIRE.tenant, "Contoso")
    many = [f"p{number}@fabrikam.com" for number in range(MOST_PARTNERS + 1)]
    for addresses, error in (
        (["mia@nobody.example"], PartnerUnknown("mia@nobody.example")),
        (["<script>@fabrikam.com"], PartnerUnknown("<script>@fabrikam.com")),
        (["oliver@contoso.com"], PartnerIsOurs("oliver@contoso.com")),
        (many, TooManyPartners(MOST_PARTNERS)),
    ):
        with pytest.raises(type(error)) as refused:
            await read_partners(addresses, CLAIRE, world.ports)
        assert refused.value == error


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("mia.keller@Fabrikam.com", "fabrikam.com"),
        ("o'neil@sub.fabrikam.co.uk", "sub.fabrikam.co.uk"),
        ("no-at-sign", ""),
        ("a@b", ""),
        ("a@b.c/../d.com", ""),
        ("a\u0000@fabrikam.com", ""),
        ("x" * 300 + "@fabrikam.com", ""),
        ("a@fabrikam.com\n@evil.com", ""),
    ],
)
def test_only_addresses_have_a_domain(address: str, domain: str) -> None:
    assert domain_of(address) == domain


def test_addresses_are_told_apart_however_they_are_typed() -> None:
    assert split_addresses(" a@x.com,\n b@x.com; A@x.com\tc@x.com ") == ("A@x.com", "b@x.com", "c@x.com")
