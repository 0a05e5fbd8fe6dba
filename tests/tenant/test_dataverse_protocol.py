"""The service document, headers, callers and the errors every client meets."""

from __future__ import annotations

import pytest

from liaison.tenant.seeds.company import DELEGATED_APP_ID, ENVIRONMENTS, person
from tests.local_tenant import LocalTenant
from tests.tenant.crm_client import GUID, NOBODY, Crm, crm, crm_application


def test_who_am_i_names_user_unit_and_organization(tenant: LocalTenant) -> None:
    claire = crm(tenant, "Claire")
    answer = claire.get("WhoAmI")
    assert answer == {
        "@odata.context": f"{claire.root}/$metadata#Microsoft.Dynamics.CRM.WhoAmIResponse",
        "BusinessUnitId": answer["BusinessUnitId"],
        "UserId": answer["UserId"],
        "OrganizationId": ENVIRONMENTS[0].organization_id,
    }
    assert claire.get("WhoAmI()") == answer
    user = claire.get(f"systemusers({answer['UserId']})?$select=fullname,azureactivedirectoryobjectid,ownerid")
    by_object_id = f"systemusers(azureactivedirectoryobjectid={person('Claire').id})?$select=fullname"
    assert claire.get(by_object_id)["systemuserid"] == answer["UserId"]
    assert user["fullname"] == "Claire Fontaine"
    assert user["azureactivedirectoryobjectid"] == person("Claire").id
    assert user["ownerid"] == answer["UserId"]


def test_each_environment_has_its_own_organization(tenant: LocalTenant) -> None:
    assert crm(tenant).names("organizations?$select=name") == ["Contoso Sales"]
    assert crm(tenant, service=True).names("organizations?$select=name") == ["Contoso Service"]


def test_service_document_lists_entity_sets(tenant: LocalTenant) -> None:
    client = crm(tenant)
    document = client.get("")
    assert document["@odata.context"] == f"{client.root}/$metadata"
    assert {"name": "opportunities", "kind": "EntitySet", "url": "opportunities"} in document["value"]
    names = {entry["name"] for entry in document["value"]}
    assert {"msdyn_msteamssettingsv2", "principalobjectaccessset", "savedqueries", "contoso_visits"} <= names
    assert client.get("") == client.call("GET", client.root).json()


@pytest.mark.parametrize("version", ["v9.0", "v9.1", "v9.2"])
def test_every_minor_version_answers_on_its_own_address(tenant: LocalTenant, version: str) -> None:
    token = tenant.token("Claire", "user_impersonation", audience=tenant.http)
    client = Crm(tenant, token, version=version)
    assert client.get("WhoAmI")["@odata.context"].startswith(f"{tenant.http}/api/data/{version}/$metadata#")


def test_answers_carry_the_service_headers(tenant: LocalTenant) -> None:
    answer = crm(tenant).call("GET", "WhoAmI")
    assert answer.headers["OData-Version"] == "4.0"
    assert answer.headers["Content-Type"] == "application/json; odata.metadata=minimal"
    assert GUID.fullmatch(answer.headers["x-ms-service-request-id"])
    assert answer.headers["REQ_ID"] == answer.headers["x-ms-service-request-id"]
    assert answer.headers["x-ms-ratelimit-burst-remaining-xrm-requests"] == "5999"


def test_an_unknown_set_is_a_missing_segment(tenant: LocalTenant) -> None:
    assert crm(tenant).error("GET", "accountss") == (
        404,
        "0x8006088a",
        "Resource not found for the segment 'accountss'.",
    )
    assert crm(tenant).error("POST", "WhoAmI", {}) == (
        404,
        "0x8006088a",
        "Resource not found for the segment 'WhoAmI'.",
    )


def test_what_is_not_built_names_itself(tenant: LocalTenant) -> None:
    assert crm(tenant).error("POST", "msdyn_ProvisionSharePointDocumentLibraries", {}) == (
        501,
        "0x80060888",
        "Not implemented by the local tenant: POST msdyn_ProvisionSharePointDocumentLibraries",
    )


def test_collections_refuse_patch_and_delete(tenant: LocalTenant) -> None:
    for method in ("PATCH", "DELETE"):
        status, _, message = crm(tenant).error(method, "accounts", {})
        assert (status, message) == (405, f"The requested resource 'accounts' does not support http method '{method}'.")


def test_a_request_without_token_is_challenged(tenant: LocalTenant) -> None:
    answer = Crm(tenant, None).call("GET", "WhoAmI")
    assert answer.status_code == 401
    challenge = answer.headers["WWW-Authenticate"]
    assert challenge.startswith(f"Bearer authorization_uri={tenant.http}/")
    assert answer.json()["error"]["code"] == "0x80072560"


def test_a_token_for_graph_or_the_other_environment_is_refused(tenant: LocalTenant) -> None:
    for audience in ("https://graph.microsoft.com", tenant.service_http):
        token = tenant.token("Claire", "user_impersonation", audience=audience)
        assert Crm(tenant, token).error("GET", "WhoAmI")[0] == 401


def test_audience_with_trailing_slash_is_accepted(tenant: LocalTenant) -> None:
    token = tenant.token("Claire", "user_impersonation", audience=tenant.http + "/")
    assert Crm(tenant, token).get("WhoAmI")["UserId"]


def test_who_is_no_crm_user_is_no_member(tenant: LocalTenant) -> None:
    assert crm(tenant, "Anaïs").error("GET", "WhoAmI") == (
        403,
        "0x80072560",
        "The user is not a member of the organization.",
    )


def test_a_disabled_user_is_refused(tenant: LocalTenant) -> None:
    status, code, message = crm(tenant, "Victor").error("GET", "WhoAmI")
    assert (status, code) == (403, "0x80040225")
    assert message.endswith("is disabled. Consider enabling this user.")


def test_a_user_without_role_is_refused(tenant: LocalTenant) -> None:
    nadia, hugo = crm(tenant), crm(tenant, "Hugo")
    user = hugo.user_id()
    roles = nadia.rows(f"systemusers({user})/systemuserroles_association?$select=name")
    for role in roles:
        nadia.delete(f"systemusers({user})/systemuserroles_association({role['roleid']})/$ref")
    status, code, message = hugo.error("GET", "accounts")
    assert (status, code) == (403, "0x80040220")
    assert f"Principal user (Id={user}, type=8, roleCount=0" in message


def test_the_application_user_is_found_by_application_id(tenant: LocalTenant) -> None:
    application = crm_application(tenant)
    user = application.get(f"systemusers({application.user_id()})?$select=fullname,accessmode,islicensed")
    assert (user["fullname"], user["accessmode"], user["islicensed"]) == ("# Liaison", 4, False)


def test_impersonation_takes_the_rights_both_have(tenant: LocalTenant) -> None:
    nadia, application = crm(tenant), crm_application(tenant)
    claire = crm(tenant, "Claire").user_id()
    assert application.get("WhoAmI", CallerObjectId=person("Claire").id)["UserId"] == claire
    made = application.create("tasks", {"subject": "Rappel"}, MSCRMCallerID=claire)
    row = nadia.get(f"tasks({made})?$select=_createdby_value,_createdonbehalfby_value,_ownerid_value")
    assert row["_createdby_value"] == claire
    assert row["_createdonbehalfby_value"] == application.user_id()
    assert row["_ownerid_value"] == claire
    status, code, message = crm(tenant, "Claire").error("GET", "WhoAmI", MSCRMCallerID=nadia.user_id())
    assert (status, code) == (403, "0x80040220")
    assert "prvActOnBehalfOfAnotherUser" in message


def test_if_none_match_null_is_no_condition(tenant: LocalTenant) -> None:
    client = crm(tenant)
    account = client.rows("accounts?$select=name&$top=1")[0]
    path = f"accounts({account['accountid']})?$select=name"
    shown = client.call("GET", path, If_None_Match="null")
    assert (shown.status_code, shown.headers["ETag"]) == (200, account["@odata.etag"])
    unchanged = client.call("GET", path, If_None_Match=account["@odata.etag"])
    assert (unchanged.status_code, unchanged.content) == (304, b"")


def test_annotated_errors_carry_details(tenant: LocalTenant) -> None:
    answer = crm(tenant).call("GET", f"accounts({NOBODY})", Prefer='odata.include-annotations="*"')
    assert answer.status_code == 404
    error = answer.json()["error"]
    assert error["code"] == "0x80040217"
    assert error["message"] == f"account With Id = {NOBODY} Does Not Exist"
    assert error["@Microsoft.PowerApps.CDS.ErrorDetails.OperationStatus"] == "0"
    assert error["@Microsoft.PowerApps.CDS.InnerError.Message"] == error["message"]


def test_a_long_address_is_refused_and_not_a_defect(tenant: LocalTenant) -> None:
    status, code, _ = crm(tenant).error("GET", "accounts?$filter=name eq '" + "a" * 33_000 + "'")
    assert (status, code) == (414, "0x80060888")


def test_throttling_answers_429_with_the_seconds_to_wait(tenant: LocalTenant) -> None:
    tenant.switch(dataverse__throttle=3)
    client = crm(tenant, "Oliver")
    left = [client.call("GET", "WhoAmI").headers["x-ms-ratelimit-burst-remaining-xrm-requests"] for _ in range(3)]
    assert left == ["2", "1", "0"]
    answer = client.call("GET", "WhoAmI")
    assert answer.status_code == 429
    assert answer.json() == {
        "error": {
            "code": "0x80072322",
            "message": "Number of requests exceeded the limit of 3 over time window of 300 seconds.",
        }
    }
    assert 1 <= int(answer.headers["Retry-After"]) <= 301


def test_unavailable_on_request(tenant: LocalTenant) -> None:
    tenant.switch(dataverse__unavailable=True)
    answer = crm(tenant).call("GET", "WhoAmI")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")


def test_unknown_headers_and_tags_are_ignored(tenant: LocalTenant) -> None:
    client = crm(tenant)
    answer = client.call("GET", "WhoAmI?tag=import", x_ms_app_name="Sales", ClientHost="Browser", Consistency="Strong")
    assert answer.status_code == 200


def test_application_id_is_not_a_way_in_for_people(tenant: LocalTenant) -> None:
    token = tenant.token("Anaïs", "user_impersonation", audience=tenant.http, app_id=DELEGATED_APP_ID)
    assert Crm(tenant, token).error("GET", "accounts")[0] == 403
