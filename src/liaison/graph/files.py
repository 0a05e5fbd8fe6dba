"""The port `Files` over Graph: lists, folders by address, downloads by the person's own browser.

Source: graph.md section 6.
"""

from __future__ import annotations

import base64
import binascii

from liaison.domain.names import DriveId, ItemId
from liaison.domain.teams import FilePage, Folder
from liaison.errors import FileExists, FileUnknown, InputInvalid, UpstreamSurprise
from liaison.graph.client import Call, GraphClient, read_call
from liaison.graph.errors import SERVICE, About, Subject
from liaison.graph.file_moves import GraphFileMoves
from liaison.graph.payloads import read_file_entry, read_folder
from liaison.graph.uploads import BY_NAME, GraphUploads
from liaison.wire.hosts import origin_of

_CHILDREN = "/drives/{drive}/items/{item}/children"
_COLUMNS = "id,name,size,folder,file,lastModifiedDateTime,lastModifiedBy,webUrl,eTag"
_ID = {"$select": "id"}
LARGEST_PAGE = 200


class GraphFiles(GraphFileMoves):
    """Files as one person may reach them."""

    def __init__(self, client: GraphClient) -> None:
        super().__init__(client)
        self.upload = GraphUploads(client).upload

    async def list_folder(self, drive: DriveId, item: ItemId, page: str = "", size: int = 100) -> FilePage:
        """One page by name; `page` is the mark that an earlier page gave. Source: api/driveitem-list-children.md."""
        query = {"$select": _COLUMNS, "$orderby": "name", "$top": str(max(1, min(size, LARGEST_PAGE)))}
        call = read_call(_CHILDREN, Subject(About.FILE, item), {"drive": drive, "item": item}, query)
        if page:
            answer = await self._client.read_at(call, self._page_address(call, page))
        else:
            answer = await self._client.read(call)
        entries = tuple(read_file_entry(child, drive) for child in answer.list("value"))
        return FilePage(entries, self._page_mark(answer.opt_text("@odata.nextLink")))

    def _page_mark(self, address: str) -> str:
        """The next link without our service's own address, which is no business of a browser."""
        if not address:
            return ""
        if not self._client.is_ours(address):
            raise UpstreamSurprise(SERVICE, "link_to_other_host", path="$.@odata.nextLink")
        return base64.urlsafe_b64encode(address.removeprefix(self._client.base).encode()).decode().rstrip("=")

    def _page_address(self, call: Call, mark: str) -> str:
        """The next link again. A mark comes from a browser: it may lead only to pages of this very folder."""
        try:
            path = base64.urlsafe_b64decode(mark + "=" * (-len(mark) % 4)).decode()
        except (binascii.Error, ValueError):
            raise InputInvalid("page", mark[:50], "the mark of an earlier page") from None
        asked, _, query = path.partition("?")
        if not query or "/children" not in asked or _plain(asked) != _plain(call.address.partition("?")[0]):
            raise InputInvalid("page", mark[:50], "the mark of an earlier page of this folder")
        return f"{self._client.base}{path}"

    async def download_address(self, drive: DriveId, item: ItemId) -> str:
        """Where the content request is sent on to. Source: api/driveitem-get-content.md."""
        subject = Subject(About.FILE, item)
        call = Call(
            "GET",
            "/drives/{drive}/items/{item}/content",
            subject,
            {"drive": drive, "item": item},
            repeatable=True,
            expects=(302,),
        )
        answer = await self._client.send(call)
        address = answer.header("location")
        if answer.status != 302 or not origin_of(address):
            raise UpstreamSurprise(SERVICE, str(answer.status), answer.request_id, path="Location")
        return address

    async def find_child(self, drive: DriveId, folder: ItemId, name: str) -> ItemId | None:
        """Source: api/driveitem-get.md, addressing by path."""
        call = read_call(BY_NAME, Subject(About.FILE, name), {"drive": drive, "folder": folder, "name": name}, _ID)
        try:
            return ItemId((await self._client.read(call)).text("id"))
        except FileUnknown:
            return None

    async def ensure_folder(self, drive: DriveId, parent: ItemId, name: str) -> ItemId:
        """The folder of that name; one that is there already is taken, for nothing is ever renamed or replaced.

        Source: api/driveitem-post-children.md.
        """
        body = {"name": name, "folder": {}, "@microsoft.graph.conflictBehavior": "fail"}
        call = Call("POST", _CHILDREN, Subject(About.FILE, name), {"drive": drive, "item": parent}, body=body)
        try:
            return ItemId((await self._client.read(call)).text("id"))
        except FileExists:
            found = await self.find_child(drive, parent, name)
            if found is None:
                raise
            return found

    async def remove_item(self, drive: DriveId, item: ItemId) -> None:
        """Into the recycle bin; absent already is done. Source: api/driveitem-delete.md."""
        subject, ids = Subject(About.FILE, item), {"drive": drive, "item": item}
        call = Call("DELETE", "/drives/{drive}/items/{item}", subject, ids, repeatable=True, expects=(404,))
        await self._client.send(call)

    async def find_folder(self, address: str) -> Folder:
        """Source: api/shares-get.md, encoding sharing URLs."""
        encoded = base64.urlsafe_b64encode(address.encode()).decode().rstrip("=")
        subject = Subject(About.FILE, address)
        query = {"$select": "id,name,webUrl,parentReference"}
        item = await self._client.read(
            read_call("/shares/{share}/driveItem", subject, {"share": f"u!{encoded}"}, query)
        )
        drive = item.child("parentReference").text("driveId")
        library = read_call("/drives/{drive}", subject, {"drive": drive}, {"$select": "id,webUrl"})
        return read_folder(item, await self._client.read(library))


def _plain(path: str) -> str:
    """A path in one spelling: services write `!` and `%21` for the same drive."""
    return path.replace("%21", "!").replace("('", "/").replace("')", "").lower()
