"""Telling subscribers: changes become notifications, which are posted until they are taken or four hours pass.

Source: Graph v1.0, concepts/change-notifications-delivery-webhooks.md; graph.md 9.2
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from liaison.tenant.estate import Estate, messages, subscriptions
from liaison.tenant.estate.subscriptions import Change, Notification, Subscription
from liaison.tenant.estate.switches import get_switch
from liaison.tenant.graph.members import member_id
from liaison.tenant.graph.responses import Json
from liaison.tenant.graph.rich_notifications import encrypted_content, validation_token
from liaison.tenant.seeds.company import TENANT_ID

if TYPE_CHECKING:
    import httpx2

_LOOK_EVERY_S = 0.5
_ANSWER_LIMIT_S = 3.0
_GIVE_UP_AFTER_S = 4 * 3600.0
_FIRST_PAUSE_S = 5.0
_LONGEST_PAUSE_S = 900.0
_WARN_BEFORE_S = 15 * 60.0


class Teller:
    """Runs beside the requests of one event loop while there is anybody to tell."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        self._task: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """Make sure that telling goes on; called after every request, and cheap when it does already."""
        loop = asyncio.get_running_loop()
        task = self._task
        if task is not None and not task.done() and task.get_loop() is loop:
            return
        if subscriptions.has_subscriptions(self._estate):
            self._task = loop.create_task(self._tell_on())

    async def _tell_on(self) -> None:
        import httpx2  # noqa: PLC0415 - large, and needed only where somebody asked to be told

        async with httpx2.AsyncClient(timeout=_ANSWER_LIMIT_S, verify=False, trust_env=False) as client:
            while subscriptions.has_subscriptions(self._estate):
                self._collect()
                due = subscriptions.list_due_notifications(self._estate)
                await asyncio.gather(*(self._post(client, one) for one in due))
                await asyncio.sleep(_LOOK_EVERY_S)

    def _collect(self) -> None:
        """Turn waiting changes and coming ends into notifications."""
        changes = subscriptions.list_changes(self._estate)
        if changes:
            subscriptions.queue_notifications(self._estate, changes[-1].seq, self._notifications(changes))
        for ending in subscriptions.list_ending_subscriptions(self._estate, _WARN_BEFORE_S):
            body = {"value": [_lifecycle_item(ending)]}
            told = self._notification(ending.id, ending.lifecycle_url or "", body)
            subscriptions.queue_notifications(self._estate, 0, [told])
            subscriptions.mark_warned(self._estate, ending.id)

    def _notifications(self, changes: list[Change]) -> list[Notification]:
        """One body for each subscription that is concerned; a switch loses some of them."""
        if get_switch(self._estate, "graph.lose_notifications", False):
            return []
        concerned: dict[str, tuple[Subscription, list[Change]]] = {}
        for change in changes:
            for watcher in subscriptions.list_watchers(self._estate, change):
                concerned.setdefault(watcher.id, (watcher, []))[1].append(change)
        return [
            self._notification(watcher.id, watcher.notification_url, self._body(watcher, its))
            for watcher, its in concerned.values()
        ]

    def _body(self, watcher: Subscription, changes: list[Change]) -> Json:
        body: Json = {"value": list(_items(self._estate, watcher, changes))}
        if subscriptions.find_certificate(self._estate, watcher.id) is not None:
            body["validationTokens"] = [validation_token(self._estate, watcher)]
        return body

    def _notification(self, subscription_id: str, url: str, body: Json) -> Notification:
        now = self._estate.clock.seconds()
        return Notification(self._estate.ids.guid(), subscription_id, url, json.dumps(body), 0, now, now)

    async def _post(self, client: httpx2.AsyncClient, one: Notification) -> None:
        import httpx2  # noqa: PLC0415 - as above

        try:
            answered = await client.post(one.url, content=one.body, headers={"Content-Type": "application/json"})
            taken = answered.is_success
        except httpx2.HTTPError:
            taken = False
        now = self._estate.clock.seconds()
        if taken or now - one.first_try > _GIVE_UP_AFTER_S:
            subscriptions.drop_notification(self._estate, one.id)
        else:
            pause_s = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2**one.attempts)
            subscriptions.postpone_notification(self._estate, one.id, now + pause_s)


def _items(estate: Estate, watcher: Subscription, changes: Iterable[Change]) -> Iterable[Json]:
    """The items for one subscription; a drive's notification names no item, so one does for all."""
    told: set[tuple[str, str]] = set()
    for change in changes:
        key = (change.change_type, "" if change.topic == "drive" else f"{change.container} {change.entity_id}")
        if key not in told:
            told.add(key)
            yield {
                "id": estate.ids.token(33),
                "subscriptionId": watcher.id,
                "subscriptionExpirationDateTime": _moment(watcher.expires),
                "clientState": watcher.client_state,
                "changeType": change.change_type,
                "tenantId": TENANT_ID,
                **_resource(estate, watcher, change),
                **encrypted_content(estate, watcher, change),
            }


def _resource(estate: Estate, watcher: Subscription, change: Change) -> Json:
    container, entity_id = change.container, change.entity_id
    match change.topic:
        case "team":
            return _named("Team", f"teams('{entity_id}')", entity_id)
        case "channel":
            return _named("Channel", f"teams('{container}')/channels('{entity_id}')", entity_id)
        case "member" | "channelMember":
            membership = member_id(container, entity_id)
            path = f"teams('{container}')/members('{membership}')"
            return _named("aadUserConversationMember", path, membership)
        case "message":
            return _named("chatMessage", _message_path(estate, container, entity_id), entity_id)
        case "group" | "groupMember":
            found = _named("Group", f"Groups/{container}", container)
            found["resourceData"]["organizationId"] = TENANT_ID
            if change.topic == "groupMember":
                removed = {"@removed": "deleted"} if change.change_type == "deleted" else {}
                found["resourceData"]["members@delta"] = [{"id": entity_id, **removed}]
            return found
        case _:
            return {
                "resource": watcher.resource.lstrip("/"),
                "resourceData": {"@odata.type": "#Microsoft.Graph.DriveItem"},
            }


def _message_path(estate: Estate, channel_id: str, message_id: str) -> str:
    """A post, or a reply below its post. Source: Graph v1.0, concepts/teams-changenotifications-chatmessage.md"""
    team_id = estate.db.value("SELECT team_id FROM channels WHERE id = ?", (channel_id,))
    message = messages.find_message(estate, channel_id, message_id)
    thread = f"teams('{team_id}')/channels('{channel_id}')/messages"
    if message is None or message.reply_to is None:
        return f"{thread}('{message_id}')"
    return f"{thread}('{message.reply_to}')/replies('{message_id}')"


def _named(type_name: str, path: str, entity_id: str) -> Json:
    return {
        "resource": path,
        "resourceData": {"@odata.type": f"#Microsoft.Graph.{type_name}", "@odata.id": path, "id": entity_id},
    }


def _lifecycle_item(subscription: Subscription) -> Json:
    return {
        "subscriptionId": subscription.id,
        "subscriptionExpirationDateTime": _moment(subscription.expires),
        "tenantId": TENANT_ID,
        "clientState": subscription.client_state,
        "lifecycleEvent": "reauthorizationRequired",
        "resource": subscription.resource,
    }


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
