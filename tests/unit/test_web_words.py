"""Language, theme and small words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from liaison.web import addresses, pictures, words
from liaison.web.taste import preferred_language


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("fr-CA,en;q=0.5", "fr"),
        ("de,fr;q=0.4,en;q=0.6", "en"),
        ("fr;q=0,en", "en"),
        ("*", "en"),
        ("fr;q=x", "en"),
    ],
)
def test_the_language_is_the_browsers_first_that_we_speak(accepted: str, language: str) -> None:
    assert preferred_language(accepted) == language


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("/links?show=all", "/links?show=all"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("/a\r\nSet-Cookie: x", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_nobody_is_sent_to_another_site(text: str, path: str) -> None:
    assert addresses.local_path(text) == path


def test_addresses_in_plain_text_can_be_followed() -> None:
    text = "See https://a.example/x?y=1. And <https://b.example>, not javascript:alert(1)"
    assert [(piece.text, piece.address) for piece in words.pieces(text)] == [
        ("See ", ""),
        ("https://a.example/x?y=1", "https://a.example/x?y=1"),
        (". And <", ""),
        ("https://b.example", "https://b.example"),
        (">, not javascript:alert(1)", ""),
    ]


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Nadia Benali", "NB"),
        ("Northwind", "N"),
        ("Paramètres d’application", "PA"),
        ("(signed) - 42", "4"),
        ("", ""),
    ],
)
def test_a_picture_has_one_or_two_letters(name: str, letters: str) -> None:
    assert words.initials(name) == letters


def test_a_moment_is_said_in_the_readers_language() -> None:
    at = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    assert words.moment("fr", at) == "2 mars 2026, 09:30:00 UTC"


@pytest.mark.parametrize(("language", "singular"), [("en", [1]), ("fr", [0, 1])])
def test_the_singular_follows_the_language(language: str, singular: list[int]) -> None:
    assert [count for count in range(4) if words.is_one(language, count)] == singular


@pytest.mark.parametrize(
    ("name", "icon"),
    [("Offer.DOCX", "word"), ("a.tar.gz", "zip"), ("noending", "document"), ("x.unknown", "document")],
)
def test_a_file_has_the_icon_of_its_ending(name: str, icon: str) -> None:
    assert pictures.of_file(name) == icon
