"""Subscriptions and the notifications that follow."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from liaison.tenant.seeds.company import TENANT_ID
from tests.local_tenant import LocalTenant
from tests.tenant.graph_client import MARKETING, VENTES, application, bind, person


@dataclass
class Listener:
    """A subscriber's address that answers handshakes and keeps what it is told."""

    url: str = ""
    status: int = 202
    shake: bool = True
    handshakes: list[str] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)

    def wait_for(self, count: int) -> list[dict[str, Any]]:
        deadline = time.monotonic() + 8
        while len(self.told) < count and time.monotonic() < deadline:
            time.sleep(0.02)
        return self.told


@contextmanager
def listening() -> Iterator[Listener]:
    listener = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers.get("content-length", 0)))
            token = parse_qs(urlsplit(self.path).query).get("validationToken")
            if token:
                listener.handshakes.append(str(self.headers["content-type"]))
                self._answer(200, token[0].encode() if listener.shake else b"no")
            else:
                if listener.status < 300:
                    listener.told.extend(json.loads(content)["value"])
                self._answer(listener.status, b"")

        def _answer(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "text/plain")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    listener.url = f"http://127.0.0.1:{server.server_address[1]}/notify"
    try:
        yield listener
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as one:
        yield one


def asked(listener: Listener, resource: str, minutes: float = 50, **more: Any) -> dict[str, Any]:
    expires = datetime.now(UTC) + timedelta(minutes=minutes)
    return {"changeType": "created,updated,deleted", "resource": resource, "notificationUrl": listener.url,
            "expirationDateTime": expires.isoformat(), "clientState": "kq8", **more}  # fmt: skip


def test_a_subscription_is_made_after_both_addresses_answered(tenant: LocalTenant, listener: Listener) -> None:
    graph = person(tenant, "Claire")
    body = asked(listener, f"/teams/{VENTES}/channels", 4000, lifecycleNotificationUrl=f"{listener.url}/life")
    made = graph.post("/subscriptions", body)
    assert listener.handshakes == ["text/plain; charset=utf-8"] * 2
    assert made.pop("expirationDateTime").endswith("Z")
    assert made == {
        "@odata.context": f"{tenant.http}/v1.0/$metadata#subscriptions/$entity",
        "id": made["id"],
        "resource": f"/teams/{VENTES}/channels",
        "applicationId": tenant.app("delegated")["client_id"],
        "changeType": "created,deleted,updated",
        "clientState": "kq8",
        "notificationUrl": listener.url,
        "notificationQueryOptions": None,
        "lifecycleNotificationUrl": f"{listener.url}/life",
        "creatorId": tenant.person("Claire").id,
        "includeResourceData": None,
        "latestSupportedTlsVersion": "v1_2",
        "encryptionCertificate": None,
        "encryptionCertificateId": None,
        "notificationUrlAppId": None,
    }
    listed = graph.get("/subscriptions")["value"]
    assert [(one["id"], one["clientState"]) for one in listed] == [(made["id"], None)]
    assert application(tenant, "Channel.ReadBasic.All").get("/subscriptions")["value"] == []
    status, code, message = graph.refused("POST", "/subscriptions", body)
    assert (status, code) == (409, "Conflict")
    assert message == f"Subscription Id {made['id']} already exists for the requested combination"
    graph.delete(f"/subscriptions/{made['id']}")
    assert graph.refused("GET", f"/subscriptions/{made['id']}")[0] == 404


def test_an_address_that_does_not_answer_right_is_refused(tenant: LocalTenant, listener: Listener) -> None:
    graph = person(tenant, "Claire")
    text = "Subscription validation request failed. Must respond with 200 OK to this request."
    listener.shake = False
    assert graph.refused("POST", "/subscriptions", asked(listener, f"/teams/{VENTES}/channels")) == (
        400,
        "InvalidRequest",
        text,
    )
    for url in ("http://127.0.0.1:9/none", "https://liaison.contoso.com/notify", "ftp://localhost/x"):
        body = asked(listener, f"/teams/{VENTES}/channels", notificationUrl=url)
        status, code, message = graph.refused("POST", "/subscriptions", body)
        assert (status, code) == (400, "InvalidRequest")
        assert message.startswith(text)


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"resource": "/chats"}, "Unsupported resource"),
        ({"changeType": "created,moved"}, "changeType"),
        ({"expirationDateTime": "2020-01-01T00:00:00Z"}, "in the future"),
        ({"expirationDateTime": "tomorrow"}, "ISO 8601"),
        ({"clientState": "x" * 129}, "clientState"),
    ],
)
def test_a_malformed_subscription_is_refused(
    tenant: LocalTenant, listener: Listener, change: dict[str, Any], part: str
) -> None:
    body = asked(listener, f"/teams/{VENTES}/channels") | change
    status, code, message = person(tenant, "Claire").refused("POST", "/subscriptions", body)
    assert (status, code) == (400, "InvalidRequest")
    assert part in message


def test_life_is_limited_by_the_resource(tenant: LocalTenant, listener: Listener) -> None:
    graph = person(tenant, "Claire")
    channels = f"/teams/{VENTES}/channels"
    assert graph.refused("POST", "/subscriptions", asked(listener, channels, 61))[2].startswith(
        "lifecycleNotificationUrl is a required property"
    )
    too_long = asked(listener, channels, 4400, lifecycleNotificationUrl=listener.url)
    assert "can only be 4320 minutes" in graph.refused("POST", "/subscriptions", too_long)[2]
    short = graph.post("/subscriptions", asked(listener, channels, 1))
    ends = datetime.fromisoformat(short["expirationDateTime"])
    assert ends - datetime.now(UTC) > timedelta(minutes=44)
    drive = graph.get(f"/groups/{VENTES}/drive")["id"]
    month = asked(listener, f"/drives/{drive}/root", 42_000, changeType="updated")
    assert graph.post("/subscriptions", month)["changeType"] == "updated"
    assert graph.refused("POST", "/subscriptions", month | {"changeType": "created"})[0] == 400


def test_watching_needs_the_permission_to_read(tenant: LocalTenant, listener: Listener) -> None:
    graph = person(tenant, "Claire", "Team.ReadBasic.All")
    assert graph.refused("POST", "/subscriptions", asked(listener, f"/teams/{VENTES}/channels"))[:2] == (
        403,
        "Forbidden",
    )
    everything = person(tenant, "Claire")
    assert everything.refused("POST", "/subscriptions", asked(listener, "/teams"))[:2] == (403, "Forbidden")
    app = application(tenant, "Team.ReadBasic.All")
    assert app.post("/subscriptions", asked(listener, "/teams"))["resource"] == "/teams"


def test_changes_of_channels_are_told(tenant: LocalTenant, listener: Listener) -> None:
    graph = person(tenant, "Claire")
    subscription = graph.post("/subscriptions", asked(listener, f"/teams/{VENTES}/channels"))
    person(tenant, "Anaïs").post(f"/teams/{MARKETING}/channels", {"displayName": "Other"})
    channel = graph.post(f"/teams/{VENTES}/channels", {"displayName": "Deal"})["id"]
    told = listener.wait_for(1)
    assert len(told[0].pop("id")) == 44
    path = f"teams('{VENTES}')/channels('{channel}')"
    assert told == [
        {
            "subscriptionId": subscription["id"],
            "subscriptionExpirationDateTime": subscription["expirationDateTime"],
            "clientState": "kq8",
            "changeType": "created",
            "tenantId": TENANT_ID,
            "resource": path,
            "resourceData": {"@odata.type": "#Microsoft.Graph.Channel", "@odata.id": path, "id": channel},
        }
    ]
    graph.delete(f"/teams/{VENTES}/channels/{channel}")
    assert listener.wait_for(2)[1]["changeType"] == "deleted"


def test_a_subscription_is_not_told_of_what_was_before(tenant: LocalTenant, listener: Listener) -> None:
    graph = person(tenant, "Claire")
    graph.post("/subscriptions", asked(listener, f"/teams/{VENTES}/members"))
    graph.post(f"/teams/{VENTES}/channels", {"displayName": "Before"})
    graph.post("/subscriptions", asked(listener, f"/teams/{VENTES}/channels"))
    after = graph.post(f"/teams/{VENTES}/channels", {"displayName": "After"})["id"]
    assert [item["resourceData"]["id"] for item in listener.wait_for(1)] == [after]


def test_members_messages_and_files_are_told(tenant: LocalTenant, listener: Listener) -> None:
    graph = person(tenant, "Claire")
    drive, folder = graph.folder(VENTES, graph.channel(VENTES, "General"))
    renewals = graph.channel(VENTES, "Renewals")
    resources = {
        f"/teams/{VENTES}/members": "created",
        f"/teams/{VENTES}/channels/{renewals}/messages": "created",
        f"/drives/{drive}/root": "updated",
        f"/groups/{VENTES}/members": "updated",
    }
    for resource, change_type in resources.items():
        graph.post("/subscriptions", asked(listener, resource, changeType=change_type))
    graph.post(f"/teams/{VENTES}/members", bind(tenant, "Sofia"))
    graph.post(f"/teams/{VENTES}/channels/{renewals}/messages", {"body": {"content": "x"}})
    graph.call("PUT", f"/drives/{drive}/items/{folder}:/a.txt:/content", content=b"1")
    told = {item["resourceData"]["@odata.type"]: item for item in listener.wait_for(4)}
    assert set(told) == {
        "#Microsoft.Graph.aadUserConversationMember",
        "#Microsoft.Graph.chatMessage",
        "#Microsoft.Graph.DriveItem",
        "#Microsoft.Graph.Group",
    }
    assert told["#Microsoft.Graph.DriveItem"]["resource"] == f"drives/{drive}/root"
    assert "id" not in told["#Microsoft.Graph.DriveItem"]["resourceData"]
    assert told["#Microsoft.Graph.Group"]["resourceData"]["members@delta"] == [{"id": tenant.person("Sofia").id}]


def test_reactions_and_replies_are_told_with_their_post(tenant: LocalTenant, listener: Listener) -> None:
    graph = person(tenant, "Claire")
    thread = f"/teams/{VENTES}/channels/{graph.channel(VENTES, 'Renewals')}/messages"
    graph.post("/subscriptions", asked(listener, thread, changeType="updated"))
    post = graph.post(thread, {"body": {"content": "x"}})["id"]
    reply = graph.post(f"{thread}/{post}/replies", {"body": {"content": "y"}})["id"]
    graph.post(f"{thread}/{post}/setReaction", {"reactionType": "📌"}, status=204)
    graph.post(f"{thread}/{post}/replies/{reply}/setReaction", {"reactionType": "📌"}, status=204)
    told = listener.wait_for(2)
    assert [item["changeType"] for item in told] == ["updated", "updated"]
    assert told[0]["resource"].endswith(f"/messages('{post}')")
    assert told[1]["resource"].endswith(f"/messages('{post}')/replies('{reply}')")


def test_messages_are_watched_with_their_own_permission_only(tenant: LocalTenant, listener: Listener) -> None:
    graph = person(tenant, "Claire", "Group.Read.All Channel.ReadBasic.All")
    thread = f"/teams/{VENTES}/channels/{graph.channel(VENTES, 'Renewals')}/messages"
    assert graph.get(thread)["value"] is not None
    status, _, message = graph.refused("POST", "/subscriptions", asked(listener, thread))
    assert status == 403
    assert "ChannelMessage.Read.All" in message


def test_a_notification_is_repeated_until_it_is_taken(tenant: LocalTenant, listener: Listener) -> None:
    graph = person(tenant, "Claire")
    graph.post("/subscriptions", asked(listener, f"/teams/{VENTES}/channels"))
    listener.status = 500
    graph.post(f"/teams/{VENTES}/channels", {"displayName": "Deal"})
    time.sleep(1.2)
    assert listener.told == []
    listener.status = 202
    tenant.control.post("/_control/clock", json={"advance_s": 6}).raise_for_status()
    assert [item["changeType"] for item in listener.wait_for(1)] == ["created"]


def test_notifications_can_be_lost_by_a_switch(tenant: LocalTenant, listener: Listener) -> None:
    graph = person(tenant, "Claire")
    graph.post("/subscriptions", asked(listener, f"/teams/{VENTES}/channels"))
    tenant.switch(graph__lose_notifications=True)
    graph.post(f"/teams/{VENTES}/channels", {"displayName": "Lost"})
    time.sleep(1.2)
    tenant.switch(graph__lose_notifications=None)
    kept = graph.post(f"/teams/{VENTES}/channels", {"displayName": "Kept"})["id"]
    assert [item["resourceData"]["id"] for item in listener.wait_for(1)] == [kept]


def test_a_subscription_is_renewed_and_warns_before_its_end(tenant: LocalTenant, listener: Listener) -> None:
    graph = person(tenant, "Claire")
    body = asked(listener, f"/teams/{VENTES}/channels", 120, lifecycleNotificationUrl=f"{listener.url}/life")
    made = graph.post("/subscriptions", body)
    tenant.control.post("/_control/clock", json={"advance_s": 110 * 60}).raise_for_status()
    item = listener.wait_for(1)[0]
    assert (item["lifecycleEvent"], item["subscriptionId"]) == ("reauthorizationRequired", made["id"])
    assert "changeType" not in item
    fresh = person(tenant, "Claire")
    later = (datetime.now(UTC) + timedelta(minutes=180)).isoformat()
    renewed = fresh.patch(f"/subscriptions/{made['id']}", {"expirationDateTime": later})
    assert renewed["expirationDateTime"] > made["expirationDateTime"]
    assert fresh.post(f"/subscriptions/{made['id']}/reauthorize", {}, status=204) is None
    other = {"expirationDateTime": later, "lifecycleNotificationUrl": "http://localhost/other"}
    assert fresh.refused("PATCH", f"/subscriptions/{made['id']}", other)[:2] == (400, "InvalidRequest")
    tenant.control.post("/_control/clock", json={"advance_s": 90 * 60}).raise_for_status()
    assert person(tenant, "Claire").refused("GET", f"/subscriptions/{made['id']}")[0] == 404
