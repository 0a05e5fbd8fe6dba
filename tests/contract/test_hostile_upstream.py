"""A service that has turned against us: its links lead elsewhere, its answers are monstrous. Threat T6 and API10.

The hostile service and the trap it wants us to step into are real servers on this machine; the trap must stay empty.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from liaison.dataverse.client import DataverseClient, read_rows_call
from liaison.domain.crm import Environment
from liaison.domain.names import DriveId, EnvironmentKey, ItemId
from liaison.domain.teams import StoredFile
from liaison.errors import AnswerLost, LiaisonError, UpstreamSurprise, UpstreamUnavailable
from liaison.graph.client import GraphClient, read_call
from liaison.graph.errors import About, Subject
from liaison.graph.files import GraphFiles
from liaison.graph.uploads import SMALL_BYTES
from liaison.wire.hosts import AllowedHosts
from liaison.wire.messages import Ask
from liaison.wire.transport import LARGEST_ANSWER_BYTES, Transport

pytestmark = pytest.mark.anyio

TOKEN = "canary-token-51c0"


@dataclass
class Server:
    """A server that answers everything with one text, and keeps what it was sent."""

    port: int = 0
    body: bytes = b"{}"
    status: str = "200 OK"
    extra: str = ""
    asked: list[str] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                self.asked.append(head.decode("latin-1"))
                length = re.search(rb"content-length: (\d+)", head.lower())
                await reader.readexactly(int(length.group(1)) if length else 0)
                writer.write(
                    f"HTTP/1.1 {self.status}\r\ncontent-type: application/json\r\n{self.extra}"
                    f"content-length: {len(self.body)}\r\n\r\n".encode()
                    + self.body
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()


@asynccontextmanager
async def running(server: Server) -> AsyncIterator[Server]:
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    async with listening:
        yield server


@dataclass
class Scene:
    """The hostile service at its own address, the trap beside it, and our transport that knows only the first."""

    hostile: Server
    trap: Server
    transport: Transport

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.hostile.port}"

    def graph(self) -> GraphClient:
        return GraphClient(self.transport, f"{self.base}/v1.0", Held())

    def dataverse(self) -> DataverseClient:
        return DataverseClient(self.transport, Environment(EnvironmentKey("e"), "E", self.base), Held())


class Held:
    who = "somebody"

    async def __call__(self, refused: str = "", claims: str = "") -> str:
        return TOKEN


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with running(Server()) as hostile, running(Server()) as trap:
        origin = frozenset({f"http://127.0.0.1:{hostile.port}"})
        hosts = {purpose: AllowedHosts(origin) for purpose in ("graph", "dataverse")}
        files = AllowedHosts(origin, (".sharepoint.com",))
        transport = Transport({**hosts, "upload": files, "monitor": files})
        yield Scene(hostile, trap, transport)
        await transport.aclose()


ELSEWHERE = [
    "http://127.0.0.1:{trap}/v1.0/x",
    "http://localhost:{trap}/v1.0/x",
    "http://[::ffff:127.0.0.1]:{trap}/x",
    "http://2130706433:{trap}/x",
    "http://0x7f000001:{trap}/x",
    "http://127.1:{trap}/x",
    "http://127.0.0.1:{own}@127.0.0.1:{trap}/v1.0/x",
    "http://127.0.0.1:{trap}#@127.0.0.1:{own}/v1.0/x",
    "http://127.0.0.1:{trap}\\@127.0.0.1:{own}/v1.0/x",
    "//127.0.0.1:{trap}/x",
    "https://127.0.0.1:{trap}/x",
    "http://localtest.me:{trap}/x",
    "https://127.0.0.1.sharepoint.com.nip.io:{trap}/x",
    "http://169.254.169.254/latest/meta-data",
    "file:///etc/passwd",
    "ftp://127.0.0.1:{trap}/",
    "",
    "\u0000",
    "a" * 5000,
]


async def graph_list(scene: Scene, link: str) -> None:
    scene.hostile.body = json.dumps({"value": [], "@odata.nextLink": link}).encode()
    call = read_call("/me/joinedTeams", Subject(About.PERSON), {})
    assert [item async for item in scene.graph().pages(call)] == []


async def dataverse_list(scene: Scene, link: str) -> None:
    scene.hostile.body = json.dumps({"value": [], "@odata.nextLink": link}).encode()
    assert await scene.dataverse().list_rows(read_rows_call("accounts", "account", {})) == []


async def upload(scene: Scene, link: str) -> None:
    scene.hostile.body = json.dumps({"uploadUrl": link, "nextExpectedRanges": ["0-"]}).encode()

    async def content() -> AsyncIterator[bytes]:
        yield b"x" * (SMALL_BYTES + 1)

    await GraphFiles(scene.graph()).upload(DriveId("d"), ItemId("i"), "a.bin", content(), SMALL_BYTES + 1)


async def follow_redirect(scene: Scene, link: str) -> None:
    scene.hostile.status, scene.hostile.extra = "302 Found", f"location: {link.encode('ascii', 'ignore').decode()}\r\n"
    await scene.graph().read(read_call("/me", Subject(About.PERSON), {}))


@pytest.mark.parametrize("step", [graph_list, dataverse_list, upload])
@pytest.mark.parametrize("link", ELSEWHERE)
async def test_a_link_that_leads_elsewhere_is_not_followed(
    scene: Scene, step: Callable[[Scene, str], Awaitable[None]], link: str
) -> None:
    try:
        await step(scene, link.format(trap=scene.trap.port, own=scene.hostile.port))
    except LiaisonError as error:
        assert isinstance(error, UpstreamSurprise | UpstreamUnavailable)  # noqa: PT017
    else:
        assert link == ""  # an empty link is the end of a list
    assert scene.trap.asked == []
    assert len(scene.hostile.asked) == 1


@pytest.mark.parametrize("link", [one for one in ELSEWHERE if one.isprintable()])
async def test_a_redirect_is_not_followed(scene: Scene, link: str) -> None:
    with pytest.raises((UpstreamSurprise, UpstreamUnavailable)):
        await follow_redirect(scene, link.format(trap=scene.trap.port, own=scene.hostile.port))
    assert scene.trap.asked == []


async def watch_copy(scene: Scene, link: str) -> bool:
    location = link.encode("ascii", "ignore").decode()
    scene.hostile.status, scene.hostile.extra = "202 Accepted", f"location: {location}\r\n"
    where = DriveId("d"), ItemId("i"), ItemId("p")
    source = StoredFile(*where, "a.bin", is_folder=False, size_bytes=1, hash="h", version="")
    files = GraphFiles(scene.graph())
    return await files.is_copied(await files.begin_copy(source, DriveId("d"), ItemId("f"), "a.bin"), "a.bin")


@pytest.mark.parametrize("link", [one for one in ELSEWHERE if one.isprintable()])
async def test_a_copy_is_watched_nowhere_else(scene: Scene, link: str) -> None:
    with pytest.raises((UpstreamSurprise, UpstreamUnavailable)):
        await watch_copy(scene, link.format(trap=scene.trap.port, own=scene.hostile.port))
    assert scene.trap.asked == []


async def test_the_address_where_a_copy_is_watched_gets_no_token(scene: Scene) -> None:
    assert not await watch_copy(scene, f"{scene.base}/monitor")
    lines = [(head.split(" HTTP", 1)[0].split("?")[0], TOKEN in head) for head in scene.hostile.asked]
    assert lines == [("POST /v1.0/drives/d/items/i/copy", True), ("GET /monitor", False)]


async def test_an_upload_address_gets_no_token(scene: Scene) -> None:
    with pytest.raises(UpstreamSurprise):
        await upload(scene, f"{scene.base}/upload")
    lines = [(head.split("\r\n", 1)[0], TOKEN in head) for head in scene.hostile.asked]
    assert lines == [
        ("POST /v1.0/drives/d/items/i:/a.bin:/createUploadSession HTTP/1.1", True),
        ("PUT /upload HTTP/1.1", False),
    ]


async def test_pages_without_end_come_to_an_end(scene: Scene) -> None:
    with pytest.raises(UpstreamSurprise) as raised:
        await graph_list(scene, f"{scene.base}/v1.0/me/joinedTeams?again")
    assert raised.value.service_code == "pages_without_end"
    assert len(scene.hostile.asked) == 2


async def test_an_answer_that_is_too_large_is_cut_off(scene: Scene) -> None:
    scene.hostile.body = b" " * (LARGEST_ANSWER_BYTES + 1)
    with pytest.raises(UpstreamSurprise) as raised:
        await scene.graph().read(read_call("/me", Subject(About.PERSON), {}))
    assert raised.value.service_code == "answer_too_large"


@pytest.mark.parametrize(
    "body",
    [
        b"", b"null", b"[]", b"1", b'"x"', b"{}", b'{"value":{}}', b'{"value":[null]}', b'{"value":[[]]}',
        b'{"value":[{"id":5}]}', b'{"value":[{"id":"a","displayName":null}]}', b"[" * 500 + b"]" * 500,
    ],
)  # fmt: skip
async def test_an_answer_of_another_shape_is_a_surprise_with_its_place(scene: Scene, body: bytes) -> None:
    from liaison.graph.horizon import Horizon
    from liaison.graph.teamwork import GraphTeamwork

    scene.hostile.body = body
    with pytest.raises(UpstreamSurprise) as raised:
        await GraphTeamwork(scene.graph(), "", Horizon()).list_teams()
    assert raised.value.service == "graph"
    assert raised.value.path.startswith("$")


@pytest.mark.parametrize("body", [b"\xff\xfe", b'{"a":', b"{'a':1}", b"[" * 100_000, b'{"a":"\xe9"}', b"<html>"])
async def test_a_success_that_cannot_be_read_counts_as_lost(scene: Scene, body: bytes) -> None:
    scene.hostile.body = body
    ask = Ask("graph", "graph", "GET", f"{scene.base}/x", "/x", repeatable=True)
    with pytest.raises(UpstreamUnavailable):
        await scene.transport.send(ask)
    write = Ask("graph", "graph", "POST", f"{scene.base}/x", "/x", repeatable=False)
    with pytest.raises(AnswerLost):
        await scene.transport.send(write)
    assert len(scene.hostile.asked) == 3


async def test_two_event_loops_do_not_share_connections(scene: Scene) -> None:
    """The engine may run in another event loop than the pages."""
    ask = Ask("graph", "graph", "GET", f"{scene.base}/x", "/x", repeatable=True)
    await scene.transport.send(ask)

    def in_another_loop() -> int:
        async def once() -> int:
            answer = await scene.transport.send(ask)
            await scene.transport.aclose()
            return answer.status

        return asyncio.run(once())

    assert await asyncio.to_thread(in_another_loop) == 200
    assert (await scene.transport.send(ask)).status == 200
