"""The kinds of request that the Web API knows, and each function and action by name.

A kind stands for every table: `GET /api/data/v9.2/{set}({key})` is the reading of any row. What decides about a kind
beyond the path is written behind it, as in `GET /api/data/v9.2/{set}?fetchXml`.
Source: dataverse.md, sections 2, 4 and 5.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from starlette.types import Scope

from liaison.tenant.dataverse.errors import DataverseError
from liaison.tenant.dataverse.metadata.answers import METADATA_SETS
from liaison.tenant.dataverse.operations import bound, unbound
from liaison.tenant.dataverse.paths import Segment, read_path
from liaison.tenant.estate import Estate
from liaison.tenant.estate.crm.catalogue import TABLES
from liaison.tenant.estate.crm.environments import find_environment, read_model
from liaison.tenant.estate.crm.model import Model, TableModel, build_model, start_flags
from liaison.tenant.estate.surface import Naming, Operation
from liaison.tenant.seeds.company import ENVIRONMENTS

FACE = "dataverse"
ROOT = "/api/data/v9.2"
_PREFIXES = ("/api/data/v9.", "/api/data/v8.")
_FETCHES = ("fetchXml", "savedQuery", "userQuery", "sql", "$apply", "$deltatoken")
_ROW, _SET = f"{ROOT}/{{set}}({{key}})", f"{ROOT}/{{set}}"
_DEFINITIONS = f"{ROOT}/EntityDefinitions"
_ATTRIBUTES = f"{_DEFINITIONS}({{key}})/Attributes"
_NAMESPACE = "Microsoft.Dynamics.CRM."
_WRITE, _QUERY, _META = "update-delete-entities-using-web-api.md", "query/overview.md", "query-metadata-web-api.md"
_LINK, _DEFINE = "associate-disassociate-entities-using-web-api.md", "create-update-entity-definitions-using-web-api.md"

_KINDS: tuple[tuple[str, str, str], ...] = (
    ("GET", f"{ROOT}/", "web-api-service-documents.md"),
    ("GET", f"{ROOT}/$metadata", "web-api-service-documents.md"),
    ("POST", f"{ROOT}/$batch", "execute-batch-operations-using-web-api.md"),
    ("POST", _SET, "create-entity-web-api.md"),
    ("GET", _SET, _QUERY),
    ("GET", f"{_SET}?fetchXml", "fetchxml/overview.md"),
    ("GET", f"{_SET}?savedQuery", "retrieve-and-execute-predefined-queries.md"),
    ("GET", f"{_SET}?userQuery", "retrieve-and-execute-predefined-queries.md"),
    ("GET", f"{_SET}?sql", "query/sql.md"),
    ("GET", f"{_SET}?$apply", "query/aggregate-data.md"),
    ("GET", f"{_SET}?$deltatoken", "use-change-tracking-synchronize-data-external-systems.md"),
    ("GET", f"{_SET} (Prefer: odata.track-changes)", "use-change-tracking-synchronize-data-external-systems.md"),
    ("GET", f"{_SET}/$count", "query/count-rows.md"),
    ("GET", _ROW, "retrieve-entity-using-web-api.md"),
    ("GET", f"{_SET}({{alternate key}})", "retrieve-entity-using-web-api.md"),
    ("PATCH", _ROW, _WRITE),
    ("PATCH", f"{_ROW} (If-Match)", "perform-conditional-operations-using-web-api.md"),
    ("PATCH", f"{_SET}({{alternate key}})", _WRITE),
    ("DELETE", _ROW, _WRITE),
    ("DELETE", f"{_SET}({{alternate key}})", _WRITE),
    ("GET", f"{_ROW}/{{property}}", "retrieve-entity-using-web-api.md"),
    ("GET", f"{_ROW}/{{property}}/$value", "retrieve-entity-using-web-api.md"),
    ("PUT", f"{_ROW}/{{property}}", _WRITE),
    ("DELETE", f"{_ROW}/{{property}}", _WRITE),
    ("GET", f"{_ROW}/{{lookup}}", "query/join-tables.md"),
    ("GET", f"{_ROW}/{{lookup}}/$ref", _LINK),
    ("PUT", f"{_ROW}/{{lookup}}/$ref", _LINK),
    ("DELETE", f"{_ROW}/{{lookup}}/$ref", _LINK),
    ("GET", f"{_ROW}/{{collection}}", "query/join-tables.md"),
    ("POST", f"{_ROW}/{{collection}}", "create-entity-web-api.md"),
    ("GET", f"{_ROW}/{{collection}}/$count", "query/count-rows.md"),
    ("GET", f"{_ROW}/{{collection}}/$ref", _LINK),
    ("POST", f"{_ROW}/{{collection}}/$ref", _LINK),
    ("DELETE", f"{_ROW}/{{collection}}/$ref", _LINK),
    ("DELETE", f"{_ROW}/{{collection}}({{key}})/$ref", _LINK),
    ("GET", _DEFINITIONS, _META),
    ("GET", f"{_DEFINITIONS}({{key}})", _META),
    ("PUT", f"{_DEFINITIONS}({{key}})", _DEFINE),
    ("GET", _ATTRIBUTES, _META),
    ("GET", f"{_ATTRIBUTES}/{{type}}", _META),
    ("GET", f"{_ATTRIBUTES}({{key}})", _META),
    ("GET", f"{_ATTRIBUTES}({{key}})/{{type}}", _META),
    ("GET", f"{_ATTRIBUTES}({{key}})/{{property}}", _META),
    *(
        ("GET", f"{_DEFINITIONS}({{key}})/{name}", _META)
        for name in (
            "Keys",
            "OneToManyRelationships",
            "ManyToOneRelationships",
            "ManyToManyRelationships",
            "Privileges",
        )
    ),
    ("GET", f"{ROOT}/RelationshipDefinitions", _META),
    ("GET", f"{ROOT}/RelationshipDefinitions({{key}})", _META),
    ("GET", f"{ROOT}/RelationshipDefinitions/{{type}}", _META),
    ("GET", f"{ROOT}/GlobalOptionSetDefinitions", _META),
    ("GET", f"{ROOT}/GlobalOptionSetDefinitions({{key}})", _META),
    ("POST", f"{ROOT}/GlobalOptionSetDefinitions", _DEFINE),
    ("PUT", f"{ROOT}/GlobalOptionSetDefinitions({{key}})", _DEFINE),
    ("DELETE", f"{ROOT}/GlobalOptionSetDefinitions({{key}})", _DEFINE),
    ("POST", _DEFINITIONS, _DEFINE),
    ("DELETE", f"{_DEFINITIONS}({{key}})", _DEFINE),
    ("POST", _ATTRIBUTES, _DEFINE),
    ("PUT", f"{_ATTRIBUTES}({{key}})", _DEFINE),
    ("DELETE", f"{_ATTRIBUTES}({{key}})", _DEFINE),
    ("POST", f"{_DEFINITIONS}({{key}})/Keys", _DEFINE),
    ("DELETE", f"{_DEFINITIONS}({{key}})/Keys({{key}})", _DEFINE),
    ("POST", f"{ROOT}/RelationshipDefinitions", _DEFINE),
    ("PUT", f"{ROOT}/RelationshipDefinitions({{key}})", _DEFINE),
    ("DELETE", f"{ROOT}/RelationshipDefinitions({{key}})", _DEFINE),
    ("PATCH", f"{_ROW}/{{property}}", "file-column-data.md"),
)
_UNBUILT_KINDS: tuple[tuple[str, str, str], ...] = ()


def operations(estate: Estate) -> tuple[Operation, ...]:
    """Every kind of request, then the functions and actions, built or not."""
    del estate
    rows = [*((row, True) for row in _KINDS), *((row, False) for row in _UNBUILT_KINDS), *_named_rows()]
    return tuple(Operation(FACE, *row, built=built) for row, built in rows)


def naming(estate: Estate) -> Naming:
    """Names a request by its path, and by those options and headers that make another kind of it."""

    def name(scope: Scope) -> str | None:
        path: str = scope["path"]
        if not path.startswith(_PREFIXES):
            return None
        below = path[len(_PREFIXES[0]) :].partition("/")[2]
        headers = {key for key, _ in scope["headers"]}
        prefer = b"prefer" in headers and any(
            key == b"prefer" and b"track-changes" in value for key, value in scope["headers"]
        )
        query, matched = scope["query_string"].decode("latin-1"), b"if-match" in headers
        pattern = pattern_of(below, query, if_match=matched, track_changes=prefer)
        if pattern is None:
            # Tables and columns that somebody has made are in the environments' own models only.
            found = (pattern_of(below, query, model, matched, prefer) for model in _models(estate))
            pattern = next((one for one in found if one is not None), None)
        return None if pattern is None else f"{scope['method']} {pattern}"

    return name


def _models(estate: Estate) -> Iterator[Model]:
    for environment in ENVIRONMENTS:
        state = find_environment(estate, environment.key)
        if state is not None:
            yield read_model(estate, state)


def pattern_of(
    path: str, query: str, model: Model | None = None, if_match: bool = False, track_changes: bool = False
) -> str | None:
    """The pattern of a decoded path below the service root; None for what the service does not know."""
    try:
        segments = read_path(path.replace("%", "%25"))
    except DataverseError:
        return None
    if not segments:
        return f"{ROOT}/"
    head, rest = segments[0], segments[1:]
    if head.name in ("$metadata", "$batch"):
        return f"{ROOT}/{head.name}"
    if head.name in METADATA_SETS:
        return _metadata_pattern(head, rest)
    model = model or _declared()
    table = model.sets.get(head.name)
    if table is not None:
        if head.inside is None:
            return _set_pattern(rest, query, track_changes)
        return _below_row(model, table, rest) if rest else _row_pattern(table, head.inside, if_match)
    if unbound.is_unbound(head):
        return f"{ROOT}/{head.name}" + ("" if _is_action(head.name) else "()")
    return None


def _row_pattern(table: TableModel, key: str, if_match: bool) -> str:
    if "=" in key and not key.startswith(f"{table.key}="):
        return f"{_SET}({{alternate key}})"
    return f"{_ROW} (If-Match)" if if_match else _ROW


def _set_pattern(rest: Sequence[Segment], query: str, track_changes: bool) -> str | None:
    if not rest:
        asked = {pair.partition("=")[0].replace("%24", "$") for pair in query.split("&")}
        found = next((name for name in _FETCHES if name in asked), None)
        if found is not None:
            return f"{_SET}?{found}"
        return f"{_SET} (Prefer: odata.track-changes)" if track_changes else _SET
    if rest[0].operation is not None:
        return f"{_SET}/{_NAMESPACE}{rest[0].operation}"
    return f"{_SET}/$count" if rest[0].name == "$count" else None


def _below_row(model: Model, table: TableModel, rest: Sequence[Segment]) -> str | None:
    head, after = rest[0], rest[1:]
    if head.operation is not None:
        return f"{_ROW}/{_NAMESPACE}{head.operation}" + ("" if _is_action(head.operation) else "()")
    last = after[0].name if after else ""
    if head.name in table.singles:
        if last == "$ref" or not after:
            return f"{_ROW}/{{lookup}}" + (f"/{last}" if last else "")
        return _below_row(model, model.tables[table.singles[head.name].target.table], after)
    if head.name in table.collections:
        return _below_collection(model, table, head, after, last)
    if head.name in table.by_wire:
        return f"{_ROW}/{{property}}" + ("/$value" if last == "$value" else "")
    return None


def _below_collection(
    model: Model, table: TableModel, head: Segment, after: Sequence[Segment], last: str
) -> str | None:
    if last in ("$ref", "$count"):
        return f"{_ROW}/{{collection}}" + ("({key})" if head.inside is not None else "") + f"/{last}"
    if head.inside is None:
        return None if after else f"{_ROW}/{{collection}}"
    child = model.tables[table.collections[head.name].table]
    return _below_row(model, child, after) if after else _ROW


def _metadata_pattern(head: Segment, rest: Sequence[Segment]) -> str:
    pattern = f"{ROOT}/{head.name}" + ("({key})" if head.inside is not None else "")
    for index, segment in enumerate(rest):
        if segment.operation is not None:
            if index == len(rest) - 1:
                pattern += "/{type}"
        elif index == 0:
            pattern += f"/{segment.name}" + ("({key})" if segment.inside is not None else "")
        else:
            pattern += "/{property}"
    return pattern


def _named_rows() -> list[tuple[tuple[str, str, str], bool]]:
    function, action = "use-web-api-functions.md", "use-web-api-actions.md"
    rows = [(("GET", f"{ROOT}/{name}()", function), True) for name in unbound.FUNCTIONS]
    rows += [(("POST", f"{ROOT}/{name}", action), True) for name in unbound.ACTIONS]
    rows += [(("GET", f"{_ROW}/{_NAMESPACE}{name}()", function), True) for name in bound.ROW_FUNCTIONS]
    rows += [(("POST", f"{_ROW}/{_NAMESPACE}{name}", action), True) for name in bound.ROW_ACTIONS]
    rows += [(("POST", f"{_SET}/{_NAMESPACE}{name}", action), True) for name in bound.SET_ACTIONS]
    rows += [(_elsewhere(ROOT, name, name), False) for name in sorted(unbound.KNOWN_ELSEWHERE)]
    rows += [
        (_elsewhere(_SET if name.endswith("Multiple") else _ROW, f"{_NAMESPACE}{name}", name), False)
        for name in sorted(bound.KNOWN_ELSEWHERE)
    ]
    return rows


def _elsewhere(place: str, shown: str, name: str) -> tuple[str, str, str]:
    if _is_action(name):
        return ("POST", f"{place}/{shown}", "reference/actions")
    return ("GET", f"{place}/{shown}()", "reference/functions")


def _is_action(name: str) -> bool:
    known: tuple[Mapping[str, object], ...] = (unbound.FUNCTIONS, bound.ROW_FUNCTIONS)
    if any(name in functions for functions in known):
        return False
    return not name.startswith(("Retrieve", "Calculate", "InitializeFrom", "msdyn_Is"))


@cache
def _declared() -> Model:
    """The tables as declared; flags do not matter for names."""
    return build_model("names", {table.name: start_flags(table) for table in TABLES})
