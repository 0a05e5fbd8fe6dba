"""Microsoft Teams collaboration and chat: two switches, what they need, and the tenant's consent.

One page under two addresses: in an app (Change area › App Settings) and in Power Apps (Environments › Settings).
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from starlette.responses import Response

from liaison.domain.consent import Consent, ConsentState, RungState, judge_rungs
from liaison.domain.diagnosis import LICENCE_FAMILIES
from liaison.domain.readiness import Check, CheckState, Switches, rows_of
from liaison.errors import (
    ConsentMissing,
    LiaisonError,
    NotAllowed,
    NotReady,
    PrerequisitesUnmet,
    SettingsChanged,
)
from liaison.operations.doctor import BLOCKING
from liaison.operations.enable import (
    Collaboration,
    barrier_to_basic,
    barrier_to_enhanced,
    read_collaboration,
    save_switches,
)
from liaison.operations.filing import Filing, read_filing, save_filing
from liaison.web import addresses, problems
from liaison.web.pages.filing import FilingCard, barrier_with, filing_card, saved_filing, wanted_filing
from liaison.web.pages.packages import ShownPackage, list_packages
from liaison.web.pages.settings_extras import ExtrasBox, show_extras
from liaison.web.pages.settings_labeller import LabellerBox, show_labeller
from liaison.web.pages.settings_place import settings_address, settings_shell
from liaison.web.place import find_environment
from liaison.web.requirements import Requirement, show_check
from liaison.web.shell import Shell
from liaison.web.visit import Visit

ON = "on"
_CHECKLIST = (
    ("licences", tuple(LICENCE_FAMILIES.values())),
    ("roles", ("readiness.role_system_administrator", "readiness.role_global_administrator")),
    ("prerequisites", BLOCKING),
    ("to_know", ("readiness.document_management", "readiness.unmanaged_devices", "readiness.clock")),
)
"""The parts of the checklist; consent has a card of its own."""
_TONES = {
    ConsentState.GRANTED: ("done", "success"),
    ConsentState.PARTIAL: ("warning", "warning"),
    ConsentState.REFUSED: ("error", "danger"),
    ConsentState.REVOKED: ("error", "danger"),
    ConsentState.NOT_ASKED: ("information", "neutral"),
}


@dataclass(frozen=True)
class Switch:
    """`reason` says why the asker cannot move it."""

    is_on: bool
    reason: str

    @property
    def is_disabled(self) -> bool:
        return bool(self.reason)


@dataclass(frozen=True)
class Checks:
    """A part of the checklist."""

    title: str
    items: tuple[Requirement, ...]


@dataclass(frozen=True)
class Watched:
    """What the daily look found: prerequisites that broke, or why it could not look."""

    at: datetime | None
    broke: tuple[Requirement, ...]
    trouble: problems.Problem | None


@dataclass(frozen=True)
class Pages:
    """Addresses below the settings page."""

    remedy: str
    tables: str
    templates: str


@dataclass(frozen=True)
class Grant:
    permission: problems.Permission
    is_granted: bool


@dataclass(frozen=True)
class ShownRung:
    """A step of the ladder of consent and its permissions."""

    title: str
    grants: tuple[Grant, ...]

    @property
    def is_granted(self) -> bool:
        return all(grant.is_granted for grant in self.grants)


@dataclass(frozen=True)
class ConsentBox:
    """What the administrator accepts, and what is known of it. `accept` is empty for whoever cannot give it.

    `accept_less` accepts everything but adding members. `lacks_user_sync` says that people are not added to channels.
    """

    state: str
    icon: str
    tone: str
    by: str
    at: datetime | None
    rungs: tuple[ShownRung, ...]
    is_granted: bool
    lacks_user_sync: bool
    accept: str
    accept_less: str
    hand_over: str


@dataclass(frozen=True)
class Refusal:
    """Why nothing was saved. `theirs` and `ours` are both states when somebody else had saved meanwhile."""

    problem: problems.Problem
    causes: tuple[Requirement, ...]
    theirs: str
    ours: str
    by: str


@dataclass(frozen=True)
class SettingsPage:
    """`is_unsaved`: the switches stand otherwise than they are saved."""

    template: ClassVar[str] = "settings.html"
    shell: Shell
    action: str
    version: str
    basic: Switch
    enhanced: Switch
    links: int
    labels: Switch | None
    checklist: tuple[Checks, ...]
    consent: ConsentBox
    extras: ExtrasBox
    labeller: LabellerBox | None
    filing: FilingCard
    watch: Watched | None
    pages: Pages
    refusal: Refusal | None
    is_saved: bool
    is_unsaved: bool
    consent_answer: str
    packages: tuple[ShownPackage, ...]


@dataclass(frozen=True)
class _Wanted:
    basic: bool
    enhanced: bool
    labels: bool
    filing: str
    """The reaction that files messages; empty when none are filed."""


@dataclass(frozen=True)
class _Now:
    """The environment as it is."""

    shell: Shell
    collaboration: Collaboration
    filing: Filing


async def show(visit: Visit) -> Response:
    now = await _read(visit)
    wanted = _saved(now)
    if visit.asked("unsaved"):
        wanted = replace(wanted, basic=visit.asked("basic") == ON, enhanced=visit.asked("enhanced") == ON)
    return visit.answer(_page(visit, now, wanted))


async def _read(visit: Visit) -> _Now:
    by, environment = visit.person, find_environment(visit)
    return _Now(
        *await asyncio.gather(
            settings_shell(visit, environment),
            read_collaboration(environment.key, by, visit.ports),
            read_filing(environment.key, by, visit.ports),
        )
    )


async def save(visit: Visit) -> Response:
    """Either everything is saved, or nothing and the page says why, with the switches as they were wanted."""
    key = find_environment(visit).key
    wanted = _Wanted(
        visit.given("basic") == ON, visit.given("enhanced") == ON, visit.given("labels") == ON, wanted_filing(visit)
    )
    switches = Switches(wanted.basic, wanted.enhanced, wanted.enhanced, visit.given("version"))
    try:
        filing = await read_filing(key, visit.person, visit.ports)
        barrier = barrier_with(filing, wanted.filing, basic=wanted.basic)
        if barrier is not None:
            raise barrier
        await save_switches(switches, key, visit.person, visit.ports, wanted.labels)
        if wanted.basic:
            await save_filing(filing, wanted.filing, visit.person, visit.ports)
    except (ConsentMissing, NotAllowed, NotReady, SettingsChanged) as error:
        return visit.answer(_page(visit, await _read(visit), wanted, error), error.status)
    return visit.go(f"{visit.request.url.path}?saved=1")


def _saved(now: _Now) -> _Wanted:
    switches = now.collaboration.switches
    return _Wanted(switches.basic, switches.enhanced, bool(now.collaboration.labels), saved_filing(now.filing))


def _page(visit: Visit, place: _Now, wanted: _Wanted, error: LiaisonError | None = None) -> SettingsPage:
    now = place.collaboration
    return SettingsPage(
        shell=place.shell,
        action=visit.request.url.path,
        version=now.switches.version,
        basic=Switch(wanted.basic, _reason(barrier_to_basic(now), visit)),
        enhanced=Switch(wanted.enhanced, _reason(barrier_to_enhanced(now), visit)),
        links=now.links,
        labels=_labels(now, wanted),
        checklist=tuple(_checks(part, now, visit) for part in _CHECKLIST),
        consent=_consent(now, wanted, visit),
        labeller=show_labeller(now, visit),
        extras=show_extras(now.consent, _asked_with(wanted, visit) if _can_accept(now) else None, visit),
        filing=filing_card(place.filing, wanted.filing, visit),
        watch=_watched(now, visit),
        pages=Pages(*(settings_address(visit, name) for name in ("remedy", "tables", "templates"))),
        refusal=_refusal(error, now, wanted, visit) if error else None,
        is_saved=bool(visit.asked("saved")) and error is None,
        is_unsaved=wanted != _saved(place),
        consent_answer=visit.asked("consent"),
        packages=list_packages(visit) if now.person.is_system_administrator or now.is_tenant_administrator else (),
    )


def _reason(barrier: LiaisonError | None, visit: Visit) -> str:
    return problems.explain(barrier, visit).message if barrier else ""


def _labels(now: Collaboration, wanted: _Wanted) -> Switch | None:
    """Where the environment has the setting; it moves only with Enhanced on."""
    return None if now.labels is None else Switch(wanted.labels, "")


def _checks(part: tuple[str, tuple[str, ...]], now: Collaboration, visit: Visit) -> Checks:
    title, codes = part
    found = {check.code: check for check in now.diagnosis.checks}
    remedy = settings_address(visit, "remedy") if now.person.is_system_administrator else ""
    return Checks(
        visit.say(f"web.settings.requirements.{title}"), tuple(show_check(found[code], visit, remedy) for code in codes)
    )


def _watched(now: Collaboration, visit: Visit) -> Watched | None:
    watch = now.watch
    if watch is None or not watch.needs_a_person:
        return None
    broke = tuple(show_check(check, visit) for check in watch.checks if check.code in watch.broke)
    trouble = problems.explain(watch.trouble.error(), visit) if watch.trouble else None
    return Watched(watch.checked_at, broke, trouble)


def _consent(now: Collaboration, wanted: _Wanted, visit: Visit) -> ConsentBox:
    consent: Consent = now.consent
    icon, tone = _TONES[consent.state]
    query, can_accept = _asked_with(wanted, visit), _can_accept(now)
    rungs = [rung for rung in judge_rungs(frozenset(consent.granted)) if not rung.is_extra]
    return ConsentBox(
        state=visit.say(f"consent.state.{consent.state.value}"),
        icon=icon,
        tone=tone,
        by=consent.by,
        at=consent.at,
        rungs=tuple(_rung(rung, visit) for rung in rungs),
        is_granted=consent.state is ConsentState.GRANTED,
        lacks_user_sync=now.switches.basic and not consent.allows_user_sync,
        accept=addresses.address("auth", "consent", query=query) if can_accept else "",
        accept_less=addresses.address("auth", "consent", query={**query, "less": "1"}) if can_accept else "",
        hand_over=visit.ports.public_address + visit.request.url.path,
    )


def _can_accept(now: Collaboration) -> bool:
    return now.is_tenant_administrator and now.person.is_system_administrator


def _asked_with(wanted: _Wanted, visit: Visit) -> dict[str, str]:
    """What the consent page's answer comes back with: where it began, and how the switches stood."""
    positions = {"basic": ON if wanted.basic else "", "enhanced": ON if wanted.enhanced else ""}
    return {"back": visit.request.url.path, **positions}


def _rung(rung: RungState, visit: Visit) -> ShownRung:
    words = problems.permissions(rung.scopes, visit)
    return ShownRung(
        visit.say(f"consent.rung.{rung.rung.value}"),
        tuple(Grant(permission, permission.name not in rung.missing) for permission in words),
    )


def _refusal(error: LiaisonError, now: Collaboration, wanted: _Wanted, visit: Visit) -> Refusal:
    changed = isinstance(error, SettingsChanged)
    return Refusal(
        problem=problems.explain(error, visit),
        causes=_causes(error, visit),
        theirs=_positions(now.switches.basic, now.switches.enhanced, visit) if changed else "",
        ours=_positions(wanted.basic, wanted.enhanced, visit) if changed else "",
        by=now.switches.changed_by,
    )


def _causes(error: LiaisonError, visit: Visit) -> tuple[Requirement, ...]:
    """Each unmet prerequisite with its very rows."""
    if not isinstance(error, PrerequisitesUnmet):
        return ()
    failed = (Check(code, CheckState.UNMET, rows_of(code, error.rows)) for code in error.findings)
    return tuple(show_check(check, visit) for check in failed)


def _positions(basic: bool, enhanced: bool, visit: Visit) -> str:
    def position(is_on: bool) -> str:
        return visit.say("web.settings.on" if is_on else "web.settings.off")

    return visit.say("web.settings.positions", basic=position(basic), enhanced=position(enhanced))
