"""Packages of Teams apps: reading the zip, and everything that is wrong with its manifest, icons and language files.

The rules are those of the manifest schema, versions 1.0 to 1.30, for the parts that tabs and their host look at, with
Teams' own rules about addresses and icons.

Source: Teams docs, concepts/build-and-test/apps-package.md, resources/schema/manifest-schema.md; teams-app.md 3 and 4
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from liaison.tenant.estate.origins import is_loopback_name

Manifest = Mapping[str, Any]

_LARGEST_ENTRY = 1024 * 1024
_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_ICONS = {"color": 192, "outline": 32}
_NEWEST = 30
_NO_SCHEMA = 18
_TEXTS = (
    *(("developer", name, limit) for name, limit in (("name", 32), ("websiteUrl", 2048))),
    *(("developer", name, 2048) for name in ("privacyUrl", "termsOfUseUrl")),
    *(("name", "short", 30), ("description", "short", 80), ("description", "full", 4000)),
)
_PROPERTIES = """
$schema manifestVersion version id packageName localizationInfo developer name description icons accentColor
configurableTabs staticTabs bots connectors composeExtensions permissions devicePermissions validDomains
webApplicationInfo authorization showLoadingIndicator isFullScreen activities meetingExtensionDefinition
defaultInstallScope defaultGroupCapability configurableProperties supportedChannelTypes supportsChannelFeatures
subscriptionOffer graphConnector defaultBlockUntilAdminAction publisherDocsUrl extensions dashboardCards
copilotAgents intuneInfo elementRelationshipSet backgroundLoadConfiguration agenticUserTemplates agentConnectors
"""
_LANGUAGE_KEYS = re.compile(
    r"\$schema|name\.(short|full)|description\.(short|full)|staticTabs\[\d+\]\.name"
    r"|activities\.activityTypes\[\d+\]\.(description|templateText)|developer\.name|bots\[.*|composeExtensions\[.*"
    r"|localizedKeys\..*|extensions\[.*|connectors\[.*|copilotAgents\..*"
)


class PackageRefused(Exception):
    """A package that cannot be published; `findings` says all that is wrong, one sentence each."""

    def __init__(self, findings: list[str]) -> None:
        super().__init__("; ".join(findings))
        self.findings = findings


def read_package(content: bytes) -> Manifest:
    """The manifest of a package; raises `PackageRefused` with every finding."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            manifest = _read_json(package, "manifest.json")
            findings = [*list_findings(manifest), *_icon_findings(package, manifest)]
            findings += _language_findings(package, manifest)
    except zipfile.BadZipFile as error:
        raise PackageRefused(["The package is not a zip file"]) from error
    if findings:
        raise PackageRefused(findings)
    return manifest


def list_findings(manifest: Manifest) -> list[str]:
    """What is wrong with a manifest by itself."""
    return [finding for check in _CHECKS for finding in check(manifest)]


def _read_json(package: zipfile.ZipFile, name: str) -> Manifest:
    try:
        if package.getinfo(name).file_size > _LARGEST_ENTRY:
            raise PackageRefused([f"{name} is too large"])
        value = json.loads(package.read(name))
    except KeyError as error:
        raise PackageRefused([f"{name} is not at the top of the package"]) from error
    except ValueError as error:
        raise PackageRefused([f"{name} is not JSON"]) from error
    if not isinstance(value, dict):
        raise PackageRefused([f"{name} must hold an object"])
    return value


def minor_version(manifest: Manifest) -> int | None:
    """25 for the manifest version 1.25; None for a version without a schema."""
    found = re.fullmatch(r"1\.(\d{1,2})", str(manifest.get("manifestVersion", "")))
    minor = int(found[1]) if found else None
    return None if minor is None or minor > _NEWEST or minor == _NO_SCHEMA else minor


def _check_versions(manifest: Manifest) -> Iterator[str]:
    if minor_version(manifest) is None:
        yield f"manifestVersion '{manifest.get('manifestVersion')}' is not a version of the schema"
    version = manifest.get("version")
    if not isinstance(version, str) or not re.fullmatch(r"\d+\.\d+(\.\d+)?", version):
        yield "version must be a version number"
    if not isinstance(manifest.get("id"), str) or not _GUID.fullmatch(manifest["id"]):
        yield "id must be a GUID"


def _check_properties(manifest: Manifest) -> Iterator[str]:
    minor = minor_version(manifest) or _NEWEST
    unknown = sorted(manifest.keys() - set(_PROPERTIES.split()))
    yield from (f"'{name}' is not a property of the manifest" for name in unknown)
    if "packageName" in manifest and minor >= 17:
        yield "packageName is not a property of the manifest since version 1.17"
    if "supportsChannelFeatures" in manifest and minor < 25:
        yield "supportsChannelFeatures is not a property of the manifest before version 1.25"
    elif manifest.get("supportsChannelFeatures", "tier1") != "tier1":
        yield "supportsChannelFeatures must be 'tier1'"
    if "supportedChannelTypes" in manifest and minor < 14:
        yield "supportedChannelTypes is not a property of the manifest before version 1.14"
    elif not set(_list(manifest, "supportedChannelTypes")) <= {"sharedChannels", "privateChannels"}:
        yield "supportedChannelTypes must be of sharedChannels, privateChannels"


def _check_texts(manifest: Manifest) -> Iterator[str]:
    for part, name, limit in _TEXTS:
        value = _object(manifest, part).get(name)
        if not isinstance(value, str) or not value:
            yield f"{part}.{name} is required"
        elif len(value) > limit:
            yield f"{part}.{name} must have at most {limit} characters"
    full = _object(manifest, "name").get("full")
    if full is None and (minor_version(manifest) or 0) <= 19:
        yield "name.full is required"
    elif full is not None and (not isinstance(full, str) or len(full) > 100):
        yield "name.full must have at most 100 characters"
    if not isinstance(manifest.get("accentColor"), str) or not _COLOUR.fullmatch(manifest["accentColor"]):
        yield "accentColor must be a colour like #5b5fc7"


def _check_tabs(manifest: Manifest) -> Iterator[str]:
    configurable, static = _objects(manifest, "configurableTabs"), _objects(manifest, "staticTabs")
    if len(configurable) > 1:
        yield "configurableTabs must have at most 1 item"
    if len(static) > 16:
        yield "staticTabs must have at most 16 items"
    for number, tab in enumerate(configurable):
        yield from _check_address(tab, "configurationUrl", f"configurableTabs[{number}].configurationUrl")
        yield from _check_scopes(manifest, tab, f"configurableTabs[{number}]", {"team"})
    for number, tab in enumerate(static):
        where = f"staticTabs[{number}]"
        if not isinstance(tab.get("entityId"), str) or not 1 <= len(tab["entityId"]) <= 64:
            yield f"{where}.entityId must have 1 to 64 characters"
        yield from _check_scopes(manifest, tab, where, {"personal", "team"})


def _check_scopes(manifest: Manifest, tab: Manifest, where: str, known: set[str]) -> Iterator[str]:
    scopes = _list(tab, "scopes")
    # The small letters went when the schema was cleaned. Source: teams-app.md 3.3
    chat = {"groupChat", "groupchat"} if (minor_version(manifest) or _NEWEST) <= 16 else {"groupChat"}
    if not scopes:
        yield f"{where}.scopes is required"
    yield from (f"'{scope}' is not a scope of {where}" for scope in scopes if scope not in known | chat)


def _check_address(holder: Manifest, name: str, where: str) -> Iterator[str]:
    address = holder.get(name)
    parts = urlsplit(address) if isinstance(address, str) else None
    if parts is None or not parts.hostname:
        yield f"{where} is required"
    elif parts.scheme != "https" and not (parts.scheme == "http" and is_loopback_name(parts.hostname)):
        yield f"{where} must be an https address"


def _check_rest(manifest: Manifest) -> Iterator[str]:
    most = 100 if (minor_version(manifest) or 0) >= 28 else 16
    domains = _list(manifest, "validDomains")
    if len(domains) > most:
        yield f"validDomains must have at most {most} items"
    yield from (f"validDomains: '{domain}' is too long" for domain in domains if len(str(domain)) > 2048)
    yield from (
        f"'{name}' is not a permission"
        for name in _list(manifest, "permissions")
        if name not in ("identity", "messageTeamMembers")
    )
    registered = manifest.get("webApplicationInfo")
    if registered is not None and not _GUID.fullmatch(str(_object(manifest, "webApplicationInfo").get("id", ""))):
        yield "webApplicationInfo.id must be a GUID"
    asked = _list(_object(_object(manifest, "authorization"), "permissions"), "resourceSpecific")
    if len(asked) > 16 and (minor_version(manifest) or 0) < 28:
        yield "authorization.permissions.resourceSpecific must have at most 16 items"
    if "localizationInfo" in manifest and not _object(manifest, "localizationInfo").get("defaultLanguageTag"):
        yield "localizationInfo.defaultLanguageTag is required"
    for number, one in enumerate(_objects(_object(manifest, "activities"), "activityTypes")):
        for name, limit in (("type", 64), ("description", 128), ("templateText", 128)):
            if not 1 <= len(str(one.get(name, ""))) <= limit:
                yield f"activities.activityTypes[{number}].{name} must have 1 to {limit} characters"


def _icon_findings(package: zipfile.ZipFile, manifest: Manifest) -> Iterator[str]:
    for name, side in _ICONS.items():
        file = _object(manifest, "icons").get(name)
        if not isinstance(file, str) or file not in package.namelist():
            yield f"the {name} icon is not in the package"
            continue
        picture = package.read(file)[:24]
        width, height = (int.from_bytes(picture[at : at + 4], "big") for at in (16, 20))
        if picture[:8] != b"\x89PNG\r\n\x1a\n" or (width, height) != (side, side):
            yield f"the {name} icon must be a PNG of {side} by {side}"


def _language_findings(package: zipfile.ZipFile, manifest: Manifest) -> Iterator[str]:
    for one in _objects(_object(manifest, "localizationInfo"), "additionalLanguages"):
        file = str(one.get("file", ""))
        if file not in package.namelist():
            yield f"the language file {file} is not in the package"
            continue
        texts = _read_json(package, file)
        for name in ("name.short", "description.short", "description.full"):
            if name not in texts:
                yield f"{file}: {name} is required"
        yield from (f"{file}: '{name}' cannot be translated" for name in texts if not _LANGUAGE_KEYS.fullmatch(name))


def _object(holder: Manifest, name: str) -> Manifest:
    value = holder.get(name)
    return value if isinstance(value, dict) else {}


def _list(holder: Manifest, name: str) -> list[Any]:
    value = holder.get(name)
    return value if isinstance(value, list) else []


def _objects(holder: Manifest, name: str) -> list[Manifest]:
    return [one for one in _list(holder, name) if isinstance(one, dict)]


_CHECKS = (_check_versions, _check_properties, _check_texts, _check_tabs, _check_rest)
