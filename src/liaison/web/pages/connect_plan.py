"""The wizard's template: which may be chosen, and the choices that it fills in."""

from __future__ import annotations

from dataclasses import dataclass, replace

from liaison.domain.link import NewTeam
from liaison.domain.names import RecordRef, Regarding
from liaison.domain.template import Proposal, Template, template_for
from liaison.operations.defaults import list_fitting, propose
from liaison.web import words
from liaison.web.pages.choices import NEW, NO_PLAN, Choices, WizardStep
from liaison.web.visit import Visit


@dataclass(frozen=True)
class PlanOption:
    value: str
    text: str
    is_chosen: bool


@dataclass(frozen=True)
class Plan:
    """What the first step says of templates. `makes` is what the chosen one makes beside the channel.

    `team` is the existing team that it names.
    """

    options: tuple[PlanOption, ...] = ()
    makes: str = ""
    team: str = ""
    team_name: str = ""


async def with_plan(visit: Visit, regarding: Regarding, choices: Choices) -> tuple[Choices, Plan]:
    """The choices, filled in anew when another template was chosen than the one they were filled in with.

    A record gets the default of its table to begin with; whoever comes with a team has chosen already.
    """
    if not isinstance(regarding, RecordRef):
        return replace(choices, plan="", applied=""), Plan()
    templates = await list_fitting(regarding, visit.person, visit.ports)
    if not templates:
        return replace(choices, plan="", applied=""), Plan()
    fallback = template_for(templates, regarding.table)
    chosen = _chosen(choices, templates, fallback)
    proposal = None if chosen is None else await propose(chosen, regarding, visit.person, visit.ports)
    plan = chosen.id if chosen else NO_PLAN
    options = (
        PlanOption(NO_PLAN, visit.say("web.connect.plan.none"), plan == NO_PLAN),
        *(PlanOption(one.id, _name(one, fallback, visit), one.id == plan) for one in templates),
    )
    return _filled(choices, plan, proposal), _shown(options, proposal, visit)


def _chosen(choices: Choices, templates: tuple[Template, ...], fallback: Template | None) -> Template | None:
    if not choices.plan:
        return None if choices.team else fallback
    return next((one for one in templates if one.id == choices.plan), None)


def _name(template: Template, fallback: Template | None, visit: Visit) -> str:
    is_fallback = fallback is not None and template.id == fallback.id
    return visit.say("web.connect.plan.fallback", name=template.name) if is_fallback else template.name


def _filled(choices: Choices, plan: str, proposal: Proposal | None) -> Choices:
    """In the first step, where the person sees what was filled in."""
    if plan == choices.applied:
        return replace(choices, plan=plan)
    if proposal is None:
        # What an earlier template filled in goes with it; what the person chose themselves stays.
        return Choices(plan=plan, applied=plan) if choices.applied else replace(choices, plan=plan, applied=plan)
    new = proposal.team if isinstance(proposal.team, NewTeam) else None
    existing = proposal.team if isinstance(proposal.team, str) else ""
    return Choices(
        step=WizardStep.TEAM,
        team=NEW if new else existing,
        team_name=new.name if new else "",
        privacy=new.privacy if new else choices.privacy,
        label=new.label if new else "",
        channel=NEW,
        name=proposal.channel_name,
        kind=proposal.channel_kind,
        plan=plan,
        applied=plan,
    )


def _shown(options: tuple[PlanOption, ...], proposal: Proposal | None, visit: Visit) -> Plan:
    if proposal is None:
        return Plan(options)
    extras = proposal.extras
    counts = [
        _count(visit, kind, number)
        for kind, number in (
            ("folders", len(extras.folders)),
            ("channels", len(extras.channels)),
            ("tabs", len(extras.tabs)),
        )
        if number
    ]
    things = [*counts, *([visit.say("web.connect.plan.counts.welcome")] if extras.welcome else [])]
    existing = proposal.team if isinstance(proposal.team, str) else ""
    return Plan(
        options,
        makes=visit.say("web.connect.plan.makes", things=", ".join(things)) if things else "",
        team=existing,
        team_name=proposal.team_name if existing else "",
    )


def _count(visit: Visit, kind: str, number: int) -> str:
    form = "one" if words.is_one(visit.language, number) else "many"
    return visit.say(f"web.connect.plan.counts.{kind}.{form}", count=str(number))


def template_of(choices: Choices) -> str:
    """The id of the chosen template; empty for none."""
    return "" if choices.plan == NO_PLAN else choices.plan
