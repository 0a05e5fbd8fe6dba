"""The OpenAPI description of the API: short names for operations, and problems described as they are sent."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from liaison.api.problems import MEDIA_TYPE
from liaison.api.shapes import ProblemShape

_UNUSED = ("HTTPValidationError", "ValidationError")
_ANSWER_HEADERS = {
    "X-Correlation-ID": {"description": "Names this request in the log.", "schema": {"type": "string"}},
}


def operation_id(route: APIRoute) -> str:
    """Topic and act, such as `links_connect`."""
    return f"{route.tags[0]}_{route.name}" if route.tags else route.name


def describe_in(api: FastAPI) -> None:
    """Give the application its description; built once, when first asked for."""

    def openapi() -> dict[str, Any]:
        if api.openapi_schema is None:
            api.openapi_schema = _build(api)
        return api.openapi_schema

    api.openapi = openapi  # type: ignore[method-assign]


def _build(api: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=api.title,
        version=api.version,
        description=api.description,
        routes=api.routes,
        tags=api.openapi_tags,
        servers=api.servers,
    )
    schemas = document["components"]["schemas"]
    for name in _UNUSED:
        schemas.pop(name, None)
    for item in document["paths"].values():
        for operation in item.values():
            operation["responses"] = _responses(operation["responses"])
    return document


def _responses(told: dict[str, Any]) -> dict[str, Any]:
    """Without FastAPI's own 422, which this API never sends, and with problems under their media type."""
    kept = {status: answer for status, answer in sorted(told.items()) if status != "422"}
    for status, answer in kept.items():
        answer.setdefault("headers", {}).update(_ANSWER_HEADERS)
        if status.startswith(("4", "5")):
            answer["content"] = {MEDIA_TYPE: {"schema": {"$ref": f"#/components/schemas/{ProblemShape.__name__}"}}}
    return kept
