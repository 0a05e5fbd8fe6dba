"""FetchXML text to typed values. Source: fetchxml/reference of the developer guide."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

from liaison.tenant.dataverse.errors import DataverseError, too_many_conditions
from liaison.tenant.dataverse.fetchxml.query import (
    Attribute,
    Condition,
    Fetch,
    FetchFilter,
    FetchLink,
    FetchOrder,
    FetchTable,
)
from liaison.tenant.dataverse.odata.parser import MOST_CONDITIONS
from liaison.tenant.dataverse.requests import LARGEST_PAGE

MOST_LINKS = 15
_DEEPEST = 30
_AGGREGATES = frozenset({"count", "countcolumn", "sum", "avg", "min", "max"})
_KINDS = frozenset({"inner", "outer", "any", "not any", "all", "not all", "exists", "in",
                    "matchfirstrowusingcrossapply"})  # fmt: skip


def fetch_error(message: str, code: str = "0x80040203") -> DataverseError:
    return DataverseError(400, code, message)


@lru_cache(maxsize=1024)
def read_fetch(text: str) -> Fetch:
    """Read a query. Raises 400 for what is no FetchXML or asks for more than the service allows."""
    root = _parse(text)
    if root.tag != "fetch":
        raise fetch_error("Invalid FetchXML: the root element must be 'fetch'.")
    _check_size(root)
    entities = root.findall("entity")
    if len(entities) != 1:
        raise fetch_error("Invalid FetchXML: exactly one 'entity' element is expected.")
    top, count = _number(root, "top"), _number(root, "count")
    page = _number(root, "page")
    if top is not None and (page is not None or count is not None or root.get("paging-cookie")):
        raise fetch_error("The top attribute can't be specified with paging attribute page", "0x80044319")
    if page == 0:
        raise fetch_error("The attribute 'page' must be 1 or greater.")
    return Fetch(
        root=_table(entities[0]),
        top=None if top is None else min(top, LARGEST_PAGE),
        count=None if not count else min(count, LARGEST_PAGE),
        page=page or 1,
        cookie=root.get("paging-cookie") or None,
        distinct=_flag(root, "distinct"),
        aggregate=_flag(root, "aggregate"),
        total=_flag(root, "returntotalrecordcount"),
        aggregate_limit=_number(root, "aggregatelimit"),
    )


def _parse(text: str) -> Element:
    try:
        root: Element = fromstring(text, forbid_dtd=True)
    except (ParseError, DefusedXmlException) as error:
        raise fetch_error(f"Invalid XML. {error}", "0x80041100") from error
    return root


def _check_size(root: Element) -> None:
    if sum(1 for _ in root.iter("condition")) > MOST_CONDITIONS:
        raise too_many_conditions()
    if sum(1 for _ in root.iter("link-entity")) > MOST_LINKS:
        raise fetch_error("Number of link entities in query exceeded maximum limit.", "0x8004430D")
    if _depth(root) > _DEEPEST:
        raise fetch_error("The query is nested too deep.")


def _depth(root: Element) -> int:
    level, here = 0, [root]
    while here and level <= _DEEPEST:
        here = [child for element in here for child in element]
        level += 1
    return level


def _table(element: Element) -> FetchTable:
    return FetchTable(
        name=_needed(element, "name"),
        attributes=tuple(_attribute(child) for child in element.findall("attribute")),
        all_attributes=element.find("all-attributes") is not None,
        no_attributes=element.find("no-attrs") is not None,
        orders=tuple(_order(child) for child in element.findall("order")),
        filters=tuple(_filter(child) for child in element.findall("filter")),
        links=_links(element),
    )


def _links(element: Element) -> tuple[FetchLink, ...]:
    return tuple(_link(child) for child in element.findall("link-entity"))


def _link(element: Element) -> FetchLink:
    kind = element.get("link-type", "inner")
    if kind not in _KINDS:
        raise fetch_error(f"Invalid link-type '{kind}'.")
    return FetchLink(
        _table(element), _needed(element, "from"), _needed(element, "to"), element.get("alias") or None, kind
    )


def _attribute(element: Element) -> Attribute:
    aggregate = element.get("aggregate")
    if aggregate is not None and aggregate not in _AGGREGATES:
        raise fetch_error(f"Invalid aggregate function '{aggregate}'.")
    return Attribute(
        _needed(element, "name"),
        element.get("alias") or None,
        aggregate,
        _flag(element, "groupby"),
        element.get("dategrouping"),
        _flag(element, "distinct"),
        _row_aggregate(element.get("rowaggregate")),
    )


def _row_aggregate(text: str | None) -> bool:
    if text is not None and text.lower() != "countchildren":
        raise fetch_error(f"Invalid row aggregate '{text}': 'CountChildren' is the only one.")
    return text is not None


def _order(element: Element) -> FetchOrder:
    attribute, alias = element.get("attribute"), element.get("alias")
    if not attribute and not alias:
        raise fetch_error("An order needs the attribute 'attribute' or 'alias'.")
    return FetchOrder(attribute or None, alias or None, _flag(element, "descending"), element.get("entityname") or None)


def _filter(element: Element) -> FetchFilter:
    kind = element.get("type", "and").lower()
    if kind not in ("and", "or"):
        raise fetch_error(f"Invalid filter type '{kind}'.")
    return FetchFilter(
        kind == "or",
        tuple(_condition(child) for child in element.findall("condition")),
        tuple(_filter(child) for child in element.findall("filter")),
        _links(element),
    )


def _condition(element: Element) -> Condition:
    listed = tuple((child.text or "").strip() for child in element.findall("value"))
    single = element.get("value")
    return Condition(
        _needed(element, "attribute"),
        _needed(element, "operator").lower(),
        listed or (() if single is None else (single,)),
        element.get("entityname") or None,
        element.get("valueof") or None,
    )


def _needed(element: Element, name: str) -> str:
    value = element.get(name)
    if not value:
        raise fetch_error(f"Invalid FetchXML: the element '{element.tag}' needs the attribute '{name}'.")
    return value


def _flag(element: Element, name: str) -> bool:
    return element.get(name, "false").lower() in ("true", "1")


def _number(element: Element, name: str) -> int | None:
    text = element.get(name)
    if text is None:
        return None
    if not text.strip().isdecimal() or len(text) > 9:
        raise fetch_error(f"The attribute '{name}' must be a whole number.")
    return int(text)


def all_links(links: Iterable[FetchLink]) -> Iterable[FetchLink]:
    """A tree of links, each before those below it."""
    for link in links:
        yield link
        yield from all_links(link.table.links)
