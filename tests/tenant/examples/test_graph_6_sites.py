"""Section 6 of the Graph contract: sites, lists, columns, and sites opened to single applications."""

from __future__ import annotations

from liaison.tenant.seeds.company import APPLICATION_APP_ID
from tests.local_tenant import LocalTenant
from tests.tenant.examples.graph_shapes import answered, error, plain
from tests.tenant.graph_client import VENTES, application, person

SITE = "/sites/contoso.sharepoint.com:/sites/VentesEurope"
LIST = f"/groups/{VENTES}/sites/root/lists/documents"
SITES = "Sites.Manage.All Sites.Read.All Files.ReadWrite.All Group.Read.All"


def seen(answer: object, tenant: LocalTenant) -> object:
    """The answer without the port of this run."""
    port = tenant.http.rpartition(":")[2]
    return plain(answer, tenant, {f"localhost:{port}": "HOST"})


def test_a_site_is_found_by_its_path_6_7(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    assert seen(claire.get(SITE), tenant) == {
        "@odata.context": "ORIGIN/v1.0/$metadata#sites/$entity",
        "id": "contoso.sharepoint.com,GUID,GUID",
        "createdDateTime": "TIME",
        "lastModifiedDateTime": "TIME",
        "name": "VentesEurope",
        "displayName": "Ventes Europe",
        "description": "",
        "webUrl": "ORIGIN/sites/VentesEurope",
        "root": {},
        "siteCollection": {"hostname": "HOST"},
    }
    assert (
        claire.get(SITE) == claire.get(f"/groups/{VENTES}/sites/root") == claire.get(f"/sites/{claire.get(SITE)['id']}")
    )
    assert seen(claire.get("/sites/root")["displayName"], tenant) == "Contoso"


def test_sites_are_malformed_unknown_closed_or_locked_6_7(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    assert answered(claire.call("GET", "/sites/nonsense"), tenant) == error(
        400, "invalidRequest", "Provided identifier is malformed - site collection id is not valid"
    )
    assert answered(claire.call("GET", "/sites/contoso.sharepoint.com:/sites/none"), tenant) == error(
        404, "itemNotFound", "Requested site could not be found"
    )
    assert answered(person(tenant, "Sofia").call("GET", SITE), tenant) == error(403, "accessDenied", "Access denied")
    tenant.switch(graph__locked_sites=["/sites/VentesEurope"])
    assert answered(claire.call("GET", f"{SITE}:/drive"), tenant) == error(423, "resourceLocked", "The site is locked.")
    tenant.switch(graph__locked_sites=None, graph__read_only_sites=["/sites/VentesEurope"])
    assert claire.call("GET", f"{SITE}:/drive").status_code == 200
    assert answered(claire.call("PUT", f"{SITE}:/drive/root:/a.txt:/content", content=b"x"), tenant) == error(
        423, "resourceLocked", "The site is read-only."
    )


def test_lists_and_drives_of_a_site_are_told_6_7(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    assert seen(claire.get(f"{SITE}:/lists"), tenant) == {
        "@odata.context": "ORIGIN/v1.0/$metadata#sites('contoso.sharepoint.com,GUID,GUID')/lists",
        "value": [
            {
                "id": "GUID",
                "createdDateTime": "TIME",
                "lastModifiedDateTime": "TIME",
                "name": "Shared Documents",
                "displayName": "Documents",
                "description": "",
                "webUrl": "ORIGIN/sites/VentesEurope/Shared%20Documents",
                "parentReference": {"siteId": "contoso.sharepoint.com,GUID,GUID"},
                "list": {"contentTypesEnabled": False, "hidden": False, "template": "documentLibrary"},
            }
        ],
    }
    assert (
        claire.get(f"{LIST}/drive")["id"]
        == claire.get(f"{SITE}:/drive")["id"]
        == claire.get(f"{SITE}:/drives")["value"][0]["id"]
    )


def test_a_file_is_an_item_of_its_list_with_fields_6_7(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire", SITES + " Sites.ReadWrite.All")
    path = f"{SITE}:/drive/root:/General:/listItem"
    item = claire.get(f"{path}?$expand=fields($select=FileLeafRef,ContentType)")
    number = item["id"]
    told = seen({**item, "id": "N", "fields": {**item["fields"]}}, tenant)
    assert sorted(told) == [
        "@odata.context",
        "@odata.etag",
        "contentType",
        "createdBy",
        "createdDateTime",
        "eTag",
        "fields",
        "id",
        "lastModifiedBy",
        "lastModifiedDateTime",
        "parentReference",
        "webUrl",
    ]
    assert (told["contentType"]["name"], {name: value for name, value in told["fields"].items() if name[0] != "@"}) == (
        "Folder",
        {"FileLeafRef": "General", "ContentType": "Folder"},
    )
    assert claire.get(f"{LIST}/items/{number}")["id"] == number
    assert claire.get(f"{LIST}/items/{number}/driveItem")["name"] == "General"
    fields = claire.patch(f"{path}/fields", {"Title": "Everything"})
    assert (fields["Title"], fields["FileLeafRef"]) == ("Everything", "General")
    assert answered(claire.call("PATCH", f"{path}/fields", {"Colour": "red"}), tenant) == error(
        400, "invalidRequest", "Field 'Colour' is not recognized"
    )
    found = claire.get(f"{LIST}/items?$filter=fields/Title eq 'Everything'&$expand=fields")["value"]
    assert [one["fields"]["FileLeafRef"] for one in found] == ["General"]


def test_columns_are_added_and_written_6_7(tenant: LocalTenant) -> None:
    nadia = person(tenant, "Claire", SITES + " Sites.ReadWrite.All")
    body = {"name": "Record", "text": {"maxLength": 40}, "displayName": "Record"}
    made = nadia.call("POST", f"{LIST}/columns", body)
    assert answered(made, tenant) == (
        201,
        {
            "@odata.context": (
                "ORIGIN/v1.0/$metadata#sites('contoso.sharepoint.com,GUID,GUID')/lists('GUID')/columns/$entity"
            ),
            "columnGroup": "Custom Columns",
            "description": "",
            "displayName": "Record",
            "enforceUniqueValues": False,
            "hidden": False,
            "indexed": False,
            "readOnly": False,
            "required": False,
            "name": "Record",
            "text": {"maxLength": 40},
            "id": "GUID",
        },
    )
    assert answered(nadia.call("POST", f"{LIST}/columns", body), tenant) == error(
        409, "nameAlreadyExists", "The specified name 'Record' already exists."
    )
    path = f"{SITE}:/drive/root:/General:/listItem/fields"
    assert nadia.patch(path, {"Record": "4711"})["Record"] == "4711"
    assert [one["name"] for one in nadia.get(f"{LIST}/columns")["value"]][-1] == "Record"
    assert answered(nadia.call("DELETE", f"{LIST}/columns/{made.json()['id']}"), tenant) == (204, None)


def test_a_library_is_made_as_a_list_6_7(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire", SITES)
    body = {"displayName": "Contracts", "list": {"template": "documentLibrary"}}
    made = claire.call("POST", f"{SITE}:/lists", body)
    assert (made.status_code, made.json()["displayName"], made.json()["list"]) == (
        201,
        "Contracts",
        {"contentTypesEnabled": False, "hidden": False, "template": "documentLibrary"},
    )
    assert answered(claire.call("POST", f"{SITE}:/lists", body), tenant) == error(
        409, "nameAlreadyExists", "A list with this name already exists."
    )
    assert [one["name"] for one in claire.get(f"{SITE}:/drives")["value"]] == ["Documents", "Contracts"]


def test_a_site_is_opened_to_one_application_6_7(tenant: LocalTenant) -> None:
    admin, selected = application(tenant, "Sites.FullControl.All"), application(tenant, "Sites.Selected")
    assert answered(selected.call("GET", f"{SITE}:/drive"), tenant) == error(403, "accessDenied", "Access denied")
    body = {
        "roles": ["read"],
        "grantedToIdentities": [{"application": {"id": APPLICATION_APP_ID, "displayName": "Nightly"}}],
    }
    made = admin.call("POST", f"{SITE}:/permissions", body)
    told = made.json()
    assert (made.status_code, told["roles"], plain(told["grantedToIdentitiesV2"], tenant)) == (
        201,
        ["read"],
        [{"application": {"displayName": "Nightly", "id": "GUID"}}],
    )
    assert selected.call("GET", f"{SITE}:/drive").status_code == 200
    assert answered(selected.call("PUT", f"{SITE}:/drive/root:/a.txt:/content", content=b"x"), tenant) == error(
        403, "accessDenied", "Access denied"
    )
    assert admin.patch(f"{SITE}:/permissions/{told['id']}", {"roles": ["write"]})["roles"] == ["write"]
    assert selected.call("PUT", f"{SITE}:/drive/root:/a.txt:/content", content=b"x").status_code == 201
    assert answered(admin.call("DELETE", f"{SITE}:/permissions/{told['id']}"), tenant) == (204, None)
    assert selected.call("GET", f"{SITE}:/drive").status_code == 403


def test_sites_are_searched_by_name_6_7(tenant: LocalTenant) -> None:
    assert [one["name"] for one in person(tenant, "Claire").get("/sites?search=ventes")["value"]] == [
        "VentesEurope",
        "VentesEurope-Negociations",
    ]
