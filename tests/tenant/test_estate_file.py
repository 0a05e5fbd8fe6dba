"""The whole tenant as one file: what goes in comes out, and what is no such file changes nothing."""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from liaison.tenant.keeping import export_tenant, import_tenant
from tests.local_tenant import LocalTenant, started_tenant
from tests.tenant.crm_client import crm

PLACE = "/_control/estate"
PATIENCE_S = 60.0


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[bytes, dict[str, Any], LocalTenant]]:
    """A tenant with a history, its file, and what its faces answered."""
    with started_tenant(tmp_path_factory.mktemp("told")) as tenant:
        tenant.control.post("/_control/clock", json={"advance_s": 86_400, "freeze": True}).raise_for_status()
        tenant.switch(graph__blocked_words="zzz")
        account = crm(tenant).create("accounts", {"name": "Été chez Zoé"})
        graph = {"Authorization": f"Bearer {tenant.token('Claire', 'Files.ReadWrite.All Group.Read.All')}"}
        put = httpx2.put(f"{tenant.http}/v1.0/me/drive/root:/kept.txt:/content", content=b"kept" * 999, headers=graph)
        put.raise_for_status()
        yield tenant.control.get(PLACE, timeout=PATIENCE_S).raise_for_status().content, answers(tenant, account), tenant


def answers(tenant: LocalTenant, account: str | None = None) -> dict[str, Any]:
    """What every face says, without what belongs to the address or the single answer."""
    client = crm(tenant)
    account = (
        account or client.get("accounts?$filter=name eq 'Été chez Zoé'&$select=accountid")["value"][0]["accountid"]
    )
    graph = {"Authorization": f"Bearer {tenant.token('Claire', 'Files.ReadWrite.All Group.Read.All User.Read.All')}"}
    found: dict[str, Any] = {
        "account": client.get(f"accounts({account})"),
        "locations": client.get("sharepointdocumentlocations")["value"],
        "switches": tenant.control.get("/_control/switches").json(),
        "clock": tenant.control.get("/_control/clock").json(),
        "keys": httpx2.get(f"{tenant.http}/{tenant.id}/discovery/v2.0/keys").json(),
        "secret": tenant.introduction["apps"],
    }
    for path in ("users", "me/joinedTeams", "me/drive/root/children", "me"):
        found[path] = httpx2.get(f"{tenant.http}/v1.0/{path}", headers=graph).raise_for_status().json()
    found["content"] = httpx2.get(
        f"{tenant.http}/v1.0/me/drive/root:/kept.txt:/content", headers=graph, follow_redirects=True
    ).text
    return json.loads(json.dumps(found).replace(tenant.http, "http://here"))


def test_a_file_written_by_one_tenant_makes_another_answer_alike(
    exported: tuple[bytes, dict[str, Any], LocalTenant], tmp_path: Path
) -> None:
    content, before, _ = exported
    with started_tenant(tmp_path, seed=8) as other:
        mine = other.introduction["apps"]
        other.control.put(PLACE, content=content, timeout=PATIENCE_S).raise_for_status()
        after = answers(other)
        assert before.pop("secret") != mine
        after.pop("secret")
        assert _without_downloads(after) == _without_downloads(before)
        crm(other).create("accounts", {"name": "Later"})
        other.reset()
        assert crm(other).get("accounts?$filter=name eq 'Later'")["value"] == []
        assert crm(other).get("accounts?$filter=name eq 'Été chez Zoé'&$count=true")["@odata.count"] == 1


def _without_downloads(found: dict[str, Any]) -> dict[str, Any]:
    """Download addresses are sealed anew in each answer."""
    for item in found["me/drive/root/children"]["value"]:
        item.pop("@microsoft.graph.downloadUrl", None)
    return found


def test_a_tenant_that_is_not_running_is_exported_and_imported(
    exported: tuple[bytes, dict[str, Any], LocalTenant], tmp_path: Path
) -> None:
    content, *_ = exported
    file, again, folder = tmp_path / "one.zip", tmp_path / "two.zip", tmp_path / "data"
    file.write_bytes(content)
    import_tenant(folder, file)
    export_tenant(folder, again)
    with zipfile.ZipFile(file) as first, zipfile.ZipFile(again) as second:
        assert sorted(first.namelist()) == sorted(second.namelist())
    assert again.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileNotFoundError):
        export_tenant(tmp_path / "nothing", again)


def changed(content: bytes, change: str) -> bytes:
    """A file that is not what was written, in one way."""
    source, target = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in source.infolist():
            kept = source.read(entry)
            if entry.filename == "manifest.json":
                manifest = json.loads(kept)
                manifest |= {"version": {"version": 0}, "schema": {"schema": "older"}, "format": {"format": "other"},
                             "clock": {"clock": {"offset_s": "x"}}}.get(change, {})  # fmt: skip
                kept = json.dumps(manifest).encode()
            if change == "rows" and entry.filename == "tenant.sqlite":
                kept = kept[:-4096] + b"x" * 4096
            if change == "blob" and entry.filename.startswith("blobs/"):
                kept = b"x" + kept
            if change == "no rows" and entry.filename == "tenant.sqlite":
                continue
            archive.writestr(entry.filename, kept)
        if change == "path":
            archive.writestr("../../escaped", b"x")
        if change == "blob path":
            archive.writestr("blobs/../../escaped", b"x")
        if change == "bomb":
            archive.writestr(f"blobs/{'0' * 64}", b"\0" * 600_000_000)
    return target.getvalue()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("version", "another version"),
        ("schema", "another version"),
        ("format", "its manifest does not say so"),
        ("clock", "no clock"),
        ("rows", "not those that were written"),
        ("blob", "not what was written"),
        ("no rows", "missing"),
        ("path", "does not belong there"),
        ("blob path", "does not belong there"),
        ("bomb", "grows too much"),
        ("cut", "no whole archive"),
        ("foreign", "no whole archive"),
    ],
)
def test_a_damaged_or_foreign_file_is_refused_and_changes_nothing(
    exported: tuple[bytes, dict[str, Any], LocalTenant], tmp_path: Path, change: str, told: str
) -> None:
    content, _, tenant = exported
    bad = {"cut": content[:-5000], "foreign": b"SQLite format 3\0" * 100}.get(change) or changed(content, change)
    folder = tenant.ca.parent
    before = sorted(path.relative_to(folder) for path in folder.rglob("*") if "-wal" not in path.name)
    seen = tenant.ask(lambda estate: (estate.db.value("SELECT sum(version) FROM crm_environments"), estate.db.life))
    answer = tenant.control.put(PLACE, content=bad, timeout=PATIENCE_S)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BadRequest")
    assert told in answer.json()["error"]["message"]
    assert sorted(path.relative_to(folder) for path in folder.rglob("*") if "-wal" not in path.name) == before
    assert seen == tenant.ask(
        lambda estate: (estate.db.value("SELECT sum(version) FROM crm_environments"), estate.db.life)
    )
    assert not (folder.parent / "escaped").exists()


def test_the_file_is_of_one_moment_while_rows_come(tenant: LocalTenant, tmp_path: Path) -> None:
    """Two rows that were written together are both in the file, or neither."""
    client = crm(tenant)
    for number in range(3):
        client.create("accounts", {"name": f"Pair {number}", "primarycontactid": {"firstname": "A", "lastname": "B"}})
        content = tenant.control.get(PLACE, timeout=PATIENCE_S).raise_for_status().content
        (tmp_path / "rows").write_bytes(zipfile.ZipFile(io.BytesIO(content)).read("tenant.sqlite"))
        rows = sqlite3.connect(tmp_path / "rows")
        assert rows.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        pairs = "SELECT count(*), count(primarycontactid) FROM \"contoso-sales.account\" WHERE name LIKE 'Pair %'"
        assert rows.execute(pairs).fetchone() == (number + 1, number + 1)
        rows.close()


def test_only_local_tools_may_take_or_replace_the_tenant(tenant: LocalTenant) -> None:
    headers = {"Origin": "http://evil.example"}
    assert tenant.control.get(PLACE, headers=headers).status_code == 403
    assert tenant.control.put(PLACE, content=b"", headers=headers).status_code == 403
