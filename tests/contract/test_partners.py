"""People of a partner organization in the local tenant's shared channels, through the product's adapters."""

from __future__ import annotations

from dataclasses import replace

import pytest

from liaison.domain.connection import ConnectionRequest
from liaison.domain.consent import SCOPES, Rung
from liaison.domain.link import LinkState, NewChannel
from liaison.domain.names import ChannelKind, TeamId
from liaison.domain.partners import NotLetIn, Partner, ShareTeam
from liaison.errors import ConsentNotGranted, PartnerIsOurs, PartnerUnknown, TeamUnknown
from liaison.operations.partners import read_partners, read_sharing
from liaison.operations.undo import undo
from liaison.tenant.seeds.partners import ADATUM, FABRIKAM
from tests.contract.product import Product
from tests.contract.stage import VENTES
from tests.contract.test_sagas import seller, staged

pytestmark = pytest.mark.anyio

MIA, GUEST, JONAS = "mia.keller@fabrikam.com", "guest.of@fabrikam.com", "jonas.lind@adatum.com"
NOBODY = "nobody@fabrikam.com"


@pytest.mark.statement("F33")
async def test_partners_come_into_a_shared_channel_and_each_refusal_is_named(product: Product) -> None:
    stage = await staged(product, also=SCOPES[Rung.PARTNERS])
    claire, record = await seller(stage)
    people = tuple(map(Partner, (MIA, GUEST, JONAS, NOBODY)))
    asked = ConnectionRequest(record, VENTES, NewChannel("Partners", ChannelKind.SHARED), partners=people)
    link = await stage.connect(asked, claire)
    refused = {dict(one.facts)["person"]: dict(one.facts)["reason"] for one in link.findings}
    assert link.state is LinkState.CONNECTED
    assert refused == {GUEST: NotLetIn.GUEST, JONAS: NotLetIn.BLOCKED, NOBODY: NotLetIn.UNKNOWN}
    assert [one.organization for one in link.partners] == [FABRIKAM.name, FABRIKAM.name, ADATUM.name, FABRIKAM.name]
    sharing = await read_sharing(link, claire, stage.ports)
    assert sharing is not None
    assert [(one.name, one.is_host) for one in sharing.teams] == [(link.team_name, True)]
    assert [(one.name, one.address) for one in sharing.people] == [("Mia Keller", MIA)]
    members = await product.teamwork(claire).list_members(VENTES, link.evidence.channel)
    assert {member.name for member in members} == {"Claire Fontaine", "Mia Keller"}


async def test_undo_takes_out_only_whom_it_let_in(product: Product) -> None:
    stage = await staged(product, also=SCOPES[Rung.PARTNERS])
    claire, record = await seller(stage)
    asked = ConnectionRequest(record, VENTES, NewChannel("Partners", ChannelKind.SHARED), partners=(Partner(MIA),))
    first = await stage.connect(asked, claire)
    second = await stage.free_record(claire)
    lukas = Partner("lukas.weber@fabrikam.com")
    there = replace(asked, regarding=second, channel=first.evidence.channel, partners=(Partner(MIA), lukas))
    link = await stage.connect(there, claire)
    assert link.partners_added == (lukas.address,)
    await stage.carry_on(await undo(link.id, claire, stage.ports))
    left = await product.ports.partners(claire).list_partners(VENTES, first.evidence.channel, claire.tenant)
    assert [one.address for one in left] == [MIA]


async def test_organizations_are_found_by_domain_with_a_permission_of_their_own(product: Product) -> None:
    without = await product.consented("Claire")
    with pytest.raises(ConsentNotGranted) as lacking:
        await read_partners([MIA], without, product.ports)
    assert (lacking.value.rung, lacking.value.scopes) == (Rung.PARTNERS.value, SCOPES[Rung.PARTNERS])
    claire = await product.consented("Claire", also=SCOPES[Rung.PARTNERS])
    (mia,) = await read_partners([MIA], claire, product.ports)
    assert mia == Partner(MIA, FABRIKAM.name, FABRIKAM.tenant_id)
    with pytest.raises(PartnerUnknown):
        await read_partners(["somebody@nowhere.example"], claire, product.ports)
    with pytest.raises(PartnerIsOurs):
        await read_partners(["oliver.grant@contoso.com"], claire, product.ports)


@pytest.mark.statement("F33")
async def test_a_new_shared_channel_is_shared_with_whole_teams_from_the_start(product: Product) -> None:
    stage = await staged(product)
    claire, record = await seller(stage)
    other = next(team for team in await product.teamwork(claire).list_teams() if team.id != VENTES)
    channel = NewChannel("Two teams", ChannelKind.SHARED, (ShareTeam(other.id),))
    link = await stage.connect(ConnectionRequest(record, VENTES, channel), claire)
    sharing = await read_sharing(link, claire, stage.ports)
    assert (link.state, sharing is not None) == (LinkState.CONNECTED, True)
    assert sharing is not None
    assert [(one.name, one.is_host) for one in sharing.teams] == [(link.team_name, True), (other.name, False)]
    for stranger in (VENTES, TeamId("00000000-0000-4000-8000-000000000001")):
        wrong = replace(channel, name="Three teams", share_with=(ShareTeam(stranger),))
        with pytest.raises(TeamUnknown):
            await stage.connect(ConnectionRequest(record, VENTES, wrong), claire)
