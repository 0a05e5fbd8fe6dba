"""What Liaison needs of the world, in its own words. Adapters say these in one protocol each.

Every port of a service is opened for one person, so that the service's own permission checks are ours.
All of them raise the classes of `errors`; `Upstream` errors name the service.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from liaison.domain.crm import Environment
from liaison.domain.names import EnvironmentKey, Person
from liaison.ports.crm import Crm
from liaison.ports.filing import FilingRules, Listenings, Messages, Notices, Notifications, Subscription
from liaison.ports.following import Proposals, Sights
from liaison.ports.labelling import GroupLabels, Labellers
from liaison.ports.memory import (
    ALL_LINKS,
    Audit,
    AuditLine,
    Calls,
    CallTotal,
    JoinRequests,
    LinkFilter,
    Links,
    Mendings,
    Templates,
    Watches,
)
from liaison.ports.partners import Partners
from liaison.ports.shipping import AppCatalogue, Packages
from liaison.ports.sign_in import Consents, ParkedTokens, Session, Sessions, SignIn, SignInStart
from liaison.ports.teams import Files, People, Teamwork
from liaison.ports.work import Clock, Executor, Executors, Steps, Wording

__all__ = [
    "ALL_LINKS",
    "AppCatalogue",
    "Audit",
    "AuditLine",
    "CallTotal",
    "Calls",
    "Clock",
    "Consents",
    "Crm",
    "Executor",
    "Executors",
    "Files",
    "FilingRules",
    "GroupLabels",
    "JoinRequests",
    "Labellers",
    "LinkFilter",
    "Links",
    "Listenings",
    "Mendings",
    "Messages",
    "Notices",
    "Notifications",
    "Packages",
    "ParkedTokens",
    "Partners",
    "People",
    "Ports",
    "Proposals",
    "Session",
    "Sessions",
    "Sights",
    "SignIn",
    "SignInStart",
    "Steps",
    "Subscription",
    "Teamwork",
    "Templates",
    "Watches",
    "Wording",
]


@dataclass(frozen=True)
class Ports:
    """Everything an operation may use of the world; made in `compose`."""

    environments: tuple[Environment, ...]
    crm: Callable[[Person, EnvironmentKey], Crm]
    """Raises EnvironmentUnknown."""
    teamwork: Callable[[Person], Teamwork]
    files: Callable[[Person], Files]
    people: Callable[[Person], People]
    app_catalogue: Callable[[Person], AppCatalogue]
    messages: Callable[[Person], Messages]
    notifications: Notifications
    group_labels: Callable[[Person], GroupLabels]
    packages: Packages
    sign_in: SignIn
    links: Links
    audit: Audit
    sessions: Sessions
    consents: Consents
    mendings: Mendings
    watches: Watches
    templates: Templates
    partners: Callable[[Person], Partners]
    join_requests: JoinRequests
    filing_rules: FilingRules
    listenings: Listenings
    notices: Notices
    labellers: Labellers
    sights: Sights
    proposals: Proposals
    calls: Calls
    steps: Steps
    wording: Wording
    clock: Clock
    public_address: str
    """Liaison's own address as people's browsers and Teams see it."""
    upload_limit_bytes: int
