"""FetchXML and stored views: conditions, links, aggregates, paging cookies."""

# ruff: noqa: S314 - the documents come from our own tenant.
from __future__ import annotations

from typing import Any
from urllib.parse import quote, unquote
from xml.etree import ElementTree as ET
from xml.sax.saxutils import quoteattr

import pytest

from tests.local_tenant import LocalTenant
from tests.tenant.crm_client import NOBODY, QUOTE_CORPUS, Crm, crm

COOKIE = "@Microsoft.Dynamics.CRM.fetchxmlpagingcookie"
MORE = "@Microsoft.Dynamics.CRM.morerecords"
PREFER = 'odata.include-annotations="Microsoft.Dynamics.CRM.fetchxmlpagingcookie,Microsoft.Dynamics.CRM.morerecords"'


@pytest.fixture
def client(tenant: LocalTenant) -> Crm:
    return crm(tenant)


def accounts(client: Crm, inside: str, head: str = "") -> list[Any]:
    """Names of accounts that a query finds."""
    xml = f'<fetch {head}><entity name="account"><attribute name="name"/>{inside}</entity></fetch>'
    return [row["name"] for row in client.fetch("accounts", xml)["value"]]


def test_null_columns_are_left_out(client: Crm) -> None:
    made = client.create("accounts", {"name": "Without number"})
    xml = (
        '<fetch><entity name="account"><attribute name="accountid"/><attribute name="name"/>'
        '<attribute name="accountnumber"/>'
        f'<filter><condition attribute="accountid" operator="eq" value="{made}"/></filter></entity></fetch>'
    )
    answer = client.fetch("accounts", xml)
    assert answer == {
        "@odata.context": f"{client.root}/$metadata#accounts(accountid,name,accountnumber)",
        "value": [
            {"@odata.etag": answer["value"][0]["@odata.etag"], "accountid": made, "name": "Without number"},
        ],
    }


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        ('operator="eq" value="fx ALPHA"', ["Fx Alpha"]),
        ('operator="ne" value="fx alpha"', ["Fx Bêta", "Fx Gamma"]),
        ('operator="like" value="%bet%"', ["Fx Bêta"]),
        ('operator="not-like" value="%bet%"', ["Fx Alpha", "Fx Gamma"]),
        ('operator="begins-with" value="fx g"', ["Fx Gamma"]),
        ('operator="not-begin-with" value="fx g"', ["Fx Alpha", "Fx Bêta"]),
        ('operator="ends-with" value="MA"', ["Fx Gamma"]),
        ('operator="null"', []),
        ('operator="not-null"', ["Fx Alpha", "Fx Bêta", "Fx Gamma"]),
    ],
)
def test_text_operators(client: Crm, condition: str, names: list[str]) -> None:
    for name in ("Fx Alpha", "Fx Bêta", "Fx Gamma"):
        client.create("accounts", {"name": name})
    filters = (
        f'<filter><condition attribute="name" operator="like" value="fx%"/><condition attribute="name" {condition}/>'
        '</filter><order attribute="name"/>'
    )
    assert accounts(client, filters) == names


def test_lists_and_ranges(client: Crm) -> None:
    for number in (5, 50, 500):
        client.create("accounts", {"name": f"Range {number}", "numberofemployees": number})

    def found(condition: str) -> list[str]:
        head = '<condition attribute="name" operator="like" value="Range %"/>'
        return accounts(client, f'<filter>{head}{condition}</filter><order attribute="numberofemployees"/>')

    column = '<condition attribute="numberofemployees" operator='
    assert found(f'{column}"in"><value>5</value><value>500</value></condition>') == ["Range 5", "Range 500"]
    assert found(f'{column}"not-in"><value>5</value></condition>') == ["Range 50", "Range 500"]
    assert found(f'{column}"between"><value>5</value><value>50</value></condition>') == ["Range 5", "Range 50"]
    assert found(f'{column}"ge" value="50"/>') == ["Range 50", "Range 500"]
    assert found('<condition attribute="createdon" operator="today"/>') == ["Range 5", "Range 50", "Range 500"]
    assert found('<condition attribute="createdon" operator="last-x-hours" value="2"/>') != []
    assert found('<condition attribute="createdon" operator="olderthan-x-days" value="2"/>') == []
    assert found('<condition attribute="ownerid" operator="eq-userid"/>') != []
    assert found('<condition attribute="createdon" operator="on" value="2001-01-01"/>') == []
    assert found('<condition attribute="modifiedon" operator="eq" valueof="createdon"/>') != []


def test_nested_filters_and_either(client: Crm) -> None:
    for name, number in (("Or A", 1), ("Or B", 2), ("Or C", 3)):
        client.create("accounts", {"name": name, "numberofemployees": number})
    inside = (
        '<filter><condition attribute="name" operator="like" value="Or %"/><filter type="or">'
        '<condition attribute="numberofemployees" operator="eq" value="1"/>'
        '<condition attribute="numberofemployees" operator="eq" value="3"/></filter></filter><order attribute="name"/>'
    )
    assert accounts(client, inside) == ["Or A", "Or C"]


def test_links_bring_columns_under_their_alias(client: Crm) -> None:
    xml = (
        '<fetch top="1"><entity name="opportunity"><attribute name="name"/>'
        '<filter><condition attribute="name" operator="eq" value="Northwind renewal"/></filter>'
        '<link-entity name="account" from="accountid" to="parentaccountid" alias="acc"><attribute name="name"/>'
        '<attribute name="ownerid"/></link-entity>'
        '<link-entity name="systemuser" from="systemuserid" to="owninguser"><attribute name="fullname"/></link-entity>'
        "</entity></fetch>"
    )
    row = client.fetch("opportunities", xml, Prefer='odata.include-annotations="*"')["value"][0]
    assert row["acc.name"] == "Northwind Traders"
    assert row["acc.ownerid@OData.Community.Display.V1.FormattedValue"] == "Claire Fontaine"
    assert row["systemuser2_x002e_fullname"] == "Claire Fontaine"


def test_inner_and_outer_links(client: Crm) -> None:
    client.create("accounts", {"name": "Link with", "Account_Tasks": [{"subject": "x"}]})
    client.create("accounts", {"name": "Link without"})
    head = '<filter><condition attribute="name" operator="like" value="Link %"/></filter><order attribute="name"/>'
    link = '<link-entity name="task" from="regardingobjectid" to="accountid" alias="t" link-type="{}"{}</link-entity>'
    assert accounts(client, head + link.format("inner", ">")) == ["Link with"]
    assert accounts(client, head + link.format("outer", ">")) == ["Link with", "Link without"]
    missing = '<filter><condition entityname="t" attribute="activityid" operator="null"/></filter>'
    assert accounts(client, head + missing + link.format("outer", ">")) == ["Link without"]
    for kind, names in (("any", ["Link with"]), ("not any", ["Link without"]), ("exists", ["Link with"])):
        assert accounts(client, head + link.format(kind, ">")) == names
    subject = '><filter><condition attribute="subject" operator="eq" value="y"/></filter>'
    assert accounts(client, head + link.format("any", subject)) == []
    assert accounts(client, head + link.format("all", subject)) == []
    assert accounts(client, head + link.format("not all", subject)) == ["Link with"]


def test_links_through_an_intersect_table(client: Crm) -> None:
    xml = (
        '<fetch><entity name="team"><attribute name="name"/>'
        '<filter><condition attribute="name" operator="eq" value="Grands comptes"/></filter>'
        '<link-entity name="teammembership" from="teamid" to="teamid" intersect="true">'
        '<link-entity name="systemuser" from="systemuserid" to="systemuserid" alias="u"><attribute name="fullname"/>'
        '<order attribute="fullname"/></link-entity></link-entity></entity></fetch>'
    )
    rows = client.fetch("teams", xml)["value"]
    assert [row["u.fullname"] for row in rows] == ["Claire Fontaine", "Oliver Grant"]


def test_distinct_and_attribute_aliases(client: Crm) -> None:
    xml = (
        '<fetch distinct="true"><entity name="opportunity"><attribute name="statecode" alias="state"/>'
        '<order attribute="statecode"/></entity></fetch>'
    )
    assert client.fetch("opportunities", xml)["value"] == [{"state": 0}, {"state": 1}, {"state": 2}]


def test_aggregates_with_groups(client: Crm) -> None:
    xml = (
        '<fetch aggregate="true"><entity name="opportunity"><attribute name="statecode" groupby="true" alias="state"/>'
        '<attribute name="opportunityid" aggregate="count" alias="n"/>'
        '<attribute name="estimatedvalue" aggregate="sum" alias="total"/><order alias="state" descending="true"/>'
        "</entity></fetch>"
    )
    rows = client.fetch("opportunities", xml, Prefer='odata.include-annotations="*"')["value"]
    assert [row["state"] for row in rows] == [2, 1, 0]
    assert sum(row["n"] for row in rows) == 800
    assert rows[0]["state@OData.Community.Display.V1.FormattedValue"] == "Lost"
    assert rows[2]["total"] == sum(
        row["estimatedvalue"] for row in client.rows("opportunities?$select=estimatedvalue&$filter=statecode eq 0")
    )


def test_aggregate_count_of_everything(client: Crm) -> None:
    xml = (
        '<fetch aggregate="true"><entity name="account">'
        '<attribute name="accountid" aggregate="count" alias="n"/>'
        '<attribute name="industrycode" aggregate="countcolumn" distinct="true" alias="kinds"/></entity></fetch>'
    )
    assert client.fetch("accounts", xml)["value"] == [{"n": 600, "kinds": 11}]


def test_grouping_by_parts_of_a_date(client: Crm) -> None:
    for day in ("2024-01-05", "2024-01-20", "2024-06-01"):
        client.create("opportunities", {"name": "Grouped", "estimatedclosedate": day})
    xml = (
        '<fetch aggregate="true"><entity name="opportunity">'
        '<attribute name="estimatedclosedate" groupby="true" dategrouping="month" alias="month"/>'
        '<attribute name="opportunityid" aggregate="count" alias="n"/><order alias="month"/>'
        '<filter><condition attribute="name" operator="eq" value="Grouped"/></filter></entity></fetch>'
    )
    assert client.fetch("opportunities", xml)["value"] == [{"month": 1, "n": 2}, {"month": 6, "n": 1}]


def test_paging_with_cookies_reaches_every_row_once(client: Crm) -> None:
    xml = (
        '<fetch count="150" page="1"><entity name="opportunity"><attribute name="name"/><order attribute="name"/>'
        "</entity></fetch>"
    )
    seen: list[str] = []
    for expected in range(1, 7):
        answer = client.fetch("opportunities", xml, Prefer=PREFER)
        seen.extend(row["opportunityid"] for row in answer["value"])
        assert answer[MORE] is (expected < 6)
        if expected == 6:
            assert COOKIE not in answer
            break
        cookie = ET.fromstring(answer[COOKIE])
        assert cookie.get("pagenumber") == str(expected + 1)
        inner = unquote(unquote(cookie.get("pagingcookie", "")))
        assert ET.fromstring(inner).get("page") == str(expected)
        tree = ET.fromstring(xml)
        tree.set("page", str(expected + 1))
        tree.set("paging-cookie", inner)
        xml = ET.tostring(tree, encoding="unicode")
    assert len(seen) == len(set(seen)) == 800


def test_simple_paging_by_page_number(client: Crm) -> None:
    xml = '<fetch count="100" page="{}"><entity name="account"><attribute name="name"/></entity></fetch>'
    rows = [client.fetch("accounts", xml.format(page))["value"] for page in (1, 2, 6, 7)]
    assert [len(page) for page in rows] == [100, 100, 100, 0]
    assert rows[0][0]["accountid"] != rows[1][0]["accountid"]


def test_no_cookie_when_a_linked_column_decides_the_order(client: Crm) -> None:
    xml = (
        '<fetch count="10"><entity name="opportunity"><attribute name="name"/>'
        '<link-entity name="account" from="accountid" to="parentaccountid" alias="a"><order attribute="name"/>'
        "</link-entity></entity></fetch>"
    )
    answer = client.fetch("opportunities", xml, Prefer=PREFER)
    assert answer[MORE] is True
    assert COOKIE not in answer


def test_total_record_count_on_request(client: Crm) -> None:
    xml = (
        '<fetch count="5" returntotalrecordcount="true"><entity name="account"><attribute name="name"/>'
        "</entity></fetch>"
    )
    answer = client.fetch("accounts", xml, Prefer='odata.include-annotations="*"')
    assert answer["@Microsoft.Dynamics.CRM.totalrecordcount"] == 600
    assert answer["@Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded"] is False


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        ("<fetch", "0x80041100"),
        ("<other/>", "0x80040203"),
        ('<fetch><entity name="nothing"/></fetch>', "0x80041102"),
        ('<fetch><entity name="account"><attribute name="nothing"/></entity></fetch>', "0x80041103"),
        ('<fetch><entity name="contact"><attribute name="fullname"/></entity></fetch>', "0x80040203"),
        ('<fetch top="2" page="2"><entity name="account"/></fetch>', "0x80044319"),
        (
            ('<fetch><entity name="account"><filter><condition attribute="name" operator="sounds" value="x"/></filter>'
            "</entity></fetch>"),
            "0x80060888",
        ),
        (
            ('<fetch><entity name="account"><filter><condition attribute="statecode" operator="eq" value="open"/>'
            "</filter></entity></fetch>"),
            "0x80040203",
        ),
        ('<!DOCTYPE x [<!ENTITY a "b">]><fetch><entity name="account"/></fetch>', "0x80041100"),
        ('<fetch count="10000000000"><entity name="account"/></fetch>', "0x80040203"),
        ('<fetch page="900" count="5000"><entity name="account"/></fetch>', "0x8004431D"),
        (('<fetch aggregate="true"><entity name="account"><attribute name="name" aggregate="sum" alias="x"/></entity>'
         "</fetch>"), "0x80041103"),
    ],
)  # fmt: skip
def test_queries_the_service_refuses(client: Crm, xml: str, code: str) -> None:
    assert client.error("GET", f"accounts?fetchXml={quote(xml)}")[:2] == (400, code)


def test_deep_and_wide_queries_are_refused_and_no_defect(client: Crm) -> None:
    deep = "<filter>" * 200 + "</filter>" * 200
    wide = '<condition attribute="name" operator="not-null"/>' * 501
    links = '<link-entity name="contact" from="contactid" to="primarycontactid"/>' * 16
    for inside in (deep, links):
        xml = f'<fetch><entity name="account">{inside}</entity></fetch>'
        assert client.error("GET", f"accounts?fetchXml={quote(xml)}")[0] == 400
    xml = f'<fetch><entity name="account"><filter>{wide}</filter></entity></fetch>'
    assert client.call("GET", f"accounts?fetchXml={quote(xml)}").status_code in (400, 414)


@pytest.mark.parametrize("text", [text for text in QUOTE_CORPUS if "\t" not in text])
def test_no_value_breaks_out(client: Crm, text: str) -> None:
    for operator in ("eq", "like", "in"):
        xml = (
            f'<fetch><entity name="account"><filter><condition attribute="name" operator="{operator}"'
            f" value={quoteattr(text)}/></filter></entity></fetch>"
        )
        assert client.fetch("accounts", xml)["value"] == []


def test_a_saved_view_runs_with_its_own_columns(client: Crm) -> None:
    view = client.rows("savedqueries?$select=name,savedqueryid&$filter=name eq 'Active Accounts'")[0]
    assert view["savedqueryid"] == "00000000-0000-0000-00aa-000010001002"
    answer = client.get(f"accounts?savedQuery={view['savedqueryid']}", Prefer="odata.maxpagesize=250")
    assert answer["@odata.context"] == (
        f"{client.root}/$metadata#accounts(name,telephone1,address1_city,_primarycontactid_value,emailaddress1,accountid)"
    )
    count = len(answer["value"])
    while "@odata.nextLink" in answer:
        answer = client.get(answer["@odata.nextLink"], Prefer="odata.maxpagesize=250")
        count += len(answer["value"])
    assert count == 600


def test_views_show_my_own_rows(tenant: LocalTenant) -> None:
    claire = crm(tenant, "Claire")
    view = claire.rows("savedqueries?$select=name&$filter=name eq 'My Open Opportunities'")[0]["savedqueryid"]
    rows = claire.rows(f"opportunities?savedQuery={view}")
    assert "Northwind renewal" in [row["name"] for row in rows]
    assert {row["_ownerid_value"] for row in rows} == {claire.user_id()}


def test_a_personal_view_belongs_to_its_owner(tenant: LocalTenant) -> None:
    claire, oliver = crm(tenant, "Claire"), crm(tenant, "Oliver")
    view = claire.rows("userqueries?$select=name,returnedtypecode")[0]
    assert (view["name"], view["returnedtypecode"]) == ("Mes grosses affaires", "opportunity")
    rows = claire.rows(f"opportunities?userQuery={view['userqueryid']}")
    assert all(row["estimatedvalue"] >= 50_000 for row in rows)
    assert oliver.error("GET", f"opportunities?userQuery={NOBODY}")[:2] == (404, "0x80040217")
    assert oliver.rows("userqueries?$select=name") == []
    assert oliver.error("GET", f"opportunities?userQuery={view['userqueryid']}")[:2] == (403, "0x80048306")
    share = {
        "Target": {"@odata.type": "Microsoft.Dynamics.CRM.userquery", "userqueryid": view["userqueryid"]},
        "PrincipalAccess": {
            "AccessMask": "ReadAccess",
            "Principal": {"@odata.type": "Microsoft.Dynamics.CRM.systemuser", "systemuserid": oliver.user_id()},
        },
    }
    assert claire.call("POST", "GrantAccess", share).status_code == 204
    assert oliver.rows("userqueries?$select=name") != []
    # The view asks for rows of whoever runs it.
    owners = {row.get("_ownerid_value") for row in oliver.rows(f"opportunities?userQuery={view['userqueryid']}")}
    assert owners <= {oliver.user_id(), None}


def test_a_view_on_a_collection(client: Crm) -> None:
    view = client.rows("savedqueries?$select=name&$filter=name eq 'Open Opportunities'")[0]["savedqueryid"]
    account = client.rows("accounts?$select=name&$filter=name eq 'Northwind Traders'")[0]["accountid"]
    rows = client.rows(f"accounts({account})/opportunity_parent_account?savedQuery={view}")
    assert "Northwind renewal" in [row["name"] for row in rows]
    assert {row["_customerid_value"] for row in rows} == {account}


def test_options_do_not_mix_with_stored_queries(client: Crm) -> None:
    path = "accounts?savedQuery=00000000-0000-0000-00aa-000010001002&$filter=name eq 'x'"
    assert client.error("GET", path)[:2] == (400, "0x80060888")


def test_every_seeded_view_runs(tenant: LocalTenant) -> None:
    client = crm(tenant)
    tables = {row["LogicalName"]: row["EntitySetName"] for row in client.rows(
        "EntityDefinitions?$select=LogicalName,EntitySetName")}  # fmt: skip
    for view in client.rows("savedqueries?$select=name,returnedtypecode,layoutxml,fetchxml"):
        answer = client.get(f"{tables[view['returnedtypecode']]}?savedQuery={view['savedqueryid']}")
        assert answer["value"] is not None
        cells = [cell.get("name") for cell in ET.fromstring(view["layoutxml"]).iter("cell")]
        fetched = [attribute.get("name") for attribute in ET.fromstring(view["fetchxml"]).iter("attribute")]
        assert set(cells) <= set(fetched)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM account",
        "SELECT name FROM account; DROP TABLE account",
        "SELECT name FROM account UNION SELECT name FROM lead",
        "SELECT name FROM account WHERE name = (SELECT 1)",
        "DELETE FROM account",
        "SELECT name FROM account WHERE 1 = 1",
        "SELECT name FROM account WHERE x.name = 'a'",
        "SELECT TOP 5 name FROM account",
        "SELECT name FROM account WHERE " + "(" * 200 + "name = 'a'" + ")" * 200,
    ],
)
def test_sql_beyond_the_subset_is_refused(client: Crm, statement: str) -> None:
    assert client.error("GET", f"accounts?sql={quote(statement)}")[0] == 400


def test_sql_pages_by_next_links(client: Crm) -> None:
    for statement, total in (
        ("SELECT name FROM account ORDER BY name", 600),
        ("SELECT a.name, c.fullname FROM account a JOIN contact c ON c.parentcustomerid = a.accountid", 1500),
    ):
        seen, address = 0, f"accounts?sql={quote(statement)}"
        while address:
            answer = client.get(address, Prefer="odata.maxpagesize=400")
            seen += len(answer["value"])
            address = answer.get("@odata.nextLink", "")
        assert seen == total
