"""Pages, counts, annotations and expanded rows."""

# ruff: noqa: S608 - names of our own tables.
from __future__ import annotations

from typing import Any

import pytest

from tests.local_tenant import LocalTenant
from tests.tenant.crm_client import Crm, crm


@pytest.fixture
def client(tenant: LocalTenant) -> Crm:
    return crm(tenant)


def pages(client: Crm, path: str, size: int) -> list[list[dict[str, Any]]]:
    """All pages of a list, following next links as they come."""
    found, address = [], path
    while address:
        answer = client.call("GET", address, Prefer=f"odata.maxpagesize={size}")
        assert answer.status_code == 200, answer.text
        assert answer.headers["Preference-Applied"] == f"odata.maxpagesize={size}"
        body = answer.json()
        found.append(body["value"])
        address = body.get("@odata.nextLink", "")
        if address:
            assert address.startswith(f"{client.root}/{path.partition('?')[0]}?")
    return found


@pytest.mark.parametrize(
    "order",
    ["", "&$orderby=name", "&$orderby=name desc", "&$orderby=estimatedvalue desc,name", "&$orderby=actualvalue",
     "&$orderby=actualvalue desc", "&$orderby=parentaccountid/name,estimatedclosedate desc"],
)  # fmt: skip
def test_pages_hold_every_row_once_in_the_order_asked(client: Crm, order: str) -> None:
    path = f"opportunities?$select=name,estimatedvalue,actualvalue{order}"
    whole = [row["opportunityid"] for row in client.rows(path)]
    paged = pages(client, path, 150)
    assert [len(page) for page in paged] == [150, 150, 150, 150, 150, 50]
    assert [row["opportunityid"] for page in paged for row in page] == whole
    assert len(set(whole)) == 800


def test_deleting_while_paging_loses_no_row(client: Crm) -> None:
    for number in range(9):
        client.create("contoso_visits", {"contoso_name": f"Paged {number}"})
    path = "contoso_visits?$select=contoso_name&$filter=startswith(contoso_name,'Paged')&$orderby=contoso_name"
    seen, address = [], path
    while address:
        answer = client.get(address, Prefer="odata.maxpagesize=2")
        for row in answer["value"]:
            seen.append(row["contoso_name"])
            client.delete(f"contoso_visits({row['contoso_visitid']})")
        address = answer.get("@odata.nextLink", "")
    assert seen == [f"Paged {number}" for number in range(9)]


def test_an_exact_last_page_has_no_next_link(client: Crm) -> None:
    assert [len(page) for page in pages(client, "opportunities?$select=name", 400)] == [400, 400]


def test_top_without_page_size_has_no_next_link(client: Crm) -> None:
    answer = client.get("accounts?$select=name&$top=3")
    assert len(answer["value"]) == 3
    assert "@odata.nextLink" not in answer


def test_top_is_ignored_beside_a_page_size(client: Crm) -> None:
    answer = client.get("accounts?$select=name&$top=3", Prefer="odata.maxpagesize=5")
    assert len(answer["value"]) == 5
    assert "@odata.nextLink" in answer


def test_a_forged_paging_token_is_refused(client: Crm) -> None:
    link = client.get("accounts?$select=name", Prefer="odata.maxpagesize=5")["@odata.nextLink"]
    for token in ("x", "%3ccookie%20/%3e", "<cookie%20pagenumber=%222%22%20pagingcookie=%22abc%22%20/>"):
        status, code, _ = client.error("GET", f"accounts?$select=name&$skiptoken={token}")
        assert (status, code) == (400, "0x80060888")
    other = link.replace("accounts?$select=name", "contacts?$orderby=fullname&$select=fullname")
    assert client.error("GET", other)[0] == 400


def test_the_token_looks_like_the_services_own(client: Crm) -> None:
    link = client.get("accounts?$select=name", Prefer="odata.maxpagesize=5")["@odata.nextLink"]
    from urllib.parse import unquote

    token = unquote(link.rpartition("$skiptoken=")[2])
    assert token.startswith('<cookie pagenumber="2" pagingcookie="%253Ccookie%2520page%253D%25221%2522')
    assert token.endswith('istracking="False" />')


def test_count_of_a_list(client: Crm) -> None:
    answer = client.get("accounts?$select=name&$top=2&$count=true")
    assert answer["@odata.count"] == 600
    filtered = client.get("accounts?$select=name&$filter=name eq 'Northwind Traders'&$count=true")
    assert filtered["@odata.count"] == 1
    assert client.call("GET", "accounts/$count?$filter=name eq 'Northwind Traders'").text == "1"


def test_count_stops_at_five_thousand(tenant: LocalTenant, client: Crm) -> None:
    model = "contoso-sales.contoso_visit"

    def add(estate: Any) -> None:
        with estate.db.change() as change:
            change.executemany(
                f'INSERT INTO "{model}" (contoso_visitid, contoso_name, statecode) VALUES (?, ?, 0)',
                [(f"dddddddd-0000-4000-8000-{number:012x}", f"Many {number}") for number in range(5_100)],
            )

    tenant.ask(add)
    answer = client.get(
        "contoso_visits?$select=contoso_name&$count=true&$top=1", Prefer='odata.include-annotations="*"'
    )
    assert answer["@odata.count"] == 5_000
    assert answer["@Microsoft.Dynamics.CRM.totalrecordcount"] == 5_000
    assert answer["@Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded"] is True
    assert client.call("GET", "contoso_visits/$count").text == "5000"
    total = client.get("RetrieveTotalRecordCount(EntityNames=['contoso_visit','account'])")
    assert total["EntityRecordCountCollection"]["Keys"] == ["contoso_visit", "account"]
    assert total["EntityRecordCountCollection"]["Values"] == [5_160, 600]


def test_without_count_the_total_is_minus_one(client: Crm) -> None:
    answer = client.get("accounts?$select=name&$top=1", Prefer='odata.include-annotations="*"')
    assert answer["@Microsoft.Dynamics.CRM.totalrecordcount"] == -1
    assert "@odata.count" not in answer


def test_formatted_values_in_the_language_of_the_user(tenant: LocalTenant) -> None:
    path = (
        "opportunities?$select=estimatedvalue,estimatedclosedate,statecode,_ownerid_value,createdon"
        "&$filter=name eq 'Northwind renewal'"
    )
    prefer = 'odata.include-annotations="*"'
    french = crm(tenant, "Hugo").rows(path, Prefer=prefer)[0]
    english = crm(tenant, "Oliver").rows(path, Prefer=prefer)[0]
    text = "OData.Community.Display.V1.FormattedValue"
    assert french[f"estimatedvalue@{text}"] == "120\u202f000,00 €"
    assert english[f"estimatedvalue@{text}"] == "€120,000.00"
    assert (french[f"statecode@{text}"], english[f"statecode@{text}"]) == ("Ouverte", "Open")
    assert french[f"_ownerid_value@{text}"] == "Claire Fontaine"
    assert french["_ownerid_value@Microsoft.Dynamics.CRM.lookuplogicalname"] == "systemuser"
    day = french["estimatedclosedate"]
    assert french[f"estimatedclosedate@{text}"] == f"{day[8:]}/{day[5:7]}/{day[:4]}"
    keys = list(french)
    assert keys.index(f"statecode@{text}") == keys.index("statecode") - 1


def test_only_the_annotations_asked_for(client: Crm) -> None:
    path = "accounts?$select=statecode,_ownerid_value&$top=1"
    row = client.rows(path, Prefer='odata.include-annotations="OData.Community.Display.V1.FormattedValue"')[0]
    assert "_ownerid_value@OData.Community.Display.V1.FormattedValue" in row
    assert "_ownerid_value@Microsoft.Dynamics.CRM.lookuplogicalname" not in row
    row = client.rows(path, Prefer='odata.include-annotations="Microsoft.Dynamics.CRM.*"')[0]
    assert "_ownerid_value@Microsoft.Dynamics.CRM.lookuplogicalname" in row
    assert "_ownerid_value@OData.Community.Display.V1.FormattedValue" not in row


def test_expanding_lookups_and_collections(client: Crm) -> None:
    body = {"name": "Expanded", "Account_Tasks": [{"subject": f"T{number}"} for number in range(4)]}
    made = client.create("accounts", body)
    row = client.get(
        f"accounts({made})?$select=name&$expand=createdby($select=fullname),primarycontactid,"
        "Account_Tasks($select=subject;$filter=subject ne 'T3';$orderby=subject desc;$top=2)"
    )
    assert row["@odata.context"] == (
        f"{client.root}/$metadata#accounts(name,createdby(fullname),primarycontactid(),Account_Tasks(subject))/$entity"
    )
    user = client.user_id()
    assert row["createdby"] == {"fullname": "Nadia Benali", "systemuserid": user, "ownerid": user}
    assert row["primarycontactid"] is None
    assert [task["subject"] for task in row["Account_Tasks"]] == ["T2", "T1"]
    assert "@odata.etag" in row["Account_Tasks"][0]
    assert row["Account_Tasks@odata.nextLink"].startswith(
        f"{client.root}/accounts({made})/Account_Tasks?$select=subject"
    )
    assert len(client.rows(row["Account_Tasks@odata.nextLink"])) == 2


def test_expanding_a_whole_list(client: Crm) -> None:
    rows = client.rows("accounts?$select=name&$top=20&$expand=primarycontactid($select=fullname;$expand=owninguser)")
    assert all(row["primarycontactid"]["owninguser"] is None or row["primarycontactid"]["owninguser"]["fullname"]
               for row in rows)  # fmt: skip
    teams = client.rows("teams?$select=name&$filter=name eq 'Grands comptes'&$expand=teammembership_association")
    assert sorted(user["fullname"] for user in teams[0]["teammembership_association"]) == [
        "Claire Fontaine",
        "Oliver Grant",
    ]


def test_expanding_the_owner_shows_a_principal(client: Crm) -> None:
    row = client.rows("accounts?$select=name&$top=1&$filter=name eq 'Northwind Traders'&$expand=ownerid")[0]
    assert row["ownerid"] == {"@odata.type": "#Microsoft.Dynamics.CRM.systemuser", "ownerid": row["ownerid"]["ownerid"]}
    assert client.error("GET", "accounts?$expand=ownerid($select=fullname)")[2] == (
        "Could not find a property named 'fullname' on type 'Microsoft.Dynamics.CRM.principal'."
    )


def test_expanding_to_references(client: Crm) -> None:
    row = client.rows("accounts?$select=name&$top=1&$expand=primarycontactid/$ref")[0]
    assert row["primarycontactid"]["@odata.id"].startswith(f"{client.root}/contacts(")


def test_nested_collections_are_paged_with_a_token(client: Crm) -> None:
    deal = {"name": "Deal", "Opportunity_Tasks": [{"subject": f"S{number}"} for number in range(5)]}
    made = client.create("accounts", {"name": "Nested", "opportunity_customer_accounts": [deal]})
    path = (
        f"accounts?$select=name&$filter=accountid eq {made}"
        "&$expand=opportunity_customer_accounts($select=name;$expand=Opportunity_Tasks($select=subject))"
    )
    row = client.rows(path, Prefer="odata.maxpagesize=2")[0]
    below = row["opportunity_customer_accounts"][0]
    assert [task["subject"] for task in below["Opportunity_Tasks"]] == ["S0", "S1"]
    assert "$skiptoken=" in below["Opportunity_Tasks@odata.nextLink"]
    rest = client.rows(below["Opportunity_Tasks@odata.nextLink"], Prefer="odata.maxpagesize=10")
    assert [task["subject"] for task in rest] == ["S2", "S3", "S4"]


# Source: join-tables.md.
ONLY_SELECT_AND_FILTER = (
    "Only $select and $filter clause can be provided while doing $expand on many-to-one relationship or nested"
    " one-to-many relationship."
)


@pytest.mark.parametrize(
    ("expand", "message"),
    [
        ("nothing", "Could not find a property named 'nothing' on type 'Microsoft.Dynamics.CRM.account'."),
        ("primarycontactid($top=1)", ONLY_SELECT_AND_FILTER),
        ("Account_Tasks($top=1;$expand=owninguser)", ONLY_SELECT_AND_FILTER),
        ("Account_Tasks($orderby=subject;$expand=owninguser)", ONLY_SELECT_AND_FILTER),
        ("Account_Tasks/$ref", "Expand with $ref is only supported on lookup type navigation property."),
        ("Account_Tasks($skip=1)", "Term 'Account_Tasks($skip=1)' is not valid in a $select or $expand expression."),
        (",".join(["createdby"] * 16), "The number of $expand options exceeds the limit of 15."),
    ],
)
def test_expansions_the_service_refuses(client: Crm, expand: str, message: str) -> None:
    assert client.error("GET", f"accounts?$select=name&$expand={expand}") == (400, "0x80060888", message)


def test_many_to_many_cannot_be_nested(client: Crm) -> None:
    path = "teams?$expand=teammembership_association($expand=businessunitid)"
    assert client.error("GET", path)[2] == "Nested expand is not supported with many-to-many relationships."
