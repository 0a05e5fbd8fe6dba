"""Why can't I? Everything that stands between one person and linking one record."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from liaison.domain.connection import missing_licences, missing_to_connect
from liaison.domain.crm import SYSTEM_ADMINISTRATOR, App, CrmPerson
from liaison.domain.names import Person, RecordRef
from liaison.domain.readiness import Check, CheckState
from liaison.errors import LiaisonError, NotAllowed, RoleMissing, Row
from liaison.operations.environments import find_environment
from liaison.ports import Crm, Ports


@dataclass(frozen=True)
class Explanation:
    """What was asked and every check, in the order in which they bite."""

    record_title: str
    person_name: str
    is_own: bool
    checks: tuple[Check, ...]

    @property
    def obstacles(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.state is CheckState.UNMET)


@dataclass(frozen=True)
class _Somebody:
    """The person asked about, and what was found of them; None where the asker may not know."""

    person: CrmPerson
    apps: tuple[App, ...]
    missing_privileges: tuple[str, ...]
    can_read: bool
    plans: tuple[str, ...] | None


async def explain(ref: RecordRef, by: Person, ports: Ports, about: str = "") -> Explanation:
    """For the asker, or for the person named in `about`: only a System Administrator may ask about others.

    Raises RoleMissing, PersonUnknown, NameAmbiguous, RecordUnknown, TableUnknown.
    """
    environment = find_environment(ref.environment, ports)
    crm = ports.crm(by, ref.environment)
    switches, table, me = await asyncio.gather(crm.read_switches(), crm.read_table(ref.table), crm.read_person())
    somebody, is_own = await _find(about, me, crm)
    found, title, consent = await asyncio.gather(
        _gather(somebody, ref, crm, by, ports, is_own=is_own), _title(ref, crm), _judge_consent(by, ports, is_own)
    )
    plural = (("table", table.plural),)
    checks = (
        _check("why.basic", switches.basic, (("environment", environment.name),)),
        _check("why.enhanced", switches.enhanced, (("environment", environment.name),)),
        _check("why.table", table.collaboration, plural),
        _check("why.documents", table.document_management, plural),
        _check("why.app", any(ref.table in app.tables for app in found.apps), plural),
        _check("why.record", found.can_read, plural),
        _judge_privileges(found.missing_privileges),
        *_judge_plans(found.plans),
        consent,
    )
    return Explanation(title, found.person.name, is_own, checks)


async def _find(about: str, me: CrmPerson, crm: Crm) -> tuple[CrmPerson, bool]:
    if not about.strip():
        return me, True
    if not me.is_system_administrator:
        # Whether a name exists is nothing for others to learn: one's own name is all that is looked at.
        if about.strip().casefold() in (me.name.casefold(), me.id):
            return me, True
        raise RoleMissing(SYSTEM_ADMINISTRATOR)
    somebody = await crm.find_person(about)
    return somebody, somebody.id == me.id


async def _gather(
    somebody: CrmPerson, ref: RecordRef, crm: Crm, by: Person, ports: Ports, *, is_own: bool
) -> _Somebody:
    apps, missing, can_read, plans = await asyncio.gather(
        crm.list_apps() if is_own else crm.list_apps_of(somebody.id),
        crm.list_missing_privileges(somebody.id),
        crm.can_read(somebody.id, ref),
        _plans(somebody, by, ports, is_own=is_own),
    )
    return _Somebody(somebody, apps, missing, can_read, plans)


async def _plans(somebody: CrmPerson, by: Person, ports: Ports, *, is_own: bool) -> tuple[str, ...] | None:
    if is_own:
        return (await ports.people(by).read_me()).service_plans
    try:
        return await ports.people(by).list_plans_of(somebody.sign_in_name)
    except LiaisonError:
        return None  # not for the asker to know, or not to be had now: shown as unknown


async def _title(ref: RecordRef, crm: Crm) -> str:
    try:
        return (await crm.read_record(ref)).title
    except NotAllowed:
        return ""


async def _judge_consent(by: Person, ports: Ports, is_own: bool) -> Check:
    """One's own consent is what one's token carries; of others only the tenant's is known."""
    if is_own:
        missing = missing_to_connect(await ports.sign_in.carried_scopes(by))
        return _check("why.consent", not missing, rows=tuple(Row("permission", scope) for scope in missing))
    consent = await ports.consents.read(by.tenant)
    if consent.allows_linking:
        return Check("why.consent", CheckState.MET)
    return Check("why.consent", CheckState.UNKNOWN, tuple(Row("permission", scope) for scope in consent.missing))


def _judge_privileges(missing: tuple[str, ...]) -> Check:
    return _check("why.privileges", not missing, rows=tuple(Row("privilege", name) for name in missing))


def _judge_plans(plans: tuple[str, ...] | None) -> tuple[Check, ...]:
    families = (("Dynamics 365", "why.licence_dynamics"), ("Microsoft Teams", "why.licence_teams"))
    if plans is None:
        return tuple(Check(code, CheckState.UNKNOWN) for _, code in families)
    missing = missing_licences(plans)
    return tuple(_check(code, family not in missing, (("licence", family),)) for family, code in families)


def _check(code: str, met: bool, facts: tuple[tuple[str, str], ...] = (), rows: tuple[Row, ...] = ()) -> Check:
    return Check(code, CheckState.MET if met else CheckState.UNMET, rows, len(rows), facts=facts)
