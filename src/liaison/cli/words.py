"""The sentences of the command line, in the language asked for."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any

from liaison.text.lookup import LANGUAGES, Explanation, load_texts

OPTION = "--language"


def language() -> str:
    """What --language says, else the environment's LC_ALL, LC_MESSAGES or LANG; English when they name another."""
    for asked in (_option(sys.argv[1:]), *(os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))):
        if asked:
            known = asked[:2].lower()
            return known if known in LANGUAGES else LANGUAGES[0]
    return LANGUAGES[0]


def _option(arguments: list[str]) -> str:
    """Looked for by hand: the help texts need it before the command line is read."""
    for number, argument in enumerate(arguments):
        if argument == OPTION and number + 1 < len(arguments):
            return arguments[number + 1]
        if argument.startswith(f"{OPTION}="):
            return argument.partition("=")[2]
    return ""


def say(key: str, **facts: str) -> str:
    """A sentence of the command line: `key` is what follows `cli.`."""
    return load_texts("cli").say(language(), f"cli.{key}", facts)


def explain(code: str, facts: Mapping[str, Any]) -> Explanation:
    return load_texts("doctor", "domain", "errors").explain(language(), code, facts)


def say_kind(kind: str) -> str:
    """What a row of an error is, in words."""
    texts = load_texts("doctor", "domain", "errors")
    return texts.say(language(), f"row.{kind}") if texts.has(f"row.{kind}") else kind


def say_size(size_bytes: int) -> str:
    return load_texts("doctor", "domain", "errors").size(language(), size_bytes)


def say_feature(feature: str) -> str:
    """What a call is for, in words."""
    return load_texts("doctor").say(language(), f"feature.{feature}")


def say_fault(code: str, facts: Mapping[str, str]) -> str:
    """What is wrong with a package, in words."""
    return load_texts("packages").say(language(), f"package.fault.{code}", facts)
