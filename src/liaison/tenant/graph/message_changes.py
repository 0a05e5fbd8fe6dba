"""Messages after they were posted: edits, deletion and its undoing, reactions, and the pictures inside them.

Source: Graph v1.0, api/chatmessage-update.md, api/chatmessage-softdelete.md, api/chatmessage-setreaction.md
"""

from __future__ import annotations

from collections.abc import Callable

from liaison.tenant.estate import message_life, messages
from liaison.tenant.estate.channels import Channel
from liaison.tenant.estate.message_life import HostedContent, Reaction
from liaison.tenant.estate.messages import Message
from liaison.tenant.estate.teamwork import Role, Team
from liaison.tenant.graph.access import my_role, require_active
from liaison.tenant.graph.errors import Backend, GraphError, bad_request, forbidden
from liaison.tenant.graph.hosted_contents import read_pictures, require_size
from liaison.tenant.graph.messages import (
    asked_message,
    channel_fragment,
    message_channel,
    no_message,
    read_message_content,
)
from liaison.tenant.graph.permissions import MESSAGE_CHANGE, MESSAGE_DELETE, MESSAGE_REACT, MESSAGES_READ
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import NO_CONTENT, Answer, Json
from liaison.tenant.graph.schema import MESSAGE
from liaison.tenant.graph.shapes import collection, entity
from liaison.tenant.graph.table import Row, below, operations
from liaison.tenant.graph.wild import Wild

_REACTION_LIMIT = 64


def change_message(ask: Ask) -> Answer:
    """`PATCH …/messages/{message}`: by its author only; an application may set the policy violation: 204."""
    team, channel, message = _asked(ask)
    body = ask.json().only(MESSAGE, "microsoft.graph.chatMessage")
    if not ask.is_delegated:
        if set(body.value) - {"policyViolation"} or not body.has("policyViolation"):
            raise forbidden(Backend.TEAMS, "Applications may change the policyViolation of a message only.")
        return NO_CONTENT
    _require_author(ask, message)
    require_active(team, channel)
    if not team.allows("messagingSettings", "allowUserEditMessages"):
        raise forbidden(Backend.TEAMS, "AclCheckFailed: the team's settings do not allow it (allowUserEditMessages).")
    if message.deleted is not None:
        raise bad_request(Backend.TEAMS, "A deleted message cannot be changed.")
    require_size(ask, read_pictures(ask, body))
    new = read_message_content(ask, Wild({**_present(message), **body.value}, Backend.TEAMS), message.reply_to)
    messages.edit_message(ask.estate, message, new)
    return NO_CONTENT


def soft_delete(ask: Ask) -> Answer:
    """`POST …/messages/{message}/softDelete`: by its author, or by an owner of the team: 204."""
    team, _, message = _asked(ask)
    mine = message.user_id == ask.caller.object_id
    setting = "allowUserDeleteMessages" if mine else "allowOwnerDeleteMessages"
    if not (mine or my_role(ask, team) is Role.OWNER) or not team.allows("messagingSettings", setting):
        raise forbidden(Backend.TEAMS, f"AclCheckFailed: the caller may not delete the message ({setting}).")
    if message.deleted is None:
        messages.set_message_deleted(ask.estate, message, deleted=True)
    return NO_CONTENT


def undo_soft_delete(ask: Ask) -> Answer:
    """`POST …/messages/{message}/undoSoftDelete`: by its author: 204."""
    _, _, message = _asked(ask)
    _require_author(ask, message)
    if message.deleted is not None:
        messages.set_message_deleted(ask.estate, message, deleted=False)
    return NO_CONTENT


def set_reaction(ask: Ask) -> Answer:
    """`POST …/messages/{message}/setReaction`: 204; repeatable."""
    message, kind = _reacted(ask)
    reaction = Reaction(ask.caller.object_id, kind, ask.estate.clock.stamp())
    message_life.set_reaction(ask.estate, message.channel_id, message.id, reaction)
    return NO_CONTENT


def unset_reaction(ask: Ask) -> Answer:
    """`POST …/messages/{message}/unsetReaction`: 204; repeatable."""
    message, kind = _reacted(ask)
    message_life.unset_reaction(ask.estate, message.channel_id, message.id, ask.caller.object_id, kind)
    return NO_CONTENT


def list_hosted(ask: Ask) -> Answer:
    """`GET …/messages/{message}/hostedContents`: the ids; bytes are read one by one."""
    team, channel, message = _asked(ask)
    found = message_life.list_hosted_contents(ask.estate, channel.id, message.id)
    context = ask.context(f"{channel_fragment(team, channel)}/messages('{message.id}')/hostedContents")
    return Answer(body=collection(context, [_hosted_body(one) for one in found], count=len(found)))


def read_hosted(ask: Ask) -> Answer:
    """`GET …/hostedContents/{hosted}`."""
    team, channel, message = _asked(ask)
    context = ask.context(f"{channel_fragment(team, channel)}/messages('{message.id}')/hostedContents/$entity")
    return Answer(body=entity(context, _hosted_body(_asked_hosted(ask, message))))


def read_hosted_value(ask: Ask) -> Answer:
    """`GET …/hostedContents/{hosted}/$value`: the bytes of the picture."""
    found = _asked_hosted(ask, _asked(ask)[2])
    return Answer(content=ask.estate.blobs.get(found.blob), media_type=found.media_type)


def _asked(ask: Ask) -> tuple[Team, Channel, Message]:
    """The post or the reply of the address."""
    team, channel = message_channel(ask)
    message = asked_message(ask, channel)
    if "reply" not in ask.params:
        return team, channel, message
    reply = messages.find_message(ask.estate, channel.id, ask.params["reply"])
    if reply is None or reply.reply_to != message.id:
        raise no_message()
    return team, channel, reply


def _asked_hosted(ask: Ask, message: Message) -> HostedContent:
    for found in message_life.list_hosted_contents(ask.estate, message.channel_id, message.id):
        if found.id == ask.params["hosted"]:
            return found
    raise GraphError(404, "NotFound", f"No hosted content found with id {ask.params['hosted']}.")


def _reacted(ask: Ask) -> tuple[Message, str]:
    team, channel, message = _asked(ask)
    require_active(team, channel)
    kind = ask.json().text("reactionType")
    if len(kind) > _REACTION_LIMIT:
        raise bad_request(Backend.TEAMS, "The reactionType is not valid.")
    return message, kind


def _require_author(ask: Ask, message: Message) -> None:
    if message.user_id != ask.caller.object_id:
        raise forbidden(Backend.TEAMS, "AclCheckFailed: only the author may change a message.")


def _present(message: Message) -> Json:
    """What a message says now, as a body would say it."""
    return {
        "body": {"contentType": message.content_type, "content": message.content},
        "attachments": list(message.attachments),
        "mentions": list(message.mentions),
        "subject": message.subject,
        "importance": message.importance,
    }


def _hosted_body(content: HostedContent) -> Json:
    return {"id": content.id, "contentBytes": None, "contentType": None}


def _acts(name: str, act: Callable[[Ask], Answer]) -> tuple[Row, ...]:
    needs = MESSAGE_REACT if name.lower().endswith("setreaction") else MESSAGE_DELETE
    return ("POST", f"/{name}", act, needs), ("POST", f"/graph.{name}", act, needs)


_POST = "teams/{team}/channels/{channel}/messages/{message}"
OPERATIONS = operations(
    Backend.TEAMS,
    *below(
        (_POST, f"{_POST}/replies/{{reply}}"),
        ("PATCH", "", change_message, MESSAGE_CHANGE),
        *_acts("softDelete", soft_delete),
        *_acts("undoSoftDelete", undo_soft_delete),
        *_acts("setReaction", set_reaction),
        *_acts("unsetReaction", unset_reaction),
        ("GET", "/hostedContents", list_hosted, MESSAGES_READ),
        ("GET", "/hostedContents/{hosted}", read_hosted, MESSAGES_READ),
        ("GET", "/hostedContents/{hosted}/$value", read_hosted_value, MESSAGES_READ),
    ),
)
