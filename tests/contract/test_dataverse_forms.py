"""Forms, recent records and sorted grids of the local tenant, as the product's adapters read them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from liaison.dataverse.crm import DataverseCrm
from liaison.domain.crm import Order
from liaison.domain.form import Change, FieldKind, Form, FormField
from liaison.domain.names import EnvironmentKey, RecordRef, RowId, TableName, ViewKind
from liaison.errors import PrivilegeMissing, RecordChanged, RecordUnknown
from tests.contract.product import Product

pytestmark = pytest.mark.anyio

SALES = EnvironmentKey("contoso-sales")
OPPORTUNITY, ACCOUNT, CASE = TableName("opportunity"), TableName("account"), TableName("incident")


async def northwind(crm: DataverseCrm) -> RecordRef:
    return (await crm.find_records(OPPORTUNITY, "Northwind renewal"))[0].ref


def field(form: Form, name: str) -> FormField:
    return next(one for one in form.fields if one.name == name)


async def test_a_form_says_what_each_column_takes(product: Product) -> None:
    crm = product.crm(await product.person("Claire"))
    form = await crm.read_form(await northwind(crm))
    assert (form.title, form.may_write, form.fields[0].name) == ("Northwind renewal", True, "name")
    name, value, closing = (field(form, one) for one in ("name", "estimatedvalue", "estimatedclosedate"))
    assert (name.kind, name.is_required, name.longest, name.is_editable) == (FieldKind.TEXT, True, 300, True)
    assert (value.kind, float(value.value), value.precision, value.lowest is not None) == (
        FieldKind.DECIMAL,
        120_000.0,
        2,
        True,
    )
    assert (closing.kind, len(closing.value), closing.is_editable) == (FieldKind.DATE, 10, True)
    owner, reason = field(form, "ownerid"), field(form, "statuscode")
    assert (owner.kind, owner.text, owner.is_editable) == (FieldKind.OTHER, "Claire Fontaine", False)
    assert not reason.is_editable


async def test_choices_are_in_the_persons_language(product: Product) -> None:
    found = []
    for given in ("Oliver", "Hugo"):
        crm = product.crm(await product.person(given))
        ref = (await crm.list_recent((CASE, ACCOUNT, OPPORTUNITY)))[0].ref
        form = await crm.read_form(RecordRef(SALES, ref.table, ref.id))
        found.append({option.label for one in form.fields for option in one.options})
    assert found[0] != found[1] or not any(found)


async def test_somebody_who_may_only_read_gets_a_form_without_inputs(product: Product) -> None:
    claire = product.crm(await product.person("Claire"))
    ref = await northwind(claire)
    hugo = product.crm(await product.person("Hugo"))
    try:
        form = await hugo.read_form(ref)
    except (PrivilegeMissing, RecordUnknown):
        pytest.skip("Hugo may not read it at all")
    assert not form.may_write
    assert not any(one.is_editable for one in form.fields)
    with pytest.raises(PrivilegeMissing):
        await hugo.update_record(ref, (Change("name", "Mine now"),), form.version)


async def test_a_change_is_written_once_and_a_second_from_the_same_version_is_refused(product: Product) -> None:
    crm = product.crm(await product.person("Claire"))
    ref = await northwind(crm)
    form = await crm.read_form(ref)
    changes = (Change("name", "Northwind renewal 2"), Change("estimatedvalue", 99_000.5), Change("description", None))
    await crm.update_record(ref, changes[:2], form.version)
    after = await crm.read_form(ref)
    assert (after.title, float(field(after, "estimatedvalue").value)) == ("Northwind renewal 2", 99_000.5)
    assert after.version != form.version
    with pytest.raises(RecordChanged):
        await crm.update_record(ref, (Change("name", "Too late"),), form.version)
    assert (await crm.read_form(ref)).title == "Northwind renewal 2"


async def test_a_record_that_is_gone_has_no_form(product: Product) -> None:
    crm = product.crm(await product.person("Claire"))
    nowhere = RecordRef(SALES, OPPORTUNITY, RowId("00000000-0000-0000-0000-000000000009"))
    with pytest.raises(RecordUnknown):
        await crm.read_form(nowhere)
    with pytest.raises(RecordUnknown):
        await crm.update_record(nowhere, (Change("name", "x"),), 'W/"1"')


async def test_what_was_opened_comes_first_then_what_was_changed(product: Product) -> None:
    crm = product.crm(await product.person("Claire"))
    recent = await crm.list_recent((OPPORTUNITY, ACCOUNT), 10)
    assert recent[0].title == "Northwind renewal"
    assert len(recent) == 10
    assert len({record.ref for record in recent}) == 10
    assert {record.ref.table for record in recent} <= {OPPORTUNITY, ACCOUNT}
    only = await crm.list_recent((ACCOUNT,), 3)
    assert {record.ref.table for record in only} == {ACCOUNT}
    assert await crm.list_recent((), 3) == ()


async def test_a_grid_is_sorted_by_any_of_its_columns_across_its_pages(product: Product) -> None:
    crm = product.crm(await product.person("Claire"))
    view = (await crm.list_views(OPPORTUNITY))[0]
    assert view.kind is ViewKind.SYSTEM
    for descending in (False, True):
        order = Order("estimatedvalue", descending)
        first = await crm.read_grid(view, size=20, order=order)
        second = await crm.read_grid(view, size=20, order=order, page=first.next_page)
        place = [column.name for column in first.columns].index("estimatedvalue")
        shown = [row.cells[place].text for row in (*first.rows, *second.rows)]
        amounts = [float("".join(letter for letter in text if letter.isdigit() or letter == ".")) for text in shown]
        assert amounts == sorted(amounts, reverse=descending)
        assert len({row.record.id for row in (*first.rows, *second.rows)}) == 40


async def test_an_order_by_a_column_that_the_view_lacks_is_not_followed(product: Product) -> None:
    crm = product.crm(await product.person("Claire"))
    view = (await crm.list_views(OPPORTUNITY))[0]
    plain = await crm.read_grid(view, size=5)
    assert replace(await crm.read_grid(view, size=5, order=Order("nosuch'column"))) == plain
