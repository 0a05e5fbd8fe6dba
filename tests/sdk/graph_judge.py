"""Microsoft's Graph client for Python against the local tenant, and the judge of what it made of each answer."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx
from azure.core.credentials import AccessToken
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.models.aad_user_conversation_member import AadUserConversationMember
from msgraph.graph_request_adapter import options
from msgraph_core import GraphClientFactory

from liaison.tenant.estate.callers import TokenAsk, issue_access_token
from liaison.tenant.seeds.company import APPLICATION_APP_ID
from tests.local_tenant import LocalTenant
from tests.sdk.models_of_answers import misplaced
from tests.tenant.graph_client import EVERYTHING, VENTES

Model = TypeVar("Model")

ON_EVERY_ANSWER = {"request-id", "client-request-id", "date", "x-ms-ags-diagnostic", "odata-version"}
"""Source: graph.md section 15, number 2"""


class FixedToken:
    """A credential that always has the same token, and counts how often it was asked."""

    def __init__(self, token: str) -> None:
        self._token = token
        self.asked: list[dict[str, Any]] = []

    async def get_token(self, *_scopes: str, **more: Any) -> AccessToken:
        self.asked.append(more)
        return AccessToken(self._token, 4_102_444_800)

    async def close(self) -> None:
        return None


@dataclass(frozen=True)
class Exchange:
    """One request as it left the client's middleware, and its answer."""

    method: str
    url: str
    sent: httpx.Headers
    status: int
    got: httpx.Headers
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Recorder(httpx.AsyncBaseTransport):
    """The transport below all middleware: it sees every attempt and every redirect."""

    inner: httpx.AsyncHTTPTransport
    exchanges: list[Exchange] = field(default_factory=list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self.inner.handle_async_request(request)
        body = await answer.aread()
        self.exchanges.append(
            Exchange(request.method, str(request.url), request.headers, answer.status_code, answer.headers, body)
        )
        return answer

    async def aclose(self) -> None:
        await self.inner.aclose()


@dataclass
class Judge:
    """A client of one person or application. Calling the judge with a question checks the answer's types."""

    graph: GraphServiceClient
    credential: FixedToken
    transport: Recorder

    async def __call__(self, question: Awaitable[Model | None]) -> Model:
        """The answer to a question, when every property of it has the place and type that the model declares."""
        answer = await question
        last = self.transport.exchanges[-1]
        assert answer is not None, f"{last.method} {last.url} answered {last.status} without a body"
        assert ON_EVERY_ANSWER - set(last.got) == set()
        found = misplaced(last.json, answer)
        assert not found, f"{last.method} {last.url}: {found}"
        return answer

    @property
    def last(self) -> Exchange:
        return self.transport.exchanges[-1]


@asynccontextmanager
async def judging(tenant: LocalTenant, token: str) -> AsyncIterator[Judge]:
    """The client as its documentation builds it, against another host."""
    credential = FixedToken(token)
    provider = AzureIdentityAuthenticationProvider(
        credential,  # type: ignore[arg-type]
        scopes=["https://graph.microsoft.com/.default"],
        allowed_hosts=[],
    )
    transport = Recorder(httpx.AsyncHTTPTransport(verify=tenant.tls))
    async with httpx.AsyncClient(transport=transport, timeout=30) as plain:
        http = GraphClientFactory.create_with_default_middleware(client=plain, options=options)
        adapter = GraphRequestAdapter(provider, http)
        adapter.base_url = f"{tenant.https}/v1.0"
        yield Judge(GraphServiceClient(request_adapter=adapter), credential, transport)


def as_person(tenant: LocalTenant, given: str, scopes: str = EVERYTHING) -> Any:
    """The client as a person uses it."""
    return judging(tenant, tenant.token(given, scopes))


def as_application(tenant: LocalTenant, roles: str) -> Any:
    """The client as an application uses it that was granted these roles."""
    ask = TokenAsk(app_id=APPLICATION_APP_ID, audience="https://graph.microsoft.com", roles=frozenset(roles.split()))
    return judging(tenant, tenant.ask(lambda estate: issue_access_token(estate, ask).text))


def query(builder: Any, *, headers: dict[str, str] | None = None, **parameters: Any) -> Any:
    """A request configuration with the query parameters of a builder's own class for them.

    The generated classes are found by name, so that a test needs one import instead of two for each operation.
    """
    kind = type(builder)
    made = getattr(kind, f"{kind.__name__}GetQueryParameters")(**parameters) if parameters else None
    configuration: RequestConfiguration[Any] = RequestConfiguration(query_parameters=made)
    for name, value in (headers or {}).items():
        configuration.headers.add(name, value)
    return configuration


def member_of(tenant: LocalTenant, given: str, *roles: str) -> AadUserConversationMember:
    """A person as a member to be added."""
    address = f"https://graph.microsoft.com/v1.0/users('{tenant.person(given).id}')"
    return AadUserConversationMember(
        odata_type="#microsoft.graph.aadUserConversationMember",
        roles=list(roles),
        additional_data={"user@odata.bind": address},
    )


async def general(graph: GraphServiceClient, team: str = VENTES) -> str:
    """The id of a team's primary channel."""
    primary = await graph.teams.by_team_id(team).primary_channel.get()
    assert primary is not None
    assert primary.id is not None
    return primary.id


async def folder_of(graph: GraphServiceClient, team: str = VENTES) -> tuple[str, str]:
    """Drive and folder of a team's primary channel."""
    folder = await graph.teams.by_team_id(team).channels.by_channel_id(await general(graph, team)).files_folder.get()
    assert folder is not None
    assert folder.parent_reference is not None
    return str(folder.parent_reference.drive_id), str(folder.id)
