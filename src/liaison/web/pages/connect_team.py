"""The wizard's first step: one of my teams, or a new one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from starlette.responses import Response

from liaison.domain.labelling import LabelledBy, Labelling
from liaison.domain.link import TeamPrivacy
from liaison.domain.teams import Team
from liaison.errors import LiaisonError
from liaison.operations.choose_team import TEMPLATES, read_team_choices
from liaison.web import addresses, problems
from liaison.web.pages.choices import NEW, Choices, WizardStep
from liaison.web.pages.connect_names import TEAM_FIELD, NameSaid, refuse_name
from liaison.web.pages.connect_plan import Plan
from liaison.web.pages.wizard import Opened, Wizard, wizard_of, wizard_shell
from liaison.web.shell import Shell
from liaison.web.visit import Visit

TEMPLATE_WORDS = dict(zip(TEMPLATES, ("standard", "project", "event", "help_desk"), strict=True))


@dataclass(frozen=True)
class Option:
    value: str
    text: str
    is_chosen: bool
    detail: str = ""


@dataclass(frozen=True)
class NewTeamForm:
    """`check` is asked about the name while it is typed. `labels` is empty where teams carry none.

    `labelled_by` says who puts the chosen one on the team.
    """

    is_chosen: bool
    name: str
    check: str
    said: NameSaid
    privacies: tuple[Option, ...]
    labels: tuple[Option, ...]
    labelled_by: str
    templates: tuple[Option, ...]


@dataclass(frozen=True)
class TeamPage:
    template: ClassVar[str] = "connect_team.html"
    shell: Shell
    wizard: Wizard
    plan: Plan
    not_in_team: str
    teams: tuple[Team, ...]
    chosen: str
    asked: str
    missing: str
    problem: problems.Problem | None
    new: NewTeamForm
    is_refused: bool


async def show_teams(
    visit: Visit, opened: Opened, choices: Choices, plan: Plan, error: LiaisonError | None = None
) -> Response:
    """`error` is what the choice was refused for."""
    by_name = error is not None and choices.team == NEW
    teams = await visit.ports.teamwork(visit.person).list_teams()
    asked = visit.asked("team_search")
    found = tuple(team for team in teams if asked.casefold() in team.name.casefold())
    is_missing = choices.step is not WizardStep.TEAM and not choices.team and not asked
    page = TeamPage(
        shell=wizard_shell(visit, opened),
        wizard=wizard_of(visit, opened, WizardStep.TEAM, choices),
        plan=plan,
        not_in_team=_not_in_team(plan, teams, visit),
        teams=found,
        chosen=choices.team,
        asked=asked,
        missing=visit.say("web.connect.choose_team") if is_missing else "",
        problem=problems.explain(error, visit) if error and not by_name else None,
        new=await _new_team(visit, opened, choices, error if by_name else None),
        is_refused=by_name,
    )
    return visit.answer(page, error.status if error else 200)


def _not_in_team(plan: Plan, teams: tuple[Team, ...], visit: Visit) -> str:
    """Said when the template names a team that the person is not in."""
    if not plan.team or any(team.id == plan.team for team in teams):
        return ""
    return visit.say("web.connect.plan.not_in_team", team=plan.team_name)


async def _new_team(visit: Visit, opened: Opened, choices: Choices, error: LiaisonError | None) -> NewTeamForm:
    environment = opened.panel.regarding.environment
    offered = await read_team_choices(environment, visit.person, visit.ports)
    wanted = choices.new_team
    return NewTeamForm(
        is_chosen=choices.team == NEW,
        name=choices.team_name or opened.panel.title,
        check=addresses.collaborate(visit.named("app"), opened.panel.regarding, "team-name"),
        said=refuse_name(TEAM_FIELD, error, visit) if error else NameSaid(TEAM_FIELD),
        privacies=tuple(_privacy(one, wanted.privacy, visit) for one in offered.privacies),
        labels=tuple(Option(label.id, label.name, label.id == choices.label) for label in offered.labels),
        labelled_by=_labelled_by(offered.labelling, visit) if offered.labels else "",
        templates=tuple(
            Option(one, visit.say(f"web.connect.template.{TEMPLATE_WORDS[one]}"), one == wanted.template)
            for one in offered.templates
        ),
    )


def _labelled_by(labelling: Labelling, visit: Visit) -> str:
    facts = {"name": labelling.name} if labelling.by is LabelledBy.LABELLER else {}
    return visit.say(f"labelled_by.{labelling.by.value}", **facts)


def _privacy(one: TeamPrivacy, chosen: TeamPrivacy, visit: Visit) -> Option:
    key = f"web.connect.privacy.{one.value}"
    return Option(one.value, visit.say(f"{key}.title"), one is chosen, visit.say(f"{key}.text"))
