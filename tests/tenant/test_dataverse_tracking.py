"""Change tracking and webhooks: who reads deltas, who hears of changes."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from tests.local_tenant import LocalTenant
from tests.tenant.crm_client import Crm, crm

TRACK = "odata.track-changes"


@pytest.fixture
def client(tenant: LocalTenant) -> Crm:
    return crm(tenant)


def test_a_delta_holds_changes_first_and_deletions_last(client: Crm) -> None:
    kept = client.create("contoso_visits", {"contoso_name": "Kept"})
    gone = client.create("contoso_visits", {"contoso_name": "Gone"})
    answer = client.call("GET", "contoso_visits?$select=contoso_name", Prefer=TRACK)
    assert answer.headers["Preference-Applied"] == TRACK
    first = answer.json()
    assert first["@odata.context"] == f"{client.root}/$metadata#contoso_visits(contoso_name)"
    assert len(first["value"]) == 62
    link = first["@odata.deltaLink"]
    assert link.startswith(f"{client.root}/contoso_visits?$select=contoso_name&$deltatoken=")
    nothing = client.get(link)
    assert nothing["value"] == []
    client.delete(f"contoso_visits({gone})")
    new = client.create("contoso_visits", {"contoso_name": "New"})
    client.patch(f"contoso_visits({kept})", {"contoso_name": "Changed"})
    brief = client.create("contoso_visits", {"contoso_name": "Brief"})
    client.delete(f"contoso_visits({brief})")
    delta = client.get(nothing["@odata.deltaLink"])
    assert delta["@odata.context"] == f"{client.root}/$metadata#contoso_visits(contoso_name)/$delta"
    assert [row.get("contoso_name") for row in delta["value"][:2]] == ["New", "Changed"]
    assert [row["contoso_visitid"] for row in delta["value"][:2]] == [new, kept]
    context = f"{client.root}/$metadata#contoso_visits/$deletedEntity"
    assert delta["value"][2:] == [
        {"@odata.context": context, "id": gone, "reason": "deleted"},
        {"@odata.context": context, "id": brief, "reason": "deleted"},
    ]
    token = nothing["@odata.deltaLink"].rpartition("$deltatoken=")[2]
    assert client.call("GET", f"contoso_visits/$count?$deltatoken={token}").text == "4"


def test_a_delta_comes_in_pages(client: Crm) -> None:
    answer = client.get("contoso_visits?$select=contoso_name", Prefer=f"{TRACK},odata.maxpagesize=25")
    seen = len(answer["value"])
    while "@odata.nextLink" in answer:
        assert "@odata.deltaLink" not in answer
        answer = client.get(answer["@odata.nextLink"], Prefer=f"{TRACK},odata.maxpagesize=25")
        seen += len(answer["value"])
    assert seen == 60
    link = answer["@odata.deltaLink"]
    made = [client.create("contoso_visits", {"contoso_name": f"Page {number}"}) for number in range(5)]
    for one in made[:3]:
        client.delete(f"contoso_visits({one})")
    rows, address = [], link
    while address:
        answer = client.get(address, Prefer="odata.maxpagesize=2")
        assert len(answer["value"]) <= 2
        rows.extend(answer["value"])
        address = answer.get("@odata.nextLink", "")
    assert [row.get("contoso_name") for row in rows] == ["Page 3", "Page 4", None, None, None]
    assert [row["id"] for row in rows[2:]] == made[:3]
    assert client.get(answer["@odata.deltaLink"])["value"] == []


@pytest.mark.parametrize("option", ["$filter=statecode eq 0", "$orderby=contoso_name", "$expand=createdby", "$top=1"])
def test_options_that_tracking_refuses(client: Crm, option: str) -> None:
    status, code, message = client.error("GET", f"contoso_visits?{option}", Prefer=TRACK)
    assert (status, code) == (400, "0x80060888")
    assert message.startswith('The "${filter|orderby|expand|top}" query parameter isn\'t supported when Change')


def test_tracking_needs_the_whole_organization(tenant: LocalTenant) -> None:
    status, code, message = crm(tenant, "Claire").error("GET", "opportunities?$select=name", Prefer=TRACK)
    assert (status, code) == (403, "0x80040220")
    assert "prvReadOpportunity" in message


def test_links_can_be_tracked(tenant: LocalTenant) -> None:
    claire = crm(tenant, "Claire")
    assert "@odata.deltaLink" in claire.get("msdyn_teamscollaborations?$select=msdyn_channelid", Prefer=TRACK)


def test_untracked_tables_say_so(client: Crm) -> None:
    status, code, _ = client.error("GET", "competitors", Prefer=TRACK)
    assert (status, code) == (400, "0x80072491")


def test_tokens_expire_and_cannot_be_forged(tenant: LocalTenant, client: Crm) -> None:
    link = client.get("contoso_visits?$select=contoso_name", Prefer=TRACK)["@odata.deltaLink"]
    for token in ("x", "1", "1!99/99/2026 00:00:00"):
        assert client.error("GET", f"contoso_visits?$deltatoken={token}")[:2] == (400, "0x80060888")
    tenant.control.post("/_control/clock", json={"advance_s": 8 * 86_400}).raise_for_status()
    assert crm(tenant).error("GET", link)[:2] == (400, "0x80044352")


class Listener:
    """A server that keeps what it is told; `statuses` are its next answers, 200 afterwards."""

    def __init__(self, statuses: list[int]) -> None:
        self.calls: list[tuple[str, dict[str, str], Any]] = []
        self.statuses = statuses
        self.arrived = threading.Condition()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with outer.arrived:
                    outer.calls.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
                    status = outer.statuses.pop(0) if outer.statuses else 200
                    outer.arrived.notify_all()
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                return

        self.server = HTTPServer(("127.0.0.1", 0), Handler)

    def wait(self, count: int) -> list[tuple[str, dict[str, str], Any]]:
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.calls) >= count, timeout=10)
        return self.calls


@contextmanager
def listening(*statuses: int) -> Iterator[Listener]:
    listener = Listener(list(statuses))
    thread = threading.Thread(target=listener.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield listener
    finally:
        listener.server.shutdown()
        listener.server.server_close()
        thread.join(5)


def subscribe(client: Crm, listener: Listener, message: str, table: str, columns: str = "") -> str:
    """The two rows that register a webhook; returns the step's id."""
    endpoint = client.create(
        "serviceendpoints",
        {
            "name": "Liaison",
            "contract": 8,
            "url": f"http://127.0.0.1:{listener.server.server_port}/hook",
            "authtype": 5,
            "authvalue": '<settings><setting name="x-liaison-key" value="s3cret"/></settings>',
            "connectionmode": 1,
            "messageformat": 2,
            "messagecharset": 1,
        },
    )
    message_id = client.rows(f"sdkmessages?$select=name&$filter=name eq '{message}'")[0]["sdkmessageid"]
    filter_id = client.rows(
        f"sdkmessagefilters?$filter=primaryobjecttypecode eq '{table}' and _sdkmessageid_value eq {message_id}"
    )[0]["sdkmessagefilterid"]
    return client.create(
        "sdkmessageprocessingsteps",
        {
            "name": f"Liaison: {message} of {table}",
            "mode": 1,
            "stage": 40,
            "rank": 1,
            "asyncautodelete": True,
            "supporteddeployment": 0,
            "filteringattributes": columns,
            "sdkmessageid@odata.bind": f"/sdkmessages({message_id})",
            "sdkmessagefilterid@odata.bind": f"/sdkmessagefilters({filter_id})",
            "eventhandler_serviceendpoint@odata.bind": f"/serviceendpoints({endpoint})",
        },
    )


def test_a_webhook_hears_of_a_new_row(client: Crm) -> None:
    with listening() as listener:
        step = subscribe(client, listener, "Create", "account")
        made = client.create("accounts", {"name": "Heard", "industrycode": 1, "revenue": 5})
        (path, headers, raw), *_ = listener.wait(1)
    assert path == "/hook"
    endpoint = client.rows("serviceendpoints?$select=name,authvalue,authtype&$filter=contract eq 8")[0]
    assert (endpoint["authtype"], endpoint["authvalue"]) == (5, None)
    assert client.rows("serviceendpoints?$filter=authvalue ne null") == []
    assert headers["x-liaison-key"] == "s3cret"
    assert headers["x-ms-dynamics-entity-name"] == "account"
    assert headers["x-ms-dynamics-request-name"] == "Create"
    body = json.loads(raw)
    assert (body["MessageName"], body["PrimaryEntityId"], body["Stage"]) == ("Create", made, 40)
    assert body["OwningExtension"]["Id"] == step
    assert body["OutputParameters"] == [{"key": "id", "value": made}]
    target = body["InputParameters"][0]["value"]
    values = {pair["key"]: pair["value"] for pair in target["Attributes"]}
    assert values["name"] == "Heard"
    assert values["industrycode"]["Value"] == 1
    assert values["createdon"].startswith("/Date(")
    assert b"\\/Date(" in raw


def test_only_changes_of_the_columns_asked_for(client: Crm) -> None:
    with listening() as listener:
        subscribe(client, listener, "Update", "account", "name,statecode")
        made = client.create("accounts", {"name": "Before"})
        client.patch(f"accounts({made})", {"description": "silent"})
        client.patch(f"accounts({made})", {"name": "After"})
        ((_, _, raw),) = listener.wait(1)
    values = {pair["key"] for pair in json.loads(raw)["InputParameters"][0]["value"]["Attributes"]}
    assert {"name", "modifiedon"} <= values
    assert "description" not in values


def test_deletions_and_links_are_told(tenant: LocalTenant, client: Crm) -> None:
    from tests.tenant.test_dataverse_collaboration import link
    from tests.tenant.test_dataverse_security import northwind

    with listening() as listener:
        subscribe(client, listener, "Delete", "account")
        subscribe(client, listener, "Create", "sharepointdocumentlocation")
        made = client.create("accounts", {"name": "Short"})
        client.delete(f"accounts({made})")
        client.create("msdyn_teamscollaborations", link(northwind(client)))
        calls = listener.wait(2)
    bodies = {json.loads(raw)["MessageName"]: json.loads(raw) for _, _, raw in calls}
    assert bodies["Delete"]["InputParameters"][0]["value"]["__type"].startswith("EntityReference:")
    assert bodies["Create"]["PrimaryEntityName"] == "sharepointdocumentlocation"


def test_one_more_attempt_and_then_a_failed_job(client: Crm) -> None:
    with listening(503, 503) as listener:
        step = subscribe(client, listener, "Create", "account")
        client.create("accounts", {"name": "Unheard"})
        assert len(listener.wait(2)) == 2
        deadline = time.monotonic() + 5
        jobs: list[dict[str, Any]] = []
        while not jobs and time.monotonic() < deadline:
            jobs = client.rows(f"asyncoperations?$filter=_owningextensionid_value eq {step} and statuscode eq 31")
            time.sleep(0.05)
    assert jobs[0]["friendlymessage"] == "The webhook answered with status 503."


def test_undone_changes_are_not_told(client: Crm) -> None:
    with listening() as listener:
        subscribe(client, listener, "Create", "account")
        client.error("POST", "accounts", {"name": "Undone", "Account_Tasks": [{"subject": "x", "prioritycode": 99}]})
        client.create("accounts", {"name": "Done"})
        ((_, _, raw),) = listener.wait(1)
    values = {pair["key"]: pair["value"] for pair in json.loads(raw)["InputParameters"][0]["value"]["Attributes"]}
    assert values["name"] == "Done"
