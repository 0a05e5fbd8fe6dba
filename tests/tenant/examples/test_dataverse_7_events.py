"""Examples of the Dataverse contract, section 7: webhooks and change tracking."""

from __future__ import annotations

import json
import time

import pytest

from tests.local_tenant import LocalTenant
from tests.tenant.crm_client import Crm, crm
from tests.tenant.examples.dataverse_shapes import ok, plain, shown
from tests.tenant.test_dataverse_tracking import listening, subscribe

KEYS = {
    "BusinessUnitId", "CorrelationId", "Depth", "InitiatingUserId", "InputParameters", "IsExecutingOffline",
    "IsInTransaction", "IsOfflinePlayback", "IsolationMode", "MessageName", "Mode", "OperationCreatedOn", "OperationId",
    "OrganizationId", "OrganizationName", "OutputParameters", "OwningExtension", "ParentContext", "PostEntityImages",
    "PreEntityImages", "PrimaryEntityId", "PrimaryEntityName", "RequestId", "SecondaryEntityName", "SharedVariables",
    "Stage", "UserId",
}  # fmt: skip


@pytest.fixture
def client(tenant: LocalTenant) -> Crm:
    return crm(tenant)


def test_7_1_endpoints_are_listed_without_their_secret(client: Crm) -> None:
    with listening() as listener:
        subscribe(client, listener, "Create", "account")
    path = "serviceendpoints?$filter=contract eq 8&$select=serviceendpointid,name,authtype,url"
    assert plain(client, client.get(path)["value"]) == [{
        "@odata.etag": "<version>", "serviceendpointid": "<id>", "name": "Liaison", "authtype": 5,
        "url": f"http://127.0.0.1:{listener.server.server_port}/hook",
    }]  # fmt: skip


def test_7_1_a_delivery_has_every_key_and_header(client: Crm) -> None:
    with listening() as listener:
        subscribe(client, listener, "Update", "account", "name")
        row = client.create("accounts", {"name": "Before"})
        client.patch(f"accounts({row})", {"name": "After"})
        ((_, headers, raw),) = listener.wait(1)
    body = json.loads(raw)
    assert set(body) == KEYS
    assert headers["x-ms-dynamics-organization"] == client.origin.partition("//")[2]
    assert (headers["x-ms-dynamics-entity-name"], headers["x-ms-dynamics-request-name"]) == ("account", "Update")
    assert headers["x-ms-correlation-request-id"] == body["CorrelationId"]
    assert "x-ms-dynamics-msg-size-exceeded" not in headers
    changed = {pair["key"] for pair in body["InputParameters"][0]["value"]["Attributes"]}
    assert changed == {"name", "modifiedon", "modifiedby", "modifiedonbehalfby"}


def test_7_1_a_large_delivery_loses_its_parameters(client: Crm) -> None:
    with listening() as listener:
        subscribe(client, listener, "Create", "annotation")
        client.create("annotations", {"subject": "Large", "notetext": "é" * 99_000, "filename": "a" * 200,
                                      "documentbody": "QUFB" * 40_000})  # fmt: skip
        ((_, headers, raw),) = listener.wait(1)
    body = json.loads(raw)
    assert headers["x-ms-dynamics-msg-size-exceeded"] == "true"
    assert {name for name in KEYS if body[name] is None} == {
        "ParentContext", "InputParameters", "PreEntityImages", "PostEntityImages",
    }  # fmt: skip
    assert len(raw) < 256 * 1024


@pytest.mark.parametrize("status", [502, 503, 504])
def test_7_1_one_more_attempt_after_a_transient_failure(client: Crm, status: int) -> None:
    with listening(status) as listener:
        subscribe(client, listener, "Create", "account")
        client.create("accounts", {"name": "Again"})
        first, second = listener.wait(2)
    assert first[2] == second[2]
    assert client.rows("asyncoperations?$filter=statuscode eq 31") == []


def test_7_1_any_other_failure_is_final(client: Crm) -> None:
    with listening(500) as listener:
        step = subscribe(client, listener, "Create", "account")
        client.create("accounts", {"name": "Once"})
        query = f"asyncoperations?$filter=_owningextensionid_value eq {step} and statuscode eq 31&$select=errorcode"
        deadline = time.monotonic() + 5
        while not client.rows(query) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert len(listener.calls) == 1
    assert len(client.rows(query)) == 1


def test_7_2_deletions_come_last_and_refusals_name_themselves(client: Crm) -> None:
    first = client.get("contoso_visits?$select=contoso_name", Prefer="odata.track-changes")
    link = first["@odata.deltaLink"]
    gone = first["value"][0]["contoso_visitid"]
    client.delete(f"contoso_visits({gone})")
    client.create("contoso_visits", {"contoso_name": "New visit"})
    found = client.get(link)
    found["@odata.deltaLink"] = found["@odata.deltaLink"].partition("=")[0]
    assert plain(client, found, gone=gone) == {
        "@odata.context": "{root}/$metadata#contoso_visits(contoso_name)/$delta",
        "@odata.deltaLink": "{root}/contoso_visits?$select",
        "value": [
            {"@odata.etag": "<version>", "contoso_name": "New visit", "contoso_visitid": "<id>"},
            {"@odata.context": "{root}/$metadata#contoso_visits/$deletedEntity", "id": "<gone>", "reason": "deleted"},
        ],
    }  # fmt: skip
    refusal = client.call("GET", "accounts?$filter=name eq 'x'", Prefer="odata.track-changes")
    assert shown(client, refusal) == ok({"error": {
        "code": "0x80060888",
        "message": 'The "${filter|orderby|expand|top}" query parameter isn\'t supported when Change Tracking is'
        " enabled. Found: filter.",
    }}, 400)  # fmt: skip
