"""Mending prerequisites, switching tables, and what somebody may do, against the tenant's Web API."""

from __future__ import annotations

from typing import Any

import pytest

from liaison.dataverse.client import Call, DataverseClient
from liaison.dataverse.errors import Subject
from liaison.domain.names import EnvironmentKey, RecordRef, RowId, TableName
from liaison.domain.readiness import judge_readiness, unmet
from liaison.errors import (
    ConsentNotGranted,
    LinkingNotInstalled,
    PersonUnknown,
    RecordUnknown,
    TableUnknown,
    UpstreamRefused,
)
from tests.contract.product import Product

pytestmark = pytest.mark.anyio

SERVICE = 1
"""Contoso Service: SharePoint is not configured there, and all three causes of 800503ca hold."""

RENEWAL = RecordRef(
    EnvironmentKey("contoso-sales"), TableName("opportunity"), RowId("8c5ec5f2-ab66-5801-9aaa-000000000001")
)


async def api(product: Product, environment: int) -> DataverseClient:
    """The Web API itself, as Nadia, for looking at what became of the rows."""
    nadia = await product.person("Nadia")
    place = product.environments[environment]
    return DataverseClient(product.transport, place, product.tokens.bearer(nadia, place.address))


async def read_rows(client: DataverseClient, rows: str, **query: str) -> list[dict[str, Any]]:
    asked = {f"${name}": value for name, value in query.items()}
    call = Call("GET", "/{set}", Subject(rows), {"set": rows}, asked, repeatable=True)
    return [row.untamed for row in await client.list_rows(call)]  # type: ignore[misc]


async def test_the_three_causes_are_counted_and_mended_one_by_one(product: Product) -> None:
    crm = product.crm(await product.person("Nadia"), SERVICE)
    facts = await crm.gather_readiness()
    assert facts.onedrive_enabled
    assert facts.site_count == len(facts.sites) > 0
    assert facts.absolute_location_count == len(facts.absolute_locations) > 0
    assert facts.clock_skew_s is not None
    assert abs(facts.clock_skew_s) < 5

    await crm.set_onedrive(on=False)
    for site in facts.sites:
        await crm.set_site_active(RowId(site.id), active=False)
    for location in facts.absolute_locations:
        await crm.remove_location(RowId(location.id))
    assert unmet(judge_readiness(await crm.gather_readiness())) == ()


async def test_a_list_is_cut_where_asked_and_its_count_is_not(product: Product) -> None:
    for name in ("First", "Second"):
        client = await api(product, 0)
        body = {"name": name, "absoluteurl": f"https://contoso.sharepoint.com/sites/{name}"}
        await client.send(Call("POST", "/{set}", Subject("site"), {"set": "sharepointsites"}, body=body))
    crm = product.crm(await product.person("Nadia"))
    facts = await crm.gather_readiness(1)
    everything = await crm.gather_readiness(100_000)
    assert len(facts.sites) == 1
    assert facts.site_count == len(everything.sites) == everything.site_count > 1


async def test_a_deleted_location_is_put_back_as_it_was(product: Product) -> None:
    crm = product.crm(await product.person("Nadia"), SERVICE)
    client = await api(product, SERVICE)
    location = (await crm.gather_readiness()).absolute_locations[0]
    lookups = "_regardingobjectid_value,_parentsiteorlocation_value"
    columns = f"name,description,absoluteurl,relativeurl,servicetype,{lookups}"
    one = {"filter": f"sharepointdocumentlocationid eq {location.id}", "select": columns}
    before = await read_rows(client, "sharepointdocumentlocations", **one)

    content = await crm.read_location_content(RowId(location.id))
    await crm.remove_location(RowId(location.id))
    assert await read_rows(client, "sharepointdocumentlocations", **one) == []
    with pytest.raises(RecordUnknown):
        await crm.read_location_content(RowId(location.id))

    await crm.restore_location(RowId(location.id), content)
    await crm.restore_location(RowId(location.id), content)
    after = await read_rows(client, "sharepointdocumentlocations", **one)
    for rows in (before, after):
        rows[0].pop("@odata.etag")
    assert after == before


async def test_a_deactivated_site_is_activated_again(product: Product) -> None:
    crm = product.crm(await product.person("Nadia"), SERVICE)
    site = (await crm.gather_readiness()).sites[0]
    await crm.set_site_active(RowId(site.id), active=False)
    assert site not in (await crm.gather_readiness()).sites
    await crm.set_site_active(RowId(site.id), active=True)
    assert site in (await crm.gather_readiness()).sites


async def test_a_custom_table_is_switched_on_with_its_documents(product: Product) -> None:
    product.tenant.switch(dataverse__teams_flag_delay_s=0)
    crm = product.crm(await product.person("Nadia"))
    states = {state.table.name: state for state in await crm.list_table_states()}
    custom = next(state for state in states.values() if state.is_custom and not state.table.collaboration)
    assert custom.can_be_switched
    assert not custom.is_default
    name = custom.table.name

    await crm.turn_on_documents(name)
    assert (await crm.read_table_state(name)).table.document_management
    assert await crm.set_teams_status([name], on=True) == (name,)
    assert (await crm.read_table_state(name)).table.collaboration
    assert await crm.set_teams_status([name], on=False) == (name,)
    assert not (await crm.read_table_state(name)).table.collaboration


async def test_turning_documents_on_changes_nothing_else_of_the_table(product: Product) -> None:
    crm = product.crm(await product.person("Nadia"))
    client = await api(product, 0)
    states = await crm.list_table_states()
    custom = next(state for state in states if state.is_custom and not state.table.document_management)
    path = "/EntityDefinitions(LogicalName='{table}')"
    call = Call("GET", path, Subject("entity"), {"table": custom.table.name}, repeatable=True)
    before = (await client.read(call)).untamed
    await crm.turn_on_documents(custom.table.name)
    after = (await client.read(call)).untamed
    assert isinstance(before, dict)
    assert isinstance(after, dict)
    changed = {name for name in before if before[name] != after[name]}
    assert changed - {"ModifiedOn"} == {"IsDocumentManagementEnabled"}


async def test_the_service_says_yes_to_a_table_that_it_never_switches(product: Product) -> None:
    crm = product.crm(await product.person("Nadia"))
    name = TableName("activityparty")
    assert not (await crm.read_table_state(name)).can_be_switched
    assert await crm.set_teams_status([name], on=True) == (name,)
    assert not (await crm.read_table_state(name)).table.collaboration


async def test_a_table_that_is_not_there_is_named(product: Product) -> None:
    crm = product.crm(await product.person("Nadia"))
    with pytest.raises(TableUnknown):
        await crm.read_table_state(TableName("liaison_nothing"))


async def test_without_the_solution_tables_cannot_be_switched(product: Product) -> None:
    crm = product.crm(await product.person("Nadia"))
    answer = {"status": 404, "code": "0x8006088a", "message": "Resource not found for the segment"}
    product.tenant.fail("POST", "/api/data/v9.2/msdyn_SetTeamsDocumentStatus", "before", answer)
    with pytest.raises(LinkingNotInstalled):
        await crm.set_teams_status([TableName("account")], on=True)


async def test_somebody_is_found_by_name_and_by_sign_in_name(product: Product) -> None:
    crm = product.crm(await product.person("Nadia"))
    claire = await product.person("Claire")
    by_name, by_upn, by_id = [await crm.find_person(asked) for asked in (claire.name, claire.upn, claire.id)]
    assert by_name == by_upn == by_id
    assert by_name.name == claire.name
    assert not by_name.is_system_administrator
    with pytest.raises(PersonUnknown):
        await crm.find_person("nobody' or 1 eq 1 or name eq '")


async def test_rights_and_privileges_of_somebody_else(product: Product) -> None:
    crm = product.crm(await product.person("Nadia"))
    claire = await crm.find_person((await product.person("Claire")).upn)
    assert await crm.list_missing_privileges(claire.id) == ()
    assert await crm.can_read(claire.id, RENEWAL)
    apps = await crm.list_apps_of(claire.id)
    assert "msdynce_saleshub" in {app.unique_name for app in apps}


async def test_policies_for_devices_cannot_be_read_without_the_permission(product: Product) -> None:
    people = product.people(await product.person("Nadia"))
    assert await people.list_device_policies() is None


async def test_plans_of_somebody_else_take_a_permission(product: Product) -> None:
    people = product.people(await product.consented("Nadia"))
    hugo = await product.person("Hugo")
    with pytest.raises((ConsentNotGranted, UpstreamRefused)):
        await people.list_plans_of(hugo.upn)
