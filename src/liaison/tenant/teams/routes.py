"""The addresses of the client: its pages below /teams and /sites, and its own files."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from liaison.tenant.estate import Estate
from liaison.tenant.estate.sites import LIBRARY_URL_NAME
from liaison.tenant.teams.answers import list_definitions
from liaison.tenant.teams.files import answer_file, find_own_files
from liaison.tenant.teams.pages import render_page

_TEAMS_PAGES = (
    "/teams",
    "/teams/",
    "/teams/auth",
    "/teams/apps",
    "/teams/discover",
    "/teams/manage/{rest:path}",
    "/teams/l/{rest:path}",
)
# The organisation's own site has no name of its own: its library lies at the top.
_SITE_PAGES = tuple(
    f"{place}{rest}" for place in ("/sites/{site}", f"/{LIBRARY_URL_NAME}") for rest in ("", "/{rest:path}")
)


def routes(estate: Estate) -> list[BaseRoute]:
    """The client's routes. They come after Graph's: files travel below /sites as well."""
    files = find_own_files()

    async def teams_page(request: Request) -> Response:
        return _sent_home(estate, request) or render_page("teams", "Teams (local)", _origin(estate))

    async def site_page(request: Request) -> Response:
        return _sent_home(estate, request) or render_page("sites", "Files (local)", _origin(estate))

    async def definitions(_: Request) -> Response:
        return JSONResponse(list_definitions(estate), headers={"Cache-Control": "no-store"})

    async def own_file(request: Request) -> Response:
        return answer_file(files, request)

    return [
        Route("/teams/_client/apps", definitions, methods=["GET"]),
        Route("/teams/static/{path:path}", own_file, methods=["GET"]),
        *(Route(path, teams_page, methods=["GET"]) for path in _TEAMS_PAGES),
        *(Route(path, site_page, methods=["GET"]) for path in _SITE_PAGES),
    ]


def _origin(estate: Estate) -> str:
    return estate.teams_root.removesuffix("/teams")


def _sent_home(estate: Estate, request: Request) -> Response | None:
    """A redirect to the address where the sign-in of this client is registered; None when the browser is there.

    `localhost` is registered with any port over http, and with one port over https.
    """
    url = request.url
    if url.scheme == "http" and url.hostname == "localhost":
        return None
    origin = f"{url.scheme}://{url.netloc}"
    home = estate.public_https if url.scheme == "https" else f"http://localhost:{url.port or 80}"
    query = f"?{url.query}" if url.query else ""
    return None if origin == home else RedirectResponse(f"{home}{url.path}{query}", 307)
