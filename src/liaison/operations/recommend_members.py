"""Whom a record suggests as the people of its channel, and search for others: for owners of the team, for records."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from typing import TypeVar

from liaison.domain.consent import USER_SYNC, missing_for
from liaison.domain.members import (
    Candidate,
    CandidateFacts,
    CrmUser,
    DirectoryEntry,
    Member,
    MembersOf,
    judge_found,
    suggest,
)
from liaison.domain.names import ChannelKind, Person, PersonId, RecordRef, RowId
from liaison.errors import ConsentNotGranted, NotAllowed, NotTeamOwner, Upstream
from liaison.ports import Crm, Ports

Found = TypeVar("Found")


@dataclass(frozen=True)
class Recommendation:
    """Those whom the record suggests. `can_add` is false without the consent that adding people takes (user sync)."""

    candidates: tuple[Candidate, ...]
    can_add: bool


async def recommend_members(ref: RecordRef, of: MembersOf, by: Person, ports: Ports) -> Recommendation:
    """The record's owner, those it is shared with and its team, each with what they will not see.

    The asker will own a team still to be made. Everything is read with the asker's own rights. Raises NotTeamOwner,
    NotTeamMember, RecordUnknown, PrivilegeMissing.
    """
    crm = ports.crm(by, ref.environment)
    sharings, carried, members = await asyncio.gather(
        crm.list_sharers(ref), ports.sign_in.carried_scopes(by), _members(of, by, ports)
    )
    users = tuple(dict.fromkeys(sharing.user for sharing in sharings if sharing.user.is_enabled))
    persons = tuple(dict.fromkeys(user.person for user in users if user.person))
    facts = await _gather(crm, ref, users, members)
    entries = await _unless_refused(ports.people(by).read_people(persons)) if persons else ()
    facts = replace(facts, entries=entries or ())
    return Recommendation(suggest(sharings, facts, by.id), can_add=not missing_for(USER_SYNC, carried))


async def find_candidates(asked: str, ref: RecordRef, of: MembersOf, by: Person, ports: Ports) -> tuple[Candidate, ...]:
    """People of the directory by words of their name or address, each with what they will not see.

    Raises NotTeamOwner, NotTeamMember, ConsentNotGranted.
    """
    entries, members = await asyncio.gather(ports.people(by).find_people(asked), _members(of, by, ports))
    return await _judge(tuple(entry for entry in entries if entry.person != by.id), ref, members, by, ports)


async def read_candidates(
    persons: tuple[PersonId, ...], ref: RecordRef, of: MembersOf, by: Person, ports: Ports
) -> tuple[Candidate, ...]:
    """The same of people whose ids are known: those who were chosen."""
    if not persons:
        return ()
    entries, members = await asyncio.gather(ports.people(by).read_people(persons), _members(of, by, ports))
    return await _judge(entries, ref, members, by, ports)


async def _judge(
    entries: tuple[DirectoryEntry, ...], ref: RecordRef, members: tuple[Member, ...] | None, by: Person, ports: Ports
) -> tuple[Candidate, ...]:
    crm = ports.crm(by, ref.environment)
    users = await _unless_refused(crm.find_users([entry.person for entry in entries])) if entries else ()
    facts = await _gather(crm, ref, users, members)
    return tuple(judge_found(entry, facts) for entry in entries)


async def _gather(
    crm: Crm, ref: RecordRef, users: tuple[CrmUser, ...] | None, members: tuple[Member, ...] | None
) -> CandidateFacts:
    enabled = [user.row for user in users or () if user.is_enabled]
    readers: tuple[RowId, ...] | None = ()
    if enabled:
        readers = await _unless_refused(crm.list_readers(enabled, ref))
    present = None if members is None else frozenset(member.person for member in members)
    return CandidateFacts(present, users, readers)


async def _members(of: MembersOf, by: Person, ports: Ports) -> tuple[Member, ...] | None:
    """Who is there already; nobody yet where it is still to be made, None without the consent to read them.

    Raises NotTeamOwner.
    """
    if not of.team:
        return ()
    teamwork = ports.teamwork(by)
    try:
        members = await teamwork.list_members(of.team)
        if not any(member.is_owner and member.person == by.id for member in members):
            raise NotTeamOwner(of.team)
        if of.channel:
            return await teamwork.list_members(of.team, of.channel)
    except ConsentNotGranted:
        return None
    return members if of.kind is ChannelKind.STANDARD else ()


async def _unless_refused(reading: Awaitable[Found]) -> Found | None:
    """What was read; None when it may not be read or the service is in trouble: people are suggested all the same."""
    try:
        return await reading
    except (ConsentNotGranted, NotAllowed, Upstream):
        return None
