"""Section 6 of the Graph contract: items of drives."""

from __future__ import annotations

import base64

import httpx2

from tests.local_tenant import LocalTenant
from tests.tenant.examples.graph_shapes import answered, error, plain
from tests.tenant.graph_client import NORTHWIND, VENTES, person

DRIVE = f"/groups/{VENTES}/drive"
PLAN = f"{DRIVE}/root:/General/plan.docx"
NAMES = {VENTES: "{T}"}
TAKEN = ("nameAlreadyExists", "The specified item name already exists.")


def test_a_file_is_uploaded_read_and_replaced_6_2(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    sheet = f"{DRIVE}/root:/General/figures.csv"
    assert answered(claire.call("PUT", f"{sheet}:/content", content=b"a;b"), tenant, NAMES) == (
        201,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#drives('DRIVE')/items/$entity",
            "createdDateTime": "TIME",
            "eTag": '"{GUID},1"',
            "id": "ITEM",
            "lastModifiedDateTime": "TIME",
            "name": "figures.csv",
            "webUrl": "ORIGIN/sites/VentesEurope/Shared%20Documents/General/figures.csv",
            "size": 3,
            "createdBy": {
                "user": {
                    "@odata.type": "#microsoft.graph.emailIdentity",
                    "id": "GUID",
                    "displayName": "Claire Fontaine",
                    "email": "claire.fontaine@contoso.com",
                },
                "application": {"id": "GUID", "displayName": "Liaison"},
            },
            "lastModifiedBy": {
                "user": {
                    "@odata.type": "#microsoft.graph.emailIdentity",
                    "id": "GUID",
                    "displayName": "Claire Fontaine",
                    "email": "claire.fontaine@contoso.com",
                },
                "application": {"id": "GUID", "displayName": "Liaison"},
            },
            "parentReference": {
                "driveType": "documentLibrary",
                "driveId": "DRIVE",
                "id": "ITEM",
                "name": "General",
                "path": "/drives/DRIVE/root:/General",
                "siteId": "GUID",
            },
            "fileSystemInfo": {"createdDateTime": "TIME", "lastModifiedDateTime": "TIME"},
            "shared": {"scope": "users"},
            "@microsoft.graph.downloadUrl": (
                "ORIGIN/_layouts/15/download.aspx?UniqueId=GUID&Translate=false&tempauth=TOKEN"
            ),
            "cTag": '"c:{GUID},1"',
            "file": {"mimeType": "text/csv", "hashes": {"quickXorHash": "YdiBGAAAAAAAAAAAAwAAAAAAAAA="}},
        },
    )
    again = claire.call("PUT", f"{sheet}:/content", content=b"a;b;c")
    assert (
        again.status_code,
        plain(again.json()["eTag"], tenant),
        plain(again.json()["cTag"], tenant),
        again.json()["size"],
    ) == (200, '"{GUID},2"', '"c:{GUID},2"', 5)
    assert claire.get(sheet)["id"] == again.json()["id"]


def test_an_item_has_many_addresses_6_1(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    drive = claire.get(DRIVE)["id"]
    item = claire.get(f"{DRIVE}/root:/General")["id"]
    forms = [
        f"/drives/{drive}/items/{item}",
        f"/drives/{drive}/root:/General",
        f"/drives/{drive}/root:/General:",
        f"/drives('{drive}')/items('{item}')",
        f"/drives/{drive}/items/root:/general:",
        f"/drives/{drive}/items/root%3A%2FGeneral%3A",
        f"/groups/{VENTES}/drives/{drive}/items/{item}",
        f"/groups/{VENTES}/sites/root/drive/items/{item}",
        f"/sites/contoso.sharepoint.com:/sites/VentesEurope:/drive/items/{item}",
        f"/sites/contoso.sharepoint.com%3A%2Fsites%2FVentesEurope%3A/drives/{drive}/root:/General",
        "/sites/getByPath(path='%2Fsites%2FVentesEurope')/drive/root:/General",
    ]
    assert {claire.get(form)["id"] for form in forms} == {item}
    assert answered(claire.call("GET", f"/drives/{drive}/items/{item.lower()}"), tenant) == error(
        404, "itemNotFound", "The resource could not be found."
    )


def test_a_folder_has_no_content_tag_6_2(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    body = {"name": "Sub", "folder": {}, "@microsoft.graph.conflictBehavior": "fail"}
    assert answered(claire.call("POST", f"{DRIVE}/root:/General:/children", body), tenant, NAMES) == (
        201,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#drives('DRIVE')/items/$entity",
            "createdDateTime": "TIME",
            "eTag": '"{GUID},1"',
            "id": "ITEM",
            "lastModifiedDateTime": "TIME",
            "name": "Sub",
            "webUrl": "ORIGIN/sites/VentesEurope/Shared%20Documents/General/Sub",
            "size": 0,
            "createdBy": {
                "user": {
                    "@odata.type": "#microsoft.graph.emailIdentity",
                    "id": "GUID",
                    "displayName": "Claire Fontaine",
                    "email": "claire.fontaine@contoso.com",
                },
                "application": {"id": "GUID", "displayName": "Liaison"},
            },
            "lastModifiedBy": {
                "user": {
                    "@odata.type": "#microsoft.graph.emailIdentity",
                    "id": "GUID",
                    "displayName": "Claire Fontaine",
                    "email": "claire.fontaine@contoso.com",
                },
                "application": {"id": "GUID", "displayName": "Liaison"},
            },
            "parentReference": {
                "driveType": "documentLibrary",
                "driveId": "DRIVE",
                "id": "ITEM",
                "name": "General",
                "path": "/drives/DRIVE/root:/General",
                "siteId": "GUID",
            },
            "fileSystemInfo": {"createdDateTime": "TIME", "lastModifiedDateTime": "TIME"},
            "shared": {"scope": "users"},
            "folder": {"childCount": 0},
        },
    )
    assert answered(claire.call("POST", f"{DRIVE}/root:/General:/children", body), tenant) == error(409, *TAKEN)
    renamed = claire.post(f"{DRIVE}/root:/General:/children", {**body, "@microsoft.graph.conflictBehavior": "rename"})
    assert renamed["name"] == "Sub 1"


def test_children_are_paged_with_a_skip_token_6_3(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    path = f"{DRIVE}/root/children?$top=3&$orderby=name&$select=name"
    first = claire.call("GET", path)
    assert answered(first, tenant, NAMES) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#drives('DRIVE')/items('ITEM')/children",
            "@odata.nextLink": (
                "ORIGIN/v1.0/groups/{T}/drive/root/children?$top=3&$orderby=name&$select=name&$skiptoken=TOKEN"
            ),
            "value": [{"name": "General"}, {"name": "Grands comptes"}, {"name": "Prévisions"}],
        },
    )
    assert answered(claire.call("GET", first.json()["@odata.nextLink"]), tenant, NAMES) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#drives('DRIVE')/items('ITEM')/children",
            "value": [{"name": "Renewals"}],
        },
    )
    assert answered(claire.call("GET", f"{DRIVE}/root/children?$filter=name eq 'x'"), tenant) == (
        200,
        {"@odata.context": "ORIGIN/v1.0/$metadata#drives('DRIVE')/items('ITEM')/children", "value": []},
    )


def test_content_is_downloaded_by_redirect_6_3(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    claire.call("PUT", f"{PLAN}:/content", content=b"0123456789")
    answer = claire.call("GET", f"{PLAN}:/content")
    assert (*answered(answer, tenant, NAMES, "location"), answer.content) == (
        302,
        None,
        ("ORIGIN/_layouts/15/download.aspx?UniqueId=GUID&Translate=false&tempauth=TOKEN"),
        b"",
    )
    file = httpx2.get(answer.headers["location"], headers={"Range": "bytes=2-4"})
    assert (file.status_code, file.content, file.headers["content-range"]) == (206, b"234", "bytes 2-4/10")
    assert httpx2.get(answer.headers["location"], headers={"Range": "bytes=20-"}).status_code == 416


def test_tags_guard_changes_6_3(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    tag = claire.call("PUT", f"{PLAN}:/content", content=b"1").json()["eTag"]
    assert claire.call("GET", PLAN, headers={"If-None-Match": tag}).status_code == 304
    assert claire.call("PATCH", PLAN, {"description": "x"}, headers={"If-Match": tag}).status_code == 200
    assert answered(claire.call("PATCH", PLAN, {"name": "new.docx"}, headers={"If-Match": tag}), tenant) == error(
        412, "resourceModified", ("The resource has changed since the caller last read it; usually an eTag mismatch.")
    )
    assert answered(claire.call("PUT", f"{PLAN}:/content", content=b"2", headers={"If-Match": tag}), tenant)[0] == 412
    assert answered(claire.call("DELETE", PLAN, headers={"If-Match": tag}), tenant)[0] == 412


def test_items_are_renamed_and_moved_within_a_drive_6_3(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    claire.call("PUT", f"{PLAN}:/content", content=b"1")
    claire.call("PUT", f"{DRIVE}/root:/General/other.docx:/content", content=b"1")
    assert answered(claire.call("PATCH", PLAN, {"name": "other.docx"}), tenant) == error(409, *TAKEN)
    folder = claire.get(f"{DRIVE}/root:/Renewals")["id"]
    moved = claire.patch(PLAN, {"parentReference": {"id": folder}, "name": "moved.docx"})
    assert (moved["name"], plain(moved["parentReference"], tenant, NAMES)) == (
        "moved.docx",
        {
            "driveType": "documentLibrary",
            "driveId": "DRIVE",
            "id": "ITEM",
            "name": "Renewals",
            "path": "/drives/DRIVE/root:/Renewals",
            "siteId": "GUID",
        },
    )
    assert answered(
        claire.call("PATCH", f"{DRIVE}/root:/Renewals/moved.docx", {"parentReference": {"id": "root"}}), tenant
    ) == error(404, "itemNotFound", "The resource could not be found.")


def test_a_copy_is_watched_without_a_token_6_3(tenant: LocalTenant) -> None:
    tenant.switch(graph__copy_delay_s=30)
    claire = person(tenant, "Claire")
    claire.call("PUT", f"{PLAN}:/content", content=b"1")
    target = claire.get(f"/groups/{NORTHWIND}/drive/root")
    body = {
        "parentReference": {"driveId": target["parentReference"]["driveId"], "id": target["id"]},
        "name": "copy.docx",
    }
    answer = claire.call("POST", f"{PLAN}:/copy", body)
    assert answered(answer, tenant, NAMES, "location") == (202, None, "ORIGIN/_api/v2.0/monitor?token=TOKEN")
    monitor = answer.headers["location"]
    assert answered(httpx2.get(monitor), tenant) == (
        202,
        {"operation": "ItemCopy", "percentageComplete": 50.0, "status": "inProgress"},
    )
    tenant.control.post("/_control/clock", json={"advance_s": 31}).raise_for_status()
    assert answered(httpx2.get(monitor), tenant) == (
        200,
        {"operation": "ItemCopy", "percentageComplete": 100.0, "resourceId": "ITEM", "status": "completed"},
    )


def test_an_upload_session_takes_ranges_in_order_6_5(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    body = {
        "item": {"@microsoft.graph.conflictBehavior": "replace", "name": "big.pptx", "fileSize": 10},
        "deferCommit": False,
    }
    answer = claire.call("POST", f"{DRIVE}/root:/General/big.pptx:/createUploadSession", body)
    assert answered(answer, tenant, NAMES) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#microsoft.graph.uploadSession",
            "uploadUrl": ("ORIGIN/_api/v2.0/uploadSession?guid=GUID&overwrite=True&rename=False&tempauth=TOKEN"),
            "expirationDateTime": "TIME",
            "nextExpectedRanges": ["0-"],
        },
    )
    url = answer.json()["uploadUrl"]
    assert answered(httpx2.put(url, content=b"0123", headers={"Content-Range": "bytes 0-3/10"}), tenant) == (
        202,
        {"expirationDateTime": "TIME", "nextExpectedRanges": ["4-9"]},
    )
    assert answered(httpx2.put(url, content=b"89", headers={"Content-Range": "bytes 8-9/10"}), tenant) == error(
        416,
        "invalidRange",
        "Optimistic concurrency failure during fragmented upload",
        inner={"code": "fragmentOverlap", "nextExpectedRanges": ["4-9"]},
    )
    assert answered(httpx2.get(url), tenant) == (200, {"expirationDateTime": "TIME", "nextExpectedRanges": ["4-9"]})
    last = httpx2.put(url, content=b"456789", headers={"Content-Range": "bytes 4-9/10"})
    assert (last.status_code, last.json()["name"], last.json()["size"]) == (201, "big.pptx", 10)
    assert httpx2.delete(url).status_code == 204
    assert answered(httpx2.get(url), tenant) == error(404, "itemNotFound", "The upload session was not found")


def test_a_taken_name_fails_at_the_session_6_5(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    claire.call("PUT", f"{PLAN}:/content", content=b"1")
    assert answered(claire.call("POST", f"{PLAN}:/createUploadSession", {}), tenant) == error(409, *TAKEN)


def test_a_delta_starts_now_and_tells_what_came_and_went_6_6(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    start = claire.call("GET", f"{DRIVE}/root/delta?token=latest")
    assert answered(start, tenant, NAMES) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#Collection(driveItem)",
            "@odata.deltaLink": "ORIGIN/v1.0/drives/DRIVE/root/delta?token=TOKEN",
            "value": [],
        },
    )
    claire.call("PUT", f"{PLAN}:/content", content=b"1")
    changed = claire.get(start.json()["@odata.deltaLink"])
    assert plain([sorted(one) for one in changed["value"]], tenant) == [
        [
            "createdBy",
            "createdDateTime",
            "eTag",
            "file",
            "fileSystemInfo",
            "id",
            "lastModifiedDateTime",
            "name",
            "parentReference",
            "shared",
            "size",
            "webUrl",
        ]
    ]
    assert [one.get("parentReference", {}).get("path") for one in changed["value"]] == [None]
    claire.delete(PLAN)
    gone = claire.get(changed["@odata.deltaLink"])["value"]
    assert [(one.get("deleted"), "name" in one) for one in gone if "deleted" in one] == [({"state": "deleted"}, False)]
    assert claire.get(f"{DRIVE}/root/delta(token='latest')")["value"] == []


def test_a_token_too_old_is_answered_with_the_way_to_start_anew_6_6(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    link = claire.get(f"{DRIVE}/root/delta?token=latest")["@odata.deltaLink"]
    tenant.switch(graph__delta_expired=True)
    assert answered(claire.call("GET", link), tenant, NAMES, "location") == (
        *error(
            410,
            "resyncChangesApplyDifferences",
            (
                "Resync required. Replace any local items with the server's version "
                "(including deletes) if you're sure that the service was up to date with your "
                "local changes when you last sync'd."
            ),
        ),
        "ORIGIN/v1.0/drives/DRIVE/root/delta",
    )


def test_links_are_made_once_and_invitations_name_people_6_8(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    claire.call("PUT", f"{PLAN}:/content", content=b"1")
    made = claire.call("POST", f"{PLAN}:/createLink", {"type": "view", "scope": "organization"})
    link = plain(made.json(), tenant)
    assert (made.status_code, sorted(link), link["link"]["type"], link["link"]["scope"], link["roles"]) == (
        201,
        ["@odata.context", "expirationDateTime", "hasPassword", "id", "link", "roles", "shareId"],
        "view",
        "organization",
        ["read"],
    )
    assert claire.call("POST", f"{PLAN}:/createLink", {"type": "view", "scope": "organization"}).status_code == 200
    assert answered(
        claire.call("POST", f"{PLAN}:/createLink", {"type": "view", "scope": "anonymous"}), tenant
    ) == error(403, "accessDenied", "The organization's policy does not allow anonymous links.")
    assert answered(claire.call("POST", f"{PLAN}:/createLink", {"type": "embed", "scope": "users"}), tenant) == error(
        400, "notSupported", "Embedding links are supported on personal drives only."
    )
    body = {
        "recipients": [{"email": "sofia.rossi@contoso.com"}],
        "roles": ["read"],
        "requireSignIn": True,
        "sendInvitation": False,
    }
    invited = claire.call("POST", f"{PLAN}:/invite", body)
    assert answered(invited, tenant) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#Collection(permission)",
            "value": [
                {
                    "id": "GUID",
                    "roles": ["read"],
                    "hasPassword": False,
                    "expirationDateTime": None,
                    "grantedToV2": {
                        "user": {
                            "@odata.type": "#microsoft.graph.sharePointIdentity",
                            "id": "GUID",
                            "displayName": "Sofia Rossi",
                            "loginName": "i:0#.f|membership|sofia.rossi@contoso.com",
                        }
                    },
                }
            ],
        },
    )
    grant = invited.json()["value"][0]["id"]
    assert claire.call("PATCH", f"{PLAN}:/permissions/{grant}", {"roles": ["write"]}).json()["roles"] == ["write"]
    assert [one["name"] for one in person(tenant, "Sofia").get("/me/drive/sharedWithMe")["value"]] == ["plan.docx"]
    assert answered(claire.call("DELETE", f"{PLAN}:/permissions/{grant}"), tenant) == (204, None)


def test_permissions_tell_what_is_inherited_6_9(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    found = claire.call("GET", f"{DRIVE}/root:/General:/permissions")
    assert answered(found, tenant, NAMES) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#drives('DRIVE')/items('ITEM')/permissions",
            "value": [
                {
                    "id": "VmVudGVzIEV1cm9wZSBPd25lcnM",
                    "roles": ["owner"],
                    "grantedToV2": {
                        "siteGroup": {
                            "@odata.type": "#microsoft.graph.sharePointIdentity",
                            "id": "3",
                            "displayName": "Ventes Europe Owners",
                            "loginName": "Ventes Europe Owners",
                        }
                    },
                    "inheritedFrom": {"driveId": "DRIVE", "path": "/drives/DRIVE/root:"},
                },
                {
                    "id": "VmVudGVzIEV1cm9wZSBNZW1iZXJz",
                    "roles": ["write"],
                    "grantedToV2": {
                        "siteGroup": {
                            "@odata.type": "#microsoft.graph.sharePointIdentity",
                            "id": "5",
                            "displayName": "Ventes Europe Members",
                            "loginName": "Ventes Europe Members",
                        }
                    },
                    "inheritedFrom": {"driveId": "DRIVE", "path": "/drives/DRIVE/root:"},
                },
                {
                    "id": "VmVudGVzIEV1cm9wZSBWaXNpdG9ycw",
                    "roles": ["read"],
                    "grantedToV2": {
                        "siteGroup": {
                            "@odata.type": "#microsoft.graph.sharePointIdentity",
                            "id": "4",
                            "displayName": "Ventes Europe Visitors",
                            "loginName": "Ventes Europe Visitors",
                        }
                    },
                    "inheritedFrom": {"driveId": "DRIVE", "path": "/drives/DRIVE/root:"},
                },
            ],
        },
    )
    assert answered(
        claire.call("DELETE", f"{DRIVE}/root:/General:/permissions/{found.json()['value'][0]['id']}"), tenant
    ) == error(403, "accessDenied", "Inherited permissions cannot be removed here.")
    assert answered(claire.call("GET", f"{DRIVE}/root:/General?$expand=permissions"), tenant) == error(
        400, "invalidRequest", "The property 'permissions' cannot be expanded."
    )


def test_versions_are_listed_read_and_restored_6_3(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    claire.call("PUT", f"{PLAN}:/content", content=b"one")
    claire.call("PUT", f"{PLAN}:/content", content=b"two2")
    assert [(one["id"], one["size"]) for one in claire.get(f"{PLAN}:/versions")["value"]] == [("2.0", 4), ("1.0", 3)]
    assert httpx2.get(claire.call("GET", f"{PLAN}:/versions/1.0/content").headers["location"]).content == b"one"
    assert answered(claire.call("POST", f"{PLAN}:/versions/1.0/restoreVersion", {}), tenant) == (204, None)
    assert claire.get(PLAN)["size"] == 3


def test_a_checked_out_file_is_locked_for_others_6_3(tenant: LocalTenant) -> None:
    claire, oliver = person(tenant, "Claire"), person(tenant, "Oliver")
    claire.call("PUT", f"{PLAN}:/content", content=b"1")
    assert answered(claire.call("POST", f"{PLAN}:/checkout"), tenant) == (204, None)
    assert answered(oliver.call("PUT", f"{PLAN}:/content", content=b"2"), tenant) == error(
        423, "resourceLocked", "The file is checked out by another user."
    )
    assert answered(oliver.call("POST", f"{PLAN}:/checkin", {"comment": "mine"}), tenant)[0] == 423
    assert answered(claire.call("POST", f"{PLAN}:/checkin", {"comment": "done"}), tenant) == (204, None)
    assert oliver.call("PUT", f"{PLAN}:/content", content=b"2").status_code == 200


def test_pictures_and_previews_need_no_token_6_3(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    claire.call("PUT", f"{PLAN}:/content", content=b"1")
    found = claire.call("GET", f"{PLAN}:/thumbnails")
    assert answered(found, tenant, NAMES) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#drives('DRIVE')/items('ITEM')/thumbnails",
            "value": [
                {
                    "id": "0",
                    "large": {"height": 600, "width": 800, "url": "ORIGIN/_layouts/15/thumbnail.aspx?tempauth=TOKEN"},
                    "medium": {"height": 132, "width": 176, "url": "ORIGIN/_layouts/15/thumbnail.aspx?tempauth=TOKEN"},
                    "small": {"height": 72, "width": 96, "url": "ORIGIN/_layouts/15/thumbnail.aspx?tempauth=TOKEN"},
                }
            ],
        },
    )
    picture = httpx2.get(found.json()["value"][0]["small"]["url"])
    assert (picture.status_code, picture.headers["content-type"], picture.content[:4]) == (200, "image/png", b"\x89PNG")
    assert answered(claire.call("POST", f"{PLAN}:/preview", {}), tenant) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#microsoft.graph.itemPreviewInfo",
            "getUrl": ("ORIGIN/_layouts/15/download.aspx?UniqueId=GUID&Translate=false&tempauth=TOKEN"),
            "postParameters": None,
            "postUrl": None,
        },
    )


def test_forbidden_names_are_refused_6_1(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    names = [".lock", "CON", "~$a.docx", "desktop.ini", "a_vti_b", " a", "a:b", "a|b", "x" * 256, "lpt1.txt"]
    assert {
        claire.call("POST", f"{DRIVE}/root/children", {"name": name, "folder": {}}).status_code for name in names
    } == {400}
    assert answered(claire.call("POST", f"{DRIVE}/root/children", {"name": "forms", "folder": {}}), tenant) == error(
        400, "invalidRequest", ("The provided name cannot contain any of the following characters or is reserved.")
    )


def test_everybody_licensed_has_a_drive_of_their_own_6_1(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    told = plain(claire.get("/me/drive"), tenant)
    assert (told["driveType"], told["name"], told["owner"]["user"]["displayName"], told["webUrl"]) == (
        "business",
        "OneDrive",
        "Claire Fontaine",
        "ORIGIN/personal/claire_fontaine_contoso_com/Documents",
    )
    claire.call("PUT", "/me/drive/root:/notes.txt:/content", content=b"x")
    assert [one["name"] for one in claire.get("/me/drive/root/children")["value"]] == ["notes.txt"]
    assert claire.get("/me/drive/special/approot")["name"] == "Liaison"
    assert answered(
        person(tenant, "Oliver").call("GET", "/users/claire.fontaine@contoso.com/drive/root"), tenant
    ) == error(403, "accessDenied", "Access denied")
    assert answered(person(tenant, "Lukas").call("GET", "/me/drive"), tenant) == error(
        404, "ResourceNotFound", "User's mysite not found."
    )


def test_shared_addresses_lead_to_items_6_8(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    item = claire.call("PUT", f"{PLAN}:/content", content=b"1").json()
    share = "u!" + base64.urlsafe_b64encode(item["webUrl"].encode()).decode().rstrip("=")
    assert claire.get(f"/shares/{share}/driveItem")["id"] == item["id"]
    assert claire.call("GET", f"/shares/{share}/driveItem/content").status_code == 302
    assert answered(person(tenant, "Sofia").call("GET", f"/shares/{share}/driveItem"), tenant) == error(
        403, "accessDenied", "Access denied"
    )
