"""The npm client @microsoft/microsoft-graph-client, unmodified, with its tasks; one process for all of it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from liaison.tenant.seeds.company import person
from liaison.tenant.seeds.teamwork import LIAISON_CATALOGUE_ID
from tests.local_tenant import LocalTenant
from tests.tenant.graph_client import EVERYTHING, NORTHWIND, VENTES
from tests.tenant.test_graph_subscriptions import Listener, listening

SCRIPT = Path(__file__).parent / "js" / "graph_client.mjs"
REFUSED = {
    "user missing": (404, "Request_ResourceNotFound"),
    "photo": (404, "ImageNotFound"),
    "team missing": (404, "NotFound"),
    "channel refused": (400, "BadRequest"),
    "installed twice": (409, "Conflict"),
    "sub folder again": (409, "nameAlreadyExists"),
    "stale": (412, "resourceModified"),
    "without a token": (401, "InvalidAuthenticationToken"),
}


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    with listening() as one:
        yield one


@pytest.fixture(scope="module")
def answers(running_tenant: LocalTenant, listener: Listener) -> dict[str, Any]:
    tenant = running_tenant
    tenant.reset()
    given = {
        "team": VENTES,
        "other": NORTHWIND,
        "app": LIAISON_CATALOGUE_ID,
        "people": {name.lower(): person(name).id for name in ("Oliver", "Daniel")} | {"anais": person("Anaïs").id},
        "listener": listener.url,
    }
    told = {
        "ADDRESS": tenant.https,
        "CONTROL": tenant.http,
        "TOKEN": tenant.token("Claire", EVERYTHING),
        "DATA": json.dumps(given),
        "NODE_EXTRA_CA_CERTS": str(tenant.ca),
    }
    ran = subprocess.run(
        ["node", str(SCRIPT)], env={**os.environ, **told}, capture_output=True, text=True, timeout=120, check=False
    )
    assert ran.returncode == 0, ran.stderr
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def value(answers: dict[str, Any], name: str) -> Any:
    assert "error" not in answers[name], (name, answers[name])
    return answers[name]["value"]


def named(answers: dict[str, Any], name: str, key: str = "displayName") -> list[str]:
    return [one[key] for one in value(answers, name)["value"]]


def test_no_step_fails_but_those_meant_to(answers: dict[str, Any]) -> None:
    failed = {
        name: (answer["error"].get("status"), answer["error"].get("code") or answer["error"]["message"])
        for name, answer in answers.items()
        if "error" in answer
    }
    assert failed == REFUSED


def test_errors_carry_the_id_of_their_request(answers: dict[str, Any]) -> None:
    for name in REFUSED:
        error = answers[name]["error"]
        assert error["requestId"] == error["body"]["innerError"]["request-id"], name
        assert error["message"] == error["body"]["message"]


def test_people_are_read_and_searched(answers: dict[str, Any]) -> None:
    me = value(answers, "me")
    assert (me["displayName"], me["id"]) == ("Claire Fontaine", person("Claire").id)
    assert value(answers, "me with beta of another host") == me
    assert value(answers, "me selected") == {
        "@odata.context": value(answers, "me selected")["@odata.context"], "id": me["id"],
        "displayName": "Claire Fontaine",
    }  # fmt: skip
    assert (len(value(answers, "users")["value"]), "@odata.nextLink" in value(answers, "users")) == (3, True)
    searched = value(answers, "users searched")
    assert (named(answers, "users searched"), searched["@odata.count"]) == (["Claire Fontaine"], 1)
    assert named(answers, "users filtered") == ["Emma Whitfield"]
    assert value(answers, "users counted") in (14, "14")
    assert value(answers, "user by name")["displayName"] == "Oliver Grant"
    assert value(answers, "member groups")["value"] == [VENTES]
    assert set(named(answers, "member of")) == {"Northwind account", "Ventes Europe"}
    assert {row["skuPartNumber"] for row in value(answers, "licences")["value"]} == {
        "SPE_E5", "DYN365_ENTERPRISE_SALES",
    }  # fmt: skip
    assert value(answers, "presences")["value"][0]["availability"] == "Available"


def test_teams_are_made_changed_and_restored(answers: dict[str, Any]) -> None:
    assert named(answers, "joined") == ["Northwind account", "Ventes Europe"]
    team = value(answers, "team")
    assert team["@odata.context"].endswith("/v1.0/$metadata#teams/$entity")
    plain = value(answers, "team without metadata")
    assert plain == {name: each for name, each in team.items() if not name.startswith("@")}
    created = value(answers, "team created")
    assert (created["status"], created["text"], created["headers"]["location"][:8]) == (202, "", "/teams('")
    assert value(answers, "team created without headers") == {}
    assert (value(answers, "operation")["status"], value(answers, "operation")["operationType"]) == (
        "succeeded", "createTeam",
    )  # fmt: skip
    assert [value(answers, name)["status"] for name in ("archive", "unarchive")] == [202, 202]
    assert value(answers, "team changed") is None
    assert value(answers, "group deleted") is None
    assert value(answers, "restored")["@odata.type"] == "#microsoft.graph.group"


def test_people_join_and_leave_teams(answers: dict[str, Any]) -> None:
    added = value(answers, "member added")
    assert (added["userId"], added["roles"]) == (person("Anaïs").id, [])
    assert [one["id"] for one in value(answers, "member found")["value"]] == [added["id"]]
    assert value(answers, "member promoted")["roles"] == ["owner"]
    assert value(answers, "member removed") is None
    results = [
        (one["userId"], one["error"] and one["error"]["code"]) for one in value(answers, "members added")["value"]
    ]
    assert results == [(person("Daniel").id, None), ("47000000-0000-0000-0000-000000000001", "NotFound")]
    assert value(answers, "members removed")["value"][0]["error"] is None


def test_channels_apps_tabs_and_messages(answers: dict[str, Any]) -> None:
    channel = value(answers, "channel created")
    assert value(answers, "channel") == channel | {"@odata.context": value(answers, "channel")["@odata.context"]}
    assert value(answers, "channel encoded")["displayName"] == "Opportunité 4711"
    assert [one["id"] for one in value(answers, "channels")["value"]] == [channel["id"]]
    assert value(answers, "access")["value"] is True
    assert value(answers, "catalogue")["value"][0]["appDefinitions"][0]["publishingState"] == "published"
    assert value(answers, "installations")["value"][0]["teamsApp"]["id"] == LIAISON_CATALOGUE_ID
    assert value(answers, "tab renamed")["displayName"] == "Gagnée"
    assert [one["teamsApp"]["id"] for one in value(answers, "tabs")["value"]] == [LIAISON_CATALOGUE_ID]
    message = value(answers, "message")
    assert value(answers, "reply")["replyToId"] == message["id"]
    assert [one["id"] for one in value(answers, "messages")["value"]] == [message["id"]]
    assert [one["body"]["content"] for one in value(answers, "replies")["value"]] == ["Merci"]


def test_files_are_written_read_and_followed(answers: dict[str, Any]) -> None:
    written = value(answers, "written")
    assert (written["name"], written["size"], value(answers, "written bytes")["size"]) == (
        "Note d'équipe (1) 50%.txt", 7, 3,
    )  # fmt: skip
    assert value(answers, "read by path")["id"] == value(answers, "written bytes")["id"]
    assert (value(answers, "read text"), value(answers, "read stream")) == ("bonjour", 7)
    assert value(answers, "streamed")["size"] == 4
    assert named(answers, "children", "name") == ["Annexes", "bytes.bin", "Note d'équipe (1) 50%.txt", "streamed.txt"]
    assert value(answers, "renamed")["name"] == "Note.txt"
    assert value(answers, "unchanged") == 304
    copied = value(answers, "copied")
    assert (copied["status"], copied["headers"]["location"].startswith("https://")) == (202, True)
    assert value(answers, "share")["id"] == written["id"]
    assert named(answers, "search", "name") == ["Plan de vente 2026.docx"]
    assert named(answers, "search apostrophe", "name") == ["Organisation de l'équipe.pdf"]
    gone = {one["id"]: one.get("deleted") for one in value(answers, "changes")["value"]}
    assert gone[written["id"]] == {"state": "deleted"}
    assert named(answers, "site drives", "name") == ["Documents"]
    assert value(answers, "site")["name"] == "VentesEurope"


def test_large_files_go_up_in_ranges(answers: dict[str, Any]) -> None:
    done = value(answers, "uploaded")
    assert (done["size"], done["name"]) == (1_000_000, "grand.bin")
    assert done["ranges"] == [[0, 327_679], [327_680, 655_359], [655_360, 983_039], [983_040, 999_999]]
    assert value(answers, "uploaded from a stream") == 1_000_000
    assert value(answers, "upload cancelled") == {"before": ["0-"], "status": 204}
    assert value(answers, "upload resumed") == 1_000_000
    assert value(answers, "uploaded to one's own drive") == {
        "size": 1_000_000, "path": "/Documents", "name": "à moi.bin",
    }  # fmt: skip


def test_pages_are_followed_to_the_end(answers: dict[str, Any]) -> None:
    pages = value(answers, "pages")
    assert (len(pages["names"]), len(set(pages["names"])), pages["complete"]) == (14, 14, True)
    assert value(answers, "pages paused") == {"paused": 7, "all": 14}
    assert value(answers, "pages with headers") >= 13
    assert value(answers, "changes to the end")["some"] is True
    assert value(answers, "changes to the end")["link"].startswith("https://")


def test_a_batch_keeps_its_dependencies(answers: dict[str, Any]) -> None:
    batch = value(answers, "batch")
    assert batch["urls"][0] == f"/v1.0/teams/{VENTES}"
    assert {name: one["status"] for name, one in batch["read"].items()} == {"1": 200, "2": 201, "3": 404, "4": 424}
    assert batch["read"]["2"]["body"]["displayName"] == "Par lot"
    assert batch["read"]["3"]["body"]["error"]["code"] == "NotFound"


def test_a_subscription_is_made_renewed_and_ended(answers: dict[str, Any], listener: Listener) -> None:
    made = value(answers, "subscribed")
    assert listener.handshakes == ["text/plain; charset=utf-8"]
    assert [one["id"] for one in value(answers, "subscriptions")["value"]] == [made["id"]]
    assert value(answers, "renewed")["expirationDateTime"] > made["expirationDateTime"]
    assert value(answers, "unsubscribed") is None


def test_throttled_requests_are_repeated_after_the_time_given(answers: dict[str, Any]) -> None:
    assert value(answers, "retried reading")["waited"] is True
    assert value(answers, "retried reading")["value"]["id"] == NORTHWIND
    assert value(answers, "retried writing")["waited"] is True
    assert len(value(answers, "written once")["value"]) == 1
    assert value(answers, "tokens") > 60
