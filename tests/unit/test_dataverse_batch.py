"""Multipart bodies of the Web API: built, taken apart, and what cannot be trusted in them."""

from __future__ import annotations

from liaison.dataverse.batch import DataverseEnvelope, read_answers, read_changes, write_body
from liaison.wire.messages import Answer, Ask

BASE = "https://org.crm4.dynamics.com/api/data/v9.2"


def ask(path: str, method: str = "GET", body: bytes | None = None) -> Ask:
    headers = {"prefer": "odata.maxpagesize=5"}
    return Ask("dataverse", "dataverse", method, f"{BASE}{path}", path, True, headers, body, home="org")


def part(status: str, body: bytes, kind: str = "application/http", content_id: str = "") -> bytes:
    about = f"Content-ID: {content_id}\r\n" if content_id else ""
    head = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: binary\r\n{about}\r\nHTTP/1.1 {status}\r\n"
    return head.encode() + b"Content-Type: application/json\r\nREQ_ID: 7\r\n\r\n" + body


def answer(body: bytes, boundary: str = "batchresponse_1") -> Answer:
    headers = {"content-type": f'multipart/mixed; boundary="{boundary}"'}
    return Answer("dataverse", 200, headers, body, request_id="whole")


def statuses(answers: list[Answer | None]) -> list[int | None]:
    return [one.status if one else None for one in answers]


def test_reads_are_written_one_after_the_other_with_their_own_headers() -> None:
    whole = DataverseEnvelope(BASE, {"odata-version": "4.0"}).wrap([ask("/accounts?$top=1"), ask("/contacts(1)")])
    boundary = whole.headers["content-type"].partition("boundary=")[2]
    assert (whole.method, whole.address, whole.path) == ("POST", f"{BASE}/$batch", "/$batch")
    assert whole.headers["prefer"] == "odata.continue-on-error"
    assert whole.repeatable
    assert not whole.reads_json
    assert whole.body is not None
    assert whole.body.decode() == (
        f"--{boundary}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"
        "GET /api/data/v9.2/accounts?$top=1 HTTP/1.1\r\naccept: application/json\r\nprefer: odata.maxpagesize=5\r\n\r\n"
        "\r\n"
        f"--{boundary}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"
        "GET /api/data/v9.2/contacts(1) HTTP/1.1\r\naccept: application/json\r\nprefer: odata.maxpagesize=5\r\n\r\n"
        "\r\n"
        f"--{boundary}--\r\n"
    )


def test_answers_come_apart_in_order_with_status_headers_and_body() -> None:
    body = write_body("batchresponse_1", [part("200 OK", b'{"a": 1}'), part("404 Not Found", b'{"error": {}}')])
    first, second = read_answers(answer(body), 2)
    assert first is not None
    assert (first.status, first.body, first.header("content-type")) == (200, b'{"a": 1}', "application/json")
    assert first.request_id == "whole"
    assert second is not None
    assert (second.status, second.body) == (404, b'{"error": {}}')


def test_a_body_that_was_cut_is_good_up_to_the_cut() -> None:
    body = write_body("batchresponse_1", [part("200 OK", b'{"a": 1}'), part("200 OK", b'{"b": 2}')])
    assert statuses(read_answers(answer(body[:-40]), 2)) == [200, None]
    assert statuses(read_answers(answer(body[:30]), 2)) == [None, None]


def test_with_another_number_of_parts_than_asked_none_is_trusted() -> None:
    body = write_body("batchresponse_1", [part("200 OK", b"{}")])
    assert read_answers(answer(body), 2) == [None, None]
    assert read_answers(answer(write_body("batchresponse_1", [part("200 OK", b"{}")] * 3)), 2) == [None, None]


def test_a_page_of_a_proxy_is_no_answer() -> None:
    page = Answer("dataverse", 200, {"content-type": "text/html"}, b"<html>busy</html>")
    assert read_answers(page, 2) == [None, None]
    assert read_changes(page, 2) == [None, None]


def test_changes_are_answered_each_or_all_by_one_refusal() -> None:
    inner = write_body("changesetresponse_2", [part("204 No Content", b"", content_id=str(one)) for one in (1, 2)])
    kind = b"Content-Type: multipart/mixed; boundary=changesetresponse_2\r\n\r\n"
    whole = answer(write_body("batchresponse_1", [kind + inner]))
    assert statuses(read_changes(whole, 2)) == [204, 204]
    refused = answer(write_body("batchresponse_1", [part("412 Precondition Failed", b"{}")]))
    assert statuses(read_changes(refused, 2)) == [412, 412]
