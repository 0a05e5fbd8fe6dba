"""A client of the API over the in-memory world, mounted as in the product."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx2
from starlette.applications import Starlette
from starlette.routing import Mount

from liaison.api.app import build_api
from liaison.text.lookup import load_texts
from tests.unit.api_fakes import PUBLIC, World


class ApiClient:
    """Asks as one person, named by the token `claire`, `oliver`, `nadia`, `marc` or `stranger`; nobody when empty."""

    def __init__(self, world: World, upload_limit_bytes: int = 1_000_000) -> None:
        self.world = world
        ports = world.ports(upload_limit_bytes)
        self.sessions = ports.sessions
        api = build_api(ports, load_texts())
        self.app = Starlette(routes=[Mount("/api/v1", api)])
        self._http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=self.app), base_url=PUBLIC)

    async def ask(
        self,
        method: str,
        path: str,
        as_: str = "claire",
        language: str = "en",
        headers: Mapping[str, str] | None = None,
        **options: Any,
    ) -> httpx2.Response:
        sent = {"Accept-Language": language, **(headers or {})}
        if as_:
            sent["Authorization"] = f"Bearer {as_}"
        return await self._http.request(method, f"/api/v1{path}", headers=sent, **options)

    async def get(self, path: str, as_: str = "claire", **options: Any) -> httpx2.Response:
        return await self.ask("GET", path, as_, **options)

    async def post(self, path: str, as_: str = "claire", **options: Any) -> httpx2.Response:
        return await self.ask("POST", path, as_, **options)
