"""Changes of a library since a token."""

from __future__ import annotations

from typing import Any

from tests.local_tenant import LocalTenant
from tests.tenant.graph_client import NORTHWIND, VENTES, Graph, person


def follow(graph: Graph, link: str) -> tuple[list[dict[str, Any]], str]:
    """Every change up to the delta link, and that link."""
    changes: list[dict[str, Any]] = []
    while True:
        page = graph.get(link)
        changes.extend(page["value"])
        if "@odata.deltaLink" in page:
            assert "@odata.nextLink" not in page
            return changes, str(page["@odata.deltaLink"])
        link = page["@odata.nextLink"]


def test_a_first_reading_tells_everything_once_with_the_root(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    changes, link = follow(graph, f"/groups/{NORTHWIND}/drive/root/delta?$top=3")
    names = [change["name"] for change in changes]
    assert names[0] == "root"
    assert len(set(names)) == len(names) == 12
    for change in changes:
        assert {"cTag", "lastModifiedBy"}.isdisjoint(change)
        assert {"path", "name"}.isdisjoint(change["parentReference"])
    assert follow(graph, link)[0] == []


def test_later_readings_tell_the_latest_state_and_tombstones_without_names(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    drive, folder = graph.folder(VENTES, graph.channel(VENTES, "General"))
    at = f"/drives/{drive}/items/{folder}"
    _, link = follow(graph, f"/drives/{drive}/root/delta")
    made = graph.call("PUT", f"{at}:/new.txt:/content", content=b"1").json()
    graph.patch(f"/drives/{drive}/items/{made['id']}", {"name": "newer.txt"})
    graph.delete(f"{at}:/Plan de vente 2026.docx")
    changes, link = follow(graph, link)
    assert [change.get("name") for change in changes] == ["newer.txt", None]
    gone = changes[1]
    assert gone["deleted"] == {"state": "deleted"}
    assert gone["parentReference"]["id"] == folder
    assert follow(graph, link)[0] == []


def test_a_deleted_folder_is_told_with_everything_that_was_in_it(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    drive = graph.get(f"/groups/{NORTHWIND}/drive")["id"]
    _, link = follow(graph, f"/drives/{drive}/root/delta")
    graph.delete(f"/drives/{drive}/root:/Contract/Annexes")
    changes, _ = follow(graph, link)
    assert [change["deleted"] for change in changes] == [{"state": "deleted"}] * 3
    assert "folder" in changes[0]
    assert {change["parentReference"]["id"] for change in changes[1:]} == {changes[0]["id"]}


def test_what_came_and_went_between_is_told_as_gone(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    drive, folder = graph.folder(VENTES, graph.channel(VENTES, "General"))
    start = graph.get(f"/drives/{drive}/root/delta(token='latest')")
    assert start["value"] == []
    graph.call("PUT", f"/drives/{drive}/items/{folder}:/x.txt:/content", content=b"1")
    graph.delete(f"/drives/{drive}/items/{folder}:/x.txt")
    changes, _ = follow(graph, start["@odata.deltaLink"])
    assert [change["deleted"] for change in changes] == [{"state": "deleted"}]
    first, _ = follow(graph, f"/drives/{drive}/root/delta")
    assert not any("deleted" in change for change in first)


def test_a_token_that_is_too_old_or_of_another_drive_starts_anew(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    drive = graph.get(f"/groups/{VENTES}/drive")["id"]
    other = graph.get(f"/groups/{NORTHWIND}/drive")["id"]
    link = graph.get(f"/drives/{drive}/root/delta?token=latest")["@odata.deltaLink"]
    tenant.switch(graph__delta_expired=True)
    answer = graph.call("GET", link)
    assert (answer.status_code, answer.json()["error"]["code"]) == (410, "resyncChangesApplyDifferences")
    anew = f"{tenant.http}/v1.0/drives/{drive}/root/delta"
    assert answer.headers["location"] == anew
    assert graph.get(anew)["value"]
    tenant.switch(graph__delta_expired=None)
    assert graph.call("GET", link.replace(drive, other)).status_code == 410
    assert graph.call("GET", f"/drives/{drive}/root/delta?token=made-up").status_code == 410


def test_folders_have_no_delta_of_their_own(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    drive, folder = graph.folder(VENTES, graph.channel(VENTES, "General"))
    assert graph.refused("GET", f"/drives/{drive}/items/{folder}/delta")[:2] == (400, "invalidRequest")


def test_changes_of_people_are_followed(tenant: LocalTenant) -> None:
    graph = person(tenant, "Nadia")
    first = graph.get("/users/delta?$select=displayName")
    assert len(first["value"]) == 14
    assert set(first["value"][0]) == {"id", "displayName"}
    assert graph.get(first["@odata.deltaLink"])["value"] == []
