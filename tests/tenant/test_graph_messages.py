"""Posts and replies."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from liaison.tenant.seeds.company import TENANT_ID
from liaison.tenant.seeds.teamwork import LIAISON_CATALOGUE_ID, channel_id
from tests.local_tenant import LocalTenant
from tests.tenant.graph_client import NORTHWIND, VENTES, application, person

CHANNEL = channel_id("ventes-europe", "Renewals")
MESSAGES = f"/teams/{VENTES}/channels/{CHANNEL}/messages"
CARD = {"id": "card1", "contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None,
        "content": json.dumps({"type": "AdaptiveCard", "version": "1.4", "body": []}), "name": None,
        "thumbnailUrl": None}  # fmt: skip


def post(content: str, **more: Any) -> dict[str, Any]:
    return {"body": {"contentType": "html", "content": content}, **more}


def test_a_post_with_a_card_is_told_whole(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    content = 'Linked to <b>Opportunity 4711</b><attachment id="card1"></attachment>'
    made = graph.post(MESSAGES, post(content, subject=None, importance="normal", attachments=[CARD], mentions=[]))
    stamp = made["createdDateTime"]
    assert made["id"] == made["etag"]
    assert abs(int(made["id"]) / 1000 - 1.7e9) < 1e9
    assert made == {
        "@odata.context": f"{tenant.http}/v1.0/$metadata#teams('{VENTES}')/channels('{quote(CHANNEL, safe='')}')"
        "/messages/$entity",
        "id": made["id"],
        "replyToId": None,
        "etag": made["id"],
        "messageType": "message",
        "createdDateTime": stamp,
        "lastModifiedDateTime": stamp,
        "lastEditedDateTime": None,
        "deletedDateTime": None,
        "subject": None,
        "summary": None,
        "chatId": None,
        "importance": "normal",
        "locale": "en-us",
        "webUrl": f"{tenant.http}/teams/l/message/{quote(CHANNEL, safe='')}/{made['id']}"
        f"?groupId={VENTES}&tenantId={TENANT_ID}&createdTime={made['id']}&parentMessageId={made['id']}",
        "policyViolation": None,
        "eventDetail": None,
        "from": {
            "application": None,
            "device": None,
            "user": {"@odata.type": "#microsoft.graph.teamworkUserIdentity", "id": tenant.person("Claire").id,
                     "displayName": "Claire Fontaine", "userIdentityType": "aadUser"},
        },
        "body": {"contentType": "html", "content": content},
        "channelIdentity": {"teamId": VENTES, "channelId": CHANNEL},
        "attachments": [{**CARD, "teamsAppId": None}],
        "mentions": [],
        "reactions": [],
    }  # fmt: skip
    assert graph.get(f"{MESSAGES}/{made['id']}")["body"]["content"] == content


def test_html_is_made_harmless(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    bad = '<p onclick="x()">a &lt;b<script>alert(1)</script><a href="javascript:x">c</a><img src="https://x/y.png"></p>'
    made = graph.post(MESSAGES, post(bad))
    assert made["body"]["content"] == '<p>a &lt;b<a>c</a><img src="https://x/y.png"></p>'


@pytest.mark.parametrize(
    "body",
    [
        post("no mark", attachments=[CARD]),
        post('<attachment id="other"></attachment>', attachments=[CARD]),
        post('<attachment id="card1"></attachment>'),
        post('<attachment id="card1"></attachment>', attachments=[CARD | {"content": {"type": "AdaptiveCard"}}]),
        post('<attachment id="card1"></attachment>', attachments=[CARD | {"content": "no json"}]),
        post('<at id="0">Ada</at>'),
        post(""),
        post("x", importance="loud"),
        {"body": {"contentType": "markdown", "content": "x"}},
        post("x", colour="red"),
    ],
)
def test_a_malformed_post_is_refused(tenant: LocalTenant, body: dict[str, Any]) -> None:
    assert person(tenant, "Claire").refused("POST", MESSAGES, body)[:2] == (400, "BadRequest")


def test_a_large_post_is_refused(tenant: LocalTenant) -> None:
    assert person(tenant, "Claire").refused("POST", MESSAGES, post("x" * 29_000))[0] == 413


def test_applications_do_not_post(tenant: LocalTenant) -> None:
    assert application(tenant, "Teamwork.Migrate.All").refused("POST", MESSAGES, post("x"))[:2] == (403, "Forbidden")
    assert application(tenant, "Group.ReadWrite.All").refused("POST", MESSAGES, post("x"))[:2] == (403, "Forbidden")


def test_lists_are_newest_first_without_replies(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    made = [graph.post(MESSAGES, post(f"<p>{number}</p>"))["id"] for number in range(3)]
    reply = graph.post(f"{MESSAGES}/{made[0]}/replies", post("re"))
    assert reply["replyToId"] == made[0]
    assert reply["webUrl"].endswith(f"parentMessageId={made[0]}")
    first = graph.get(f"{MESSAGES}?$top=2")
    assert [message["id"] for message in first["value"]] == [made[2], made[1]]
    assert [message["id"] for message in graph.get(first["@odata.nextLink"])["value"]] == [made[0]]
    assert [one["id"] for one in graph.get(f"{MESSAGES}/{made[0]}/replies")["value"]] == [reply["id"]]
    assert graph.get(f"{MESSAGES}/{made[0]}/replies/{reply['id']}")["body"]["content"] == "re"
    expanded = graph.get(f"{MESSAGES}?$expand=replies")["value"]
    assert [len(message["replies"]) for message in expanded] == [0, 0, 1]
    assert graph.refused("GET", f"{MESSAGES}?$top=51")[:2] == (400, "BadRequest")
    assert graph.refused("GET", f"{MESSAGES}/{reply['id']}")[:2] == (404, "NotFound")


def test_only_the_people_of_a_channel_read_it(tenant: LocalTenant) -> None:
    for given in ("Sofia", "Ingrid"):
        assert person(tenant, given).refused("GET", MESSAGES)[:2] == (403, "Forbidden")
    assert person(tenant, "Nadia").get(MESSAGES)["value"] == []
    contract = f"/teams/{NORTHWIND}/channels/{channel_id('northwind', 'Contract')}/messages"
    assert person(tenant, "Lukas").post(contract, post("Guten Tag"))["from"]["user"]["displayName"] == "Lukas Weber"


def test_notices_need_the_app_in_the_team(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    body = {"topic": {"source": "text", "value": "Deal"}, "activityType": "linked",
            "previewText": {"content": "x"},
            "recipient": {"@odata.type": "microsoft.graph.aadUserNotificationRecipient",
                          "userId": tenant.person("Oliver").id}}  # fmt: skip
    address = f"/teams/{VENTES}/sendActivityNotification"
    assert graph.refused("POST", address, body)[:2] == (403, "Forbidden")
    app = {"teamsApp@odata.bind": f"https://graph.microsoft.com/v1.0/appCatalogs/teamsApps/{LIAISON_CATALOGUE_ID}"}
    graph.post(f"/teams/{VENTES}/installedApps", app)
    assert graph.post(address, body, status=204) is None
