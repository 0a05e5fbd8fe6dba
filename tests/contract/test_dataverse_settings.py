"""The environment's switches: reading, saving, and everything that stands in the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from liaison.dataverse.client import Call, DataverseClient
from liaison.dataverse.errors import Subject
from liaison.domain.readiness import CheckState, Deployment, Switches, judge_readiness
from liaison.errors import AnswerLost, PrerequisitesUnmet, PrivilegeMissing, SettingsChanged, UpstreamRefused
from tests.contract.product import Product
from tests.contract.tenant_process import Tenant

pytestmark = pytest.mark.anyio

ORGANIZATION = "/api/data/v9.2/organizations(*)"


async def administrator(product: Product) -> DataverseClient:
    """The Web API itself, as Nadia, for arranging what a test needs."""
    nadia = await product.person("Nadia")
    place = product.environments[0]
    return DataverseClient(product.transport, place, product.tokens.bearer(nadia, place.address))


async def change(client: DataverseClient, rows: str, row: str, **values: Any) -> None:
    ids = {"set": rows, "row": row}
    await client.send(Call("PATCH", "/{set}({row})", Subject(rows, row), ids, body=values, headers={"if-match": "*"}))


async def change_organization(client: DataverseClient, **values: Any) -> None:
    who = await client.read(Call("GET", "/WhoAmI", Subject("organization"), repeatable=True))
    await change(client, "organizations", who.text("OrganizationId"), **values)


async def unready(product: Product, tenant: Tenant) -> None:
    """Basic off, SharePoint not configured in the server's eyes, OneDrive on."""
    client = await administrator(product)
    await change_organization(client, ismsteamsenabled=False, isonedriveenabled=True)
    tenant.switch(**{"dataverse__sharepoint_configured__contoso-sales": False})


async def test_switches_are_saved_together_and_come_back(product: Product) -> None:
    crm = product.crm(await product.person("Nadia"))
    now = await crm.read_switches()
    wanted = replace(now, basic=not now.basic, enhanced=not now.enhanced, user_sync=not now.user_sync)
    saved = await crm.save_switches(wanted)
    assert (saved.basic, saved.enhanced, saved.user_sync) == (wanted.basic, wanted.enhanced, wanted.user_sync)
    assert saved.version != now.version
    assert saved.changed_by == "Nadia Benali"
    assert await crm.read_switches() == saved


async def test_a_save_over_somebody_elses_is_refused_and_names_them(product: Product) -> None:
    nadia = product.crm(await product.person("Nadia"))
    marc = product.crm(await product.person("Marc"))
    seen = await nadia.read_switches()
    await marc.save_switches(replace(await marc.read_switches(), enhanced=not seen.enhanced))
    with pytest.raises(SettingsChanged) as raised:
        await nadia.save_switches(replace(seen, basic=not seen.basic))
    assert raised.value.by == "Marc Lefèvre"
    assert (await nadia.read_switches()).basic == seen.basic


@pytest.mark.statement("S09")
async def test_only_administrators_may_save(product: Product) -> None:
    crm = product.crm(await product.person("Claire"))
    now = await crm.read_switches()
    with pytest.raises(PrivilegeMissing) as raised:
        await crm.save_switches(replace(now, basic=not now.basic))
    assert raised.value.privilege.lower() == "prvwriteorganization"


@pytest.mark.parametrize(
    ("phase", "action"), [("after", {"reset": True}), ("after", {"status": 503}), ("after", {"status": 500})]
)
async def test_a_save_whose_answer_was_lost_is_looked_up(
    product: Product, tenant: Tenant, phase: str, action: Mapping[str, Any]
) -> None:
    crm = product.crm(await product.person("Nadia"))
    now = await crm.read_switches()
    tenant.fail("PATCH", ORGANIZATION, phase, action)
    saved = await crm.save_switches(replace(now, enhanced=not now.enhanced))
    assert saved.enhanced is not now.enhanced
    assert tenant.faults_met() == 1


async def test_a_save_that_did_not_take_place_is_not_claimed(product: Product, tenant: Tenant) -> None:
    crm = product.crm(await product.person("Nadia"))
    now = await crm.read_switches()
    tenant.fail("PATCH", ORGANIZATION, "before", {"reset": True})
    with pytest.raises(AnswerLost):
        await crm.save_switches(replace(now, enhanced=not now.enhanced))
    assert await crm.read_switches() == now


async def test_the_seed_is_ready(product: Product) -> None:
    facts = await product.crm(await product.person("Nadia")).gather_readiness()
    assert facts.deployment is Deployment.ONLINE
    assert facts.sharepoint_configured
    assert facts.solution_present
    assert all(row.kind == "site" and row.detail for row in facts.sites)


@pytest.mark.statement("S11", "S12", "S13", "S14")
async def test_every_cause_is_named_with_its_rows(product: Product, tenant: Tenant) -> None:
    await unready(product, tenant)
    crm = product.crm(await product.person("Nadia"))
    facts = await crm.gather_readiness()
    with pytest.raises(PrerequisitesUnmet) as raised:
        await crm.save_switches(replace(await crm.read_switches(), basic=True))
    refused = raised.value
    assert refused.service_code == "800503ca"
    assert "readiness.onedrive_enabled" in refused.findings
    assert ("readiness.active_site" in refused.findings) == bool(facts.sites)
    assert ("readiness.absolute_location" in refused.findings) == bool(facts.absolute_locations)
    assert {row.id for row in facts.sites} <= {row.id for row in refused.rows}
    assert not (await crm.read_switches()).basic


@pytest.mark.statement("S12", "S13", "S14")
async def test_causes_are_harmless_while_sharepoint_is_configured(product: Product) -> None:
    client = await administrator(product)
    await change_organization(client, ismsteamsenabled=False, isonedriveenabled=True)
    body = {"name": "Elsewhere", "absoluteurl": "https://contoso.sharepoint.com/sites/x/y", "servicetype": 0}
    await client.send(Call("POST", "/sharepointdocumentlocations", Subject("location"), body=body))
    crm = product.crm(await product.person("Nadia"))
    facts = await crm.gather_readiness()
    assert (facts.onedrive_enabled, bool(facts.sites), bool(facts.absolute_locations)) == (True, True, True)
    assert {check.state for check in judge_readiness(facts)} == {CheckState.MET, CheckState.NOT_APPLICABLE}
    assert (await crm.save_switches(replace(await crm.read_switches(), basic=True))).basic


@pytest.mark.statement("S12", "S13", "S14")
async def test_an_environment_without_sharepoint_lists_what_stands_in_the_way_and_nothing_harmless(
    product: Product,
) -> None:
    crm = product.crm(await product.person("Nadia"), environment=1)
    facts = await crm.gather_readiness()
    assert not facts.sharepoint_configured
    assert [site.name for site in facts.sites] == ["Service client"]  # "Archives" is deactivated
    assert len(facts.absolute_locations) == 2
    with pytest.raises(PrerequisitesUnmet) as raised:
        await crm.save_switches(replace(await crm.read_switches(), basic=True))
    assert raised.value.findings == (
        "readiness.onedrive_enabled",
        "readiness.active_site",
        "readiness.absolute_location",
    )


@pytest.mark.statement("S12", "S13", "S14")
async def test_curing_every_cause_lets_the_switch_go_on(product: Product, tenant: Tenant) -> None:
    await unready(product, tenant)
    crm, client = product.crm(await product.person("Nadia")), await administrator(product)
    facts = await crm.gather_readiness()
    await change_organization(client, isonedriveenabled=False)
    for site in facts.sites:
        await change(client, "sharepointsites", site.id, statecode=1, statuscode=2)
    for location in facts.absolute_locations:
        ids = {"row": location.id}
        await client.send(Call("DELETE", "/sharepointdocumentlocations({row})", Subject("location"), ids))
    assert (await crm.save_switches(replace(await crm.read_switches(), basic=True))).basic


@pytest.mark.statement("S15")
async def test_an_environment_on_premises_says_so(product: Product) -> None:
    client = await administrator(product)
    await change_organization(client, ismsteamsenabled=False)
    await change_organization(client, sharepointdeploymenttype=1)
    crm = product.crm(await product.person("Nadia"))
    assert (await crm.gather_readiness()).deployment is Deployment.ON_PREMISES
    with pytest.raises(UpstreamRefused) as raised:
        await crm.save_switches(replace(await crm.read_switches(), basic=True))
    assert "on-premises" in raised.value.reason


async def test_nothing_else_of_the_organization_is_touched(product: Product) -> None:
    client = await administrator(product)
    call = Call("GET", "/organizations", Subject("organization"), repeatable=True)
    before = (await client.read(call)).list("value")[0]
    crm = product.crm(await product.person("Nadia"))
    now = await crm.read_switches()
    await crm.save_switches(Switches(not now.basic, now.enhanced, now.user_sync, now.version))
    after = (await client.read(call)).list("value")[0]
    changed = {name for name in after.names() if _shown(before, name) != _shown(after, name)}
    assert changed - {"@odata.etag", "modifiedon", "versionnumber", "_modifiedby_value"} <= {
        "ismsteamsenabled",
        "ismsteamssettingchangedbyuser",
    }


def _shown(row: Any, name: str) -> str:
    return str(row.member(name).as_shown())
