"""Posts and replies in channels, and notices in people's activity feeds.

Source: Graph v1.0, api/channel-post-messages.md, api/chatmessage-list-replies.md; graph.md section 8
"""

from __future__ import annotations

import json
import re
from typing import Any

from liaison.tenant.estate import apps, message_life, messages
from liaison.tenant.estate.access import can_enter_channel
from liaison.tenant.estate.channels import Channel
from liaison.tenant.estate.messages import Message, NewMessage
from liaison.tenant.estate.people import find_user
from liaison.tenant.estate.seals import SealBroken, seal, unseal
from liaison.tenant.estate.teamwork import Team
from liaison.tenant.graph.access import channel_as_member, is_teams_administrator, require_active, team_as_member
from liaison.tenant.graph.channels import channel_key
from liaison.tenant.graph.errors import Backend, GraphError, bad_request, forbidden
from liaison.tenant.graph.hosted_contents import keep_pictures, read_pictures, require_size
from liaison.tenant.graph.permissions import ACTIVITY_SEND, MESSAGE_SEND, MESSAGES_READ
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import NO_CONTENT, Answer, Json
from liaison.tenant.graph.sanitising import sanitised_html
from liaison.tenant.graph.schema import MESSAGE
from liaison.tenant.graph.shapes import collection, entity, expands, selected
from liaison.tenant.graph.table import operations
from liaison.tenant.graph.wild import Wild
from liaison.tenant.seeds.company import TENANT_ID

_PAGE, _LARGEST_PAGE = 20, 50
_ATTACHMENT = re.compile(r'<attachment\s+id="([^"]*)"', re.IGNORECASE)
_MENTION = re.compile(r'<at\s+id="([^"]*)"', re.IGNORECASE)
_CARD = "application/vnd.microsoft.card."
_IMPORTANCES = ("normal", "high", "urgent")


def message_body(message: Message, ask: Ask) -> Json:
    """A message; its author's identity carries the type that its declared one does not tell."""
    user = find_user(ask.estate, message.user_id or "")
    author: Json = {
        "@odata.type": "#microsoft.graph.teamworkUserIdentity",
        "id": message.user_id,
        "displayName": None if user is None else user.display_name,
        "userIdentityType": "aadUser",
    }
    gone = message.deleted is not None
    return {
        "id": message.id,
        "replyToId": message.reply_to,
        "etag": message.id,
        "messageType": "message",
        "createdDateTime": message.created,
        "lastModifiedDateTime": message.modified,
        "lastEditedDateTime": message_life.edited_at(ask.estate, message.channel_id, message.id),
        "deletedDateTime": message.deleted,
        "subject": message.subject,
        "summary": None,
        "chatId": None,
        "importance": message.importance,
        "locale": "en-us",
        "webUrl": _address(ask, message),
        "policyViolation": None,
        "eventDetail": None,
        "from": {"application": None, "device": None, "user": author},
        "body": {"contentType": message.content_type, "content": "" if gone else message.content},
        "channelIdentity": {"teamId": message.team_id, "channelId": message.channel_id},
        "attachments": [] if gone else [_attachment(one) for one in message.attachments],
        "mentions": [] if gone else list(message.mentions),
        "reactions": [] if gone else _reactions(ask, message),
    }


def _reactions(ask: Ask, message: Message) -> list[Json]:
    """The reactions to a message. Source: Graph v1.0, resources/chatmessagereaction.md"""
    return [
        {
            "reactionType": one.kind,
            "displayName": one.kind.capitalize() if one.kind.isascii() else one.kind,
            "reactionContentUrl": None,
            "createdDateTime": one.at,
            "user": {
                "application": None,
                "device": None,
                "user": {
                    "@odata.type": "#microsoft.graph.teamworkUserIdentity",
                    "id": one.user_id,
                    "displayName": None,
                    "userIdentityType": "aadUser",
                },
            },
        }
        for one in message_life.list_reactions(ask.estate, message.channel_id, message.id)
    ]


def post_message(ask: Ask) -> Answer:
    """`POST …/channels/{channel}/messages`: 201, by a person only. Source: graph.md section 8"""
    return _post(ask, None)


def post_reply(ask: Ask) -> Answer:
    """`POST …/messages/{message}/replies`: 201."""
    _, channel = message_channel(ask)
    return _post(ask, asked_message(ask, channel).id)


def list_messages(ask: Ask) -> Answer:
    """`GET …/channels/{channel}/messages`: newest first, replies only when they are expanded."""
    team, channel = message_channel(ask)
    found, following = _page(ask, channel, None)
    values = [with_replies(ask, message) for message in found]
    context = ask.context(f"{channel_fragment(team, channel)}/messages")
    return Answer(body=collection(context, values, count=len(values), next_page=following))


def read_message(ask: Ask) -> Answer:
    """`GET …/messages/{message}`."""
    team, channel = message_channel(ask)
    body = with_replies(ask, asked_message(ask, channel))
    return Answer(body=entity(ask.context(f"{channel_fragment(team, channel)}/messages/$entity"), body))


def list_replies(ask: Ask) -> Answer:
    """`GET …/messages/{message}/replies`."""
    team, channel = message_channel(ask)
    message = asked_message(ask, channel)
    found, following = _page(ask, channel, message.id)
    values = [selected(ask, message_body(one, ask), MESSAGE, "chatMessage") for one in found]
    context = ask.context(f"{channel_fragment(team, channel)}/messages('{message.id}')/replies")
    return Answer(body=collection(context, values, count=len(values), next_page=following))


def read_reply(ask: Ask) -> Answer:
    """`GET …/messages/{message}/replies/{reply}`."""
    team, channel = message_channel(ask)
    parent = asked_message(ask, channel)
    reply = messages.find_message(ask.estate, channel.id, ask.params["reply"])
    if reply is None or reply.reply_to != parent.id:
        raise no_message()
    context = ask.context(f"{channel_fragment(team, channel)}/messages('{parent.id}')/replies/$entity")
    return Answer(body=entity(context, message_body(reply, ask)))


def send_activity(ask: Ask) -> Answer:
    """`POST /teams/{team}/sendActivityNotification`: 204; the app must be installed in the team.

    Source: Graph v1.0, api/team-sendactivitynotification.md
    """
    team = team_as_member(ask)
    body = ask.json()
    body.text("activityType")
    body.child("topic").text("value")
    body.child("recipient").text("@odata.type")
    owned = [one for one in apps.list_installations(ask.estate, team.id) if one.app.client_app_id == ask.caller.app_id]
    if not owned:
        raise forbidden(Backend.TEAMS, "Application with the caller's AAD App id is not installed in the team.")
    return NO_CONTENT


def message_channel(ask: Ask) -> tuple[Team, Channel]:
    """The channel for its people; administrators of Teams do not read what others write."""
    team, channel = channel_as_member(ask)
    outsider = ask.is_delegated and is_teams_administrator(ask)
    if outsider and not can_enter_channel(ask.estate, channel, ask.caller.object_id):
        raise forbidden(Backend.TEAMS, "AclCheckFailed: the caller is not a member of the channel.")
    return team, channel


def _post(ask: Ask, reply_to: str | None) -> Answer:
    if not ask.is_delegated:
        raise forbidden(Backend.TEAMS, "Messages can be imported only into channels in migration mode.")
    team, channel = message_channel(ask)
    require_active(team, channel)
    body = ask.json().only(MESSAGE, "microsoft.graph.chatMessage")
    pictures = read_pictures(ask, body)
    require_size(ask, pictures)
    new = read_message_content(ask, body, reply_to)
    with ask.estate.db.change():
        message = messages.post_message(ask.estate, channel.team_id, channel.id, new)
        message = keep_pictures(ask, message, pictures)
    suffix = "/messages/$entity" if reply_to is None else f"/messages('{reply_to}')/replies/$entity"
    return Answer(201, entity(ask.context(f"{channel_fragment(team, channel)}{suffix}"), message_body(message, ask)))


def read_message_content(ask: Ask, body: Wild, reply_to: str | None) -> NewMessage:
    """What a body says; raises 400 when its marks do not fit its attachments and mentions."""
    content_type = body.child("body").optional_text("contentType") or "text"
    content = body.child("body").optional_text("content") or ""
    importance = body.optional_text("importance") or "normal"
    if content_type not in ("text", "html") or importance not in _IMPORTANCES:
        raise bad_request(Backend.TEAMS, "Invalid contentType or importance.")
    attachments = tuple(one.value for one in map(_checked_attachment, body.children("attachments")))
    mentions = tuple(one.value for one in body.children("mentions"))
    if not content and not attachments:
        raise bad_request(Backend.TEAMS, "Missing body content.")
    _require_matching("attachment", _ATTACHMENT.findall(content), [str(one.get("id")) for one in attachments])
    _require_matching("mention", _MENTION.findall(content), [str(one.get("id")) for one in mentions])
    return NewMessage(
        ask.caller.object_id,
        sanitised_html(content) if content_type == "html" else content,
        content_type,
        body.optional_text("subject"),
        importance,
        attachments,
        mentions,
        reply_to,
    )


def _checked_attachment(one: Wild) -> Wild:
    """An attachment; a card's content must be JSON in a text, not an object."""
    one.text("id")
    if one.text("contentType").startswith(_CARD):
        content = one.optional_text("content") or ""
        try:
            json.loads(content)
        except ValueError as error:
            raise bad_request(Backend.TEAMS, "The content of a card attachment must be a JSON string.") from error
    return one


def _require_matching(kind: str, marked: list[str], given: list[str]) -> None:
    if sorted(set(marked)) != sorted(set(given)):
        raise bad_request(
            Backend.TEAMS, f"The {kind}s in the body do not match the {kind}s of the message by their ids."
        )


def _page(ask: Ask, channel: Channel, reply_to: str | None) -> tuple[list[Message], str | None]:
    size = ask.number("top", _PAGE, _LARGEST_PAGE)
    before = _read_before(ask)
    found = messages.list_messages(ask.estate, channel.id, reply_to, before=before, limit=size + 1)
    following = ask.link(skiptoken=seal(ask.estate, "messages", found[size - 1].id)) if len(found) > size else None
    return found[:size], following


def _read_before(ask: Ask) -> str | None:
    token = ask.options.get("skiptoken")
    if token is None:
        return None
    try:
        return str(unseal(ask.estate, "messages", token))
    except SealBroken as broken:
        raise bad_request(Backend.TEAMS, "The skip token is not valid.") from broken


def with_replies(ask: Ask, message: Message) -> Json:
    """A message as the request selects it, with its replies when they are expanded."""
    body = message_body(message, ask)
    if expands(ask, "replies"):
        replies = messages.list_messages(ask.estate, message.channel_id, message.id)
        body["replies"] = [message_body(one, ask) for one in replies]
    return selected(ask, body, MESSAGE, "chatMessage")


def asked_message(ask: Ask, channel: Channel) -> Message:
    message = messages.find_message(ask.estate, channel.id, ask.params["message"])
    if message is None or message.reply_to is not None:
        raise no_message()
    return message


def no_message() -> GraphError:
    return GraphError(404, "NotFound", "No message found with the given id.")


def _attachment(kept: Any) -> Json:
    names = ("id", "contentType", "contentUrl", "content", "name", "thumbnailUrl", "teamsAppId")
    return {name: kept.get(name) for name in names}


def channel_fragment(team: Team, channel: Channel) -> str:
    return f"teams('{team.id}')/channels('{channel_key(channel.id)}')"


def _address(ask: Ask, message: Message) -> str:
    parent = message.reply_to or message.id
    return (
        f"{ask.estate.teams_root}/l/message/{channel_key(message.channel_id)}/{message.id}"
        f"?groupId={message.team_id}&tenantId={TENANT_ID}&createdTime={message.id}&parentMessageId={parent}"
    )


_MESSAGES = "teams/{team}/channels/{channel}/messages"
OPERATIONS = operations(
    Backend.TEAMS,
    ("GET", _MESSAGES, list_messages, MESSAGES_READ),
    ("POST", _MESSAGES, post_message, MESSAGE_SEND),
    ("GET", f"{_MESSAGES}/{{message}}", read_message, MESSAGES_READ),
    ("GET", f"{_MESSAGES}/{{message}}/replies", list_replies, MESSAGES_READ),
    ("POST", f"{_MESSAGES}/{{message}}/replies", post_reply, MESSAGE_SEND),
    ("GET", f"{_MESSAGES}/{{message}}/replies/{{reply}}", read_reply, MESSAGES_READ),
    ("POST", "teams/{team}/sendActivityNotification", send_activity, ACTIVITY_SEND),
    ("POST", "teams/{team}/graph.sendActivityNotification", send_activity, ACTIVITY_SEND),
)
