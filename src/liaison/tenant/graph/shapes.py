"""Properties: which ones a type has, which of them a request selects, and how a list becomes pages.

The names are those of the v1.0 schema; a selected name that we keep no value for comes back as null, and is left out
of files and sites, where a missing facet tells a file from a folder.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TypeVar

from liaison.tenant.estate.seals import SealBroken, seal, unseal
from liaison.tenant.graph.errors import Backend, GraphError, bad_request
from liaison.tenant.graph.query import Filter, FilterRefused, read_filter
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import Json

Item = TypeVar("Item")
Render = Callable[[Item], Json]


def selected(ask: Ask, entity: Json, known: Collection[str], type_name: str) -> Json:
    """The entity with the properties that `$select` names; all of it when nothing is selected.

    Raises 400 for a name that the type does not have; files pass it over where `select` has no dollar sign.
    Source: Graph v1.0, concepts/query-parameters.md
    """
    names = ask.words("select")
    if not names or "*" in names:
        return entity
    by_lower = {name.lower(): name for name in (*known, *entity)}
    chosen: Json = {name: value for name, value in entity.items() if name.startswith("@odata.")}
    for name in names:
        plain = by_lower.get(name.split("/")[0].lower())
        if plain is None and ask.backend is Backend.FILES and not ask.has_dollar("select"):
            continue
        if plain is None:
            raise bad_request(
                ask.backend,
                f"Parsing OData Select and Expand failed: Could not find a property named '{name}' on type "
                f"'microsoft.graph.{type_name}'.",
            )
        if plain in entity or ask.backend is not Backend.FILES:  # files have no facet rather than an empty one
            chosen[plain] = entity.get(plain)
    expanded = {name.split("(")[0] for name in split_expand(ask)}
    return chosen | {name: value for name, value in entity.items() if name in expanded}


def split_expand(ask: Ask) -> tuple[str, ...]:
    """The items of `$expand`, each with the options in its parentheses."""
    text, parts, depth, current = ask.options.get("expand", ""), list[str](), 0, ""
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        if sign == "," and depth == 0:
            parts.append(current.strip())
            current = ""
        else:
            current += sign
    return tuple(part for part in [*parts, current.strip()] if part)


def expands(ask: Ask, name: str) -> bool:
    """Whether `$expand` names a property."""
    return any(part.split("(")[0].lower() == name.lower() for part in split_expand(ask))


def wanted_filter(ask: Ask) -> Filter | None:
    """The request's filter; raises 400 when it cannot be read."""
    text = ask.options.get("filter")
    if text is None:
        return None
    try:
        return read_filter(text)
    except FilterRefused as refusal:
        code = "Request_UnsupportedQuery" if ask.backend is Backend.DIRECTORY else "BadRequest"
        raise GraphError(400, code, f"Invalid filter clause: {refusal}") from refusal


def filtered(ask: Ask, items: Iterable[Json]) -> list[Json]:
    """The items that the request's filter lets through."""
    wanted = wanted_filter(ask)
    return [item for item in items if wanted is None or wanted.matches(item)]


def page(ask: Ask, items: Sequence[Item], default: int, largest: int) -> tuple[Sequence[Item], str | None]:
    """One page of a list, and the link to the next one."""
    size = ask.number("top", default, largest)
    start = page_start(ask)
    following = start + size
    return items[start:following], next_link(ask, following) if following < len(items) else None


def page_start(ask: Ask) -> int:
    """Where the page begins that the request's skip token names; raises 400 for a token of another making."""
    token = ask.options.get("skiptoken")
    if token is None:
        return 0
    try:
        return int(unseal(ask.estate, "page", token))
    except SealBroken as broken:
        raise bad_request(ask.backend, "The skip token is not valid.") from broken


def next_link(ask: Ask, start: int) -> str:
    """The absolute link to the page that begins at an item; it holds every option of the request."""
    return ask.link(skiptoken=seal(ask.estate, "page", start))


def collection(
    context: str | None, values: Sequence[Json], *, count: int | None = None, next_page: str | None = None
) -> Json:
    """The body of a list."""
    body: Json = {} if context is None else {"@odata.context": context}
    if count is not None:
        body["@odata.count"] = count
    if next_page is not None:
        body["@odata.nextLink"] = next_page
    return body | {"value": list(values)}


def entity(context: str, values: Mapping[str, object]) -> Json:
    """The body of one object."""
    return {"@odata.context": context, **values}


def selection_suffix(ask: Ask, *expanded: str) -> str:
    """What a context says about selected and expanded properties, such as `(id,displayName)`."""
    names = [*ask.words("select"), *(f"{name}()" for name in expanded)]
    return f"({','.join(names)})" if names else ""
