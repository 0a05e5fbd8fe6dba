"""The tree of errors: each code once, with sentences in both languages that name only its facts."""

from __future__ import annotations

import string
from dataclasses import MISSING, fields

import pytest

from liaison.api.problems import render_problem
from liaison.cli.refusals import EXIT_CODES, exit_code
from liaison.errors import (
    Conflict,
    ConsentMissing,
    Defect,
    InvalidRequest,
    LiaisonError,
    NotAllowed,
    NotFound,
    NotReady,
    Remembered,
    Retry,
    Row,
    SignInRequired,
    Upstream,
    concrete_errors,
)
from liaison.text.lookup import LANGUAGES, load_texts

PARTS = ("title", "message", "remedy", "help")
EXITS: dict[type[LiaisonError], int] = {
    InvalidRequest: 2,
    SignInRequired: 3,
    NotAllowed: 4,
    ConsentMissing: 4,
    NotFound: 5,
    Conflict: 6,
    NotReady: 6,
    Upstream: 7,
    Defect: 70,
}


def every_class() -> list[type[LiaisonError]]:
    found: list[type[LiaisonError]] = []
    pending: list[type[LiaisonError]] = [LiaisonError]
    while pending:
        kind = pending.pop()
        found.append(kind)
        pending.extend(kind.__subclasses__())
    return found


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def test_codes_are_unique() -> None:
    codes = [kind.code for kind in every_class() if "code" in vars(kind) and kind.code]
    assert sorted(codes) == sorted(set(codes))


def test_a_class_without_subclasses_has_a_code() -> None:
    assert [kind.__name__ for kind in every_class() if not kind.__subclasses__() and not kind.code] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", concrete_errors())
def test_every_error_has_its_four_sentences_and_they_name_only_facts(code: str, language: str) -> None:
    texts = load_texts()
    facts = {field.name for field in fields(concrete_errors()[code])}
    for part in PARTS:
        sentence = texts.pattern(language, f"error.{code}.{part}")
        assert sentence.strip()
        assert placeholders(sentence) <= facts, f"{code}.{part} in {language}"
    assert placeholders(texts.pattern(language, f"error.{code}.help")) == set()


def test_no_sentence_is_about_an_error_that_is_not_there() -> None:
    known = {f"error.{code}.{part}" for code in concrete_errors() for part in PARTS}
    for language in LANGUAGES:
        assert {key for key in load_texts().keys(language) if key.startswith("error.")} == known


def test_help_anchors_are_the_same_in_both_languages_and_unique() -> None:
    texts = load_texts()
    english, french = (
        [texts.pattern(language, f"error.{code}.help") for code in concrete_errors()] for language in LANGUAGES
    )
    assert english == french
    assert len(set(english)) == len(english)


def example(kind: type[LiaisonError]) -> LiaisonError:
    values = {field.name: f"the {field.name}" for field in fields(kind) if field.default is MISSING}
    rows = (Row("site", "Contoso Team Site", "5b7e"),)
    values |= {name: rows for name in ("candidates", "unmet", "wrong") if name in values}  # type: ignore[misc]
    values |= {name: 3 for name in values if name.endswith(("_bytes", "limit"))}  # type: ignore[misc]
    return kind(**values)


@pytest.mark.parametrize("code", concrete_errors())
def test_an_error_crosses_a_process_boundary_as_code_and_facts(code: str) -> None:
    error = example(concrete_errors()[code])
    assert Remembered.of(error).error() == error


@pytest.mark.parametrize("code", concrete_errors())
def test_the_api_renders_it_and_the_command_line_has_an_exit_code_for_it(code: str) -> None:
    error = example(concrete_errors()[code])
    problem = render_problem(error, "en", load_texts(), "http://localhost:8300", "one")
    assert problem.code == code
    assert error.status in EXIT_CODES
    wanted = next(EXITS[kind] for kind in type(error).__mro__ if kind in EXITS)
    assert exit_code(error.status) == wanted


def test_only_what_may_succeed_later_says_how_long_to_wait() -> None:
    for code, kind in concrete_errors().items():
        if example(kind).retry_after_s is not None:
            assert kind.retry is Retry.LATER, code
