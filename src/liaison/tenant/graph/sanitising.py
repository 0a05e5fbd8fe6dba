"""HTML of messages made harmless: known elements and attributes stay, everything else goes."""

from __future__ import annotations

from html import escape
from html.parser import HTMLParser
from urllib.parse import urlsplit

_TEXT = {"a", "at", "attachment", "b", "blockquote", "br", "code", "codeblock", "div", "em", "emoji", "h1", "h2", "h3"}
_MORE_TEXT = {"hr", "i", "img", "li", "ol", "p", "pre", "s", "span", "strong", "sub", "sup", "u", "ul"}
_TABLES = {"table", "tbody", "td", "th", "thead", "tr"}
_ELEMENTS = frozenset(_TEXT | _MORE_TEXT | _TABLES)
_VOID = frozenset({"br", "hr", "img"})
_DROPPED_WHOLE = frozenset({"script", "style", "iframe", "object", "embed", "template", "svg", "math"})
_ATTRIBUTES = frozenset(
    {"id", "href", "src", "alt", "title", "rel", "colspan", "rowspan", "itemprop", "itemscope", "width", "height"}
)
_SCHEMES = frozenset({"http", "https", "mailto", ""})


def sanitised_html(text: str) -> str:
    """The text without scripts, styles, handlers and dangerous addresses."""
    cleaner = _Cleaner()
    cleaner.feed(text)
    cleaner.close()
    return "".join(cleaner.parts)


class _Cleaner(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._dropping: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _DROPPED_WHOLE:
            self._dropping.append(tag)
        elif not self._dropping and tag in _ELEMENTS:
            kept = "".join(
                f' {name}="{escape(value or "")}"' for name, value in attrs if _is_harmless(name, value or "")
            )
            self.parts.append(f"<{tag}{kept}>")

    def handle_endtag(self, tag: str) -> None:
        if self._dropping:
            if tag == self._dropping[-1]:
                self._dropping.pop()
        elif tag in _ELEMENTS and tag not in _VOID:
            self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self._dropping:
            self.parts.append(escape(data, quote=False))


def _is_harmless(name: str, value: str) -> bool:
    if name not in _ATTRIBUTES:
        return False
    return name not in ("href", "src") or urlsplit(value.strip()).scheme.lower() in _SCHEMES
