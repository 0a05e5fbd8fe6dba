"""Microsoft Search: what is found, for whom, page by page."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local_tenant import LocalTenant
from tests.tenant.graph_client import EVERYTHING, Graph


@pytest.fixture
def claire(tenant: LocalTenant) -> Graph:
    graph = Graph(tenant, tenant.token("Claire", EVERYTHING))
    for name in ("Budget 2027.docx", "Budget 2026.xlsx", "Plan.docx"):
        assert graph.call("PUT", f"/me/drive/root:/Search/{name}:/content", content=b"x").status_code == 201
    return graph


def ask(graph: Graph, text: str, *kinds: str, **more: Any) -> Any:
    """The one container of hits for a query."""
    body = {"requests": [{"entityTypes": list(kinds), "query": {"queryString": text}, **more}]}
    answer = graph.post("/search/query", body, 200)
    assert answer["@odata.context"].endswith("/$metadata#Collection(microsoft.graph.searchResponse)")
    return answer["value"][0]["hitsContainers"][0]


def names(container: Any) -> list[str]:
    return sorted(str(hit["resource"].get("name")) for hit in container.get("hits", []))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("budget", ["Budget 2026.xlsx", "Budget 2027.docx"]),
        ("BUDGET AND 2027", ["Budget 2027.docx"]),
        ('"Budget 2026"', ["Budget 2026.xlsx"]),
        ("Budget* filetype:docx", ["Budget 2027.docx"]),
        ("filename:plan. filetype:docx isDocument:true", ["Plan.docx"]),
        ("Nowhere", []),
    ],
)
def test_files_are_found_by_their_names(claire: Graph, text: str, found: list[str]) -> None:
    assert names(ask(claire, text, "driveItem")) == found


def test_hits_are_told_whole_and_in_pages(claire: Graph) -> None:
    first = ask(claire, "budget", "driveItem", size=1)
    second = ask(claire, "budget", "driveItem", "listItem", **{"from": 1, "size": 1})
    assert (first["total"], first["moreResultsAvailable"]) == (2, True)
    assert (second["total"], second["moreResultsAvailable"]) == (2, False)
    hit = second["hits"][0]
    assert (hit["rank"], hit["resource"]["@odata.type"]) == (2, "#microsoft.graph.driveItem")
    assert hit["hitId"] == hit["resource"]["id"]
    assert "<c0>Budget</c0>" in hit["summary"]
    assert ask(claire, "nowhere", "driveItem") == {"total": 0, "moreResultsAvailable": False}


def test_each_kind_is_found_once(claire: Graph) -> None:
    kinds = {"listItem": "budget", "site": "ventes", "drive": "Documents", "list": "Documents"}
    for kind, text in kinds.items():
        found = ask(claire, text, kind)
        assert found["total"] >= 1
        assert {hit["resource"]["@odata.type"] for hit in found["hits"]} == {f"#microsoft.graph.{kind}"}


def test_nobody_finds_what_they_may_not_open(tenant: LocalTenant, claire: Graph) -> None:
    assert names(ask(claire, "budget", "driveItem")) != []
    oliver = Graph(tenant, tenant.token("Oliver", EVERYTHING))
    assert names(ask(oliver, "budget", "driveItem")) == []


def test_wrong_queries_are_refused(tenant: LocalTenant, claire: Graph) -> None:
    def refused(graph: Graph, **request: Any) -> tuple[int, str]:
        return graph.refused("POST", "/search/query", {"requests": [request]})[:2]

    query = {"queryString": "x"}
    assert refused(claire, query=query) == (400, "invalidRequest")
    assert refused(claire, entityTypes=["nothing"], query=query) == (400, "invalidRequest")
    assert refused(claire, entityTypes=["driveItem"]) == (400, "invalidRequest")
    assert refused(claire, entityTypes=["driveItem"], query=query, size=501) == (400, "invalidRequest")
    assert refused(claire, entityTypes=["message"], query=query)[0] == 501
    assert claire.refused("POST", "/search/query", {"requests": []})[0] == 400
    job = Graph(tenant, tenant.app_token())
    assert refused(job, entityTypes=["driveItem"], query=query)[0] == 400
    assert ask(job, "ventes", "site", region="EMEA")["total"] >= 1
