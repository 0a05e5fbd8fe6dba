"""Carrying out a fault: delays, lost and mangled answers, aborted connections, killed workers."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from dataclasses import dataclass, field
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from liaison.tenant.faults import Action, Fault, FaultPlan
from liaison.tenant.service_errors import service_error

ABORT = "liaison.abort"
_CRUMBS = 20
_log = logging.getLogger(__name__)
PROXY_PAGE = b"<!DOCTYPE html><html><head><title>Gateway</title></head><body><h1>Please wait</h1></body></html>"


class ConnectionDropped(Exception):
    """The answer is withheld and the connection gone; only in-process callers, which have no connection, see it."""


@dataclass
class Answer:
    """A complete answer, held back from the client."""

    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message.get("headers", []))
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")

    async def send(self, send: Send, body: bytes | None = None) -> None:
        """Send it, or send another body under the same status with a fitting length."""
        content = self.body if body is None else body
        kept = [(name, value) for name, value in self.headers if name.lower() != b"content-length"]
        headers = [*kept, (b"content-length", str(len(content)).encode())]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": content})


async def meet_fault(fault: Fault, plan: FaultPlan, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Let one call go wrong as its rule says; the effect takes place in every phase but "before"."""
    action = fault.action
    match fault.phase:
        case "delay":
            await asyncio.sleep(action.delay_s)
            await app(scope, receive, send)
        case "before":
            # A client that is still sending when the connection goes may take the reset for a plain end.
            await drain(receive)
            await _misbehave(action, plan, Answer(200, [(b"content-type", b"application/json")]), scope, send)
        case "after":
            await _misbehave(action, plan, await _carried_out(app, scope, receive), scope, send)
        case "mid-body":
            await _break_off(action, plan, await _carried_out(app, scope, receive), scope, send)
        case "duplicate":
            await _carry_out_twice(app, scope, receive, send)
        case "stale":
            await _answer_stale(action, plan, app, scope, receive, send)


async def remember_answer(plan: FaultPlan, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Serve a call and keep its first good answer, for a later stale read."""
    answer = await _carried_out(app, scope, receive)
    if answer.status == 200:
        plan.remembered.setdefault((scope["path"], scope["query_string"]), answer)
    await answer.send(send)


async def _carried_out(app: ASGIApp, scope: Scope, receive: Receive) -> Answer:
    answer = Answer()
    await app(scope, receive, answer.take)
    return answer


async def _misbehave(action: Action, plan: FaultPlan, answer: Answer, scope: Scope, send: Send) -> None:
    """Replace a whole answer, which the client never sees as it was."""
    if action.delay_s:
        await asyncio.sleep(action.delay_s)
    if action.kill is not None:
        kill_workers(plan)
        drop_connection(scope)
    elif action.reset:
        drop_connection(scope)
    elif action.status is not None:
        await _send_error(action, action.status, scope, send)
    elif action.html:
        await Answer(200, [(b"content-type", b"text/html; charset=utf-8")], PROXY_PAGE).send(send)
    elif action.truncate:
        await answer.send(send, first_half(answer.body))
    elif action.charset is not None:
        await answer.send(send, in_charset(answer.body, action.charset))
    elif action.drip_s:
        await _drip(answer, action.drip_s, send)
    elif action.delay_s:
        await answer.send(send)
    else:
        drop_connection(scope)


async def _break_off(action: Action, plan: FaultPlan, answer: Answer, scope: Scope, send: Send) -> None:
    """Send the head and half of the body, then end the connection."""
    content = answer.body or b" "
    kept = [(name, value) for name, value in answer.headers if name.lower() != b"content-length"]
    headers = [*kept, (b"content-length", str(len(content)).encode())]
    status = answer.status if answer.body else 200
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content[: len(content) // 2], "more_body": True})
    # The half must have left the machine before the connection goes, or the client sees a reset without an answer.
    await asyncio.sleep(max(action.delay_s, 0.02))
    if action.kill is not None:
        kill_workers(plan)
    drop_connection(scope, reset=action.reset)


async def _carry_out_twice(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """What a proxy does that repeats a request: the effect happens twice, the client sees the second answer."""
    body = await _whole_body(receive)
    await _carried_out(app, dict(scope), _replay(body))
    await app(scope, _replay(body), send)


async def _answer_stale(
    action: Action, plan: FaultPlan, app: ASGIApp, scope: Scope, receive: Receive, send: Send
) -> None:
    """Answer as before the last change: with the status the rule gives, or with the first answer remembered."""
    if action.status is not None:
        await _send_error(action, action.status, scope, send)
        return
    remembered = plan.remembered.get((scope["path"], scope["query_string"]))
    if isinstance(remembered, Answer):
        await remembered.send(send)
    else:
        await app(scope, receive, send)


async def _send_error(action: Action, status: int, scope: Scope, send: Send) -> None:
    state: dict[str, Any] = scope.get("state", {})
    message = action.message or "A fault that the plan asked for."
    answer = service_error(
        scope["path"],
        status,
        message,
        code=action.code,
        request_id=state.get("request_id", ""),
        stamp=state.get("stamp", ""),
        headers=action.headers,
    )
    headers = list(answer.raw_headers)
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": bytes(answer.body)})


def drop_connection(scope: Scope, reset: bool = True) -> None:
    """End the connection without (the rest of) an answer. Raises ConnectionDropped."""
    abort = scope.get("extensions", {}).get(ABORT)
    if abort is not None:
        abort(reset)
    raise ConnectionDropped(scope["path"])


def kill_workers(plan: FaultPlan) -> None:
    for pid in plan.workers:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            _log.warning("worker %s was gone before the fault plan reached it", pid)


async def _drip(answer: Answer, seconds: float, send: Send) -> None:
    """Send the body in crumbs, spread over some time."""
    content = answer.body or b" "
    crumbs = [content[start : start + -(-len(content) // _CRUMBS)] for start in
              range(0, len(content), -(-len(content) // _CRUMBS))]  # fmt: skip
    head = [(name, value) for name, value in answer.headers if name.lower() != b"content-length"]
    length = (b"content-length", str(len(answer.body)).encode())
    await send({"type": "http.response.start", "status": answer.status, "headers": [*head, length]})
    for crumb in crumbs if answer.body else ():
        await asyncio.sleep(seconds / len(crumbs))
        await send({"type": "http.response.body", "body": crumb, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def first_half(content: bytes) -> bytes:
    """A body cut off in the middle; where there was none, the beginning of one."""
    content = content or b'{"value": [{"id": "1"}, {"id": "2"}]}'
    return content[: len(content) // 2]


def in_charset(content: bytes, charset: str) -> bytes:
    """A text in another encoding than its header says; other bodies as they are."""
    try:
        return content.decode().encode(charset, "replace")
    except UnicodeDecodeError:
        return content


async def drain(receive: Receive) -> None:
    """Take the rest of a request's body and forget it."""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            return


async def _whole_body(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if not message.get("more_body", False):
            return body


def _replay(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
