"""One request at the web door: who asks, in which language, and how it is answered."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from liaison.domain.names import Person
from liaison.errors import SessionMissing
from liaison.ports import Ports, Session
from liaison.text.lookup import Texts
from liaison.web import addresses
from liaison.web.options import WebOptions
from liaison.web.render import Page, Renderer
from liaison.web.shell import Face, Shell
from liaison.web.shipped import Assets
from liaison.web.taste import Taste

FRAGMENTS = ("panel-body", "connections", "grid")
"""Ids of elements whose content pages send alone when a script asks for it."""


@dataclass(frozen=True)
class Door:
    """What every page shares."""

    ports: Ports
    texts: Texts
    options: WebOptions
    assets: Assets
    renderer: Renderer
    closing: asyncio.Event


@dataclass(frozen=True)
class Visit:
    """A request with its session. `correlation` is the number by which logs know it."""

    request: Request
    door: Door
    session: Session | None
    taste: Taste
    nonce: str
    correlation: str
    in_pane: bool = False
    """Is the session that of a side pane, which lives in a frame?"""
    form: FormData = field(default_factory=FormData)

    @property
    def ports(self) -> Ports:
        return self.door.ports

    @property
    def person(self) -> Person:
        """The signed-in person, who reads in the language of the page. Raises SessionMissing."""
        if self.session is None:
            raise SessionMissing
        return replace(self.session.person, language=self.taste.language)

    @property
    def language(self) -> str:
        return self.taste.language

    @property
    def here(self) -> str:
        url = self.request.url
        return f"{url.path}?{url.query}" if url.query else url.path

    @property
    def is_script(self) -> bool:
        return self.request.headers.get("HX-Request") == "true"

    @property
    def fragment(self) -> str:
        """The id of the element whose content is asked for; empty when the whole page is."""
        target = self.request.headers.get("HX-Target", "")
        return target if self.is_script and target in FRAGMENTS else ""

    def asked(self, name: str) -> str:
        """A value of the query, empty without one."""
        return self.request.query_params.get(name, "").strip()

    def given(self, name: str) -> str:
        """A value of the form, empty without one."""
        value = self.form.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def named(self, name: str) -> str:
        """A part of the path."""
        return str(self.request.path_params[name])

    def say(self, key: str, **facts: str) -> str:
        return self.door.texts.say(self.language, key, facts)

    def shell(self, title: str, **parts: Any) -> Shell:
        """The surroundings of a page; `parts` are further fields of Shell."""
        person = self.session.person if self.session else None
        parts.setdefault("in_pane", self.in_pane)
        return Shell(
            title=title,
            language=self.language,
            theme=self.taste.theme,
            nonce=self.nonce,
            here=self.here,
            form_token=self.session.form_token if self.session else "",
            person=Face(person.name, person.upn) if person else None,
            product=self.say("web.product"),
            tenant_banner=self.door.options.tenant_banner,
            **parts,
        )

    def answer(self, page: Page, status: int = HTTPStatus.OK) -> Response:
        """The page, or only the part of it that a script asked for."""
        block = self.fragment.replace("-", "_")
        return HTMLResponse(self.door.renderer.render(page, block), status)

    def go(self, address: str) -> Response:
        """On to another page of ours; a script follows and gets the same part of it."""
        return RedirectResponse(address, HTTPStatus.SEE_OTHER)

    def leave(self, address: str) -> Response:
        """The whole browser page goes there, also when only a part was asked for."""
        if self.is_script:
            return Response(status_code=HTTPStatus.NO_CONTENT, headers={"HX-Redirect": address})
        return RedirectResponse(address, HTTPStatus.SEE_OTHER)

    def whole_page(self) -> str:
        """The path of the page that the person sees, also when a script asked for a part of another."""
        current = self.request.headers.get("HX-Current-URL") if self.is_script else None
        if current is None:
            return self.here
        parts = urlsplit(current)
        return addresses.local_path(f"{parts.path}?{parts.query}" if parts.query else parts.path)
