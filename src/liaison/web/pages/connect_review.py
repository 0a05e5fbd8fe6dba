"""The wizard's last step: everything that will be made, under its final names, before anything is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar
from uuid import uuid4

from starlette.responses import Response

from liaison.domain.closing import OnClose
from liaison.domain.connection import ConnectionRequest, frozen_on_close
from liaison.domain.consent import Rung, missing_for
from liaison.domain.earlier import EarlierFiles, EarlierPlace
from liaison.domain.link import StepName
from liaison.domain.preview import Notice, NoticeCode, PlannedThing, Preview
from liaison.errors import LiaisonError
from liaison.operations.preview import preview_connection
from liaison.web import pictures, problems
from liaison.web.pages.choices import Choices, WizardStep
from liaison.web.pages.connect_members import mark_of
from liaison.web.pages.wizard import Opened, Where, Wizard, wizard_of, wizard_shell
from liaison.web.shell import Shell
from liaison.web.visit import Visit

_SHOWN_ELSEWHERE = frozenset(
    {
        NoticeCode.EARLIER_FILES,
        NoticeCode.EARLIER_COPY,
        NoticeCode.EARLIER_MOVE,
        NoticeCode.EARLIER_SHARED,
        NoticeCode.EARLIER_TOO_MANY,
        NoticeCode.EARLIER_NO_CONSENT,
        NoticeCode.SHARE_VIEW,
        NoticeCode.LABEL_BY,
        NoticeCode.GUEST,
        NoticeCode.NOT_IN_CRM,
        NoticeCode.NO_LICENCE,
        NoticeCode.NO_RIGHTS,
    }
)
"""Said by a bar of their own, or beside each person."""


@dataclass(frozen=True)
class ShownPlan:
    """One thing that will be made or used."""

    icon: str
    title: str
    detail: str


@dataclass(frozen=True)
class ShownMember:
    """Somebody who will be added, and what they will not see."""

    name: str
    mark: str


@dataclass(frozen=True)
class ShownChoice:
    """One thing that can be done with the earlier files, and what it brings with it."""

    value: str
    title: str
    detail: str
    is_chosen: bool


@dataclass(frozen=True)
class ShownEarlier:
    """The files that the record has already. Without `choices` they stay, for the reason in `stay`."""

    places: tuple[EarlierPlace, ...]
    choices: tuple[ShownChoice, ...]
    stay: str
    shared: str


@dataclass(frozen=True)
class ReviewPage:
    """`files` says who sees the channel's files; `earlier` is None when the record has none.

    `archive` offers to archive the new channel when the record is closed, `archives` is what was chosen, `no_archive`
    says what is missing for it.
    """

    template: ClassVar[str] = "connect_review.html"
    shell: Shell
    wizard: Wizard
    team: str
    channel: str
    planned: tuple[ShownPlan, ...]
    members: tuple[ShownMember, ...]
    warnings: tuple[str, ...]
    files: str
    earlier: ShownEarlier | None
    made_with: str
    share: bool
    archive: bool
    archives: bool
    no_archive: str
    key: str
    problem: problems.Problem | None


async def show_review(
    visit: Visit,
    opened: Opened,
    choices: Choices,
    where: Where,
    asked: ConnectionRequest,
    refusal: LiaisonError | None = None,
) -> Response:
    """`refusal` is what Finish met. Raises what connecting would refuse the request for."""
    found = await preview_connection(asked, visit.person, visit.ports)
    page = ReviewPage(
        shell=wizard_shell(visit, opened),
        wizard=wizard_of(visit, opened, WizardStep.REVIEW, choices, where),
        team=found.team_name,
        channel=found.channel_name,
        planned=tuple(_plan(thing, found, visit) for thing in found.things),
        members=tuple(ShownMember(one.name, mark_of(one, visit)) for one in found.members),
        warnings=tuple(_notice(one, visit) for one in found.notices if one.code not in _SHOWN_ELSEWHERE),
        files=visit.say(f"files.{found.files.value}"),
        earlier=_earlier(found, choices.earlier, visit) if found.earlier.files else None,
        share=any(one.code is NoticeCode.SHARE_VIEW for one in found.notices),
        archive=_may_be_archived(asked),
        archives=found.on_close is OnClose.ARCHIVE,
        made_with=visit.say("web.connect.plan.name", name=found.made_with) if found.made_with else "",
        no_archive=await _no_archive(asked, visit),
        key=str(uuid4()),
        problem=problems.explain(refusal, visit) if refusal else None,
    )
    return visit.answer(page, refusal.status if refusal else 200)


def _may_be_archived(asked: ConnectionRequest) -> bool:
    return frozen_on_close(replace(asked, on_close=OnClose.ARCHIVE)) is OnClose.ARCHIVE


async def _no_archive(asked: ConnectionRequest, visit: Visit) -> str:
    """Empty when the organization allows it."""
    if not _may_be_archived(asked):
        return ""
    missing = missing_for(Rung.ARCHIVE, await visit.ports.sign_in.carried_scopes(visit.person))
    return visit.say("web.archive.no_consent") if missing else ""


def _earlier(found: Preview, chosen: EarlierFiles, visit: Visit) -> ShownEarlier:
    offered = () if found.earlier_stay else tuple(EarlierFiles)
    shared = Notice(NoticeCode.EARLIER_SHARED, ", ".join(found.earlier.shared))
    return ShownEarlier(
        places=found.earlier.places,
        choices=tuple(_choice(one, chosen, visit) for one in offered),
        stay=_notice(found.earlier_stay, visit) if found.earlier_stay else "",
        shared=_notice(shared, visit) if found.earlier.shared else "",
    )


def _choice(one: EarlierFiles, chosen: EarlierFiles, visit: Visit) -> ShownChoice:
    key = f"web.connect.earlier.{one.value}"
    return ShownChoice(one.value, visit.say(f"{key}.title"), visit.say(f"{key}.detail"), one is chosen)


def _notice(notice: Notice, visit: Visit) -> str:
    facts = {"what": notice.what} if notice.what else {}
    return visit.say(f"notice.{notice.code.value}", **facts)


def _plan(thing: PlannedThing, found: Preview, visit: Visit) -> ShownPlan:
    key = _channel_key(found) if thing.step is StepName.CHANNEL else thing.step.value
    if thing.step is StepName.PARTNERS:
        title = visit.say("web.connect.planned.partners.title")
        return ShownPlan(pictures.STEPS[thing.step], title, thing.name)
    facts = {"channel": found.channel_name, "team": found.team_name, "record": found.title, "names": thing.name}
    if thing.step is StepName.LABEL:
        return _planned_label(thing, found, visit)
    detail = visit.say(f"web.connect.planned.{key}.detail", **facts)
    return ShownPlan(
        icon=pictures.STEPS[thing.step],
        title=visit.say(f"web.connect.planned.{key}.title", **facts),
        detail=" · ".join((*_kind(thing, found, visit), detail)),
    )


def _planned_label(thing: PlannedThing, found: Preview, visit: Visit) -> ShownPlan:
    """With who puts it there, when that is somebody else."""
    said = (_notice(one, visit) for one in found.notices if one.code is NoticeCode.LABEL_BY)
    title = visit.say("web.connect.planned.label.title", label=thing.name)
    otherwise = visit.say("web.connect.planned.label.detail", team=found.team_name)
    return ShownPlan(pictures.STEPS[thing.step], title, next(said, otherwise))


def _channel_key(found: Preview) -> str:
    """A new team has its first channel from the beginning; nothing of it is there yet either."""
    if found.channel_is_new:
        return "new_channel"
    return "first_channel" if found.team_is_new else "channel"


def _kind(thing: PlannedThing, found: Preview, visit: Visit) -> tuple[str, ...]:
    """What more there is to say of a new team or channel: its privacy, or its kind."""
    if thing.step is StepName.TEAM and found.privacy is not None:
        return (visit.say(f"web.connect.privacy.{found.privacy.value}.title"),)
    if thing.step is StepName.CHANNEL:
        return (visit.say(f"web.channel.{found.channel_kind.value}"),)
    return ()
