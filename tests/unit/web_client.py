"""A browser's requests to the web door over the in-memory world, without a browser."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import httpx2

from liaison.text.lookup import load_texts
from liaison.web.app import build_web
from liaison.web.options import WebOptions
from tests.unit.web_fakes import PEOPLE, WebWorld

OPTIONS = WebOptions(
    secure_cookies=False,
    tenant_banner=True,
    teams_origins=("http://localhost:8301",),
    teams_address="http://localhost:8301/teams",
    version="0.1.0",
)


class WebClient:
    """Asks as whoever has signed in last; nobody to begin with. Redirects are not followed."""

    def __init__(self, world: WebWorld, options: WebOptions = OPTIONS, upload_limit_bytes: int = 1_000_000) -> None:
        self.world = world
        self.closing = asyncio.Event()
        self.app = build_web(world.ports(upload_limit_bytes), load_texts(), options, self.closing)
        transport = httpx2.ASGITransport(app=self.app, raise_app_exceptions=False)
        self.http = httpx2.AsyncClient(transport=transport, base_url=world.public_address)
        self.options = options
        self.token = ""

    def sign_in(self, given: str, language: str = "en") -> WebClient:
        session = self.world.open_session(PEOPLE[given], language)
        self.http.cookies.set(self.options.session_cookie, session.id)
        self.token = session.form_token
        return self

    async def get(self, path: str, headers: Mapping[str, str] | None = None) -> httpx2.Response:
        return await self.http.get(path, headers=headers)

    async def fragment(self, path: str, target: str = "panel-body") -> httpx2.Response:
        """What a script on the page asks for."""
        return await self.http.get(path, headers={"HX-Request": "true", "HX-Target": target})

    async def post(
        self, path: str, values: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None, **more: Any
    ) -> httpx2.Response:
        """A form of our own page, with its token."""
        sent = urlencode({"form_token": self.token, **(values or {})})
        plain = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
        return await self.http.post(path, content=sent.encode(), headers={**plain, **(headers or {})}, **more)
