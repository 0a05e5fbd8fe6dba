"""Files that a record had before it was connected: shown beside, copied, or moved, over the local tenant."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from liaison.domain.connection import ConnectionRequest
from liaison.domain.consent import SCOPES, Rung
from liaison.domain.earlier import MOST_FOLDERS, EarlierFiles
from liaison.domain.link import Link, LinkState, NewChannel, StepName
from liaison.domain.names import ItemId, Person, RecordRef, TableName
from liaison.domain.preview import Notice, NoticeCode
from liaison.domain.teams import StoredFile
from liaison.graph.client import Call
from liaison.graph.errors import About, Subject
from liaison.operations.connect import connect, try_again
from liaison.operations.earlier_places import find_earlier_files
from liaison.operations.list_files import list_places
from liaison.operations.preview import preview_connection
from liaison.operations.undo import undo
from tests.contract.product import Product
from tests.contract.stage import VENTES, Stage
from tests.contract.tenant_process import Tenant
from tests.contract.test_sagas import staged
from tests.unit.fakes import Crash

pytestmark = [pytest.mark.anyio, pytest.mark.statement("F43")]

DOCUMENT, PRICES, DEEP, EMPTY = (
    "Northwind renewal – résumé.docx",
    "Prix.txt",
    "Lettres/2027/Réponse.txt",
    "Lettres/Vide",
)


async def in_pieces(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def put(product: Product, by: Person, drive: str, folder: ItemId, path: str, content: bytes) -> None:
    """A file by its path below a folder; a path without an ending is a folder."""
    files = product.files(by)
    *above, name = path.split("/")
    for one in above:
        folder = await files.reach_folder(drive, folder, one)  # type: ignore[arg-type]
    if "." not in name:
        await files.reach_folder(drive, folder, name)  # type: ignore[arg-type]
        return
    await files.upload(drive, folder, name, in_pieces(content), len(content))  # type: ignore[arg-type]


async def tree(product: Product, by: Person, drive: str, folder: ItemId, path: str = "") -> dict[str, int]:
    """Every file with its size, and every folder with -1, by path."""
    found: dict[str, int] = {}
    page = await product.files(by).list_folder(drive, folder, size=200)  # type: ignore[arg-type]
    for entry in page.entries:
        name = f"{path}{entry.name}"
        found[name] = -1 if entry.is_folder else entry.size_bytes
        if entry.is_folder:
            found |= await tree(product, by, drive, entry.item, f"{name}/")
    return found


async def the_deal(stage: Stage, by: Person) -> RecordRef:
    """The deal that everybody opens, with some more in its folder of the default site."""
    (deal, *_) = await stage.product.crm(by).find_records(TableName("opportunity"), "Northwind renewal")
    (place,) = [one for one in await list_places(deal.ref, by, stage.ports) if one.folder]
    assert place.folder is not None
    for path in (PRICES, DEEP, EMPTY):
        await put(stage.product, by, place.folder.drive, place.folder.item, path, path.encode())
    return deal.ref


async def at_home(stage: Stage, by: Person, deal: RecordRef) -> dict[str, int]:
    """What is in the record's folder of the default site."""
    places = await list_places(deal, by, stage.ports)
    folder = next(place.folder for place in places if place.folder and place.kind.value == "sharepoint")
    return await tree(stage.product, by, folder.drive, folder.item)


async def in_channel(stage: Stage, by: Person, link: Link) -> dict[str, int]:
    return await tree(stage.product, by, link.evidence.drive, link.evidence.folder)


def asked(deal: RecordRef, choice: EarlierFiles, name: str = "Northwind deal") -> ConnectionRequest:
    return ConnectionRequest(deal, VENTES, NewChannel(name), earlier_files=choice)


@pytest.fixture
async def stage(product: Product) -> Stage:
    return await staged(product)


async def test_shown_beside_nothing_moves(stage: Stage) -> None:
    claire = await stage.product.person("Claire")
    deal = await the_deal(stage, claire)
    before = await at_home(stage, claire, deal)
    link = await stage.connect(asked(deal, EarlierFiles.SHOW_BOTH), claire)
    assert (link.state, StepName.EARLIER_FILES in link.steps) == (LinkState.CONNECTED, False)
    assert await at_home(stage, claire, deal) == before
    assert await in_channel(stage, claire, link) == {}


async def test_copied_with_their_folders_and_taken_back_they_stay(stage: Stage) -> None:
    claire = await stage.product.person("Claire")
    deal = await the_deal(stage, claire)
    before = await at_home(stage, claire, deal)
    link = await stage.connect(asked(deal, EarlierFiles.COPY), claire)
    assert (link.state, link.trouble, link.findings) == (LinkState.CONNECTED, None, ())
    assert link.earlier is not None
    assert (link.earlier.files, link.earlier.settled, link.earlier.failed) == (4, 4, 0)
    assert await in_channel(stage, claire, link) == before == await at_home(stage, claire, deal)
    assert {DOCUMENT, PRICES, DEEP, EMPTY} <= set(before)

    undone = await stage.carry_on(await undo(link.id, claire, stage.ports))
    assert undone.state is LinkState.UNDONE
    said = {finding.code: dict(finding.facts) for finding in undone.findings}
    assert said["files.copies_stay"]["count"] == "4"
    assert said["channel.kept"]["reason"] == "kept_files"


async def test_moved_from_the_default_site_and_from_another_channel(stage: Stage) -> None:
    """Across libraries a file goes only after its copy is proved; within one it keeps its id, and so its versions."""
    claire = await stage.product.person("Claire")
    deal = await the_deal(stage, claire)
    before = await at_home(stage, claire, deal)
    old = await stage.connect(ConnectionRequest(deal, VENTES, NewChannel("First channel")), claire)
    await put(stage.product, claire, old.evidence.drive, old.evidence.folder, "Notes/Agenda.txt", b"Agenda")
    await put(stage.product, claire, old.evidence.drive, old.evidence.folder, PRICES, b"other prices")
    files = stage.product.files(claire)
    kept = await files.find_named(old.evidence.drive, old.evidence.folder, PRICES)
    link = await stage.connect(asked(deal, EarlierFiles.MOVE), claire)
    assert (link.state, link.findings) == (LinkState.CONNECTED, ())
    found = await in_channel(stage, claire, link)
    assert set(found) == set(before) | {"Notes", "Notes/Agenda.txt", "Prix 1.txt"}
    moved = [await files.find_named(link.evidence.drive, link.evidence.folder, name) for name in (PRICES, "Prix 1.txt")]
    assert kept is not None
    assert kept.item in {one.item for one in moved if one}
    assert await at_home(stage, claire, deal) == {}
    assert await in_channel(stage, claire, old) == {}
    undone = await stage.carry_on(await undo(link.id, claire, stage.ports))
    (stay,) = [dict(one.facts) for one in undone.findings if one.code == "files.moved_stay"]
    assert (stay["count"], stay["folder"]) == ("6", link.evidence.folder_address)


async def test_nothing_is_overwritten_and_what_is_there_already_is_not_copied_again(stage: Stage) -> None:
    claire = await stage.product.person("Claire")
    deal = await the_deal(stage, claire)
    places = await list_places(deal, claire, stage.ports)
    channels = await stage.product.teamwork(claire).list_channels(VENTES)
    channel = next(one for one in channels if one.name == "Prévisions")
    target = await stage.product.teamwork(claire).read_files_folder(VENTES, channel.id)
    await put(stage.product, claire, target.drive, target.item, PRICES, b"a file of the channel")
    await put(stage.product, claire, target.drive, target.item, DEEP, DEEP.encode())
    assert len(places) == 1
    link = await stage.connect(replace(asked(deal, EarlierFiles.COPY), channel=channel.id), claire)
    found = await in_channel(stage, claire, link)
    assert found[PRICES] == len(b"a file of the channel")
    assert found["Prix 1.txt"] == len(PRICES.encode())
    assert [path for path in found if "Réponse" in path] == [DEEP]


@pytest.mark.parametrize("choice", [EarlierFiles.COPY, EarlierFiles.MOVE])
async def test_killed_after_every_effect_each_file_is_there_once(stage: Stage, choice: EarlierFiles) -> None:
    """Each try dies twice: before the link is saved, and before the engine has noted that it was."""
    claire = await stage.product.person("Claire")
    deal = await the_deal(stage, claire)
    before = await at_home(stage, claire, deal)
    planned = await connect(asked(deal, choice), claire, stage.ports)
    died: set[str] = set()
    save = stage.links.save

    async def dying(link: Link, act: str = "") -> Link:
        mark = f"{link.version}"
        if link.earlier is not None and mark not in died:
            died.add(mark)
            raise Crash(mark)
        return await save(link, act)

    stage.links.save = dying  # type: ignore[method-assign]
    for attempt in range(200):
        stage.steps.crash_in = f"earlier_files#{attempt // 2}"
        try:
            await stage.carry_on(planned)
        except Crash:
            continue
        break
    link = await stage.links.get(planned.id)
    assert (link.state, link.findings) == (LinkState.CONNECTED, ())
    assert len(died) > 10
    assert await in_channel(stage, claire, link) == before
    assert await at_home(stage, claire, deal) == ({} if choice is EarlierFiles.MOVE else before)


async def test_a_copy_that_takes_its_time_is_waited_for(stage: Stage, tenant: Tenant) -> None:
    claire = await stage.product.person("Claire")
    deal = await the_deal(stage, claire)
    tenant.switch(graph__copy_delay_s=5.0)

    async def time_passes() -> None:
        tenant.post("/clock", advance_s=3)

    stage.steps.on_pause = time_passes
    link = await stage.connect(asked(deal, EarlierFiles.COPY), claire)
    assert (link.state, link.findings) == (LinkState.CONNECTED, ())
    assert len(await in_channel(stage, claire, link)) == len(await at_home(stage, claire, deal))
    assert max(stage.steps.pauses) < timedelta(seconds=30).total_seconds()


LOST = {"reset": True}
BUSY = {"status": 503, "headers": {"Retry-After": "1"}}


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "copy"), ("POST", "children"), ("DELETE", ""), ("GET", "monitor")],
)
@pytest.mark.parametrize("trouble", [LOST, BUSY], ids=["answer lost", "busy"])
async def test_a_call_that_goes_wrong_is_made_good_without_a_second_file(
    stage: Stage, tenant: Tenant, method: str, path: str, trouble: dict[str, object]
) -> None:
    claire = await stage.product.person("Claire")
    deal = await the_deal(stage, claire)
    before = await at_home(stage, claire, deal)
    where = "/_api/v2.0/monitor" if path == "monitor" else f"/v1.0/drives/*/items/*{path and '/' + path}"
    tenant.fail(method, where, "after", trouble, times=3)
    link = await stage.connect(asked(deal, EarlierFiles.MOVE), claire)
    assert tenant.faults_met() == 3
    tenant.fail_never()
    assert (link.state, link.findings) == (LinkState.CONNECTED, ())
    assert await in_channel(stage, claire, link) == before
    assert await at_home(stage, claire, deal) == {}


async def test_a_file_that_is_checked_out_is_copied_and_its_original_stays(stage: Stage) -> None:
    """It is named with the reason; tried again when it is free, it goes and is not copied again."""
    claire, oliver = await stage.product.person("Claire"), await stage.product.consented("Oliver")
    deal = await the_deal(stage, claire)
    before = await at_home(stage, claire, deal)
    (place,) = [one for one in await list_places(deal, claire, stage.ports) if one.folder]
    assert place.folder is not None
    held = await stage.product.files(claire).find_named(place.folder.drive, place.folder.item, PRICES)
    assert held is not None
    await act_on(stage.product, oliver, held, "checkout")
    link = await stage.connect(asked(deal, EarlierFiles.MOVE), claire)
    (finding,) = link.findings
    assert (link.state, finding.code) == (LinkState.CONNECTED, "earlier.not_moved")
    assert dict(finding.facts) == {"files": PRICES, "count": "1", "reason": "earlier_refused"}
    assert await in_channel(stage, claire, link) == before
    assert set(await at_home(stage, claire, deal)) == {PRICES}
    await act_on(stage.product, oliver, held, "checkin")
    again = await stage.carry_on(await try_again(link.id, claire, stage.ports))
    assert (again.state, again.findings) == (LinkState.CONNECTED, ())
    assert await in_channel(stage, claire, again) == before
    assert await at_home(stage, claire, deal) == {}


async def act_on(product: Product, by: Person, file: StoredFile, act: str) -> None:
    ids = {"drive": file.drive, "item": file.item}
    call = Call("POST", f"/drives/{{drive}}/items/{{item}}/{act}", Subject(About.FILE, file.name), ids, body={})
    await product.graph(by).send(call)


async def test_without_consent_the_link_is_connected_and_the_files_stay(stage: Stage) -> None:
    claire = await stage.product.person("Claire")
    deal = await the_deal(stage, claire)
    before = await at_home(stage, claire, deal)
    ports = stage.ports
    carried = ports.sign_in.carried_scopes

    async def less(person: Person) -> frozenset[str]:
        return await carried(person) - set(SCOPES[Rung.FILES])

    ports.sign_in.carried_scopes = less  # type: ignore[method-assign]
    link = await stage.connect(asked(deal, EarlierFiles.COPY), claire)
    assert link.state is LinkState.CONNECTED
    assert [finding.code for finding in link.findings] == ["earlier.no_consent"]
    ports.sign_in.carried_scopes = carried  # type: ignore[method-assign]
    again = await stage.carry_on(await try_again(link.id, claire, stage.ports))
    assert (again.state, again.findings) == (LinkState.CONNECTED, ())
    assert await in_channel(stage, claire, again) == before


async def test_places_of_other_records_are_left_alone(stage: Stage) -> None:
    """A channel that another record uses, the first channel of a team, and what other locations lead to."""
    claire = await stage.product.person("Claire")
    deal = await the_deal(stage, claire)
    shared = await stage.connect(ConnectionRequest(deal, VENTES, NewChannel("Shared by two")), claire)
    other = await stage.free_record(claire)
    await stage.connect(ConnectionRequest(other, VENTES, shared.evidence.channel), claire)
    primary = await stage.product.teamwork(claire).read_primary_channel(VENTES)
    await stage.connect(ConnectionRequest(deal, VENTES, primary.id), claire)
    found = await find_earlier_files(deal, claire, stage.ports)
    assert set(found.shared) == {"Shared by two", primary.name}
    assert (found.count().files, found.is_cut, len(found.count().places)) == (4, False, 1)
    link = await stage.connect(asked(deal, EarlierFiles.COPY), claire)
    assert [finding.code for finding in link.findings] == ["files.shared_places"]


async def test_more_than_can_be_looked_through_is_left_alone_and_said_beforehand(stage: Stage) -> None:
    claire = await stage.product.person("Claire")
    deal = await the_deal(stage, claire)
    (place,) = [one for one in await list_places(deal, claire, stage.ports) if one.folder]
    assert place.folder is not None
    for number in range(MOST_FOLDERS):
        await put(stage.product, claire, place.folder.drive, place.folder.item, f"Folder {number}", b"")
    before = await at_home(stage, claire, deal)
    shown = await preview_connection(asked(deal, EarlierFiles.MOVE), claire, stage.ports)
    assert shown.earlier_stay == Notice(NoticeCode.EARLIER_TOO_MANY)
    link = await stage.connect(asked(deal, EarlierFiles.MOVE), claire)
    assert (link.state, [one.code for one in link.findings]) == (LinkState.CONNECTED, ["files.too_many"])
    assert await at_home(stage, claire, deal) == before
