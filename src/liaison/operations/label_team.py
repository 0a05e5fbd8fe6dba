"""The step that puts the chosen sensitivity label on a link's new team. It never stops the link."""

from __future__ import annotations

from dataclasses import replace

from liaison.domain.labelling import NotLabelled, not_labelled
from liaison.domain.link import Finding, Link, NewTeam, StepName
from liaison.domain.names import Person
from liaison.errors import ConsentMissing, LabelUnknown, LiaisonError, NotAllowed, SignInExpired, UpstreamRefused
from liaison.operations.labelling import find_setter, note_trouble
from liaison.ports import Ports

_REFUSED = (ConsentMissing, NotAllowed, LabelUnknown, UpstreamRefused)


async def look_who_labels(link: Link, ports: Ports) -> Link:
    """The link knowing who is about to set its label: one that is there already is nobody's doing here.

    Raises what passes with time.
    """
    setter = None if link.evidence.label_by else await find_setter(link.acting, ports)
    if setter is None:
        return link
    try:
        if await ports.group_labels(setter).has_label(link.team, _new_team(link).label):
            return link
    except (SignInExpired, *_REFUSED):
        return link  # setting it meets the same, and says so
    return replace(link, evidence=replace(link.evidence, label_by=setter.name))


async def label_team(link: Link, ports: Ports) -> Link:
    """With the permission of whoever makes the team, or of the labeller; looked for before it is set.

    The audit names whoever set it, even when they were interrupted before that could be written.

    Raises what passes with time, and SignInExpired of whoever makes the team.
    """
    new = _new_team(link)
    setter = await find_setter(link.acting, ports)
    if setter is None:
        return _without(link, new, NotLabelled.NOBODY)
    try:
        was_set = await ports.group_labels(setter).ensure_label(link.team, new.label)
        privacy = await ports.group_labels(setter).read_privacy(link.team)
    except SignInExpired as expired:
        return await _failed(link, new, setter, expired, NotLabelled.SIGN_IN, ports)
    except _REFUSED as refused:
        return await _failed(link, new, setter, refused, NotLabelled.REFUSED, ports)
    await note_trouble(setter, "", ports)
    if was_set or link.evidence.label_by == setter.name:
        await ports.audit.write(setter, "team.labelled", link.team, f"{new.label_name}, for {link.acting.name}")
    done = link.with_evidence(StepName.LABEL, label_by=setter.name)
    if privacy is new.privacy:
        return done
    facts = (("label", new.label_name or new.label), ("team", link.team_name))
    return replace(done, findings=(*done.findings, Finding(f"privacy.{privacy.value}", facts)))


async def label_later(link: Link) -> Link:
    """The link without its label, when the directory does not know the team for too long."""
    return _without(link, _new_team(link), NotLabelled.LATE)


async def _failed(
    link: Link, new: NewTeam, setter: Person, error: LiaisonError, why: NotLabelled, ports: Ports
) -> Link:
    """What the labeller cannot do is a finding; whoever makes the team signs in again, as for every step."""
    if setter.id == link.acting.id and isinstance(error, SignInExpired):
        raise error
    if not isinstance(error, LabelUnknown):
        await note_trouble(setter, error.code, ports)
    return _without(link, new, why)


def _without(link: Link, new: NewTeam, why: NotLabelled) -> Link:
    return not_labelled(link, new, why).with_evidence(StepName.LABEL, label_by="")


def _new_team(link: Link) -> NewTeam:
    if link.new_team is None:
        raise ValueError(f"link {link.id} has no team to label")
    return link.new_team
