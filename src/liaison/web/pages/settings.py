"""Microsoft Teams collaboration and chat: two switches, what they need, and the tenant's consent.

One page under two addresses: in an app (Change area › App Settings) and in Power Apps (Environments › Settings).
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from starlette.responses import Response

from liaison.domain.consent import Consent, ConsentState, enhanced_scopes
from liaison.domain.crm import GLOBAL_ADMINISTRATOR, SYSTEM_ADMINISTRATOR, Environment
from liaison.domain.diagnosis import LICENCE_FAMILIES, sentences_of
from liaison.domain.readiness import Check, CheckState, Switches, rows_of
from liaison.errors import (
    BasicRequired,
    ConsentMissing,
    LiaisonError,
    NotAllowed,
    PrerequisitesUnmet,
    Row,
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
from liaison.web import addresses, problems
from liaison.web.pages.power_apps import settings_shell as power_apps_shell
from liaison.web.place import areas, find_environment, find_place, first_entries
from liaison.web.shell import Crumb, Entry, Group, Shell, SiteMap
from liaison.web.visit import Visit

ON = "on"
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
class Requirement:
    """One line of the checklist. `state` is met, unmet or not_applicable."""

    title: str
    state: str
    state_text: str
    text: str
    remedy: str
    help: str
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Grant:
    permission: problems.Permission
    is_granted: bool


@dataclass(frozen=True)
class ConsentBox:
    """What the administrator accepts, and what is known of it. `accept` is empty for whoever cannot give it."""

    state: str
    icon: str
    tone: str
    by: str
    at: datetime | None
    grants: tuple[Grant, ...]
    is_granted: bool
    accept: str
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
    licences: tuple[Requirement, ...]
    roles: tuple[Requirement, ...]
    prerequisites: tuple[Requirement, ...]
    consent: ConsentBox
    refusal: Refusal | None
    is_saved: bool
    is_unsaved: bool
    consent_answer: str


@dataclass(frozen=True)
class _Wanted:
    basic: bool
    enhanced: bool


async def show(visit: Visit) -> Response:
    by, environment = visit.person, find_environment(visit)
    shell, now = await asyncio.gather(_shell(visit, environment), read_collaboration(environment.key, by, visit.ports))
    wanted = _Wanted(now.switches.basic, now.switches.enhanced)
    if visit.asked("unsaved"):
        wanted = _Wanted(visit.asked("basic") == ON, visit.asked("enhanced") == ON)
    return visit.answer(_page(visit, shell, now, wanted))


async def save(visit: Visit) -> Response:
    """Either everything is saved, or nothing and the page says why, with the switches as they were wanted."""
    environment = find_environment(visit)
    wanted = _Wanted(visit.given("basic") == ON, visit.given("enhanced") == ON)
    switches = Switches(wanted.basic, wanted.enhanced, wanted.enhanced, visit.given("version"))
    try:
        await save_switches(switches, environment.key, visit.person, visit.ports)
    except (BasicRequired, ConsentMissing, NotAllowed, PrerequisitesUnmet, SettingsChanged) as error:
        shell, now = await asyncio.gather(
            _shell(visit, environment), read_collaboration(environment.key, visit.person, visit.ports)
        )
        return visit.answer(_page(visit, shell, now, wanted, error), error.status)
    return visit.go(f"{visit.request.url.path}?saved=1")


async def _shell(visit: Visit, environment: Environment) -> Shell:
    title = visit.say("web.settings.title")
    if "app" not in visit.request.path_params:
        return power_apps_shell(visit, environment, title)
    place = await find_place(visit)
    if place is None:
        return visit.shell(title)
    app = addresses.app_home(environment.key, place.app.unique_name)
    settings = addresses.settings(environment.key, place.app.unique_name)
    general = Group(
        visit.say("web.map.general_settings"),
        (Entry(visit.say("web.map.chat_and_collaborate"), "chat", settings, is_current=True),),
    )
    return visit.shell(
        title,
        app=place.app.name,
        app_address=app,
        environment=environment.name,
        site_map=SiteMap(
            (first_entries(visit), general),
            visit.say("web.area.settings"),
            areas(visit, place, in_settings=True),
        ),
        crumbs=(Crumb(visit.say("web.area.settings")), Crumb(visit.say("web.map.general_settings")), Crumb(title)),
    )


def _page(
    visit: Visit, shell: Shell, now: Collaboration, wanted: _Wanted, error: LiaisonError | None = None
) -> SettingsPage:
    saved = _Wanted(now.switches.basic, now.switches.enhanced)
    return SettingsPage(
        shell=shell,
        action=visit.request.url.path,
        version=now.switches.version,
        basic=Switch(wanted.basic, _reason(barrier_to_basic(now), visit)),
        enhanced=Switch(wanted.enhanced, _reason(barrier_to_enhanced(now), visit)),
        links=now.links,
        licences=tuple(_licence(family, now, visit) for family in LICENCE_FAMILIES),
        roles=_roles(now, visit),
        prerequisites=tuple(_prerequisite(check, visit) for check in now.diagnosis.checks if check.code in BLOCKING),
        consent=_consent(now, wanted, visit),
        refusal=_refusal(error, now, wanted, visit) if error else None,
        is_saved=bool(visit.asked("saved")) and error is None,
        is_unsaved=wanted != saved,
        consent_answer=visit.asked("consent"),
    )


def _reason(barrier: LiaisonError | None, visit: Visit) -> str:
    return problems.explain(barrier, visit).message if barrier else ""


def _licence(family: str, now: Collaboration, visit: Visit) -> Requirement:
    key = family.casefold().replace(" ", "_")
    text = visit.say(f"web.settings.licence.{key}")
    found = next(check for check in now.diagnosis.checks if check.code == LICENCE_FAMILIES[family])
    state = CheckState.UNMET if found.state is CheckState.ATTENTION else found.state
    remedy = visit.say("web.settings.licence.remedy", licence=family) if state is CheckState.UNMET else ""
    return Requirement(family, state.value, visit.say(f"check.state.{state.value}"), text, remedy, _help("licences"))


def _roles(now: Collaboration, visit: Visit) -> tuple[Requirement, ...]:
    held = (
        (SYSTEM_ADMINISTRATOR, now.person.is_system_administrator, "basic"),
        (GLOBAL_ADMINISTRATOR, now.is_tenant_administrator, "enhanced"),
    )
    return tuple(_role(role, is_held, key, visit) for role, is_held, key in held)


def _role(role: str, is_held: bool, key: str, visit: Visit) -> Requirement:
    state = "met" if is_held else "unmet"
    text = visit.say(f"web.settings.role.{key}.{state}")
    return Requirement(
        visit.say(f"role.{role}"), state, visit.say(f"web.settings.role.{state}"), text, "", _help("roles")
    )


def _prerequisite(check: Check, visit: Visit) -> Requirement:
    words = sentences_of(check)
    facts = {**dict(check.facts), "problem": visit.say(f"error.{check.trouble}.title") if check.trouble else ""}
    return Requirement(
        title=visit.say(words.title),
        state=check.state.value,
        state_text=visit.say(words.state),
        text=visit.say(words.text, **facts),
        remedy=visit.say(words.remedy, **facts) if words.remedy else "",
        help=_help("prerequisites"),
        rows=check.rows,
    )


def _consent(now: Collaboration, wanted: _Wanted, visit: Visit) -> ConsentBox:
    consent: Consent = now.consent
    icon, tone = _TONES[consent.state]
    words = problems.permissions(enhanced_scopes(), visit)
    positions = {"basic": ON if wanted.basic else "", "enhanced": ON if wanted.enhanced else ""}
    query = {"back": visit.request.url.path, **positions}
    can_accept = now.is_tenant_administrator and now.person.is_system_administrator
    return ConsentBox(
        state=visit.say(f"consent.state.{consent.state.value}"),
        icon=icon,
        tone=tone,
        by=consent.by,
        at=consent.at,
        grants=tuple(Grant(permission, permission.name in consent.granted) for permission in words),
        is_granted=consent.state is ConsentState.GRANTED,
        accept=addresses.address("auth", "consent", query=query) if can_accept else "",
        hand_over=visit.ports.public_address + visit.request.url.path,
    )


def _refusal(error: LiaisonError, now: Collaboration, wanted: _Wanted, visit: Visit) -> Refusal:
    changed = isinstance(error, SettingsChanged)
    return Refusal(
        problem=problems.explain(error, visit),
        causes=_causes(error, visit),
        theirs=_positions(_Wanted(now.switches.basic, now.switches.enhanced), visit) if changed else "",
        ours=_positions(wanted, visit) if changed else "",
        by=now.switches.changed_by,
    )


def _causes(error: LiaisonError, visit: Visit) -> tuple[Requirement, ...]:
    """Each unmet prerequisite with its very rows."""
    if not isinstance(error, PrerequisitesUnmet):
        return ()
    failed = (Check(code, CheckState.UNMET, rows_of(code, error.rows)) for code in error.findings)
    return tuple(_prerequisite(check, visit) for check in failed)


def _positions(wanted: _Wanted, visit: Visit) -> str:
    def position(is_on: bool) -> str:
        return visit.say("web.settings.on" if is_on else "web.settings.off")

    return visit.say("web.settings.positions", basic=position(wanted.basic), enhanced=position(wanted.enhanced))


def _help(topic: str) -> str:
    return addresses.help_topic(topic)
