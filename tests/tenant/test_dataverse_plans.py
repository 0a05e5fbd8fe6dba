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
