"""Examples of the Dataverse contract, section 6: what SharePoint integration means for sites, locations and Teams."""

from __future__ import annotations

import pytest

from tests.local_tenant import LocalTenant
from tests.tenant.crm_client import Crm, crm
from tests.tenant.examples.dataverse_shapes import EMPTY, refused, shown


@pytest.fixture
def service(tenant: LocalTenant) -> Crm:
    """The environment where SharePoint is not configured."""
    return crm(tenant, service=True)


def organization(client: Crm) -> str:
    return f"organizations({client.get('WhoAmI')['OrganizationId']})"


def test_6_2_a_chain_of_locations_has_one_address(tenant: LocalTenant) -> None:
    client = crm(tenant)
    site = client.create(
        "sharepointsites", {"name": "Default", "absoluteurl": "https://contoso.sharepoint.com/sites/d"}
    )
    library = client.create("sharepointdocumentlocations", {
        "name": "Documents on Default Site 1", "relativeurl": "account",
        "parentsiteorlocation_sharepointsite@odata.bind": f"/sharepointsites({site})",
    })  # fmt: skip
    account = client.create("accounts", {"name": "Northwind"})
    folder = client.create("sharepointdocumentlocations", {
        "name": "Documents on Default Site 1", "relativeurl": f"Northwind_{account.replace('-', '').upper()}",
        "parentsiteorlocation_sharepointdocumentlocation@odata.bind": f"/sharepointdocumentlocations({library})",
        "regardingobjectid_account@odata.bind": f"/accounts({account})",
    })  # fmt: skip
    path = f"sharepointdocumentlocations({folder})/Microsoft.Dynamics.CRM.RetrieveAbsoluteAndSiteCollectionUrl()"
    assert client.get(path)["AbsoluteUrl"] == (
        f"https://contoso.sharepoint.com/sites/d/account/Northwind_{account.replace('-', '').upper()}"
    )
    row = client.get(f"sharepointdocumentlocations({folder})?$select=parentsiteorlocationtypecode,locationtype")
    assert (row["parentsiteorlocationtypecode"], row["locationtype"]) == ("sharepointdocumentlocation", 0)


def test_6_4_the_three_queries_show_the_causes(service: Crm) -> None:
    assert service.rows("organizations?$select=isonedriveenabled")[0]["isonedriveenabled"] is True
    assert service.names("sharepointsites?$select=name,absoluteurl,statecode&$filter=statecode eq 0") == [
        "Service client"
    ]
    assert service.names(
        "sharepointdocumentlocations?$select=name,absoluteurl&$filter=absoluteurl ne null&$orderby=name"
    ) == ["Dossier 1", "Dossier 2"]


def test_6_4_each_cause_alone_gives_the_same_code_and_its_cure_helps(service: Crm) -> None:
    body, place = {"ismsteamsenabled": True}, organization(service)
    assert service.error("PATCH", place, body)[:2] == (400, "0x800503ca")
    service.patch(place, {"isonedriveenabled": False})
    assert service.error("PATCH", place, body)[:2] == (400, "0x800503ca")
    site = service.rows("sharepointsites?$select=name&$filter=statecode eq 0")[0]["sharepointsiteid"]
    service.patch(f"sharepointsites({site})", {"statecode": 1, "statuscode": 2})
    assert service.error("PATCH", place, body)[:2] == (400, "0x800503ca")
    for row in service.rows("sharepointdocumentlocations?$select=name&$filter=absoluteurl ne null"):
        service.delete(f"sharepointdocumentlocations({row['sharepointdocumentlocationid']})")
    assert shown(service, service.call("PATCH", place, body)) == {
        **EMPTY, "odata-entityid": "{root}/organizations(<id>)",
    }  # fmt: skip


def test_6_4_on_premises_has_its_own_message(service: Crm) -> None:
    place = organization(service)
    service.patch(place, {"sharepointdeploymenttype": 1})
    assert shown(service, service.call("PATCH", place, {"ismsteamsenabled": True})) == refused(
        400,
        "0x80040265",
        "You cannot enable Microsoft Teams integration since the environment is integrated with SharePoint on-premises",
    )


def test_6_4_the_default_sites_validation_follows_the_switch(tenant: LocalTenant) -> None:
    client = crm(tenant)
    query = "sharepointsites?$select=validationstatus,validationstatuserrorcode&$filter=isdefault eq true"

    def status() -> tuple[int, int]:
        row = client.rows(query)[0]
        return row["validationstatus"], row["validationstatuserrorcode"]

    assert status() == (4, 2)
    tenant.switch(**{"dataverse.sharepoint_configured.contoso-sales": False})
    assert status() == (1, 1)
    tenant.switch(**{"dataverse.sharepoint_configured.contoso-sales": True})
    assert status() == (4, 2)


def test_6_5_a_table_without_document_management_has_no_lookup_from_locations(tenant: LocalTenant) -> None:
    client = crm(tenant)
    contact = client.create("contacts", {"lastname": "X"})
    answer = client.call("POST", "sharepointdocumentlocations",
                         {"name": "L", "regardingobjectid_contact@odata.bind": f"/contacts({contact})"})  # fmt: skip
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "0x80048d19")
    assert "undeclared property 'regardingobjectid_contact'" in answer.json()["error"]["message"]
