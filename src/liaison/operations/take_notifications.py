"""Take what the service tells of a channel: believed only with the secret, kept before it is answered."""

from __future__ import annotations

from dataclasses import dataclass

from liaison.domain.listening import is_genuine
from liaison.ports import Ports


@dataclass(frozen=True)
class Taken:
    """How many items were kept, and how many were nobody's."""

    kept: int
    dropped: int


async def take_notifications(listening: str, body: bytes, ports: Ports) -> Taken:
    """Durable when this returns. Whoever sent it learns nothing of what became of it. Raises StoreUnavailable."""
    told = ports.notifications.read(body)
    known = await ports.listenings.find(listening)
    genuine = tuple(one for one in told if is_genuine(one, known))
    if known is not None and genuine:
        await ports.notices.take(known, genuine, ports.clock.now())
    return Taken(len(genuine), len(told) - len(genuine) if told else 1)
