"""Views tied to channels: rows by type code, sharing of a personal view, and nothing mixed up with records."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from liaison.dataverse.client import Call, DataverseClient
from liaison.dataverse.errors import Subject
from liaison.domain.crm import View
from liaison.domain.link import Link
from liaison.domain.names import LinkId, Person, PersonId, RecordRef, RowId, ViewId, ViewKind, ViewRef
from liaison.errors import PrivilegeMissing, ViewUnknown
from liaison.tenant.seeds import company
from tests.contract.product import Product
from tests.contract.test_dataverse_links import OPPORTUNITY, a_link, a_record, raw

pytestmark = [pytest.mark.anyio, pytest.mark.statement("F24", "S30")]

SYSTEM, PERSONAL = ViewKind.SYSTEM, ViewKind.PERSONAL


async def a_view(product: Product, person: Person, kind: ViewKind) -> ViewRef:
    crm = product.crm(person)
    views = [view for view in await crm.list_views(OPPORTUNITY) if view.kind is kind]
    found: View = views[0] if views else await own_view(product, person)
    return ViewRef(product.environments[0].key, OPPORTUNITY, found.id, kind)


async def own_view(product: Product, person: Person) -> View:
    """A personal view that somebody saves, asked of the service itself."""
    crm = product.crm(person)
    (system, *_) = [view for view in await crm.list_views(OPPORTUNITY) if view.kind is SYSTEM]
    client = client_of(product, person)
    ids = {"row": system.id}
    stored = await client.read(Call("GET", "/savedqueries({row})", Subject("savedquery"), ids, repeatable=True))
    body = {
        "name": "My open deals",
        "returnedtypecode": OPPORTUNITY,
        "querytype": 0,
        "fetchxml": stored.text("fetchxml"),
        "layoutxml": stored.text("layoutxml"),
    }
    await client.send(Call("POST", "/userqueries", Subject("userquery"), body=body))
    return next(view for view in await crm.list_views(OPPORTUNITY) if view.kind is PERSONAL)


def client_of(product: Product, person: Person) -> DataverseClient:
    place = product.environments[0]
    return DataverseClient(product.transport, place, product.tokens.bearer(person, place.address))


async def a_view_link(product: Product, person: Person, kind: ViewKind, channel: str = "Grands comptes") -> Link:
    link = await a_link(product, person, await a_record(product.crm(person)), channel)
    return replace(link, regarding=await a_view(product, person, kind), id=LinkId(str(uuid4())))


@pytest.mark.parametrize(("kind", "code"), [(SYSTEM, 1039), (PERSONAL, 4230)])
async def test_a_view_is_tied_once_by_its_type_code(product: Product, kind: ViewKind, code: int) -> None:
    claire = await product.consented("Claire")
    crm, link = product.crm(claire), await a_view_link(product, claire, kind)
    row = await crm.ensure_association(link)
    assert await crm.ensure_association(replace(link, id=LinkId(str(uuid4())))) == row
    (found,) = await crm.list_associations(link.regarding)
    assert (found.id, found.regarding, found.channel) == (row, link.regarding, link.evidence.channel)
    ids = {"row": row}
    stored = await (await raw(product)).read(
        Call("GET", "/msdyn_teamscollaborations({row})", Subject("msdyn_teamscollaboration"), ids, repeatable=True)
    )
    assert (stored.text("regardingobjecttypename"), stored.number("regardingobjecttypecode")) == (OPPORTUNITY, code)
    await crm.remove_association(row)
    assert await crm.list_associations(link.regarding) == ()


async def test_one_view_has_several_channels_and_one_channel_several_views(product: Product) -> None:
    claire = await product.consented("Claire")
    crm = product.crm(claire)
    system, personal = [await a_view_link(product, claire, kind) for kind in (SYSTEM, PERSONAL)]
    other = replace(await a_view_link(product, claire, SYSTEM, "Renewals"), regarding=system.regarding)
    rows = {await crm.ensure_association(link) for link in (system, personal, other)}
    assert len(rows) == 3
    assert len(await crm.list_associations(system.regarding)) == 2
    assert len(await crm.list_associations(personal.regarding)) == 1


async def test_a_record_is_not_found_by_a_views_row(product: Product) -> None:
    claire = await product.consented("Claire")
    crm, link = product.crm(claire), await a_view_link(product, claire, SYSTEM)
    await crm.ensure_association(link)
    same_id = RecordRef(link.environment, OPPORTUNITY, RowId(link.regarding.id))
    rows = await crm.list_associations(same_id)
    assert [row.regarding for row in rows] == [link.regarding] or rows == ()


async def test_a_view_is_read_and_an_unknown_one_is_unknown(product: Product) -> None:
    claire = await product.consented("Claire")
    crm, ref = product.crm(claire), await a_view(product, claire, SYSTEM)
    view = await crm.read_view(ref)
    assert (view.id, view.kind, view.table) == (ref.id, SYSTEM, OPPORTUNITY)
    for unknown in (str(uuid4()), "no guid"):
        with pytest.raises(ViewUnknown):
            await crm.read_view(replace(ref, id=ViewId(unknown)))


@pytest.mark.statement("F25")
async def test_a_personal_view_is_shared_for_reading_and_again_is_once(product: Product) -> None:
    claire, oliver = await product.consented("Claire"), await product.person("Oliver")
    view = await a_view(product, claire, PERSONAL)
    with pytest.raises((ViewUnknown, PrivilegeMissing)):
        await product.crm(oliver).read_view(view)
    crm = product.crm(claire)
    users = await crm.find_users((PersonId(company.person("Oliver").id), PersonId(str(uuid4()))))
    assert [user.person for user in users] == [company.person("Oliver").id]
    for _ in range(2):
        await crm.share_view(view, tuple(user.row for user in users))
    assert (await product.crm(oliver).read_view(view)).id == view.id
    grid = await product.crm(oliver).read_grid(await product.crm(oliver).read_view(view))
    assert grid.columns
    assert await crm.list_view_sharers(view) == tuple(user.row for user in users)
    for _ in range(2):
        await crm.unshare_view(view, tuple(user.row for user in users))
    assert await crm.list_view_sharers(view) == ()
    with pytest.raises((ViewUnknown, PrivilegeMissing)):
        await product.crm(oliver).read_view(view)


@pytest.mark.statement("F25")
async def test_a_view_of_somebody_else_is_not_shared(product: Product) -> None:
    claire, oliver = await product.consented("Claire"), await product.person("Oliver")
    view = await a_view(product, claire, PERSONAL)
    users = await product.crm(claire).find_users((PersonId(company.person("Priya").id),))
    with pytest.raises((ViewUnknown, PrivilegeMissing)):
        await product.crm(oliver).share_view(view, tuple(user.row for user in users))
