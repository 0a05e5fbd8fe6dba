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
MORE = "User.ReadWrite.All Application.ReadWrite.All RoleManagement.ReadWrite.Directory RoleManagement.Read.All"

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
)
GRAPH: tuple[tuple[str, str, Any, int, str], ...] = (
    ("GET", f"/v1.0/groups/{VENTES}/memberOf", None, 200, '"value"'),
    ("GET", "/v1.0/directory/deletedItems/graph.user", None, 200, '"value"'),
    ("GET", "/v1.0/groupSettingTemplates", None, 200, "Group.Unified"),
    ("GET", "/v1.0/me/directReports", None, 200, '"value"'),
    ("GET", "/v1.0/me/directReports/graph.user", None, 200, '"value"'),
    ("GET", "/v1.0/me/photos/48x48", None, 404, "ImageNotFound"),
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
    ("GET", f"/v1.0/applications/{NOBODY}", None, 404, "Request_ResourceNotFound"),
    ("GET", f"/v1.0/roleManagement/directory/roleDefinitions/{NOBODY}", None, 404, "Request_ResourceNotFound"),
    ("GET", f"/v1.0/roleManagement/directory/roleAssignments/{NOBODY}", None, 404, "Request_ResourceNotFound"),
)


@pytest.mark.parametrize("face", ["entra", "dataverse", "graph"])
def test_an_operation_answers_with_its_status_and_a_fact(tenant: LocalTenant, face: str) -> None:
    token = tenant.token("Nadia", f"{EVERYTHING} {MORE} openid")
    headers = crm(tenant).headers if face == "dataverse" else {"Authorization": f"Bearer {token}"}
    cases = {"entra": ENTRA, "dataverse": DATAVERSE, "graph": GRAPH}[face]
    wrong: list[tuple[str, int, str]] = []
    with httpx2.Client(base_url=tenant.http, headers=headers, timeout=30) as http:
        for method, path, body, status, fact in cases:
            address = path.replace("{tenant}", tenant.id).replace("{claire}", tenant.person("Claire").id)
            answer = http.request(method, address, **({"json": body} if body is not None else {}))
            if answer.status_code != status or fact not in re.sub(r'":\s+', '":', answer.text):
                wrong.append((f"{method} {path}", answer.status_code, answer.text[:300]))
    assert wrong == [], "\n".join(map(str, wrong))
