"""EntityDefinitions, $metadata and the flags an administrator changes."""

# ruff: noqa: S314 - the documents come from our own tenant.
from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest

from tests.local_tenant import LocalTenant
from tests.tenant.crm_client import NOBODY, Crm, crm

EDM = "{http://docs.oasis-open.org/odata/ns/edm}"

# Source: ce/sales/teams-integration/teams-collaboration.md, mapped to logical names in dataverse.md section 3.
DEFAULT_RECORD_TYPES = {
    "account", "msdyn_agreement", "annotation", "appointment", "businessunit", "campaign", "incident", "category",
    "competitor", "contact", "email", "msdyn_expense", "msdyn_timegroup", "msdyn_inventoryadjustment",
    "msdyn_inventorytransfer", "invoice", "kbarticle", "knowledgearticle", "lead", "opportunity", "opportunityproduct",
    "salesorder", "product", "msdyn_project", "msdyn_purchaseorder", "msdyn_purchaseorderreceipt", "quote",
    "msdyn_resourcerequest", "msdyn_rma", "msdyn_rmareceipt", "msdyn_rtv", "salesliterature", "task", "team",
    "msdyn_workorder",
}  # fmt: skip


@pytest.fixture
def client(tenant: LocalTenant) -> Crm:
    return crm(tenant)


def test_the_documented_example_of_a_table(client: Crm) -> None:
    path = (
        "EntityDefinitions(LogicalName='account')?$select=LogicalName,EntitySetName,ObjectTypeCode,"
        "IsDocumentManagementEnabled,IsMSTeamsIntegrationEnabled"
    )
    assert client.get(path) == {
        "@odata.context": f"{client.root}/$metadata#EntityDefinitions(LogicalName,EntitySetName,ObjectTypeCode,"
        "IsDocumentManagementEnabled,IsMSTeamsIntegrationEnabled)/$entity",
        "LogicalName": "account",
        "EntitySetName": "accounts",
        "ObjectTypeCode": 1,
        "IsDocumentManagementEnabled": True,
        "IsMSTeamsIntegrationEnabled": True,
        "MetadataId": "70816501-edb9-4740-a16c-6a5efbc05d84",
    }
    by_id = client.get("EntityDefinitions(70816501-edb9-4740-a16c-6a5efbc05d84)?$select=LogicalName")
    assert by_id["LogicalName"] == "account"


def test_the_thirty_five_record_types_start_enabled(client: Crm) -> None:
    rows = client.rows(
        "EntityDefinitions?$select=LogicalName,ObjectTypeCode&$filter=IsMSTeamsIntegrationEnabled eq true"
    )
    assert {row["LogicalName"] for row in rows} == DEFAULT_RECORD_TYPES
    codes = {row["LogicalName"]: row["ObjectTypeCode"] for row in rows}
    assert codes["opportunity"] == 3
    assert all(codes[name] >= 10_000 for name in codes if name.startswith("msdyn_"))


def test_tables_with_document_management(client: Crm) -> None:
    rows = client.rows("EntityDefinitions?$select=LogicalName&$filter=IsDocumentManagementEnabled eq true")
    assert {row["LogicalName"] for row in rows} == {
        "account", "opportunity", "lead", "incident", "quote", "product", "salesliterature", "kbarticle",
        "knowledgearticle",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("LogicalName eq 'account'", {"account"}),
        ("ObjectTypeCode eq 3", {"opportunity"}),
        ("LogicalName eq 'account' or LogicalName eq 'contact'", {"account", "contact"}),
        ("OwnershipType eq Microsoft.Dynamics.CRM.OwnershipTypes'UserOwned' and ObjectTypeCode lt 4",
         {"account", "contact", "opportunity"}),
        ("IsCustomEntity eq true", {"contoso_visit"}),
        ("CanCreateAttributes/Value eq false and IsActivity eq false and ObjectTypeCode eq 135", {"activityparty"}),
        ("not (ObjectTypeCode gt 1)", {"account"}),
    ],
)  # fmt: skip
def test_filters_on_definitions(client: Crm, condition: str, expected: set[str]) -> None:
    rows = client.rows(f"EntityDefinitions?$select=LogicalName&$filter={quote(condition)}")
    assert {row["LogicalName"] for row in rows} == expected


def test_string_functions_are_refused_for_metadata(client: Crm) -> None:
    assert client.error("GET", "EntityDefinitions?$filter=startswith(LogicalName,'acc')") == (
        501,
        "0x8006088a",
        'The "startswith" function isn\'t supported for Metadata Entities.',
    )


def test_labels_cannot_be_filtered(client: Crm) -> None:
    assert client.error("GET", "EntityDefinitions?$filter=DisplayName eq 'Account'")[:2] == (400, "0x80060888")


def test_labels_in_both_languages(tenant: LocalTenant) -> None:
    path = "EntityDefinitions(LogicalName='contoso_visit')?$select=DisplayName,DisplayCollectionName"
    label = crm(tenant, "Hugo").get(path)["DisplayName"]
    assert {one["LanguageCode"]: one["Label"] for one in label["LocalizedLabels"]} == {1033: "Visit", 1036: "Visite"}
    assert label["UserLocalizedLabel"]["Label"] == "Visite"
    assert crm(tenant, "Oliver").get(path)["DisplayCollectionName"]["UserLocalizedLabel"]["Label"] == "Visits"


def test_columns_of_a_table_with_their_types(client: Crm) -> None:
    rows = client.rows("EntityDefinitions(LogicalName='opportunity')/Attributes?$select=LogicalName,AttributeType")
    kinds = {row["LogicalName"]: row["AttributeType"] for row in rows}
    assert kinds["name"] == "String"
    assert kinds["customerid"] == "Customer"
    assert kinds["ownerid"] == "Owner"
    assert kinds["statecode"] == "State"
    assert kinds["estimatedvalue"] == "Money"
    assert rows[0]["@odata.type"] == "#Microsoft.Dynamics.CRM.UniqueIdentifierAttributeMetadata"
    texts = client.rows(
        "EntityDefinitions(LogicalName='opportunity')/Attributes?$select=LogicalName&$filter=AttributeType eq 'String'"
    )
    assert {"name", "stepname"} == {row["LogicalName"] for row in texts}


@pytest.mark.parametrize(
    ("cast", "columns"),
    [
        (
            "PicklistAttributeMetadata",
            {"opportunityratingcode", "salesstage", "budgetstatus", "need", "purchaseprocess", "purchasetimeframe"},
        ),
        ("StateAttributeMetadata", {"statecode"}),
        ("StatusAttributeMetadata", {"statuscode"}),
        ("MultiSelectPicklistAttributeMetadata", set()),
    ],
)
def test_casts_bring_the_choices(client: Crm, cast: str, columns: set[str]) -> None:
    path = (
        f"EntityDefinitions(LogicalName='opportunity')/Attributes/Microsoft.Dynamics.CRM.{cast}"
        "?$select=LogicalName&$expand=OptionSet($select=Options),GlobalOptionSet"
    )
    rows = client.rows(path)
    assert {row["LogicalName"] for row in rows} == columns
    shared = {"budgetstatus", "need", "purchaseprocess", "purchasetimeframe"}
    for row in rows:
        held, empty = ("OptionSet", "GlobalOptionSet")[:: -1 if row["LogicalName"] in shared else 1]
        assert row[empty] is None
        assert all(option["Label"]["LocalizedLabels"] for option in row[held]["Options"])


def test_states_and_reasons_belong_together(client: Crm) -> None:
    base = "EntityDefinitions(LogicalName='opportunity')/Attributes"
    status = client.get(
        f"{base}(LogicalName='statuscode')/Microsoft.Dynamics.CRM.StatusAttributeMetadata?$expand=OptionSet"
    )
    assert {option["Value"]: option["State"] for option in status["OptionSet"]["Options"]} == {
        1: 0, 2: 0, 3: 1, 4: 2, 5: 2,
    }  # fmt: skip
    state = client.rows(f"{base}/Microsoft.Dynamics.CRM.StateAttributeMetadata?$expand=OptionSet")[0]
    assert [option["DefaultStatus"] for option in state["OptionSet"]["Options"]] == [1, 3, 4]


def test_booleans_and_lookups(client: Crm) -> None:
    base = "EntityDefinitions(LogicalName='account')/Attributes"
    hold = client.get(
        f"{base}(LogicalName='creditonhold')/Microsoft.Dynamics.CRM.BooleanAttributeMetadata?$expand=OptionSet"
    )
    assert hold["OptionSet"]["TrueOption"]["Value"] == 1
    parents = client.rows(
        "EntityDefinitions(LogicalName='contact')/Attributes/Microsoft.Dynamics.CRM.LookupAttributeMetadata"
        "?$select=LogicalName,Targets&$filter=LogicalName eq 'parentcustomerid'"
    )
    assert parents[0]["Targets"] == ["account", "contact"]
    assert client.error("GET", f"{base}/Microsoft.Dynamics.CRM.EnumAttributeMetadata")[0] == 404


def test_type_specific_properties_need_a_cast(client: Crm) -> None:
    answer = client.get(
        "EntityDefinitions(LogicalName='account')?$select=LogicalName"
        "&$expand=Attributes($select=LogicalName,MaxLength;$filter=LogicalName eq 'name')"
    )
    assert answer["Attributes"] == [
        {
            "@odata.type": "#Microsoft.Dynamics.CRM.StringAttributeMetadata",
            "LogicalName": "name",
            "MaxLength": 160,
            "MetadataId": answer["Attributes"][0]["MetadataId"],
        }
    ]


def test_keys_and_relationships(client: Crm) -> None:
    keys = client.rows("EntityDefinitions(LogicalName='account')/Keys?$select=SchemaName,KeyAttributes")
    assert keys == [
        {"SchemaName": "account_number", "KeyAttributes": ["accountnumber"], "MetadataId": keys[0]["MetadataId"]}
    ]
    relation = client.rows(
        "RelationshipDefinitions/Microsoft.Dynamics.CRM.OneToManyRelationshipMetadata"
        "?$filter=SchemaName eq 'account_primary_contact'"
    )[0]
    assert (relation["ReferencedEntity"], relation["ReferencingAttribute"]) == ("contact", "primarycontactid")
    many = client.rows("EntityDefinitions(LogicalName='team')/ManyToManyRelationships?$select=SchemaName")
    assert {"teammembership_association", "teamroles_association"} == {row["SchemaName"] for row in many}
    tied = client.rows("EntityDefinitions(LogicalName='contoso_visit')/ManyToOneRelationships")
    assert "contoso_AccountId" in {row["ReferencingEntityNavigationPropertyName"] for row in tied}


def test_unknown_tables(client: Crm) -> None:
    assert client.error("GET", "EntityDefinitions(LogicalName='nothing')") == (
        404,
        "0x80060888",
        "Could not find an entity with specified name 'nothing'.",
    )
    assert client.error("GET", f"EntityDefinitions({NOBODY})")[0] == 404


def test_privileges_of_a_table(client: Crm) -> None:
    found = client.get("EntityDefinitions(LogicalName='sharepointdocumentlocation')?$select=Privileges")["Privileges"]
    names = {one["Name"]: one["PrivilegeType"] for one in found}
    assert names["prvCreateSharePointDocumentLocation"] == "Create"
    assert names["prvAppendToSharePointDocumentLocation"] == "AppendTo"
    link = client.get("EntityDefinitions(LogicalName='msdyn_teamscollaboration')?$select=Privileges,OwnershipType")
    assert link["OwnershipType"] == "None"
    assert {one["Name"] for one in link["Privileges"]} >= {"prvCreatemsdyn_teamscollaboration"}


def test_trap_names(client: Crm) -> None:
    location = client.get("EntityDefinitions(LogicalName='sharepointdocumentlocation')")
    assert location["EntitySetName"] == "sharepointdocumentlocations"
    assert location["LogicalCollectionName"] == "sharePointdocumentlocations"
    settings = client.get("EntityDefinitions(LogicalName='msdyn_msteamssettingsv2')?$select=EntitySetName")
    assert settings["EntitySetName"] == "msdyn_msteamssettingsv2"


def put_flag(client: Crm, table: str, name: str, value: bool) -> Any:
    """Read, change, write: a PUT replaces the whole definition."""
    definition = client.get(f"EntityDefinitions(LogicalName='{table}')")
    definition[name] = value
    return client.call("PUT", f"EntityDefinitions({definition['MetadataId']})", definition, MSCRM_MergeLabels="true")


def test_switching_document_management_on_opens_the_lookup(client: Crm) -> None:
    contact = client.create("contacts", {"lastname": "Documents"})
    body = {"name": "C", "relativeurl": "c", "regardingobjectid_contact@odata.bind": f"/contacts({contact})"}
    status, code, message = client.error("POST", "sharepointdocumentlocations", body)
    assert (status, code) == (400, "0x80048d19")
    assert "An undeclared property 'regardingobjectid_contact'" in message
    assert put_flag(client, "contact", "IsDocumentManagementEnabled", True).status_code == 204
    publish = {"ParameterXml": "<importexportxml><entities><entity>contact</entity></entities></importexportxml>"}
    assert client.call("POST", "PublishXml", publish).status_code == 204
    made = client.create("sharepointdocumentlocations", body)
    row = client.get(f"sharepointdocumentlocations({made})?$select=_regardingobjectid_value,regardingobjecttypecode")
    assert (row["_regardingobjectid_value"], row["regardingobjecttypecode"]) == (contact, "contact")
    assert 'Name="regardingobjectid_contact"' in client.call("GET", "$metadata").text


def test_a_put_replaces_the_whole_definition(client: Crm) -> None:
    assert put_flag(client, "lead", "IsDocumentManagementEnabled", False).status_code == 204
    lead = client.get(
        "EntityDefinitions(LogicalName='lead')"
        "?$select=IsDocumentManagementEnabled,IsMSTeamsIntegrationEnabled,ChangeTrackingEnabled"
    )
    assert lead["IsDocumentManagementEnabled"] is False
    assert lead["IsMSTeamsIntegrationEnabled"] is True
    assert put_flag(client, "lead", "ChangeTrackingEnabled", False).status_code == 204
    assert client.get("EntityDefinitions(LogicalName='lead')?$select=ChangeTrackingEnabled")["ChangeTrackingEnabled"]


def test_definitions_are_changed_by_customizers_only(tenant: LocalTenant) -> None:
    answer = put_flag(crm(tenant, "Claire"), "contact", "IsDocumentManagementEnabled", True)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "0x80040220")
    assert crm(tenant, "Claire").error("POST", "PublishAllXml", {})[:2] == (403, "0x80040220")


def test_environments_have_flags_of_their_own(tenant: LocalTenant) -> None:
    assert put_flag(crm(tenant), "contact", "IsDocumentManagementEnabled", True).status_code == 204
    other = crm(tenant, service=True).get(
        "EntityDefinitions(LogicalName='contact')?$select=IsDocumentManagementEnabled"
    )
    assert other["IsDocumentManagementEnabled"] is False


def test_setting_the_teams_status_of_tables(client: Crm, tenant: LocalTenant) -> None:
    body = {"Enable": True, "LogicalEntityNames": json.dumps(["contoso_visit", "activityparty", "nothing"])}
    assert client.call("POST", "msdyn_SetTeamsDocumentStatus", body).json() == {
        "@odata.context": f"{client.root}/$metadata#Microsoft.Dynamics.CRM.msdyn_SetTeamsDocumentStatusResponse",
        "PassedLogicalEntityNames": "[contoso_visit,activityparty]",
        "FailedLogicalEntityNames": "[nothing]",
        "OperationResult": False,
    }
    path = "EntityDefinitions(LogicalName='{}')?$select=IsMSTeamsIntegrationEnabled"
    assert client.get(path.format("contoso_visit"))["IsMSTeamsIntegrationEnabled"] is False
    tenant.control.post("/_control/clock", json={"advance_s": 60}).raise_for_status()
    assert client.get(path.format("contoso_visit"))["IsMSTeamsIntegrationEnabled"] is True
    assert client.get(path.format("activityparty"))["IsMSTeamsIntegrationEnabled"] is False


def test_the_teams_action_can_switch_defaults_off(client: Crm, tenant: LocalTenant) -> None:
    tenant.switch(dataverse__teams_flag_delay_s=0)
    body = {"Enable": False, "LogicalEntityNames": '["account","contact"]'}
    answer = client.call("POST", "msdyn_SetTeamsDocumentStatus", body).json()
    assert (answer["PassedLogicalEntityNames"], answer["OperationResult"]) == ("[account,contact]", True)
    flag = client.get("EntityDefinitions(LogicalName='account')?$select=IsMSTeamsIntegrationEnabled")
    assert flag["IsMSTeamsIntegrationEnabled"] is False


def test_the_teams_action_needs_its_solution_and_its_text(client: Crm) -> None:
    assert client.error("POST", "msdyn_SetTeamsDocumentStatus", {"Enable": True, "LogicalEntityNames": ["a"]})[:2] == (
        400,
        "0x80048d19",
    )
    assert client.error("POST", "msdyn_SetTeamsDocumentStatus", {"Enable": True, "LogicalEntityNames": "[a]"})[0] == 400
    solution = client.rows("solutions?$select=version&$filter=uniquename eq 'msdynce_OfficeProductivity'")[0]
    client.delete(f"solutions({solution['solutionid']})")
    assert client.error("POST", "msdyn_SetTeamsDocumentStatus", {"Enable": True, "LogicalEntityNames": "[]"}) == (
        404,
        "0x8006088a",
        "Resource not found for the segment 'msdyn_SetTeamsDocumentStatus'.",
    )


def test_retrieve_metadata_changes_projects_columns(client: Crm) -> None:
    query = {
        "Properties": {"PropertyNames": ["LogicalName", "Attributes"]},
        "Criteria": {
            "Conditions": [
                {
                    "PropertyName": "LogicalName",
                    "ConditionOperator": "Equals",
                    "Value": {"Type": "System.String", "Value": "account"},
                }
            ]
        },
        "AttributeQuery": {"Properties": {"PropertyNames": ["LogicalName", "MaxLength"]}},
    }
    answer = client.get(f"RetrieveMetadataChanges(Query=@p1)?@p1={quote(json.dumps(query))}")
    (table,) = answer["EntityMetadata"]
    assert set(table) == {"LogicalName", "MetadataId", "HasChanged", "Attributes"}
    columns = {column["LogicalName"]: column for column in table["Attributes"]}
    assert columns["name"]["MaxLength"] == 160
    assert "MaxLength" not in columns["revenue"]
    assert answer["DeletedMetadata"] is None


def test_metadata_document_is_whole_and_consistent(client: Crm) -> None:
    answer = client.call("GET", "$metadata", Accept="application/xml")
    assert answer.headers["Content-Type"] == "application/xml"
    schema = ET.fromstring(answer.content).find(f".//{EDM}Schema")
    assert schema is not None
    assert (schema.get("Namespace"), schema.get("Alias")) == ("Microsoft.Dynamics.CRM", "mscrm")
    types = {kind.get("Name"): kind for kind in schema.findall(f"{EDM}EntityType")}
    assert set(types) >= DEFAULT_RECORD_TYPES
    for name, kind in types.items():
        properties = {one.get("Name") for one in kind.findall(f"{EDM}Property")}
        for key in kind.findall(f"{EDM}Key/{EDM}PropertyRef"):
            assert key.get("Name") in properties
        ways = [one.get("Name") for one in kind.findall(f"{EDM}NavigationProperty")]
        assert len(ways) == len(set(ways)), name
        for way in kind.findall(f"{EDM}NavigationProperty"):
            target = str(way.get("Type")).removeprefix("Collection(").rstrip(")").removeprefix("mscrm.")
            assert target in types
    container = schema.find(f"{EDM}EntityContainer")
    assert container is not None
    sets = {one.get("Name"): one.get("EntityType") for one in container.findall(f"{EDM}EntitySet")}
    assert sets["opportunities"] == "Microsoft.Dynamics.CRM.opportunity"
    assert schema.find(f"{EDM}Action[@Name='msdyn_SetTeamsDocumentStatus']") is not None


def test_metadata_annotations_on_request(client: Crm) -> None:
    term = "Org.OData.Capabilities.V1.ChangeTracking"
    assert term not in client.call("GET", "$metadata").text
    assert term in client.call("GET", "$metadata?annotations=true").text


def test_labels_of_a_view_in_all_languages(client: Crm) -> None:
    view = client.rows("savedqueries?$select=name&$filter=name eq 'My Open Opportunities'")[0]["savedqueryid"]
    moniker = quote(json.dumps({"@odata.id": f"savedqueries({view})"}))
    answer = client.get(
        "RetrieveLocLabels(EntityMoniker=@p1,AttributeName='name',IncludeUnpublished=false)?@p1=" + moniker
    )
    labels = {one["LanguageCode"]: one["Label"] for one in answer["Label"]["LocalizedLabels"]}
    assert labels == {1033: "My Open Opportunities", 1036: "Mes opportunités ouvertes"}


def test_definitions_of_the_platform_stay(client: Crm) -> None:
    assert client.error("POST", "EntityDefinitions", {})[0] == 400
    assert client.error("DELETE", "EntityDefinitions(LogicalName='account')")[:2] == (400, "0x80047007")
    assert client.error("DELETE", "EntityDefinitions(LogicalName='account')/Attributes(LogicalName='name')")[:2] == (
        400,
        "0x80047007",
    )
