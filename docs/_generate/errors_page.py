"""docs/errors.md: every code of the tree, from the classes and the sentences."""

from __future__ import annotations

from dataclasses import fields

from liaison.cli.refusals import exit_code
from liaison.errors import LiaisonError, Retry, concrete_errors
from liaison.text.lookup import load_texts

RETRY = {
    Retry.NEVER: "no",
    Retry.AFTER_REMEDY: "after the remedy",
    Retry.LATER: "later",
}
HEAD = """\
# Errors

Generated from `src/liaison/errors.py` and `src/liaison/text/`; do not edit. Write it anew with `python docs/_generate`.

Every refusal and failure of Liaison has a stable code. The API answers with it as `application/problem+json`, the web
shows it as a page, and the command line as one line with an exit code. Words in braces are the facts of the error; the
API gives them as `facts`. What to do about each is told at greater length in [troubleshooting](troubleshooting.md).

| Exit code | Means |
|---|---|
| 0 | done |
| 2 | the request or the command line is not right |
| 3 | sign in |
| 4 | not allowed, or consent is missing |
| 5 | not found |
| 6 | in conflict with what is there, or something must be switched on first |
| 7 | a Microsoft service refused, failed or cannot be reached |
| 70 | a defect of Liaison |
| 130 | interrupted by Ctrl-C |
"""


def render() -> str:
    codes = concrete_errors()
    parts = [HEAD, _table(codes)]
    parts += [_entry(kind) for kind in codes.values()]
    return "\n".join(parts)


def _table(codes: dict[str, type[LiaisonError]]) -> str:
    lines = ["| Code | HTTP | Exit | Ask again? | Title |", "|---|---|---|---|---|"]
    for code, kind in codes.items():
        title = load_texts().pattern("en", f"error.{code}.title")
        cells = (
            f"[`{code}`](#{anchor(code)})",
            str(kind.status),
            str(exit_code(kind.status)),
            RETRY[kind.retry],
            title,
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def anchor(code: str) -> str:
    """As Markdown makes it of a heading: dots and other marks fall away."""
    return "".join(letter for letter in code if letter.isalnum() or letter in "_-")


def _entry(kind: type[LiaisonError]) -> str:
    texts = load_texts()
    lines = [f"## {kind.code}", "", f"{_purpose(kind)}HTTP {kind.status}. Facts: {_facts(kind)}.", ""]
    for language, name in (("en", "English"), ("fr", "Français")):
        title, message, remedy = (
            texts.pattern(language, f"error.{kind.code}.{part}") for part in ("title", "message", "remedy")
        )
        lines += [f"- *{name}:* **{title}.** {message} {remedy}"]
    return "\n".join([*lines, ""])


def _purpose(kind: type[LiaisonError]) -> str:
    told = (kind.__doc__ or "").split("\n\n")[0]
    written = told and not told.startswith(f"{kind.__name__}(")
    return " ".join(told.split()) + " " if written else ""


def _facts(kind: type[LiaisonError]) -> str:
    return ", ".join(f"`{field.name}`" for field in fields(kind)) or "none"
