"""What no client should send to Graph, and what it is told: a refusal in Graph's own shape, at once."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from liaison.tenant.seeds.teamwork import channel_id
from tests.local_tenant import LocalTenant
from tests.tenant.examples.graph_shapes import plain
from tests.tenant.graph_client import EVERYTHING, VENTES, Graph, person

CHANNEL = channel_id("ventes-europe", "Renewals")
# The longest that one request may keep the others waiting, with room for a busy machine.
LONGEST_S = 3.0
SCOPES = f"{EVERYTHING} ChannelMessage.ReadWrite User.ReadWrite.All Directory.ReadWrite.All Sites.Manage.All"


@pytest.fixture(scope="module")
def nadia(running_tenant: LocalTenant) -> Iterator[Graph]:
    """An administrator who is allowed everything, so that only the input can be wrong."""
    running_tenant.reset()
    yield person(running_tenant, "Nadia", SCOPES)
    running_tenant.reset()


def judged(graph: Graph, method: str, path: str, **more: Any) -> int:
    """The status of an answer that came at once; a refusal must have the whole of Graph's shape."""
    started = time.monotonic()
    answer = graph.call(method, path, **more)
    assert time.monotonic() - started < LONGEST_S
    if answer.status_code >= 400:
        error = answer.json()["error"]
        assert set(error) <= {"code", "message", "details", "innerError"}
        assert plain(error["innerError"]["request-id"], graph.tenant) == "GUID"
    return answer.status_code


PATHS = [
    "%2e%2e%2f",
    "..%5c",
    "%00",
    "a" * 300,
    "é😀\u202e'\"",
    "CON",
    "$x",
    "(",
    "')",
    "19:x@thread.tacv2",
    "b!zz",
    "-1",
]


@pytest.mark.parametrize("key", PATHS)
@pytest.mark.parametrize(
    "path",
    [
        "/teams/{}",
        "/groups/{}/drive",
        f"/teams/{VENTES}/channels/{{}}/filesFolder",
        f"/teams/{VENTES}/channels/{CHANNEL}/messages/{{}}",
        f"/groups/{VENTES}/drive/root:/{{}}:/content",
        f"/groups/{VENTES}/drive/items/{{}}/children",
        "/sites/contoso.sharepoint.com:/{}:/drive",
        "/users/{}/memberOf",
        "/shares/u!{}/driveItem",
    ],
)
def test_tricks_in_a_path_find_nothing(nadia: Graph, path: str, key: str) -> None:
    asked = path.format(key if "%" in key else quote(key, safe="!@:$'()"))
    assert judged(nadia, "GET", asked) in (400, 403, 404, 501)


QUERIES = {
    "a huge page": "$top=999999999",
    "a page of words": "$top=many",
    "a filter of 1500 clauses": "$filter=" + quote(" or ".join(["id eq 9"] * 1500)),
    "open brackets": "$filter=" + "(" * 500,
    "a nested filter": "$filter=" + quote("(" * 300 + "id eq 'x'" + ")" * 300),
    "a long row of nots": "$filter=" + quote("not " * 500 + "accountEnabled"),
    "a number beyond all numbers": "$filter=id eq " + "9" * 6000,
    "an unknown name": "$select=colour",
    "a cyclic expansion": "$expand=" + "members($expand=" * 200,
    "a token of another making": "$skiptoken=abc",
    "an open quote": "$filter=displayName eq 'x",
    "an open search": '$search="displayName:x',
    "a text of no property": "$filter=" + quote("'x' eq 'y' eq 'z'"),
}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
@pytest.mark.parametrize(
    "path", ["/users", "/groups", f"/teams/{VENTES}/members", f"/groups/{VENTES}/drive/root/children"]
)
def test_queries_are_refused_or_passed_over_at_once(nadia: Graph, path: str, query: str) -> None:
    status = judged(nadia, "GET", f"{path}?{query}", headers={"ConsistencyLevel": "eventual"})
    assert status in (200, 400)
    assert status == 400 or query.startswith(("$expand", "$search", "$skiptoken=", "$select=", "$filter=id"))


def test_a_filter_of_ten_thousand_clauses_is_refused_at_once(nadia: Graph) -> None:
    url = "/groups?$filter=" + " or ".join(["displayName eq 'x'"] * 10_000)
    started = time.monotonic()
    found = nadia.post("/$batch", {"requests": [{"id": "1", "method": "GET", "url": url}]}, 200)["responses"][0]
    assert time.monotonic() - started < LONGEST_S
    assert (found["status"], found["body"]["error"]["code"]) == (400, "Request_UnsupportedQuery")


WRONG: tuple[Any, ...] = (
    5,
    "text",
    None,
    [],
    [[]],
    {},
    {"displayName": 5, "members": "x", "values": "y", "roles": {}, "channels": [1], "template@odata.bind": []},
    {"name": {"a": 1}, "folder": 1, "parentReference": [1], "item": 5, "requests": 1, "recipients": {}, "type": []},
    {"ids": [1], "groupIds": 5, "values": [{"user@odata.bind": 7}], "body": "x", "attachments": [{"id": 1}]},
    {"resource": {}, "changeType": 7, "expirationDateTime": [], "notificationUrl": 1, "reactionType": 1},
    {"displayName": "x", "members": [{"user@odata.bind": "http://[::1"}], "teamsApp@odata.bind": "http://["},
    {"@odata.id": "http://[", "displayName": "\ud800", "mailNickname": "\u0000"},
    {"displayName": "x" * 5000, "mailNickname": "y" * 5000, "mailEnabled": True, "securityEnabled": False},
)
WRITES = (
    ("POST", "/teams"),
    ("POST", "/groups"),
    ("PATCH", f"/teams/{VENTES}"),
    ("PATCH", f"/groups/{VENTES}"),
    ("POST", f"/teams/{VENTES}/clone"),
    ("POST", f"/teams/{VENTES}/members"),
    ("POST", f"/teams/{VENTES}/members/add"),
    ("POST", f"/teams/{VENTES}/channels"),
    ("PATCH", f"/teams/{VENTES}/channels/{CHANNEL}"),
    ("POST", f"/teams/{VENTES}/channels/{CHANNEL}/tabs"),
    ("POST", f"/teams/{VENTES}/channels/{CHANNEL}/messages"),
    ("POST", f"/teams/{VENTES}/installedApps"),
    ("POST", f"/groups/{VENTES}/drive/root/children"),
    ("POST", f"/groups/{VENTES}/drive/root:/General:/createLink"),
    ("POST", f"/groups/{VENTES}/drive/root:/General:/invite"),
    ("POST", f"/groups/{VENTES}/drive/root:/General:/copy"),
    ("POST", f"/groups/{VENTES}/sites/root/lists"),
    ("POST", "/subscriptions"),
    ("POST", "/directoryObjects/getByIds"),
    ("POST", "/directoryObjects/validateProperties"),
    ("POST", "/users"),
    ("POST", "/appCatalogs/teamsApps"),
)


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_bodies_of_the_wrong_kind_are_refused(nadia: Graph, method: str, path: str) -> None:
    statuses = set()
    for body in WRONG:
        content = b"" if body is None else _json(body)
        statuses.add(judged(nadia, method, path, content=content, headers={"Content-Type": "application/json"}))
    for content in (b"{", b'{"a":', b"\xff\xfe", b"[" * 5000, b"null"):
        assert judged(nadia, method, path, content=content) in (400, 404, 409)
    assert all(status < 500 or status == 501 for status in statuses)


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


@pytest.mark.parametrize(
    "name", ["é😀.txt", "מסמך.docx", "it's.txt", "100%.txt", "a#b.txt", "a;b,c.txt", "x" * 251 + ".txt"]
)
def test_odd_names_are_kept_as_they_are(nadia: Graph, name: str) -> None:
    path = f"/me/drive/root:/{quote(name)}"
    made = nadia.call("PUT", f"{path}:/content", content=b"x")
    assert (made.status_code, made.json()["name"]) == (201, name)
    assert nadia.get(path)["id"] == made.json()["id"]
    nadia.delete(path)


RANGES = [
    "bytes 0-",
    "bytes -5/10",
    "bytes 5-1/10",
    "bytes 0-9/5",
    "items 0-1/2",
    "bytes 0-99999999999/99999999999",
    "",
]


@pytest.mark.parametrize("header", RANGES)
def test_broken_ranges_are_refused(nadia: Graph, header: str) -> None:
    url = nadia.post("/me/drive/root:/big.bin:/createUploadSession", {}, 200)["uploadUrl"]
    answer = nadia.http.put(url, content=b"x", headers={"Content-Range": header})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalidRequest")
    assert nadia.http.delete(url).status_code == 204
