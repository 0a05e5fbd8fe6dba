"""Messages filed by a reaction: the card of the settings page, and the card of a link's page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from liaison.domain.filing import REACTIONS, MessageRef
from liaison.domain.link import Link
from liaison.domain.listening import UNHEARD_SHOWN_FOR, Listening, ListeningState, Notice
from liaison.domain.names import LinkId
from liaison.errors import CollaborationOff, ConsentNotGranted, LiaisonError
from liaison.operations.filing import Filing, read_link_filing, try_filing_again
from liaison.operations.read_link import read_link
from liaison.web import addresses, problems
from liaison.web.visit import Visit

_SIGNS = dict(zip(REACTIONS, ("pin", "star", "check", "clip", "memo"), strict=True))
_TONES = {
    ListeningState.WANTED: ("history", "neutral"),
    ListeningState.LIVE: ("done", "success"),
    ListeningState.TROUBLED: ("warning", "warning"),
    ListeningState.ENDING: ("history", "neutral"),
}


@dataclass(frozen=True)
class Sign:
    """One reaction that may be chosen, and what it shows in words."""

    emoji: str
    name: str
    is_chosen: bool


@dataclass(frozen=True)
class FilingCard:
    """`barrier` is why the asker cannot switch it on; `allow` is where on the page it is allowed."""

    is_on: bool
    is_disabled: bool
    signs: tuple[Sign, ...]
    barrier: problems.Problem | None
    allow: str
    by: str
    at: datetime | None
    channels: int
    troubled: tuple[problems.Problem, ...]
    troubled_count: int


@dataclass(frozen=True)
class ShownListening:
    state: str
    icon: str
    tone: str
    ends_at: datetime | None
    next_try: datetime | None
    problem: problems.Problem | None
    unheard_at: datetime | None
    """When something may have been missed, for as long as that is worth saying."""


@dataclass(frozen=True)
class NotFiled:
    """`address` opens it in Teams; `next_try` is None when it waits for a person."""

    number: str
    address: str
    since: datetime
    next_try: datetime | None
    problem: problems.Problem | None


@dataclass(frozen=True)
class LinkFilingCard:
    reaction: str
    sign: str
    """What the reaction shows, in words."""
    listening: ShownListening | None
    filed: int
    acting: str
    """On whose behalf it is written."""
    failed: tuple[NotFiled, ...]
    retry: str
    """Where to send that what failed is tried again; empty when nothing did."""


def wanted_filing(visit: Visit) -> str:
    """The reaction that the settings form asks for; empty when filing shall be off."""
    return (visit.given("reaction") or REACTIONS[0]) if visit.given("filing") else ""


def saved_filing(now: Filing) -> str:
    """The same as it is saved."""
    return now.rule.reaction if now.rule else ""


def barrier_with(now: Filing, wanted: str, *, basic: bool) -> LiaisonError | None:
    """What stands against the form as it was sent: linking may be switched on together with filing."""
    if not wanted or now.rule is not None or (basic and isinstance(now.barrier, CollaborationOff)):
        return None
    return now.barrier


def filing_card(now: Filing, wanted: str, visit: Visit) -> FilingCard:
    """`wanted` is the reaction as the form has it; empty for off."""
    chosen = wanted or saved_filing(now) or REACTIONS[0]
    # Basic can be switched on in the same form; until then the page says so, and the switch moves.
    stands = now.barrier if not isinstance(now.barrier, CollaborationOff) else None
    troubled = [problems.explain(one.trouble.error(), visit) for one in now.listenings if one.trouble]
    return FilingCard(
        is_on=bool(wanted),
        is_disabled=stands is not None and now.rule is None,
        signs=tuple(Sign(one, visit.say(f"web.filing.sign.{name}"), one == chosen) for one, name in _SIGNS.items()),
        barrier=problems.explain(stands, visit) if stands else None,
        allow=f"#{addresses.extra_anchor(stands.rung)}" if isinstance(stands, ConsentNotGranted) else "",
        by=now.rule.by.name if now.rule else "",
        at=now.rule.at if now.rule else None,
        channels=len(now.listenings),
        troubled=tuple({one.code: one for one in troubled}.values()),
        troubled_count=len(troubled),
    )


async def link_filing_card(link: Link, visit: Visit) -> LinkFilingCard | None:
    """None where messages of the link's channel are not filed."""
    found = await read_link_filing(link, visit.ports)
    if found is None:
        return None
    is_troubled = bool(found.failed) or (found.listening is not None and found.listening.trouble is not None)
    return LinkFilingCard(
        reaction=found.rule.reaction,
        sign=visit.say(f"web.filing.sign.{_SIGNS[found.rule.reaction]}"),
        listening=_shown(found.listening, visit) if found.listening else None,
        filed=found.filed,
        acting=link.acting.name,
        failed=tuple(_not_filed(one, link, visit) for one in found.failed),
        retry=addresses.link(link.id, "filing", "retry") if is_troubled else "",
    )


async def retry(visit: Visit) -> Response:
    """`POST /links/{link}/filing/retry`: at once what failed."""
    link = await read_link(LinkId(visit.named("link")), visit.person, visit.ports)
    await try_filing_again(link, visit.ports)
    return visit.go(f"{addresses.link(link.id)}#filing")


def _shown(listening: Listening, visit: Visit) -> ShownListening:
    icon, tone = _TONES[listening.state]
    trouble, unheard_at = listening.trouble, listening.unheard_at
    is_recent = unheard_at is not None and visit.ports.clock.now() - unheard_at < UNHEARD_SHOWN_FOR
    return ShownListening(
        state=visit.say(f"listening.{listening.state.value}"),
        icon=icon,
        tone=tone,
        ends_at=listening.ends_at if trouble is None else None,
        next_try=listening.due_at if trouble is not None else None,
        problem=problems.explain(trouble.error(), visit) if trouble is not None else None,
        unheard_at=unheard_at if is_recent else None,
    )


def _not_filed(notice: Notice, link: Link, visit: Visit) -> NotFiled:
    ref = MessageRef(link.team, link.evidence.channel, notice.message, notice.reply)
    return NotFiled(
        number=notice.reply or notice.message,
        address=addresses.message_in_teams(visit.door.options.teams_address, link.by.tenant, ref),
        since=notice.since,
        next_try=None if notice.is_stuck else notice.due_at,
        problem=problems.explain(notice.trouble.error(), visit) if notice.trouble else None,
    )
