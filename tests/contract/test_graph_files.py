"""Files and people against the tenant, in quiet and in trouble."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx2
import pytest

from liaison.domain.diagnosis import GLOBAL_ADMINISTRATOR_TEMPLATE
from liaison.domain.names import ItemId, Person, TeamId
from liaison.domain.teams import DirectoryPerson, FilePage, Folder
from liaison.errors import (
    FileExists,
    FilesRefused,
    FilesShutByPolicy,
    FileUnknown,
    InputInvalid,
    UpstreamUnavailable,
)
from liaison.graph.uploads import RANGE_BYTES, SMALL_BYTES
from liaison.tenant.seeds import company
from tests.contract.product import Product
from tests.contract.tenant_process import Tenant

pytestmark = pytest.mark.anyio

VENTES_SITE = "/sites/VentesEurope"
VENTES, SUPPORT = TeamId(company.TEAMS[0].id), TeamId(company.TEAMS[2].id)


async def folder_of(product: Product, person: Person, channel: str = "General", team: TeamId = VENTES) -> Folder:
    teamwork = product.teamwork(person)
    found = next(one for one in await teamwork.list_channels(team) if one.name == channel)
    return await teamwork.read_files_folder(team, found.id)


async def in_pieces(content: bytes, size: int = 100_000) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def names_in(product: Product, person: Person, folder: Folder) -> list[str]:
    page = await product.files(person).list_folder(folder.drive, folder.item)
    return [entry.name for entry in page.entries]


async def test_a_folder_is_listed_with_what_people_want_to_know(product: Product) -> None:
    claire = await product.consented("Claire")
    folder = await folder_of(product, claire, "Grands comptes")
    page = await product.files(claire).list_folder(folder.drive, folder.item)
    entries = {entry.name: entry for entry in page.entries}
    assert page.next_page == ""
    assert list(entries) == ["Liste des comptes.csv", "Northwind"]
    file, inner = entries["Liste des comptes.csv"], entries["Northwind"]
    assert (file.is_folder, file.modified_by) == (False, "Hugo Marchand")
    assert file.size_bytes > 50
    assert file.version
    assert (inner.is_folder, inner.children) == (True, 2)
    deeper = await product.files(claire).list_folder(inner.drive, inner.item)
    assert len(deeper.entries) == 2


async def test_pages_follow_one_another(product: Product) -> None:
    claire = await product.consented("Claire")
    folder = await folder_of(product, claire)
    files, seen, page = product.files(claire), [], FilePage((), "")
    everything = await names_in(product, claire, folder)
    while True:
        page = await files.list_folder(folder.drive, folder.item, page.next_page, size=1)
        seen += [entry.name for entry in page.entries]
        assert "localhost" not in page.next_page
        if not page.next_page:
            break
    assert seen == everything
    assert len(seen) >= 2


@pytest.mark.parametrize("mark", ["!", "aHR0cDovL2V2aWwv", "L21lP2E9Yg", "é"])
async def test_a_page_mark_that_is_not_of_this_folder_is_refused(product: Product, mark: str) -> None:
    claire = await product.consented("Claire")
    folder = await folder_of(product, claire)
    with pytest.raises(InputInvalid):
        await product.files(claire).list_folder(folder.drive, folder.item, mark)


async def test_files_of_a_team_one_is_not_in_are_refused(product: Product) -> None:
    claire = await product.consented("Claire")
    sofia = await product.person("Sofia")
    folder = await folder_of(product, sofia, "VIP", SUPPORT)
    with pytest.raises((FilesRefused, FileUnknown)):
        await product.files(claire).list_folder(folder.drive, folder.item)


async def test_the_owners_of_a_team_are_named_to_people_outside_it(product: Product) -> None:
    claire = await product.consented("Claire")
    assert await product.teamwork(claire).list_owners(SUPPORT) == (company.person("Daniel").name,)


@pytest.mark.statement("S17")
@pytest.mark.parametrize("switch", [{"unmanaged_devices": "block"}, {"blocked_device_sites": [VENTES_SITE]}])
async def test_a_policy_for_devices_is_told_from_a_missing_right(
    product: Product, tenant: Tenant, switch: dict[str, Any]
) -> None:
    claire = await product.consented("Claire")
    folder = await folder_of(product, claire)
    tenant.switch(**{f"graph__{name}": value for name, value in switch.items()})
    with pytest.raises(FilesShutByPolicy):
        await product.files(claire).list_folder(folder.drive, folder.item)
    with pytest.raises(FilesShutByPolicy):
        await folder_of(product, claire)
    with pytest.raises(FilesShutByPolicy):
        await product.files(claire).download_address(folder.drive, folder.item)


@pytest.mark.parametrize("size", [0, 1, 70_000])
async def test_a_small_file_goes_in_one_request(product: Product, size: int) -> None:
    claire = await product.consented("Claire")
    folder, content = await folder_of(product, claire), bytes(range(256)) * (size // 256 + 1)
    name = "Réponse à l'offre #2 (50 %).bin"
    made = await product.files(claire).upload(folder.drive, folder.item, name, in_pieces(content[:size]), size)
    assert (made.name, made.size_bytes, made.is_folder) == (name, size, False)
    assert name in await names_in(product, claire, folder)
    assert not any("upload session" in line.path for line in product.ledger)
    address = await product.files(claire).download_address(made.drive, made.item)
    assert httpx2.get(address).content == content[:size]


async def test_a_large_file_goes_in_ranges_without_a_token(product: Product) -> None:
    claire = await product.consented("Claire")
    folder, content = await folder_of(product, claire), b"\x01\x02\x03" * (4 * 1024 * 1024)
    made = await product.files(claire).upload(
        folder.drive, folder.item, "Grand fichier.bin", in_pieces(content, 1_000_000), len(content)
    )
    assert (made.name, made.size_bytes) == ("Grand fichier.bin", len(content))
    ranges = [line for line in product.ledger if "upload session" in line.path and line.method == "PUT"]
    assert len(ranges) == -(-len(content) // RANGE_BYTES) == 3
    address = await product.files(claire).download_address(made.drive, made.item)
    assert httpx2.get(address).content == content


async def test_a_name_that_is_taken_is_said_so_and_nothing_is_overwritten(product: Product) -> None:
    claire = await product.consented("Claire")
    folder, files = await folder_of(product, claire), product.files(claire)
    for content in (b"first", b"second", b"x" * (SMALL_BYTES + 1)):
        if content == b"first":
            made = await files.upload(folder.drive, folder.item, "Note.txt", in_pieces(content), len(content))
            continue
        with pytest.raises(FileExists):
            await files.upload(folder.drive, folder.item, "Note.txt", in_pieces(content), len(content))
    assert httpx2.get(await files.download_address(made.drive, made.item)).content == b"first"


@pytest.mark.parametrize(
    ("phase", "action"),
    [("after", {"reset": True}), ("before", {"reset": True}), ("after", {"status": 503}), ("after", {"html": True})],
)
async def test_a_small_file_whose_answer_was_lost_is_there_once(
    product: Product, tenant: Tenant, phase: str, action: Mapping[str, Any]
) -> None:
    claire = await product.consented("Claire")
    folder = await folder_of(product, claire)
    tenant.fail("PUT", "/v1.0/drives/**", phase, action)
    made = await product.files(claire).upload(folder.drive, folder.item, "Note.txt", in_pieces(b"once"), 4)
    assert made.size_bytes == 4
    assert (await names_in(product, claire, folder)).count("Note.txt") == 1
    assert tenant.faults_met() == 1


async def test_a_file_of_others_is_not_taken_for_a_lost_answer(product: Product, tenant: Tenant) -> None:
    claire = await product.consented("Claire")
    folder, files = await folder_of(product, claire), product.files(claire)
    await files.upload(folder.drive, folder.item, "Note.txt", in_pieces(b"mine"), 4)
    tenant.fail("PUT", "/v1.0/drives/**", "before", {"reset": True})
    with pytest.raises(FileExists):
        await files.upload(folder.drive, folder.item, "Note.txt", in_pieces(b"his!"), 4)


@pytest.mark.parametrize(
    ("nth", "phase", "action"),
    [
        (1, "before", {"reset": True}),
        (1, "after", {"reset": True}),
        (2, "after", {"reset": True}),
        (2, "after", {"status": 500}),
        (3, "after", {"reset": True}),
        (3, "before", {"status": 503}),
    ],
)
async def test_a_large_file_goes_on_where_the_session_says(
    product: Product, tenant: Tenant, nth: int, phase: str, action: Mapping[str, Any]
) -> None:
    claire = await product.consented("Claire")
    folder, content = await folder_of(product, claire), b"\x04\x05\x06" * (4 * 1024 * 1024)
    tenant.fail("PUT", "/**", phase, action, nth=nth)
    made = await product.files(claire).upload(
        folder.drive, folder.item, "Grand fichier.bin", in_pieces(content, 1_000_000), len(content)
    )
    assert made.size_bytes == len(content)
    address = await product.files(claire).download_address(made.drive, made.item)
    assert httpx2.get(address).content == content
    assert tenant.faults_met() == 1


async def test_a_session_that_ended_is_an_outage_and_leaves_nothing(product: Product, tenant: Tenant) -> None:
    claire = await product.consented("Claire")
    folder, content = await folder_of(product, claire), b"\x07" * (SMALL_BYTES + 1)
    tenant.fail("*", "/**", "before", {"status": 404, "code": "itemNotFound"}, nth=2, times=3)
    with pytest.raises(UpstreamUnavailable):
        await product.files(claire).upload(folder.drive, folder.item, "G.bin", in_pieces(content), len(content))
    tenant.fail_never()
    assert "G.bin" not in await names_in(product, claire, folder)


@pytest.mark.parametrize("said", [3, 5, SMALL_BYTES + 10])
async def test_content_of_another_length_than_said_is_refused(product: Product, said: int) -> None:
    claire = await product.consented("Claire")
    folder = await folder_of(product, claire)
    with pytest.raises(InputInvalid):
        await product.files(claire).upload(folder.drive, folder.item, "Short.txt", in_pieces(b"four"), said)
    assert "Short.txt" not in await names_in(product, claire, folder)


async def test_a_download_needs_no_token_and_an_unknown_file_is_unknown(product: Product) -> None:
    claire = await product.consented("Claire")
    folder, files = await folder_of(product, claire), product.files(claire)
    entry = next(one for one in (await files.list_folder(folder.drive, folder.item)).entries if not one.is_folder)
    answer = httpx2.get(await files.download_address(entry.drive, entry.item))
    assert (answer.status_code, len(answer.content)) == (200, entry.size_bytes)
    with pytest.raises(FileUnknown):
        await files.download_address(entry.drive, ItemId("01AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"))


async def test_a_folder_is_found_by_its_address(product: Product) -> None:
    claire = await product.consented("Claire")
    folder = await folder_of(product, claire, "Grands comptes")
    assert await product.files(claire).find_folder(folder.address) == folder
    with pytest.raises((FileUnknown, FilesRefused)):
        await product.files(claire).find_folder(f"{folder.site_address}/Nowhere")


async def test_nothing_secret_is_logged_on_the_way(product: Product, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    claire = await product.consented("Claire")
    folder, files = await folder_of(product, claire), product.files(claire)
    content = b"\x08" * (SMALL_BYTES + 1)
    made = await files.upload(folder.drive, folder.item, "Secret name.bin", in_pieces(content), len(content))
    address = await files.download_address(made.drive, made.item)
    secrets = [
        (await product.tokens.access_token(claire, product.config.graph_resource)).value,
        product.config.client_secret,
        *product.parked.held.values(),
        address.partition("?")[2],
        "Secret name",
    ]
    log = "\n".join(record.getMessage() for record in caplog.records)
    assert '"service":"graph"' in log
    assert [secret for secret in secrets if secret in log + repr(product.ledger)] == []
    assert [secret for secret in secrets[:3] if secret in repr(product.config) + repr(product.tokens)] == []


async def test_a_person_is_read_with_roles_and_plans(product: Product) -> None:
    nadia, tom = await product.person("Nadia"), await product.person("Tom")
    seed = company.person("Nadia")
    me = await product.people(nadia).read_me()
    assert me == DirectoryPerson(
        seed.id, "Nadia Benali", seed.upn, seed.language[:2], me.directory_roles, me.service_plans
    )
    assert GLOBAL_ADMINISTRATOR_TEMPLATE in me.directory_roles
    assert {"TEAMS1", "DYN365_ENTERPRISE_SALES"} <= set(me.service_plans)
    other = await product.people(tom).read_me()
    assert other.directory_roles == ()
    assert not any(plan.startswith("TEAMS") for plan in other.service_plans)
