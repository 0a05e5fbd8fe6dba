"""Microsoft Search over files, list items, libraries and sites; other kinds of content are not there to be found.

Words are looked for in names; `filetype:`, `filename:`, `path:` and `isDocument:` are the part of KQL that is read.
Source: Graph v1.0, api/search-query.md, resources/searchrequest.md, concepts/search-concept-files.md
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from liaison.tenant.estate import files, personal_sites, sites
from liaison.tenant.estate.access import SiteAccess, site_access
from liaison.tenant.estate.files import DriveItem
from liaison.tenant.estate.people import find_user
from liaison.tenant.estate.sites import Drive, Site
from liaison.tenant.estate.switches import get_switch
from liaison.tenant.graph.drive_items import item_body
from liaison.tenant.graph.errors import Backend, bad_request, not_built
from liaison.tenant.graph.list_items import list_item_body
from liaison.tenant.graph.permissions import DRIVE_READ
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import Answer, Json
from liaison.tenant.graph.sites import drive_body, list_body, site_body
from liaison.tenant.graph.table import operations
from liaison.tenant.graph.wild import Wild

_FILE_KINDS = ("driveItem", "listItem")
_ELSEWHERE = frozenset({"acronym", "bookmark", "chatMessage", "event", "externalItem", "message", "person", "qna"})
_PAGE, _LARGEST_PAGE = 25, 500
_TERM = re.compile(r'(?:(\w+)\s*[:=]\s*)?(?:"([^"]*)"|([^\s"()]+))')


@dataclass(frozen=True)
class Searched:
    """What a query says: plain words, and words about one property."""

    words: tuple[str, ...]
    properties: tuple[tuple[str, str], ...]


def query(ask: Ask) -> Answer:
    """`POST /search/query`: one response for each request, each with one container of hits."""
    requests = ask.json().only(("requests",), "query").children("requests")
    if not requests:
        raise bad_request(Backend.FILES, "At least one search request is required.")
    return Answer(body={
        "@odata.context": ask.context("Collection(microsoft.graph.searchResponse)"),
        "value": [_answer_one(ask, one) for one in requests],
    })  # fmt: skip


def _answer_one(ask: Ask, request: Wild) -> Json:
    kinds = _read_kinds(request)
    text = request.child("query").text("queryString")
    start, size = request.whole("from") or 0, request.whole("size") or _PAGE
    if not 1 <= size <= _LARGEST_PAGE or start < 0:
        raise bad_request(Backend.FILES, f"The size of a page must be between 1 and {_LARGEST_PAGE}.")
    if ask.caller.is_application and not request.optional_text("region"):
        raise bad_request(Backend.FILES, "Region is required when request with application permission.")
    searched = read_query(text)
    found = [hit for kind in kinds for hit in _FINDERS[kind](ask, searched)]
    hits = [
        {"hitId": hit_id, "rank": rank, "summary": summary, "resource": resource()}
        for rank, (hit_id, summary, resource) in enumerate(found[start : start + size], start + 1)
    ]
    container: Json = {"hits": hits} if hits else {}
    return {
        "searchTerms": list(searched.words),
        "hitsContainers": [container | {"total": len(found), "moreResultsAvailable": start + size < len(found)}],
    }


def _read_kinds(request: Wild) -> list[str]:
    kinds = request.texts("entityTypes")
    if not kinds:
        raise bad_request(Backend.FILES, "A non-empty value for 'entityTypes' is required.")
    for kind in kinds:
        if kind in _ELSEWHERE:
            raise not_built(Backend.FILES, "POST", f"/v1.0/search/query for {kind}")
        if kind not in _FINDERS:
            raise bad_request(Backend.FILES, f"The entity type '{kind}' is not known.")
    # A file is a driveItem and a listItem; it is found once.
    return [kind for kind in kinds if not (kind == "listItem" and "driveItem" in kinds)]


def read_query(text: str) -> Searched:
    """The words and the property restrictions of a query; `AND` and `*` say nothing."""
    words, properties = list[str](), list[tuple[str, str]]()
    for name, quoted, plain in _TERM.findall(text):
        value = (quoted or plain).rstrip("*")
        if name:
            properties.append((name.lower(), value.lower()))
        elif value and value != "AND":
            words.append(value)
    return Searched(tuple(words), tuple(properties))


Hit = tuple[str, str, Callable[[], Json]]


def _find_files(ask: Ask, searched: Searched) -> Iterator[Hit]:
    for item in _matching_items(ask, searched):
        yield item.id, _summary(item.name, searched), partial(_drive_item, ask, item)


def _find_list_items(ask: Ask, searched: Searched) -> Iterator[Hit]:
    for item in _matching_items(ask, searched):
        yield item.guid, _summary(item.name, searched), partial(_list_item, ask, item)


def _matching_items(ask: Ask, searched: Searched) -> list[DriveItem]:
    indexed_up_to = ask.estate.clock.seconds() - get_switch(ask.estate, "graph.search_delay_s", 0.0)
    first = searched.words[0] if searched.words else ""
    return [
        item
        for _, drive in _open_drives(ask)
        for item in files.search_items(ask.estate, drive.id, first)
        if _holds(item.name, searched.words[1:])
        and all(_has(ask, item, name, value) for name, value in searched.properties)
        and files.seconds_of(item.created) <= indexed_up_to
    ]


def _has(ask: Ask, item: DriveItem, name: str, value: str) -> bool:
    match name:
        case "filetype" | "fileextension":
            return not item.is_folder and item.name.lower().endswith(f".{value.lstrip('.')}")
        case "filename" | "title":
            return value in item.name.lower()
        case "path":
            return files.path_address(ask.estate, item).lower().startswith(value.rstrip("/"))
        case "isdocument":
            return item.is_folder is not (value in ("true", "1"))
    return True


def _find_drives(ask: Ask, searched: Searched) -> Iterator[Hit]:
    for _, drive in _open_drives(ask):
        if _holds(drive.name, searched.words):
            yield drive.id, _summary(drive.name, searched), partial(_drive, ask, drive)


def _find_lists(ask: Ask, searched: Searched) -> Iterator[Hit]:
    for site, drive in _open_drives(ask):
        if _holds(drive.name, searched.words):
            yield (
                drive.list_id,
                _summary(drive.name, searched),
                partial(_list, ask, site, drive),
            )


def _find_sites(ask: Ask, searched: Searched) -> Iterator[Hit]:
    for site in _open_sites(ask):
        if _holds(f"{site.display_name} {site.path}", searched.words):
            yield site.id, _summary(site.display_name, searched), partial(_site, ask, site)


_FINDERS: dict[str, Callable[[Ask, Searched], Iterator[Hit]]] = {
    "driveItem": _find_files,
    "listItem": _find_list_items,
    "drive": _find_drives,
    "list": _find_lists,
    "site": _find_sites,
}


def _open_sites(ask: Ask) -> list[Site]:
    """The sites that the caller may read; a person's own is none of them."""
    found = [site for site in sites.search_sites(ask.estate, "") if sites.is_ready(ask.estate, site)]
    if not ask.is_delegated:
        return found
    person = ask.caller.object_id
    return [site for site in found if site_access(ask.estate, site, person) > SiteAccess.NONE]


def _open_drives(ask: Ask) -> Iterator[tuple[Site, Drive]]:
    """The libraries of those sites, then the caller's own."""
    for site in _open_sites(ask):
        for drive in sites.list_drives(ask.estate, site.id):
            yield site, drive
    user = find_user(ask.estate, ask.caller.object_id) if ask.is_delegated else None
    own = None if user is None else personal_sites.personal_drive(ask.estate, user)
    if own is not None:
        yield sites.site_of_drive(ask.estate, own), own


def _holds(text: str, words: tuple[str, ...]) -> bool:
    return all(word.casefold() in text.casefold() for word in words)


def _summary(name: str, searched: Searched) -> str:
    """The name with what was found marked in it."""
    marked = "|".join(re.escape(word) for word in searched.words)
    return re.sub(f"({marked})", r"<c0>\1</c0>", name, flags=re.IGNORECASE) + "<ddd/>" if marked else name


def _drive_item(ask: Ask, item: DriveItem) -> Json:
    return {"@odata.type": "#microsoft.graph.driveItem", **item_body(ask, item)}


def _list_item(ask: Ask, item: DriveItem) -> Json:
    return {"@odata.type": "#microsoft.graph.listItem", **list_item_body(ask, item)}


def _drive(ask: Ask, drive: Drive) -> Json:
    return {"@odata.type": "#microsoft.graph.drive", **drive_body(ask, drive)}


def _list(ask: Ask, site: Site, drive: Drive) -> Json:
    return {"@odata.type": "#microsoft.graph.list", **list_body(ask, site, drive)}


def _site(ask: Ask, site: Site) -> Json:
    return {"@odata.type": "#microsoft.graph.site", **site_body(ask, site)}


OPERATIONS = operations(
    Backend.FILES,
    ("POST", "search/query", query, DRIVE_READ),
    ("POST", "search/graph.query", query, DRIVE_READ),
)
