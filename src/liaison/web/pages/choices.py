"""What was chosen in the wizard so far. Each of its steps is an address that carries all of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from starlette.datastructures import ImmutableMultiDict

from liaison.domain.earlier import EarlierFiles
from liaison.domain.link import Invited, NewTeam, TeamPrivacy
from liaison.domain.names import ChannelKind, PersonId
from liaison.domain.partners import split_addresses

NEW = "new"
GENERAL = "general"
"""The channel that a new team has from the beginning."""
NO_PLAN = "none"
"""The choice of no template."""
_MOST_MEMBERS = 100
Choice = TypeVar("Choice", bound=StrEnum)


class WizardStep(StrEnum):
    TEAM = "team"
    CHANNEL = "channel"
    MEMBERS = "members"
    REVIEW = "review"


@dataclass(frozen=True)
class Choices:
    """As they were sent: ids, or `new` and `general`; nothing here has been checked. `step` is the step asked for."""

    step: WizardStep = WizardStep.TEAM
    team: str = ""
    team_name: str = ""
    privacy: TeamPrivacy = TeamPrivacy.PRIVATE
    label: str = ""
    team_template: str = ""
    channel: str = ""
    name: str = ""
    kind: ChannelKind = ChannelKind.STANDARD
    members: tuple[Invited, ...] = ()
    earlier: EarlierFiles = EarlierFiles.SHOW_BOTH
    partners: tuple[str, ...] = ()
    """Addresses of people of partner organizations."""
    share_with: tuple[str, ...] = ()
    """Ids of teams that a new shared channel is shared with."""
    plan: str = ""
    """The id of a template of the environment, or none; empty before anything was chosen."""
    applied: str = ""
    """The template by which the choices were filled in."""

    @property
    def new_team(self) -> NewTeam:
        return NewTeam(self.team_name, self.privacy, self.label, self.team_template or "standard")

    def fields(self, without: WizardStep | None = None) -> tuple[tuple[str, str], ...]:
        """Names and values for a form or an address; those that the named step's own fields carry are left out."""
        kept = {
            WizardStep.TEAM: (
                ("plan", self.plan),
                ("team", self.team),
                ("team_name", self.team_name),
                ("privacy", self.privacy.value if self.team == NEW else ""),
                ("label", self.label),
                ("template", self.team_template),
            ),
            WizardStep.CHANNEL: (
                ("channel", self.channel),
                ("name", self.name),
                ("kind", self.kind.value if self.channel == NEW else ""),
            ),
            WizardStep.MEMBERS: (
                *(("member", member_value(one)) for one in self.members),
                ("partners", " ".join(self.partners)),
                *(("share_with", team) for team in self.share_with),
            ),
        }
        found = [("applied", self.applied)]
        found += [pair for step, fields in kept.items() if step is not without for pair in fields]
        return tuple((name, value) for name, value in found if value)

    def query(self, step: WizardStep) -> dict[str, str | list[str]]:
        """The choices as a query that leads to this step."""
        single = dict(self.fields(WizardStep.MEMBERS))
        members = [member_value(one) for one in self.members]
        shared: dict[str, str | list[str]] = {
            "partners": " ".join(self.partners),
            "share_with": list(self.share_with),
        }
        return {"step": step.value, **single, "member": members, **shared}

    def at(self, step: WizardStep) -> Choices:
        return replace(self, step=step)


def read_choices(sent: ImmutableMultiDict[str, object]) -> Choices:
    """From a query or a form; what it cannot have meant is left out."""

    def one(name: str) -> str:
        value = sent.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    return Choices(
        step=_known(WizardStep, one("step"), WizardStep.TEAM),
        team=one("team"),
        team_name=one("team_name"),
        privacy=_known(TeamPrivacy, one("privacy"), TeamPrivacy.PRIVATE),
        label=one("label"),
        team_template=one("template"),
        channel=one("channel"),
        name=one("name"),
        kind=_known(ChannelKind, one("kind"), ChannelKind.STANDARD),
        earlier=_known(EarlierFiles, one("earlier_files"), EarlierFiles.SHOW_BOTH),
        partners=split_addresses(one("partners")),
        share_with=tuple(value for value in sent.getlist("share_with") if isinstance(value, str) and value),
        plan=one("plan"),
        applied=one("applied"),
        members=_members([value for value in sent.getlist("member") if isinstance(value, str)]),
    )


def _known(kind: type[Choice], text: str, otherwise: Choice) -> Choice:
    return kind(text) if text in {one.value for one in kind} else otherwise


def member_value(member: Invited) -> str:
    """A chosen person as a form carries them: the id, and the name as it was shown."""
    return f"{member.id} {member.name}"


def _members(values: list[str]) -> tuple[Invited, ...]:
    parted = (value.strip().partition(" ") for value in values[:_MOST_MEMBERS])
    found = {who: Invited(PersonId(who), name.strip() or who) for who, _, name in parted if who}
    return tuple(found.values())
