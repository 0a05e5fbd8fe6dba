"""Creating, reading, changing and deleting rows: the documented examples, whole answers, error codes."""

from __future__ import annotations

import base64

import pytest

from tests.local_tenant import LocalTenant
from tests.tenant.crm_client import GUID, NOBODY, QUOTE_CORPUS, Crm, crm, literal


@pytest.fixture
def client(tenant: LocalTenant) -> Crm:
    return crm(tenant)


def test_create_answers_204_with_the_address_of_the_row(client: Crm) -> None:
    answer = client.call("POST", "accounts", {"name": "Sample Account", "creditonhold": False, "revenue": 5000000})
    assert (answer.status_code, answer.content) == (204, b"")
    address = answer.headers["OData-EntityId"]
    assert answer.headers["Location"] == address
    assert GUID.fullmatch(address.removeprefix(f"{client.root}/accounts(").removesuffix(")"))
    row = client.get(f"{address}?$select=name,creditonhold,revenue,accountnumber")
    assert row == {
        "@odata.context": f"{client.root}/$metadata#accounts(name,creditonhold,revenue,accountnumber)/$entity",
        "@odata.etag": row["@odata.etag"],
        "name": "Sample Account",
        "creditonhold": False,
        "revenue": 5000000.0,
        "accountnumber": None,
        "_transactioncurrencyid_value": None,
        "accountid": address.rpartition("(")[2][:-1],
    }


def test_create_with_representation_answers_201_with_the_row(client: Crm) -> None:
    answer = client.call("POST", "accounts?$select=name,createdon", {"name": "Shown"}, Prefer="return=representation")
    assert answer.status_code == 201
    assert "OData-EntityId" not in answer.headers
    assert answer.headers["Preference-Applied"] == "return=representation"
    row = answer.json()
    assert list(row) == ["@odata.context", "@odata.etag", "name", "createdon", "accountid"]
    assert row["createdon"].endswith("Z")
    assert "." not in row["createdon"]


def test_create_with_own_id_and_twice(client: Crm) -> None:
    own = "aaaaaaaa-0000-4000-8000-000000000001"
    assert client.create("accounts", {"accountid": own, "name": "Mine"}) == own
    assert client.error("POST", "accounts", {"accountid": own, "name": "Mine"}) == (
        412,
        "0x80040237",
        "A record with matching key values already exists.",
    )


def test_deep_insert_makes_related_rows_in_one_change(client: Crm) -> None:
    body = {
        "name": "Deep",
        "primarycontactid": {"firstname": "Anne", "lastname": "Noël"},
        "opportunity_customer_accounts": [
            {"name": "Deal", "Opportunity_Tasks": [{"subject": "First"}, {"subject": "Second"}]}
        ],
    }
    made = client.create("accounts", body)
    row = client.get(
        f"accounts({made})?$select=name&$expand=primarycontactid($select=fullname),"
        "opportunity_customer_accounts($select=name;$expand=Opportunity_Tasks($select=subject))"
    )
    assert row["primarycontactid"]["fullname"] == "Anne Noël"
    deal = row["opportunity_customer_accounts"][0]
    assert deal["name"] == "Deal"
    assert sorted(task["subject"] for task in deal["Opportunity_Tasks"]) == ["First", "Second"]


def test_a_failing_deep_insert_leaves_nothing(client: Crm) -> None:
    body = {"name": "Broken deep", "Account_Tasks": [{"subject": "good"}, {"subject": "bad", "prioritycode": 99}]}
    status, code, _ = client.error("POST", "accounts", body)
    assert (status, code) == (400, "0x8004431A")
    assert client.rows("accounts?$filter=name eq 'Broken deep'") == []
    assert client.rows("tasks?$filter=subject eq 'good'") == []


@pytest.mark.parametrize("shape", ["/contacts({id})", "contacts({id})", "{root}/contacts({id})"])
def test_bind_accepts_every_form_of_address(client: Crm, shape: str) -> None:
    contact = client.create("contacts", {"lastname": "Bound"})
    made = client.create(
        "accounts", {"name": "Binder", "primarycontactid@odata.bind": shape.format(id=contact, root=client.root)}
    )
    row = client.get(f"accounts({made})?$select=_primarycontactid_value")
    assert row["_primarycontactid_value"] == contact


def test_polymorphic_lookups_need_the_table_in_their_name(client: Crm) -> None:
    account = client.rows("accounts?$top=1&$select=name")[0]
    made = client.create(
        "contacts",
        {"lastname": "Poly", "parentcustomerid_account@odata.bind": f"/accounts({account['accountid']})"},
    )
    row = client.get(f"contacts({made})?$select=_parentcustomerid_value", Prefer='odata.include-annotations="*"')
    assert row["_parentcustomerid_value"] == account["accountid"]
    assert row["_parentcustomerid_value@Microsoft.Dynamics.CRM.lookuplogicalname"] == "account"
    assert (
        row["_parentcustomerid_value@Microsoft.Dynamics.CRM.associatednavigationproperty"] == "parentcustomerid_account"
    )
    assert row["_parentcustomerid_value@OData.Community.Display.V1.FormattedValue"] == account["name"]
    status, code, message = client.error(
        "POST", "contacts", {"lastname": "P", "parentcustomerid@odata.bind": f"/accounts({account['accountid']})"}
    )
    assert (status, code) == (400, "0x80048d19")
    assert "An undeclared property 'parentcustomerid' which only has property annotations" in message


def test_navigation_names_are_case_sensitive(client: Crm) -> None:
    account = client.rows("accounts?$top=1")[0]["accountid"]
    good = {"contoso_name": "Visite A", "contoso_AccountId@odata.bind": f"/accounts({account})"}
    assert client.create("contoso_visits", good)
    bad = {"contoso_name": "Visite B", "contoso_accountid@odata.bind": f"/accounts({account})"}
    assert client.error("POST", "contoso_visits", bad)[:2] == (400, "0x80048d19")


def test_unknown_property_in_a_body(client: Crm) -> None:
    status, code, message = client.error("POST", "accounts", {"name": "x", "Name2": "y"})
    assert (status, code) == (400, "0x80048d19")
    assert message.startswith("Error identified in Payload provided by the user for Entity :'accounts'")
    assert "Invalid property 'Name2' was found in entity 'Microsoft.Dynamics.CRM.account'" in message


@pytest.mark.parametrize(
    ("body", "status", "code", "text"),
    [
        ({"name": 5}, 400, "0x80048d19", "Cannot convert the literal '5' to the expected type 'Edm.String'."),
        ({"numberofemployees": "7"}, 400, "0x80048d19", "Cannot convert the literal '7' to the expected type 'Edm.I"),
        ({"creditonhold": 1}, 400, "0x80048d19", "Cannot convert the literal '1' to the expected type 'Edm.Boolean'"),
        ({"name": "a" * 161}, 400, "0x80044331", "The length of the 'name' attribute of the 'account' entity"),
        ({"numberofemployees": -1}, 400, "0x8004432f", "outside the valid range"),
        ({"revenue": -1}, 400, "0x80044330", "outside the valid range"),
        ({"industrycode": 4711}, 400, "0x8004431A", "The value 4711 of 'industrycode' on record of type 'account'"),
        ({"_primarycontactid_value": NOBODY}, 400, "0x80048d19", "CRM do not support direct update of Entity Ref"),
        ({"primarycontactid@odata.bind": f"/contacts({NOBODY})"}, 404, "0x80040217", "contact With Id = "),
        ({"primarycontactid@odata.bind": "/nothing(1)"}, 404, "0x8006088a", "Resource not found for the segment"),
        ({"primarycontactid@odata.bind": 5}, 400, "0x80048d19", "Cannot convert the literal '5'"),
    ],
)
def test_values_that_do_not_fit(client: Crm, body: dict[str, object], status: int, code: str, text: str) -> None:
    found = client.error("POST", "accounts", {"name": "x", **body})
    assert found[:2] == (status, code)
    assert text in found[2]


def test_a_body_that_is_no_json(client: Crm) -> None:
    answer = client.call("POST", "accounts")
    assert answer.status_code == 204
    import httpx2

    broken = httpx2.post(f"{client.root}/accounts", content=b'{"name": ', headers=client.headers)
    assert (broken.status_code, broken.json()["error"]["code"]) == (400, "0x80060888")


def test_a_missing_row(client: Crm) -> None:
    for method in ("GET", "DELETE"):
        assert client.error(method, f"accounts({NOBODY})") == (
            404,
            "0x80040217",
            f"account With Id = {NOBODY} Does Not Exist",
        )


def test_patch_without_condition_creates_a_missing_row(client: Crm) -> None:
    own = "bbbbbbbb-0000-4000-8000-000000000001"
    answer = client.call("PATCH", f"accounts({own})", {"name": "Upserted"})
    assert (answer.status_code, answer.headers["OData-EntityId"]) == (204, f"{client.root}/accounts({own})")
    client.patch(f"accounts({own})", {"name": "Changed"})
    assert client.get(f"accounts({own})?$select=name")["name"] == "Changed"


def test_if_match_star_only_updates(client: Crm) -> None:
    assert client.error("PATCH", f"accounts({NOBODY})", {"name": "x"}, If_Match="*") == (
        404,
        "0x80040217",
        f"account With Id = {NOBODY} Does Not Exist",
    )


def test_if_none_match_star_only_creates(client: Crm) -> None:
    own = "cccccccc-0000-4000-8000-000000000001"
    client.patch(f"accounts({own})", {"name": "Once"}, If_None_Match="*")
    assert client.error("PATCH", f"accounts({own})", {"name": "Twice"}, If_None_Match="*") == (
        412,
        "0x80040237",
        "A record with matching key values already exists.",
    )
    assert client.get(f"accounts({own})?$select=name")["name"] == "Once"


def test_a_stale_version_is_refused_for_change_and_deletion(client: Crm) -> None:
    made = client.create("accounts", {"name": "Versions"})
    first = client.get(f"accounts({made})?$select=name")["@odata.etag"]
    client.patch(f"accounts({made})", {"name": "Versions 2"}, If_Match=first)
    mismatch = (
        412,
        "0x80060882",
        "The version of the existing record doesn't match the RowVersion property provided.",
    )
    assert client.error("PATCH", f"accounts({made})", {"name": "Versions 3"}, If_Match=first) == mismatch
    assert client.error("DELETE", f"accounts({made})", If_Match=first) == mismatch
    assert client.get(f"accounts({made})?$select=name")["name"] == "Versions 2"


def test_update_with_representation(client: Crm) -> None:
    made = client.create("accounts", {"name": "Before"})
    answer = client.call("PATCH", f"accounts({made})?$select=name", {"name": "After"}, Prefer="return=representation")
    assert answer.status_code == 200
    assert answer.json()["name"] == "After"


def test_single_properties(client: Crm) -> None:
    made = client.create("accounts", {"name": "Single", "description": "d", "creditonhold": True})
    assert client.get(f"accounts({made})/name") == {
        "@odata.context": f"{client.root}/$metadata#accounts({made})/name",
        "value": "Single",
    }
    raw = client.call("GET", f"accounts({made})/name/$value")
    assert (raw.text, raw.headers["Content-Type"]) == ("Single", "text/plain")
    assert client.call("GET", f"accounts({made})/creditonhold/$value").text == "true"
    assert client.call("PUT", f"accounts({made})/name", {"value": "Put"}).status_code == 204
    assert client.call("DELETE", f"accounts({made})/description").status_code == 204
    row = client.get(f"accounts({made})?$select=name,description")
    assert (row["name"], row["description"]) == ("Put", None)
    assert client.call("GET", f"accounts({made})/description").status_code == 204


def test_lookups_by_reference(client: Crm) -> None:
    account = client.create("accounts", {"name": "Refs"})
    contact = client.create("contacts", {"firstname": "Réf", "lastname": "Érence"})
    path = f"accounts({account})/primarycontactid"
    assert client.call("PUT", f"{path}/$ref", {"@odata.id": f"{client.root}/contacts({contact})"}).status_code == 204
    assert client.get(f"{path}/$ref")["@odata.id"] == f"{client.root}/contacts({contact})"
    assert client.get(f"{path}?$select=fullname")["fullname"] == "Réf Érence"
    assert client.get(f"{path}/fullname")["value"] == "Réf Érence"
    assert client.call("DELETE", f"{path}/$ref").status_code == 204
    assert client.call("GET", path).status_code == 204


def test_collections_by_reference(client: Crm) -> None:
    account = client.create("accounts", {"name": "Collection"})
    contact = client.create("contacts", {"lastname": "Member"})
    path = f"accounts({account})/contact_customer_accounts"
    reference = {"@odata.id": f"{client.root}/contacts({contact})"}
    assert client.call("POST", f"{path}/$ref", reference).status_code == 204
    assert [row["contactid"] for row in client.rows(f"{path}?$select=fullname")] == [contact]
    assert client.rows(f"{path}/$ref") == [reference]
    assert client.call("GET", f"{path}/$count").text == "1"
    assert client.call("DELETE", f"{path}({contact})/$ref").status_code == 204
    assert client.rows(path) == []
    client.call("POST", f"{path}/$ref", reference)
    assert client.call("DELETE", f"{path}/$ref?$id={client.root}/contacts({contact})").status_code == 204
    assert client.rows(path) == []


def test_posting_to_a_collection_joins_the_new_row(client: Crm) -> None:
    account = client.create("accounts", {"name": "Parent"})
    task = client.create(f"accounts({account})/Account_Tasks", {"subject": "Posted below"})
    row = client.get(f"tasks({task})?$select=_regardingobjectid_value,activitytypecode")
    assert (row["_regardingobjectid_value"], row["activitytypecode"]) == (account, "task")


def test_clearing_a_lookup_by_null(client: Crm) -> None:
    contact = client.create("contacts", {"lastname": "Cleared"})
    account = client.create("accounts", {"name": "C", "primarycontactid@odata.bind": f"/contacts({contact})"})
    client.patch(f"accounts({account})", {"primarycontactid@odata.bind": None})
    assert client.get(f"accounts({account})?$select=_primarycontactid_value")["_primarycontactid_value"] is None


def test_assigning_moves_owner_and_business_unit(tenant: LocalTenant, client: Crm) -> None:
    sofia = crm(tenant, "Sofia").user_id()
    account = client.create("accounts", {"name": "Assigned"})
    client.patch(f"accounts({account})", {"ownerid@odata.bind": f"/systemusers({sofia})"})
    row = client.get(f"accounts({account})?$expand=owningbusinessunit($select=name),owninguser($select=fullname)")
    assert row["_ownerid_value"] == sofia
    assert row["owninguser"]["fullname"] == "Sofia Rossi"
    assert row["owningbusinessunit"]["name"] == "Service client"
    team = client.rows("teams?$filter=name eq 'Grands comptes'&$select=name")[0]["teamid"]
    client.patch(f"accounts({account})", {"ownerid@odata.bind": f"/teams({team})"})
    row = client.get(f"accounts({account})?$select=_ownerid_value,_owningteam_value,_owninguser_value")
    assert (row["_ownerid_value"], row["_owningteam_value"], row["_owninguser_value"]) == (team, team, None)


def test_state_and_status_must_match(client: Crm) -> None:
    deal = client.create("opportunities", {"name": "States"})
    client.patch(f"opportunities({deal})", {"statecode": 1, "statuscode": 3})
    assert client.error("PATCH", f"opportunities({deal})", {"statecode": 1, "statuscode": 5}) == (
        400,
        "0x80048408",
        f"5 is not a valid status code for state code OpportunityState.Won on opportunity with Id {deal}.",
    )
    client.patch(f"opportunities({deal})", {"statecode": 2})
    row = client.get(f"opportunities({deal})?$select=statecode,statuscode")
    assert (row["statecode"], row["statuscode"]) == (2, 4)
    status, code, message = client.error("POST", "tasks", {"subject": "s", "statuscode": 6})
    assert (status, code) == (400, "0x80048408")
    assert message.startswith("6 is not a valid status code for state code TaskState.Open on task with Id ")


def test_alternate_keys_read_and_upsert(client: Crm) -> None:
    path = "accounts(accountnumber='ALT-1')"
    assert client.error("GET", path) == (
        404,
        "0x80060891",
        "A record with the specified key values does not exist in the table.",
    )
    made = client.id_in(client.call("PATCH", path, {"name": "By key"}))
    row = client.get(f"{path}?$select=name,accountnumber")
    assert (row["accountid"], row["accountnumber"]) == (made, "ALT-1")
    client.patch(path, {"name": "By key again"})
    assert client.get(f"accounts({made})?$select=name")["name"] == "By key again"
    status, code, _ = client.error("POST", "accounts", {"name": "Second", "accountnumber": "ALT-1"})
    assert (status, code) == (412, "0x80060892")
    assert client.error("GET", "accounts(name='By key')")[0] == 400
    assert client.get(f"accounts(accountid={made})?$select=name")["name"] == "By key again"


def test_a_key_may_hold_quotes_and_slashes(client: Crm) -> None:
    number = "A/1'2"
    client.create("accounts", {"name": "Odd key", "accountnumber": number})
    assert client.get(f"accounts(accountnumber={literal(number)})?$select=name")["name"] == "Odd key"


def test_delete_takes_what_hangs_on_the_row(client: Crm) -> None:
    account = client.create("accounts", {"name": "Gone"})
    task = client.create(f"accounts({account})/Account_Tasks", {"subject": "Goes too"})
    note = client.create("annotations", {"subject": "Note", "objectid_account@odata.bind": f"/accounts({account})"})
    other = client.create("accounts", {"name": "Child", "parentaccountid@odata.bind": f"/accounts({account})"})
    client.delete(f"accounts({account})")
    for path in (f"accounts({account})", f"tasks({task})", f"annotations({note})"):
        assert client.call("GET", path).status_code == 404
    assert client.get(f"accounts({other})?$select=_parentaccountid_value")["_parentaccountid_value"] is None


def test_notes_carry_files(client: Crm) -> None:
    account = client.rows("accounts?$top=1")[0]["accountid"]
    content = b"Bonjour"
    note = client.create(
        "annotations",
        {
            "subject": "File",
            "filename": "bonjour.txt",
            "mimetype": "text/plain",
            "documentbody": base64.b64encode(content).decode(),
            "objectid_account@odata.bind": f"/accounts({account})",
        },
    )
    row = client.get(f"annotations({note})?$select=filesize,isdocument,objecttypecode,documentbody")
    assert (row["filesize"], row["isdocument"], row["objecttypecode"]) == (7, True, "account")
    assert base64.b64decode(row["documentbody"]) == content
    assert client.error("PATCH", f"annotations({note})", {"documentbody": "***"})[:2] == (400, "0x80040203")


@pytest.mark.parametrize("text", QUOTE_CORPUS)
def test_every_text_survives_a_round_trip(client: Crm, text: str) -> None:
    made = client.create("accounts", {"name": text, "description": text})
    row = client.get(f"accounts({made})?$select=name,description")
    assert (row["name"], row["description"]) == (text, text)
    found = client.rows(f"accounts?$filter=name eq {literal(text)}&$select=name")
    assert made in [row["accountid"] for row in found]


def test_dates_lose_fractions_and_offsets(client: Crm) -> None:
    made = client.create("opportunities", {"name": "Dates", "estimatedclosedate": "2027-03-01T23:30:00.1234567+02:00"})
    task = client.create("tasks", {"subject": "Dates", "scheduledend": "2027-03-01T23:30:00.1234567+02:00"})
    assert client.get(f"opportunities({made})/estimatedclosedate")["value"] == "2027-03-01"
    assert client.get(f"tasks({task})/scheduledend")["value"] == "2027-03-01T21:30:00Z"
    assert client.error("PATCH", f"tasks({task})", {"scheduledend": "tomorrow"})[:2] == (400, "0x80048d19")


def test_platform_columns_cannot_be_written(client: Crm) -> None:
    made = client.create("accounts", {"name": "Stamp", "createdon": "1999-01-01T00:00:00Z", "versionnumber": 1})
    row = client.get(f"accounts({made})?$select=createdon,versionnumber")
    assert row["createdon"] > "2020"
    assert row["versionnumber"] > 1_000_000
    backdated = client.create("accounts", {"name": "Old", "overriddencreatedon": "2019-05-06"})
    assert client.get(f"accounts({backdated})/createdon")["value"] == "2019-05-06T00:00:00Z"


def test_the_organization_is_neither_made_nor_deleted(client: Crm) -> None:
    only = client.rows("organizations?$select=name")[0]["organizationid"]
    assert client.error("POST", "organizations", {})[:2] == (400, "0x80040800")
    assert client.error("DELETE", f"organizations({only})")[:2] == (400, "0x80040800")
    client.patch(f"organizations({only})", {"iscollaborationexperienceenabled": False})
    assert client.get(f"organizations({only})/iscollaborationexperienceenabled")["value"] is False


def test_bulk_messages_are_all_or_nothing(client: Crm) -> None:
    crm_type = "Microsoft.Dynamics.CRM.account"
    body = {"Targets": [{"@odata.type": crm_type, "name": f"Bulk {number}"} for number in range(3)]}
    answer = client.call("POST", "accounts/Microsoft.Dynamics.CRM.CreateMultiple", body)
    assert answer.status_code == 200
    ids = answer.json()["Ids"]
    assert len(ids) == 3
    assert client.get(f"accounts({ids[2]})?$select=name")["name"] == "Bulk 2"
    updates = [{"@odata.type": crm_type, "accountid": one, "description": "updated"} for one in ids]
    assert (
        client.call("POST", "accounts/Microsoft.Dynamics.CRM.UpdateMultiple", {"Targets": updates}).status_code == 204
    )
    broken = [*updates, {"@odata.type": crm_type, "accountid": NOBODY, "description": "x"}]
    broken[0] = {**broken[0], "description": "lost"}
    status, _, _ = client.error("POST", "accounts/Microsoft.Dynamics.CRM.UpdateMultiple", {"Targets": broken})
    assert status == 404
    assert client.get(f"accounts({ids[0]})?$select=description")["description"] == "updated"
    missing_type = {"Targets": [{"name": "x"}]}
    assert client.error("POST", "accounts/Microsoft.Dynamics.CRM.CreateMultiple", missing_type)[0] == 400


def test_upsert_multiple_by_alternate_key(client: Crm) -> None:
    target = {
        "@odata.type": "Microsoft.Dynamics.CRM.account",
        "@odata.id": "accounts(accountnumber='UP-1')",
        "name": "First",
    }
    path = "accounts/Microsoft.Dynamics.CRM.UpsertMultiple"
    assert client.call("POST", path, {"Targets": [target]}).status_code == 204
    assert client.call("POST", path, {"Targets": [{**target, "name": "Second"}]}).status_code == 204
    assert client.names("accounts?$filter=accountnumber eq 'UP-1'&$select=name") == ["Second"]


def test_tables_without_bulk_messages_say_so(client: Crm) -> None:
    body = {"Targets": [{"@odata.type": "Microsoft.Dynamics.CRM.msdyn_teamscollaboration"}]}
    assert client.error("POST", "msdyn_teamscollaborations/Microsoft.Dynamics.CRM.CreateMultiple", body) == (
        400,
        "0x80040800",
        "The 'CreateMultiple' method does not support entities of type 'msdyn_teamscollaboration'.",
    )


def test_views_of_activities_cannot_be_written(client: Crm) -> None:
    assert client.error("POST", "activitypointers", {"subject": "x"})[:2] == (400, "0x80040800")
    made = client.create("tasks", {"subject": "In the pointer"})
    row = client.rows(f"activitypointers?$filter=activityid eq {made}&$select=subject,activitytypecode")[0]
    assert (row["subject"], row["activitytypecode"]) == ("In the pointer", "task")
