"""The pages' sentences: the same in both languages, and no page asks for one that is missing."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from string import Formatter

from liaison.tenant import entra

_HERE = Path(entra.__file__).parent


def sentences(language: str) -> dict[str, set[str]]:
    """Each sentence's key with the names of its gaps."""
    document = tomllib.loads((_HERE / "words" / f"{language}.toml").read_text("utf-8"))
    flat = {}
    for key, value in document.items():
        items = {f"{key}.{name}": text for name, text in value.items()} if isinstance(value, dict) else {key: value}
        flat |= {name: {gap for _, gap, _, _ in Formatter().parse(text) if gap} for name, text in items.items()}
    return flat


def test_both_languages_have_the_same_sentences_and_gaps() -> None:
    assert sentences("fr") == sentences("en")


def test_every_sentence_a_page_asks_for_exists() -> None:
    sources = [*(_HERE / "templates").glob("*.html"), *_HERE.glob("*.py")]
    asked = {
        key
        for source in sources
        for key in re.findall(
            r"""["']((?:sign_in|mfa|consent|approval|device|dead_end|sign_out|post_back)\.[a-z_]+)["']""",
            source.read_text("utf-8"),
        )
    }
    files = {path.name for folder in ("templates", "static") for path in (_HERE / folder).iterdir()}
    assert asked - files - set(sentences("en")) == set()
    assert set(sentences("en")) - asked == {"banner", "brand"}
