"""Section 8 of the Graph contract: posts, replies, cards, edits, reactions, pictures and their delta."""

from __future__ import annotations

import json

from liaison.tenant.seeds.teamwork import channel_id
from tests.local_tenant import LocalTenant
from tests.tenant.examples.graph_shapes import answered, error, plain
from tests.tenant.graph_client import EVERYTHING, VENTES, application, person

CHANNEL = channel_id("ventes-europe", "Renewals")
MESSAGES = f"/teams/{VENTES}/channels/{CHANNEL}/messages"
WRITING = EVERYTHING + " ChannelMessage.ReadWrite"
NAMES = {VENTES: "{T}", CHANNEL: "{C}"}
CARD = {
    "id": "card1",
    "contentType": "application/vnd.microsoft.card.adaptive",
    "contentUrl": None,
    "content": json.dumps({"type": "AdaptiveCard", "version": "1.4", "body": []}),
    "name": None,
    "thumbnailUrl": None,
}
POST = {
    "subject": None,
    "importance": "normal",
    "body": {"contentType": "html", "content": 'Linked to <b>Opportunity 4711</b><attachment id="card1"></attachment>'},
    "attachments": [CARD],
    "mentions": [],
}
HELLO = {"body": {"content": "Hello"}}


def test_a_post_with_a_card_is_told_whole_8(tenant: LocalTenant) -> None:
    assert answered(person(tenant, "Claire").call("POST", MESSAGES, POST), tenant, NAMES) == (
        201,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#teams('{T}')/channels('{C}')/messages/$entity",
            "id": "MILLIS",
            "replyToId": None,
            "etag": "MILLIS",
            "messageType": "message",
            "createdDateTime": "TIME",
            "lastModifiedDateTime": "TIME",
            "lastEditedDateTime": None,
            "deletedDateTime": None,
            "subject": None,
            "summary": None,
            "chatId": None,
            "importance": "normal",
            "locale": "en-us",
            "webUrl": (
                "ORIGIN/teams/l/message/{C}/MILLIS?groupId={T}&tenantId=GUID&createdTime=MILLIS&parentMessageId=MILLIS"
            ),
            "policyViolation": None,
            "eventDetail": None,
            "from": {
                "application": None,
                "device": None,
                "user": {
                    "@odata.type": "#microsoft.graph.teamworkUserIdentity",
                    "id": "GUID",
                    "displayName": "Claire Fontaine",
                    "userIdentityType": "aadUser",
                },
            },
            "body": {
                "contentType": "html",
                "content": 'Linked to <b>Opportunity 4711</b><attachment id="card1"></attachment>',
            },
            "channelIdentity": {"teamId": "{T}", "channelId": "{C}"},
            "attachments": [
                {
                    "id": "card1",
                    "contentType": "application/vnd.microsoft.card.adaptive",
                    "contentUrl": None,
                    "content": '{"type": "AdaptiveCard", "version": "1.4", "body": []}',
                    "name": None,
                    "thumbnailUrl": None,
                    "teamsAppId": None,
                }
            ],
            "mentions": [],
            "reactions": [],
        },
    )


def test_a_reply_names_its_post_8(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    post = claire.post(MESSAGES, HELLO)["id"]
    reply = claire.post(f"{MESSAGES}/{post}/replies", HELLO)
    assert reply["replyToId"] == post
    assert [one["id"] for one in claire.get(f"{MESSAGES}/{post}/replies")["value"]] == [reply["id"]]
    assert post in [one["id"] for one in claire.get(f"{MESSAGES}?$top=50")["value"]]
    assert reply["id"] not in [one["id"] for one in claire.get(f"{MESSAGES}?$top=50")["value"]]
    assert len(claire.get(f"{MESSAGES}/{post}?$expand=replies")["replies"]) == 1
    assert plain(reply["@odata.context"], tenant, NAMES) == (
        "ORIGIN/v1.0/$metadata#teams('{T}')/channels('{C}')/messages('MILLIS')/replies/$entity"
    )


def test_marks_must_fit_attachments_and_mentions_8(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    assert answered(
        claire.call("POST", MESSAGES, {**POST, "body": {"contentType": "html", "content": "no mark"}}), tenant
    ) == error(
        400, "BadRequest", ("The attachments in the body do not match the attachments of the message by their ids.")
    )
    assert answered(
        claire.call("POST", MESSAGES, {**POST, "attachments": [{**CARD, "content": {"type": "AdaptiveCard"}}]}), tenant
    ) == error(400, "BadRequest", "The value of the property 'content' must be a string.")
    assert answered(
        claire.call("POST", MESSAGES, {"body": {"contentType": "html", "content": '<at id="0">x</at>'}}), tenant
    ) == error(400, "BadRequest", ("The mentions in the body do not match the mentions of the message by their ids."))
    assert claire.call("POST", MESSAGES, {"body": {"content": "x" * 30000}}).status_code == 413


def test_an_application_cannot_post_8(tenant: LocalTenant) -> None:
    app = application(tenant, "ChannelMessage.Read.All Teamwork.Migrate.All")
    assert answered(app.call("POST", MESSAGES, HELLO), tenant) == error(
        403, "Forbidden", "Messages can be imported only into channels in migration mode."
    )


def test_a_message_is_edited_by_its_author_alone_8(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire", WRITING)
    post = claire.post(MESSAGES, HELLO)["id"]
    assert answered(claire.call("PATCH", f"{MESSAGES}/{post}", {"body": {"content": "Hello again"}}), tenant) == (
        204,
        None,
    )
    seen = plain(claire.get(f"{MESSAGES}/{post}"), tenant)
    assert (seen["body"], seen["lastEditedDateTime"]) == ({"contentType": "text", "content": "Hello again"}, "TIME")
    assert answered(person(tenant, "Oliver", WRITING).call("PATCH", f"{MESSAGES}/{post}", HELLO), tenant) == error(
        403, "Forbidden", "AclCheckFailed: only the author may change a message."
    )


def test_a_deleted_message_keeps_its_place_8(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire", WRITING)
    post = claire.post(MESSAGES, POST)["id"]
    assert answered(claire.call("POST", f"{MESSAGES}/{post}/softDelete"), tenant) == (204, None)
    seen = plain(claire.get(f"{MESSAGES}/{post}"), tenant)
    assert (seen["deletedDateTime"], seen["body"]["content"], seen["attachments"]) == ("TIME", "", [])
    assert answered(claire.call("PATCH", f"{MESSAGES}/{post}", HELLO), tenant) == error(
        400, "BadRequest", "A deleted message cannot be changed."
    )
    assert answered(claire.call("POST", f"{MESSAGES}/{post}/undoSoftDelete"), tenant) == (204, None)
    assert claire.get(f"{MESSAGES}/{post}")["deletedDateTime"] is None


def test_reactions_come_and_go_8(tenant: LocalTenant) -> None:
    claire, oliver = person(tenant, "Claire"), person(tenant, "Oliver")
    post = claire.post(MESSAGES, HELLO)["id"]
    assert answered(oliver.call("POST", f"{MESSAGES}/{post}/setReaction", {"reactionType": "like"}), tenant) == (
        204,
        None,
    )
    assert oliver.call("POST", f"{MESSAGES}/{post}/setReaction", {"reactionType": "like"}).status_code == 204
    assert plain(claire.get(f"{MESSAGES}/{post}")["reactions"], tenant) == [
        {
            "reactionType": "like",
            "displayName": "Like",
            "reactionContentUrl": None,
            "createdDateTime": "TIME",
            "user": {
                "application": None,
                "device": None,
                "user": {
                    "@odata.type": "#microsoft.graph.teamworkUserIdentity",
                    "id": "GUID",
                    "displayName": None,
                    "userIdentityType": "aadUser",
                },
            },
        }
    ]
    assert answered(oliver.call("POST", f"{MESSAGES}/{post}/unsetReaction", {"reactionType": "like"}), tenant) == (
        204,
        None,
    )
    assert claire.get(f"{MESSAGES}/{post}")["reactions"] == []


def test_pictures_inside_a_message_get_lasting_addresses_8(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    picture = {"@microsoft.graph.temporaryId": "1", "contentBytes": "iVBORw0KGgo=", "contentType": "image/png"}
    body = {"contentType": "html", "content": '<img src="../hostedContents/1/$value">'}
    made = claire.post(MESSAGES, {"body": body, "hostedContents": [picture]})
    hosted = claire.get(f"{MESSAGES}/{made['id']}/hostedContents")
    assert plain(hosted["@odata.context"], tenant, NAMES) == (
        "ORIGIN/v1.0/$metadata#teams('{T}')/channels('{C}')/messages('MILLIS')/hostedContents"
    )
    kept = hosted["value"][0]["id"]
    assert f"/hostedContents/{kept}/$value" in made["body"]["content"]
    value = claire.call("GET", f"{MESSAGES}/{made['id']}/hostedContents/{kept}/$value")
    assert (value.status_code, value.headers["content-type"], value.content) == (200, "image/png", b"\x89PNG\r\n\x1a\n")


def test_the_delta_of_a_channel_tells_posts_as_they_change_8(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire", WRITING)
    start = claire.call("GET", f"{MESSAGES}/delta?$deltatoken=latest")
    assert answered(start, tenant, NAMES) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#Collection(chatMessage)",
            "@odata.deltaLink": "ORIGIN/v1.0/teams/{T}/channels/{C}/messages/delta?$deltatoken=TOKEN",
            "value": [],
        },
    )
    post = claire.post(MESSAGES, HELLO)["id"]
    first = claire.get(start.json()["@odata.deltaLink"])
    assert [one["id"] == post for one in first["value"]] == [True]
    claire.call("POST", f"{MESSAGES}/{post}/softDelete")
    second = claire.get(first["@odata.deltaLink"])
    assert [(one["id"] == post, one["deletedDateTime"] is None) for one in second["value"]] == [(True, False)]
    assert claire.get(second["@odata.deltaLink"])["value"] == []
    assert claire.call("GET", f"{MESSAGES}/delta?$deltatoken=x").status_code == 410


def test_all_messages_of_a_team_are_for_applications_8(tenant: LocalTenant) -> None:
    app = application(tenant, "ChannelMessage.Read.All")
    found = app.get(f"/teams/{VENTES}/channels/getAllMessages?$top=2")
    assert (plain(found["@odata.context"], tenant), len(found["value"]), "@odata.nextLink" in found) == (
        "ORIGIN/v1.0/$metadata#Collection(chatMessage)",
        2,
        True,
    )
    assert person(tenant, "Claire").call("GET", f"/teams/{VENTES}/channels/getAllMessages").status_code == 403


def test_activity_needs_an_installed_app_8(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    body = {
        "activityType": "linked",
        "topic": {"source": "text", "value": "x"},
        "recipient": {"@odata.type": "microsoft.graph.teamMembersNotificationRecipient"},
    }
    assert answered(claire.call("POST", f"/teams/{VENTES}/sendActivityNotification", body), tenant) == error(
        403, "Forbidden", "Application with the caller's AAD App id is not installed in the team."
    )
