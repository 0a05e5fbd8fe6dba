"""Files in the Teams client: the Files tab of a channel, and the pages at the addresses of files and folders."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.local_tenant import LocalTenant
from tests.tenant.teams_browser import GraphAside, Visit

pytest_plugins = ["tests.tenant.teams_fixtures"]
pytestmark = pytest.mark.slow


def _files(claire: Visit, channel: str) -> Page:
    page = claire.open_channel(channel)
    page.get_by_role("tab", name="Files").click()
    page.locator(".files-list > :not(.skeleton)").first.wait_for()
    return page


def _names(graph: GraphAside, folder: str) -> list[str]:
    return [item["name"] for item in graph.get(f"{folder}/children?$orderby=name")["value"]]


def _choose(page: Page, name: str, content: bytes) -> None:
    payload = {"name": name, "mimeType": "text/plain", "buffer": content}
    page.locator("input[type=file]").set_input_files(files=[payload])


def _act_on(page: Page, name: str, action: str) -> None:
    page.get_by_role("button", name=f"More options for {name}").click()
    page.get_by_role("menuitem", name=action).click()


def test_an_uploaded_file_is_there_over_graph_and_comes_back_unchanged(claire: Visit, graph: GraphAside) -> None:
    page = _files(claire, "Renewals")
    _choose(page, "Notes & prix #1.txt", "Prix révisé : 12 €".encode())
    expect(page.get_by_role("link", name="Notes & prix #1.txt")).to_be_visible()
    assert "Notes & prix #1.txt" in _names(graph, graph.folder("Renewals"))
    with page.expect_download() as download:
        _act_on(page, "Notes & prix #1.txt", "Download")
    assert download.value.path().read_bytes() == "Prix révisé : 12 €".encode()
    assert download.value.suggested_filename == "Notes & prix #1.txt"


def test_a_large_file_goes_in_parts(claire: Visit, graph: GraphAside) -> None:
    content = bytes(range(256)) * 4096 * 6
    page = _files(claire, "Renewals")
    _choose(page, "large.bin", content)
    expect(page.get_by_role("link", name="large.bin")).to_be_visible(timeout=20_000)
    item = next(one for one in graph.get(f"{graph.folder('Renewals')}/children")["value"] if one["name"] == "large.bin")
    assert item["size"] == len(content)
    assert graph.bytes(f"{graph.folder('Renewals')}:/large.bin:/content") == content


def test_a_dropped_file_is_uploaded(claire: Visit, graph: GraphAside) -> None:
    page = _files(claire, "Renewals")
    transfer = page.evaluate_handle(
        "() => { const given = new DataTransfer();"
        " given.items.add(new File(['dropped'], 'dropped.txt')); return given; }"
    )
    page.dispatch_event(".files", "dragenter", {"dataTransfer": transfer})
    expect(page.locator(".files.dropping")).to_be_visible()
    page.dispatch_event(".files", "drop", {"dataTransfer": transfer})
    expect(page.get_by_role("link", name="dropped.txt")).to_be_visible()
    assert graph.bytes(f"{graph.folder('Renewals')}:/dropped.txt:/content") == b"dropped"


@pytest.mark.parametrize(("choice", "names"), [("Replace", ["twice.txt"]), ("Keep both", ["twice 1.txt", "twice.txt"])])
def test_a_taken_name_is_asked_about(claire: Visit, graph: GraphAside, choice: str, names: list[str]) -> None:
    page = _files(claire, "Renewals")
    _choose(page, "twice.txt", b"one")
    expect(page.get_by_role("link", name="twice.txt")).to_be_visible()
    _choose(page, "twice.txt", b"two")
    page.get_by_role("dialog").get_by_role("button", name=choice).click()
    expect(page.locator(".toast", has_text="was uploaded")).to_have_count(2)
    assert [name for name in _names(graph, graph.folder("Renewals")) if name.startswith("twice")] == names


def test_folders_are_made_entered_renamed_and_deleted(claire: Visit, graph: GraphAside) -> None:
    page = _files(claire, "Renewals")
    page.get_by_role("button", name="New folder").click()
    page.get_by_label("Folder name").fill("2027")
    page.get_by_role("button", name="Create", exact=True).click()
    page.get_by_role("link", name="2027").click()
    expect(page.get_by_text("This folder is empty")).to_be_visible()
    expect(page.locator(".crumbs li")).to_have_text(["Renewals", "2027"])
    _choose(page, "inside.txt", b"inside")
    expect(page.get_by_role("link", name="inside.txt")).to_be_visible()
    assert graph.bytes(f"{graph.folder('Renewals')}:/2027/inside.txt:/content") == b"inside"
    page.reload()
    expect(page.locator(".crumbs li")).to_have_text(["Renewals", "2027"])
    page.locator(".crumbs").get_by_role("link", name="Renewals").click()
    _act_on(page, "2027", "Rename")
    page.get_by_label("New name").fill("2028")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="2028")).to_be_visible()
    _act_on(page, "2028", "Delete")
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("link", name="2028")).to_have_count(0)
    assert not {"2027", "2028"} & set(_names(graph, graph.folder("Renewals")))


@pytest.mark.slow
def test_a_folder_in_preparation_says_so_and_then_appears(
    claire: Visit, graph: GraphAside, tenant: LocalTenant
) -> None:
    tenant.switch(graph__files_folder_delay_s=4.0)
    graph.post(f"{graph.place('General').split('/channels')[0]}/channels", {"displayName": "Just made"})
    page = claire.open_channel("Just made")
    page.get_by_role("tab", name="Files").click()
    expect(page.get_by_text("The folder is being prepared")).to_be_visible()
    expect(page.get_by_text("This folder is empty")).to_be_visible(timeout=15_000)


def test_the_address_of_a_folder_opens_it(claire: Visit, graph: GraphAside) -> None:
    address = graph.get(graph.folder("Grands comptes"))["webUrl"]
    page = claire.open(urlsplit(address).path)
    expect(page.locator(".crumbs li")).to_have_text(["Documents", "Grands comptes"])
    expect(page.get_by_role("link", name="Liste des comptes.csv")).to_be_visible()
    page.get_by_role("link", name="Northwind", exact=True).click()
    expect(page.locator(".crumbs li")).to_have_text(["Documents", "Grands comptes", "Northwind"])


def test_the_address_of_a_file_shows_it_and_saves_it(claire: Visit, graph: GraphAside) -> None:
    items = graph.get(f"{graph.folder('Grands comptes')}/children")["value"]
    address = urlsplit(next(item for item in items if item["name"] == "Liste des comptes.csv")["webUrl"])
    page = claire.open(f"{address.path}?{address.query}" if address.query else address.path)
    expect(page.get_by_role("heading", name="Liste des comptes.csv")).to_be_visible()
    expect(page.locator(".preview pre")).to_contain_text("Northwind Traders;France;Claire")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    assert download.value.path().read_bytes().startswith(b"Compte;Pays;Responsable")


def test_the_viewer_address_of_an_office_file_opens_its_page(claire: Visit, graph: GraphAside) -> None:
    item = graph.get(f"{graph.folder('Grands comptes')}:/Northwind/Devis révisé.xlsx")
    address = urlsplit(item["webUrl"])
    page = claire.open(f"{address.path}?{address.query}")
    expect(page.get_by_role("heading", name="Devis révisé.xlsx")).to_be_visible()
    expect(page.get_by_role("button", name="Download")).to_be_visible()


def test_the_address_of_a_site_opens_its_library(claire: Visit, graph: GraphAside) -> None:
    address = graph.get(graph.folder("Grands comptes"))["webUrl"]
    page = claire.open("/".join(urlsplit(address).path.split("/")[:3]))
    expect(page.get_by_role("link", name="Grands comptes")).to_be_visible()


def test_the_organisations_own_site_opens_too(claire: Visit, graph: GraphAside) -> None:
    drive = graph.get("/sites/root/drive")
    page = claire.open(urlsplit(drive["webUrl"]).path)
    expect(page.get_by_role("heading", level=1, name="Contoso")).to_be_visible()
    expect(page.locator(".crumbs li")).to_have_text(["Documents"])


def test_an_address_where_nothing_is_says_so(claire: Visit) -> None:
    page = claire.open("/sites/Nowhere/Shared%20Documents/x")
    expect(page.get_by_role("heading", name="There is nothing at this address")).to_be_visible()


def test_files_of_a_private_channel_stay_closed_to_others(claire: Visit, graph: GraphAside) -> None:
    address = graph.get(graph.folder("Négociations"))["webUrl"]
    page = claire.open(urlsplit(address).path, given="Oliver")
    expect(page.get_by_role("heading", name="There is nothing at this address")).to_be_visible()
