"""Notifications of Graph, put into our words; nothing of them is believed here.

Source: Graph v1.0, concepts/change-notifications-delivery-webhooks.md; graph.md 9.2
"""

from __future__ import annotations

import orjson

from liaison.domain.listening import LifeEvent, Told
from liaison.graph.resources import read_message_path

MOST_ITEMS = 1_000
_EVENTS = {event.value: event for event in LifeEvent}
_LONGEST = 300


class GraphNotifications:
    """Implements `ports.Notifications`."""

    def read(self, body: bytes) -> tuple[Told, ...]:
        """Every item that can be read, up to a thousand; nothing for what is no notification."""
        try:
            content = orjson.loads(body)
        except orjson.JSONDecodeError:
            return ()
        items = content.get("value") if isinstance(content, dict) else None
        if not isinstance(items, list):
            return ()
        found = (_read(item) for item in items[:MOST_ITEMS] if isinstance(item, dict))
        return tuple(one for one in found if one is not None)


def _read(item: dict[str, object]) -> Told | None:
    event = _EVENTS.get(_text(item, "lifecycleEvent"))
    place = read_message_path(_text(item, "resource", 600).strip("/")) if event is None else None
    if event is None and place is None:
        return None
    return Told(
        subscription=_text(item, "subscriptionId"),
        secret=_text(item, "clientState"),
        tenant=_text(item, "tenantId"),
        channel=place.channel if place is not None else "",
        message=place.message if place is not None else "",
        reply=place.reply if place is not None else "",
        event=event,
    )


def _text(item: dict[str, object], name: str, longest: int = _LONGEST) -> str:
    value = item.get(name)
    return value if isinstance(value, str) and len(value) <= longest else ""
