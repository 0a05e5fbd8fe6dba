"""What is said of a new team's or channel's name while it is typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from starlette.responses import Response

from liaison.domain.names import TeamId
from liaison.domain.naming import NameVerdict
from liaison.errors import LiaisonError
from liaison.operations.preflight import check_channel_name, check_team_name
from liaison.web import problems
from liaison.web.pages.choices import NEW, read_choices
from liaison.web.shell import Shell
from liaison.web.visit import Visit

TEAM_FIELD, CHANNEL_FIELD = "team-name", "channel-name"


@dataclass(frozen=True)
class NameSaid:
    """`field` is the id of the field that a proposal fills; `text` is what is said of a name that can be used.

    `unchecked` says what could not be found out about it.
    """

    field: str
    problem: problems.Problem | None = None
    proposal: str = ""
    text: str = ""
    unchecked: tuple[str, ...] = ()


@dataclass(frozen=True)
class NamePage:
    template: ClassVar[str] = "connect_name.html"
    shell: Shell
    said: NameSaid


async def check_team(visit: Visit) -> Response:
    verdict = await check_team_name(visit.asked("team_name"), visit.person, visit.ports)
    return visit.answer(NamePage(visit.shell(""), _say(TEAM_FIELD, verdict, visit)))


async def check_channel(visit: Visit) -> Response:
    choices = read_choices(visit.request.query_params)
    team = TeamId("" if choices.team == NEW else choices.team)
    verdict = await check_channel_name(choices.name, team, visit.person, visit.ports, choices.kind)
    return visit.answer(NamePage(visit.shell(""), _say(CHANNEL_FIELD, verdict, visit)))


def _say(field: str, verdict: NameVerdict, visit: Visit) -> NameSaid:
    """Of a good name that it can be used, and what it will be called in full."""
    if verdict.error is not None:
        return refuse_name(field, verdict.error, visit, verdict.proposal)
    key = "web.connect.name_free" if verdict.final_name == verdict.name else "web.connect.name_final"
    return NameSaid(
        field,
        text=visit.say(key, name=verdict.final_name),
        unchecked=tuple(visit.say(f"naming.unknown.{check.value}") for check in verdict.unknown),
    )


def refuse_name(field: str, error: LiaisonError, visit: Visit, proposal: str = "") -> NameSaid:
    """What stands against a name, and a free one in its place where there is one."""
    return NameSaid(field, problems.explain(error, visit), proposal or str(error.facts().get("proposal", "")))
