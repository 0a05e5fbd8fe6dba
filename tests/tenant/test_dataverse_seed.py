"""What a new tenant's CRM holds."""

# ruff: noqa: S608 - names of our own tables.
from __future__ import annotations

import time
from pathlib import Path

from liaison.tenant import dataverse, graph
from liaison.tenant.estate import Estate, open_estate, switches
from liaison.tenant.estate.crm.fold import fold
from liaison.tenant.estate.crm.model import sql_name
from liaison.tenant.seeds import crm as crm_seed
from liaison.tenant.seeds.company import PEOPLE
from tests.local_tenant import LocalTenant
from tests.tenant.crm_client import crm


def empty_estate(folder: Path) -> Estate:
    estate = open_estate(folder, 7)
    graph.prepare(estate)
    switches.create_tables(estate)
    dataverse.prepare(estate)
    return estate


def count(estate: Estate, table: str, environment: str = "contoso-sales") -> int:
    return int(estate.db.value(f"SELECT count(*) FROM {sql_name(environment, table)}"))


def test_enough_rows_to_look_real(tenant: LocalTenant) -> None:
    client = crm(tenant)
    names = ["account", "contact", "opportunity", "incident", "lead", "quote", "task", "annotation", "contoso_visit"]
    answer = client.get(f"RetrieveTotalRecordCount(EntityNames={names})".replace(" ", ""))
    counts = dict(zip(names, answer["EntityRecordCountCollection"]["Values"], strict=True))
    assert counts == {
        "account": 600, "contact": 1500, "opportunity": 800, "incident": 500, "lead": 400, "quote": 240, "task": 360,
        "annotation": 240, "contoso_visit": 60,
    }  # fmt: skip


def test_the_deal_of_the_demonstration(tenant: LocalTenant) -> None:
    deal = crm(tenant, "Claire").rows(
        "opportunities?$select=name,estimatedvalue,statecode&$filter=name eq 'Northwind renewal'"
        "&$expand=owninguser($select=fullname),parentaccountid($select=name;$expand=primarycontactid($select=fullname))"
    )
    assert len(deal) == 1
    assert deal[0]["owninguser"]["fullname"] == "Claire Fontaine"
    assert deal[0]["parentaccountid"]["name"] == "Northwind Traders"
    assert deal[0]["parentaccountid"]["primarycontactid"]["fullname"]
    assert deal[0]["statecode"] == 0


def test_users_are_the_people_with_a_crm_role(tenant: LocalTenant) -> None:
    rows = crm(tenant).rows("systemusers?$select=fullname,isdisabled,islicensed&$filter=applicationid eq null")
    assert {row["fullname"] for row in rows} == {person.name for person in PEOPLE if person.crm_roles}
    assert [row["fullname"] for row in rows if row["isdisabled"]] == ["Victor Nilsson"]


def test_apps_and_what_they_show(tenant: LocalTenant) -> None:
    client = crm(tenant, "Oliver")
    apps = {row["uniquename"]: row for row in client.rows("appmodules?$select=name,uniquename,clienttype")}
    assert {row["name"] for row in apps.values()} == {
        "Sales Hub", "Customer Service Hub", "Field Service", "Contoso Visits",
    }  # fmt: skip
    tables = {row["MetadataId"]: row["LogicalName"] for row in client.rows("EntityDefinitions?$select=LogicalName")}
    own = apps["contoso_visits"]["appmoduleid"]
    shown = client.rows(f"appmodulecomponents?$select=objectid&$filter=_appmoduleidunique_value eq {own} and"
                        " componenttype eq 1")  # fmt: skip
    assert {tables[row["objectid"]] for row in shown} == {"contoso_visit", "account", "contact"}
    site_map = client.rows("sitemaps?$select=sitemapxml&$filter=sitemapnameunique eq 'contoso_visits'")[0]
    assert 'Entity="contoso_visit"' in site_map["sitemapxml"]


def test_both_environments_start_with_teams_off(tenant: LocalTenant) -> None:
    for service in (False, True):
        row = crm(tenant, service=service).rows(
            "organizations?$select=ismsteamsenabled,ismsteamscollaborationenabled,ismsteamsusersyncenabled,"
            "sharepointdeploymenttype"
        )[0]
        assert (row["ismsteamsenabled"], row["ismsteamscollaborationenabled"]) == (False, False)
        assert (row["ismsteamsusersyncenabled"], row["sharepointdeploymenttype"]) == (False, 0)


def test_reset_brings_the_seed_back(tenant: LocalTenant) -> None:
    client = crm(tenant)
    client.create("accounts", {"name": "Passing"})
    definition = client.get("EntityDefinitions(LogicalName='contact')")
    definition["IsDocumentManagementEnabled"] = True
    client.call("PUT", f"EntityDefinitions({definition['MetadataId']})", definition)
    tenant.reset()
    client = crm(tenant)
    assert client.rows("accounts?$filter=name eq 'Passing'") == []
    flag = client.get("EntityDefinitions(LogicalName='contact')?$select=IsDocumentManagementEnabled")
    assert flag["IsDocumentManagementEnabled"] is False


def test_two_seeds_are_alike_and_quick(tmp_path: Path) -> None:
    found: list[list[tuple[object, ...]]] = []
    for name in ("one", "two"):
        estate = empty_estate(tmp_path / name)
        started = time.process_time()
        with estate.db.change():
            crm_seed.seed(estate)
        spent_s = time.process_time() - started
        rows = estate.db.rows(
            f"SELECT opportunityid, name, ownerid, estimatedvalue FROM {sql_name('contoso-sales', 'opportunity')}"
        )
        found.append([tuple(row) for row in rows])
        estate.db.close()
        assert spent_s < 2.0  # a budget for slow machines; measured 0.3
    assert found[0] == found[1]


def test_scale_adds_accounts_each_with_a_location_in_the_folder_of_its_city(tmp_path: Path) -> None:
    plain, estate = empty_estate(tmp_path / "plain"), empty_estate(tmp_path / "scaled")
    for made, scale in ((plain, 0), (estate, 2_000)):
        with made.db.change():
            crm_seed.seed(made, scale=scale)
    account, location = (sql_name("contoso-sales", name) for name in ("account", "sharepointdocumentlocation"))
    assert count(estate, "account") - count(plain, "account") == 2_000
    locations = [count(made, "sharepointdocumentlocation") for made in (plain, estate)]
    assert locations[1] - locations[0] == 2_000 + 12
    assert (
        estate.db.value(
            f"SELECT count(*) FROM {location} l JOIN {account} a ON a.accountid = l.regardingobjectid"
            f" JOIN {location} f ON f.sharepointdocumentlocationid = l.parentsiteorlocation"
            " AND f.name = a.address1_city"
            f" JOIN {location} library ON library.sharepointdocumentlocationid = f.parentsiteorlocation"
            ' JOIN "contoso-sales.sharepointsite" s ON s.sharepointsiteid = library.parentsiteorlocation'
            " WHERE l.sharepointdocumentlocationid LIKE '5ca1e001%'"
        )
        == 2_000
    )
    assert estate.db.value(f"SELECT count(DISTINCT name) FROM {account} WHERE accountid LIKE '5ca1e000%'") == 2_000
    names = [tuple(row) for row in estate.db.rows(f"SELECT name, name__fold FROM {account}")]
    assert [folded for _, folded in names] == [fold(name) for name, _ in names]
    schema = "SELECT name, sql FROM sqlite_master ORDER BY name"
    assert [tuple(row) for row in estate.db.rows(schema)] == [tuple(row) for row in plain.db.rows(schema)]
    for made in (plain, estate):
        made.db.close()
