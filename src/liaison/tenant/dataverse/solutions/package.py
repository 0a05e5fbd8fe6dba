"""A solution package as a zip file: read with care, and written.

Source: dataverse.md section 8.4; solution-package schema of customizations.xml and solution.xml.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from xml.etree.ElementTree import Element, ParseError, tostring
from xml.sax.saxutils import escape

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

from liaison.tenant.dataverse.errors import DataverseError

_LARGEST_BYTES, _MOST_FILES = 64 * 1024 * 1024, 2_000
_TYPES = {
    "xml": "text/xml", "js": "text/javascript", "html": "text/html", "htm": "text/html", "css": "text/css",
    "png": "image/png", "jpg": "image/jpeg", "gif": "image/gif", "ico": "image/x-icon", "svg": "image/svg+xml",
    "resx": "text/xml", "json": "application/json", "xsl": "text/xsl", "xap": "application/octet-stream",
}  # fmt: skip
_HEAD = (
    'version="9.2.25103.162" SolutionPackageVersion="9.2" languagecode="1033" generatedBy="CrmLive"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)


_ORDER = (
    "Entities", "Roles", "Workflows", "FieldSecurityProfiles", "Templates", "RibbonDiffXml", "IsvConfig",
    "RelationshipRoles", "ConnectionRoles", "SiteMap", "EntityMaps", "EntityRelationships", "OrganizationSettings",
    "optionsets", "Reports", "RoutingRules", "ChannelPropertyGroups", "ConvertRules", "MobileOfflineProfiles", "Slas",
    "ChannelAccessProfiles", "ChannelAccessProfileRules", "Dashboards", "InteractionCentricDashboards", "Dialogs",
    "WebResources", "CustomControls", "SolutionPluginAssemblies", "SdkMessageProcessingSteps", "ServiceEndpoints",
    "AppModuleSiteMaps", "AppModules", "EntityDataProviders", "EntityDataSources", "Languages",
    "GlobalSearchConfigurations", "StoredProcedures",
)  # fmt: skip
"""The parts of customizations.xml, in this order. Source: CustomizationsSolution.xsd, element ImportExportXml."""


@dataclass(frozen=True)
class Maker:
    """The publisher that a manifest names."""

    unique_name: str
    name: str
    prefix: str
    option_prefix: int


@dataclass(frozen=True)
class Manifest:
    """What solution.xml says. `roots` are component types with the names or ids of the components."""

    unique_name: str
    name: str
    description: str
    version: str
    managed: bool
    maker: Maker
    roots: tuple[tuple[int, str, int], ...] = ()


@dataclass(frozen=True)
class Package:
    """The parts of a package that an import reads; `files` by path, without a leading slash."""

    manifest: Manifest
    customizations: Element
    actions: tuple[Element, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)


def read_package(content: bytes) -> Package:
    """Read a zip. Raises 400 for what is no solution package, or one too large to be meant well."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = dict(_files(archive))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise _invalid("The solution file is invalid. The compressed file cannot be read.") from error
    for name in ("[Content_Types].xml", "solution.xml", "customizations.xml"):
        if name not in files:
            raise _invalid(f"The solution file is invalid. The compressed file must contain '{name}' at its root.")
    _check_types(files)
    customizations = _xml("customizations.xml", files["customizations.xml"])
    _check_order(customizations)
    actions = [_xml(name, text) for name, text in files.items() if name.startswith("appactions/")]
    return Package(
        _manifest(_xml("solution.xml", files["solution.xml"])), customizations,
        tuple(actions), files,
    )  # fmt: skip


def write_package(manifest: Manifest, customizations: str, files: Mapping[str, bytes]) -> bytes:
    """The zip of a solution."""
    everything = {
        "solution.xml": _solution_xml(manifest).encode(),
        "customizations.xml": f"<ImportExportXml {_HEAD}>{customizations}</ImportExportXml>".encode(),
        **files,
    }
    used = sorted({name.rpartition(".")[2].lower() for name in everything})
    types = "".join(
        f'<Default Extension="{escape(kind)}" ContentType="{_TYPES.get(kind, "application/octet-stream")}"/>'
        for kind in used
    )
    everything["[Content_Types].xml"] = (
        '<?xml version="1.0" encoding="utf-8"?>'
        f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{types}</Types>'
    ).encode()
    spool = io.BytesIO()
    with zipfile.ZipFile(spool, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in everything.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), text)
    return spool.getvalue()


def text_of(element: Element | None, path: str, usual: str = "") -> str:
    """The text below an element."""
    found = None if element is None else element.find(path)
    return usual if found is None or found.text is None else found.text.strip()


def inner_xml(element: Element) -> str:
    return tostring(element, encoding="unicode").strip()


def _files(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > _MOST_FILES or sum(entry.file_size for entry in entries) > _LARGEST_BYTES:
        raise _invalid("The solution file is invalid. It is too large.")
    left = _LARGEST_BYTES
    for entry in entries:
        with archive.open(entry) as source:
            text = source.read(left + 1)
        left -= len(text)
        if left < 0:
            raise _invalid("The solution file is invalid. It is too large.")
        yield entry.filename.replace("\\", "/").lstrip("/"), text


def _check_types(files: Mapping[str, bytes]) -> None:
    """Every extension of the package must be declared."""
    root = _xml("[Content_Types].xml", files["[Content_Types].xml"])
    declared = {(part.get("Extension") or "").lower() for part in root}
    overridden = {(part.get("PartName") or "").lstrip("/") for part in root}
    for name in files:
        extension = name.rpartition(".")[2].lower() if "." in name.rpartition("/")[2] else ""
        if extension and extension not in declared and name not in overridden and name != "[Content_Types].xml":
            raise _invalid(f"The solution file is invalid. The extension '{extension}' has no content type.")


def _check_order(customizations: Element) -> None:
    """A known part out of its place is refused, as by the schema; parts that came later than the schema pass."""
    known = [part.tag for part in customizations if part.tag in _ORDER]
    for before, after in pairwise(known):
        if _ORDER.index(after) <= _ORDER.index(before):
            raise _invalid(
                "The import file is invalid. XSD validation failed with the following error: 'The element"
                f" 'ImportExportXml' has invalid child element '{after}'.'."
            )


def _xml(name: str, text: bytes) -> Element:
    try:
        root: Element = fromstring(text)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise _invalid(f"The import file is invalid. XSD validation failed in '{name}': {error}"[:500]) from error
    return root


def _manifest(root: Element) -> Manifest:
    manifest = root.find("SolutionManifest")
    unique_name = text_of(manifest, "UniqueName")
    if manifest is None or not unique_name or len(unique_name) > 65:
        raise _invalid("The import file is invalid. The manifest has no valid UniqueName.")
    publisher = manifest.find("Publisher")
    name = manifest.find("LocalizedNames/LocalizedName")
    about = manifest.find("Descriptions/Description")
    maker_name = publisher.find("LocalizedNames/LocalizedName") if publisher is not None else None
    prefix = text_of(publisher, "CustomizationOptionValuePrefix", "10000")
    maker_unique = text_of(publisher, "UniqueName", "DefaultPublisher")
    return Manifest(
        unique_name,
        (name.get("description") if name is not None else None) or unique_name,
        (about.get("description") if about is not None else None) or "",
        text_of(manifest, "Version", "1.0.0.0"),
        text_of(manifest, "Managed", "0") == "1",
        Maker(
            maker_unique,
            (maker_name.get("description") if maker_name is not None else None) or maker_unique,
            text_of(publisher, "CustomizationPrefix", "new"),
            int(prefix) if prefix.isdecimal() and len(prefix) <= 5 else 10_000,
        ),
        tuple(_root(part) for part in manifest.findall("RootComponents/RootComponent")),
    )


def _root(part: Element) -> tuple[int, str, int]:
    kind, behavior = part.get("type") or "", part.get("behavior") or "0"
    if not kind.isdecimal() or not behavior.isdecimal():
        raise _invalid("The import file is invalid. A RootComponent has no valid type.")
    return int(kind), part.get("schemaName") or (part.get("id") or "").strip("{}").lower(), int(behavior)


def _solution_xml(manifest: Manifest) -> str:
    maker = manifest.maker
    roots = "".join(
        f'<RootComponent type="{kind}" {"id" if _is_id(name) else "schemaName"}="{_attribute(name)}"'
        f' behavior="{behavior}"/>'
        for kind, name, behavior in manifest.roots
    )
    about = f'<Description description="{_attribute(manifest.description)}" languagecode="1033"/>'
    return (
        f"<ImportExportXml {_HEAD}><SolutionManifest><UniqueName>{escape(manifest.unique_name)}</UniqueName>"
        f'<LocalizedNames><LocalizedName description="{_attribute(manifest.name)}" languagecode="1033"/>'
        f"</LocalizedNames><Descriptions>{about if manifest.description else ''}</Descriptions>"
        f"<Version>{escape(manifest.version)}</Version><Managed>{int(manifest.managed)}</Managed>"
        f"<Publisher><UniqueName>{escape(maker.unique_name)}</UniqueName><LocalizedNames>"
        f'<LocalizedName description="{_attribute(maker.name)}" languagecode="1033"/></LocalizedNames><Descriptions/>'
        f"<CustomizationPrefix>{escape(maker.prefix)}</CustomizationPrefix>"
        f"<CustomizationOptionValuePrefix>{maker.option_prefix}</CustomizationOptionValuePrefix><Addresses/></Publisher>"
        f"<RootComponents>{roots}</RootComponents><MissingDependencies/></SolutionManifest></ImportExportXml>"
    )


def _is_id(name: str) -> bool:
    return len(name.strip("{}")) == 36 and name.strip("{}").count("-") == 4


def _attribute(text: str) -> str:
    return escape(text, {'"': "&quot;"})


def _invalid(message: str) -> DataverseError:
    return DataverseError(400, "0x80048060", message)
