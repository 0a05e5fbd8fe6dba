"""The Teams app: valid against Microsoft's own schema, the same bytes for the same settings, versions that rise."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from liaison.domain.packages import Issuer, manifest_id, plan_version, read_version
from liaison.errors import AddressNotHttps
from liaison.shipping import drawing
from liaison.shipping.shelf import PackageShelf
from liaison.shipping.teams import LANGUAGES, MANIFEST_VERSION, build_teams_package
from liaison.shipping.teams_check import check_teams_package
from liaison.text.lookup import load_texts

ROOT = Path(__file__).resolve().parents[3]
SCHEMAS = ROOT / "node_modules" / "@microsoft" / "app-manifest" / "build" / "json-schemas" / "teams"
"""Microsoft's npm package @microsoft/app-manifest; never in this repository."""
CLIENT = "6f0c1b0a-5a0e-4c0f-9d3c-0d2f6c9d1a11"
ADDRESS = "https://liaison.contoso.example"
ISSUER = Issuer(ADDRESS, CLIENT, manifest_id(CLIENT), "Contoso", f"{ADDRESS}/help/privacy", f"{ADDRESS}/help/terms")
TEXTS = load_texts()


def entries(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files: dict[str, bytes]) -> bytes:
    spool = io.BytesIO()
    with zipfile.ZipFile(spool, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return spool.getvalue()


def schema(version: str, name: str = "MicrosoftTeams") -> Any:
    return json.loads((SCHEMAS / f"v{version}" / f"{name}.schema.json").read_text("utf-8"))


def complaints(document: Any, version: str = MANIFEST_VERSION) -> list[str]:
    """By the rules of draft-07: the schema names draft-04, whose validators do not know `const`."""
    return [error.message for error in jsonschema_rs.Draft7Validator(schema(version)).iter_errors(document)]


@pytest.mark.statement("F75")
@pytest.mark.parametrize("address", [ADDRESS, "https://crm.contoso.example:8443", "https://contoso.example/liaison"])
def test_the_manifest_is_valid_against_microsofts_schema(address: str) -> None:
    made = entries(build_teams_package(replace(ISSUER, address=address), TEXTS).content)
    assert complaints(json.loads(made["manifest.json"])) == []


@pytest.mark.statement("F75")
def test_the_schema_sees_a_wrong_version_and_an_unknown_property() -> None:
    manifest = json.loads(entries(build_teams_package(ISSUER, TEXTS).content)["manifest.json"])
    assert complaints({**manifest, "manifestVersion": "9.9"})
    assert complaints({**manifest, "packageName": "example.liaison"})
    assert complaints({**manifest, "manifestVersion": "1.24"}, "1.24")  # channel features came with 1.25


@pytest.mark.statement("F75", "F77")
def test_the_language_files_are_valid_and_say_something_else() -> None:
    made = entries(build_teams_package(ISSUER, TEXTS).content)
    # Draft-04 here: this schema has no `const`, and some of its patterns are none by later rules.
    validator = jsonschema_rs.Draft4Validator(schema(MANIFEST_VERSION, "MicrosoftTeams.Localization"))
    manifest = json.loads(made["manifest.json"])
    for language in LANGUAGES:
        words = json.loads(made[f"{language}.json"])
        assert [error.message for error in validator.iter_errors(words)] == []
        assert words["description.short"] != manifest["description"]["short"]
    declared = manifest["localizationInfo"]["additionalLanguages"]
    assert [one["languageTag"] for one in declared] == list(LANGUAGES)


@pytest.mark.statement("F75")
def test_the_manifest_is_made_for_the_installation() -> None:
    made = entries(build_teams_package(ISSUER, TEXTS).content)
    manifest = json.loads(made["manifest.json"])
    assert list(made) == ["manifest.json", "color.png", "outline.png", "fr.json"]
    assert manifest["id"] == ISSUER.manifest
    assert manifest["configurableTabs"][0]["configurationUrl"] == (
        f"{ADDRESS}/teams/config?locale={{locale}}&theme={{theme}}"
    )
    assert manifest["staticTabs"][0]["contentUrl"].startswith(f"{ADDRESS}/teams/home")
    assert manifest["validDomains"] == ["liaison.contoso.example"]
    assert manifest["webApplicationInfo"] == {"id": CLIENT, "resource": f"api://liaison.contoso.example/{CLIENT}"}
    assert check_teams_package(build_teams_package(ISSUER, TEXTS).content) == ()


@pytest.mark.statement("F75")
def test_the_same_settings_give_the_same_bytes_and_other_settings_another_version() -> None:
    first, again = (build_teams_package(ISSUER, load_texts()) for _ in range(2))
    moved = build_teams_package(replace(ISSUER, address="https://other.contoso.example"), TEXTS)
    assert first == again
    assert first.sha256 == again.sha256
    assert (moved.version, moved.sha256) != (first.version, first.sha256)


@pytest.mark.statement("F75")
def test_a_version_is_above_what_is_published_and_stays_while_the_content_does() -> None:
    first = build_teams_package(ISSUER, TEXTS)
    assert build_teams_package(ISSUER, TEXTS, newer_than=first.version) == first
    moved = replace(ISSUER, address="https://other.contoso.example")
    published = first.version
    for issuer in (moved, ISSUER, moved, ISSUER):  # there and back again
        following = build_teams_package(issuer, TEXTS, newer_than=published).version
        assert (read_version(following) or ()) > (read_version(published) or ())
        published = following


@pytest.mark.parametrize(
    ("published", "expected"),
    [("", 1), ("1.0.0", 1), ("abc", 1), ("2.7.3", 3), ("1.0.999999", 2), ("41.0.999999", 42), ("0.9.1", 1)],
)
def test_the_first_number_is_raised_when_the_content_alone_would_not_do(published: str, expected: int) -> None:
    version = read_version(plan_version("some content", published))
    assert version is not None
    assert version[0] == expected
    assert version > (read_version(published) or (0, 0, 0))


def test_the_apps_id_follows_from_the_registration() -> None:
    assert manifest_id(CLIENT) == manifest_id(CLIENT.upper()) == "4b5809ab-195f-5f6a-8bf7-7a33b819be43"
    assert manifest_id(CLIENT) != manifest_id("00000000-0000-0000-0000-000000000001")


@pytest.mark.statement("F75")
def test_no_package_is_made_for_an_address_that_teams_would_not_open() -> None:
    plain = replace(ISSUER, address="http://liaison.contoso.example")
    with pytest.raises(AddressNotHttps):
        PackageShelf(plain, TEXTS).teams()
    local = PackageShelf(replace(plain, address="http://localhost:8300", is_local=True), TEXTS).teams()
    assert {fault.code for fault in check_teams_package(local.content)} == {"not_https", "resource"}


@pytest.mark.parametrize("name", sorted(drawing.PICTURES))
def test_the_pictures_are_those_that_are_drawn(name: str) -> None:
    made = entries(build_teams_package(ISSUER, TEXTS).content)[name]
    assert pixels(made) == pixels(drawing.PICTURES[name]())


def pixels(picture: bytes) -> bytes:
    """What a picture shows; how tightly it is packed differs from machine to machine."""
    start = picture.index(b"IDAT")
    length = int.from_bytes(picture[start - 4 : start], "big")
    return picture[8:33] + zlib.decompress(picture[start + 4 : start + 4 + length])


class Change:
    """A package with one thing wrong."""

    def __init__(self) -> None:
        self.files = entries(build_teams_package(ISSUER, TEXTS).content)

    def manifest(self, **parts: Any) -> bytes:
        known = json.loads(self.files["manifest.json"])
        return packed({**self.files, "manifest.json": json.dumps({**known, **parts}).encode()})

    def file(self, name: str, content: bytes) -> bytes:
        return packed({**self.files, name: content})

    def without(self, name: str) -> bytes:
        return packed({other: content for other, content in self.files.items() if other != name})


CHANGE = Change()
TAB = {"entityId": "home", "name": "x", "scopes": ["personal"]}
GREY_LINE = [[(254, 255, 255, 255)] * 32] * 32
HALF_CLEAR = [[(255, 255, 255, 128)] * 32] * 32
WRONG = {
    "not_a_zip": b"PK but not really",
    "is_solution": packed({"solution.xml": b"<ImportExportXml/>"}),
    "manifest_missing": CHANGE.without("manifest.json"),
    "manifest_in_folder": packed({f"liaison/{name}": content for name, content in CHANGE.files.items()}),
    "not_json": CHANGE.file("manifest.json", b"[1, 2"),
    "manifest_version": CHANGE.manifest(manifestVersion="1.18"),
    "version": CHANGE.manifest(version="1.0"),
    "id": CHANGE.manifest(id="liaison"),
    "text_missing": CHANGE.manifest(developer={"websiteUrl": ADDRESS, "privacyUrl": ADDRESS, "termsOfUseUrl": ADDRESS}),
    "text_too_long": CHANGE.manifest(name={"short": "x" * 31}),
    "not_https": CHANGE.manifest(staticTabs=[{**TAB, "contentUrl": ADDRESS.replace("https", "http")}]),
    "domain_form": CHANGE.manifest(validDomains=["*.contoso.example", "liaison.contoso.example"]),
    "domain_missing": CHANGE.manifest(staticTabs=[{**TAB, "contentUrl": "https://elsewhere.example/"}]),
    "client_id": CHANGE.manifest(webApplicationInfo={"id": "", "resource": "api://liaison.contoso.example/"}),
    "resource": CHANGE.manifest(webApplicationInfo={"id": CLIENT, "resource": f"api://{CLIENT}"}),
    "identity": CHANGE.manifest(permissions=["messageTeamMembers"]),
    "channel_features": CHANGE.manifest(manifestVersion="1.24"),
    "channel_tier": CHANGE.manifest(supportsChannelFeatures="tier2"),
    "icon_missing": CHANGE.without("color.png"),
    "icon_unreadable": CHANGE.file("color.png", b"GIF89a"),
    "icon_size": CHANGE.file("color.png", CHANGE.files["outline.png"]),
    "outline_colours": CHANGE.file("outline.png", drawing.write_png(32, GREY_LINE)),
    "language_missing": CHANGE.without("fr.json"),
    "translation_missing": CHANGE.file("fr.json", b'{"name.short": "Liaison", "description.short": "x"}'),
    "language_region": CHANGE.manifest(
        localizationInfo={
            "defaultLanguageTag": "en",
            "additionalLanguages": [{"languageTag": "fr-fr", "file": "fr.json"}],
        }
    ),
    "not_translatable": CHANGE.file(
        "fr.json", json.dumps({**json.loads(CHANGE.files["fr.json"]), "configurableTabs[0].name": "x"}).encode()
    ),
}


@pytest.mark.statement("F75")
@pytest.mark.parametrize("code", sorted(WRONG))
def test_each_fault_is_found_alone_and_said_in_both_languages(code: str) -> None:
    faults = check_teams_package(WRONG[code])
    assert {fault.code for fault in faults} == {code}
    for fault in faults:
        for language in ("en", "fr"):
            assert TEXTS.say(language, f"package.fault.{fault.code}", dict(fault.facts))


def test_half_clear_pixels_are_no_outline() -> None:
    faults = check_teams_package(CHANGE.file("outline.png", drawing.write_png(32, HALF_CLEAR)))
    assert [fault.code for fault in faults] == ["outline_colours"]


def test_an_enormous_package_is_not_unpacked() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", b" " * (20 * 1024 * 1024))
    assert [fault.code for fault in check_teams_package(bomb.getvalue())] == ["too_large"]


@pytest.mark.parametrize("broken", [CHANGE.files["color.png"][:40], CHANGE.files["color.png"][:-30] + b"x" * 30, b""])
def test_a_broken_picture_is_said_to_be_unreadable(broken: bytes) -> None:
    codes = {fault.code for fault in check_teams_package(CHANGE.file("color.png", broken))}
    assert codes <= {"icon_unreadable", "icon_size"}
