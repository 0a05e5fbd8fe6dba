"""A template shows exactly one frozen value, `page`, and says nothing of its own."""

from __future__ import annotations

import ast
import re
from dataclasses import fields, is_dataclass
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, meta, nodes

from tests.house.sources import PACKAGE, parsed, python_files

FOLDERS = {"web": PACKAGE / "web" / "templates", "api": PACKAGE / "api" / "templates"}
TEMPLATES = [(room, path) for room, folder in FOLDERS.items() for path in sorted(folder.glob("*.html"))]
_PARSER = Environment(autoescape=True)


def page_classes() -> dict[str, list[type[Any]]]:
    """The classes of the web room that name a template, by that template."""
    found: dict[str, list[type[Any]]] = {}
    for path in python_files(PACKAGE / "web"):
        for node in parsed(path).body:
            if isinstance(node, ast.ClassDef) and any(_names_template(line) for line in node.body):
                module = import_module(
                    f"liaison.web.{'.'.join(path.relative_to(PACKAGE / 'web').with_suffix('').parts)}"
                )
                kind = getattr(module, node.name)
                if hasattr(kind, "template"):
                    found.setdefault(kind.template, []).append(kind)
    return found


def _names_template(line: ast.stmt) -> bool:
    return isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name) and line.target.id == "template"


def tree_of(path: Path) -> nodes.Template:
    return _PARSER.parse(path.read_text(encoding="utf-8"))


def named_by_templates(room: str) -> set[str]:
    """What the room's templates extend, include or import."""
    return {
        str(name)
        for where, path in TEMPLATES
        if where == room
        for name in meta.find_referenced_templates(tree_of(path))
    }


@pytest.mark.parametrize(("room", "path"), TEMPLATES, ids=lambda value: value if isinstance(value, str) else value.stem)
def test_a_template_is_given_the_page_and_nothing_else(room: str, path: Path) -> None:
    known = web_globals() if room == "web" else set()
    assert meta.find_undeclared_variables(tree_of(path)) - known <= {"page"}


def web_globals() -> set[str]:
    """What every template of the web may call; read from the one place that says so."""
    source = (PACKAGE / "web" / "render.py").read_text(encoding="utf-8")
    return {"ui", *re.findall(r'^            "([a-z_]+)": ', source, re.MULTILINE)}


def test_every_page_is_a_frozen_dataclass_with_a_template_of_its_room() -> None:
    assert len(page_classes()) > 10
    for template, kinds in page_classes().items():
        for kind in kinds:
            assert is_dataclass(kind), kind
            assert kind.__dataclass_params__.frozen, kind  # type: ignore[attr-defined]
            assert (FOLDERS["web"] / template).exists(), kind
            assert not [
                field.name for field in fields(kind) if field.type in {"object", "Any", "dict", "dict[str, Any]"}
            ]


def test_every_template_of_the_web_is_shown_by_a_page_or_used_by_another() -> None:
    used = set(page_classes()) | named_by_templates("web") | mentioned_in_code()
    assert sorted(path.name for room, path in TEMPLATES if room == "web" and path.name not in used) == []


def mentioned_in_code() -> set[str]:
    return {
        node.value
        for path in python_files(PACKAGE / "web")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.endswith(".html")
    }


class _Spoken(HTMLParser):
    """What a reader would see or hear of a page: text, and the attributes that are read out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self._note(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in {"title", "alt", "placeholder", "aria-label", "aria-description"}:
                self._note(value or "")

    def _note(self, text: str) -> None:
        if re.search(r"[A-Za-zÀ-ÿ]{2,}", text):
            self.found.append(" ".join(text.split()))


@pytest.mark.parametrize(("room", "path"), TEMPLATES, ids=lambda value: value if isinstance(value, str) else value.stem)
def test_a_template_has_no_words_of_its_own(room: str, path: Path) -> None:
    """A letter between tags is a sentence outside `text/`."""
    source = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    spoken = _Spoken()
    spoken.feed(source)
    assert spoken.found == [], f"{room}/{path.name}"


def test_a_planted_word_is_found() -> None:
    for planted in ("<p>Hello</p>", '<img alt="A picture">', '<button aria-label="Close"></button>'):
        spoken = _Spoken()
        spoken.feed(planted)
        assert len(spoken.found) == 1, planted


@pytest.mark.parametrize(("room", "path"), TEMPLATES, ids=lambda value: value if isinstance(value, str) else value.stem)
def test_a_template_has_no_inline_script_style_or_handler(room: str, path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)", source), f"{room}/{path.name}"
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", source), f"{room}/{path.name}"
    assert "|safe" not in source.replace(" ", "")


def asked_for(template: Path) -> set[str]:
    """The sheets and scripts that a template names, one by one or in a loop over their names."""
    tree = tree_of(template)
    looped = {
        f"{folder.value}{name.value}.{'css' if folder.value == 'css/' else 'js'}"
        for loop in tree.find_all(nodes.For)
        for folder in loop.find_all(nodes.Const)
        if folder.value in {"css/", "js/"} and isinstance(loop.iter, nodes.List)
        for name in loop.iter.items
        if isinstance(name, nodes.Const)
    }
    return looped | {str(one.value) for one in tree.find_all(nodes.Const) if str(one.value).startswith(("css/", "js/"))}


def test_every_sheet_and_script_is_asked_for_where_it_is_needed() -> None:
    assets = PACKAGE / "web" / "assets"
    there = {str(path.relative_to(assets)) for path in (*assets.glob("css/*.css"), *assets.glob("js/*.js"))}
    asked = {path.name: asked_for(path) for room, path in TEMPLATES if room == "web"}
    assert there - set().union(*asked.values()) == set()
    in_teams = {"css/teams.css"}
    assert {name for name in there if name.startswith("css/")} - asked["document.html"] == in_teams
    assert in_teams <= asked["teams_document.html"]
