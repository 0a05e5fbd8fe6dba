"""The npm client dynamics-web-api, unmodified, over every operation on rows it has; one process for all of them."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from liaison.tenant.seeds.company import person
from tests.local_tenant import LocalTenant
from tests.tenant.crm_client import GUID, NOBODY, Crm, crm

SCRIPT = Path(__file__).parent / "js" / "dynamics_web_api.mjs"
FORMATTED = "OData.Community.Display.V1.FormattedValue"
LOOKUP = "Microsoft.Dynamics.CRM"
FRESH = "aaaaaaaa-0000-4000-8000-000000000001"
MISSING = {"status": 404, "code": "0x80040217", "message": f"account With Id = {NOBODY} Does Not Exist"}


def run_script(script: Path, tenant: LocalTenant, token: str, data: dict[str, Any]) -> dict[str, Any]:
    """What a script of this folder prints, which is JSON."""
    told = {"ADDRESS": tenant.https, "TOKEN": token, "DATA": json.dumps(data), "NODE_EXTRA_CA_CERTS": str(tenant.ca)}
    ran = subprocess.run(["node", str(script)], env={**os.environ, **told}, capture_output=True, text=True, timeout=120,
                         check=False)  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


@pytest.fixture(scope="module")
def client(running_tenant: LocalTenant) -> Crm:
    running_tenant.reset()
    return crm(running_tenant)


@pytest.fixture(scope="module")
def given(running_tenant: LocalTenant, client: Crm) -> dict[str, Any]:
    sofia = person("Sofia").id
    (user,) = client.rows(f"systemusers?$select=systemuserid&$filter=azureactivedirectoryobjectid eq {sofia}")
    (view,) = client.rows("savedqueries?$select=name&$top=1&$filter=returnedtypecode eq 'opportunity'")
    (personal,) = client.rows("userqueries?$select=returnedtypecode&$top=1")
    (table,) = client.rows(
        f"EntityDefinitions?$select=EntitySetName&$filter=LogicalName eq '{personal['returnedtypecode']}'"
    )
    return {
        "account": client.rows("accounts?$select=name&$filter=name eq 'Northwind Traders'")[0]["accountid"],
        "team": client.create("teams", {"name": "Judges", "teamtype": 0}),
        "user": user["systemuserid"],
        "object": sofia,
        "view": view["savedqueryid"],
        "personal": {"id": personal["userqueryid"], "set": table["EntitySetName"]},
        "fresh": FRESH,
        "another": "aaaaaaaa-0000-4000-8000-000000000002",
    }


@pytest.fixture(scope="module")
def answers(running_tenant: LocalTenant, given: dict[str, Any]) -> dict[str, Any]:
    token = running_tenant.token("Nadia", "user_impersonation", audience=running_tenant.https)
    return run_script(SCRIPT, running_tenant, token, given)


def value(answers: dict[str, Any], name: str) -> Any:
    assert "error" not in answers[name], (name, answers[name])
    return answers[name]["value"]


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """A row without what the client adds to it and what differs from run to run."""
    return {name: item for name, item in row.items() if not name.startswith(("@odata", "oData"))}


def test_no_operation_fails_but_those_meant_to(answers: dict[str, Any]) -> None:
    assert sorted(name for name, answer in answers.items() if "error" in answer) == [
        "batch failing", "delete missing", "refused", "retrieve missing", "update missing", "wrong token",
    ]  # fmt: skip
    assert len(answers) >= 70


def test_create(answers: dict[str, Any]) -> None:
    made = value(answers, "create")
    assert GUID.fullmatch(made)
    assert GUID.fullmatch(value(answers, "create bound"))
    shown = plain(value(answers, "create representation"))
    assert shown.pop("accountid")
    assert shown == {"name": "Shown", "numberofemployees": 12}
    inside = plain(value(answers, "create in navigation"))
    assert inside.pop("contactid")
    assert inside == {"fullname": "Nav Igation", "_parentcustomerid_value": made}


def test_retrieve(answers: dict[str, Any], given: dict[str, Any], running_tenant: LocalTenant) -> None:
    address = f"{running_tenant.https}/api/data/v9.2"
    made, contact = value(answers, "create"), value(answers, "create bound")
    row = plain(value(answers, "retrieve"))
    (child,) = row.pop("contact_customer_accounts")
    assert plain(child) == {"fullname": "Bound", "_parentcustomerid_value": made, "contactid": contact}
    assert row.pop("contact_customer_accounts@odata.nextLink").startswith(f"{address}/accounts({made})/")
    assert row == {"name": "Été & fils", "revenue": 1000.5, "_transactioncurrencyid_value": None, "accountid": made}
    annotated = value(answers, "retrieve annotated")
    assert annotated["accountid"] == given["account"]
    assert annotated[f"_ownerid_value@{LOOKUP}.lookuplogicalname"] == "systemuser"
    assert annotated[f"industrycode@{FORMATTED}"]
    assert plain(value(answers, "retrieve navigation")) == {"name": "Été & fils", "accountid": made}
    assert plain(value(answers, "retrieve by alternate key")) == {"name": "Été & fils", "accountid": made}
    assert answers["retrieve missing"]["error"] == MISSING


def test_versions(answers: dict[str, Any]) -> None:
    assert value(answers, "retrieve unchanged") is None
    assert value(answers, "update stale") is False
    assert value(answers, "delete stale") is False
    assert value(answers, "upsert only new") is None
    assert value(answers, "upsert only existing") is None


def test_update_and_upsert(answers: dict[str, Any]) -> None:
    assert value(answers, "update") is True
    assert plain(value(answers, "update representation")) == {
        "telephone1": "+33 2",
        "accountid": value(answers, "create"),
    }
    assert answers["update missing"]["error"] == MISSING
    assert value(answers, "update single property") is None
    assert value(answers, "single property read")["fax"] == "42"
    assert value(answers, "delete property") is True
    assert value(answers, "single property gone")["fax"] is None
    assert plain(value(answers, "upsert new")) == {"name": "Upserted", "accountid": FRESH}
    assert value(answers, "upsert existing") == FRESH
    assert value(answers, "delete") is True
    assert answers["delete missing"]["error"]["status"] == 404


def test_relations(answers: dict[str, Any]) -> None:
    contact = value(answers, "create bound")
    assert [one["contactid"] for one in value(answers, "associated")["value"]] == [contact]
    assert plain(value(answers, "associated single")["primarycontactid"]) == {"lastname": "Bound", "contactid": contact}
    assert value(answers, "many to many") is True


def test_lists_and_pages(answers: dict[str, Any]) -> None:
    found = value(answers, "retrieveMultiple")
    assert found["oDataCount"] == len(found["value"]) == found["@odata.count"]
    assert found["value"][0]["name"] == "Northwind Traders"
    first, second, last, distinct = value(answers, "pages")
    assert (first, second, last, distinct > 600) == (250, 250, "undefined", True)
    assert value(answers, "retrieveAll") == value(answers, "count") == 800
    assert value(answers, "count filtered") == value(answers, "countAll") > 100
    groups = value(answers, "apply")["value"]
    assert [group["statecode"] for group in groups] == [0, 1, 2]
    assert sum(group["n"] for group in groups) == 800
    assert value(answers, "saved query") > 0
    assert value(answers, "user query") == 0
    assert value(answers, "long address") == 1
    assert value(answers, "query parameters") == 2


def test_fetch(answers: dict[str, Any]) -> None:
    page = value(answers, "fetch")
    assert len(page["value"]) == 5
    assert page["PagingInfo"]["nextPage"] == 2
    assert re.match(r'<cookie page="1"', page["PagingInfo"]["cookie"].replace("&lt;", "<").replace("&quot;", '"'))
    first, number, second, distinct = value(answers, "fetch pages")
    assert (first, number, distinct) == (300, 2, 300 + second)
    assert value(answers, "fetchAll") > 600
    (linked,) = value(answers, "fetch linked")["value"]
    assert linked["systemuser1_x002e_fullname"] == linked["systemuser1"]["fullname"] == "Nadia Benali"


def test_functions_and_actions(answers: dict[str, Any], client: Crm) -> None:
    assert value(answers, "WhoAmI")["UserId"] == client.user_id()
    assert value(answers, "function with parameters")["PrincipalAccesses"] == []
    (privilege,) = value(answers, "bound function")["RolePrivileges"]
    assert privilege["PrivilegeName"] == "prvReadAccount"
    assert value(answers, "bound function with target")["AccessRights"] == "None"
    counted = value(answers, "total count")["EntityRecordCountCollection"]
    assert counted["Keys"] == ["account"]
    assert counted["Values"][0] > 600
    assert value(answers, "action")["PassedLogicalEntityNames"] == "[account]"
    assert len(value(answers, "action on a set")["Ids"]) == 2
    assert value(answers, "bound action") is None
    assert value(answers, "share") is None


def test_change_tracking(answers: dict[str, Any]) -> None:
    assert value(answers, "changes") == {"whole": True, "names": ["Late", "deleted"], "late": True, "link": "string"}


def test_batches(answers: dict[str, Any], given: dict[str, Any], client: Crm) -> None:
    account, contact, linked, listed = value(answers, "batch")
    assert GUID.fullmatch(account)
    assert GUID.fullmatch(contact)
    assert linked is None
    assert [one["accountid"] for one in listed["value"]] == [account]
    assert client.get(f"accounts({account})?$select=_primarycontactid_value")["_primarycontactid_value"] == contact
    parent, kid = value(answers, "batch parent and child")
    assert client.get(f"contacts({kid})?$select=_parentcustomerid_value")["_parentcustomerid_value"] == parent
    count, row, me, fetched = value(answers, "batch reads")
    assert (count, row["name"], me["UserId"], len(fetched["value"])) == (800, "Northwind Traders", client.user_id(), 1)
    updated, upserted, single, gone = value(answers, "batch writes")
    assert (updated, upserted, single, gone) == (True, given["another"], None, True)
    assert client.rows("accounts?$filter=name eq 'Never'&$select=name") == []


def test_a_failing_batch_reaches_the_caller(answers: dict[str, Any]) -> None:
    assert answers["batch failing"]["error"] == [MISSING]
    missing, found = value(answers, "batch going on")
    assert (missing["status"], missing["error"]["code"]) == (404, MISSING["code"])
    assert found["name"] == "Northwind Traders"


def test_impersonation_and_settings(answers: dict[str, Any], given: dict[str, Any]) -> None:
    assert value(answers, "impersonate") == value(answers, "impersonate by directory id") == given["user"]
    assert answers["refused"]["error"]["code"] == "0x80040220"
    assert value(answers, "further headers")["name"] == "Headers"
    assert value(answers, "entity names") == [2, "Open", "savedqueries"]
    assert answers["wrong token"]["error"]["status"] == 401
