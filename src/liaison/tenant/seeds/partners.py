"""Organizations that Contoso works with: their tenants, and the people who can be let into shared channels.

Source: Graph v1.0, resources/tenantinformation.md; Microsoft Entra, B2B direct connect
"""

from __future__ import annotations

from dataclasses import dataclass

from liaison.tenant.seeds.company import stable_guid


@dataclass(frozen=True)
class Organization:
    """A tenant as others see it."""

    name: str
    domain: str

    @property
    def tenant_id(self) -> str:
        return stable_guid("tenant", self.domain)


@dataclass(frozen=True)
class PartnerPerson:
    """Somebody of another tenant; `may_join` is false for who is no ordinary user there."""

    upn: str
    name: str
    organization: Organization
    may_join: bool = True

    @property
    def id(self) -> str:
        return stable_guid("person", self.upn)


FABRIKAM = Organization("Fabrikam, Inc.", "fabrikam.com")
ADATUM = Organization("A. Datum Corporation", "adatum.com")
ORGANIZATIONS = (FABRIKAM, ADATUM)
PEOPLE = (
    PartnerPerson("lukas.weber@fabrikam.com", "Lukas Weber", FABRIKAM),
    PartnerPerson("mia.keller@fabrikam.com", "Mia Keller", FABRIKAM),
    PartnerPerson("guest.of@fabrikam.com", "Guest of Fabrikam", FABRIKAM, may_join=False),
    PartnerPerson("jonas.lind@adatum.com", "Jonas Lind", ADATUM),
)


def find_organization(domain_or_id: str) -> Organization | None:
    """By one of its names in addresses, or by the id of its tenant."""
    wanted = domain_or_id.casefold()
    return next((one for one in ORGANIZATIONS if wanted in (one.domain, one.tenant_id)), None)


def find_partner(key: str) -> PartnerPerson | None:
    """By sign-in name or object id."""
    wanted = key.casefold()
    return next((one for one in PEOPLE if wanted in (one.upn, one.id)), None)
