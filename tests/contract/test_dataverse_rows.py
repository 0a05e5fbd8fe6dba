"""All rows of a link in one request: made once, adopted, removed; a set that is refused leaves nothing behind."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from liaison.domain.crm import LinkRows
from liaison.domain.link import record_of
from liaison.domain.names import LinkId
from tests.contract.product import Product
from tests.contract.test_dataverse_links import ready

pytestmark = pytest.mark.anyio

WORDS = ("connected", "Connected to Grands comptes", "By Claire")


def requests(product: Product) -> list[tuple[str, str]]:
    """What left since this was last asked, batches by themselves and their parts."""
    said = [(line.method, line.path) for line in product.ledger if line.service == "dataverse"]
    product.ledger.clear()
    return said


async def test_every_row_is_made_by_one_batch_of_reads_and_one_set_of_changes(product: Product) -> None:
    crm, link = await ready(product)
    await crm.ensure_note(link, "other", "Other", "Other")
    requests(product)
    made = await crm.ensure_rows(link, *WORDS)
    assert made == LinkRows(link.row_id("location"), link.row_id("association"), link.row_id("note/connected"))
    assert [call for call in requests(product) if call[1] == "/$batch"] == [("POST", "/$batch")] * 2
    assert [row.id for row in await crm.list_locations(record_of(link))] == [made.location]
    assert [row.id for row in await crm.list_associations(link.regarding)] == [made.association]


async def test_a_set_sent_again_is_refused_and_leaves_one_of_each(product: Product) -> None:
    crm, link = await ready(product)
    assert await crm.ensure_rows(link, *WORDS) is not None
    assert await crm.ensure_rows(link, *WORDS) is None
    assert await crm.ensure_location(link) == link.row_id("location")
    assert await crm.ensure_association(link) == link.row_id("association")
    assert len(await crm.list_associations(link.regarding)) == 1


@pytest.mark.parametrize("phase", ["before", "after", "mid-body"])
async def test_a_lost_answer_leaves_one_of_each(product: Product, phase: str) -> None:
    crm, link = await ready(product)
    action = {"reset": True} if phase == "mid-body" else {"status": 503}
    product.tenant.fail("PATCH", "/api/data/v9.2/msdyn_teamscollaborations(*)", phase, action)
    made = await crm.ensure_rows(link, *WORDS)
    if made is None:
        await crm.ensure_location(link)
        await crm.ensure_association(link)
        await crm.ensure_note(link, *WORDS)
    assert len(await crm.list_associations(link.regarding)) == 1
    assert len(await crm.list_locations(record_of(link))) == 1
    assert len([note for note in await crm.list_notes(record_of(link)) if note.subject == WORDS[1]]) == 1


async def test_rows_of_others_are_adopted(product: Product) -> None:
    crm, link = await ready(product)
    first = await crm.ensure_rows(link, *WORDS)
    other = replace(link, id=LinkId(str(uuid4())))
    second = await crm.ensure_rows(other, *WORDS)
    assert first is not None
    assert second is not None
    assert (second.location, second.association) == (first.location, first.association)
    assert second.note != first.note


async def test_rows_go_in_one_set_and_a_note_stays(product: Product) -> None:
    crm, link = await ready(product)
    made = await crm.ensure_rows(link, *WORDS)
    assert made is not None
    there = replace(link, evidence=replace(link.evidence, location=made.location, association=made.association))
    requests(product)
    assert await crm.remove_rows(there, "disconnected-2", "Disconnected", "By Claire")
    assert [call for call in requests(product) if call[1] == "/$batch"] == [("POST", "/$batch")]
    assert await crm.list_associations(link.regarding) == ()
    assert not await crm.remove_rows(there, "disconnected-3", "Disconnected", "By Claire")
    assert not await crm.remove_rows(link, "disconnected-4", "Disconnected", "By Claire")
