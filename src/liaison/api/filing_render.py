"""From the domain's values about filing to the API's documents."""

from __future__ import annotations

from liaison.api.asking import Asking
from liaison.api.filing_shapes import FilingShape, LinkFilingShape, ListeningShape, NotFiledShape
from liaison.api.render import render_person, render_trouble
from liaison.domain.filing import REACTIONS
from liaison.domain.listening import Listening, Notice
from liaison.operations.filing import Filing, LinkFiling


def render_filing(found: Filing, asking: Asking) -> FilingShape:
    rule = found.rule
    return FilingShape(
        environment=found.environment,
        is_on=rule is not None,
        reaction=rule.reaction if rule else "",
        reactions=REACTIONS,
        by=render_person(rule.by) if rule else None,
        at=rule.at if rule else None,
        barrier=render_trouble(found.barrier, asking) if found.barrier else None,
        channels=tuple(_render_listening(one, asking) for one in found.listenings),
    )


def render_link_filing(found: LinkFiling | None, asking: Asking) -> LinkFilingShape:
    if found is None:
        return LinkFilingShape(is_on=False, reaction="", listening=None, filed=0, failed=())
    return LinkFilingShape(
        is_on=True,
        reaction=found.rule.reaction,
        listening=_render_listening(found.listening, asking) if found.listening else None,
        filed=found.filed,
        failed=tuple(_render_not_filed(one, asking) for one in found.failed),
    )


def _render_listening(listening: Listening, asking: Asking) -> ListeningShape:
    return ListeningShape(
        team=listening.team,
        channel=listening.channel,
        state=listening.state,
        text=asking.say(f"listening.{listening.state.value}"),
        ends_at=listening.ends_at,
        next_try_at=listening.due_at if listening.trouble else None,
        trouble=render_trouble(listening.trouble, asking) if listening.trouble else None,
        unheard_at=listening.unheard_at,
    )


def _render_not_filed(notice: Notice, asking: Asking) -> NotFiledShape:
    return NotFiledShape(
        message=notice.message,
        reply=notice.reply,
        since=notice.since,
        next_try_at=None if notice.is_stuck else notice.due_at,
        trouble=render_trouble(notice.trouble, asking) if notice.trouble else None,
    )
