"""Prerequisites watched after linking was switched on: what broke since they were all met."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from liaison.domain.names import EnvironmentKey, Person
from liaison.domain.readiness import Check, CheckState
from liaison.errors import Remembered


@dataclass(frozen=True)
class Watch:
    """One environment as it was last looked at, on behalf of whoever switched linking on.

    `broke` are the codes of checks that were fine and no longer are; `trouble` is the error for which the environment
    could not be looked at at all.
    """

    environment: EnvironmentKey
    by: Person
    checked_at: datetime | None = None
    checks: tuple[Check, ...] = ()
    broke: tuple[str, ...] = ()
    trouble: Remembered | None = None

    @property
    def needs_a_person(self) -> bool:
        return bool(self.broke or self.trouble)


_FINE = (CheckState.MET, CheckState.NOT_APPLICABLE)
_BAD = (CheckState.UNMET, CheckState.ATTENTION)
_PERSONAL = ("readiness.role_", "readiness.licence_")


def what_broke(before: tuple[Check, ...], now: tuple[Check, ...], already: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Checks that turned bad, and those that had and still are. What could not be read says nothing new.

    Roles and licences are the looker's own, not the environment's.
    """
    earlier = {check.code: check.state for check in before}
    return tuple(
        check.code
        for check in now
        if not check.code.startswith(_PERSONAL)
        and (
            (check.state in _BAD and (earlier.get(check.code) in _FINE or check.code in already))
            or (check.state is CheckState.UNKNOWN and check.code in already)
        )
    )
