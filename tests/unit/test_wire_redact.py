"""Nothing secret is written down, and nobody has to name the secrets."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from liaison.wire.redact import HIDDEN, SHOWN_HEADERS, SHOWN_QUERY, show_headers, show_query

CANARY = "canary-7f3a"


def test_only_allowed_headers_are_shown() -> None:
    headers = {
        "Authorization": f"Bearer {CANARY}",
        "Cookie": CANARY,
        "X-New-Secret": CANARY,
        "Content-Type": "application/json",
        "Retry-After": "3",
    }
    assert show_headers(headers) == {"content-type": "application/json", "retry-after": "3"}


def test_query_values_are_hidden_unless_allowed() -> None:
    address = f"https://h/p?$select=name&$filter=name eq '{CANARY}'&tempauth={CANARY}&$skiptoken={CANARY}"
    assert show_query(address) == {"$select": "name", "$filter": HIDDEN, HIDDEN: HIDDEN, "$skiptoken": HIDDEN}


@given(st.text(min_size=1).filter(lambda name: name.lower() not in SHOWN_HEADERS))
def test_a_header_nobody_thought_of_is_not_shown(name: str) -> None:
    assert show_headers({name: CANARY}) == {}


@given(st.sampled_from(["token", "code", "client_secret", "sig", "guid", "$apply", "$search"]))
def test_an_option_nobody_thought_of_has_no_value(name: str) -> None:
    assert name not in SHOWN_QUERY
    assert CANARY not in str(show_query(f"https://h/p?{name}={CANARY}"))
