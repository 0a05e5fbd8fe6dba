"""Microsoft's Graph client for Python: channel messages, replies, reactions, and subscriptions to changes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from msgraph.generated.models.body_type import BodyType
from msgraph.generated.models.channel import Channel
from msgraph.generated.models.chat_message import ChatMessage
from msgraph.generated.models.chat_message_attachment import ChatMessageAttachment
from msgraph.generated.models.chat_message_importance import ChatMessageImportance
from msgraph.generated.models.chat_message_mention import ChatMessageMention
from msgraph.generated.models.chat_message_mentioned_identity_set import ChatMessageMentionedIdentitySet
from msgraph.generated.models.chat_message_type import ChatMessageType
from msgraph.generated.models.item_body import ItemBody
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.subscription import Subscription
from msgraph.generated.models.teamwork_user_identity import TeamworkUserIdentity
from msgraph.generated.models.teamwork_user_identity_type import TeamworkUserIdentityType
from msgraph.generated.teams.item.channels.item.messages.item.set_reaction.set_reaction_post_request_body import (
    SetReactionPostRequestBody,
)
from msgraph.generated.teams.item.channels.item.messages.item.unset_reaction.unset_reaction_post_request_body import (
    UnsetReactionPostRequestBody,
)

from tests.local_tenant import LocalTenant
from tests.sdk.graph_judge import Judge, as_person, general, query
from tests.tenant.graph_client import EVERYTHING, VENTES
from tests.tenant.test_graph_subscriptions import Listener, listening

pytestmark = pytest.mark.anyio


def text(content: str) -> ItemBody:
    return ItemBody(content_type=BodyType.Html, content=content)


async def test_a_message_with_a_card_and_a_mention_is_posted_and_answered(claire: Judge, tenant: LocalTenant) -> None:
    messages = claire.graph.teams.by_team_id(VENTES).channels.by_channel_id(await general(claire.graph)).messages
    priya = TeamworkUserIdentity(
        odata_type="#microsoft.graph.teamworkUserIdentity",
        id=tenant.person("Priya").id,
        display_name="Priya Raman",
        user_identity_type=TeamworkUserIdentityType.AadUser,
    )
    card = {"type": "AdaptiveCard", "version": "1.4", "body": [{"type": "TextBlock", "text": "Opportunity 4711"}]}
    made = await claire(
        messages.post(
            ChatMessage(
                body=text('<at id="0">Priya Raman</at> Linked <attachment id="card1"></attachment>'),
                importance=ChatMessageImportance.High,
                attachments=[
                    ChatMessageAttachment(
                        id="card1",
                        content_type="application/vnd.microsoft.card.adaptive",
                        content=json.dumps(card),
                    )
                ],
                mentions=[
                    ChatMessageMention(
                        id=0, mention_text="Priya Raman", mentioned=ChatMessageMentionedIdentitySet(user=priya)
                    )
                ],
            )
        )
    )
    assert (claire.last.status, made.message_type, made.importance) == (
        201, ChatMessageType.Message, ChatMessageImportance.High,
    )  # fmt: skip
    assert isinstance(made.from_.user, TeamworkUserIdentity)
    assert (made.from_.user.display_name, made.from_.user.user_identity_type) == (
        "Claire Fontaine", TeamworkUserIdentityType.AadUser,
    )  # fmt: skip
    assert (made.id, made.channel_identity.team_id) == (made.etag, VENTES)
    assert json.loads(made.attachments[0].content) == card
    assert made.mentions[0].mentioned.user.id == tenant.person("Priya").id
    one = messages.by_chat_message_id(made.id)
    reply = await claire(one.replies.post(ChatMessage(body=text("Merci"))))
    assert (claire.last.status, reply.reply_to_id) == (201, made.id)
    assert [each.id for each in (await claire(one.replies.get())).value] == [reply.id]
    assert (await claire(one.replies.by_chat_message_id1(reply.id).get())).body.content == "Merci"
    assert (await claire(one.get())).created_date_time == made.created_date_time
    listed = await claire(messages.get(query(messages, top=1)))
    assert ([each.id for each in listed.value], listed.odata_next_link is not None) == ([made.id], True)
    expanded = await claire(messages.get(query(messages, top=1, expand=["replies"])))
    assert [each.id for each in expanded.value[0].replies] == [reply.id]
    with pytest.raises(ODataError) as refusal:
        await messages.post(ChatMessage(body=text('<attachment id="card2"></attachment>')))
    assert (refusal.value.response_status_code, refusal.value.error.code) == (400, "BadRequest")


async def test_a_message_is_changed_liked_deleted_and_brought_back(tenant: LocalTenant) -> None:
    async with as_person(tenant, "Claire", f"{EVERYTHING} ChannelMessage.ReadWrite") as claire:
        messages = claire.graph.teams.by_team_id(VENTES).channels.by_channel_id(await general(claire.graph)).messages
        start = await claire(messages.delta.get())
        while start.odata_delta_link is None:
            start = await claire(messages.delta.with_url(start.odata_next_link).get())
        made = await messages.post(ChatMessage(body=text("Premier jet")))
        one = messages.by_chat_message_id(made.id)
        assert await one.patch(ChatMessage(body=text("Second jet"))) is None
        edited = await claire(one.get())
        assert (edited.body.content, isinstance(edited.last_edited_date_time, datetime)) == ("Second jet", True)
        assert await one.set_reaction.post(SetReactionPostRequestBody(reaction_type="like")) is None
        liked = await claire(one.get())
        assert [(each.reaction_type, each.user.user.id) for each in liked.reactions] == [
            ("like", tenant.person("Claire").id)
        ]
        assert await one.unset_reaction.post(UnsetReactionPostRequestBody(reaction_type="like")) is None
        assert await one.soft_delete.post() is None
        gone = await claire(one.get())
        assert (gone.body.content, isinstance(gone.deleted_date_time, datetime)) == ("", True)
        assert await one.undo_soft_delete.post() is None
        assert (await claire(one.get())).body.content == "Second jet"
        assert (await claire(one.hosted_contents.get())).value == []
        changes = await claire(messages.delta.with_url(start.odata_delta_link).get())
        assert {each.id for each in changes.value} == {made.id}


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as one:
        yield one


async def test_a_subscription_lives_and_tells(claire: Judge, listener: Listener) -> None:
    subscriptions = claire.graph.subscriptions
    expires = datetime.now(UTC) + timedelta(minutes=50)
    asked = Subscription(
        change_type="created,updated,deleted", resource=f"/teams/{VENTES}/channels", notification_url=listener.url,
        expiration_date_time=expires, client_state="kq8", latest_supported_tls_version="v1_2",
    )  # fmt: skip
    made = await claire(subscriptions.post(asked))
    assert (claire.last.status, made.client_state, made.expiration_date_time.tzinfo) == (201, "kq8", UTC)
    assert listener.handshakes == ["text/plain; charset=utf-8"]
    with pytest.raises(ODataError) as twice:
        await subscriptions.post(asked)
    assert (twice.value.response_status_code, twice.value.error.code) == (409, "Conflict")
    assert [one.id for one in (await claire(subscriptions.get())).value] == [made.id]
    one = subscriptions.by_subscription_id(made.id)
    later = await claire(one.patch(Subscription(expiration_date_time=expires + timedelta(minutes=5))))
    assert later.expiration_date_time > made.expiration_date_time
    assert (await claire(one.get())).expiration_date_time == later.expiration_date_time
    channel = await claire.graph.teams.by_team_id(VENTES).channels.post(Channel(display_name="Nouvelle"))
    told = listener.wait_for(1)
    assert [(each["changeType"], each["clientState"], each["resourceData"]["id"]) for each in told] == [
        ("created", "kq8", channel.id)
    ]
    assert await one.delete() is None
    with pytest.raises(ODataError) as gone:
        await one.get()
    assert gone.value.response_status_code == 404


async def test_a_subscription_is_reauthorized_after_some_minutes(
    claire: Judge, tenant: LocalTenant, listener: Listener
) -> None:
    made = await claire(
        claire.graph.subscriptions.post(
            Subscription(
                change_type="updated", resource=f"/teams/{VENTES}", notification_url=listener.url,
                expiration_date_time=datetime.now(UTC) + timedelta(minutes=50), client_state="kq8",
            )
        )
    )  # fmt: skip
    tenant.control.post("/_control/clock", json={"advance_s": 700}).raise_for_status()
    assert await claire.graph.subscriptions.by_subscription_id(made.id).reauthorize.post() is None
