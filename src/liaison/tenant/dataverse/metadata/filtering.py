"""Filters and selections over definitions: computed in memory, with the limits the service has.

Labels cannot be filtered; string functions are refused with 501. Source: query-metadata-web-api.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from liaison.tenant.dataverse.errors import not_for_metadata, query_error, unknown_property
from liaison.tenant.dataverse.odata.nodes import (
    Alias,
    Call,
    Compare,
    Conjunction,
    Disjunction,
    Expression,
    Literal,
    LiteralKind,
    Not,
    Path,
)

Definition = Mapping[str, Any]
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {"eq": eq, "ne": ne, "gt": gt, "ge": ge, "lt": lt, "le": le}


def filtered(definitions: Iterable[Definition], condition: Expression | None, kind: str) -> list[Definition]:
    """The definitions that fulfil a condition; `kind` names their type in errors."""
    if condition is None:
        return list(definitions)
    return [definition for definition in definitions if _holds(definition, condition, kind)]


def selected(definition: Definition, names: tuple[str, ...], kind: str) -> dict[str, Any]:
    """The chosen properties; the MetadataId and the type are always there."""
    if not names:
        return dict(definition)
    for name in names:
        if name not in definition:
            raise unknown_property(name, kind)
    chosen = {"@odata.type", *names, "MetadataId"} if "@odata.type" in definition else {*names, "MetadataId"}
    ordered = [*(("@odata.type",) if "@odata.type" in definition else ()), *names, "MetadataId"]
    return {name: definition[name] for name in dict.fromkeys(ordered) if name in chosen}


def _holds(definition: Definition, node: Expression, kind: str) -> bool:
    if isinstance(node, Conjunction):
        return all(_holds(definition, term, kind) for term in node.terms)
    if isinstance(node, Disjunction):
        return any(_holds(definition, term, kind) for term in node.terms)
    if isinstance(node, Not):
        return not _holds(definition, node.term, kind)
    if isinstance(node, Call):
        raise not_for_metadata(node.name)
    if isinstance(node, Path):
        return _value(definition, node, kind) is True
    if isinstance(node, Compare):
        return _compare(definition, node, kind)
    raise query_error("The $filter expression must evaluate to a single boolean value.")


def _compare(definition: Definition, node: Compare, kind: str) -> bool:
    left, right = _operand(definition, node.left, kind), _operand(definition, node.right, kind)
    if node.operator in ("eq", "ne"):
        return _OPERATORS[node.operator](left, right)
    if left is None or right is None or type(left) is not type(right):
        return False
    return _OPERATORS[node.operator](left, right)


def _operand(definition: Definition, node: Expression, kind: str) -> Any:
    if isinstance(node, Path):
        return _value(definition, node, kind)
    if isinstance(node, Literal):
        return str(node.value) if node.kind in (LiteralKind.GUID, LiteralKind.MEMBER) else node.value
    if isinstance(node, Call):
        raise not_for_metadata(node.name)
    if isinstance(node, Alias):
        return None
    raise query_error("The comparison cannot be read.")


def _value(definition: Definition, path: Path, kind: str) -> Any:
    found: Any = definition
    for segment in path.segments:
        if not isinstance(found, Mapping) or segment not in found:
            raise unknown_property(path.text, kind)
        found = found[segment]
    if isinstance(found, Mapping):
        raise query_error(f"The property '{path.text}' cannot be used in a filter.")
    return found
