"""The port `Messages` over Graph: single messages, and subscriptions to a channel's.

Source: Graph v1.0, api/chatmessage-get.md, resources/subscription.md; graph.md sections 8 and 9.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from liaison.domain.filing import ChannelMessage, MessageRef, Reaction
from liaison.domain.names import ChannelId, PersonId, TeamId
from liaison.errors import AddressNotReachable, UpstreamRefused
from liaison.graph.client import Call, GraphClient, read_call
from liaison.graph.errors import About, Subject
from liaison.graph.message_text import one_line, plain_text
from liaison.graph.resources import read_message_path
from liaison.ports.filing import Subscription
from liaison.wire.wild import Wild

CHANGES = "updated"
"""A reaction changes a message; a new one has none yet. The fewest notifications that will do."""

_MESSAGE = "/teams/{team}/channels/{channel}/messages/{message}"
_REPLY = _MESSAGE + "/replies/{reply}"
_SUBSCRIPTIONS = "/subscriptions"
_SUBSCRIPTION = "/subscriptions/{subscription}"
_NOT_ANSWERED = "Subscription validation request"
_MOST_NAMES, _LONGEST_NAME = 20, 200


class GraphMessages:
    """Reads one message at a time, by its ids."""

    def __init__(self, client: GraphClient) -> None:
        self._client = client

    async def read_message(self, ref: MessageRef) -> ChannelMessage | None:
        """None for one that is gone, deleted, or made by the service itself."""
        ids = {"team": ref.team, "channel": ref.channel, "message": ref.message}
        subject = _about(ref.team, ref.channel)
        call = read_call(_MESSAGE, subject, ids)
        if ref.reply:
            call = read_call(_REPLY, subject, {**ids, "reply": ref.reply})
        answer = await self._client.send(replace(call, expects=(404,)))
        if not answer.is_success:
            return None
        wild = answer.wild()
        is_written = wild.opt_text("messageType") == "message" and not wild.has("deletedDateTime")
        return _read_message(wild, ref) if is_written else None

    async def subscribe(
        self, team: TeamId, channel: ChannelId, address: str, secret: str, until: datetime
    ) -> Subscription | None:
        """The address answers the handshake twice during the call. Source: api/subscription-post-subscriptions.md"""
        body = {
            "changeType": CHANGES,
            "resource": f"/teams/{team}/channels/{channel}/messages",
            "notificationUrl": address,
            "lifecycleNotificationUrl": address,
            "expirationDateTime": _moment(until),
            "clientState": secret,
            "latestSupportedTlsVersion": "v1_2",
        }
        call = Call("POST", _SUBSCRIPTIONS, _about(team, channel), body=body, expects=(409,))
        try:
            answer = await self._client.send(call)
        except UpstreamRefused as refused:
            if refused.http_status == 400 and refused.reason.startswith(_NOT_ANSWERED):
                raise AddressNotReachable(address) from refused
            raise
        return _read_subscription(answer.wild()) if answer.is_success else None

    async def list_subscriptions(self) -> tuple[Subscription, ...]:
        """Source: api/subscription-list.md"""
        call = read_call(_SUBSCRIPTIONS, Subject(About.MESSAGES), {})
        found = [_read_subscription(item) async for item in self._client.pages(call)]
        return tuple(one for one in found if one.channel)

    async def renew(self, subscription: str, until: datetime) -> Subscription | None:
        """Renews and reauthorizes at once. Source: api/subscription-update.md"""
        ids, body = {"subscription": subscription}, {"expirationDateTime": _moment(until)}
        subject = Subject(About.MESSAGES)
        call = Call("PATCH", _SUBSCRIPTION, subject, ids, body=body, repeatable=True, expects=(404,))
        answer = await self._client.send(call)
        return _read_subscription(answer.wild()) if answer.is_success else None

    async def unsubscribe(self, subscription: str) -> None:
        """Source: api/subscription-delete.md"""
        ids = {"subscription": subscription}
        call = Call("DELETE", _SUBSCRIPTION, Subject(About.MESSAGES), ids, repeatable=True, expects=(404,))
        await self._client.send(call)


def _about(team: str, channel: str) -> Subject:
    return Subject(About.MESSAGES, channel, team)


def _read_message(wild: Wild, ref: MessageRef) -> ChannelMessage:
    body = wild.opt_child("body")
    names = [one.opt_text("name") for one in wild.opt_list("attachments")]
    return ChannelMessage(
        ref=ref,
        author=one_line(_author(wild.opt_child("from")))[:_LONGEST_NAME],
        at=wild.moment("createdDateTime"),
        subject=one_line(wild.opt_text("subject"))[:_LONGEST_NAME],
        text=plain_text(body.opt_text("content"), body.opt_text("contentType", "text")),
        address=_checked_address(wild.opt_text("webUrl")),
        attachments=tuple(one_line(name)[:_LONGEST_NAME] for name in names if name)[:_MOST_NAMES],
        reactions=tuple(_reactions(wild)),
    )


def _author(sender: Wild) -> str:
    """A person, or the application that wrote for nobody."""
    for kind in ("user", "application", "device"):
        name = sender.opt_child(kind).opt_text("displayName")
        if name:
            return name
    return ""


def _reactions(wild: Wild) -> list[Reaction]:
    """Those of people; an application's count for nothing. Source: resources/chatmessagereaction.md"""
    found = []
    for one in wild.opt_list("reactions"):
        person = one.opt_child("user").opt_child("user").opt_text("id")
        if person:
            found.append(Reaction(PersonId(person), one.opt_text("reactionType")))
    return found


def _checked_address(address: str) -> str:
    """Only what a browser may follow."""
    return address if urlsplit(address).scheme in {"http", "https"} and not address.split()[1:] else ""


def _read_subscription(wild: Wild) -> Subscription:
    place = read_message_path(f"{wild.opt_text('resource').strip('/')}/0")
    return Subscription(
        id=wild.text("id"),
        address=wild.opt_text("notificationUrl"),
        ends_at=wild.moment("expirationDateTime"),
        channel=place.channel if place is not None else "",
    )


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
