"""Microsoft Search through the Graph client for Python, unmodified."""

from __future__ import annotations

import pytest
from msgraph.generated.models.drive_item import DriveItem
from msgraph.generated.models.entity_type import EntityType
from msgraph.generated.models.list_item import ListItem
from msgraph.generated.models.search_query import SearchQuery
from msgraph.generated.models.search_request import SearchRequest
from msgraph.generated.models.site import Site
from msgraph.generated.search.query.query_post_request_body import QueryPostRequestBody

from tests.sdk.graph_judge import Judge

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("kind", "text", "model"),
    [
        (EntityType.DriveItem, "isDocument:true", DriveItem),
        (EntityType.ListItem, "isDocument:true", ListItem),
        (EntityType.Site, "ventes", Site),
    ],
)
async def test_hits_are_read_as_what_they_are(claire: Judge, kind: EntityType, text: str, model: type) -> None:
    request = SearchRequest(entity_types=[kind], query=SearchQuery(query_string=text), size=5)
    answer = await claire(claire.graph.search.query.post(QueryPostRequestBody(requests=[request])))
    container = answer.value[0].hits_containers[0]
    assert container.total >= len(container.hits) > 0
    assert {type(hit.resource) for hit in container.hits} == {model}
    assert [hit.rank for hit in container.hits] == list(range(1, len(container.hits) + 1))
