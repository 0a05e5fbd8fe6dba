"""Limits at the published rates, kept while the switch `graph.throttle` is on; time is the tenant's clock.

Requests that are refused count as well. Source: Graph v1.0, concepts/throttling-limits.md; graph.md section 11
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from liaison.tenant.estate import Estate
from liaison.tenant.estate.switches import get_switch
from liaison.tenant.graph.errors import Backend, throttled
from liaison.tenant.graph.table import Operation

_MOST_WINDOWS = 20_000


@dataclass(frozen=True)
class Limit:
    """So many units in a window for everything under one key."""

    key: str
    units: int
    window_s: float


# Requests per second for an app in a tenant, by method and address; the first that fits counts.
_TEAMS_RATES: tuple[tuple[str, str, int], ...] = (
    ("GET", "teams/{team}/channels", 60),
    ("GET", "teams/{team}/channels/{channel}/members", 60),
    ("GET", "teams/{team}/members", 60),
    ("GET", "teams/{team}/channels/{channel}/messages", 20),
    ("GET", "teams/{team}/channels/{channel}/messages/{message}", 20),
    ("POST", "teams/{team}/channels/{channel}/messages", 50),
    ("POST", "teams/{team}/sendActivityNotification", 5),
    ("POST", "teams", 10),
    ("PUT", "groups/{group}/team", 6),
    ("DELETE", "teams/{team}/channels/{channel}", 15),
    ("DELETE", "teams/{team}/channels/{channel}/tabs/{tab}", 15),
    ("DELETE", "teams/{team}/installedApps/{installation}", 15),
)
_USUAL_TEAMS_RATE = 30
_TEAM_RATE = 4
_CHANNEL_RATE = 1
_MEMBER_ADDS_PER_MINUTE = 4
_MEMBER_ADDS = ("teams/{team}/members", "teams/{team}/members/add")
_DIRECTORY_UNITS = 3500
_DIRECTORY_WINDOW_S = 10.0
# Units by the end of the address.
_DIRECTORY_COSTS = {
    "users": 2,
    "/members": 3,
    "/transitiveMembers": 5,
    "/licenseDetails": 2,
    "subscribedSkus": 3,
    "/memberOf": 2,
}
_FILES_UNITS = 1250
_FILES_WINDOW_S = 60.0
# From this share of the quota on, answers tell how much is left.
_TELLING_SHARE = 0.8


class Throttle:
    """Counts what each key has used in its present window."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        self._windows: dict[str, tuple[float, int]] = {}
        self._refusals = 0

    def admit(
        self, operation: Operation, params: Mapping[str, str], options: Mapping[str, str], app_id: str
    ) -> dict[str, str]:
        """Count a request and return the headers that tell about it; raises 429, or 503 from files, when it is one
        too many."""
        cost = cost_of(operation, options)
        headers = {"x-ms-resource-unit": str(cost)} if operation.backend is Backend.DIRECTORY else {}
        if not get_switch(self._estate, "graph.throttle", False):
            # Whoever turns the limits on begins with full quotas.
            self._windows.clear()
            return headers
        if operation.backend is Backend.FILES:
            limit = Limit(f"files {app_id}", _FILES_UNITS, _FILES_WINDOW_S)
            return headers | _rate_headers(limit, *self._use(limit, cost, refuse_with_503=True))
        if operation.backend is Backend.DIRECTORY:
            limit = Limit(f"directory {app_id}", _DIRECTORY_UNITS, _DIRECTORY_WINDOW_S)
            used, _ = self._use(limit, cost)
            share = used / limit.units
            return headers | ({"x-ms-throttle-limit-percentage": f"{share:.1f}"} if share >= _TELLING_SHARE else {})
        for limit in _teams_limits(operation, params, app_id):
            self._use(limit, 1)
        return headers

    def _use(self, limit: Limit, cost: int, *, refuse_with_503: bool = False) -> tuple[int, float]:
        """Units used in the window so far, and the seconds until it ends."""
        now = self._estate.clock.seconds()
        if len(self._windows) > _MOST_WINDOWS:
            self._windows.clear()
        start = math.floor(now / limit.window_s) * limit.window_s
        began, used = self._windows.get(limit.key, (start, 0))
        used = cost + (used if began == start else 0)
        self._windows[limit.key] = (start, used)
        left_s = start + limit.window_s - now
        if used > limit.units:
            # Files refuse with either status; both occur, so both are met here in turn.
            self._refusals += 1
            raise throttled(max(1, math.ceil(left_s)), 503 if refuse_with_503 and self._refusals % 2 == 0 else 429)
        return used, left_s


def cost_of(operation: Operation, options: Mapping[str, str]) -> int:
    """The resource units of a request. Source: Graph v1.0, concepts/throttling-limits.md (identity and SharePoint)"""
    if operation.backend is Backend.FILES:
        if "permissions" in operation.pattern:
            return 5
        is_light = operation.method == "GET" and (
            "token" in options or not operation.pattern.endswith(("children", "delta()"))
        )
        return 1 if is_light else 2
    if operation.method != "GET":
        return 1
    cost = next(
        (
            units
            for end, units in _DIRECTORY_COSTS.items()
            if operation.pattern == end or (end[0] == "/" and operation.pattern.endswith(end))
        ),
        1,
    )
    cost += ("expand" in options) - ("select" in options)
    top = options.get("top", "")
    return max(1, cost - (top.isdigit() and int(top) < 20))


def _teams_limits(operation: Operation, params: Mapping[str, str], app_id: str) -> list[Limit]:
    kind = f"{operation.method} {operation.pattern}"
    rate = next((rate for method, pattern, rate in _TEAMS_RATES if kind == f"{method} {pattern}"), _USUAL_TEAMS_RATE)
    limits = [Limit(f"class {app_id} {kind}", rate, 1.0)]
    team = params.get("team") or params.get("group")
    if team:
        limits.append(Limit(f"team {app_id} {team}", _TEAM_RATE, 1.0))
    if "channel" in params:
        limits.append(Limit(f"channel {app_id} {params['channel']}", _CHANNEL_RATE, 1.0))
    if operation.method == "POST" and operation.pattern in _MEMBER_ADDS:
        limits.append(Limit(f"adds {team}", _MEMBER_ADDS_PER_MINUTE, 60.0))
    return limits


def _rate_headers(limit: Limit, used: int, left_s: float) -> dict[str, str]:
    if used < limit.units * _TELLING_SHARE:
        return {}
    return {
        "RateLimit-Limit": str(limit.units),
        "RateLimit-Remaining": str(limit.units - used),
        "RateLimit-Reset": str(math.ceil(left_s)),
    }
