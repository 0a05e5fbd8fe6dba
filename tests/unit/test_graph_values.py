"""Pure parts of the Graph room."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.domain.names import ChannelKind
from liaison.errors import ChannelGone, ConsentNotGranted, FileExists, NotTeamMember, UpstreamRefused
from liaison.graph.errors import About, Subject, error_of
from liaison.graph.payloads import read_channel, read_folder, read_tab
from liaison.graph.quickxor import quick_xor_hash
from liaison.wire.messages import Answer
from liaison.wire.wild import Wild


def _answer(status: int, code: str, message: str = "") -> Answer:
    content = {"error": {"code": code, "message": message}}
    return Answer("graph", status, {}, b"x", content, "req-1")


def _hash_by_the_book(content: bytes) -> str:
    """Byte by byte, as the published sample does it."""
    import base64

    ring = [0] * 160
    for index, byte in enumerate(content):
        for bit in range(8):
            if byte >> bit & 1:
                ring[(index * 11 + bit) % 160] ^= 1
    number = sum(bit << place for place, bit in enumerate(ring)) ^ (len(content) << 96)
    return base64.b64encode(number.to_bytes(20, "little")).decode()


@given(st.binary(max_size=700))
def test_the_hash_is_the_published_one(content: bytes) -> None:
    assert quick_xor_hash(content) == _hash_by_the_book(content)


@pytest.mark.parametrize(
    ("answer", "subject", "error"),
    [
        (_answer(403, "Forbidden"), Subject(About.TEAM, team="t"), NotTeamMember("t")),
        (_answer(404, "NotFound"), Subject(About.CHANNEL, "c", "t"), ChannelGone("c", "t")),
        (_answer(400, "InvalidRequest"), Subject(About.CHANNEL, "c", "t"), ChannelGone("c", "t")),
        (_answer(409, "nameAlreadyExists"), Subject(About.FILE, "a.txt"), FileExists("a.txt")),
        (
            _answer(400, "BadRequest", "Channel.DisplayName ..."),
            Subject(About.TEAM, team="t"),
            UpstreamRefused("graph", "BadRequest", "req-1", "Channel.DisplayName ...", 400),
        ),
        (
            _answer(
                403,
                "Forbidden",
                "Missing scope permissions on the request. API requires one of 'Channel.Create, Group.ReadWrite.All'. "
                "Scopes on the request 'User.Read'",
            ),
            Subject(About.TEAM, team="t"),
            ConsentNotGranted("connect", ("Channel.Create",)),
        ),
    ],
)
def test_graphs_errors_become_ours(answer: Answer, subject: Subject, error: Exception) -> None:
    assert error_of(answer, subject) == error


def test_an_unreadable_refusal_keeps_its_status() -> None:
    answer = Answer("graph", 400, {}, b"<html>", None, "req-1")
    assert error_of(answer, Subject(About.TEAM)) == UpstreamRefused("graph", "", "req-1", "", 400)


def test_a_kind_of_channel_nobody_knows_counts_as_private() -> None:
    wild = Wild({"id": "19:x", "displayName": "X", "membershipType": "unknownFutureValue"})
    assert read_channel(wild).kind is ChannelKind.PRIVATE


def test_a_tab_may_have_no_configuration() -> None:
    tab = read_tab(Wild({"id": "t", "displayName": "T", "configuration": None}))
    assert (tab.entity, tab.content_address) == ("", "")


def test_a_folder_knows_its_site_whatever_the_library_is_called() -> None:
    item = Wild(
        {"id": "i", "name": "Prévisions", "webUrl": "https://c.sharepoint.com/sites/V/Documents%20partages/Pr%C3%A9v"}
    )
    drive = Wild({"id": "d", "webUrl": "https://c.sharepoint.com/sites/V/Documents%20partages"})
    folder = read_folder(item, drive)
    assert folder.site_address == "https://c.sharepoint.com/sites/V"
    assert folder.path == "/sites/V/Documents partages/Prév"
