"""One environment's Web API as one person: headers, token, pages, and errors in our words."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field

import orjson

from liaison.dataverse.batch import DataverseEnvelope, batch_ask, read_changes, write_changes
from liaison.dataverse.errors import SERVICE, Subject, error_of
from liaison.dataverse.names import NEXT_LINK
from liaison.domain.crm import Environment
from liaison.errors import UpstreamSurprise
from liaison.wire.addresses import fill_path
from liaison.wire.bearer import Bearer, send_with_bearer
from liaison.wire.hosts import is_same_origin, origin_of
from liaison.wire.messages import Answer, Ask, Pace
from liaison.wire.together import Together
from liaison.wire.transport import Transport
from liaison.wire.wild import Wild

MOST_PAGES = 500
REQUESTS_PER_USER = 6_000
WINDOW_S = 300.0
_ANNOTATIONS = 'odata.include-annotations="OData.Community.Display.V1.FormattedValue,Microsoft.Dynamics.CRM.*"'
_HEADERS = {"odata-version": "4.0", "odata-maxversion": "4.0"}

CREATE_ONLY = {"if-none-match": "*"}
"""With an id of our own this makes a row once, however often it is sent: 412 says that it is there."""


@dataclass(frozen=True)
class Call:
    """One call: the address template below the API's root, its ids, and what it is about.

    `repeatable` says that making it twice is as good as once; `expects` are statuses beside 2xx that are no error.
    """

    method: str
    path: str
    subject: Subject
    ids: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, object] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    repeatable: bool = False
    expects: tuple[int, ...] = ()


def read_rows_call(rows: str, table: str, query: Mapping[str, str], page_size: int = 0) -> Call:
    """A GET of rows of one set, with formatted values; `page_size` 0 leaves the size to the service."""
    prefer = f"odata.maxpagesize={page_size},{_ANNOTATIONS}" if page_size else _ANNOTATIONS
    return Call("GET", "/{set}", Subject(table), {"set": rows}, query, headers={"prefer": prefer}, repeatable=True)


def read_row_call(rows: str, row: str, table: str, select: str) -> Call:
    """A GET of one row, with formatted values."""
    return Call(
        "GET",
        "/{set}({row})",
        Subject(table, row),
        {"set": rows, "row": row},
        {"$select": select},
        headers={"prefer": _ANNOTATIONS},
        repeatable=True,
    )


def create_call(rows: str, table: str, row: str, body: Mapping[str, object]) -> Call:
    """A PATCH that makes a row under an id of our own, once; 412 says that it is there."""
    ids = {"set": rows, "row": row}
    subject = Subject(table, row)
    return Call("PATCH", "/{set}({row})", subject, ids, body=body, headers=CREATE_ONLY, repeatable=True, expects=(412,))


def remove_call(rows: str, table: str, row: str) -> Call:
    """A DELETE; absent already is done."""
    ids = {"set": rows, "row": row}
    return Call("DELETE", "/{set}({row})", Subject(table, row), ids, repeatable=True, expects=(404,))


class DataverseClient:
    """Reads that are asked side by side go out as one batch. Source: dataverse.md sections 5.1, 5.7 and 5.9."""

    def __init__(
        self,
        transport: Transport,
        environment: Environment,
        bearer: Bearer,
        headers: Mapping[str, str] | None = None,
        together: Together | None = None,
    ) -> None:
        """Several clients of one person may share `together`; one that acts as somebody else has its own."""
        self.environment = environment
        self.base = f"{environment.address.rstrip('/')}/api/data/v9.2"
        self._transport = transport
        self._bearer = bearer
        self._headers = {**_HEADERS, **(headers or {})}
        self._together = together or Together(transport)
        self._envelope = DataverseEnvelope(self.base, self._headers)
        # Limits are counted for each user, so that one person's bulk work holds nobody else.
        self._pace = Pace(f"dataverse {environment.key} {bearer.who}", REQUESTS_PER_USER, WINDOW_S)

    def in_the_name_of(self, user: str) -> DataverseClient:
        """The same client acting as another user of the environment, where the service allows it."""
        return DataverseClient(self._transport, self.environment, self._bearer, {"mscrmcallerid": user})

    @property
    def who(self) -> str:
        """Whose tokens are used."""
        return self._bearer.who

    async def send(self, call: Call) -> Answer:
        """The answer when it is a success or expected. Raises what the error table says."""
        return await self._send(call, f"{self.base}{fill_path(call.path, call.ids, call.query)}")

    async def read(self, call: Call) -> Wild:
        """The answer's JSON."""
        return (await self.send(call)).wild()

    async def change(self, calls: Sequence[Call]) -> bool:
        """All of these changes or none, in one request; false when one of them was refused.

        Only for calls that may be repeated. Whoever is told false makes them one by one and so learns which was refused
        and why. Raises Upstream errors when the service was not reached.
        """
        asks = [self._ask(call, f"{self.base}{fill_path(call.path, call.ids, call.query)}") for call in calls]
        for ask in asks:
            await self._transport.admit(ask)
        began = time.monotonic()
        headers, body = write_changes(asks)
        whole = batch_ask(self.base, asks[0], {**self._headers, **headers}, body, repeatable=True)
        answer = await send_with_bearer(self._transport, whole, self._bearer)
        answers = read_changes(answer, len(asks))
        ms = (time.monotonic() - began) * 1000
        outcomes = [
            self._transport.judge_part(ask, part, ms)
            for ask, part in zip(asks, answers, strict=True)
            if part is not None
        ]
        return len(outcomes) == len(asks) and all(isinstance(one, Answer) and one.is_success for one in outcomes)

    async def rows(self, call: Call) -> AsyncIterator[Wild]:
        """The rows of a collection, page by page."""
        page = await self.read(call)
        seen: set[str] = set()
        while True:
            for row in page.list("value"):
                yield row
            following = page.opt_text(NEXT_LINK)
            if not following:
                return
            if following in seen or len(seen) >= MOST_PAGES:
                raise UpstreamSurprise(SERVICE, "pages_without_end", path=f"$.{NEXT_LINK}")
            seen.add(following)
            page = await self._read_next(call, following)

    async def list_rows(self, call: Call) -> list[Wild]:
        return [row async for row in self.rows(call)]

    async def _read_next(self, call: Call, address: str) -> Wild:
        """The page behind a next link, which must lead to this very API."""
        if not is_same_origin(address, self.base) or not address.startswith(f"{self.base}/") or "/.." in address:
            raise UpstreamSurprise(SERVICE, "link_to_other_host", path=f"$.{NEXT_LINK}")
        return (await self._send(call, address)).wild()

    def _ask(self, call: Call, address: str) -> Ask:
        headers = {**self._headers, **call.headers}
        body = None
        if call.body is not None:
            body = orjson.dumps(dict(call.body))
            headers["content-type"] = "application/json"
        return Ask(
            service=SERVICE,
            purpose=SERVICE,
            method=call.method,
            address=address,
            path=call.path.replace("{set}", call.ids.get("set", "{set}")),
            repeatable=call.repeatable,
            headers=headers,
            body=body,
            home=origin_of(self.base),
            pace=self._pace,
        )

    async def _send(self, call: Call, address: str) -> Answer:
        ask = self._ask(call, address)
        if call.repeatable and call.method == "GET":
            answer = await self._together.send(ask, self._bearer, self._envelope)
        else:
            answer = await send_with_bearer(self._transport, ask, self._bearer)
        if not answer.is_success and answer.status not in call.expects:
            raise error_of(answer, call.subject)
        return answer
