"""`$batch`: order, change sets, references, failures, forms that clients send."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest

from tests.local_tenant import LocalTenant
from tests.tenant.crm_client import NOBODY, Crm, crm


@pytest.fixture
def client(tenant: LocalTenant) -> Crm:
    return crm(tenant)


def part(method: str, url: str, body: Any = None, content_id: str | None = None, **headers: str) -> str:
    """One request as a part, CRLF throughout."""
    lines = ["Content-Type: application/http", "Content-Transfer-Encoding: binary"]
    if content_id is not None:
        lines.append(f"Content-ID: {content_id}")
    lines += ["", f"{method} {url} HTTP/1.1"]
    if body is not None:
        lines.append("Content-Type: application/json; type=entry")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", json.dumps(body) if body is not None else ""])


def change_set(*parts: str, boundary: str = "changeset_1") -> str:
    inner = "".join(f"--{boundary}\r\n{one}\r\n" for one in parts)
    return f"Content-Type: multipart/mixed; boundary={boundary}\r\n\r\n{inner}--{boundary}--\r\n"


def send(client: Crm, *parts: str, boundary: str = "batch_1", preamble: str = "", **headers: str) -> httpx2.Response:
    body = preamble + "".join(f"--{boundary}\r\n{one}\r\n" for one in parts) + f"--{boundary}--\r\n"
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx2.post(
        f"{client.root}/$batch",
        content=body.encode(),
        headers={**client.headers, "Content-Type": f'multipart/mixed; boundary="{boundary}"', **named},
    )


def answers(response: httpx2.Response) -> list[tuple[int, dict[str, str], Any]]:
    """Status, headers and body of every answer, change sets opened."""
    kind = response.headers["Content-Type"]
    boundary = kind.partition("boundary=")[2]
    assert boundary.startswith("batchresponse_")
    found: list[tuple[int, dict[str, str], Any]] = []
    for piece in response.text.split(f"--{boundary}")[1:-1]:
        _open(piece.strip("\r\n"), found)
    return found


def _open(piece: str, found: list[tuple[int, dict[str, str], Any]]) -> None:
    head, _, rest = piece.partition("\r\n\r\n")
    if "multipart/mixed" in head:
        boundary = head.partition("boundary=")[2].strip()
        assert boundary.startswith("changesetresponse_")
        for inner in rest.split(f"--{boundary}")[1:-1]:
            _open(inner.strip("\r\n"), found)
        return
    assert "Content-Type: application/http" in head
    status_line, _, after = rest.partition("\r\n")
    header_text, _, body = after.partition("\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in header_text.split("\r\n") if ": " in line)
    headers.update(line.split(": ", 1) for line in head.split("\r\n"))
    assert status_line.startswith("HTTP/1.1 ")
    found.append((int(status_line.split(" ")[1]), headers, json.loads(body) if body.strip() else None))


def test_reads_and_writes_in_order(client: Crm) -> None:
    response = send(
        client,
        part("POST", "accounts", {"name": "Batch one"}),
        part("GET", "accounts?$select=name&$filter=name eq 'Batch one'"),
        part("GET", f"{client.root}/accounts/$count?$filter=name eq 'Batch one'"),
    )
    assert response.status_code == 200
    made, listed, counted = answers(response)[0], answers(response)[1], response.text
    assert made[0] == 204
    assert made[1]["OData-EntityId"].startswith(f"{client.root}/accounts(")
    assert [row["name"] for row in listed[2]["value"]] == ["Batch one"]
    assert "\r\n\r\n1\r\n--batchresponse_" in counted


@pytest.mark.parametrize("url", ["WhoAmI", "/api/data/v9.0/WhoAmI", "{root}/WhoAmI", "/api/data/v9.2/WhoAmI()"])
def test_every_form_of_address(client: Crm, url: str) -> None:
    ((status, _, body),) = answers(send(client, part("GET", url.format(root=client.root))))
    assert (status, body["UserId"]) == (200, client.user_id())


def test_a_change_set_refers_to_its_earlier_members(client: Crm) -> None:
    response = send(
        client,
        change_set(
            part("POST", "accounts", {"name": "Parent in set"}, content_id="1"),
            part(
                "POST", "contacts", {"lastname": "Child", "parentcustomerid_account@odata.bind": "$1"}, content_id="2"
            ),
            part("PATCH", "$1", {"primarycontactid@odata.bind": "$2"}, content_id="3", If_Match="*"),
            part("PUT", "$1/name", {"value": "Renamed in set"}, content_id="4"),
            part("POST", "$1/Account_Tasks", {"subject": "Below"}, content_id="5"),
            part("PUT", "$2/parentcustomerid_account/$ref", {"@odata.id": "$1"}, content_id="6"),
        ),
    )
    assert response.status_code == 200, response.text
    found = answers(response)
    assert [status for status, _, _ in found] == [204] * 6
    assert [headers["Content-ID"] for _, headers, _ in found] == ["1", "2", "3", "4", "5", "6"]
    row = client.rows(
        "accounts?$select=name&$filter=name eq 'Renamed in set'"
        "&$expand=primarycontactid($select=fullname),Account_Tasks($select=subject)"
    )[0]
    assert row["primarycontactid"]["fullname"] == "Child"
    assert [task["subject"] for task in row["Account_Tasks"]] == ["Below"]


def test_a_failing_change_set_leaves_nothing_and_answers_once(client: Crm) -> None:
    response = send(
        client,
        change_set(
            part("POST", "accounts", {"name": "Atomic"}, content_id="1"),
            part("PATCH", f"contacts({NOBODY})", {"lastname": "x"}, content_id="2", If_Match="*"),
        ),
    )
    assert response.status_code == 400
    assert answers(response) == [
        (
            404,
            answers(response)[0][1],
            {"error": {"code": "0x80040217", "message": f"contact With Id = {NOBODY} Does Not Exist"}},
        )
    ]
    assert client.rows("accounts?$filter=name eq 'Atomic'") == []


def test_the_first_failure_ends_the_batch(client: Crm) -> None:
    response = send(
        client,
        part("POST", "accounts", {"name": "Kept"}),
        part("GET", f"accounts({NOBODY})"),
        part("POST", "accounts", {"name": "Never"}),
    )
    assert response.status_code == 400
    assert [status for status, _, _ in answers(response)] == [204, 404]
    assert client.names("accounts?$select=name&$filter=name eq 'Kept' or name eq 'Never'") == ["Kept"]


def test_continue_on_error_answers_every_item(client: Crm) -> None:
    response = send(
        client,
        part("GET", f"accounts({NOBODY})"),
        change_set(part("POST", "accounts", {"nothing": 1}, content_id="1")),
        part("POST", "accounts", {"name": "Went on"}),
        Prefer="odata.continue-on-error",
    )
    assert response.status_code == 200
    assert response.headers["Preference-Applied"] == "odata.continue-on-error"
    assert [status for status, _, _ in answers(response)] == [404, 400, 204]


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ((part("POST", "accounts", {"name": "x"}),), "Content-ID header not present."),
        ((part("GET", "accounts", content_id="1"),), "A change set may only hold operations that change data"),
        (
            (part("PATCH", "$1", {"name": "x"}, content_id="1"),),
            "Content-ID Reference: '$1' does not exist in the batch context.",
        ),
        (
            (part("POST", "contacts", {"lastname": "x", "parentcustomerid_account@odata.bind": "$7"}, content_id="1"),),
            "Content-ID Reference: '$7' does not exist in the batch context.",
        ),
    ],
)
def test_change_sets_that_break_the_rules(client: Crm, parts: tuple[str, ...], message: str) -> None:
    ((status, _, body),) = answers(send(client, change_set(*parts)))
    assert status == 400
    assert body["error"]["code"] == "0x80060888"
    assert body["error"]["message"].startswith(message)


def test_representation_and_conditions_in_parts(client: Crm) -> None:
    made = client.create("accounts", {"name": "In batch"})
    response = send(
        client,
        part("PATCH", f"accounts({made})?$select=name", {"name": "Shown"}, Prefer="return=representation"),
        part("PATCH", f"accounts({made})", {"name": "Stale"}, If_Match='W/"1"'),
        Prefer="odata.continue-on-error",
    )
    first, second = answers(response)
    assert (first[0], first[2]["name"]) == (200, "Shown")
    assert (second[0], second[2]["error"]["code"]) == (412, "0x80060882")


def test_a_preamble_and_bare_newlines_are_tolerated(client: Crm) -> None:
    assert send(client, part("GET", "WhoAmI"), preamble="\r\n").status_code == 200
    body = "--b\nContent-Type: application/http\n\nGET WhoAmI HTTP/1.1\nAccept: application/json\n\n--b--\n"
    answer = httpx2.post(
        f"{client.root}/$batch",
        content=body,
        headers={**client.headers, "Content-Type": "multipart/mixed;boundary=b"},
    )
    assert answers(answer)[0][0] == 200


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("x", "application/json"),
        ("x", "multipart/mixed"),
        ("no boundary at all", "multipart/mixed; boundary=b"),
        ("--b\r\nContent-Type: application/http\r\n\r\nNONSENSE\r\n--b--", "multipart/mixed; boundary=b"),
        ("--b\r\nContent-Type: application/http\r\n\r\nGET WhoAmI HTTP/1.1\r\n", "multipart/mixed; boundary=b"),
    ],
)
def test_bodies_that_are_no_batch(client: Crm, content: str, kind: str) -> None:
    answer = httpx2.post(f"{client.root}/$batch", content=content, headers={**client.headers, "Content-Type": kind})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "0x80060888")


def test_batches_do_not_nest_and_have_a_limit(client: Crm) -> None:
    ((status, _, body),) = answers(send(client, part("POST", "$batch", {})))
    assert (status, body["error"]["message"]) == (400, "A batch cannot hold another batch.")
    many = send(client, *[part("GET", "WhoAmI")] * 1001)
    assert many.status_code == 400
    assert many.json()["error"]["message"] == "The batch has more than the 1000 operations that are allowed."


def test_long_queries_travel_in_a_batch(client: Crm) -> None:
    condition = " or ".join([f"accountid eq {NOBODY}"] * 480)
    url = f"accounts?$select=name&$filter={condition}" + " " * 20_000
    ((status, _, body),) = answers(send(client, part("GET", url)))
    assert (status, body["value"]) == (200, [])


def test_text_survives_a_batch(client: Crm) -> None:
    name = "Été – 日本 'quoted' \"double\"\n--batch_1\nline"
    response = send(client, change_set(part("POST", "accounts", {"name": name}, content_id="1")))
    address = answers(response)[0][1]["OData-EntityId"]
    assert client.get(f"{address}?$select=name")["name"] == name
