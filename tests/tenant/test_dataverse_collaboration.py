"""Enabling Teams for the environment, and what the server does when records are linked."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local_tenant import LocalTenant
from tests.tenant.crm_client import Crm, crm
from tests.tenant.test_dataverse_security import give_role, northwind, take_roles

ON_PREMISES = (
    "You cannot enable Microsoft Teams integration since the environment is integrated with SharePoint on-premises"
)


def organization(client: Crm) -> str:
    return f"organizations({client.rows('organizations?$select=name')[0]['organizationid']})"


def enable(client: Crm) -> tuple[int, str]:
    """Status and code of switching the Basic toggle on."""
    answer = client.call("PATCH", organization(client), {"ismsteamsenabled": True})
    return (204, "") if answer.status_code == 204 else (answer.status_code, answer.json()["error"]["code"])


def clear_causes(client: Crm) -> None:
    """Take every cause of 800503ca out of Contoso Service."""
    client.patch(organization(client), {"isonedriveenabled": False})
    for site in client.rows("sharepointsites?$select=name&$filter=statecode eq 0"):
        client.patch(f"sharepointsites({site['sharepointsiteid']})", {"statecode": 1, "statuscode": 2})
    for place in client.rows("sharepointdocumentlocations?$select=name&$filter=absoluteurl ne null"):
        client.delete(f"sharepointdocumentlocations({place['sharepointdocumentlocationid']})")


@pytest.mark.statement("S12")
@pytest.mark.statement("S13")
@pytest.mark.statement("S14")
def test_the_service_environment_shows_all_three_causes(tenant: LocalTenant) -> None:
    client = crm(tenant, service=True)
    assert client.rows("organizations?$select=isonedriveenabled")[0]["isonedriveenabled"] is True
    sites = client.rows("sharepointsites?$select=name,absoluteurl,statecode&$orderby=name")
    assert [(site["name"], site["statecode"]) for site in sites] == [("Archives", 1), ("Service client", 0)]
    places = client.rows("sharepointdocumentlocations?$select=name,absoluteurl&$filter=absoluteurl ne null")
    assert len(places) == 2
    status, code, message = client.error("PATCH", organization(client), {"ismsteamsenabled": True})
    assert (status, code) == (400, "0x800503ca")
    assert "SharePoint integration isn't configured" in message
    assert client.rows("organizations?$select=ismsteamsenabled")[0]["ismsteamsenabled"] is False


@pytest.mark.statement("S12")
def test_onedrive_alone_is_cause_enough(tenant: LocalTenant) -> None:
    client = crm(tenant, service=True)
    clear_causes(client)
    client.patch(organization(client), {"isonedriveenabled": True})
    assert enable(client) == (400, "0x800503ca")
    client.patch(organization(client), {"isonedriveenabled": False})
    assert enable(client) == (204, "")


@pytest.mark.statement("S13")
def test_an_active_site_alone_is_cause_enough(tenant: LocalTenant) -> None:
    client = crm(tenant, service=True)
    clear_causes(client)
    site = client.create("sharepointsites", {"name": "One more", "absoluteurl": "https://contoso.sharepoint.com/x"})
    assert enable(client) == (400, "0x800503ca")
    client.patch(f"sharepointsites({site})", {"statecode": 1, "statuscode": 2})
    assert enable(client) == (204, "")


@pytest.mark.statement("S14")
def test_an_absolute_location_alone_is_cause_enough(tenant: LocalTenant) -> None:
    client = crm(tenant, service=True)
    clear_causes(client)
    place = client.create("sharepointdocumentlocations", {"name": "Abs", "absoluteurl": "https://x.example/a"})
    assert enable(client) == (400, "0x800503ca")
    client.delete(f"sharepointdocumentlocations({place})")
    assert enable(client) == (204, "")


def test_the_cause_may_be_removed_in_the_same_write(tenant: LocalTenant) -> None:
    client = crm(tenant, service=True)
    clear_causes(client)
    client.patch(organization(client), {"isonedriveenabled": True})
    client.patch(organization(client), {"isonedriveenabled": False, "ismsteamsenabled": True})


def test_with_sharepoint_configured_the_causes_do_not_matter(tenant: LocalTenant) -> None:
    client = crm(tenant)
    assert len(client.rows("sharepointsites?$filter=isdefault eq true and statecode eq 0")) == 1
    client.patch(organization(client), {"isonedriveenabled": True})
    assert enable(client) == (204, "")


def test_configuring_sharepoint_is_a_switch_of_the_environment(tenant: LocalTenant) -> None:
    tenant.control.post("/_control/switches", json={"dataverse.sharepoint_configured.contoso-sales": False})
    assert enable(crm(tenant)) == (400, "0x800503ca")
    tenant.control.post("/_control/switches", json={"dataverse.sharepoint_configured.contoso-service": True})
    assert enable(crm(tenant, service=True)) == (204, "")


@pytest.mark.statement("S15")
def test_on_premises_has_its_own_message(tenant: LocalTenant) -> None:
    client = crm(tenant)
    client.patch(organization(client), {"sharepointdeploymenttype": 1})
    assert client.error("PATCH", organization(client), {"ismsteamsenabled": True}) == (400, "0x80040265", ON_PREMISES)


def test_switching_off_and_other_settings_are_never_refused(tenant: LocalTenant) -> None:
    client = crm(tenant, service=True)
    client.patch(organization(client), {"ismsteamsenabled": False, "ismsteamssettingchangedbyuser": True})


TEAM_SITE = "https://contoso.sharepoint.com/sites/Contosodeal"


def link(record: str, **more: Any) -> dict[str, Any]:
    """The body of the public write-up on linking by a flow."""
    return {
        "msdyn_groupid": "0b9f0c3e-1111-4222-8333-0123456789ab",
        "msdyn_tenantid": "7a1d0000-0000-4000-8000-000000000001",
        "msdyn_teamid": "19:abc@thread.tacv2",
        "msdyn_teamname": "Contoso deal",
        "msdyn_channelid": "19:def@thread.tacv2",
        "msdyn_channelname": "General",
        "msdyn_channeltype": "Standard",
        "msdyn_teamsiteurl": TEAM_SITE,
        "msdyn_channelfolderrelativeurl": "/sites/Contosodeal/Shared Documents/General",
        "regardingobjectid": record,
        "regardingobjecttypename": "opportunity",
        "regardingobjecttypecode": 3,
        **more,
    }


def locations(client: Crm, record: str) -> list[dict[str, Any]]:
    return client.rows(
        "sharepointdocumentlocations?$select=name,relativeurl,servicetype,_parentsiteorlocation_value,_ownerid_value"
        f"&$filter=_regardingobjectid_value eq {record} and servicetype eq 3"
    )


def test_linking_a_record_makes_site_and_location(tenant: LocalTenant) -> None:
    claire = crm(tenant, "Claire")
    deal = northwind(claire)
    made = claire.create("msdyn_teamscollaborations", link(deal))
    row = claire.get(f"msdyn_teamscollaborations({made})?$select=msdyn_teamname,regardingobjectid,statecode,statuscode")
    assert (row["msdyn_teamname"], row["regardingobjectid"]) == ("Contoso deal", deal)
    assert (row["statecode"], row["statuscode"]) == (0, 1)
    (place,) = locations(claire, deal)
    assert (place["name"], place["relativeurl"]) == ("Contoso deal - General", "Shared Documents/General")
    assert place["_ownerid_value"] == claire.user_id()
    site = claire.get(f"sharepointsites({place['_parentsiteorlocation_value']})?$select=absoluteurl,servicetype,name")
    assert (site["absoluteurl"], site["servicetype"], site["name"]) == (TEAM_SITE, 3, "Contoso deal")
    answer = claire.get(
        f"sharepointdocumentlocations({place['sharepointdocumentlocationid']})"
        "/Microsoft.Dynamics.CRM.RetrieveAbsoluteAndSiteCollectionUrl()"
    )
    assert answer == {
        "@odata.context": f"{claire.root}/$metadata"
        "#Microsoft.Dynamics.CRM.RetrieveAbsoluteAndSiteCollectionUrlResponse",
        "AbsoluteUrl": f"{TEAM_SITE}/Shared Documents/General",
        "SiteCollectionUrl": "",
    }


def test_a_second_channel_adds_a_location_and_reuses_the_site(tenant: LocalTenant) -> None:
    claire = crm(tenant, "Claire")
    deal = northwind(claire)
    claire.create("msdyn_teamscollaborations", link(deal))
    second = "/sites/Contosodeal/Shared Documents/Contrat"
    claire.create("msdyn_teamscollaborations", link(deal, msdyn_channelfolderrelativeurl=second))
    found = locations(claire, deal)
    assert {place["relativeurl"] for place in found} == {"Shared Documents/General", "Shared Documents/Contrat"}
    assert len({place["_parentsiteorlocation_value"] for place in found}) == 1


@pytest.mark.parametrize(
    "own",
    [
        {"absoluteurl": f"{TEAM_SITE}/Shared%20Documents/general/"},
        {"relativeurl": "Shared Documents/General", "site": TEAM_SITE},
    ],
)
def test_an_equal_location_is_not_doubled(tenant: LocalTenant, own: dict[str, str]) -> None:
    """Whoever made it, and however it is written."""
    claire = crm(tenant, "Claire")
    deal = northwind(claire)
    body: dict[str, Any] = {
        "name": "Ours",
        "servicetype": 3,
        "regardingobjectid_opportunity@odata.bind": f"/opportunities({deal})",
        **{name: value for name, value in own.items() if name != "site"},
    }
    if "site" in own:
        site = claire.create("sharepointsites", {"name": "Ours", "absoluteurl": own["site"], "servicetype": 3})
        body["parentsiteorlocation_sharepointsite@odata.bind"] = f"/sharepointsites({site})"
    claire.create("sharepointdocumentlocations", body)
    claire.create("msdyn_teamscollaborations", link(deal))
    claire.create("msdyn_teamscollaborations", link(deal))
    assert [place["name"] for place in locations(claire, deal)] == ["Ours"]


def test_private_channels_have_their_own_site(tenant: LocalTenant) -> None:
    claire = crm(tenant, "Claire")
    deal = northwind(claire)
    folder = "/sites/Contosodeal-Prive/Shared Documents/Privé"
    body = link(deal, msdyn_channeltype="Private", msdyn_channelfolderrelativeurl=folder)
    claire.create("msdyn_teamscollaborations", body)
    (place,) = locations(claire, deal)
    site = claire.get(f"sharepointsites({place['_parentsiteorlocation_value']})?$select=absoluteurl")
    assert site["absoluteurl"] == "https://contoso.sharepoint.com/sites/Contosodeal-Prive"
    assert place["relativeurl"] == "Shared Documents/Privé"


def test_a_table_without_document_management_gets_no_location(tenant: LocalTenant) -> None:
    claire = crm(tenant, "Claire")
    contact = claire.rows("contacts?$select=fullname&$top=1")[0]["contactid"]
    body = link(contact, regardingobjecttypename="contact", regardingobjecttypecode=2)
    claire.create("msdyn_teamscollaborations", body)
    assert locations(claire, contact) == []
    bind = {"name": "x", "relativeurl": "x", "regardingobjectid_contact@odata.bind": f"/contacts({contact})"}
    assert claire.error("POST", "sharepointdocumentlocations", bind)[:2] == (400, "0x80048d19")


@pytest.mark.parametrize("code", [1039, 4230])
def test_views_are_linked_by_code_and_have_no_location(tenant: LocalTenant, code: int) -> None:
    claire = crm(tenant, "Claire")
    view = claire.rows("savedqueries?$select=name&$filter=name eq 'My Open Opportunities'")[0]["savedqueryid"]
    claire.create("msdyn_teamscollaborations", link(view, regardingobjecttypecode=code))
    found = claire.rows(
        f"msdyn_teamscollaborations?$filter=regardingobjectid eq {view} and regardingobjecttypecode eq {code}"
        "&$select=msdyn_channelname"
    )
    assert [row["msdyn_channelname"] for row in found] == ["General"]
    assert locations(claire, view) == []


@pytest.mark.parametrize(
    "column",
    ["regardingobjectid", "regardingobjecttypename", "msdyn_teamid", "msdyn_channelid", "msdyn_teamsiteurl",
     "msdyn_channelfolderrelativeurl"],
)  # fmt: skip
def test_required_columns_of_a_link(tenant: LocalTenant, column: str) -> None:
    claire = crm(tenant, "Claire")
    body = link(northwind(claire))
    del body[column]
    assert claire.error("POST", "msdyn_teamscollaborations", body) == (
        400,
        "0x80040203",
        f"Attribute: {column} cannot be set to NULL",
    )


def test_the_type_code_is_optional_in_metadata_and_needed_in_practice(tenant: LocalTenant) -> None:
    claire = crm(tenant, "Claire")
    body = link(northwind(claire))
    del body["regardingobjecttypecode"]
    assert claire.error("POST", "msdyn_teamscollaborations", body) == (
        400,
        "0x80040203",
        "Required field 'regardingobjecttypecode' is missing.",
    )
    level = claire.get(
        "EntityDefinitions(LogicalName='msdyn_teamscollaboration')"
        "/Attributes(LogicalName='regardingobjecttypecode')?$select=RequiredLevel"
    )
    assert level["RequiredLevel"]["Value"] == "None"
    assert (
        claire.error("POST", "msdyn_teamscollaborations", link(northwind(claire), regardingobjecttypecode=77))[0] == 400
    )


def test_linking_takes_the_rights_on_site_and_location(tenant: LocalTenant) -> None:
    nadia, sofia = crm(tenant), crm(tenant, "Sofia")
    case = sofia.rows("incidents?$select=title&$top=1")[0]["incidentid"]
    body = link(case, regardingobjecttypename="incident", regardingobjecttypecode=112)
    assert sofia.create("msdyn_teamscollaborations", body)
    user = sofia.user_id()
    take_roles(nadia, user)
    give_role(nadia, user, "Service Trainee")
    status, code, message = sofia.error("POST", "msdyn_teamscollaborations", {**body, "msdyn_channelid": "19:x"})
    assert (status, code) == (403, "0x80040220")
    assert "is missing prvCreateSharePointSite privilege" in message
    assert len(nadia.rows(f"msdyn_teamscollaborations?$filter=regardingobjectid eq {case}")) == 1


def test_a_link_to_a_missing_record_leaves_nothing(tenant: LocalTenant) -> None:
    claire = crm(tenant, "Claire")
    nobody = "00000000-0000-0000-0000-0000000000aa"
    assert claire.error("POST", "msdyn_teamscollaborations", link(nobody)) == (
        404,
        "0x80040217",
        f"opportunity With Id = {nobody} Does Not Exist",
    )
    assert claire.rows(f"msdyn_teamscollaborations?$filter=regardingobjectid eq {nobody}") == []
    assert claire.rows(f"sharepointsites?$filter=absoluteurl eq '{TEAM_SITE}'") == []


def test_deleting_a_link_leaves_its_location(tenant: LocalTenant) -> None:
    claire = crm(tenant, "Claire")
    deal = northwind(claire)
    made = claire.create("msdyn_teamscollaborations", link(deal))
    claire.delete(f"msdyn_teamscollaborations({made})")
    assert len(locations(claire, deal)) == 1


def test_a_link_can_be_made_once_by_its_own_id(tenant: LocalTenant) -> None:
    """The replay-safe form: our own id, and create only."""
    claire = crm(tenant, "Claire")
    own = "eeeeeeee-0000-4000-8000-000000000001"
    path = f"msdyn_teamscollaborations({own})"
    deal = northwind(claire)
    claire.patch(path, link(deal), If_None_Match="*")
    assert claire.error("PATCH", path, link(deal), If_None_Match="*")[:2] == (412, "0x80040237")
    assert len(locations(claire, deal)) == 1


def test_links_survive_the_record(tenant: LocalTenant) -> None:
    nadia = crm(tenant)
    deal = nadia.create("opportunities", {"name": "Short-lived"})
    made = nadia.create("msdyn_teamscollaborations", link(deal))
    nadia.delete(f"opportunities({deal})")
    assert nadia.get(f"msdyn_teamscollaborations({made})?$select=regardingobjectid")["regardingobjectid"] == deal
    assert locations(nadia, deal) == []


def test_one_default_site(tenant: LocalTenant) -> None:
    nadia = crm(tenant)
    made = nadia.create(
        "sharepointsites", {"name": "New default", "absoluteurl": "https://x.example", "isdefault": True}
    )
    defaults = nadia.rows("sharepointsites?$select=name&$filter=isdefault eq true")
    assert [row["sharepointsiteid"] for row in defaults] == [made]


def test_addresses_of_chains(tenant: LocalTenant) -> None:
    nadia = crm(tenant)
    site = nadia.create(
        "sharepointsites", {"name": "S", "absoluteurl": "https://contoso.sharepoint.com/", "isgridpresent": True}
    )
    below = nadia.create(
        "sharepointsites", {"name": "B", "relativeurl": "sites/x", "parentsite@odata.bind": f"/sharepointsites({site})"}
    )
    library = nadia.create(
        "sharepointdocumentlocations",
        {
            "name": "L",
            "relativeurl": "account",
            "parentsiteorlocation_sharepointsite@odata.bind": f"/sharepointsites({below})",
        },
    )
    folder = nadia.create(
        "sharepointdocumentlocations",
        {
            "name": "F",
            "relativeurl": "Folder A",
            "parentsiteorlocation_sharepointdocumentlocation@odata.bind": f"/sharepointdocumentlocations({library})",
        },
    )
    row = nadia.get(f"sharepointdocumentlocations({folder})?$select=parentsiteorlocationtypecode")
    assert row["parentsiteorlocationtypecode"] == "sharepointdocumentlocation"
    ask = "Microsoft.Dynamics.CRM.RetrieveAbsoluteAndSiteCollectionUrl()"
    answer = nadia.get(f"sharepointdocumentlocations({folder})/{ask}")
    assert answer["AbsoluteUrl"] == "https://contoso.sharepoint.com/sites/x/account/Folder A"
    assert nadia.get(f"sharepointsites({below})/{ask}")["AbsoluteUrl"] == "https://contoso.sharepoint.com/sites/x"
    nadia.delete(f"sharepointsites({site})")
    assert nadia.call("GET", f"sharepointdocumentlocations({folder})").status_code == 404
