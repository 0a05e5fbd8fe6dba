"""The client's own scripts, styles and drawings."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

_FOLDER = Path(__file__).parent / "static"
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


def find_own_files() -> Mapping[str, Path]:
    """The files of the client by their path below /teams/static; a path that is not here does not exist."""
    return {path.relative_to(_FOLDER).as_posix(): path for path in _FOLDER.rglob("*") if path.suffix in _TYPES}


def answer_file(files: Mapping[str, Path], request: Request) -> Response:
    """One file, or 304 when the browser has it already."""
    path = files.get(request.path_params["path"])
    if path is None:
        return PlainTextResponse("There is no such file.", 404)
    content = path.read_bytes()
    tag = f'"{hashlib.sha256(content).hexdigest()[:20]}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=_TYPES[path.suffix], headers=headers)
