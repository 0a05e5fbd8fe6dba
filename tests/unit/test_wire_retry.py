"""How long a service asks us to wait, in every form that services use."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.wire.retry import LONGEST_WAIT_S, read_wait_s

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "12"}, 12.0),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": " 2.128 "}, 2.128),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:30 GMT"}, 30.0),
        ({"retry-after": "Sun, 22 Nov 2026 11:00:00 GMT"}, 0.0),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "86400"}, 86_400.0),
        ({"retry-after": "999999999"}, LONGEST_WAIT_S),
        ({"ratelimit-reset": "7"}, 7.0),
        ({"retry-after": "3", "ratelimit-reset": "7"}, 7.0),
        ({"retry-after": "9", "ratelimit-reset": "7"}, 9.0),
        ({"retry-after": "-1", "ratelimit-reset": "7"}, 7.0),
    ],
)
def test_the_wait_is_read_in_every_form(headers: dict[str, str], wait_s: float | None) -> None:
    assert read_wait_s(headers, NOW) == wait_s


def test_a_date_is_judged_by_the_services_own_clock() -> None:
    headers = {"retry-after": "Sun, 22 Nov 2026 15:00:20 GMT", "date": "Sun, 22 Nov 2026 15:00:00 GMT"}
    assert read_wait_s(headers, NOW) == 20.0


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_no_header_text_makes_reading_fail(after: str, reset: str, date: str) -> None:
    wait_s = read_wait_s({"retry-after": after, "ratelimit-reset": reset, "date": date}, NOW)
    assert wait_s is None or 0 <= wait_s <= LONGEST_WAIT_S
