"""The pages people see: one frozen dataclass each, rendered in English or French.

Source: E:application-consent-experience for the consent page; the look follows Entra's sign-in card.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from liaison.tenant.entra.errors import Trace

_HERE = Path(__file__).parent
_TEMPLATES = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
# Chromium applies form-action to the redirect that follows a form, so applications must be reachable from it.
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; frame-src http://localhost:* http://127.0.0.1:* https:; "
    "form-action 'self' http://localhost:* http://127.0.0.1:* https:"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cache-Control": "no-store, no-cache",
    "Pragma": "no-cache",
}
_KINDS = {
    "entra.css": "text/css; charset=utf-8",
    "post_back.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}


@dataclass(frozen=True)
class PersonCard:
    """A person to choose; `marks` are word keys such as "sign_in.signed_in"."""

    id: str
    name: str
    upn: str
    details: str
    initials: str
    hue: int
    marks: tuple[str, ...]


@dataclass(frozen=True)
class PermissionLine:
    """A permission in plain words, with its real name."""

    words: str
    name: str


@dataclass(frozen=True)
class SignInPage:
    template: ClassVar[str] = "sign_in.html"
    app: str
    action: str
    ctx: str
    people: tuple[PersonCard, ...]
    searched: str = ""
    typed: str = ""
    problem: str = ""
    again: bool = False


@dataclass(frozen=True)
class MfaPage:
    template: ClassVar[str] = "mfa.html"
    action: str
    ctx: str
    upn: str
    number: str


@dataclass(frozen=True)
class ConsentPage:
    """`for_all` is the admin consent page; `offers_organization` shows the box on the ordinary one."""

    template: ClassVar[str] = "consent.html"
    action: str
    ctx: str
    upn: str
    app: str
    publisher: str
    permissions: tuple[PermissionLine, ...]
    roles: tuple[PermissionLine, ...]
    for_all: bool
    offers_organization: bool


@dataclass(frozen=True)
class ApprovalPage:
    template: ClassVar[str] = "approval.html"
    action: str
    ctx: str
    upn: str
    app: str
    permissions: tuple[PermissionLine, ...]
    takes_requests: bool
    can_return: bool
    number: int
    trace: Trace


@dataclass(frozen=True)
class DeadEndPage:
    """The end of a sign-in that never returns to the application; `apology` is a word key."""

    template: ClassVar[str] = "dead_end.html"
    apology: str
    number: int
    text: str
    trace: Trace


@dataclass(frozen=True)
class NoticePage:
    """A last word; `frames` are addresses told that the person signed out, `onward` is where to go after that."""

    template: ClassVar[str] = "notice.html"
    title: str
    text: str
    onward: str = ""
    frames: tuple[str, ...] = ()


@dataclass(frozen=True)
class DeviceCodePage:
    template: ClassVar[str] = "device_code.html"
    action: str
    typed: str
    wrong: bool


@dataclass(frozen=True)
class DeviceConfirmPage:
    template: ClassVar[str] = "device_confirm.html"
    action: str
    ctx: str
    upn: str
    app: str


@dataclass(frozen=True)
class PostBackPage:
    """A form that sends itself to the application."""

    template: ClassVar[str] = "post_back.html"
    action: str
    values: tuple[tuple[str, str], ...]


Page = (
    SignInPage
    | MfaPage
    | ConsentPage
    | ApprovalPage
    | DeadEndPage
    | NoticePage
    | DeviceCodePage
    | DeviceConfirmPage
    | PostBackPage
)


def render_page(page: Page, language: str, status: int = 200) -> Response:
    """A page in a language, with the headers that keep it out of frames and caches."""

    def translate(key: str, **facts: str) -> str:
        return word(language, key, **facts)

    html = _TEMPLATES.get_template(page.template).render(page=page, language=language, t=translate)
    return HTMLResponse(html, status, _HEADERS)


def word(language: str, key: str, **facts: str) -> str:
    """A sentence by its key, with its gaps filled."""
    return _words(language)[key].format(**facts)


def static_file(name: str) -> Response | None:
    """A style sheet, script or picture of these pages; None when there is no such file."""
    if name not in _KINDS:
        return None
    headers = {"Cache-Control": "max-age=3600", "X-Content-Type-Options": "nosniff"}
    return Response((_HERE / "static" / name).read_bytes(), 200, headers, _KINDS[name])


@lru_cache
def _words(language: str) -> Mapping[str, str]:
    document: dict[str, Any] = tomllib.loads((_HERE / "words" / f"{language}.toml").read_text("utf-8"))
    flat: dict[str, str] = {}
    for key, value in document.items():
        if isinstance(value, dict):
            flat |= {f"{key}.{name}": sentence for name, sentence in value.items()}
        else:
            flat[key] = value
    return flat
