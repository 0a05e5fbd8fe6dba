"""What of a connection can be done again: where it stopped, or what it was connected without."""

from __future__ import annotations

from dataclasses import replace

from liaison.domain.link import Link, LinkState, Operation, StepName
from liaison.domain.names import Person

_FOUND_BY = {StepName.MEMBERS: "member", StepName.TAB: "tab", StepName.SHARE_VIEW: "view"}
"""How the codes of a step's findings begin, for steps that may go better another time."""


def unfinished_steps(link: Link) -> tuple[StepName, ...]:
    """The steps that were done without what their findings name."""
    if link.operation is not Operation.CONNECT:
        return ()
    kinds = {_kind(finding.code) for finding in link.findings}
    return tuple(step for step in link.steps if _FOUND_BY.get(step) in kinds)


def can_be_tried_again(link: Link) -> bool:
    """It stopped, or it is connected without something that may be possible by now."""
    return link.state is LinkState.NEEDS_PERSON or (link.state is LinkState.CONNECTED and bool(unfinished_steps(link)))


def tried_again(link: Link, by: Person) -> Link:
    """The link at work again, on behalf of `by`, with its unfinished steps to be done anew."""
    again = unfinished_steps(link)
    kinds = {_FOUND_BY[step] for step in again}
    left = tuple(finding for finding in link.findings if _kind(finding.code) not in kinds)
    done = tuple(step for step in link.done if step not in again)
    settled = () if StepName.MEMBERS in again else link.members_settled
    return replace(link, findings=left, done=done, members_settled=settled).resumed(by)


def _kind(code: str) -> str:
    return code.split(".", maxsplit=1)[0]
