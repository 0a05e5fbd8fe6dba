"""The security roles of a new environment: which tables each covers, and how deep.

Depths follow the roles the Sales and Customer Service apps install, as far as they matter here. The rows for
SharePoint and Teams are what Microsoft asks for: Create, Read, Write, Append, Append To, Delete on SharePoint Site
and Document Location. Source: ce/teams-integration/teams-troubleshoot.md;
permissions-required-document-management-tasks.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from liaison.tenant.estate.crm.catalogue import BY_NAME
from liaison.tenant.estate.crm.privileges import (
    CUSTOMIZING,
    Depth,
    Privilege,
    Right,
    all_privileges,
    privilege_name,
    privileges_by_name,
)
from liaison.tenant.estate.crm.tables import Ownership

SYSTEM_ADMINISTRATOR = "System Administrator"
SYSTEM_CUSTOMIZER = "System Customizer"
ADMINISTRATOR_TEMPLATE = "627090ff-40a3-4053-8790-584edc5be201"
CUSTOMIZER_TEMPLATE = "119f245c-3cc8-4b62-b31c-d1a046ced15d"

_USE = Right.READ | Right.APPEND | Right.APPEND_TO
_MANAGE = Right.CREATE | Right.READ | Right.WRITE | Right.DELETE | Right.APPEND | Right.APPEND_TO
_FULL = _MANAGE | Right.SHARE | Right.ASSIGN


@dataclass(frozen=True)
class Grant:
    """Rights at one depth; on tables nobody owns, any depth means the whole organization."""

    rights: Right
    depth: Depth


@dataclass(frozen=True)
class SeedRole:
    """`tables` lists grants for each table; `special` names privileges that stand alone."""

    name: str
    french: str
    template_id: str | None = None
    everything: bool = False
    tables: Mapping[str, tuple[Grant, ...]] = field(default_factory=dict)
    special: tuple[str, ...] = ()


_SELLING = ("account", "contact", "lead", "opportunity", "quote", "salesorder", "invoice", "contoso_visit")
_SERVING = ("account", "contact", "incident", "msdyn_workorder", "contoso_visit")
_PERSONAL = ("task", "annotation")
_LIBRARY = ("sharepointsite", "sharepointdocumentlocation")
_SHARED_READING = (
    "organization", "businessunit", "systemuser", "team", "role", "roletemplate", "privilege", "savedquery",
    "appmodule", "sitemap",
    "transactioncurrency", "solution", "publisher", "webresource", "sharepointdocument", "principalobjectaccess",
    "msdyn_msteamssettingsv2", "msdyn_msteamssetting", "campaign", "salesliterature", "kbarticle", "category",
    "msdyn_agreement", "msdyn_project", "activityparty",
)  # fmt: skip


def _worker(
    owned: tuple[str, ...],
    *,
    reads: Depth,
    writes: Depth,
    extra: Mapping[str, tuple[Grant, ...]],
) -> dict[str, tuple[Grant, ...]]:
    """Rows of a role that works with records: reads and links widely, changes at `writes` depth."""
    grants: dict[str, tuple[Grant, ...]] = {name: (Grant(_USE, Depth.GLOBAL),) for name in _SHARED_READING}
    for name in owned:
        grants[name] = (Grant(_USE, reads), Grant(Right.CREATE | Right.WRITE | Right.SHARE | Right.ASSIGN, writes))
    for name in _PERSONAL:
        grants[name] = (Grant(_USE, reads), Grant(_FULL, Depth.BASIC))
    grants["userquery"] = (Grant(_FULL, Depth.BASIC),)
    grants["userentityuisettings"] = (Grant(_FULL, Depth.BASIC),)
    for name in _LIBRARY:
        grants[name] = (Grant(_MANAGE, Depth.GLOBAL),)
    grants["msdyn_teamscollaboration"] = (Grant(_MANAGE, Depth.GLOBAL),)
    grants["msdyn_collabspaceteamassociation"] = (Grant(_MANAGE, Depth.GLOBAL),)
    grants["usersettings"] = (Grant(Right.READ | Right.WRITE, Depth.LOCAL),)
    return grants | dict(extra)


_CATALOGUE_READING: Mapping[str, tuple[Grant, ...]] = {
    name: (Grant(_USE, Depth.GLOBAL),) for name in ("product", "competitor", "knowledgearticle")
}

ROLES: tuple[SeedRole, ...] = (
    SeedRole(SYSTEM_ADMINISTRATOR, "Administrateur système", ADMINISTRATOR_TEMPLATE, everything=True),
    SeedRole(
        SYSTEM_CUSTOMIZER, "Personnalisateur de système", CUSTOMIZER_TEMPLATE,
        tables=_worker(
            _SELLING, reads=Depth.BASIC, writes=Depth.BASIC,
            extra={
                "savedquery": (Grant(_MANAGE, Depth.GLOBAL),),
                "appmodule": (Grant(_MANAGE, Depth.GLOBAL),),
                "solution": (Grant(_MANAGE, Depth.GLOBAL),),
                "webresource": (Grant(_MANAGE, Depth.GLOBAL),),
                "publisher": (Grant(_MANAGE, Depth.GLOBAL),),
                "importjob": (Grant(_MANAGE, Depth.GLOBAL),),
                "ribboncustomization": (Grant(_MANAGE, Depth.GLOBAL),),
                "appaction": (Grant(_MANAGE, Depth.GLOBAL),),
            },
        ),
        special=(
            "prvPublishCustomization", "prvImportCustomization", "prvExportCustomization", *CUSTOMIZING,
        ),
    ),
    SeedRole(
        "Salesperson", "Commercial",
        tables=_worker(_SELLING, reads=Depth.LOCAL, writes=Depth.BASIC,
                       extra={**_CATALOGUE_READING, "incident": (Grant(_USE, Depth.LOCAL),),
                              "opportunityproduct": (Grant(_FULL, Depth.BASIC), Grant(_USE, Depth.LOCAL))}),
        special=("prvOneDriveForBusiness",),
    ),
    SeedRole(
        "Sales Manager", "Directeur commercial",
        tables=_worker(_SELLING, reads=Depth.GLOBAL, writes=Depth.DEEP,
                       extra={**_CATALOGUE_READING,
                              **{name: (Grant(_USE, Depth.GLOBAL), Grant(_FULL, Depth.DEEP)) for name in _SELLING},
                              "incident": (Grant(_USE, Depth.GLOBAL),),
                              "campaign": (Grant(_FULL, Depth.DEEP), Grant(_USE, Depth.GLOBAL)),
                              "opportunityproduct": (Grant(_FULL, Depth.DEEP), Grant(_USE, Depth.GLOBAL))}),
        special=("prvOneDriveForBusiness", "prvBulkDelete"),
    ),
    SeedRole(
        "Customer Service Representative", "Conseiller du service client",
        tables=_worker(_SERVING, reads=Depth.LOCAL, writes=Depth.BASIC, extra=_CATALOGUE_READING),
        special=("prvOneDriveForBusiness",),
    ),
    SeedRole(
        "Service Trainee", "Stagiaire du service client",
        # Without rights to create sites and locations: whom Microsoft's troubleshooting page talks about.
        tables=_worker(_SERVING, reads=Depth.LOCAL, writes=Depth.BASIC, extra=_CATALOGUE_READING)
        | {name: (Grant(Right.READ, Depth.GLOBAL),) for name in _LIBRARY},
    ),
    SeedRole(
        "CSR Manager", "Responsable du service client",
        tables=_worker(_SERVING, reads=Depth.GLOBAL, writes=Depth.DEEP,
                       extra={**_CATALOGUE_READING,
                              **{name: (Grant(_USE, Depth.GLOBAL), Grant(_FULL, Depth.DEEP)) for name in _SERVING},
                              "knowledgearticle": (Grant(_FULL, Depth.GLOBAL),)}),
        special=("prvOneDriveForBusiness",),
    ),
    SeedRole(
        "Liaison Application", "Application Liaison",
        tables={
            **{name: (Grant(_USE, Depth.GLOBAL),) for name in (*_SHARED_READING, *_SELLING, "incident", "product")},
            **{name: (Grant(_MANAGE, Depth.GLOBAL),) for name in _LIBRARY},
            "msdyn_teamscollaboration": (Grant(_MANAGE, Depth.GLOBAL),),
            "annotation": (Grant(_MANAGE, Depth.GLOBAL),),
            "userquery": (Grant(_USE, Depth.GLOBAL),),
        },
        special=("prvActOnBehalfOfAnotherUser",),
    ),
)  # fmt: skip


def granted(role: SeedRole) -> Iterator[tuple[Privilege, Depth]]:
    """Every privilege of a role with its depth; the widest wins where rows overlap."""
    if role.everything:
        for privilege in all_privileges():
            yield privilege, Depth.GLOBAL
        return
    widest: dict[str, Depth] = {}
    for table_name, grants in role.tables.items():
        table = BY_NAME[table_name]
        owned = table.ownership in (Ownership.USER, Ownership.BUSINESS)
        for grant in grants:
            for right in grant.rights:
                name = privilege_name(table, right).lower()
                depth = grant.depth if owned else Depth.GLOBAL
                if name in privileges_by_name():
                    widest[name] = max(widest.get(name, Depth.BASIC), depth)
    for special in role.special:
        widest[special.lower()] = Depth.GLOBAL
    for name, depth in widest.items():
        yield privileges_by_name()[name], depth
