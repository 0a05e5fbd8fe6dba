"""The directory of Contoso: its products, directory roles, people and applications."""

from __future__ import annotations

from liaison.tenant.estate import Estate
from liaison.tenant.estate.applications import find_permission
from liaison.tenant.estate.grants import assign_app_role
from liaison.tenant.estate.people import (
    DirectoryRole,
    ServicePlan,
    Sku,
    User,
    add_directory_role,
    add_sku,
    add_user,
    assign_directory_role,
    assign_licence,
)
from liaison.tenant.seeds.applications import principal_id, seed_applications
from liaison.tenant.seeds.company import (
    DELEGATED_APP_ID,
    GLOBAL_ADMINISTRATOR,
    PEOPLE,
    SHAREPOINT_ADMINISTRATOR,
    TEAMS_ADMINISTRATOR,
    Person,
    stable_guid,
)
from liaison.tenant.seeds.public_clients import seed_public_clients

# Source: graph.md section 7.1 and the public service plan reference.
_SKUS = (
    Sku("06ebc4ee-1bb5-47dd-8120-11324bc54e06", "SPE_E5", (
        ServicePlan("57ff2da0-773e-42df-b2af-ffb7a2317929", "TEAMS1"),
        ServicePlan("5dbe027f-2339-4123-9542-606e4d348a72", "SHAREPOINTENTERPRISE"),
        ServicePlan("e95bec33-7c88-4a70-8e19-b10bd9d0c014", "SHAREPOINTWAC"),
        ServicePlan("efb87545-963c-4e0d-99df-69c6916d9eb0", "EXCHANGE_S_ENTERPRISE"),
        ServicePlan("43de0ff5-c92c-492b-9116-175376d08c38", "OFFICESUBSCRIPTION"),
        ServicePlan("eec0eb4f-6444-4f95-aba0-50c24d67f998", "AAD_PREMIUM_P2"),
    )),
    Sku("1e1a282c-9c54-43a2-9310-98ef728faace", "DYN365_ENTERPRISE_SALES", (
        ServicePlan("2da8e897-7791-486b-b08f-cc63c8129df7", "DYN365_ENTERPRISE_SALES"),
    )),
    Sku("749742bf-0d37-4158-a120-33567104deeb", "DYN365_ENTERPRISE_CUSTOMER_SERVICE", (
        ServicePlan("99340b49-fb81-4b1e-976b-8f2ae8e9394f", "DYN365_ENTERPRISE_CUSTOMER_SERVICE"),
    )),
    Sku(stable_guid("sku", "O365_BUSINESS_ESSENTIALS_NO_TEAMS"), "O365_BUSINESS_ESSENTIALS_NO_TEAMS", (
        ServicePlan("c7699d2e-19aa-44de-8edf-1736da088ca1", "SHAREPOINTSTANDARD"),
        ServicePlan("9aaf7827-d63c-4b61-89c3-182f06f82e5c", "EXCHANGE_S_STANDARD"),
    )),
)  # fmt: skip

# Source: identity.md section 6 and the published role template ids.
_ROLES = {
    GLOBAL_ADMINISTRATOR: ("Global Administrator", "Can manage all aspects of Microsoft Entra ID."),
    TEAMS_ADMINISTRATOR: ("Teams Administrator", "Can manage the Microsoft Teams service."),
    SHAREPOINT_ADMINISTRATOR: ("SharePoint Administrator", "Can manage all aspects of the SharePoint service."),
    "e8611ab8-c189-46e8-94e1-60213ab1f814": ("Privileged Role Administrator", "Can manage role assignments."),
    "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3": ("Application Administrator", "Can manage all app registrations."),
    "158c047a-c907-4556-b7ef-446551a6b5f7": ("Cloud Application Administrator", "Can manage cloud applications."),
    "f2ef992c-3afb-46b9-b7cf-a126ee74c451": ("Global Reader", "Can read everything a Global Administrator can."),
    "44367163-eba1-44c3-98af-f5787879f96a": ("Dynamics 365 Administrator", "Can manage the Dynamics 365 service."),
}

_LIAISON_ADMINISTRATORS = ("nadia.benali@contoso.com", "marc.lefevre@contoso.com")


def seed_directory(estate: Estate) -> None:
    """Fill an empty directory with Contoso."""
    for sku in _SKUS:
        add_sku(estate, sku)
    for template_id, (name, description) in _ROLES.items():
        role = DirectoryRole(template_id, stable_guid("directory-role", template_id), name, description)
        add_directory_role(estate, role)
    for person in PEOPLE:
        _seed_person(estate, person)
    seed_applications(estate)
    seed_public_clients(estate)
    _seed_administrators_of_liaison(estate)


def _seed_person(estate: Estate, person: Person) -> None:
    guest = person.user_type == "Guest"
    add_user(
        estate,
        User(
            id=person.id,
            upn=person.upn,
            display_name=person.name,
            given_name=person.given,
            surname=person.family,
            mail=_home_address(person.upn) if guest else person.upn,
            job_title=person.title,
            department=person.department,
            preferred_language=person.language,
            usage_location="FR" if person.language.startswith("fr") else "GB",
            user_type=person.user_type,
            account_enabled=person.enabled,
        ),
    )
    for template_id in person.directory_roles:
        assign_directory_role(estate, person.id, template_id)
    skus = {sku.part_number: sku.id for sku in _SKUS}
    for part_number in person.licences:
        assign_licence(estate, person.id, skus[part_number])


def _home_address(upn: str) -> str:
    """A guest's address at home, from the UPN that the invitation made: `name_home.com#EXT#@here`."""
    name, _, domain = upn.split("#EXT#", maxsplit=1)[0].rpartition("_")
    return f"{name}@{domain if '.' in domain else domain + '.com'}"


def _seed_administrators_of_liaison(estate: Estate) -> None:
    role = find_permission(estate, DELEGATED_APP_ID, "role", "Liaison.Admin")
    if role is None:
        raise LookupError("Liaison.Admin")
    for person in PEOPLE:
        if person.upn in _LIAISON_ADMINISTRATORS:
            assign_app_role(estate, person.id, principal_id(DELEGATED_APP_ID), role.id, "User")
