"""Where the code and the templates say something: keys, patterns of keys, and the facts they give."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, nodes

from tests.house.sources import PACKAGE, name_of, parsed, product_files, room_of

SAYING = {"say", "plural", "pattern"}
_TEMPLATES = Environment(autoescape=True)
KEY = re.compile(r"[a-z_]+(\.[A-Za-z0-9_]+)+")


@dataclass(frozen=True)
class Use:
    """A place that says a key. `facts` is None when they are not to be seen there."""

    place: str
    key: str
    facts: frozenset[str] | None


def uses() -> Iterator[Use]:
    for path in product_files():
        yield from _python_uses(path)
    for path in templates():
        yield from _template_uses(path)


def templates() -> tuple[Path, ...]:
    return tuple(sorted((PACKAGE / "web" / "templates").glob("*.html")))


def mentions() -> tuple[set[str], list[re.Pattern[str]]]:
    """Every string that could be a key, and a pattern for every key that is put together."""
    exact: set[str] = set()
    patterns: set[str] = set()
    for path in product_files():
        prefix = "cli." if room_of(path) == "cli" else ""
        for node in ast.walk(parsed(path)):
            exact |= {text for one in _texts(node) for text in (one, prefix + one)}
            patterns |= {re.escape(prefix) + pattern for pattern in _python_patterns(node) if _begins(pattern)}
    for path in templates():
        tree = _TEMPLATES.parse(path.read_text(encoding="utf-8"))
        exact |= {text.value for text in tree.find_all(nodes.Const) if isinstance(text.value, str)}
        patterns |= {pattern for one in tree.find_all(nodes.Concat) if _begins(pattern := _joined(one))}
    useful = [re.compile(pattern) for pattern in patterns if KEY.match(pattern.replace("\\", "").replace(".+", "x"))]
    return exact, useful


def _begins(pattern: str) -> bool:
    """Does it begin with words, so that it says which sentences it is about?"""
    return not pattern.startswith(".+")


def _texts(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def _python_patterns(node: ast.AST) -> Iterator[str]:
    """Of "service.{}", f"state.{name}" and "web.map." + name."""
    match node:
        case ast.Constant(value=str(text)) if "{}" in text:
            yield re.escape(text).replace(r"\{\}", ".+")
        case ast.JoinedStr(values=parts):
            yield "".join(re.escape("".join(_texts(part))) or ".+" for part in parts)
        case ast.BinOp(op=ast.Add(), left=ast.Constant(value=str(text))) if text.endswith("."):
            yield re.escape(text) + ".+"
        case _:
            pass


def _joined(node: nodes.Concat) -> str:
    return "".join(re.escape(one.value) if _is_text(one) else ".+" for one in node.nodes)


def _is_text(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Const) and isinstance(node.value, str)


def _python_uses(path: Path) -> Iterator[Use]:
    prefix = "cli." if room_of(path) == "cli" else ""
    for node in ast.walk(parsed(path)):
        if not isinstance(node, ast.Call) or _called(node.func) not in SAYING:
            continue
        texts = [one.value for one in node.args[:2] if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        keys = [text for text in texts if KEY.fullmatch(prefix + text)]
        if keys:
            named = all(keyword.arg is not None for keyword in node.keywords) and len(node.args) == 1
            facts = frozenset(keyword.arg or "" for keyword in node.keywords) if named else None
            yield Use(f"{name_of(path)}:{node.lineno}", prefix + keys[-1], facts)


def _called(func: ast.expr) -> str:
    match func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _template_uses(path: Path) -> Iterator[Use]:
    tree = _TEMPLATES.parse(path.read_text(encoding="utf-8"))
    for call in tree.find_all(nodes.Call):
        name = call.node.name if isinstance(call.node, nodes.Name) else ""
        if name not in SAYING or not call.args or not _is_text(call.args[0]):
            continue
        facts = frozenset(keyword.key for keyword in call.kwargs) if call.dyn_kwargs is None else None
        key = call.args[0].value  # type: ignore[attr-defined]
        place = f"{name_of(path)}:{call.lineno}"
        if name == "plural":
            yield from (Use(place, f"{key}.{form}", frozenset({"count"})) for form in ("one", "many"))
        else:
            yield Use(place, key, facts)
