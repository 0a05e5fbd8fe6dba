"""Graph's operations, named as its documentation does, whichever form an address takes.

Source: Graph v1.0, api-reference; concepts/onedrive-addressing-driveitems.md for the forms of an address.
"""

from __future__ import annotations

import re
import sys

from starlette.routing import BaseRoute, Route
from starlette.types import Scope

from liaison.tenant.estate import Estate
from liaison.tenant.estate.surface import Naming, Operation, naming_of_routes, operations_of_routes, unbuilt
from liaison.tenant.graph import content, copying, thumbnails, uploads
from liaison.tenant.graph.built import OPERATIONS
from liaison.tenant.graph.documented import DOCUMENTED
from liaison.tenant.graph.paths import read_path
from liaison.tenant.graph.places import DRIVES, ITEMS, SITES
from liaison.tenant.graph.routes import routes
from liaison.tenant.graph.table import Operation as TableRow
from liaison.tenant.graph.table import Table

FACE = "graph"
_TABLES = ("/v1.0/{rest:path}", "/v1.0/$batch", "/v1.0/")
_BATCH = Operation(FACE, "POST", "/v1.0/$batch", "concepts/json-batching.md")
_SIDE_SOURCES = {
    "": "graph.md section 14",
    thumbnails.THUMBNAIL_PATH: "api/driveitem-list-thumbnails.md",
    content.DOWNLOAD_PATH: "api/driveitem-get-content.md",
    copying.MONITOR_PATH: "concepts/long-running-actions-overview.md",
    uploads.UPLOAD_PATH: "api/driveitem-createuploadsession.md",
    thumbnails.THUMBNAIL_PATH: "api/driveitem-list-thumbnails.md",
}
_CANONICAL = (
    *((place, "drives/{drive}/items/{item}") for place in ITEMS),
    *((place, "drives/{drive}") for place in DRIVES),
    *((place, "sites/{site}") for place in SITES),
)
_FORMS = sorted(_CANONICAL, key=lambda pair: -len(pair[0]))
_CASTS = ("graph.user", "graph.group", "graph.directoryRole")
_SOURCE = re.compile(r"Source:\s*(.*)", re.DOTALL)
_PAGE = re.compile(r"[a-z]+/[\w./-]+\.md|[\w-]+\.md|graph\.md section \d+")


def operations(estate: Estate) -> tuple[Operation, ...]:
    """Every operation of this face, then those of the documentation that it does not answer."""
    counted: dict[tuple[str, str], list[TableRow]] = {}
    for row in OPERATIONS:
        counted.setdefault((row.method, shown(row.pattern)), []).append(row)
    listed = tuple(
        Operation(FACE, method, pattern, _page(rows[0]), addresses=len(rows))
        for (method, pattern), rows in counted.items()
    )
    built = (_BATCH, *listed, *operations_of_routes(FACE, _side_routes(estate), _SIDE_SOURCES))
    table = Table(OPERATIONS)
    # What another row of the table answers, under whatever names its keys have, is built.
    rows = [row for row in DOCUMENTED if table.find(row[0], read_path(row[1].removeprefix("/v1.0"))) is None]
    return (*built, *unbuilt(FACE, rows, built))


def naming(estate: Estate) -> Naming:
    """Names a request by its row in the table; what is documented and not built has a name as well."""
    table = Table(OPERATIONS)
    names = {(row.method, row.pattern): f"{row.method} {shown(row.pattern)}" for row in OPERATIONS}
    side = naming_of_routes(_side_routes(estate))
    documented = [(_expression(pattern), method, pattern) for method, pattern, _ in DOCUMENTED]

    def name(scope: Scope) -> str | None:
        path: str = scope["path"]
        if not path.startswith("/v1.0/") or path == "/v1.0/$metadata":
            return side(scope) if path.startswith(("/_layouts/", "/_api/", "/v1.0")) else None
        if path.lower() == "/v1.0/$batch":
            return _BATCH.name if scope["method"] == "POST" else None
        raw: bytes = scope.get("raw_path") or path.encode()
        below = raw.decode("utf-8", "replace").lstrip("/").partition("/")[2].partition("?")[0]
        found = table.find(scope["method"], read_path(f"/{below}"))
        if found is not None:
            return names[found.operation.method, found.operation.pattern]
        for expression, method, pattern in documented:
            if method == scope["method"] and expression.fullmatch(path):
                return f"{method} {pattern}"
        return None

    return name


def shown(pattern: str) -> str:
    """A pattern of the table as the documentation writes it, with the first form of its address."""
    for place, canonical in _FORMS:
        if pattern == place or pattern.startswith(f"{place}/"):
            pattern = canonical + pattern[len(place) :]
            break
    segments = [
        segment.removeprefix("graph.") if segment.startswith("graph.") and segment not in _CASTS else segment
        for segment in pattern.split("/")
    ]
    named = [re.sub(r"{(\w+)(:path)?}", r"{\1-id}", segment) for segment in segments]
    return "/v1.0/" + "/".join(named)


def _side_routes(estate: Estate) -> list[BaseRoute]:
    """The routes beside the table: the root, and the pre-authenticated addresses; nothing below /beta is built."""
    listed = [one for one in routes(estate) if isinstance(one, Route)]
    return [one for one in listed if one.path not in _TABLES and not one.path.startswith("/beta/")]


def _page(row: TableRow) -> str:
    """The page that the function of a row names as its source, or else that of its module."""
    for text in (row.answer.__doc__, sys.modules[row.answer.__module__].__doc__):
        found = _SOURCE.search(text or "")
        pages = _PAGE.findall(found[1]) if found else []
        if pages:
            return ", ".join(pages[:2])
    return "graph.md"


def _expression(pattern: str) -> re.Pattern[str]:
    pieces = re.split(r"({[^}]+})", pattern)
    return re.compile(
        "".join("[^/]+" if piece.startswith("{") else re.escape(piece) for piece in pieces), re.IGNORECASE
    )
