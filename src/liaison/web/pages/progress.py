"""How far the work on a link has come: as a page, as a panel, and as a stream of events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from starlette.responses import Response, StreamingResponse

from liaison.domain.link import Finding, Link, LinkState, StepName
from liaison.domain.names import LinkId
from liaison.domain.second_try import can_be_tried_again
from liaison.domain.step_words import step_words
from liaison.operations.read_link import read_link
from liaison.operations.undo import can_be_undone, undo_until
from liaison.web import addresses, pictures, problems
from liaison.web.pages.collaborate import REFRESH_S
from liaison.web.place import app_shell, find_place
from liaison.web.shell import Crumb, Shell
from liaison.web.subject import Subject, regarding_of, subject_of
from liaison.web.visit import Visit

LOOK_EVERY_S = 0.4
HEARTBEAT_S = 15.0
LONGEST_STREAM_S = 600.0
"""A stream ends then; the browser opens another."""
_HELP = {
    "member.": "members",
    "earlier.": "earlier-files",
    "files.": "earlier-files",
    "label.": "labels",
    "partner.": "partners",
    "privacy.": "labels",
    "app.": "undoing",
    "channel.": "undoing",
    "team.": "undoing",
    "template_": "templates",
    "welcome.": "templates",
}
"""The help topic about findings whose code begins so."""


@dataclass(frozen=True)
class ShownStep:
    """`state` is done, doing, waiting, stopped or ahead."""

    icon: str
    state: str
    text: str


@dataclass(frozen=True)
class ShownFinding:
    """Something that did not stop the work; `help` is the address of a page that says what can be done, `folder` of
    the folder that it is about.
    """

    text: str
    help: str
    folder: str = ""


@dataclass(frozen=True)
class Progress:
    """A link's work in words. `until` is when a service is asked again; `undo` is empty when its time is over."""

    state: str
    icon: str
    tone: str
    headline: str
    steps: tuple[ShownStep, ...]
    is_over: bool
    waiting: problems.Problem | None
    until: datetime | None
    trouble: problems.Problem | None
    findings: tuple[ShownFinding, ...]
    try_again: str
    undo: str
    undo_until: datetime | None


@dataclass(frozen=True)
class ProgressPage:
    template: ClassVar[str] = "progress.html"
    shell: Shell
    title: str
    subject: Subject
    progress: Progress
    back: str
    panel: str
    events: str
    channel: str
    channel_address: str


@dataclass(frozen=True)
class ProgressEvent:
    """The part of the page that changes, for the stream."""

    template: ClassVar[str] = "progress_event.html"
    shell: Shell
    progress: Progress
    back: str
    channel_address: str


def progress_of(link: Link, visit: Visit) -> Progress:
    icon, tone = pictures.STATES[link.state]
    waiting = link.waiting.cause.error() if link.waiting else None
    return Progress(
        state=visit.say(f"state.{link.state_word}"),
        icon=icon,
        tone=tone,
        headline=_headline(link, visit),
        steps=tuple(_step(step, link, visit) for step in link.steps),
        is_over=not link.state.at_work,
        waiting=problems.explain(waiting, visit) if waiting else None,
        until=link.waiting.until if link.waiting else None,
        trouble=problems.explain(link.trouble.error(), visit) if link.trouble else None,
        findings=tuple(_finding(finding, visit) for finding in link.findings),
        try_again=addresses.link(link.id, "try-again") if can_be_tried_again(link) else "",
        undo=addresses.link(link.id, "undo") if can_be_undone(link, visit.ports) else "",
        undo_until=undo_until(link),
    )


def _finding(finding: Finding, visit: Visit) -> ShownFinding:
    topic = next((topic for start, topic in _HELP.items() if finding.code.startswith(start)), "")
    text = visit.say(f"finding.{finding.code}", **visit.door.texts.words(visit.language, dict(finding.facts)))
    return ShownFinding(text, addresses.help_topic(topic) if topic else "", dict(finding.facts).get("folder", ""))


def channel_words(link: Link, visit: Visit) -> str:
    """The channel's name; that of a new team's first channel before it is there."""
    return link.channel_name or visit.say("web.connect.channel.general")


def open_address(link: Link) -> str:
    """Where the channel can be opened; empty when the connection is no longer."""
    return "" if link.state.is_over else link.evidence.channel_address


def _headline(link: Link, visit: Visit) -> str:
    facts = {"record": link.title, "channel": channel_words(link, visit)}
    is_archived = link.state is LinkState.CONNECTED and link.archive.is_archived
    word = "archived" if is_archived else "taken_back" if link.was_taken_back else link.state_word
    return visit.say(f"web.progress.headline.{word}", **facts)


def _step(step: StepName, link: Link, visit: Visit) -> ShownStep:
    icon = pictures.STEPS[step]
    if step in link.done:
        state, said = "done", "done"
    elif step is not link.step_at_work:
        state, said = "ahead", "doing"
    elif link.waiting is not None:
        state, said = "waiting", "waiting"
    else:
        state, said = "doing" if link.state.at_work else "stopped", "doing"
    key, facts = step_words(link, step, said)
    return ShownStep(icon, state, visit.say(key, **facts))


async def show(visit: Visit) -> Response:
    """The last step of the wizard, and what Disconnect and Undo lead to."""
    regarding, link_id, by = regarding_of(visit), LinkId(visit.named("link")), visit.person
    place, link = await asyncio.gather(find_place(visit), read_link(link_id, by, visit.ports))
    progress = progress_of(link, visit)
    app, here = visit.named("app"), visit.request.url.path
    subject = subject_of(regarding, link.title, visit)
    crumbs = (Crumb(link.title, subject.address), Crumb(progress.headline))
    shell = app_shell(visit, place, progress.headline, crumbs, regarding.table)
    page = ProgressPage(
        shell=_refreshing(shell, progress),
        title=visit.say(f"web.progress.title.{link.operation.value}"),
        subject=subject,
        progress=progress,
        back=here,
        panel=addresses.collaborate(app, regarding),
        events=addresses.link(link.id, "events", query={"back": here}),
        channel=channel_words(link, visit),
        channel_address=open_address(link),
    )
    return visit.answer(page)


def _refreshing(shell: Shell, progress: Progress) -> Shell:
    return shell if progress.is_over else replace(shell, refresh_s=REFRESH_S)


async def stream(visit: Visit) -> Response:
    """Events `progress` (HTML) at every change, then `over`."""
    link = await read_link(LinkId(visit.named("link")), visit.person, visit.ports)
    headers = {"X-Accel-Buffering": "no", "Cache-Control": "no-store"}
    return StreamingResponse(_events(link, visit), media_type="text/event-stream", headers=headers)


async def _events(link: Link, visit: Visit) -> AsyncIterator[str]:
    shown, quiet_s, open_s = -1, 0.0, 0.0
    while open_s < LONGEST_STREAM_S and not visit.door.closing.is_set():
        if link.version != shown:
            yield _event("progress", _rendered(link, visit))
            shown, quiet_s = link.version, 0.0
        if not link.state.at_work:
            yield _event("over", link.state.value)
            return
        if quiet_s >= HEARTBEAT_S:
            yield ": still here\n\n"
            quiet_s = 0.0
        await asyncio.sleep(LOOK_EVERY_S)
        quiet_s += LOOK_EVERY_S
        open_s += LOOK_EVERY_S
        link = await visit.ports.links.get(link.id)


def _rendered(link: Link, visit: Visit) -> str:
    back = addresses.local_path(visit.asked("back"), addresses.link(link.id))
    event = ProgressEvent(visit.shell(""), progress_of(link, visit), back, open_address(link))
    return visit.door.renderer.render(event)


def _event(name: str, text: str) -> str:
    lines = "\n".join(f"data: {line}" for line in text.splitlines() if line.strip())
    return f"event: {name}\n{lines}\n\n"
