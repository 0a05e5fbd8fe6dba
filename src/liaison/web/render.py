"""Pages to HTML: one template, one frozen dataclass, one language."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.resources import files
from typing import ClassVar, Protocol

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from liaison.text.lookup import LANGUAGES, Texts
from liaison.web import addresses, words
from liaison.web.shell import Shell
from liaison.web.shipped import Assets


class Page(Protocol):
    """What a template shows: the one value it is given."""

    template: ClassVar[str]

    @property
    def shell(self) -> Shell: ...


SURROUNDINGS = ("layout.html", "panel_page.html")


class Renderer:
    """Each language and each part that is also sent alone has its own templates; around a part there is nothing."""

    def __init__(self, texts: Texts, assets: Assets) -> None:
        self._sayings = {language: _Sayings(language, texts, assets) for language in LANGUAGES}
        self._environments: dict[tuple[str, str], Environment] = {}

    def render(self, page: Page, block: str = "") -> str:
        """The whole page, or only that block of it when it has one."""
        part = self._environment(page.shell.language, block).get_template(page.template).render(page=page)
        if block and not part.strip():
            return self.render(page)
        return part

    def _environment(self, language: str, block: str) -> Environment:
        """Made when first needed: compiling templates takes longer than starting the server should."""
        key = (language, block)
        if key not in self._environments:
            self._environments[key] = _environment(self._sayings[language], block)
        return self._environments[key]


def read_template(name: str) -> str | None:
    source = files("liaison.web") / "templates" / name
    return source.read_text(encoding="utf-8") if source.is_file() else None


def _environment(sayings: _Sayings, block: str) -> Environment:
    def read(name: str) -> str | None:
        if block and name in SURROUNDINGS:
            return f"{{% block {block} %}}{{% endblock %}}"
        return read_template(name)

    made = Environment(
        loader=FunctionLoader(read),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(sayings.globals())
    made.globals["ui"] = made.get_template("elements.html").module
    return made


class _Sayings:
    """What every template may call, in one language."""

    def __init__(self, language: str, texts: Texts, assets: Assets) -> None:
        self._language = language
        self._texts = texts
        self._assets = assets

    def globals(self) -> dict[str, object]:
        return {
            "say": self.say,
            "plural": self.plural,
            "row_kind": self.row_kind,
            "moment": self.moment,
            "size": self.size,
            "icon": self.icon,
            "asset": self._assets.address,
            "initials": words.initials,
            "tint": words.tint,
            "pieces": words.pieces,
            "help_topic": addresses.help_topic,
        }

    def say(self, key: str, **facts: str) -> str:
        return self._texts.say(self._language, key, facts)

    def plural(self, key: str, count: int) -> str:
        form = "one" if words.is_one(self._language, count) else "many"
        return self._texts.say(self._language, f"{key}.{form}", {"count": str(count)})

    def row_kind(self, kind: str) -> str:
        """What a row is; its own word when we have no better one."""
        key = f"row.{kind}"
        return self.say(key) if self._texts.has(key) else kind

    def moment(self, at: datetime) -> Markup:
        exact = at.astimezone(UTC).isoformat(timespec="seconds")
        return Markup('<time datetime="{}">{}</time>').format(exact, words.moment(self._language, at))

    def size(self, size_bytes: int) -> str:
        return self._texts.size(self._language, size_bytes)

    def icon(self, name: str, kind: str = "") -> Markup:
        address = f"{self._assets.address('packages/icons.svg')}#{name}"
        classes = f"icon {kind}".strip()
        return Markup('<svg class="{}" aria-hidden="true" focusable="false"><use href="{}"></use></svg>').format(
            classes, address
        )
