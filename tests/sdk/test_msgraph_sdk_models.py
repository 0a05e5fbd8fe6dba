"""The judge of typed answers can fail: each way in which a model loses something is found."""

from __future__ import annotations

from typing import Any

import pytest
from kiota_serialization_json.json_parse_node import JsonParseNode
from msgraph.generated.models.channel import Channel
from msgraph.generated.models.conversation_member_collection_response import ConversationMemberCollectionResponse
from msgraph.generated.models.drive_item import DriveItem
from msgraph.generated.models.license_details import LicenseDetails
from msgraph.generated.models.team import Team
from msgraph.generated.models.user import User

from tests.sdk.models_of_answers import misplaced


def read(wire: dict[str, Any], kind: Any) -> Any:
    return JsonParseNode(wire).get_object_value(kind)


@pytest.mark.parametrize(
    ("kind", "wire", "found"),
    [
        (Team, {"surprise": 1}, "Team.surprise: no place in Team"),
        (Team, {"group": {"surprise": 1}}, "Team.group.surprise: no place in Group"),
        (Team, {"visibility": "secret"}, "Team.visibility: 'secret' was lost, TeamVisibilityType is declared"),
        (Team, {"displayName": 7}, "Team.displayName: 7 was lost, str is declared"),
        (Team, {"isArchived": "false"}, "Team.isArchived: 'false' was lost, bool is declared"),
        (Team, {"funSettings": "none"}, "Team.funSettings: 'none' was read as TeamFunSettings"),
        (Team, {"channels": {"id": "1"}}, "Team.channels: {'id': '1'} was read as 0 of list[Channel]"),
        (Team, {"channels": None}, "Team.channels: a collection is never null"),
        (Channel, {"createdDateTime": "today"}, "Channel.createdDateTime: 'today' was lost, datetime.datetime is"),
        (Channel, {"createdDateTime": "2026-03-04T09:12:33"}, "Channel.createdDateTime: '2026-03-04T09:12:33' was"),
        (DriveItem, {"size": "5"}, "DriveItem.size: '5' was lost, int is declared"),
        (User, {"businessPhones": [1]}, "User.businessPhones[0]: 1 was lost, str is declared"),
        (User, {"@odata.type": "#microsoft.graph.group"}, "User: group was read as User"),
    ],
)  # fmt: skip
def test_what_a_model_loses_is_found(kind: Any, wire: dict[str, Any], found: str) -> None:
    assert [one for one in misplaced(wire, read(wire, kind)) if one.startswith(found)] != []


def test_a_member_without_its_type_is_found() -> None:
    wire = {"value": [{"id": "1", "roles": [], "userId": "2"}]}
    assert misplaced(wire, read(wire, ConversationMemberCollectionResponse)) == [
        "ConversationMemberCollectionResponse.value[0].userId: no place in ConversationMember"
    ]


def test_what_is_read_whole_is_passed() -> None:
    team = {
        "@odata.context": "x", "id": "1", "createdDateTime": "2026-03-04T09:12:33.1234567Z", "visibility": "private",
        "isMembershipLimitedToOwners": False, "funSettings": {"allowGiphy": True, "giphyContentRating": "moderate"},
        "channels": [{"id": "19:1@thread.tacv2", "membershipType": "standard", "description": None}],
    }  # fmt: skip
    assert misplaced(team, read(team, Team)) == []
    licence = {"skuId": "06ebc4ee-1bb5-47dd-8120-11324bc54e06", "servicePlans": []}
    assert misplaced(licence, read(licence, LicenseDetails)) == []
