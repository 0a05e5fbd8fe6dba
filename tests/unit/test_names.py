"""Names that people give to channels and files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.domain.names import CHANNEL_NAME_LIMIT, propose_channel_name, read_channel_name, read_file_name
from liaison.errors import ChannelNameForbidden, ChannelNameTooLong, FileNameForbidden, InputMissing


@pytest.mark.parametrize(
    "name",
    ["Renewals", "Général", "Affaire n° 12 (2027)", "A & B".replace("&", "et"), "日本", "🚀 Launch", "a.b", "x" * 50],
)
def test_a_good_name_stays_as_it_is(name: str) -> None:
    assert read_channel_name(f"  {name} ") == name


@pytest.mark.parametrize("letter", list("~#%&*{}+/\\:<>?|'\","))
def test_each_letter_that_teams_refuses_is_named(letter: str) -> None:
    with pytest.raises(ChannelNameForbidden) as refused:
        read_channel_name(f"Deal{letter}x")
    assert refused.value == ChannelNameForbidden(f"Deal{letter}x", letter, "Deal x")


@pytest.mark.parametrize(
    ("name", "characters"),
    [
        ("_hidden", "_"),
        (".hidden", "."),
        ("ends.", "."),
        ("a..b", ".."),
        ("con", "con"),
        ("LPT1", "LPT1"),
        ("forms", "forms"),
        ("a\u202eb", "U+202E"),
        ("a\x07b", "U+0007"),
    ],
)
def test_names_that_get_no_folder_are_refused(name: str, characters: str) -> None:
    with pytest.raises(ChannelNameForbidden) as refused:
        read_channel_name(name)
    assert characters in refused.value.characters.split()


def test_a_name_may_be_fifty_letters_long_and_no_longer() -> None:
    with pytest.raises(ChannelNameTooLong) as refused:
        read_channel_name("x" * 51)
    assert refused.value == ChannelNameTooLong("x" * 51, CHANNEL_NAME_LIMIT)


@pytest.mark.parametrize("name", ["", "   ", "\t\n"])
def test_no_name_is_no_name(name: str) -> None:
    with pytest.raises(InputMissing):
        read_channel_name(name)


@given(st.text(max_size=300))
def test_any_text_gives_a_name_that_teams_takes(text: str) -> None:
    proposal = propose_channel_name(text)
    assert read_channel_name(proposal) == proposal


def test_a_cut_proposal_ends_neither_in_a_blank_nor_a_dot() -> None:
    assert propose_channel_name("x" * 48 + " .y") == "x" * 48


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("offer.pdf", "offer.pdf"),
        ("C:\\Users\\claire\\offer.pdf", "offer.pdf"),
        ("../../etc/passwd", "passwd"),
        (" Devis n° 1.docx ", "Devis n° 1.docx"),
        ("100 % sûr #1.txt", "100 % sûr #1.txt"),
    ],
)
def test_a_files_name_is_kept_without_its_path(sent: str, kept: str) -> None:
    assert read_file_name(sent) == kept


@pytest.mark.parametrize(
    "name", ['a"b', "a*b", "a:b", "a<b", "a?b", "a|b", "~$offer.docx", "x_vti_y", "CON", ".lock", "a\u202eb", "a\x00b"]
)
def test_a_name_that_sharepoint_refuses_is_refused(name: str) -> None:
    with pytest.raises(FileNameForbidden):
        read_file_name(name)


@pytest.mark.parametrize("name", ["", " ", "folder/", "..", "a/.."])
def test_no_file_name_is_no_file_name(name: str) -> None:
    with pytest.raises(InputMissing):
        read_file_name(name)
