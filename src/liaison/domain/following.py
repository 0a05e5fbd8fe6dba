"""What was last seen of a link's record, and whom its people's comings and goings concern."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from liaison.domain.members import Sharing, Source
from liaison.domain.names import LinkId, PersonId, RowId, TenantId
from liaison.errors import Remembered


@dataclass(frozen=True)
class Standing:
    """How a record stands: its owner, its state, and the record that it was merged into, empty when it was not.

    `state` is None for records of a table without states.
    """

    record: RowId
    owner: RowId
    state: int | None
    merged_into: RowId = RowId("")


@dataclass(frozen=True)
class Known:
    """Somebody who has, or had, to do with the record. `reads` is None where it could not be asked."""

    person: PersonId
    name: str
    is_recommended: bool
    reads: bool | None = None
    is_owner: bool = False


@dataclass(frozen=True)
class Sight:
    """A link's record as it was last looked at. `follows` is the record looked at: the kept one after a merge.

    `people` are those who were recommended then, and those whom Liaison added. `trouble` is why the link is not
    followed at present, `since` from when on.
    """

    link: LinkId
    tenant: TenantId
    follows: RowId
    owner: RowId = RowId("")
    is_closed: bool = False
    people: tuple[Known, ...] = ()
    people_at: datetime | None = None
    trouble: Remembered | None = None
    since: datetime | None = None

    @property
    def has_seen(self) -> bool:
        """Was the record ever read?"""
        return self.people_at is not None

    def troubled(self, trouble: Remembered, now: datetime) -> Sight:
        """Not followed for this reason; the moment stands from the first time on."""
        return replace(self, trouble=trouble, since=self.since or now)

    def fine(self) -> Sight:
        return replace(self, trouble=None, since=None)


def recommended(sharings: Iterable[Sharing]) -> tuple[Known, ...]:
    """The people whom a record suggests, each once; owners are those it belongs to, themselves or by their team."""
    found: dict[PersonId, Known] = {}
    for sharing in sharings:
        user = sharing.user
        if not user.person or not user.is_enabled:
            continue
        owns = sharing.source in {Source.OWNER, Source.OWNER_TEAM}
        before = found.get(user.person)
        owns = owns or (before is not None and before.is_owner)
        found[user.person] = Known(user.person, user.name, is_recommended=True, reads=True, is_owner=owns)
    return tuple(found.values())


def who_left(before: Iterable[Known], now: Iterable[Known]) -> tuple[tuple[Known, bool], ...]:
    """Those of `before` to whom the record is none of their business any more; true for who cannot even read it.

    Whoever was never recommended and never could read it was chosen all the same: nothing has changed for them.
    """
    seen = {one.person: one for one in now}
    found = []
    for one in before:
        after = seen.get(one.person, replace(one, is_recommended=False, reads=None))
        lost_sight = one.reads is True and after.reads is False
        if lost_sight or (one.is_recommended and not after.is_recommended):
            found.append((after, after.reads is False))
    return tuple(found)


def who_came(before: Iterable[Known], now: Iterable[Known]) -> tuple[Known, ...]:
    """Those to whom the record belongs now and did not before."""
    owned = {one.person for one in before if one.is_owner}
    return tuple(one for one in now if one.is_owner and one.person not in owned)


def still_known(recommended_now: Iterable[Known], added: Collection[tuple[PersonId, str]]) -> tuple[Known, ...]:
    """Those to remember: who is recommended, and who was added because of the link."""
    found = {one.person: one for one in recommended_now}
    for person, name in added:
        found.setdefault(person, Known(person, name, is_recommended=False))
    return tuple(found.values())


def worth_keeping(people: Iterable[Known]) -> tuple[Known, ...]:
    """Who has no part in the record any more and cannot read it is forgotten: they have been seen to."""
    return tuple(one for one in people if one.is_recommended or one.reads is not False)
