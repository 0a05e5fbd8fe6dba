"""Export and import of a tenant by its folder, whether it is served at the moment or not."""

from __future__ import annotations

import http.client
import json
import os
import shutil
from pathlib import Path
from urllib.parse import urlsplit

from liaison.tenant.app import build_app
from liaison.tenant.archive import ArchiveRefused, adopt, judged_archive, write_archive
from liaison.tenant.estate import open_estate

_PLACE = "/_control/estate"
_TIMEOUT_S = 600.0


def export_tenant(folder: Path, target: Path) -> None:
    """Write the tenant kept in `folder` to a file, whole or not at all. Raises FileNotFoundError when there is none."""
    if not (folder / "tenant.sqlite").exists():
        raise FileNotFoundError(folder / "tenant.sqlite")
    fresh = target.with_name(f"{target.name}.new")
    # It holds everybody's secrets.
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            served = _ask(folder, "GET")
            if served is not None:
                shutil.copyfileobj(served, file)
            else:
                estate = open_estate(folder)
                write_archive(estate, file)
                estate.db.close()
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)


def import_tenant(folder: Path, source: Path) -> None:
    """Let the tenant kept in `folder` become that of a file. Raises ArchiveRefused; then nothing has changed."""
    answer = _ask(folder, "PUT", source) if folder.exists() else None
    if answer is not None:
        if answer.status != http.client.NO_CONTENT:
            raise ArchiveRefused(json.loads(answer.read())["error"]["message"])
        return
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with source.open("rb") as file, judged_archive(file, folder) as judged:
        estate = open_estate(folder)
        build_app(estate)
        adopt(estate, judged)
        estate.db.close()
        (folder / "tenant.sqlite").chmod(0o600)


def _ask(folder: Path, method: str, source: Path | None = None) -> http.client.HTTPResponse | None:
    """The answer of the process that serves the folder; None when nobody does."""
    try:
        address = urlsplit(json.loads((folder / "tenant.json").read_text("utf-8"))["tenant"]["http"])
        connection = http.client.HTTPConnection("127.0.0.1", address.port or 80, timeout=_TIMEOUT_S)
        connection.connect()
    except (OSError, ValueError, KeyError):
        return None
    if source is None:
        connection.request(method, _PLACE)
        answer = connection.getresponse()
        if answer.status != http.client.OK:
            raise OSError(answer.status, answer.read().decode("utf-8", "replace"))
        return answer
    with source.open("rb") as file:
        connection.request(method, _PLACE, body=file, headers={"Content-Length": str(source.stat().st_size)})
        return connection.getresponse()
