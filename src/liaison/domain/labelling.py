"""Who puts the chosen sensitivity label on a new team: whoever makes it, an administrator for them, or nobody."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from liaison.domain.consent import GROUPS, SCOPES, Rung
from liaison.domain.diagnosis import may_label_groups
from liaison.domain.link import Finding, Link, NewTeam
from liaison.domain.names import Person
from liaison.domain.teams import DirectoryPerson

NOT_SET = "label.not_set"


@dataclass(frozen=True)
class Labeller:
    """The administrator who agreed to label new teams on behalf of those who make them.

    `trouble` is the code of the error for which it last failed; empty while all is well.
    """

    person: Person
    agreed_at: datetime
    trouble: str = ""

    @property
    def is_ready(self) -> bool:
        return not self.trouble


class LabelledBy(StrEnum):
    """Who would put a label on a team that somebody makes now."""

    SELF = "self"
    LABELLER = "labeller"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Labelling:
    """`name` is the labeller's; empty when the person does it, or nobody."""

    by: LabelledBy
    name: str = ""


class NotLabelled(StrEnum):
    """Why a new team has no label although one was chosen; each is a reason in words."""

    NOBODY = "label_nobody"
    SIGN_IN = "label_sign_in"
    REFUSED = "label_refused"
    LATE = "label_late"


def carries_labelling(carried: frozenset[str]) -> bool:
    """Does a token with these permissions let its person set labels, given the role?"""
    return GROUPS in carried or set(SCOPES[Rung.LABEL]) <= carried


def may_label(me: DirectoryPerson, carried: frozenset[str]) -> bool:
    """Can this person themselves put a label on a group? Both the role and the permission are needed.

    Source: graph.md section 3.8.
    """
    return may_label_groups(me) and carries_labelling(carried)


def choose_labelling(me: DirectoryPerson, carried: frozenset[str], labeller: Labeller | None) -> Labelling:
    if may_label(me, carried):
        return Labelling(LabelledBy.SELF)
    if labeller is not None and labeller.is_ready:
        return Labelling(LabelledBy.LABELLER, labeller.person.name)
    return Labelling(LabelledBy.NOBODY)


def not_labelled(link: Link, new: NewTeam, why: NotLabelled) -> Link:
    """The link with the finding that names the label and says why the team is without it."""
    facts = (("label", new.label_name or new.label), ("team", link.team_name), ("reason", why.value))
    return replace(link, findings=(*link.findings, Finding(NOT_SET, facts)))


def lacks_label(link: Link) -> bool:
    return any(finding.code == NOT_SET for finding in link.findings)
