"""Examples of the Dataverse contract, sections 1 and 2: definitions read and written, and the enabling of tables."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from tests.local_tenant import LocalTenant
from tests.tenant.crm_client import Crm, crm
from tests.tenant.examples.dataverse_shapes import EMPTY, ok, plain, refused, shown


@pytest.fixture
def client(tenant: LocalTenant) -> Crm:
    return crm(tenant)


def label(text: str, code: int = 1033) -> dict[str, Any]:
    return {"LocalizedLabels": [{"Label": text, "LanguageCode": code}]}


def made(address: str) -> dict[str, Any]:
    return {**EMPTY, "odata-entityid": address, "location": address}


def box(**more: Any) -> dict[str, Any]:
    """The definition of a table with a name."""
    name = {"@odata.type": "Microsoft.Dynamics.CRM.StringAttributeMetadata", "SchemaName": "new_Name",
            "IsPrimaryName": True, "MaxLength": 100, "DisplayName": label("Name")}  # fmt: skip
    return {"@odata.type": "Microsoft.Dynamics.CRM.EntityMetadata", "SchemaName": "new_Box", "Attributes": [name],
            "DisplayName": label("Box"), "DisplayCollectionName": label("Boxes"), "HasNotes": True, **more}  # fmt: skip


def test_1_1_the_one_organization_row_is_read_and_written(client: Crm) -> None:
    row = client.get("organizations?$select=ismsteamsenabled,sharepointdeploymenttype,isonedriveenabled")
    assert plain(client, row) == {
        "@odata.context": "{root}/$metadata#organizations(ismsteamsenabled,sharepointdeploymenttype,isonedriveenabled)",
        "value": [{"@odata.etag": "<version>", "ismsteamsenabled": False, "sharepointdeploymenttype": 0,
                   "isonedriveenabled": False, "organizationid": "<id>"}],
    }  # fmt: skip
    one = client.get("WhoAmI")["OrganizationId"]
    answer = client.call("PATCH", f"organizations({one})", {"ismsteamssettingchangedbyuser": True})
    assert shown(client, answer) == {**EMPTY, "odata-entityid": "{root}/organizations(<id>)"}


def test_1_1_one_unknown_name_in_select_fails_the_request(client: Crm) -> None:
    answer = client.call("GET", "organizations?$select=ismsteamsenabled,isonedriveintegrationenabled")
    assert shown(client, answer) == refused(
        400,
        "0x80060888",
        "Could not find a property named 'isonedriveintegrationenabled' on type 'Microsoft.Dynamics.CRM.organization'.",
    )


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("msdyn_msteamssettingsv2", ("msdyn_msteamssettingsv2", "msdyn_msteamssettingsv2id")),
        ("msdyn_collabgraphresource", ("msdyn_collabgraphresource", "msdyn_collabgraphresourceid")),
        ("principalobjectaccess", ("principalobjectaccessset", "principalobjectaccessid")),
        ("savedquery", ("savedqueries", "savedqueryid")),
        ("userquery", ("userqueries", "userqueryid")),
        ("opportunity", ("opportunities", "opportunityid")),
        ("sharepointdocumentlocation", ("sharepointdocumentlocations", "sharepointdocumentlocationid")),
    ],
)
def test_1_names_of_sets_that_defeat_adding_an_s(client: Crm, table: str, expected: tuple[str, str]) -> None:
    row = client.get(f"EntityDefinitions(LogicalName='{table}')?$select=EntitySetName,PrimaryIdAttribute")
    assert (row["EntitySetName"], row["PrimaryIdAttribute"]) == expected


def test_1_2_the_links_of_a_record_and_of_a_view_as_microsofts_client_asks(client: Crm) -> None:
    record, view = client.create("accounts", {"name": "A"}), client.rows("savedqueries?$top=1")[0]["savedqueryid"]
    shared = {
        "msdyn_groupid": "0b9f0c3e-1111-4222-8333-0123456789ab",
        "msdyn_tenantid": "7a1d0000-0000-4000-8000-00000000000a",
        "msdyn_teamid": "19:abc@thread.tacv2",
        "msdyn_teamname": "Contoso deal",
        "msdyn_channelid": "19:def@thread.tacv2",
        "msdyn_channelname": "General",
        "msdyn_channeltype": "Standard",
        "msdyn_teamsiteurl": "https://contoso.sharepoint.com/sites/Contosodeal",
        "msdyn_channelfolderrelativeurl": "/sites/Contosodeal/Shared Documents/General",
    }
    answer = client.call(
        "POST",
        "msdyn_teamscollaborations",
        {**shared, "regardingobjectid": record, "regardingobjecttypename": "account", "regardingobjecttypecode": 1},
    )
    assert shown(client, answer) == made("{root}/msdyn_teamscollaborations(<id>)")
    client.create("msdyn_teamscollaborations", {**shared, "regardingobjectid": view,
                  "regardingobjecttypename": "account", "regardingobjecttypecode": 1039})  # fmt: skip
    names = ("msdyn_teamscollaborationid,msdyn_channelname,msdyn_teamname,\n\t\tmsdyn_channelid,msdyn_tenantid,"
             "msdyn_groupid,msdyn_contenturl,\n\tmsdyn_weburl,msdyn_appid,msdyn_pipedentityid")  # fmt: skip
    row = {
        "@odata.etag": "<version>", "msdyn_teamscollaborationid": "<id>", "msdyn_channelname": "General",
        "msdyn_teamname": "Contoso deal", "msdyn_channelid": "19:def@thread.tacv2", "msdyn_tenantid": "<id>",
        "msdyn_groupid": "<id>", "msdyn_contenturl": None, "msdyn_weburl": None, "msdyn_appid": None,
        "msdyn_pipedentityid": None,
    }  # fmt: skip
    for condition in (
        f"regardingobjectid eq {record} and regardingobjecttypename eq 'account'",
        f"regardingobjectid eq {view} and regardingobjecttypecode eq 1039",
    ):
        found = client.get(f"msdyn_teamscollaborations?$filter={quote(condition)}&$select={quote(names)}")
        assert plain(client, found["value"]) == [row]


def test_1_7_a_roles_template_is_a_lookup(client: Crm) -> None:
    rows = client.rows("roles?$select=name&$filter=roletemplateid/roletemplateid eq"
                       " 627090ff-40a3-4053-8790-584edc5be201&$expand=roletemplateid($select=name)")  # fmt: skip
    assert {(row["name"], row["roletemplateid"]["name"]) for row in rows} == {
        ("System Administrator", "System Administrator")
    }


def test_2_1_a_filtered_collection_of_definitions(client: Crm) -> None:
    answer = client.call("GET", "EntityDefinitions?$select=LogicalName&$filter=LogicalName eq 'account'")
    assert shown(client, answer) == ok({
        "@odata.context": "{root}/$metadata#EntityDefinitions(LogicalName)",
        "value": [{"LogicalName": "account", "MetadataId": "<id>"}],
    })  # fmt: skip


def test_2_1_string_functions_are_refused_with_501(client: Crm) -> None:
    answer = client.call("GET", "EntityDefinitions?$filter=startswith(LogicalName,'acc')")
    assert shown(client, answer) == refused(
        501, "0x8006088a", 'The "startswith" function isn\'t supported for Metadata Entities.'
    )


def test_2_1_a_table_is_made_changed_and_deleted(client: Crm) -> None:
    answer = client.call("POST", "EntityDefinitions", box())
    assert shown(client, answer) == made("{root}/EntityDefinitions(<id>)")
    path = "EntityDefinitions(LogicalName='new_box')"
    assert plain(client, client.get(f"{path}?$select=EntitySetName,IsCustomEntity,OwnershipType,PrimaryNameAttribute",
                                    Consistency="Strong")) == {
        "@odata.context": "{root}/$metadata#EntityDefinitions(EntitySetName,IsCustomEntity,OwnershipType,"
        "PrimaryNameAttribute)/$entity",
        "EntitySetName": "new_boxes", "IsCustomEntity": True, "OwnershipType": "UserOwned",
        "PrimaryNameAttribute": "new_name", "MetadataId": "<id>",
    }  # fmt: skip
    whole = client.get(path)
    whole |= {"DisplayName": label("Caisse", 1036), "IsDocumentManagementEnabled": True}
    changed = client.call("PUT", path, whole, **{"MSCRM.MergeLabels": "true"})
    assert shown(client, changed) == {**EMPTY, "odata-entityid": "{root}/EntityDefinitions(<id>)"}
    after = client.get(f"{path}?$select=DisplayName,IsDocumentManagementEnabled")
    texts = {one["LanguageCode"]: one["Label"] for one in after["DisplayName"]["LocalizedLabels"]}
    assert (texts, after["IsDocumentManagementEnabled"]) == ({1033: "Box", 1036: "Caisse"}, True)
    assert shown(client, client.call("DELETE", path)) == EMPTY
    assert shown(client, client.call("GET", "new_boxes")) == refused(
        404, "0x8006088a", "Resource not found for the segment 'new_boxes'."
    )


def test_2_1_a_name_without_prefix_or_used_before_is_refused(client: Crm) -> None:
    assert client.error("POST", "EntityDefinitions", box(SchemaName="Box"))[:2] == (400, "0x8004A104")
    client.call("POST", "EntityDefinitions", box())
    assert client.error("POST", "EntityDefinitions", box())[:2] == (400, "0x80047010")


def test_2_1_columns_of_a_table(client: Crm) -> None:
    column = {
        "@odata.type": "Microsoft.Dynamics.CRM.PicklistAttributeMetadata",
        "SchemaName": "new_Size",
        "DisplayName": label("Size"),
        "OptionSet": {"Options": [{"Value": 1, "Label": label("Small")}]},
    }
    path = "EntityDefinitions(LogicalName='account')/Attributes"
    answer = client.call("POST", path, column)
    assert shown(client, answer) == made("{root}/EntityDefinitions(LogicalName='account')/Attributes(<id>)")
    one = f"{path}(LogicalName='new_size')"
    cast = "Microsoft.Dynamics.CRM.PicklistAttributeMetadata"
    row = client.get(f"{one}/{cast}?$select=LogicalName&$expand=OptionSet($select=Options),GlobalOptionSet")
    assert (row["GlobalOptionSet"], [option["Value"] for option in row["OptionSet"]["Options"]]) == (None, [1])
    inserted = client.call("POST", "InsertOptionValue", {
        "EntityLogicalName": "account", "AttributeLogicalName": "new_size", "Label": label("Large"),
    })  # fmt: skip
    assert shown(client, inserted) == ok({
        "@odata.context": "{root}/$metadata#Microsoft.Dynamics.CRM.InsertOptionValueResponse",
        "NewOptionValue": 884_110_000,
    })  # fmt: skip
    client.create("accounts", {"name": "Sized", "new_size": 884_110_000})
    assert client.error("POST", path, column)[:2] == (400, "0x80047013")
    assert shown(client, client.call("DELETE", one)) == EMPTY
    assert client.error("GET", "accounts?$select=new_size")[1] == "0x80060888"


def test_2_1_a_deleted_column_may_come_back_empty(client: Crm) -> None:
    path = "EntityDefinitions(LogicalName='contoso_visit')/Attributes"
    whole = client.get(f"{path}(LogicalName='contoso_report')/Microsoft.Dynamics.CRM.MemoAttributeMetadata")
    client.delete(f"{path}(LogicalName='contoso_report')")
    assert client.error("GET", "contoso_visits?$select=contoso_report")[1] == "0x80060888"
    definition = {name: whole[name] for name in ("@odata.type", "SchemaName", "DisplayName", "MaxLength")}
    assert client.call("POST", path, definition).status_code == 204
    assert {row["contoso_report"] for row in client.rows("contoso_visits?$select=contoso_report")} == {None}


def test_2_1_global_choices(client: Crm) -> None:
    answer = client.call(
        "POST",
        "GlobalOptionSetDefinitions",
        {
            "@odata.type": "Microsoft.Dynamics.CRM.OptionSetMetadata",
            "Name": "new_Colours",
            "DisplayName": label("Colours"),
            "OptionSetType": "Picklist",
            "Options": [{"Value": 1, "Label": label("Red")}],
        },
    )
    assert shown(client, answer) == made("{root}/GlobalOptionSetDefinitions(<id>)")
    choice = client.id_in(answer)
    column = {
        "@odata.type": "Microsoft.Dynamics.CRM.PicklistAttributeMetadata",
        "SchemaName": "new_Colour",
        "DisplayName": label("Colour"),
        "GlobalOptionSet@odata.bind": f"/GlobalOptionSetDefinitions({choice})",
    }
    assert client.call("POST", "EntityDefinitions(LogicalName='account')/Attributes", column).status_code == 204
    client.call("POST", "InsertOptionValue", {"OptionSetName": "new_Colours", "Value": 2, "Label": label("Blue")})
    client.create("accounts", {"name": "Blue", "new_colour": 2})
    found = client.get("GlobalOptionSetDefinitions(Name='new_Colours')?$select=Name,IsGlobal")
    assert plain(client, found) == {
        "@odata.context": "{root}/$metadata#GlobalOptionSetDefinitions(Name,IsGlobal)/$entity",
        "@odata.type": "#Microsoft.Dynamics.CRM.OptionSetMetadata", "Name": "new_Colours", "IsGlobal": True,
        "MetadataId": "<id>",
    }  # fmt: skip
    assert client.error("DELETE", f"GlobalOptionSetDefinitions({choice})")[:2] == (400, "0x8004f01f")


def test_2_1_relationships_are_made_and_deleted(client: Crm) -> None:
    body = {
        "@odata.type": "Microsoft.Dynamics.CRM.OneToManyRelationshipMetadata",
        "SchemaName": "new_account_contact_broker",
        "ReferencedEntity": "account",
        "ReferencingEntity": "contact",
        "CascadeConfiguration": {"Assign": "NoCascade", "Delete": "Restrict"},
        "Lookup": {"SchemaName": "new_BrokerId", "DisplayName": label("Broker")},
    }
    answer = client.call("POST", "RelationshipDefinitions", body)
    assert shown(client, answer) == made("{root}/RelationshipDefinitions(<id>)")
    account = client.create("accounts", {"name": "Broker"})
    client.create("contacts", {"lastname": "Client", "new_BrokerId@odata.bind": f"/accounts({account})"})
    assert client.error("DELETE", f"accounts({account})")[:2] == (400, "0x80040227")
    assert client.error("POST", "RelationshipDefinitions", body)[:2] == (400, "0x8004432B")
    assert shown(client, client.call("DELETE", f"RelationshipDefinitions({client.id_in(answer)})")) == EMPTY
    assert client.call("DELETE", f"accounts({account})").status_code == 204


def test_2_1_a_key_over_rows_that_are_not_unique_fails(client: Crm) -> None:
    for _ in range(2):
        client.create("accounts", {"name": "Twin", "fax": "1"})
    path = "EntityDefinitions(LogicalName='account')/Keys"
    answer = client.call("POST", path, {"SchemaName": "new_FaxKey", "KeyAttributes": ["fax"]})
    assert answer.status_code == 204
    rows = client.rows(f"{path}?$select=SchemaName,EntityKeyIndexStatus&$filter=SchemaName eq 'new_FaxKey'")
    assert plain(client, rows) == [{"SchemaName": "new_FaxKey", "EntityKeyIndexStatus": "Failed", "MetadataId": "<id>"}]


def test_2_2_the_service_document_begins_with_its_context(client: Crm) -> None:
    found = client.get("")
    assert found["@odata.context"] == f"{client.root}/$metadata"
    assert {"name": "accounts", "kind": "EntitySet", "url": "accounts"} in found["value"]


def test_2_3_publishing_a_table_answers_204(client: Crm) -> None:
    body = {"ParameterXml": "<importexportxml><entities><entity>account</entity></entities></importexportxml>"}
    assert shown(client, client.call("POST", "PublishXml", body)) == EMPTY
    assert shown(client, client.call("POST", "PublishAllXml")) == EMPTY


def test_2_4_enabling_tables_for_teams_answers_texts_shaped_like_arrays(client: Crm) -> None:
    answer = client.call("POST", "msdyn_SetTeamsDocumentStatus",
                         {"Enable": True, "LogicalEntityNames": '["account","contact"]'})  # fmt: skip
    assert shown(client, answer) == ok({
        "@odata.context": "{root}/$metadata#Microsoft.Dynamics.CRM.msdyn_SetTeamsDocumentStatusResponse",
        "PassedLogicalEntityNames": "[account,contact]", "FailedLogicalEntityNames": "[]", "OperationResult": True,
    })  # fmt: skip


def test_2_1_the_owner_of_a_parent_passes_on_where_assigning_cascades(tenant: LocalTenant, client: Crm) -> None:
    client.call("POST", "EntityDefinitions", box())
    body = {
        "@odata.type": "Microsoft.Dynamics.CRM.OneToManyRelationshipMetadata", "SchemaName": "new_account_boxes",
        "ReferencedEntity": "account", "ReferencingEntity": "new_box", "CascadeConfiguration": {"Assign": "Active"},
        "Lookup": {"SchemaName": "new_AccountId", "DisplayName": label("Account")},
    }  # fmt: skip
    assert client.call("POST", "RelationshipDefinitions", body).status_code == 204
    account, claire = client.create("accounts", {"name": "Parent"}), crm(tenant, "Claire").user_id()
    bind = {"new_AccountId@odata.bind": f"/accounts({account})"}
    active, closed = (client.create("new_boxes", {"new_name": name, **bind}) for name in ("active", "closed"))
    client.patch(f"new_boxes({closed})", {"statecode": 1, "statuscode": 2})
    client.patch(f"accounts({account})", {"ownerid@odata.bind": f"/systemusers({claire})"})
    owners = {row["new_boxid"]: row["_ownerid_value"] for row in client.rows("new_boxes?$select=_ownerid_value")}
    assert owners == {active: claire, closed: client.user_id()}


def test_2_1_one_lookup_to_several_tables(client: Crm) -> None:
    client.call("POST", "EntityDefinitions", box())
    answer = client.call("POST", "CreatePolymorphicLookupAttribute", {
        "OneToManyRelationships": [
            {"SchemaName": f"new_box_{table}", "ReferencedEntity": table, "ReferencingEntity": "new_box"}
            for table in ("account", "contact")
        ],
        "Lookup": {"SchemaName": "new_HolderId", "DisplayName": label("Holder")},
    })  # fmt: skip
    assert shown(client, answer) == ok({
        "@odata.context": "{root}/$metadata#Microsoft.Dynamics.CRM.CreatePolymorphicLookupAttributeResponse",
        "RelationshipIds": ["<id>", "<id>"], "AttributeId": "<id>",
    })  # fmt: skip
    contact = client.create("contacts", {"lastname": "Holder"})
    made = client.create("new_boxes", {"new_name": "held", "new_HolderId_contact@odata.bind": f"/contacts({contact})"})
    row = client.get(f"new_boxes({made})?$select=_new_holderid_value&$expand=new_HolderId_contact($select=lastname)")
    assert (row["_new_holderid_value"], row["new_HolderId_contact"]["lastname"]) == (contact, "Holder")
