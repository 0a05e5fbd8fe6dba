"""Sections 3 and 4 of the Teams app contract: which manifests and packages the catalogue takes, and what it refuses."""

from __future__ import annotations

import json
from typing import Any

import pytest

from liaison.tenant.estate.app_packages import PackageRefused, read_package
from tests.local_tenant import LocalTenant
from tests.tenant.examples.teams_packages import HOST, LANGUAGE, MANIFEST_ID, icon, manifest, package
from tests.tenant.graph_client import person

ZIP = {"Content-Type": "application/zip"}


def _findings(content: bytes) -> list[str]:
    try:
        read_package(content)
    except PackageRefused as refused:
        return refused.findings
    return []


@pytest.mark.parametrize("version", ["1.25", "1.30"])
def test_the_shape_of_ours_is_valid_at_1_25_and_1_30_in_3_4(version: str) -> None:
    assert _findings(package(manifest(manifestVersion=version))) == []


def test_the_shape_of_ours_fails_at_1_24_only_for_its_channel_tier_in_3_3() -> None:
    assert _findings(package(manifest(manifestVersion="1.24"))) == [
        "supportsChannelFeatures is not a property of the manifest before version 1.25"
    ]


@pytest.mark.parametrize("version", ["9.9", "1.18", "1.31", "vDevPreview", "", None])
def test_a_version_without_a_schema_is_refused_in_3_2(version: str | None) -> None:
    [finding] = _findings(package(manifest(manifestVersion=version)))
    assert finding == f"manifestVersion '{version}' is not a version of the schema"


_TAB = {"configurationUrl": f"https://{HOST}/c", "scopes": ["team"]}
_STATIC = {"entityId": "home", "name": "Liaison", "contentUrl": f"https://{HOST}/h", "scopes": ["personal"]}
_DEVELOPER = manifest()["developer"]


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"id": "not a guid"}, "id must be a GUID"),
        ({"version": "abc"}, "version must be a version number"),
        ({"packageName": "com.x"}, "packageName is not a property of the manifest since version 1.17"),
        ({"colour": "red"}, "'colour' is not a property of the manifest"),
        ({"developer": {**_DEVELOPER, "name": "x" * 33}}, "developer.name must have at most 32 characters"),
        ({"developer": {**_DEVELOPER, "privacyUrl": ""}}, "developer.privacyUrl is required"),
        ({"name": {"short": "x" * 31}}, "name.short must have at most 30 characters"),
        ({"name": {"short": "x", "full": "y" * 101}}, "name.full must have at most 100 characters"),
        ({"description": {"short": "x" * 81, "full": "y"}}, "description.short must have at most 80 characters"),
        ({"description": {"short": "x"}}, "description.full is required"),
        ({"accentColor": "purple"}, "accentColor must be a colour like #5b5fc7"),
        ({"configurableTabs": [_TAB, _TAB]}, "configurableTabs must have at most 1 item"),
        ({"configurableTabs": [{"scopes": ["team"]}]}, "configurableTabs[0].configurationUrl is required"),
        (
            {"configurableTabs": [{**_TAB, "configurationUrl": f"http://{HOST}/c"}]},
            "configurableTabs[0].configurationUrl must be an https address",
        ),
        (
            {"configurableTabs": [{**_TAB, "scopes": ["groupchat"]}]},
            "'groupchat' is not a scope of configurableTabs[0]",
        ),
        ({"staticTabs": [_STATIC] * 17}, "staticTabs must have at most 16 items"),
        ({"staticTabs": [{**_STATIC, "entityId": "x" * 65}]}, "staticTabs[0].entityId must have 1 to 64 characters"),
        ({"permissions": ["everything"]}, "'everything' is not a permission"),
        ({"validDomains": ["a.example"] * 17}, "validDomains must have at most 16 items"),
        ({"webApplicationInfo": {"id": "x"}}, "webApplicationInfo.id must be a GUID"),
        ({"localizationInfo": {}}, "localizationInfo.defaultLanguageTag is required"),
        ({"supportedChannelTypes": ["x"]}, "supportedChannelTypes must be of sharedChannels, privateChannels"),
        ({"supportsChannelFeatures": "tier2"}, "supportsChannelFeatures must be 'tier1'"),
        (
            {"activities": {"activityTypes": [{"type": "x" * 65, "description": "d", "templateText": "t"}]}},
            "activities.activityTypes[0].type must have 1 to 64 characters",
        ),
    ],
)
def test_a_rule_of_the_fields_in_3_3(changes: dict[str, Any], finding: str) -> None:
    assert _findings(package(manifest(**changes))) == [finding]


def test_small_letters_in_groupchat_were_allowed_up_to_1_16_in_3_3() -> None:
    old = {"supportsChannelFeatures": None, "configurableTabs": [{**_TAB, "scopes": ["groupchat"]}]}
    assert _findings(package(manifest(manifestVersion="1.16", **old))) == []


def test_the_full_name_was_required_until_1_19_in_3_3() -> None:
    old = manifest(manifestVersion="1.19", supportsChannelFeatures=None, name={"short": "Liaison"})
    assert _findings(package(old)) == ["name.full is required"]
    assert _findings(package(manifest(name={"short": "Liaison"}))) == []


def test_a_hundred_valid_domains_are_allowed_since_1_28_in_3_3() -> None:
    domains = [f"d{number}.example" for number in range(100)]
    assert _findings(package(manifest(manifestVersion="1.28", validDomains=domains))) == []
    assert _findings(package(manifest(manifestVersion="1.27", validDomains=domains))) == [
        "validDomains must have at most 16 items"
    ]


@pytest.mark.parametrize(
    ("content", "findings"),
    [
        (b"no zip", ["The package is not a zip file"]),
        (package(folder="app/"), ["manifest.json is not at the top of the package"]),
        (package(manifest_json=b"{"), ["manifest.json is not JSON"]),
        (package(manifest_json=b"[]"), ["manifest.json must hold an object"]),
        (package(color_png=None), ["the color icon is not in the package"]),
        (package(color_png=icon(96)), ["the color icon must be a PNG of 192 by 192"]),
        (package(outline_png=b"GIF89a"), ["the outline icon must be a PNG of 32 by 32"]),
        (package(fr_json=None), ["the language file fr.json is not in the package"]),
        (
            package(fr_json=json.dumps({**LANGUAGE, "configurableTabs[0].name": "x"}).encode()),
            ["fr.json: 'configurableTabs[0].name' cannot be translated"],
        ),
        (package(fr_json=b'{"name.short": "x", "description.short": "y"}'), ["fr.json: description.full is required"]),
    ],
)
def test_a_rule_of_the_package_in_4(content: bytes, findings: list[str]) -> None:
    assert _findings(content) == findings


def test_a_language_file_may_translate_static_tabs_and_activities_in_4() -> None:
    more = {**LANGUAGE, "name.full": "x", "staticTabs[0].name": "y", "activities.activityTypes[0].templateText": "z"}
    assert _findings(package(fr_json=json.dumps(more).encode())) == []


def test_every_finding_is_told_at_once_over_graph_in_21(tenant: LocalTenant) -> None:
    graph = person(tenant, "Ingrid")
    broken = package(manifest(id="x", packageName="com.x"), outline_png=None)
    assert graph.refused("POST", "/appCatalogs/teamsApps", content=broken, headers=ZIP) == (
        400,
        "BadRequest",
        (
            "The app package is not valid: id must be a GUID; packageName is not a property of the manifest since "
            "version 1.17; the outline icon is not in the package."
        ),
    )


def test_the_teams_client_learns_what_a_published_manifest_says_in_8_and_12(tenant: LocalTenant) -> None:
    graph = person(tenant, "Ingrid")
    published = package(manifest(showLoadingIndicator=True))
    app = graph.call("POST", "/appCatalogs/teamsApps", content=published, headers=ZIP).json()
    told = graph.http.get("/teams/_client/apps").json()["value"]
    whole = manifest()
    assert [one for one in told if one["externalId"] == MANIFEST_ID] == [
        {
            "externalId": MANIFEST_ID,
            "catalogueId": app["id"],
            "name": "Liaison",
            "description": "Records and channels",
            "fullDescription": "Records of Dynamics 365 in the channels of Teams.",
            "developer": "Contoso",
            "version": "1.0.0",
            "showLoadingIndicator": True,
            "manifestVersion": "1.25",
            "configurationUrl": whole["configurableTabs"][0]["configurationUrl"],
            "canUpdateConfiguration": True,
            "validDomains": [HOST],
            "permissions": ["identity"],
            "personalTabs": [
                {"entityId": "home", "name": "Liaison", "contentUrl": whole["staticTabs"][0]["contentUrl"]},
            ],
            "webApplicationInfo": whole["webApplicationInfo"],
        }
    ]
    graph.delete(f"/appCatalogs/teamsApps/{app['id']}")
    left = graph.http.get("/teams/_client/apps").json()["value"]
    assert MANIFEST_ID not in {one["externalId"] for one in left}
