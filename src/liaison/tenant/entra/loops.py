"""Clients that ask for the same tokens over and over, and a tenant that is asked too much.

Source: E:reference-error-codes, AADSTS50196 and AADSTS90055.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Mapping

from liaison.tenant.entra.errors import EntraRefused
from liaison.tenant.estate import Estate
from liaison.tenant.estate.switches import get_switch

_WINDOW_S = 60.0
_USUAL_LIMIT = 250
# Polling repeats itself by design; every code and every assertion serves once.
_REPEATABLE = ("client_credentials", "refresh_token")
_MOST_REMEMBERED = 2000
POLL_INTERVAL_S = 5


class LoopWatch:
    """How often each token request came in the last minute."""

    def __init__(self) -> None:
        self._seen: dict[str, deque[float]] = {}

    def meet(self, estate: Estate, form: Mapping[str, str]) -> None:
        """Note a token request; raises EntraRefused when it came too often, or when the tenant takes no more."""
        if get_switch(estate, "entra.throttle", False):
            raise EntraRefused(90055)
        if get_switch(estate, "entra.unavailable", False):
            raise EntraRefused(90033)
        if "device_code" in form.get("grant_type", "") and get_switch(estate, "entra.device_slow_down", False):
            self._slow_down(estate, form)
        if form.get("grant_type") not in _REPEATABLE:
            return
        moments = self._moments(form)
        now = estate.clock.seconds()
        while moments and not now - _WINDOW_S < moments[0] <= now:
            moments.popleft()
        limit = get_switch(estate, "entra.loop_limit", _USUAL_LIMIT)
        if len(moments) >= limit:
            raise EntraRefused(50196)
        moments.append(now)

    def _slow_down(self, estate: Estate, form: Mapping[str, str]) -> None:
        """A device that asks again before its interval is over waits longer. Source: RFC 8628, section 3.5."""
        moments, now = self._moments(form), estate.clock.seconds()
        hasty = bool(moments) and 0 <= now - moments[-1] < POLL_INTERVAL_S
        moments.clear()
        moments.append(now)
        if hasty:
            raise EntraRefused(70016, error="slow_down")

    def _moments(self, form: Mapping[str, str]) -> deque[float]:
        if len(self._seen) > _MOST_REMEMBERED:
            self._seen.clear()
        key = hashlib.sha256(repr(sorted(form.items())).encode()).hexdigest()
        return self._seen.setdefault(key, deque())
