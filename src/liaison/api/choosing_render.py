"""From what a person chooses among to the API's documents."""

from __future__ import annotations

from liaison.api.asking import Asking
from liaison.api.choosing_shapes import (
    CandidateShape,
    EarlierPlaceShape,
    EarlierShape,
    JoinRequestShape,
    LabelShape,
    NameVerdictShape,
    NoticeShape,
    PlannedShape,
    PreviewShape,
    SourceShape,
    TeamChoicesShape,
    UnknownCheckShape,
)
from liaison.api.render import render_person, render_trouble
from liaison.domain.earlier import EarlierCount
from liaison.domain.joining import JoinRequest
from liaison.domain.labelling import LabelledBy, Labelling
from liaison.domain.members import Candidate
from liaison.domain.naming import NameVerdict
from liaison.domain.preview import Notice, NoticeCode, PlannedThing, Preview
from liaison.operations.choose_team import TeamChoices

_ABOUT_SOMETHING = frozenset(NoticeCode) - {
    NoticeCode.NO_USER_SYNC,
    NoticeCode.NAME_UNCHECKED,
    NoticeCode.SHARE_VIEW,
    NoticeCode.NO_POSTS,
    NoticeCode.LABEL_BY_NOBODY,
    NoticeCode.EARLIER_NO_CONSENT,
    NoticeCode.EARLIER_TOO_MANY,
}


def render_verdict(verdict: NameVerdict, asking: Asking) -> NameVerdictShape:
    return NameVerdictShape(
        name=verdict.name,
        final_name=verdict.final_name,
        is_good=verdict.is_good,
        problem=render_trouble(verdict.error, asking) if verdict.error else None,
        proposal=verdict.proposal,
        prefix=verdict.prefix,
        suffix=verdict.suffix,
        unknown=tuple(
            UnknownCheckShape(check=check, text=asking.say(f"naming.unknown.{check.value}"))
            for check in verdict.unknown
        ),
    )


def render_choices(choices: TeamChoices, asking: Asking) -> TeamChoicesShape:
    reason = choices.no_labels
    return TeamChoicesShape(
        privacies=choices.privacies,
        labels=tuple(LabelShape(id=one.id, name=one.name, description=one.description) for one in choices.labels),
        no_labels=reason,
        no_labels_text=asking.say(f"no_labels.{reason.value}") if reason else "",
        labelled_by=choices.labelling.by,
        labelled_by_text=say_labelling(choices.labelling, asking),
        templates=choices.templates,
    )


def say_labelling(labelling: Labelling, asking: Asking) -> str:
    facts = {"name": labelling.name} if labelling.by is LabelledBy.LABELLER else {}
    return asking.say(f"labelled_by.{labelling.by.value}", **facts)


def render_candidate(candidate: Candidate, asking: Asking) -> CandidateShape:
    unseen = candidate.unseen
    return CandidateShape(
        id=candidate.person,
        name=candidate.name,
        upn=candidate.upn,
        sources=tuple(
            SourceShape(source=source, text=asking.say(f"source.{source.value}")) for source in candidate.sources
        ),
        through=candidate.through,
        is_guest=candidate.is_guest,
        is_member=candidate.is_member,
        can_read_record=candidate.can_read_record,
        has_licence=candidate.has_licence,
        unseen=unseen,
        unseen_text=asking.say(f"unseen.{unseen.value}") if unseen else "",
    )


def render_preview(preview: Preview, asking: Asking) -> PreviewShape:
    return PreviewShape(
        title=preview.title,
        team_name=preview.team_name,
        team_is_new=preview.team_is_new,
        channel_name=preview.channel_name,
        channel_kind=preview.channel_kind,
        channel_is_new=preview.channel_is_new,
        privacy=preview.privacy,
        label=preview.label,
        template=preview.template,
        things=tuple(_render_planned(one, asking) for one in preview.things),
        files=preview.files,
        files_text=asking.say(f"files.{preview.files.value}"),
        members=tuple(render_candidate(member, asking) for member in preview.members),
        made_with=preview.made_with,
        notices=tuple(NoticeShape(code=one.code, text=say_notice(one, asking)) for one in preview.notices),
        earlier=_render_earlier(preview.earlier),
    )


def _render_earlier(count: EarlierCount) -> EarlierShape:
    return EarlierShape(
        files=count.files,
        size_bytes=count.size_bytes,
        places=tuple(
            EarlierPlaceShape(name=one.name, files=one.files, size_bytes=one.size_bytes) for one in count.places
        ),
        shared=count.shared,
        is_cut=count.is_cut,
    )


def _render_planned(thing: PlannedThing, asking: Asking) -> PlannedShape:
    text = asking.say(f"step.{thing.step.value}.doing")
    return PlannedShape(step=thing.step, text=text, name=thing.name, is_new=thing.is_new)


def say_notice(notice: Notice, asking: Asking) -> str:
    facts = {"what": notice.what} if notice.code in _ABOUT_SOMETHING else {}
    return asking.say(f"notice.{notice.code.value}", **facts)


def render_join_request(request: JoinRequest, asking: Asking) -> JoinRequestShape:
    return JoinRequestShape(
        id=request.id,
        team=request.team,
        team_name=request.team_name,
        channel_name=request.channel_name,
        by=render_person(request.by),
        asked_at=request.asked_at,
        state=request.state,
        state_text=asking.say(f"join.state.{request.state.value}"),
        answered_by=request.answered_by,
        answered_at=request.answered_at,
    )
