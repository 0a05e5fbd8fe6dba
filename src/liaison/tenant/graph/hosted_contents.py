"""Pictures inside messages: read from the body, kept beside the message, handed out again.

Source: Graph v1.0, resources/chatmessagehostedcontent.md, api/chatmessage-list-hostedcontents.md
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, replace

from liaison.tenant.estate import message_life, messages
from liaison.tenant.estate.message_life import HostedContent
from liaison.tenant.estate.messages import Message, NewMessage
from liaison.tenant.graph.channels import channel_key
from liaison.tenant.graph.errors import Backend, GraphError, bad_request
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.wild import Wild

_LARGEST_BYTES = 28 * 1024
_LARGEST_PICTURES_BYTES = 4 * 1024 * 1024
_TEMPORARY = re.compile(r"(?:\.\./)+hostedContents/([^/\"'<>]+)/\$value", re.IGNORECASE)
_MEDIA_TYPES = ("image/png", "image/jpeg", "image/jpg", "image/gif", "image/svg+xml", "image/webp")


@dataclass(frozen=True)
class Picture:
    """A picture as a body sends it, under an id that only the body knows."""

    temporary_id: str
    media_type: str
    content: bytes
    sent_bytes: int


def read_pictures(ask: Ask, body: Wild) -> list[Picture]:
    """The `hostedContents` of a body; raises 400 for what is no picture in base64."""
    found = []
    for one in body.children("hostedContents"):
        text = one.text("contentBytes")
        media_type = one.text("contentType").lower()
        try:
            content = base64.b64decode(text, validate=True)
        except ValueError as error:
            raise bad_request(Backend.TEAMS, "The contentBytes of a hosted content must be base64.") from error
        if media_type not in _MEDIA_TYPES:
            raise bad_request(Backend.TEAMS, f"The contentType '{media_type}' of a hosted content is not supported.")
        found.append(Picture(one.text("@microsoft.graph.temporaryId"), media_type, content, len(text)))
    if sum(len(one.content) for one in found) > _LARGEST_PICTURES_BYTES:
        raise GraphError(413, "RequestEntityTooLarge", "The hosted contents are larger than 4 MB.")
    return found


def require_size(ask: Ask, pictures: list[Picture]) -> None:
    """Raise 413 for a message of more than 28 KB, not counting its pictures. Source: graph.md section 8"""
    if len(ask.raw.body) - sum(one.sent_bytes for one in pictures) > _LARGEST_BYTES:
        raise GraphError(413, "RequestEntityTooLarge", "The message is larger than 28 KB.")


def keep_pictures(ask: Ask, message: Message, pictures: list[Picture]) -> Message:
    """Keep the pictures of a message, and let its content name their lasting addresses."""
    if not pictures:
        return message
    kept = {}
    for one in pictures:
        picture = HostedContent(
            base64.b64encode(f"id=x_{ask.estate.ids.guid()},type=1".encode()).decode(),
            one.media_type,
            ask.estate.blobs.put(one.content),
        )
        message_life.add_hosted_content(ask.estate, message.channel_id, message.id, picture)
        kept[one.temporary_id] = picture.id
    path = f"{ask.root}/teams/{message.team_id}/channels/{channel_key(message.channel_id)}/messages"
    if message.reply_to is not None:
        path += f"/{message.reply_to}/replies"

    def lasting(mark: re.Match[str]) -> str:
        known = kept.get(mark.group(1))
        return mark.group(0) if known is None else f"{path}/{message.id}/hostedContents/{known}/$value"

    content = _TEMPORARY.sub(lasting, message.content)
    new = NewMessage(
        message.user_id or "", content, message.content_type, message.subject, message.importance,
        message.attachments, message.mentions, message.reply_to,
    )  # fmt: skip
    messages.edit_message(ask.estate, message, new, by_author=False)
    return replace(message, content=content)
