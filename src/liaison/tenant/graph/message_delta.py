"""What was written and changed in a channel since a token, and everything that was written in a team.

Source: Graph v1.0, api/chatmessage-delta.md, api/channel-getallmessages.md; graph.md section 8
"""

from __future__ import annotations

from liaison.tenant.estate import message_life, messages
from liaison.tenant.estate.channels import Channel
from liaison.tenant.estate.messages import Message
from liaison.tenant.estate.seals import SealBroken, seal, unseal
from liaison.tenant.estate.switches import get_switch
from liaison.tenant.graph.access import asked_team
from liaison.tenant.graph.errors import Backend, GraphError, bad_request
from liaison.tenant.graph.messages import message_body, message_channel, with_replies
from liaison.tenant.graph.permissions import ALL_MESSAGES_READ, MESSAGES_READ
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import Answer, Json
from liaison.tenant.graph.shapes import collection, wanted_filter
from liaison.tenant.graph.table import operations

_PAGE, _LARGEST_PAGE = 20, 50
# A first reading goes eight months back.
_OLDEST_S = 8 * 30 * 24 * 3600
_FILTERED = {"lastModifiedDateTime", "createdDateTime", "from"}


def read_delta(ask: Ask) -> Answer:
    """`GET …/messages/delta`: posts without their replies; the last page has the delta link."""
    _, channel = message_channel(ask)
    wanted = wanted_filter(ask)
    if wanted is not None and wanted.names - _FILTERED:
        raise bad_request(Backend.TEAMS, "Only a filter on lastModifiedDateTime is supported.")
    size = ask.number("top", _PAGE, _LARGEST_PAGE)
    if ask.options.get("deltatoken") == "latest":
        return _answer(ask, [], (message_life.newest_change(ask.estate), "~"), more=False)
    mark, first = _read_mark(ask)
    found = message_life.list_changed_ids(ask.estate, channel.id, mark, size + 1)
    oldest = str(int((ask.estate.clock.seconds() - _OLDEST_S) * 1000))
    values = []
    for _, message_id in found[:size]:
        body = with_replies(ask, _message(ask, channel, message_id))
        if (not first or message_id >= oldest) and (wanted is None or wanted.matches(body)):
            values.append(body)
    reached = found[:size][-1] if found else mark
    return _answer(ask, values, reached, more=len(found) > size)


def list_all_messages(ask: Ask) -> Answer:
    """`GET /teams/{team}/channels/getAllMessages`: posts and replies of every channel, for applications only."""
    team = asked_team(ask)
    wanted = wanted_filter(ask)
    size = ask.number("top", _PAGE, _LARGEST_PAGE)
    found = messages.list_team_messages(ask.estate, team.id, _read_place(ask), size + 1)
    bodies = [message_body(one, ask) for one in found[:size]]
    values = [body for body in bodies if wanted is None or wanted.matches(body)]
    following = None
    if len(found) > size:
        last = found[size - 1]
        following = ask.link(skiptoken=seal(ask.estate, "all messages", [last.id, last.channel_id]))
    return Answer(
        body=collection(ask.context("Collection(chatMessage)"), values, count=len(values), next_page=following)
    )


def _message(ask: Ask, channel: Channel, message_id: str) -> Message:
    found = messages.find_message(ask.estate, channel.id, message_id)
    if found is None:
        raise LookupError(message_id)
    return found


def _read_mark(ask: Ask) -> tuple[tuple[int, str], bool]:
    """How far the client has read, and whether it reads for the first time."""
    token = ask.options.get("skiptoken") or ask.options.get("deltatoken")
    if token is None:
        return (-1, ""), True
    if get_switch(ask.estate, "graph.delta_expired", False):
        raise _too_old(ask)
    try:
        number, message_id, first = unseal(ask.estate, "message delta", token)
    except SealBroken as broken:
        raise _too_old(ask) from broken
    return (number, message_id), first


def _read_place(ask: Ask) -> tuple[str, str] | None:
    token = ask.options.get("skiptoken")
    if token is None:
        return None
    try:
        message_id, channel_id = unseal(ask.estate, "all messages", token)
    except SealBroken as broken:
        raise bad_request(Backend.TEAMS, "The skip token is not valid.") from broken
    return message_id, channel_id


def _too_old(ask: Ask) -> GraphError:
    return GraphError(
        410,
        "SyncStateNotFound",
        "The sync state generation is not found; please start over without a token.",
        headers={"Location": ask.link(skiptoken=None, deltatoken=None)},
    )


def _answer(ask: Ask, values: list[Json], reached: tuple[int, str], *, more: bool) -> Answer:
    body: Json = {"@odata.context": ask.context("Collection(chatMessage)")}
    if more:
        token = seal(ask.estate, "message delta", [*reached, _read_mark(ask)[1]])
        body["@odata.nextLink"] = ask.link(skiptoken=token, deltatoken=None)
    else:
        token = seal(ask.estate, "message delta", [*reached, False])
        body["@odata.deltaLink"] = ask.link(deltatoken=token, skiptoken=None)
    return Answer(body=body | {"value": values})


_CHANNEL = "teams/{team}/channels/{channel}"
OPERATIONS = operations(
    Backend.TEAMS,
    ("GET", f"{_CHANNEL}/messages/delta()", read_delta, MESSAGES_READ),
    ("GET", f"{_CHANNEL}/messages/graph.delta()", read_delta, MESSAGES_READ),
    ("GET", "teams/{team}/channels/getAllMessages()", list_all_messages, ALL_MESSAGES_READ),
    ("GET", "teams/{team}/channels/graph.getAllMessages()", list_all_messages, ALL_MESSAGES_READ),
)
