"""The API's own pages: its operations from the OpenAPI document, and its errors. No script, nothing from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from liaison.api.addresses import PREFIX
from liaison.api.shapes import CatalogueEntry
from liaison.text.lookup import Texts

_METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Input:
    """One parameter of an operation."""

    name: str
    place: str
    is_required: bool
    description: str


@dataclass(frozen=True)
class Answer:
    status: str
    description: str


@dataclass(frozen=True)
class OperationDoc:
    method: str
    path: str
    anchor: str
    summary: str
    description: str
    inputs: tuple[Input, ...]
    example: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class Topic:
    name: str
    description: str
    operations: tuple[OperationDoc, ...]


@dataclass(frozen=True)
class Words:
    """The page's own words."""

    language: str
    title: str
    introduction: str
    errors: str
    operations: str
    description: str
    inputs: str
    required: str
    optional: str
    example: str
    answers: str
    topics: str
    code: str
    message: str
    remedy: str
    status: str


@dataclass(frozen=True)
class OperationsPage:
    words: Words
    prefix: str
    topics: tuple[Topic, ...]


@dataclass(frozen=True)
class ErrorsPage:
    words: Words
    prefix: str
    entries: tuple[CatalogueEntry, ...]


def render_operations_page(document: dict[str, Any], texts: Texts, language: str) -> str:
    """Every operation of the OpenAPI document, by topic."""
    page = OperationsPage(_words(texts, language), PREFIX, read_topics(document))
    return _pages().get_template("operations.html").render(page=page)


def render_errors_page(entries: tuple[CatalogueEntry, ...], texts: Texts, language: str) -> str:
    page = ErrorsPage(_words(texts, language), PREFIX, entries)
    return _pages().get_template("errors.html").render(page=page)


@cache
def read_style() -> str:
    return files("liaison.api").joinpath("templates/style.css").read_text(encoding="utf-8")


@cache
def _pages() -> Environment:
    return Environment(loader=PackageLoader("liaison.api"), autoescape=True, undefined=StrictUndefined)


def _words(texts: Texts, language: str) -> Words:
    say = texts.say
    return Words(
        language=language,
        title=say(language, "api.docs.title"),
        introduction=say(language, "api.docs.introduction"),
        errors=say(language, "api.docs.errors"),
        operations=say(language, "api.docs.operations"),
        description=say(language, "api.docs.description"),
        inputs=say(language, "api.docs.inputs"),
        required=say(language, "api.docs.required"),
        optional=say(language, "api.docs.optional"),
        example=say(language, "api.docs.example"),
        answers=say(language, "api.docs.answers"),
        topics=say(language, "api.docs.topics"),
        code=say(language, "api.docs.code"),
        message=say(language, "api.docs.message"),
        remedy=say(language, "api.docs.remedy"),
        status=say(language, "api.docs.status"),
    )


def read_topics(document: dict[str, Any]) -> tuple[Topic, ...]:
    """The operations of an OpenAPI document under its tags, in its order."""
    operations = list(_operations(document))
    return tuple(
        Topic(tag["name"], tag["description"], tuple(one for name, one in operations if name == tag["name"]))
        for tag in document["tags"]
    )


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, OperationDoc]]:
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                yield item[method]["tags"][0], _operation(method, path, item[method], document)


def _operation(method: str, path: str, told: dict[str, Any], document: dict[str, Any]) -> OperationDoc:
    return OperationDoc(
        method=method.upper(),
        path=path,
        anchor=told["operationId"],
        summary=told["summary"],
        description=told.get("description", ""),
        inputs=tuple(_input(one) for one in told.get("parameters", ())),
        example=_example(told, document),
        answers=tuple(Answer(status, one.get("description", "")) for status, one in told["responses"].items()),
    )


def _input(told: dict[str, Any]) -> Input:
    return Input(told["name"], told["in"], told.get("required", False), told.get("description", ""))


def _example(told: dict[str, Any], document: dict[str, Any]) -> str:
    """The first example of the operation's JSON body, empty when it has none."""
    schema = told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    name = schema.get("$ref", "").rsplit("/", 1)[-1]
    examples = document["components"]["schemas"].get(name, {}).get("examples", ())
    return json.dumps(examples[0], indent=2, ensure_ascii=False) if examples else ""
