"""Apps, tables, views, grids and records as people of the seed see them."""

from __future__ import annotations

import pytest

from liaison.dataverse.crm import DataverseCrm
from liaison.domain.crm import Grid, View
from liaison.domain.names import EnvironmentKey, RecordRef, RowId, TableName, ViewId, ViewKind
from liaison.errors import (
    InputInvalid,
    LicenceMissing,
    RecordUnknown,
    TableUnknown,
    UpstreamThrottled,
    UpstreamUnavailable,
    ViewUnknown,
)
from tests.contract.product import Product
from tests.contract.tenant_process import Tenant

pytestmark = pytest.mark.anyio

SALES = EnvironmentKey("contoso-sales")
OPPORTUNITY, ACCOUNT = TableName("opportunity"), TableName("account")
NOWHERE = RowId("00000000-0000-0000-0000-000000000009")


async def default_view(crm: DataverseCrm, table: TableName) -> View:
    return (await crm.list_views(table))[0]


async def whole_grid(crm: DataverseCrm, view: View, search: str = "", size: int = 50) -> list[Grid]:
    pages = [await crm.read_grid(view, search, "", size)]
    while pages[-1].next_page:
        pages.append(await crm.read_grid(view, search, pages[-1].next_page, size))
    return pages


async def test_a_person_is_known_with_their_roles(product: Product) -> None:
    nadia, oliver = await product.person("Nadia"), await product.person("Oliver")
    administrator = await product.crm(nadia).read_person()
    assert (administrator.name, administrator.is_system_administrator) == ("Nadia Benali", True)
    seller = await product.crm(oliver).read_person()
    assert (seller.name, seller.roles, seller.is_system_administrator) == ("Oliver Grant", ("Salesperson",), False)


@pytest.mark.statement("S06", "F13")
async def test_somebody_outside_the_environment_lacks_a_licence(product: Product) -> None:
    lukas = await product.person("Lukas")
    with pytest.raises(LicenceMissing):
        await product.crm(lukas).read_person()


async def test_apps_show_their_tables_in_the_order_of_their_site_maps(product: Product) -> None:
    apps = await product.crm(await product.person("Nadia")).list_apps()
    names = [app.unique_name for app in apps]
    assert len(set(names)) == len(names) >= 1
    sales = next(app for app in apps if "opportunity" in app.tables)
    assert {"account", "contact", "opportunity"} <= set(sales.tables)
    assert len(set(sales.tables)) == len(sales.tables)


async def test_a_table_is_named_in_the_persons_language(product: Product) -> None:
    english, french = await product.person("Oliver"), await product.person("Hugo")
    table = await product.crm(english).read_table(OPPORTUNITY)
    assert (table.label, table.plural) == ("Opportunity", "Opportunities")
    assert (table.set_name, table.type_code, table.id_column, table.name_column) == (
        "opportunities",
        3,
        "opportunityid",
        "name",
    )
    assert table.document_management
    assert (await product.crm(french).read_table(OPPORTUNITY)).label == "Opportunité"


@pytest.mark.parametrize("name", ["nosuchtable", "Opportunity'", "a' or 1 eq 1 or 'a", "", "../accounts", "é"])
async def test_a_table_that_is_none_is_unknown(product: Product, name: str) -> None:
    crm = product.crm(await product.person("Claire"))
    with pytest.raises(TableUnknown):
        await crm.read_table(TableName(name))


async def test_tables_are_listed_in_the_order_asked_without_those_that_are_none(product: Product) -> None:
    crm = product.crm(await product.person("Claire"))
    asked = [TableName(name) for name in ("opportunity", "nosuchtable", "account", "bad'name", "contact", "account")]
    assert [table.name for table in await crm.list_tables(asked)] == ["opportunity", "account", "contact"]
    assert await crm.list_tables([]) == ()


async def test_views_begin_with_the_default_one(product: Product) -> None:
    views = await product.crm(await product.person("Oliver")).list_views(OPPORTUNITY)
    assert [view.is_default for view in views] == [True] + [False] * (len(views) - 1)
    assert views[0].kind is ViewKind.SYSTEM
    assert {view.table for view in views} == {OPPORTUNITY}
    kinds = [view.kind for view in views]
    assert kinds == sorted(kinds, key=lambda kind: kind is ViewKind.PERSONAL)


async def test_a_grid_shows_the_views_columns_with_labels_and_links(product: Product) -> None:
    crm = product.crm(await product.person("Claire"))
    grid = await crm.read_grid(await default_view(crm, OPPORTUNITY), size=10)
    assert len(grid.rows) == 10
    labels = {column.name: column.label for column in grid.columns}
    assert labels["customerid"] not in {"customerid", ""}
    place = [column.name for column in grid.columns].index("customerid")
    row = next(row for row in grid.rows if row.cells[place].target)
    target = row.cells[place].target
    assert target is not None
    assert (target.environment, target.table in {"account", "contact"}) == (SALES, True)
    assert row.cells[place].text
    assert row.title == row.cells[[column.name for column in grid.columns].index("name")].text
    assert row.record.table == OPPORTUNITY


async def test_labels_of_columns_follow_the_persons_language(product: Product) -> None:
    labels = []
    for given in ("Oliver", "Hugo"):
        crm = product.crm(await product.person(given))
        grid = await crm.read_grid(await default_view(crm, ACCOUNT), size=1)
        labels.append([column.label for column in grid.columns])
    assert labels[0] != labels[1]
    assert len(labels[0]) == len(labels[1])


async def test_pages_of_a_grid_follow_one_another_to_the_end(product: Product) -> None:
    crm = product.crm(await product.person("Nadia"))
    view = await default_view(crm, TableName("competitor"))
    one = [row.record.id for page in await whole_grid(crm, view, size=250) for row in page.rows]
    many = await whole_grid(crm, view, size=3)
    assert [row.record.id for page in many for row in page.rows] == one
    assert len(set(one)) == len(one) > 3
    assert {len(page.rows) for page in many[:-1]} == {3}
    assert many[0].total == len(one)


@pytest.mark.parametrize("mark", ["nonsense", "WzIsICI8Y29va2llIl0"])
async def test_a_page_mark_that_is_not_ours_is_refused_or_harmless(product: Product, mark: str) -> None:
    crm = product.crm(await product.person("Claire"))
    view = await default_view(crm, ACCOUNT)
    if mark == "nonsense":
        with pytest.raises(InputInvalid):
            await crm.read_grid(view, page=mark)


@pytest.mark.parametrize("name", ["R&D_Services [Lyon]", "50 % Remise SARL", "L'Atelier d'Élodie", "O'Brien & Sons"])
async def test_a_search_finds_names_with_every_sign_in_them(product: Product, name: str) -> None:
    crm = product.crm(await product.person("Nadia"))
    view = next(view for view in await crm.list_views(ACCOUNT) if "All" in view.name or "Tous" in view.name)
    for text in (name, name[1:-1], f"  {name.upper()}  "):
        titles = {row.title for page in await whole_grid(crm, view, text) for row in page.rows}
        assert titles == {name}
    assert [record.title for record in await crm.find_records(ACCOUNT, name)] == [name]
    assert name in [record.title for record in await crm.find_records(ACCOUNT, name[1:-1])]


INJECTIONS = [
    "zzz' or 1 eq 1 or 'a' eq 'b",
    "zzz'' or 1=1 or ''a''=''",
    "' or name ne '",
    "%' or 1 eq 1--",
    "%",
    "_",
    "[a-z]",
    "[^a]",
    '"/><condition attribute="name" operator="not-null"/>',
    "]]></value>",
    "&lt;&amp;",
    "%27 or 1 eq 1",
    "\u2019 or 1 eq 1",
    "x\u0000y",
    "x\ny",
    "a" * 300,
    "$filter=1 eq 1&$top=5",
    "'); DROP TABLE account;--",
]


@pytest.mark.parametrize("text", INJECTIONS)
async def test_a_search_text_is_never_more_than_a_text(product: Product, text: str) -> None:
    crm = product.crm(await product.person("Nadia"))
    view = await default_view(crm, ACCOUNT)
    plain = "".join(letter for letter in text if letter.isprintable()).strip().casefold()
    for page in await whole_grid(crm, view, text):
        assert all(plain in row.title.casefold() for row in page.rows)
    for record in await crm.find_records(ACCOUNT, text):
        assert text.strip().casefold() in record.title.casefold()


async def test_a_view_that_is_none_is_unknown(product: Product) -> None:
    crm = product.crm(await product.person("Claire"))
    for view_id in (NOWHERE, "no guid"):
        for kind in ViewKind:
            with pytest.raises(ViewUnknown):
                await crm.read_grid(View(ViewId(view_id), kind, ACCOUNT, "", is_default=False))


async def test_a_record_is_read_with_what_matters(product: Product) -> None:
    crm = product.crm(await product.person("Claire"))
    row = (await crm.read_grid(await default_view(crm, OPPORTUNITY), size=1)).rows[0]
    record = await crm.read_record(row.record)
    assert (record.ref, record.title) == (row.record, row.title)
    assert record.stage
    assert record.owner
    labels = [field.label for field in record.fields]
    assert len(set(labels)) == len(labels) >= 5
    assert any(field.cell.target and field.cell.target.table in {"account", "contact"} for field in record.fields)
    braced = RecordRef(SALES, OPPORTUNITY, RowId(f"{{{row.record.id.upper()}}}"))
    assert (await crm.read_record(braced)).ref == row.record


@pytest.mark.parametrize("row_id", [NOWHERE, "no guid", "", "1) or (1"])
async def test_a_record_that_is_none_is_unknown(product: Product, row_id: str) -> None:
    crm = product.crm(await product.person("Claire"))
    with pytest.raises(RecordUnknown):
        await crm.read_record(RecordRef(SALES, OPPORTUNITY, RowId(row_id)))
    assert await crm.find_records(OPPORTUNITY, row_id) == ()


async def test_a_record_is_found_by_id_by_name_and_by_part_of_its_name(product: Product) -> None:
    crm = product.crm(await product.person("Nadia"))
    row = (await crm.read_grid(await default_view(crm, ACCOUNT), "Northwind", size=1)).rows[0]
    assert [record.ref for record in await crm.find_records(ACCOUNT, f"{{{row.record.id}}}")] == [row.record]
    assert row.record in [record.ref for record in await crm.find_records(ACCOUNT, row.title)]
    assert row.record in [record.ref for record in await crm.find_records(ACCOUNT, "orthwin")]
    assert len(await crm.find_records(ACCOUNT, "a", limit=4)) == 4


@pytest.mark.statement("S43")
async def test_environments_are_apart(product: Product) -> None:
    nadia = await product.person("Nadia")
    sales, service = product.crm(nadia, 0), product.crm(nadia, 1)
    row = (await sales.read_grid(await default_view(sales, ACCOUNT), size=1)).rows[0]
    assert (await service.read_person()).name == "Nadia Benali"
    found = (await service.read_grid(await default_view(service, ACCOUNT), size=1)).rows[0]
    assert found.record.environment == "contoso-service"
    assert row.record.environment == "contoso-sales"


async def test_an_outage_and_a_limit_name_the_service(product: Product, tenant: Tenant) -> None:
    crm = product.crm(await product.person("Claire"))
    await crm.read_table(ACCOUNT)
    tenant.fail("GET", "/api/data/v9.2/**", "before", {"status": 429, "headers": {"Retry-After": "4"}})
    with pytest.raises(UpstreamThrottled) as limited:
        await crm.list_views(ACCOUNT)
    assert (limited.value.service, limited.value.wait_s) == ("dataverse", 4.0)


async def test_a_service_that_is_down_is_said_to_be_down(product: Product, tenant: Tenant) -> None:
    crm = product.crm(await product.person("Claire"))
    tenant.switch(dataverse__unavailable=True)
    with pytest.raises(UpstreamUnavailable) as down:
        await crm.list_views(ACCOUNT)
    assert (down.value.service, down.value.retry_after_s) == ("dataverse", 1.0)
