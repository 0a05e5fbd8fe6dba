"""What a new team may be given: privacy, sensitivity label, template."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import StrEnum

from liaison.domain.consent import GROUPS
from liaison.domain.diagnosis import may_label_groups
from liaison.domain.link import TeamPrivacy
from liaison.domain.names import EnvironmentKey, Person
from liaison.domain.teams import Label
from liaison.errors import ConsentNotGranted, NotAllowed, Upstream
from liaison.ports import Ports

_MICROSOFTS = "com.microsoft.teams.template"
TEMPLATES = (
    "standard",
    f"{_MICROSOFTS}.ManageAProject",
    f"{_MICROSOFTS}.ManageAnEvent",
    f"{_MICROSOFTS}.OrganizeHelpDesk",
)
"""Templates that every tenant has and that fit a record; v1.0 of Graph lists none.

Source: Microsoft Teams, get started with team templates, base template types.
"""


class NoLabels(StrEnum):
    """Why no label can be chosen."""

    SWITCHED_OFF = "switched_off"
    NOT_READABLE = "not_readable"
    NO_CONSENT = "no_consent"
    """The token may not make groups, and a label is put on a group when it is made."""
    NO_ROLE = "no_role"
    """Only people with an administrator's role may put a label on a group through Graph."""


@dataclass(frozen=True)
class TeamChoices:
    """`labels` are shown even where they cannot be chosen, with the reason in `no_labels`."""

    privacies: tuple[TeamPrivacy, ...]
    labels: tuple[Label, ...]
    no_labels: NoLabels | None
    templates: tuple[str, ...] = TEMPLATES


async def read_team_choices(environment: EnvironmentKey, by: Person, ports: Ports) -> TeamChoices:
    """The choices for a new team, by the environment's setting for labels and what the person may do."""
    people = ports.people(by)
    setting, labels, me, carried = await asyncio.gather(
        _setting(environment, by, ports), _labels(by, ports), people.read_me(), ports.sign_in.carried_scopes(by)
    )
    reason: NoLabels | None = None
    if not setting:
        reason = NoLabels.SWITCHED_OFF
    elif labels is None:
        reason = NoLabels.NOT_READABLE
    elif GROUPS not in carried:
        reason = NoLabels.NO_CONSENT
    elif not may_label_groups(me):
        reason = NoLabels.NO_ROLE
    shown = () if setting is not True or labels is None else labels
    return TeamChoices((TeamPrivacy.PRIVATE, TeamPrivacy.PUBLIC), shown, reason)


async def _setting(environment: EnvironmentKey, by: Person, ports: Ports) -> bool | None:
    try:
        return await ports.crm(by, environment).read_labels()
    except (NotAllowed, Upstream):
        return None


async def _labels(by: Person, ports: Ports) -> tuple[Label, ...] | None:
    try:
        return await ports.people(by).list_labels()
    except (ConsentNotGranted, Upstream):
        return None
