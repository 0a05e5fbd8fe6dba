"""Operations that no other test is about: each asked once, with the status and a fact of its answer."""

from __future__ import annotations

import re
from typing import Any

import httpx2
import pytest

from liaison.tenant.seeds.company import APPLICATION_APP_ID
from tests.local_tenant import LocalTenant
from tests.tenant.crm_client import NOBODY, crm
from tests.tenant.graph_client import EVERYTHING, VENTES

DATA = "/api/data/v9.2"
ACCOUNT = f"{DATA}/EntityDefinitions(LogicalName='account')"
MORE = (
    "User.ReadWrite.All User.RevokeSessions.All LicenseAssignment.ReadWrite.All Application.ReadWrite.All"
    " RoleManagement.ReadWrite.Directory RoleManagement.Read.All"
)

ENTITY = "EntityFilters=Microsoft.Dynamics.CRM.EntityFilters'Entity',RetrieveAsIfPublished=true"
STATUS = {"EntityLogicalName": "account", "AttributeLogicalName": "statuscode"}
INDUSTRY = {"EntityLogicalName": "account", "AttributeLogicalName": "industrycode"}
LABEL = {"LocalizedLabels": [{"Label": "Waiting", "LanguageCode": 1033}]}
COMPONENT = {"ComponentType": 1, "SolutionComponent": {"solutioncomponentid": NOBODY}}
OPTION_SET = {"@odata.type": "Microsoft.Dynamics.CRM.OptionSetMetadata", "Name": "nobody"}
RELATIONSHIP = {
    "@odata.type": "Microsoft.Dynamics.CRM.OneToManyRelationshipMetadata",
    "SchemaName": "contact_customer_accounts",
}

# Method, path, body, status, and a text that the answer holds.
ENTRA: tuple[tuple[str, str, Any, int, str], ...] = (
    ("POST", "/oidc/userinfo", None, 200, '"sub"'),
    ("OPTIONS", "/oidc/userinfo", None, 204, ""),
    ("POST", "/{tenant}/oauth2/authorize", None, 400, "AADSTS"),
    ("GET", "/devicelogin", None, 302, ""),
    ("POST", "/{tenant}/oauth2/v2.0/logout", None, 200, "<html"),
    ("GET", "/{tenant}/oauth2/logout", None, 200, "<html"),
    ("POST", "/{tenant}/oauth2/logout", None, 200, "<html"),
    ("GET", "/favicon.ico", None, 302, ""),
    ("GET", "/Shared Documents/x", None, 200, "<html"),
    ("GET", "/v1.0", None, 200, '"value"'),
    ("GET", "/v1.0/$metadata", None, 200, "<edmx:Edmx"),
)
DATAVERSE: tuple[tuple[str, str, Any, int, str], ...] = (
    ("DELETE", f"{DATA}/accounts(accountnumber='nobody')", None, 404, "0x80060891"),
    ("GET", f"{ACCOUNT}/Attributes(LogicalName='name')/MaxLength", None, 200, '"value":160'),
    ("GET", f"{ACCOUNT}/OneToManyRelationships?$select=SchemaName", None, 200, "contact_customer_accounts"),
    ("GET", f"{ACCOUNT}/Privileges", None, 200, "prvReadAccount"),
    ("GET", f"{DATA}/RelationshipDefinitions(SchemaName='contact_customer_accounts')", None, 200, "SchemaName"),
    ("GET", f"{DATA}/GlobalOptionSetDefinitions", None, 200, '"value"'),
    ("GET", f"{DATA}/RetrieveVersion()", None, 200, '"Version"'),
    ("GET", f"{DATA}/RetrieveProvisionedLanguages()", None, 200, "1033"),
    ("GET", f"{DATA}/RetrieveAvailableLanguages()", None, 200, "1036"),
    ("GET", f"{DATA}/RetrieveTimestamp()", None, 200, "Timestamp"),
    ("GET", f"{DATA}/RetrieveInstalledLanguagePacks()", None, 200, "[1033,1036]"),
    ("GET", f"{DATA}/RetrieveEntity(LogicalName='account',{ENTITY},MetadataId={NOBODY})", None, 200, '"accounts"'),
    ("GET", f"{DATA}/RetrieveAllEntities({ENTITY})", None, 200, '"organizations"'),
    ("POST", f"{DATA}/ExportSolutionAsync", {"SolutionName": "Default", "Managed": False}, 200, "ExportJobId"),
    ("POST", f"{DATA}/DownloadSolutionExportData", {"ExportJobId": NOBODY}, 404, "0x80040217"),
    ("POST", f"{DATA}/RemoveSolutionComponent", {**COMPONENT, "SolutionUniqueName": "x"}, 404, "0x80048036"),
    ("POST", f"{DATA}/InsertStatusValue", {**STATUS, "StateCode": 0, "Label": LABEL}, 200, "NewOptionValue"),
    ("GET", f"{ACCOUNT}/Attributes(LogicalName='statuscode')/OptionSet", None, 200, "Waiting"),
    ("POST", f"{DATA}/UpdateOptionValue", {**INDUSTRY, "Value": 1, "Label": LABEL, "MergeLabels": True}, 204, ""),
    ("GET", f"{ACCOUNT}/Attributes(LogicalName='industrycode')/OptionSet", None, 200, "Waiting"),
    ("POST", f"{DATA}/OrderOption", {**INDUSTRY, "Values": [2, 1]}, 400, "every value of the option set"),
    ("POST", f"{DATA}/DeleteOptionValue", {**INDUSTRY, "Value": 1}, 204, ""),
    ("POST", f"{DATA}/ReactivateEntityKey", {**STATUS, "EntityKeyLogicalName": "x"}, 404, "0x80060888"),
    ("PUT", f"{DATA}/GlobalOptionSetDefinitions(Name='nobody')", OPTION_SET, 404, "0x80060888"),
    ("PUT", f"{DATA}/RelationshipDefinitions(SchemaName='contact_customer_accounts')", RELATIONSHIP, 204, ""),
)
GRAPH: tuple[tuple[str, str, Any, int, str], ...] = (
    ("GET", f"/v1.0/groups/{VENTES}/memberOf", None, 200, '"value"'),
    ("GET", "/v1.0/directory/deletedItems/graph.user", None, 200, '"value"'),
    ("GET", "/v1.0/groupSettingTemplates", None, 200, "Group.Unified"),
    ("GET", "/v1.0/me/directReports", None, 200, '"value"'),
    ("GET", "/v1.0/me/directReports/graph.user", None, 200, '"value"'),
    ("GET", "/v1.0/me/photos/48x48", None, 404, "ImageNotFound"),
    ("GET", f"/v1.0/groups/{VENTES}/transitiveMembers/graph.user", None, 200, "Claire Fontaine"),
    ("GET", f"/v1.0/groups/{VENTES}/photo", None, 404, "ImageNotFound"),
    ("GET", f"/v1.0/groups/{VENTES}/photo/$value", None, 404, "ImageNotFound"),
    ("GET", f"/v1.0/groups/{NOBODY}/photo/$value", None, 404, "Request_ResourceNotFound"),
    ("GET", f"/v1.0/teams/{VENTES}/photo", None, 404, "ImageNotFound"),
    ("GET", f"/v1.0/teams/{VENTES}/photo/$value", None, 404, "ImageNotFound"),
    ("GET", "/v1.0/me/ownedObjects", None, 200, '"value"'),
    ("GET", "/v1.0/me/ownedObjects/graph.group", None, 200, '"value"'),
    ("GET", "/v1.0/users/{claire}/ownedObjects", None, 200, VENTES),
    ("GET", "/v1.0/roleManagement/directory/roleDefinitions", None, 200, "Global Administrator"),
    ("GET", "/v1.0/applications", None, 200, APPLICATION_APP_ID),
    ("GET", f"/v1.0/applications(appId='{APPLICATION_APP_ID}')", None, 200, APPLICATION_APP_ID),
    ("GET", f"/v1.0/servicePrincipals(appId='{APPLICATION_APP_ID}')/oauth2PermissionGrants", None, 200, '"value"'),
    ("GET", f"/v1.0/servicePrincipals(appId='{APPLICATION_APP_ID}')/appRoleAssignments", None, 200, '"value"'),
    ("GET", f"/v1.0/groups/{VENTES}/sites/root/columns", None, 200, '"value"'),
    ("GET", f"/v1.0/groups/{VENTES}/sites/root/contentTypes", None, 200, '"value"'),
    ("GET", "/v1.0/me/drives", None, 200, '"value"'),
    ("POST", "/v1.0/users/{claire}/getMemberGroups", {"securityEnabledOnly": False}, 200, VENTES),
    ("POST", "/v1.0/users/{claire}/getMemberObjects", {"securityEnabledOnly": False}, 200, VENTES),
    ("POST", f"/v1.0/groups/{VENTES}/getMemberGroups", {"securityEnabledOnly": False}, 200, '"value"'),
    ("POST", f"/v1.0/groups/{VENTES}/getMemberObjects", {"securityEnabledOnly": False}, 200, '"value"'),
    ("DELETE", "/v1.0/groups(uniqueName='nobody')", None, 404, "Request_ResourceNotFound"),
    ("PATCH", "/v1.0/me", {"jobTitle": "Chief"}, 204, ""),
    ("POST", "/v1.0/me/assignLicense", {"addLicenses": [], "removeLicenses": []}, 200, "Chief"),
    ("GET", f"/v1.0/teams/{VENTES}/channels/{{channel}}/messages/1/hostedContents/x", None, 404, "NotFound"),
    ("GET", "/v1.0/drives/{drive}/items/{item}/listItem/fields", None, 200, "FileLeafRef"),
    ("GET", f"/v1.0/applications/{NOBODY}", None, 404, "Request_ResourceNotFound"),
    ("GET", f"/v1.0/roleManagement/directory/roleDefinitions/{NOBODY}", None, 404, "Request_ResourceNotFound"),
    ("GET", f"/v1.0/roleManagement/directory/roleAssignments/{NOBODY}", None, 404, "Request_ResourceNotFound"),
    ("POST", "/v1.0/me/revokeSignInSessions", None, 200, '"value":true'),
)


def places(http: httpx2.Client) -> dict[str, str]:
    """A channel, a drive and an item of a team."""
    item = http.get(f"/v1.0/groups/{VENTES}/drive/root/children").json()["value"][0]
    channel = http.get(f"/v1.0/teams/{VENTES}/channels").json()["value"][0]["id"]
    return {"channel": channel, "drive": item["parentReference"]["driveId"], "item": item["id"]}


@pytest.mark.parametrize("face", ["entra", "dataverse", "graph"])
def test_an_operation_answers_with_its_status_and_a_fact(tenant: LocalTenant, face: str) -> None:
    token = tenant.token("Nadia", f"{EVERYTHING} {MORE} openid")
    headers = crm(tenant).headers if face == "dataverse" else {"Authorization": f"Bearer {token}"}
    cases = {"entra": ENTRA, "dataverse": DATAVERSE, "graph": GRAPH}[face]
    wrong: list[tuple[str, int, str]] = []
    with httpx2.Client(base_url=tenant.http, headers=headers, timeout=30) as http:
        known = {"tenant": tenant.id, "claire": tenant.person("Claire").id, **(places(http) if face == "graph" else {})}
        for method, path, body, status, fact in cases:
            address = re.sub(r"{(\w+)}", lambda found: known[found[1]], path)
            answer = http.request(method, address, **({"json": body} if body is not None else {}))
            if answer.status_code != status or fact not in re.sub(r'":\s+', '":', answer.text):
                wrong.append((f"{method} {path}", answer.status_code, answer.text[:300]))
    assert wrong == [], "\n".join(map(str, wrong))


@pytest.mark.parametrize(
    ("action", "status", "closed"),
    [("WinQuote", 4, 2), ("CloseQuote", 6, 3), ("FulfillSalesOrder", 100_001, 3), ("CancelSalesOrder", 4, 2)],
)
def test_quotes_and_orders_are_closed(tenant: LocalTenant, action: str, status: int, closed: int) -> None:
    client = crm(tenant)
    table, close = ("quote", "QuoteClose") if "Quote" in action else ("salesorder", "OrderClose")
    account = client.call("GET", "accounts?$select=accountid&$top=1").json()["value"][0]["accountid"]
    made = client.call("POST", f"{table}s", {"name": "Q", "customerid_account@odata.bind": f"/accounts({account})"})
    row = f"{table}s{made.headers['OData-EntityId'].rpartition(f'{table}s')[2]}"
    if table == "quote":
        assert client.call("PATCH", row, {"statecode": 1, "statuscode": 3}).status_code == 204
    body = {"subject": "Closed", f"{table}id@odata.bind": f"/{row}"}
    assert client.call("POST", action, {"Status": status, close: body}).status_code == 204
    found = client.call("GET", f"{row}?$select=statecode,statuscode").json()
    assert (found["statecode"], found["statuscode"]) == (closed, status)


def test_a_user_has_these_privileges_until_the_role_has_others(tenant: LocalTenant) -> None:
    client = crm(tenant)
    asked = client.call("GET", "privileges?$select=privilegeid&$filter=name eq 'prvReadAccount'").json()["value"]
    privilege = asked[0]["privilegeid"]
    user = client.call("GET", "WhoAmI").json()["UserId"]
    name = f"systemusers({user})/Microsoft.Dynamics.CRM.RetrieveUserSetOfPrivilegesByIds(PrivilegeIds=@p)"
    held = client.call("GET", f'{name}?@p=["{privilege}"]').json()["RolePrivileges"]
    assert [one["PrivilegeId"] for one in held] == [privilege]
    role = client.call("GET", "roles?$select=roleid&$filter=name eq 'Salesperson'&$top=1").json()["value"][0]["roleid"]
    only = {"Privileges": [{"Depth": "Global", "PrivilegeId": privilege, "BusinessUnitId": NOBODY}]}
    action = f"roles({role})/Microsoft.Dynamics.CRM.ReplacePrivilegesRole"
    assert client.call("POST", action, only).status_code == 204
    left = client.call("GET", f"roles({role})/roleprivileges_association?$select=privilegeid").json()["value"]
    assert [one["privilegeid"] for one in left] == [privilege]


def test_a_plain_column_takes_put_and_not_patch(tenant: LocalTenant) -> None:
    client = crm(tenant)
    account = client.call("GET", "accounts?$select=accountid&$top=1").json()["value"][0]["accountid"]
    refused = client.call("PATCH", f"accounts({account})/telephone1", {"value": "5"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (405, "0x80060888")
    assert client.call("PUT", f"accounts({account})/telephone1", {"value": "5"}).status_code == 204


def test_a_table_made_at_run_time_has_named_operations(tenant: LocalTenant) -> None:
    client = crm(tenant)
    label = {"LocalizedLabels": [{"Label": "Probe", "LanguageCode": 1033}]}
    name = {
        "@odata.type": "Microsoft.Dynamics.CRM.StringAttributeMetadata",
        "SchemaName": "new_Name",
        "IsPrimaryName": True,
        "MaxLength": 100,
        "DisplayName": label,
    }
    table = {
        "@odata.type": "Microsoft.Dynamics.CRM.EntityMetadata",
        "SchemaName": "new_Probe",
        "DisplayName": label,
        "DisplayCollectionName": label,
        "OwnershipType": "UserOwned",
        "HasActivities": False,
        "HasNotes": False,
        "Attributes": [name],
    }
    assert client.call("POST", "EntityDefinitions", table).status_code == 204
    tenant.control.delete("/_control/calls")
    assert client.call("GET", "new_probes?$top=1").status_code == 200
    calls = tenant.control.get("/_control/calls").json()["value"]
    assert [call["operation"] for call in calls if "new_probes" in call["path"]] == [f"GET {DATA}/{{set}}"]
