"""Files and folders: addressing, tags, conflicts, downloads, moves, copies, sharing, permissions on them."""

from __future__ import annotations

import base64
import re
from typing import Any

import httpx2
import pytest

from liaison.tenant.estate import files
from tests.local_tenant import LocalTenant
from tests.tenant.graph_client import NORTHWIND, SUPPORT, VENTES, Graph, application, person


@pytest.fixture
def claire(tenant: LocalTenant) -> Graph:
    return person(tenant, "Claire")


@pytest.fixture
def drive(claire: Graph) -> str:
    return str(claire.get(f"/groups/{VENTES}/drive")["id"])


@pytest.fixture
def folder(claire: Graph, drive: str) -> str:
    """The address of an empty folder."""
    root = f"/drives/{drive}/root/children"
    return f"/drives/{drive}/items/{claire.post(root, {'name': 'Essai', 'folder': {}})['id']}"


def put(graph: Graph, address: str, content: bytes, **headers: str) -> dict[str, Any]:
    answer = graph.call("PUT", address, content=content, headers={"Content-Type": "text/plain", **headers})
    assert answer.status_code in (200, 201), answer.text
    return dict(answer.json())


def test_a_file_is_told_whole(claire: Graph, tenant: LocalTenant, drive: str, folder: str) -> None:
    item = put(claire, f"{folder}:/plan v2.txt:/content", b"hello")
    guid = re.fullmatch(r'"\{([0-9A-F-]{36})\},1"', item["eTag"])
    assert guid is not None
    stamp = item["createdDateTime"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", stamp)
    download = item.pop("@microsoft.graph.downloadUrl")
    assert download.startswith(f"{tenant.http}/_layouts/15/download.aspx?UniqueId={guid.group(1).lower()}")
    me = tenant.person("Claire")
    author = {
        "user": {"@odata.type": "#microsoft.graph.emailIdentity", "id": me.id, "displayName": "Claire Fontaine",
                 "email": "claire.fontaine@contoso.com"},
        "application": {"id": tenant.app("delegated")["client_id"], "displayName": "Liaison"},
    }  # fmt: skip
    parent = claire.get(folder)
    assert item == {
        "@odata.context": f"{tenant.http}/v1.0/$metadata#drives('{drive.replace('!', '%21')}')/items/$entity",
        "id": item["id"],
        "name": "plan v2.txt",
        "size": 5,
        "eTag": item["eTag"],
        "cTag": f'"c:{{{guid.group(1)}}},1"',
        "createdDateTime": stamp,
        "lastModifiedDateTime": stamp,
        "createdBy": author,
        "lastModifiedBy": author,
        "webUrl": f"{tenant.http}/sites/VentesEurope/Shared%20Documents/Essai/plan%20v2.txt",
        "parentReference": {"driveId": drive, "driveType": "documentLibrary", "id": parent["id"], "name": "Essai",
                            "path": f"/drives/{drive}/root:/Essai", "siteId": parent["parentReference"]["siteId"]},
        "fileSystemInfo": {"createdDateTime": stamp, "lastModifiedDateTime": stamp},
        "file": {"mimeType": "text/plain", "hashes": {"quickXorHash": "aCgDG9jwBgAAAAAABQAAAAAAAAA="}},
        "shared": {"scope": "users"},
    }  # fmt: skip
    assert re.fullmatch(r"01[A-Z2-7]{32}", item["id"])


def test_office_files_open_in_a_viewer_and_folders_have_no_content_tag(claire: Graph, tenant: LocalTenant) -> None:
    item = claire.get(
        f"/groups/{VENTES}/drive/root:/Grands comptes/Northwind/Devis révisé.xlsx?$select=webUrl,webDavUrl"
    )
    assert re.match(
        rf"{tenant.http}/sites/VentesEurope/_layouts/15/Doc\.aspx\?sourcedoc=%7B[0-9A-F-]{{36}}%7D&file=Devis",
        item["webUrl"],
    )
    assert item["webDavUrl"].endswith("/Shared%20Documents/Grands%20comptes/Northwind/Devis%20r%C3%A9vis%C3%A9.xlsx")
    found = tenant.ask(lambda estate: files.find_item_by_url(estate, item["webUrl"]))
    assert found is not None
    assert found.name == "Devis révisé.xlsx"
    folder = claire.get(f"/groups/{VENTES}/drive/root:/Grands comptes")
    assert ("cTag" in folder, folder["folder"]) == (False, {"childCount": 2})


@pytest.mark.parametrize(
    "address",
    [
        "/drives/{drive}/root:/Grands comptes/Northwind",
        "/drives/{drive}/root:/grands%20comptes/NORTHWIND:",
        "/drives/{drive}/items/root%3A%2FGrands%20comptes%2FNorthwind%3A",
        "/drives('{drive}')/items/root:/Grands comptes:/",
        "/groups/{team}/drive/root:/Grands comptes/Northwind",
        "/sites/localhost:/sites/VentesEurope:/drive/root:/Grands comptes/Northwind",
        "/sites/contoso.sharepoint.com:/sites/VentesEurope:/drive/root:/Grands comptes/Northwind",
        "/sites/getByPath(path='/sites/VentesEurope')/drive/root:/Grands comptes/Northwind",
        "/groups/{team}/sites/root/drive/root:/Grands comptes/Northwind",
    ],
)
def test_an_item_is_addressed_in_many_ways(claire: Graph, drive: str, address: str) -> None:
    found = claire.get(address.format(drive=drive, team=VENTES))
    assert found["name"] in ("Northwind", "Grands comptes")


def test_unknown_items_and_drives_are_not_found(claire: Graph, drive: str) -> None:
    assert claire.refused("GET", f"/drives/{drive}/items/01NOPE") == (
        404,
        "itemNotFound",
        "The resource could not be found.",
    )
    assert claire.refused("GET", f"/drives/{drive}/root:/nowhere/x.txt")[:2] == (404, "itemNotFound")
    assert claire.refused("GET", "/drives/b!nope/root")[:2] == (404, "itemNotFound")


def test_children_are_paged_ordered_and_selected(claire: Graph, drive: str, folder: str) -> None:
    for name in ("b.txt", "a.txt", "C.txt"):
        put(claire, f"{folder}:/{name}:/content", name.encode() * (3 if name == "a.txt" else 1))
    first = claire.get(f"{folder}/children?$top=2&$select=id,name")
    assert [item["name"] for item in first["value"]] == ["a.txt", "b.txt"]
    assert set(first["value"][0]) == {"id", "name"}
    second = claire.get(first["@odata.nextLink"])
    assert [item["name"] for item in second["value"]] == ["C.txt"]
    assert "@odata.nextLink" not in second
    by_size = claire.get(f"{folder}/children?$orderby=size desc")["value"]
    assert by_size[0]["name"] == "a.txt"
    assert claire.refused("GET", f"{folder}/children?$orderby=colour")[:2] == (400, "invalidRequest")
    assert claire.refused("GET", f"{folder}/children?$filter=size gt 1")[:2] == (400, "invalidRequest")
    named = claire.get(f"{folder}/children?$filter=name eq 'b.txt'&$top=1")["value"]
    assert [item["name"] for item in named] == ["b.txt"]
    assert claire.get(f"{folder}/children?$filter=folder ne null")["value"] == []
    expanded = claire.get(f"{folder}?$expand=children")
    assert len(expanded["children"]) == 3
    assert claire.refused("GET", f"{folder}?$expand=permissions")[:2] == (400, "invalidRequest")


def test_unknown_names_are_passed_over_without_the_dollar_sign(claire: Graph, folder: str) -> None:
    found = claire.get(f"{folder}?select=id,driveId,shareId,name")
    assert {name for name in found if not name.startswith("@")} == {"id", "name"}
    assert claire.refused("GET", f"{folder}?$select=id,driveId")[:2] == (400, "invalidRequest")
    assert claire.refused("GET", "/me?select=shoeSize")[0] == 400


def test_a_folder_is_made_once(claire: Graph, folder: str) -> None:
    body = {"name": "Sub", "folder": {}, "@microsoft.graph.conflictBehavior": "fail"}
    assert claire.post(f"{folder}/children", body)["name"] == "Sub"
    taken = (409, "nameAlreadyExists", "The specified item name already exists.")
    assert claire.refused("POST", f"{folder}/children", body) == taken
    assert claire.refused("POST", f"{folder}/children", body | {"name": "SUB"}) == taken
    assert (
        claire.refused("POST", f"{folder}/children", body | {"@microsoft.graph.conflictBehavior": "replace"}) == taken
    )
    renamed = body | {"@microsoft.graph.conflictBehavior": "rename"}
    assert claire.post(f"{folder}/children", renamed)["name"] == "Sub 1"
    assert claire.refused("POST", f"{folder}/children", {"name": "x.txt", "file": {}})[0] == 400


@pytest.mark.parametrize(
    "name",
    ['a"b', "a*b", "a<b", "a|b", " a", "a ", "CON", "com1.txt", ".lock", "desktop.ini", "~$a.docx", "x_vti_y", "a.",
     "a" * 256],
)  # fmt: skip
def test_names_that_sharepoint_forbids_are_refused(claire: Graph, folder: str, name: str) -> None:
    body = {"name": name, "folder": {}}
    assert claire.refused("POST", f"{folder}/children", body)[:2] == (400, "invalidRequest")


def test_writing_content_creates_replaces_or_fails_as_asked(claire: Graph, folder: str) -> None:
    address = f"{folder}:/a.txt:/content"
    first = claire.call("PUT", address, content=b"1")
    second = claire.call("PUT", address, content=b"22")
    assert (first.status_code, second.status_code, second.json()["size"]) == (201, 200, 2)
    assert second.json()["id"] == first.json()["id"]
    assert second.json()["cTag"] != first.json()["cTag"]
    behaviour = "?@microsoft.graph.conflictBehavior="
    assert claire.refused("PUT", f"{address}{behaviour}fail", content=b"3")[:2] == (409, "nameAlreadyExists")
    assert put(claire, f"{address}{behaviour}rename", b"4")["name"] == "a 1.txt"
    by_id = claire.call("PUT", f"{folder.rpartition('/')[0]}/{first.json()['id']}/content", content=b"5")
    assert (by_id.status_code, by_id.json()["name"]) == (200, "a.txt")


def test_folders_along_the_path_are_made(claire: Graph, folder: str) -> None:
    item = put(claire, f"{folder}:/un/deux/trois.txt:/content", b"3")
    assert item["parentReference"]["path"].endswith("/root:/Essai/un/deux")
    assert claire.get(f"{folder}:/un")["folder"] == {"childCount": 1}
    assert claire.get(folder)["size"] == 1


def test_content_is_downloaded_by_redirect_without_a_token(claire: Graph, tenant: LocalTenant, folder: str) -> None:
    item = put(claire, f"{folder}:/Été.txt:/content", b"0123456789")
    answer = claire.call("GET", f"{folder}:/Été.txt:/content")
    assert (answer.status_code, answer.content) == (302, b"")
    location = answer.headers["location"]
    assert location.startswith(f"{tenant.http}/")
    whole = httpx2.get(location)
    assert (whole.status_code, whole.content, whole.headers["content-type"]) == (
        200, b"0123456789", "text/plain; charset=utf-8",
    )  # fmt: skip
    assert whole.headers["content-disposition"] == "attachment; filename*=UTF-8''%C3%89t%C3%A9.txt"
    assert whole.headers["x-content-type-options"] == "nosniff"
    part = httpx2.get(location, headers={"Range": "bytes=2-4"})
    assert (part.status_code, part.content, part.headers["content-range"]) == (206, b"234", "bytes 2-4/10")
    assert httpx2.get(location, headers={"Range": "bytes=-3"}).content == b"789"
    assert httpx2.get(location, headers={"Range": "bytes=7-"}).content == b"789"
    assert httpx2.get(location, headers={"Range": "bytes=10-"}).status_code == 416
    assert httpx2.get(item["@microsoft.graph.downloadUrl"]).content == b"0123456789"
    chosen = claire.get(f"{folder}:/Été.txt?$select=id,@microsoft.graph.downloadUrl,@content.downloadUrl")
    assert set(chosen) == {"@odata.context", "id", "@microsoft.graph.downloadUrl", "@content.downloadUrl"}
    assert httpx2.get(location[:-4]).status_code == 401
    tenant.control.post("/_control/clock", json={"advance_s": 3700}).raise_for_status()
    assert httpx2.get(location).status_code == 401


def test_the_redirect_keeps_the_scheme(claire: Graph, tenant: LocalTenant, folder: str) -> None:
    put(claire, f"{folder}:/a.txt:/content", b"x")
    token = tenant.token("Claire", "Files.Read")
    answer = httpx2.get(
        f"{tenant.https}/v1.0{folder}:/a.txt:/content",
        headers={"Authorization": f"Bearer {token}"}, verify=tenant.tls,
    )  # fmt: skip
    assert answer.headers["location"].startswith(tenant.https)


def test_tags_guard_changes(claire: Graph, folder: str) -> None:
    item = put(claire, f"{folder}:/a.txt:/content", b"1")
    address = f"{folder.rpartition('/')[0]}/{item['id']}"
    assert claire.call("GET", address, headers={"If-None-Match": item["eTag"]}).status_code == 304
    stale = {"If-Match": item["eTag"]}
    changed = claire.patch(address, {"name": "b.txt"}, headers=stale)
    assert (changed["eTag"] != item["eTag"], changed["cTag"]) == (True, item["cTag"])
    for method, path, more in (
        ("PATCH", address, {"body": {"name": "c.txt"}}),
        ("DELETE", address, {}),
        ("PUT", f"{address}/content", {"content": b"2"}),
        ("POST", f"{address}/createUploadSession", {"body": {}}),
    ):
        assert claire.refused(method, path, headers=stale, **more)[:2] == (412, "resourceModified")
    absent = {"If-None-Match": "*"}
    assert claire.refused("PUT", f"{address}/content", content=b"2", headers=absent)[:2] == (412, "resourceModified")
    assert claire.call("PUT", f"{folder}:/new.txt:/content", content=b"2", headers=absent).status_code == 201
    claire.delete(address, headers={"If-Match": changed["cTag"]})


def test_items_are_renamed_and_moved_within_their_library(claire: Graph, drive: str, folder: str) -> None:
    put(claire, f"{folder}:/a.txt:/content", b"12345")
    put(claire, f"{folder}:/b.txt:/content", b"1")
    target = claire.post(f"{folder}/children", {"name": "Cible", "folder": {}})
    assert claire.refused("PATCH", f"{folder}:/a.txt:", {"name": "b.txt"})[:2] == (409, "nameAlreadyExists")
    moved = claire.patch(f"{folder}:/a.txt:", {"name": "c.txt", "parentReference": {"id": target["id"]}})
    assert (moved["name"], moved["parentReference"]["name"]) == ("c.txt", "Cible")
    assert claire.get(f"{folder}:/Cible")["size"] == 5
    inside = {"parentReference": {"id": target["id"]}}
    assert claire.refused("PATCH", f"{folder}:/Cible:", inside)[:2] == (400, "invalidRequest")
    assert claire.refused("PATCH", f"{folder}:/b.txt:", {"parentReference": {"id": "root"}})[:2] == (
        404,
        "itemNotFound",
    )
    elsewhere = {"parentReference": {"driveId": "b!other", "id": target["id"]}}
    assert claire.refused("PATCH", f"{folder}:/b.txt:", elsewhere)[:2] == (400, "invalidRequest")
    assert claire.refused("PATCH", f"/drives/{drive}/root", {"name": "x"})[:2] == (400, "invalidRequest")
    described = claire.patch(f"{folder}:/b.txt:", {"description": "Deux", "fileSystemInfo": {
        "lastModifiedDateTime": "2020-01-01T00:00:00Z"}})  # fmt: skip
    assert described["description"] == "Deux"
    assert described["fileSystemInfo"]["lastModifiedDateTime"] == "2020-01-01T00:00:00Z"


def test_deleting_a_folder_deletes_what_is_in_it_and_frees_the_name(claire: Graph, drive: str, folder: str) -> None:
    item = put(claire, f"{folder}:/a/b/c.txt:/content", b"1")
    claire.delete(f"{folder}:/a")
    assert claire.refused("GET", f"/drives/{drive}/items/{item['id']}")[:2] == (404, "itemNotFound")
    assert claire.refused("DELETE", f"{folder}:/a")[:2] == (404, "itemNotFound")
    assert claire.get(folder)["size"] == 0
    assert put(claire, f"{folder}:/a:/content", b"file now")["name"] == "a"
    assert claire.refused("DELETE", f"/drives/{drive}/root")[:2] == (400, "invalidRequest")


def test_a_folder_is_copied_to_another_library_and_watched(claire: Graph, tenant: LocalTenant, folder: str) -> None:
    tenant.switch(graph__copy_delay_s=10)
    put(claire, f"{folder}:/a/b.txt:/content", b"12")
    other = claire.get(f"/groups/{NORTHWIND}/drive/root")
    reference = {"driveId": other["parentReference"]["driveId"], "id": other["id"]}
    answer = claire.call("POST", f"{folder}/copy", {"parentReference": reference, "name": "Copie"})
    assert (answer.status_code, answer.content) == (202, b"")
    monitor = answer.headers["location"]
    assert httpx2.get(monitor).json()["status"] == "inProgress"
    tenant.control.post("/_control/clock", json={"advance_s": 11}).raise_for_status()
    done = httpx2.get(monitor).json()
    assert (done["status"], done["percentageComplete"]) == ("completed", 100.0)
    copied = claire.get(f"/groups/{NORTHWIND}/drive/root:/Copie")
    assert (copied["id"], copied["size"]) == (done["resourceId"], 2)
    support = application(tenant, "Files.Read.All").get(f"/groups/{SUPPORT}/drive/root")
    closed = {"driveId": support["parentReference"]["driveId"], "id": support["id"]}
    assert claire.refused("POST", f"{folder}/copy", {"parentReference": closed})[:2] == (403, "accessDenied")


def test_a_copy_has_earlier_versions_only_when_asked_and_not_named(claire: Graph, folder: str) -> None:
    for content in (b"one", b"four"):
        put(claire, f"{folder}:/a.txt:/content", content)
    drive, source = claire.get(folder)["parentReference"]["driveId"], claire.get(f"{folder}:/a.txt")["id"]
    found = {}
    for place, more in (
        ("plain", {}),
        ("whole", {"includeAllVersionHistory": True}),
        ("named", {"includeAllVersionHistory": True, "name": "a.txt"}),
    ):
        target = claire.post(f"{folder}/children", {"name": place, "folder": {}})["id"]
        asked = {"parentReference": {"driveId": drive, "id": target}, **more}
        assert claire.call("POST", f"/drives/{drive}/items/{source}/copy", asked).status_code == 202
        versions = claire.get(f"/drives/{drive}/items/{target}:/a.txt:/versions")["value"]
        found[place] = [version["size"] for version in versions]
    assert found == {"plain": [4], "whole": [4, 3], "named": [4]}


def test_versions_are_kept_and_restored(claire: Graph, folder: str) -> None:
    for content in (b"one", b"two!", b"three"):
        put(claire, f"{folder}:/a.txt:/content", content)
    versions = claire.get(f"{folder}:/a.txt:/versions")["value"]
    assert [(version["id"], version["size"]) for version in versions] == [("3.0", 5), ("2.0", 4), ("1.0", 3)]
    old = claire.call("GET", f"{folder}:/a.txt:/versions/1.0/content").headers["location"]
    assert httpx2.get(old).content == b"one"
    assert claire.post(f"{folder}:/a.txt:/versions/1.0/restoreVersion", {}, status=204) is None
    assert claire.get(f"{folder}:/a.txt")["size"] == 3


def test_files_are_for_the_people_of_the_team(claire: Graph, tenant: LocalTenant, drive: str, folder: str) -> None:
    for given in ("Daniel", "Ingrid", "Tom", "Lukas"):
        assert person(tenant, given).refused("GET", folder) == (403, "accessDenied", "Access denied")
    assert person(tenant, "Oliver").get(folder)["name"] == "Essai"
    private = claire.folder(VENTES, claire.channel(VENTES, "Négociations"))[0]
    assert person(tenant, "Oliver").refused("GET", f"/drives/{private}/root/children")[:2] == (403, "accessDenied")
    assert person(tenant, "Nadia").refused("GET", f"/drives/{private}/root")[:2] == (403, "accessDenied")
    app = application(tenant, "Files.ReadWrite.All")
    assert app.get(f"/drives/{private}/root")["name"] == "root"
    assert app.refused("POST", f"{folder}:/x:/createUploadSession", {})[:2] == (403, "accessDenied")
    assert application(tenant, "Sites.ReadWrite.All").post(f"{folder}:/x:/createUploadSession", {}, status=200)
    reader = person(tenant, "Claire", "Files.Read")
    assert reader.get(folder)["name"] == "Essai"
    assert reader.refused("PUT", f"{folder}:/a:/content", content=b"")[:2] == (403, "accessDenied")


@pytest.mark.parametrize("mode", ["block", "limited"])
def test_unmanaged_devices_are_kept_from_files(claire: Graph, tenant: LocalTenant, folder: str, mode: str) -> None:
    item = put(claire, f"{folder}:/a.txt:/content", b"1")
    tenant.switch(graph__unmanaged_devices=mode)
    refused = (
        403,
        "accessDenied",
        "Due to organizational policies, you can't access this resource from this untrusted device.",
    )
    assert claire.refused("GET", f"{folder}:/a.txt:/content") == refused
    assert claire.refused("PUT", f"{folder}:/a.txt:/content", content=b"2") == refused
    if mode == "block":
        assert claire.refused("GET", folder) == refused
    else:
        assert "@microsoft.graph.downloadUrl" not in claire.get(f"{folder}:/a.txt")
    managed = person(tenant, "Claire", managed_device=True)
    assert managed.call("GET", f"{folder}:/a.txt:/content").status_code == 302
    app = application(tenant, "Files.ReadWrite.All Policy.Read.All")
    assert app.get(f"{folder}:/a.txt")["@microsoft.graph.downloadUrl"]
    policies = app.get("/identity/conditionalAccess/policies")["value"]
    assert policies[0]["displayName"].startswith("[SharePoint admin center]")
    assert item["name"] == "a.txt"


def test_links_are_made_once_and_anonymous_ones_are_forbidden(claire: Graph, folder: str) -> None:
    body = {"type": "view", "scope": "organization"}
    made = claire.post(f"{folder}/createLink", body)
    assert (made["link"]["type"], made["roles"]) == ("view", ["read"])
    assert claire.post(f"{folder}/createLink", body, status=200)["id"] == made["id"]
    assert claire.refused("POST", f"{folder}/createLink", {"type": "view", "scope": "anonymous"})[:2] == (
        403,
        "accessDenied",
    )
    assert claire.refused("POST", f"{folder}/createLink", {"type": "embed"})[:2] == (400, "notSupported")
    share = "u!" + base64.urlsafe_b64encode(made["link"]["webUrl"].encode()).decode().rstrip("=")
    assert claire.get(f"/shares/{share}/driveItem")["name"] == "Essai"
    claire.delete(f"{folder}/permissions/{made['id']}")


def test_an_invited_person_reaches_the_item_and_what_is_below(claire: Graph, tenant: LocalTenant, folder: str) -> None:
    put(claire, f"{folder}:/in.txt:/content", b"1")
    daniel = person(tenant, "Daniel")
    body = {"recipients": [{"email": "daniel.okafor@contoso.com"}], "roles": ["read"], "requireSignIn": True}
    invited = claire.post(f"{folder}/invite", body, status=200)["value"]
    assert invited[0]["grantedToV2"]["user"]["displayName"] == "Daniel Okafor"
    assert daniel.get(f"{folder}:/in.txt")["name"] == "in.txt"
    assert daniel.refused("PUT", f"{folder}:/in.txt:/content", content=b"2")[:2] == (403, "accessDenied")
    assert daniel.refused("GET", f"/groups/{VENTES}/drive/root:/General")[:2] == (403, "accessDenied")
    claire.delete(f"{folder}/permissions/{invited[0]['id']}")
    assert daniel.refused("GET", f"{folder}:/in.txt")[:2] == (403, "accessDenied")


def test_permissions_come_from_the_site(claire: Graph, folder: str) -> None:
    listed = claire.get(f"{folder}/permissions")["value"]
    assert [(one["roles"], one["grantedToV2"]["siteGroup"]["displayName"]) for one in listed] == [
        (["owner"], "Ventes Europe Owners"),
        (["write"], "Ventes Europe Members"),
        (["read"], "Ventes Europe Visitors"),
    ]
    assert claire.refused("DELETE", f"{folder}/permissions/{listed[0]['id']}")[:2] == (403, "accessDenied")


def test_names_are_searched_below_a_folder(claire: Graph, drive: str, folder: str) -> None:
    put(claire, f"{folder}:/L'été 2026.txt:/content", b"1")
    found = claire.get(f"/drives/{drive}/root/search(q='l''été')")["value"]
    assert [item["name"] for item in found] == ["L'été 2026.txt"]
    assert claire.get(f"/drives/{drive}/root/search(q='%25')")["value"] == []
    assert len(claire.get(f"/drives/{drive}/search(q='.csv')")["value"]) == 2
    assert claire.get(f"{folder}/search(q='.csv')")["value"] == []


def test_addresses_lead_to_items_and_back(tenant: LocalTenant) -> None:
    def check(estate: Any) -> None:
        for address in (
            f"{tenant.http}/sites/VentesEurope/Shared%20Documents/Grands%20comptes",
            f"{tenant.https}/sites/ventesEurope/Shared Documents/grands comptes/",
            "https://contoso.sharepoint.com/sites/VentesEurope/Shared%20Documents/Grands%20comptes",
            "/sites/VentesEurope/Shared Documents/Grands comptes",
        ):
            folder = files.find_folder_by_url(estate, address)
            assert folder is not None
            assert (
                files.path_address(estate, folder)
                == f"{tenant.http}/sites/VentesEurope/Shared%20Documents/Grands%20comptes"
            )
        for address in ("https://example.org/sites/VentesEurope/Shared%20Documents", "/sites/None/Shared Documents",
                        "/sites/VentesEurope/Other", "/sites/VentesEurope"):  # fmt: skip
            assert files.find_folder_by_url(estate, address) is None

    tenant.ask(check)


def test_the_list_of_a_drive_holds_its_files_by_number(claire: Graph, drive: str) -> None:
    made = claire.call("PUT", f"/drives/{drive}/root:/General/listed.txt:/content", content=b"x").json()
    number = claire.get(f"/drives/{drive}/items/{made['id']}/listItem")["id"]
    items = f"/drives/{drive}/list/items"
    listed = claire.get(f"{items}?$expand=fields&$top=200")["value"]
    assert "listed.txt" in [one["fields"]["FileLeafRef"] for one in listed]
    assert claire.get(f"{items}/{number}")["webUrl"] == made["webUrl"]
    assert claire.patch(f"{items}/{number}/fields", {"Title": "Named"})["Title"] == "Named"
    assert claire.get(f"{items}/{number}/fields")["Title"] == "Named"
    assert claire.get(f"{items}/{number}/driveItem")["id"] == made["id"]
    ids = claire.get(f"/drives/{drive}/items/{made['id']}?$select=sharepointIds")["sharepointIds"]
    of_site = f"/sites/{ids['siteId']}/lists/{ids['listId']}/items/{number}/fields"
    assert claire.get(of_site)["Title"] == "Named"
    assert claire.patch(of_site, {"Title": "Named by its site"})["Title"] == "Named by its site"


def test_applications_list_every_site(claire: Graph, tenant: LocalTenant) -> None:
    job = Graph(tenant, tenant.app_token())
    found = {site["name"] for site in job.get("/sites/getAllSites")["value"]}
    assert {site["name"] for site in claire.get("/sites?search=*")["value"]} <= found
    assert claire.refused("GET", "/sites/getAllSites")[:2] == (403, "accessDenied")
