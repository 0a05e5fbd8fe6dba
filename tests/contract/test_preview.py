"""The preview of a connection, and what a new team may be given."""

from __future__ import annotations

from typing import Any

import pytest

from liaison.domain.connection import ConnectionRequest
from liaison.domain.consent import SCOPES, Rung
from liaison.domain.labelling import LabelledBy, Labeller, Labelling
from liaison.domain.link import Invited, NewChannel, NewTeam, PrimaryChannel, StepName, TeamPrivacy
from liaison.domain.names import ChannelKind, EnvironmentKey, Person, PersonId, RecordRef, TableName, TeamId
from liaison.domain.preview import FilesConsequence, Notice, NoticeCode, PlannedThing
from liaison.errors import ChannelNameTaken, EnhancedOff, NameBlocked, NotTeamOwner, TeamNameTaken
from liaison.operations.choose_team import NoLabels, read_team_choices
from liaison.operations.preview import preview_connection
from liaison.tenant.seeds import company
from tests.contract.product import Product
from tests.contract.tenant_process import Tenant

pytestmark = pytest.mark.anyio

VENTES = TeamId(company.TEAMS[0].id)
SALES = EnvironmentKey("contoso-sales")
MEMBER_SCOPES = ("TeamMember.Read.All", "TeamMember.ReadWriteNonOwnerRole.All")


def invited(*given: str) -> tuple[Invited, ...]:
    return tuple(Invited(PersonId(company.person(one).id), company.person(one).name) for one in given)


async def ready(product: Product, given: str = "Claire", **consent: Any) -> tuple[Person, RecordRef]:
    """Somebody and the deal, with linking switched on."""
    nadia = await product.consented("Nadia", **consent)
    crm = product.crm(nadia)
    switches = await crm.read_switches()
    await crm.save_switches(type(switches)(basic=True, enhanced=True, user_sync=True, version=switches.version))
    person = await product.person(given)
    (deal, *_) = await product.crm(person).find_records(TableName("opportunity"), "Northwind renewal")
    return person, deal.ref


@pytest.mark.statement("F30", "F32")
async def test_everything_is_listed_with_its_final_name(product: Product, tenant: Tenant) -> None:
    claire, deal = await ready(product)
    tenant.switch(graph__name_prefix="GRP_")
    asked = ConnectionRequest(
        deal, NewTeam("Northwind deal room"), NewChannel("Contract / 2027".replace("/", "-"), ChannelKind.PRIVATE)
    )
    shown = await preview_connection(asked, claire, product.ports)
    assert (shown.team_name, shown.team_is_new, shown.privacy) == (
        "GRP_Northwind deal room",
        True,
        TeamPrivacy.PRIVATE,
    )
    assert (shown.channel_name, shown.channel_kind, shown.files) == (
        "Contract - 2027",
        ChannelKind.PRIVATE,
        FilesConsequence.CHANNEL,
    )
    assert [thing.step for thing in shown.things] == [
        StepName.TEAM, StepName.CHANNEL, StepName.APP, StepName.TAB, StepName.FOLDER, StepName.LOCATION,
        StepName.ASSOCIATION, StepName.NOTE,
    ]  # fmt: skip
    assert shown.things[0] == PlannedThing(StepName.TEAM, "GRP_Northwind deal room", is_new=True)


@pytest.mark.statement("F30", "F50")
async def test_people_are_shown_with_what_they_will_not_see(product: Product) -> None:
    claire, deal = await ready(product)
    asked = ConnectionRequest(
        deal, VENTES, NewChannel("Northwind"), members=invited("Lukas", "Anaïs", "Oliver", "Sofia")
    )
    shown = await preview_connection(asked, claire, product.ports)
    said = {notice.code: notice.what for notice in shown.notices}
    assert said[NoticeCode.GUEST] == "Lukas Weber"
    assert said[NoticeCode.NOT_IN_CRM] == "Anaïs Girard"
    assert said[NoticeCode.ALREADY_MEMBERS] == "Oliver Grant"
    assert {one.name for one in shown.members} == {"Lukas Weber", "Anaïs Girard", "Oliver Grant", "Sofia Rossi"}
    assert shown.files is FilesConsequence.TEAM


@pytest.mark.statement("F28", "F30")
async def test_what_connecting_would_refuse_is_refused_here_already(product: Product, tenant: Tenant) -> None:
    claire, deal = await ready(product)
    tenant.switch(graph__blocked_words="Payroll")
    for team, channel, kind in (
        (VENTES, NewChannel("Renewals"), ChannelNameTaken),
        (NewTeam("Payroll"), PrimaryChannel(), NameBlocked),
        (NewTeam("Support"), PrimaryChannel(), TeamNameTaken),
        (NewTeam("Deal room"), NewChannel("General"), ChannelNameTaken),
    ):
        with pytest.raises(kind):
            await preview_connection(ConnectionRequest(deal, team, channel), claire, product.ports)
    oliver = await product.person("Oliver")
    asked = ConnectionRequest(deal, VENTES, NewChannel("X"), members=invited("Hugo"))
    with pytest.raises(NotTeamOwner):
        await preview_connection(asked, oliver, product.ports)


async def test_with_enhanced_off_there_is_nothing_to_preview(product: Product) -> None:
    nadia = await product.consented("Nadia")
    crm = product.crm(nadia)
    switches = await crm.read_switches()
    await crm.save_switches(type(switches)(basic=True, enhanced=False, user_sync=False, version=switches.version))
    (deal, *_) = await crm.find_records(TableName("opportunity"), "Northwind renewal")
    with pytest.raises(EnhancedOff):
        await preview_connection(ConnectionRequest(deal.ref, VENTES, NewChannel("X")), nadia, product.ports)


@pytest.mark.statement("S38")
async def test_without_user_sync_the_preview_says_that_nobody_will_be_added(product: Product) -> None:
    claire, deal = await ready(product, without=MEMBER_SCOPES)
    asked = ConnectionRequest(deal, VENTES, NewChannel("Northwind"), members=invited("Sofia"))
    shown = await preview_connection(asked, claire, product.ports)
    assert shown.notices[0].code is NoticeCode.NO_USER_SYNC


async def test_a_label_is_called_by_its_name_and_leaves_the_template(product: Product) -> None:
    nadia, deal = await ready(product, "Nadia")
    await product.crm(nadia).save_labels(on=True)
    labels = await product.people(nadia).list_labels() or ()
    new = NewTeam("Deal room", label=labels[2].id, template="com.microsoft.teams.template.ManageAProject")
    shown = await preview_connection(ConnectionRequest(deal, new, PrimaryChannel()), nadia, product.ports)
    assert (shown.label, shown.template) == ("Confidentiel", new.template)
    assert Notice(NoticeCode.LABEL_BY_NOBODY) in shown.notices
    assert PlannedThing(StepName.LABEL, "Confidentiel", is_new=True) in shown.things


@pytest.mark.statement("F34", "S54")
async def test_labels_are_offered_with_who_sets_them(product: Product) -> None:
    claire, _ = await ready(product)
    assert (await read_team_choices(SALES, claire, product.ports)).no_labels is NoLabels.SWITCHED_OFF
    nadia = await product.consented("Nadia")
    await product.crm(nadia).save_labels(on=True)
    choices = await read_team_choices(SALES, nadia, product.ports)
    assert [label.name for label in choices.labels] == ["Public", "Interne", "Confidentiel"]
    assert (choices.no_labels, choices.labelling) == (None, Labelling(LabelledBy.NOBODY))
    nadia = await product.consented("Nadia", also=SCOPES[Rung.LABEL])
    assert (await read_team_choices(SALES, nadia, product.ports)).labelling == Labelling(LabelledBy.SELF)
    claire = await product.person("Claire")
    assert (await read_team_choices(SALES, claire, product.ports)).labelling == Labelling(LabelledBy.NOBODY)
    await product.labellers.save(Labeller(nadia, product.clock.now()))
    labelling = (await read_team_choices(SALES, claire, product.ports)).labelling
    assert labelling == Labelling(LabelledBy.LABELLER, "Nadia Benali")
    claire = await product.consented("Claire", without=("SensitivityLabel.Read",))
    assert (await read_team_choices(SALES, claire, product.ports)).no_labels is NoLabels.NOT_READABLE
