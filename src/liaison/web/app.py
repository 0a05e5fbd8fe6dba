"""The web door, assembled."""

from __future__ import annotations

import asyncio

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from liaison.errors import LiaisonError, MethodNotOffered, PageUnknown
from liaison.ports import Ports
from liaison.text.lookup import Texts
from liaison.web.gate import Gate
from liaison.web.intake import Intake
from liaison.web.options import WebOptions
from liaison.web.render import Renderer
from liaison.web.routes import routes
from liaison.web.shield import Shield
from liaison.web.shipped import read_assets
from liaison.web.visit import Door


def build_web(ports: Ports, texts: Texts, options: WebOptions, closing: asyncio.Event | None = None) -> Starlette:
    """Every page, its assets and its protection; another door may be mounted inside under /api.

    Once `closing` is set, streams end by themselves and hold up nobody who wants to stop. Raises AssetsMissing.
    """
    assets = read_assets()
    door = Door(ports, texts, options, assets, Renderer(texts, assets), closing or asyncio.Event())
    gate = Gate(door)

    async def asset(request: Request) -> Response:
        try:
            return assets.answer(request)
        except PageUnknown as error:
            return await gate.answer_error(request, error)

    async def unrouted(request: Request, error: Exception) -> Response:
        return await gate.answer_error(request, _as_ours(request, error))

    return Starlette(
        routes=[Route("/assets/{file}", asset), Intake(ports).route(), *routes(door)],
        middleware=[Middleware(Shield, options=options)],
        exception_handlers={HTTPException: unrouted},
    )


def _as_ours(request: Request, error: Exception) -> LiaisonError:
    if isinstance(error, HTTPException) and error.status_code == 405:
        return MethodNotOffered(request.method, request.url.path)
    return PageUnknown(request.url.path)
