"""Association rows, document locations and timeline entries: made once, found, removed, whatever gets lost."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import pytest

from liaison.dataverse.client import Call, DataverseClient
from liaison.dataverse.crm import DataverseCrm
from liaison.dataverse.crm_links import folder_address
from liaison.dataverse.errors import Subject
from liaison.domain.crm import PlaceKind
from liaison.domain.link import Evidence, Link, site_row_id
from liaison.domain.names import ChannelId, ChannelKind, LinkId, Person, RecordRef, RowId, TabId, TableName, TeamId
from liaison.errors import DocumentManagementOff, PrivilegeMissing, RecordChanged, RecordUnknown
from liaison.tenant.seeds import company
from liaison.wire.wild import Wild
from tests.contract.product import Product
from tests.contract.tenant_process import Tenant

pytestmark = pytest.mark.anyio

VENTES = TeamId(company.TEAMS[0].id)
OPPORTUNITY = TableName("opportunity")


async def a_record(crm: DataverseCrm, table: TableName = OPPORTUNITY) -> RecordRef:
    """A record of that table which nobody has tied to a channel."""
    view = (await crm.list_views(table))[0]
    for row in (await crm.read_grid(view, size=20)).rows:
        if not await crm.list_associations(row.record) and not await crm.list_locations(row.record):
            return row.record
    raise AssertionError(f"every {table} is tied")


async def a_link(product: Product, person: Person, record: RecordRef, channel: str = "Grands comptes") -> Link:
    """A link whose channel, tab and folder are there, as after the step before."""
    teamwork = product.teamwork(person)
    team = await teamwork.read_team(VENTES)
    found = next(one for one in await teamwork.list_channels(VENTES) if one.name == channel)
    folder = await teamwork.read_files_folder(VENTES, found.id)
    evidence = Evidence(
        channel=found.id,
        channel_name=found.name,
        channel_kind=found.kind,
        channel_address=found.address,
        team_name=team.name,
        team_thread=team.thread,
        app="app-1",
        tab=TabId("tab-1"),
        tab_address="https://teams.microsoft.com/l/entity/x",
        drive=folder.drive,
        folder=folder.item,
        folder_address=folder.address,
        site_address=folder.site_address,
        folder_path=folder.path,
    )
    return Link(
        id=LinkId(str(uuid4())),
        regarding=record,
        title="Northwind",
        team=VENTES,
        wanted=found.id,
        by=person,
        acting=person,
        planned_at=datetime.now(UTC),
        evidence=evidence,
    )


async def ready(product: Product, given: str = "Claire") -> tuple[DataverseCrm, Link]:
    person = await product.consented(given)
    crm = product.crm(person)
    return crm, await a_link(product, person, await a_record(crm))


async def raw(product: Product) -> DataverseClient:
    """The Web API itself, as Nadia."""
    nadia = await product.person("Nadia")
    place = product.environments[0]
    return DataverseClient(product.transport, place, product.tokens.bearer(nadia, place.address))


async def row_of(product: Product, rows: str, row: str) -> Wild:
    ids = {"set": rows, "row": row}
    return await (await raw(product)).read(Call("GET", "/{set}({row})", Subject(rows, row), ids, repeatable=True))


async def test_a_location_is_made_below_the_teams_site(product: Product) -> None:
    crm, link = await ready(product)
    row = await crm.ensure_location(link)
    assert row == link.row_id("location")
    places = await crm.list_locations(link.record)
    assert [(place.id, place.name, place.kind) for place in places] == [(row, "Grands comptes", PlaceKind.TEAMS)]
    assert unquote(places[0].address) == folder_address(link)
    made = await row_of(product, "sharepointdocumentlocations", row)
    assert made.text("relativeurl") == link.evidence.folder_path.split("/", 3)[3]
    assert made.number("servicetype") == 3
    assert await crm.ensure_location(link) == row
    assert len(await crm.list_locations(link.record)) == 1


async def test_two_links_to_one_site_share_its_row(product: Product) -> None:
    crm, link = await ready(product)
    await crm.ensure_location(link)
    other = await a_link(product, link.by, link.record, "Renewals")
    await crm.ensure_location(other)
    sites = (await crm.gather_readiness()).sites
    assert [site.detail for site in sites].count(link.evidence.site_address) == 1
    assert len(await crm.list_locations(link.record)) == 2


async def test_an_equal_location_of_others_is_adopted(product: Product) -> None:
    crm, link = await ready(product)
    first = await crm.ensure_location(link)
    again = replace(link, id=LinkId(str(uuid4())))
    assert await crm.ensure_location(again) == first


async def test_the_row_that_ties_record_and_channel_says_everything(product: Product) -> None:
    crm, link = await ready(product)
    row = await crm.ensure_association(link)
    assert row == link.row_id("association")
    found = (await crm.list_associations(link.record))[0]
    made = link.evidence
    assert (found.id, found.regarding, found.team, found.channel) == (row, link.record, VENTES, made.channel)
    assert (found.team_name, found.team_thread, found.channel_name) == (
        made.team_name,
        made.team_thread,
        "Grands comptes",
    )
    assert (found.site_address, found.folder_path) == (made.site_address, made.folder_path)
    assert (found.tenant, found.app, found.entity, found.web_address) == (
        product.tenant.id,
        "app-1",
        link.tab_entity,
        made.tab_address,
    )
    assert found.channel_kind is ChannelKind.STANDARD
    assert found.made_at is not None
    raw_row = await row_of(product, "msdyn_teamscollaborations", row)
    assert (raw_row.number("regardingobjecttypecode"), raw_row.text("msdyn_channeltype")) == (3, "Standard")
    assert await crm.ensure_association(link) == row
    assert len(await crm.list_associations(link.record)) == 1


async def test_the_server_makes_no_second_location_for_our_row(product: Product) -> None:
    crm, link = await ready(product)
    location = await crm.ensure_location(link)
    await crm.ensure_association(link)
    assert [place.id for place in await crm.list_locations(link.record)] == [location]


async def test_a_row_made_by_microsofts_button_is_adopted_with_its_location(product: Product) -> None:
    crm, link = await ready(product)
    theirs = replace(link, id=LinkId(str(uuid4())))
    row = await crm.ensure_association(theirs)  # the server makes the location, as it does for Microsoft's button
    places = await crm.list_locations(link.record)
    assert await crm.ensure_association(link) == row
    if places:
        assert await crm.ensure_location(link) == places[0].id
    assert len(await crm.list_associations(link.record)) == 1


async def test_a_private_channel_keeps_its_own_site(product: Product) -> None:
    person = await product.consented("Claire")
    crm = product.crm(person)
    link = await a_link(product, person, await a_record(crm), "Négociations")
    await crm.ensure_location(link)
    await crm.ensure_association(link)
    place = (await crm.list_locations(link.record))[0]
    assert unquote(place.address).rstrip("/").casefold() == folder_address(link).rstrip("/").casefold()
    assert (await crm.list_associations(link.record))[0].channel_kind is ChannelKind.PRIVATE


Ensure = Callable[[DataverseCrm, Link], Awaitable[RowId]]


async def ensure_location(crm: DataverseCrm, link: Link) -> RowId:
    return await crm.ensure_location(link)


async def ensure_association(crm: DataverseCrm, link: Link) -> RowId:
    return await crm.ensure_association(link)


async def ensure_note(crm: DataverseCrm, link: Link) -> RowId:
    return await crm.ensure_note(link, "connected", "Connected", "To the channel")


MAKING: list[tuple[Ensure, str]] = [
    (ensure_location, "sharepointsites"),
    (ensure_location, "sharepointdocumentlocations"),
    (ensure_association, "msdyn_teamscollaborations"),
    (ensure_note, "annotations"),
]


@pytest.mark.parametrize(("ensure", "rows"), MAKING)
@pytest.mark.parametrize(
    ("phase", "action"),
    [
        ("after", {"reset": True}),
        ("before", {"reset": True}),
        ("after", {"status": 500}),
        ("after", {"status": 503}),
        ("after", {"status": 504}),
    ],
)
async def test_a_row_whose_answer_was_lost_exists_once(
    product: Product, tenant: Tenant, ensure: Ensure, rows: str, phase: str, action: Mapping[str, Any]
) -> None:
    crm, link = await ready(product)
    await (await raw(product)).read(Call("GET", "/WhoAmI", Subject("x"), repeatable=True))
    tenant.fail("PATCH", f"/api/data/v9.2/{rows}(*)", phase, action)
    row = await ensure(crm, link)
    assert tenant.faults_met() == 1
    assert await ensure(crm, link) == row
    assert len(await crm.list_associations(link.record)) <= 1
    assert len(await crm.list_locations(link.record)) <= 1
    notes = [note for note in await crm.list_notes(link.record) if note.subject == "Connected"]
    assert len(notes) <= 1


async def test_a_foreign_row_under_our_id_is_not_taken_for_ours(product: Product) -> None:
    crm, link = await ready(product)
    await crm.ensure_association(link)
    other = replace(link, regarding=await a_record(crm), evidence=replace(link.evidence, channel=link.evidence.channel))
    with pytest.raises(RecordChanged):
        await crm.ensure_association(other)


async def test_a_site_row_under_our_id_with_another_address_is_not_taken_for_ours(product: Product) -> None:
    crm, link = await ready(product)
    client = await raw(product)
    ids = {"row": site_row_id(link.environment, link.evidence.site_address)}
    body = {"name": "Elsewhere", "absoluteurl": "https://elsewhere.example/sites/x", "servicetype": 0}
    await client.send(Call("PATCH", "/sharepointsites({row})", Subject("sharepointsite"), ids, body=body))
    if any(site.detail == link.evidence.site_address for site in (await crm.gather_readiness()).sites):
        pytest.skip("the seed has a row for that site")
    with pytest.raises(RecordChanged):
        await crm.ensure_location(link)


async def test_notes_are_made_once_for_each_kind_and_listed_newest_first(product: Product) -> None:
    crm, link = await ready(product)
    await crm.ensure_note(link, "connected", "Connected", "<b>To</b> the channel")
    await crm.ensure_note(link, "connected", "Connected", "again")
    second = await crm.ensure_note(link, "disconnected-2", "Disconnected", "Élodie's words")
    notes = [note for note in await crm.list_notes(link.record) if note.subject in {"Connected", "Disconnected"}]
    assert {(note.subject, note.text, note.author) for note in notes} == {
        ("Connected", "<b>To</b> the channel", "Claire Fontaine"),
        ("Disconnected", "Élodie's words", "Claire Fontaine"),
    }
    assert [note.at for note in notes] == sorted((note.at for note in notes), reverse=True)
    await crm.remove_note(second)
    await crm.remove_note(second)
    assert second not in [note.id for note in await crm.list_notes(link.record)]


async def test_removing_what_is_gone_is_done(product: Product, tenant: Tenant) -> None:
    crm, link = await ready(product)
    association, location = await crm.ensure_association(link), await crm.ensure_location(link)
    tenant.fail("DELETE", "/api/data/v9.2/**", "after", {"reset": True})
    await crm.remove_association(association)
    await crm.remove_association(association)
    await crm.remove_location(location)
    await crm.remove_location(location)
    assert await crm.list_associations(link.record) == ()
    assert location not in [place.id for place in await crm.list_locations(link.record)]


@pytest.mark.statement("S19")
async def test_a_table_without_document_management_is_named(product: Product) -> None:
    person = await product.consented("Nadia")
    crm = product.crm(person)
    tables = await crm.list_tables([TableName(name) for name in ("contact", "task", "campaign", "competitor")])
    table = next(table for table in tables if not table.document_management)
    link = await a_link(product, await product.consented("Claire"), await a_record(crm, table.name))
    with pytest.raises(DocumentManagementOff) as raised:
        await crm.ensure_location(replace(link, acting=person))
    assert raised.value.table == table.plural


async def test_what_is_not_a_record_has_no_rows(product: Product) -> None:
    crm = product.crm(await product.person("Claire"))
    broken = RecordRef(product.environments[0].key, OPPORTUNITY, RowId("x' or 1 eq 1"))
    for listing in (crm.list_associations, crm.list_locations, crm.list_notes):
        with pytest.raises(RecordUnknown):
            await listing(broken)


async def test_a_right_that_is_missing_is_named(product: Product) -> None:
    """A service agent may read opportunities of nobody in the sales environment, nor write rows for them."""
    _, link = await ready(product)
    sofia = product.crm(await product.person("Sofia"))
    with pytest.raises(PrivilegeMissing) as raised:
        await sofia.read_record(link.record)
    assert raised.value.table == OPPORTUNITY
    assert raised.value.privilege.lower() == "prvreadopportunity"


async def test_a_channel_knows_everything_that_is_tied_to_it(product: Product) -> None:
    crm, link = await ready(product)
    before = await crm.list_channel_associations(link.evidence.channel)
    await crm.ensure_location(link)
    row = await crm.ensure_association(link)
    found = await crm.list_channel_associations(link.evidence.channel)
    assert {one.id for one in found} == {*(one.id for one in before), row}
    assert next(one for one in found if one.id == row).regarding == link.regarding
    assert await crm.list_channel_associations(ChannelId("19:nobody's@thread.tacv2")) == ()
