"""Switch linking on and off in one environment."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from liaison.domain.consent import Consent
from liaison.domain.crm import GLOBAL_ADMINISTRATOR, SYSTEM_ADMINISTRATOR, CrmPerson, require_system_administrator
from liaison.domain.diagnosis import is_tenant_administrator, may_label_groups
from liaison.domain.labelling import Labeller, carries_labelling
from liaison.domain.names import EnvironmentKey, Person
from liaison.domain.readiness import Switches, judge_readiness
from liaison.domain.watch import Watch
from liaison.errors import BasicRequired, ConsentNotGranted, RoleMissing
from liaison.operations.consent import probe_consent
from liaison.operations.doctor import Diagnosis, diagnose, require_ready
from liaison.operations.filing import end_filing
from liaison.operations.watch import begin_watch, end_watch, read_watch
from liaison.ports import Ports


@dataclass(frozen=True)
class Collaboration:
    """Everything that the page "Microsoft Teams collaboration and chat" shows."""

    switches: Switches
    diagnosis: Diagnosis
    consent: Consent
    person: CrmPerson
    is_tenant_administrator: bool
    links: int
    watch: Watch | None = None
    labels: bool | None = None
    """May new teams be private and carry a sensitivity label? None where the environment has no such setting."""
    labeller: Labeller | None = None
    may_label: bool = False
    """Has the asker a role by which Graph lets people set labels?"""
    carries_labelling: bool = False
    """And the permission?"""


async def read_collaboration(environment: EnvironmentKey, by: Person, ports: Ports) -> Collaboration:
    """Switches, prerequisites, consent and what the asker may change, from live data."""
    crm = ports.crm(by, environment)
    (switches, diagnosis, labels), (labeller, carried), consent, links, watch = await asyncio.gather(
        asyncio.gather(crm.read_switches(), diagnose(environment, by, ports), crm.read_labels()),
        asyncio.gather(ports.labellers.read(by.tenant), ports.sign_in.carried_scopes(by)),
        ports.consents.read(by.tenant),
        ports.links.count(environment),
        read_watch(environment, by, ports),
    )
    person = diagnosis.person or await crm.read_person()
    me = diagnosis.me or await ports.people(by).read_me()
    return Collaboration(
        switches,
        diagnosis,
        consent,
        person,
        is_tenant_administrator(me),
        links,
        watch,
        labels,
        labeller,
        may_label_groups(me),
        carries_labelling(carried),
    )


def barrier_to_basic(now: Collaboration) -> RoleMissing | None:
    """Why the asker cannot move the switch of the basic experience; None when they can."""
    return None if now.person.is_system_administrator else RoleMissing(SYSTEM_ADMINISTRATOR)


def barrier_to_enhanced(now: Collaboration) -> RoleMissing | None:
    """The same of the enhanced experience, which takes a tenant administrator to turn on but not to turn off."""
    if now.switches.enhanced or now.is_tenant_administrator:
        return barrier_to_basic(now)
    return barrier_to_basic(now) or RoleMissing(GLOBAL_ADMINISTRATOR)


async def save_switches(
    wanted: Switches, environment: EnvironmentKey, by: Person, ports: Ports, labels: bool | None = None
) -> Switches:
    """Make the environment's switches as wanted, if nobody changed them since `wanted.version` was read.

    `labels` lets new teams be private and labelled, which takes Enhanced; None leaves it as it is.

    Raises RoleMissing, BasicRequired, PrerequisitesUnmet with every unmet prerequisite and its rows,
    ConsentNotGranted, SettingsChanged. A refusal changes nothing.
    """
    crm = ports.crm(by, environment)
    now, person = await asyncio.gather(crm.read_switches(), crm.read_person())
    wanted = _within_rules(wanted, now, person)
    if wanted.basic and not now.basic:
        require_ready(judge_readiness(await crm.gather_readiness()))
    user_sync = now.user_sync and wanted.enhanced
    if wanted.enhanced and not now.enhanced:
        user_sync = (await _require_tenant_consent(by, ports)).allows_user_sync
    saved = await crm.save_switches(replace(wanted, user_sync=user_sync))
    await ports.audit.write(by, "switches.saved", environment, _change(now, saved))
    if labels is not None or not saved.enhanced:
        await _save_labels(environment, by, ports, wanted=bool(labels) and saved.enhanced)
    if saved.basic and not now.basic:
        await begin_watch(await diagnose(environment, by, ports), by, ports)
    elif not saved.basic:
        await end_watch(environment, by, ports)
        await end_filing(environment, by, ports)
    return saved


async def _save_labels(environment: EnvironmentKey, by: Person, ports: Ports, *, wanted: bool) -> None:
    crm = ports.crm(by, environment)
    before = await crm.read_labels()
    if before is None or before == wanted:
        return
    await crm.save_labels(on=wanted)
    await ports.audit.write(by, "switches.saved", environment, f"private and labelled teams: {before} -> {wanted}")


def _within_rules(wanted: Switches, now: Switches, person: CrmPerson) -> Switches:
    require_system_administrator(person)
    if wanted.basic:
        return wanted
    if wanted.enhanced and not now.enhanced:
        raise BasicRequired
    return replace(wanted, enhanced=False)  # Basic switched off takes Enhanced with it


async def _require_tenant_consent(by: Person, ports: Ports) -> Consent:
    if not is_tenant_administrator(await ports.people(by).read_me()):
        raise RoleMissing(GLOBAL_ADMINISTRATOR)
    consent = await probe_consent(by, ports)
    if not consent.allows_linking:
        raise ConsentNotGranted("enhanced", consent.missing)
    return consent


def _change(before: Switches, after: Switches) -> str:
    words = (("basic", before.basic, after.basic), ("enhanced", before.enhanced, after.enhanced))
    return ", ".join(f"{name}: {old} -> {new}" for name, old, new in words if old != new) or "unchanged"
