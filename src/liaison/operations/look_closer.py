"""What only the channels themselves can tell of a record's connections: whether somebody is in them, what they lack.

Asked of the channels concerned only, side by side, and never waited for long: the panel lives by the CRM.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from typing import TypeVar

from liaison.domain.connection import Lack
from liaison.domain.crm import Association, Location, folder_key, place_key
from liaison.domain.joining import Access
from liaison.domain.names import ChannelId, ChannelKind, Person, RecordRef, TeamId
from liaison.errors import ConsentMissing, NotAllowed, NotFound, SignInRequired, Upstream
from liaison.operations.collaborate import LONGEST_LOOK_S, Connection, Panel
from liaison.ports import Ports

Told = TypeVar("Told")
_UNREADABLE = (ConsentMissing, NotAllowed, NotFound, SignInRequired, Upstream, TimeoutError)


async def look_closer(panel: Panel, by: Person, ports: Ports) -> Panel:
    """The panel with what each connection's channel tells of itself; what is not told in good time stays unknown."""
    is_asked = panel.switches.enhanced and any(_is_of_microsofts(one) for one in panel.connections)
    locations = _read_locations(panel, by, ports) if is_asked else _nothing()
    accesses, tabs, places = await asyncio.gather(
        asyncio.gather(*(_access(one, by, ports) for one in panel.connections)),
        asyncio.gather(*(_has_tab(one, panel, by, ports) if is_asked else _nothing() for one in panel.connections)),
        _in_good_time(locations),
    )
    closer = tuple(
        replace(one, access=access, lacks=_lacks(one, panel, has_tab, places))
        for one, access, has_tab in zip(panel.connections, accesses, tabs, strict=True)
    )
    return replace(panel, connections=closer)


def _is_of_microsofts(one: Connection) -> bool:
    """Made by Microsoft's own button, and the record's own: what went into it is completed where it came from."""
    return one.is_adopted and one.origin is None


async def _access(one: Connection, by: Person, ports: Ports) -> Access:
    """One's teams tell nothing of a channel with people of its own."""
    team, channel, kind = _place_of(one)
    if one.access is not Access.UNKNOWN or kind is ChannelKind.STANDARD or not channel:
        return one.access
    is_in = await _in_good_time(ports.teamwork(by).is_in_channel(team, channel, kind, by.id))
    if is_in is None:
        return Access.UNKNOWN
    return Access.MEMBER if is_in else Access.NOT_MEMBER


async def _has_tab(one: Connection, panel: Panel, by: Person, ports: Ports) -> bool | None:
    row = one.association
    if row is None or not _is_of_microsofts(one) or one.access is Access.NOT_MEMBER:
        return None
    return await _in_good_time(ports.teamwork(by).shows(row.team, row.channel, panel.regarding))


async def _read_locations(panel: Panel, by: Person, ports: Ports) -> tuple[Location, ...]:
    if not isinstance(panel.regarding, RecordRef):
        return ()
    return await ports.crm(by, panel.regarding.environment).list_locations(panel.regarding)


def _lacks(
    one: Connection, panel: Panel, has_tab: bool | None, places: tuple[Location, ...] | None
) -> tuple[Lack, ...] | None:
    if one.association is None or not _is_of_microsofts(one) or has_tab is None or places is None:
        return None
    has_place = not isinstance(panel.regarding, RecordRef) or _has_place(one.association, places)
    return tuple(lack for lack, is_there in ((Lack.LOCATION, has_place), (Lack.TAB, has_tab)) if not is_there)


def _has_place(row: Association, places: tuple[Location, ...]) -> bool:
    return folder_key(row.site_address, row.folder_path) in {place_key(place.address) for place in places}


def _place_of(one: Connection) -> tuple[TeamId, ChannelId, ChannelKind]:
    row, link = one.association, one.link
    if row is not None:
        return row.team, row.channel, row.channel_kind
    if link is not None:
        return link.team, link.evidence.channel, link.evidence.channel_kind
    return TeamId(""), ChannelId(""), ChannelKind.STANDARD


async def _in_good_time(asked: Awaitable[Told]) -> Told | None:
    """None when it may not be read, or is not told in good time."""
    try:
        async with asyncio.timeout(LONGEST_LOOK_S):
            return await asked
    except _UNREADABLE:
        return None


async def _nothing() -> None:
    return None
