"""Each template shows one frozen dataclass, with icons and sentences that exist."""

from __future__ import annotations

import dataclasses
import importlib
import json
import pkgutil
import re
from importlib.resources import files
from itertools import product

import pytest
from jinja2 import Environment, meta

from liaison.text.lookup import LANGUAGES, load_texts
from liaison.web import pages, pictures
from liaison.web.render import read_template

WEB = files("liaison.web")
TEMPLATES = sorted(entry.name for entry in (WEB / "templates").iterdir())
SHARED = {
    "document.html", "layout.html", "panel_page.html", "record_layout.html", "connect_layout.html",
    "teams_document.html", "teams_page.html", "bar.html", "site_map.html", "elements.html", "template_fields.html",
    "settings_extras.html", "settings_labeller.html", "link_filing.html", "settings_filing.html",
}  # fmt: skip
CALLABLE = {
    "say", "plural", "row_kind", "moment", "size", "icon", "asset", "initials", "tint", "pieces", "help_topic", "ui",
}  # fmt: skip


def page_classes() -> list[type]:
    found = []
    for module in [importlib.import_module("liaison.web.problems"), *_page_modules()]:
        found += [
            kind
            for kind in vars(module).values()
            if isinstance(kind, type) and "template" in vars(kind) and kind.__module__ == module.__name__
        ]
    return found


def _page_modules() -> list[object]:
    return [importlib.import_module(f"liaison.web.pages.{name.name}") for name in pkgutil.iter_modules(pages.__path__)]


def source_of(name: str) -> str:
    source = read_template(name)
    assert source is not None
    return source


def test_every_page_is_a_frozen_dataclass_with_a_template_of_its_own() -> None:
    kinds = page_classes()
    assert [kind.__name__ for kind in kinds if not dataclasses.is_dataclass(kind)] == []
    assert [kind.__name__ for kind in kinds if not kind.__dataclass_params__.frozen] == []
    shown = [kind.template for kind in kinds]
    assert sorted(shown) == sorted(set(shown))
    assert sorted(set(TEMPLATES) - SHARED) == sorted(shown)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_is_given_its_page_and_nothing_else(name: str) -> None:
    asked = meta.find_undeclared_variables(Environment(autoescape=True).parse(source_of(name)))
    assert asked - CALLABLE - {"caller", "progress", "problem"} <= {"page"}


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_escapes_everything(name: str) -> None:
    assert not re.search(r"\|\s*safe|autoescape|Markup", source_of(name))


def test_every_icon_named_is_in_the_sprite_and_every_icon_in_the_sprite_is_named() -> None:
    known = set(json.loads((WEB / "assets" / "icons.json").read_text(encoding="utf-8")))
    texts = [source_of(name) for name in TEMPLATES]
    texts += [path.read_text(encoding="utf-8") for path in _sources()]
    named = {word for text in texts for word in re.findall(r"[\"']([a-z][a-z-]*)[\"']", text)}
    used = {icon for text in texts for icon in re.findall(r"icon\(\"([a-z-]+)\"", text)}
    used |= {icon for icon, _ in pictures.STATES.values()} | set(pictures.STEPS.values())
    assert used - known == set()
    assert known - named == set()


def _sources() -> list:  # type: ignore[type-arg]
    return [entry for entry in [*WEB.iterdir(), *(WEB / "pages").iterdir()] if entry.name.endswith(".py")]


def test_every_sentence_that_a_page_names_is_there() -> None:
    texts = load_texts()
    sources = [source_of(name) for name in TEMPLATES] + [path.read_text(encoding="utf-8") for path in _sources()]
    whole = {key for text in sources for key in re.findall(r"[\"'](web\.[a-z0-9_.-]+[a-z0-9])[\"']", text)}
    plural = {key for text in sources for key in re.findall(r"plural\(\"(web\.[a-z_.]+)\"", text)}
    needed = (whole - plural) | {f"{key}.{form}" for key, form in product(plural, ("one", "many"))}
    for language in LANGUAGES:
        assert sorted(needed - texts.keys(language)) == []


def test_both_languages_say_the_same_things() -> None:
    texts = load_texts()
    assert texts.keys("en") == texts.keys("fr")


def test_the_themes_were_built_from_these_style_sheets() -> None:
    """When this fails, `npm run assets` has to be run again."""
    sheets = [entry.read_text(encoding="utf-8") for entry in (WEB / "assets" / "css").iterdir()]
    used = {token for sheet in sheets for token in re.findall(r"var\(--((?:color|border|font|line|spacing)\w+)", sheet)}
    themes = (WEB / "assets" / "packages" / "themes.css").read_text(encoding="utf-8")
    assert sorted(token for token in used if f"--{token}:" not in themes) == []
