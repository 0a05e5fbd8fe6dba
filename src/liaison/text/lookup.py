"""Every sentence for a person, by key, in English and French.

The sentences are in `en/*.toml` and `fr/*.toml`: nested tables, flattened with dots; the file's name is no part of
a key. A sentence may hold placeholders, each the name of a fact: `{team}`.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "fr")
NO_FACTS: Mapping[str, str] = {}

_SAID_BY_TABLE = {
    "service": "service.{}",
    "role": "role.{}",
    "state": "state.{}",
    "answer": "join.state.{}",
    "outcome": "proposal.state.{}",
    "findings": "check.{}.title",
    "rung": "consent.rung.{}",
    "field": "field.{}",
    "expected": "expected.{}",
    "what": "what.{}",
    "kind": "row.{}",
    "reason": "reason.{}",
}
"""Facts whose value is a word of ours and has a sentence of its own; a value without one is shown as it is."""


class TextMissing(LookupError):
    """A key that no language has, or a sentence that names a fact which was not given."""


@dataclass(frozen=True)
class Explanation:
    """What a person is told of an error; `help` is the anchor in the list of troubles."""

    title: str
    message: str
    remedy: str
    help: str


class Texts:
    """All sentences of all languages. Implements `ports.Wording`."""

    languages = LANGUAGES

    def __init__(self, sentences: Mapping[str, Mapping[str, str]]) -> None:
        self._sentences = sentences

    def say(self, language: str, key: str, facts: Mapping[str, str] = NO_FACTS) -> str:
        """The sentence in that language, in English when the language is another. Raises TextMissing."""
        try:
            return self._of(language)[key].format_map(facts)
        except (KeyError, IndexError) as gap:
            raise TextMissing(f"{language}: {key} lacks {gap.args[0]!r}") from None

    def has(self, key: str) -> bool:
        return key in self._sentences[LANGUAGES[0]]

    def keys(self, language: str) -> frozenset[str]:
        return frozenset(self._of(language))

    def pattern(self, language: str, key: str) -> str:
        """The sentence with its placeholders."""
        return self._of(language)[key]

    def explain(self, language: str, code: str, facts: Mapping[str, Any]) -> Explanation:
        """Title, message, remedy and help of an error, from its code and its facts as JSON values."""
        words = self.words(language, facts)
        key = f"error.{code}"
        return Explanation(
            self.say(language, f"{key}.title", words),
            self.say(language, f"{key}.message", words),
            self.say(language, f"{key}.remedy", words),
            self.say(language, f"{key}.help", words),
        )

    def words(self, language: str, facts: Mapping[str, Any]) -> dict[str, str]:
        """Facts as they stand in a sentence: lists joined, sizes and times with their unit, our own words said."""
        return {name: self._word(language, name, value) for name, value in facts.items()}

    def _word(self, language: str, name: str, value: Any) -> str:
        if value is None or value in ("", [], ()):
            return self._absent(language, name)
        if isinstance(value, list | tuple):
            return ", ".join(self._word(language, name, item) for item in value)
        if isinstance(value, Mapping):
            return str(value.get("name", ""))
        if name.endswith("_bytes"):
            return self.size(language, int(value))
        if name.endswith("_s"):
            return self.say(language, "unit.seconds", {"count": str(math.ceil(value))})
        key = _SAID_BY_TABLE.get(name, "").format(value)
        return self.say(language, key) if key and self.has(key) else str(value)

    def _absent(self, language: str, name: str) -> str:
        key = f"absent.{name}"
        return self.say(language, key) if self.has(key) else ""

    def size(self, language: str, size_bytes: int) -> str:
        """A file size for people: one decimal, binary steps as file lists show them."""
        amount, unit = float(size_bytes), "bytes"
        for larger in ("kilobytes", "megabytes", "gigabytes"):
            if amount < 1024:
                break
            amount, unit = amount / 1024, larger
        shown = f"{amount:.1f}".removesuffix(".0")
        return self.say(language, f"unit.{unit}", {"count": shown.replace(".", self.say(language, "unit.decimal"))})

    def _of(self, language: str) -> Mapping[str, str]:
        return self._sentences.get(language[:2].lower(), self._sentences[LANGUAGES[0]])


@cache
def load_texts(*pages: str) -> Texts:
    """All sentences, or those of the named pages (`cli`, `errors`, …) for a reader in a hurry; read once."""
    return Texts({language: _read_language(language, pages) for language in LANGUAGES})


def _read_language(language: str, pages: tuple[str, ...]) -> dict[str, str]:
    sentences: dict[str, str] = {}
    for page in sorted((Path(__file__).parent / language).glob("*.toml")):
        if pages and page.stem not in pages:
            continue
        for key, sentence in _flatten(tomllib.loads(page.read_text(encoding="utf-8"))):
            if key in sentences:
                raise ValueError(f"{language}: the key {key} is given twice")
            sentences[key] = sentence
    return sentences


def _flatten(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{above}{name}.")
        elif isinstance(value, str):
            yield f"{above}{name}", value
        else:
            raise TypeError(f"{above}{name} is not a sentence")
