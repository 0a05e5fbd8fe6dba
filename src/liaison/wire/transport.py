"""One request in, one answer out: host rule, pace, deadline, request id, one retry, log and ledger."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import uuid4
from weakref import WeakKeyDictionary

import httpx2
import orjson

from liaison.errors import (
    AnswerLost,
    LiaisonError,
    UpstreamSurprise,
    UpstreamThrottled,
    UpstreamUnavailable,
)
from liaison.wire.hosts import AllowedHosts, Target, check_address
from liaison.wire.log import CallLine, write_call
from liaison.wire.messages import Answer, Ask
from liaison.wire.pacing import Pacing
from liaison.wire.retry import LOST_STATUSES, THROTTLED_WITHOUT_WAIT_S, read_wait_s

USER_AGENT = "NONISV|Liaison|Liaison/0.1"
CONNECT_S = 5.0
SHORTEST_TRY_S = 1.0
LARGEST_ANSWER_BYTES = 32 * 1024 * 1024
NOT_PROMISED = "call_not_promised"
_REQUEST_IDS = ("request-id", "x-ms-service-request-id", "x-ms-request-id", "req_id")

_Clients = dict[str, httpx2.AsyncClient]


@dataclass(frozen=True)
class Failure:
    """Why a try brought no usable answer. `was_sent` says that the service may have acted."""

    error: LiaisonError
    was_sent: bool
    may_repeat: bool = True


class Transport:
    """Sends asks over kept connections; one for each process.

    Redirects are never followed. An HTTP client belongs to one event loop, so each loop has its own.
    """

    def __init__(
        self,
        hosts: Mapping[str, AllowedHosts],
        ca_file: str | None = None,
        pacing: Pacing | None = None,
        ledger: Callable[[CallLine], None] | None = None,
        promised: Callable[[Ask], bool] = lambda ask: True,
    ) -> None:
        self._hosts = dict(hosts)
        self._tls = ssl.create_default_context()
        if ca_file:
            self._tls.load_verify_locations(ca_file)
        self._pacing = pacing or Pacing()
        self._ledger = ledger
        self._promised = promised
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, _Clients] = WeakKeyDictionary()

    async def send(self, ask: Ask) -> Answer:
        """The service's answer, whatever its status says, except that it is busy or broken.

        Raises UpstreamThrottled on 429; UpstreamUnavailable when the service was not reached or failed, a repeatable
        ask having been repeated once; AnswerLost when an ask that must not be repeated may have taken effect;
        UpstreamSurprise for an address that the host rule refuses, or a call that was never promised.
        """
        target = await self._check(ask)
        if ask.token and target.origin != ask.home:
            raise UpstreamSurprise(ask.service, "token_for_other_host", path=target.url.host)
        ends = time.monotonic() + ask.deadline_s
        for attempt in range(1, ask.tries + 1):
            if ask.pace is not None:
                await self._pacing.enter(ask.service, ask.pace)
            outcome = await self._try(ask, target, max(ends - time.monotonic(), SHORTEST_TRY_S))
            if isinstance(outcome, Answer):
                return outcome
            can_repeat = outcome.may_repeat and (ask.repeatable or not outcome.was_sent)
            if attempt == ask.tries or not can_repeat or time.monotonic() >= ends:
                raise _handed_up(outcome, ask)
        raise AssertionError("the loop returns or raises")

    async def admit(self, ask: Ask) -> None:
        """Let an ask go as a part of another, when it is its turn. Raises what `send` raises before it sends."""
        await self._check(ask)
        if ask.pace is not None and ask.counted_apart:
            await self._pacing.enter(ask.service, ask.pace)

    def judge_part(self, ask: Ask, answer: Answer, ms: float) -> Answer | Failure:
        """What the answer to a part means; noted like the answer to an ask of its own."""
        outcome = self._judge(ask, answer)
        self._record(ask, httpx2.URL(ask.address).host, outcome, "", ms)
        return outcome

    async def _check(self, ask: Ask) -> Target:
        target = await check_address(ask.service, ask.purpose, ask.address, self._hosts)
        if not self._promised(ask):
            refused = UpstreamSurprise(ask.service, NOT_PROMISED, path=f"{ask.method} {ask.path}")
            self._record(ask, target.url.host, Failure(refused, was_sent=False), "", 0.0)
            raise refused
        return target

    async def aclose(self) -> None:
        """Close the connections of the running loop."""
        for client in self._clients.pop(asyncio.get_running_loop(), {}).values():
            await client.aclose()

    async def _try(self, ask: Ask, target: Target, limit_s: float) -> Answer | Failure:
        request_id, started = str(uuid4()), time.monotonic()
        try:
            async with asyncio.timeout(limit_s):
                answer = await self._exchange(ask, target, request_id)
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as cause:
            outcome: Answer | Failure = Failure(_unavailable(ask, cause), was_sent=False)
        except (httpx2.HTTPError, httpx2.StreamError, TimeoutError, OSError) as cause:
            outcome = Failure(_unavailable(ask, cause), was_sent=True)
        else:
            outcome = self._judge(ask, answer)
        self._record(ask, target.url.host, outcome, request_id, (time.monotonic() - started) * 1000)
        return outcome

    async def _exchange(self, ask: Ask, target: Target, request_id: str) -> Answer:
        client = self._client(target)
        url, extensions = target.url, {}
        if target.pinned:
            url, extensions = url.copy_with(host=target.pinned), {"sni_hostname": target.url.host}
        headers = {
            "accept": "application/json",
            "user-agent": USER_AGENT,
            **{name.lower(): value for name, value in ask.headers.items()},
            "client-request-id": request_id,
            "host": target.url.netloc.decode("ascii"),
        }
        if ask.token:
            headers["authorization"] = f"Bearer {ask.token}"
        async with client.stream(
            ask.method, url, content=ask.body, headers=headers, extensions=extensions, follow_redirects=False
        ) as response:
            body = await _read_limited(response, ask.service)
        kept = {name.lower(): value for name, value in response.headers.items()}
        service_id = next((kept[name] for name in _REQUEST_IDS if name in kept), "")
        return Answer(ask.service, response.status_code, kept, body, request_id=service_id)

    def _judge(self, ask: Ask, answer: Answer) -> Answer | Failure:
        wait_s = read_wait_s(answer.headers, datetime.now(UTC))
        if answer.status == 429:
            pause_s = wait_s if wait_s is not None else THROTTLED_WITHOUT_WAIT_S
            if ask.pace is not None:
                self._pacing.hold(ask.pace, pause_s)
            error = UpstreamThrottled(ask.service, "429", answer.request_id, wait_s=pause_s)
            return Failure(error, was_sent=False, may_repeat=False)
        if answer.status in LOST_STATUSES:
            broken = UpstreamUnavailable(ask.service, str(answer.status), answer.request_id, wait_s)
            return Failure(broken, was_sent=True, may_repeat=wait_s is None)
        return _read_content(ask, answer)

    def _record(self, ask: Ask, host: str, outcome: Answer | Failure, request_id: str, elapsed_ms: float) -> None:
        status, service_id, trouble = 0, "", ""
        if isinstance(outcome, Answer):
            status, service_id = outcome.status, outcome.request_id
        else:
            trouble = str(getattr(outcome.error, "service_code", "")) or outcome.error.code
            status = int(trouble) if trouble.isdigit() else 0
            service_id = str(getattr(outcome.error, "request_id", ""))
        line = CallLine(ask.service, ask.method, host, ask.path, status, elapsed_ms)
        write_call(line, ask, request_id, service_id, trouble)
        if self._ledger is not None:
            self._ledger(line)

    def _client(self, target: Target) -> httpx2.AsyncClient:
        # A pinned host has its own connections: TLS was checked for that name, not for its neighbours at the address.
        key = target.url.host if target.pinned else ""
        mine = self._clients.setdefault(asyncio.get_running_loop(), {})
        if key not in mine:
            mine[key] = httpx2.AsyncClient(
                verify=self._tls,
                trust_env=False,
                timeout=httpx2.Timeout(60.0, connect=CONNECT_S),
                limits=httpx2.Limits(max_connections=64, max_keepalive_connections=32, keepalive_expiry=30.0),
            )
        return mine[key]


async def _read_limited(response: httpx2.Response, service: str) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in response.aiter_bytes():
        size += len(part)
        if size > LARGEST_ANSWER_BYTES:
            raise UpstreamSurprise(service, "answer_too_large")
        parts.append(part)
    return b"".join(parts)


def _read_content(ask: Ask, answer: Answer) -> Answer | Failure:
    """The answer with its JSON. A success that cannot be read whole is as good as lost: a proxy's page, a cut text."""
    if not answer.body:
        return answer
    try:
        return replace(answer, content=orjson.loads(answer.body))
    except orjson.JSONDecodeError:
        if answer.is_success and ask.reads_json:
            return Failure(UpstreamUnavailable(ask.service, "unreadable", answer.request_id), was_sent=True)
        return answer


def _unavailable(ask: Ask, cause: Exception) -> UpstreamUnavailable:
    error = UpstreamUnavailable(ask.service, type(cause).__name__)
    error.__cause__ = cause
    return error


def _handed_up(failure: Failure, ask: Ask) -> LiaisonError:
    error = failure.error
    if failure.was_sent and not ask.repeatable and isinstance(error, UpstreamUnavailable):
        lost = AnswerLost(ask.service, error.service_code, error.request_id)
        lost.__cause__ = error
        return lost
    return error
