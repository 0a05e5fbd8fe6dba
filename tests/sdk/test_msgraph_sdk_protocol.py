"""Microsoft's Graph client for Python: errors, retries, redirects, paging, counting and claims, unmodified."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

import pytest
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.headers_collection import HeadersCollection
from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation
from msgraph.generated.models.channel import Channel
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.user import User
from msgraph_core.tasks.page_iterator import PageIterator

from tests.local_tenant import LocalTenant
from tests.sdk.graph_judge import Judge, as_application, as_person, folder_of, query
from tests.tenant.graph_client import VENTES

pytestmark = pytest.mark.anyio

EVENTUAL = {"ConsistencyLevel": "eventual"}
NOBODY = "47000000-0000-0000-0000-000000000001"


@pytest.mark.parametrize(
    ("asking", "status", "code"),
    [
        (lambda graph: graph.teams.by_team_id(NOBODY).get(), 404, "NotFound"),
        (lambda graph: graph.groups.by_group_id(NOBODY).get(), 404, "Request_ResourceNotFound"),
        (lambda graph: graph.drives.by_drive_id("b!nope").root.get(), 404, "itemNotFound"),
        (lambda graph: graph.teams.by_team_id(VENTES).channels.by_channel_id("x").get(), 400, "InvalidRequest"),
        (lambda graph: graph.teams.by_team_id(VENTES).channels.post(Channel(display_name="a#b")), 400, "BadRequest"),
        (lambda graph: graph.me.calendar.get(), 501, "NotImplemented"),
    ],
)
async def test_errors_become_typed_exceptions(claire: Judge, asking: Any, status: int, code: str) -> None:
    with pytest.raises(ODataError) as raised:
        await asking(claire.graph)
    error = raised.value
    assert (error.response_status_code, error.error.code) == (status, code)
    assert (error.error.message, error.primary_message) == (error.error.message, error.error.message)
    inner = error.error.inner_error
    assert inner.request_id == claire.last.got["request-id"] == error.response_headers["request-id"]
    assert inner.client_request_id == claire.last.got["client-request-id"]
    assert (inner.date is not None, inner.additional_data) == (True, {})


async def test_a_missing_permission_is_refused_in_the_words_of_each_service(tenant: LocalTenant) -> None:
    async with as_application(tenant, "Team.ReadBasic.All") as app:
        refused: list[tuple[int, str]] = []
        for asking in (
            app.graph.teams.by_team_id(VENTES).members.get(),
            app.graph.groups.get(),
            app.graph.groups.by_group_id(VENTES).drive.get(),
            app.graph.me.get(),
        ):
            with pytest.raises(ODataError) as raised:
                await asking
            refused.append((raised.value.response_status_code, raised.value.error.code))
        assert (await app(app.graph.teams.by_team_id(VENTES).get())).id == VENTES
    assert refused == [
        (403, "Forbidden"),
        (403, "Authorization_RequestDenied"),
        (403, "accessDenied"),
        (400, "BadRequest"),
    ]


@pytest.mark.parametrize("status", [429, 503, 504])
async def test_the_retry_handler_waits_as_told_and_tries_again(claire: Judge, tenant: LocalTenant, status: int) -> None:
    rule = {"method": "GET", "path": "/v1.0/teams/*", "nth": 1, "times": 1, "phase": "before",
            "action": {"status": status, "headers": {"Retry-After": "1"}, "code": "TooManyRequests"}}  # fmt: skip
    tenant.fault(rule)
    began = time.monotonic()
    team = await claire(claire.graph.teams.by_team_id(VENTES).get())
    assert (team.id, time.monotonic() - began >= 1) == (VENTES, True)
    first, second = claire.transport.exchanges
    assert (first.status, first.got["retry-after"], second.status) == (status, "1", 200)
    assert second.sent["retry-attempt"] == "1"


async def test_throttled_writes_are_repeated_once_and_take_effect_once(claire: Judge, tenant: LocalTenant) -> None:
    rule = {"method": "POST", "path": "/v1.0/teams/*/channels", "nth": 1, "times": 1, "phase": "before",
            "action": {"status": 429, "headers": {"Retry-After": "1"}, "code": "TooManyRequests"}}  # fmt: skip
    tenant.fault(rule)
    channels = claire.graph.teams.by_team_id(VENTES).channels
    await claire(channels.post(Channel(display_name="Une fois")))
    found = await claire(channels.get(query(channels, filter="displayName eq 'Une fois'")))
    assert (len(found.value), [one.status for one in claire.transport.exchanges]) == (1, [429, 201, 200])


async def test_a_claims_challenge_is_answered_with_a_new_token_once(claire: Judge, tenant: LocalTenant) -> None:
    challenge = (
        'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", '
        'error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOnsibmJmIjp7ImVzc2VudGlhbCI6dHJ1ZX19fQ=="'
    )
    rule = {"method": "GET", "path": "/v1.0/teams/*", "nth": 1, "times": 1, "phase": "before",
            "action": {"status": 401, "headers": {"WWW-Authenticate": challenge},
                       "code": "InvalidAuthenticationToken"}}  # fmt: skip
    tenant.fault(rule)
    assert (await claire(claire.graph.teams.by_team_id(VENTES).get())).id == VENTES
    assert [one.status for one in claire.transport.exchanges] == [401, 200]
    assert [asked["claims"] for asked in claire.credential.asked] == [
        None,
        '{"access_token":{"nbf":{"essential":true}}}',
    ]


async def test_the_page_iterator_follows_next_links_to_the_end(claire: Judge) -> None:
    graph = claire.graph
    first = await claire(graph.users.get(query(graph.users, top=5, select=["id", "displayName"])))
    seen: list[str] = []

    def take(user: User) -> bool:
        seen.append(user.display_name)
        return True

    iterator = PageIterator(first, graph.request_adapter)
    await iterator.iterate(take)
    assert (len(seen), len(set(seen)), seen[0]) == (14, 14, "Anaïs Girard")
    assert [len(one.json["value"]) for one in claire.transport.exchanges] == [5, 5, 4]
    drive_id, _ = await folder_of(graph)
    children = graph.drives.by_drive_id(drive_id).items.by_drive_item_id("root").children
    page = await claire(children.get(query(children, top=1, select=["name"])))
    names: list[str] = []
    await PageIterator(page, graph.request_adapter).iterate(lambda item: names.append(item.name) or len(names) < 3)
    assert names == ["General", "Grands comptes", "Prévisions"]


async def test_the_page_iterator_keeps_its_headers(claire: Judge) -> None:
    graph = claire.graph
    wanted = query(
        graph.users, headers=EVENTUAL, top=4, count=True, filter="endswith(mail,'@contoso.com')",
        orderby=["displayName desc"], select=["displayName"],
    )  # fmt: skip
    iterator = PageIterator(await claire(graph.users.get(wanted)), graph.request_adapter)
    iterator.headers = HeadersCollection()
    iterator.headers.add("ConsistencyLevel", "eventual")
    names: list[str] = []
    await iterator.iterate(lambda user: names.append(user.display_name) or True)
    assert names == sorted(names, reverse=True)
    assert len(names) == len(set(names)) >= 13


async def test_counts_come_as_text(claire: Judge) -> None:
    graph = claire.graph
    assert await graph.users.count.get(query(graph.users.count, headers=EVENTUAL)) == 14
    assert claire.last.got["content-type"].startswith("text/plain")
    with pytest.raises(ODataError) as refusal:
        await graph.users.count.get()
    assert (refusal.value.response_status_code, refusal.value.error.code) == (400, "Request_BadRequest")


async def test_a_raw_request_through_the_adapter_gets_its_ids_echoed(claire: Judge) -> None:
    information = RequestInformation()
    information.http_method, information.url = Method.GET, f"{claire.graph.request_adapter.base_url}/me"
    information.headers.add("client-request-id", NOBODY)
    content = await claire.graph.request_adapter.send_primitive_async(information, "bytes", {})
    assert b"Claire Fontaine" in content
    assert claire.last.got["client-request-id"] == NOBODY
    assert UUID(claire.last.got["request-id"])


async def test_control_information_may_be_declined(claire: Judge) -> None:
    configuration: RequestConfiguration[Any] = RequestConfiguration()
    configuration.headers.try_add("Accept", "application/json;odata.metadata=none")
    me = await claire(claire.graph.me.get(configuration))
    assert (me.display_name, me.additional_data) == ("Claire Fontaine", {})


async def test_many_people_ask_at_once(tenant: LocalTenant) -> None:
    import anyio

    names: list[str] = []

    async def ask(given: str) -> None:
        async with as_person(tenant, given) as judge:
            names.append((await judge(judge.graph.me.get())).given_name)

    async with anyio.create_task_group() as group:
        for given in ("Claire", "Oliver", "Nadia", "Priya"):
            group.start_soon(ask, given)
    assert sorted(names) == ["Claire", "Nadia", "Oliver", "Priya"]
