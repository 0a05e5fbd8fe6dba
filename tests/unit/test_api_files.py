"""A record's files over the API."""

from __future__ import annotations

import pytest

from liaison.domain.names import ItemId
from tests.unit.api_client import ApiClient
from tests.unit.api_fakes import CONTRACT, RENEWAL, SECRET_DEAL, World

pytestmark = pytest.mark.anyio

FILES = f"/environments/contoso-sales/tables/opportunity/records/{RENEWAL.id}/files"


@pytest.fixture
def client() -> ApiClient:
    world = World()
    world.adopt()
    return ApiClient(world, upload_limit_bytes=100_000)


async def test_places_come_channels_first_and_the_first_that_opens_is_listed(client: ApiClient) -> None:
    shown = (await client.get(FILES)).json()
    assert [(place["name"], place["kind"], place["is_open"]) for place in shown["places"]] == [
        ("Contract", "teams", True),
        ("General", "sharepoint", True),
    ]
    assert shown["chosen"] == shown["places"][0]["key"]
    assert (shown["items"], shown["next"]) == ([], None)


@pytest.mark.statement("S17")
async def test_a_place_that_cannot_be_opened_says_why_and_the_others_still_load(client: ApiClient) -> None:
    client.world.preparing.add(CONTRACT)
    shown = (await client.get(FILES)).json()
    contract, general = shown["places"]
    assert (contract["is_open"], contract["problem"]["code"]) == (False, "upstream.still_preparing")
    assert (general["is_open"], shown["chosen"]) == (True, general["key"])


async def test_an_uploaded_file_is_in_the_place_and_leads_to_its_content(client: ApiClient) -> None:
    made = await client.post(FILES, params={"name": "Offer.docx", "place": "loc-1"}, content=b"x" * 90_000)
    assert made.status_code == 201
    assert (made.json()["name"], made.json()["size_bytes"]) == ("Offer.docx", 90_000)
    listed = (await client.get(FILES, params={"place": "loc-1"})).json()["items"]
    assert [one["name"] for one in listed] == ["Offer.docx"]
    led = await client.get(f"{FILES}/{made.json()['item']}/content", params={"place": "loc-1"})
    assert (led.status_code, led.content) == (302, b"")
    assert led.headers["location"].startswith("https://contoso.sharepoint.com/download/Offer.docx")


async def test_an_upload_beyond_the_limit_is_refused_before_it_is_read(client: ApiClient) -> None:
    read = []

    async def body():
        read.append(True)
        yield b"x" * 100_001

    answer = await client.post(FILES, params={"name": "Film.mp4"}, content=body(), headers={"Content-Length": "100001"})
    assert (answer.status_code, answer.json()["code"]) == (413, "input.upload_too_large")
    assert answer.json()["detail"] == "“Film.mp4” is 97.7 KB; up to 97.7 KB can be uploaded here."
    assert "files.upload" not in client.world.touched


async def test_an_upload_must_say_its_length_and_keep_to_it(client: ApiClient) -> None:
    async def body():
        yield b"12345"

    unsaid = await client.post(FILES, params={"name": "a.txt"}, content=body())
    assert (unsaid.status_code, unsaid.json()["code"]) == (400, "input.missing")
    for length in ("3", "9"):
        answer = await client.post(FILES, params={"name": "a.txt"}, content=body(), headers={"Content-Length": length})
        assert (answer.status_code, answer.json()["facts"]["field"]) == (400, "content_length")
    assert client.world.files == {ItemId("folder-general"): {}, ItemId("folder-contract"): {}}


async def test_a_sender_who_hangs_up_leaves_no_file_and_no_defect(client: ApiClient) -> None:
    messages = iter([{"type": "http.request", "body": b"123", "more_body": True}, {"type": "http.disconnect"}])
    sent = []

    async def receive() -> dict[str, object]:
        return next(messages)

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    headers = [(b"authorization", b"Bearer claire"), (b"content-length", b"9")]
    path = f"/api/v1{FILES}"
    scope = {"type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b"name=a.txt"}
    await client.app({**scope, "headers": headers, "http_version": "1.1", "scheme": "http"}, receive, send)
    assert sent[0]["status"] == 400
    assert client.world.files[ItemId("folder-general")] == {}
    assert client.world.files.get(ItemId("folder-contract"), {}) == {}


async def test_an_existing_file_is_never_replaced(client: ApiClient) -> None:
    await client.post(FILES, params={"name": "a.txt"}, content=b"first")
    answer = await client.post(FILES, params={"name": "a.txt"}, content=b"second")
    assert (answer.status_code, answer.json()["code"]) == (409, "file.exists")
    assert client.world.files[ItemId("folder-contract")] == {"a.txt": b"first"}


@pytest.mark.parametrize("name", ["a<b>.txt", "con", "~$draft.docx", "..", "C:\\temp\\"])
async def test_a_name_that_sharepoint_refuses_is_refused_here(client: ApiClient, name: str) -> None:
    answer = await client.post(FILES, params={"name": name}, content=b"x")
    assert answer.status_code == 400
    assert client.world.files == {ItemId("folder-general"): {}}


async def test_unknown_places_files_and_records_are_not_found(client: ApiClient) -> None:
    place = await client.get(FILES, params={"place": "elsewhere"})
    item = await client.get(f"{FILES}/no-such-item/content")
    record = await client.get(FILES.replace(RENEWAL.id, SECRET_DEAL.id), as_="oliver")
    assert [one.json()["code"] for one in (place, item, record)] == ["file.unknown", "file.unknown", "record.unknown"]


async def test_a_file_id_that_would_leave_its_path_is_refused(client: ApiClient) -> None:
    answer = await client.get(f"{FILES}/..%2F..%2Fteams/content")
    assert answer.status_code in {400, 404}


@pytest.mark.statement("F40", "S53")
async def test_the_files_of_every_place_come_in_one_list_with_their_place(client: ApiClient) -> None:
    for place, name in (("", "Offer.docx"), ("loc-1", "Terms.pdf")):
        await client.post(FILES, params={"name": name, "place": place}, content=b"x")
    shown = (await client.get(FILES, params={"place": "all"})).json()
    contract, general = (place["key"] for place in shown["places"])
    found = {(one["name"], one["place"]) for one in shown["items"]}
    assert (shown["chosen"], found) == ("all", {("Offer.docx", contract), ("Terms.pdf", general)})
    assert (shown["next"], shown["is_cut"]) == (None, False)


@pytest.mark.statement("S17", "F40")
async def test_among_all_places_one_that_does_not_open_says_why_and_the_others_are_listed(client: ApiClient) -> None:
    await client.post(FILES, params={"name": "Terms.pdf", "place": "loc-1"}, content=b"x")
    client.world.preparing.add(CONTRACT)
    shown = (await client.get(FILES, params={"place": "all"})).json()
    contract, general = shown["places"]
    assert (contract["problem"]["code"], general["is_open"]) == ("upstream.still_preparing", True)
    assert [(one["name"], one["place"]) for one in shown["items"]] == [("Terms.pdf", general["key"])]
