"""The API as the commands ask it: signed in, in the person's language, problems raised as Refusal."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from liaison.cli.http import Answer, Readable, opened, send, with_query
from liaison.cli.refusals import Refusal
from liaison.cli.sign_in import access_token
from liaison.cli.words import language

Document = dict[str, Any]
PREFIX = "/api/v1"


@dataclass(frozen=True)
class Api:
    """One server, asked as the person who is signed in there."""

    server: str

    def get(self, path: str, **query: Any) -> Document:
        return self.ask("GET", path, query)

    def ask(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Document:
        """The answer's document. Raises Refusal, UpstreamUnavailable, SessionMissing."""
        sent = {**self._headers(), **(headers or {})}
        content = None
        if body is not None:
            content = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        return _read(send(method, self._address(path, query), sent, content))

    def upload(self, path: str, query: Mapping[str, Any], content: Readable, size_bytes: int) -> Document:
        sent = {
            **self._headers(),
            "Content-Type": "application/octet-stream",
            "Content-Length": str(size_bytes),
        }
        return _read(send("POST", self._address(path, query), sent, content))

    def download(self, path: str, query: Mapping[str, Any]) -> Answer:
        """A file, as it comes. Raises as `ask`."""
        answer = send("GET", self._address(path, query), self._headers())
        if answer.status >= 400:
            _read(answer)
        return answer

    def redirect(self, path: str, **query: Any) -> str:
        """Where the API leads to."""
        answer = send("GET", self._address(path, query), self._headers())
        if answer.status != 302:
            _read(answer)
        return answer.headers["location"]

    def follow(self, path: str) -> Iterator[Document]:
        """The documents of an event stream, as they come."""
        with opened("GET", self._address(path, {}), self._headers()) as response:
            if response.status != 200:
                _read(Answer(response.status, {}, response.read()))
            for line in response:
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name == "data":
                    yield json.loads(value)

    def _address(self, path: str, query: Mapping[str, Any] | None) -> str:
        return with_query(f"{self.server}{PREFIX}{path}", query or {})

    def _headers(self) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {access_token(self.server)}",
            "Accept-Language": language(),
            "Accept": "application/json",
        }


def _read(answer: Answer) -> Document:
    document: Document = {} if answer.status == 204 else answer.json()
    if answer.status >= 400:
        raise Refusal(document)
    return document


def path(*segments: str) -> str:
    """A path of these segments, each escaped."""
    return "/" + "/".join(quote(segment, safe="") for segment in segments)
