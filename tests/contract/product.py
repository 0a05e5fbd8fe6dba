"""Liaison's adapters put together against a running tenant, and people who sign in with a browser."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import cast
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import httpx2

from liaison.dataverse.client import DataverseClient
from liaison.dataverse.crm import DataverseCrm
from liaison.dataverse.metadata import MetadataShelf
from liaison.domain.crm import Environment
from liaison.domain.link import Link
from liaison.domain.names import EnvironmentKey, Person, PersonId, Regarding, TenantId
from liaison.entra.config import EntraConfig
from liaison.entra.sign_in import EntraSignIn
from liaison.entra.tokens import TokenSource
from liaison.graph.client import GraphClient
from liaison.graph.files import GraphFiles
from liaison.graph.group_labels import GraphGroupLabels
from liaison.graph.horizon import Horizon
from liaison.graph.partners import GraphPartners
from liaison.graph.people import GraphPeople
from liaison.graph.teamwork import GraphTeamwork
from liaison.ports import Ports, SignInStart
from liaison.tenant.seeds import company
from liaison.wire.hosts import AllowedHosts
from liaison.wire.log import CallLine
from liaison.wire.pacing import Pacing
from liaison.wire.transport import Transport
from tests.contract.tenant_process import Tenant
from tests.tenant.browser import Page, PersonsBrowser
from tests.unit.labelling_fakes import FakeLabellers

PUBLIC = "http://localhost:8300"


class HeldTokens:
    """The port `ParkedTokens`, in memory."""

    def __init__(self) -> None:
        self.held: dict[tuple[TenantId, PersonId], str] = {}

    async def park(self, tenant: TenantId, person: PersonId, refresh_token: str) -> None:
        self.held[tenant, person] = refresh_token

    async def read(self, tenant: TenantId, person: PersonId) -> str | None:
        return self.held.get((tenant, person))

    async def forget(self, tenant: TenantId, person: PersonId) -> None:
        self.held.pop((tenant, person), None)


class NoLinks:
    """What operations that only look ask of our memory of links; there are none."""

    async def of(self, regarding: Regarding) -> tuple[Link, ...]:
        return ()

    async def removed_channels(self, tenant: TenantId, team: str, since: datetime) -> tuple[str, ...]:
        return ()


@dataclass
class MovableClock:
    """The port `Clock`; a test may move it."""

    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class Product:
    """One process of Liaison without its store and its doors."""

    tenant: Tenant
    pacing: Pacing = field(default_factory=lambda: Pacing(share=1000.0))
    horizon_s: float = 60.0
    manifest: str = company.LIAISON_MANIFEST_ID

    def __post_init__(self) -> None:
        self.ledger: list[CallLine] = []
        origins = frozenset(place["http"] for place in self.tenant.environments)
        hosts = {purpose: AllowedHosts(origins) for purpose in ("entra", "graph", "dataverse", "upload", "monitor")}
        self.transport = Transport(hosts, pacing=self.pacing, ledger=self.ledger.append)
        self.environments = tuple(
            Environment(EnvironmentKey(place["key"]), place["name"], place["http"])
            for place in self.tenant.environments
        )
        self.config = EntraConfig(
            login_base=self.tenant.http,
            tenant=TenantId(self.tenant.id),
            client_id=self.tenant.app["client_id"],
            client_secret=self.tenant.app["client_secret"],
            redirect_address=f"{PUBLIC}/auth/callback",
            consent_redirect_address=f"{PUBLIC}/auth/consent-callback",
            environments=self.environments,
        )
        self.parked, self.clock = HeldTokens(), MovableClock()
        self.labellers = FakeLabellers()
        self.horizon = Horizon(self.horizon_s)
        self.shelves = {place.key: MetadataShelf() for place in self.environments}
        self.restart()

    def restart(self) -> None:
        """As after a restart of the process: what was only in memory is gone."""
        self.tokens = TokenSource(self.transport, self.config, self.parked, self.clock)
        self.sign_in = EntraSignIn(self.tokens, self.transport, self.config, self.clock)

    def graph(self, person: Person) -> GraphClient:
        return GraphClient(
            self.transport, f"{self.tenant.http}/v1.0", self.tokens.bearer(person, self.config.graph_resource)
        )

    def teamwork(self, person: Person) -> GraphTeamwork:
        return GraphTeamwork(self.graph(person), self.manifest, self.horizon)

    def files(self, person: Person) -> GraphFiles:
        return GraphFiles(self.graph(person))

    def people(self, person: Person) -> GraphPeople:
        return GraphPeople(self.graph(person))

    def crm(self, person: Person, environment: int = 0) -> DataverseCrm:
        place = self.environments[environment]
        client = DataverseClient(self.transport, place, self.tokens.bearer(person, place.address))
        return DataverseCrm(client, person, self.shelves[place.key])

    @property
    def ports(self) -> Ports:
        """What operations may use of the services; there is no store."""
        parts = SimpleNamespace(
            environments=self.environments,
            crm=lambda person, key: self.crm(person, [place.key for place in self.environments].index(key)),
            teamwork=self.teamwork,
            files=self.files,
            people=self.people,
            group_labels=lambda person: GraphGroupLabels(self.graph(person)),
            labellers=self.labellers,
            partners=lambda person: GraphPartners(self.graph(person)),
            sign_in=self.sign_in,
            clock=self.clock,
            links=NoLinks(),
        )
        return cast("Ports", parts)

    async def person(self, given: str, language: str = "en") -> Person:
        """Somebody of the seed, signed in and agreeing to what they are asked."""
        start = await self.sign_in.start(self.environments[0], language)
        return await self.sign_in.finish(start.kept, self.browse(start, given))

    async def consented(self, given: str, also: tuple[str, ...] = (), without: tuple[str, ...] = ()) -> Person:
        """Somebody of the seed after the administrator's consent for the organization.

        `also` are permissions that Liaison does not ask for, `without` those that are not granted.
        """
        administrator = await self.person("Nadia")
        start = await self.sign_in.start_consent(administrator, "en")
        start = replace(start, address=_with_scopes(start.address, also, without))
        await self.sign_in.read_consent_answer(start.kept, self.browse(start, "Nadia"))
        self.tokens.drop(administrator)
        return administrator if given == "Nadia" else await self.person(given)

    def browse(self, start: SignInStart, given: str, decision: str = "accept") -> dict[str, str]:
        """What the browser brings back after that person has gone through the tenant's pages."""
        with PersonsBrowser(self.tenant.http) as browser:
            page = browser.open(start.address)
            while not page.headers.get("location", "").startswith(PUBLIC):
                page = self._go_on(browser, page, given, decision)
            return _returned(page)

    def _go_on(self, browser: PersonsBrowser, page: Page, given: str, decision: str) -> Page:
        if "location" in page.headers:
            return browser.open(page.headers["location"])
        buttons = [button for form in page.forms for button in form.buttons]
        user = company.person(given).id
        if ("user", user) in buttons:
            return browser.press(page, "user", user)
        if ("decision", decision) in buttons:
            return browser.press(page, "decision", decision)
        raise AssertionError(f"nothing to press on {page.status} {page.title!r}: {page.text[:2000]}")


def _with_scopes(address: str, also: tuple[str, ...], without: tuple[str, ...]) -> str:
    """A consent page's address with more or fewer permissions of Graph."""
    parts = urlsplit(address)
    fields = {name: values[0] for name, values in parse_qs(parts.query).items()}
    asked = [scope for scope in fields["scope"].split() if scope.rsplit("/", 1)[-1] not in without]
    fields["scope"] = " ".join([*asked, *(f"https://graph.microsoft.com/{scope}" for scope in also)])
    return urlunsplit(parts._replace(query=urlencode(fields)))


def _returned(page: Page) -> dict[str, str]:
    query = urlsplit(page.headers["location"]).query
    return {name: values[0] for name, values in parse_qs(query, keep_blank_values=True).items()}


def token_client(base: str) -> httpx2.Client:
    """A client for what a test asks of the tenant beside the product."""
    return httpx2.Client(base_url=base, timeout=30.0)
