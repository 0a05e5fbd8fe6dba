# ruff: noqa: PLC0415 - each process imports only the rooms it opens, so that all of them start fast
"""The one composition point: settings become adapters, adapters become ports, ports become applications."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from liaison.reach import Reach
from liaison.settings import (
    SETTINGS,
    SettingInvalid,
    Settings,
    is_loopback,
    local_settings,
    read_settings,
    require_tenant,
)

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from liaison.dataverse.metadata import MetadataShelf
    from liaison.domain.crm import Environment
    from liaison.domain.packages import Fault, Issuer, Package
    from liaison.domain.promise import Promises
    from liaison.engine.steps import Handover
    from liaison.engine.worker import Worker
    from liaison.entra.sign_in import EntraSignIn
    from liaison.entra.tokens import TokenSource
    from liaison.graph.horizon import Horizon
    from liaison.graph.shelf import GraphShelf
    from liaison.ports import Ports
    from liaison.store.calls import StoredCalls
    from liaison.store.database import Database
    from liaison.store.keys import Keys
    from liaison.text.lookup import Texts
    from liaison.wire.messages import Ask
    from liaison.wire.transport import Transport

__all__ = [
    "SETTINGS",
    "CannotOpen",
    "Installation",
    "NotSetUp",
    "SettingInvalid",
    "Settings",
    "build_application",
    "build_ports",
    "build_teams_package",
    "build_worker",
    "check_teams_package",
    "is_loopback",
    "local_settings",
    "prepare_product",
    "read_settings",
    "require_tenant",
    "rotate_keys",
    "serve_local_tenant",
]

API_PREFIX = "/api/v1"
UPLOAD_SUFFIXES = (".sharepoint.com", ".sharepoint.us", ".sharepoint-mil.us", ".sharepoint.cn")
"""Hosts below these take uploads, give downloads and tell how far copies are.

Source: reliability-performance.md A5, T6.
"""

_PEOPLES_SHARE, _WORKERS_SHARE = 0.5, 0.8
"""Parts of the published rates for what people ask at once and for durable work. People come in short bursts: the two
may exceed the whole for a moment, and a fifth of it is never touched by durable work."""


class CannotOpen(RuntimeError):
    """The store or the key file cannot be used; the cause's own words."""


class NotSetUp(RuntimeError):
    """The set-up step that fetches the pages' packages has not been run; its own words."""


class MachineClock:
    """The time of this machine. Implements `ports.Clock`."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class Installation:
    """What one process of Liaison holds open: the store, the keys, the connections. Each part is opened when asked."""

    def __init__(self, settings: Settings) -> None:
        """Opens the store and brings its schema up to date. Raises SettingInvalid, CannotOpen."""
        from liaison.store.keys import KeysUnreadable, open_keys

        require_tenant(settings)
        self.settings = settings
        self.clock = MachineClock()
        self.closing = asyncio.Event()
        self.database = _open_database(settings)
        try:
            self.keys: Keys = open_keys(settings.secrets_file)
        except (KeysUnreadable, OSError) as cause:
            raise CannotOpen(str(cause)) from cause

    @cached_property
    def texts(self) -> Texts:
        from liaison.text.lookup import load_texts

        return load_texts()

    @cached_property
    def handover(self) -> Handover:
        from liaison.engine.steps import Handover

        return Handover()

    @cached_property
    def ports(self) -> Ports:
        """The ports for doors, on whose behalf people wait."""
        return self._ports(self._reach(_PEOPLES_SHARE))

    @cached_property
    def worker(self) -> Worker:
        """The worker of this process, to be run on a loop of its own."""
        from liaison.engine.steps import DurableSteps
        from liaison.engine.worker import Round, Worker, WorkerOptions
        from liaison.operations.file_messages import file_messages
        from liaison.operations.follow import follow
        from liaison.operations.listen import keep_listening, settle_listenings
        from liaison.operations.runs import resume_all, run
        from liaison.operations.watch import look_again
        from liaison.store.executors import StoredExecutors

        steps = DurableSteps()
        ports = replace(self._ports(self._reach(_WORKERS_SHARE)), steps=steps)
        settings = self.settings
        options = WorkerOptions(
            settings.resolved_engine_url,
            settings.data_folder / "executors",
            settings.heartbeat_s,
            settings.sweep_s,
            settings.keep_runs_days,
        )
        return Worker(
            steps,
            lambda operation, link, number: run(operation, link, ports, number),
            lambda: resume_all(ports),
            (
                lambda: self._links.forget_keys(max(1, settings.keep_runs_days)),
                lambda: self._calls.forget(settings.keep_calls_days),
                lambda: look_again(ports),
                self._sessions.forget_ended,
            ),
            StoredExecutors(self.database, self.clock),
            options,
            (
                Round("settle", settings.filing_s, lambda: settle_listenings(ports), is_thrifty=True),
                Round("listen", settings.filing_s, lambda: keep_listening(ports)),
                Round("follow", settings.follow_s, lambda: follow(ports, settings.follow_s)),
                Round("file", settings.filing_s, lambda: file_messages(ports)),
            ),
        )

    def warm_up(self) -> None:
        """Import what the first call of the API needs; the first page did not wait for it."""
        import_module("liaison.api.app")

    async def aclose(self) -> None:
        """Close what the running loop has open; the last loop to end closes the store with `close`."""
        for transport in self._transports:
            await transport.aclose()

    def close(self) -> None:
        self._calls.flush()
        self.database.close()

    # --- parts

    @cached_property
    def _transports(self) -> list[Transport]:
        return []

    def _transport(self, share: float) -> Transport:
        from liaison.wire.pacing import Pacing
        from liaison.wire.transport import Transport

        ca_file = str(self.settings.ca_file) if self.settings.ca_file else None
        pacing = Pacing(share * self.settings.rate_share)
        transport = Transport(_allowed_hosts(self.settings), ca_file, pacing, self._calls.note, self._is_promised)
        self._transports.append(transport)
        return transport

    @cached_property
    def _environments(self) -> tuple[Environment, ...]:
        from liaison.domain.crm import Environment
        from liaison.domain.names import EnvironmentKey

        return tuple(
            Environment(EnvironmentKey(place.key), place.name, place.address) for place in self.settings.environments
        )

    @cached_property
    def _identity(self) -> tuple[TokenSource, EntraSignIn]:
        """One for the whole process: what it remembers of tokens and consent serves every loop."""
        from liaison.domain.names import TenantId
        from liaison.entra.config import EntraConfig
        from liaison.entra.sign_in import EntraSignIn
        from liaison.entra.tokens import TokenSource
        from liaison.store.parked_tokens import StoredTokens

        settings = self.settings
        config = EntraConfig(
            login_base=settings.login_base,
            tenant=TenantId(settings.tenant_id),
            client_id=settings.client_id,
            client_secret=settings.client_secret.reveal(),
            redirect_address=f"{settings.public_address}/auth/callback",
            consent_redirect_address=f"{settings.public_address}/auth/consent-callback",
            environments=self._environments,
            graph_resource=settings.graph_resource,
            also_issued_by=settings.login_aliases,
        )
        transport = self._transport(1.0)
        tokens = TokenSource(transport, config, StoredTokens(self.database, self.keys, self.clock), self.clock)
        return tokens, EntraSignIn(tokens, transport, config, self.clock)

    @cached_property
    def _horizon(self) -> Horizon:
        from liaison.graph.horizon import Horizon

        return Horizon()

    @cached_property
    def _graph_shelf(self) -> GraphShelf:
        from liaison.graph.shelf import GraphShelf

        return GraphShelf()

    @cached_property
    def _shelves(self) -> dict[str, MetadataShelf]:
        from liaison.dataverse.metadata import MetadataShelf

        return {place.key: MetadataShelf() for place in self._environments}

    @cached_property
    def _links(self) -> Any:
        from liaison.store.links import StoredLinks

        return StoredLinks(self.database, self.clock)

    @cached_property
    def _calls(self) -> StoredCalls:
        from liaison.store.calls import StoredCalls

        return StoredCalls(self.database, self.clock, self._promises)

    @cached_property
    def _promises(self) -> Promises:
        from liaison.dataverse.promises import PROMISES as OF_DATAVERSE
        from liaison.domain.promise import Promises
        from liaison.entra.errors import SERVICE as ENTRA
        from liaison.graph.promises import PROMISES as OF_GRAPH

        return Promises((*OF_GRAPH, *OF_DATAVERSE), (ENTRA,))

    def _is_promised(self, ask: Ask) -> bool:
        return self._promises.feature_of(ask.service, ask.method, ask.path) is not None

    @cached_property
    def _sessions(self) -> Any:
        from liaison.store.sessions import StoredSessions

        return StoredSessions(self.database, self.keys, self.clock)

    def _reach(self, share: float) -> Reach:
        from liaison.wire.together import Together

        transport = self._transport(share)
        settings = self.settings
        return Reach(
            settings.graph_base,
            settings.graph_resource,
            manifest_of(settings),
            self._environments,
            transport,
            self._identity[0],
            Together(transport),
            self._horizon,
            self._graph_shelf,
            self._shelves,
        )

    def _ports(self, reach: Reach) -> Ports:
        from liaison.graph.notifications import GraphNotifications
        from liaison.ports import Ports
        from liaison.shipping.shelf import PackageShelf
        from liaison.store.audit import StoredAudit
        from liaison.store.consents import StoredConsents
        from liaison.store.filing_rules import StoredFilingRules
        from liaison.store.joining import StoredJoinRequests
        from liaison.store.labellers import StoredLabellers
        from liaison.store.listenings import StoredListenings
        from liaison.store.mendings import StoredMendings
        from liaison.store.notices import StoredNotices
        from liaison.store.proposals import StoredProposals
        from liaison.store.sights import StoredSights
        from liaison.store.templates import StoredTemplates
        from liaison.store.watches import StoredWatches

        return Ports(
            environments=self._environments,
            crm=reach.crm,
            teamwork=reach.teamwork,
            files=reach.files,
            people=reach.people,
            app_catalogue=reach.app_catalogue,
            messages=reach.messages,
            notifications=GraphNotifications(),
            group_labels=reach.group_labels,
            partners=reach.partners,
            packages=PackageShelf(issuer_of(self.settings), self.texts),
            sign_in=self._identity[1],
            links=self._links,
            audit=StoredAudit(self.database, self.clock),
            sessions=self._sessions,
            consents=StoredConsents(self.database),
            mendings=StoredMendings(self.database),
            watches=StoredWatches(self.database),
            templates=StoredTemplates(self.database, self.clock),
            join_requests=StoredJoinRequests(self.database),
            filing_rules=StoredFilingRules(self.database),
            listenings=StoredListenings(self.database, self.keys),
            notices=StoredNotices(self.database),
            labellers=StoredLabellers(self.database),
            sights=StoredSights(self.database),
            proposals=StoredProposals(self.database),
            calls=self._calls,
            steps=self.handover,
            wording=self.texts,
            clock=self.clock,
            public_address=self.settings.public_address,
            upload_limit_bytes=self.settings.upload_limit_bytes,
        )


def _open_database(settings: Settings) -> Database:
    """The store, its schema brought up to date. Raises CannotOpen."""
    from liaison.errors import StoreUnavailable
    from liaison.store.database import open_database
    from liaison.store.schema import DatabaseNewer

    try:
        return open_database(settings.resolved_database_url)
    except StoreUnavailable as cause:
        raise CannotOpen(cause.service_code) from cause
    except (DatabaseNewer, OSError) as cause:
        raise CannotOpen(str(cause)) from cause


def _allowed_hosts(settings: Settings) -> dict[str, Any]:
    """Which hosts each kind of call may reach. The local tenant takes uploads at its own address."""
    from liaison.wire.hosts import AllowedHosts

    graph = frozenset({settings.graph_base})
    files = AllowedHosts(graph) if settings.local_tenant else AllowedHosts(suffixes=UPLOAD_SUFFIXES)
    return {
        "entra": AllowedHosts(frozenset({settings.login_base})),
        "graph": AllowedHosts(graph),
        "dataverse": AllowedHosts(frozenset(place.address for place in settings.environments)),
        "upload": files,
        "monitor": files,
    }


def build_ports(settings: Settings) -> Ports:
    """The ports of a process without doors: its work is left to the workers."""
    return Installation(settings).ports


def build_worker(settings: Settings) -> Worker:
    return Installation(settings).worker


def build_application(installation: Installation) -> ASGIApp:
    """The web door with the API mounted inside it. Raises NotSetUp."""
    from liaison.web.app import build_web
    from liaison.web.options import WebOptions
    from liaison.web.shipped import AssetsMissing

    settings = installation.settings
    options = WebOptions(
        secure_cookies=settings.secure_cookies,
        tenant_banner=settings.local_tenant,
        teams_origins=settings.teams_origins,
        teams_address=settings.teams_address,
        version=version("liaison"),
        pane_origins=(*(_origin(place.address) for place in settings.environments), *settings.pane_origins),
    )
    try:
        web = build_web(installation.ports, installation.texts, options, installation.closing)
    except AssetsMissing as cause:
        raise NotSetUp(str(cause)) from cause
    web.mount(API_PREFIX, _LateApi(installation))
    return web


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


class _LateApi:
    """The API, imported and built when it is first asked for: pages need not wait for it."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._building = asyncio.Lock()
        self._api: ASGIApp | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async with self._building:
            if self._api is None:
                self._api = await asyncio.to_thread(self._build)
        await self._api(scope, receive, send)

    def _build(self) -> ASGIApp:
        from liaison.api.app import build_api

        return build_api(self._installation.ports, self._installation.texts)


def manifest_of(settings: Settings) -> str:
    """The id of Liaison's Teams app, which never changes for one installation."""
    from liaison.domain.packages import manifest_id

    return settings.teams_manifest_id or manifest_id(settings.client_id)


def issuer_of(settings: Settings) -> Issuer:
    """This installation as its packages know it."""
    from liaison.domain.packages import Issuer

    address = settings.public_address
    return Issuer(
        address=address,
        client_id=settings.client_id,
        manifest=manifest_of(settings),
        publisher=settings.publisher_name,
        privacy_address=settings.privacy_address or f"{address}/help/privacy",
        terms_address=settings.terms_address or f"{address}/help/terms",
        is_local=settings.local_tenant,
    )


def build_teams_package(settings: Settings, newer_than: str = "") -> Package:
    """The package of the Teams app, without a running server. Raises AddressNotHttps, SettingInvalid."""
    from liaison.shipping.shelf import PackageShelf
    from liaison.text.lookup import load_texts

    if not settings.client_id:
        raise SettingInvalid("client_id", "client_id")
    return PackageShelf(issuer_of(settings), load_texts("packages")).teams(newer_than)


def check_teams_package(content: bytes) -> tuple[Fault, ...]:
    """Everything that is wrong with a package of a Teams app."""
    from liaison.shipping.teams_check import check_teams_package as check

    return check(content)


def rotate_keys(settings: Settings) -> int:
    """Seal every parked token with a new key and drop the old ones; how many tokens there were.

    Sign-ins under way at this moment must be begun again; running processes must be started again.
    """
    from liaison.store.database import open_database
    from liaison.store.keys import add_key, drop_old_keys
    from liaison.store.listenings import reseal_listenings
    from liaison.store.parked_tokens import reseal_tokens

    database = open_database(settings.resolved_database_url)
    try:
        keys = add_key(settings.secrets_file)
        count = reseal_tokens(database, keys)
        reseal_listenings(database, keys)
    finally:
        database.close()
    drop_old_keys(settings.secrets_file)
    return count


async def serve_local_tenant(
    data: Path,
    *,
    host: str = "127.0.0.1",
    ports: Sequence[int] = (8301, 8302, 8303, 8304),
    scale: int = 0,
    seed: int | None = None,
    now: datetime | None = None,
    liaison: str | None = None,
    ready: Callable[[dict[str, Any]], None] = lambda _: None,
    stop: asyncio.Event | None = None,
) -> None:
    """Serve the local tenant alone; `ready` receives what it tells about itself. Raises BindRefused, PortTaken."""
    from liaison.tenant.serve import serve_tenant

    await serve_tenant(
        data,
        host=host,
        ports=ports,
        scale=scale,
        seed=seed,
        now=now,
        liaison=liaison,
        on_ready=lambda it: ready(it.introduction),
        stop=stop,
    )


def export_local_tenant(data: Path, target: Path) -> None:
    """Write the local tenant kept in `data` to one file. Raises OSError."""
    from liaison.tenant.keeping import export_tenant

    export_tenant(data, target)


def import_local_tenant(data: Path, source: Path) -> None:
    """Let the local tenant kept in `data` become that of a file. Raises OSError, and ValueError for a bad file."""
    from liaison.tenant.keeping import import_tenant

    import_tenant(data, source)


def prepare_product(data_folder: Path) -> None:
    """Import what pages need and make the embedded store, for a process that has something else to wait for.

    Raises CannotOpen.
    """
    rooms = {
        "dataverse": ("crm",),
        "entra": ("sign_in",),
        "graph": ("catalogue", "files", "messages", "notifications", "people", "teamwork"),
        "operations": ("runs",),
        "shipping": ("shelf",),
        "store": (
            "audit",
            "calls",
            "consents",
            "filing_rules",
            "joining",
            "links",
            "listenings",
            "mendings",
            "notices",
            "parked_tokens",
            "proposals",
            "sessions",
            "templates",
            "sights",
            "watches",
        ),
        "web": ("app",),
    }
    for room, modules in rooms.items():
        for module in modules:
            import_module(f"liaison.{room}.{module}")
    from liaison.text.lookup import load_texts

    load_texts()
    _open_database(Settings(data_folder=data_folder)).close()
