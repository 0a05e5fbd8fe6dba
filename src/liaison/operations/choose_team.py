"""What a new team may be given: privacy, sensitivity label, template."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import StrEnum

from liaison.domain.labelling import Labelling
from liaison.domain.link import TeamPrivacy
from liaison.domain.names import EnvironmentKey, Person
from liaison.domain.teams import Label
from liaison.errors import ConsentNotGranted, LabelUnknown, NotAllowed, Upstream
from liaison.operations.labelling import read_labelling
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


@dataclass(frozen=True)
class TeamChoices:
    """`labels` are those that the person may choose; where there are none `no_labels` says why.

    `labelling` says who would set one.
    """

    privacies: tuple[TeamPrivacy, ...]
    labels: tuple[Label, ...]
    no_labels: NoLabels | None
    labelling: Labelling
    templates: tuple[str, ...] = TEMPLATES


async def read_team_choices(environment: EnvironmentKey, by: Person, ports: Ports) -> TeamChoices:
    """The choices for a new team, by the environment's setting for labels and what the person may do."""
    (labels, reason), labelling = await asyncio.gather(_offered(environment, by, ports), read_labelling(by, ports))
    return TeamChoices((TeamPrivacy.PRIVATE, TeamPrivacy.PUBLIC), labels, reason, labelling)


async def require_label(label: str, environment: EnvironmentKey, by: Person, ports: Ports) -> str:
    """The name of a label that the person may choose; empty for none. Raises LabelUnknown."""
    if not label:
        return ""
    offered, _ = await _offered(environment, by, ports)
    found = next((one.name for one in offered if one.id.casefold() == label.casefold()), None)
    if found is None:
        raise LabelUnknown(label)
    return found


async def _offered(environment: EnvironmentKey, by: Person, ports: Ports) -> tuple[tuple[Label, ...], NoLabels | None]:
    setting, labels = await asyncio.gather(_setting(environment, by, ports), _labels(by, ports))
    if not setting:
        return (), NoLabels.SWITCHED_OFF
    return ((), NoLabels.NOT_READABLE) if labels is None else (labels, None)


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
