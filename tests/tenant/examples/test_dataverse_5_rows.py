"""Examples of the Dataverse contract, sections 5.2 and 5.4: rows one at a time, and their versions."""

from __future__ import annotations

import pytest

from tests.local_tenant import LocalTenant
from tests.tenant.crm_client import NOBODY, Crm, crm
from tests.tenant.examples.dataverse_shapes import EMPTY, ok, plain, refused, shown

NOBODY_THERE = refused(404, "0x80040217", f"account With Id = {NOBODY} Does Not Exist")
NOBODY_THERE["body"]["error"]["message"] = "account With Id = <id> Does Not Exist"


@pytest.fixture(scope="module")
def client(running_tenant: LocalTenant) -> Crm:
    running_tenant.reset()
    return crm(running_tenant)


@pytest.fixture
def row(client: Crm) -> str:
    return client.create("accounts", {"name": "Contoso Ltd", "accountnumber": None, "numberofemployees": 5})


def test_5_2_create_answers_204_with_the_address_twice(client: Crm) -> None:
    answer = client.call("POST", "accounts", {"name": "Contoso Ltd"})
    address = {"odata-entityid": "{root}/accounts(<id>)", "location": "{root}/accounts(<id>)"}
    assert shown(client, answer) == {**EMPTY, **address}


def test_5_2_create_with_representation_answers_201_with_the_row(client: Crm) -> None:
    answer = client.call("POST", "accounts?$select=name", {"name": "Contoso Ltd"}, Prefer="return=representation")
    body = {"@odata.context": "{root}/$metadata#accounts(name)/$entity", "@odata.etag": "<version>",
            "name": "Contoso Ltd", "accountid": "<id>"}  # fmt: skip
    assert shown(client, answer) == ok(body, 201, preference_applied="return=representation")


def test_5_2_deep_insert_makes_everything_at_once(client: Crm) -> None:
    made = client.create("accounts", {
        "name": "Deep", "primarycontactid": {"firstname": "John", "lastname": "Smith"},
        "opportunity_customer_accounts": [{"name": "Deal", "Opportunity_Tasks": [{"subject": "Call"}]}],
    })  # fmt: skip
    deals = "opportunity_customer_accounts($select=name;$expand=Opportunity_Tasks($select=subject))"
    row = client.get(f"accounts({made})?$select=name&$expand=primarycontactid($select=fullname),{deals}")
    assert plain(client, row) == {
        "@odata.context": "{root}/$metadata#accounts(name,primarycontactid(fullname),"
        "opportunity_customer_accounts(name,Opportunity_Tasks(subject)))/$entity",
        "@odata.etag": "<version>", "name": "Deep", "accountid": "<id>",
        "primarycontactid": {"fullname": "John Smith", "contactid": "<id>"},
        "opportunity_customer_accounts": [
            {"name": "Deal", "opportunityid": "<id>", "Opportunity_Tasks": [{"subject": "Call", "activityid": "<id>"}]}
        ],
    }  # fmt: skip


@pytest.mark.parametrize("form", ["/contacts({0})", "contacts({0})", "{1}/contacts({0})"])
def test_5_2_associate_on_create_takes_every_form_of_address(client: Crm, form: str) -> None:
    person = client.create("contacts", {"lastname": "Bound"})
    made = client.create("accounts", {"name": "Bound", "primarycontactid@odata.bind": form.format(person, client.root)})
    assert client.get(f"accounts({made})?$select=_primarycontactid_value")["_primarycontactid_value"] == person


def test_5_2_read_answers_the_columns_asked_and_the_key(client: Crm, row: str) -> None:
    body = {"@odata.context": "{root}/$metadata#accounts(name,accountnumber)/$entity", "@odata.etag": "<version>",
            "name": "Contoso Ltd", "accountnumber": None, "accountid": "<row>"}  # fmt: skip
    answer = client.call("GET", f"accounts({row})?$select=name,accountnumber")
    assert shown(client, answer, row=row) == ok(body, etag="<version>")


def test_5_2_read_of_a_missing_row(client: Crm) -> None:
    assert shown(client, client.call("GET", f"accounts({NOBODY})")) == NOBODY_THERE


def test_5_2_update_answers_204_or_200_with_representation(client: Crm, row: str) -> None:
    address = {"odata-entityid": "{root}/accounts(<row>)"}
    answer = shown(client, client.call("PATCH", f"accounts({row})", {"name": "New"}), row=row)
    assert {name: answer[name] for name in EMPTY} == EMPTY
    assert answer["odata-entityid"] == address["odata-entityid"]
    answer = shown(client, client.call("PATCH", f"accounts({row})?$select=name&$expand=primarycontactid", {"name": "N"},
                                       Prefer="return=representation"), row=row)  # fmt: skip
    assert (answer["status"], answer["preference-applied"]) == (200, "return=representation")
    assert answer["body"] == {"@odata.context": "{root}/$metadata#accounts(name)/$entity", "@odata.etag": "<version>",
                              "name": "N", "accountid": "<row>"}  # fmt: skip


def test_5_2_patch_without_if_match_creates_a_missing_row(client: Crm) -> None:
    fresh = "11111111-2222-4333-8444-000000000001"
    answer = client.call("PATCH", f"accounts({fresh})", {"name": "Upserted"})
    assert answer.status_code == 204
    assert client.get(f"accounts({fresh})?$select=name")["name"] == "Upserted"


def test_5_2_single_property(client: Crm, row: str) -> None:
    path = f"accounts({row})/name"
    assert shown(client, client.call("PUT", path, {"value": "x"})) == EMPTY
    body = {"@odata.context": "{root}/$metadata#accounts(<id>)/name", "value": "x"}
    assert shown(client, client.call("GET", path)) == ok(body)
    raw = client.call("GET", f"{path}/$value")
    assert (raw.status_code, raw.headers["Content-Type"], raw.text) == (200, "text/plain", "x")
    client.patch(f"accounts({row})", {"description": "gone soon"})
    assert shown(client, client.call("DELETE", f"accounts({row})/description")) == EMPTY
    assert client.call("GET", f"accounts({row})/description").status_code == 204


def test_5_2_delete_answers_204_then_404(client: Crm, row: str) -> None:
    assert shown(client, client.call("DELETE", f"accounts({row})")) == EMPTY
    assert client.call("DELETE", f"accounts({row})").status_code == 404


def test_5_2_set_and_clear_a_lookup(client: Crm, row: str) -> None:
    person = client.create("contacts", {"lastname": "Smith"})
    body = {"@odata.id": f"{client.root}/contacts({person})"}
    path = f"accounts({row})/primarycontactid/$ref"
    assert shown(client, client.call("PUT", path, body)) == EMPTY
    context = "{root}/$metadata#$ref"
    assert shown(client, client.call("GET", path)) == ok(
        {"@odata.context": context, "@odata.id": "{root}/contacts(<id>)"}
    )
    assert shown(client, client.call("DELETE", path)) == EMPTY
    assert client.get(f"accounts({row})?$select=_primarycontactid_value")["_primarycontactid_value"] is None
    client.patch(f"accounts({row})", {"primarycontactid@odata.bind": f"/contacts({person})"})
    client.patch(f"accounts({row})", {"primarycontactid@odata.bind": None})
    assert client.get(f"accounts({row})?$select=_primarycontactid_value")["_primarycontactid_value"] is None


def test_5_2_add_to_and_remove_from_a_collection(client: Crm, row: str) -> None:
    first, second = (client.create("contacts", {"lastname": name}) for name in ("One", "Two"))
    path = f"accounts({row})/contact_customer_accounts"
    for person in (first, second):
        answer = client.call("POST", f"{path}/$ref", {"@odata.id": f"{client.root}/contacts({person})"})
        assert shown(client, answer) == EMPTY
    assert client.names(f"{path}?$select=lastname&$orderby=lastname", "lastname") == ["One", "Two"]
    assert shown(client, client.call("DELETE", f"{path}({first})/$ref")) == EMPTY
    assert shown(client, client.call("DELETE", f"{path}/$ref?$id={client.root}/contacts({second})")) == EMPTY
    assert client.rows(path) == []


def test_5_2_filtered_collection(client: Crm, row: str) -> None:
    client.create("tasks", {"subject": "Call", "regardingobjectid_account_task@odata.bind": f"/accounts({row})"})
    answer = client.call("GET", f"accounts({row})/Account_Tasks?$select=subject")
    body = {"@odata.context": "{root}/$metadata#tasks(subject)",
            "value": [{"@odata.etag": "<version>", "subject": "Call", "activityid": "<id>"}]}  # fmt: skip
    assert shown(client, answer) == ok(body)


def test_5_2_assign(client: Crm, row: str) -> None:
    team = client.create("teams", {"name": "Owners of one account", "teamtype": 0})
    (role,) = client.rows("roles?$select=roleid&$filter=name eq 'System Administrator'&$top=1")
    client.call(
        "POST", f"teams({team})/teamroles_association/$ref", {"@odata.id": f"{client.root}/roles({role['roleid']})"}
    )
    client.patch(f"accounts({row})", {"ownerid@odata.bind": f"/teams({team})"})
    kept = client.get(f"accounts({row})?$select=_ownerid_value,_owningteam_value,_owninguser_value")
    assert (kept["_ownerid_value"], kept["_owningteam_value"], kept["_owninguser_value"]) == (team, team, None)


def test_5_2_state_and_status_must_match(client: Crm, row: str) -> None:
    client.patch(f"accounts({row})", {"statecode": 1, "statuscode": 2})
    assert client.error("PATCH", f"accounts({row})", {"statecode": 0, "statuscode": 2})[:2] == (400, "0x80048408")


def test_5_2_alternate_key(client: Crm) -> None:
    for name in ("First", "Second"):
        client.patch("accounts(accountnumber='A1')", {"name": name})
    (row,) = client.rows("accounts?$select=name,accountnumber&$filter=accountnumber eq 'A1'")
    assert (row["name"], row["accountnumber"]) == ("Second", "A1")
    assert client.get("accounts(accountnumber='A1')?$select=name")["accountid"] == row["accountid"]
    assert client.get(f"accounts(accountid={row['accountid']})?$select=name")["name"] == "Second"


def test_5_4_if_none_match_answers_304_while_unchanged(client: Crm, row: str) -> None:
    etag = client.get(f"accounts({row})?$select=name")["@odata.etag"]
    answer = client.call("GET", f"accounts({row})?$select=name", If_None_Match=etag)
    assert shown(client, answer) == {"status": 304, "odata-version": "4.0", "etag": "<version>", "body": ""}
    for other in (f"accounts({row})?$select=name&$expand=primarycontactid", f"accounts({row})?$select=name"):
        more = {"Prefer": 'odata.include-annotations="*"'} if "expand" not in other else {}
        assert client.call("GET", other, If_None_Match=etag, **more).status_code == 200
    client.patch(f"accounts({row})", {"name": "Changed"})
    assert client.call("GET", f"accounts({row})?$select=name", If_None_Match=etag).status_code == 200
    assert client.call("GET", f"accounts({row})?$select=name", If_None_Match="null").status_code == 200


def test_5_4_if_match_any_only_updates(client: Crm) -> None:
    answer = client.call("PATCH", f"accounts({NOBODY})", {"name": "x"}, If_Match="*")
    assert shown(client, answer) == NOBODY_THERE


def test_5_4_if_none_match_any_only_creates(client: Crm, row: str) -> None:
    answer = client.call("PATCH", f"accounts({row})", {"name": "x"}, If_None_Match="*")
    assert shown(client, answer) == refused(412, "0x80040237", "A record with matching key values already exists.")


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_5_4_a_stale_version_is_refused(client: Crm, row: str, method: str) -> None:
    answer = client.call(method, f"accounts({row})", {"name": "x"} if method == "PATCH" else None, If_Match='W/"1"')
    message = "The version of the existing record doesn't match the RowVersion property provided."
    assert shown(client, answer) == refused(412, "0x80060882", message)
