"""Copying and moving files: a copy is asked for and then watched, a move is one call; nothing is overwritten.

A copy is made under a name that was free, and fails where it no longer is: asked for twice, it is there once.
Source: graph.md section 6.3; api/driveitem-copy.md; concepts/long-running-actions-overview.md.
"""

from __future__ import annotations

from liaison.domain.names import DriveId, ItemId
from liaison.domain.teams import StoredFile
from liaison.errors import FileExists, FileUnknown, UpstreamRefused, UpstreamSurprise
from liaison.graph.client import Call, GraphClient, read_call
from liaison.graph.errors import SERVICE, About, Subject, error_of
from liaison.graph.paces import pace_of
from liaison.wire.messages import Answer, Ask
from liaison.wire.wild import Wild

_ITEM = "/drives/{drive}/items/{file}"
_BY_NAME = "/drives/{drive}/items/{folder}:/{name}:"
_CHILDREN = "/drives/{drive}/items/{folder}/children"
_COLUMNS = {"$select": "id,name,size,folder,file,eTag,parentReference"}
_FAIL = "@microsoft.graph.conflictBehavior"
_TAKEN = "nameAlreadyExists"


class GraphFileMoves:
    """Implements `ports.moving.FileMoves`."""

    def __init__(self, client: GraphClient) -> None:
        self._client = client

    async def find_file(self, drive: DriveId, item: ItemId) -> StoredFile | None:
        """Source: api/driveitem-get.md."""
        return await self._find(_ITEM, Subject(About.FILE, item), {"drive": drive, "file": item}, drive)

    async def find_named(self, drive: DriveId, folder: ItemId, name: str) -> StoredFile | None:
        ids = {"drive": drive, "folder": folder, "name": name}
        return await self._find(_BY_NAME, Subject(About.FILE, name), ids, drive)

    async def _find(self, path: str, subject: Subject, ids: dict[str, str], drive: DriveId) -> StoredFile | None:
        try:
            return read_stored_file(await self._client.read(read_call(path, subject, ids, _COLUMNS)), drive)
        except FileUnknown:
            return None

    async def reach_folder(self, drive: DriveId, parent: ItemId, name: str) -> ItemId:
        """Source: api/driveitem-post-children.md."""
        found = await self.find_named(drive, parent, name)
        if found is None:
            body = {"name": name, "folder": {}, _FAIL: "fail"}
            ids = {"drive": drive, "folder": parent}
            call = Call("POST", _CHILDREN, Subject(About.FILE, name), ids, body=body, repeatable=True)
            try:
                return ItemId((await self._client.read(call)).text("id"))
            except FileExists:
                found = await self.find_named(drive, parent, name)
        if found is None or not found.is_folder:
            raise FileExists(name)
        return found.item

    async def begin_copy(self, source: StoredFile, drive: DriveId, folder: ItemId, name: str) -> str:
        """The name is sent only where it is another one: with a name, the service leaves earlier versions behind.

        Source: api/driveitem-copy.md, known issue with includeAllVersionHistory.
        """
        body: dict[str, object] = {
            "parentReference": {"driveId": drive, "id": folder},
            "includeAllVersionHistory": True,
        }
        if name != source.name:
            body["name"] = name
        ids = {"drive": source.drive, "file": source.item}
        call = Call("POST", f"{_ITEM}/copy", Subject(About.FILE, name), ids, {_FAIL: "fail"}, body)
        answer = await self._client.send(call)
        if not answer.header("location"):
            raise UpstreamSurprise(SERVICE, str(answer.status), answer.request_id, path="Location")
        return answer.header("location")

    async def is_copied(self, monitor: str, name: str) -> bool:
        """The monitor's address carries its own right, on another host: it is asked without a token.

        It ends as `completed` or `failed`, or sends on to what was made. What it no longer knows has ended.
        """
        answer = await self._watch(monitor)
        if answer.status in {303, 404}:
            return True
        if not answer.is_success:
            raise error_of(answer, Subject(About.FILE, name))
        said = answer.wild()
        status = said.opt_text("status").casefold()
        if status in {"failed", "deletefailed", "cancelled"}:
            raise _failure(said, name, answer)
        return status == "completed" or (answer.status != 202 and said.has("resourceId"))

    async def _watch(self, monitor: str) -> Answer:
        ask = Ask(
            service=SERVICE,
            purpose="monitor",
            method="GET",
            address=monitor,
            path="/{copy monitor}",
            repeatable=True,
            pace=pace_of("GET", "/drives/{drive}", ""),
        )
        return await self._client.transport.send(ask)

    async def move(self, file: StoredFile, folder: ItemId, name: str) -> None:
        """Moving what is there already changes nothing. Source: api/driveitem-move.md."""
        body = {"parentReference": {"id": folder}, "name": name}
        ids = {"drive": file.drive, "file": file.item}
        query = {_FAIL: "fail"}
        await self._client.send(Call("PATCH", _ITEM, Subject(About.FILE, name), ids, query, body, repeatable=True))

    async def remove(self, file: StoredFile) -> None:
        """Source: api/driveitem-delete.md; replay table D4."""
        ids = {"drive": file.drive, "file": file.item}
        headers = {"if-match": file.version} if file.version else {}
        call = Call("DELETE", _ITEM, Subject(About.FILE, file.name), ids, headers=headers, repeatable=True)
        try:
            await self._client.send(call)
        except FileUnknown:
            return


def read_stored_file(wild: Wild, drive: DriveId) -> StoredFile:
    """Source: resources/driveitem.md."""
    return StoredFile(
        drive=drive,
        item=ItemId(wild.text("id")),
        parent=ItemId(wild.opt_child("parentReference").opt_text("id")),
        name=wild.text("name"),
        is_folder=wild.has("folder"),
        size_bytes=wild.opt_number("size"),
        hash=wild.opt_child("file").opt_child("hashes").opt_text("quickXorHash"),
        version=wild.opt_text("eTag"),
        children=wild.opt_child("folder").opt_number("childCount"),
    )


def _failure(said: Wild, name: str, answer: Answer) -> FileExists | UpstreamRefused:
    error = said.opt_child("error")
    code = error.opt_text("code") or said.opt_text("errorCode")
    if code == _TAKEN:
        return FileExists(name)
    return UpstreamRefused(SERVICE, code, answer.request_id, error.opt_text("message")[:600], answer.status)
