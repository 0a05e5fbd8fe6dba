"""What all steps of the wizard share: what it is about, the steps, the choices so far, and the way back."""

from __future__ import annotations

from dataclasses import dataclass

from liaison.domain.link import NewTeam
from liaison.domain.names import RecordRef, TeamId
from liaison.domain.teams import Channel
from liaison.operations.collaborate import Panel
from liaison.web import addresses
from liaison.web.pages.choices import Choices, WizardStep
from liaison.web.pages.collaborate import panel_shell
from liaison.web.place import Place
from liaison.web.shell import Shell
from liaison.web.subject import Subject, subject_of
from liaison.web.visit import Visit


@dataclass(frozen=True)
class ShownWizardStep:
    """`state` is passed, current or ahead."""

    label: str
    state: str


@dataclass(frozen=True)
class Wizard:
    """What the pages of all steps show. `hidden` are the choices that the step's own fields do not carry."""

    subject: Subject
    panel: str
    action: str
    steps: tuple[ShownWizardStep, ...]
    next: str
    is_last: bool
    hidden: tuple[tuple[str, str], ...]
    back: str


@dataclass(frozen=True)
class Opened:
    """The wizard's surroundings: where it is, and what Collaborate knows of the record or view."""

    place: Place | None
    panel: Panel

    @property
    def is_record(self) -> bool:
        return isinstance(self.panel.regarding, RecordRef)


@dataclass(frozen=True)
class Where:
    """The chosen team: an existing one with its channels, or one to be made, under its final name."""

    team: TeamId | NewTeam
    name: str
    channels: tuple[Channel, ...]
    is_owner: bool


def wizard_shell(visit: Visit, opened: Opened) -> Shell:
    return panel_shell(visit, opened.place, opened.panel, visit.say("web.connect.title"))


def wizard_of(visit: Visit, opened: Opened, step: WizardStep, choices: Choices, where: Where | None = None) -> Wizard:
    """The surroundings of one step."""
    app, regarding = visit.named("app"), opened.panel.regarding
    steps = steps_of(opened, where)
    place = steps.index(step)
    is_last = step is WizardStep.REVIEW
    return Wizard(
        subject=subject_of(regarding, opened.panel.title, visit),
        panel=addresses.collaborate(app, regarding),
        action=addresses.collaborate(app, regarding, "new"),
        steps=tuple(_shown(one, number - place, visit) for number, one in enumerate(steps)),
        next="" if is_last else steps[place + 1].value,
        is_last=is_last,
        hidden=choices.fields(without=step),
        back=_back(visit, opened, steps[place - 1] if place else None, choices),
    )


def steps_of(opened: Opened, where: Where | None) -> tuple[WizardStep, ...]:
    """People are added to a record's channel only, and only by owners of the team; before one is chosen, who knows."""
    adds = opened.is_record and (where is None or where.is_owner)
    return tuple(step for step in WizardStep if step is not WizardStep.MEMBERS or adds)


def _shown(step: WizardStep, ahead: int, visit: Visit) -> ShownWizardStep:
    state = "current" if ahead == 0 else ("ahead" if ahead > 0 else "passed")
    return ShownWizardStep(visit.say(f"web.connect.step.{step.value}"), state)


def _back(visit: Visit, opened: Opened, step: WizardStep | None, choices: Choices) -> str:
    """The step before, with the choices kept; from the first one to the panel."""
    app, regarding = visit.named("app"), opened.panel.regarding
    if step is None:
        return addresses.collaborate(app, regarding)
    return addresses.collaborate(app, regarding, "new", query=choices.query(step))
