"""What is wrong with a package of a Teams app, beyond what the schema sees and in what Teams itself then refuses.

Source: contracts, teams-app 3.2, 3.3 and 4.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from liaison.domain.packages import Fault, read_version
from liaison.shipping.pictures import PictureUnreadable, read_picture

LARGEST_BYTES, MOST_ENTRIES = 10 * 1024 * 1024, 100
OLDEST, NEWEST, LEFT_OUT = 13, 30, 18
"""Versions of the schema that Liaison's manifest could have: 1.13 to 1.30; there is no 1.18."""
SIDES = {"color": 192, "outline": 32}
_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_LIMITS = {
    ("developer", "name"): 32,
    ("developer", "websiteUrl"): 2048,
    ("developer", "privacyUrl"): 2048,
    ("developer", "termsOfUseUrl"): 2048,
    ("name", "short"): 30,
    ("description", "short"): 80,
    ("description", "full"): 4000,
}
_TRANSLATED = ("name.short", "description.short", "description.full")
_UNTRANSLATABLE = re.compile(r"configurableTabs\[")


def check_teams_package(content: bytes) -> tuple[Fault, ...]:
    """Everything at once; nothing when Teams may take it."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = _read_entries(archive)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error):
        return (Fault("not_a_zip"),)
    if entries is None:
        return (Fault("too_large", (("limit_bytes", str(LARGEST_BYTES)),)),)
    if "manifest.json" not in entries and "solution.xml" in entries:
        return (Fault("is_solution"),)
    if "manifest.json" not in entries:
        inside = next((name for name in entries if name.endswith("/manifest.json")), "")
        return (Fault("manifest_in_folder", (("name", inside),)) if inside else Fault("manifest_missing"),)
    manifest = _read_object(entries["manifest.json"])
    if manifest is None:
        return (Fault("not_json", (("name", "manifest.json"),)),)
    checks = (_versions, _texts, _addresses, _domains, _registration, _channels)
    found = [fault for check in checks for fault in check(manifest)]
    return (*found, *_icons(manifest, entries), *_languages(manifest, entries))


def _read_entries(archive: zipfile.ZipFile) -> dict[str, bytes] | None:
    """None when it is larger than any package could be meant to be."""
    listed = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(listed) > MOST_ENTRIES or sum(entry.file_size for entry in listed) > LARGEST_BYTES:
        return None
    entries: dict[str, bytes] = {}
    for entry in listed:
        with archive.open(entry) as source:
            entries[entry.filename] = source.read(LARGEST_BYTES + 1)
        if len(entries[entry.filename]) > LARGEST_BYTES:
            return None
    return entries


def _read_object(content: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _versions(manifest: Mapping[str, Any]) -> Iterator[Fault]:
    minor = _minor(manifest)
    if minor is None:
        yield Fault("manifest_version", (("version", str(manifest.get("manifestVersion", ""))),))
    version = str(manifest.get("version", ""))
    if read_version(version) is None:
        yield Fault("version", (("version", version),))
    if not _GUID.fullmatch(str(manifest.get("id", ""))):
        yield Fault("id", (("id", str(manifest.get("id", ""))),))


def _minor(manifest: Mapping[str, Any]) -> int | None:
    found = re.fullmatch(r"1\.(\d{1,2})", str(manifest.get("manifestVersion", "")))
    minor = int(found[1]) if found else 0
    return minor if OLDEST <= minor <= NEWEST and minor != LEFT_OUT else None


def _texts(manifest: Mapping[str, Any]) -> Iterator[Fault]:
    for (part, name), limit in _LIMITS.items():
        value = _object(manifest, part).get(name)
        where = f"{part}.{name}"
        if not isinstance(value, str) or not value.strip():
            yield Fault("text_missing", (("name", where),))
        elif len(value) > limit:
            yield Fault("text_too_long", (("name", where), ("length", str(len(value))), ("limit", str(limit))))


def _addresses(manifest: Mapping[str, Any]) -> Iterator[Fault]:
    for where, address in _all_addresses(manifest):
        parts = urlsplit(address)
        if parts.scheme != "https" or not parts.hostname:
            yield Fault("not_https", (("name", where), ("address", address)))


def _all_addresses(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    developer = _object(manifest, "developer")
    for name in ("websiteUrl", "privacyUrl", "termsOfUseUrl"):
        yield f"developer.{name}", str(developer.get(name, ""))
    yield from _tab_addresses(manifest)


def _tab_addresses(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Addresses that Teams opens in a frame, so that their host must be declared."""
    for number, tab in enumerate(_objects(manifest, "configurableTabs")):
        yield f"configurableTabs[{number}].configurationUrl", str(tab.get("configurationUrl", ""))
    for number, tab in enumerate(_objects(manifest, "staticTabs")):
        yield f"staticTabs[{number}].contentUrl", str(tab.get("contentUrl", ""))


def _domains(manifest: Mapping[str, Any]) -> Iterator[Fault]:
    domains = [str(domain).lower() for domain in _list(manifest, "validDomains")]
    for domain in domains:
        if "*" in domain or "/" in domain:
            yield Fault("domain_form", (("domain", domain),))
    for where, address in _tab_addresses(manifest):
        host = urlsplit(address).netloc.lower()
        if host and host not in domains:
            yield Fault("domain_missing", (("name", where), ("host", host)))


def _registration(manifest: Mapping[str, Any]) -> Iterator[Fault]:
    """`getAuthToken` fails in Teams when the resource is not that of the tab's host. Source: teams-app 12.1."""
    registered = _object(manifest, "webApplicationInfo")
    client, resource = str(registered.get("id", "")), str(registered.get("resource", ""))
    if not _GUID.fullmatch(client):
        yield Fault("client_id", (("id", client),))
    hosts = {urlsplit(address).netloc.lower() for _, address in _tab_addresses(manifest)} - {""}
    if resource not in {f"api://{host}/{client}" for host in hosts}:
        expected = f"api://{min(hosts, default='')}/{client}"
        yield Fault("resource", (("resource", resource), ("expected_resource", expected)))


def _channels(manifest: Mapping[str, Any]) -> Iterator[Fault]:
    if "identity" not in _list(manifest, "permissions"):
        yield Fault("identity")
    minor = _minor(manifest)
    if minor is not None and minor < 25 and "supportsChannelFeatures" in manifest:
        yield Fault("channel_features", (("version", str(manifest["manifestVersion"])),))
    if minor is not None and minor >= 25 and manifest.get("supportsChannelFeatures") != "tier1":
        yield Fault("channel_tier")


def _icons(manifest: Mapping[str, Any], entries: Mapping[str, bytes]) -> Iterator[Fault]:
    for kind, side in SIDES.items():
        name = str(_object(manifest, "icons").get(kind, ""))
        if name not in entries:
            yield Fault("icon_missing", (("kind_of_icon", kind), ("name", name)))
            continue
        try:
            picture = read_picture(entries[name])
        except PictureUnreadable:
            yield Fault("icon_unreadable", (("name", name),))
            continue
        if (picture.width, picture.height) != (side, side):
            size = f"{picture.width}×{picture.height}"
            yield Fault("icon_size", (("name", name), ("size", size), ("side", str(side))))
        if kind == "outline" and not picture.is_white_or_clear:
            yield Fault("outline_colours", (("name", name),))


def _languages(manifest: Mapping[str, Any], entries: Mapping[str, bytes]) -> Iterator[Fault]:
    localization = _object(manifest, "localizationInfo")
    for one in _objects(localization, "additionalLanguages"):
        name, tag = str(one.get("file", "")), str(one.get("languageTag", ""))
        if "-" in tag:
            yield Fault("language_region", (("tag", tag), ("language", tag.partition("-")[0])))
        if name not in entries:
            yield Fault("language_missing", (("name", name),))
            continue
        words = _read_object(entries[name])
        if words is None:
            yield Fault("not_json", (("name", name),))
            continue
        yield from (
            Fault("translation_missing", (("name", name), ("key", key))) for key in _TRANSLATED if key not in words
        )
        for key in words:
            if _UNTRANSLATABLE.match(key):
                yield Fault("not_translatable", (("name", name), ("key", key)))


def _object(holder: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = holder.get(name)
    return value if isinstance(value, dict) else {}


def _list(holder: Mapping[str, Any], name: str) -> list[Any]:
    value = holder.get(name)
    return value if isinstance(value, list) else []


def _objects(holder: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    return [one for one in _list(holder, name) if isinstance(one, dict)]
