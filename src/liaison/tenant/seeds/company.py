"""Contoso: who works there, what they may do, which teams they are in. Every face's seed starts from here."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

_NAMESPACE = uuid.UUID("5f1c7b52-6c0e-4f0e-9d6b-1f5f0c2a7e11")

TENANT_ID = "c0a7e5b1-5f3d-4c51-9a55-2d2f3a1b7c10"
TENANT_NAME = "Contoso"
DOMAIN = "contoso.com"
SHAREPOINT_HOST = "contoso.sharepoint.com"

# Entra directory role templates. Source: role template ids, identity.md section 6.
GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
TEAMS_ADMINISTRATOR = "69091246-20e8-4a56-aa4d-066075b2a7a8"
SHAREPOINT_ADMINISTRATOR = "f28a1f50-f6e7-4571-818b-6a12f2af6b6c"

# The two app registrations of the demonstration.
DELEGATED_APP_ID = "7d0b6c1e-2f4a-4f9b-8c57-0a3d9e6b1f20"
APPLICATION_APP_ID = "e2a91f54-8b7d-4c0a-a1d6-5c3f7b8e9d01"
TEAMS_CLIENT_APP_ID = "5e3ce6c0-2b1f-4285-8d4b-75ee78787346"

# Teams app catalogue: the manifest id of Liaison's own app, and Microsoft's Dynamics 365 app.
LIAISON_MANIFEST_ID = "3b7e0f6a-91c4-4d7e-b2a5-64f1d8c90e37"
DYNAMICS_TEAMS_APP_ID = "cd2d8695-bdc9-4d8e-9620-cc963ed81f41"


def stable_guid(*parts: str) -> str:
    """The same guid for the same parts in every seed."""
    return str(uuid.uuid5(_NAMESPACE, "/".join(parts)))


@dataclass(frozen=True)
class Person:
    """Roles are the names a person would use: Dataverse security roles in both environments, and directory roles.

    Licences are sku part numbers: SPE_E5 (Microsoft 365 E5 with Teams), DYN365_ENTERPRISE_SALES,
    DYN365_ENTERPRISE_CUSTOMER_SERVICE, O365_BUSINESS_ESSENTIALS_NO_TEAMS.
    """

    upn: str
    given: str
    family: str
    title: str
    department: str
    language: str
    crm_roles: tuple[str, ...] = ()
    directory_roles: tuple[str, ...] = ()
    licences: tuple[str, ...] = ("SPE_E5",)
    user_type: str = "Member"
    enabled: bool = True

    @property
    def id(self) -> str:
        return stable_guid("person", self.upn)

    @property
    def name(self) -> str:
        return f"{self.given} {self.family}"


SALES = ("SPE_E5", "DYN365_ENTERPRISE_SALES")
SERVICE = ("SPE_E5", "DYN365_ENTERPRISE_CUSTOMER_SERVICE")

PEOPLE: tuple[Person, ...] = (
    Person(
        "nadia.benali@contoso.com",
        "Nadia",
        "Benali",
        "Head of IT",
        "IT",
        "en-GB",
        ("System Administrator",),
        (GLOBAL_ADMINISTRATOR,),
        SALES,
    ),
    Person(
        "marc.lefevre@contoso.com",
        "Marc",
        "Lefèvre",
        "CRM administrator",
        "IT",
        "fr-FR",
        ("System Administrator",),
        (),
        SALES,
    ),
    Person(
        "ingrid.solberg@contoso.com",
        "Ingrid",
        "Solberg",
        "Teams administrator",
        "IT",
        "en-GB",
        ("System Administrator",),
        (TEAMS_ADMINISTRATOR,),
        SALES,
    ),
    Person(
        "claire.fontaine@contoso.com",
        "Claire",
        "Fontaine",
        "Account manager",
        "Sales",
        "en-GB",
        ("Salesperson",),
        (),
        SALES,
    ),
    Person(
        "oliver.grant@contoso.com", "Oliver", "Grant", "Account manager", "Sales", "en-GB", ("Salesperson",), (), SALES
    ),
    Person(
        "hugo.marchand@contoso.com",
        "Hugo",
        "Marchand",
        "Account manager",
        "Sales",
        "fr-FR",
        ("Salesperson",),
        (),
        SALES,
    ),
    Person(
        "emma.whitfield@contoso.com",
        "Emma",
        "Whitfield",
        "Account manager",
        "Sales",
        "en-GB",
        ("Salesperson",),
        (),
        SALES,
    ),
    Person(
        "priya.raman@contoso.com", "Priya", "Raman", "Sales manager", "Sales", "en-GB", ("Sales Manager",), (), SALES
    ),
    Person(
        "sofia.rossi@contoso.com",
        "Sofia",
        "Rossi",
        "Service agent",
        "Service",
        "en-GB",
        ("Customer Service Representative",),
        (),
        SERVICE,
    ),
    Person(
        "daniel.okafor@contoso.com",
        "Daniel",
        "Okafor",
        "Service team lead",
        "Service",
        "en-GB",
        ("CSR Manager",),
        (),
        SERVICE,
    ),
    Person("anais.girard@contoso.com", "Anaïs", "Girard", "Communications", "Marketing", "fr-FR", (), (), ("SPE_E5",)),
    Person(
        "tom.becker@contoso.com",
        "Tom",
        "Becker",
        "Account manager",
        "Sales",
        "en-GB",
        ("Salesperson",),
        (),
        ("O365_BUSINESS_ESSENTIALS_NO_TEAMS", "DYN365_ENTERPRISE_SALES"),
    ),
    Person(
        "lukas.weber_fabrikam.com#EXT#@contoso.com",
        "Lukas",
        "Weber",
        "Partner",
        "Fabrikam",
        "en-GB",
        (),
        (),
        (),
        "Guest",
    ),
    Person(
        "victor.nilsson@contoso.com",
        "Victor",
        "Nilsson",
        "Account manager",
        "Sales",
        "en-GB",
        ("Salesperson",),
        (),
        (),
        "Member",
        False,
    ),
)


def person(given: str) -> Person:
    """The person with this given name; raises LookupError when nobody has it."""
    for candidate in PEOPLE:
        if candidate.given == given:
            return candidate
    raise LookupError(given)


@dataclass(frozen=True)
class SeedEnvironment:
    key: str
    name: str
    host: str

    @property
    def organization_id(self) -> str:
        return stable_guid("organization", self.key)


ENVIRONMENTS: tuple[SeedEnvironment, ...] = (
    SeedEnvironment("contoso-sales", "Contoso Sales", "contoso-sales.localhost"),
    SeedEnvironment("contoso-service", "Contoso Service", "contoso-service.localhost"),
)


@dataclass(frozen=True)
class SeedTeam:
    """Owners and members by given name; channels by display name, the first is the primary channel."""

    key: str
    name: str
    description: str
    visibility: str
    owners: tuple[str, ...]
    members: tuple[str, ...]
    channels: tuple[str, ...]

    @property
    def id(self) -> str:
        return stable_guid("team", self.key)


TEAMS: tuple[SeedTeam, ...] = (
    SeedTeam(
        "ventes-europe",
        "Ventes Europe",
        "Équipe commerciale Europe",
        "Private",
        ("Priya", "Claire"),
        ("Oliver", "Hugo", "Emma", "Nadia"),
        ("General", "Grands comptes", "Prévisions", "Renewals"),
    ),
    SeedTeam(
        "northwind",
        "Northwind account",
        "Everything about Northwind Traders",
        "Private",
        ("Claire",),
        ("Oliver", "Priya", "Lukas"),
        ("General", "Contract", "Onboarding"),
    ),
    SeedTeam(
        "support",
        "Support",
        "Customer service team",
        "Private",
        ("Daniel",),
        ("Sofia", "Nadia"),
        ("General", "Escalations", "VIP"),
    ),
    SeedTeam(
        "marketing",
        "Marketing",
        "Campagnes et événements",
        "Public",
        ("Anaïs",),
        ("Priya", "Emma"),
        ("General", "Salon 2027"),
    ),
    SeedTeam(
        "direction", "Comité de direction", "Réservé à la direction", "Private", ("Nadia",), ("Priya",), ("General",)
    ),
)
