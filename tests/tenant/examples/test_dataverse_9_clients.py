"""Examples of the Dataverse contract, sections 9 and 5.7: what the client libraries send, byte for byte."""

from __future__ import annotations

import re

import httpx2
import pytest

from tests.local_tenant import LocalTenant
from tests.tenant.crm_client import NOBODY, Crm, crm
from tests.tenant.examples.dataverse_shapes import plain


@pytest.fixture(scope="module")
def client(running_tenant: LocalTenant) -> Crm:
    running_tenant.reset()
    return crm(running_tenant)


def sent(client: Crm, method: str, path: str, content: bytes = b"", **headers: str) -> httpx2.Response:
    """A request exactly as written, with the headers of the Python client."""
    always = {"Accept": "application/json", "Content-Type": "application/json", "OData-MaxVersion": "4.0",
              "OData-Version": "4.0", "User-Agent": "DataverseSvcPythonClient:1.1.0"}  # fmt: skip
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx2.request(method, f"{client.root}/{path}", content=content, timeout=60,
                          headers={**client.headers, **always, **named})  # fmt: skip


def test_9_1_first_use_of_a_table(client: Crm) -> None:
    path = ("EntityDefinitions?%24select=LogicalName%2CEntitySetName%2CPrimaryIdAttribute"
            "&%24filter=LogicalName+eq+%27account%27")  # fmt: skip
    (row,) = sent(client, "GET", path).json()["value"]
    assert plain(client, row) == {"LogicalName": "account", "EntitySetName": "accounts",
                                  "PrimaryIdAttribute": "accountid", "MetadataId": "<id>"}  # fmt: skip


def test_9_1_choices_of_a_table(client: Crm) -> None:
    path = ("EntityDefinitions(LogicalName='account')/Attributes/Microsoft.Dynamics.CRM.PicklistAttributeMetadata"
            "?$select=LogicalName&$expand=OptionSet($select=Options)")  # fmt: skip
    rows = {row["LogicalName"]: row for row in sent(client, "GET", path).json()["value"]}
    option = rows["industrycode"]["OptionSet"]["Options"][0]
    assert isinstance(option["Value"], int)
    assert option["Label"]["UserLocalizedLabel"]["Label"]


def test_9_1_a_list_with_plus_for_blanks_and_percent_24_for_dollars(client: Crm) -> None:
    made = client.create("accounts", {"name": "a+b c"})
    path = "accounts?%24select=name&%24filter=name+eq+%27a%2Bb+c%27&%24orderby=name+asc&%24top=5"
    answer = sent(client, "GET", path, Prefer='odata.maxpagesize=50,odata.include-annotations="*"')
    assert [row["accountid"] for row in answer.json()["value"]] == [made]
    assert answer.headers["Preference-Applied"] == 'odata.maxpagesize=50,odata.include-annotations="*"'


def test_9_1_delete_with_if_match_and_a_content_type(client: Crm) -> None:
    made = client.create("accounts", {"name": "Deleted"})
    assert sent(client, "DELETE", f"accounts({made})", If_Match="*").status_code == 204
    assert sent(client, "DELETE", f"accounts({made})", If_Match="*").status_code == 404


def test_9_1_batch_as_the_python_client_writes_it(client: Crm) -> None:
    change = (
        "--cs\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\nContent-ID: 1\r\n\r\n"
        f"POST {client.root}/accounts HTTP/1.1\r\nContent-Type: application/json; type=entry\r\n\r\n"
        '{"name":"In a set"}\r\n'
        "--cs\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\nContent-ID: 2\r\n\r\n"
        "PATCH $1 HTTP/1.1\r\nContent-Type: application/json; type=entry\r\nIf-Match: *\r\n\r\n"
        '{"fax":"1"}\r\n--cs--\r\n'
    )
    body = (
        f"--batch_a\r\nContent-Type: multipart/mixed; boundary=cs\r\n\r\n{change}\r\n"
        "--batch_a\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"
        f"GET {client.root}/accounts?$select=name,fax&$filter=name%20eq%20'In%20a%20set' HTTP/1.1\r\n\r\n\r\n"
        "--batch_a--\r\n"
    )
    answer = sent(client, "POST", "$batch", body.encode(), Content_Type='multipart/mixed; boundary="batch_a"')
    assert answer.status_code == 200
    assert re.match(r"multipart/mixed; boundary=batchresponse_[0-9a-f-]{36}$", answer.headers["Content-Type"])
    text = answer.text
    assert len(re.findall(r"--changesetresponse_[0-9a-f-]{36}\r\n", text)) == 2
    assert re.findall(r"Content-ID: (\d)", text) == ["1", "2"]
    assert re.findall(r"HTTP/1\.1 (\d+ [A-Za-z ]+)\r", text) == ["204 No Content", "204 No Content", "200 OK"]
    assert text.count("OData-EntityId: ") == 2
    assert '"name":"In a set","fax":"1"' in text


def test_9_1_continue_on_error_answers_every_part(client: Crm) -> None:
    parts = "".join(
        f"--b\r\nContent-Type: application/http\r\n\r\nGET {path} HTTP/1.1\r\n\r\n\r\n"
        for path in (f"accounts({NOBODY})", "WhoAmI")
    )
    kind = "multipart/mixed; boundary=b"
    first = sent(client, "POST", "$batch", f"{parts}--b--".encode(), Content_Type=kind)
    assert (first.status_code, re.findall(r"HTTP/1\.1 (\d+)", first.text)) == (400, ["404"])
    both = sent(client, "POST", "$batch", f"{parts}--b--".encode(), Content_Type=kind, Prefer="odata.continue-on-error")
    assert (both.status_code, re.findall(r"HTTP/1\.1 (\d+)", both.text)) == (200, ["404", "200"])


def test_9_2_functions_with_unencoded_json_in_an_alias(client: Crm) -> None:
    made = client.create("accounts", {"name": "Shared"})
    path = f'RetrieveSharedPrincipalsAndAccess(Target=@p1)?@p1={{"@odata.id":"accounts({made})"}}'
    assert client.get(path)["PrincipalAccesses"] == []


def test_9_2_all_tables_by_name(client: Crm) -> None:
    rows = client.rows("EntityDefinitions?$select=EntitySetName,LogicalName", Cache_Control="no-cache")
    assert {row["LogicalName"]: row["EntitySetName"] for row in rows}["opportunity"] == "opportunities"


def test_9_2_links_begin_with_the_address_the_client_used(client: Crm) -> None:
    other = client.origin.replace("localhost", "127.0.0.1")
    answer = httpx2.get(f"{other}/api/data/v9.0/accounts?$select=name", timeout=60,
                        headers={**client.headers, "Prefer": "odata.maxpagesize=1"})  # fmt: skip
    if answer.status_code == 200:
        assert answer.json()["@odata.nextLink"].startswith(f"{other}/api/data/v9.0/accounts?")
    else:
        assert answer.status_code == 401
    again = client.get(f"{client.origin}/api/data/v9.0/accounts?$select=name", Prefer="odata.maxpagesize=1")
    assert again["@odata.nextLink"].startswith(f"{client.origin}/api/data/v9.0/accounts?")


def test_9_3_the_model_driven_interface_sends_paths_of_v9_0(client: Crm) -> None:
    body = ("--b\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"
            "GET /api/data/v9.0/accounts?$select=name&$top=1 HTTP/1.1\r\nx-ms-app-name: sales\r\n"
            'ClientHost: Browser\r\nPrefer: odata.include-annotations="*"\r\n\r\n\r\n--b--\r\n')  # fmt: skip
    headers = {**client.headers, "Content-Type": "multipart/mixed;boundary=b"}
    answer = httpx2.post(f"{client.origin}/api/data/v9.0/$batch", content=body, headers=headers, timeout=60)
    assert "HTTP/1.1 200 OK" in answer.text
    assert f'{client.origin}/api/data/v9.0/$metadata#accounts(name)"' in answer.text


def test_pages_of_other_origins_may_ask(client: Crm) -> None:
    asked = {"Origin": "https://app.example", "Access-Control-Request-Method": "PATCH",
             "Access-Control-Request-Headers": "authorization,prefer"}  # fmt: skip
    preflight = httpx2.request("OPTIONS", f"{client.root}/accounts", headers=asked, timeout=60)
    assert (preflight.status_code, preflight.headers["Access-Control-Allow-Origin"]) == (200, "*")
    assert preflight.headers["Access-Control-Allow-Headers"] == "authorization,prefer"
    assert "PATCH" in preflight.headers["Access-Control-Allow-Methods"]
    answer = client.call("GET", "WhoAmI", Origin="https://app.example")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
