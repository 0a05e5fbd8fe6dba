"""The Documents grid: virtual rows from the libraries that locations name."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import quoteattr

import pytest

from tests.local_tenant import LocalTenant
from tests.tenant.crm_client import Crm, crm
from tests.tenant.test_dataverse_collaboration import link, locations
from tests.tenant.test_dataverse_security import northwind

COLUMNS = (
    "documentid", "fullname", "title", "author", "relativelocation", "absoluteurl", "readurl", "editurl", "locationid",
    "locationname", "servicetype", "filetype", "iconclassname", "ischeckedout", "modified", "sharepointmodifiedby",
    "sharepointcreatedon", "sharepointdocumentid",
)  # fmt: skip


def grid(record: str, *conditions: tuple[str, str], table: str = "opportunity", size: int = 100, page: int = 1) -> str:
    """The query of Microsoft's grid."""
    attributes = "".join(f'<attribute name="{name}"/>' for name in COLUMNS)
    extra = "".join(
        f"<condition attribute={quoteattr(name)} operator='eq' value={quoteattr(value)}/>" for name, value in conditions
    )
    return (
        f'<fetch distinct="false" page="{page}" count="{size}" returntotalrecordcount="true">'
        f'<entity name="sharepointdocument">{attributes}<order attribute="relativelocation" descending="false"/>'
        f'<filter><condition attribute="isrecursivefetch" operator="eq" value="0"/>{extra}</filter>'
        f'<link-entity name="{table}" from="{table}id" to="regardingobjectid" alias="rec"><filter>'
        f'<condition attribute="{table}id" operator="eq" value="{record}"/></filter></link-entity></entity></fetch>'
    )


def channel(tenant: LocalTenant, client: Crm, team: str, name: str) -> dict[str, Any]:
    """The columns of a link that say where a seeded channel keeps its files."""
    from liaison.tenant.estate import channels, files, sites
    from liaison.tenant.seeds.company import stable_guid

    def find(estate: Any) -> dict[str, Any]:
        site = sites.find_group_site(estate, stable_guid("team", team))
        assert site is not None
        found = next(
            one for one in channels.list_channels(estate, stable_guid("team", team)) if one.display_name == name
        )
        folder = files.find_child(estate, files.root_item(estate, sites.default_drive(estate, site.id)), name)
        assert folder is not None
        return {
            "msdyn_teamsiteurl": sites.site_address(estate, site),
            "msdyn_channelfolderrelativeurl": files.server_relative_path(estate, folder),
            "msdyn_channelid": found.id,
            "msdyn_channelname": name,
            "msdyn_teamname": team,
        }

    return tenant.ask(find)


@pytest.fixture
def linked(tenant: LocalTenant) -> Crm:
    """Claire, whose deal is linked to the Contract channel of the Northwind team."""
    claire = crm(tenant, "Claire")
    deal = northwind(claire)
    claire.create("msdyn_teamscollaborations", link(deal, **channel(tenant, claire, "northwind", "Contract")))
    return claire


def names(client: Crm, xml: str) -> list[str]:
    return [row["fullname"] for row in client.fetch("sharepointdocuments", xml)["value"]]


def test_a_linked_record_shows_the_files_of_the_channel(linked: Crm) -> None:
    deal = northwind(linked)
    (place,) = locations(linked, deal)
    answer = linked.fetch(
        "sharepointdocuments",
        grid(deal, ("locationid", place["sharepointdocumentlocationid"])),
        Prefer='odata.include-annotations="*"',
    )
    assert answer["@Microsoft.Dynamics.CRM.totalrecordcount"] == 2
    folder, agreement = answer["value"]
    assert (folder["fullname"], folder["filetype"], folder["iconclassname"]) == ("Annexes", "folder", "icfolder")
    assert agreement["fullname"] == "Master agreement.pdf"
    assert agreement["relativelocation"] == "Master agreement.pdf"
    assert agreement["locationname"] == "northwind - Contract"
    assert agreement["servicetype"] == 3
    assert agreement["servicetype@OData.Community.Display.V1.FormattedValue"] == "MS Teams"
    assert agreement["author"] == "Claire Fontaine"
    assert agreement["absoluteurl"].endswith("/Shared%20Documents/Contract/Master%20agreement.pdf")
    assert agreement["ischeckedout"] is False


def test_inside_a_folder(linked: Crm) -> None:
    deal = northwind(linked)
    (place,) = locations(linked, deal)
    one = ("locationid", place["sharepointdocumentlocationid"])
    found = linked.fetch("sharepointdocuments", grid(deal, one, ("relativelocation", "Annexes")))["value"]
    assert [row["relativelocation"] for row in found] == [
        "Annexes/Annexe 1 – Services.docx",
        "Annexes/Annexe 2 – Tarifs.xlsx",
    ]
    assert names(linked, grid(deal, one, ("relativelocation", "Nothing"))) == []


def test_all_locations_are_consolidated(linked: Crm) -> None:
    """The default site's folder and the channel together."""
    deal = northwind(linked)
    assert names(linked, grid(deal)) == [
        "Annexes",
        "Master agreement.pdf",
        "Northwind renewal – offer.pdf",
        "Northwind renewal – résumé.docx",
    ]
    assert names(linked, grid(deal, ("servicetype", "0"))) == [
        "Northwind renewal – offer.pdf",
        "Northwind renewal – résumé.docx",
    ]


def test_everything_below_at_once(linked: Crm) -> None:
    deal = northwind(linked)
    xml = grid(deal).replace('operator="eq" value="0"', 'operator="eq" value="1"')
    assert "Annexe 1 – Services.docx" in names(linked, xml)


def test_pages_of_documents(linked: Crm) -> None:
    deal = northwind(linked)
    first = linked.fetch("sharepointdocuments", grid(deal, size=3), Prefer='odata.include-annotations="*"')
    second = linked.fetch("sharepointdocuments", grid(deal, size=3, page=2), Prefer='odata.include-annotations="*"')
    assert (len(first["value"]), first["@Microsoft.Dynamics.CRM.morerecords"]) == (3, True)
    assert (len(second["value"]), second["@Microsoft.Dynamics.CRM.morerecords"]) == (1, False)


def test_who_is_not_in_the_team_sees_only_other_locations(linked: Crm, tenant: LocalTenant) -> None:
    hugo = crm(tenant, "Hugo")
    deal = northwind(hugo)
    assert names(hugo, grid(deal)) == ["Northwind renewal – offer.pdf", "Northwind renewal – résumé.docx"]
    (place,) = locations(hugo, deal)
    xml = grid(deal, ("locationid", place["sharepointdocumentlocationid"]))
    from urllib.parse import quote

    assert hugo.error("GET", f"sharepointdocuments?fetchXml={quote(xml)}") == (
        403,
        "0x8005032a",
        (
            "You don't have permissions to view files in this location. Contact your Microsoft Teams owner or"
            " SharePoint administrator for access."
        ),
    )


def test_who_may_not_read_the_record_sees_no_files(linked: Crm, tenant: LocalTenant) -> None:
    from urllib.parse import quote

    sofia = crm(tenant, "Sofia")
    xml = quote(grid(northwind(linked)))
    assert sofia.error("GET", f"sharepointdocuments?fetchXml={xml}")[0] == 403


def test_a_blocked_device_gets_nothing(linked: Crm, tenant: LocalTenant) -> None:
    from urllib.parse import quote

    tenant.switch(graph__unmanaged_devices="block")
    xml = quote(grid(northwind(linked)))
    assert linked.error("GET", f"sharepointdocuments?fetchXml={xml}")[:2] == (401, "0x8005032a")


def test_documents_by_odata(linked: Crm) -> None:
    deal = northwind(linked)
    rows = linked.rows(f"sharepointdocuments?$select=fullname,isfolder&$filter=_regardingobjectid_value eq {deal}")
    assert {row["fullname"]: row["isfolder"] for row in rows} == {
        "Northwind renewal – offer.pdf": False,
        "Northwind renewal – résumé.docx": False,
        "Annexes": True,
        "Master agreement.pdf": False,
    }
    assert linked.error("GET", "sharepointdocuments")[:2] == (400, "0x80060888")


def test_a_question_without_record_is_refused(linked: Crm) -> None:
    from urllib.parse import quote

    xml = '<fetch><entity name="sharepointdocument"><attribute name="fullname"/></entity></fetch>'
    assert linked.error("GET", f"sharepointdocuments?fetchXml={quote(xml)}")[:2] == (400, "0x80040203")


def test_documents_have_no_rows_to_write(linked: Crm) -> None:
    assert linked.error("POST", "sharepointdocuments", {"fullname": "x"})[:2] == (400, "0x80040800")
