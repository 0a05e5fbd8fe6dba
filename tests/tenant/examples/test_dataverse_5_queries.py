"""Examples of the Dataverse contract, sections 5.1, 5.3, 5.5, 5.6, 5.8: headers, queries, FetchXML, SQL, errors."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, unquote

import pytest

from liaison.tenant.dataverse.metadata.signatures import query_functions
from tests.local_tenant import LocalTenant
from tests.tenant.crm_client import NOBODY, Crm, crm
from tests.tenant.examples.dataverse_shapes import ok, plain, refused, shown

FORMATTED = "OData.Community.Display.V1.FormattedValue"
ALL = 'odata.include-annotations="*"'
SOME = 'odata.include-annotations="Microsoft.Dynamics.CRM.*"'
QUERY = "0x80060888"
DEALS = ["Deal 1", "Deal 2", "Deal 3"]
CRM = "Microsoft.Dynamics.CRM."
ONLY_SELECT_AND_FILTER = (
    "Only $select and $filter clause can be provided while doing $expand on many-to-one relationship or nested"
    " one-to-many relationship."
)
TOO_LONG = (
    "A validation error occurred. The length of the 'name' attribute of the 'account' entity exceeded the maximum"
    " allowed length of '160'."
)
NO_DELETE = "The requested resource 'accounts' does not support http method 'DELETE'."


@pytest.fixture(scope="module")
def client(running_tenant: LocalTenant) -> Crm:
    running_tenant.reset()
    return crm(running_tenant)


@pytest.fixture(scope="module")
def firm(client: Crm) -> str:
    """An account with a contact, two tasks and three deals."""
    return client.create("accounts", {
        "name": "Litware, Inc. (sample)", "numberofemployees": 6000, "revenue": 10000,
        "primarycontactid": {"firstname": "Susanna", "lastname": "Stubberod (sample)"},
        "Account_Tasks": [{"subject": "Task 1 for Litware"}, {"subject": "Task 2 for Litware"}],
        "opportunity_customer_accounts": [{"name": f"Deal {n}", "estimatedvalue": n * 1000} for n in (1, 2, 3)],
    })  # fmt: skip


def test_5_1_every_answer_has_the_headers_of_the_service(client: Crm) -> None:
    answer = client.call("GET", "accounts?$select=name&$top=1&tag=shared%20text", If_None_Match="null")
    assert answer.status_code == 200
    assert answer.headers["OData-Version"] == "4.0"
    assert answer.headers["Content-Type"] == "application/json; odata.metadata=minimal"
    assert re.fullmatch(r"[0-9a-f-]{36}", answer.headers["x-ms-service-request-id"])
    assert answer.headers["REQ_ID"] == answer.headers["x-ms-service-request-id"]
    assert answer.headers["x-ms-ratelimit-burst-remaining-xrm-requests"].isdecimal()
    assert answer.headers["x-ms-ratelimit-time-remaining-xrm-requests"] == "1,200.00"


@pytest.mark.parametrize(
    ("prefer", "applied"),
    [
        ("odata.maxpagesize=3", "odata.maxpagesize=3"),
        (f'odata.maxpagesize=3,odata.include-annotations="{FORMATTED}"',
         f'odata.maxpagesize=3,odata.include-annotations="{FORMATTED}"'),
        (SOME, SOME),
        ("odata.allow-entityreferences", None),
    ],
)  # fmt: skip
def test_5_1_preferences_that_count_are_echoed(client: Crm, prefer: str, applied: str | None) -> None:
    assert client.call("GET", "accounts?$select=name", Prefer=prefer).headers.get("Preference-Applied") == applied


def test_5_3_a_list_with_formatted_values(client: Crm, firm: str) -> None:
    path = f"accounts?$select=name,revenue,statecode,_primarycontactid_value&$filter=accountid eq {firm}"
    answer = client.call("GET", path, Prefer=f'odata.include-annotations="{FORMATTED}"')
    row = {
        "@odata.etag": "<version>", "name": "Litware, Inc. (sample)",
        f"revenue@{FORMATTED}": "€10,000.00", "revenue": 10000.0,
        f"statecode@{FORMATTED}": "Active", "statecode": 0,
        f"_primarycontactid_value@{FORMATTED}": "Susanna Stubberod (sample)", "_primarycontactid_value": "<id>",
        "_transactioncurrencyid_value": None, "accountid": "<firm>",
    }  # fmt: skip
    found = shown(client, answer, firm=firm)
    row[f"revenue@{FORMATTED}"] = found["body"]["value"][0][f"revenue@{FORMATTED}"]
    assert str(row[f"revenue@{FORMATTED}"]).strip("$€ ") in ("10,000.00", "10,000.00 €")
    context = "{root}/$metadata#accounts(name,revenue,statecode,_primarycontactid_value)"
    assert found == ok({"@odata.context": context, "value": [row]},
                       preference_applied=f'odata.include-annotations="{FORMATTED}"')  # fmt: skip
    names = list(found["body"]["value"][0])
    assert names.index(f"statecode@{FORMATTED}") == names.index("statecode") - 1


def test_5_3_lookups_tell_their_table_and_navigation(client: Crm, firm: str) -> None:
    path = f"opportunities?$select=_customerid_value&$top=1&$filter=_customerid_value eq {firm}"
    (row,) = client.rows(path, Prefer=ALL)
    assert row["_customerid_value@Microsoft.Dynamics.CRM.lookuplogicalname"] == "account"
    assert row["_customerid_value@Microsoft.Dynamics.CRM.associatednavigationproperty"] == "customerid_account"
    assert row[f"_customerid_value@{FORMATTED}"] == "Litware, Inc. (sample)"


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("estimatedvalue eq 2000", ["Deal 2"]),
        ("estimatedvalue ne 2000", ["Deal 1", "Deal 3"]),
        ("estimatedvalue gt 1000 and estimatedvalue le 3000", ["Deal 2", "Deal 3"]),
        ("not (estimatedvalue lt 3000)", ["Deal 3"]),
        ("contains(name,'DEAL') and (endswith(name,'1') or startswith(name,'deal 3'))", ["Deal 1", "Deal 3"]),
        ("contains(name,'D%l _')", ["Deal 1", "Deal 2", "Deal 3"]),
        ("contains(name,'[12]')", ["Deal 1", "Deal 2"]),
        ("contains(name,'Deal [^12]')", ["Deal 3"]),
        ("name eq 'deal 1'", ["Deal 1"]),
        ("name eq name and parentaccountid/name eq null", ["Deal 1", "Deal 2", "Deal 3"]),
        (
            "customerid_account/primarycontactid/fullname eq 'Susanna Stubberod (sample)'",
            ["Deal 1", "Deal 2", "Deal 3"],
        ),
        ("Opportunity_Tasks/any()", []),
        ("not Opportunity_Tasks/any(t:t/statecode eq 1)", ["Deal 1", "Deal 2", "Deal 3"]),
        ("Opportunity_Tasks/all(t:t/statecode eq 1)", ["Deal 1", "Deal 2", "Deal 3"]),
        ("estimatedvalue eq @v&@v=1000", ["Deal 1"]),
        ("estimatedvalue eq @nothing", []),
        ('Microsoft.Dynamics.CRM.Between(PropertyName=\'estimatedvalue\',PropertyValues=["1500","2500"])', ["Deal 2"]),
        (
            'Microsoft.Dynamics.CRM.In(PropertyName=@p,PropertyValues=@q)&@p=\'name\'&@q=["Deal 1","O\'Brian"]',
            ["Deal 1"],
        ),
    ],
)
def test_5_3_filters(client: Crm, firm: str, condition: str, found: list[str]) -> None:
    path = f"opportunities?$select=name&$orderby=name&$filter=_customerid_value eq {firm} and "
    assert client.names(path + condition) == found


def test_5_3_nested_lambda(client: Crm, firm: str) -> None:
    task = "Account_Tasks/any(t:t/subject eq 'Task 1 for Litware' and t/statecode eq 0)"
    inner = "o/estimatedvalue gt 2000 and not o/Opportunity_Tasks/any(k:k/statecode eq 1)"
    path = f"accounts?$select=name&$filter={task} and opportunity_customer_accounts/any(o:{inner})"
    assert [row["accountid"] for row in client.rows(path)] == [firm]
    below_a_lookup = "accounts?$filter=primarycontactid/contact_tasks/any(t:t/statecode eq 0)"
    assert client.error("GET", below_a_lookup)[:2] == (400, QUERY)


COLUMNS = {"EqualUserLanguage": "utcconversiontimezonecode", "ContainValues": "industrycode",
           "DoesNotContainValues": "industrycode"}  # fmt: skip
IDS = ("Above", "AboveOrEqual", "Under", "UnderOrEqual", "NotUnder")


def column_of(function: str) -> str:
    if function in COLUMNS:
        return COLUMNS[function]
    if function in IDS:
        return "accountid"
    if "Business" in function:
        return "owningbusinessunit"
    if "User" in function:
        return "ownerid"
    return "numberofemployees" if function.rpartition("Not")[2] in ("In", "Between") else "createdon"


@pytest.mark.parametrize(("function", "parameters"), [(name, given[1:]) for name, given in query_functions()])
def test_5_3_every_query_function_is_understood(
    client: Crm, function: str, parameters: tuple[tuple[str, str], ...]
) -> None:
    texts = {"PropertyValues": '["5","2000"]', "PropertyValue1": "1", "PropertyValue2": "2026"}
    column = column_of(function)
    single = f"'{NOBODY}'" if column == "accountid" else "'2026-01-01'" if "On" in function[:5] else "3"
    if function == "InFiscalYear":
        single = "2026"
    given = "".join(f",{name}={texts.get(name, single)}" for name, _ in parameters)
    call = f"Microsoft.Dynamics.CRM.{function}(PropertyName='{column}'{given})"
    answer = client.get(f"accounts?$select=name&$top=1&$filter={call}")
    assert set(answer) == {"@odata.context", "value"}
    both = client.get(f"accounts?$select=name&$count=true&$top=0&$filter={call} or not {call}")
    assert both["@odata.count"] == int(client.call("GET", "accounts/$count").text)


def test_5_3_order_top_and_count(client: Crm, firm: str) -> None:
    path = (
        f"opportunities?$select=name&$filter=_customerid_value eq {firm}&$orderby=estimatedvalue desc,name asc&$top=2"
    )
    answer = client.get(f"{path}&$count=true")
    assert (answer["@odata.count"], [row["name"] for row in answer["value"]]) == (3, ["Deal 3", "Deal 2"])
    aliases = "accounts?$select=name,revenue&$orderby=@p1 asc,@p2 desc&$filter=@p1 ne @p3&@p1=revenue&@p2=name&$top=5"
    written = "accounts?$select=name,revenue&$orderby=revenue asc,name desc&$filter=revenue ne null&$top=5"
    assert client.names(aliases) == client.names(written)
    count = client.call("GET", f"opportunities/$count?$filter=_customerid_value eq {firm}")
    assert (count.headers["Content-Type"], count.text) == ("text/plain", "3")


def test_5_3_totals_on_request(client: Crm) -> None:
    name = "Microsoft.Dynamics.CRM.totalrecordcount"
    without = client.get("contacts?$select=fullname&$top=1", Prefer=ALL)
    assert (without[f"@{name}"], without[f"@{name}limitexceeded"]) == (-1, False)
    counted = client.get("contacts?$select=fullname&$top=1&$count=true", Prefer=ALL)
    assert counted[f"@{name}"] == counted["@odata.count"]


def test_5_3_single_level_expand(client: Crm, firm: str) -> None:
    tasks = "Account_Tasks($select=subject;$filter=contains(subject,'Task');$orderby=subject desc;$top=1)"
    path = f"accounts?$select=name&$filter=accountid eq {firm}&$expand=primarycontactid($select=fullname),{tasks}"
    assert plain(client, client.get(path), firm=firm) == {
        "@odata.context": "{root}/$metadata#accounts(name,primarycontactid(fullname),Account_Tasks(subject))",
        "value": [{
            "@odata.etag": "<version>", "name": "Litware, Inc. (sample)", "accountid": "<firm>",
            "primarycontactid": {"fullname": "Susanna Stubberod (sample)", "contactid": "<id>"},
            "Account_Tasks": [{"@odata.etag": "<version>", "subject": "Task 2 for Litware",
                               "_regardingobjectid_value": "<firm>", "activityid": "<id>"}],
            "Account_Tasks@odata.nextLink": "{root}/accounts(<firm>)/Account_Tasks?$select=subject&$filter=contains("
            "subject,'Task')&$orderby=subject%20desc&$top=1",
        }],
    }  # fmt: skip


def test_5_3_nested_expand_pages_every_collection(client: Crm, firm: str) -> None:
    path = (f"accounts?$select=name&$filter=accountid eq {firm}&$expand=Account_Tasks($select=subject),"
            "opportunity_customer_accounts($select=name;$expand=owninguser($select=fullname))")  # fmt: skip
    (row,) = client.rows(path, Prefer="odata.maxpagesize=1")
    assert plain(client, row["opportunity_customer_accounts"]) == [
        {"name": "Deal 1", "opportunityid": "<id>", "owninguser": {"fullname": "Nadia Benali", "systemuserid": "<id>",
                                                                 "ownerid": "<id>"}}
    ]  # fmt: skip
    assert len(row["Account_Tasks"]) == 1
    link = row["opportunity_customer_accounts@odata.nextLink"]
    assert "$skiptoken=" in link
    assert client.names(link) == ["Deal 2", "Deal 3"]
    limited = path.replace("($select=name;", "($select=name;$top=1;")
    assert client.error("GET", limited) == (400, QUERY, ONLY_SELECT_AND_FILTER)


def test_5_3_expand_to_references(client: Crm, firm: str) -> None:
    path = f"accounts?$select=name&$filter=accountid eq {firm}&$expand=primarycontactid/$ref"
    assert plain(client, client.get(path), firm=firm) == {
        "@odata.context": "{root}/$metadata#accounts(name,primarycontactid,primarycontactid/$ref())",
        "value": [{"@odata.etag": "<version>", "name": "Litware, Inc. (sample)", "_primarycontactid_value": "<id>",
                   "accountid": "<firm>", "primarycontactid": {"@odata.id": "{root}/contacts(<id>)"}}],
    }  # fmt: skip
    assert client.error("GET", "accounts?$select=name&$expand=Account_Tasks/$ref") == (
        400, QUERY, "Expand with $ref is only supported on lookup type navigation property.",
    )  # fmt: skip


def test_5_3_apply(client: Crm, firm: str) -> None:
    steps = (f"filter(_customerid_value eq {firm})/groupby((statecode),aggregate(estimatedvalue with sum as total,"
             "estimatedvalue with min as least,estimatedvalue with max as most,estimatedvalue with average as mean,"
             "name with countdistinct as names,$count as n))")  # fmt: skip
    answer = client.call("GET", f"opportunities?$apply={steps}")
    row = {"statecode": 0, "total": 6000.0, "least": 1000.0, "most": 3000.0, "mean": 2000.0, "names": 3, "n": 3}
    assert shown(client, answer) == ok({"@odata.context": "{root}/$metadata#opportunities", "value": [row]})
    by_name = client.rows(f"accounts?$apply=filter(accountid eq {firm})/groupby((primarycontactid/fullname))")
    assert by_name == [{"contact_fullname": "Susanna Stubberod (sample)"}]
    assert client.error("GET", "accounts?$apply=aggregate($count as n)&$orderby=n") == (
        400, QUERY, "The query node SingleValueOpenPropertyAccess is not supported.",
    )  # fmt: skip


def test_5_3_next_links_look_like_the_services(client: Crm) -> None:
    answer = client.get("accounts?$select=name", Prefer="odata.maxpagesize=2")
    link = answer["@odata.nextLink"]
    assert link.startswith(f"{client.root}/accounts?$select=name&$skiptoken=")
    token = unquote(link.partition("$skiptoken=")[2])
    assert re.fullmatch(r'<cookie pagenumber="2" pagingcookie="%253[cC]cookie[^"]*" istracking="False" />', token)
    again = client.get(link, Prefer="odata.maxpagesize=2")
    assert not {row["accountid"] for row in answer["value"]} & {row["accountid"] for row in again["value"]}


@pytest.mark.parametrize("option", ["$skip=1", "$search=x", "$format=json"])
def test_5_3_options_the_service_does_not_have(client: Crm, option: str) -> None:
    name = option.partition("=")[0]
    answer = client.call("GET", f"accounts?{option}")
    assert shown(client, answer) == refused(400, QUERY, f"The query parameter {name} is not supported")


def fetch(inside: str, attributes: str = "") -> str:
    return f"<fetch {attributes}><entity name='opportunity'>{inside}</entity></fetch>"


def test_5_5_fetchxml_with_a_paging_cookie(client: Crm, firm: str) -> None:
    inside = (f"<attribute name='name'/><order attribute='estimatedvalue' descending='true'/><filter><condition"
              f" attribute='customerid' operator='eq' value='{firm}'/></filter>")  # fmt: skip
    first = client.fetch("opportunities", fetch(inside, "count='2' returntotalrecordcount='true'"), Prefer=ALL)
    cookie = first.pop("@Microsoft.Dynamics.CRM.fetchxmlpagingcookie")
    assert plain(client, first) == {
        "@odata.context": "{root}/$metadata#opportunities(name,opportunityid)",
        "@Microsoft.Dynamics.CRM.totalrecordcount": 3,
        "@Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded": False,
        "@Microsoft.Dynamics.CRM.morerecords": True,
        "value": [{"@odata.etag": "<version>", "name": f"Deal {n}", "opportunityid": "<id>"} for n in (3, 2)],
    }
    inner = re.search(r'pagenumber="2" pagingcookie="([^"]+)"', cookie)
    assert inner is not None
    decoded = unquote(unquote(inner[1]))
    assert re.match(
        r'<cookie page="1"[^>]*><opportunityid last="\{[0-9A-F-]{36}\}" first="\{[0-9A-F-]{36}\}" /></cookie>', decoded
    )
    again = quote(decoded.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;"))
    xml = quote(fetch(inside, "count='2' page='2' paging-cookie='@'")).replace("%40", again)
    last = client.get(f"opportunities?fetchXml={xml}", Prefer=ALL)
    assert last["@Microsoft.Dynamics.CRM.morerecords"] is False
    assert "@Microsoft.Dynamics.CRM.fetchxmlpagingcookie" not in last
    assert [row["name"] for row in last["value"]] == ["Deal 1"]


@pytest.mark.parametrize(
    ("kind", "found"),
    [("inner", 3), ("outer", 3), ("any", 3), ("not any", 0), ("all", 3), ("not all", 0), ("exists", 3), ("in", 3),
     ("matchfirstrowusingcrossapply", 3)],
)  # fmt: skip
def test_5_5_every_kind_of_link(client: Crm, firm: str, kind: str, found: int) -> None:
    joined = kind in ("inner", "outer", "matchfirstrowusingcrossapply")
    columns = "<attribute name='fax'/><attribute name='name'/>" if joined else ""
    link = (f"<attribute name='name'/><link-entity name='account' from='accountid' to='customerid' link-type='{kind}'"
            f" alias='a'>{columns}<filter><condition"
            f" attribute='accountid' operator='eq' value='{firm}'/></filter></link-entity><filter><condition"
            f" attribute='customerid' operator='eq' value='{firm}'/></filter>")  # fmt: skip
    rows: list[dict[str, Any]] = client.fetch("opportunities", fetch(link))["value"]
    assert len(rows) == found
    # Columns without a value are left out.
    wanted = {"@odata.etag", "name", "opportunityid"} | ({"a.name"} if joined else set())
    assert all(set(row) == wanted for row in rows)


def test_5_5_aggregates(client: Crm, firm: str) -> None:
    measures = "".join(f"<attribute name='estimatedvalue' alias='{name}' aggregate='{name}'/>"
                       for name in ("sum", "avg", "min", "max", "count", "countcolumn"))  # fmt: skip
    year = "<attribute name='createdon' alias='year' groupby='true' dategrouping='year'/><order alias='year'/>"
    condition = f"<filter><condition attribute='customerid' operator='eq' value='{firm}'/></filter>"
    inside = f"{measures}{year}{condition}"
    (row,) = client.fetch("opportunities", fetch(inside, "aggregate='true'"))["value"]
    assert row.pop("year") > 2020
    assert row == {"sum": 6000.0, "avg": 2000.0, "min": 1000.0, "max": 3000.0, "count": 3, "countcolumn": 3}


def test_5_5_children_counted_by_row(client: Crm) -> None:
    parent = client.create("accounts", {"name": "Parent of two"})
    for name in ("One", "Two"):
        client.create("accounts", {"name": name, "parentaccountid@odata.bind": f"/accounts({parent})"})
    counted = "<attribute name='accountid' alias='CountChildren' rowaggregate='CountChildren'/>"
    condition = f"<filter><condition attribute='accountid' operator='eq' value='{parent}'/></filter>"
    xml = f"<fetch><entity name='account'>{counted}{condition}</entity></fetch>"
    assert client.fetch("accounts", xml)["value"][0]["CountChildren"] == 2


def test_5_6_sql(client: Crm, firm: str) -> None:
    joined = "opportunity o INNER JOIN account a ON o.customerid = a.accountid"
    condition = (f"a.accountid = '{firm}' AND o.name LIKE 'Deal%' AND o.estimatedvalue BETWEEN 1500 AND 4000"
                 " AND o.statecode IN (0, 1) AND o.name IS NOT NULL")  # fmt: skip
    statement = f"SELECT DISTINCT o.name, a.name AS firm FROM {joined} WHERE {condition} ORDER BY o.name"  # noqa: S608
    rows = client.rows(f"opportunities?sql={quote(statement)}")
    assert rows == [{"name": f"Deal {n}", "firm": "Litware, Inc. (sample)"} for n in (2, 3)]


@pytest.mark.parametrize(
    ("method", "path", "body", "refusal"),
    [
        ("GET", "accountss", None, (404, "0x8006088a", "Resource not found for the segment 'accountss'.")),
        ("GET", "accounts?$select=nothing", None,
         (400, QUERY, "Could not find a property named 'nothing' on type 'Microsoft.Dynamics.CRM.account'.")),
        ("GET", f"accounts({NOBODY})", None, (404, "0x80040217", f"account With Id = {NOBODY} Does Not Exist")),
        ("GET", "accounts(accountnumber='none')", None, (404, "0x80060891", None)),
        ("GET", "accounts?fetchXml=<fetch><entity name='account'><attribute name='x'/></entity></fetch>", None,
         (400, "0x80041103", None)),
        ("GET", "accounts?fetchXml=<fetch><entity name='nothing'/></fetch>", None, (400, "0x80041102", None)),
        ("POST", "accounts", {"name": "x" * 161},
         (400, "0x80044331", TOO_LONG)),
        ("POST", "accounts", {"industrycode": 999}, (400, "0x8004431A", None)),
        ("POST", "accounts", {"numberofemployees": -1}, (400, "0x8004432f", None)),
        ("POST", "accounts", {"revenue": 1e15}, (400, "0x80044330", None)),
        ("POST", "accounts", {"nothing": 1}, (400, "0x80048d19", None)),
        ("POST", "accounts", {"nothing@odata.bind": "/contacts(1)"}, (400, "0x80048d19", None)),
        ("DELETE", "accounts", None, (405, QUERY, NO_DELETE)),
        ("GET", "accounts?$filter=lastname eq 'O'Bryan'", None,
         (400, QUERY, "There is an unterminated literal at position 21 in 'lastname eq 'O'Bryan''.")),
        ("GET", "EntityDefinitions?$filter=startswith(LogicalName,'a')", None,
         (501, "0x8006088a", 'The "startswith" function isn\'t supported for Metadata Entities.')),
    ],
)  # fmt: skip
def test_5_8_errors(client: Crm, method: str, path: str, body: Any, refusal: tuple[int, str, str | None]) -> None:
    status, code, message = client.error(method, path, body)
    assert (status, code) == refusal[:2], message
    assert refusal[2] in (None, message)


def test_5_8_errors_with_annotations(client: Crm) -> None:
    error = client.call("GET", f"accounts({NOBODY})", Prefer=ALL).json()["error"]
    assert set(error) == {"code", "message", "@Microsoft.PowerApps.CDS.ErrorDetails.OperationStatus",
                          "@Microsoft.PowerApps.CDS.ErrorDetails.SubErrorCode", "@Microsoft.PowerApps.CDS.HelpLink",
                          "@Microsoft.PowerApps.CDS.InnerError.Message"}  # fmt: skip
    assert error["@Microsoft.PowerApps.CDS.InnerError.Message"] == error["message"]
