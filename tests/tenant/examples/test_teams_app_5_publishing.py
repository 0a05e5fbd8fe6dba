"""Sections 5, 6, 14, 16 and 21 of the Teams app contract: publishing, installing, tabs, kinds of channels, cards."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from liaison.tenant.seeds.company import LIAISON_MANIFEST_ID, TENANT_ID
from liaison.tenant.seeds.teamwork import LIAISON_CATALOGUE_ID, channel_id
from tests.local_tenant import LocalTenant
from tests.tenant.examples.teams_packages import MANIFEST_ID, manifest, package
from tests.tenant.graph_client import VENTES, Graph, person

ZIP = {"Content-Type": "application/zip"}
RENEWALS = channel_id("ventes-europe", "Renewals")
CHANNEL = f"/teams/{VENTES}/channels/{RENEWALS}"
WEBSITE = "com.microsoft.teamspace.tab.web"
HOST = "https://liaison.contoso.com"


def _bound(app_id: str) -> dict[str, str]:
    return {"teamsApp@odata.bind": f"https://graph.microsoft.com/v1.0/appCatalogs/teamsApps/{app_id}"}


def _installed(tenant: LocalTenant) -> Graph:
    graph = person(tenant, "Claire")
    graph.post(f"/teams/{VENTES}/installedApps", _bound(LIAISON_CATALOGUE_ID))
    return graph


def _published(tenant: LocalTenant, **changes: Any) -> dict[str, Any]:
    graph = person(tenant, "Ingrid")
    answer = graph.call("POST", "/appCatalogs/teamsApps", content=package(manifest(**changes)), headers=ZIP)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


def test_publishing_answers_201_with_an_id_of_the_servers_own_in_5(tenant: LocalTenant) -> None:
    app = _published(tenant)
    assert app.pop("id") != MANIFEST_ID
    assert app == {
        "@odata.context": f"{tenant.http}/v1.0/$metadata#appCatalogs/teamsApps/$entity",
        "externalId": MANIFEST_ID,
        "displayName": "Liaison",
        "distributionMethod": "organization",
    }


def test_the_app_is_found_by_its_manifest_id_in_5(tenant: LocalTenant) -> None:
    found = person(tenant, "Claire").get(f"/appCatalogs/teamsApps?$filter=externalId eq '{LIAISON_MANIFEST_ID}'")
    assert found["value"] == [
        {
            "id": LIAISON_CATALOGUE_ID,
            "externalId": LIAISON_MANIFEST_ID,
            "displayName": "Liaison",
            "distributionMethod": "organization",
        }
    ]


def test_installing_answers_without_a_body_and_a_second_time_conflicts_in_5(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    first = graph.call("POST", f"/teams/{VENTES}/installedApps", _bound(LIAISON_CATALOGUE_ID))
    assert (first.status_code, first.content) == (201, b"")
    assert graph.refused("POST", f"/teams/{VENTES}/installedApps", _bound(LIAISON_CATALOGUE_ID))[:2] == (
        409,
        "Conflict",
    )


def test_an_installation_is_found_by_the_manifest_id_and_has_an_id_of_its_own_in_2(tenant: LocalTenant) -> None:
    graph = _installed(tenant)
    query = f"$expand=teamsApp&$filter=teamsApp/externalId eq '{LIAISON_MANIFEST_ID}'"
    [one] = graph.get(f"/teams/{VENTES}/installedApps?{query}")["value"]
    assert one.pop("id") not in (LIAISON_CATALOGUE_ID, LIAISON_MANIFEST_ID)
    assert one == {
        "teamsApp": {
            "id": LIAISON_CATALOGUE_ID,
            "externalId": LIAISON_MANIFEST_ID,
            "displayName": "Liaison",
            "distributionMethod": "organization",
        }
    }


_TAB: dict[str, Any] = {
    "displayName": "Contoso – order 42",
    **_bound(LIAISON_CATALOGUE_ID),
    "configuration": {
        "entityId": "lnk_2f0c",
        "contentUrl": f"{HOST}/teams/tab/lnk_2f0c?theme={{theme}}&locale={{locale}}",
        "websiteUrl": f"{HOST}/l/lnk_2f0c",
        "removeUrl": f"{HOST}/teams/remove",
    },
}


def test_our_configurable_tab_in_6_1(tenant: LocalTenant) -> None:
    graph = _installed(tenant)
    tab = graph.post(f"{CHANNEL}/tabs", _TAB)
    assert (tab.pop("@odata.context").partition("#")[2], len(tab.pop("id"))) == (
        f"teams('{VENTES}')/channels('{RENEWALS.replace(':', '%3A').replace('@', '%40')}')/tabs/$entity",
        36,
    )
    address = urlsplit(tab.pop("webUrl"))
    assert address.path.startswith(f"/teams/l/entity/{LIAISON_CATALOGUE_ID}/")
    assert parse_qs(address.query)["label"] == ["Contoso – order 42"]
    assert isinstance(tab.pop("sortOrderIndex"), str)
    assert tab == {"displayName": "Contoso – order 42", "configuration": _TAB["configuration"]}


def test_the_app_must_be_in_the_team_first_in_6_1(tenant: LocalTenant) -> None:
    assert person(tenant, "Claire").refused("POST", f"{CHANNEL}/tabs", _TAB) == (
        400,
        "BadRequest",
        (
            f"App id {LIAISON_CATALOGUE_ID} needs to be installed to the team {VENTES}:{RENEWALS} and be in an"
            " unblocked state to install/update a tab"
        ),
    )


def test_a_static_tab_takes_no_name_and_no_configuration_in_6_1(tenant: LocalTenant) -> None:
    app = _published(tenant, configurableTabs=None)
    graph = person(tenant, "Claire")
    graph.post(f"/teams/{VENTES}/installedApps", _bound(app["id"]))
    assert graph.refused("POST", f"{CHANNEL}/tabs", {**_TAB, **_bound(app["id"])})[:2] == (400, "BadRequest")
    tab = graph.post(f"{CHANNEL}/tabs", _bound(app["id"]))
    assert (tab["displayName"], tab["configuration"]) == ("Liaison", None)


def test_the_app_of_a_tab_cannot_change_but_name_and_configuration_can_in_6_1(tenant: LocalTenant) -> None:
    graph = _installed(tenant)
    tab = graph.post(f"{CHANNEL}/tabs", _TAB)
    assert graph.refused("PATCH", f"{CHANNEL}/tabs/{tab['id']}", _bound(WEBSITE))[:2] == (400, "BadRequest")
    moved = {**_TAB["configuration"], "contentUrl": f"{HOST}/teams/tab/lnk_9"}
    changed = graph.patch(f"{CHANNEL}/tabs/{tab['id']}", {"displayName": "Order 43", "configuration": moved})
    assert (changed["displayName"], changed["configuration"]) == ("Order 43", moved)


def test_extra_keys_of_a_configuration_come_back_in_6_1(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    extra = {"contentUrl": f"{HOST}/x", "websiteUrl": f"{HOST}/x", "dateAdded": "2026-01-05T08:00:00Z"}
    tab = graph.post(f"{CHANNEL}/tabs", {"displayName": "Site", **_bound(WEBSITE), "configuration": extra})
    assert tab["configuration"] == {"entityId": None, "removeUrl": None, **extra}


@pytest.mark.parametrize("root", ["https://graph.microsoft.us/v1.0", "https://dod-graph.microsoft.us/v1.0", ""])
def test_the_root_of_a_bind_follows_the_cloud_in_6_1(tenant: LocalTenant, root: str) -> None:
    graph = person(tenant, "Claire")
    bind = {"teamsApp@odata.bind": f"{root or f'{tenant.http}/v1.0'}/appCatalogs/teamsApps/{WEBSITE}"}
    tab = {"displayName": "Site", **bind, "configuration": {"contentUrl": f"{HOST}/x"}}
    assert graph.post(f"{CHANNEL}/tabs", tab)["displayName"] == "Site"


def test_before_creating_one_looks_for_the_entity_id_in_6_2(tenant: LocalTenant) -> None:
    graph = _installed(tenant)
    graph.post(f"{CHANNEL}/tabs", _TAB)
    listed = graph.get(f"{CHANNEL}/tabs?$expand=teamsApp&$filter=teamsApp/id eq '{LIAISON_CATALOGUE_ID}'")["value"]
    assert [(one["configuration"]["entityId"], one["teamsApp"]["id"]) for one in listed] == [
        ("lnk_2f0c", LIAISON_CATALOGUE_ID)
    ]


def test_the_website_tab_in_6_3(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    configuration = {"entityId": None, "contentUrl": HOST, "removeUrl": None, "websiteUrl": HOST}
    tab = graph.post(f"{CHANNEL}/tabs", {"displayName": "Liaison", **_bound(WEBSITE), "configuration": configuration})
    assert tab["configuration"] == configuration


@pytest.mark.parametrize("name", ["contentUrl", "websiteUrl", "removeUrl"])
def test_every_address_of_a_tab_is_https_in_6_1(tenant: LocalTenant, name: str) -> None:
    graph = _installed(tenant)
    wrong = {**_TAB["configuration"], name: "http://liaison.contoso.com/"}
    assert graph.refused("POST", f"{CHANNEL}/tabs", {**_TAB, "configuration": wrong}) == (
        400,
        "BadRequest",
        f"The value of '{name}' must be an https address.",
    )


def test_a_private_channel_needs_the_app_added_to_it_too_in_14(tenant: LocalTenant) -> None:
    tenant.switch(graph__channel_apps=True)
    graph = _installed(tenant)
    private = f"/teams/{VENTES}/channels/{channel_id('ventes-europe', 'Négociations')}"
    assert graph.refused("POST", f"{private}/tabs", _TAB) == (
        403,
        "Forbidden",
        "Caller isn't enabled for requesting private channel.",
    )
    reference = {"@odata.id": f"{tenant.http}/v1.0/appCatalogs/teamsApps/{LIAISON_CATALOGUE_ID}"}
    graph.post(f"{private}/enabledApps/$ref", reference, status=204)
    assert graph.post(f"{private}/tabs", _TAB)["displayName"] == "Contoso – order 42"


def test_the_address_of_a_channel_is_its_deep_link_in_15(tenant: LocalTenant) -> None:
    address = urlsplit(person(tenant, "Claire").get(CHANNEL)["webUrl"])
    assert address.path.startswith("/teams/l/channel/19%3A")
    assert address.path.endswith("/Renewals")
    assert {name: values[0] for name, values in parse_qs(address.query).items()} == {
        "groupId": VENTES,
        "tenantId": TENANT_ID,
    }


_CARD = {
    "type": "AdaptiveCard",
    "version": "1.5",
    "lang": "fr",
    "fallbackText": "Order 42",
    "body": [{"type": "TextBlock", "text": "Order 42"}],
    "actions": [{"type": "Action.OpenUrl", "title": "Open tab", "url": f"{HOST}/l/lnk_42"}],
}


def _message(content: Any, mark: str = "c1") -> dict[str, Any]:
    attachment = {"id": "c1", "contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None}
    return {
        "body": {"contentType": "html", "content": f'<attachment id="{mark}"></attachment>'},
        "attachments": [attachment | {"content": content}],
    }


def test_a_card_is_kept_as_it_was_sent_in_16(tenant: LocalTenant) -> None:
    posted = person(tenant, "Claire").post(f"{CHANNEL}/messages", _message(json.dumps(_CARD)))
    [attachment] = posted["attachments"]
    assert attachment == {
        "id": "c1",
        "contentType": "application/vnd.microsoft.card.adaptive",
        "contentUrl": None,
        "content": json.dumps(_CARD),
        "name": None,
        "thumbnailUrl": None,
        "teamsAppId": None,
    }


@pytest.mark.parametrize("message", [_message(_CARD), _message("no json"), _message(json.dumps(_CARD), mark="c2")])
def test_a_card_as_an_object_or_without_its_mark_is_refused_in_16(tenant: LocalTenant, message: dict[str, Any]) -> None:
    assert person(tenant, "Claire").refused("POST", f"{CHANNEL}/messages", message)[:2] == (400, "BadRequest")


def test_a_message_beyond_28_kilobytes_is_refused_in_21(tenant: LocalTenant) -> None:
    long = {"body": {"contentType": "text", "content": "x" * 29_000}}
    assert person(tenant, "Claire").refused("POST", f"{CHANNEL}/messages", long)[0] == 413


def test_uninstalling_takes_the_tabs_along_in_21(tenant: LocalTenant) -> None:
    graph = _installed(tenant)
    graph.post(f"{CHANNEL}/tabs", _TAB)
    [installation] = graph.get(f"/teams/{VENTES}/installedApps")["value"]
    graph.delete(f"/teams/{VENTES}/installedApps/{installation['id']}")
    assert graph.get(f"{CHANNEL}/tabs")["value"] == []


_VIEWER = "com.microsoft.teamspace.tab.file.staticviewer"


@pytest.mark.parametrize(
    "app_id",
    [
        WEBSITE,
        "com.microsoft.teamspace.tab.files.sharepoint",
        *(f"{_VIEWER}.{k}" for k in ["word", "excel", "powerpoint", "pdf"]),
    ],
)
def test_built_in_apps_are_always_there_in_21(tenant: LocalTenant, app_id: str) -> None:
    graph = person(tenant, "Claire")
    configuration = {"entityId": "", "contentUrl": f"{HOST}/file", "removeUrl": None, "websiteUrl": None}
    tab = graph.post(f"{CHANNEL}/tabs", {"displayName": "Built in", **_bound(app_id), "configuration": configuration})
    assert tab["configuration"] == configuration


def test_an_install_is_not_visible_for_some_seconds_when_asked_in_21(tenant: LocalTenant) -> None:
    tenant.switch(graph__install_delay_s=5.0)
    graph = _installed(tenant)
    assert graph.refused("POST", f"{CHANNEL}/tabs", _TAB)[:2] == (400, "BadRequest")
    tenant.control.post("/_control/clock", json={"advance_s": 6}).raise_for_status()
    assert graph.post(f"{CHANNEL}/tabs", _TAB)["displayName"] == "Contoso – order 42"
