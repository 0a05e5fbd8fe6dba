"""Follow the records of links: look at all of them, then see to what has changed.

What a look finds is seen to before it is remembered: a process that ends in between finds it again, and whatever it had
begun is there once. Nothing is asked of Teams unless something has changed.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeVar

from liaison.domain.closing import is_closed
from liaison.domain.following import Sight, Standing, worth_keeping
from liaison.domain.link import Link, record_of
from liaison.domain.names import LinkId, RowId
from liaison.errors import LiaisonError, LinkBusy, RecordUnknown, Remembered, StoreUnavailable
from liaison.operations.follow_people import Around, look_at_people, propose_changes
from liaison.operations.follow_state import close, reopen
from liaison.ports import Ports

LOOK_AGAIN = timedelta(days=1)
"""Shares and rights change without a trace in the record: its people are looked at again after so long.

Source: Microsoft Graph, terms of polling for the Teams APIs.
"""
AT_ONCE = 4
_OF_EVERY = 0.9
"""The part of the time between two rounds in which nobody else begins one."""
_Done = TypeVar("_Done")


@dataclass(frozen=True)
class _Look:
    """A link, its record as it was seen before, and as it is now."""

    link: Link
    before: Sight
    now: Sight


async def follow(ports: Ports, every_s: float) -> int:
    """Look at every record that a link follows, when it is this process's turn; how many links there were."""
    began = ports.clock.now()
    if not await ports.sights.claim_round(began, began + timedelta(seconds=every_s * _OF_EVERY)):
        return 0
    links = tuple(link for link in await ports.links.connected() if link.record is not None)
    if not links:
        return 0
    sights = await ports.sights.all()
    turns = asyncio.Semaphore(AT_ONCE)
    groups = _grouped(links)
    found = await asyncio.gather(*(_in_turn(_look_at_group(group, sights, ports), turns) for group in groups))
    looks = [look for group in found for look in group]
    around = Around(links, {**sights, **{look.link.id: look.now for look in looks}})
    await asyncio.gather(*(_in_turn(_see_to(look, around, ports), turns) for look in looks))
    return len(links)


async def _in_turn(work: Awaitable[_Done], turns: asyncio.Semaphore) -> _Done:
    async with turns:
        return await work


def _grouped(links: tuple[Link, ...]) -> list[list[Link]]:
    """Those that one person can read with one request."""
    groups: dict[tuple[str, ...], list[Link]] = defaultdict(list)
    for link in links:
        groups[link.environment, link.regarding.table, link.by.tenant, link.by.id].append(link)
    return list(groups.values())


async def _look_at_group(links: list[Link], sights: Mapping[LinkId, Sight], ports: Ports) -> list[_Look]:
    """The looks that came to something; what did not is remembered, and shown with each link, with its reason."""
    first = links[0]
    known = {link.id: sights.get(link.id) or _unseen(link) for link in links}
    try:
        crm = ports.crm(first.by, first.environment)
        standings = await crm.read_standings(first.regarding.table, [sight.follows for sight in known.values()])
    except StoreUnavailable:
        raise
    except LiaisonError as error:
        for sight in known.values():
            await _remember_trouble(sight, error, ports)
        return []
    by_record = {standing.record.lower(): standing for standing in standings}
    looks = [await _look_at(link, known[link.id], by_record.get(known[link.id].follows), ports) for link in links]
    return [look for look in looks if look is not None]


def _unseen(link: Link) -> Sight:
    return Sight(link.id, link.by.tenant, RowId(record_of(link).id.lower()))


async def _look_at(link: Link, before: Sight, standing: Standing | None, ports: Ports) -> _Look | None:
    try:
        if standing is None:
            raise RecordUnknown(link.regarding.table, before.follows)
        return _Look(link, before, await _seen_now(link, before, standing, ports))
    except StoreUnavailable:
        raise
    except LiaisonError as error:
        await _remember_trouble(before, error, ports)
        return None


async def _seen_now(link: Link, before: Sight, standing: Standing, ports: Ports) -> Sight:
    """A record that was merged into another is no longer looked at: the kept one is, from the next round on."""
    if standing.merged_into:
        return replace(before.fine(), follows=RowId(standing.merged_into.lower()))
    state = is_closed(link.regarding.table, standing.state)
    seen = replace(before.fine(), owner=standing.owner, is_closed=state)
    is_due = before.people_at is None or ports.clock.now() - before.people_at >= LOOK_AGAIN
    return await look_at_people(link, seen, ports) if is_due or seen.owner != before.owner else seen


async def _see_to(look: _Look, around: Around, ports: Ports) -> None:
    """Propose, archive and restore as the look calls for; then remember it."""
    link, before, now = look.link, look.before, look.now
    if now == before:
        return
    try:
        if before.has_seen and now.people != before.people:
            await propose_changes(link, before.people, now.people, around, ports)
        if now.is_closed and not before.is_closed:
            await close(link, ports)
        if before.is_closed and not now.is_closed:
            await reopen(link, ports)
    except StoreUnavailable:
        raise
    except LinkBusy:
        return  # somebody is at work on the link: looked at again next time
    except LiaisonError as error:
        await _remember_trouble(before, error, ports)
        return
    await ports.sights.save(replace(now, people=worth_keeping(now.people)))


async def _remember_trouble(sight: Sight, error: LiaisonError, ports: Ports) -> None:
    """Said once, however often it is met again."""
    troubled = sight.troubled(Remembered.of(error), ports.clock.now())
    if sight.trouble is None or troubled.trouble is None or sight.trouble.code != troubled.trouble.code:
        await ports.sights.save(troubled)
