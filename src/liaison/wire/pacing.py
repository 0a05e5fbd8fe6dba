"""Going no faster than a service publishes: by class of ask, and by the one thing that many asks are about.

A refusal for speed holds the whole class, not the one ask; other classes go on. Source: design.md section 5, A4 F4.
"""

from __future__ import annotations

import asyncio
import time
from weakref import WeakKeyDictionary

from aiolimiter import AsyncLimiter

from liaison.errors import UpstreamThrottled
from liaison.wire.messages import Pace

SHORT_WAIT_S = 1.0
LONGEST_HOLD_S = 900.0
_MOST_THINGS = 4_096

_Limiters = dict[str, AsyncLimiter]


class Pacing:
    """The limiters of one process. A limiter belongs to one event loop, so each loop has its own.

    `share` is the part of every published rate that this process may use; above 1 for a service without limits.
    """

    def __init__(self, share: float = 1.0) -> None:
        self._share = share
        self._limiters: WeakKeyDictionary[asyncio.AbstractEventLoop, _Limiters] = WeakKeyDictionary()
        self._held_until: dict[str, float] = {}

    async def enter(self, service: str, pace: Pace) -> None:
        """Wait for a turn.

        Raises UpstreamThrottled when the class is held for longer than a moment, or has no turn and is not waited for.
        """
        held_s = self._held_until.get(pace.name, 0.0) - time.monotonic()
        if held_s > SHORT_WAIT_S:
            raise UpstreamThrottled(service, "held", wait_s=round(held_s, 3))
        if held_s > 0:
            await asyncio.sleep(held_s)
        limiter = self._limiter(pace.name, pace.most, pace.within_s)
        if not pace.waited_for and not limiter.has_capacity():
            raise UpstreamThrottled(service, "held", wait_s=round(limiter.time_period / limiter.max_rate, 3))
        await limiter.acquire()
        if pace.thing:
            await self._limiter(f"thing {pace.thing}", pace.most_about_thing, 1.0).acquire()

    def hold(self, pace: Pace, seconds: float) -> None:
        """Nothing of this class for so long."""
        until = time.monotonic() + min(seconds, LONGEST_HOLD_S)
        self._held_until[pace.name] = max(until, self._held_until.get(pace.name, 0.0))

    def _limiter(self, name: str, most: float, within_s: float) -> AsyncLimiter:
        mine = self._limiters.setdefault(asyncio.get_running_loop(), {})
        found = mine.get(name)
        if found is None:
            most *= self._share
            if len(mine) >= _MOST_THINGS:
                mine.clear()  # a forgotten limiter costs at most one burst
            found = mine[name] = AsyncLimiter(most, within_s) if most >= 1 else AsyncLimiter(1, within_s / most)
        return found
