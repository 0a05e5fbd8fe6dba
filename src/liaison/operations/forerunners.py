"""The channels of records that went into one: they go on with it, and stay tied to where they came from."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from liaison.domain.crm import Association
from liaison.domain.forerunners import Forerunner
from liaison.domain.link import Link
from liaison.domain.names import Person, RecordRef, Regarding
from liaison.errors import NotAllowed, NotFound
from liaison.ports import Ports


@dataclass(frozen=True)
class Inherited:
    """What ties a record's forerunner to channels."""

    origin: Forerunner
    associations: tuple[Association, ...]
    links: tuple[Link, ...]


async def list_inherited(regarding: Regarding, by: Person, ports: Ports) -> tuple[Inherited, ...]:
    """Nothing for a view, and for a record that nothing went into: then it costs no request of its own."""
    if not isinstance(regarding, RecordRef):
        return ()
    found = await ports.crm(by, regarding.environment).list_forerunners(regarding)
    return tuple(await asyncio.gather(*(_inherited(origin, by, ports) for origin in found)))


async def _inherited(origin: Forerunner, by: Person, ports: Ports) -> Inherited:
    try:
        rows, links = await asyncio.gather(
            ports.crm(by, origin.ref.environment).list_associations(origin.ref), ports.links.of(origin.ref)
        )
    except (NotAllowed, NotFound):
        return Inherited(origin, (), ())
    return Inherited(origin, rows, links)
