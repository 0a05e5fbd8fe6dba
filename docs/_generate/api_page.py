"""The generated part of docs/api.md: every operation of the OpenAPI document."""

from __future__ import annotations

from typing import Any, cast

from liaison.api.addresses import PREFIX
from liaison.api.app import build_api
from liaison.api.pages import OperationDoc, read_topics
from liaison.ports import Ports
from liaison.text.lookup import load_texts


def render() -> str:
    document = build_api(cast("Ports", None), load_texts()).openapi()
    parts: list[str] = []
    for topic in read_topics(document):
        parts += [f"## {topic.name}", "", topic.description, ""]
        for one in topic.operations:
            parts += [*_operation(one), *_shape(document, one), ""]
    return "\n".join(parts).rstrip() + "\n"


def _operation(one: OperationDoc) -> list[str]:
    lines = [
        f"### `{one.method} {PREFIX}{one.path}`",
        "",
        f"**{one.summary}.** {' '.join(one.description.split())}",
        "",
    ]
    for given in one.inputs:
        needed = "required" if given.is_required else "optional"
        lines.append(f"- `{given.name}` ({given.place}, {needed}) {given.description}".rstrip())
    if one.inputs:
        lines.append("")
    if one.example:
        lines += ["```json", one.example, "```", ""]
    answers = ", ".join(answer.status for answer in one.answers)
    return [*lines, f"Answers: {answers}."]


def _shape(document: dict[str, Any], one: OperationDoc) -> list[str]:
    """The document that comes back when all is well: its fields, with what is not evident."""
    told = document["paths"][one.path][one.method.lower()]["responses"]
    good = next((told[status] for status in sorted(told) if status.startswith("2")), {})
    schema = good.get("content", {}).get("application/json", {}).get("schema", {})
    fields = _fields(document, schema)
    if not fields:
        return []
    return ["", f"Gives {', '.join(_field(document, name, about) for name, about in fields.items())}."]


def _fields(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rsplit("/", 1)[-1]
    fields: dict[str, Any] = document["components"]["schemas"].get(name, {}).get("properties", {})
    return fields


def _field(document: dict[str, Any], name: str, about: dict[str, Any]) -> str:
    """A field, with what is said of it; a list of documents names their fields."""
    told = " ".join(about.get("description", "").split()).rstrip(".")
    below = _fields(document, about.get("items", {}))
    if below:
        told = f"each with {', '.join(f'`{one}`' for one in below)}" + (f": {told}" if told else "")
    return f"`{name}` ({told})" if told else f"`{name}`"
