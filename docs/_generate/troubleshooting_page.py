"""docs/troubleshooting.md: by the message that a person sees; longer advice comes from advice.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path

from errors_page import anchor

from liaison.errors import concrete_errors
from liaison.text.lookup import load_texts

ADVICE = Path(__file__).with_name("advice.toml")
HEAD = """\
# Troubleshooting

Look for the title or the message you saw. Put together from the sentences of Liaison and `docs/_generate/advice.toml`;
write it anew with `python docs/_generate`. The bare list of codes is in [errors](errors.md).

Every message comes with a code and a correlation id. If you ask for help, give both: the correlation id finds the
request in the log.
"""


def render() -> str:
    advice = tomllib.loads(ADVICE.read_text(encoding="utf-8"))
    unknown = set(advice) - set(concrete_errors())
    if unknown:
        raise LookupError(f"advice about codes that are not there: {sorted(unknown)}")
    index = sorted((load_texts().pattern("en", f"error.{code}.title"), code) for code in concrete_errors())
    parts = [HEAD, "## By title", ""]
    parts += [
        f"- [{title}](#{_help(code)}) · {load_texts().pattern('fr', f'error.{code}.title')}" for title, code in index
    ]
    parts.append("")
    parts += [_entry(title, code, advice.get(code, {})) for title, code in index]
    return "\n".join(parts)


def _help(code: str) -> str:
    return load_texts().pattern("en", f"error.{code}.help")


def _french(code: str, part: str) -> str:
    return load_texts().pattern("fr", f"error.{code}.{part}")


def _entry(title: str, code: str, advice: dict[str, str]) -> str:
    texts = load_texts()
    lines = [
        f'<a id="{_help(code)}"></a>',
        "",
        f"### {title}",
        "",
        f"> {texts.pattern('en', f'error.{code}.message')}",
        ">",
        f"> *{_french(code, 'title')}.* {_french(code, 'message')}",
        "",
        f"Code [`{code}`](errors.md#{anchor(code)}).",
        "",
    ]
    if "why" in advice:
        lines += [f"**Why.** {_joined(advice['why'])}", ""]
    lines += [f"**What to do.** {texts.pattern('en', f'error.{code}.remedy')}", ""]
    if "more" in advice:
        lines += [_joined(advice["more"]), ""]
    return "\n".join(lines)


def _joined(text: str) -> str:
    return " ".join(text.split())
