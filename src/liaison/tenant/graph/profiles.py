"""Pictures of people, groups and teams, and presence. Nobody here has a picture.

Source: Graph v1.0, api/profilephoto-get.md, api/team-get-photo.md, api/presence-get.md
"""

from __future__ import annotations

from liaison.tenant.estate.people import User, find_user
from liaison.tenant.graph.access import asked_group, asked_user, team_as_member
from liaison.tenant.graph.errors import Backend, GraphError, bad_request
from liaison.tenant.graph.permissions import GROUP_READ, PHOTO_READ, PRESENCE_READ, PRESENCES_READ, TEAM_READ
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import Answer, Json
from liaison.tenant.graph.shapes import collection, entity
from liaison.tenant.graph.table import below, operations

_SIZES = frozenset(f"{side}x{side}" for side in (48, 64, 96, 120, 240, 360, 432, 504, 648))
_PRESENCES_AT_ONCE = 650


def read_photo(ask: Ask) -> Answer:
    """`GET …/photo`, `…/photo/$value`, `…/photos/{size}/$value`: 404 for people without a picture."""
    asked_user(ask)
    size = ask.params.get("size")
    if size is not None and size.lower() not in _SIZES:
        raise bad_request(Backend.DIRECTORY, f"The photo size '{size}' is not supported.")
    raise _no_picture()


def read_group_photo(ask: Ask) -> Answer:
    """`GET /groups/{group}/photo`, `…/photo/$value`: 404 for a group without a picture."""
    asked_group(ask)
    raise _no_picture()


def read_team_photo(ask: Ask) -> Answer:
    """`GET /teams/{team}/photo`, `…/photo/$value`: as of its group. Source: Graph v1.0, api/team-get-photo.md"""
    team_as_member(ask)
    raise _no_picture()


def _no_picture() -> GraphError:
    return GraphError(
        404,
        "ImageNotFound",
        "Exception of type 'Microsoft.Fast.Profile.Core.Exception.ImageNotFoundException' was thrown.",
    )


def read_presence(ask: Ask) -> Answer:
    """`GET /me/presence`, `/users/{user}/presence`."""
    user = asked_user(ask)
    return Answer(body=entity(ask.context(f"users('{user.id}')/presence/$entity"), _presence(user)))


def list_presences(ask: Ask) -> Answer:
    """`POST /communications/getPresencesByUserId`: up to 650 people at once."""
    ids = ask.json().texts("ids")
    if not 1 <= len(ids) <= _PRESENCES_AT_ONCE:
        raise bad_request(Backend.TEAMS, f"Between 1 and {_PRESENCES_AT_ONCE} ids are expected.")
    found = (find_user(ask.estate, user_id) for user_id in ids)
    values = [_presence(user) for user in found if user is not None]
    return Answer(body=collection(ask.context("Collection(microsoft.graph.presence)"), values))


def _presence(user: User) -> Json:
    state = "Available" if user.account_enabled else "Offline"
    return {"id": user.id, "availability": state, "activity": state, "statusMessage": None}


_PHOTOS = (
    ("GET", "/photo", read_photo, PHOTO_READ),
    ("GET", "/photo/$value", read_photo, PHOTO_READ),
    ("GET", "/photos/{size}", read_photo, PHOTO_READ),
    ("GET", "/photos/{size}/$value", read_photo, PHOTO_READ),
)
OPERATIONS = (
    *operations(Backend.DIRECTORY, *below(("me", "users/{user}"), *_PHOTOS)),
    *operations(
        Backend.DIRECTORY,
        ("GET", "groups/{group}/photo", read_group_photo, GROUP_READ),
        ("GET", "groups/{group}/photo/$value", read_group_photo, GROUP_READ),
    ),
    *operations(
        Backend.TEAMS,
        ("GET", "teams/{team}/photo", read_team_photo, TEAM_READ),
        ("GET", "teams/{team}/photo/$value", read_team_photo, TEAM_READ),
        ("GET", "me/presence", read_presence, PRESENCE_READ),
        ("GET", "users/{user}/presence", read_presence, PRESENCES_READ),
        ("POST", "communications/getPresencesByUserId", list_presences, PRESENCES_READ),
        ("POST", "communications/graph.getPresencesByUserId", list_presences, PRESENCES_READ),
    ),
)
