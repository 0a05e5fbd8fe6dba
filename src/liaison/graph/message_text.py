"""The text of a message without its markup, for those who read it elsewhere.

Source: Graph v1.0, resources/itembody.md, resources/chatmessage.md: a message's body is text or HTML.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

LONGEST_BODY = 200_000
"""Characters of a body that are read; the service takes about 28 KB."""

_BREAKS = frozenset(("br", "p", "div", "li", "tr", "blockquote", "pre", "codeblock", "h1", "h2", "h3", "hr", "table"))
_SILENT = frozenset(("script", "style", "template", "head", "title", "attachment"))
_SHOWN_BY_WORDS = frozenset(("img", "emoji", "customemoji"))
_SPACES = re.compile(r"[^\S\n]+")
_EMPTY_LINES = re.compile(r"\n{3,}")
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\u200b\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")


def plain_text(content: str, content_type: str) -> str:
    """What a reader sees, line by line; nothing of tags, scripts or signs that reverse the writing."""
    if content_type.lower() != "html":
        return _tidy(content)
    reader = _Reader()
    reader.feed(content[:LONGEST_BODY])
    reader.close()
    return _tidy("".join(reader.seen))


def one_line(text: str) -> str:
    """A name or a title without line breaks."""
    return " ".join(_tidy(text).split())


def _tidy(text: str) -> str:
    lines = _SPACES.sub(" ", _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))
    return _EMPTY_LINES.sub("\n\n", "\n".join(line.strip() for line in lines.split("\n"))).strip()


class _Reader(HTMLParser):
    """Collects what is seen. Never raises for broken markup."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.seen: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag in _SHOWN_BY_WORDS:
            self.seen.append(dict(attrs).get("alt") or "")
        elif tag in _BREAKS:
            self.seen.append("\n")
            if tag == "li":
                self.seen.append("• ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _SILENT:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _BREAKS and tag not in {"br", "li"}:
            self.seen.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.seen.append(data if data.strip() or "\n" not in data else " ")
