"""Look again, once a day, at environments where linking was switched on; say what broke."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from liaison.domain.names import EnvironmentKey, Person
from liaison.domain.watch import Watch, what_broke
from liaison.errors import LiaisonError, Remembered
from liaison.operations.doctor import Diagnosis, diagnose
from liaison.ports import Ports

EVERY = timedelta(days=1)


async def begin_watch(diagnosis: Diagnosis, by: Person, ports: Ports) -> None:
    """Linking was switched on: remember how things stood, and on whose behalf to look again."""
    await ports.watches.save(Watch(diagnosis.environment, by, diagnosis.at, diagnosis.checks))


async def end_watch(environment: EnvironmentKey, by: Person, ports: Ports) -> None:
    await ports.watches.drop(by.tenant, environment)


async def look_again(ports: Ports) -> int:
    """Look at every environment that is due; how many there were. One that cannot be looked at says why."""
    due = await ports.watches.due(ports.clock.now() - EVERY)
    for watch in due:
        await look_at(watch, ports)
    return len(due)


async def look_at(watch: Watch, ports: Ports) -> Watch:
    """One environment, now, on behalf of whoever switched linking on there."""
    now = ports.clock.now()
    try:
        diagnosis = await diagnose(watch.environment, watch.by, ports)
    except LiaisonError as error:
        seen = replace(watch, checked_at=now, trouble=Remembered.of(error))
    else:
        broke = what_broke(watch.checks, diagnosis.checks, watch.broke)
        seen = replace(watch, checked_at=now, checks=diagnosis.checks, broke=broke, trouble=None)
    await ports.watches.save(seen)
    await _tell(watch, seen, ports)
    return seen


async def read_watch(environment: EnvironmentKey, by: Person, ports: Ports) -> Watch | None:
    """What was last seen; None when linking was never switched on from here."""
    return await ports.watches.read(by.tenant, environment)


async def _tell(before: Watch, now: Watch, ports: Ports) -> None:
    for code in now.broke:
        if code not in before.broke:
            await ports.audit.write(now.by, "readiness.broke", now.environment, code)
    for code in before.broke:
        if code not in now.broke:
            await ports.audit.write(now.by, "readiness.mended", now.environment, code)
    if now.trouble and now.trouble != before.trouble:
        await ports.audit.write(now.by, "readiness.not_looked_at", now.environment, now.trouble.code)
