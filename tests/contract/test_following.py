"""How records stand, what went into them, and archived channels: the adapters against the local tenant."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from liaison.dataverse.client import Call, DataverseClient
from liaison.dataverse.errors import Subject
from liaison.domain.closing import is_closed
from liaison.domain.connection import ConnectionRequest
from liaison.domain.consent import SCOPES, Rung
from liaison.domain.forerunners import Way
from liaison.domain.link import LinkState, NewChannel
from liaison.domain.names import ChannelId, ChannelKind, Person, PersonId, RecordRef, RowId, TableName, TeamId
from liaison.errors import ConsentNotGranted, FilesClosed, LiaisonError, NotTeamOwner, StillPreparing
from liaison.operations.closing import archive, restore
from liaison.operations.collaborate import read_panel
from liaison.tenant.seeds import company
from tests.contract.product import Product
from tests.contract.stage import Stage
from tests.contract.tenant_process import Tenant

pytestmark = pytest.mark.anyio

VENTES, INCIDENT, LEAD = TeamId(company.TEAMS[0].id), TableName("incident"), TableName("lead")
ARCHIVE = SCOPES[Rung.ARCHIVE]


class Wire:
    """The tenant's own Web API as one person, for what happens in the CRM."""

    def __init__(self, product: Product, person: Person) -> None:
        place = product.environments[0]
        self.key = place.key
        bearer = product.tokens.bearer(person, place.address)
        self._client = DataverseClient(product.transport, place, bearer)

    async def make(self, rows: str, table: str, **values: Any) -> RecordRef:
        headers = {"prefer": "return=representation"}
        call = Call("POST", f"/{rows}", Subject(table), body=values, headers=headers)
        made = await self._client.read(call)
        return RecordRef(self.key, TableName(table), RowId(made.text(f"{table}id")))

    async def change(self, rows: str, ref: RecordRef, **values: Any) -> None:
        await self._client.send(Call("PATCH", f"/{rows}({ref.id})", Subject(ref.table), body=values))

    async def act(self, name: str, **values: Any) -> Any:
        return await self._client.send(Call("POST", f"/{name}", Subject("incident"), body=values))

    async def merge(self, kept: RecordRef, other: RecordRef) -> None:
        kind, key = f"Microsoft.Dynamics.CRM.{kept.table}", f"{kept.table}id"
        named = {name: {"@odata.type": kind, key: ref.id} for name, ref in (("Target", kept), ("Subordinate", other))}
        await self.act("Merge", **named, PerformParentingChecks=False)


async def case(wire: Wire, title: str) -> RecordRef:
    account = await wire.make("accounts", "account", name=f"Customer of {title}")
    bind = {"customerid_account@odata.bind": f"/accounts({account.id})"}
    return await wire.make("incidents", "incident", title=title, **bind)


@pytest.mark.statement("F62")
async def test_owner_state_and_the_record_it_was_merged_into_come_for_many_in_one_request(
    product: Product, tenant: Tenant
) -> None:
    nadia = await product.person("Nadia")
    crm, wire = product.crm(nadia), Wire(product, nadia)
    kept, other, third = [await case(wire, title) for title in ("Kept", "Other", "Third")]
    await wire.merge(kept, other)
    await wire.change("incidents", third, statecode=1, statuscode=5)
    await crm.read_standings(INCIDENT, [kept.id])  # the table's description is read once
    product.ledger.clear()
    found = {one.record: one for one in await crm.read_standings(INCIDENT, [kept.id, other.id, third.id, RowId("no")])}
    assert len(product.ledger) == 1
    assert (found[kept.id].state, found[kept.id].merged_into) == (0, "")
    assert found[other.id].merged_into == kept.id
    assert [is_closed(INCIDENT, found[one.id].state) for one in (kept, other, third)] == [False, True, True]
    assert found[kept.id].owner == (await crm.read_person()).id
    deals = await crm.find_records(TableName("opportunity"), "Northwind renewal")
    (deal,) = await crm.read_standings(TableName("opportunity"), [deals[0].ref.id])
    assert (deal.state, deal.merged_into) == (0, "")


@pytest.mark.statement("F62")
async def test_channels_of_merged_cases_are_found_with_the_kept_one(product: Product) -> None:
    nadia = await product.consented("Nadia")
    crm, wire = product.crm(nadia), Wire(product, nadia)
    await _switch_on(product, nadia)
    kept, other, third = [await case(wire, title) for title in ("Kept", "Other", "Third")]
    stage = Stage(product)
    link = await stage.connect(ConnectionRequest(other, VENTES, NewChannel("Merged talks")), nadia)
    assert link.state is LinkState.CONNECTED, link.trouble
    await wire.merge(other, third)
    await wire.merge(kept, other)
    found = await crm.list_forerunners(kept)
    assert {(one.title, one.way) for one in found} == {("Other", Way.MERGED), ("Third", Way.MERGED)}
    (shown,) = (await read_panel(kept, nadia, stage.ports)).connections
    assert shown.link is not None
    assert shown.origin is not None
    assert (shown.link.id, shown.origin.title) == (link.id, "Other")


@pytest.mark.statement("F62")
async def test_an_opportunity_shows_the_channels_of_its_lead(product: Product) -> None:
    nadia = await product.person("Nadia")
    wire = Wire(product, nadia)
    lead = await wire.make("leads", "lead", subject="New line", lastname="Martin", companyname="Wingtip")
    made = (await wire.act(f"leads({lead.id})/Microsoft.Dynamics.CRM.QualifyLead", CreateAccount=True,
                           CreateContact=False, CreateOpportunity=True, Status=3)).wild()  # fmt: skip
    deal = next(row.text("opportunityid") for row in made.list("value") if row.has("opportunityid"))
    ref = RecordRef(wire.key, TableName("opportunity"), RowId(deal))
    (found,) = await product.crm(nadia).list_forerunners(ref)
    assert (found.ref.table, found.ref.id, found.way, found.title) == (LEAD, lead.id, Way.QUALIFIED, "Martin")


async def _switch_on(product: Product, person: Person) -> None:
    crm = product.crm(person)
    now = await crm.read_switches()
    await crm.save_switches(replace(now, basic=True, enhanced=True, user_sync=True))


@pytest.mark.statement("F60")
@pytest.mark.parametrize("kind", [ChannelKind.STANDARD, ChannelKind.PRIVATE])
async def test_an_archived_channel_is_for_reading_until_it_is_restored(product: Product, kind: ChannelKind) -> None:
    await product.consented("Nadia", also=ARCHIVE)
    claire, oliver = await product.person("Claire"), await product.person("Oliver")
    teamwork = product.teamwork(claire)
    channel, _ = await teamwork.ensure_channel(VENTES, NewChannel("Closed deal", kind), "mark", "d", claire.id)
    if kind is ChannelKind.PRIVATE:
        await teamwork.add_member(VENTES, channel.id, oliver.id)
    folder = await teamwork.read_files_folder(VENTES, channel.id)
    await teamwork.archive_channel(VENTES, channel.id)
    await teamwork.archive_channel(VENTES, channel.id)  # again is harmless
    assert (await teamwork.read_channel(VENTES, channel.id)).is_archived
    with pytest.raises(FilesClosed):
        await product.files(oliver).upload(folder.drive, folder.item, "late.txt", _bytes(b"1"), 1)
    with pytest.raises(NotTeamOwner):
        await product.teamwork(oliver).restore_channel(VENTES, channel.id)
    await teamwork.restore_channel(VENTES, channel.id)
    assert not (await teamwork.read_channel(VENTES, channel.id)).is_archived
    await product.files(oliver).upload(folder.drive, folder.item, "late.txt", _bytes(b"1"), 1)


async def _bytes(content: bytes) -> Any:
    yield content


@pytest.mark.parametrize("phase", ["before", "after"])
async def test_a_lost_answer_archives_once(product: Product, tenant: Tenant, phase: str) -> None:
    await product.consented("Nadia", also=ARCHIVE)
    claire = await product.person("Claire")
    teamwork = product.teamwork(claire)
    channel, _ = await teamwork.ensure_channel(VENTES, NewChannel("Closed deal"), "mark", "d", claire.id)
    tenant.fail("POST", "/v1.0/teams/*/channels/*/archive", phase=phase, action={"reset": True})
    for _ in range(5):
        try:
            await teamwork.archive_channel(VENTES, channel.id)
            break
        except (LiaisonError, StillPreparing):
            await asyncio.sleep(0)
    assert (await teamwork.read_channel(VENTES, channel.id)).is_archived


async def test_archiving_needs_the_permission(product: Product) -> None:
    claire = await product.consented("Claire")
    teamwork = product.teamwork(claire)
    channels = await teamwork.list_channels(VENTES)
    renewals = next(one for one in channels if one.name == "Renewals")
    with pytest.raises(ConsentNotGranted) as refused:
        await teamwork.archive_channel(VENTES, renewals.id)
    assert refused.value.rung == Rung.ARCHIVE.value


@pytest.mark.statement("F60")
async def test_the_whole_saga_archives_and_restores_and_says_so_on_the_timeline(product: Product) -> None:
    nadia = await product.consented("Nadia", also=ARCHIVE)
    await _switch_on(product, nadia)
    claire, stage = await product.person("Claire"), Stage(product)
    record = await stage.free_record(claire)
    link = await stage.connect(ConnectionRequest(record, VENTES, NewChannel("Deal that closes")), claire)
    archived = await stage.carry_on(await archive(link.id, claire, stage.ports))
    assert archived.archive.is_ours, archived.findings
    restored = await stage.carry_on(await restore(link.id, claire, stage.ports))
    assert not restored.archive.is_archived
    notes = [note.subject for note in await product.crm(claire).list_notes(record)]
    assert sum("Deal that closes" in subject for subject in notes) == 3


async def test_people_of_a_place_are_taken_out_and_owners_come_back(product: Product) -> None:
    claire = await product.consented("Claire")
    oliver, priya = (PersonId(company.person(given).id) for given in ("Oliver", "Priya"))
    teamwork = product.teamwork(claire)
    assert await teamwork.remove_members(VENTES, (oliver, priya), ChannelId("")) == (priya,)
    assert oliver not in {member.person for member in await teamwork.list_members(VENTES)}
