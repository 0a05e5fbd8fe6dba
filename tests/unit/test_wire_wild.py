"""Untrusted JSON becomes typed values or a surprise that names the place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from liaison.errors import UpstreamSurprise
from liaison.wire.wild import Wild

SAMPLE = Wild(
    {
        "id": "a",
        "none": None,
        "count": 3,
        "on": True,
        "at": "2026-03-04T09:12:31.1234567Z",
        "local": "2026-03-04T09:12:31",
        "rows": [{"name": "x"}, {"name": 5}],
        "inner": {"deep": {"name": "y"}},
    },
    service="graph",
)


def test_what_is_there_is_read() -> None:
    assert SAMPLE.text("id") == "a"
    assert SAMPLE.number("count") == 3
    assert SAMPLE.flag("on") is True
    assert SAMPLE.child("inner").child("deep").text("name") == "y"
    assert SAMPLE.list("rows")[0].text("name") == "x"


def test_absent_and_null_are_the_same_for_optional_values() -> None:
    for name in ("none", "absent"):
        assert SAMPLE.opt_text(name) == ""
        assert SAMPLE.opt_text(name, "otherwise") == "otherwise"
        assert SAMPLE.opt_number(name, 7) == 7
        assert SAMPLE.opt_flag(name) is False
        assert SAMPLE.opt_list(name) == ()
        assert SAMPLE.opt_child(name).opt_text("any") == ""
        assert SAMPLE.opt_moment(name) is None


def test_moments_are_utc_with_any_number_of_digits() -> None:
    assert SAMPLE.moment("at") == datetime(2026, 3, 4, 9, 12, 31, 123456, tzinfo=UTC)
    assert SAMPLE.moment("local") == datetime(2026, 3, 4, 9, 12, 31, tzinfo=UTC)
    assert Wild({"at": "2026-03-04T10:12:31.5+01:00"}).moment("at") == datetime(
        2026, 3, 4, 9, 12, 31, 500000, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("read", "path"),
    [
        (lambda: SAMPLE.text("absent"), "$.absent"),
        (lambda: SAMPLE.text("count"), "$.count"),
        (lambda: SAMPLE.number("on"), "$.on"),
        (lambda: SAMPLE.flag("count"), "$.count"),
        (lambda: SAMPLE.child("rows"), "$.rows"),
        (lambda: SAMPLE.list("inner"), "$.inner"),
        (lambda: SAMPLE.list("rows")[1].text("name"), "$.rows[1].name"),
        (lambda: SAMPLE.child("inner").child("deep").moment("name"), "$.inner.deep.name"),
        (lambda: SAMPLE.opt_text("rows"), "$.rows"),
        (lambda: Wild(None).text("id"), "$"),
        (lambda: Wild([]).text("id"), "$"),
    ],
)
def test_a_surprise_names_its_place(read: Callable[[], object], path: str) -> None:
    with pytest.raises(UpstreamSurprise) as raised:
        read()
    assert raised.value.path == path


def test_a_surprise_names_its_service() -> None:
    with pytest.raises(UpstreamSurprise) as raised:
        SAMPLE.text("absent")
    assert raised.value.service == "graph"


def test_plain_values_are_shown_as_people_write_them() -> None:
    shown = [Wild(value).as_shown() for value in ("a", 3, 1.5, True, None)]
    assert shown == ["a", "3", "1.5", "true", ""]
