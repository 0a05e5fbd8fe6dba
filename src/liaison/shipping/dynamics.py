"""The solution for Dynamics 365: web resources, and the Collaborate command on every table's forms and views.

The command stands in the application ribbon and not in modern command rows, for only a ribbon's rule may ask by script
whether a table's switch is on. Source: contracts, dataverse 8; RibbonDiffXml and solution package references.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, UUID, uuid5
from xml.sax.saxutils import escape, quoteattr

from liaison.domain.packages import Issuer, Package, PackageForm, plan_version
from liaison.ports import Wording
from liaison.shipping.archive import write_archive
from liaison.shipping.ribbon import ribbon_xml

SOLUTION, PUBLISHER, PREFIX, OPTION_PREFIX = "Liaison", "liaison", "liaison", 36_100
FILE_NAMES = {PackageForm.UNMANAGED: "liaison-dynamics.zip", PackageForm.MANAGED: "liaison-dynamics-managed.zip"}
LCIDS = {"en": 1033, "fr": 1036}
WORDS = ("command.title", "command.about_record", "command.about_view", "pane.title")
_WEB_RESOURCE, _RIBBON = 61, 50
_HTML, _SCRIPT, _SVG, _RESX = 1, 3, 11, 12
_CONTENT_TYPES = {
    "html": "text/html",
    "js": "text/javascript",
    "resx": "text/xml",
    "svg": "image/svg+xml",
    "xml": "text/xml",
}
_HEAD = (
    'version="9.2.24014.198" SolutionPackageVersion="9.2" languagecode="1033" generatedBy="CrmLive"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)
_XML = '<?xml version="1.0" encoding="utf-8"?>\n'
_NO_FACTS: Mapping[str, str] = {}


@dataclass(frozen=True)
class Resource:
    """A web resource. `needs` are names of string resources, with their languages, that its script reads; `lcid` is
    the language of a string resource."""

    name: str
    kind: int
    content: bytes
    needs: tuple[tuple[str, int], ...] = ()
    lcid: int = 0

    @property
    def id(self) -> UUID:
        """The same in every installation, so that an import finds it again."""
        return uuid5(NAMESPACE_URL, f"liaison:web-resource:{self.name}")

    @property
    def path(self) -> str:
        """Where its file lies in the package; the extension stays, for each needs a content type."""
        stem, _, extension = self.name.rpartition(".")
        plain = "".join(letter for letter in stem if letter.isalnum() or letter == "_")
        return f"WebResources/{plain}{str(self.id).upper()}.{extension}"


def build_dynamics_package(issuer: Issuer, wording: Wording, form: PackageForm, newer_than: str = "") -> Package:
    """The whole zip, with the address of this installation inside."""
    resources = list_resources(issuer, wording)
    customizations = _customizations(resources, ribbon_xml(_labels(wording)))
    mark = customizations + "".join(f"{one.name} {one.content.hex()}" for one in resources) + issuer.publisher
    version = plan_version(mark, newer_than.removesuffix(".0") if newer_than.count(".") == 3 else newer_than)
    entries = {
        "solution.xml": _solution(issuer, wording, form, f"{version}.0", resources).encode(),
        "customizations.xml": customizations.encode(),
        **{one.path: one.content for one in resources},
    }
    types = _types(entries)
    return Package(FILE_NAMES[form], f"{version}.0", write_archive({"[Content_Types].xml": types, **entries}))


def list_resources(issuer: Issuer, wording: Wording) -> tuple[Resource, ...]:
    """Everything that the environment serves itself: the command's script, the pane's page, its words."""
    address = _origin(issuer.address)
    script = _read("pane.js").replace(b'"@LIAISON_ADDRESS@"', json.dumps(address).encode())
    strings = tuple((f"{PREFIX}_/strings.{lcid}.resx", lcid) for lcid in LCIDS.values())
    words = (
        Resource(name, _RESX, _resx(wording, language), lcid=lcid)
        for (name, lcid), language in zip(strings, LCIDS, strict=True)
    )
    return (
        Resource(f"{PREFIX}_/main.js", _SCRIPT, _read("main.js"), strings),
        Resource(f"{PREFIX}_/pane.html", _HTML, _read("pane.html")),
        Resource(f"{PREFIX}_/pane.js", _SCRIPT, script),
        Resource(f"{PREFIX}_/icon.svg", _SVG, _read("icon.svg")),
        *words,
    )


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def _read(name: str) -> bytes:
    return (files("liaison.shipping") / "resources" / name).read_bytes()


def _labels(wording: Wording) -> dict[str, dict[int, str]]:
    """Each word of the command by language code."""
    return {
        word: {lcid: wording.say(language, f"package.dynamics.{word}", _NO_FACTS) for language, lcid in LCIDS.items()}
        for word in WORDS
    }


def _resx(wording: Wording, language: str) -> bytes:
    """Source: Microsoft, string (RESX) web resources."""
    words = "".join(
        f'  <data name="{word}" xml:space="preserve"><value>'
        f"{escape(wording.say(language, f'package.dynamics.{word}', _NO_FACTS))}</value></data>\n"
        for word in WORDS
    )
    heads = "".join(
        f'  <resheader name="{name}"><value>{value}</value></resheader>\n'
        for name, value in (("resmimetype", "text/microsoft-resx"), ("version", "2.0"))
    )
    return f"{_XML}<root>\n{heads}{words}</root>\n".encode()


def _customizations(resources: tuple[Resource, ...], ribbon: str) -> str:
    """The parts in the order of Microsoft's schema, which an import insists on. Source: CustomizationsSolution.xsd."""
    before = ("Entities", "Roles", "Workflows", "FieldSecurityProfiles", "Templates")
    after = ("EntityMaps", "EntityRelationships", "OrganizationSettings", "optionsets")
    languages = "".join(f"<Language>{lcid}</Language>" for lcid in LCIDS.values())
    parts = "".join(_web_resource(one) for one in resources)
    return (
        f"{_XML}<ImportExportXml {_HEAD}>{_empty(before)}{ribbon}{_empty(after)}"
        f"<WebResources>{parts}</WebResources><Languages>{languages}</Languages></ImportExportXml>\n"
    )


def _empty(names: tuple[str, ...]) -> str:
    return "".join(f"<{name}/>" for name in names)


def _web_resource(one: Resource) -> str:
    language = f"<LanguageCode>{one.lcid}</LanguageCode>" if one.lcid else ""
    return (
        f"<WebResource><WebResourceId>{{{one.id}}}</WebResourceId><Name>{one.name}</Name>"
        f"<DisplayName>{one.name}</DisplayName>{language}<WebResourceType>{one.kind}</WebResourceType>"
        "<IntroducedVersion>1.0.0.0</IntroducedVersion><IsEnabledForMobileClient>0</IsEnabledForMobileClient>"
        "<IsAvailableForMobileOffline>0</IsAvailableForMobileOffline>"
        f"{_dependencies(one)}<IsCustomizable>1</IsCustomizable><CanBeDeleted>1</CanBeDeleted><IsHidden>0</IsHidden>"
        f"<FileName>/{one.path}</FileName></WebResource>"
    )


def _dependencies(one: Resource) -> str:
    """A script reads a string resource only when it says so. Source: Microsoft, web resource dependencies."""
    if not one.needs:
        return ""
    libraries = "".join(
        f'<Library name="{name}" displayName="{name}" languagecode="{lcid}" description=""'
        f' libraryUniqueId="{{{uuid5(NAMESPACE_URL, f"liaison:library:{name}")}}}"/>'
        for name, lcid in one.needs
    )
    xml = f'<Dependencies><Dependency componentType="WebResource">{libraries}</Dependency></Dependencies>'
    return f"<DependencyXml>{escape(xml)}</DependencyXml>"


def _solution(
    issuer: Issuer, wording: Wording, form: PackageForm, version: str, resources: tuple[Resource, ...]
) -> str:
    roots = "".join(
        f'<RootComponent type="{_WEB_RESOURCE}" schemaName="{one.name}" behavior="0"/>' for one in resources
    )
    # What an export of an application ribbon says; its id differs from environment to environment.
    roots += f'<RootComponent type="{_RIBBON}" schemaName=":RibbonDiffXml" behavior="0"/>'
    names, about = (
        {lcid: wording.say(language, key, _NO_FACTS) for language, lcid in LCIDS.items()}
        for key in ("package.dynamics.name", "package.dynamics.about")
    )
    publisher = "".join(
        f'<LocalizedName description={quoteattr(issuer.publisher)} languagecode="{lcid}"/>' for lcid in LCIDS.values()
    )
    return (
        f"{_XML}<ImportExportXml {_HEAD}><SolutionManifest><UniqueName>{SOLUTION}</UniqueName>"
        f"<LocalizedNames>{_localized('LocalizedName', names)}</LocalizedNames>"
        f"<Descriptions>{_localized('Description', about)}</Descriptions><Version>{version}</Version>"
        f"<Managed>{int(form is PackageForm.MANAGED)}</Managed><Publisher><UniqueName>{PUBLISHER}</UniqueName>"
        f'<LocalizedNames>{publisher}</LocalizedNames><Descriptions/><EMailAddress xsi:nil="true"/>'
        f"<SupportingWebsiteUrl>{escape(issuer.address)}</SupportingWebsiteUrl>"
        f"<CustomizationPrefix>{PREFIX}</CustomizationPrefix>"
        f"<CustomizationOptionValuePrefix>{OPTION_PREFIX}</CustomizationOptionValuePrefix><Addresses/></Publisher>"
        f"<RootComponents>{roots}</RootComponents><MissingDependencies/></SolutionManifest></ImportExportXml>\n"
    )


def _localized(tag: str, words: Mapping[int, str]) -> str:
    return "".join(f'<{tag} description={quoteattr(text)} languagecode="{lcid}"/>' for lcid, text in words.items())


def _types(entries: Mapping[str, bytes]) -> bytes:
    """Every extension in the package must be declared, or the import is refused."""
    used = sorted({name.rpartition(".")[2] for name in entries})
    types = "".join(f'<Default Extension="{kind}" ContentType="{_CONTENT_TYPES[kind]}"/>' for kind in used)
    return (
        f'{_XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{types}</Types>\n'
    ).encode()
