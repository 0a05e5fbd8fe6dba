"""Questions that must not grow with the table: each is answered by an index."""

# ruff: noqa: S608 - names of our own tables.
from __future__ import annotations

import pytest

from liaison.tenant.dataverse.odata.options import read_query
from liaison.tenant.dataverse.sql.ordering import order_by
from liaison.tenant.dataverse.sql.query import plan_list
from liaison.tenant.dataverse.sql.scope import Scope
from liaison.tenant.estate import Estate
from liaison.tenant.estate.crm.environments import find_environment, read_model
from liaison.tenant.estate.crm.model import sql_name
from liaison.tenant.estate.crm.principals import read_principal
from tests.local_tenant import LocalTenant
from tests.tenant.crm_client import crm

NOBODY = "00000000-0000-0000-0000-000000000001"


def steps(estate: Estate, given: str, table: str, options: dict[str, str]) -> list[str]:
    """How SQLite would walk through a list of a table asked by a person."""
    state = find_environment(estate, "contoso-sales")
    assert state is not None
    user_id = estate.db.value(
        f"SELECT systemuserid FROM {sql_name(state.key, 'systemuser')} WHERE firstname = ?", (given,)
    )
    user = read_principal(estate, state, user_id)
    assert user is not None
    model = read_model(estate, state)
    plan = plan_list(Scope(model, user, estate.clock.now()), model.tables[table], read_query(options))
    where = f" WHERE {plan.condition}" if plan.condition else ""
    rows = estate.db.rows(
        f"EXPLAIN QUERY PLAN SELECT {plan.shape.select} FROM {plan.source}{where} {order_by(plan.sortings)} LIMIT 51",
        (*plan.source_values, *plan.values),
    )
    return [row["detail"] for row in rows]


@pytest.mark.parametrize(
    ("table", "options"),
    [
        ("sharepointdocumentlocation", {"$filter": "absoluteurl ne null"}),
        ("sharepointdocumentlocation", {"$filter": "absoluteurl ne null", "$orderby": "name"}),
        ("sharepointdocumentlocation", {"$filter": f"_regardingobjectid_value eq {NOBODY}"}),
        ("sharepointdocumentlocation", {"$filter": "startswith(name,'emplacement')"}),
        ("sharepointsite", {"$filter": "statecode eq 0"}),
        ("msdyn_teamscollaboration", {"$filter": f"regardingobjectid eq {NOBODY} and regardingobjecttypecode eq 3"}),
        ("msdyn_teamscollaboration", {"$filter": f"msdyn_groupid eq {NOBODY}"}),
        ("msdyn_teamscollaboration", {"$filter": "modifiedon ge 2027-01-01", "$orderby": "modifiedon"}),
        ("account", {"$filter": "name eq 'x'"}),
        ("account", {"$filter": "accountnumber eq 'x'"}),
        ("account", {"$filter": f"accountid eq {NOBODY}"}),
        ("opportunity", {"$filter": f"_parentaccountid_value eq {NOBODY}"}),
        ("systemuser", {"$filter": f"azureactivedirectoryobjectid eq {NOBODY}"}),
        ("savedquery", {"$filter": "returnedtypecode eq 'account'"}),
    ],
)
@pytest.mark.parametrize("given", ["Nadia", "Claire"])
def test_selective_questions_use_an_index(tenant: LocalTenant, given: str, table: str, options: dict[str, str]) -> None:
    first = tenant.ask(lambda estate: steps(estate, given, table, options))[0]
    assert first.startswith("SEARCH a USING") or first == "MULTI-INDEX OR", first


@pytest.mark.parametrize("order", ["name", "name desc"])
def test_a_page_in_the_order_of_an_index_needs_no_sorting(tenant: LocalTenant, order: str) -> None:
    for table in ("account", "opportunity", "sharepointdocumentlocation"):
        found = tenant.ask(lambda estate, table=table: steps(estate, "Nadia", table, {"$orderby": order}))
        assert not any("TEMP B-TREE" in step for step in found), found


def test_the_first_page_of_a_table_needs_no_sorting(tenant: LocalTenant) -> None:
    for given in ("Nadia", "Claire"):
        found = tenant.ask(lambda estate, given=given: steps(estate, given, "account", {}))
        assert not any("TEMP B-TREE" in step for step in found), found


def test_parts_of_names_are_found_through_the_search_index(tenant: LocalTenant) -> None:
    """As long as rows come, change and go, the index says what walking the table would."""
    client = crm(tenant)
    path = "accounts?$select=name&$orderby=name&$filter=contains(name,'{}')"
    made = client.create("accounts", {"name": 'Xylo"phone Éternel'})
    other = client.create("accounts", {"name": "Xylograph"})
    assert client.names(path.format("XYLO")) == ['Xylo"phone Éternel', "Xylograph"]
    assert client.names(path.format('o"p')) == ['Xylo"phone Éternel']
    assert client.names(path.format("e eter")) == ['Xylo"phone Éternel']
    client.patch(f"accounts({made})", {"name": "Renamed"})
    assert client.names(path.format("xylo")) == ["Xylograph"]
    assert client.names("accounts?$select=name&$filter=not contains(name,'e')&$top=1") != ["Renamed"]
    client.delete(f"accounts({other})")
    assert client.names(path.format("xylo")) == []
    xml = '<fetch><entity name="account"><attribute name="name"/><filter><condition attribute="name" operator="{}"'
    for operator, value in (("like", "%enam%"), ("like", "rena%"), ("begins-with", "rena"), ("like", "%named")):
        rest = f' value="{value}"/></filter></entity></fetch>'
        rows = client.fetch("accounts", xml.format(operator) + rest)["value"]
        assert "Renamed" in [row["name"] for row in rows], (operator, value)
    found = tenant.ask(lambda estate: contains_steps(estate, "northwind"))
    assert any("VIRTUAL TABLE INDEX" in step for step in found), found
    frequent = tenant.ask(lambda estate: contains_steps(estate, "no"))
    assert not any("VIRTUAL TABLE INDEX" in step for step in frequent), frequent


def contains_steps(estate: Estate, text: str) -> list[str]:
    state = find_environment(estate, "contoso-sales")
    assert state is not None
    user_id = estate.db.value(f"SELECT systemuserid FROM {sql_name(state.key, 'systemuser')} WHERE firstname = 'Nadia'")
    user = read_principal(estate, state, user_id)
    assert user is not None
    model = read_model(estate, state)
    options = read_query({"$filter": f"contains(name,'{text}')"})
    plan = plan_list(Scope(model, user, estate.clock.now(), estate.db.value), model.tables["account"], options)
    rows = estate.db.rows(
        f"EXPLAIN QUERY PLAN SELECT 1 FROM {plan.source} WHERE {plan.condition}", (*plan.source_values, *plan.values)
    )
    return [row["detail"] for row in rows]
