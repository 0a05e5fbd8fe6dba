"""Graph's `$metadata` before the strict reader of OASIS and our own eyes: generators of clients read it whole."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

from tests.local_tenant import LocalTenant
from tests.sdk.csdl_addresses import EDM
from tests.sdk.test_odata_parsers import dangling, node


@pytest.fixture(scope="module")
def document(running_tenant: LocalTenant) -> str:
    answer = httpx2.get(f"{running_tenant.http}/v1.0/$metadata")
    assert answer.headers["Content-Type"].startswith("application/xml")
    return answer.text


def test_csdl_is_read_strictly_without_a_message(document: str, tmp_path: Path) -> None:
    file = tmp_path / "metadata.xml"
    file.write_text(document, encoding="utf-8")
    found = node("csdl.cjs", str(file), "microsoft.graph")
    assert (found["messages"], found["version"]) == ([], "4.0")
    assert {"applications", "drives", "groups", "sites", "teams", "users"} <= set(found["sets"])
    assert {"team", "channel", "driveItem", "searchEntity"} <= set(found["types"])
    assert {"archive", "query"} <= set(found["actions"])


def test_every_name_in_the_csdl_leads_somewhere(document: str) -> None:
    schema = fromstring(document).find(f".//{EDM}Schema")
    assert schema is not None
    assert list(dangling(schema)) == []
