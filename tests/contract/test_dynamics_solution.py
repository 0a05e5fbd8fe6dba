"""The Dynamics 365 solution imported into an environment, published, and its components read back."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from uuid import uuid4

import httpx2
import pytest

from liaison.domain.packages import Issuer, PackageForm, manifest_id
from liaison.shipping.dynamics import build_dynamics_package, list_resources
from liaison.tenant.seeds import company
from liaison.text.lookup import load_texts
from tests.contract.product import Product
from tests.contract.tenant_process import Tenant

pytestmark = [pytest.mark.anyio, pytest.mark.statement("F75")]

ADDRESS = "https://liaison.contoso.example"
ISSUER = Issuer(
    ADDRESS,
    company.DELEGATED_APP_ID,
    manifest_id(company.DELEGATED_APP_ID),
    "Contoso",
    f"{ADDRESS}/help/privacy",
    f"{ADDRESS}/help/terms",
)
TEXTS = load_texts()


@pytest.fixture
async def dataverse(product: Product, tenant: Tenant) -> Iterator[httpx2.Client]:
    """The Web API as the System Administrator."""
    nadia = await product.consented("Nadia")
    place = product.environments[0]
    token = await product.tokens.bearer(nadia, place.address)()
    headers = {"Authorization": f"Bearer {token}"}
    with httpx2.Client(base_url=f"{place.address}/api/data/v9.2", headers=headers, timeout=30.0) as client:
        yield client


def import_solution(dataverse: httpx2.Client, content: bytes) -> httpx2.Response:
    body = {
        "OverwriteUnmanagedCustomizations": True,
        "PublishWorkflows": True,
        "CustomizationFile": base64.b64encode(content).decode(),
        "ImportJobId": str(uuid4()),
    }
    return dataverse.post("/ImportSolution", json=body)


def rows(dataverse: httpx2.Client, query: str) -> list[dict[str, object]]:
    return list(dataverse.get(query).raise_for_status().json()["value"])


@pytest.mark.parametrize("form", list(PackageForm))
async def test_the_solution_is_imported_published_and_read_back(dataverse: httpx2.Client, form: PackageForm) -> None:
    package = build_dynamics_package(ISSUER, TEXTS, form)
    import_solution(dataverse, package.content).raise_for_status()
    dataverse.post("/PublishAllXml").raise_for_status()
    select = "$select=friendlyname,version,ismanaged,solutionid&$expand=publisherid($select=customizationprefix)"
    solution = rows(dataverse, f"/solutions?$filter=uniquename eq 'Liaison'&{select}")[0]
    assert (solution["friendlyname"], solution["version"]) == ("Liaison", package.version)
    assert solution["ismanaged"] is (form is PackageForm.MANAGED)
    found = rows(
        dataverse,
        "/webresourceset?$filter=startswith(name,'liaison_/')&$select=webresourceid,name,webresourcetype,content",
    )
    expected = {one.name: one for one in list_resources(ISSUER, TEXTS)}
    assert {one["name"] for one in found} == set(expected)
    for one in found:
        made = expected[str(one["name"])]
        assert base64.b64decode(str(one["content"])) == made.content
        assert (one["webresourcetype"], one["webresourceid"]) == (made.kind, str(made.id))
    where = f"/solutioncomponents?$filter=_solutionid_value eq {solution['solutionid']}&$select=componenttype,objectid"
    kinds = [one["componenttype"] for one in rows(dataverse, where)]
    assert sorted(kinds) == [50, *[61] * len(expected)]
    commands = {one["command"] for one in rows(dataverse, "/ribboncommands?$select=command")}
    assert {"liaison.Form.Collaborate.Command", "liaison.HomepageGrid.Collaborate.Command"} <= commands


async def test_importing_again_changes_nothing_and_a_lower_version_is_refused(dataverse: httpx2.Client) -> None:
    package = build_dynamics_package(ISSUER, TEXTS, PackageForm.UNMANAGED)
    for _ in range(2):
        import_solution(dataverse, package.content).raise_for_status()
    assert len(rows(dataverse, "/webresourceset?$filter=startswith(name,'liaison_/')&$select=name")) == 6
    newer = build_dynamics_package(ISSUER, TEXTS, PackageForm.UNMANAGED, "7.0.999999.0")
    import_solution(dataverse, newer.content).raise_for_status()
    assert import_solution(dataverse, package.content).status_code == 400
