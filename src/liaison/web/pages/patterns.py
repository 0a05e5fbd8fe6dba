"""`/patterns`: every element once, in local mode, to look at and to test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from starlette.responses import Response

from liaison.domain.link import LinkState, StepName
from liaison.errors import ConsentNotGranted, PrerequisitesUnmet, Row
from liaison.web import pictures, problems
from liaison.web.pages.choices import WizardStep
from liaison.web.pages.progress import Progress, ShownStep
from liaison.web.pages.wizard import ShownWizardStep
from liaison.web.place import plain_shell
from liaison.web.requirements import Requirement
from liaison.web.shell import Crumb, Entry, Shell
from liaison.web.visit import Visit

_STATES = ("done", "doing", "waiting", "stopped", "ahead")


@dataclass(frozen=True)
class Badge:
    text: str
    icon: str
    tone: str


@dataclass(frozen=True)
class PatternsPage:
    template: ClassVar[str] = "patterns.html"
    shell: Shell
    tabs: tuple[Entry, ...]
    badges: tuple[Badge, ...]
    problems: tuple[problems.Problem, ...]
    progress: Progress
    wizard_steps: tuple[ShownWizardStep, ...]
    requirements: tuple[Requirement, ...]


async def show(visit: Visit) -> Response:
    title = visit.say("web.patterns.title")
    page = PatternsPage(
        shell=plain_shell(visit, title, (Crumb(visit.say("web.map.home"), "/"), Crumb(title))),
        tabs=tuple(Entry(visit.say(f"web.record.tab.{tab}"), "", "/patterns", tab == "summary") for tab in _TABS),
        badges=tuple(Badge(visit.say(f"state.{state.value}"), *pictures.STATES[state]) for state in LinkState),
        problems=tuple(problems.explain(error, visit) for error in _ERRORS),
        progress=_progress(visit),
        wizard_steps=_wizard_steps(visit),
        requirements=tuple(
            _requirement(state, visit) for state in ("met", "unmet", "attention", "unknown", "not_applicable")
        ),
    )
    return visit.answer(page)


_TABS = ("summary", "documents", "timeline")
_ERRORS = (
    ConsentNotGranted("connect", ("Channel.Create", "TeamsTab.ReadWriteForTeam")),
    PrerequisitesUnmet(
        "800503ca",
        ("readiness.active_site",),
        (Row("site", "Default Site", "3f2504e0-4f89-11d3-9a0c-0305e82c3301", "https://contoso.sharepoint.com"),),
    ),
)


def _progress(visit: Visit) -> Progress:
    steps = tuple(
        ShownStep(
            pictures.STEPS[step],
            state,
            visit.say(f"step.{step.value}.done" if state == "done" else f"step.{step.value}.doing"),
        )
        for step, state in zip(StepName, _STATES, strict=False)
    )
    icon, tone = pictures.STATES[LinkState.CONNECTING]
    text = visit.say("state.connecting")
    return Progress(text, icon, tone, text, steps, False, None, None, None, (), "", "", None)


def _wizard_steps(visit: Visit) -> tuple[ShownWizardStep, ...]:
    states = ("passed", "current", "ahead", "ahead")
    return tuple(
        ShownWizardStep(visit.say(f"web.connect.step.{step.value}"), state)
        for step, state in zip(WizardStep, states, strict=True)
    )


def _requirement(state: str, visit: Visit) -> Requirement:
    key = "check.readiness.active_site"
    rows = _ERRORS[1].rows if state == "unmet" else ()
    return Requirement(
        visit.say(f"{key}.title"),
        state,
        visit.say(f"check.state.{state}"),
        visit.say(f"{key}.{'unmet' if state == 'unmet' else 'met'}"),
        visit.say(f"{key}.remedy") if rows else "",
        "/help/prerequisites",
        rows,
    )
