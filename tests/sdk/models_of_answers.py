"""What Microsoft's Graph models made of an answer, compared with the answer itself, property by property.

The models forgive: a text where a number is declared becomes None, an unknown enum member becomes None, a property
without a place goes to `additional_data`. So it is not enough to look at the object; here it is laid beside the wire.
"""

from __future__ import annotations

import base64
import dataclasses
import re
from collections.abc import Iterator
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any
from uuid import UUID

from kiota_abstractions.serialization import Parsable

GAPS = {
    "isMembershipLimitedToOwners", "discoverySettings", "tagSettings", "moderationSettings", "sortOrderIndex",
    "members@delta", "owners@delta", "Value", "@microsoft.graph.downloadUrl", "@content.downloadUrl",
    "@odata.context", "@odata.id", "@odata.etag", "azureADAppId",
}  # fmt: skip
"""What the service sends though the v1.0 schema does not have it. Source: graph.md section 13; `azureADAppId` 5.1"""

_MOMENT = re.compile(r"(.{19})(?:\.\d+)?Z")


def misplaced(wire: Any, model: Any) -> list[str]:
    """The properties of an answer that its model lost, misread, or has no place for."""
    return list(_compare(wire, model, "", type(model).__name__))


def _compare(wire: Any, model: Any, declared: str, path: str) -> Iterator[str]:
    if model is None:
        yield f"{path}: {wire!r} was lost, {declared} is declared"
    elif isinstance(model, list):
        yield from _compare_lists(wire, model, declared, path)
    elif isinstance(model, Parsable):
        yield from _compare_objects(wire, model, declared, path)
    elif not _same(wire, model):
        yield f"{path}: {wire!r} was read as {model!r}"


def _compare_lists(wire: Any, model: list[Any], declared: str, path: str) -> Iterator[str]:
    if isinstance(wire, str):  # enums with several members at once are one text on the wire
        wire = wire.split(",")
    if not isinstance(wire, list) or len(wire) != len(model):
        yield f"{path}: {wire!r} was read as {len(model)} of {declared}"
        return
    for index, (each, read) in enumerate(zip(wire, model, strict=True)):
        yield from _compare(each, read, declared.removeprefix("list[").removesuffix("]"), f"{path}[{index}]")


def _compare_objects(wire: Any, model: Any, declared: str, path: str) -> Iterator[str]:
    if not isinstance(wire, dict):
        yield f"{path}: {wire!r} was read as {type(model).__name__}"
        return
    yield from _compare_kinds(wire, model, declared, path)
    readers, types = model.get_field_deserializers(), _declared(type(model))
    for name, each in wire.items():
        if name not in readers:
            if name not in GAPS:
                yield f"{path}.{name}: no place in {type(model).__name__}"
            continue
        place = _place(readers[name])
        if each is not None:
            yield from _compare(each, getattr(model, place), types.get(place, ""), f"{path}.{name}")
        elif types.get(place, "").startswith("list["):
            yield f"{path}.{name}: a collection is never null"


def _compare_kinds(wire: dict[str, Any], model: Any, declared: str, path: str) -> Iterator[str]:
    ancestry = [kind.__name__ for kind in type(model).__mro__]
    if declared and declared not in ancestry:
        yield f"{path}: {ancestry[0]} stands where {declared} is declared"
    named = str(wire.get("@odata.type") or "").rpartition(".")[2]
    if named and named.lower() != ancestry[0].lower():
        yield f"{path}: {named} was read as {ancestry[0]}"


def _same(wire: Any, model: Any) -> bool:
    match model:
        case Enum():
            return isinstance(wire, str) and wire.lower() == str(model.value).lower()
        case datetime():
            matched = _MOMENT.fullmatch(wire) if isinstance(wire, str) else None
            return bool(matched) and model.tzinfo is not None and model.isoformat().startswith(matched[1])  # type: ignore[index]
        case date():
            return bool(wire == model.isoformat())
        case UUID():
            return isinstance(wire, str) and wire.lower() == str(model)
        case bytes():
            return isinstance(wire, str) and base64.b64decode(wire) == model
        case _:
            return type(wire) is type(model) and bool(wire == model)


@cache
def _declared(kind: type) -> dict[str, str]:
    """Declared types by attribute, as written in the model: `str`, `list[Channel]`."""
    return {
        field.name: str(field.type)
        .removeprefix("Optional[")
        .removesuffix("]" if "Optional[" in str(field.type) else "")
        for field in dataclasses.fields(kind)
    }


def _place(reader: Any) -> str:
    """The attribute that a generated reader sets; it is the one text in its code."""
    return next(constant for constant in reader.__code__.co_consts if isinstance(constant, str))
