"""The Dynamics 365 solution: a package that an import takes, with the same ids and bytes every time."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring

from liaison.domain.packages import PackageForm
from liaison.shipping.dynamics import build_dynamics_package
from tests.unit.shipping.test_teams_package import ADDRESS, ISSUER, TEXTS, entries

pytestmark = pytest.mark.statement("F75")

LIBRARY = "$webresource:liaison_/main.js"
FILES = entries(build_dynamics_package(ISSUER, TEXTS, PackageForm.UNMANAGED).content)


def xml(name: str) -> Element:
    return fromstring(FILES[name])


def text(element: Element, path: str) -> str:
    found = element.find(path)
    assert found is not None, path
    return found.text or ""


def test_everything_that_is_xml_is_well_formed() -> None:
    for name, content in FILES.items():
        if name.endswith((".xml", ".resx", ".svg")):
            fromstring(content)


ORDER = {
    "ImportExportXml": (
        *("Entities", "Roles", "Workflows", "FieldSecurityProfiles", "Templates", "RibbonDiffXml", "EntityMaps"),
        *("EntityRelationships", "OrganizationSettings", "optionsets", "WebResources", "Languages"),
    ),
    "RibbonDiffXml": ("CustomActions", "Templates", "CommandDefinitions", "RuleDefinitions", "LocLabels"),
    "RuleDefinitions": ("TabDisplayRules", "DisplayRules", "EnableRules"),
    "CommandDefinition": ("EnableRules", "DisplayRules", "Actions"),
    "WebResource": (
        *("WebResourceId", "Name", "DisplayName", "Description", "LanguageCode", "WebResourceType"),
        *("IntroducedVersion", "IsEnabledForMobileClient", "IsAvailableForMobileOffline", "DependencyXml"),
        *("IsCustomizable", "CanBeDeleted", "IsHidden", "FileName"),
    ),
}
"""Sequences of Microsoft's schemas, which an import insists on. Source: CustomizationsSolution.xsd, RibbonCore.xsd."""


@pytest.mark.parametrize("name", sorted(ORDER))
def test_parts_stand_in_the_order_of_microsofts_schema(name: str) -> None:
    root = xml("customizations.xml")
    found = [root] if root.tag == name else list(root.iter(name))
    assert found
    for one in found:
        places = [ORDER[name].index(part.tag) for part in one]
        assert places == sorted(set(places))


def test_the_content_types_declare_every_extension() -> None:
    declared = {part.get("Extension") for part in xml("[Content_Types].xml")}
    assert declared == {name.rpartition(".")[2] for name in FILES}


def test_every_web_resource_has_its_file_and_is_a_root_component() -> None:
    resources = xml("customizations.xml").findall("WebResources/WebResource")
    roots = xml("solution.xml").findall("SolutionManifest/RootComponents/RootComponent")
    assert {text(one, "FileName").lstrip("/") for one in resources} == {
        name for name in FILES if name.startswith("WebResources/")
    }
    names = {text(one, "Name"): int(text(one, "WebResourceType")) for one in resources}
    assert {one.get("schemaName") for one in roots if one.get("type") == "61"} == set(names)
    assert [one.get("type") for one in roots if one.get("type") != "61"] == ["50"]
    assert names == {
        "liaison_/main.js": 3,
        "liaison_/pane.html": 1,
        "liaison_/pane.js": 3,
        "liaison_/icon.svg": 11,
        "liaison_/strings.1033.resx": 12,
        "liaison_/strings.1036.resx": 12,
    }


def test_the_command_stands_on_forms_and_views_and_its_functions_exist() -> None:
    ribbon = xml("customizations.xml").find("RibbonDiffXml")
    assert ribbon is not None
    places = {one.get("Location") for one in ribbon.findall("CustomActions/CustomAction")}
    assert places == {
        "Mscrm.Form.{!EntityLogicalName}.MainTab.Collaborate.Controls._children",
        "Mscrm.HomepageGrid.{!EntityLogicalName}.MainTab.Collaborate.Controls._children",
    }
    commands = {one.get("Id"): one for one in ribbon.findall("CommandDefinitions/CommandDefinition")}
    assert {one.get("Command") for one in ribbon.iter("Button")} == set(commands)
    rules = {one.get("Id") for one in ribbon.findall("RuleDefinitions/EnableRules/EnableRule")}
    assert {one.get("Id") for command in commands.values() for one in command.iter("EnableRule")} == rules
    script = next(content for name, content in FILES.items() if "liaison_main" in name).decode()
    for one in (*ribbon.iter("JavaScriptFunction"), *ribbon.iter("CustomRule")):
        assert one.get("Library") == LIBRARY
        assert f"own.{(one.get('FunctionName') or '').removeprefix('Liaison.')} = async function" in script


@pytest.mark.statement("F77")
def test_labels_and_strings_are_there_in_both_languages() -> None:
    customizations = xml("customizations.xml")
    labels = {
        one.get("Id"): {title.get("languagecode"): title.get("description") for title in one.iter("Title")}
        for one in customizations.iter("LocLabel")
    }
    used = set(re.findall(r"\$LocLabels:([\w.]+)", FILES["customizations.xml"].decode()))
    assert used == set(labels)
    assert labels["liaison.Collaborate.Title"] == {"1033": "Collaborate", "1036": "Collaborer"}
    words = [fromstring(content) for name, content in FILES.items() if name.endswith(".resx")]
    english, french = ({one.get("name"): text(one, "value") for one in part.iter("data")} for part in words)
    assert set(english) == set(french)
    assert english["pane.title"] != french["pane.title"]


def test_the_pane_shows_this_installation_and_nothing_else() -> None:
    script = next(content for name, content in FILES.items() if "liaison_pane" in name and name.endswith(".js"))
    assert f'const LIAISON = "{ADDRESS}";' in script.decode()
    assert b"@LIAISON_ADDRESS@" not in b"".join(FILES.values())
    moved = replace(ISSUER, address='https://x.example/";alert(1);//')
    other = entries(build_dynamics_package(moved, TEXTS, PackageForm.UNMANAGED).content)
    spoiled = next(content for name, content in other.items() if "liaison_pane" in name and name.endswith(".js"))
    assert b'const LIAISON = "https://x.example/\\";alert(1);' in spoiled


def test_the_same_settings_give_the_same_bytes_and_ids() -> None:
    first, again = (build_dynamics_package(ISSUER, TEXTS, PackageForm.UNMANAGED) for _ in range(2))
    assert first == again
    moved = entries(
        build_dynamics_package(replace(ISSUER, address="https://other.example"), TEXTS, PackageForm.UNMANAGED).content
    )
    assert list(moved) == list(FILES)  # the files' names carry the ids


def test_managed_differs_in_one_word_only() -> None:
    managed = build_dynamics_package(ISSUER, TEXTS, PackageForm.MANAGED)
    others = entries(managed.content)
    assert managed.file_name == "liaison-dynamics-managed.zip"
    assert {name for name in FILES if FILES[name] != others[name]} == {"solution.xml"}
    assert others["solution.xml"].replace(b"<Managed>1</Managed>", b"<Managed>0</Managed>") == FILES["solution.xml"]


def test_a_following_version_is_higher() -> None:
    first = build_dynamics_package(ISSUER, TEXTS, PackageForm.UNMANAGED)
    assert re.fullmatch(r"\d+\.\d+\.\d+\.0", first.version)
    again = build_dynamics_package(ISSUER, TEXTS, PackageForm.UNMANAGED, first.version)
    assert again.version == first.version
    above = build_dynamics_package(ISSUER, TEXTS, PackageForm.UNMANAGED, "1.0.999999.0")
    assert above.version.startswith("2.0.")
