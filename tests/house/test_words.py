"""The protocols' words stay at home: outside the protocol rooms nothing is called as Microsoft's wires call it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.house.sources import docstrings, name_of, parsed, product_files, room_of

WORDS = ("msdyn_", "@odata", "entity_set", "driveItem", "filesFolder", "jwks", "client_credentials")
HOMES = {"dataverse", "graph", "entra", "tenant"}


def strangers(tree: ast.Module) -> Iterator[str]:
    """Protocol words in names and strings; prose in docstrings may explain them."""
    prose = {id(node) for node in docstrings(tree)}
    for node in ast.walk(tree):
        for text in _texts(node):
            if id(node) not in prose:
                yield from (f"{word} in line {getattr(node, 'lineno', 0)}" for word in WORDS if word in text)


def _texts(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.Name(id=text) | ast.Attribute(attr=text) | ast.arg(arg=text) | ast.keyword(arg=str(text)):
            yield text
        case ast.FunctionDef(name=text) | ast.AsyncFunctionDef(name=text) | ast.ClassDef(name=text):
            yield text
        case ast.alias(name=text):
            yield text
        case _:
            pass


def test_protocol_words_stay_in_the_protocol_rooms() -> None:
    found = [
        f"{name_of(path)}: {stranger}"
        for path in product_files()
        if room_of(path) not in HOMES
        for stranger in strangers(parsed(path))
    ]
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        'table = "msdyn_teamscollaboration"',
        'row["@odata.etag"]',
        "entity_set_name = read()",
        "def read_driveItem(): ...",
        "from somewhere import jwks_uri",
        "grant(client_credentials=True)",
        'f"{team}/filesFolder"',
        "class filesFolder: ...",
    ],
)
def test_a_bad_line_is_found(line: str) -> None:
    assert list(strangers(ast.parse(line)))


@pytest.mark.parametrize(
    "line",
    ['"""Reads the driveItem of a file."""', "folder = find_folder(address)", 'table = "opportunity"', "# msdyn_"],
)
def test_a_good_line_passes(line: str) -> None:
    assert list(strangers(ast.parse(line))) == []
