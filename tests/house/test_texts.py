"""The sentences: the same keys and placeholders in both languages, none missing, none left over."""

from __future__ import annotations

import re
import string
import tomllib

import pytest

from liaison.domain.consent import EXTRAS, PUBLISHING, SCOPES, ConsentState, Rung
from liaison.domain.crm import GLOBAL_ADMINISTRATOR, SYSTEM_ADMINISTRATOR, TEAMS_ADMINISTRATOR
from liaison.domain.diagnosis import LICENCE_FAMILIES
from liaison.domain.joining import JoinState
from liaison.domain.labelling import LabelledBy
from liaison.domain.link import LinkState, StepName
from liaison.domain.listening import ListeningState
from liaison.domain.members import Source, Unseen
from liaison.domain.naming import NameCheck
from liaison.domain.preview import FilesConsequence, NoticeCode
from liaison.domain.readiness import CheckState, Deployment, ReadinessFacts, judge_readiness
from liaison.operations.choose_team import NoLabels
from liaison.text.lookup import LANGUAGES, TextMissing, load_texts
from tests.house.sources import PACKAGE
from tests.house.text_uses import mentions, uses

FACTS = ReadinessFacts(
    Deployment.ONLINE, sharepoint_configured=False, onedrive_enabled=True, sites=(), absolute_locations=()
)
SURROUNDINGS = (
    "readiness.document_management",
    *LICENCE_FAMILIES.values(),
    "readiness.role_system_administrator",
    "readiness.role_global_administrator",
    "readiness.consent",
    "readiness.clock",
)
REASONS = (
    "basic",
    "enhanced",
    "table",
    "documents",
    "app",
    "record",
    "privileges",
    "licence_dynamics",
    "licence_teams",
    "consent",
)
MAY_BE_UNKNOWN = ("readiness.clock", "why.licence_dynamics", "why.licence_teams", "why.consent")
DEVICES = {f"readiness.unmanaged_devices.{part}" for part in ("title", "attention", "unknown", "remedy")}
"""Never met: what SharePoint itself is set to cannot be read."""

FAMILIES: dict[str, set[str]] = {
    "check": {
        f"{check.code}.{part}" for check in judge_readiness(FACTS) for part in ("title", "met", "unmet", "remedy")
    }
    | {f"{code}.{part}" for code in SURROUNDINGS for part in ("title", "met", "attention", "remedy")}
    | {f"why.{name}.{part}" for name in REASONS for part in ("title", "met", "unmet", "remedy")}
    | {f"{name}.unknown" for name in MAY_BE_UNKNOWN}
    | {f"state.{state.value}" for state in CheckState}
    | {"unread.text", "unread.remedy", "not_applicable"}
    | DEVICES,
    "step": {f"{step.value}.{part}" for step in StepName for part in ("doing", "done", "waiting")},
    "state": {"undo", *(state.value for state in LinkState)},
    "note": {
        f"{kind}.{part}"
        for kind in ("connected", "disconnected", "archived", "restored", "filed")
        for part in ("subject", "text")
    }
    | {f"filed.{part}" for part in ("somebody", "no_text", "attachments", "open")},
    "consent": {f"scope.{scope}" for scopes in (*SCOPES.values(), PUBLISHING) for scope in scopes}
    | {f"state.{state.value}" for state in ConsentState}
    | {f"rung.{rung.value}" for rung in Rung}
    | {f"extra.{rung.value}" for rung in EXTRAS}
    | {"rung.enhanced", "rung.publish"},
    "listening": {state.value for state in ListeningState},
    "source": {source.value for source in Source},
    "unseen": {unseen.value for unseen in Unseen},
    "naming": {f"unknown.{check.value}" for check in NameCheck},
    "files": {files.value for files in FilesConsequence},
    "notice": {notice.value for notice in NoticeCode},
    "labelled_by": {by.value for by in LabelledBy},
    "no_labels": {reason.value for reason in NoLabels},
    "join": {f"state.{state.value}" for state in JoinState},
    "role": {SYSTEM_ADMINISTRATOR, GLOBAL_ADMINISTRATOR, TEAMS_ADMINISTRATOR},
}
"""Families of keys that follow from the domain: exactly these, no more and no less."""

OPEN_FAMILIES = {"error", "absent", "expected", "field", "row", "reason", "service", "what", "finding", "unit"}
"""Looked up by a fact's value; what is in them is a list, and `error` has a test of its own."""

SAID_AFTER_S38 = {
    "en": "The admin has not consented to use user sync feature, you can add them manually.",
    "fr": "L’administrateur n’a pas émis d’autorisation pour utiliser la fonction de synchronisation de "
    "l’utilisateur. Vous pouvez les ajouter manuellement.",
}


LABELS = {
    "Turn on the linking of Dynamics 365 records to Microsoft Teams channels": (
        "Activer la liaison des enregistrements Dynamics 365 aux canaux Microsoft Teams"
    ),
    "Turn on Enhanced Microsoft Teams Integration": "Activer l’intégration de Microsoft Teams améliorée",
    "Microsoft Teams collaboration and chat": "Collaboration et conversation instantanée Microsoft Teams",
    "Collaborate": "Collaborer",
    "Change area": "Changer de zone",
    "App Settings": "Paramètres d’application",
    "General Settings": "Paramètres généraux",
    "Chat and collaborate": "Discuter et collaborer",
    "Documents": "Documents",
    "Environments": "Environnements",
    "Integration": "Intégration",
    "Teams integration settings": "Paramètres d’intégration Teams",
}
"""The names on the pages of Microsoft, by which people find their way."""


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def test_both_languages_have_the_same_keys() -> None:
    english, french = (load_texts().keys(language) for language in LANGUAGES)
    assert sorted(english ^ french) == []


def test_a_sentence_has_the_same_placeholders_in_both_languages() -> None:
    texts = load_texts()
    differing = [
        key
        for key in texts.keys("en")
        if placeholders(texts.pattern("en", key)) != placeholders(texts.pattern("fr", key))
    ]
    assert differing == []


def test_placeholders_are_plain_names() -> None:
    texts = load_texts()
    odd = [
        key
        for language in LANGUAGES
        for key in texts.keys(language)
        for name in placeholders(texts.pattern(language, key))
        if not re.fullmatch(r"[a-z_]+", name)
    ]
    assert odd == []


def test_no_sentence_is_empty_or_has_space_around_it() -> None:
    texts = load_texts()
    odd = [
        f"{language}:{key}"
        for language in LANGUAGES
        for key in texts.keys(language)
        if texts.pattern(language, key) != texts.pattern(language, key).strip()
        and not key.startswith(("absent.", "cli.row_line"))
    ]
    assert odd == []


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_is_complete_and_has_nothing_left_over(family: str) -> None:
    keys = {key.removeprefix(f"{family}.") for key in load_texts().keys("en") if key.startswith(f"{family}.")}
    assert keys == FAMILIES[family]


def test_every_key_that_is_said_is_there() -> None:
    texts = load_texts()
    missing = [f"{use.place} says {use.key}" for use in uses() if not texts.has(use.key) and "." in use.key]
    assert missing == []


def test_whoever_says_a_sentence_gives_it_exactly_its_facts() -> None:
    texts = load_texts()
    wrong = [
        f"{use.place} says {use.key} with {sorted(use.facts)}"
        for use in uses()
        if use.facts is not None and texts.has(use.key) and placeholders(texts.pattern("en", use.key)) != set(use.facts)
    ]
    assert wrong == []


def test_no_sentence_is_left_over() -> None:
    exact, patterns = mentions()
    unused = [
        key
        for key in sorted(load_texts().keys("en"))
        if key.split(".")[0] not in OPEN_FAMILIES | set(FAMILIES)
        and key not in exact
        and key.rpartition(".")[0] not in exact  # said with `plural`
        and not any(pattern.fullmatch(key) for pattern in patterns)
    ]
    assert unused == []


@pytest.mark.statement("S38")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_message_about_members_is_microsofts_word_for_word(language: str) -> None:
    assert load_texts().say(language, "finding.member.no_consent") == SAID_AFTER_S38[language]
    assert load_texts().say(language, "notice.no_user_sync") == SAID_AFTER_S38[language]


@pytest.mark.statement("S01", "S21", "S23", "S24", "S25", "S28")
@pytest.mark.parametrize("label", LABELS)
def test_a_label_of_microsofts_pages_is_ours_in_both_languages(label: str) -> None:
    texts = load_texts()
    keys = [key for key in texts.keys("en") if texts.pattern("en", key) == label]
    assert keys
    assert LABELS[label] in {texts.pattern("fr", key) for key in keys}


def test_french_sets_a_hard_space_where_french_wants_one() -> None:
    texts = load_texts()
    loose = [key for key in texts.keys("fr") if re.search(r" [:;!?»]|« ", texts.pattern("fr", key))]
    assert loose == []


def test_sentences_use_the_typographic_apostrophe() -> None:
    texts = load_texts()
    straight = [
        f"{language}:{key}"
        for language in LANGUAGES
        for key in texts.keys(language)
        if re.search(r"[A-Za-zÀ-ÿ]'[A-Za-zÀ-ÿ]", texts.pattern(language, key))
    ]
    assert straight == []


@pytest.mark.parametrize(
    "page", sorted((PACKAGE / "text").glob("*/*.toml")), ids=lambda page: f"{page.parent.name}-{page.stem}"
)
def test_a_page_of_sentences_can_be_read(page) -> None:
    assert tomllib.loads(page.read_text(encoding="utf-8"))


# --- the lookup ------------------------------------------------------------------------------------------------


def test_an_unknown_language_is_answered_in_english() -> None:
    assert load_texts().say("de-DE", "state.connected") == "Connected"
    assert load_texts().say("fr-CA", "state.connected") == "Connectée"


def test_an_unknown_key_and_a_missing_fact_are_refused_by_name() -> None:
    with pytest.raises(TextMissing, match=r"state\.lost"):
        load_texts().say("en", "state.lost")
    with pytest.raises(TextMissing, match="lacks 'record'"):
        load_texts().say("en", "channel.description", {"mark": "lnk_1"})


@pytest.mark.parametrize(
    ("language", "size_bytes", "shown"),
    [
        ("en", 0, "0 bytes"),
        ("en", 1023, "1023 bytes"),
        ("en", 1536, "1.5 KB"),
        ("fr", 1536, "1,5 Ko"),
        ("fr", 262_144_000, "250 Mo"),
        ("en", 5 * 1024**3, "5 GB"),
    ],
)
def test_sizes_are_shown_as_people_write_them(language: str, size_bytes: int, shown: str) -> None:
    assert load_texts().size(language, size_bytes) == shown
