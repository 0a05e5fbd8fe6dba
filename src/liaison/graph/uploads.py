"""Putting a file into a folder: in one request when small, else by an upload session that survives lost answers.

Source: graph.md sections 6.3 to 6.5; replay table D2 and D3.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from liaison.domain.names import DriveId, ItemId
from liaison.domain.teams import FileEntry
from liaison.errors import (
    AnswerLost,
    FileExists,
    FileUnknown,
    InputInvalid,
    UpstreamRefused,
    UpstreamUnavailable,
)
from liaison.graph.client import Call, GraphClient, read_call
from liaison.graph.errors import SERVICE, About, Subject, error_of
from liaison.graph.payloads import read_file_entry
from liaison.graph.quickxor import quick_xor_hash
from liaison.wire.messages import Answer, Ask
from liaison.wire.wild import Wild

SMALL_BYTES = 4 * 1024 * 1024
RANGE_BYTES = 16 * 320 * 1024
"""5 MiB: a multiple of 320 KiB, as ranges must be. Source: api/driveitem-createuploadsession.md."""
MOST_RESUMES = 5
RANGE_DEADLINE_S = 120.0

BY_NAME = "/drives/{drive}/items/{folder}:/{name}:"


@dataclass(frozen=True)
class _Goal:
    """The file to be made."""

    drive: DriveId
    folder: ItemId
    name: str
    size_bytes: int

    @property
    def ids(self) -> dict[str, str]:
        return {"drive": self.drive, "folder": self.folder, "name": self.name}

    @property
    def subject(self) -> Subject:
        return Subject(About.FILE, self.name)


class GraphUploads:
    """Never overwrites: a file of that name is FileExists, unless it is the very file of a lost answer."""

    def __init__(self, client: GraphClient) -> None:
        self._client = client

    async def upload(
        self, drive: DriveId, folder: ItemId, name: str, content: AsyncIterator[bytes], size_bytes: int
    ) -> FileEntry:
        """Raises InputInvalid when the content is not as long as said."""
        goal = _Goal(drive, folder, name, size_bytes)
        if size_bytes <= SMALL_BYTES:
            return await self._upload_small(goal, await _read_whole(content, goal))
        return await self._upload_large(goal, content)

    async def _upload_small(self, goal: _Goal, content: bytes) -> FileEntry:
        call = Call(
            "PUT",
            f"{BY_NAME}/content",
            goal.subject,
            goal.ids,
            {"@microsoft.graph.conflictBehavior": "fail"},
            content,
            {"content-type": "application/octet-stream"},
        )
        try:
            return read_file_entry(await self._client.read(call), goal.drive)
        except AnswerLost:
            found = await self._find(goal)
        if found is None:
            return read_file_entry(await self._client.read(call), goal.drive)
        given = found.opt_child("file").opt_child("hashes").opt_text("quickXorHash")
        if found.opt_number("size") != goal.size_bytes or given not in {"", quick_xor_hash(content)}:
            raise FileExists(goal.name)
        return read_file_entry(found, goal.drive)

    async def _find(self, goal: _Goal) -> Wild | None:
        try:
            return await self._client.read(read_call(BY_NAME, goal.subject, goal.ids))
        except FileUnknown:
            return None

    async def _upload_large(self, goal: _Goal, content: AsyncIterator[bytes]) -> FileEntry:
        address = await self._open_session(goal)
        sent, done = 0, None
        try:
            async for part in _cut(content, goal):
                done = await self._send_range(address, goal, part, sent)
                sent += len(part)
        except BaseException:
            await self._cancel(address, goal)
            raise
        found = done or await self._find(goal)
        if found is None:
            raise UpstreamUnavailable(SERVICE, "upload_unfinished")
        return read_file_entry(found, goal.drive)

    async def _open_session(self, goal: _Goal) -> str:
        item = {"@microsoft.graph.conflictBehavior": "fail", "name": goal.name, "fileSize": goal.size_bytes}
        path = f"{BY_NAME}/createUploadSession"
        # A session that nobody uses ends by itself, so opening two does no harm.
        call = Call("POST", path, goal.subject, goal.ids, body={"item": item}, repeatable=True)
        return (await self._client.read(call)).text("uploadUrl")

    async def _send_range(self, address: str, goal: _Goal, part: bytes, start: int) -> Wild | None:
        """The finished file after the last range, None before; resumed where the session says after a lost answer."""
        first, last = start, start + len(part) - 1
        for _ in range(MOST_RESUMES):
            header = f"bytes {first}-{last}/{goal.size_bytes}"
            answer = await self._put(address, goal, part[first - start :], header)
            if answer is not None and answer.status in {200, 201}:
                return answer.wild()
            if answer is not None and answer.status == 202:
                return None
            if answer is not None and answer.status not in {404, 416}:
                raise error_of(answer, goal.subject)
            following = await self._next_expected(address, goal)
            if following is None:
                return await self._finished(goal)
            if following > last:
                return None
            if following < start:
                raise UpstreamUnavailable(SERVICE, "upload_lost_ranges")
            first = following
        raise UpstreamUnavailable(SERVICE, "upload_stuck")

    async def _put(self, address: str, goal: _Goal, part: bytes, content_range: str) -> Answer | None:
        """None when the answer was lost. The address carries its own right: a token would be refused."""
        headers = {"content-range": content_range, "content-type": "application/octet-stream"}
        try:
            return await self._send("PUT", address, headers, part)
        except (AnswerLost, UpstreamUnavailable):
            return None

    async def _next_expected(self, address: str, goal: _Goal) -> int | None:
        """Where the session wants to go on; None when there is no session any more."""
        answer = await self._send("GET", address, {}, None)
        if answer.status == 404:
            return None
        if not answer.is_success:
            raise error_of(answer, goal.subject)
        ranges = answer.wild().opt_list("nextExpectedRanges")
        if not ranges:
            return goal.size_bytes
        text = ranges[0].as_text().split("-")[0]
        if not text.isdigit():
            raise answer.wild().surprise("nextExpectedRanges")
        return int(text)

    async def _finished(self, goal: _Goal) -> Wild:
        """The session is gone: because the file is complete, or because it ended."""
        found = await self._find(goal)
        if found is None or found.opt_number("size") != goal.size_bytes:
            raise UpstreamUnavailable(SERVICE, "upload_session_gone")
        return found

    async def _cancel(self, address: str, goal: _Goal) -> None:
        try:
            await self._send("DELETE", address, {}, None)
        except (AnswerLost, UpstreamUnavailable, UpstreamRefused):
            return  # the session ends by itself

    async def _send(self, method: str, address: str, headers: dict[str, str], body: bytes | None) -> Answer:
        ask = Ask(
            service=SERVICE,
            purpose="upload",
            method=method,
            address=address,
            path="/{upload session}",
            repeatable=method != "PUT",
            headers=headers,
            body=body,
            deadline_s=RANGE_DEADLINE_S,
        )
        return await self._client.transport.send(ask)


async def _read_whole(content: AsyncIterator[bytes], goal: _Goal) -> bytes:
    parts = [part async for part in _cut(content, goal)]
    return b"".join(parts)


async def _cut(content: AsyncIterator[bytes], goal: _Goal) -> AsyncIterator[bytes]:
    """The content in ranges of one size. Raises InputInvalid when it is longer or shorter than said."""
    held, seen = bytearray(), 0
    async for piece in content:
        seen += len(piece)
        if seen > goal.size_bytes:
            raise _wrong_length(goal)
        held += piece
        while len(held) >= RANGE_BYTES:
            yield bytes(held[:RANGE_BYTES])
            del held[:RANGE_BYTES]
    if seen != goal.size_bytes:
        raise _wrong_length(goal)
    if held:
        yield bytes(held)


def _wrong_length(goal: _Goal) -> InputInvalid:
    return InputInvalid("content", goal.name, f"{goal.size_bytes} bytes")
