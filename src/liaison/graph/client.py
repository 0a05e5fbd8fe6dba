"""Graph as one person: address, token, pages, and errors in our words."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

import orjson

from liaison.errors import UpstreamSurprise
from liaison.graph.batch import GraphEnvelope
from liaison.graph.errors import SERVICE, Subject, error_of
from liaison.graph.paces import pace_of
from liaison.wire.addresses import fill_path
from liaison.wire.bearer import Bearer, send_with_bearer
from liaison.wire.hosts import is_same_origin, origin_of
from liaison.wire.messages import Answer, Ask
from liaison.wire.together import Together
from liaison.wire.transport import Transport
from liaison.wire.wild import Wild

MOST_PAGES = 500


@dataclass(frozen=True)
class Call:
    """One call: the address template, its ids (each becomes one path segment), and what it is about.

    `repeatable` says that making it twice is as good as once; `expects` are statuses beside 2xx that are no error.
    """

    method: str
    path: str
    subject: Subject
    ids: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)
    repeatable: bool = False
    expects: tuple[int, ...] = ()

    @property
    def address(self) -> str:
        return fill_path(self.path, self.ids, self.query)


def read_call(path: str, subject: Subject, ids: Mapping[str, str], query: Mapping[str, str] | None = None) -> Call:
    """A GET. Enumerations are asked for with the members that came after their first edition."""
    headers = {"prefer": "include-unknown-enum-members"}
    return Call("GET", path, subject, ids, query or {}, headers=headers, repeatable=True)


class GraphClient:
    """Reads that are asked side by side go out as one batch. Source: graph.md sections 1 and 10."""

    def __init__(self, transport: Transport, base: str, bearer: Bearer, together: Together | None = None) -> None:
        """Several clients of one person may share `together`, so that what they ask side by side is joined too."""
        self.transport = transport
        self.base = base.rstrip("/")
        self._bearer = bearer
        self._together = together or Together(transport)
        self._envelope = GraphEnvelope(self.base)

    async def send(self, call: Call) -> Answer:
        """The answer when it is a success or expected. Raises what the error table says."""
        return await self._send(call, f"{self.base}{call.address}")

    async def read(self, call: Call) -> Wild:
        """The answer's JSON."""
        return (await self.send(call)).wild()

    async def read_at(self, call: Call, address: str) -> Wild:
        """The JSON behind a link that an answer gave, which must lead to the same service."""
        if not self.is_ours(address):
            raise UpstreamSurprise(SERVICE, "link_to_other_host", path="$.@odata.nextLink")
        return (await self._send(call, address)).wild()

    def is_ours(self, address: str) -> bool:
        """Does the address lead to this very service?"""
        return is_same_origin(address, self.base) and address.startswith(f"{self.base}/") and "/.." not in address

    async def pages(self, call: Call) -> AsyncIterator[Wild]:
        """The members of a collection, page by page; an empty page may have a next one."""
        page = await self.read(call)
        seen: set[str] = set()
        while True:
            for item in page.list("value"):
                yield item
            following = page.opt_text("@odata.nextLink")
            if not following:
                return
            if following in seen or len(seen) >= MOST_PAGES:
                raise UpstreamSurprise(SERVICE, "pages_without_end", path="$.@odata.nextLink")
            seen.add(following)
            page = await self.read_at(call, following)

    async def _send(self, call: Call, address: str) -> Answer:
        body, headers = _encode_body(call)
        ask = Ask(
            service=SERVICE,
            purpose=SERVICE,
            method=call.method,
            address=address,
            path=call.path,
            repeatable=call.repeatable,
            headers=headers,
            body=body,
            home=origin_of(self.base),
            pace=pace_of(call.method, call.path, call.ids.get("team", "")),
            counted_apart=True,
        )
        if _may_be_joined(call):
            answer = await self._together.send(ask, self._bearer, self._envelope)
        else:
            answer = await send_with_bearer(self.transport, ask, self._bearer)
        if not answer.is_success and answer.status not in call.expects:
            raise error_of(answer, call.subject)
        return answer


def _may_be_joined(call: Call) -> bool:
    """Answers that lead elsewhere, to contents of files, are asked for alone."""
    return call.repeatable and call.method in {"GET", "POST"} and 302 not in call.expects


def _encode_body(call: Call) -> tuple[bytes | None, dict[str, str]]:
    headers = dict(call.headers)
    if call.body is None:
        return None, headers
    if isinstance(call.body, bytes):
        return call.body, headers
    return orjson.dumps(call.body), {**headers, "content-type": "application/json"}
