"""How fast each class of call may go: requests a second for one app in one tenant.

Source: graph.md sections 11.1 and 11.3.
"""

from __future__ import annotations

from liaison.domain.limits import MEMBERS_ADDED_PER_MINUTE
from liaison.wire.messages import Pace

PER_TEAM = 4.0

_DIRECTORY = ("/me", "/users", "/groups", "/groupSettings", "/directory", "/security")
_MEMBERS = "/teams/{team}/members"
_CHANNEL = "/teams/{team}/channels"


def pace_of(method: str, path: str, team: str) -> Pace:
    """The pace of a call by its method and address template; `team` is empty for calls about no team."""
    if method == "POST" and path in (_MEMBERS, f"{_MEMBERS}/add"):
        return Pace(f"graph members {team}", MEMBERS_ADDED_PER_MINUTE.most, 60.0, waited_for=False)
    name, most = _class_of(method, path)
    return Pace(f"graph {name}", most, thing=f"team {team}" if team else "", most_about_thing=PER_TEAM)


def _class_of(method: str, path: str) -> tuple[str, float]:
    if path.startswith(("/drives", "/shares")):
        return "files", 20.0
    if method == "PUT" and path == "/groups/{team}/team":
        return "team on group", 6.0
    if method == "POST" and path == "/teams":
        return "new team", 10.0
    if path.startswith(_DIRECTORY) and not path.startswith("/me/joinedTeams"):
        return "directory", 100.0
    if method == "DELETE":
        return "team delete", 15.0
    if method != "GET":
        return "team write", 30.0
    return ("channel list", 60.0) if path == _CHANNEL else ("team read", 30.0)
