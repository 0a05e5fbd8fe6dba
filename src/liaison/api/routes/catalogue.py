"""The list of errors, and the description of this API as a page: for everybody, without signing in."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from liaison.api.asking import door_of, language_of
from liaison.api.pages import read_style, render_errors_page, render_operations_page
from liaison.api.problems import render_catalogue_entry
from liaison.api.routes.inputs import problems
from liaison.api.shapes import Catalogue, CatalogueEntry
from liaison.errors import PageUnknown, concrete_errors

router = APIRouter()


@router.get("/errors", summary="Every kind of problem", tags=["errors"])
async def browse(request: Request) -> Catalogue:
    """All codes with status, retry and sentences, in the language asked for."""
    return Catalogue(items=_entries(request))


def _entries(request: Request) -> tuple[CatalogueEntry, ...]:
    door, language = door_of(request), language_of(request)
    public = door.ports.public_address
    return tuple(render_catalogue_entry(kind, language, door.texts, public) for kind in concrete_errors().values())


@router.get("/errors/{code}", summary="One kind of problem", responses=problems(404), tags=["errors"])
async def read(request: Request, code: str) -> CatalogueEntry:
    """What the address in a problem’s `type` leads to."""
    for entry in _entries(request):
        if entry.code == code:
            return entry
    raise PageUnknown(request.url.path)


@router.get("/docs", include_in_schema=False)
async def docs(request: Request) -> HTMLResponse:
    door, language = door_of(request), language_of(request)
    return HTMLResponse(render_operations_page(request.app.openapi(), door.texts, language))


@router.get("/docs/errors", include_in_schema=False)
async def docs_errors(request: Request) -> HTMLResponse:
    door, language = door_of(request), language_of(request)
    return HTMLResponse(render_errors_page(_entries(request), door.texts, language))


@router.get("/docs/style.css", include_in_schema=False)
async def style() -> Response:
    return Response(read_style(), media_type="text/css", headers={"Cache-Control": "public, max-age=3600"})
