"""Microsoft's Graph client for Python: its batch builder, which sends absolute addresses."""

from __future__ import annotations

import json
from typing import Any

import pytest

pytest.importorskip("deprecated", reason="msgraph-core's batch classes import the package Deprecated, undeclared")

from msgraph.generated.models.channel import Channel
from msgraph_core.requests.batch_request_builder import BatchRequestBuilder
from msgraph_core.requests.batch_request_content import BatchRequestContent
from msgraph_core.requests.batch_request_content_collection import BatchRequestContentCollection
from msgraph_core.requests.batch_request_item import BatchRequestItem

from tests.local_tenant import LocalTenant
from tests.sdk.graph_judge import Judge
from tests.tenant.graph_client import VENTES

pytestmark = pytest.mark.anyio


async def test_requests_of_many_kinds_are_answered_in_one(claire: Judge, tenant: LocalTenant) -> None:
    graph = claire.graph
    team = graph.teams.by_team_id(VENTES)
    reading = BatchRequestItem(_resolved(team.to_get_request_information(), tenant), id="team")
    making = BatchRequestItem(
        _resolved(team.channels.to_post_request_information(Channel(display_name="Par lot")), tenant),
        id="channel",
        depends_on=[reading],
    )
    missing = BatchRequestItem(_resolved(graph.teams.by_team_id("x").to_get_request_information(), tenant), id="none")
    me = BatchRequestItem(_resolved(graph.me.to_get_request_information(), tenant), id="me")
    content = BatchRequestContent({one.id: one for one in (reading, making, missing, me)})
    answered = await BatchRequestBuilder(graph.request_adapter).post(content)
    assert answered.get_response_status_codes() == {"team": 200, "channel": 201, "none": 404, "me": 200}
    bodies = {one["id"]: one["body"] for one in claire.last.json["responses"]}
    assert (bodies["me"]["displayName"], bodies["channel"]["displayName"]) == ("Claire Fontaine", "Par lot")
    assert bodies["none"]["error"]["code"] == "NotFound"


async def test_more_than_twenty_requests_go_in_several_batches(claire: Judge, tenant: LocalTenant) -> None:
    collection = BatchRequestContentCollection()
    for _ in range(23):
        collection.add_batch_request_item(
            BatchRequestItem(_resolved(claire.graph.me.to_get_request_information(), tenant))
        )
    answered = await BatchRequestBuilder(claire.graph.request_adapter).post(collection)
    statuses = [status for one in answered.get_responses() for status in one.get_response_status_codes().values()]
    assert statuses == [200] * 23
    assert [len(json.loads(one.body)["responses"]) for one in claire.transport.exchanges] == [20, 3]


def _resolved(information: Any, tenant: LocalTenant) -> Any:
    """A request with its base address, which the adapter would set just before sending."""
    information.path_parameters["baseurl"] = f"{tenant.https}/v1.0"
    return information
