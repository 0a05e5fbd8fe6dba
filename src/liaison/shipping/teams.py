"""The package of Liaison's Teams app, made for one deployment: manifest, icons, language file.

Source: contracts, teams-app 3 and 4; Microsoft's manifest schema, version 1.25.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from liaison.domain.packages import Issuer, Package, plan_version
from liaison.ports import Wording
from liaison.shipping.archive import write_archive

MANIFEST_VERSION = "1.25"
SCHEMA = f"https://developer.microsoft.com/json-schemas/teams/v{MANIFEST_VERSION}/MicrosoftTeams.schema.json"
FILE_NAME = "liaison-teams.zip"
MANIFEST, COLOUR, OUTLINE = "manifest.json", "color.png", "outline.png"
LANGUAGES = ("fr",)
"""Beside English, which stands in the manifest itself. Without a region, so that it serves every region."""
ACCENT = "#5b5fc7"
ENTITY_HOME, TAB_RECORD = "home", "record"
_UNKNOWN = "0.0.0"
_NO_FACTS: Mapping[str, str] = {}


def build_teams_package(issuer: Issuer, wording: Wording, newer_than: str = "") -> Package:
    """The whole zip. Its version follows the content and is above `newer_than`; see `plan_version`."""
    manifest = build_manifest(issuer, wording)
    languages = {language: build_language(wording, language) for language in LANGUAGES}
    pictures = {name: _picture(name) for name in (COLOUR, OUTLINE)}
    mark = _json(manifest) + b"".join(_json(words) for words in languages.values()) + b"".join(pictures.values())
    version = plan_version(mark.hex(), newer_than)
    entries = {
        MANIFEST: _json({**manifest, "version": version}),
        **pictures,
        **{f"{language}.json": _json(words) for language, words in languages.items()},
    }
    return Package(FILE_NAME, version, write_archive(entries))


def build_manifest(issuer: Issuer, wording: Wording) -> dict[str, Any]:
    """What Teams is told of the app; the version is still open."""

    def say(key: str) -> str:
        return wording.say("en", key, _NO_FACTS)

    address, parts = issuer.address, urlsplit(issuer.address)
    host = parts.netloc.lower()
    # The local tenant registers Liaison once, for whatever port the demo finds free.
    resource_host = (parts.hostname or "") if issuer.is_local else host
    return {
        "$schema": SCHEMA,
        "manifestVersion": MANIFEST_VERSION,
        "version": _UNKNOWN,
        "id": issuer.manifest,
        "developer": {
            "name": issuer.publisher,
            "websiteUrl": address,
            "privacyUrl": issuer.privacy_address,
            "termsOfUseUrl": issuer.terms_address,
        },
        "name": {"short": say("package.teams.name"), "full": say("package.teams.full_name")},
        "description": {"short": say("package.teams.short"), "full": say("package.teams.full")},
        "icons": {"color": COLOUR, "outline": OUTLINE},
        "accentColor": ACCENT,
        "localizationInfo": {
            "defaultLanguageTag": "en",
            "additionalLanguages": [{"languageTag": name, "file": f"{name}.json"} for name in LANGUAGES],
        },
        "configurableTabs": [
            {
                "id": TAB_RECORD,
                "configurationUrl": f"{address}/teams/config?locale={{locale}}&theme={{theme}}",
                "canUpdateConfiguration": True,
                "scopes": ["team"],
                "context": ["channelTab"],
            }
        ],
        "staticTabs": [
            {
                "entityId": ENTITY_HOME,
                "name": say("package.teams.home"),
                "contentUrl": f"{address}/teams/home?locale={{locale}}&theme={{theme}}",
                "websiteUrl": f"{address}/",
                "scopes": ["personal"],
            }
        ],
        "defaultInstallScope": "team",
        "defaultGroupCapability": {"team": "tab"},
        "supportedChannelTypes": ["sharedChannels", "privateChannels"],
        "supportsChannelFeatures": "tier1",
        "permissions": ["identity"],
        "showLoadingIndicator": False,
        "isFullScreen": False,
        "validDomains": [host],
        "webApplicationInfo": {"id": issuer.client_id, "resource": f"api://{resource_host}/{issuer.client_id}"},
    }


def build_language(wording: Wording, language: str) -> dict[str, str]:
    """The texts of the store card and of the personal tab; a configurable tab has no name to translate."""

    def say(key: str) -> str:
        return wording.say(language, key, _NO_FACTS)

    return {
        "$schema": SCHEMA.replace("MicrosoftTeams.schema", "MicrosoftTeams.Localization.schema"),
        "name.short": say("package.teams.name"),
        "name.full": say("package.teams.full_name"),
        "description.short": say("package.teams.short"),
        "description.full": say("package.teams.full"),
        "staticTabs[0].name": say("package.teams.home"),
    }


def _picture(name: str) -> bytes:
    return (files("liaison.shipping") / name).read_bytes()


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n"
