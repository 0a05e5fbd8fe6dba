"""Filing by a reaction: what counts as marked, how a message becomes text, whom an item is believed from, and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from liaison.domain.backoff import LONGEST_WAIT_S, backoff_s
from liaison.domain.filing import (
    EXCERPT_LIMIT,
    REACTIONS,
    ChannelMessage,
    MessageRef,
    Reaction,
    excerpt,
    is_marked,
    read_reaction,
    require_reachable,
)
from liaison.domain.listening import (
    FIRST_WAIT_S,
    GIVEN_UP_AFTER,
    LifeEvent,
    Listening,
    ListeningState,
    Notice,
    Told,
    choose_acting,
    is_genuine,
)
from liaison.domain.names import ChannelId, PersonId, TeamId, TenantId
from liaison.errors import AddressNotReachable, InputInvalid, Remembered, UpstreamUnavailable
from liaison.graph.message_text import one_line, plain_text
from liaison.graph.notifications import GraphNotifications
from liaison.graph.resources import MessagePath, read_message_path
from tests.unit.api_fakes import CLAIRE, MARC, OLIVER

AT = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
CHANNEL = ChannelId("19:a@thread.tacv2")
REF = MessageRef(TeamId("team-1"), CHANNEL, "1612289992105")
TROUBLE = Remembered.of(UpstreamUnavailable("graph", "503"))


def message(*emoji: str) -> ChannelMessage:
    reactions = tuple(Reaction(PersonId("oliver"), one) for one in emoji)
    return ChannelMessage(REF, "Oliver", AT, "", "Yes", "https://teams.example/1", (), reactions)


def listening(**changes: object) -> Listening:
    made = Listening("l1", TenantId("t1"), TeamId("team-1"), CHANNEL, "s" * 43, AT, ListeningState.LIVE, "sub-1")
    return replace(made, **changes)  # type: ignore[arg-type]


def told(**changes: object) -> Told:
    return replace(Told("sub-1", "s" * 43, "t1", CHANNEL, "1612289992105"), **changes)  # type: ignore[arg-type]


@pytest.mark.statement("F54")
def test_a_message_is_marked_by_the_chosen_sign_in_either_of_its_variants() -> None:
    assert is_marked(message("👍", "⭐"), "⭐")
    assert is_marked(message("⭐\ufe0f"), "⭐")
    assert not is_marked(message("👍", "like"), "⭐")
    assert not is_marked(message(), "⭐")


def test_only_offered_reactions_are_taken() -> None:
    assert read_reaction("") == REACTIONS[0] == "📌"
    assert read_reaction(" ✅\ufe0f ") == "✅"
    with pytest.raises(InputInvalid):
        read_reaction("like")


@pytest.mark.statement("F54")
def test_an_excerpt_ends_at_a_word_and_never_reads_as_a_tag() -> None:
    long = excerpt("word " * 2_000)
    assert len(long) <= EXCERPT_LIMIT
    assert long.endswith("word…")
    assert len(excerpt("x" * 9_000)) == EXCERPT_LIMIT
    assert excerpt("a <script>b</script> 1 < 2 <!-- c") == "a < script>b< /script> 1 < 2 < !-- c"


@pytest.mark.parametrize("address", ["http://liaison.contoso.com", "http://localhost.evil.example", "ftp://localhost"])
def test_microsoft_calls_public_https_addresses_only(address: str) -> None:
    with pytest.raises(AddressNotReachable):
        require_reachable(address)
    for fine in ("https://liaison.contoso.com", "http://localhost:8300", "http://127.0.0.1:8300/x", "http://[::1]"):
        require_reachable(fine)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two<br>Three</p>", "One\n\nTwo\nThree"),
        ("<script>alert(1)</script>Yes<style>p{}</style>", "Yes"),
        ("&lt;img src=x onerror=y&gt;", "<img src=x onerror=y>"),
        ("<img src='https://evil.example/p' alt='a chart'>", "a chart"),
        ('<emoji alt="🙂"></emoji> <at id="0">Claire</at>, <attachment id="7"></attachment>done', "🙂 Claire, done"),
        ("<ul><li>a</li><li>b</li></ul>", "• a\n• b"),
        ("<div>broken <b>markup", "broken markup"),
        ("a\u202eb\x00c\u200bd", "abcd"),
        ("<template><b>x</b></template>y</script>z", "yz"),
    ],
)
def test_markup_becomes_what_a_reader_sees(html: str, text: str) -> None:
    assert plain_text(html, "html") == text


def test_plain_text_stays_but_for_unseen_signs() -> None:
    assert plain_text("1 < 2\r\n\r\n\r\n\r\nend <b>", "text") == "1 < 2\n\nend <b>"
    assert one_line("a\n b\t c") == "a b c"


def test_only_addresses_of_messages_are_read() -> None:
    path = "teams('t')/channels('19%3Aa@thread.tacv2')/messages('1612289992105')"
    assert read_message_path(path) == MessagePath(CHANNEL, "1612289992105", "")
    assert read_message_path(f"{path}/replies('1612289992999')") == MessagePath(
        CHANNEL, "1612289992105", "1612289992999"
    )
    for bad in ("", "teams('t')", path + "/hostedContents", path.replace("1612289992105", "../x"), path * 30):
        assert read_message_path(bad) is None


def test_what_is_no_notification_is_nothing() -> None:
    read = GraphNotifications().read
    for body in (b"", b"[]", b"{}", b'{"value": 1}', b'{"value": [1, {}, null]}', b"\xff", b"[" * 5_000):
        assert read(body) == ()
    path = f"teams('t')/channels('{CHANNEL}')/messages('1612289992105')"
    item = {"subscriptionId": "sub-1", "clientState": "s" * 43, "tenantId": "t1", "resource": path}
    life = {"subscriptionId": "sub-1", "clientState": "s" * 43, "lifecycleEvent": "subscriptionRemoved"}
    assert read(orjson.dumps({"value": [item, life, {**item, "resource": 5}]})) == (
        told(),
        Told("sub-1", "s" * 43, event=LifeEvent.REMOVED),
    )
    assert len(read(orjson.dumps({"value": [item] * 1_200}))) == 1_000


@pytest.mark.statement("F54")
def test_an_item_is_believed_only_with_the_secret_of_the_very_listening() -> None:
    assert is_genuine(told(), listening())
    assert is_genuine(told(subscription="early"), listening(subscription=""))
    for forged in (
        told(secret=""), told(secret="S" * 43), told(subscription="sub-2"), told(tenant="t2"), told(channel="19:b"),
        told(secret="é" * 43), told(secret="-" * 43),
    ):  # fmt: skip
        assert not is_genuine(forged, listening())
    assert not is_genuine(told(), None)
    assert not is_genuine(told(secret="-" * 43), None)


def test_a_listening_is_renewed_a_day_before_its_end_and_tried_again_when_it_fails() -> None:
    ends = AT + timedelta(days=3)
    live = listening(tries=4, trouble=TROUBLE).live("sub-9", ends, CLAIRE)
    assert (live.due_at, live.tries, live.trouble, live.acting) == (ends - timedelta(hours=24), 0, None, CLAIRE)
    assert (live.is_over(AT), live.is_over(ends), listening(subscription="").is_over(AT)) == (False, True, True)
    failed = live.failed(TROUBLE, AT, wait_s=120)
    assert (failed.state, failed.tries, failed.due_at) == (ListeningState.TROUBLED, 1, AT + timedelta(seconds=120))
    assert listening(state=ListeningState.ENDING).failed(TROUBLE, AT).state is ListeningState.ENDING
    assert [backoff_s(number, "", FIRST_WAIT_S) for number in (1, 2, 3, 20)] == [2.0, 4.0, 8.0, LONGEST_WAIT_S]


def test_a_message_that_cannot_be_filed_for_a_day_waits_for_a_person() -> None:
    notice = Notice("l1", "1", "", AT, AT)
    assert not notice.failed(TROUBLE, AT + GIVEN_UP_AFTER).is_stuck
    assert notice.failed(TROUBLE, AT + GIVEN_UP_AFTER + timedelta(seconds=1)).is_stuck


def test_whoever_stood_for_a_listening_goes_on_and_after_a_failure_the_next_one() -> None:
    people = (CLAIRE, OLIVER)
    assert choose_acting(people, None, 0) == CLAIRE
    assert choose_acting(people, OLIVER, 0) == OLIVER
    assert choose_acting(people, OLIVER, 1) == CLAIRE
    assert choose_acting(people, MARC, 0) == CLAIRE
    assert choose_acting((), CLAIRE, 0) is None


def test_secrets_are_not_shown() -> None:
    assert "sss" not in repr(listening())
    assert "sss" not in repr(told())
