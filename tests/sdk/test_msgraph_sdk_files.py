"""Microsoft's Graph client for Python: drives, items, content, versions, sharing, changes, sites and lists."""

from __future__ import annotations

import base64
import io
from datetime import UTC, datetime

import httpx
import pytest
from msgraph.generated.drives.item.items.item.copy.copy_post_request_body import CopyPostRequestBody
from msgraph.generated.drives.item.items.item.create_link.create_link_post_request_body import (
    CreateLinkPostRequestBody,
)
from msgraph.generated.drives.item.items.item.create_upload_session.create_upload_session_post_request_body import (
    CreateUploadSessionPostRequestBody,
)
from msgraph.generated.drives.item.items.item.invite.invite_post_request_body import InvitePostRequestBody
from msgraph.generated.models.drive_item import DriveItem
from msgraph.generated.models.drive_item_uploadable_properties import DriveItemUploadableProperties
from msgraph.generated.models.drive_recipient import DriveRecipient
from msgraph.generated.models.folder import Folder
from msgraph.generated.models.item_reference import ItemReference
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph_core.tasks.large_file_upload import LargeFileUploadTask

from tests.local_tenant import LocalTenant
from tests.sdk.graph_judge import Judge, folder_of, query
from tests.tenant.graph_client import NORTHWIND, VENTES

pytestmark = pytest.mark.anyio

CONFLICT = "@microsoft.graph.conflictBehavior"


async def test_files_are_made_read_changed_moved_and_removed(claire: Judge, tenant: LocalTenant) -> None:
    drive_id, folder_id = await folder_of(claire.graph)
    items = claire.graph.drives.by_drive_id(drive_id).items
    made = await claire(
        items.by_drive_item_id(folder_id).children.post(
            DriveItem(name="Annexes", folder=Folder(), additional_data={CONFLICT: "fail"})
        )
    )
    assert (claire.last.status, made.folder.child_count, made.c_tag) == (201, 0, None)
    with pytest.raises(ODataError) as taken:
        await items.by_drive_item_id(folder_id).children.post(DriveItem(name="Annexes", folder=Folder()))
    assert (taken.value.response_status_code, taken.value.error.code) == (409, "nameAlreadyExists")
    by_path = items.by_drive_item_id("root:/General/Annexes/Note d'équipe (1).txt:")
    written = await claire(by_path.content.put(b"bonjour"))
    assert (claire.last.status, written.name, written.size) == (201, "Note d'équipe (1).txt", 7)
    assert (written.file.mime_type, written.file.hashes.quick_xor_hash is not None) == ("text/plain", True)
    assert written.created_by.user.display_name == "Claire Fontaine"
    assert isinstance(written.file_system_info.last_modified_date_time, datetime)
    one = items.by_drive_item_id(written.id)
    again = await claire(one.content.put(b"bonsoir !"))
    assert (claire.last.status, again.id, again.size, again.c_tag != written.c_tag) == (200, written.id, 9, True)
    assert await one.content.get() == b"bonsoir !"
    children = await claire(items.by_drive_item_id(made.id).children.get())
    assert [child.id for child in children.value] == [written.id]
    renamed = await claire(one.patch(DriveItem(name="Note.txt", description="Deux pages")))
    assert (renamed.name, renamed.description, renamed.e_tag != again.e_tag) == ("Note.txt", "Deux pages", True)
    moved = await claire(one.patch(DriveItem(parent_reference=ItemReference(id=folder_id))))
    assert (moved.parent_reference.id, moved.parent_reference.name) == (folder_id, "General")
    assert moved.parent_reference.path == f"/drives/{drive_id}/root:/General"
    expanded = await claire(
        items.by_drive_item_id(folder_id).get(query(items.by_drive_item_id(folder_id), expand=["children"]))
    )
    assert written.id in {child.id for child in expanded.children}
    stale = query(one, headers={"If-Match": written.e_tag})
    with pytest.raises(ODataError) as refused:
        await one.delete(stale)
    assert (refused.value.response_status_code, refused.value.error.code) == (412, "resourceModified")
    assert await one.delete() is None
    assert await items.by_drive_item_id(made.id).delete() is None
    with pytest.raises(ODataError) as gone:
        await one.get()
    assert (gone.value.response_status_code, gone.value.error.code) == (404, "itemNotFound")


async def test_the_root_of_a_drive_takes_content_and_searches(claire: Judge) -> None:
    graph = claire.graph
    drive = await claire(graph.groups.by_group_id(VENTES).drive.get())
    assert (drive.drive_type, drive.name) == ("documentLibrary", "Documents")
    assert drive.quota.remaining <= drive.quota.total
    one = graph.drives.by_drive_id(drive.id)
    assert (await claire(one.get())).quota.state == "normal"
    root = await claire(one.root.get())
    assert (root.name, root.root is not None) == ("root", True)
    listed = await claire(one.list_.get())
    assert (listed.list_.template, listed.display_name) == ("documentLibrary", "Documents")
    everywhere = await claire(one.search_with_q("Northwind").get())
    assert "Northwind" in {item.name for item in everywhere.value}
    below = await claire(one.items.by_drive_item_id("root").search_with_q("l'équipe").get())
    assert [item.name for item in below.value] == ["Organisation de l'équipe.pdf"]
    first = await claire(one.items.by_drive_item_id("root").children.get(
        query(one.items.by_drive_item_id("root").children, top=2, orderby=["name"], select=["id", "name", "folder"])
    ))  # fmt: skip
    assert ([item.name for item in first.value], first.odata_next_link is not None) == (
        ["General", "Grands comptes"],
        True,
    )
    second = await claire(one.items.by_drive_item_id("root").children.with_url(first.odata_next_link).get())
    assert [item.name for item in second.value] == ["Prévisions", "Renewals"]
    libraries = await claire(graph.groups.by_group_id(VENTES).drives.get())
    assert [library.id for library in libraries.value] == [drive.id]
    through_group = graph.groups.by_group_id(VENTES).drives.by_drive_id(drive.id)
    assert (await claire(through_group.get())).web_url == drive.web_url


async def test_versions_are_listed_read_and_restored(claire: Judge) -> None:
    drive_id, folder_id = await folder_of(claire.graph)
    items = claire.graph.drives.by_drive_id(drive_id).items
    address = items.by_drive_item_id(f"{folder_id}:/versions.txt:")
    for content in (b"one", b"two!", b"three"):
        written = await address.content.put(content)
    versions = items.by_drive_item_id(written.id).versions
    listed = await claire(versions.get())
    assert [(version.id, version.size) for version in listed.value] == [("3.0", 5), ("2.0", 4), ("1.0", 3)]
    first = versions.by_drive_item_version_id("1.0")
    assert (await claire(first.get())).last_modified_by.user.display_name == "Claire Fontaine"
    assert await first.content.get() == b"one"
    assert await first.restore_version.post() is None
    assert await items.by_drive_item_id(written.id).content.get() == b"one"


async def test_downloads_leave_the_token_behind(claire: Judge, tenant: LocalTenant) -> None:
    drive_id, folder_id = await folder_of(claire.graph)
    item = claire.graph.drives.by_drive_id(drive_id).items.by_drive_item_id(f"{folder_id}:/secret.txt:")
    await item.content.put(b"0123456789")
    assert await item.content.get() == b"0123456789"
    redirect, download = claire.transport.exchanges[-2:]
    assert (redirect.status, redirect.body, "authorization" in redirect.sent) == (302, b"", True)
    assert redirect.got["location"] == download.url
    assert (download.status, httpx.URL(download.url).scheme) == (200, "https")
    async with httpx.AsyncClient(verify=tenant.tls) as nobody:
        part = await nobody.get(download.url, headers={"Range": "bytes=2-4"})
    assert (part.status_code, part.content) == (206, b"234")


@pytest.mark.parametrize("size", [10, 327_680, 1_000_000])
async def test_the_upload_task_fills_a_session(claire: Judge, size: int) -> None:
    drive_id, folder_id = await folder_of(claire.graph)
    items = claire.graph.drives.by_drive_id(drive_id).items
    body = CreateUploadSessionPostRequestBody(item=DriveItemUploadableProperties(additional_data={CONFLICT: "replace"}))
    session = await claire(items.by_drive_item_id(f"{folder_id}:/big.bin:").create_upload_session.post(body))
    assert (session.next_expected_ranges, session.expiration_date_time > datetime.now(UTC)) == (["0-"], True)
    content = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    task = LargeFileUploadTask(
        session, claire.graph.request_adapter, io.BytesIO(content), DriveItem, max_chunk_size=327_680
    )
    done = await task.upload()
    assert done.item_response.size == size
    assert await items.by_drive_item_id(done.item_response.id).content.get() == content


async def test_a_cancelled_upload_leaves_nothing(claire: Judge, tenant: LocalTenant) -> None:
    drive_id, folder_id = await folder_of(claire.graph)
    item = claire.graph.drives.by_drive_id(drive_id).items.by_drive_item_id(f"{folder_id}:/never.bin:")
    session = await item.create_upload_session.post(CreateUploadSessionPostRequestBody())
    async with httpx.AsyncClient(verify=tenant.tls) as http:
        assert (await http.get(session.upload_url)).json()["nextExpectedRanges"] == ["0-"]
        assert (await http.delete(session.upload_url)).status_code == 204
        assert (await http.get(session.upload_url)).status_code == 404
    with pytest.raises(ODataError):
        await item.get()


async def test_an_item_is_copied_to_another_library(claire: Judge, tenant: LocalTenant) -> None:
    graph = claire.graph
    drive_id, folder_id = await folder_of(graph)
    there_drive, there_folder = await folder_of(graph, NORTHWIND)
    source = graph.drives.by_drive_id(drive_id).items.by_drive_item_id(f"{folder_id}:/Plan de vente 2026.docx:")
    body = CopyPostRequestBody(name="Copie.docx", parent_reference=ItemReference(drive_id=there_drive, id=there_folder))
    assert await source.copy.post(body) is None
    assert claire.last.status == 202
    async with httpx.AsyncClient(verify=tenant.tls) as nobody:
        told = (await nobody.get(claire.last.got["location"])).json()
    assert (told["status"], told["percentageComplete"]) == ("completed", 100.0)
    copied = graph.drives.by_drive_id(there_drive).items.by_drive_item_id(told["resourceId"])
    assert ((await claire(copied.get())).name, (await claire(copied.get())).parent_reference.id) == (
        "Copie.docx",
        there_folder,
    )


async def test_changes_of_a_drive_are_followed_to_their_end(claire: Judge) -> None:
    drive_id, folder_id = await folder_of(claire.graph)
    root = claire.graph.drives.by_drive_id(drive_id).items.by_drive_item_id("root")
    start = await claire(root.delta_with_token("latest").get())
    assert start.value == []
    items = claire.graph.drives.by_drive_id(drive_id).items
    made = await items.by_drive_item_id(f"{folder_id}:/new.txt:").content.put(b"1")
    changes = await claire(root.delta.with_url(start.odata_delta_link).get())
    assert ("new.txt", None) in {(item.name, item.parent_reference.path) for item in changes.value}
    await items.by_drive_item_id(made.id).delete()
    later = await claire(root.delta.with_url(changes.odata_delta_link).get())
    gone = next(item for item in later.value if item.id == made.id)
    assert (gone.deleted.state, gone.name) == ("deleted", None)
    whole = await claire(root.delta.get(query(root.delta, top=5, select=["id", "name", "deleted"])))
    assert (len(whole.value), whole.odata_next_link is not None) == (5, True)


async def test_links_invitations_and_permissions(claire: Judge, tenant: LocalTenant) -> None:
    graph = claire.graph
    drive_id, folder_id = await folder_of(graph)
    item = graph.drives.by_drive_id(drive_id).items.by_drive_item_id(folder_id)
    link = await claire(item.create_link.post(CreateLinkPostRequestBody(type="view", scope="organization")))
    assert (claire.last.status, link.link.type, link.link.scope, link.roles) == (201, "view", "organization", ["read"])
    again = await claire(item.create_link.post(CreateLinkPostRequestBody(type="view", scope="organization")))
    assert (claire.last.status, again.id) == (200, link.id)
    with pytest.raises(ODataError) as anonymous:
        await item.create_link.post(CreateLinkPostRequestBody(type="view", scope="anonymous"))
    assert (anonymous.value.response_status_code, anonymous.value.error.code) == (403, "accessDenied")
    invited = await claire(
        item.invite.post(
            InvitePostRequestBody(
                recipients=[DriveRecipient(email="daniel.okafor@contoso.com")],
                roles=["read"],
                require_sign_in=True,
                send_invitation=False,
            )
        )
    )
    assert [one.granted_to_v2.user.display_name for one in invited.value] == ["Daniel Okafor"]
    listed = await claire(item.permissions.get())
    granted = [one.granted_to_v2 for one in listed.value if one.granted_to_v2]
    groups = [one.site_group.display_name for one in granted if one.site_group]
    assert groups == ["Ventes Europe Owners", "Ventes Europe Members", "Ventes Europe Visitors"]
    one = item.permissions.by_permission_id(invited.value[0].id)
    assert (await claire(one.get())).roles == ["read"]
    assert await one.delete() is None
    shared = graph.shares.by_shared_drive_item_id(share_of(link.link.web_url))
    assert ((await claire(shared.drive_item.get())).id, (await claire(shared.root.get())).id) == (folder_id, folder_id)


def share_of(address: str) -> str:
    """A link as a key of `/shares`. Source: Graph v1.0, api/shares-get.md"""
    return "u!" + base64.urlsafe_b64encode(address.encode()).decode().rstrip("=")


async def test_sites_and_their_lists_are_read(claire: Judge) -> None:
    graph = claire.graph
    site = await claire(graph.groups.by_group_id(VENTES).sites.by_site_id("root").get())
    assert (site.name, site.display_name, site.root is not None) == ("VentesEurope", "Ventes Europe", True)
    one = graph.sites.by_site_id(site.id)
    assert (await claire(one.get())).site_collection.hostname == site.site_collection.hostname
    by_path = graph.sites.by_site_id("contoso.sharepoint.com:/sites/VentesEurope:")
    assert (await claire(by_path.get())).id == site.id
    through_root = graph.sites.by_site_id("root").get_by_path_with_path("/sites/VentesEurope")
    assert (await claire(through_root.get())).id == site.id
    assert (await claire(graph.sites.by_site_id("root").get())).display_name == "Contoso"
    found = await claire(graph.sites.get(query(graph.sites, search="ventes")))
    assert {each.name for each in found.value} == {"VentesEurope", "VentesEurope-Negociations"}
    drives = await claire(one.drives.get())
    drive = await claire(one.drive.get())
    assert [each.id for each in drives.value] == [drive.id]
    assert (await claire(one.drives.by_drive_id(drive.id).get())).name == "Documents"
    lists = await claire(one.lists.get())
    documents = next(each for each in lists.value if each.list_.template == "documentLibrary")
    assert (documents.list_.hidden, documents.list_.content_types_enabled) == (False, False)
    by_id = one.lists.by_list_id(documents.id)
    assert (await claire(by_id.get())).display_name == "Documents"
    assert (await claire(by_id.drive.get())).id == drive.id
    assert (await claire(one.sites.get())).value == []
    with pytest.raises(ODataError) as missing:
        await graph.sites.by_site_id("contoso.sharepoint.com:/sites/Nowhere:").get()
    assert (missing.value.response_status_code, missing.value.error.code) == (404, "itemNotFound")
