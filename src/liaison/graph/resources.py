"""Which message a resource's address names, as subscriptions and notifications write it.

Source: Graph v1.0, concepts/teams-changenotifications-chatmessage.md; graph.md 9.2
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

_KEY = r"(?:\('(?P<{0}>[^'()/]+)'\)|/(?P<{0}_>[^'()/]+))"
_PATH = re.compile(
    "teams" + _KEY.format("team") + "/channels" + _KEY.format("channel") + "/messages" + _KEY.format("message")
    + "(?:/replies" + _KEY.format("reply") + ")?",
    re.IGNORECASE,
)  # fmt: skip
_NUMBER = re.compile(r"\d{1,20}")
_LONGEST = 600


@dataclass(frozen=True)
class MessagePath:
    """`reply` is empty for a post."""

    channel: str
    message: str
    reply: str


def read_message_path(path: str) -> MessagePath | None:
    """None for whatever is not the address of a message, whose ids are numbers."""
    found = _PATH.fullmatch(path) if len(path) <= _LONGEST else None
    if found is None:
        return None
    parts = {name: found[name] or found[f"{name}_"] or "" for name in ("channel", "message", "reply")}
    is_reply = bool(parts["reply"])
    if not _NUMBER.fullmatch(parts["message"]) or (is_reply and not _NUMBER.fullmatch(parts["reply"])):
        return None
    return MessagePath(unquote(parts["channel"]), parts["message"], parts["reply"])
