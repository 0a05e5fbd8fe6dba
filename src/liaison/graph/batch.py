"""Several calls of Graph in one request. Each counts against the limits by itself.

Source: graph.md section 10; concepts/json-batching.md, concepts/known-issues.md.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

import orjson

from liaison.errors import UpstreamSurprise
from liaison.graph.errors import SERVICE
from liaison.wire.messages import Answer, Ask
from liaison.wire.wild import Wild

BATCH = "/$batch"
MOST = 20


class GraphEnvelope:
    """Reads of one moment in one batch."""

    most = MOST

    def __init__(self, base: str) -> None:
        self._base = base

    def wrap(self, asks: Sequence[Ask]) -> Ask:
        items = [self._item(str(number), ask) for number, ask in enumerate(asks)]
        return Ask(
            service=SERVICE,
            purpose=SERVICE,
            method="POST",
            address=f"{self._base}{BATCH}",
            path=BATCH,
            repeatable=True,
            headers={"content-type": "application/json"},
            body=orjson.dumps({"requests": items}),
            home=asks[0].home,
        )

    def _item(self, number: str, ask: Ask) -> dict[str, object]:
        item: dict[str, object] = {
            "id": number,
            "method": ask.method,
            "url": ask.address.removeprefix(self._base),
            "headers": dict(ask.headers),
        }
        return item if ask.body is None else {**item, "body": orjson.loads(ask.body)}

    def open(self, answer: Answer, asks: Sequence[Ask]) -> Sequence[Answer | None]:
        """Answers come in any order and are known by their ids."""
        try:
            found = {part.text("id"): read_part(part, answer) for part in answer.wild().list("responses")}
        except UpstreamSurprise:
            return [None] * len(asks)
        return [found.get(str(number)) for number in range(len(asks))]


def read_part(part: Wild, whole: Answer) -> Answer:
    """JSON stands as it is; everything else, and JSON that was cut, as base64."""
    given = part.opt_child("headers")
    headers = {"date": whole.header("date")} | {name.lower(): str(given.member(name).untamed) for name in given.names()}
    content = part.member("body").untamed
    body = b"" if content is None else _plain(content) if isinstance(content, str) else orjson.dumps(content)
    request_id = headers.get("request-id", whole.request_id)
    return Answer(SERVICE, part.number("status"), headers, body, request_id=request_id)


def _plain(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return text.encode()
