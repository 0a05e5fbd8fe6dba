"""What of a connection can be done again: where it stopped, or what it was connected without."""

from __future__ import annotations

from dataclasses import replace

from liaison.domain.extras import ExtraKind, without_refused
from liaison.domain.link import Link, LinkState, Operation, StepName
from liaison.domain.names import Person

_FOUND_BY = {
    StepName.LABEL: ("label.",),
    StepName.MEMBERS: ("member.",),
    StepName.PARTNERS: ("partner.not_added", "partner.no_consent"),
    StepName.TAB: ("tab.",),
    StepName.SHARE_VIEW: ("view.",),
    StepName.EARLIER_FILES: ("earlier.",),
    StepName.TEMPLATE_FOLDERS: ("template_folder.",),
    StepName.TEMPLATE_CHANNELS: ("template_channel.",),
    StepName.TEMPLATE_TABS: ("template_tab.",),
    StepName.WELCOME: ("welcome.no_consent", "welcome.not_posted"),
}
"""How the codes of a step's findings begin, for steps that may go better another time.

A welcome that was perhaps posted is not posted again.
"""
_MADE_BY = {
    StepName.TEMPLATE_FOLDERS: ExtraKind.FOLDER,
    StepName.TEMPLATE_CHANNELS: ExtraKind.CHANNEL,
    StepName.TEMPLATE_TABS: ExtraKind.TAB,
    StepName.WELCOME: ExtraKind.WELCOME,
}


def unfinished_steps(link: Link) -> tuple[StepName, ...]:
    """The steps that were done without what their findings name."""
    if link.operation is not Operation.CONNECT:
        return ()
    codes = [finding.code for finding in link.findings]
    return tuple(step for step in link.steps if any(code.startswith(_FOUND_BY.get(step, ())) for code in codes))


def can_be_tried_again(link: Link) -> bool:
    """It stopped, or it is connected without something that may be possible by now."""
    return link.state is LinkState.NEEDS_PERSON or (link.state is LinkState.CONNECTED and bool(unfinished_steps(link)))


def tried_again(link: Link, by: Person) -> Link:
    """The link at work again, on behalf of `by`, with its unfinished steps to be done anew."""
    again = unfinished_steps(link)
    starts = tuple(start for step in again for start in _FOUND_BY[step])
    left = tuple(finding for finding in link.findings if not finding.code.startswith(starts))
    done = tuple(step for step in link.done if step not in again)
    settled = () if StepName.MEMBERS in again else link.members_settled
    earlier = None if StepName.EARLIER_FILES in again else link.earlier
    made = without_refused(link.extras_made, frozenset(_MADE_BY[step] for step in again if step in _MADE_BY))
    partners = () if StepName.PARTNERS in again else link.partners_settled
    again_at_work = replace(link, findings=left, done=done, members_settled=settled, extras_made=made, earlier=earlier)
    return replace(again_at_work, partners_settled=partners).resumed(by)
