"""Style sheets, scripts and pictures: found once, named by their content, kept by browsers for a year."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable

from starlette.requests import Request
from starlette.responses import Response

from liaison.errors import PageUnknown

FOLDERS = ("css", "js", "images", "packages")
PACKAGES = ("htmx.js", "htmx-sse.js", "teams.js", "themes.css", "icons.svg")
_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
}
_YEAR = "public, max-age=31536000, immutable"


class AssetsMissing(RuntimeError):
    """The set-up step that fetches the pages' packages has not been run."""


@dataclass(frozen=True)
class Asset:
    """A file that pages load. `address` changes with its content."""

    address: str
    media_type: str
    content: bytes

    @cached_property
    def packed(self) -> bytes:
        return gzip.compress(self.content, 6, mtime=0)


class Assets:
    """Every asset, by its name in templates (`css/base.css`) and by its address."""

    def __init__(self, found: dict[str, Asset]) -> None:
        self._by_name = found
        self._by_address = {asset.address: asset for asset in found.values()}

    def address(self, name: str) -> str:
        return self._by_name[name].address

    def answer(self, request: Request) -> Response:
        """Raises PageUnknown."""
        asset = self._by_address.get(request.url.path)
        if asset is None:
            raise PageUnknown(request.url.path)
        headers = {"Cache-Control": _YEAR, "Vary": "Accept-Encoding", "Cross-Origin-Resource-Policy": "same-origin"}
        if "gzip" not in request.headers.get("Accept-Encoding", ""):
            return Response(asset.content, media_type=asset.media_type, headers=headers)
        return Response(asset.packed, media_type=asset.media_type, headers={**headers, "Content-Encoding": "gzip"})


def read_assets() -> Assets:
    """Raises AssetsMissing."""
    root = files("liaison.web") / "assets"
    missing = [name for name in PACKAGES if not (root / "packages" / name).is_file()]
    if missing:
        raise AssetsMissing(f"not set up yet: {', '.join(missing)}. Run `npm ci && npm run assets` (or `make setup`).")
    found = {}
    for folder in FOLDERS:
        for entry in (root / folder).iterdir():
            if entry.is_file() and entry.name.rpartition(".")[2] in _TYPES:
                found[f"{folder}/{entry.name}"] = _read_asset(entry)
    return Assets(found)


def _read_asset(entry: Traversable) -> Asset:
    content = entry.read_bytes()
    stem, _, kind = entry.name.rpartition(".")
    mark = hashlib.sha256(content).hexdigest()[:12]
    return Asset(f"/assets/{stem}.{mark}.{kind}", _TYPES[kind], content)
