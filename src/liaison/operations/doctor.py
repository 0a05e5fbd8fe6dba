"""The readiness doctor: every prerequisite of linking in one pass, from live data, each with its evidence."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from liaison.domain.consent import Consent
from liaison.domain.crm import CrmPerson, Table
from liaison.domain.diagnosis import (
    LICENCE_FAMILIES,
    judge_clock,
    judge_crm_role,
    judge_devices,
    judge_directory_role,
    judge_licences,
    judge_tables,
    judge_tenant_consent,
    unread,
)
from liaison.domain.names import EnvironmentKey, Person
from liaison.domain.readiness import Check, ReadinessFacts, judge_readiness, service_code, unmet
from liaison.domain.teams import DirectoryPerson
from liaison.errors import LiaisonError, PrerequisitesUnmet, SignInRequired
from liaison.operations.environments import find_environment
from liaison.ports import Ports

Found = TypeVar("Found")

BLOCKING = (
    "readiness.solution",
    "readiness.sharepoint_on_premises",
    "readiness.onedrive_enabled",
    "readiness.active_site",
    "readiness.absolute_location",
)
"""The checks without which the basic switch cannot be turned on."""


@dataclass(frozen=True)
class Diagnosis:
    """Every check of one environment, in the order in which they are shown; and who asked, as far as it was read."""

    environment: EnvironmentKey
    at: datetime
    checks: tuple[Check, ...]
    person: CrmPerson | None = None
    me: DirectoryPerson | None = None

    @property
    def blocking(self) -> tuple[Check, ...]:
        """Unmet checks that keep the basic switch off."""
        return tuple(check for check in unmet(self.checks) if check.code in BLOCKING)

    @property
    def is_ready(self) -> bool:
        """Can the basic switch be turned on, as far as could be read?"""
        return not self.blocking


async def diagnose(environment: EnvironmentKey, by: Person, ports: Ports) -> Diagnosis:
    """Ask everything at once; what cannot be read is *unknown* with the reason, and the rest still counts.

    Raises EnvironmentUnknown, and SignInRequired when the asker must sign in again.
    """
    find_environment(environment, ports)
    crm, people = ports.crm(by, environment), ports.people(by)
    facts, tables, person, me, policies, consent = await asyncio.gather(
        _tried(crm.gather_readiness()),
        _tried(crm.list_table_states()),
        _tried(crm.read_person()),
        _tried(people.read_me()),
        _tried(people.list_device_policies()),
        _tried(ports.consents.read(by.tenant)),
    )
    states = tables if isinstance(tables, LiaisonError) else tuple(state.table for state in tables)
    checks = (
        *_readiness(facts),
        *_judged(states, _judge_tables, "readiness.document_management"),
        *_judged(policies, _judge_devices, "readiness.unmanaged_devices"),
        *_judged(me, _judge_licences, *LICENCE_FAMILIES.values()),
        *_judged(person, _judge_role, "readiness.role_system_administrator"),
        *_judged(me, _judge_directory_role, "readiness.role_global_administrator"),
        *_judged(consent, _judge_consent, "readiness.consent"),
        *_judged(facts, _judge_clock, "readiness.clock"),
    )
    return Diagnosis(environment, ports.clock.now(), checks, _read_or_none(person), _read_or_none(me))


async def _tried(asked: Awaitable[Found]) -> Found | LiaisonError:
    try:
        return await asked
    except SignInRequired:
        raise
    except LiaisonError as error:
        return error


def _read_or_none(found: Found | LiaisonError) -> Found | None:
    return None if isinstance(found, LiaisonError) else found


def _judged(found: Found | LiaisonError, judge: Callable[[Found], tuple[Check, ...]], *codes: str) -> tuple[Check, ...]:
    if isinstance(found, LiaisonError):
        return tuple(unread(code, found) for code in codes)
    return judge(found)


def _readiness(facts: ReadinessFacts | LiaisonError) -> tuple[Check, ...]:
    return _judged(facts, judge_readiness, *BLOCKING)


def _judge_tables(tables: tuple[Table, ...]) -> tuple[Check, ...]:
    return (judge_tables(tables),)


def _judge_devices(policies: tuple[str, ...] | None) -> tuple[Check, ...]:
    return (judge_devices(policies),)


def _judge_licences(me: DirectoryPerson) -> tuple[Check, ...]:
    return judge_licences(me.service_plans)


def _judge_role(person: CrmPerson) -> tuple[Check, ...]:
    return (judge_crm_role(person),)


def _judge_directory_role(me: DirectoryPerson) -> tuple[Check, ...]:
    return (judge_directory_role(me),)


def _judge_consent(consent: Consent) -> tuple[Check, ...]:
    return (judge_tenant_consent(consent),)


def _judge_clock(facts: ReadinessFacts) -> tuple[Check, ...]:
    return (judge_clock(facts.clock_skew_s),)


def require_ready(checks: tuple[Check, ...]) -> None:
    """Raise PrerequisitesUnmet with every unmet blocking check and its rows."""
    failed = tuple(check for check in unmet(checks) if check.code in BLOCKING)
    if failed:
        rows = tuple(row for check in failed for row in check.rows)
        raise PrerequisitesUnmet(service_code(checks), tuple(check.code for check in failed), rows)
