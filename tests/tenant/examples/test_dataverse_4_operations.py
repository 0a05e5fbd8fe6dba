"""Examples of the Dataverse contract, sections 3 and 4: the default record types, functions, actions, privileges."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import quote

import pytest

from tests.local_tenant import LocalTenant
from tests.tenant.crm_client import NOBODY, Crm, crm
from tests.tenant.examples.dataverse_shapes import EMPTY, ok, plain, refused, shown

CONTEXT = "{root}/$metadata#Microsoft.Dynamics.CRM."
USER = "Microsoft.Dynamics.CRM.systemuser"


@pytest.fixture
def client(tenant: LocalTenant) -> Crm:
    return crm(tenant)


def target(path: str) -> str:
    return quote("{'@odata.id':'" + path + "'}")


def entity(kind: str, key: str, row_id: str) -> dict[str, Any]:
    return {"@odata.type": f"Microsoft.Dynamics.CRM.{kind}", key: row_id}


def test_3_every_default_record_type_has_complete_definitions(client: Crm) -> None:
    rows = client.rows(
        "EntityDefinitions?$select=LogicalName,PrimaryIdAttribute,PrimaryNameAttribute"
        "&$filter=IsMSTeamsIntegrationEnabled eq true&$expand=Attributes($select=LogicalName),"
        "OneToManyRelationships($select=SchemaName),ManyToOneRelationships($select=SchemaName)"
    )
    assert len(rows) == 35
    for row in rows:
        names = {column["LogicalName"] for column in row["Attributes"]}
        assert {row["PrimaryIdAttribute"], row["PrimaryNameAttribute"], "createdon", "versionnumber"} <= names
        assert row["ManyToOneRelationships"]
        assert client.call("GET", f"EntityDefinitions(LogicalName='{row['LogicalName']}')/Keys").status_code == 200


@pytest.mark.parametrize("form", ["WhoAmI", "WhoAmI()"])
def test_4_who_am_i(client: Crm, form: str) -> None:
    assert shown(client, client.call("GET", form)) == ok({
        "@odata.context": f"{CONTEXT}WhoAmIResponse", "BusinessUnitId": "<id>", "UserId": "<id>",
        "OrganizationId": "<id>",
    })  # fmt: skip


@pytest.mark.parametrize("form", ["{'@odata.id':'accounts(%s)'}", '{"@odata.id":"accounts(%s)"}'])
def test_4_rights_on_a_row_come_as_one_text(client: Crm, form: str) -> None:
    row = client.create("accounts", {"name": "Mine"})
    path = f"systemusers({client.user_id()})/Microsoft.Dynamics.CRM.RetrievePrincipalAccess(Target=@tid)"
    answer = client.call("GET", f"{path}?@tid={quote(form % row)}")
    assert shown(client, answer) == ok(
        {
            "@odata.context": f"{CONTEXT}RetrievePrincipalAccessResponse",
            "AccessRights": "ReadAccess, WriteAccess, AppendAccess, AppendToAccess, CreateAccess, DeleteAccess,"
            " ShareAccess, AssignAccess",
        }
    )


def test_4_sharing_grants_replaces_and_revokes(tenant: LocalTenant, client: Crm) -> None:
    row, sofia = client.create("accounts", {"name": "Shared"}), crm(tenant, "Sofia").user_id()
    body = {"Target": entity("account", "accountid", row), "PrincipalAccess": {
        "AccessMask": "ReadAccess, WriteAccess", "Principal": entity("systemuser", "systemuserid", sofia)}}  # fmt: skip
    assert shown(client, client.call("POST", "GrantAccess", body)) == EMPTY
    body["PrincipalAccess"]["AccessMask"] = "ReadAccess"
    assert shown(client, client.call("POST", "ModifyAccess", body)) == EMPTY
    asked = f"RetrieveSharedPrincipalsAndAccess(Target=@tid)?@tid={target(f'accounts({row})')}"
    assert shown(client, client.call("GET", asked)) == ok(
        {
            "@odata.context": f"{CONTEXT}RetrieveSharedPrincipalsAndAccessResponse",
            "PrincipalAccesses": [
                {"AccessMask": "ReadAccess", "Principal": {"@odata.type": f"#{USER}", "ownerid": "<id>"}}
            ],
        }
    )
    revoked = {"Target": body["Target"], "Revokee": {"@odata.type": USER, "ownerid": sofia}}
    assert shown(client, client.call("POST", "RevokeAccess", revoked)) == EMPTY
    assert client.get(asked)["PrincipalAccesses"] == []


def test_4_one_privilege_of_a_user(client: Crm) -> None:
    path = f"systemusers({client.user_id()})/Microsoft.Dynamics.CRM.RetrieveUserPrivilegeByPrivilegeName"
    answer = client.call("GET", f"{path}(PrivilegeName='prvCreateSharePointSite')")
    assert shown(client, answer) == ok({
        "@odata.context": f"{CONTEXT}RetrieveUserPrivilegeByPrivilegeNameResponse",
        "RolePrivileges": [{
            "Depth": "Global", "PrivilegeId": "<id>", "BusinessUnitId": "<id>",
            "PrivilegeName": "prvCreateSharePointSite", "RecordFilterId": "<id>", "RecordFilterUniqueName": "",
        }],
    })  # fmt: skip
    assert shown(client, client.call("GET", f"{path}(PrivilegeName='prvNothing')"))["status"] == 400


def test_4_the_address_of_a_location(client: Crm) -> None:
    site = client.create("sharepointsites", {"name": "S", "absoluteurl": "https://contoso.sharepoint.com/sites/a",
                                             "isgridpresent": True})  # fmt: skip
    place = client.create("sharepointdocumentlocations", {
        "name": "L", "relativeurl": "Shared Documents/General",
        "parentsiteorlocation_sharepointsite@odata.bind": f"/sharepointsites({site})",
    })  # fmt: skip
    path = f"sharepointdocumentlocations({place})/Microsoft.Dynamics.CRM.RetrieveAbsoluteAndSiteCollectionUrl()"
    assert shown(client, client.call("GET", path)) == ok({
        "@odata.context": f"{CONTEXT}RetrieveAbsoluteAndSiteCollectionUrlResponse",
        "AbsoluteUrl": "https://contoso.sharepoint.com/sites/a/Shared Documents/General",
        "SiteCollectionUrl": "https://contoso.sharepoint.com/sites/a",
    })  # fmt: skip


def test_4_many_rows_at_once(client: Crm) -> None:
    kind = {"@odata.type": "Microsoft.Dynamics.CRM.account"}
    answer = client.call("POST", "accounts/Microsoft.Dynamics.CRM.CreateMultiple",
                         {"Targets": [{"name": "A", **kind}, {"name": "B", **kind}]})  # fmt: skip
    assert shown(client, answer) == ok({"@odata.context": f"{CONTEXT}CreateMultipleResponse", "Ids": ["<id>", "<id>"]})
    first = answer.json()["Ids"][0]
    changed = {"Targets": [{"accountid": first, "name": "C", **kind}]}
    assert shown(client, client.call("POST", "accounts/Microsoft.Dynamics.CRM.UpdateMultiple", changed)) == EMPTY
    upserted = {"Targets": [{"@odata.id": "accounts(accountnumber='A1')", "name": "D", **kind}]}
    assert shown(client, client.call("POST", "accounts/Microsoft.Dynamics.CRM.UpsertMultiple", upserted)) == EMPTY
    assert client.get("accounts(accountnumber='A1')?$select=name")["name"] == "D"


def test_4_deleting_many_is_for_elastic_tables_and_links_have_no_bulk_message(client: Crm) -> None:
    for path in ("accounts/Microsoft.Dynamics.CRM.DeleteMultiple",
                 "msdyn_teamscollaborations/Microsoft.Dynamics.CRM.CreateMultiple"):  # fmt: skip
        name, table = path.rpartition(".")[2], path.partition("/")[0][:-1]
        assert shown(client, client.call("POST", path, {"Targets": []})) == refused(
            400, "0x80040800", f"The '{name}' method does not support entities of type '{table}'."
        )


def test_4_counting_whole_tables(client: Crm) -> None:
    answer = client.call("GET", "RetrieveTotalRecordCount(EntityNames=['account'])")
    assert shown(client, answer) == ok({
        "@odata.context": f"{CONTEXT}RetrieveTotalRecordCountResponse",
        "EntityRecordCountCollection": {"Count": 1, "IsReadOnly": False, "Keys": ["account"], "Values": [600]},
    })  # fmt: skip


def test_4_privileges_of_a_role_are_added_replaced_and_removed(tenant: LocalTenant, client: Crm) -> None:
    role = client.rows("roles?$select=name&$filter=name eq 'Salesperson' and _parentroleid_value eq null")[0]["roleid"]
    privilege = client.rows("privileges?$select=name&$filter=name eq 'prvDeleteAccount'")[0]["privilegeid"]
    claire = crm(tenant, "Claire")
    account = claire.create("accounts", {"name": "Hers"})
    assert claire.call("DELETE", f"accounts({account})").status_code == 403
    base = f"roles({role})/Microsoft.Dynamics.CRM."
    body = {"Privileges": [{"PrivilegeId": privilege, "Depth": "Basic"}]}
    assert shown(client, client.call("POST", f"{base}AddPrivilegesRole", body)) == EMPTY
    claire.delete(f"accounts({account})")
    held = client.get(f"{base}RetrieveRolePrivilegesRole()")["RolePrivileges"]
    assert [row["Depth"] for row in held if row["PrivilegeName"] == "prvDeleteAccount"] == ["Basic"]
    assert shown(client, client.call("POST", f"{base}RemovePrivilegeRole", {"PrivilegeId": privilege})) == EMPTY
    assert shown(client, client.call("POST", f"{base}RemovePrivilegeRole", {"PrivilegeId": privilege}))["status"] == 404
    assert claire.error("POST", f"{base}AddPrivilegesRole", body)[:2] == (403, "0x80040220")


def test_4_opportunities_are_won_and_lost_with_the_activity_that_says_why(client: Crm) -> None:
    deal = client.create("opportunities", {"name": "Deal"})
    body = {
        "Status": 3,
        "OpportunityClose": {
            "@odata.type": "Microsoft.Dynamics.CRM.opportunityclose",
            "subject": "Won it",
            "actualrevenue": 900,
            "opportunityid@odata.bind": f"/opportunities({deal})",
        },
    }
    assert shown(client, client.call("POST", "WinOpportunity", body)) == EMPTY
    row = client.get(f"opportunities({deal})?$select=statecode,statuscode,actualvalue")
    assert (row["statecode"], row["statuscode"], row["actualvalue"]) == (1, 3, 900)
    closed = client.rows(f"opportunitycloses?$select=subject,statecode&$filter=_opportunityid_value eq {deal}")
    assert plain(client, closed) == [
        {"@odata.etag": "<version>", "subject": "Won it", "statecode": 1, "activityid": "<id>"}
    ]
    assert client.error("POST", "LoseOpportunity", {**body, "Status": 4})[:2] == (400, "0x80043801")


def test_4_cases_are_closed_by_a_resolution(client: Crm) -> None:
    case = client.create("incidents", {"title": "Broken"})
    body = {"Status": 5, "IncidentResolution": {"subject": "Mended", "incidentid@odata.bind": f"/incidents({case})"}}
    assert shown(client, client.call("POST", "CloseIncident", body)) == EMPTY
    row = client.get(f"incidents({case})?$select=statecode,statuscode")
    assert (row["statecode"], row["statuscode"]) == (1, 5)
    body["Status"] = 1
    other = client.create("incidents", {"title": "Open"})
    body["IncidentResolution"] = {"subject": "x", "incidentid@odata.bind": f"/incidents({other})"}
    assert client.error("POST", "CloseIncident", body)[:2] == (400, "0x80048408")
    assert client.get(f"incidents({other})?$select=statecode")["statecode"] == 0


def test_4_a_qualified_lead_becomes_three_records(client: Crm) -> None:
    lead = client.create("leads", {"subject": "Need", "firstname": "Ann", "lastname": "Lee", "companyname": "Lee Ltd"})
    body = {"CreateAccount": True, "CreateContact": True, "CreateOpportunity": True, "Status": 3}
    path = f"leads({lead})/Microsoft.Dynamics.CRM.QualifyLead"
    answer = client.call("POST", path, body)
    kind = "#Microsoft.Dynamics.CRM."
    assert shown(client, answer) == ok({
        "@odata.context": "{root}/$metadata#Collection(mscrm.crmbaseentity)",
        "value": [{"@odata.type": f"{kind}account", "accountid": "<id>"},
                  {"@odata.type": f"{kind}contact", "contactid": "<id>"},
                  {"@odata.type": f"{kind}opportunity", "opportunityid": "<id>"}],
    })  # fmt: skip
    deal = answer.json()["value"][2]["opportunityid"]
    row = client.get(f"opportunities({deal})?$select=name&$expand=originatingleadid($select=statecode),"
                     "parentaccountid($select=name)")  # fmt: skip
    assert (row["name"], row["originatingleadid"]["statecode"], row["parentaccountid"]["name"]) == (
        "Need", 1, "Lee Ltd",
    )  # fmt: skip
    assert client.error("POST", path, body)[:2] == (400, "0x80043e06")


def test_4_merging_moves_what_hangs_on_the_subordinate(client: Crm) -> None:
    kept, gone = client.create("accounts", {"name": "Kept"}), client.create("accounts", {"name": "Gone"})
    contact = client.create("contacts", {"lastname": "C", "parentcustomerid_account@odata.bind": f"/accounts({gone})"})
    body = {"Target": entity("account", "accountid", kept), "Subordinate": entity("account", "accountid", gone),
            "UpdateContent": {"@odata.type": "Microsoft.Dynamics.CRM.account", "fax": "1"},
            "PerformParentingChecks": False}  # fmt: skip
    assert shown(client, client.call("POST", "Merge", body)) == EMPTY
    assert client.get(f"contacts({contact})?$select=_parentcustomerid_value")["_parentcustomerid_value"] == kept
    row = client.get(f"accounts({gone})?$select=statecode,merged,_masterid_value")
    assert (row["statecode"], row["merged"], row["_masterid_value"]) == (1, True, kept)
    assert client.get(f"accounts({kept})?$select=fax")["fax"] == "1"


def test_4_a_row_is_prepared_from_another(client: Crm) -> None:
    account = client.create("accounts", {"name": "Parent", "telephone1": "1", "address1_city": "Lyon"})
    path = ("InitializeFrom(EntityMoniker=@p1,TargetEntityName='contact',"
            "TargetFieldType=Microsoft.Dynamics.CRM.TargetFieldType'ValidForCreate')")  # fmt: skip
    answer = client.call("GET", f"{path}?@p1={target(f'accounts({account})')}")
    assert shown(client, answer) == ok({
        "@odata.context": "{root}/$metadata#contacts/$entity", "@odata.type": "#Microsoft.Dynamics.CRM.contact",
        "address1_city": "Lyon", "telephone1": "1", "parentcustomerid_account@odata.bind": "accounts(<id>)",
    })  # fmt: skip


def test_4_a_record_team_gives_its_members_the_record(tenant: LocalTenant, client: Crm) -> None:
    account, sofia = client.create("accounts", {"name": "Team work"}), crm(tenant, "Sofia")
    template = client.rows("teamtemplates?$select=teamtemplatename&$filter=objecttypecode eq 1")[0]["teamtemplateid"]
    body = {"Record": entity("account", "accountid", account),
            "TeamTemplate": entity("teamtemplate", "teamtemplateid", template)}  # fmt: skip
    assert sofia.call("GET", f"accounts({account})").status_code == 403
    base = f"systemusers({sofia.user_id()})/Microsoft.Dynamics.CRM."
    added = client.call("POST", f"{base}AddUserToRecordTeam", body)
    assert shown(client, added) == ok(
        {"@odata.context": f"{CONTEXT}AddUserToRecordTeamResponse", "AccessTeamId": "<id>"}
    )
    assert sofia.call("GET", f"accounts({account})").status_code == 200
    assert client.call("POST", f"{base}RemoveUserFromRecordTeam", body).status_code == 200
    assert sofia.call("GET", f"accounts({account})").status_code == 403


def test_4_what_the_environment_says_of_itself(client: Crm) -> None:
    found = client.get("RetrieveCurrentOrganization(AccessType=Microsoft.Dynamics.CRM.EndpointAccessType'Default')")
    detail = found["Detail"]
    assert (detail["FriendlyName"], detail["UrlName"], detail["State"]) == ("Contoso Sales", "contoso-sales", "Enabled")
    assert detail["Endpoints"]["Values"][0] == f"{client.origin}/"
    licence = client.get(f"systemusers({client.user_id()})/Microsoft.Dynamics.CRM.RetrieveUserLicenseInfo()")
    assert plain(client, licence) == {
        "@odata.context": f"{CONTEXT}RetrieveUserLicenseInfoResponse", "GrantedLicenseCount": 1,
        "SkuNames": ["DYN365_ENTERPRISE_SALES"],
    }  # fmt: skip


def test_4_a_rollup_field_is_counted_on_request(client: Crm) -> None:
    account = client.create("accounts", {"name": "Deals"})
    for value in (10, 20):
        client.create("opportunities", {"name": "D", "estimatedvalue": value,
                                        "parentaccountid@odata.bind": f"/accounts({account})"})  # fmt: skip
    path = "CalculateRollupField(Target=@p1,FieldName=@p2)"
    answer = client.call("GET", f"{path}?@p1={target(f'accounts({account})')}&@p2='openrevenue'")
    assert shown(client, answer) == ok({
        "@odata.context": "{root}/$metadata#accounts/$entity", "@odata.type": "#Microsoft.Dynamics.CRM.account",
        "accountid": "<id>", "openrevenue": 30.0, "openrevenue_date": "<moment>", "openrevenue_state": 1,
    })  # fmt: skip


def test_4_files_in_blocks(client: Crm) -> None:
    column = {"@odata.type": "Microsoft.Dynamics.CRM.FileAttributeMetadata", "SchemaName": "new_Paper"}
    assert client.call("POST", "EntityDefinitions(LogicalName='account')/Attributes", column).status_code == 204
    row = client.create("accounts", {"name": "Files"})
    place = {"Target": entity("account", "accountid", row), "FileAttributeName": "new_paper"}
    begun = client.call("POST", "InitializeFileBlocksUpload", {**place, "FileName": "a.txt"})
    assert shown(client, begun) == ok({
        "@odata.context": f"{CONTEXT}InitializeFileBlocksUploadResponse", "FileContinuationToken": "<id>",
    })  # fmt: skip
    token = {"FileContinuationToken": begun.json()["FileContinuationToken"]}
    for name, text in (("b2", b"world"), ("b1", b"hello ")):
        block = {"BlockId": name, "BlockData": base64.b64encode(text).decode(), **token}
        assert shown(client, client.call("POST", "UploadBlock", block)) == EMPTY
    commit = client.call(
        "POST",
        "CommitFileBlocksUpload",
        {"BlockList": ["b1", "b2"], "FileName": "a.txt", "MimeType": "text/plain", **token},
    )
    assert shown(client, commit) == ok({
        "@odata.context": f"{CONTEXT}CommitFileBlocksUploadResponse", "FileId": "<id>", "FileSizeInBytes": 11,
    })  # fmt: skip
    reading = client.call("POST", "InitializeFileBlocksDownload", place)
    assert shown(client, reading) == ok({
        "@odata.context": f"{CONTEXT}InitializeFileBlocksDownloadResponse", "FileContinuationToken": "<id>",
        "FileSizeInBytes": 11, "FileName": "a.txt", "IsChunkingSupported": True,
    })  # fmt: skip
    wanted = {"FileContinuationToken": reading.json()["FileContinuationToken"], "Offset": 6, "BlockLength": 100}
    piece = client.call("POST", "DownloadBlock", wanted)
    assert shown(client, piece) == ok(
        {"@odata.context": f"{CONTEXT}DownloadBlockResponse", "Data": base64.b64encode(b"world").decode()}
    )
    ranged = client.call("GET", f"accounts({row})/new_paper/$value", Range="bytes=0-4")
    assert (ranged.status_code, ranged.content, ranged.headers["Content-Range"]) == (206, b"hello", "bytes 0-4/11")
    gone = client.call("POST", "DeleteFile", {"FileId": commit.json()["FileId"]})
    assert shown(client, gone) == EMPTY
    assert client.call("GET", f"accounts({row})/new_paper/$value").status_code == 204


def test_4_a_blocked_or_too_large_file_is_refused(client: Crm) -> None:
    column = {"@odata.type": "Microsoft.Dynamics.CRM.FileAttributeMetadata", "SchemaName": "new_Tiny", "MaxSizeInKB": 1}
    client.call("POST", "EntityDefinitions(LogicalName='account')/Attributes", column)
    row = client.create("accounts", {"name": "Files"})
    for name, size, code in (("virus.exe", 1, "0x80043e09"), ("a.txt", 1025, "0x80044a02")):
        place = {"Target": entity("account", "accountid", row), "FileAttributeName": "new_tiny", "FileName": name}
        begun = client.call("POST", "InitializeFileBlocksUpload", place)
        if begun.status_code == 200:
            token = {"FileContinuationToken": begun.json()["FileContinuationToken"]}
            client.call("POST", "UploadBlock", {"BlockId": "1", "BlockData": base64.b64encode(b"x" * size).decode(),
                                                **token})  # fmt: skip
            begun = client.call("POST", "CommitFileBlocksUpload", {"BlockList": ["1"], "FileName": name, **token})
        assert (begun.status_code, begun.json()["error"]["code"]) == (400, code)


def test_4_an_image_is_a_value_with_an_address(client: Crm) -> None:
    column = {"@odata.type": "Microsoft.Dynamics.CRM.ImageAttributeMetadata", "SchemaName": "new_Photo"}
    assert client.call("POST", "EntityDefinitions(LogicalName='account')/Attributes", column).status_code == 204
    picture = base64.b64encode(b"\x89PNG").decode()
    row = client.create("accounts", {"name": "Photo", "new_photo": picture})
    found = client.get(f"accounts({row})?$select=new_photo,new_photo_url")
    assert found["new_photo"] == picture
    assert found["new_photo_url"].startswith(
        f"/Image/download.aspx?Entity=account&Attribute=new_photo&Id={row}&Timestamp="
    )
    assert client.call("GET", f"accounts({row})/new_photo/$value").content == b"\x89PNG"
    assert client.error("POST", "accounts", {"name": "x", "new_photo": "no base64!"})[:2] == (400, "0x80048d19")


def test_4_operations_name_the_privilege_that_is_missing(tenant: LocalTenant) -> None:
    claire = crm(tenant, "Claire")
    for path, body, privilege in (
        ("CreateEntities", {"Entities": []}, "prvCreateEntity"),
        ("RelationshipDefinitions", {}, "prvCreateRelationship"),
        ("ImportSolution", {}, "prvImportCustomization"),
        ("ExportSolution", {"SolutionName": "ContosoVisits"}, "prvExportCustomization"),
        ("Merge", {}, "prvMerge"),
        ("InsertOptionValue", {}, "prvWriteOptionSet"),
    ):
        status, code, message = claire.error("POST", path, body)
        assert (status, code) == (403, "0x80040220")
        assert f"is missing {privilege} privilege" in message


def test_4_a_missing_row_is_404_for_every_bound_operation(client: Crm) -> None:
    for place, name in (("leads", "QualifyLead"), ("roles", "AddPrivilegesRole"), ("emails", "SendEmail")):
        path = f"{place}({NOBODY})/Microsoft.Dynamics.CRM.{name}"
        assert client.error("POST", path, {"Privileges": []})[:2] == (404, "0x80040217")
