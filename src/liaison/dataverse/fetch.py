"""FetchXML and view layouts: read, changed and written as XML, never as text.

Source: dataverse.md section 5.5; view definitions (savedquery.layoutxml).
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from urllib.parse import unquote
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

from liaison.dataverse.errors import SERVICE
from liaison.dataverse.query import containing
from liaison.errors import InputInvalid, UpstreamSurprise

_UNWRITABLE = re.compile("[\x00-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class PageMark:
    """Which page of a view to ask for, and the service's cookie for it."""

    number: int = 1
    cookie: str = ""

    def write(self) -> str:
        """As a text that may go through a browser."""
        return base64.urlsafe_b64encode(json.dumps([self.number, self.cookie]).encode()).decode().rstrip("=")


def read_page_mark(text: str) -> PageMark:
    """Raises InputInvalid when it is none that we wrote."""
    if not text:
        return PageMark()
    try:
        number, cookie = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError, TypeError):
        raise InputInvalid("page", text[:50], "the mark of an earlier page") from None
    if not isinstance(number, int) or not isinstance(cookie, str) or not 1 <= number <= 1_000_000:
        raise InputInvalid("page", text[:50], "the mark of an earlier page")
    return PageMark(number, cookie)


@dataclass(frozen=True)
class LayoutCell:
    """A column of a view: `alias.column` when it belongs to a linked table."""

    name: str

    @property
    def alias(self) -> str:
        return self.name.rpartition(".")[0]

    @property
    def column(self) -> str:
        return self.name.rpartition(".")[2]


def read_layout(text: str) -> tuple[LayoutCell, ...]:
    """The visible columns of a view, in order."""
    cells = _parse(text, "layoutxml").iter("cell") if text else ()
    return tuple(LayoutCell(cell.get("name", "")) for cell in cells if cell.get("name") and cell.get("ishidden") != "1")


class Fetch:
    """One query. Every change keeps what the view's maker wrote."""

    def __init__(self, text: str) -> None:
        self._root = _parse(text, "fetchxml")
        found = self._root.find("entity")
        if found is None:
            raise UpstreamSurprise(SERVICE, path="fetchxml/entity")
        self._entity = found

    def linked_tables(self) -> dict[str, str]:
        """Logical names of linked tables by alias."""
        return {link.get("alias", ""): link.get("name", "") for link in self._entity.iter("link-entity")}

    def include(self, columns: tuple[str, ...]) -> None:
        """Have these columns in the answer."""
        if self._entity.find("all-attributes") is not None:
            return
        present = {one.get("name") for one in self._entity.findall("attribute")}
        for column in columns:
            if column and column not in present:
                SubElement(self._entity, "attribute", name=column)

    def narrow(self, column: str, search: str) -> None:
        """Keep rows whose column contains the text; joined with the view's own filters."""
        pattern = f"%{containing(_writable(search))}%"
        filter_ = SubElement(self._entity, "filter", type="and")
        SubElement(filter_, "condition", attribute=column, operator="like", value=pattern)

    def order_by(self, column: str, *, descending: bool) -> None:
        """Order by this column in place of the view's own orders; a column of a linked table by its alias.

        Source: powerapps-docs fetchxml/order-rows.md (`entityname`).
        """
        for parent in (self._entity, *self._entity.iter("link-entity")):
            for order in parent.findall("order"):
                parent.remove(order)
        alias, _, name = column.rpartition(".")
        order = SubElement(self._entity, "order", attribute=name, descending="true" if descending else "false")
        if alias:
            order.set("entityname", alias)

    def turn_to(self, page: PageMark, size: int) -> None:
        """Ask for one page; `top` cannot be combined with pages."""
        self._root.attrib.pop("top", None)
        self._root.set("page", str(page.number))
        self._root.set("count", str(size))
        self._root.set("returntotalrecordcount", "true")
        if page.cookie:
            self._root.set("paging-cookie", page.cookie)

    def write(self) -> str:
        return tostring(self._root, encoding="unicode")


def read_cookie(annotation: str) -> str:
    """The cookie for the next page out of the answer's annotation, where it is percent-encoded twice.

    Source: powerapps-docs fetchxml/page-results.md.
    """
    if not annotation:
        return ""
    return unquote(unquote(_parse(annotation, "fetchxmlpagingcookie").get("pagingcookie", "")))


def read_tables_of_site_map(text: str) -> tuple[str, ...]:
    """The tables that a site map shows, in its order."""
    areas = _parse(text, "sitemapxml").iter("SubArea")
    return tuple(dict.fromkeys(area.get("Entity", "") for area in areas if area.get("Entity")))


def _writable(text: str) -> str:
    """The text without the characters that XML 1.0 cannot hold. Source: XML 1.0 section 2.2."""
    return _UNWRITABLE.sub("", text)


def _parse(text: str, what: str) -> Element:
    try:
        root: Element = fromstring(text, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as cause:
        raise UpstreamSurprise(SERVICE, path=what) from cause
    return root
