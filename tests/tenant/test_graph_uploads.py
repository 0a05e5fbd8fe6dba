"""Upload sessions."""

from __future__ import annotations

import httpx2
import pytest

from tests.local_tenant import LocalTenant
from tests.tenant.graph_client import VENTES, Graph, person


@pytest.fixture
def claire(tenant: LocalTenant) -> Graph:
    return person(tenant, "Claire")


@pytest.fixture
def folder(claire: Graph) -> str:
    drive, item = claire.folder(VENTES, claire.channel(VENTES, "General"))
    return f"/drives/{drive}/items/{item}"


def start(graph: Graph, address: str, **item: object) -> str:
    body = {"item": {f"@microsoft.graph.{name}": value for name, value in item.items()}}
    opened = graph.post(f"{address}/createUploadSession", body, status=200)
    assert opened["nextExpectedRanges"] == ["0-"]
    assert opened["expirationDateTime"].endswith("Z")
    return str(opened["uploadUrl"])


def send(url: str, content: bytes, first: int, total: int) -> httpx2.Response:
    last = first + len(content) - 1
    return httpx2.put(url, content=content, headers={"Content-Range": f"bytes {first}-{last}/{total}"})


def test_a_file_arrives_in_ranges(claire: Graph, folder: str, tenant: LocalTenant) -> None:
    url = start(claire, f"{folder}:/big.pptx:")
    assert url.startswith(tenant.http)
    first = send(url, b"a" * 10, 0, 25)
    assert (first.status_code, first.json()["nextExpectedRanges"]) == (202, ["10-24"])
    assert httpx2.get(url).json()["nextExpectedRanges"] == ["10-24"]
    assert send(url, b"b" * 10, 10, 25).json()["nextExpectedRanges"] == ["20-24"]
    last = send(url, b"c" * 5, 20, 25)
    assert (last.status_code, last.json()["name"], last.json()["size"]) == (201, "big.pptx", 25)
    assert httpx2.get(last.json()["@microsoft.graph.downloadUrl"]).content == b"a" * 10 + b"b" * 10 + b"c" * 5
    assert claire.get(f"{folder}:/big.pptx")["createdBy"]["user"]["displayName"] == "Claire Fontaine"


def test_the_latest_range_may_be_repeated_and_others_overlap(claire: Graph, folder: str) -> None:
    url = start(claire, f"{folder}:/a.bin:")
    send(url, b"a" * 10, 0, 30)
    assert send(url, b"a" * 10, 0, 30).status_code == 202
    send(url, b"b" * 10, 10, 30)
    overlap = send(url, b"a" * 10, 0, 30)
    assert (overlap.status_code, overlap.json()["error"]["code"]) == (416, "invalidRange")
    assert overlap.json()["error"]["innerError"]["code"] == "fragmentOverlap"
    assert send(url, b"d" * 5, 25, 30).status_code == 416
    made = send(url, b"c" * 10, 20, 30)
    again = send(url, b"c" * 10, 20, 30)
    assert (made.status_code, again.status_code, again.json()["id"]) == (201, 201, made.json()["id"])
    assert len([item for item in claire.get(f"{folder}/children")["value"] if item["name"].startswith("a")]) == 1


def test_a_short_range_is_refused_and_sent_again(claire: Graph, folder: str) -> None:
    url = start(claire, f"{folder}:/a.bin:")
    answer = httpx2.put(url, content=b"abc", headers={"Content-Range": "bytes 0-9/20"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalidRequest")
    assert send(url, b"a" * 20, 0, 20).status_code == 201


@pytest.mark.parametrize("header", ["", "bytes 0-9", "bytes 9-0/20", "bytes 0-20/20", "items 0-1/2"])
def test_a_malformed_range_is_refused(claire: Graph, folder: str, header: str) -> None:
    url = start(claire, f"{folder}:/a.bin:")
    assert httpx2.put(url, content=b"0" * 10, headers={"Content-Range": header}).status_code == 400


def test_a_taken_name_fails_unless_it_shall_be_replaced(claire: Graph, folder: str) -> None:
    claire.call("PUT", f"{folder}:/a.txt:/content", content=b"old")
    assert claire.refused("POST", f"{folder}:/a.txt:/createUploadSession", {})[:2] == (409, "nameAlreadyExists")
    url = start(claire, f"{folder}:/a.txt:", conflictBehavior="replace")
    assert send(url, b"new", 0, 3).status_code == 200
    renamed = start(claire, f"{folder}:/a.txt:", conflictBehavior="rename")
    assert send(renamed, b"new", 0, 3).json()["name"] == "a 1.txt"
    late = start(claire, f"{folder}:/late.txt:")
    claire.call("PUT", f"{folder}:/late.txt:/content", content=b"first")
    conflict = send(late, b"new", 0, 3)
    assert (conflict.status_code, conflict.json()["error"]["code"]) == (409, "nameAlreadyExists")


def test_a_session_is_cancelled_and_runs_out(claire: Graph, folder: str, tenant: LocalTenant) -> None:
    url = start(claire, f"{folder}:/a.bin:")
    assert httpx2.delete(url).status_code == 204
    assert send(url, b"a", 0, 2).status_code == 404
    url = start(claire, f"{folder}:/b.bin:")
    tenant.control.post("/_control/clock", json={"advance_s": 2 * 86400}).raise_for_status()
    assert httpx2.get(url).status_code == 404
    assert httpx2.get(url.replace("tempauth=", "tempauth=x")).status_code == 401


def test_a_deferred_commit_waits_for_the_word(claire: Graph, folder: str) -> None:
    opened = claire.post(f"{folder}:/later.bin:/createUploadSession", {"deferCommit": True}, status=200)
    url = opened["uploadUrl"]
    assert send(url, b"abc", 0, 3).status_code == 202
    assert claire.refused("GET", f"{folder}:/later.bin")[0] == 404
    assert httpx2.post(url, content=b"").status_code == 201
    assert claire.get(f"{folder}:/later.bin")["size"] == 3


def test_who_commits_afterwards_may_leave_the_size_open(claire: Graph, folder: str) -> None:
    opened = claire.post(f"{folder}:/stream.bin:/createUploadSession", {"deferCommit": True}, status=200)
    first = httpx2.put(opened["uploadUrl"], content=b"abc", headers={"Content-Range": "bytes 0-2/*"})
    assert (first.status_code, first.json()["nextExpectedRanges"]) == (202, ["3-"])
    last = httpx2.put(opened["uploadUrl"], content=b"de", headers={"Content-Range": "bytes 3-4/*"})
    assert (last.status_code, last.json()["nextExpectedRanges"]) == (202, ["5-"])
    assert httpx2.post(opened["uploadUrl"], content=b"").json()["size"] == 5
    assert claire.call("GET", f"{folder}:/stream.bin:/content", follow_redirects=True).content == b"abcde"
    other = start(claire, f"{folder}:/known.bin:")
    assert httpx2.put(other, content=b"a", headers={"Content-Range": "bytes 0-0/*"}).status_code == 400
    empty = claire.post(f"{folder}:/empty.bin:/createUploadSession", {"deferCommit": True}, status=200)
    assert httpx2.post(empty["uploadUrl"], content=b"").status_code == 400


def test_an_authorization_header_does_no_harm(claire: Graph, folder: str) -> None:
    url = start(claire, f"{folder}:/a.bin:")
    headers = {"Content-Range": "bytes 0-0/1", "Authorization": "Bearer nonsense"}
    assert httpx2.put(url, content=b"a", headers=headers).status_code == 201
