"""`$filter`, `$orderby`, `$select`, `$apply`: meaning, injection, limits."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from tests.local_tenant import LocalTenant
from tests.tenant.crm_client import QUOTE_CORPUS, Crm, crm, literal

MARK = "Zq"


@pytest.fixture
def client(tenant: LocalTenant) -> Crm:
    return crm(tenant)


@pytest.fixture
def few(client: Crm) -> Crm:
    """Four accounts that only this test knows."""
    rows: list[dict[str, Any]] = [
        {"name": f"{MARK} Élan", "revenue": 100, "numberofemployees": 5, "creditonhold": True, "industrycode": 1},
        {"name": f"{MARK} elan", "revenue": 2000, "numberofemployees": None, "creditonhold": False},
        {"name": f"{MARK} 100%_[x]", "revenue": 30000, "numberofemployees": 50, "accountnumber": "Q-9"},
        {"name": f"{MARK} d'Or", "revenue": None, "numberofemployees": 500, "accountnumber": "q-8"},
    ]
    for row in rows:
        client.create("accounts", row)
    return client


def found(client: Crm, condition: str) -> list[str]:
    """Short names of the accounts of `few` that fulfil a condition, in the order of entry."""
    path = f"accounts?$select=name&$filter={quote(f'startswith(name,{MARK!r}) and ({condition})')}"
    return [name.removeprefix(f"{MARK} ") for name in client.names(path)]


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        (f"name eq '{MARK} ELAN'", ["Élan", "elan"]),
        (f"name ne '{MARK} élan'", ["100%_[x]", "d'Or"]),
        (f"name eq '{MARK} d''or'", ["d'Or"]),
        ("revenue gt 100", ["elan", "100%_[x]"]),
        ("revenue ge 100 and revenue le 2000", ["Élan", "elan"]),
        ("not (revenue gt 100)", ["Élan"]),
        ("revenue eq null", ["d'Or"]),
        ("revenue ne null", ["Élan", "elan", "100%_[x]"]),
        ("revenue ne 100", ["elan", "100%_[x]", "d'Or"]),
        ("creditonhold eq true", ["Élan"]),
        ("creditonhold eq false", ["elan", "100%_[x]", "d'Or"]),
        ("creditonhold", ["Élan"]),
        ("not creditonhold", ["elan", "100%_[x]", "d'Or"]),
        ("true eq creditonhold", ["Élan"]),
        ("100 lt revenue", ["elan", "100%_[x]"]),
        ("contains(name,'ÉLA')", ["Élan", "elan"]),
        ("contains(name,'d''o')", ["d'Or"]),
        ("endswith(name,'AN')", ["Élan", "elan"]),
        ("not contains(name,'an')", ["100%_[x]", "d'Or"]),
        ("contains(name,'100[%]')", ["100%_[x]"]),
        ("contains(name,'%_')", ["Élan", "elan", "100%_[x]", "d'Or"]),
        ("contains(name,'e[kl]a')", ["Élan", "elan"]),
        ("contains(name,'e[^l]a')", []),
        ("contains(name,'[')", ["100%_[x]"]),
        ("accountnumber eq 'q-9'", ["100%_[x]"]),
        ("startswith(accountnumber,'q-')", ["100%_[x]", "d'Or"]),
        ("contains(accountnumber,'-9')", ["100%_[x]"]),
        ("industrycode eq 1", ["Élan"]),
        ("industrycode eq '1'", ["Élan"]),
        ("industrycode ne 1", ["elan", "100%_[x]", "d'Or"]),
        ("numberofemployees eq 5 or numberofemployees eq 50", ["Élan", "100%_[x]"]),
        ("(numberofemployees eq 5 or numberofemployees eq 50) and revenue lt 1000", ["Élan"]),
        ("createdon ge 2020-01-01", ["Élan", "elan", "100%_[x]", "d'Or"]),
        ("createdon lt 2020-01-01T00:00:00Z", []),
        ("numberofemployees lt revenue", ["Élan", "100%_[x]"]),
        ("owninguser/fullname eq 'nadia BENALI'", ["Élan", "elan", "100%_[x]", "d'Or"]),
        ("owninguser/businessunitid/name eq 'Contoso'", ["Élan", "elan", "100%_[x]", "d'Or"]),
        ("primarycontactid/fullname eq null", ["Élan", "elan", "100%_[x]", "d'Or"]),
        ("contains(name,'elan') eq true", ["Élan", "elan"]),
        ("contains(name,'elan') eq false", ["100%_[x]", "d'Or"]),
    ],
)
def test_conditions(few: Crm, condition: str, names: list[str]) -> None:
    assert found(few, condition) == names


@pytest.mark.parametrize(
    ("function", "names"),
    [
        ('In(PropertyName=\'numberofemployees\',PropertyValues=["5","50"])', ["Élan", "100%_[x]"]),
        ('NotIn(PropertyName=\'numberofemployees\',PropertyValues=["5","50"])', ["elan", "d'Or"]),
        ('Between(PropertyName=\'revenue\',PropertyValues=["5","2000"])', ["Élan", "elan"]),
        ('NotBetween(PropertyName=\'revenue\',PropertyValues=["5","2000"])', ["100%_[x]", "d'Or"]),
        ("EqualUserId(PropertyName='ownerid')", ["Élan", "elan", "100%_[x]", "d'Or"]),
        ("NotEqualUserId(PropertyName='ownerid')", []),
        ("EqualBusinessId(PropertyName='owningbusinessunit')", ["Élan", "elan", "100%_[x]", "d'Or"]),
        ("EqualUserOrUserTeams(PropertyName='ownerid')", ["Élan", "elan", "100%_[x]", "d'Or"]),
        ("Today(PropertyName='createdon')", ["Élan", "elan", "100%_[x]", "d'Or"]),
        ("Yesterday(PropertyName='createdon')", []),
        ("ThisYear(PropertyName='createdon')", ["Élan", "elan", "100%_[x]", "d'Or"]),
        ("LastXDays(PropertyName='createdon',PropertyValue=3)", ["Élan", "elan", "100%_[x]", "d'Or"]),
        ("OlderThanXMonths(PropertyName='createdon',PropertyValue=1)", []),
        ("OnOrAfter(PropertyName='createdon',PropertyValue='2020-01-01')", ["Élan", "elan", "100%_[x]", "d'Or"]),
        ("On(PropertyName='createdon',PropertyValue='2020-01-01')", []),
    ],
)
def test_query_functions(few: Crm, function: str, names: list[str]) -> None:
    assert found(few, f"Microsoft.Dynamics.CRM.{function}") == names


def test_query_functions_follow_the_clock(few: Crm, tenant: LocalTenant) -> None:
    yesterday = "Microsoft.Dynamics.CRM.Yesterday(PropertyName='createdon')"
    assert found(few, yesterday) == []
    tenant.control.post("/_control/clock", json={"advance_s": 86_400}).raise_for_status()
    later = crm(tenant)
    assert found(later, yesterday) == ["Élan", "elan", "100%_[x]", "d'Or"]


def test_hierarchies(client: Crm) -> None:
    top = client.create("accounts", {"name": "Top"})
    middle = client.create("accounts", {"name": "Middle", "parentaccountid@odata.bind": f"/accounts({top})"})
    client.create("accounts", {"name": "Bottom", "parentaccountid@odata.bind": f"/accounts({middle})"})
    function = "accounts?$select=name&$filter=Microsoft.Dynamics.CRM.{}(PropertyName='accountid',PropertyValue='{}')"
    assert client.names(function.format("Under", top)) == ["Middle", "Bottom"]
    assert client.names(function.format("UnderOrEqual", middle)) == ["Middle", "Bottom"]
    assert client.names(function.format("Above", middle)) == ["Top"]


def test_lambda_over_collections(client: Crm) -> None:
    busy = client.create("accounts", {"name": "Busy", "Account_Tasks": [{"subject": "a"}, {"subject": "b"}]})
    client.create("accounts", {"name": "Idle"})
    client.create("accounts", {"name": "Calm", "Account_Tasks": [{"subject": "a"}]})
    three = 'In(PropertyName=\'name\',PropertyValues=["Busy","Idle","Calm"])'
    path = f"accounts?$select=name&$orderby=name&$filter=Microsoft.Dynamics.CRM.{three} and "
    assert client.names(path + "Account_Tasks/any()") == ["Busy", "Calm"]
    assert client.names(path + "Account_Tasks/any(t:t/subject eq 'b')") == ["Busy"]
    assert client.names(path + "not Account_Tasks/any(t:t/subject eq 'b')") == ["Calm", "Idle"]
    assert client.names(path + "Account_Tasks/all(t:t/subject eq 'a')") == ["Calm", "Idle"]
    assert client.names(path + "Account_Tasks/any(t:t/owninguser/fullname eq 'Nadia Benali')") == ["Busy", "Calm"]
    assert client.get(f"accounts({busy})/Account_Tasks?$select=subject")["value"][0]["subject"] == "a"


def test_lambda_over_many_to_many(client: Crm) -> None:
    people = client.names(
        "systemusers?$select=fullname&$orderby=fullname"
        "&$filter=systemuserroles_association/any(r:r/name eq 'Administrateur système' or r/name eq 'System"
        " Administrator')",
        "fullname",
    )
    assert people == ["# Liaison", "Ingrid Solberg", "Marc Lefèvre", "Nadia Benali"]


@pytest.mark.parametrize("text", QUOTE_CORPUS)
def test_no_text_breaks_out_of_its_literal(client: Crm, text: str) -> None:
    for condition in (
        f"name eq {literal(text)}",
        f"contains(name,{literal(text.rstrip('%'))})",
        f"Microsoft.Dynamics.CRM.In(PropertyName='name',PropertyValues=[{quote(json_text(text))}])",
        f"Account_Tasks/any(t:t/subject eq {literal(text)})",
        "name eq @p1",
    ):
        answer = client.call("GET", f"accounts?$select=name&$top=1&$filter={condition}&@p1={literal(text)}")
        assert answer.status_code == 200, answer.text
        assert all(row["name"] for row in answer.json()["value"])
    assert client.call("GET", "accounts/$count").text == "600"


def json_text(text: str) -> str:
    import json

    return json.dumps(text)


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("name eqq 'x'", "Syntax error at position 5 in 'name eqq 'x''."),
        ("name eq 'x", "There is an unterminated literal at position 10 in 'name eq 'x'."),
        ("name eq", "Syntax error at position 7 in 'name eq'."),
        ("Name eq 'x'", "Could not find a property named 'Name' on type 'Microsoft.Dynamics.CRM.account'."),
        (
            "primarycontactid/nothing eq 'x'",
            "Could not find a property named 'nothing' on type 'Microsoft.Dynamics.CRM.contact'.",
        ),
        (
            "name eq 5",
            ("A binary operator with incompatible types was detected. Found operand types 'Edm.String' and 'Edm.Int32'"
            " for operator kind 'Equal'."),
        ),
        (
            "revenue gt 'much'",
            ("A binary operator with incompatible types was detected. Found operand types 'Edm.Decimal' and"
            " 'Edm.String' for operator kind 'GreaterThan'."),
        ),
        ("name", "The $filter expression must evaluate to a single boolean value."),
        ("", "The value for OData query '$filter' cannot be empty."),
        (
            "tolower(name) eq 'x'",
            "A comparison needs a property on one side.",
        ),
        (
            "length(name)",
            ("An unknown function with name 'length' was found. This may also be a function import or a key lookup on a"
            " navigation property, which is not allowed."),
        ),
        (
            "not name eq 'x'",
            ("A unary operator with an incompatible type was detected. Found operand type 'Edm.String' for operator"
            " kind 'Not'."),
        ),
        ("revenue add 1 eq 2", "The operator 'add' is not supported in a filter of this service."),
        ("primarycontactid/Contact_Tasks/any()", ("A lambda expression cannot follow a single-valued navigation"
                                                 " property.")),
        ("(" * 120 + "statecode eq 0" + ")" * 120, "Recursion limit reached."),
    ],
)  # fmt: skip
def test_filters_that_cannot_be_read(client: Crm, condition: str, message: str) -> None:
    assert client.error("GET", f"accounts?$filter={quote(condition)}") == (400, "0x80060888", message)


def test_five_hundred_conditions_at_most(client: Crm) -> None:
    def chain(count: int) -> str:
        return quote(" or ".join(["statecode eq 0"] * count))

    assert client.call("GET", f"accounts?$top=1&$select=name&$filter={chain(500)}").status_code == 200
    status, code, _ = client.error("GET", f"accounts?$filter={chain(501)}")
    assert (status, code) == (400, "0x8004430C")


def test_a_chain_of_conditions_is_no_deep_tree(client: Crm) -> None:
    chain = quote(" and ".join(["statecode ne 7"] * 400))
    assert client.call("GET", f"accounts?$top=1&$select=name&$filter={chain}").status_code == 200


def test_huge_numbers_are_no_defect(client: Crm) -> None:
    for number in ("9" * 40, "1e999", "-" + "9" * 40):
        assert client.error("GET", f"accounts?$filter=numberofemployees eq {number}")[:2] == (400, "0x80060888")


def test_parameter_aliases(client: Crm) -> None:
    path = "accounts?$select=name&$filter=name eq @p1 and statecode eq @p2&@p1='Northwind Traders'&@p2=0"
    assert client.names(path) == ["Northwind Traders"]
    assert client.names("accounts?$select=name&$filter=name eq @nobody") == []


def test_plus_and_percent_24_are_understood(client: Crm) -> None:
    path = "accounts?%24select=name&%24filter=name+eq+'Northwind+Traders'"
    assert client.names(path) == ["Northwind Traders"]
    client.create("accounts", {"name": "A+B"})
    assert client.names("accounts?$select=name&$filter=name eq 'A%2BB'") == ["A+B"]


def test_select_may_hold_line_breaks_and_tabs(client: Crm) -> None:
    """As Microsoft's own script asks for links."""
    names = quote("msdyn_teamscollaborationid,msdyn_channelname,\n\t\tmsdyn_teamname,\n    msdyn_channelid", safe=",")
    condition = quote(
        "regardingobjectid eq 5f0c0000-0000-0000-0000-000000000000 and regardingobjecttypename eq 'account'"
    )
    assert (
        client.rows(f"msdyn_teamscollaborations?$filter={condition}\n    &$select={names}".replace("\n", "%0A")) == []
    )


def test_guids_may_be_quoted(client: Crm) -> None:
    one = client.rows("accounts?$select=name&$top=1")[0]
    for form in (one["accountid"], f"'{one['accountid']}'", one["accountid"].upper(), f"'{{{one['accountid']}}}'"):
        assert client.names(f"accounts?$select=name&$filter=accountid eq {form}") == [one["name"]]


def test_unknown_select_fails_the_whole_request(client: Crm) -> None:
    assert client.error("GET", "organizations?$select=name,isonedriveintegrationenabled") == (
        400,
        "0x80060888",
        (
            "Could not find a property named 'isonedriveintegrationenabled' on type"
            " 'Microsoft.Dynamics.CRM.organization'."
        ),
    )


@pytest.mark.parametrize("option", ["$skip=1", "$search=x", "$format=json", "$unknown=1"])
def test_options_the_service_lacks(client: Crm, option: str) -> None:
    name = option.partition("=")[0]
    assert client.error("GET", f"accounts?{option}") == (
        400,
        "0x80060888",
        f"The query parameter {name} is not supported",
    )


@pytest.mark.parametrize(
    "option", ["$top=-1", "$top=x", "$count=maybe", "$orderby=name sideways", "$select=name&$select=x"]
)
def test_options_with_wrong_values(client: Crm, option: str) -> None:
    assert client.error("GET", f"accounts?{option}")[:2] == (400, "0x80060888")


def test_order_by_several_columns_and_through_lookups(client: Crm) -> None:
    rows = client.rows("accounts?$select=industrycode,name&$orderby=industrycode desc,name&$top=40")
    keys = [(-row["industrycode"], row["name"].casefold()) for row in rows]
    assert [code for code, _ in keys] == sorted(code for code, _ in keys)
    ordered = client.rows(
        "opportunities?$select=name&$orderby=parentaccountid/name&$top=30&$expand=parentaccountid($select=name)"
    )
    parents = [row["parentaccountid"]["name"] for row in ordered]
    assert parents[0] <= parents[-1]


def test_order_ignores_case_and_accents(client: Crm) -> None:
    for name in ("zzeta", "Zzebra", "ZZÉNITH"):
        client.create("accounts", {"name": name})
    assert client.names("accounts?$select=name&$filter=startswith(name,'zz')&$orderby=name") == [
        "Zzebra",
        "ZZÉNITH",
        "zzeta",
    ]


def test_apply_groups_and_sums(client: Crm) -> None:
    for state, value in ((0, 10), (0, 20), (1, 5)):
        made = client.create("contoso_visits", {"contoso_name": f"Apply {state} {value}"})
        if state:
            client.patch(f"contoso_visits({made})", {"statecode": 1})
    path = (
        "contoso_visits?$apply=filter(startswith(contoso_name,'Apply'))/groupby((statecode),aggregate($count as n,"
        "contoso_name with countdistinct as names))&$orderby=statecode desc"
    )
    answer = client.get(path, Prefer='odata.include-annotations="*"')
    assert answer["@odata.context"] == f"{client.root}/$metadata#contoso_visits"
    plain = [{name: row[name] for name in ("statecode", "n", "names")} for row in answer["value"]]
    assert plain == [{"statecode": 1, "n": 1, "names": 1}, {"statecode": 0, "n": 2, "names": 2}]
    assert answer["value"][0]["statecode@OData.Community.Display.V1.FormattedValue"] == "Inactive"


def test_apply_over_everything(client: Crm) -> None:
    row = client.rows("accounts?$apply=aggregate(revenue with sum as total,revenue with max as most,$count as n)")[0]
    assert row["n"] == 600
    assert row["most"] <= row["total"]
    assert client.error("GET", "accounts?$apply=aggregate(name with sum as x)")[0] == 400
    assert client.error("GET", "accounts?$apply=rollup((a,b))")[:2] == (400, "0x80060888")


def test_localized_names_follow_the_user(tenant: LocalTenant) -> None:
    path = "savedqueries?$select=name&$filter=returnedtypecode eq 'opportunity'&$orderby=name"
    french, english = crm(tenant, "Hugo").names(path), crm(tenant, "Oliver").names(path)
    assert "Mes opportunités ouvertes" in french
    assert "My Open Opportunities" in english
    assert "All Opportunities" in english
    only = "savedqueries?$select=name&$filter=name eq 'Mes opportunités ouvertes'"
    assert len(crm(tenant, "Hugo").names(only)) == 1
    assert crm(tenant, "Oliver").names(only) == []
