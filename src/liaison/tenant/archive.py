"""The whole tenant as one file: a zip archive of its rows, its file contents and its clock.

What is taken in is judged completely before anything of the running tenant changes.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any

from liaison.tenant.estate import Estate, open_estate
from liaison.tenant.faces import FACES
from liaison.tenant.seeds.copies import keep_seed

FORMAT = "liaison-tenant"
VERSION = 1

_MANIFEST, _ROWS = "manifest.json", "tenant.sqlite"
_BLOB = re.compile(r"blobs/([0-9a-f]{64})\Z")
_UPLOAD = re.compile(r"uploads/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\Z")
_LARGEST_MANIFEST = 1 << 16
_MOST_ENTRIES = 200_000
# Deflate cannot do better than 1:1032; rows of a seed reach 1:8.
_GREATEST_RATIO = 200
_CHUNK_BYTES = 1 << 20


class ArchiveRefused(ValueError):
    """The file is no whole archive of a tenant of this version; nothing was changed."""


@dataclass(frozen=True)
class Judged:
    """An archive that was found good, unpacked into a folder of its own."""

    folder: Path
    blobs: tuple[str, ...]
    uploads: tuple[str, ...]
    clock: tuple[float, float | None]


def write_archive(estate: Estate, target: IO[bytes]) -> None:
    """Write the tenant as it is at this moment. It may go on answering meanwhile, in another thread."""
    offset_s, frozen_at = estate.clock.standing
    manifest = {
        "format": FORMAT, "version": VERSION, "schema": schema(), "written_at": estate.clock.stamp(),
        "clock": {"offset_s": offset_s, "frozen_at": frozen_at},
    }  # fmt: skip
    with tempfile.TemporaryDirectory(dir=estate.folder) as spool:
        rows = Path(spool) / _ROWS
        # A connection of its own: it sees one moment, and the tenant's own may go on writing.
        with closing(sqlite3.connect(estate.folder / _ROWS)) as source, closing(sqlite3.connect(rows)) as copy:
            source.backup(copy)
        manifest["sha256"] = _digest(rows)
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.writestr(_MANIFEST, json.dumps(manifest, indent=1))
            archive.write(rows, _ROWS)
            # Contents are never taken away, so that all the rows speak of are still there.
            for key in estate.blobs.keys():  # noqa: SIM118 - not a mapping
                with archive.open(f"blobs/{key}", "w", force_zip64=True) as entry:
                    entry.writelines(estate.blobs.chunks(key))
            for upload in sorted((estate.folder / "uploads").glob("*")):
                archive.write(upload, f"uploads/{upload.name}")


@contextmanager
def judged_archive(source: IO[bytes], beside: Path) -> Iterator[Judged]:
    """Unpack an archive into a folder `beside` others and check all of it. Raises ArchiveRefused.

    The folder is gone after the block.
    """
    with tempfile.TemporaryDirectory(dir=beside) as spool:
        try:
            with zipfile.ZipFile(source) as archive:
                yield _judge(archive, Path(spool))
        except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
            raise ArchiveRefused(f"the file is no whole archive: {error}") from error


def adopt(estate: Estate, judged: Judged) -> None:
    """Become the tenant of an archive; a reset comes back to it."""
    for key in judged.blobs:
        estate.blobs.adopt(judged.folder / "blobs" / key)
    estate.db.restore_from(judged.folder / _ROWS)
    shutil.rmtree(estate.folder / "uploads", ignore_errors=True)
    (estate.folder / "uploads").mkdir()
    for name in judged.uploads:
        (judged.folder / "uploads" / name).replace(estate.folder / "uploads" / name)
    keep_seed(estate)
    estate.clock.stand(*judged.clock)
    estate.ids.restart(f"imported at {estate.clock.stamp()}")


@cache
def schema() -> str:
    """What the tables of this version look like, as one short text; clients' own tables do not count."""
    with tempfile.TemporaryDirectory() as folder:
        scratch = open_estate(Path(folder))
        for face in FACES:
            face.prepare(scratch)
        rows = scratch.db.rows("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type, name")
        scratch.db.close()
    return hashlib.sha256(repr([tuple(row) for row in rows]).encode()).hexdigest()[:16]


def _judge(archive: zipfile.ZipFile, folder: Path) -> Judged:
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if len(names) > _MOST_ENTRIES or len(set(names)) != len(names):
        raise ArchiveRefused("the archive has too many entries, or one twice")
    if not {_MANIFEST, _ROWS} <= set(names):
        raise ArchiveRefused("the archive is not one of a tenant: its manifest or its rows are missing")
    for name in names:
        if name not in (_MANIFEST, _ROWS) and not _BLOB.match(name) and not _UPLOAD.match(name):
            raise ArchiveRefused(f"the archive has an entry that does not belong there: {name[:80]!r}")
    manifest = _manifest(archive)
    _refuse_bomb(entries, folder)
    (folder / "blobs").mkdir()
    (folder / "uploads").mkdir()
    for entry in entries:
        if entry.filename != _MANIFEST:
            _unpack(archive, entry, folder)
    if _digest(folder / _ROWS) != manifest["sha256"]:
        raise ArchiveRefused("the rows are not those that were written")
    _check_rows(folder / _ROWS)
    clock = manifest["clock"]
    return Judged(
        folder,
        tuple(match[1] for name in names if (match := _BLOB.match(name))),
        tuple(match[1] for name in names if (match := _UPLOAD.match(name))),
        (clock["offset_s"], clock["frozen_at"]),
    )


def _manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    with archive.open(_MANIFEST) as entry:
        text = entry.read(_LARGEST_MANIFEST + 1)
    try:
        manifest = json.loads(text) if len(text) <= _LARGEST_MANIFEST else None
    except (ValueError, RecursionError):
        manifest = None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ArchiveRefused("the archive is not one of a tenant: its manifest does not say so")
    if manifest.get("version") != VERSION or manifest.get("schema") != schema():
        raise ArchiveRefused("the archive was written by another version of the tenant, with other tables")
    clock = manifest.get("clock")
    moments = (clock.get("offset_s"), clock.get("frozen_at") or 0.0) if isinstance(clock, dict) else (None,)
    if not all(isinstance(moment, int | float) and abs(moment) < 1e11 for moment in moments):
        raise ArchiveRefused("the manifest has no clock")
    return manifest


def _refuse_bomb(entries: list[zipfile.ZipInfo], folder: Path) -> None:
    packed = sum(entry.compress_size for entry in entries)
    whole = sum(entry.file_size for entry in entries)
    if whole > packed * _GREATEST_RATIO + _CHUNK_BYTES:
        raise ArchiveRefused("the archive grows too much when it is unpacked")
    if whole * 3 > shutil.disk_usage(folder).free:
        raise ArchiveRefused("the disk has no room for the archive's content")


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path) -> None:
    """Write one entry; names were checked, sizes and hashes are checked here."""
    digest, left = hashlib.sha256(), entry.file_size
    with archive.open(entry) as source, (folder / entry.filename).open("xb") as target:
        while piece := source.read(_CHUNK_BYTES):
            left -= len(piece)
            if left < 0:
                raise ArchiveRefused(f"{entry.filename} is larger than the archive says")
            digest.update(piece)
            target.write(piece)
        target.flush()
        os.fsync(target.fileno())
    blob = _BLOB.match(entry.filename)
    if left or (blob and digest.hexdigest() != blob[1]):
        raise ArchiveRefused(f"{entry.filename} is not what was written")


def _check_rows(rows: Path) -> None:
    try:
        with closing(sqlite3.connect(rows)) as copy:
            copy.execute("PRAGMA trusted_schema=OFF")
            found = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
            copy.execute("SELECT count(*) FROM seeded").fetchone()
    except sqlite3.DatabaseError as error:
        raise ArchiveRefused(f"the rows cannot be read: {error}") from error
    if found != "ok":
        raise ArchiveRefused(f"the rows are damaged: {found}")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
